//! Takes back what moved and need not have.
//!
//! A solver upgrades what is of one source along with it, and takes candidates where the versions that are there would do.
//! Here each package that moved is tried where it was: if all relations hold, it stays there. Where one does not hold that
//! can be helped by taking back more of what moved, that is tried too, as for two packages that need each other's exact
//! version. What can't be taken back has a relation that says why.

use std::collections::BTreeSet;

use super::super::present::Present;
use super::{Before, Why};
use crate::resolve::universe::rows::NONE;

/// What is there with as little moved as may be, and why what moved did.
pub(super) fn hold<'u>(
    before: &Before<'_>,
    mut after: Present<'u>,
    goals: &[(u32, u32)],
) -> (Present<'u>, Vec<(u32, Why)>) {
    let asked: BTreeSet<u32> = goals.iter().map(|(package, _)| *package).collect();
    let is_moved = |after: &Present<'_>, package: u32| {
        after.versions[package as usize] != before.present.versions[package as usize]
    };
    let mut moved: Vec<u32> = (0..after.versions.len() as u32).filter(|package| is_moved(&after, *package)).collect();
    after.sort(&mut moved);
    // What could not be taken back may be once another was.
    let mut changed = true;
    while changed {
        changed = false;
        for package in &moved {
            if !asked.contains(package)
                && is_moved(&after, *package)
                && let Some(held) = take_back(before, &after, *package, &asked)
            {
                after = held;
                changed = true;
            }
        }
    }
    moved.retain(|package| is_moved(&after, *package));
    let why = |package: u32| if asked.contains(&package) { Why::Asked } else { why(before, &after, package) };
    let moves = moved.iter().map(|package| (*package, why(*package))).collect();
    (after, moves)
}

/// What is wrong when a package is taken back.
enum Trouble {
    Relation { package: u32, dep: u32 },
    Sibling { package: u32, other: u32 },
}

/// Something that does not hold, and did before.
fn trouble(before: &Before<'_>, after: &Present<'_>) -> Option<Trouble> {
    for package in after.packages() {
        let stays = after.versions[package as usize] == before.present.versions[package as usize];
        for dep in after.broken(package) {
            if !stays || !before.present.broken(package).any(|known| known == dep) {
                return Some(Trouble::Relation { package, dep });
            }
        }
        if let Some(other) = after.odd_sibling(package)
            && before.present.odd_sibling(package).is_none()
        {
            return Some(Trouble::Sibling { package, other });
        }
    }
    None
}

/// All with one package where it was, and with it whatever else has to be; `None` where that leads to what was asked for.
fn take_back<'u>(before: &Before<'_>, after: &Present<'u>, package: u32, asked: &BTreeSet<u32>) -> Option<Present<'u>> {
    let mut held = after.clone();
    let had = |package: u32| before.present.versions[package as usize];
    let mut next = package;
    loop {
        held.versions[next as usize] = had(next);
        let can_go_back = |held: &Present<'_>, package: u32| {
            held.versions[package as usize] != had(package) && !asked.contains(&package)
        };
        let Some(trouble) = trouble(before, &held) else { return Some(held) };
        next = match trouble {
            Trouble::Relation { package, dep } => {
                if can_go_back(&held, package) {
                    package
                } else {
                    // It is where it was, so what it needed then was there, and what it can't stand was not.
                    let targets = held.universe.atoms_of(dep).iter().flat_map(|atom| held.universe.targets_of(*atom));
                    let mut packages = targets.map(|target| held.universe.package_of(*target));
                    packages.find(|package| can_go_back(&held, *package))?
                }
            }
            Trouble::Sibling { package, other } => {
                [package, other].into_iter().find(|package| can_go_back(&held, *package))?
            }
        };
    }
}

/// The relation that does not hold where a package is taken back alone.
fn why(before: &Before<'_>, after: &Present<'_>, package: u32) -> Why {
    let mut held = after.clone();
    held.versions[package as usize] = before.present.versions[package as usize];
    match trouble(before, &held) {
        Some(Trouble::Relation { package, dep }) => Why::Relation(held.reason(dep, package)),
        Some(Trouble::Sibling { package: one, other }) => {
            let of = if one == package { other } else { one };
            Why::Sibling { of: held.universe.show_package(of) }
        }
        None if after.versions[package as usize] == NONE => Why::Unneeded,
        None => Why::Asked,
    }
}
