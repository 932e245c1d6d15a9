//! Which versions an environment installs, and why.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::operation::{ParameterType, request};
use super::session::Session;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::resolve::{
    Architectures, Candidates, DepKind, Goal, Plan, Reason, Universe, builder_of, chain, classic, closure, goals,
    reasons, universe,
};
use crate::snapshot::Snapshot;

/// The most bytes of a status file: 256 MiB.
const MAX_STATUS: u64 = 256 << 20;

/// How a choice is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Solver {
    /// As apt 2.6 and 3.0 choose.
    #[default]
    AptClassic,
    /// All that could be chosen.
    Closure,
}

impl Solver {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Solver::AptClassic => "apt-classic",
            Solver::Closure => "closure",
        }
    }
}

impl ParameterType for Solver {
    const KIND: &'static str = "word: apt-classic, closure";
}

request! {
    /// Finds the versions that packages bring along, as apt would choose.
    "resolve"(Store) -> "resolve";
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
            /// The machine's architecture; the snapshot's, or this machine's, by default.
            architecture: Option<String>,
            /// Architectures that the machine takes packages of besides.
            foreign: Vec<String>,
            /// What is installed already: a status file of dpkg. Nothing by default.
            status: Option<PathBuf>,
        }
    }
}

request! {
    /// Tells why a package comes along with others: the relations that lead to it.
    "why"(Store) -> "why";
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
            /// Do without what is only recommended.
            no_recommends: bool,
            /// The machine's architecture; the snapshot's, or this machine's, by default.
            architecture: Option<String>,
            /// Architectures that the machine takes packages of besides.
            foreign: Vec<String>,
            /// What is installed already: a status file of dpkg. Nothing by default.
            status: Option<PathBuf>,
        }
    }
}

/// What a request comes to.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Resolved {
    /// The snapshot.
    pub snapshot: Digest,
    /// How it was chosen.
    pub solver: Solver,
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

/// A request, solved.
struct Solved {
    snapshot: Digest,
    universe: Universe,
    goals: Vec<Goal>,
    install: Vec<u32>,
    remove: Vec<u32>,
}

/// What both operations take.
struct Question<'a> {
    rev: &'a str,
    names: &'a [String],
    solver: Solver,
    no_recommends: bool,
    architecture: Option<&'a str>,
    foreign: &'a [String],
    status: Option<&'a Path>,
}

/// Finds the versions that packages bring along.
///
/// # Errors
/// [`Kind::NotFound`] for a package that there is not; [`Kind::Unsatisfiable`] where they can't be installed together.
pub async fn resolve(session: &Session, request: Resolve) -> Result<Resolved> {
    let solved = solve(
        session,
        Question {
            rev: &request.rev,
            names: &request.names,
            solver: request.solver,
            no_recommends: request.no_recommends,
            architecture: request.architecture.as_deref(),
            foreign: &request.foreign,
            status: request.status.as_deref(),
        },
    )
    .await?;
    let universe = &solved.universe;
    let reasons = reasons(universe, &solved.goals, &solved.install);
    let mut packages: Vec<Package> = solved
        .install
        .iter()
        .map(|version| package(universe, *version, reasons.get(version).copied().flatten(), &solved.goals))
        .collect();
    packages.sort_by(|a, b| (&a.name, &a.architecture).cmp(&(&b.name, &b.architecture)));
    Ok(Resolved {
        snapshot: solved.snapshot,
        solver: request.solver,
        architecture: universe.architectures()[1].clone(),
        names: request.names,
        download_size: packages.iter().map(|package| package.size).sum(),
        installed_size: solved.install.iter().map(|version| universe.installed_size_of(*version) * 1024).sum(),
        packages,
        remove: solved.remove.iter().map(|package| universe.show_package(*package)).collect(),
    })
}

