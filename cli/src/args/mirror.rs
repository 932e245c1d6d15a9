//! What the commands on mirrors take.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::verify::relax_help;

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
