//! Why versions can't be installed: the facts that can't hold together, none of which can be left out.

use std::collections::{HashMap, HashSet};

use super::encode::{members, name_of, sort, targets};
use super::sat::{Against, Budget, Formula, Literal, Outcome, Solver};
use crate::resolve::Universe;

/// The most facts that are looked at one by one.
const MAX_FACTS: usize = 1024;

/// The work of telling one fact, or of taking it into a formula.
const WORK: u64 = 64;

/// What an explanation may be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Ground {
    /// Of this name one version is there at a time.
    Single { name: u32 },
    /// A version has a relation.
    Relation { version: u32, dep: u32 },
}

/// One of the facts that can't hold together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fact {
    /// A version needs something.
    Needs {
        /// Who needs it.
        version: u32,
        /// The relation; see [`Universe::dep_text`].
        dep: u32,
        /// All versions that would do; none where it is missing.
        answers: Vec<u32>,
    },
    /// A version can't stand others.
    Refuses {
        /// Who can't stand them.
        version: u32,
        /// The relation.
        dep: u32,
        /// Those that it hits here.
        others: Vec<u32>,
    },
    /// Of these one alone can be there: they have one name.
    Single {
        /// The versions.
        versions: Vec<u32>,
    },
}

impl Fact {
    /// Whether nothing in the universe is what a relation asks for.
    pub fn is_missing(&self) -> bool {
        matches!(self, Fact::Needs { answers, .. } if answers.is_empty())
    }
}

/// Why some versions can't be installed at once: facts that can't hold together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The versions that were wanted: one, or those that stand in each other's way.
    pub wanted: Vec<u32>,
    /// The facts: first what the wanted ones need, then what that needs, and last what can't be there together.
    pub facts: Vec<Fact>,
    /// Whether it was proven that without any one of the facts it would work; where not, the proof would take too long.
    pub is_minimal: bool,
}

impl Explanation {
    /// Leaves out what is not needed of grounds that are known not to hold together.
    pub(super) fn minimal(universe: &Universe, wanted: &[u32], mut grounds: Vec<Ground>, budget: &mut Budget) -> Self {
        // Those that are tried first are most likely to go: what is missing tells more than what is in the way.
        grounds.sort_by_key(|ground| match ground {
            Ground::Single { .. } => 0,
            Ground::Relation { dep, .. } if universe.dep_kind(*dep).is_negative() => 1,
            Ground::Relation { .. } => 2,
        });
        let mut wanted = wanted.to_vec();
        let is_minimal = wanted.len() == 1 && is_plain_tree(universe, &grounds)
            || (grounds.len() <= MAX_FACTS && reduce(universe, &mut wanted, &mut grounds, budget));
        budget.left = budget.left.saturating_sub(grounds.len() as u64 * WORK);
        let facts = told(universe, &wanted, &grounds);
        Self { wanted, facts, is_minimal }
    }
}

/// Whether each version needs one thing and nothing stands in the way of another: then each of the needs leads to what is
/// missing, and without it that would not matter.
fn is_plain_tree(universe: &Universe, grounds: &[Ground]) -> bool {
    let mut versions = HashSet::new();
    grounds.iter().all(|ground| match ground {
        Ground::Relation { version, dep } => universe.dep_kind(*dep).is_hard() && versions.insert(*version),
        Ground::Single { .. } => false,
    })
}

/// Leaves out what can be; whether nothing more can.
fn reduce(universe: &Universe, wanted: &mut Vec<u32>, grounds: &mut Vec<Ground>, budget: &mut Budget) -> bool {
    let mut is_minimal = true;
    let mut at = 0;
    while at < grounds.len() {
        if budget.left == 0 {
            return false;
        }
        let mut fewer = grounds.clone();
        fewer.remove(at);
        match fits(universe, wanted, &fewer, budget) {
            Fit::Impossible(used) => *grounds = used.into_iter().map(|used| fewer[used as usize]).collect(),
            Fit::Found => at += 1,
            Fit::GaveUp => {
                is_minimal = false;
                at += 1;
            }
        }
    }
    let mut at = 0;
    while wanted.len() > 1 && at < wanted.len() {
        let mut fewer = wanted.clone();
        fewer.remove(at);
        match fits(universe, &fewer, grounds, budget) {
            Fit::Impossible(_) => *wanted = fewer,
            Fit::Found => at += 1,
            Fit::GaveUp => {
                is_minimal = false;
                at += 1;
            }
        }
    }
    is_minimal
}

enum Fit {
    Found,
    /// By these of the grounds.
    Impossible(Vec<u32>),
    GaveUp,
}

