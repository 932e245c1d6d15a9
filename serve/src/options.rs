//! What a server is to be.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

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
    /// How many bytes of indexes are kept in memory.
    pub cache_bytes: u64,
    /// How long running requests may take after the server was told to stop.
    pub grace: Duration,
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
            cache_bytes: limits::CACHE_BYTES,
            grace: limits::GRACE,
        }
    }
}
