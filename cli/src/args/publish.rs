//! What publishing takes.

use std::path::PathBuf;

use clap::Args;

/// What `publish` takes.
#[derive(Debug, Args)]
pub struct Publish {
    /// The snapshots
    pub revs: Vec<String>,
    /// The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "DIR|URL", required = true)]
    pub to: PathBuf,
    /// The suite, such as `stable`
    #[arg(long, required_unless_present = "verbatim")]
    pub suite: Option<String>,
    /// Put all packages of a snapshot into a component
    #[arg(long = "component", value_name = "C=REV")]
    pub components: Vec<String>,
    /// The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent
    #[arg(long, value_name = "FILE|gpg:FPR", required_unless_present = "verbatim")]
    pub key: Option<String>,
    /// The file with the password of the key file
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Publish upstream's own indexes and signature, unaltered
    #[arg(long, conflicts_with_all = ["components", "key", "suite"])]
    pub verbatim: bool,
    /// The codename; the suite by default
    #[arg(long)]
    pub codename: Option<String>,
    /// The origin
    #[arg(long)]
    pub origin: Option<String>,
    /// The label
    #[arg(long)]
    pub label: Option<String>,
    /// The description
    #[arg(long)]
    pub description: Option<String>,
    /// The version of the suite
    #[arg(long)]
    pub suite_version: Option<String>,
    /// For how many days the Release is valid
    #[arg(long, value_name = "DAYS")]
    pub valid_for: Option<u64>,
    /// Have apt install from it only when asked to
    #[arg(long)]
    pub not_automatic: bool,
    /// With --not-automatic, have apt upgrade what was installed from it
    #[arg(long, requires = "not_automatic")]
    pub but_automatic_upgrades: bool,
    /// Name the key in the Release, for apt to hold on to
    #[arg(long)]
    pub sign_field: bool,
    /// An architecture to name beside those that the snapshots have
    #[arg(long = "arch", value_name = "ARCH")]
    pub architectures: Vec<String>,
    /// The compressions of indexes
    #[arg(long, value_delimiter = ',', value_name = "gz,xz,zst")]
    pub compress: Vec<String>,
    /// Publish though packages are missing in the store
    #[arg(long)]
    pub allow_missing: bool,
    /// Sign again though nothing changed
    #[arg(long)]
    pub resign: bool,
    /// Run a program where something was published, with the paths that have other content now on its standard input, one on
    /// each line: to have a cache forget them
    #[arg(long, value_name = "PROGRAM")]
    pub invalidate: Option<PathBuf>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What `prune` takes.
#[derive(Debug, Args)]
pub struct Prune {
    /// The published directory, or the URL of the bucket
    pub directory: PathBuf,
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
}
