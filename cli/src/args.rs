//! What the command line looks like.

mod images;
#[cfg(feature = "serve")]
mod serve;
mod store;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::Timestamp;
use reposnap::openpgp::Rule;
use reposnap::resolve::graph;
use reposnap::resolve::lockfile::export;
use reposnap::source::acceptance::{PackageRule, ReleaseRule};
use reposnap_api::Solver;

pub use images::{Attest, Audit, Fleet, Image, Reading, Sort};
#[cfg(feature = "serve")]
pub use serve::Serve;
pub use store::Store;

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

/// The commands of `mirror`.
#[derive(Debug, Subcommand)]
pub enum Mirror {
    /// Add a mirror of an APT repository
    Add(MirrorAdd),
    /// Add a mirror of this machine's own APT sources, from the lists that `apt-get update` left
    AddSystem {
        /// The mirror's name
        name: String,
        /// The root folder of the machine
        #[arg(long, value_name = "DIR")]
        root: Option<PathBuf>,
        #[command(flatten)]
        put: Put,
    },
    /// Add a mirror of a folder of packages
    AddFolder {
        /// The mirror's name
        name: String,
        /// The folder
        directory: PathBuf,
        /// The component to put the packages in
        #[arg(long, default_value = "main")]
        component: String,
        #[command(flatten)]
        put: Put,
    },
    /// Update a mirror; what it made is a new snapshot
    Update {
        /// The mirror's name
        name: String,
        /// Say whether there is something new, and write nothing
        ///
        /// Of an APT repository, only the Release files are asked for, and verified as in an update.
        #[arg(long)]
        dry_run: bool,
    },
    /// List the mirrors
    List,
    /// Show a mirror
    Show {
        /// The mirror's name
        name: String,
    },
}

/// How a mirror is put in place.
#[derive(Debug, Args)]
pub struct Put {
    /// Give a mirror of this name these settings, where it has others
    #[arg(long)]
    pub replace: bool,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What `mirror add` takes.
#[derive(Debug, Args)]
pub struct MirrorAdd {
    /// The mirror's name
    pub name: String,
    /// The repository's base URL: http, https or file
    ///
    /// The servers of https are vouched for by the system's certificate authorities, or by those in the file that the
    /// environment variable SSL_CERT_FILE names.
    pub url: String,
    /// The suite; several with commas between them; one that ends with `/` is a flat repository
    pub suite: String,
    /// The components; all of the repository's by default
    pub components: Vec<String>,
    /// An architecture; this machine's own by default
    #[arg(long = "arch", value_name = "ARCH")]
    pub architectures: Vec<String>,
    /// The keyring that signs the repository
    #[arg(long, value_name = "FILE", required = true)]
    pub signed_by: Vec<PathBuf>,
    /// Of the keyring, a fingerprint that counts; `!` at the end means just that subkey
    #[arg(long = "signer", value_name = "FINGERPRINT")]
    pub signers: Vec<String>,
    /// How many of the keys must have signed
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub threshold: usize,
    /// When to fetch packages
    #[arg(long, value_enum, default_value_t = Packages::All)]
    pub packages: Packages,
    /// Keep only the packages that pass a query
    #[arg(long, value_name = "QUERY")]
    pub filter: Option<String>,
    /// Mirror source packages too
    #[arg(long)]
    pub sources: bool,
    /// Mirror the translations of a language too
    #[arg(long = "translation", value_name = "LANGUAGE")]
    pub translations: Vec<String>,
    /// Mirror the Contents indexes too
    #[arg(long)]
    pub contents: bool,
    /// Relax a rule of verification, by its name
    #[arg(long = "relax", value_name = "RULE", long_help = relax_help())]
    pub relax: Vec<String>,
    /// The greatest age, in days, of a Release without Valid-Until
    #[arg(long, value_name = "DAYS")]
    pub max_age: Option<u64>,
    #[command(flatten)]
    pub put: Put,
}

/// When the packages of a mirror are fetched.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Packages {
    /// With each update
    All,
    /// When they are asked for
    OnDemand,
    /// Never
    None,
}

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

