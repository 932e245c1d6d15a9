//! The relations of a universe as a formula.
//!
//! A version is a variable. What it needs becomes a need, shared by all that say the same; what it refuses, and that one
//! version of a package is there at a time, keeps others out.

use super::sat::{Against, Budget, Formula, Literal, Member, Outcome, Solver};
use super::why::Ground;
use crate::deb::version::compare;
use crate::error::{Error, Kind, Result};
use crate::resolve::universe::rows::{NONE, flag};
use crate::resolve::{DepKind, Universe};

/// The most pairs of versions and relations that a formula takes.
const MAX_PAIRS: usize = 32 << 20;

/// The most answers to all relations together.
const MAX_OPTIONS: usize = 128 << 20;

/// A solver whose variables are versions.
pub(super) struct Encoded {
    pub(super) solver: Solver,
    /// The version of each variable.
    pub(super) versions: Vec<u32>,
    /// The variable of each version; `NONE` for those that are not in it.
    pub(super) variables: Vec<u32>,
    grounds: Vec<Ground>,
}

/// All versions by their package's name, its architecture, and from the newest on: an order that is the same however the
/// lists are sorted.
pub(super) fn canonical(universe: &Universe) -> Vec<u32> {
    let mut order = Vec::with_capacity(universe.version_count() as usize);
    for name in universe.names_from("") {
        let mut packages = universe.packages_of(name).to_vec();
        packages.sort_by_key(|package| universe.package_architecture(*package));
        order.extend(packages.into_iter().flat_map(|package| universe.versions_of(package)));
    }
    order
}

/// What may be needed by any of these versions, themselves among it, in canonical order.
pub(super) fn closure(universe: &Universe, wanted: &[u32]) -> Vec<u32> {
    let mut is_in = vec![false; universe.version_count() as usize];
    let mut is_seen = vec![false; universe.dep_count() as usize];
    let mut open = wanted.to_vec();
    open.iter().for_each(|version| is_in[*version as usize] = true);
    while let Some(version) = open.pop() {
        for dep in universe.deps_of(version) {
            if !universe.dep_kind(*dep).is_hard() || std::mem::replace(&mut is_seen[*dep as usize], true) {
                continue;
            }
            for target in targets(universe, *dep) {
                if !std::mem::replace(&mut is_in[target as usize], true) {
                    open.push(target);
                }
            }
        }
    }
    let mut all = canonical(universe);
    all.retain(|version| is_in[*version as usize]);
    all
}

/// The versions that a relation names; one may come twice.
pub(super) fn targets(universe: &Universe, dep: u32) -> impl Iterator<Item = u32> + '_ {
    universe.atoms_of(dep).iter().flat_map(|atom| universe.targets_of(*atom)).copied()
}

/// Sorts versions as [`canonical`] does, and takes out those that come twice.
pub(super) fn sort(universe: &Universe, versions: &mut Vec<u32>) {
    versions.sort_by_cached_key(|version| {
        let package = universe.package_of(*version);
        (
            universe.name_text(universe.package_name(package)).to_owned(),
            universe.package_architecture(package),
            *version,
        )
    });
    versions.dedup();
}

/// The name of a version's package.
pub(super) fn name_of(universe: &Universe, version: u32) -> u32 {
    universe.package_name(universe.package_of(version))
}

/// The versions of one name as members of a group: one version of a package at a time, and of several architectures
/// only where all are `Multi-Arch: same` in the same version.
///
/// `None` where all can be there at once.
pub(super) fn members(universe: &Universe, of_name: &[(u32, u32)]) -> Option<Vec<Member>> {
    if of_name.len() < 2 {
        return None;
    }
    let is_same = |version: u32| universe.version_flags(version) & flag::SAME != 0;
    let mut shared: Vec<u32> =
        of_name.iter().map(|(version, _)| *version).filter(|version| is_same(*version)).collect();
    let text = |version: u32| universe.version_text(version).as_bytes();
    shared.sort_by(|a, b| compare(text(*a), text(*b)));
    shared.dedup_by(|a, b| compare(text(*a), text(*b)).is_eq());
    let member = |(version, variable): &(u32, u32)| {
        let share = match shared.binary_search_by(|known| compare(text(*known), text(*version))) {
            Ok(at) if is_same(*version) => at as u32 + 1,
            _ => 0,
        };
        Member { variable: *variable, slot: universe.package_of(*version), share }
    };
    Some(of_name.iter().map(member).collect())
}

