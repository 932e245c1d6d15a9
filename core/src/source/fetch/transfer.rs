//! One file with a known digest, from wherever it can be had: resumed, checked, tried elsewhere.

use bytes::Bytes;
use reqwest::header::HeaderValue;
use sha2::{Digest as _, Sha512};
use url::Url;

use super::address::redacted;
use super::file;
use super::request::{self, Answer, Ask, Caches};
use super::retry::{Again, Failure, Tries};
use super::{Fetcher, Net, looks_like_html, web_page};
use crate::digest::{Digest, Hasher};
use crate::error::{Error, Kind, Result};

/// A resumed transfer that came so much further than any before counts its tries anew.
const PROGRESS: u64 = 1 << 20;
/// The most memory set aside before bytes have come.
const MOST_SET_ASIDE: u64 = 16 << 20;

/// What signed data says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: Option<Digest>,
    /// Its SHA-512.
    pub sha512: Option<[u8; 64]>,
}

impl Expected {
    /// A size and a SHA-256.
    pub fn new(size: u64, sha256: Digest) -> Self {
        Self { size, sha256: Some(sha256), sha512: None }
    }
}

impl Fetcher {
    /// The bytes that `expected` describes, from the first of `candidates` that has them.
    ///
    /// Stops at the signed size; goes on where a broken transfer stopped; all digests that `expected` has are checked (one
    /// is required). Bytes that don't fit are asked for once more past all caches, then from the next candidate.
    ///
    /// [`Kind::Verification`] with the rule `hash-mismatch` or `size-mismatch` where other bytes were found, as happens
    /// while a mirror updates itself; [`Kind::NotFound`] where no candidate has the file.
    pub async fn get_verified(&self, candidates: &[Url], expected: &Expected) -> Result<Bytes> {
        let _permit = self.0.permit().await?;
        let mut sink = Memory::new(expected.size);
        transfer(&self.0, candidates, expected, &mut sink, |_| {}).await?;
        Ok(sink.into_bytes())
    }
}

/// Where the bytes go.
pub(super) trait Sink {
    /// Adds bytes.
    async fn write(&mut self, bytes: Bytes) -> Result<()>;
    /// Forgets all bytes.
    async fn restart(&mut self) -> Result<()>;
    /// The next bytes that an earlier run left; none at the end. Asked for before anything is written.
    async fn kept(&mut self) -> Result<Bytes> {
        Ok(Bytes::new())
    }
}

/// A sink in memory, which does not copy what comes in one piece.
pub(super) struct Memory {
    expected: u64,
    whole: Bytes,
    bytes: Vec<u8>,
}

impl Memory {
    pub(super) fn new(expected: u64) -> Self {
        Self { expected, whole: Bytes::new(), bytes: Vec::new() }
    }

    pub(super) fn into_bytes(self) -> Bytes {
        if self.bytes.is_empty() { self.whole } else { self.bytes.into() }
    }
}

impl Sink for Memory {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        if self.whole.is_empty() && self.bytes.is_empty() {
            self.whole = bytes;
            return Ok(());
        }
        if self.bytes.is_empty() {
            self.bytes.reserve(self.expected.min(MOST_SET_ASIDE) as usize);
            self.bytes.extend_from_slice(&std::mem::take(&mut self.whole));
        }
        self.bytes.extend_from_slice(&bytes);
        Ok(())
    }

    async fn restart(&mut self) -> Result<()> {
        self.whole = Bytes::new();
        self.bytes.clear();
        Ok(())
    }
}

/// Brings the bytes that `expected` describes into `sink`; `advanced` hears of each byte once, however often it came.
pub(super) async fn transfer<S: Sink>(
    net: &Net,
    candidates: &[Url],
    expected: &Expected,
    sink: &mut S,
    advanced: impl FnMut(u64),
) -> Result<()> {
    if expected.sha256.is_none() && expected.sha512.is_none() {
        return Err(Error::new(Kind::Verification, "nothing signed gives a SHA-256 or SHA-512").rule("strong-hash"));
    }
    let mut course = Course::new(expected, sink, advanced);
    if course.go_on().await? {
        return Ok(());
    }
    let mut worst: Option<Error> = None;
    let mut dead = None;
    for url in candidates {
        if dead.as_ref() == Some(&url.origin()) {
            continue;
        }
        // What came from one is not gone on with at another, but after the last it may be worth keeping.
        if worst.is_some() {
            course.restart().await?;
        }
        match from_candidate(net, url, &mut course).await {
            Ok(()) => return Ok(()),
            Err(Stop::Sink(error)) => return Err(error),
            Err(Stop::Elsewhere(error)) => keep_worst(&mut worst, error),
            Err(Stop::Unreachable(error)) => {
                dead = Some(url.origin());
                keep_worst(&mut worst, error);
            }
        }
    }
    Err(worst.unwrap_or_else(|| Error::new(Kind::Usage, "no URL to fetch from")))
}

/// Why a candidate is given up.
enum Stop {
    /// The bytes can't be stored; no other candidate helps.
    Sink(Error),
    /// This file can't be had here.
    Elsewhere(Error),
    /// Nothing can be had from this server.
    Unreachable(Error),
}

