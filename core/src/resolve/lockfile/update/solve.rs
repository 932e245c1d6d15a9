//! Asks the solver for the goals, with all that is locked as what is installed.

use std::cmp::Ordering;

use super::super::of::unmet;
use super::super::present::Present;
use super::{Before, Update};
use crate::deb::version::compare;
use crate::error::{Error, Kind, Result};
use crate::resolve::universe::rows::NONE;
use crate::resolve::{Candidates, Goal, Universe, classic};

/// How often packages of several architectures are brought to one version.
const ROUNDS: usize = 8;

/// Whether one version is later than another; anything is later than nothing.
pub(super) fn is_later(universe: &Universe, version: u32, than: u32) -> bool {
    let text = |version: u32| universe.version_text(version).as_bytes();
    than == NONE || compare(text(version), text(than)) == Ordering::Greater
}

/// What is there afterwards, by the solver: more may have moved than has to.
pub(super) fn solve<'u>(
    update: &Update<'_>,
    universe: &'u Universe,
    before: &Before<'u>,
    goals: &[(u32, u32)],
) -> Result<Present<'u>> {
    let installed = before.present.versions.clone();
    let choice = |package: u32| {
        let (candidate, has) = (update.candidate(universe, package), installed[package as usize]);
        if candidate != NONE && is_later(universe, candidate, has) { candidate } else { has }
    };
    let choices: Vec<u32> = (0..universe.package_count()).map(choice).collect();
    let candidates = Candidates::of_parts(universe, choices, installed);
    let mut goals: Vec<Goal> =
        goals.iter().map(|(package, version)| Goal { package: *package, version: Some(*version) }).collect();
    for _ in 0..ROUNDS {
        let plan = classic(universe, &candidates, &goals, false);
        if let Some((version, dep)) = plan.broken.first() {
            return Err(unmet(universe, *version, *dep));
        }
        let mut after = before.present.clone();
        plan.remove.iter().for_each(|package| after.versions[*package as usize] = NONE);
        plan.install.iter().for_each(|version| after.versions[universe.package_of(*version) as usize] = *version);
        if let Some(broken) =
            after.packages().find_map(|package| Some((package, newly_broken(before, &after, package)?)))
        {
            return Err(unmet(universe, after.versions[broken.0 as usize], broken.1));
        }
        // What must have one version on several architectures goes to the later one.
        let behind: Vec<Goal> =
            after.packages().filter_map(|package| sibling_goal(&after, &candidates, package)).collect();
        if behind.is_empty() {
            return all_requested(update, before, after);
        }
        goals.extend(behind);
    }
    Err(Error::new(Kind::Unsatisfiable, "packages of several architectures can't be brought to one version"))
}

/// A relation that does not hold, and did before.
fn newly_broken(before: &Before<'_>, after: &Present<'_>, package: u32) -> Option<u32> {
    let has = before.present.versions[package as usize];
    let known: Vec<u32> = match has == after.versions[package as usize] {
        true => before.present.broken(package).collect(),
        false => Vec::new(),
    };
    after.broken(package).find(|dep| !known.contains(dep))
}

/// The goal that brings the sibling of a package to its version, where the sibling is behind.
fn sibling_goal(after: &Present<'_>, candidates: &Candidates, package: u32) -> Option<Goal> {
    let universe = after.universe;
    let sibling = after.odd_sibling(package)?;
    let (version, theirs) = (after.versions[package as usize], after.versions[sibling as usize]);
    let candidate = candidates.candidate_number(sibling);
    let fits = candidate != NONE && universe.version_text(candidate) == universe.version_text(version);
    (fits && is_later(universe, version, theirs)).then_some(Goal { package: sibling, version: Some(candidate) })
}

/// Fails where something went that was asked for.
fn all_requested<'u>(update: &Update<'_>, before: &Before<'u>, after: Present<'u>) -> Result<Present<'u>> {
    for package in before.present.packages() {
        let Some(at) = before.locked[package as usize] else { continue };
        if after.versions[package as usize] == NONE && !update.lock.packages()[at].automatic {
            let message = "it was asked for, and can't stay with what is to be updated";
            let shown = after.universe.show(before.present.versions[package as usize]);
            return Err(Error::new(Kind::Unsatisfiable, message).path(shown));
        }
    }
    Ok(after)
}