impl Encoded {
    /// A solver of these versions, each once, from which alone may be chosen; the first ones are preferred.
    ///
    /// # Errors
    /// [`Kind::Limit`] where there are too many relations.
    pub(super) fn new(universe: &Universe, versions: Vec<u32>) -> Result<Self> {
        let mut variables = vec![NONE; universe.version_count() as usize];
        for (at, version) in versions.iter().enumerate() {
            variables[*version as usize] = at as u32;
        }
        let mut formula = Formula::new(versions.len() as u32);
        let mut grounds = Vec::new();
        let mut needs: Vec<Option<Literal>> = vec![None; universe.dep_count() as usize];
        let mut options = Vec::new();
        for (at, version) in versions.iter().enumerate() {
            let at = at as u32;
            for dep in universe.deps_of(*version) {
                let ground = grounds.len() as u32;
                match universe.dep_kind(*dep) {
                    DepKind::PreDepends | DepKind::Depends => {
                        let need = *needs[*dep as usize].get_or_insert_with(|| {
                            options.clear();
                            options.extend(targets(universe, *dep).map(|target| variables[target as usize]));
                            options.retain(|option| *option != NONE);
                            options.sort_unstable();
                            options.dedup();
                            formula.need(&options)
                        });
                        // What it provides itself it has.
                        if formula.options_of(need).binary_search(&at).is_ok() {
                            continue;
                        }
                        formula.implies(at, need, ground);
                    }
                    DepKind::Conflicts | DepKind::Breaks => {
                        let name = name_of(universe, *version);
                        let before = formula.pair_count();
                        for target in targets(universe, *dep) {
                            let other = variables[target as usize];
                            if other != NONE && name_of(universe, target) != name {
                                formula.implies(at, !Literal::of(other), ground);
                            }
                        }
                        if formula.pair_count() == before {
                            continue;
                        }
                    }
                    DepKind::Recommends | DepKind::Suggests => continue,
                }
                grounds.push(Ground::Relation { version: *version, dep: *dep });
                if formula.pair_count() > MAX_PAIRS || formula.option_count() > MAX_OPTIONS {
                    return Err(Error::new(
                        Kind::Limit,
                        format!("there are more than {MAX_PAIRS} relations between packages to look at"),
                    ));
                }
            }
        }
        let mut by_name: Vec<(u32, u32)> =
            (versions.iter().zip(0..)).map(|(version, at)| (name_of(universe, *version), at)).collect();
        by_name.sort_unstable();
        for run in by_name.chunk_by(|one, next| one.0 == next.0) {
            let of_name: Vec<(u32, u32)> = run.iter().map(|(_, at)| (versions[*at as usize], *at)).collect();
            if let Some(members) = members(universe, &of_name) {
                formula.group(members, grounds.len() as u32);
                grounds.push(Ground::Single { name: run[0].0 });
            }
        }
        Ok(Self { solver: Solver::new(formula), versions, variables, grounds })
    }

    /// Why a variable can't be taken along with what was decided; none where it takes too long to tell.
    pub(super) fn grounds_against(&mut self, variable: u32, limit: u64) -> Option<Vec<Ground>> {
        match self.solver.facts_against(Literal::of(variable), true, limit) {
            Against::Facts(facts) => Some(self.grounds_of(&facts)),
            Against::Learned | Against::TooFar => None,
        }
    }

    /// The grounds that facts stand for.
    pub(super) fn grounds_of(&self, facts: &[u32]) -> Vec<Ground> {
        facts.iter().map(|fact| self.grounds[*fact as usize]).collect()
    }

    /// Searches a set that has all of these versions.
    pub(super) fn solve(&mut self, wanted: &[u32], budget: &mut Budget) -> Outcome {
        let wanted: Vec<u32> = wanted.iter().map(|version| self.variables[*version as usize]).collect();
        self.solver.solve(&wanted, budget)
    }
}
