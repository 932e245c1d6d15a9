//! Plain file access for stores in a directory, where a trip through `object_store` costs more than the work.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use super::{partial, sync};
use crate::error::{Error, Kind, Result};
use crate::lock::Lock;

/// A directory and what in it is not yet known to be on disk. Clones share both.
#[derive(Clone)]
pub(super) struct Local(Arc<Inner>);

struct Inner {
    root: PathBuf,
    /// How many files were published.
    published: AtomicU64,
    /// How many of them are known to be on disk.
    settled: AtomicU64,
    /// Held while files are brought to disk, so that whoever comes meanwhile waits.
    settling: Mutex<()>,
    written: sync::Written,
}

impl Local {
    pub(super) fn new(root: &Path) -> Result<Self> {
        let root = root.canonicalize().map_err(|error| Error::io(root.display(), error))?;
        if !root.is_dir() {
            return Err(Error::new(Kind::Usage, "a store has to be a directory").path(root.display().to_string()));
        }
        if root.to_str().is_none() {
            return Err(
                Error::new(Kind::Unsupported, "the path of a store has to be UTF-8").path(root.display().to_string())
            );
        }
        Ok(Self(Arc::new(Inner {
            root,
            published: AtomicU64::new(0),
            settled: AtomicU64::new(0),
            settling: Mutex::new(()),
            written: sync::Written::default(),
        })))
    }

    pub(super) fn root(&self) -> &Path {
        &self.0.root
    }

    /// The file of an object; `path` has been checked.
    pub(super) fn file(&self, path: &str) -> PathBuf {
        self.0.root.join(path)
    }

    /// Writes a file under a temporary name and renames it; not durable before [`settle`](Self::settle).
    pub(super) fn write(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let mut staged = Staged::create(self.file(path))?;
        staged.write(bytes)?;
        self.publish(staged)
    }

    /// Gives a staged file its name.
    pub(super) fn publish(&self, staged: Staged) -> Result<()> {
        let target = staged.publish()?;
        self.0.written.add(target);
        self.mark();
        Ok(())
    }

    /// Gives a file another name, and makes the folder for it; whether there was one.
    pub(super) fn rename(&self, from: &str, to: &str) -> Result<bool> {
        let (source, target) = (self.file(from), self.file(to));
        let parent = target.parent().unwrap_or(Path::new("/"));
        std::fs::create_dir_all(parent).map_err(|error| failed(parent, error))?;
        match std::fs::rename(&source, &target) {
            Err(error) if is_missing(&error) => return Ok(false),
            result => result.map_err(|error| failed(&source, error))?,
        }
        self.0.written.add(target);
        self.mark();
        Ok(true)
    }

    /// Notes that something was written that is perhaps not on disk.
    pub(super) fn mark(&self) {
        self.0.published.fetch_add(1, Ordering::Release);
    }

    pub(super) fn is_unsettled(&self) -> bool {
        self.0.settled.load(Ordering::Acquire) < self.0.published.load(Ordering::Acquire)
    }

    /// Returns when all that was published before is on disk.
    pub(super) fn settle(&self) -> Result<()> {
        let goal = self.0.published.load(Ordering::Acquire);
        let _settling = self.0.settling.lock().unwrap_or_else(PoisonError::into_inner);
        if self.0.settled.load(Ordering::Acquire) >= goal {
            // Somebody else did it while this one waited.
            return Ok(());
        }
        let published = self.0.published.load(Ordering::Acquire);
        self.0.written.settle(&self.0.root)?;
        self.0.settled.store(published, Ordering::Release);
        Ok(())
    }

    /// Deletes the unfinished files that nobody has written to for `age`, and says how many there were.
    pub(super) fn delete_unfinished(&self, age: Duration) -> Result<u64> {
        let mut deleted = 0;
        let mut folders = vec![self.0.root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir().map_err(|error| failed(&folder, error))? {
                let entry = entry.map_err(|error| failed(&folder, error))?;
                let path = entry.path();
                let kind = entry.file_type().map_err(|error| failed(&path, error))?;
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() && entry.file_name().to_str().is_some_and(is_staged) {
                    let unused = entry.metadata().and_then(|metadata| metadata.modified()).map(|time| time.elapsed());
                    // A file that has gone, or comes from the future, is somebody's work.
                    if matches!(unused, Ok(Ok(unused)) if unused >= age) {
                        std::fs::remove_file(&path).map_err(|error| failed(&path, error))?;
                        deleted += 1;
                    }
                }
            }
        }
        Ok(deleted)
    }
}

