//! Trees that were made, kept in a directory of this machine, so that each is made once and not once a process.
//!
//! | path | what |
//! |---|---|
//! | `files/<sha256>` | an index in one of its compressions, shared by all trees that have it |
//! | `trees/<key>` | a tree: its suites, what is signed of them, which files they have; behind it its own SHA-256 |
//! | `packages/<key>-<n>` | the files of the packages of the suite `n` |
//! | `new/` | what is being written |
//!
//! The key is the digest of all that a tree is made from: the snapshot, how its indexes are compressed, and this program's
//! version. Nothing here is needed: whatever is missing, damaged or of another version is made again. Since what is signed is
//! told by these files, a directory that others may write to is refused. What was used least lately goes when there are more
//! bytes than allowed.

mod record;

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use record::Record;
pub use record::{KeptSuite, MadeSuite};
use reposnap::Digest;
use reposnap::digest::Hasher;
use reposnap::error::{Error, Kind, Result};
use reposnap::publish::PackageFiles;

use crate::limits::{OPEN_INDEXES, PIECE};

/// Raised when the same input comes to make other bytes.
const VERSION: u32 = 1;

/// A directory of trees. Several processes may share one.
#[derive(Debug)]
pub struct Shelf {
    root: PathBuf,
    limit: u64,
    state: Mutex<State>,
    /// Indexes that are open, each of which was verified when it was opened.
    open: Mutex<HashMap<Digest, Arc<File>>>,
    next: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    trees: HashMap<Digest, Kept>,
    /// The sizes of the files of indexes.
    files: HashMap<Digest, u64>,
    bytes: u64,
}

#[derive(Debug)]
struct Kept {
    files: Vec<Digest>,
    used: SystemTime,
    bytes: u64,
    suites: usize,
}

impl Shelf {
    /// Opens the directory `root` for at most `limit` bytes; it is made where it is missing.
    ///
    /// # Errors
    /// [`Kind::Usage`] where others may write to it, [`Kind::Io`] where it can't be had.
    pub fn open(root: &Path, limit: u64) -> Result<Self> {
        let failed = |error| Error::io(root.display(), error);
        make_private(root).map_err(failed)?;
        check_private(root)?;
        for folder in ["files", "trees", "packages", "new"] {
            make_private(&root.join(folder)).map_err(failed)?;
        }
        let shelf = Self {
            root: root.to_owned(),
            limit,
            state: Mutex::default(),
            open: Mutex::default(),
            next: AtomicU64::new(0),
        };
        shelf.look().map_err(failed)?;
        Ok(shelf)
    }

    /// The key of the tree of a snapshot that is made with `how`.
    pub fn key(snapshot: Digest, how: &str) -> Digest {
        Digest::of(format!("{VERSION} {}\n{how}\n{snapshot}\n", env!("CARGO_PKG_VERSION")).as_bytes())
    }

    /// Whether a tree is here.
    pub fn has(&self, key: Digest) -> bool {
        self.lock().trees.contains_key(&key)
    }

    /// How many bytes all trees have.
    pub fn bytes(&self) -> u64 {
        self.lock().bytes
    }

    /// Whether there is room for another tree about as large as those that are here.
    pub fn has_room(&self) -> bool {
        let state = self.lock();
        let trees = state.trees.len() as u64;
        state.bytes + state.bytes.checked_div(trees).unwrap_or(0) < self.limit
    }

    /// The suites of a tree; none where it is not here, or not whole.
    pub fn suites(&self, key: Digest) -> Option<Vec<KeptSuite>> {
        let suites = Record::read(&self.record_path(key))?.into_suites()?;
        let size = |digest: &Digest| fs::metadata(self.file_path(*digest)).ok().map(|data| data.len());
        let is_whole =
            suites.iter().flat_map(|suite| suite.outline.files()).all(|file| size(&file.sha256) == Some(file.size));
        if !is_whole {
            self.forget(key);
            return None;
        }
        self.used(key);
        Some(suites)
    }

