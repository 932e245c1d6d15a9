//! The arguments of `store`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Commands about the store as a whole.
#[derive(Debug, Subcommand)]
pub enum Store {
    /// Plan what nothing needs, and sweep what was planned a grace period ago
    Gc(Gc),
    /// Check that everything is there, and put back what is not
    Check {
        /// Read every byte of packs and packages too
        #[arg(long)]
        data: bool,
        /// Put back what is missing or altered from this store
        #[arg(long, value_name = "STORE")]
        repair_from: Option<PathBuf>,
        /// Put back missing and altered packages from their upstream
        #[arg(long)]
        repair_upstream: bool,
        /// Tell what would be put back, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Count what the store has
    Stats {
        /// Count what nothing needs, too
        #[arg(long)]
        garbage: bool,
    },
    /// Copy the store into another one: what is missing there, logs last
    Copy {
        /// The other store: a directory or a URL, made where there is none
        #[arg(value_name = "STORE")]
        to: PathBuf,
        /// Only these environments, with all that they need
        #[arg(long = "env", value_name = "NAME")]
        environments: Vec<String>,
        /// Tell what would be copied, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Bring the store to the newest format
    Migrate {
        /// Tell what would be done, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// How to collect garbage.
#[derive(Debug, Args)]
pub struct Gc {
    /// Keep the snapshots of the newest N entries of each environment and mirror
    #[arg(long, value_name = "N")]
    pub keep_last: Option<u64>,
    /// Keep the newest snapshot of each of N days that have one
    #[arg(long, value_name = "N")]
    pub keep_daily: Option<u64>,
    /// Keep the newest snapshot of each of N weeks that have one
    #[arg(long, value_name = "N")]
    pub keep_weekly: Option<u64>,
    /// Keep the newest snapshot of each of N months that have one
    #[arg(long, value_name = "N")]
    pub keep_monthly: Option<u64>,
    /// Keep what was in force within this duration before the newest entry, such as 30d
    #[arg(long, value_name = "DURATION")]
    pub keep_within: Option<String>,
    /// Keep this snapshot too
    #[arg(long, value_name = "REV")]
    pub keep: Vec<String>,
    /// Keep the snapshots of this lock file too
    #[arg(long = "lock", value_name = "FILE")]
    pub locks: Vec<PathBuf>,
    /// How long a plan waits before it is swept: longer than twice the longest update
    #[arg(long, value_name = "DURATION", default_value = "24h")]
    pub grace: String,
    /// Tell what would be planned, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}
