//! Why each package of a plan is there.

use std::collections::{HashMap, VecDeque};

use super::classic::Goal;
use super::universe::{DepKind, Universe};

/// What brought a version along: a dependency of another version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The version that needs it.
    pub of: u32,
    /// The dependency.
    pub dep: u32,
}

/// Why each of `versions` is there: nothing for what was asked for, else the dependency that leads to it by the shortest
/// way from there; of ways of one length, the first in the order of goals and relations. What no way leads to is left out.
pub fn reasons(universe: &Universe, goals: &[Goal], versions: &[u32]) -> HashMap<u32, Option<Reason>> {
    let planned: HashMap<u32, u32> = versions.iter().map(|version| (universe.package_of(*version), *version)).collect();
    let mut reasons = HashMap::new();
    let mut open = VecDeque::new();
    for version in goals.iter().filter_map(|goal| planned.get(&goal.package)) {
        if reasons.insert(*version, None).is_none() {
            open.push_back(*version);
        }
    }
    while let Some(of) = open.pop_front() {
        for dep in universe.deps_of(of) {
            if !matches!(universe.dep_kind(*dep), DepKind::PreDepends | DepKind::Depends | DepKind::Recommends) {
                continue;
            }
            for target in universe.atoms_of(*dep).iter().flat_map(|atom| universe.targets_of(*atom)) {
                if planned.get(&universe.package_of(*target)) == Some(target) && !reasons.contains_key(target) {
                    reasons.insert(*target, Some(Reason { of, dep: *dep }));
                    open.push_back(*target);
                }
            }
        }
    }
    reasons
}

/// The chain that leads to a version, from what was asked for; empty where nothing leads to it.
pub fn chain(reasons: &HashMap<u32, Option<Reason>>, version: u32) -> Vec<(u32, Option<Reason>)> {
    let mut chain = Vec::new();
    let mut next = Some(version);
    while let Some(version) = next {
        let Some(reason) = reasons.get(&version) else { break };
        chain.push((version, *reason));
        next = reason.map(|reason| reason.of);
    }
    chain.reverse();
    chain
}