    /// The files of the packages of the suite `number` of a tree.
    ///
    /// # Errors
    /// [`Kind::Malformed`] where they are damaged, [`Kind::Io`] where they can't be read.
    pub fn packages(&self, key: Digest, number: usize) -> Result<PackageFiles> {
        let path = self.packages_path(key, number);
        let read = fs::read(&path).map_err(|error| Error::io(path.display(), error));
        let read = read.and_then(|bytes| PackageFiles::from_bytes(&bytes));
        read.map_err(|error| {
            // The rest of it is no use without; it is made again.
            self.forget(key);
            error.path(path.display().to_string())
        })
    }

    /// The index with the digest `sha256`, of `size` bytes, open. The first time in a process, all of it is verified. Several read
    /// it at once, so each says from where.
    ///
    /// # Errors
    /// [`Kind::Verification`] where it is another one, which is removed; [`Kind::Io`] where it can't be read.
    pub fn index(&self, sha256: Digest, size: u64) -> Result<Arc<File>> {
        if let Some(file) = self.opened().get(&sha256) {
            return Ok(file.clone());
        }
        let path = self.file_path(sha256);
        let failed = |error| Error::io(path.display(), error);
        let file = File::open(&path).map_err(failed)?;
        if file.metadata().map_err(failed)?.len() != size || digest_of(&file).map_err(failed)? != sha256 {
            let _ = fs::remove_file(&path);
            return Err(Error::new(Kind::Verification, "an index that was kept is damaged, and will be made again")
                .path(path.display().to_string())
                .rule("stored-digest"));
        }
        let file = Arc::new(file);
        let mut open = self.opened();
        if open.len() >= OPEN_INDEXES {
            open.clear();
        }
        open.insert(sha256, file.clone());
        Ok(file)
    }

    /// The bytes of the index with the digest `sha256`.
    ///
    /// # Errors
    /// Those of [`index`](Self::index).
    pub fn read(&self, sha256: Digest) -> Result<Bytes> {
        let path = self.file_path(sha256);
        let failed = |error| Error::io(path.display(), error);
        let size = fs::metadata(&path).map_err(failed)?.len();
        let file = self.index(sha256, size)?;
        crate::http::read_whole(&file, size).map_err(failed)
    }

    /// The index, where it is open already.
    pub fn opened_index(&self, sha256: Digest) -> Option<Arc<File>> {
        self.opened().get(&sha256).cloned()
    }

    /// Keeps a tree: its files first, its record last.
    ///
    /// # Errors
    /// [`Kind::Io`].
    pub fn put(&self, key: Digest, suites: &[MadeSuite]) -> Result<()> {
        let failed = |error| Error::io(self.root.display(), error);
        let mut files = HashSet::new();
        let mut bytes = 0;
        for (number, suite) in suites.iter().enumerate() {
            for (sha256, content) in &suite.rendered.contents {
                let path = self.file_path(*sha256);
                if fs::metadata(&path).map_or(true, |data| data.len() != content.len() as u64) {
                    self.write(&path, content).map_err(failed)?;
                }
                files.insert(*sha256);
            }
            let packages = suite.rendered.packages.to_bytes();
            self.write(&self.packages_path(key, number), &packages).map_err(failed)?;
            bytes += packages.len() as u64;
        }
        let record = Record::of(suites).to_bytes()?;
        bytes += record.len() as u64;
        self.write(&self.record_path(key), &record).map_err(failed)?;
        self.add(
            key,
            Kept { files: files.into_iter().collect(), used: SystemTime::now(), bytes, suites: suites.len() },
        );
        self.shrink(key);
        Ok(())
    }

