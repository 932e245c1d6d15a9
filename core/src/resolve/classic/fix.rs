//! Repairs what marking left broken: of two that can't both stay, the one that counts for less gives way.

use super::super::universe::DepKind;
use super::super::universe::rows::NONE;
use super::state::{State, mark};

/// How often everything is looked at.
const PASSES: usize = 10;

impl State<'_> {
    /// Repairs; what can't be repaired stays broken.
    pub(super) fn fix(&mut self) {
        let mut order = self.all_planned();
        if !order.iter().any(|package| self.broken(*package).is_some()) {
            return;
        }
        let scores = self.scores();
        order.sort_by_key(|package| std::cmp::Reverse(scores[*package as usize]));
        for _ in 0..PASSES {
            let mut changed = false;
            for package in &order {
                if self.broken(*package).is_some() {
                    changed |= self.repair(*package, &scores);
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// Repairs one package; whether anything changed.
    fn repair(&mut self, package: u32, scores: &[i32]) -> bool {
        let universe = self.universe;
        let mut changed = false;
        for dep in universe.deps_of(self.planned(package)) {
            if self.holds(package, *dep) {
                continue;
            }
            let done = match universe.dep_kind(*dep) {
                DepKind::Conflicts | DepKind::Breaks => self.part(package, *dep, scores),
                _ => self.supply(package, *dep, scores),
            };
            changed |= done != Outcome::Nothing;
            if done != Outcome::Repaired {
                break;
            }
        }
        changed
    }

    /// Ends a conflict: one of the two goes.
    fn part(&mut self, package: u32, dep: u32, scores: &[i32]) -> Outcome {
        while let Some(version) = self.hit(package, dep) {
            let other = self.universe.package_of(version);
            if scores[package as usize] <= scores[other as usize] || self.has(other, mark::PROTECTED) {
                return self.step_back(package);
            }
            // A newer version of it may get along.
            let candidate = self.candidate(other);
            if candidate != version
                && candidate != NONE
                && !self.names(dep, candidate)
                && !self.has(other, mark::REMOVED)
            {
                self.plan_version(other, candidate);
                continue;
            }
            self.remove(other);
        }
        Outcome::Repaired
    }

    /// Supplies what a package needs, or has the package step back.
    fn supply(&mut self, package: u32, dep: u32, scores: &[i32]) -> Outcome {
        let universe = self.universe;
        for atom in universe.atoms_of(dep) {
            for target in universe.targets_of(*atom) {
                let other = universe.package_of(*target);
                let can = self.candidate(other) == *target && !self.has(other, mark::REMOVED);
                if can && scores[package as usize] > scores[other as usize] && self.install(other, false) {
                    return Outcome::Repaired;
                }
            }
        }
        self.step_back(package)
    }

    /// Leaves a package as it is installed, or out.
    fn step_back(&mut self, package: u32) -> Outcome {
        if self.has(package, mark::PROTECTED) {
            return Outcome::Nothing;
        }
        let installed = self.installed(package);
        if installed != NONE && self.planned(package) == installed {
            self.remove(package);
        } else {
            self.plan_version(package, installed);
        }
        Outcome::SteppedBack
    }

    /// Takes a package out for good.
    fn remove(&mut self, package: u32) {
        self.plan_version(package, NONE);
        self.marks[package as usize] |= mark::REMOVED;
    }
}

#[derive(PartialEq, Eq)]
enum Outcome {
    Repaired,
    SteppedBack,
    Nothing,
}
