//! What has to come along when packages are taken from another universe.

use std::collections::{BTreeSet, HashSet};

use super::all::decide;
use super::compare::same;
use super::encode::{Encoded, canonical};
use super::report::Options;
use super::sat::{Budget, Outcome};
use super::why::Explanation;
use crate::error::{Error, Kind, Result};
use crate::resolve::{Builder, Universe};

/// How often more is taken before it is given up.
const MAX_ROUNDS: usize = 1000;

/// What is taken from another universe, all by its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addition {
    /// These.
    Found {
        /// The newest versions of what was asked for.
        named: Vec<u32>,
        /// What has to come along.
        along: Vec<u32>,
    },
    /// Nothing that could come along helps: this version can't be installed then.
    Impossible {
        /// The version with its package, as [`Universe::show`] has it.
        version: String,
        /// Why, in words; empty where that takes too long to tell.
        words: String,
    },
    /// The work allowed did not tell.
    Undecided,
}

/// Finds what has to be taken of `from` along with the newest versions of `names`, so that these can be installed and
/// all that could be installed from `into` still can, unless it is replaced itself.
///
/// A version that is taken replaces all versions that `into` has of its name and architecture. What comes along is
/// minimal: nothing of it can be left out, alone or with what needs it. There may be a smaller set of others.
///
/// ```
/// use reposnap::resolve::{Builder, Origin, check};
/// let universe = |text: &[u8]| {
///     let mut builder = Builder::new("amd64", &[])?;
///     builder.index(Origin::default(), text)?;
///     builder.finish()
/// };
/// let into = universe(b"Package: b\nVersion: 1\nArchitecture: all\n")?;
/// let from = universe(
///     b"Package: a\nVersion: 1\nArchitecture: all\nDepends: b (>= 2)\n\n\
///       Package: b\nVersion: 2\nArchitecture: all\n\n\
///       Package: c\nVersion: 1\nArchitecture: all\n",
/// )?;
/// let addition = check::smallest_addition(&into, &from, &["a"], &check::Options::default())?;
/// let check::Addition::Found { along, .. } = addition else { panic!() };
/// assert_eq!(along.iter().map(|version| from.show(*version)).collect::<Vec<_>>(), ["b 2"]);
/// # Ok::<(), reposnap::Error>(())
/// ```
///
/// # Errors
/// [`Kind::NotFound`] for a name that `from` has not, [`Kind::Usage`] where the two are of other architectures,
/// [`Kind::Limit`] where there are too many relations to look at.
pub fn smallest_addition(into: &Universe, from: &Universe, names: &[&str], options: &Options) -> Result<Addition> {
    let worlds = Worlds::new(into, from)?;
    let named = worlds.named(from, names)?;
    let mut budget = Budget { left: options.work, search: options.work_each };
    let all: Vec<u32> = worlds.order.iter().copied().filter(|version| worlds.is_old[*version as usize]).collect();
    let Some(bad) = bad_of(&worlds.both, all.clone(), &all, &mut budget)? else { return Ok(Addition::Undecided) };
    let mut taking = Taking { good: all.into_iter().filter(|version| !bad.contains(version)).collect(), worlds, named };
    let mut taken: BTreeSet<u32> = taking.named.clone();
    for _ in 0..MAX_ROUNDS {
        let Some(bad) = taking.bad(&taken, &mut budget)? else { return Ok(Addition::Undecided) };
        let Some(first) = bad.first() else {
            return match taking.reduce(taken, &mut budget)? {
                Some(taken) => Ok(taking.found(&taken, from)),
                None => Ok(Addition::Undecided),
            };
        };
        match taking.more(*first, &taken, &mut budget)? {
            More::Take(more) => taken.extend(more),
            More::Nothing(why) => return Ok(why),
            More::GaveUp => return Ok(Addition::Undecided),
        }
    }
    Ok(Addition::Undecided)
}

/// Both universes in one.
struct Worlds {
    both: Universe,
    order: Vec<u32>,
    is_old: Vec<bool>,
    is_new: Vec<bool>,
}

