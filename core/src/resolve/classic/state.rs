//! What is planned for each package while apt's decisions are made.

use std::collections::HashMap;

use super::super::policy::Candidates;
use super::super::universe::rows::NONE;
use super::super::universe::{DepKind, Universe};

/// What somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal {
    /// The package.
    pub package: u32,
    /// The version; the candidate where none is named.
    pub version: Option<u32>,
}

/// What comes out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The versions to install, in the order of their packages.
    pub install: Vec<u32>,
    /// The packages to remove.
    pub remove: Vec<u32>,
    /// The dependencies that do not hold, with the versions that have them.
    pub broken: Vec<(u32, u32)>,
    /// Whether the search was given up: it took too many steps.
    pub gave_up: bool,
}

/// Marks of packages.
pub(super) mod mark {
    /// It was asked for, or is held while everything is upgraded: it is the last to give way.
    pub(in super::super) const ASKED: u8 = 1;
    /// It came along with another.
    pub(in super::super) const AUTOMATIC: u8 = 1 << 1;
    /// Nothing else may decide about it: it was asked for, or what was asked for can't do without this decision.
    pub(in super::super) const PROTECTED: u8 = 1 << 2;
    /// Reading what it needs is under way.
    pub(in super::super) const OPEN: u8 = 1 << 3;
    /// Its candidate can't be installed.
    pub(in super::super) const GIVEN_UP: u8 = 1 << 4;
    /// A certain version of it was asked for.
    pub(in super::super) const WANTED: u8 = 1 << 5;
    /// It was given up, and those that need it have not been told yet.
    pub(in super::super) const UNTOLD: u8 = 1 << 6;
}

/// What is to become of a package.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It stays as it is, installed or not.
    Keep,
    /// Another version than now is installed.
    Install,
    /// It goes.
    Delete,
}

/// The plan in the making. It holds what differs from what is installed and from the candidates, so that a request touches
/// little memory.
pub(super) struct State<'a> {
    pub(super) universe: &'a Universe,
    pub(super) recommends: bool,
    candidates: &'a Candidates,
    /// The version that each package will have: 0 for the one that it has, 1 for none, else its number and 2.
    changes: Vec<u32>,
    /// The packages that `changes` has something of.
    changed: Vec<u32>,
    /// The versions that were asked for, of packages with such a mark.
    wanted: HashMap<u32, u32>,
    pub(super) marks: Vec<u8>,
    /// How many more packages may be marked, so that no request takes forever.
    pub(super) budget: u32,
}

/// How many packages a request may mark: many times what the largest archive needs. Siblings that take each other's place
/// again and again would go on for ever.
const BUDGET: u32 = 100_000;

impl<'a> State<'a> {
    pub(super) fn new(universe: &'a Universe, candidates: &'a Candidates, recommends: bool) -> Self {
        let count = universe.package_count() as usize;
        // Zeros that nobody looks at cost nothing.
        let (changes, marks) = (vec![0; count], vec![0; count]);
        Self {
            universe,
            recommends,
            candidates,
            changes,
            changed: Vec::new(),
            wanted: HashMap::new(),
            marks,
            budget: BUDGET,
        }
    }

    /// Marks a goal before anything that it needs: what is asked for later must not take its place.
    pub(super) fn ask(&mut self, goal: Goal) {
        let package = goal.package;
        if let Some(version) = goal.version {
            self.wanted.insert(package, version);
            self.marks[package as usize] |= mark::WANTED;
        }
        self.marks[package as usize] |= mark::PROTECTED | mark::ASKED;
        self.marks[package as usize] &= !mark::AUTOMATIC;
        let candidate = self.candidate(package);
        if candidate != NONE {
            self.plan_version(package, candidate);
        }
    }

    /// The version that a package will have.
    #[inline]
    pub(super) fn planned(&self, package: u32) -> u32 {
        match self.changes[package as usize] {
            0 => self.candidates.installed_number(package),
            1 => NONE,
            version => version - 2,
        }
    }

    /// The version that a package has.
    #[inline]
    pub(super) fn installed(&self, package: u32) -> u32 {
        self.candidates.installed_number(package)
    }

    /// The version that may be taken of a package.
    #[inline]
    pub(super) fn candidate(&self, package: u32) -> u32 {
        if self.has(package, mark::GIVEN_UP) {
            return self.candidates.installed_number(package);
        }
        if self.has(package, mark::WANTED) {
            return self.wanted.get(&package).copied().unwrap_or(NONE);
        }
        self.candidates.candidate_number(package)
    }

    pub(super) fn plan_version(&mut self, package: u32, version: u32) {
        let change = &mut self.changes[package as usize];
        if *change == 0 {
            self.changed.push(package);
        }
        self.marks[package as usize] &= !mark::UNTOLD;
        *change = if version == NONE { 1 } else { version + 2 };
    }

    /// The packages that something was planned for, in the order of that.
    pub(super) fn all_changed(&self) -> &[u32] {
        &self.changed
    }

    /// The packages that are installed or that something was planned for.
    pub(super) fn all_touched(&self) -> impl Iterator<Item = u32> {
        self.candidates.all_installed().iter().chain(&self.changed).copied()
    }

    /// The packages that will have a version, in their order.
    pub(super) fn all_planned(&self) -> Vec<u32> {
        let mut all: Vec<u32> = self.candidates.all_installed().iter().chain(&self.changed).copied().collect();
        all.sort_unstable();
        all.dedup();
        all.retain(|package| self.planned(*package) != NONE);
        all
    }

