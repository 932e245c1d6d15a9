//! What the commands on lock files take.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use reposnap::resolve::lockfile::export;
use reposnap_api::Solver;

use super::{Machine, word};

/// The commands of `lock`.
#[derive(Debug, Subcommand)]
pub enum Lock {
    /// Write a lock of what packages bring along
    Create {
        /// The snapshot
        rev: String,
        /// The packages: name, name:architecture, name=version or name/suite
        #[arg(required = true)]
        names: Vec<String>,
        /// How to choose: apt-classic (as apt 2.6 and 3.0 do), apt-3 (as 3.1 and later do), or closure (all that could be chosen)
        #[arg(long, value_name = "SOLVER", default_value = "apt-classic", value_parser = word::<Solver>)]
        solver: Solver,
        /// Do without what is only recommended
        #[arg(long)]
        no_recommends: bool,
        /// What is chosen from
        #[command(flatten)]
        machine: Machine,
        /// The lock
        #[command(flatten)]
        file: LockFile,
    },
    /// Show what is locked
    Show {
        /// The lock
        #[command(flatten)]
        file: LockFile,
    },
    /// Tell what differs between two locks; exit code 1 where something does
    Diff {
        /// The first
        before: PathBuf,
        /// The second
        after: PathBuf,
    },
    /// Move a lock to a newer snapshot
    Update {
        /// The newer snapshot
        rev: String,
        /// Move this source or binary package, what its fix needs, and nothing else; more than once for several
        #[arg(long, value_name = "PACKAGE")]
        only: Vec<String>,
        /// The status file of the system that the packages go on top of
        #[arg(long, value_name = "FILE")]
        status: Option<PathBuf>,
        /// Tell what would move, and write nothing
        #[arg(long)]
        dry_run: bool,
        /// The lock
        #[command(flatten)]
        file: LockFile,
    },
    /// Tell whether the snapshots still have what is locked; exit code 1 where they don't
    Verify {
        /// The lock
        #[command(flatten)]
        file: LockFile,
    },
    /// Write a lock in the words of others
    Export {
        /// In which words
        ///
        /// apt-pins, apt-install, uris, curl, sha256sums, cyclonedx or spdx
        format: export::Format,
        /// Pins: refuse every package that is not locked
        #[arg(long)]
        exclusive: bool,
        /// Bills of materials: tell all that the packages say of each other, from their snapshots in the store
        #[arg(long)]
        relations: bool,
        /// What it is about
        #[command(flatten)]
        about: About,
        /// The lock
        #[command(flatten)]
        file: LockFile,
    },
}

/// A lock's file.
#[derive(Debug, Args)]
pub struct LockFile {
    /// The lock's file; - is the standard input or output
    #[arg(long, short, value_name = "FILE", default_value = "reposnap.lock")]
    pub file: PathBuf,
}

/// What an export of a lock is about.
#[derive(Debug, Args)]
pub struct About {
    /// The URL that the files lie below
    #[arg(long, value_name = "URL")]
    pub base: Option<String>,
    /// They lie where `publish` puts them, not where upstream has them
    #[arg(long)]
    pub published: bool,
    /// Bills of materials: what they are about
    #[arg(long)]
    pub name: Option<String>,
    /// The vendor in the packages' purls; debian by default
    #[arg(long)]
    pub vendor: Option<String>,
    /// The release in the packages' purls, such as bookworm
    #[arg(long)]
    pub distro: Option<String>,
    /// When the bill was made; now by default
    #[arg(long, value_name = "TIME")]
    pub created: Option<Timestamp>,
}
