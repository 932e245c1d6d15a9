//! What a broken transfer leaves of a large file, for the next run to go on with.
//!
//! Such a file is `pool/partial/<name of the object>#0`: by its name unfinished like any other, but the same in every
//! run, and not deleted when its writer goes. Whoever writes to it holds a lock on it. Nothing in it is trusted: its bytes
//! are hashed again with those that follow.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::local::failed;
use crate::error::Result;
use crate::lock::Lock;

/// Where they are.
pub(super) const FOLDER: &str = "pool/partial";

/// How long nobody may have written to one, and it is still gone on with.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(7 * 24 * 3600);

/// The most bytes that all of them may have between two runs: 16 GiB.
pub(super) const MOST_BYTES: u64 = 16 << 30;

/// Where the unfinished file of the object `path` is.
pub(super) fn path_of(root: &Path, path: &str) -> PathBuf {
    let name = path.rsplit('/').next().unwrap_or(path);
    root.join(FOLDER).join(format!("{name}#0"))
}

/// Opens the unfinished file at `path`, which may be empty, for this process alone; nothing where another one is at it, or
/// where the system has no locks.
pub(super) fn take(path: &Path) -> Result<Option<(File, Lock)>> {
    let open = || OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file = match open() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let folder = path.parent().unwrap_or(Path::new("/"));
            std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
            open()
        }
        result => result,
    };
    let file = file.map_err(|error| failed(path, error))?;
    let Some(lock) = lock(&file, path)? else { return Ok(None) };
    let metadata = file.metadata().map_err(|error| failed(path, error))?;
    if is_old(metadata.modified().ok()) {
        file.set_len(0).map_err(|error| failed(path, error))?;
    }
    Ok(Some((file, lock)))
}

/// Deletes files that nobody has written to for too long, then the oldest of those that together are too large. Those
/// that are being written to are left alone.
pub(super) fn tidy(root: &Path) -> Result<()> {
    tidy_to(root, MOST_BYTES)
}

fn tidy_to(root: &Path, most: u64) -> Result<()> {
    let folder = root.join(FOLDER);
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(()),
        Err(error) => return Err(failed(&folder, error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| failed(&folder, error))?.path();
        // What goes away meanwhile needs no tidying.
        let Ok(metadata) = path.symlink_metadata() else { continue };
        let is_ours = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.ends_with("#0"));
        if metadata.is_file() && is_ours {
            files.push((metadata.modified().ok(), metadata.len(), path));
        }
    }
    // The newest are kept first; a file without a time is the oldest.
    files.sort_by_key(|(modified, _, _)| std::cmp::Reverse(*modified));
    let mut kept = 0_u64;
    for (modified, size, path) in files {
        kept = kept.saturating_add(size);
        if is_old(modified) || kept > most {
            kept -= size;
            remove(&path)?;
        }
    }
    // Fails where something is in it.
    let _ = std::fs::remove_dir(&folder);
    Ok(())
}

/// Deletes the file at `path`, unless somebody is writing to it.
fn remove(path: &Path) -> Result<()> {
    let file = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(path, error)),
    };
    if let Some(_lock) = lock(&file, path)? {
        std::fs::remove_file(path).map_err(|error| failed(path, error))?;
    }
    Ok(())
}

/// A time in the future, as a clock that was put back makes it, is no reason to keep a file for good.
fn is_old(modified: Option<SystemTime>) -> bool {
    modified.and_then(|time| time.elapsed().ok()).is_none_or(|age| age > KEPT_FOR)
}

/// The lock on `file`, where nobody else has it and `file` still is what `path` names: whoever had the lock before may have
/// finished the file and given it its name.
#[cfg(unix)]
fn lock(file: &File, path: &Path) -> Result<Option<Lock>> {
    use std::os::unix::fs::MetadataExt;
    // A file system without locks has none to go on with.
    let Ok(Some(lock)) = Lock::take(file) else { return Ok(None) };
    let own = file.metadata().map_err(|error| failed(path, error))?;
    match path.symlink_metadata() {
        Ok(named) => Ok(((own.dev(), own.ino()) == (named.dev(), named.ino())).then_some(lock)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, error)),
    }
}

#[cfg(not(unix))]
fn lock(_file: &File, _path: &Path) -> Result<Option<Lock>> {
    Ok(None)
}

#[cfg(all(test, unix))]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write as _;

    fn make(root: &Path, name: &str, size: usize, age: Duration) -> PathBuf {
        let path = path_of(root, name);
        let (mut file, _lock) = take(&path).unwrap().unwrap();
        file.write_all(&vec![1; size]).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
        path
    }

    #[test]
    fn one_writer_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        let path = path_of(root.path(), "pool/aa/x.deb");
        assert_eq!(path, root.path().join("pool/partial/x.deb#0"));
        let mut first = take(&path).unwrap().unwrap();
        assert!(take(&path).unwrap().is_none());
        first.0.write_all(b"some").unwrap();
        drop(first);
        assert_eq!(take(&path).unwrap().unwrap().0.metadata().unwrap().len(), 4);
        // Opened before it was finished, locked after: what is published is never written to.
        let waiting = OpenOptions::new().read(true).write(true).open(&path).unwrap();
        fs::rename(&path, root.path().join("published")).unwrap();
        assert!(lock(&waiting, &path).unwrap().is_none());
    }

    #[test]
    fn what_is_old_is_begun_anew() {
        let root = tempfile::tempdir().unwrap();
        let day = Duration::from_secs(24 * 3600);
        let fresh = make(root.path(), "fresh", 10, day * 6);
        let old = make(root.path(), "old", 10, day * 8);
        assert_eq!(take(&fresh).unwrap().unwrap().0.metadata().unwrap().len(), 10);
        assert_eq!(take(&old).unwrap().unwrap().0.metadata().unwrap().len(), 0);
    }

    #[test]
    fn the_oldest_go_and_whoever_writes_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let hour = Duration::from_secs(3600);
        let paths: Vec<PathBuf> = (0..4).map(|n| make(root.path(), &format!("f{n}"), 10, hour * (n + 1))).collect();
        let stale = make(root.path(), "stale", 1, KEPT_FOR + hour);
        let held = make(root.path(), "held", 100, KEPT_FOR - hour);
        let _held = take(&held).unwrap().unwrap();
        let other = root.path().join(FOLDER).join("not-ours");
        fs::write(&other, "x").unwrap();
        tidy_to(root.path(), 25).unwrap();
        let there: Vec<bool> =
            [&paths[..], &[stale, held.clone(), other.clone()]].concat().iter().map(|p| p.exists()).collect();
        assert_eq!(there, [true, true, false, false, false, true, true]);
        drop(_held);
        fs::remove_file(other).unwrap();
        tidy_to(root.path(), 0).unwrap();
        assert!(!root.path().join(FOLDER).exists(), "an empty folder goes too");
        tidy(root.path()).unwrap();
    }
}