/// A word that the library has a type for.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    use serde::de::IntoDeserializer as _;
    let text: serde::de::value::StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
    T::deserialize(text).map_err(|error| error.to_string())
}

/// The commands of `verify`.
#[derive(Debug, Subcommand)]
pub enum Verify {
    /// Verify an InRelease file, or a Release with its Release.gpg; exit code 1 where it is rejected
    Release {
        /// The file
        file: PathBuf,
        /// The keyring
        #[arg(long, value_name = "FILE", required = true)]
        keyring: Vec<PathBuf>,
        /// The signature, where it stands apart
        #[arg(long, value_name = "FILE")]
        signature: Option<PathBuf>,
        /// The time to verify at, instead of now
        #[arg(long, value_name = "TIME")]
        at: Option<jiff::Timestamp>,
        /// A fingerprint that counts; all of the keyring's by default
        #[arg(long = "signer", value_name = "FINGERPRINT")]
        signers: Vec<String>,
        /// Relax a rule of verification, by its name
        #[arg(long = "relax", value_name = "RULE", long_help = relax_release_help())]
        relax: Vec<String>,
    },
    /// Verify a signed text, and print what the signature covers; exit code 1 where it is rejected
    Message {
        /// The file: a cleartext message, or any text with --signature
        file: PathBuf,
        /// The keyring
        #[arg(long, value_name = "FILE", required = true)]
        keyring: Vec<PathBuf>,
        /// The signature, where it stands apart
        #[arg(long, value_name = "FILE")]
        signature: Option<PathBuf>,
        /// The time to verify at, instead of now
        #[arg(long, value_name = "TIME")]
        at: Option<jiff::Timestamp>,
        /// A fingerprint that counts; all of the keyring's by default
        #[arg(long = "signer", value_name = "FINGERPRINT")]
        signers: Vec<String>,
        /// Relax a rule of verification, by its name
        #[arg(long = "relax", value_name = "RULE", long_help = relax_help())]
        relax: Vec<String>,
    },
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

/// The commands of `key`.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Generate an Ed25519 signing key
    Generate {
        /// Whose key, such as `Example archive <archive@example.org>`
        user_id: String,
        /// The file to write; it must not exist
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
    },
    /// Sign a file, as a cleartext message or apart from it
    Sign {
        /// The file
        file: PathBuf,
        /// The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent
        #[arg(long, value_name = "FILE|gpg:FPR")]
        key: String,
        /// The file with the password of the key file
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        /// Make a signature that stands apart
        #[arg(long)]
        detached: bool,
    },
}

/// The commands of `keyring`.
#[derive(Debug, Subcommand)]
pub enum Keyring {
    /// Show the certificates of a keyring
    Show {
        /// The keyring files
        #[arg(required = true)]
        keyring: Vec<PathBuf>,
        /// The time to judge them at, instead of now
        #[arg(long, value_name = "TIME")]
        at: Option<jiff::Timestamp>,
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

/// The names of all rules that can be relaxed.
fn relax_help() -> String {
    let packages = PackageRule::ALL.iter().map(|rule| rule.as_str()).collect::<Vec<_>>().join(", ");
    format!("{}\n\nOf packages: {packages}.", relax_release_help())
}

/// Those of them that judge a Release.
fn relax_release_help() -> String {
    let signatures = Rule::ALL.iter().filter(|rule| rule.is_relaxable()).map(|rule| rule.as_str());
    let releases = ReleaseRule::ALL.iter().map(|rule| rule.as_str());
    let words = |words: Vec<&str>| words.join(", ");
    format!(
        "Relax a rule of verification, by its name; what breaks it is then told as a note.\n\n\
         Of signatures: {}.\n\nOf Release files: {}.",
        words(signatures.collect()),
        words(releases.collect())
    )
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_does_not_contradict_itself() {
        super::Cli::command().debug_assert();
    }
}
