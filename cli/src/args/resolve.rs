//! What the commands that choose packages, and ask about relations, take.

use std::path::PathBuf;

use clap::Args;
use reposnap::resolve::graph;
use reposnap_api::Solver;

use super::word;

/// What `resolve` takes.
#[derive(Debug, Args)]
pub struct Resolve {
    /// The snapshot
    pub rev: String,
    /// The packages: name, name:architecture, name=version or name/suite
    #[arg(required = true)]
    pub names: Vec<String>,
    /// How it is chosen
    #[command(flatten)]
    pub how: How,
    /// What is chosen from
    #[command(flatten)]
    pub machine: Machine,
}

/// What `why` takes.
#[derive(Debug, Args)]
pub struct Why {
    /// The snapshot
    pub rev: String,
    /// The package to explain
    pub name: String,
    /// The packages that are asked for
    #[arg(required = true)]
    pub names: Vec<String>,
    /// How it is chosen
    #[command(flatten)]
    pub how: How,
    /// What is chosen from
    #[command(flatten)]
    pub machine: Machine,
}

/// How packages are chosen, and from which further snapshots.
#[derive(Debug, Args)]
pub struct How {
    /// How to choose: apt-classic (as apt 2.6 and 3.0 do), apt-3 (as 3.1 and later do), or closure (all that could be chosen)
    #[arg(long, value_name = "SOLVER", default_value = "apt-classic", value_parser = word::<Solver>)]
    pub solver: Solver,
    /// Do without what is only recommended
    #[arg(long)]
    pub no_recommends: bool,
    /// A further snapshot whose packages may be taken; more than once for several
    #[arg(long, value_name = "REV")]
    pub also: Vec<String>,
}

/// The machine that packages are chosen for.
#[derive(Debug, Args)]
pub struct Machine {
    /// The machine's architecture; the snapshot's, or this machine's, by default
    #[arg(long, value_name = "ARCHITECTURE")]
    pub architecture: Option<String>,
    /// An architecture that the machine takes packages of besides; more than once for several
    #[arg(long, value_name = "ARCHITECTURE")]
    pub foreign: Vec<String>,
    /// What is installed already: a status file of dpkg
    #[arg(long, value_name = "FILE")]
    pub status: Option<PathBuf>,
    /// A file of preferences, as in /etc/apt/preferences.d; more than once for several, the first one first
    #[arg(long = "pin", value_name = "FILE")]
    pub pins: Vec<String>,
    /// The release whose packages are preferred
    #[arg(long, value_name = "RELEASE")]
    pub default_release: Option<String>,
}

/// What `upgrade` takes.
#[derive(Debug, Args)]
pub struct Upgrade {
    /// The snapshot
    pub rev: String,
    /// Install what is new and needed, and remove what stands in the way
    #[arg(long)]
    pub full: bool,
    /// Do without what is only recommended
    #[arg(long)]
    pub no_recommends: bool,
    /// A further snapshot whose packages may be taken; more than once for several
    #[arg(long, value_name = "REV")]
    pub also: Vec<String>,
    /// What is chosen from
    #[command(flatten)]
    pub machine: Machine,
}

/// What `build-deps` takes.
#[derive(Debug, Args)]
pub struct BuildDeps {
    /// The snapshot; it must have the sources
    pub rev: String,
    /// The source packages: name or name=version
    #[arg(required = true)]
    pub names: Vec<String>,
    /// A build profile that is on, such as nocheck; more than once for several
    #[arg(long = "profile", value_name = "PROFILE")]
    pub profiles: Vec<String>,
    /// Build the packages of an architecture alone
    #[arg(long)]
    pub arch_only: bool,
    /// Build the packages for all architectures alone
    #[arg(long)]
    pub indep_only: bool,
    /// How to choose: apt-classic (as apt 2.6 and 3.0 do), apt-3 (as 3.1 and later do), or closure (all that could be chosen)
    #[arg(long, value_name = "SOLVER", default_value = "apt-classic", value_parser = word::<Solver>)]
    pub solver: Solver,
    /// A further snapshot whose packages may be taken; more than once for several
    #[arg(long, value_name = "REV")]
    pub also: Vec<String>,
    /// What is chosen from
    #[command(flatten)]
    pub machine: Machine,
}

/// What `graph` takes.
#[derive(Debug, Args)]
pub struct Graph {
    /// The snapshot
    pub rev: String,
    /// The packages, or names that packages provide
    #[arg(required = true)]
    pub names: Vec<String>,
    /// Who depends on them, instead of what they depend on
    #[arg(long)]
    pub reverse: bool,
    /// The shortest chains to this package; with --reverse, from it
    #[arg(long, value_name = "NAME")]
    pub to: Option<String>,
    /// How many relations away at most
    #[arg(long, value_name = "COUNT")]
    pub depth: Option<usize>,
    /// Which relations, by the name of their field; more than once for several
    #[arg(long = "kind", value_name = "FIELD")]
    pub kinds: Vec<String>,
    /// How it is given: counts, json, dot, mermaid or svg
    #[arg(long, default_value = "counts", value_parser = word::<graph::Format>)]
    pub format: graph::Format,
    /// A further snapshot whose packages may be taken; more than once for several
    #[arg(long, value_name = "REV")]
    pub also: Vec<String>,
    /// What is chosen from
    #[command(flatten)]
    pub machine: Machine,
}

/// What `check` takes.
#[derive(Debug, Args)]
pub struct Check {
    /// The snapshot
    pub rev: String,
    /// A snapshot before it: tell what the change from it breaks and repairs
    #[arg(long, value_name = "REV")]
    pub against: Option<String>,
    /// Look at all versions, not only at the newest of each package
    #[arg(long)]
    pub all_versions: bool,
    /// A further snapshot whose packages may be taken; more than once for several
    #[arg(long, value_name = "REV")]
    pub also: Vec<String>,
    /// The machine's architecture; the snapshot's, or this machine's, by default
    #[arg(long, value_name = "ARCHITECTURE")]
    pub architecture: Option<String>,
    /// An architecture that the machine takes packages of besides; more than once for several
    #[arg(long, value_name = "ARCHITECTURE")]
    pub foreign: Vec<String>,
}
