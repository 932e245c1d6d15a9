//! `Check`: what a change does to relations, on each architecture.

use std::collections::BTreeSet;

use super::evidence::Evidence;
use super::policy::Check;
use crate::digest::Digest;
use crate::error::Result;
use crate::resolve::check::{Cause, Options, Uninstallable, Which, all, compare};
use crate::resolve::{Architectures, Universe, universe};
use crate::snapshot::Snapshot;
use crate::store::Store;
use crate::worker::compute;

/// How many causes an answer tells.
const MOST_CAUSES: usize = 3;

/// What a check found, on all architectures together.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    architectures: Vec<String>,
    uninstallable: u64,
    undecided: u64,
    pub(super) words: String,
}

impl Checked {
    /// Whether nothing speaks against it. What could not be told does.
    pub(super) fn holds(&self) -> bool {
        self.uninstallable == 0 && self.undecided == 0
    }

    pub(super) fn evidence(&self, check: Check) -> Evidence {
        Evidence::Check {
            check: check.as_str().to_owned(),
            architectures: self.architectures.clone(),
            uninstallable: self.uninstallable,
            undecided: self.undecided,
        }
    }
}

/// Checks the snapshot `after`, beside `before` where that is asked. Where no architectures are named, all of the two count.
pub(super) async fn run(
    store: &Store,
    check: Check,
    architectures: &[String],
    before: Digest,
    after: Digest,
) -> Result<Checked> {
    let after = Snapshot::open(store, after).await?;
    let before = match check {
        Check::Clean => Some(Snapshot::open(store, before).await?),
        Check::NoneUninstallable => None,
    };
    let architectures = match architectures.is_empty() {
        false => architectures.to_vec(),
        true => architectures_of(before.as_ref(), &after)?,
    };
    let mut checked = Checked { architectures: Vec::new(), uninstallable: 0, undecided: 0, words: String::new() };
    let mut causes: Vec<String> = Vec::new();
    for native in architectures {
        let machine = Architectures { native: native.clone(), foreign: Vec::new() };
        let new = universe(&after, &machine).await?;
        let old = match &before {
            Some(before) => Some(universe(before, &machine).await?),
            None => None,
        };
        let (bad, undecided, because) = compute(move || {
            let counted = |causes: Vec<Cause>| causes.into_iter().map(|cause| cause.words).collect::<Vec<_>>();
            Ok(match old {
                Some(old) => {
                    let difference = compare(&old, &new, &Options::default())?;
                    let mut concerned: BTreeSet<u32> = difference.broken.iter().map(|entry| entry.version).collect();
                    concerned.extend(replaced(&old, &new, &difference.arrived_broken)?);
                    // Causes are also of what could never be installed.
                    let causes = difference.causes.into_iter();
                    let causes =
                        causes.filter(|cause| cause.versions.iter().any(|one| concerned.contains(one))).collect();
                    (concerned.len(), difference.undecided.len(), counted(causes))
                }
                None => {
                    let report = all(&new, &Options::default())?;
                    (report.uninstallable.len(), report.undecided.len(), counted(report.causes))
                }
            })
        })
        .await?;
        checked.uninstallable += bad as u64;
        checked.undecided += undecided as u64;
        causes.extend(because);
        checked.architectures.push(native);
    }
    let what = match check {
        Check::Clean => "could be installed before and can't now",
        Check::NoneUninstallable => "can't be installed",
    };
    let machines = checked.architectures.join(", ");
    checked.words = match (checked.uninstallable, checked.undecided) {
        (0, 0) => format!("no package {what} ({machines})"),
        (0, undecided) => format!("of {undecided} packages it could not be told in the time that a check may take"),
        (bad, _) => {
            let more = causes.len().saturating_sub(MOST_CAUSES);
            causes.truncate(MOST_CAUSES);
            let more = if more > 0 { format!("; and {more} more causes") } else { String::new() };
            let because = if causes.is_empty() { String::new() } else { format!(": {}{more}", causes.join("; ")) };
            format!("{bad} packages {what} ({machines}){because}")
        }
    };
    Ok(checked)
}

/// Of the versions that are new and can't be installed, those that took the place of one that could: a package that could be
/// installed before, and of which no version can now. A package that was not there before breaks nothing.
fn replaced(old: &Universe, new: &Universe, arrived: &[Uninstallable]) -> Result<Vec<u32>> {
    if arrived.is_empty() {
        return Ok(Vec::new());
    }
    let options = Options { which: Which::All, ..Options::default() };
    let bad = |universe: &Universe| -> Result<BTreeSet<u32>> {
        let report = all(universe, &options)?;
        Ok(report.uninstallable.iter().map(|entry| entry.version).chain(report.undecided).collect())
    };
    let (bad_before, bad_after) = (bad(old)?, bad(new)?);
    let installable = |universe: &Universe, name: &str, bad: &BTreeSet<u32>| {
        let packages = universe.find_name(name).map(|name| universe.packages_of(name)).unwrap_or_default();
        packages.iter().flat_map(|package| universe.versions_of(*package)).any(|version| !bad.contains(&version))
    };
    let name = |version: u32| new.name_text(new.package_name(new.package_of(version)));
    let versions = arrived.iter().map(|entry| entry.version);
    Ok(versions
        .filter(|version| {
            installable(old, name(*version), &bad_before) && !installable(new, name(*version), &bad_after)
        })
        .collect())
}

/// The architectures that one of the two has packages of; any one, where there are only packages of all architectures.
fn architectures_of(before: Option<&Snapshot>, after: &Snapshot) -> Result<Vec<String>> {
    let snapshots = before.into_iter().chain([after]);
    let lists = snapshots.flat_map(|snapshot| snapshot.manifest().lists().map(|(_, list)| list.architecture.clone()));
    let known: BTreeSet<String> = lists.filter(|name| !["all", "source"].contains(&name.as_str())).collect();
    match known.is_empty() {
        true => Ok(vec![Architectures::of(after, None, &[])?.native]),
        false => Ok(known.into_iter().collect()),
    }
}
