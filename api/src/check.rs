//! Which packages of a snapshot can't be installed, and what a change would break.

use serde::Serialize;

use super::operation::request;
use super::session::Session;
use reposnap::digest::Digest;
use reposnap::error::Result;
use reposnap::resolve::check::{self, Cause, FactDocument, Options, Uninstallable, Which};
use reposnap::resolve::{Architectures, Universe, universe_of};
use reposnap::snapshot::Snapshot;

request! {
    /// Finds the packages of a snapshot that nobody can install, and why; beside another, what the change breaks and repairs.
    "check"(Store) -> "check";
    pub struct Check {
        required {
            /// The snapshot.
            rev: String,
        }
        optional {
            /// A snapshot to compare with, such as the environment before a promotion: only what could be installed from it, or
            /// was not there, is told.
            against: Option<String>,
            /// Look at all versions, not only at the newest of each package.
            all_versions: bool,
            /// Further snapshots whose packages may be taken, as by further lines of sources.list.
            also: Vec<String>,
            /// The machine's architecture; the snapshot's, or this machine's, by default.
            architecture: Option<String>,
            /// Architectures that the machine takes packages of besides.
            foreign: Vec<String>,
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Checked {
    /// The snapshot.
    pub snapshot: Digest,
    /// The snapshot that it was compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<Digest>,
    /// The machine's architecture.
    pub architecture: String,
    /// How many versions were looked at.
    pub checked: usize,
    /// The versions that can't be installed, by name and architecture. In a comparison: those that could be before.
    pub uninstallable: Vec<Broken>,
    /// In a comparison: versions that are new and can't be installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrived: Option<Vec<Broken>>,
    /// In a comparison: versions that could not be installed before and now can, as `name version`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repaired: Option<Vec<String>>,
    /// Versions of which the work allowed did not tell, as `name version`.
    pub undecided: Vec<String>,
    /// What makes them uninstallable, told once for all that it concerns; what concerns most of them first.
    pub causes: Vec<Because>,
}

/// A version that can't be installed.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Broken {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture.
    pub architecture: String,
    /// Why, in words; empty where that takes too long to tell.
    pub why: String,
    /// The facts that can't hold together.
    pub facts: Vec<FactDocument>,
    /// The number of its cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<usize>,
}

/// What makes versions uninstallable.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Because {
    /// What it is, in words.
    pub words: String,
    /// The versions that it concerns, as `name version`.
    pub packages: Vec<String>,
}

/// Finds the packages of a snapshot that nobody can install, and why.
///
/// # Errors
/// Those of reading the snapshots; [`Kind::Limit`](reposnap::Kind::Limit) where there are too many relations.
pub async fn check(session: &Session, request: Check) -> Result<Checked> {
    let mut snapshots = vec![session.snapshot(&request.rev).await?.1];
    let mut others = Vec::new();
    for rev in &request.also {
        others.push(session.snapshot(rev).await?.1);
    }
    let architectures = Architectures::of(&snapshots[0], request.architecture.as_deref(), &request.foreign)?;
    let before = match &request.against {
        Some(rev) => Some(session.snapshot(rev).await?.1),
        None => None,
    };
    snapshots.extend(others.iter().cloned());
    let after = universe_of(&snapshots, &architectures).await?;
    let which = if request.all_versions { Which::All } else { Which::Newest };
    let options = Options { which, ..Options::default() };
    let mut checked = Checked {
        snapshot: snapshots[0].id(),
        against: before.as_ref().map(Snapshot::id),
        architecture: architectures.native.clone(),
        checked: after.version_count() as usize,
        uninstallable: Vec::new(),
        arrived: None,
        repaired: None,
        undecided: Vec::new(),
        causes: Vec::new(),
    };
    let show = |versions: &[u32]| versions.iter().map(|version| after.show(*version)).collect::<Vec<_>>();
    let because = |cause: Cause| Because { packages: show(&cause.versions), words: cause.words };
    let broken = |entry: Uninstallable| broken(&after, entry);
    match before {
        None => {
            let report = check::all(&after, &options)?;
            checked.checked = report.checked;
            checked.uninstallable = report.uninstallable.into_iter().map(broken).collect();
            checked.undecided = show(&report.undecided);
            checked.causes = report.causes.into_iter().map(because).collect();
        }
        Some(before) => {
            let before = [vec![before], others].concat();
            let difference = check::compare(&universe_of(&before, &architectures).await?, &after, &options)?;
            checked.uninstallable = difference.broken.into_iter().map(broken).collect();
            checked.arrived = Some(difference.arrived_broken.into_iter().map(broken).collect());
            checked.repaired = Some(show(&difference.repaired));
            checked.undecided = show(&difference.undecided);
            checked.causes = difference.causes.into_iter().map(because).collect();
        }
    }
    Ok(checked)
}

fn broken(universe: &Universe, entry: Uninstallable) -> Broken {
    let version = entry.version;
    Broken {
        name: universe.name_text(universe.package_name(universe.package_of(version))).to_owned(),
        version: universe.version_text(version).to_owned(),
        architecture: universe.architecture_text(version).to_owned(),
        why: entry.why.as_ref().map(|why| why.words(universe)).unwrap_or_default(),
        facts: entry.why.map(|why| why.documents(universe)).unwrap_or_default(),
        cause: entry.cause,
    }
}
