//! What `serve` takes.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// What `serve` takes.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8480")]
    pub listen: SocketAddr,
    /// The key that signs: a file, or gpg:FINGERPRINT for a key of gpg-agent
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// The file with the password of the key file
    #[arg(long, value_name = "FILE", requires = "key")]
    pub password_file: Option<PathBuf>,
    /// Serve upstream's own indexes and signatures, unaltered
    #[arg(long, conflicts_with = "key")]
    pub verbatim: bool,
    /// A name of suites beside that of the environment
    #[arg(long, value_name = "SUITE")]
    pub suite: Option<String>,
    /// The origin
    #[arg(long)]
    pub origin: Option<String>,
    /// The label
    #[arg(long)]
    pub label: Option<String>,
    /// For how many days a Release is valid
    #[arg(long, value_name = "DAYS")]
    pub valid_for: Option<u64>,
    /// The compressions of indexes
    #[arg(long, value_delimiter = ',', value_name = "gz,xz,zst")]
    pub compress: Vec<String>,
    /// Write nothing: change no environment, and fetch no package into the store
    #[arg(long)]
    pub read_only: bool,
    /// Fetch no package that the store lacks
    #[arg(long)]
    pub no_fetch: bool,
    /// The file of tokens: lines `role sha256-of-token name`
    #[arg(long, value_name = "FILE")]
    pub tokens: Option<PathBuf>,
    /// Let everybody read, and ask for tokens for the rest
    #[arg(long, requires = "tokens")]
    pub anonymous_read: bool,
    /// The certificate in PEM, and those behind it
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The private key of the certificate in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// The most connections in all
    #[arg(long, value_name = "COUNT")]
    pub connections: Option<usize>,
    /// The most connections of one client
    #[arg(long, value_name = "COUNT")]
    pub connections_per_client: Option<usize>,
    /// The most requests of one client in a second; 0 is no limit
    #[arg(long, value_name = "COUNT")]
    pub requests_per_client: Option<u32>,
    /// The address or network (10.0.0.0/8) of a proxy in front, which names its clients in X-Forwarded-For; may be repeated
    #[arg(long, value_name = "NETWORK")]
    pub trusted_proxy: Vec<String>,
    /// The directory where trees that were made are kept; in this user's cache by default
    #[arg(long, value_name = "DIR")]
    pub trees: Option<PathBuf>,
    /// How many MiB of trees are kept there; 0 is none
    #[arg(long, value_name = "MIB")]
    pub trees_limit: Option<u64>,
    /// Which trees are made before somebody asks for them: all by default
    #[arg(long, value_name = "none|current|all")]
    pub ahead: Option<String>,
    /// How many MiB of trees are kept in memory
    #[arg(long, value_name = "MIB")]
    pub cache: Option<u64>,
    /// How many seconds running requests may take once it is told to stop
    #[arg(long, value_name = "SECONDS")]
    pub grace: Option<u64>,
}