    /// Finds what is here.
    fn look(&self) -> io::Result<()> {
        for name in names(&self.root.join("new"))? {
            // Of a process that was killed; one that is at work finds its file gone, and makes it anew.
            let path = self.root.join("new").join(name);
            let age = fs::metadata(&path).and_then(|data| data.modified()).ok().and_then(|at| at.elapsed().ok());
            if age.is_some_and(|age| age.as_secs() > 3600) {
                let _ = fs::remove_file(path);
            }
        }
        for name in names(&self.root.join("trees"))? {
            let path = self.root.join("trees").join(&name);
            let key = name.parse::<Digest>().ok();
            let read = key.and_then(|key| Some((key, Record::read(&path)?)));
            let Some((key, record)) = read else {
                let _ = fs::remove_file(path);
                continue;
            };
            let data = fs::metadata(&path)?;
            let mut bytes = data.len();
            for number in 0..record.len() {
                bytes += fs::metadata(self.packages_path(key, number)).map_or(0, |data| data.len());
            }
            let files = record.files().map(|file| file.sha256).collect();
            self.add(key, Kept { files, used: data.modified()?, bytes, suites: record.len() });
        }
        let known: HashSet<String> = self.lock().files.keys().map(Digest::to_string).collect();
        for name in names(&self.root.join("files"))? {
            let path = self.root.join("files").join(&name);
            let age = fs::metadata(&path).and_then(|data| data.modified()).ok().and_then(|at| at.elapsed().ok());
            // One that is young may be of a tree that another process is about to write down.
            if !known.contains(&name) && age.is_some_and(|age| age.as_secs() > 3600) {
                let _ = fs::remove_file(path);
            }
        }
        Ok(())
    }

    fn add(&self, key: Digest, kept: Kept) {
        let mut state = self.lock();
        for file in &kept.files {
            if !state.files.contains_key(file) {
                let size = fs::metadata(self.file_path(*file)).map_or(0, |data| data.len());
                state.files.insert(*file, size);
                state.bytes += size;
            }
        }
        state.bytes += kept.bytes;
        if let Some(before) = state.trees.insert(key, kept) {
            state.bytes -= before.bytes;
        }
    }

    /// Removes what was used least lately until the rest is within the limit; `kept` stays.
    fn shrink(&self, kept: Digest) {
        loop {
            let oldest = {
                let state = self.lock();
                if state.bytes <= self.limit {
                    return;
                }
                let others = state.trees.iter().filter(|(key, _)| **key != kept);
                others.min_by_key(|(_, tree)| tree.used).map(|(key, _)| *key)
            };
            match oldest {
                Some(key) => self.forget(key),
                None => return,
            }
        }
    }

    /// Removes a tree, and the files that no other one has.
    fn forget(&self, key: Digest) {
        let mut state = self.lock();
        let _ = fs::remove_file(self.record_path(key));
        let Some(gone) = state.trees.remove(&key) else { return };
        (0..gone.suites).for_each(|number| drop(fs::remove_file(self.packages_path(key, number))));
        state.bytes -= gone.bytes;
        let used: HashSet<Digest> = state.trees.values().flat_map(|tree| tree.files.iter().copied()).collect();
        for file in gone.files.iter().filter(|file| !used.contains(file)) {
            let _ = fs::remove_file(self.file_path(*file));
            state.bytes -= state.files.remove(file).unwrap_or(0);
            self.opened().remove(file);
        }
    }

    /// Notes that a tree was asked for, for this process and those after it.
    fn used(&self, key: Digest) {
        let now = SystemTime::now();
        if let Some(tree) = self.lock().trees.get_mut(&key) {
            tree.used = now;
        }
        if let Ok(file) = File::open(self.record_path(key)) {
            let _ = file.set_modified(now);
        }
    }

    /// Writes a file that others see whole or not at all. It need not outlast a power cut: it is verified when it is read.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let new = self.root.join("new").join(format!("{}-{number}", std::process::id()));
        let written =
            File::create(&new).and_then(|mut file| file.write_all(bytes)).and_then(|()| fs::rename(&new, path));
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, HashMap<Digest, Arc<File>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file_path(&self, sha256: Digest) -> PathBuf {
        self.root.join("files").join(sha256.to_string())
    }

    fn record_path(&self, key: Digest) -> PathBuf {
        self.root.join("trees").join(key.to_string())
    }

    fn packages_path(&self, key: Digest, number: usize) -> PathBuf {
        self.root.join("packages").join(format!("{key}-{number}"))
    }
}

