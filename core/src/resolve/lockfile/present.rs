//! The packages of a system as versions of a universe: which relations hold among them, and what brought which.

use std::collections::VecDeque;

use super::package::{Locked, Reason};
use crate::resolve::universe::rows::{NATIVE, NONE, flag};
use crate::resolve::{DepKind, Universe};

/// The version of each package of a universe that is there.
#[derive(Clone)]
pub(super) struct Present<'a> {
    pub(super) universe: &'a Universe,
    /// By package; [`NONE`] where it is not there.
    pub(super) versions: Vec<u32>,
}

impl<'a> Present<'a> {
    /// What lists of installed packages say.
    pub(super) fn installed(universe: &'a Universe) -> Self {
        let mut versions = vec![NONE; universe.package_count() as usize];
        let lists = universe.lists();
        if lists.iter().any(|list| list.installed) {
            for version in 0..universe.version_count() {
                if universe.lists_of(version).iter().any(|list| lists[*list as usize].installed) {
                    versions[universe.package_of(version) as usize] = version;
                }
            }
        }
        Self { universe, versions }
    }

    pub(super) fn has(&self, version: u32) -> bool {
        self.versions[self.universe.package_of(version) as usize] == version
    }

    /// The packages that are there, in the order of their numbers.
    pub(super) fn packages(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.versions.len() as u32).filter(|package| self.versions[*package as usize] != NONE)
    }

    /// What is there and answers a dependency.
    pub(super) fn answers(&self, dep: u32) -> impl Iterator<Item = u32> + '_ {
        let atoms = self.universe.atoms_of(dep).iter();
        atoms.flat_map(|atom| self.universe.targets_of(*atom).iter().copied()).filter(|target| self.has(*target))
    }

    /// What is there and a conflict of `package` names; a package does not conflict with its own name.
    pub(super) fn hit(&self, package: u32, dep: u32) -> Option<u32> {
        let own = self.universe.package_name(package);
        let name = |version: u32| self.universe.package_name(self.universe.package_of(version));
        self.answers(dep).find(|target| name(*target) != own)
    }

    /// The dependencies of `package` that do not hold.
    pub(super) fn broken(&self, package: u32) -> impl Iterator<Item = u32> + '_ {
        let version = self.versions[package as usize];
        let deps = if version == NONE { &[][..] } else { self.universe.deps_of(version) };
        deps.iter().copied().filter(move |dep| match self.universe.dep_kind(*dep) {
            DepKind::PreDepends | DepKind::Depends => self.answers(*dep).next().is_none(),
            DepKind::Conflicts | DepKind::Breaks => self.hit(package, *dep).is_some(),
            DepKind::Recommends | DepKind::Suggests => false,
        })
    }

    /// A package of the same name for another architecture that must have the same version and has another, as
    /// `Multi-Arch: same` asks.
    pub(super) fn odd_sibling(&self, package: u32) -> Option<u32> {
        let universe = self.universe;
        let version = self.versions[package as usize];
        let is_same = |version: u32| universe.version_flags(version) & flag::SAME != 0;
        if version == NONE || !is_same(version) {
            return None;
        }
        universe.packages_of(universe.package_name(package)).iter().copied().find(|other| {
            let sibling = self.versions[*other as usize];
            sibling != NONE && is_same(sibling) && universe.version_text(sibling) != universe.version_text(version)
        })
    }

    /// Packages in the order of locks: by name and architecture.
    pub(super) fn sort(&self, packages: &mut [u32]) {
        let universe = self.universe;
        packages.sort_by_key(|package| {
            (
                universe.name_text(universe.package_name(*package)),
                &universe.architectures()[universe.package_architecture(*package) as usize],
            )
        });
    }

    /// What brought each package, told from `roots` on: the shortest way, of equally short ones the one that begins with
    /// the first name. So it depends on nothing but the packages themselves.
    pub(super) fn reasons(&self, roots: &[u32], recommends: bool) -> Vec<Option<Reason>> {
        let universe = self.universe;
        let mut reasons: Vec<Option<Reason>> = vec![None; self.versions.len()];
        let mut seen = vec![false; self.versions.len()];
        let mut open: Vec<u32> = roots.to_vec();
        self.sort(&mut open);
        open.iter().for_each(|root| seen[*root as usize] = true);
        let mut open: VecDeque<u32> = open.into();
        while let Some(package) = open.pop_front() {
            let version = self.versions[package as usize];
            let deps = if version == NONE { &[][..] } else { universe.deps_of(version) };
            for dep in deps {
                let kind = universe.dep_kind(*dep);
                if !(kind.is_hard() || kind == DepKind::Recommends && recommends) {
                    continue;
                }
                let mut found: Vec<u32> = self.answers(*dep).map(|target| universe.package_of(target)).collect();
                self.sort(&mut found);
                for other in found {
                    if !std::mem::replace(&mut seen[other as usize], true) {
                        reasons[other as usize] = Some(self.reason(*dep, package));
                        open.push_back(other);
                    }
                }
            }
        }
        reasons
    }

    pub(super) fn reason(&self, dep: u32, of: u32) -> Reason {
        Reason::new(self.universe.dep_kind(dep), self.universe.dep_text(dep), self.universe.show_package(of))
    }
}

/// The package of a universe that a locked one is a version of.
pub(super) fn package_of(universe: &Universe, locked: &Locked, native: &str) -> Option<u32> {
    let home = locked.home(native);
    let architecture = universe.architectures().iter().position(|known| known == home)?;
    universe.find_package(&locked.name, architecture as u32)
}

/// The version of a universe that a locked one is.
pub(super) fn version_of(universe: &Universe, locked: &Locked, native: &str) -> Option<u32> {
    let package = package_of(universe, locked, native)?;
    universe.versions_of(package).find(|version| {
        universe.version_text(*version) == locked.version && universe.digest_of(*version) == Some(locked.sha256)
    })
}

/// The machine's own architecture.
pub(super) fn native(universe: &Universe) -> &str {
    &universe.architectures()[NATIVE as usize]
}
