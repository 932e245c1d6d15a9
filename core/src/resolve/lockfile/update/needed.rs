//! Which packages something needs.

use super::super::present::Present;
use crate::resolve::DepKind;
use crate::resolve::universe::rows::flag;

/// What is a root or essential, and what such need, recommend or suggest, where it is there: as `apt-get autoremove` has it.
pub(super) fn needed(present: &Present<'_>, is_root: impl Fn(u32) -> bool) -> Vec<bool> {
    let universe = present.universe;
    let mut needed = vec![false; present.versions.len()];
    let is_root = |package: &u32| {
        is_root(*package) || universe.package_flags(*package) & (flag::ESSENTIAL | flag::IMPORTANT) != 0
    };
    let mut open: Vec<u32> = present.packages().filter(is_root).collect();
    open.iter().for_each(|package| needed[*package as usize] = true);
    while let Some(package) = open.pop() {
        for dep in universe.deps_of(present.versions[package as usize]) {
            if matches!(universe.dep_kind(*dep), DepKind::Conflicts | DepKind::Breaks) {
                continue;
            }
            for target in present.answers(*dep) {
                let other = universe.package_of(target);
                if !std::mem::replace(&mut needed[other as usize], true) {
                    open.push(other);
                }
            }
        }
    }
    needed
}