fn digest_of(mut file: &File) -> io::Result<Digest> {
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; PIECE as usize];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finish()),
            count => hasher.update(&buffer[..count]),
        }
    }
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// Makes a folder that this user alone can look into.
fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Refuses a directory that others could write to.
fn check_private(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path).map_err(|error| Error::io(path.display(), error))?.permissions().mode();
        if mode & 0o022 != 0 {
            return Err(Error::new(Kind::Usage, "others may write to the directory of trees")
                .path(path.display().to_string())
                .mismatch("no write permission for group and others", format!("mode {:o}", mode & 0o7777))
                .help("what is signed is read from there: `chmod go-w` it, or name another with --trees"));
        }
    }
    let _ = path;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reposnap::publish::{Pieces, Rendered};

    /// A suite with one index of `content`.
    fn suite(content: &'static [u8]) -> MadeSuite {
        let digest = Digest::of(content);
        let form = serde_json::json!({ "extension": ".gz", "size": content.len(), "sha256": digest });
        let outline = serde_json::from_value(serde_json::json!({
            "components": ["main"], "architectures": ["amd64"],
            "indexes": [{
                "path": "main/binary-amd64/Packages", "source": digest, "size": 9, "sha256": Digest::of(b"plain"),
                "packages": 1, "forms": [form],
            }],
        }));
        let contents = HashMap::from([(digest, Bytes::from_static(content))]);
        MadeSuite::own(Rendered {
            outline: outline.unwrap(),
            contents,
            packages: PackageFiles::default(),
            pieces: Pieces::default(),
        })
    }

    fn key(name: &str) -> Digest {
        Shelf::key(Digest::of(name.as_bytes()), "gz")
    }

    #[test]
    fn what_is_kept_comes_back_in_another_process() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(folder.path(), 1 << 20).unwrap();
        shelf.put(key("a"), &[suite(b"one")]).unwrap();
        for shelf in [&shelf, &Shelf::open(folder.path(), 1 << 20).unwrap()] {
            let suites = shelf.suites(key("a")).unwrap();
            let file = suites[0].outline.files().next().unwrap();
            assert_eq!((file.path.as_str(), file.size), ("main/binary-amd64/Packages.gz", 3));
            let open = shelf.index(file.sha256, file.size).unwrap();
            assert_eq!(crate::http::read_whole(&open, file.size).unwrap(), "one");
            assert_eq!(shelf.packages(key("a"), 0).unwrap(), PackageFiles::default());
            assert!(shelf.suites(key("b")).is_none());
        }
    }

    #[test]
    fn what_was_used_least_lately_goes_but_not_what_others_share() {
        let folder = tempfile::tempdir().unwrap();
        let one = {
            let shelf = Shelf::open(&folder.path().join("measure"), 1 << 20).unwrap();
            shelf.put(key("a"), &[suite(b"one")]).unwrap();
            shelf.bytes()
        };
        let root = folder.path().join("shelf");
        let shelf = Shelf::open(&root, 2 * one + one / 2).unwrap();
        shelf.put(key("a"), &[suite(b"one")]).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
        shelf.put(key("b"), &[suite(b"one")]).unwrap();
        assert!(shelf.bytes() < 2 * one);
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(shelf.suites(key("a")).is_some());
        std::thread::sleep(std::time::Duration::from_millis(20));
        shelf.put(key("c"), &[suite(b"two")]).unwrap();
        assert!(
            shelf.suites(key("b")).is_none() && shelf.suites(key("a")).is_some() && shelf.suites(key("c")).is_some()
        );
        let before = shelf.bytes();
        assert_eq!(Shelf::open(&root, 1 << 20).unwrap().bytes(), before);
        // One that is larger than all that is allowed stays alone.
        let small = Shelf::open(&root, 1).unwrap();
        small.put(key("d"), &[suite(b"four")]).unwrap();
        assert_eq!(names(&root.join("trees")).unwrap(), [key("d").to_string()]);
        assert_eq!(names(&root.join("files")).unwrap(), [Digest::of(b"four").to_string()]);
        assert!(!small.has_room());
    }

    #[test]
    fn a_damaged_index_is_never_given() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(folder.path(), 1 << 20).unwrap();
        shelf.put(key("a"), &[suite(b"one")]).unwrap();
        let digest = Digest::of(b"one");
        std::fs::write(shelf.file_path(digest), b"oNe").unwrap();
        assert_eq!(shelf.index(digest, 3).unwrap_err().kind(), Kind::Verification);
        assert!(shelf.suites(key("a")).is_none());
    }
}
