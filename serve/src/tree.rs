//! A snapshot as a repository: which files it has, and where their bytes are.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use reposnap::Digest;
use reposnap::deb::compress::Compression;
use reposnap::error::{Error, Kind, Result};
use reposnap::publish::{Outline, PackageFile, PackageFiles, RenderedFile, Signatures};
use reposnap::snapshot::Snapshot;
use tokio::sync::{Mutex, OnceCell};

use crate::http::{Body, Packed, PackedSource};
use crate::limits::{PLAIN_BYTES, SIGNATURES, SMALL_FILE};
use crate::shelf::{KeptSuite, MadeSuite, Shelf};

/// A snapshot as a repository.
#[derive(Debug)]
pub struct Tree {
    /// The snapshot.
    pub snapshot: Snapshot,
    suites: Vec<Suite>,
    /// Suite and number of the file that an index is, or comes out of when it is decompressed.
    by_hash: HashMap<Digest, (usize, usize)>,
    signed: Mutex<HashMap<(String, Timestamp), Signatures>>,
    place: Place,
}

#[derive(Debug)]
struct Suite {
    /// Where it lies; none for a tree of one's own, which lies wherever its name says.
    directory: Option<String>,
    outline: Outline,
    files: Vec<RenderedFile>,
    signatures: Option<Signatures>,
    paths: HashMap<String, usize>,
    packages: OnceCell<PackageFiles>,
}

/// Where the files of indexes are.
#[derive(Debug)]
enum Place {
    Memory(HashMap<Digest, Bytes>),
    Shelf(Arc<Shelf>, Digest),
}

/// A file of an index.
#[derive(Clone, Debug)]
pub struct IndexFile {
    /// Its SHA-256.
    pub sha256: Digest,
    size: u64,
    /// The file that it is, or that it is compressed as.
    file: RenderedFile,
    packed: Option<Compression>,
}

impl Tree {
    /// A tree whose files are in memory.
    pub fn in_memory(snapshot: Snapshot, suites: Vec<MadeSuite>) -> Self {
        let mut contents = HashMap::new();
        let suite = |suite: MadeSuite| {
            contents.extend(suite.rendered.contents);
            let made = Suite::new(suite.directory, suite.rendered.outline, suite.signatures);
            Suite { packages: OnceCell::new_with(Some(suite.rendered.packages)), ..made }
        };
        let suites = suites.into_iter().map(suite).collect();
        Self::new(snapshot, suites, Place::Memory(contents))
    }

    /// A tree whose files are on a shelf, under `key`.
    pub fn on_shelf(snapshot: Snapshot, suites: Vec<KeptSuite>, shelf: Arc<Shelf>, key: Digest) -> Self {
        let suite = |suite: KeptSuite| Suite::new(suite.directory, suite.outline, suite.signatures);
        Self::new(snapshot, suites.into_iter().map(suite).collect(), Place::Shelf(shelf, key))
    }

    fn new(snapshot: Snapshot, suites: Vec<Suite>, place: Place) -> Self {
        let mut by_hash = HashMap::new();
        for (number, suite) in suites.iter().enumerate() {
            for (at, file) in suite.files.iter().enumerate() {
                by_hash.insert(file.sha256, (number, at));
                by_hash.entry(file.plain).or_insert((number, at));
            }
        }
        Self { snapshot, suites, by_hash, signed: Mutex::default(), place }
    }

    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> u64 {
        let files = match &self.place {
            Place::Memory(contents) => contents.values().map(|bytes| bytes.len() as u64).sum(),
            Place::Shelf(..) => 0,
        };
        let suite = |suite: &Suite| {
            let paths: usize = suite.files.iter().map(|file| 2 * file.path.len() + 512).sum();
            // Of a tree on a shelf they are read when they are needed, and may be as many as the entries of the snapshot.
            let packages = suite.packages.get().map_or(0, PackageFiles::weight);
            paths as u64 + packages
        };
        files + self.suites.iter().map(suite).sum::<u64>()
    }

    /// The index with the digest `sha256`.
    pub fn by_hash(&self, sha256: Digest) -> Option<IndexFile> {
        let (suite, file) = *self.by_hash.get(&sha256)?;
        let file = self.suites.get(suite)?.files.get(file)?.clone();
        let is_packed = file.sha256 != sha256;
        let packed = is_packed.then(|| Compression::from_path(&file.path).1);
        let size = if is_packed { file.plain_size } else { file.size };
        (!is_packed || size <= PLAIN_BYTES).then_some(IndexFile { sha256, size, file, packed })
    }