/// A file being written under a temporary name; dropping it deletes it, unless it is one that is gone on with later.
///
/// The name is the target's with `#` and digits behind it, which `object_store` never lists.
pub(super) struct Staged {
    file: File,
    target: PathBuf,
    temporary: Option<PathBuf>,
    dropped: Dropped,
    /// Held while a file that is left is written to.
    _lock: Option<Lock>,
}

/// What becomes of a staged file that is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dropped {
    Deleted,
    /// It is left for a later run; see [`partial`](super::partial).
    Left,
}

impl Staged {
    pub(super) fn create(target: PathBuf) -> Result<Self> {
        loop {
            let mut temporary = target.clone().into_os_string();
            temporary.push(format!("#{}", NEXT.fetch_add(1, Ordering::Relaxed)));
            let temporary = PathBuf::from(temporary);
            match OpenOptions::new().write(true).create_new(true).open(&temporary) {
                Ok(file) => {
                    return Ok(Self {
                        file,
                        target,
                        temporary: Some(temporary),
                        dropped: Dropped::Deleted,
                        _lock: None,
                    });
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    let parent = target.parent().unwrap_or(Path::new("/"));
                    std::fs::create_dir_all(parent).map_err(|error| failed(parent, error))?;
                }
                Err(error) => return Err(failed(&target, error)),
            }
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|error| failed(&self.target, error))
    }

    /// Goes on with what an earlier run left of `target` at `temporary`; nothing where somebody else is at it.
    ///
    /// What is there is read first, with [`read`](Self::read), to its end.
    pub(super) fn resume(target: PathBuf, temporary: PathBuf) -> Result<Option<Self>> {
        let Some((file, lock)) = partial::take(&temporary)? else { return Ok(None) };
        Ok(Some(Self { file, target, temporary: Some(temporary), dropped: Dropped::Left, _lock: Some(lock) }))
    }

    /// Whether what was written stays for a later run.
    pub(super) fn is_left(&self) -> bool {
        self.dropped == Dropped::Left
    }

    /// The next bytes of what an earlier run left, at most `most`; none at the end, where writing goes on.
    pub(super) fn read(&mut self, most: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        (&mut self.file).take(most).read_to_end(&mut bytes).map_err(|error| failed(&self.target, error))?;
        Ok(bytes)
    }

    /// Forgets all that was written.
    pub(super) fn clear(&mut self) -> Result<()> {
        let cleared = self.file.set_len(0).and_then(|()| self.file.rewind());
        cleared.map_err(|error| failed(&self.target, error))
    }

    /// Deletes the file.
    pub(super) fn discard(mut self) {
        self.dropped = Dropped::Deleted;
    }

    /// Gives the file its name, in place of what had it.
    pub(super) fn publish(mut self) -> Result<PathBuf> {
        if let Some(temporary) = self.temporary.take()
            && let Err(error) = self.rename(&temporary)
        {
            self.temporary = Some(temporary);
            return Err(failed(&self.target, error));
        }
        Ok(std::mem::take(&mut self.target))
    }

