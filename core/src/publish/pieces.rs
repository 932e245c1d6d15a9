//! Compressed pieces of indexes that were rendered before, so that only what changed is compressed again.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::digest::Digest;

/// A piece of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// The digest of the stanzas and of how they are compressed.
    pub(crate) key: Digest,
    /// How many bytes it takes in the file.
    pub(crate) length: u64,
    /// For xz, `length` without the padding at its end.
    pub(crate) unpadded: u64,
    /// How many bytes it is, uncompressed.
    pub(crate) raw: u64,
}

/// Where the compressed pieces of the indexes of a [`Rendered`](super::Rendered) lie: some 100 bytes for each 25 KiB of text.
#[derive(Clone, Debug, Default)]
pub struct Pieces {
    /// By what they were made from: the file, by its SHA-256, and where in it.
    places: HashMap<Digest, (Digest, u64, Group)>,
}

impl Pieces {
    /// Adds those of a file, which begin at `start`.
    pub(crate) fn add(&mut self, file: Digest, start: u64, groups: &[Group]) {
        let mut at = start;
        for group in groups {
            self.places.insert(group.key, (file, at, *group));
            at += group.length;
        }
    }
}

/// What was rendered before: its pieces, and the files that they are in.
///
/// What a piece is made from, and how, is part of its name, so it does not matter which snapshot or index it was rendered for.
pub struct Earlier {
    pieces: Arc<Pieces>,
    read: Read,
    files: Mutex<HashMap<Digest, Option<Bytes>>>,
    taken: AtomicU64,
}

/// Gives the file with a SHA-256, which it has to have, or nothing.
type Read = Box<dyn Fn(Digest) -> Option<Bytes> + Send + Sync>;

impl Earlier {
    /// The pieces of what was rendered before. `read` gives one of its files by its SHA-256, verified, or nothing where it is gone;
    /// it is asked at most once for each.
    pub fn new(pieces: Arc<Pieces>, read: impl Fn(Digest) -> Option<Bytes> + Send + Sync + 'static) -> Self {
        Self { pieces, read: Box::new(read), files: Mutex::default(), taken: AtomicU64::new(0) }
    }

    /// How many pieces were taken over.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Whether there is a piece `key` of `raw` bytes, uncompressed.
    pub(crate) fn has(&self, key: Digest, raw: u64) -> bool {
        self.pieces.places.get(&key).is_some_and(|(_, _, group)| group.raw == raw)
    }

    /// The piece `key` and its bytes.
    pub(crate) fn get(&self, key: Digest) -> Option<(Group, Bytes)> {
        let (file, start, group) = *self.pieces.places.get(&key)?;
        let bytes = self.file(file)?;
        let start = usize::try_from(start).ok()?;
        let end = start.checked_add(usize::try_from(group.length).ok()?)?;
        let piece = (end <= bytes.len()).then(|| bytes.slice(start..end))?;
        self.taken.fetch_add(1, Ordering::Relaxed);
        Some((group, piece))
    }

    fn file(&self, sha256: Digest) -> Option<Bytes> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.entry(sha256).or_insert_with(|| (self.read)(sha256)).clone()
    }
}

impl fmt::Debug for Earlier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Earlier").field("pieces", &self.pieces.places.len()).finish_non_exhaustive()
    }
}
