//! What the commands on snapshots take.

use clap::{Args, Subcommand, ValueEnum};

/// The commands of `snapshot`.
#[derive(Debug, Subcommand)]
pub enum Snapshot {
    /// List the snapshots that mirrors, environments and names lead to
    List,
    /// Show what a snapshot is
    Show {
        /// The snapshot
        rev: String,
        /// List its packages too
        #[arg(long)]
        packages: bool,
    },
    /// Print the digest of the snapshot that a REV names
    Resolve {
        /// The snapshot
        rev: String,
    },
    /// Tell what differs between two snapshots; exit code 1 where something does
    Diff {
        /// The first
        before: String,
        /// The second
        after: String,
    },
    /// Merge snapshots
    Merge {
        /// The snapshots; by the rule `precedence`, the first that has a package wins
        #[arg(required = true)]
        revs: Vec<String>,
        /// Which versions to keep
        #[arg(long, value_enum, default_value_t = MergeRule::Precedence)]
        rule: MergeRule,
        #[command(flatten)]
        derive: Derive,
    },
    /// Keep the packages that pass a query
    Filter {
        /// The snapshot
        rev: String,
        /// The query
        query: String,
        #[command(flatten)]
        derive: Derive,
    },
    /// Replace named packages in a snapshot by those of another, and nothing else
    Pull {
        /// The snapshot to alter; it stays as it is, the result is a new one
        into: String,
        /// The snapshot that has the packages
        from: String,
        /// Which packages
        #[arg(required = true)]
        queries: Vec<String>,
        /// Take along what they need, and what has to move with them so that all that could be installed still can
        #[arg(long)]
        with_deps: bool,
        #[command(flatten)]
        derive: Derive,
    },
}

/// What becomes of a new snapshot.
#[derive(Debug, Args)]
pub struct Derive {
    /// Name the result
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Tell what would come out, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Which versions a merge keeps.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum MergeRule {
    /// Those of the first snapshot that has the package
    Precedence,
    /// The newest
    Newest,
    /// Every one
    All,
}
