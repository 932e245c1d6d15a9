//! How to talk to a registry.

use std::path::PathBuf;

use reposnap::source::fetch::FetchOptions;

use super::authfile::Credentials;

/// How a [`Registry`](super::Registry) is talked to; the default is what podman and skopeo do.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RegistryOptions {
    /// Timeouts, retries, redirects, proxies, trust and the user agent. Its own credentials are for proxies alone, and
    /// `parallel` is how many idle connections are kept.
    pub fetch: FetchOptions,
    /// Names and passwords.
    pub credentials: Credentials,
    /// Registries, as `HOST[:PORT]`, that are talked to without TLS where they have none, though the way to them may be
    /// listened to. The loopback addresses need not be named.
    pub insecure: Vec<String>,
    /// Folders of certificates by registry (containers-certs.d(5)); none: `~/.config/containers/certs.d`,
    /// `/etc/containers/certs.d` and `/etc/docker/certs.d`.
    pub certificates: Option<Vec<PathBuf>>,
}
