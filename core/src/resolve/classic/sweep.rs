//! Finds what nothing needs.

use super::super::universe::DepKind;
use super::super::universe::rows::flag;
use super::state::{State, mark};

impl State<'_> {
    /// What is asked for, essential, or needed by such; what it recommends and suggests counts too, where it is there.
    pub(super) fn needed(&self) -> Vec<bool> {
        let universe = self.universe;
        let mut needed = vec![false; universe.package_count() as usize];
        let mut open: Vec<u32> = Vec::new();
        for package in self.all_planned() {
            let is_automatic =
                self.has(package, mark::AUTOMATIC) || (self.came_along(package) && !self.has(package, mark::ASKED));
            let is_root = !is_automatic || universe.package_flags(package) & (flag::ESSENTIAL | flag::IMPORTANT) != 0;
            if is_root {
                needed[package as usize] = true;
                open.push(package);
            }
        }
        while let Some(package) = open.pop() {
            let version = self.planned(package);
            for dep in universe.deps_of(version) {
                if matches!(universe.dep_kind(*dep), DepKind::Conflicts | DepKind::Breaks) {
                    continue;
                }
                for target in universe.atoms_of(*dep).iter().flat_map(|atom| universe.targets_of(*atom)) {
                    let other = universe.package_of(*target);
                    if self.is_planned(*target) && !needed[other as usize] {
                        needed[other as usize] = true;
                        open.push(other);
                    }
                }
            }
        }
        needed
    }
}
