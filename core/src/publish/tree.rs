//! The directory that is published into: one writer at a time, whole files only, durable in steps.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::digest::{Digest, Hasher};
use crate::error::{Error, Kind, Result};
use crate::lock::Lock;

/// Where the publisher keeps what no client reads.
pub(crate) const PRIVATE: &str = ".reposnap";

/// The longest path below the root, in bytes.
const LONGEST_PATH: usize = 1024;

/// How often a lock that another holds is tried again.
const RETRY: Duration = Duration::from_millis(50);

/// A directory that this process alone publishes into, as long as the value lives; or one that it only looks at.
#[derive(Debug)]
pub(crate) struct Tree {
    root: PathBuf,
    directories: Mutex<HashSet<PathBuf>>,
    numbers: AtomicU64,
    /// None for looking alone.
    _lock: Option<Lock>,
}

/// How a file came into the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placed {
    Linked,
    Copied,
    Kept,
}

/// A finished file that has no place yet. Dropped without one, it is deleted.
#[derive(Debug)]
pub(crate) struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// Moves the file to `to` and nowhere else, durably.
    pub(crate) fn keep(self, to: &Path) -> Result<()> {
        fs::rename(&self.path, to).map_err(|error| Error::io(to.display(), error))?;
        let parent = to.parent().unwrap_or(to);
        sync_directory(parent).map_err(|error| Error::io(parent.display(), error))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl Tree {
    /// Takes the directory `root`, which is made where it is missing, and removes what an interrupted publisher left.
    ///
    /// # Errors
    /// [`Kind::Conflict`] where another publisher does not finish within `wait`.
    pub(crate) fn take(root: &Path, wait: Duration) -> Result<Self> {
        let private = root.join(PRIVATE);
        fs::create_dir_all(&private).map_err(|error| Error::io(private.display(), error))?;
        let lock = lock(&private.join("lock"), wait)?;
        let tree = Self {
            root: root.to_owned(),
            directories: Mutex::default(),
            numbers: AtomicU64::new(0),
            _lock: Some(lock),
        };
        let temporary = private.join("tmp");
        match fs::remove_dir_all(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Error::io(temporary.display(), error)),
            _ => {}
        }
        fs::create_dir(&temporary).map_err(|error| Error::io(temporary.display(), error))?;
        Ok(tree)
    }

    /// The directory `root` for looking alone, where something was published into it before: nothing is made there, and
    /// nobody is waited for. What is there is whole at any moment, for it is put in place in that order.
    pub(crate) fn look(root: &Path) -> Option<Self> {
        root.join(PRIVATE).is_dir().then(|| Self {
            root: root.to_owned(),
            directories: Mutex::default(),
            numbers: AtomicU64::new(0),
            _lock: None,
        })
    }

    /// The file at `relative`, a path that the caller knows to be safe.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The private file `name`.
    pub(crate) fn private(&self, name: &str) -> PathBuf {
        self.root.join(PRIVATE).join(name)
    }

    /// The private directory `name`, made where it is missing.
    pub(crate) fn private_directory(&self, name: &str) -> Result<PathBuf> {
        let path = self.private(name);
        fs::create_dir_all(&path).map_err(|error| Error::io(path.display(), error))?;
        Ok(path)
    }

    /// A new temporary file.
    pub(crate) fn temporary(&self) -> Result<(File, Temporary)> {
        let path = self.unused();
        let file = File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(|error| Error::io(path.display(), error))?;
        Ok((file, Temporary { path }))
    }

    /// A temporary file with `bytes` in it.
    pub(crate) fn temporary_with(&self, bytes: &[u8]) -> Result<Temporary> {
        let (mut file, temporary) = self.temporary()?;
        file.write_all(bytes).map_err(|error| Error::io(temporary.path.display(), error))?;
        Ok(temporary)
    }

    /// Moves a finished file to `relative`, over what is there.
    pub(crate) fn place(&self, temporary: Temporary, relative: &str) -> Result<()> {
        let to = self.place_for(relative)?;
        fs::rename(&temporary.path, &to).map_err(|error| Error::io(to.display(), error))
    }

    /// Gives the file at `from` the second name `to`, over what is there.
    pub(crate) fn place_again(&self, from: &str, to: &str) -> Result<()> {
        let temporary = Temporary { path: self.unused() };
        let source = self.path(from);
        if fs::hard_link(&source, &temporary.path).is_err() {
            fs::copy(&source, &temporary.path).map_err(|error| Error::io(source.display(), error))?;
        }
        self.place(temporary, to)
    }

    /// Brings the file `from` of a store, whose digest is `digest`, to `relative`.
    ///
    /// The names of the pool tell the content, so a file that is there already is left ([`Placed::Kept`]). A copy is
    /// checked against its digest; a link is the very file that the store checked.
    pub(crate) fn bring(&self, from: &Path, digest: Digest, relative: &str) -> Result<Placed> {
        let to = self.place_for(relative)?;
        match fs::hard_link(from, &to) {
            Ok(()) => return Ok(Placed::Linked),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(Placed::Kept),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::io(from.display(), error)),
            // Another file system, too many links, or one without links at all.
            Err(_) => {}
        }
        let temporary = self.copy(from, digest)?;
        fs::rename(&temporary.path, &to).map_err(|error| Error::io(to.display(), error))?;
        Ok(Placed::Copied)
    }

    /// Brings the file `from` to `relative` as [`Tree::bring`] does, over a file with another content.
    pub(crate) fn bring_over(&self, from: &Path, digest: Digest, relative: &str) -> Result<Placed> {
        let to = self.place_for(relative)?;
        if let Ok(there) = fs::symlink_metadata(&to) {
            let source = fs::metadata(from).map_err(|error| Error::io(from.display(), error))?;
            if same_file(&there, &source) {
                return Ok(Placed::Kept);
            }
            if there.is_file() && there.len() == source.len() && digest_of(&to)? == digest {
                return Ok(Placed::Kept);
            }
        }
        let temporary = Temporary { path: self.unused() };
        let (temporary, placed) = match fs::hard_link(from, &temporary.path) {
            Ok(()) => (temporary, Placed::Linked),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::io(from.display(), error)),
            Err(_) => (self.copy(from, digest)?, Placed::Copied),
        };
        fs::rename(&temporary.path, &to).map_err(|error| Error::io(to.display(), error))?;
        Ok(placed)
    }

    /// Whether there is a file at `relative`, of `size` bytes where that is said.
    pub(crate) fn has(&self, relative: &str, size: Option<u64>) -> bool {
        fs::symlink_metadata(self.path(relative))
            .is_ok_and(|found| found.is_file() && size.is_none_or(|size| found.len() == size))
    }

    /// The names in the directory `relative`; none where there is no directory.
    pub(crate) fn names(&self, relative: &str) -> Result<Vec<String>> {
        let path = self.path(relative);
        let listing = match fs::read_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            listing => listing.map_err(|error| Error::io(path.display(), error))?,
        };
        let mut names = Vec::new();
        for found in listing {
            let found = found.map_err(|error| Error::io(path.display(), error))?;
            names.extend(found.file_name().into_string());
        }
        Ok(names)
    }

    /// The file at `relative`, or nothing where there is none.
    pub(crate) fn read(&self, relative: &str) -> Result<Option<Vec<u8>>> {
        let path = self.path(relative);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(path.display(), error)),
        }
    }

    /// Deletes the file at `relative`, where there is one.
    pub(crate) fn remove(&self, relative: &str) -> Result<()> {
        let path = self.path(relative);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io(path.display(), error)),
            _ => Ok(()),
        }
    }

    /// Returns when all that was written is on disk, names and content.
    pub(crate) fn barrier(&self) -> Result<()> {
        synchronise(&self.root).map_err(|error| Error::io(self.root.display(), error))
    }

    /// The full path of `relative`, its directory made. Directories that are symbolic links are refused.
    fn place_for(&self, relative: &str) -> Result<PathBuf> {
        let relative = checked_path(relative)?;
        let to = self.root.join(relative);
        let mut directories = self.directories.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Some(parent) = to.parent().filter(|parent| !directories.contains(*parent)) else { return Ok(to) };
        let mut at = self.root.clone();
        for part in Path::new(relative).parent().into_iter().flat_map(Path::components) {
            at.push(part);
            match fs::symlink_metadata(&at) {
                Ok(found) if found.is_dir() => {}
                Ok(_) => {
                    return Err(Error::new(Kind::Io, "this has to be a directory, not a link or a file")
                        .path(at.display().to_string())
                        .rule("path-safe"));
                }
                Err(_) => fs::create_dir(&at).map_err(|error| Error::io(at.display(), error))?,
            }
        }
        directories.insert(parent.to_owned());
        Ok(to)
    }

    fn copy(&self, from: &Path, digest: Digest) -> Result<Temporary> {
        let mut source = File::open(from).map_err(|error| Error::io(from.display(), error))?;
        let (mut file, temporary) = self.temporary()?;
        let mut hasher = Hasher::new();
        let mut buffer = vec![0; 256 << 10];
        loop {
            let length = source.read(&mut buffer).map_err(|error| Error::io(from.display(), error))?;
            if length == 0 {
                break;
            }
            hasher.update(&buffer[..length]);
            file.write_all(&buffer[..length]).map_err(|error| Error::io(temporary.path.display(), error))?;
        }
        let found = hasher.finish();
        if found != digest {
            return Err(Error::new(Kind::Verification, "a package in the store was altered")
                .rule("stored-digest")
                .path(from.display().to_string())
                .mismatch(digest.to_string(), found.to_string())
                .help("delete it and update the mirror"));
        }
        Ok(temporary)
    }

    fn unused(&self) -> PathBuf {
        self.private("tmp").join(self.numbers.fetch_add(1, Ordering::Relaxed).to_string())
    }
}

