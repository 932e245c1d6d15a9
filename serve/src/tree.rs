//! A snapshot as a repository, in memory.

use std::collections::HashMap;

use bytes::Bytes;
use jiff::Timestamp;
use reposnap::Digest;
use reposnap::deb::compress::{Compression, decompress};
use reposnap::error::{Error, Kind, Result};
use reposnap::publish::{PackageFile, Rendered, RenderedSuite, Signatures};
use reposnap::snapshot::Snapshot;
use tokio::sync::Mutex;

use crate::limits::{PLAIN_BYTES, SIGNATURES};

/// A snapshot as a repository.
#[derive(Debug)]
pub struct Tree {
    /// The snapshot.
    pub snapshot: Snapshot,
    suites: Vec<Suite>,
    by_hash: HashMap<Digest, (usize, usize)>,
    signed: Mutex<HashMap<(String, Timestamp), Signatures>>,
}

#[derive(Debug)]
struct Suite {
    /// Where it lies; none for a tree of one's own, which lies wherever its name says.
    directory: Option<String>,
    rendered: Rendered,
    signatures: Option<Signatures>,
    paths: HashMap<String, usize>,
}

/// A file of an index.
#[derive(Clone, Debug)]
pub struct IndexFile {
    /// Its SHA-256.
    pub sha256: Digest,
    /// Its bytes, or what they are compressed as.
    pub bytes: Bytes,
    packed: Option<Compression>,
}

impl IndexFile {
    /// The bytes of the file. Decompressing, where that is needed, takes a while.
    pub fn read(&self) -> Result<Bytes> {
        let Some(compression) = self.packed else { return Ok(self.bytes.clone()) };
        let bytes = decompress(compression, &self.bytes, PLAIN_BYTES)?;
        if Digest::of(&bytes) != self.sha256 {
            return Err(Error::new(Kind::Internal, "an index does not come out as it was made"));
        }
        Ok(bytes.into())
    }
}

impl Tree {
    /// A tree of one's own.
    pub fn signed(snapshot: Snapshot, rendered: Rendered) -> Self {
        Self::new(snapshot, vec![Suite::new(None, rendered, None)])
    }

    /// An upstream's.
    pub fn verbatim(snapshot: Snapshot, suites: Vec<RenderedSuite>) -> Self {
        let suite = |suite: RenderedSuite| Suite::new(Some(suite.directory), suite.rendered, Some(suite.signatures));
        Self::new(snapshot, suites.into_iter().map(suite).collect())
    }

    fn new(snapshot: Snapshot, suites: Vec<Suite>) -> Self {
        let mut by_hash = HashMap::new();
        for (number, suite) in suites.iter().enumerate() {
            for (at, file) in suite.rendered.files.iter().enumerate() {
                by_hash.insert(file.sha256, (number, at));
                by_hash.entry(file.plain).or_insert((number, at));
            }
        }
        Self { snapshot, suites, by_hash, signed: Mutex::default() }
    }

    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> u64 {
        self.suites.iter().map(|suite| suite.rendered.weight()).sum()
    }

    /// The index with the digest `sha256`.
    pub fn by_hash(&self, sha256: Digest) -> Option<IndexFile> {
        let (suite, file) = *self.by_hash.get(&sha256)?;
        let file = self.suites.get(suite)?.rendered.files.get(file)?;
        let packed = if file.sha256 == sha256 { None } else { Some(Compression::from_path(&file.path).1) };
        (packed.is_none() || file.plain_size <= PLAIN_BYTES).then(|| IndexFile {
            sha256,
            bytes: file.bytes.clone(),
            packed,
        })
    }

    /// The index at `path` below the only suite of a tree of one's own.
    pub fn index(&self, path: &str) -> Option<IndexFile> {
        self.by_hash(self.suites.first()?.digest(path)?)
    }

    /// What upstream signed, at `path` below the root.
    pub fn upstream_signed(&self, path: &str) -> Option<Bytes> {
        let (suite, below) = self.suite_of(path, |below| matches!(below, "InRelease" | "Release" | "Release.gpg"))?;
        let signatures = suite.signatures.as_ref()?;
        pick(signatures, below).cloned()
    }

    /// An upstream's index at `path` below the root.
    pub fn upstream_index(&self, path: &str) -> Option<IndexFile> {
        let (suite, below) = self.suite_of(path, |_| true)?;
        self.by_hash(suite.digest(below)?)
    }

    fn suite_of<'a>(&self, path: &'a str, wanted: impl Fn(&str) -> bool) -> Option<(&Suite, &'a str)> {
        self.suites.iter().find_map(|suite| {
            let directory = suite.directory.as_deref()?;
            let below = match directory {
                "" => path,
                _ => path.strip_prefix(directory)?.strip_prefix('/')?,
            };
            (wanted(below)
                && (matches!(below, "InRelease" | "Release" | "Release.gpg") || suite.digest(below).is_some()))
            .then_some((suite, below))
        })
    }

    /// The file of a package at `path` below the root.
    pub fn package(&self, path: &str) -> Option<PackageFile> {
        self.suites.iter().find_map(|suite| suite.rendered.package(path)).cloned()
    }

    /// The signatures under the name `suite` with the date `date`, made by `sign` where they are not there yet.
    pub async fn signatures<F>(
        &self,
        suite: &str,
        date: Timestamp,
        sign: impl FnOnce(Rendered) -> F,
    ) -> Result<Signatures>
    where
        F: Future<Output = Result<Signatures>>,
    {
        let mut signed = self.signed.lock().await;
        let key = (suite.to_owned(), date);
        if let Some(there) = signed.get(&key) {
            return Ok(there.clone());
        }
        let rendered = self.suites.first().map(|suite| suite.rendered.unsigned());
        let rendered = rendered.ok_or_else(|| Error::new(Kind::Internal, "a tree has no suite"))?;
        let made = sign(rendered).await?;
        if signed.len() >= SIGNATURES {
            signed.clear();
        }
        signed.insert(key, made.clone());
        Ok(made)
    }
}

impl Suite {
    fn new(directory: Option<String>, rendered: Rendered, signatures: Option<Signatures>) -> Self {
        let paths = rendered.files.iter().enumerate().map(|(at, file)| (file.path.clone(), at)).collect();
        Self { directory, rendered, signatures, paths }
    }

    /// The digest of the index at `path` below the suite, which may be there compressed alone.
    fn digest(&self, path: &str) -> Option<Digest> {
        if let Some((_, digest)) = path.rsplit_once("by-hash/SHA256/") {
            return digest.parse().ok();
        }
        let file = |path: &str| self.paths.get(path).and_then(|at| self.rendered.files.get(*at));
        if let Some(file) = file(path) {
            return Some(file.sha256);
        }
        [".gz", ".zst", ".xz"].iter().find_map(|extension| file(&format!("{path}{extension}"))).map(|file| file.plain)
    }
}

/// What is signed, by its name.
pub fn pick<'a>(signatures: &'a Signatures, name: &str) -> Option<&'a Bytes> {
    match name {
        "InRelease" => signatures.in_release.as_ref(),
        "Release" => signatures.release.as_ref(),
        "Release.gpg" => signatures.signature.as_ref(),
        _ => None,
    }
}