    fn rename(&self, temporary: &Path) -> std::io::Result<()> {
        match std::fs::rename(temporary, &self.target) {
            // What is gone on with lies in a folder of its own.
            Err(error) if error.kind() == ErrorKind::NotFound && self.is_left() => {
                std::fs::create_dir_all(self.target.parent().unwrap_or(Path::new("/")))?;
                std::fs::rename(temporary, &self.target)
            }
            result => result,
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Some(temporary) = self.temporary.take()
            && self.dropped == Dropped::Deleted
        {
            // Nobody is left to tell; an unfinished file is ignored wherever it stays.
            let _ = std::fs::remove_file(temporary);
        }
    }
}

/// Whether `object_store` and this module take `name` for that of an unfinished file.
pub(super) fn is_staged(name: &str) -> bool {
    name.split_once('#').is_some_and(|(_, digits)| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

pub(super) fn read(path: &Path, limit: u64) -> Result<Bytes> {
    let (mut file, size) = open(path)?;
    if size > limit {
        return Err(too_large(size, limit));
    }
    let mut bytes = Vec::with_capacity(size as usize);
    (&mut file).take(limit).read_to_end(&mut bytes).map_err(|error| failed(path, error))?;
    Ok(bytes.into())
}

pub(super) fn read_ranges(path: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
    let (mut file, size) = open(path)?;
    let mut parts = Vec::with_capacity(ranges.len());
    for range in ranges {
        if range.end > size {
            return Err(beyond_end(range, size));
        }
        let mut bytes = vec![0; (range.end - range.start) as usize];
        read_at(&mut file, range.start, &mut bytes).map_err(|error| failed(path, error))?;
        parts.push(bytes.into());
    }
    Ok(parts)
}

pub(super) fn size(path: &Path) -> Result<Option<u64>> {
    match std::fs::metadata(path) {
        Ok(metadata) => Ok(metadata.is_file().then_some(metadata.len())),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(failed(path, error)),
    }
}

/// The names in a directory but for those of unfinished files, sorted; none where it does not exist.
pub(super) fn names(directory: &Path) -> Result<Vec<String>> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if is_missing(&error) => return Ok(Vec::new()),
        Err(error) => return Err(failed(directory, error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| failed(directory, error))?;
        // A name that is not UTF-8 is nobody's object.
        if let Ok(name) = entry.file_name().into_string()
            && !is_staged(&name)
        {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

pub(super) fn too_large(size: u64, limit: u64) -> Error {
    Error::new(Kind::Limit, "the object is larger than it may be")
        .mismatch(format!("at most {limit} bytes"), format!("{size} bytes"))
}

pub(super) fn beyond_end(range: &Range<u64>, size: u64) -> Error {
    Error::new(Kind::Malformed, "the object ends too early")
        .mismatch(format!("at least {} bytes", range.end), format!("{size} bytes"))
}

/// Numbers the unfinished files of this process; starts at random so that two processes do not meet, and not at 0, which
/// is the number of those that are gone on with.
static NEXT: LazyLock<AtomicU64> =
    LazyLock::new(|| AtomicU64::new((u64::from(getrandom::u32().unwrap_or(0)) << 24) + 1));

fn open(path: &Path) -> Result<(File, u64)> {
    let not_found = || Error::new(Kind::NotFound, "there is no such object");
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if is_missing(&error) => return Err(not_found()),
        Err(error) => return Err(failed(path, error)),
    };
    let metadata = file.metadata().map_err(|error| failed(path, error))?;
    if metadata.is_file() { Ok((file, metadata.len())) } else { Err(not_found()) }
}

/// Removes a folder and those below it, as far as they are empty. What is not is somebody's, and stays.
pub(super) fn remove_empty(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_empty(&entry.path());
        }
    }
    let _ = std::fs::remove_dir(folder);
}

/// Sets the time of a file to that of its file system; whether there was one.
pub(super) fn touch(path: &Path) -> Result<bool> {
    match open(path) {
        Ok((file, _)) => set_now(&file).map(|()| true).map_err(|error| failed(path, error)),
        Err(error) if error.kind() == Kind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn set_now(file: &File) -> std::io::Result<()> {
    use rustix::fs::{Timespec, Timestamps, UTIME_NOW, futimens};
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    Ok(futimens(file, &Timestamps { last_access: now, last_modification: now })?)
}

#[cfg(not(unix))]
fn set_now(file: &File) -> std::io::Result<()> {
    file.set_modified(std::time::SystemTime::now())
}

#[cfg(unix)]
fn read_at(file: &mut File, offset: u64, bytes: &mut [u8]) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(not(unix))]
fn read_at(file: &mut File, offset: u64, bytes: &mut [u8]) -> std::io::Result<()> {
    file.seek(std::io::SeekFrom::Start(offset))?;
    file.read_exact(bytes)
}

fn is_missing(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

pub(super) fn failed(path: &Path, error: std::io::Error) -> Error {
    super::failure::from_io(&path.display().to_string(), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_who_settles_waits_until_it_is_done() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let local = Local::new(directory.path()).expect("a directory");
        assert!(!local.is_unsettled());
        local.write("a/b", b"b").expect("written");
        assert!(local.is_unsettled());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    local.settle().expect("settled");
                    assert!(!local.is_unsettled());
                });
            }
        });
        local.mark();
        assert!(local.is_unsettled());
    }

    #[test]
    fn unfinished_files_are_told_by_their_names() {
        for name in ["a#1", "#1", "00000000000000000001#12345678901234567890"] {
            assert!(is_staged(name), "{name}");
        }
        for name in ["a", "a#", "a#b", "a#1b", "a#1#2", "1"] {
            assert!(!is_staged(name), "{name}");
        }
    }
}
