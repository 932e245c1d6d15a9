//! What was learned of layers, kept by their digests: an image that shares its base with others is looked at quickly, and one
//! that was looked at before is not read at all.

use std::collections::HashMap;
use std::fmt;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use reposnap::{Digest, Error, Result};

/// Keeps what was learned of layers. Whatever comes out is checked; whatever does not hold counts as missing.
///
/// Keys are made of a layer's digest, of what was asked of it, and of the format: another question has another key.
pub trait FactCache: Send + Sync + fmt::Debug {
    /// What was put in under `key`; none where there is nothing, or it can't be read.
    fn get(&self, key: &Digest) -> Option<Bytes>;

    /// Keeps `value` under `key`. A cache that can't is no failure: it does nothing.
    fn put(&self, key: &Digest, value: Bytes);
}

/// A cache in memory, for tests and short-lived programs. Holds all that it is given.
#[derive(Default)]
pub struct MemoryCache(Mutex<HashMap<Digest, Bytes>>);

impl MemoryCache {
    /// An empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many layers it knows something of.
    pub fn len(&self) -> usize {
        self.0.lock().map_or(0, |map| map.len())
    }

    /// Whether it knows of none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for MemoryCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryCache({} layers)", self.len())
    }
}

impl FactCache for MemoryCache {
    fn get(&self, key: &Digest) -> Option<Bytes> {
        self.0.lock().ok()?.get(key).cloned()
    }

    fn put(&self, key: &Digest, value: Bytes) {
        if let Ok(mut map) = self.0.lock() {
            map.insert(*key, value);
        }
    }
}

/// A cache in a folder: one file for each layer and question, written whole under another name first, so that several
/// processes can share it.
///
/// ```
/// use bytes::Bytes;
/// use reposnap::Digest;
/// use reposnap_image::cache::{DirectoryCache, FactCache};
/// let folder = tempfile::tempdir().unwrap();
/// let cache = DirectoryCache::open(folder.path().join("layers"))?;
/// cache.put(&Digest::of(b"key"), Bytes::from("value"));
/// assert_eq!(cache.get(&Digest::of(b"key")).as_deref(), Some(&b"value"[..]));
/// assert_eq!(cache.prune(0)?, 1);
/// assert_eq!(cache.get(&Digest::of(b"key")), None);
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Debug)]
pub struct DirectoryCache {
    directory: PathBuf,
    count: AtomicU64,
}

/// What the names of files end with.
const SUFFIX: &str = ".facts";

/// The most bytes of one file that are read.
const MAX_FILE: u64 = 2 << 30;

impl DirectoryCache {
    /// The cache in `directory`, which is made where it is missing.
    ///
    /// # Errors
    /// [`reposnap::Kind::Io`] and its like where the folder can't be made.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self> {
        let directory = directory.into();
        std::fs::create_dir_all(&directory).map_err(|error| Error::io(directory.display(), error))?;
        Ok(Self { directory, count: AtomicU64::new(0) })
    }

    /// Forgets the files that were not read or written for the longest time, until at most `bytes` are left. Tells how many it
    /// forgot.
    ///
    /// # Errors
    /// [`reposnap::Kind::Io`] and its like where the folder can't be listed.
    pub fn prune(&self, bytes: u64) -> Result<usize> {
        let failed = |error| Error::io(self.directory.display(), error);
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.directory).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_file() {
                files.push((metadata.modified().ok(), metadata.len(), entry.path()));
            }
        }
        files.sort();
        let mut total: u64 = files.iter().map(|(_, length, _)| length).sum();
        let mut forgotten = 0;
        for (_, length, path) in files {
            if total <= bytes {
                break;
            }
            if std::fs::remove_file(path).is_ok() {
                total -= length;
                forgotten += 1;
            }
        }
        Ok(forgotten)
    }

    fn path(&self, key: &Digest) -> PathBuf {
        self.directory.join(format!("{key}{SUFFIX}"))
    }

    fn write(&self, path: &Path, value: &[u8]) -> std::io::Result<()> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.directory.join(format!(".{}-{number}.tmp", std::process::id()));
        let written = (|| {
            let mut file = std::fs::File::options().write(true).create_new(true).open(&unfinished)?;
            file.write_all(&sum(value))?;
            file.write_all(value)?;
            drop(file);
            std::fs::rename(&unfinished, path)
        })();
        if written.is_err() {
            let _ = std::fs::remove_file(&unfinished);
        }
        written
    }
}

/// Bytes of the sum that a file begins with.
const SUM: usize = 16;

/// XXH3 of 128 bits: it tells of accidents. Who may write to the folder is believed.
fn sum(value: &[u8]) -> [u8; SUM] {
    twox_hash::XxHash3_128::oneshot(value).to_le_bytes()
}

impl FactCache for DirectoryCache {
    fn get(&self, key: &Digest) -> Option<Bytes> {
        let path = self.path(key);
        let file = std::fs::File::open(&path).ok()?;
        let length = file.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
        if length > MAX_FILE {
            return None;
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).ok()?);
        (&file).take(MAX_FILE).read_to_end(&mut bytes).ok()?;
        let bytes = Bytes::from(bytes);
        if bytes.len() < SUM || sum(&bytes[SUM..]) != bytes[..SUM] {
            return None;
        }
        // So that `prune` keeps what is used. Not worth a failure.
        let _ = file.set_modified(std::time::SystemTime::now());
        Some(bytes.slice(SUM..))
    }

    fn put(&self, key: &Digest, value: Bytes) {
        let _ = self.write(&self.path(key), &value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_absence() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DirectoryCache::open(folder.path()).unwrap();
        let key = Digest::of(b"layer");
        assert_eq!(cache.get(&key), None);
        cache.put(&key, Bytes::from_static(b"facts"));
        cache.put(&key, Bytes::from_static(b"facts!"));
        assert_eq!(cache.get(&key).unwrap(), &b"facts!"[..]);
        let path = cache.path(&key);
        let whole = std::fs::read(&path).unwrap();
        for length in 0..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(cache.get(&key), None);
        }
        std::fs::write(&path, [&whole[..], b"x"].concat()).unwrap();
        assert_eq!(cache.get(&key), None);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing unfinished is left");
    }

    #[test]
    fn the_oldest_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DirectoryCache::open(folder.path()).unwrap();
        for (name, age) in [("a", 300), ("b", 200), ("c", 100)] {
            let key = Digest::of(name.as_bytes());
            cache.put(&key, Bytes::from(vec![0; 84]));
            let time = std::time::SystemTime::now() - std::time::Duration::from_secs(age);
            std::fs::File::options().write(true).open(cache.path(&key)).unwrap().set_modified(time).unwrap();
        }
        assert_eq!(cache.prune(150).unwrap(), 2);
        assert!(cache.get(&Digest::of(b"c")).is_some() && cache.get(&Digest::of(b"b")).is_none());
        assert_eq!(cache.prune(150).unwrap(), 0);
    }
}
