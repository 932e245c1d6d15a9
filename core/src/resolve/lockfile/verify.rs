//! Whether the snapshots still have what a lock says.

use serde::Serialize;

use super::{Lock, Locked};
use crate::digest::Digest;
use crate::resolve::Universe;

/// A package that is not there as it was locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fault {
    /// Its name.
    pub name: String,
    /// Its architecture, or `all`.
    pub architecture: String,
    /// The version that is locked.
    pub version: String,
    /// What is wrong.
    #[serde(flatten)]
    pub problem: Problem,
}

/// What is wrong with a locked package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "problem", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Problem {
    /// The snapshot has no such version.
    Missing,
    /// The snapshot has the version with other content.
    Altered {
        /// The SHA-256 that is locked.
        expected: Digest,
        /// The SHA-256 in the snapshot, where it names one.
        #[serde(skip_serializing_if = "Option::is_none")]
        found: Option<Digest>,
    },
    /// Nobody gave the snapshot that it is in.
    NoSnapshot {
        /// The snapshot.
        snapshot: Digest,
    },
}

impl Lock {
    /// Compares the packages of the head's snapshot with `universe`, which was made from it; what is in other snapshots is
    /// not looked at. Nothing comes back where all is well.
    pub fn verify(&self, universe: &Universe) -> Vec<Fault> {
        let packages = self.packages.iter().filter(|package| package.snapshot.is_none());
        packages.filter_map(|package| check(package, universe).map(|problem| fault(package, problem))).collect()
    }

    /// Compares all packages with the snapshots that they are in; [`Lock::snapshots`] tells which are needed.
    pub fn verify_all(&self, universes: &[(Digest, &Universe)]) -> Vec<Fault> {
        let problem = |package: &Locked| {
            let snapshot = package.snapshot.unwrap_or(self.head.snapshot);
            match universes.iter().find(|(digest, _)| *digest == snapshot) {
                Some((_, universe)) => check(package, universe),
                None => Some(Problem::NoSnapshot { snapshot }),
            }
        };
        self.packages.iter().filter_map(|package| problem(package).map(|problem| fault(package, problem))).collect()
    }
}

fn fault(package: &Locked, problem: Problem) -> Fault {
    let Locked { name, architecture, version, .. } = package.clone();
    Fault { name, architecture, version, problem }
}

fn check(package: &Locked, universe: &Universe) -> Option<Problem> {
    let name = universe.find_name(&package.name);
    let packages = name.map_or(&[][..], |name| universe.packages_of(name));
    let versions = packages.iter().flat_map(|id| universe.versions_of(*id));
    let same = versions.filter(|version| {
        universe.version_text(*version) == package.version
            && universe.architecture_text(*version) == package.architecture
    });
    let digests: Vec<Option<Digest>> = same.map(|version| universe.digest_of(version)).collect();
    if digests.contains(&Some(package.sha256)) {
        return None;
    }
    Some(match digests.first() {
        Some(found) => Problem::Altered { expected: package.sha256, found: *found },
        None => Problem::Missing,
    })
}
