//! What upgrading an installed system comes to, and what is held back.

use serde::Serialize;

use super::choice::{Choice, choice_request};
use super::resolve::{Package, packages};
use super::session::Session;
use reposnap::digest::Digest;
use reposnap::error::{Error, Kind, Result};
use reposnap::resolve::{Blocker, Extent, Universe, upgrade as upgraded};

choice_request! {
    /// Finds what an upgrade of what is installed comes to, as apt would do it, and what is held back.
    "upgrade" -> "upgrade";
    pub struct Upgrade {
        required {
            /// The snapshot.
            rev: String,
        }
        optional {
            /// Install what is new and needed, and remove what stands in the way (`apt-get dist-upgrade`); by default neither
            /// (`apt-get upgrade`).
            full: bool,
            /// Do without what is only recommended.
            no_recommends: bool,
            /// Further snapshots whose packages may be taken, as by further lines of sources.list.
            also: Vec<String>,
        }
    }
}

/// What an upgrade comes to.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Upgraded {
    /// The snapshot.
    pub snapshot: Digest,
    /// The machine's architecture.
    pub architecture: String,
    /// Whether packages may come and go.
    pub full: bool,
    /// The packages that get another version.
    pub changes: Vec<Changed>,
    /// The packages that come anew.
    pub packages: Vec<Package>,
    /// The installed packages to remove.
    pub remove: Vec<String>,
    /// The packages that stay though there is a newer candidate.
    pub held: Vec<Held>,
    /// The bytes to download.
    pub download_size: u64,
}

/// A package that gets another version.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Changed {
    /// The version that is installed.
    pub before: String,
    /// The version that comes.
    #[serde(flatten)]
    pub package: Package,
}

/// A package that stays though there is a newer candidate.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Held {
    /// Its name, with its architecture where that is a foreign one.
    pub name: String,
    /// The version that is installed.
    pub version: String,
    /// The version that it could have.
    pub candidate: String,
    /// What keeps it, in words.
    pub why: String,
}

/// Finds what an upgrade of what is installed comes to.
///
/// # Errors
/// [`Kind::Usage`] without a status file; else those of reading it and the snapshot.
pub async fn upgrade(session: &Session, request: Upgrade) -> Result<Upgraded> {
    if request.status.is_none() {
        return Err(Error::new(Kind::Usage, "there is nothing to upgrade").help("name a status file of dpkg"));
    }
    let chosen = Choice { also: &request.also, ..request.choice() }.open(session, &request.rev).await?;
    let (universe, candidates) = (&chosen.universe, &chosen.candidates);
    let extent = if request.full { Extent::Full } else { Extent::Kept };
    let upgraded = upgraded(universe, candidates, extent, !request.no_recommends);
    let (mut changes, mut anew) = (Vec::new(), Vec::new());
    let installed = |version: u32| candidates.installed(universe.package_of(version));
    for version in upgraded.plan.install {
        let package = packages(universe, &[], &[version]).remove(0);
        match installed(version) {
            Some(before) => changes.push(Changed { before: universe.version_text(before).to_owned(), package }),
            None => anew.push(package),
        }
    }
    changes.sort_by(|a, b| (&a.package.name, &a.package.architecture).cmp(&(&b.package.name, &b.package.architecture)));
    anew.sort_by(|a, b| (&a.name, &a.architecture).cmp(&(&b.name, &b.architecture)));
    let held = upgraded.held.into_iter().map(|(package, blocker)| {
        let text = |version: Option<u32>| version.map_or_else(String::new, |id| universe.version_text(id).to_owned());
        Held {
            name: universe.show_package(package),
            version: text(candidates.installed(package)),
            candidate: text(candidates.candidate(package)),
            why: words(universe, blocker),
        }
    });
    Ok(Upgraded {
        snapshot: chosen.snapshot(),
        architecture: universe.architectures()[1].clone(),
        full: request.full,
        held: held.collect(),
        download_size: changes.iter().map(|change| &change.package).chain(&anew).map(|package| package.size).sum(),
        changes,
        packages: anew,
        remove: upgraded.plan.remove.iter().map(|package| universe.show_package(*package)).collect(),
    })
}

fn words(universe: &Universe, blocker: Blocker) -> String {
    match blocker {
        Blocker::Hold => "it is on hold".to_owned(),
        Blocker::Relation { version, dep } => {
            let verb = match universe.dep_kind(dep) {
                kind if kind.is_negative() => "can't stand",
                _ => "needs",
            };
            format!("{} {verb} {}", universe.show(version), universe.dep_text(dep))
        }
        Blocker::Choice => "what it needs would not fit with the rest".to_owned(),
    }
}