/// Why one try ended.
enum Miss {
    /// The bytes can't be stored.
    Sink(Error),
    /// The server or the network failed.
    Failed(Failure),
    /// There is nothing.
    Missing,
    /// There are other bytes.
    Other(Error),
}

impl From<Failure> for Miss {
    fn from(failure: Failure) -> Self {
        Miss::Failed(failure)
    }
}

async fn from_candidate<S: Sink, A: FnMut(u64)>(
    net: &Net,
    url: &Url,
    course: &mut Course<'_, S, A>,
) -> Result<(), Stop> {
    let mut tries = Tries::new(&net.options);
    let mut caches = Caches::Welcome;
    loop {
        let reached = course.furthest;
        let result = match url.scheme() {
            "file" => from_file(url, course).await,
            _ => from_server(net, url, caches, course).await,
        };
        match result {
            Ok(()) => return Ok(()),
            Err(Miss::Sink(error)) => return Err(Stop::Sink(error)),
            Err(Miss::Missing) => {
                return Err(Stop::Elsewhere(Error::new(Kind::NotFound, "there is no such file").path(redacted(url))));
            }
            Err(Miss::Other(error)) => {
                course.restart().await.map_err(Stop::Sink)?;
                if caches == Caches::Bypassed || url.scheme() == "file" {
                    return Err(Stop::Elsewhere(error));
                }
                caches = Caches::Bypassed;
            }
            Err(Miss::Failed(failure)) => {
                if course.furthest - reached >= PROGRESS {
                    tries.reset();
                }
                if course.ranges == Ranges::Useless {
                    course.restart().await.map_err(Stop::Sink)?;
                }
                let may_pass = failure.again != Again::Never;
                tries
                    .wait(failure)
                    .await
                    .map_err(|error| if may_pass { Stop::Unreachable(error) } else { Stop::Elsewhere(error) })?;
            }
        }
    }
}

async fn from_file<S: Sink, A: FnMut(u64)>(url: &Url, course: &mut Course<'_, S, A>) -> Result<(), Miss> {
    let failed = |error| Miss::Failed(Failure::never(error));
    // A file is read from its start; what an earlier run left saves nothing.
    course.restart().await.map_err(Miss::Sink)?;
    let mut pieces = file::open(url).await.map_err(failed)?.ok_or(Miss::Missing)?;
    loop {
        let (rest, bytes) = pieces.next().await.map_err(failed)?;
        if bytes.is_empty() {
            return course.check().map_err(|error| Miss::Other(error.path(redacted(url))));
        }
        pieces = rest;
        course.add(bytes, url).await?;
    }
}

async fn from_server<S: Sink, A: FnMut(u64)>(
    net: &Net,
    url: &Url,
    caches: Caches,
    course: &mut Course<'_, S, A>,
) -> Result<(), Miss> {
    let ask = Ask { start: course.have, version: course.version.as_ref(), validators: None, caches };
    let mut answer = request::send(net, url, ask).await?;
    begin(&answer, course).await?;
    loop {
        let bytes = match answer.chunk().await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => break,
            // All is there; only the end of it was not said.
            Err(_) if course.have == course.expected.size => break,
            Err(failure) => return Err(failure.into()),
        };
        if course.have == 0 && answer.is_html() && looks_like_html(&bytes) {
            return Err(Miss::Failed(Failure::never(web_page(answer.url()))));
        }
        course.add(bytes, answer.url()).await?;
    }
    if course.have < course.expected.size && !answer.is_framed() {
        let error = Error::new(Kind::Network, "the connection closed early").rule("connection-broken");
        return Err(Miss::Failed(Failure::at_once(error.path(redacted(answer.url())))));
    }
    course.check().map_err(|error| Miss::Other(error.path(redacted(answer.url()))))
}

/// Judges the head of an answer, and makes the course ready for its body.
async fn begin<S: Sink, A: FnMut(u64)>(answer: &Answer<'_>, course: &mut Course<'_, S, A>) -> Result<(), Miss> {
    let size = course.expected.size;
    match answer.status().as_u16() {
        404 | 410 => return Err(Miss::Missing),
        200 => {
            course.restart().await.map_err(Miss::Sink)?;
            course.version = answer.version();
            if answer.refuses_ranges() {
                course.ranges = Ranges::Useless;
            }
            if answer.length().is_some_and(|length| length != size) && !answer.is_html() {
                let found = answer.length().unwrap_or_default();
                return Err(Miss::Other(wrong_size(size, &found.to_string()).path(redacted(answer.url()))));
            }
        }
        206 if course.have > 0 && fits(answer.content_range(), course.have, size) => {}
        status => {
            // A range that was not asked for, or refused: the whole file is the way out.
            let had = course.have;
            course.restart().await.map_err(Miss::Sink)?;
            course.ranges = Ranges::Useless;
            let what = format!("the server answered {status} to a request for the bytes from {had} on");
            let error = Error::new(Kind::Network, what).path(redacted(answer.url())).rule("range-answer");
            return Err(Miss::Failed(Failure::at_once(error)));
        }
    }
    Ok(())
}

