//! Everything that could be needed: nothing is chosen.

use super::classic::Goal;
use super::policy::Candidates;
use super::universe::rows::NONE;
use super::universe::{DepKind, Universe};

/// The candidates that `goals` lead to by Pre-Depends, Depends and, where wanted, Recommends: of each relation every
/// alternative, and every provider. Conflicts don't count.
///
/// A mirror of these packages has what any solver may choose. The result depends on the candidates alone, not on any
/// order.
pub fn closure(universe: &Universe, candidates: &Candidates, goals: &[Goal], recommends: bool) -> Vec<u32> {
    let mut seen = vec![false; universe.version_count() as usize];
    let mut open = Vec::new();
    for goal in goals {
        let version = goal.version.unwrap_or_else(|| candidates.candidate_number(goal.package));
        if version != NONE && !std::mem::replace(&mut seen[version as usize], true) {
            open.push(version);
        }
    }
    while let Some(version) = open.pop() {
        for dep in universe.deps_of(version) {
            let follow = match universe.dep_kind(*dep) {
                DepKind::PreDepends | DepKind::Depends => true,
                DepKind::Recommends => recommends,
                _ => false,
            };
            if !follow {
                continue;
            }
            for target in universe.atoms_of(*dep).iter().flat_map(|atom| universe.targets_of(*atom)) {
                let is_candidate = candidates.candidate_number(universe.package_of(*target)) == *target;
                if is_candidate && !std::mem::replace(&mut seen[*target as usize], true) {
                    open.push(*target);
                }
            }
        }
    }
    (0..universe.version_count()).filter(|version| seen[*version as usize]).collect()
}
