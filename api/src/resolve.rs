//! Which versions an environment installs, and why.

use serde::Serialize;

use super::choice::{Choice, Chosen, Solver, choice_request};
use super::session::Session;
use reposnap::digest::Digest;
use reposnap::error::Result;
use reposnap::resolve::{Goal, Plan, Reason, Universe, chain, goals, reasons};

choice_request! {
    /// Finds the versions that packages bring along, as apt would choose.
    "resolve" -> "resolve";
    pub struct Resolve {
        required {
            /// The snapshot.
            rev: String,
            /// The packages: `name`, `name:architecture`, `name=version` or `name/suite`.
            names: Vec<String>,
        }
        optional {
            /// How to choose; `apt-classic` by default.
            solver: Solver,
            /// Do without what is only recommended.
            no_recommends: bool,
            /// Further snapshots whose packages may be taken, as by further lines of sources.list.
            also: Vec<String>,
        }
    }
}

choice_request! {
    /// Tells why a package comes along with others: the relations that lead to it.
    "why" -> "why";
    pub struct Why {
        required {
            /// The snapshot.
            rev: String,
            /// The package to explain.
            name: String,
            /// The packages that are asked for, as for `resolve`.
            names: Vec<String>,
        }
        optional {
            /// How to choose; `apt-classic` by default.
            solver: Solver,
            /// Do without what is only recommended.
            no_recommends: bool,
            /// Further snapshots whose packages may be taken, as by further lines of sources.list.
            also: Vec<String>,
        }
    }
}

/// What a request comes to.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Resolved {
    /// The snapshot.
    pub snapshot: Digest,
    /// The further snapshots.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Digest>,
    /// How it was chosen.
    pub solver: Solver,
    /// Whether it was done without what is only recommended.
    pub no_recommends: bool,
    /// The machine's architecture.
    pub architecture: String,
    /// What was asked for.
    pub names: Vec<String>,
    /// The versions to install, by name and architecture.
    pub packages: Vec<Package>,
    /// The installed packages to remove.
    pub remove: Vec<String>,
    /// The bytes to download.
    pub download_size: u64,
    /// The bytes that they take when installed, by their own word.
    pub installed_size: u64,
}

/// A version that was chosen.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture.
    pub architecture: String,
    /// Its source package.
    pub source: String,
    /// The source package's version.
    pub source_version: String,
    /// Its file's size in bytes.
    pub size: u64,
    /// The SHA-256 of its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
    /// Where its file is, below the root of the archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// The suite that has it; of several the first.
    pub suite: String,
    /// The component that has it there.
    pub component: String,
    /// Whether it came along with others.
    pub automatic: bool,
    /// What brought it along; nothing for what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Link>,
}

/// A relation that leads from one package to another.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Link {
    /// The package that has it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The field: `Pre-Depends`, `Depends` or `Recommends`.
    pub field: String,
    /// The relation.
    pub relation: String,
}

/// Why a package comes along.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Explained {
    /// The snapshot.
    pub snapshot: Digest,
    /// The package.
    pub name: String,
    /// The version that comes along; nothing where the package does not.
    pub version: Option<String>,
    /// The relations that lead to it from what was asked for, by the shortest way; none for what was asked for itself.
    pub chain: Vec<Link>,
}

/// Finds the versions that packages bring along.
///
/// # Errors
/// [`Kind::NotFound`](reposnap::Kind::NotFound) for a package that there is not;
/// [`Kind::Unsatisfiable`](reposnap::Kind::Unsatisfiable) where they can't be installed together.
pub async fn resolve(session: &Session, request: Resolve) -> Result<Resolved> {
    let chosen = Choice { also: &request.also, ..request.choice() }.open(session, &request.rev).await?;
    let universe = &chosen.universe;
    let goals = goals(universe, &request.names)?;
    let plan = chosen.plan(&goals, request.solver, !request.no_recommends)?;
    Ok(document(&chosen, &goals, &plan, request.names, request.solver, request.no_recommends))
}

