//! Fetching over http, https and from `file:` URLs: bounded, patient, and verified.
//!
//! A [`Fetcher`] answers three kinds of question:
//! - [`get`](Fetcher::get): what is there now, unless it is what we have already? For files that vouch for themselves,
//!   such as InRelease.
//! - [`get_verified`](Fetcher::get_verified): the bytes with this digest, from whichever place has them.
//! - [`download`](Fetcher::download): many of those, into a store.
//!
//! What it promises whatever a server does: no more bytes than the limit or the signed size are taken, no wait is without
//! an end, https is never left for http, no redirect reaches a local file, and no password goes to another host or into a
//! message.

mod address;
mod client;
mod control;
mod credentials;
mod download;
mod file;
pub mod http;
mod options;
mod proxy;
mod request;
mod retry;
mod transfer;

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{Semaphore, SemaphorePermit};
pub use url::Url;

pub use address::{LONGEST_URL, join, parse_url, redacted};
pub use control::{Control, Mismatch};
pub use credentials::{Credentials, LARGEST_FILE};
pub use download::{Downloaded, Job, LARGEST_BUFFERED, MOST_IN_A_ROW, MOST_TOLD, Totals};
pub use options::{FetchOptions, MOST_PARALLEL, MOST_REDIRECTS, MOST_RETRIES, Trust};
pub use proxy::{Proxy, ProxyHosts};
pub use transfer::Expected;

use crate::error::{Error, Kind, Result};
use crate::progress::Monitor;
use client::Clients;
use request::{Answer, Ask};
use retry::{Failure, Tries};

/// Fetches files. Cheap to clone; clones share connections and the limit on parallel requests.
///
/// Needs a tokio runtime with time and I/O enabled around its async methods.
///
/// ```no_run
/// # async fn example() -> reposnap::Result<()> {
/// use reposnap::source::fetch::{FetchOptions, Fetched, Fetcher, parse_url};
/// let fetcher = Fetcher::new(FetchOptions::default())?;
/// let url = parse_url("https://deb.example.org/debian/dists/stable/InRelease")?;
/// let Fetched::Body(first) = fetcher.get(&url, 16 << 20, None).await? else { panic!("no such suite") };
/// // One small request when nothing has changed:
/// assert!(matches!(fetcher.get(&url, 16 << 20, Some(&first.validators)).await?, Fetched::NotModified));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Fetcher(Arc<Net>);

/// What all requests share.
struct Net {
    options: FetchOptions,
    clients: Clients,
    gate: Semaphore,
}

/// The answer of [`Fetcher::get`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// There is still what the validators were for.
    NotModified,
    /// There is nothing.
    NotFound,
    /// The file.
    Body(Body),
}

/// A file and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// All its bytes.
    pub bytes: Bytes,
    /// What the server calls this version, for the next request; empty for `file:` URLs.
    pub validators: Validators,
    /// Where redirects led in the end, without name and password.
    pub final_url: Url,
}

/// What a server calls a version of a file; send it back to be spared the same bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Validators {
    /// The `ETag`, as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The `Last-Modified`, as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

impl Fetcher {
    /// A fetcher that works by `options`; [`Kind::Usage`] where they contradict themselves. Reads the proxies of the
    /// environment, where the options say so; the system's certificates only when an https URL comes.
    pub fn new(options: FetchOptions) -> Result<Self> {
        options.check()?;
        let clients = Clients::new(&options)?;
        let gate = Semaphore::new(options.parallel);
        Ok(Self(Arc::new(Net { options, clients, gate })))
    }

    /// The options that it works by.
    pub fn options(&self) -> &FetchOptions {
        &self.0.options
    }

