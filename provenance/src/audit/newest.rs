//! The newest version that a snapshot has of each package.

use std::cmp::Ordering;
use std::collections::HashMap;

use reposnap::Result;
use reposnap::snapshot::{Snapshot, Want};
use reposnap_image::package::{Family, Package};
use serde::{Deserialize, Serialize};

use crate::history::not_automatic;
use crate::order::compare;

/// How a package stands to a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "standing")]
pub enum Standing {
    /// It is the newest version.
    Current,
    /// The snapshot has a newer one.
    Outdated {
        /// The newest.
        candidate: String,
    },
    /// The snapshot has only older ones.
    Ahead {
        /// The newest.
        candidate: String,
    },
    /// The snapshot has no package of this name for this architecture.
    Gone,
}

/// The newest version that a snapshot has of each package, by name and architecture.
///
/// Lists that nothing is taken from unless asked for (`NotAutomatic`: backports, experimental) count for packages that are
/// newer than what all other lists have: those were taken from there.
#[derive(Clone, Debug, Default)]
pub struct Newest {
    versions: HashMap<String, Versions>,
}

/// The newest versions of a name, each with its architecture.
#[derive(Clone, Debug, Default)]
struct Versions {
    automatic: Vec<(String, String)>,
    asked_for: Vec<(String, String)>,
}

impl Newest {
    /// Of a snapshot.
    ///
    /// # Errors
    /// Those of reading the store.
    pub async fn of(snapshot: &Snapshot) -> Result<Self> {
        let mut newest = Self::default();
        for part in &snapshot.manifest().parts {
            let is_asked_for = not_automatic(snapshot, part).await?;
            for list in part.lists.iter().filter(|list| list.architecture != "source") {
                let mut reader = snapshot.read(list, Want::Keys)?;
                while let Some(batch) = reader.next_batch().await? {
                    for key in batch.iter().flat_map(|chunk| &chunk.block.keys) {
                        newest.add(key.name_str(), key.architecture_str(), key.version_str(), is_asked_for);
                    }
                }
            }
        }
        Ok(newest)
    }

    /// Adds a version; the newest of each architecture is kept.
    pub fn add(&mut self, name: &str, architecture: &str, version: &str, is_asked_for: bool) {
        if !self.versions.contains_key(name) {
            self.versions.insert(name.to_owned(), Versions::default());
        }
        let Some(versions) = self.versions.get_mut(name) else { return };
        let versions = if is_asked_for { &mut versions.asked_for } else { &mut versions.automatic };
        match versions.iter_mut().find(|(known, _)| known == architecture) {
            Some((_, known)) if compare(Family::Deb, version, known).is_gt() => version.clone_into(known),
            Some(_) => {}
            None => versions.push((architecture.to_owned(), version.to_owned())),
        }
    }

    /// Whether it has any package of this name.
    pub fn has(&self, name: &str) -> bool {
        self.versions.contains_key(name)
    }

    /// Whether `version` is the newest one of a package, of lists that are taken from without being asked for.
    pub fn is_newest(&self, name: &str, architecture: &str, version: &str) -> bool {
        let versions = self.versions.get(name).map(|versions| versions.automatic.as_slice()).unwrap_or_default();
        versions.iter().any(|(known, newest)| known == architecture && newest == version)
    }

    /// Those that are taken without being asked for: name, architecture, version. The order is none.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.versions.iter().flat_map(|(name, versions)| {
            versions.automatic.iter().map(|(architecture, version)| (&**name, &**architecture, &**version))
        })
    }

    /// The version that takes the place of a package: of its own architecture, or where `native` is its own or it is `all`,
    /// of `all` and of `native`: a package may go from one to the other.
    pub fn candidate(&self, package: &Package, native: Option<&str>) -> Option<&str> {
        let versions = (package.family == Family::Deb).then(|| self.versions.get(&package.name)).flatten()?;
        let takes = |architecture: &str| {
            let own = &*package.architecture;
            let is_native = |name: &str| name == "all" || Some(name) == native;
            architecture == own || is_native(own) && is_native(architecture)
        };
        let newest = |versions: &'_ [(String, String)]| -> Option<usize> {
            let of = |at: &usize| takes(&versions[*at].0);
            (0..versions.len()).filter(of).max_by(|a, b| compare(Family::Deb, &versions[*a].1, &versions[*b].1))
        };
        let automatic = newest(&versions.automatic).map(|at| &*versions.automatic[at].1);
        let asked_for = newest(&versions.asked_for).map(|at| &*versions.asked_for[at].1);
        match automatic {
            Some(version) if compare(Family::Deb, version, &package.version).is_ge() => Some(version),
            // It was taken from a list that it had to be asked for from.
            _ => asked_for.filter(|version| compare(Family::Deb, version, &package.version).is_ge()).or(automatic),
        }
    }

    /// How a package stands.
    pub fn standing(&self, package: &Package, native: Option<&str>) -> Standing {
        let Some(candidate) = self.candidate(package, native) else { return Standing::Gone };
        match compare(Family::Deb, &package.version, candidate) {
            Ordering::Equal => Standing::Current,
            Ordering::Less => Standing::Outdated { candidate: candidate.to_owned() },
            Ordering::Greater => Standing::Ahead { candidate: candidate.to_owned() },
        }
    }
}

/// The architecture that most packages of an image are of, `all` and `noarch` aside.
pub fn native(packages: &[Package]) -> Option<&str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for package in packages.iter().filter(|package| !matches!(&*package.architecture, "all" | "noarch")) {
        *counts.entry(&package.architecture).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(name, count)| (*count, std::cmp::Reverse(*name))).map(|(name, _)| name)
}
