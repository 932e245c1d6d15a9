//! What a registry answers, piece by piece, or as a whole within a limit.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reposnap::source::fetch::http::{Failure, broken};
use reposnap::source::fetch::{FetchOptions, Url, redacted};
use reposnap::{Error, Kind};
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderMap, HeaderName, TRANSFER_ENCODING};
use serde::Deserialize;
use tokio::time::timeout;

/// The most bytes of an answer that is an error that are looked at.
const LARGEST_REFUSAL: u64 = 16 << 10;
/// The longest code of an error that is repeated.
const LONGEST_CODE: usize = 40;

/// The answer to a request.
pub(super) struct Answer<'a> {
    response: reqwest::Response,
    url: Url,
    options: &'a FetchOptions,
    /// How long the network was waited for; how long others took with the bytes does not count.
    waited: Duration,
    received: u64,
}

impl<'a> Answer<'a> {
    pub(super) fn new(response: reqwest::Response, url: Url, options: &'a FetchOptions) -> Self {
        Self { response, url, options, waited: Duration::ZERO, received: 0 }
    }

    pub(super) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    pub(super) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// How long the body is, where the server says so.
    pub(super) fn length(&self) -> Option<u64> {
        self.header(&CONTENT_LENGTH)?.trim().parse().ok()
    }

    /// Whether the body says itself where it ends.
    pub(super) fn is_framed(&self) -> bool {
        self.headers().contains_key(CONTENT_LENGTH) || self.headers().contains_key(TRANSFER_ENCODING)
    }

    /// `Content-Type` in lower case and without parameters.
    pub(super) fn media_type(&self) -> Option<String> {
        let kind = self.header(&CONTENT_TYPE)?.split(';').next()?.trim();
        (!kind.is_empty()).then(|| kind.to_ascii_lowercase())
    }

    /// The first byte and the size of the whole that a 206 names.
    pub(super) fn content_range(&self) -> Option<(u64, Option<u64>)> {
        let (unit, rest) = self.header(&CONTENT_RANGE)?.trim().split_once(' ')?;
        let (range, total) = rest.trim().split_once('/')?;
        let (first, _) = range.split_once('-')?;
        if !unit.eq_ignore_ascii_case("bytes") {
            return None;
        }
        Some((first.trim().parse().ok()?, total.trim().parse().ok()))
    }

    /// The next piece of the body; nothing at its end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let idle = self.options.idle_timeout;
        let began = Instant::now();
        let result = timeout(idle, self.response.chunk()).await;
        self.waited = self.waited.saturating_add(began.elapsed());
        match result {
            Ok(Ok(Some(bytes))) => {
                self.received += bytes.len() as u64;
                self.refuse_slowness()?;
                Ok(Some(bytes))
            }
            Ok(Ok(None)) => Ok(None),
            Ok(Err(error)) => Err(broken(error, &self.url)),
            Err(_) => {
                let what = format!("the server said nothing for {} s", idle.as_secs_f32());
                Err(Failure::later(Error::new(Kind::Network, what).path(redacted(&self.url)).rule("idle-timeout")))
            }
        }
    }

    fn refuse_slowness(&self) -> Result<(), Failure> {
        let rate = self.options.minimum_rate;
        if self.waited <= self.options.idle_timeout || self.received as f64 >= rate as f64 * self.waited.as_secs_f64() {
            return Ok(());
        }
        let error = Error::new(Kind::Network, "the server sends too slowly").rule("too-slow").mismatch(
            format!("{rate} bytes per second"),
            format!("{} bytes in {} s", self.received, self.waited.as_secs()),
        );
        Err(Failure::later(error.path(redacted(&self.url))))
    }

    /// The whole body, of at most `limit` bytes.
    pub(super) async fn whole(&mut self, limit: u64) -> Result<Bytes, Failure> {
        let too_large = |url: &Url| {
            let error = Error::new(Kind::Limit, "the answer is too large").rule("size-limit");
            Failure::never(error.mismatch(format!("at most {limit} bytes"), "more").path(redacted(url)))
        };
        if self.length().is_some_and(|length| length > limit) {
            return Err(too_large(&self.url));
        }
        let mut bytes = BytesMut::new();
        while let Some(piece) = self.chunk().await? {
            if bytes.len() as u64 + piece.len() as u64 > limit {
                return Err(too_large(&self.url));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes.freeze())
    }

    /// The error of an answer that is none: the registry's own code, and never its text, which may repeat what we sent.
    pub(super) async fn refused(mut self, what: &str) -> Error {
        let status = self.response.status();
        let code = match self.whole(LARGEST_REFUSAL).await {
            Ok(bytes) => code(&bytes).map(|code| format!(", {code}")).unwrap_or_default(),
            Err(_) => String::new(),
        };
        let reason = status.canonical_reason().unwrap_or_default();
        let text = format!("the registry {what}: it answered {} {reason}{code}", status.as_u16());
        let error = |kind| Error::new(kind, text.clone()).path(redacted(&self.url));
        match status.as_u16() {
            401 => error(Kind::Network)
                .rule("unauthorized")
                .help("log in with 'skopeo login' or 'podman login', or correct the name of the image"),
            403 => error(Kind::Network).rule("forbidden").help("the login that is known may not do this here"),
            404 => error(Kind::NotFound).rule("http-status"),
            429 => error(Kind::Network).rule("http-status").help("it wants fewer requests; try later, or log in"),
            _ => error(Kind::Network).rule("http-status"),
        }
    }
}

/// The code of the first error in the body of a refusal (distribution specification, "Error Codes").
fn code(bytes: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        errors: Vec<Item>,
    }
    #[derive(Deserialize)]
    struct Item {
        code: String,
    }
    let code = serde_json::from_slice::<Refusal>(bytes).ok()?.errors.into_iter().next()?.code;
    let word = code.len() <= LONGEST_CODE && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    (word && !code.is_empty()).then_some(code)
}