    /// The index at `path` below the only suite of a tree of one's own.
    pub fn index(&self, path: &str) -> Option<IndexFile> {
        self.by_hash(self.suites.first()?.digest(path)?)
    }

    /// What an index is sent as.
    ///
    /// # Errors
    /// Those of [`Shelf::index`].
    pub async fn body(&self, index: &IndexFile) -> Result<Body> {
        let sha256 = index.file.sha256;
        let source = match &self.place {
            Place::Memory(contents) => {
                let bytes = contents.get(&sha256).cloned();
                PackedSource::Bytes(bytes.ok_or_else(|| Error::new(Kind::Internal, "an index is not there"))?)
            }
            Place::Shelf(shelf, _) => {
                let size = index.file.size;
                let file = match shelf.opened_index(sha256) {
                    Some(file) => file,
                    None => {
                        let shelf = shelf.clone();
                        let opened = tokio::task::spawn_blocking(move || shelf.index(sha256, size));
                        opened
                            .await
                            .map_err(|error| Error::new(Kind::Internal, "an index can't be read").source(error))??
                    }
                };
                PackedSource::File(file, size)
            }
        };
        Ok(match (index.packed, source) {
            (Some(compression), source) => Body::Packed(Arc::new(Packed { compression, source }), index.size),
            (None, PackedSource::Bytes(bytes)) => Body::Bytes(bytes),
            (None, PackedSource::File(file, size)) if size <= SMALL_FILE => {
                Body::Bytes(crate::http::read_whole(&file, size).map_err(|error| Error::io("an index", error))?)
            }
            (None, PackedSource::File(file, size)) => Body::File(file, size),
        })
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
    ///
    /// # Errors
    /// Those of [`Shelf::packages`].
    pub async fn package(&self, path: &str) -> Result<Option<PackageFile>> {
        for (number, suite) in self.suites.iter().enumerate() {
            let packages = suite.packages.get_or_try_init(|| async {
                let Place::Shelf(shelf, key) = &self.place else { return Ok(PackageFiles::default()) };
                let (shelf, key) = (shelf.clone(), *key);
                let read = tokio::task::spawn_blocking(move || shelf.packages(key, number));
                read.await.map_err(|error| Error::new(Kind::Internal, "packages can't be read").source(error))?
            });
            if let Some(file) = packages.await?.find(path) {
                return Ok(Some(file.clone()));
            }
        }
        Ok(None)
    }

    /// The signatures under the name `suite` with the date `date`, made by `sign` where they are not there yet.
    pub async fn signatures<F>(
        &self,
        suite: &str,
        date: Timestamp,
        sign: impl FnOnce(Outline) -> F,
    ) -> Result<Signatures>
    where
        F: Future<Output = Result<Signatures>>,
    {
        let mut signed = self.signed.lock().await;
        let key = (suite.to_owned(), date);
        if let Some(there) = signed.get(&key) {
            return Ok(there.clone());
        }
        let outline = self.suites.first().map(|suite| suite.outline.clone());
        let outline = outline.ok_or_else(|| Error::new(Kind::Internal, "a tree has no suite"))?;
        let made = sign(outline).await?;
        if signed.len() >= SIGNATURES {
            signed.clear();
        }
        signed.insert(key, made.clone());
        Ok(made)
    }
}

impl Suite {
    fn new(directory: Option<String>, outline: Outline, signatures: Option<Signatures>) -> Self {
        let files: Vec<RenderedFile> = outline.files().collect();
        let paths = files.iter().enumerate().map(|(at, file)| (file.path.clone(), at)).collect();
        Self { directory, outline, files, signatures, paths, packages: OnceCell::new() }
    }

    /// The digest of the index at `path` below the suite, which may be there compressed alone.
    fn digest(&self, path: &str) -> Option<Digest> {
        if let Some((_, digest)) = path.rsplit_once("by-hash/SHA256/") {
            return digest.parse().ok();
        }
        let file = |path: &str| self.paths.get(path).and_then(|at| self.files.get(*at));
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
