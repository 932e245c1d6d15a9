//! Marks a package and, depth first, what it needs.

use super::super::universe::DepKind;
use super::super::universe::rows::NONE;
use super::state::{MAX_STEPS, State, mark};

/// How deep needs may lead.
const MAX_DEPTH: u32 = 3000;

impl State<'_> {
    /// Marks a package with all that it needs; whether that worked.
    pub(super) fn install(&mut self, package: u32, asked: bool) -> bool {
        self.mark(package, asked, 0)
    }

    fn mark(&mut self, package: u32, asked: bool, depth: u32) -> bool {
        let at = package as usize;
        let version = self.candidate(package);
        self.steps = self.steps.saturating_add(1);
        if self.steps > MAX_STEPS || depth > MAX_DEPTH || version == NONE || self.has(package, mark::REMOVED) {
            return false;
        }
        if self.has(package, mark::OPEN) {
            return true;
        }
        let universe = self.universe;
        let mut needs = Vec::new();
        let mut conflicts = Vec::new();
        for dep in universe.deps_of(version) {
            match universe.dep_kind(*dep) {
                DepKind::PreDepends | DepKind::Depends => {
                    if !self.is_met(*dep) {
                        if !self.can_be_met(*dep) {
                            return self.give_up(package, depth);
                        }
                        needs.push(*dep);
                    }
                }
                DepKind::Recommends if self.recommends && self.installed(package) == NONE => {
                    if !self.is_met(*dep) {
                        needs.push(*dep);
                    }
                }
                DepKind::Conflicts | DepKind::Breaks => {
                    if self.hit(package, *dep).is_some() {
                        conflicts.push(*dep);
                    }
                }
                DepKind::Recommends | DepKind::Suggests => {}
            }
        }
        let before = self.planned(package);
        self.plan_version(package, version);
        self.marks[at] |= mark::OPEN;
        if before == NONE && !asked {
            self.marks[at] |= mark::AUTOMATIC;
        }
        if before != version || asked {
            self.upgrade_siblings(version);
        }
        let mut good = conflicts.into_iter().all(|dep| self.make_room(package, dep, depth));
        for dep in needs {
            if !good {
                break;
            }
            if !self.is_met(dep) && !self.meet(dep, depth) && universe.dep_kind(dep).is_hard() {
                good = false;
            }
        }
        self.marks[at] &= !mark::OPEN;
        if !good {
            self.plan_version(package, before);
            return self.give_up(package, depth);
        }
        true
    }

    /// Upgrades what is installed of the same source package, whose builds belong together.
    fn upgrade_siblings(&mut self, version: u32) {
        // Sources are read when somebody asks; where nothing is installed nobody does.
        if self.upgradable().is_empty() {
            return;
        }
        let source = self.universe.source_key(version);
        for package in self.upgradable().iter().copied() {
            let candidate = self.candidate(package);
            let is_kept = self.planned(package) == self.installed(package);
            if is_kept && candidate != NONE && candidate != version && self.universe.source_key(candidate) == source {
                self.plan_version(package, candidate);
            }
        }
    }

    /// Takes a package out of the choice, unless it was asked for.
    fn give_up(&mut self, package: u32, depth: u32) -> bool {
        if depth > 0 {
            self.marks[package as usize] |= mark::GIVEN_UP;
        }
        false
    }

    /// Whether anything that may be taken meets a dependency.
    fn can_be_met(&self, dep: u32) -> bool {
        let universe = self.universe;
        universe.atoms_of(dep).iter().flat_map(|atom| universe.targets_of(*atom)).any(|target| self.may_take(*target))
    }

    fn may_take(&self, version: u32) -> bool {
        let package = self.universe.package_of(version);
        self.candidate(package) == version && !self.has(package, mark::REMOVED)
    }

    /// Marks what meets a dependency, the preferred one that works.
    fn meet(&mut self, dep: u32, depth: u32) -> bool {
        let universe = self.universe;
        for atom in universe.atoms_of(dep) {
            let mut targets: Vec<u32> =
                universe.targets_of(*atom).iter().copied().filter(|target| self.may_take(*target)).collect();
            targets.sort_by_key(|target| self.installed(universe.package_of(*target)) == NONE);
            for target in targets {
                if self.mark(universe.package_of(target), false, depth + 1) {
                    return true;
                }
            }
        }
        false
    }

    /// Upgrades or removes what stands in the way of a package.
    fn make_room(&mut self, package: u32, dep: u32, depth: u32) -> bool {
        while let Some(version) = self.hit(package, dep) {
            let other = self.universe.package_of(version);
            let candidate = self.candidate(other);
            if candidate != version
                && candidate != NONE
                && !self.names(dep, candidate)
                && self.mark(other, false, depth + 1)
            {
                continue;
            }
            if self.has(other, mark::PROTECTED) || self.has(other, mark::OPEN) || self.is_held(other) {
                return false;
            }
            self.plan_version(other, NONE);
            // What is not there yet may come back, where somebody else needs it.
            if self.installed(other) != NONE {
                self.marks[other as usize] |= mark::REMOVED;
            }
        }
        true
    }

    /// Whether a dependency names a version.
    pub(super) fn names(&self, dep: u32, version: u32) -> bool {
        self.universe.atoms_of(dep).iter().any(|atom| self.universe.targets_of(*atom).contains(&version))
    }
}