impl Worlds {
    fn new(into: &Universe, from: &Universe) -> Result<Self> {
        if into.architectures() != from.architectures() {
            return Err(Error::new(Kind::Usage, "the two are for machines of other architectures"));
        }
        let names: Vec<&str> = into.architectures().iter().skip(1).map(String::as_str).collect();
        let (native, foreign) =
            names.split_first().ok_or_else(|| Error::new(Kind::Usage, "there is no architecture"))?;
        let mut builder = Builder::new(native, foreign)?;
        for universe in [into, from] {
            builder.universe(universe, |_| true)?;
        }
        let both = builder.finish()?;
        let old = into.lists().len() as u32;
        let has = |is_one: &dyn Fn(&u32) -> bool| {
            (0..both.version_count()).map(|version| both.lists_of(version).iter().any(is_one)).collect()
        };
        Ok(Self { order: canonical(&both), is_old: has(&|list| *list < old), is_new: has(&|list| *list >= old), both })
    }

    /// The newest version in `from` of each package of these names.
    fn named(&self, from: &Universe, names: &[&str]) -> Result<BTreeSet<u32>> {
        let mut named = BTreeSet::new();
        for name in names {
            let found = from.find_name(name).map_or(&[][..], |name| from.packages_of(name));
            let before = named.len();
            for newest in found.iter().filter_map(|package| from.versions_of(*package).next()) {
                let builds = same(from, newest, &self.both).into_iter();
                named.extend(builds.filter(|build| self.is_new[*build as usize]).take(1));
            }
            if named.len() == before {
                return Err(Error::new(Kind::NotFound, format!("there is no package {name} to take")));
            }
        }
        Ok(named)
    }
}

/// Those of `wanted` that nothing of `world` lets be installed; none where the budget did not do.
fn bad_of(universe: &Universe, world: Vec<u32>, wanted: &[u32], budget: &mut Budget) -> Result<Option<BTreeSet<u32>>> {
    let mut encoded = Encoded::new(universe, world)?;
    let wanted: Vec<u32> = wanted.iter().map(|version| encoded.variables[*version as usize]).collect();
    if !decide(&mut encoded, &wanted, budget).is_empty() {
        return Ok(None);
    }
    let bad = wanted.iter().filter(|at| encoded.solver.is_out(**at));
    Ok(Some(bad.map(|at| encoded.versions[*at as usize]).collect()))
}

enum More {
    Take(Vec<u32>),
    Nothing(Addition),
    GaveUp,
}

struct Taking {
    worlds: Worlds,
    named: BTreeSet<u32>,
    /// What could be installed before.
    good: HashSet<u32>,
}

impl Taking {
    /// What is there where these are taken: they themselves, and what they do not replace.
    fn world(&self, taken: &BTreeSet<u32>) -> Vec<u32> {
        let both = &self.worlds.both;
        let replaced: HashSet<u32> = taken.iter().map(|version| both.package_of(*version)).collect();
        let is_there = |version: &u32| {
            taken.contains(version)
                || (self.worlds.is_old[*version as usize] && !replaced.contains(&both.package_of(*version)))
        };
        self.worlds.order.iter().copied().filter(is_there).collect()
    }

    /// What can't be installed where these are taken, and should: the taken ones first.
    fn bad(&self, taken: &BTreeSet<u32>, budget: &mut Budget) -> Result<Option<Vec<u32>>> {
        let world = self.world(taken);
        let touched = self.touched(taken);
        let is_wanted =
            |version: &u32| taken.contains(version) || (touched.contains(version) && self.good.contains(version));
        let wanted: Vec<u32> = world.iter().copied().filter(is_wanted).collect();
        let bad = bad_of(&self.worlds.both, world, &wanted, budget)?;
        Ok(bad.map(|bad| {
            let (first, rest): (Vec<u32>, Vec<u32>) = bad.into_iter().partition(|version| taken.contains(version));
            [first, rest].concat()
        }))
    }