    /// Whether a package is on hold.
    #[inline]
    pub(super) fn is_held(&self, package: u32) -> bool {
        self.candidates.is_held(package)
    }

    /// Whether an installed package came along with another.
    pub(super) fn came_along(&self, package: u32) -> bool {
        self.candidates.is_automatic(package)
    }

    /// The packages that are installed.
    pub(super) fn all_installed(&self) -> &'a [u32] {
        self.candidates.all_installed()
    }

    /// What is planned for a package.
    pub(super) fn mode(&self, package: u32) -> Mode {
        let (planned, installed) = (self.planned(package), self.installed(package));
        if planned == installed {
            Mode::Keep
        } else if planned == NONE {
            Mode::Delete
        } else {
            Mode::Install
        }
    }

    /// Whether something else than now may be planned for a package that nobody asked for here.
    pub(super) fn may(&self, package: u32, mode: Mode) -> bool {
        if self.mode(package) == mode {
            return true;
        }
        !self.has(package, mark::PROTECTED)
            && !self.has(package, mark::OPEN)
            && (mode == Mode::Keep || !self.is_held(package))
    }

    /// Leaves a package as it is installed, or out.
    pub(super) fn keep(&mut self, package: u32) -> bool {
        if !self.may(package, Mode::Keep) {
            return false;
        }
        self.plan_version(package, self.installed(package));
        true
    }

    /// Takes a package out.
    pub(super) fn delete(&mut self, package: u32) -> bool {
        if self.installed(package) == NONE {
            return self.keep(package);
        }
        if !self.may(package, Mode::Delete) {
            return false;
        }
        self.plan_version(package, NONE);
        true
    }

    /// The installed packages whose candidate is another version.
    pub(super) fn upgradable(&self) -> &'a [u32] {
        self.candidates.upgradable()
    }

    #[inline]
    pub(super) fn has(&self, package: u32, mark: u8) -> bool {
        self.marks[package as usize] & mark != 0
    }

    /// Whether a version is planned.
    #[inline]
    pub(super) fn is_planned(&self, version: u32) -> bool {
        self.planned(self.universe.package_of(version)) == version
    }

    /// Whether one of the alternatives of a dependency is planned.
    pub(super) fn is_met(&self, dep: u32) -> bool {
        self.universe
            .atoms_of(dep)
            .iter()
            .any(|atom| self.universe.targets_of(*atom).iter().any(|target| self.is_planned(*target)))
    }

    /// What is planned that a conflict of `package` names. A package does not conflict with its own name, but for its
    /// siblings of other architectures, where the relation is about these alone.
    pub(super) fn hit(&self, package: u32, dep: u32) -> Option<u32> {
        let atoms = self.universe.atoms_of(dep).iter();
        let mut targets = atoms.flat_map(|atom| self.universe.targets_of(*atom).iter().copied());
        targets
            .find(|target| self.is_about(package, dep, self.universe.package_of(*target)) && self.is_planned(*target))
    }

    /// Whether a conflict of `package` is about `other`.
    pub(super) fn is_about(&self, package: u32, dep: u32, other: u32) -> bool {
        let is_own = self.universe.package_name(other) == self.universe.package_name(package);
        other != package && is_own == self.universe.is_between_siblings(dep)
    }

    /// Whether a dependency held among what is installed.
    pub(super) fn held_before(&self, package: u32, dep: u32) -> bool {
        let universe = self.universe;
        let is_there = |target: &u32| self.installed(universe.package_of(*target)) == *target;
        let mut targets = universe.atoms_of(dep).iter().flat_map(|atom| universe.targets_of(*atom));
        if universe.dep_kind(dep).is_negative() {
            !targets.any(|target| is_there(target) && self.is_about(package, dep, universe.package_of(*target)))
        } else {
            targets.any(is_there)
        }
    }

    /// Whether a dependency of a planned version of `package` holds.
    pub(super) fn holds(&self, package: u32, dep: u32) -> bool {
        match self.universe.dep_kind(dep) {
            DepKind::PreDepends | DepKind::Depends => self.is_met(dep),
            DepKind::Conflicts | DepKind::Breaks => self.hit(package, dep).is_none(),
            DepKind::Recommends | DepKind::Suggests => true,
        }
    }

    /// The first dependency of the planned version of a package that does not hold.
    pub(super) fn broken(&self, package: u32) -> Option<u32> {
        let version = self.planned(package);
        if version == NONE {
            return None;
        }
        self.universe.deps_of(version).iter().copied().find(|dep| !self.holds(package, *dep))
    }

    pub(super) fn plan(&self) -> Plan {
        let needed = self.needed();
        let mut plan = Plan { gave_up: self.budget == 0, ..Plan::default() };
        let mut changed = self.changed.clone();
        changed.sort_unstable();
        for package in changed {
            let (planned, installed) = (self.planned(package), self.installed(package));
            if planned == NONE {
                if installed != NONE {
                    plan.remove.push(package);
                }
                continue;
            }
            if planned == installed || (installed == NONE && !needed[package as usize]) {
                continue;
            }
            plan.install.push(planned);
        }
        if plan != Plan::default() {
            let stays = |package: &u32| self.installed(*package) != NONE || needed[*package as usize];
            let broken = self.all_planned().into_iter().filter(stays);
            plan.broken.extend(broken.filter_map(|package| Some((self.planned(package), self.broken(package)?))));
        }
        plan
    }
}
