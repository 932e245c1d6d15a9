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
    /// It was asked for, or one that was asked for needs exactly it: nothing else may decide about it.
    pub(in super::super) const PROTECTED: u8 = 1;
    /// It came along with another.
    pub(in super::super) const AUTOMATIC: u8 = 1 << 1;
    /// It is to be removed.
    pub(in super::super) const REMOVED: u8 = 1 << 2;
    /// Reading what it needs is under way.
    pub(in super::super) const OPEN: u8 = 1 << 3;
    /// Its candidate can't be installed.
    pub(in super::super) const GIVEN_UP: u8 = 1 << 4;
    /// A certain version of it was asked for.
    pub(in super::super) const WANTED: u8 = 1 << 5;
}

/// How often packages may be marked in all. No request to the whole of Debian takes a tenth of it; siblings that take each
/// other's place again and again would go on for ever.
pub(super) const MAX_STEPS: u32 = 100_000;

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
    /// How often a package was marked.
    pub(super) steps: u32,
}

impl<'a> State<'a> {
    pub(super) fn new(universe: &'a Universe, candidates: &'a Candidates, recommends: bool) -> Self {
        let count = universe.package_count() as usize;
        // Zeros that nobody looks at cost nothing.
        let (changes, marks) = (vec![0; count], vec![0; count]);
        Self { universe, recommends, candidates, changes, changed: Vec::new(), wanted: HashMap::new(), marks, steps: 0 }
    }

    /// Marks a goal before anything that it needs: what is asked for later must not take its place.
    pub(super) fn ask(&mut self, goal: Goal) {
        let package = goal.package;
        if let Some(version) = goal.version {
            self.wanted.insert(package, version);
            self.marks[package as usize] |= mark::WANTED;
        }
        self.marks[package as usize] |= mark::PROTECTED;
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
        if self.is_held(package) {
            return self.candidates.installed_number(package);
        }
        self.candidates.candidate_number(package)
    }

    pub(super) fn plan_version(&mut self, package: u32, version: u32) {
        let change = &mut self.changes[package as usize];
        if *change == 0 {
            self.changed.push(package);
        }
        *change = if version == NONE { 1 } else { version + 2 };
    }

    /// The packages that will have a version, in their order.
    pub(super) fn all_planned(&self) -> Vec<u32> {
        let mut all: Vec<u32> = self.candidates.all_installed().iter().chain(&self.changed).copied().collect();
        all.sort_unstable();
        all.dedup();
        all.retain(|package| self.planned(*package) != NONE);
        all
    }

    /// Whether a package is on hold, and nobody asked for it by name.
    #[inline]
    pub(super) fn is_held(&self, package: u32) -> bool {
        self.candidates.is_held(package) && !self.has(package, mark::PROTECTED)
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
        let own = self.universe.package_name(package);
        let between_siblings = self.universe.is_between_siblings(dep);
        let atoms = self.universe.atoms_of(dep).iter();
        let mut targets = atoms.flat_map(|atom| self.universe.targets_of(*atom).iter().copied());
        targets.find(|target| {
            let other = self.universe.package_of(*target);
            let is_own = self.universe.package_name(other) == own;
            is_own == between_siblings && other != package && self.is_planned(*target)
        })
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
        let mut plan = Plan { gave_up: self.steps > MAX_STEPS, ..Plan::default() };
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
            if let Some(dep) = self.broken(package) {
                plan.broken.push((planned, dep));
            }
        }
        plan
    }
}
