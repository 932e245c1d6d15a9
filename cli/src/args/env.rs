//! What the commands on environments take.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// The commands of `env`.
#[derive(Debug, Subcommand)]
pub enum Env {
    /// Create an environment
    Create {
        /// Its name
        name: String,
        /// The snapshot that it begins with
        rev: String,
        /// Tell what would happen, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Why
        #[arg(long, short, default_value = "")]
        message: String,
        #[command(flatten)]
        signing: EntryKey,
    },
    /// List the environments
    List,
    /// Show the newest entry of an environment
    Show {
        /// The environment
        name: String,
    },
    /// Show the history of an environment
    Log {
        /// The environment
        name: String,
        /// How many entries
        #[arg(long, short = 'n', default_value_t = 50)]
        limit: usize,
        /// Judge each of them again: signatures, evidence, ages, checks and the chain between them
        #[arg(long)]
        verify: bool,
    },
    /// Move an environment to a snapshot
    Promote {
        /// The environment
        name: String,
        /// The snapshot
        rev: String,
        /// Take over only the packages that pass a query
        #[arg(long, value_name = "QUERY")]
        packages: Vec<String>,
        /// Take along what these need, and what has to move with them so that all that could be installed still can
        #[arg(long, requires = "packages")]
        with_deps: bool,
        /// Begin the environment where there is none
        #[arg(long)]
        create: bool,
        /// Tell what would change, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Why
        #[arg(long, short, default_value = "")]
        message: String,
        /// What speaks for it: tests=FILE, tests:NAME=FILE (reports in JUnit's XML), approval=FILE, file:NAME=FILE
        #[arg(long, value_name = "KIND=FILE")]
        evidence: Vec<String>,
        /// Do it although something is missing, for a reason, where the policy allows that
        #[arg(long = "override", value_name = "REASON")]
        override_reason: Option<String>,
        #[command(flatten)]
        signing: EntryKey,
    },
    /// Move an environment back
    ///
    /// Without --to, it becomes what it was before; done again, what it was before that, and so on: what was rolled back
    /// does not return by this.
    Rollback {
        /// The environment
        name: String,
        /// Where to; the state before by default
        #[arg(long, value_name = "REV")]
        to: Option<String>,
        /// Tell what would happen, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Why
        #[arg(long, short, default_value = "")]
        message: String,
        /// What speaks for it: tests=FILE, tests:NAME=FILE (reports in JUnit's XML), approval=FILE, file:NAME=FILE
        #[arg(long, value_name = "KIND=FILE")]
        evidence: Vec<String>,
        /// Do it although something is missing, for a reason, where the policy allows that
        #[arg(long = "override", value_name = "REASON")]
        override_reason: Option<String>,
        #[command(flatten)]
        signing: EntryKey,
    },
    /// Set, show or remove what has to be there before an environment moves
    #[command(subcommand)]
    Policy(EnvPolicy),
    /// Approve a snapshot for an environment, with your key
    ///
    /// The signed statement is kept in the store, where promotions find it, or is written to a file and given to them with
    /// --evidence approval=FILE. Without a key the statement is printed, to be signed with `gpg --clearsign`.
    Approve {
        /// The environment
        name: String,
        /// The snapshot that may go there
        rev: String,
        /// The key that signs: a file, or gpg:FINGERPRINT for a key of gpg-agent
        #[arg(long, value_name = "FILE|gpg:FINGERPRINT")]
        key: Option<String>,
        /// The file with the password of the key file
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        /// As what you speak, such as qa
        #[arg(long)]
        role: Option<String>,
        /// What there is to say, in one line
        #[arg(long)]
        comment: Option<String>,
        /// Write the signed statement here, and keep nothing in the store
        #[arg(long, short, value_name = "FILE", requires = "key")]
        output: Option<PathBuf>,
        /// Sign, and keep nothing in the store
        #[arg(long)]
        dry_run: bool,
    },
}

/// What signs an entry of a log.
#[derive(Debug, Args)]
pub struct EntryKey {
    /// The key that signs the entry: a file, or gpg:FINGERPRINT for a key of gpg-agent
    #[arg(long, value_name = "FILE|gpg:FINGERPRINT")]
    pub key: Option<String>,
    /// The file with the password of the key file
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// `env policy`.
#[derive(Debug, Subcommand)]
pub enum EnvPolicy {
    /// Set the policy of an environment
    Set {
        /// The environment
        name: String,
        /// The file with its policy; it may have those of others too
        file: PathBuf,
        /// Tell what would happen, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Why
        #[arg(long, short, default_value = "")]
        message: String,
        #[command(flatten)]
        signing: EntryKey,
    },
    /// Show the policy that is in force
    Show {
        /// The environment
        name: String,
    },
    /// Take the policy of an environment away
    Remove {
        /// The environment
        name: String,
        /// Tell what would happen, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Why
        #[arg(long, short, default_value = "")]
        message: String,
        #[command(flatten)]
        signing: EntryKey,
    },
}
