//! What differs between two locks.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Serialize;

use super::{Lock, Locked};
use crate::deb::version::compare;
use crate::digest::Digest;

/// What differs between two locks, each list in the order of the packages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Diff {
    /// Packages that only the second has.
    pub added: Vec<Locked>,
    /// Packages that only the first has.
    pub removed: Vec<Locked>,
    /// Packages that the second has in a later version.
    pub upgraded: Vec<Changed>,
    /// Packages that the second has in an earlier version.
    pub downgraded: Vec<Changed>,
    /// Packages of the same version and other content.
    pub rebuilt: Vec<Changed>,
}

/// A package that is in both, and not the same in both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Changed {
    /// Its name.
    pub name: String,
    /// The architecture that it is installed for.
    pub architecture: String,
    /// The version in the first lock.
    pub before: String,
    /// The version in the second.
    pub after: String,
    /// The SHA-256 of the file in the first lock.
    pub sha256_before: Digest,
    /// The SHA-256 of the file in the second.
    pub sha256_after: Digest,
}

impl Diff {
    /// Whether both have the same packages.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A package before and after.
type Pair<'a> = (Option<&'a Locked>, Option<&'a Locked>);

impl Lock {
    /// What has to be done to get from this to `other`.
    ///
    /// A package is one of a name for an architecture; what is said of it besides its version and its content (its file's
    /// path, what brought it) is no difference.
    pub fn diff(&self, other: &Lock) -> Diff {
        let mut all: BTreeMap<(&str, &str), Pair<'_>> = BTreeMap::new();
        for package in &self.packages {
            all.entry((&package.name, package.home(self.native()))).or_default().0 = Some(package);
        }
        for package in &other.packages {
            all.entry((&package.name, package.home(other.native()))).or_default().1 = Some(package);
        }
        let mut diff = Diff::default();
        for ((name, architecture), pair) in all {
            let (before, after) = match pair {
                (Some(before), Some(after)) => (before, after),
                (Some(before), None) => {
                    diff.removed.push(before.clone());
                    continue;
                }
                (None, after) => {
                    diff.added.extend(after.cloned());
                    continue;
                }
            };
            if before.version == after.version && before.sha256 == after.sha256 {
                continue;
            }
            let changed = Changed {
                name: name.to_owned(),
                architecture: architecture.to_owned(),
                before: before.version.clone(),
                after: after.version.clone(),
                sha256_before: before.sha256,
                sha256_after: after.sha256,
            };
            match compare(before.version.as_bytes(), after.version.as_bytes()) {
                Ordering::Less => diff.upgraded.push(changed),
                Ordering::Greater => diff.downgraded.push(changed),
                Ordering::Equal => diff.rebuilt.push(changed),
            }
        }
        diff
    }
}