/// A path from outside that stays below where it is joined to, and out of [`PRIVATE`].
///
/// # Errors
/// [`Kind::Malformed`] for absolute paths, `..` and the like.
pub(crate) fn checked_path(path: &str) -> Result<&str> {
    let safe = |part: &str| {
        !part.is_empty() && part != "." && part != ".." && !part.bytes().any(|byte| byte < b' ' || byte == 127)
    };
    if path.len() > LONGEST_PATH || !path.split('/').all(safe) || path.split('/').next() == Some(PRIVATE) {
        let shown: String = path.chars().take(200).collect();
        return Err(Error::new(Kind::Malformed, format!("{shown:?} is no path below a repository")).rule("path-safe"));
    }
    Ok(path)
}

/// The digest of a file's content.
pub(crate) fn digest_of(path: &Path) -> Result<Digest> {
    let failed = |error| Error::io(path.display(), error);
    let mut file = File::open(path).map_err(failed)?;
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => return Ok(hasher.finish()),
            length => hasher.update(&buffer[..length]),
        }
    }
}

fn lock(path: &Path, wait: Duration) -> Result<Lock> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(|error| Error::io(path.display(), error))?;
    let deadline = Instant::now() + wait;
    loop {
        match Lock::take(&file).map_err(|error| Error::io(path.display(), error))? {
            Some(lock) => return Ok(lock),
            None if Instant::now() >= deadline => {
                return Err(Error::new(Kind::Conflict, "somebody else is publishing into this directory")
                    .path(path.display().to_string())
                    .help("try again when that is done"));
            }
            None => std::thread::sleep(RETRY),
        }
    }
}