fn fits(range: Option<(u64, Option<u64>)>, start: u64, size: u64) -> bool {
    range.is_some_and(|(first, total)| first == start && total.is_none_or(|total| total == size))
}

/// How far one file has come.
struct Course<'a, S, A> {
    expected: &'a Expected,
    sink: &'a mut S,
    advanced: A,
    have: u64,
    furthest: u64,
    hashes: Hashes,
    version: Option<HeaderValue>,
    ranges: Ranges,
}

/// Whether the server can be asked to go on where it stopped.
#[derive(PartialEq, Eq)]
enum Ranges {
    Untried,
    Useless,
}

struct Hashes {
    sha256: Option<Hasher>,
    sha512: Option<Sha512>,
}

impl Hashes {
    fn of(expected: &Expected) -> Self {
        Self { sha256: expected.sha256.map(|_| Hasher::new()), sha512: expected.sha512.map(|_| Sha512::new()) }
    }
}

impl<'a, S: Sink, A: FnMut(u64)> Course<'a, S, A> {
    fn new(expected: &'a Expected, sink: &'a mut S, advanced: A) -> Self {
        let hashes = Hashes::of(expected);
        Self { expected, sink, advanced, have: 0, furthest: 0, hashes, version: None, ranges: Ranges::Untried }
    }

    /// Takes over what an earlier run left; whether that is the whole file.
    async fn go_on(&mut self) -> Result<bool> {
        loop {
            let bytes = self.sink.kept().await?;
            if bytes.is_empty() {
                break;
            }
            self.hash(&bytes);
            self.have += bytes.len() as u64;
            if self.have > self.expected.size {
                self.restart().await?;
                return Ok(false);
            }
        }
        if self.have == 0 {
            return Ok(false);
        }
        if self.have == self.expected.size && self.check().is_err() {
            self.restart().await?;
            return Ok(false);
        }
        self.furthest = self.have;
        (self.advanced)(self.have);
        Ok(self.have == self.expected.size)
    }

    fn hash(&mut self, bytes: &[u8]) {
        if let Some(hasher) = &mut self.hashes.sha256 {
            hasher.update(bytes);
        }
        if let Some(hasher) = &mut self.hashes.sha512 {
            hasher.update(bytes);
        }
    }

    async fn add(&mut self, bytes: Bytes, url: &Url) -> Result<(), Miss> {
        let length = bytes.len() as u64;
        if length > self.expected.size - self.have {
            let found = format!("more than {}", self.expected.size);
            return Err(Miss::Other(wrong_size(self.expected.size, &found).path(redacted(url))));
        }
        self.hash(&bytes);
        self.sink.write(bytes).await.map_err(Miss::Sink)?;
        self.have += length;
        if self.have > self.furthest {
            (self.advanced)(self.have - self.furthest);
            self.furthest = self.have;
        }
        Ok(())
    }

    async fn restart(&mut self) -> Result<()> {
        self.hashes = Hashes::of(self.expected);
        self.version = None;
        if self.have > 0 {
            self.have = 0;
            self.sink.restart().await?;
        }
        Ok(())
    }

    /// Whether what came is what had to come.
    fn check(&mut self) -> Result<()> {
        if self.have != self.expected.size {
            return Err(wrong_size(self.expected.size, &self.have.to_string()));
        }
        let hashes = std::mem::replace(&mut self.hashes, Hashes { sha256: None, sha512: None });
        // A digest that is expected and was not computed does not fit either.
        let found = hashes.sha256.map(Hasher::finish);
        if found != self.expected.sha256 {
            return Err(wrong_hash(
                "SHA-256",
                self.expected.sha256.map(|d| d.to_string()),
                found.map(|d| d.to_string()),
            ));
        }
        let found: Option<[u8; 64]> = hashes.sha512.map(|hasher| hasher.finalize().into());
        if found != self.expected.sha512 {
            return Err(wrong_hash("SHA-512", self.expected.sha512.map(hex), found.map(hex)));
        }
        Ok(())
    }
}

fn wrong_size(expected: u64, found: &str) -> Error {
    Error::new(Kind::Verification, "the file has another size than the signed one")
        .rule("size-mismatch")
        .mismatch(expected.to_string(), found)
        .help("the mirror may be in the middle of an update; try again later")
}

fn wrong_hash(name: &str, expected: Option<String>, found: Option<String>) -> Error {
    Error::new(Kind::Verification, format!("the file has another {name} than the signed one"))
        .rule("hash-mismatch")
        .mismatch(expected.unwrap_or_default(), found.unwrap_or_default())
        .help("the mirror may be in the middle of an update; try again later")
}

fn hex(bytes: [u8; 64]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Of several failures, other bytes tell more than a broken network, and that more than absence.
fn keep_worst(worst: &mut Option<Error>, error: Error) {
    let weight = |error: &Error| match error.kind() {
        Kind::Verification => 2,
        Kind::NotFound => 0,
        _ => 1,
    };
    if worst.as_ref().is_none_or(|kept| weight(&error) > weight(kept)) {
        *worst = Some(error);
    }
}