    /// The file at `url`, of at most `limit` bytes, unless it is still the version that `validators` name.
    ///
    /// Tries again by the options. [`Kind::Limit`] where the file is larger, [`Kind::Network`] where the server fails or
    /// answers with a web page.
    pub async fn get(&self, url: &Url, limit: u64, validators: Option<&Validators>) -> Result<Fetched> {
        let _permit = self.0.permit().await?;
        if url.scheme() == "file" {
            let found = file::read(url, limit).await?;
            let body = |bytes| Body { bytes, validators: Validators::default(), final_url: url.clone() };
            return Ok(found.map_or(Fetched::NotFound, |bytes| Fetched::Body(body(bytes))));
        }
        let validators =
            validators.filter(|validators| validators.etag.is_some() || validators.last_modified.is_some());
        let mut tries = Tries::new(&self.0.options);
        loop {
            match get_once(&self.0, url, limit, validators).await {
                Ok(fetched) => return Ok(fetched),
                Err(failure) => tries.wait(failure).await?,
            }
        }
    }
}

impl Net {
    async fn permit(&self) -> Result<SemaphorePermit<'_>> {
        self.gate.acquire().await.map_err(|error| Error::new(Kind::Internal, "the fetcher is gone").source(error))
    }
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher").field("options", &self.0.options).finish_non_exhaustive()
    }
}

/// Does `work` until it is done or `monitor` is cancelled, whatever it waits for.
///
/// Fails with [`Kind::Cancelled`], within a tenth of a second; `work` is dropped then.
pub async fn until_cancelled<T>(monitor: &Monitor, work: impl Future<Output = Result<T>>) -> Result<T> {
    const LOOK: std::time::Duration = std::time::Duration::from_millis(100);
    monitor.check()?;
    let watch = async {
        loop {
            tokio::time::sleep(LOOK).await;
            if let Err(error) = monitor.check() {
                return error;
            }
        }
    };
    tokio::select! {
        result = work => result,
        error = watch => Err(error),
    }
}

async fn get_once(net: &Net, url: &Url, limit: u64, validators: Option<&Validators>) -> Result<Fetched, Failure> {
    let mut answer = request::send(net, url, Ask { validators, ..Ask::default() }).await?;
    match answer.status().as_u16() {
        304 => return Ok(Fetched::NotModified),
        404 | 410 => return Ok(Fetched::NotFound),
        200 => {}
        status => {
            let error = Error::new(Kind::Network, format!("the server answered {status} to a plain request"));
            return Err(Failure::never(error.path(redacted(answer.url())).rule("http-status")));
        }
    }
    let too_large = |answer: &Answer<'_>| Failure::never(too_large(limit).path(redacted(answer.url())));
    if answer.length().is_some_and(|length| length > limit) {
        return Err(too_large(&answer));
    }
    let (mut whole, mut bytes) = (Bytes::new(), Vec::new());
    while let Some(piece) = answer.chunk().await? {
        if (whole.len() + bytes.len() + piece.len()) as u64 > limit {
            return Err(too_large(&answer));
        }
        if whole.is_empty() && bytes.is_empty() {
            whole = piece;
        } else {
            bytes.extend_from_slice(&std::mem::take(&mut whole));
            bytes.extend_from_slice(&piece);
        }
    }
    let bytes = if bytes.is_empty() { whole } else { bytes.into() };
    if answer.is_html() && looks_like_html(&bytes) {
        return Err(Failure::never(web_page(answer.url())));
    }
    Ok(Fetched::Body(Body { bytes, validators: answer.validators(), final_url: answer.url().clone() }))
}

fn too_large(limit: u64) -> Error {
    Error::new(Kind::Limit, "the file is too large")
        .rule("size-limit")
        .mismatch(format!("at most {limit} bytes"), "more")
}

fn looks_like_html(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"<")
}

fn web_page(url: &Url) -> Error {
    Error::new(Kind::Network, "the server answered with a web page instead of the file").path(redacted(url)).rule("html-answer").help(
        "the URL may be wrong, or a proxy or the login page of this network may have answered; open the URL in a browser",
    )
}
