//! What a server is to be.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use reposnap::error::{Error, Kind};
use reposnap::publish::{IndexFormat, Suite};

use crate::limits;

/// What a server is to be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The store: a directory, or the URL of a bucket.
    pub store: PathBuf,
    /// Where it listens; port 0 is any that is free.
    pub listen: SocketAddr,
    /// Whether nothing is ever written: no changes, and no packages from upstreams.
    pub read_only: bool,
    /// The key that signs: a file, or `gpg:FINGERPRINT`. Without one, nothing is served signed.
    pub key: Option<String>,
    /// The file with the password of the key file.
    pub password_file: Option<PathBuf>,
    /// Whether upstream's own bytes and signatures are served instead of trees of one's own.
    pub verbatim: bool,
    /// A name of suites beside that of the environment.
    pub suite: Option<Suite>,
    /// The Origin of what is signed.
    pub origin: Option<String>,
    /// The Label of what is signed.
    pub label: Option<String>,
    /// How long a Release is valid; without end where there is none.
    pub valid_for: Option<Duration>,
    /// How indexes are compressed.
    pub formats: Vec<IndexFormat>,
    /// Whether packages that the store lacks are fetched from where they were mirrored.
    pub fetch: bool,
    /// The file of tokens; without one everybody may read and nobody change anything.
    pub tokens: Option<PathBuf>,
    /// With a file of tokens: whether reading takes none.
    pub anonymous_read: bool,
    /// The certificate chain and its key, PEM, for TLS.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// The most connections in all.
    pub connections: usize,
    /// The most connections of one client.
    pub connections_per_client: usize,
    /// The most requests of one client in a second; 0 is no limit.
    pub requests_per_client: u32,
    /// Networks of proxies whose word counts for whom they ask (`X-Forwarded-For`), and that are no clients themselves.
    pub trusted_proxies: Vec<IpNet>,
    /// How many bytes of trees are kept in memory.
    pub cache_bytes: u64,
    /// The directory where trees are kept; without one, in memory alone.
    pub shelf: Option<PathBuf>,
    /// How many bytes of trees are kept there.
    pub shelf_bytes: u64,
    /// Which trees are made before somebody asks for them.
    pub ahead: Ahead,
    /// How long running requests may take after the server was told to stop.
    pub grace: Duration,
}

/// Which trees are made before somebody asks for them. That takes a directory for trees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ahead {
    /// None.
    None,
    /// What environments, mirrors and named snapshots are, and what environments were a little earlier.
    Current,
    /// Those first, and then of all snapshots as long as there is room.
    #[default]
    All,
}

impl FromStr for Ahead {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "none" => Ok(Self::None),
            "current" => Ok(Self::Current),
            "all" => Ok(Self::All),
            _ => Err(Error::new(Kind::Usage, format!("{text:?} does not say which trees are made ahead"))
                .field("ahead")
                .help("write none, current or all")),
        }
    }
}

/// Reads a network: an address, or one with the length of its prefix, as in `10.0.0.0/8`.
///
/// # Errors
/// [`Kind::Usage`] for any other text.
pub fn network(text: &str) -> Result<IpNet, Error> {
    let alone = text.parse::<IpAddr>().map(IpNet::from).ok();
    alone.or_else(|| text.parse().ok()).ok_or_else(|| {
        Error::new(Kind::Usage, format!("{text:?} is no network"))
            .field("trusted-proxy")
            .help("write an address, or one with the length of its prefix: 192.0.2.10, 10.0.0.0/8, fd00::/8")
    })
}

/// Where trees are kept when nobody says where: where systemd says that a service's cache is, or in this user's cache.
fn usual_shelf() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = set("CACHE_DIRECTORY") {
        return Some(folder.join("trees"));
    }
    let cache = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))?;
    Some(cache.join("reposnap/trees"))
}

impl Options {
    /// The defaults for the store in `store`, at `listen`.
    pub fn new(store: PathBuf, listen: SocketAddr) -> Self {
        Self {
            store,
            listen,
            read_only: false,
            key: None,
            password_file: None,
            verbatim: false,
            suite: None,
            origin: None,
            label: None,
            valid_for: None,
            formats: IndexFormat::defaults(),
            fetch: true,
            tokens: None,
            anonymous_read: false,
            tls: None,
            connections: limits::CONNECTIONS,
            connections_per_client: limits::CONNECTIONS_PER_CLIENT,
            requests_per_client: limits::REQUESTS_PER_CLIENT,
            trusted_proxies: Vec::new(),
            cache_bytes: limits::CACHE_BYTES,
            shelf: usual_shelf(),
            shelf_bytes: limits::SHELF_BYTES,
            ahead: Ahead::All,
            grace: limits::GRACE,
        }
    }
}
