//! The packages that are installed on a machine, and how they stand to a snapshot.

use std::collections::HashMap;
use std::path::Path;

use serde::Serialize;

use crate::deb::stanza::Stanzas;
use crate::deb::version;
use crate::error::{Error, Kind, Result};
use crate::snapshot::{Snapshot, Want};
use crate::source::system::config::read_if_exists;

const MAX_STATUS: u64 = 1 << 30;

/// An installed package, as dpkg's status file has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Installed {
    /// The package's name.
    pub name: String,
    /// Its architecture.
    pub architecture: String,
    /// The installed version.
    pub version: String,
}

/// How an installed package stands to a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The newest version of the snapshot is installed.
    Current,
    /// The snapshot has a newer version.
    Outdated,
    /// The snapshot has only older versions.
    Newer,
    /// The snapshot has no package of this name and architecture.
    Unknown,
}

impl Standing {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Standing::Current => "current",
            Standing::Outdated => "outdated",
            Standing::Newer => "newer",
            Standing::Unknown => "unknown",
        }
    }
}

/// An installed package beside the snapshot's newest version of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Relation {
    /// What is installed.
    #[serde(flatten)]
    pub installed: Installed,
    /// How it stands.
    pub standing: Standing,
    /// The newest version that the snapshot has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<String>,
}

/// The packages whose state is `installed` on the machine whose root is `root`, by name and architecture.
pub fn installed(root: &Path) -> Result<Vec<Installed>> {
    let path = root.join("var/lib/dpkg/status");
    let at = path.display().to_string();
    let status = read_if_exists(&path, MAX_STATUS)?
        .ok_or_else(|| Error::new(Kind::NotFound, "this machine has no packages of dpkg").path(at.clone()))?;
    let mut packages = Vec::new();
    for stanza in Stanzas::new(&status) {
        let stanza = stanza.map_err(|error| error.path(at.clone()))?;
        let field = |name: &str| stanza.get(name).map(|value| String::from_utf8_lossy(value).into_owned());
        // deb-substvars aside, the third word of Status is the state (dpkg(1), "Package states").
        let state = field("Status").unwrap_or_default();
        if state.split_ascii_whitespace().nth(2) != Some("installed") {
            continue;
        }
        if let (Some(name), Some(architecture), Some(version)) =
            (field("Package"), field("Architecture"), field("Version"))
        {
            packages.push(Installed { name, architecture, version });
        }
    }
    packages.sort();
    Ok(packages)
}

/// How each package of `installed` stands to `snapshot`.
pub async fn relate(snapshot: &Snapshot, installed: Vec<Installed>) -> Result<Vec<Relation>> {
    let mut newest: HashMap<(String, String), Option<String>> =
        installed.iter().map(|package| ((package.name.clone(), package.architecture.clone()), None)).collect();
    for (_, list) in snapshot.manifest().lists().filter(|(_, list)| list.architecture != "source") {
        let mut reader = snapshot.read(list, Want::Keys)?;
        while let Some(batch) = reader.next_batch().await? {
            for key in batch.into_iter().flat_map(|chunk| chunk.block.keys) {
                let group = (key.name_str().to_owned(), key.architecture_str().to_owned());
                if let Some(best) = newest.get_mut(&group)
                    && best.as_ref().is_none_or(|best| version::compare(&key.version, best.as_bytes()).is_gt())
                {
                    *best = Some(key.version_str().to_owned());
                }
            }
        }
    }
    let relation = |package: Installed| {
        let available = newest.get(&(package.name.clone(), package.architecture.clone())).cloned().flatten();
        let standing = match &available {
            None => Standing::Unknown,
            Some(version) => match version::compare(version.as_bytes(), package.version.as_bytes()) {
                std::cmp::Ordering::Equal => Standing::Current,
                std::cmp::Ordering::Greater => Standing::Outdated,
                std::cmp::Ordering::Less => Standing::Newer,
            },
        };
        Relation { installed: package, standing, available }
    };
    Ok(installed.into_iter().map(relation).collect())
}