#[cfg(unix)]
fn same_file(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn same_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

/// One call for the whole file system, which a publication of thousands of links needs.
#[cfg(target_os = "linux")]
fn synchronise(root: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(root)?)?)
}

/// File by file where there is no such call. The pool's files are left to the system: they are links to durable ones.
#[cfg(not(target_os = "linux"))]
fn synchronise(root: &Path) -> io::Result<()> {
    for found in fs::read_dir(root)? {
        let path = found?.path();
        let kind = fs::symlink_metadata(&path)?;
        if kind.is_dir() {
            synchronise(&path)?;
        } else if kind.is_file() {
            File::open(&path)?.sync_all()?;
        }
    }
    #[cfg(unix)]
    File::open(root)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(root: &Path) -> Tree {
        Tree::take(root, Duration::ZERO).unwrap()
    }

    #[test]
    fn one_publisher_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        let tree = take(root.path());
        assert_eq!(Tree::take(root.path(), Duration::from_millis(1)).unwrap_err().kind(), Kind::Conflict);
        let (_, left) = tree.temporary().unwrap();
        std::mem::forget(left);
        drop(tree);
        let tree = take(root.path());
        assert_eq!(tree.names(".reposnap/tmp").unwrap(), Vec::<String>::new());
    }

    #[test]
    fn files_are_brought_whole_and_only_below_the_root() {
        let root = tempfile::tempdir().unwrap();
        let tree = take(root.path());
        let from = root.path().join("from");
        fs::write(&from, "hello").unwrap();
        let digest = Digest::of(b"hello");
        assert_eq!(tree.bring(&from, digest, "pool/a/b.deb").unwrap(), Placed::Linked);
        assert_eq!(tree.bring(&from, digest, "pool/a/b.deb").unwrap(), Placed::Kept);
        assert_eq!(tree.bring_over(&from, digest, "pool/a/b.deb").unwrap(), Placed::Kept);
        fs::remove_file(tree.path("pool/a/b.deb")).unwrap();
        fs::write(tree.path("pool/a/b.deb"), "other").unwrap();
        assert_eq!(tree.bring_over(&from, digest, "pool/a/b.deb").unwrap(), Placed::Linked);
        assert_eq!(tree.read("pool/a/b.deb").unwrap().unwrap(), b"hello");
        assert_eq!(tree.copy(&from, Digest::of(b"x")).unwrap_err().kind(), Kind::Verification);
        for bad in ["../x", "/x", "a/../x", "a//x", "", ".reposnap/lock", "a/./x", "a\n"] {
            assert_eq!(tree.bring(&from, digest, bad).unwrap_err().broken_rule(), Some("path-safe"), "{bad:?}");
        }
        #[cfg(unix)]
        {
            let outside = tempfile::tempdir().unwrap();
            std::os::unix::fs::symlink(outside.path(), root.path().join("link")).unwrap();
            assert_eq!(tree.bring(&from, digest, "link/x").unwrap_err().broken_rule(), Some("path-safe"));
            assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
        }
    }
}
