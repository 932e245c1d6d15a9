//! Marks a package and, depth first, what it needs.

use super::super::universe::DepKind;
use super::super::universe::rows::NONE;
use super::state::{Mode, State, mark};

/// How deep needs may lead.
const MAX_DEPTH: u32 = 3000;

/// Why a package is marked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Somebody asked for it.
    Asked,
    /// Another package needs it.
    Needed,
    /// What was asked for can't do without it.
    Forced,
}

/// What has to happen for a package to be installed.
#[derive(Default)]
struct Work {
    /// The dependencies that nothing planned meets.
    needs: Vec<u32>,
    /// What must be upgraded, or else go: what the package conflicts with, and what needs its present version.
    upgrade: Vec<u32>,
    /// What has to go in any case, when all else is done.
    remove: Vec<u32>,
}

impl State<'_> {
    /// Marks a package alone, without what it needs.
    pub(super) fn install_alone(&mut self, package: u32) -> bool {
        let version = self.candidate(package);
        if self.is_settled(package) {
            return true;
        }
        if version == NONE || !self.may(package, Mode::Install) {
            return false;
        }
        self.put(package, version);
        true
    }

    /// Marks a package with all that it needs; whether that worked.
    pub(super) fn install(&mut self, package: u32, asked: bool) -> bool {
        self.mark(package, if asked { Why::Asked } else { Why::Needed }, 0)
    }

    fn mark(&mut self, package: u32, why: Why, depth: u32) -> bool {
        let version = self.candidate(package);
        if depth > MAX_DEPTH || self.budget == 0 || version == NONE {
            return false;
        }
        self.budget -= 1;
        if self.has(package, mark::OPEN) || (why == Why::Needed && self.is_settled(package)) {
            return true;
        }
        let mode = if version == self.installed(package) { Mode::Keep } else { Mode::Install };
        if why == Why::Needed && !self.may(package, mode) {
            return false;
        }
        if version != self.installed(package) && !self.could_be_met(version) {
            return self.give_up(package);
        }
        let Some(work) = self.work(package, version) else { return false };
        self.put(package, version);
        self.marks[package as usize] |= mark::OPEN;
        let good = self.carry_out(package, version, &work, depth);
        self.marks[package as usize] &= !mark::OPEN;
        good || self.give_up(package)
    }

    /// Whether there is nothing left to do for a package.
    fn is_settled(&mut self, package: u32) -> bool {
        let candidate = self.candidate(package);
        let is_kept = candidate == self.installed(package);
        if self.mode(package) != Mode::Install && !is_kept {
            return false;
        }
        if self.planned(package) == NONE {
            return candidate != NONE && is_kept && self.keep(package);
        }
        self.broken(package).is_none() && !self.lacks_recommended(package)
    }

    /// Whether something that the planned version of a package recommends is missing.
    pub(super) fn lacks_recommended(&self, package: u32) -> bool {
        let universe = self.universe;
        let is_missing = |dep: &u32| universe.dep_kind(*dep) == DepKind::Recommends && !self.is_met(*dep);
        self.recommends && universe.deps_of(self.planned(package)).iter().any(is_missing)
    }

    fn put(&mut self, package: u32, version: u32) {
        if self.planned(package) == NONE && self.installed(package) == NONE && !self.has(package, mark::ASKED) {
            self.marks[package as usize] |= mark::AUTOMATIC;
        }
        self.plan_version(package, version);
    }

    /// What has to be done for a version of a package; nothing where that can't be done.
    fn work(&mut self, package: u32, version: u32) -> Option<Work> {
        let universe = self.universe;
        let mut work = Work::default();
        for dep in universe.deps_of(version) {
            match universe.dep_kind(*dep) {
                DepKind::PreDepends | DepKind::Depends => {
                    if !self.is_met(*dep) || self.to_protect(package, *dep).is_some() {
                        work.needs.push(*dep);
                    }
                }
                DepKind::Recommends => {
                    if self.recommends && !self.is_met(*dep) && self.follows(package, *dep) {
                        work.needs.push(*dep);
                    }
                }
                DepKind::Conflicts | DepKind::Breaks => {
                    if self.has(package, mark::PROTECTED) {
                        self.keep_away(package, *dep);
                    }
                    for other in self.hits(package, *dep) {
                        let candidate = self.candidate(other);
                        if candidate != self.planned(other) && candidate != NONE && !self.names(*dep, candidate) {
                            work.upgrade.push(other);
                        } else if self.has(package, mark::PROTECTED) {
                            if !self.delete(other) {
                                return None;
                            }
                            if self.installed(other) != NONE {
                                self.marks[other as usize] |= mark::PROTECTED;
                            }
                        } else if self.may(other, Mode::Delete) {
                            work.remove.push(other);
                        } else {
                            return None;
                        }
                    }
                }
                DepKind::Suggests => {}
            }
        }
        let installed = self.installed(package);
        if installed != NONE && installed != version {
            self.bereaved(package, installed, version, &mut work.upgrade);
        }
        Some(work)
    }

    /// Whether a recommendation is followed: always for what is new; for what is installed, where the recommendation is
    /// new or was met before. Somebody who did without it before is not told again.
    fn follows(&self, package: u32, dep: u32) -> bool {
        let installed = self.installed(package);
        if installed == NONE {
            return true;
        }
        let universe = self.universe;
        let first = |dep: u32| universe.atoms_of(dep).first().map(|atom| universe.atom_name(*atom));
        let mut same = universe
            .deps_of(installed)
            .iter()
            .filter(|old| universe.dep_kind(**old) == DepKind::Recommends && first(**old) == first(dep));
        same.next().is_none_or(|old| self.held_before(package, *old))
    }

    /// Those that need the version of a package that is installed, and nothing else that is planned would do.
    fn bereaved(&self, package: u32, installed: u32, version: u32, into: &mut Vec<u32>) {
        let universe = self.universe;
        let name = universe.package_name(package);
        for atom in universe.atoms_answered_by(installed) {
            if universe.atom_name(*atom) != name || universe.targets_of(*atom).contains(&version) {
                continue;
            }
            for dep in universe.deps_with(*atom) {
                if !matches!(universe.dep_kind(*dep), DepKind::PreDepends | DepKind::Depends) {
                    continue;
                }
                let met = universe.atoms_of(*dep).iter().flat_map(|atom| universe.targets_of(*atom));
                if met.copied().any(|target| target != installed && self.is_planned(target) || target == version) {
                    continue;
                }
                for other in universe.versions_with(*dep) {
                    let other_package = universe.package_of(*other);
                    if self.is_planned(*other) && other_package != package && !into.contains(&other_package) {
                        into.push(other_package);
                    }
                }
            }
        }
    }

    fn carry_out(&mut self, package: u32, version: u32, work: &Work, depth: u32) -> bool {
        let universe = self.universe;
        if version != self.installed(package) {
            self.upgrade_siblings(version, depth);
        }
        for other in &work.upgrade {
            if !self.mark(*other, Why::Needed, depth + 1) && !self.delete(*other) {
                return false;
            }
        }
        for dep in &work.needs {
            let done = match self.to_protect(package, *dep) {
                Some(only) => {
                    self.marks[only as usize] |= mark::PROTECTED;
                    self.mark(only, Why::Forced, depth + 1)
                }
                None => self.is_met(*dep) || self.meet(*dep, depth),
            };
            if !done && universe.dep_kind(*dep).is_hard() {
                return false;
            }
        }
        work.remove.iter().all(|other| self.delete(*other))
    }

    /// What nothing else may decide about any more: the only package that can meet a dependency of one that is protected
    /// itself.
    fn to_protect(&self, package: u32, dep: u32) -> Option<u32> {
        if !self.has(package, mark::PROTECTED) || !self.universe.dep_kind(dep).is_hard() {
            return None;
        }
        let only = self.only_option(dep)?;
        let is_new = !self.has(only, mark::PROTECTED) && self.may(only, Mode::Install);
        (is_new && (self.mode(only) == Mode::Install || !self.is_met(dep))).then_some(only)
    }

    /// The one package that can meet a dependency, if it is one.
    fn only_option(&self, dep: u32) -> Option<u32> {
        let universe = self.universe;
        let targets = universe.atoms_of(dep).iter().flat_map(|atom| universe.targets_of(*atom).iter().copied());
        let mut packages = targets.filter(|target| self.may_take(*target)).map(|target| universe.package_of(target));
        let first = packages.next()?;
        packages.all(|other| other == first).then_some(first)
    }

    /// Upgrades what is installed of the same source package, whose builds belong together: first all of them, then what
    /// they need.
    fn upgrade_siblings(&mut self, version: u32, depth: u32) {
        // Sources are read when somebody asks; where nothing is installed nobody does.
        if self.upgradable().is_empty() {
            return;
        }
        let source = self.universe.source_key(version);
        let mut siblings = Vec::new();
        for package in self.upgradable().iter().copied() {
            let candidate = self.candidate(package);
            let is_kept = self.planned(package) == self.installed(package);
            if is_kept && candidate != NONE && candidate != version && self.universe.source_key(candidate) == source {
                siblings.push(package);
            }
        }
        siblings.retain(|package| self.install_alone(*package));
        for package in siblings {
            self.mark(package, Why::Needed, depth + 1);
        }
    }

    /// Takes the candidate of a package out of the choice, unless it was asked for.
    fn give_up(&mut self, package: u32) -> bool {
        if !self.has(package, mark::PROTECTED) {
            self.plan_version(package, self.installed(package));
            self.marks[package as usize] |= mark::GIVEN_UP | mark::UNTOLD;
        }
        false
    }

    /// Whether each hard dependency has somebody that may be taken.
    fn could_be_met(&self, version: u32) -> bool {
        let universe = self.universe;
        universe.deps_of(version).iter().all(|dep| {
            !matches!(universe.dep_kind(*dep), DepKind::PreDepends | DepKind::Depends)
                || self.is_met(*dep)
                || universe
                    .atoms_of(*dep)
                    .iter()
                    .flat_map(|atom| universe.targets_of(*atom))
                    .any(|target| self.may_take(*target) || self.has(universe.package_of(*target), mark::UNTOLD))
        })
    }

    fn may_take(&self, version: u32) -> bool {
        self.candidate(self.universe.package_of(version)) == version
    }

    /// Marks what meets a dependency, the preferred one that works.
    fn meet(&mut self, dep: u32, depth: u32) -> bool {
        let universe = self.universe;
        for atom in universe.atoms_of(dep) {
            let mut targets: Vec<u32> =
                universe.targets_of(*atom).iter().copied().filter(|target| self.may_take(*target)).collect();
            targets.sort_by_key(|target| self.installed(universe.package_of(*target)) == NONE);
            for target in targets {
                if self.mark(universe.package_of(target), Why::Needed, depth + 1) {
                    return true;
                }
            }
        }
        false
    }

    /// What goes already because of a conflict of a package that certainly stays does not come back.
    fn keep_away(&mut self, package: u32, dep: u32) {
        let universe = self.universe;
        for target in universe.atoms_of(dep).iter().flat_map(|atom| universe.targets_of(*atom)) {
            let other = universe.package_of(*target);
            let is_going = self.installed(other) == *target && self.planned(other) == NONE;
            if is_going && self.is_about(package, dep, other) {
                self.marks[other as usize] |= mark::PROTECTED;
            }
        }
    }

    /// The packages of which a version is planned that a conflict of `package` names.
    fn hits(&self, package: u32, dep: u32) -> Vec<u32> {
        let universe = self.universe;
        let targets = universe.atoms_of(dep).iter().flat_map(|atom| universe.targets_of(*atom).iter().copied());
        let hit = targets.filter(|target| self.is_planned(*target)).map(|target| universe.package_of(target));
        hit.filter(|other| self.is_about(package, dep, *other)).collect()
    }

    /// Whether a dependency names a version.
    pub(super) fn names(&self, dep: u32, version: u32) -> bool {
        self.universe.atoms_of(dep).iter().any(|atom| self.universe.targets_of(*atom).contains(&version))
    }
}