    /// The versions that may need a package of which one is taken: with all others, nothing changes.
    fn touched(&self, taken: &BTreeSet<u32>) -> HashSet<u32> {
        let both = &self.worlds.both;
        let packages = taken.iter().map(|version| both.package_of(*version));
        let mut open: Vec<u32> = packages.flat_map(|package| both.versions_of(package)).collect();
        let mut touched: HashSet<u32> = open.iter().copied().collect();
        let mut seen = vec![false; both.dep_count() as usize];
        while let Some(version) = open.pop() {
            for dep in both.atoms_answered_by(version).iter().flat_map(|atom| both.deps_with(*atom)) {
                if both.dep_kind(*dep).is_hard() && !std::mem::replace(&mut seen[*dep as usize], true) {
                    open.extend(both.versions_with(*dep).iter().copied().filter(|other| touched.insert(*other)));
                }
            }
        }
        touched
    }

    /// What else to take so that a version can be installed.
    fn more(&self, version: u32, taken: &BTreeSet<u32>, budget: &mut Budget) -> Result<More> {
        let both = &self.worlds.both;
        let mut world = self.world(taken);
        let there: HashSet<u32> = world.iter().copied().collect();
        // Of what is taken already there is that version alone. What is there is preferred: it comes first.
        let fixed: HashSet<u32> = taken.iter().map(|version| both.package_of(*version)).collect();
        let is_more = |other: &u32| {
            self.worlds.is_new[*other as usize] && !there.contains(other) && !fixed.contains(&both.package_of(*other))
        };
        world.extend(self.worlds.order.iter().copied().filter(is_more));
        let mut encoded = Encoded::new(both, world)?;
        match encoded.solve(&[version], budget) {
            Outcome::Found => {
                let all = encoded.solver.taken().map(|at| encoded.versions[at as usize]);
                let more: Vec<u32> = all.filter(|version| !there.contains(version)).collect();
                Ok(if more.is_empty() { More::GaveUp } else { More::Take(more) })
            }
            Outcome::GaveUp => Ok(More::GaveUp),
            Outcome::Impossible(at) => {
                // What was there may go where a version of it that works takes its place.
                let newest =
                    both.versions_of(both.package_of(version)).find(|other| self.worlds.is_new[*other as usize]);
                if let Some(newest) = newest.filter(is_more) {
                    return Ok(More::Take(vec![newest]));
                }
                let grounds = encoded.grounds_against(at, budget.search);
                let why = grounds.map(|grounds| Explanation::minimal(both, &[version], grounds, budget));
                let words = why.map_or_else(String::new, |why| why.words(both));
                Ok(More::Nothing(Addition::Impossible { version: both.show(version), words }))
            }
        }
    }

    /// Leaves out what can be, until nothing more can.
    fn reduce(&self, mut taken: BTreeSet<u32>, budget: &mut Budget) -> Result<Option<BTreeSet<u32>>> {
        loop {
            let before = taken.len();
            match self.fewer(taken, budget)? {
                Some(fewer) if fewer.len() < before => taken = fewer,
                done => return Ok(done),
            }
        }
    }

    /// Leaves out what can be, each with what can't be installed without it.
    fn fewer(&self, mut taken: BTreeSet<u32>, budget: &mut Budget) -> Result<Option<BTreeSet<u32>>> {
        let along: Vec<u32> = taken.difference(&self.named).copied().collect();
        for version in along.into_iter().rev() {
            if !taken.contains(&version) {
                continue;
            }
            let mut fewer = taken.clone();
            fewer.remove(&version);
            loop {
                let Some(bad) = self.bad(&fewer, budget)? else { return Ok(None) };
                if bad.is_empty() {
                    taken = fewer;
                    break;
                }
                // Those that came along with it go with it; where anything else breaks, it has to stay.
                let dragged: Vec<u32> =
                    bad.iter().copied().filter(|bad| fewer.contains(bad) && !self.named.contains(bad)).collect();
                if dragged.is_empty() {
                    break;
                }
                dragged.iter().for_each(|version| {
                    fewer.remove(version);
                });
            }
        }
        Ok(Some(taken))
    }

    fn found(&mut self, taken: &BTreeSet<u32>, from: &Universe) -> Addition {
        let both = &self.worlds.both;
        let number = |version: &u32| same(both, *version, from).first().copied();
        Addition::Found {
            named: self.named.iter().filter_map(number).collect(),
            along: taken.difference(&self.named).filter_map(number).collect(),
        }
    }
}