/// Whether all that is wanted can be there where these grounds alone count.
fn fits(universe: &Universe, wanted: &[u32], grounds: &[Ground], budget: &mut Budget) -> Fit {
    let versions = mentioned(universe, wanted, grounds);
    let places: HashMap<u32, u32> = versions.iter().enumerate().map(|(at, version)| (*version, at as u32)).collect();
    let mut formula = Formula::new(versions.len() as u32);
    let mut options = Vec::new();
    for (fact, ground) in grounds.iter().enumerate() {
        let fact = fact as u32;
        match ground {
            Ground::Relation { version, dep } => {
                let Some(own) = places.get(version) else { continue };
                options.clear();
                options.extend(targets(universe, *dep).filter_map(|target| places.get(&target).copied()));
                options.sort_unstable();
                options.dedup();
                if universe.dep_kind(*dep).is_hard() {
                    let need = formula.need(&options);
                    formula.implies(*own, need, fact);
                    continue;
                }
                let name = name_of(universe, *version);
                for other in &options {
                    if name_of(universe, versions[*other as usize]) != name {
                        formula.implies(*own, !Literal::of(*other), fact);
                    }
                }
            }
            Ground::Single { name } => {
                let of_name: Vec<(u32, u32)> = (versions.iter().copied().zip(0..))
                    .filter(|(version, _)| name_of(universe, *version) == *name)
                    .collect();
                if let Some(members) = members(universe, &of_name) {
                    formula.group(members, fact);
                }
            }
        }
    }
    budget.left = budget.left.saturating_sub((formula.option_count() + grounds.len()) as u64 * WORK);
    let mut solver = Solver::new(formula);
    let wanted: Vec<u32> = wanted.iter().filter_map(|version| places.get(version).copied()).collect();
    match solver.solve(&wanted, budget) {
        Outcome::Found => Fit::Found,
        Outcome::GaveUp => Fit::GaveUp,
        Outcome::Impossible(last) => match solver.facts_against(Literal::of(last), true, budget.search) {
            Against::Facts(used) => Fit::Impossible(used),
            Against::Learned | Against::TooFar => Fit::Impossible((0..grounds.len() as u32).collect()),
        },
    }
}

/// The versions that are wanted, that have a need, or that answer one.
fn mentioned(universe: &Universe, wanted: &[u32], grounds: &[Ground]) -> Vec<u32> {
    let mut seen = HashSet::new();
    let mut versions = Vec::new();
    let mut mention = |version: u32| {
        if seen.insert(version) {
            versions.push(version);
        }
    };
    wanted.iter().copied().for_each(&mut mention);
    for ground in grounds {
        if let Ground::Relation { version, dep } = ground
            && universe.dep_kind(*dep).is_hard()
        {
            mention(*version);
            targets(universe, *dep).for_each(&mut mention);
        }
    }
    versions
}

/// The facts in the order in which somebody would tell them.
fn told(universe: &Universe, wanted: &[u32], grounds: &[Ground]) -> Vec<Fact> {
    let mut versions = mentioned(universe, wanted, grounds);
    sort(universe, &mut versions);
    let mut needs: HashMap<u32, Vec<u32>> = HashMap::new();
    for ground in grounds {
        if let Ground::Relation { version, dep } = ground
            && universe.dep_kind(*dep).is_hard()
        {
            needs.entry(*version).or_default().push(*dep);
        }
    }
    let mut facts = Vec::with_capacity(grounds.len());
    let mut open: std::collections::VecDeque<u32> = wanted.iter().copied().collect();
    let mut seen: HashSet<u32> = wanted.iter().copied().collect();
    while let Some(version) = open.pop_front() {
        for dep in needs.remove(&version).unwrap_or_default() {
            let mut answers: Vec<u32> = targets(universe, dep).collect();
            sort(universe, &mut answers);
            open.extend(answers.iter().copied().filter(|answer| seen.insert(*answer)));
            facts.push(Fact::Needs { version, dep, answers });
        }
    }
    for ground in grounds {
        match ground {
            Ground::Relation { version, dep } if !universe.dep_kind(*dep).is_hard() => {
                let hit: HashSet<u32> = targets(universe, *dep).collect();
                let name = name_of(universe, *version);
                let others = versions.iter().copied();
                let others = others.filter(|other| hit.contains(other) && name_of(universe, *other) != name).collect();
                facts.push(Fact::Refuses { version: *version, dep: *dep, others });
            }
            Ground::Relation { .. } => {}
            Ground::Single { name } => {
                let of_name = versions.iter().copied().filter(|version| name_of(universe, *version) == *name);
                facts.push(Fact::Single { versions: of_name.collect() });
            }
        }
    }
    facts
}
