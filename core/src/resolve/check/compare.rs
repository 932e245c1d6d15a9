//! What a change breaks, and what it repairs.

use std::collections::HashSet;

use super::cause;
use super::report::{Cause, Options, Report, Uninstallable, Which};
use super::{all, encode};
use crate::error::Result;
use crate::resolve::Universe;

/// What another universe makes of the versions of one; all numbers are those of the second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Versions that could be installed and no longer can.
    pub broken: Vec<Uninstallable>,
    /// Versions that were not there before and can't be installed.
    pub arrived_broken: Vec<Uninstallable>,
    /// Versions that could not be installed and now can.
    pub repaired: Vec<u32>,
    /// Versions of the second universe of which the work allowed did not tell, there or in the first.
    pub undecided: Vec<u32>,
    /// What breaks `broken` and `arrived_broken`, what concerns most of them first.
    pub causes: Vec<Cause>,
}

/// Compares what can be installed of two universes, by name, architecture and version; all versions are looked at.
///
/// What is gone altogether is not told: it can't be broken.
///
/// ```
/// use reposnap::resolve::{Builder, Origin, check};
/// let universe = |text: &[u8]| {
///     let mut builder = Builder::new("amd64", &[])?;
///     builder.index(Origin::default(), text)?;
///     builder.finish()
/// };
/// let a = "Package: a\nVersion: 1\nArchitecture: all\nDepends: b (<< 2)\n\n";
/// let before = universe(format!("{a}Package: b\nVersion: 1\nArchitecture: all\n").as_bytes())?;
/// let after = universe(format!("{a}Package: b\nVersion: 2\nArchitecture: all\n").as_bytes())?;
/// let difference = check::compare(&before, &after, &check::Options::default())?;
/// let why = difference.broken[0].why.as_ref().unwrap();
/// assert_eq!(why.words(&after), "a 1 depends on b (<< 2), and there is only b 2");
/// # Ok::<(), reposnap::Error>(())
/// ```
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) where there are too many relations to look at.
pub fn compare(before: &Universe, after: &Universe, options: &Options) -> Result<Difference> {
    let options = Options { which: Which::All, ..*options };
    let (old, new) = (all::verdicts(before, &options)?, all::verdicts(after, &options)?);
    let bad = |report: &Report| report.uninstallable.iter().map(|entry| entry.version).collect::<HashSet<u32>>();
    let (bad_before, bad_after) = (bad(&old), bad(&new));
    let open_before: HashSet<u32> = old.undecided.iter().copied().collect();
    let open_after: HashSet<u32> = new.undecided.iter().copied().collect();
    let mut difference = Difference { undecided: new.undecided, ..Difference::default() };
    for entry in new.uninstallable {
        let builds = same(after, entry.version, before);
        let is_good = |build: &u32| !bad_before.contains(build) && !open_before.contains(build);
        if builds.is_empty() {
            difference.arrived_broken.push(entry);
        } else if builds.iter().any(is_good) {
            difference.broken.push(entry);
        } else if builds.iter().any(|build| open_before.contains(build)) {
            difference.undecided.push(entry.version);
        }
    }
    for version in encode::canonical(after) {
        if bad_after.contains(&version) || open_after.contains(&version) {
            continue;
        }
        let builds = same(after, version, before);
        if builds.iter().any(|build| open_before.contains(build)) {
            difference.undecided.push(version);
        } else if !builds.is_empty() && builds.iter().all(|build| bad_before.contains(build)) {
            difference.repaired.push(version);
        }
    }
    let count = difference.broken.len();
    let mut both = std::mem::take(&mut difference.broken);
    both.append(&mut difference.arrived_broken);
    difference.causes = cause::group(after, &mut both);
    difference.arrived_broken = both.split_off(count);
    difference.broken = both;
    Ok(difference)
}

/// The versions of another universe with the same name, architecture and version: one, or several builds.
pub(super) fn same(universe: &Universe, version: u32, other: &Universe) -> Vec<u32> {
    let Some(name) = other.find_name(universe.name_text(encode::name_of(universe, version))) else { return Vec::new() };
    let packages = other.packages_of(name).iter();
    let (text, architecture) = (universe.version_text(version), universe.architecture_text(version));
    packages
        .flat_map(|package| other.versions_of(*package))
        .filter(|build| other.version_text(*build) == text && other.architecture_text(*build) == architecture)
        .collect()
}
