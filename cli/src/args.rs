//! What the command line looks like.

mod env;
mod images;
mod lock;
mod mirror;
mod publish;
mod resolve;
#[cfg(feature = "serve")]
mod serve;
mod snapshot;
mod store;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

pub use env::{EntryKey, Env, EnvPolicy};
pub use images::{Attest, Audit, Fleet, Image, Reading, Sort};
pub use lock::{About, Lock};
pub use mirror::{Mirror, MirrorAdd, Packages, Put};
pub use publish::{Prune, Publish};
pub use resolve::{BuildDeps, Check, Graph, How, Machine, Resolve, Upgrade, Why};
#[cfg(feature = "serve")]
pub use serve::Serve;
pub use snapshot::{Derive, MergeRule, Snapshot};
pub use store::Store;
pub use verify::{Key, Keyring, Verify};

/// Immutable, verified snapshots of APT repositories, and the environments built from them.
///
/// A REV names a snapshot: an environment (`stable`), an earlier state of it (`stable~2`,
/// `stable@2026-11-01T00:00Z`), a mirror, a named snapshot, or the first digits of its digest.
#[derive(Debug, Parser)]
#[command(name = "reposnap", version, propagate_version = true, infer_subcommands = false)]
pub struct Cli {
    /// The store: a directory, or a URL such as s3://BUCKET/PREFIX
    #[arg(long, global = true, value_name = "STORE", env = "REPOSNAP_STORE", default_value = "reposnap-store")]
    pub store: PathBuf,
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// Never show progress
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Who is acting, for the history; the user's name by default
    #[arg(long, global = true, value_name = "NAME", env = "REPOSNAP_ACTOR")]
    pub actor: Option<String>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Snapshot this machine's own APT sources, make environments, publish, and say how apt uses them
    Quickstart(Quickstart),
    /// Mirror repositories
    #[command(subcommand)]
    Mirror(Mirror),
    /// Look at snapshots and make new ones out of them
    #[command(subcommand)]
    Snapshot(Snapshot),
    /// Move environments: nightly, testing, stable
    #[command(subcommand)]
    Env(Env),
    /// Publish snapshots as a tree that apt reads
    Publish(Publish),
    /// Remove the packages of a published directory or bucket that no publication names any more
    Prune(Prune),
    /// Serve environments of any moment over HTTP, without publishing them
    #[cfg(feature = "serve")]
    Serve(Box<Serve>),
    /// Find packages
    Search(Search),
    /// Fetch packages that a mirror left where they are
    Fetch(Fetch),
    /// Find the versions that packages bring along, as apt would choose
    Resolve(Resolve),
    /// Say why a package comes along with others
    Why(Why),
    /// Tell what an upgrade of an installed system comes to, and what is held back
    Upgrade(Upgrade),
    /// Find the versions that building source packages needs
    BuildDeps(BuildDeps),
    /// Tell what packages depend on, or what depends on them
    Graph(Graph),
    /// Find the packages of a snapshot that nobody can install; exit code 1 where there are some
    Check(Check),
    /// Lock exactly what an environment has
    #[command(subcommand)]
    Lock(Lock),
    /// Look into images: what is in them, where it came from, and what is signed of it
    #[command(subcommand)]
    Image(Image),
    /// Record images, and find those that need a rebuild
    #[command(subcommand)]
    Fleet(Fleet),
    /// Collect garbage, check, copy and count the store
    #[command(subcommand)]
    Store(Store),
    /// Verify signed files
    #[command(subcommand)]
    Verify(Verify),
    /// Compare versions
    #[command(subcommand)]
    Version(Version),
    /// Make signing keys
    #[command(subcommand)]
    Key(Key),
    /// Look at keyrings
    #[command(subcommand)]
    Keyring(Keyring),
    /// Look at binary packages
    #[command(subcommand)]
    Deb(Deb),
    /// Look at this machine
    #[command(subcommand)]
    System(System),
    /// List the operations of the library, with their parameters
    Operations,
    /// Run an operation of the library: JSON in, JSON out
    Call {
        /// The operation, such as `version compare`
        operation: String,
        /// An object of its parameters
        #[arg(default_value = "{}")]
        request: String,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// What `quickstart` takes.
#[derive(Debug, Args)]
pub struct Quickstart {
    /// Where to publish; `public` in the store's directory by default, to be named for a store in a bucket
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
}

/// What `search` takes.
#[derive(Debug, Args)]
pub struct Search {
    /// The snapshot
    pub rev: String,
    /// The query
    pub query: String,
    /// Print the stanzas
    #[arg(long)]
    pub stanzas: bool,
}

/// What `fetch` takes.
#[derive(Debug, Args)]
pub struct Fetch {
    /// The snapshot
    pub rev: String,
    /// Which packages; all by default
    pub query: Option<String>,
    /// Say how much would be fetched, and fetch nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// A word that the library has a type for.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    use serde::de::IntoDeserializer as _;
    let text: serde::de::value::StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
    T::deserialize(text).map_err(|error| error.to_string())
}

/// The commands of `version`.
#[derive(Debug, Subcommand)]
pub enum Version {
    /// Compare two versions as dpkg does: `compare A B` prints <, = or >; `compare A OP B` says by exit code whether it holds
    Compare {
        /// The first version
        a: String,
        /// The second version; or an operator (lt le eq ne ge gt, << <= = >= >>) and the second version
        #[arg(required = true, num_args = 1..=2, value_names = ["OP", "B"])]
        rest: Vec<String>,
    },
}

/// The commands of `deb`.
#[derive(Debug, Subcommand)]
pub enum Deb {
    /// Show the control file of a package
    Show {
        /// The package file
        file: PathBuf,
        /// List the paths of its data part too
        #[arg(long)]
        contents: bool,
    },
}

/// The commands of `system`.
#[derive(Debug, Subcommand)]
pub enum System {
    /// Tell how the packages that are installed stand to a snapshot; exit code 1 where some are outdated
    Compare {
        /// The snapshot
        rev: String,
        /// The root folder of the machine
        #[arg(long, value_name = "DIR")]
        root: Option<PathBuf>,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_does_not_contradict_itself() {
        super::Cli::command().debug_assert();
    }
}
