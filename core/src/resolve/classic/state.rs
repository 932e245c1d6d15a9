//! What is planned for each package while apt's decisions are made.

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
}

/// The plan in the making.
pub(super) struct State<'a> {
    pub(super) universe: &'a Universe,
    pub(super) recommends: bool,
    /// The version that each package will have.
    pub(super) planned: Vec<u32>,
    /// The version that each package has.
    pub(super) installed: Vec<u32>,
    /// The version that may be taken of each package.
    pub(super) candidate: Vec<u32>,
    pub(super) marks: Vec<u8>,
    /// The installed packages whose candidate is another version.
    pub(super) upgradable: Vec<u32>,
}

impl<'a> State<'a> {
    pub(super) fn new(universe: &'a Universe, candidates: &Candidates, recommends: bool) -> Self {
        let count = universe.package_count();
        let installed: Vec<u32> = (0..count).map(|package| candidates.installed(package)).collect();
        let upgradable = (0..count).filter(|package| {
            let installed = candidates.installed(*package);
            installed != NONE && candidates.candidate(*package) != installed
        });
        Self {
            universe,
            recommends,
            planned: installed.clone(),
            candidate: (0..count).map(|package| candidates.candidate(package)).collect(),
            marks: vec![0; count as usize],
            installed,
            upgradable: upgradable.collect(),
        }
    }

    /// Marks a goal before anything that it needs: what is asked for later must not take its place.
    pub(super) fn ask(&mut self, goal: Goal) {
        let package = goal.package as usize;
        if let Some(version) = goal.version {
            self.candidate[package] = version;
        }
        self.marks[package] |= mark::PROTECTED;
        self.marks[package] &= !mark::AUTOMATIC;
        if self.candidate[package] != NONE {
            self.planned[package] = self.candidate[package];
        }
    }

    #[inline]
    pub(super) fn has(&self, package: u32, mark: u8) -> bool {
        self.marks[package as usize] & mark != 0
    }

    /// Whether a version is planned.
    #[inline]
    pub(super) fn is_planned(&self, version: u32) -> bool {
        self.planned[self.universe.package_of(version) as usize] == version
    }

    /// Whether one of the alternatives of a dependency is planned.
    pub(super) fn is_met(&self, dep: u32) -> bool {
        self.universe
            .atoms_of(dep)
            .iter()
            .any(|atom| self.universe.targets_of(*atom).iter().any(|target| self.is_planned(*target)))
    }

    /// What is planned that a conflict of `package` names; a package does not conflict with its own name.
    pub(super) fn hit(&self, package: u32, dep: u32) -> Option<u32> {
        let own = self.universe.package_name(package);
        let atoms = self.universe.atoms_of(dep).iter();
        let mut targets = atoms.flat_map(|atom| self.universe.targets_of(*atom).iter().copied());
        targets.find(|target| {
            self.is_planned(*target) && self.universe.package_name(self.universe.package_of(*target)) != own
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
        let version = self.planned[package as usize];
        if version == NONE {
            return None;
        }
        self.universe.deps_of(version).iter().copied().find(|dep| !self.holds(package, *dep))
    }

    pub(super) fn plan(&self) -> Plan {
        let needed = self.needed();
        let mut plan = Plan::default();
        for package in 0..self.planned.len() as u32 {
            let (planned, installed) = (self.planned[package as usize], self.installed[package as usize]);
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
