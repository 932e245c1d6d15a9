//! The files of a cache: written whole or not at all, read where they are whole, deleted where there is no room.

use std::fs::{self, DirBuilder, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::super::local::{self, Staged, is_staged};
use super::entry::{Entry, Name};
use crate::error::{Error, Result};

/// The folder of all stores in that of the cache.
pub(super) const FOLDER: &str = "stores";
/// The largest object that is kept whole, in bytes.
pub(super) const LARGEST_KEPT: u64 = 64 << 20;
/// More than a file has besides the bytes of its object.
const LARGEST_HEAD: u64 = 16 << 10;
/// What a file takes on disk is a multiple of this, in bytes.
const SECTOR: u64 = 4096;
/// A file that was read is young again, unless it was so short a time ago.
const YOUNG: Duration = Duration::from_secs(60);
/// Unfinished files that are older were left by processes that were killed.
const ABANDONED: Duration = Duration::from_secs(3600);
/// Its time tells when somebody last made room.
const TIDIED: &str = "tidied";
/// The part of the room that is written between two times of making room, and that is free after one.
const PART: u64 = 16;

/// What is kept of one store.
#[derive(Debug)]
pub(in super::super) struct Disk {
    /// The folder of all stores.
    all: PathBuf,
    folder: PathBuf,
    bytes: u64,
    /// Bytes written since room was made.
    written: AtomicU64,
    has_written: AtomicBool,
    /// Nothing can be written: the disk is full, or not ours.
    is_useless: AtomicBool,
}

impl Disk {
    pub(super) fn new(all: &Path, store: &str, bytes: u64) -> Self {
        Self {
            folder: all.join(store),
            all: all.to_owned(),
            bytes,
            written: AtomicU64::new(0),
            has_written: AtomicBool::new(false),
            is_useless: AtomicBool::new(false),
        }
    }

    /// What is kept under a name. A file that is damaged is deleted.
    pub(super) fn read(&self, name: Name<'_>) -> Option<Entry> {
        let path = self.folder.join(name.file());
        let mut file = File::open(&path).ok()?;
        let metadata = file.metadata().ok()?;
        let mut bytes = Vec::new();
        let is_read = metadata.len() <= LARGEST_KEPT + LARGEST_HEAD && file.read_to_end(&mut bytes).is_ok();
        let Some(entry) = is_read.then(|| Entry::decode(name, bytes.into())).flatten() else {
            // Whoever deleted it first has done the same.
            let _ = fs::remove_file(&path);
            return None;
        };
        if metadata.modified().ok().and_then(|time| time.elapsed().ok()).is_none_or(|age| age > YOUNG) {
            // A file that can't be made young is deleted earlier than it might be, no more.
            let _ = local::touch(&path);
        }
        Some(entry)
    }

    /// Keeps an object, or a block of one, where there is room.
    pub(super) fn write(&self, name: Name<'_>, entry: &Entry) {
        let size = on_disk(entry.bytes.len() as u64 + LARGEST_HEAD);
        if self.is_useless.load(Ordering::Relaxed) || size > self.bytes / PART {
            return;
        }
        if self.place(name, entry).is_err() {
            self.is_useless.store(true, Ordering::Relaxed);
            return;
        }
        let written = self.written.fetch_add(size, Ordering::Relaxed) + size;
        let is_first = !self.has_written.swap(true, Ordering::Relaxed);
        if written > self.bytes / PART || (is_first && !self.was_tidied()) {
            self.written.store(0, Ordering::Relaxed);
            self.tidy();
        }
    }

    /// Deletes all that is kept of the store.
    pub(super) fn forget(&self) {
        for entry in self.folder.read_dir().into_iter().flatten().flatten() {
            let _ = fs::remove_file(entry.path());
        }
    }

    fn place(&self, name: Name<'_>, entry: &Entry) -> Result<()> {
        make_folder(&self.folder).map_err(|error| Error::io(self.folder.display(), error))?;
        let mut staged = Staged::create(self.folder.join(name.file()))?;
        staged.write(&entry.encode(name))?;
        // Not brought to disk: what a power failure leaves of it is told by its digest.
        staged.publish().map(drop)
    }

    /// Whether any process has made room a moment ago.
    fn was_tidied(&self) -> bool {
        let tidied = fs::metadata(self.all.join(TIDIED)).and_then(|metadata| metadata.modified());
        tidied.is_ok_and(|time| time.elapsed().is_ok_and(|age| age < YOUNG))
    }

    /// Deletes the files that were not read for the longest time, where all stores together take more than there is room for.
    fn tidy(&self) {
        // Who comes a moment later need not do it again.
        let _ = File::create(self.all.join(TIDIED));
        let (mut files, mut total) = (Vec::new(), 0);
        for folder in self.all.read_dir().into_iter().flatten().flatten() {
            for entry in folder.path().read_dir().into_iter().flatten().flatten() {
                // What goes away meanwhile takes no room.
                let Ok(metadata) = entry.metadata() else { continue };
                let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                if entry.file_name().to_str().is_some_and(is_staged) {
                    if modified.elapsed().is_ok_and(|age| age > ABANDONED) {
                        let _ = fs::remove_file(entry.path());
                    }
                    continue;
                }
                total += on_disk(metadata.len());
                files.push((modified, on_disk(metadata.len()), entry.path()));
            }
        }
        if total <= self.bytes {
            return;
        }
        files.sort_unstable();
        for (_, size, path) in files {
            if total <= self.bytes - self.bytes / PART {
                break;
            }
            let _ = fs::remove_file(path);
            total -= size;
        }
        for folder in self.all.read_dir().into_iter().flatten().flatten() {
            // Fails where something is in it.
            let _ = fs::remove_dir(folder.path());
        }
    }
}

fn on_disk(bytes: u64) -> u64 {
    bytes.div_ceil(SECTOR) * SECTOR
}

/// Makes a folder for this user alone.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Whether somebody else could write to the folder. One that is not there yet is made for this user alone.
#[cfg(unix)]
pub(super) fn is_open_to_others(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = rustix::process::geteuid().as_raw();
    let is_open = |metadata: &fs::Metadata| metadata.mode() & 0o022 != 0 || ![own, 0].contains(&metadata.uid());
    [folder, &folder.join(FOLDER)].iter().any(|folder| fs::metadata(folder).is_ok_and(|metadata| is_open(&metadata)))
}

#[cfg(not(unix))]
pub(super) fn is_open_to_others(_folder: &Path) -> bool {
    false
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn entry(byte: u8, length: usize) -> Entry {
        Entry { size: length as u64, tag: String::new(), bytes: vec![byte; length].into() }
    }

    fn name(path: &str) -> Name<'_> {
        Name { path, block: 0 }
    }

    fn age(disk: &Disk, path: &str, age: Duration) {
        let file = File::options().write(true).open(disk.folder.join(name(path).file())).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    #[test]
    fn the_least_used_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let all = folder.path().join("stores");
        let (first, second) = (Disk::new(&all, "a", 1 << 20), Disk::new(&all, "b", 1 << 20));
        let hour = Duration::from_secs(3600);
        for number in 0..20_u32 {
            // 48 KiB with its head, and more than a sixteenth of the room is not kept at all.
            let path = format!("packs/{number}");
            let disk = if number % 2 == 0 { &first } else { &second };
            disk.write(name(&path), &entry(1, 30 << 10));
            age(disk, &path, hour * (100 - number));
        }
        first.write(name("packs/large"), &entry(1, 80 << 10));
        assert_eq!(first.read(name("packs/large")), None);
        // Read by anybody, it is young.
        assert!(first.read(name("packs/0")).is_some());
        for number in 20..40_u32 {
            second.write(name(&format!("packs/{number}")), &entry(2, 30 << 10));
        }
        second.tidy();
        let files = [&first, &second].map(|disk| disk.folder.read_dir().unwrap().count());
        assert!(files.iter().sum::<usize>() as u64 * on_disk(31 << 10) <= 1 << 20, "{files:?}");
        assert!(first.read(name("packs/0")).is_some());
        assert!(first.read(name("packs/2")).is_none() && second.read(name("packs/3")).is_none());
        assert_eq!(second.read(name("packs/39")), Some(entry(2, 30 << 10)));
        second.forget();
        assert_eq!(second.read(name("packs/39")), None);
        assert!(first.read(name("packs/0")).is_some(), "the other store's stays");
    }

    #[test]
    fn what_is_damaged_or_can_not_be_written_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(&folder.path().join("stores"), "a", 1 << 20);
        let path = disk.folder.join(name("index/1").file());
        for damage in [&b""[..], b"RSCE\x01", b"something else entirely, and longer than a head would be"] {
            disk.write(name("index/1"), &entry(1, 100));
            assert!(disk.read(name("index/1")).is_some());
            fs::write(&path, damage).unwrap();
            assert_eq!(disk.read(name("index/1")), None);
            assert!(!path.exists());
        }
        fs::write(folder.path().join("file"), "").unwrap();
        let useless = Disk::new(&folder.path().join("file/stores"), "a", 1 << 20);
        useless.write(name("index/1"), &entry(1, 100));
        assert_eq!(useless.read(name("index/1")), None);
        assert!(useless.is_useless.load(Ordering::Relaxed));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_of_others_is_told() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_open_to_others(folder.path()) && !is_open_to_others(&folder.path().join("new")));
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(is_open_to_others(folder.path()));
        assert!(super::super::Cache::at(folder.path(), 1 << 20).is_err());
        let disk = Disk::new(&folder.path().join("new/stores"), "a", 1 << 20);
        disk.write(name("index/1"), &entry(1, 100));
        assert_eq!(fs::metadata(&disk.folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