/// Tells why a package comes along with others.
///
/// # Errors
/// Those of [`resolve`], and [`Kind::NotFound`] for a package that there is not.
pub async fn why(session: &Session, request: Why) -> Result<Explained> {
    let solved = solve(
        session,
        Question {
            rev: &request.rev,
            names: &request.names,
            solver: Solver::AptClassic,
            no_recommends: request.no_recommends,
            architecture: request.architecture.as_deref(),
            foreign: &request.foreign,
            status: request.status.as_deref(),
        },
    )
    .await?;
    let universe = &solved.universe;
    let package = goals(universe, std::slice::from_ref(&request.name))?[0].package;
    let version = solved.install.iter().copied().find(|version| universe.package_of(*version) == package);
    let reasons = reasons(universe, &solved.goals, &solved.install);
    let chain = version.map(|version| chain(&reasons, version)).unwrap_or_default();
    Ok(Explained {
        snapshot: solved.snapshot,
        name: universe.show_package(package),
        version: version.map(|version| universe.version_text(version).to_owned()),
        chain: chain.into_iter().filter_map(|(_, reason)| reason).map(|reason| link(universe, reason)).collect(),
    })
}

async fn solve(session: &Session, question: Question<'_>) -> Result<Solved> {
    let (_, snapshot) = session.snapshot(question.rev).await?;
    let architectures = Architectures::of(&snapshot, question.architecture, question.foreign)?;
    let universe = open(&snapshot, &architectures, question.status).await?;
    let candidates = Candidates::new(&universe);
    let goals = goals(&universe, question.names)?;
    let (install, remove) = match question.solver {
        Solver::AptClassic => {
            let plan = classic(&universe, &candidates, &goals, !question.no_recommends);
            held_together(&universe, &goals, &plan)?;
            (plan.install, plan.remove)
        }
        Solver::Closure => (closure(&universe, &candidates, &goals, !question.no_recommends), Vec::new()),
    };
    Ok(Solved { snapshot: snapshot.id(), universe, goals, install, remove })
}

/// The universe of a snapshot, with what is installed.
async fn open(snapshot: &Snapshot, architectures: &Architectures, status: Option<&Path>) -> Result<Universe> {
    let Some(path) = status else { return universe(snapshot, architectures).await };
    let at = path.display().to_string();
    let size = std::fs::metadata(path).map_err(|error| Error::io(&at, error))?.len();
    if size > MAX_STATUS {
        return Err(Error::new(Kind::Limit, format!("a status file of more than {MAX_STATUS} bytes")).path(at));
    }
    let text = std::fs::read(path).map_err(|error| Error::io(&at, error))?;
    let mut builder = builder_of(snapshot, architectures).await?;
    builder.status(&text).map_err(|error| error.path(at))?;
    builder.finish()
}

/// Refuses a plan in which something does not hold.
fn held_together(universe: &Universe, goals: &[Goal], plan: &Plan) -> Result<()> {
    let Some((version, dep)) = plan.broken.first() else { return Ok(()) };
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    for (version, dep) in &plan.broken {
        told.entry(universe.show(*version)).or_insert_with(|| sentence(universe, *version, *dep));
    }
    let asked: Vec<String> = goals.iter().map(|goal| universe.show_package(goal.package)).collect();
    let error = Error::new(
        Kind::Unsatisfiable,
        format!("{} can't be installed: {}", asked.join(", "), sentence(universe, *version, *dep)),
    );
    let others: Vec<String> = told.into_values().skip(1).take(4).collect();
    Err(if others.is_empty() { error } else { error.help(format!("further, {}", others.join("; "))) })
}

fn sentence(universe: &Universe, version: u32, dep: u32) -> String {
    let kind = universe.dep_kind(dep);
    let relation = universe.dep_text(dep);
    let who = universe.show(version);
    match kind {
        DepKind::Conflicts => format!("{who} conflicts with {relation}"),
        DepKind::Breaks => format!("{who} breaks {relation}"),
        _ => {
            let there = universe.atoms_of(dep).iter().any(|atom| !universe.targets_of(*atom).is_empty());
            let what = if there { "which can't be installed with the rest" } else { "which there is not" };
            format!("{who} depends on {relation}, {what}")
        }
    }
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