/// What a plan comes to, as a document.
pub(super) fn document(
    chosen: &Chosen,
    goals: &[Goal],
    plan: &Plan,
    names: Vec<String>,
    solver: Solver,
    no_recommends: bool,
) -> Resolved {
    let universe = &chosen.universe;
    let packages = packages(universe, goals, &plan.install);
    Resolved {
        snapshot: chosen.snapshot(),
        also: chosen.also(),
        solver,
        no_recommends,
        architecture: universe.architectures()[1].clone(),
        names,
        download_size: packages.iter().map(|package| package.size).sum(),
        installed_size: plan.install.iter().map(|version| universe.installed_size_of(*version) * 1024).sum(),
        packages,
        remove: plan.remove.iter().map(|package| universe.show_package(*package)).collect(),
    }
}

/// Tells why a package comes along with others.
///
/// # Errors
/// Those of [`resolve`], and [`Kind::NotFound`](reposnap::Kind::NotFound) for a package that there is not.
pub async fn why(session: &Session, request: Why) -> Result<Explained> {
    let chosen = Choice { also: &request.also, ..request.choice() }.open(session, &request.rev).await?;
    let universe = &chosen.universe;
    let wanted = goals(universe, &request.names)?;
    let install = chosen.plan(&wanted, request.solver, !request.no_recommends)?.install;
    let package = goals(universe, std::slice::from_ref(&request.name))?[0].package;
    let version = install.iter().copied().find(|version| universe.package_of(*version) == package);
    let reasons = reasons(universe, &wanted, &install);
    let chain = version.map(|version| chain(&reasons, version)).unwrap_or_default();
    Ok(Explained {
        snapshot: chosen.snapshot(),
        name: universe.show_package(package),
        version: version.map(|version| universe.version_text(version).to_owned()),
        chain: chain.into_iter().filter_map(|(_, reason)| reason).map(|reason| link(universe, reason)).collect(),
    })
}

/// The documents of versions, by name and architecture.
pub(super) fn packages(universe: &Universe, goals: &[Goal], install: &[u32]) -> Vec<Package> {
    let reasons = reasons(universe, goals, install);
    let mut packages: Vec<Package> = install
        .iter()
        .map(|version| package(universe, *version, reasons.get(version).copied().flatten(), goals))
        .collect();
    packages.sort_by(|a, b| (&a.name, &a.architecture).cmp(&(&b.name, &b.architecture)));
    packages
}

fn package(universe: &Universe, version: u32, reason: Option<Reason>, goals: &[Goal]) -> Package {
    let (source, source_version) = universe.source_of(version);
    let id = universe.package_of(version);
    let origin = universe.lists_of(version).first().map(|list| &universe.lists()[*list as usize]);
    let suite = origin.map(|origin| if origin.suite.is_empty() { &origin.codename } else { &origin.suite });
    Package {
        name: universe.name_text(universe.package_name(id)).to_owned(),
        version: universe.version_text(version).to_owned(),
        architecture: universe.architecture_text(version).to_owned(),
        source: source.to_owned(),
        source_version: source_version.to_owned(),
        size: universe.size_of(version),
        sha256: universe.digest_of(version),
        filename: universe.file_of(version),
        suite: suite.cloned().unwrap_or_default(),
        component: origin.map(|origin| origin.component.clone()).unwrap_or_default(),
        automatic: !goals.iter().any(|goal| goal.package == id),
        reason: reason.map(|reason| link(universe, reason)),
    }
}

fn link(universe: &Universe, reason: Reason) -> Link {
    Link {
        name: universe.show_package(universe.package_of(reason.of)),
        version: universe.version_text(reason.of).to_owned(),
        field: universe.dep_kind(reason.dep).as_str().to_owned(),
        relation: universe.dep_text(reason.dep),
    }
}
