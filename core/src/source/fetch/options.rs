//! How to fetch: limits, patience, trust, and who we are.

use std::path::PathBuf;
use std::time::Duration;

use super::credentials::Credentials;
use super::proxy::Proxy;
use crate::error::{Error, Kind, Result};

/// The most requests that may be under way at once.
pub const MOST_PARALLEL: usize = 256;
/// The most times one file may be tried again.
pub const MOST_RETRIES: u32 = 20;
/// The most redirects that may be followed for one answer.
pub const MOST_REDIRECTS: u32 = 20;

/// How a [`Fetcher`](super::Fetcher) works; the default suits public mirrors.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FetchOptions {
    /// Requests under way at once: 1 to [`MOST_PARALLEL`], 16 by default.
    pub parallel: usize,
    /// How often a file is tried again after a failure that may pass: at most [`MOST_RETRIES`], 3 by default.
    ///
    /// A broken transfer that was resumed and came at least 1 MiB further starts the count anew.
    pub retries: u32,
    /// The wait before the first retry, 500 ms by default. It doubles each time, up to [`longest_wait`](Self::longest_wait),
    /// and a random half of it is left out so that many clients don't return at once.
    pub backoff: Duration,
    /// The longest wait between two tries, 60 s by default. A server that asks for more (`Retry-After`) is given up.
    pub longest_wait: Duration,
    /// How long a connection may take to come about, 20 s by default.
    pub connect_timeout: Duration,
    /// How long a server may say nothing, 30 s by default.
    pub idle_timeout: Duration,
    /// How long one try of one file may take in all; no limit by default, because packages may be large and lines slow.
    pub total_timeout: Option<Duration>,
    /// The least bytes per second, on average since the request and judged after [`idle_timeout`](Self::idle_timeout):
    /// 256 by default, 0 for no such rule. Ends a server that keeps a transfer alive a byte at a time.
    pub minimum_rate: u64,
    /// Redirects followed for one answer: at most [`MOST_REDIRECTS`], 5 by default.
    pub redirects: u32,
    /// What we call ourselves.
    pub user_agent: String,
    /// The proxies to go through; those of the environment by default.
    pub proxy: Proxy,
    /// Names and passwords by host; none by default. Those in a URL count before these.
    pub credentials: Credentials,
    /// Which certificate authorities https servers may be vouched for by; those of the system by default.
    pub trust: Trust,
}

/// Whose word for the identity of an https server is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// The certificate authorities that the operating system trusts.
    #[default]
    System,
    /// Those, and the certificates of this PEM file.
    SystemAnd(PathBuf),
    /// The certificates of this PEM file alone.
    Only(PathBuf),
}

impl Default for FetchOptions {
    fn default() -> Self {
        Self {
            parallel: 16,
            retries: 3,
            backoff: Duration::from_millis(500),
            longest_wait: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(20),
            idle_timeout: Duration::from_secs(30),
            total_timeout: None,
            minimum_rate: 256,
            redirects: 5,
            user_agent: concat!("reposnap/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: Proxy::Environment,
            credentials: Credentials::default(),
            trust: Trust::System,
        }
    }
}

impl FetchOptions {
    /// Refuses numbers outside their limits.
    pub(super) fn check(&self) -> Result<()> {
        within("parallel", self.parallel as u64, 1, MOST_PARALLEL as u64)?;
        within("retries", u64::from(self.retries), 0, u64::from(MOST_RETRIES))?;
        within("redirects", u64::from(self.redirects), 0, u64::from(MOST_REDIRECTS))?;
        for (name, time) in [("connect_timeout", self.connect_timeout), ("idle_timeout", self.idle_timeout)] {
            if time.is_zero() {
                return Err(Error::new(Kind::Usage, "must be more than nothing").field(name));
            }
        }
        Ok(())
    }
}

fn within(name: &str, value: u64, least: u64, most: u64) -> Result<()> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::new(Kind::Usage, "out of range").field(name).mismatch(format!("{least} to {most}"), value.to_string()))
}
