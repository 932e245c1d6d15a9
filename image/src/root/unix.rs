//! One segment after the other, each opened in the folder before it and never through a link.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use md5::{Digest as _, Md5};
use reposnap::{Error, Kind, Result};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, openat, readlinkat, statat};
use rustix::io::Errno;

use crate::files::{Files, Found, Listed, Look, shown};
use crate::layer::interest::{Keep, Rule};
use crate::limits::{MAX_DEPTH, MAX_FOLDER, MAX_KEPT_IMAGE};
use crate::way::Way;

/// A root folder.
#[derive(Debug)]
pub(crate) struct Root {
    folder: OwnedFd,
    /// As it was named.
    name: String,
    /// Whether lists of files are wanted: files are checked.
    lists: bool,
    /// Bytes of the files that were read.
    kept: AtomicU64,
}

/// What is at a path.
enum Seen {
    File(File),
    Folder(OwnedFd),
    Other,
}

impl Root {
    /// Opens a folder; a link to one will do, since whoever names it means it.
    ///
    /// # Errors
    /// [`Kind::NotFound`] and its like.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let folder = File::open(path).map_err(|error| Error::io(path.display(), error))?;
        let metadata = folder.metadata().map_err(|error| Error::io(path.display(), error))?;
        if !metadata.is_dir() {
            return Err(Error::new(Kind::Usage, "it is no folder").path(path.display().to_string()));
        }
        Ok(Self { folder: folder.into(), name: path.display().to_string(), lists: false, kept: AtomicU64::new(0) })
    }

    /// The same, where files are to be checked.
    pub(crate) fn with_lists(mut self, lists: bool) -> Self {
        self.lists = lists;
        self
    }

    /// The regular file at `path`, and its size; none where there is none.
    ///
    /// # Errors
    /// [`Kind::Malformed`] for links in a circle, [`Kind::Io`] and its like.
    pub(crate) fn file(&self, path: &[u8]) -> Result<Option<(File, u64)>> {
        match self.find(path, true)? {
            Some((Seen::File(file), _)) => {
                let size = file.metadata().map_err(|error| self.failed(path, error))?.len();
                Ok(Some((file, size)))
            }
            _ => Ok(None),
        }
    }

    fn failed(&self, path: &[u8], error: impl Into<std::io::Error>) -> Error {
        Error::io(format!("{}/{}", self.name.trim_end_matches('/'), shown(path)), error.into())
    }

    /// What is at a path, and where that is; the link at its end is followed with `through`.
    fn find(&self, path: &[u8], through: bool) -> Result<Option<(Seen, Vec<u8>)>> {
        let mut way = Way::new(path);
        let mut folders: Vec<OwnedFd> = Vec::new();
        let mut leaf = None;
        while let Some(next) = way.step() {
            if leaf.is_some() {
                return Ok(None);
            }
            folders.truncate(depth(&way.at));
            let parent = folders.last().map_or(self.folder.as_fd(), |folder| folder.as_fd());
            let name = OsStr::from_bytes(&next[memchr::memrchr(b'/', &next).map_or(0, |slash| slash + 1)..]);
            let stat = match statat(parent, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => stat,
                Err(Errno::NOENT | Errno::NOTDIR) => return Ok(None),
                Err(error) => return Err(self.failed(&next, error)),
            };
            match FileType::from_raw_mode(stat.st_mode) {
                FileType::Symlink if through || !way.is_last() => {
                    let target = readlinkat(parent, name, Vec::new()).map_err(|error| self.failed(&next, error))?;
                    way.follow(path, target.as_bytes()).map_err(|error| error.path(self.name.clone()))?;
                    continue;
                }
                FileType::Directory => {
                    if folders.len() >= MAX_DEPTH {
                        let message = format!("{:?} is more than {MAX_DEPTH} folders deep", shown(&next));
                        return Err(Error::new(Kind::Limit, message).path(self.name.clone()));
                    }
                    let folder = self.open_at(parent, name, OFlags::DIRECTORY, &next)?;
                    folders.push(folder);
                }
                FileType::RegularFile if !way.is_last() => leaf = Some(Seen::Other),
                FileType::RegularFile => {
                    let file = File::from(self.open_at(parent, name, OFlags::NONBLOCK, &next)?);
                    // It may have become another thing since.
                    let metadata = file.metadata().map_err(|error| self.failed(&next, error))?;
                    leaf = Some(if metadata.is_file() { Seen::File(file) } else { Seen::Other });
                }
                _ => leaf = Some(Seen::Other),
            }
            way.at = next;
        }
        folders.truncate(depth(&way.at));
        let seen = match (leaf, folders.pop()) {
            (Some(leaf), _) => leaf,
            (None, Some(folder)) => Seen::Folder(folder),
            (None, None) => Seen::Folder(self.folder.try_clone().map_err(|error| self.failed(path, error))?),
        };
        Ok(Some((seen, way.at)))
    }

    fn open_at(&self, parent: BorrowedFd<'_>, name: &OsStr, flags: OFlags, path: &[u8]) -> Result<OwnedFd> {
        let flags = flags | OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        openat(parent, name, flags, Mode::empty()).map_err(|error| self.failed(path, error))
    }
}

/// How many folders down a path is.
fn depth(path: &[u8]) -> usize {
    if path.is_empty() { 0 } else { memchr::memchr_iter(b'/', path).count() + 1 }
}

/// Whether evidence that may be missing is missing: nobody but root may read some logs of a machine.
fn forgive<T>(result: Result<Option<T>>, rule: Rule) -> Result<Option<T>> {
    let optional = matches!(rule, Rule::Log | Rule::Name | Rule::Sources | Rule::Lists | Rule::Logs | Rule::AptLogs);
    match result {
        Err(error) if optional && error.kind() == Kind::ReadOnly => Ok(None),
        other => other,
    }
}

impl Files for Root {
    fn read(&self, path: &[u8], rule: Rule) -> Result<Option<Found>> {
        let Some((Seen::File(file), at)) = forgive(self.find(path, true), rule)? else { return Ok(None) };
        let metadata = file.metadata().map_err(|error| self.failed(&at, error))?;
        let limit = match rule.file().unwrap_or(Keep::Name) {
            Keep::Whole(limit) => limit,
            Keep::UpTo(limit) if metadata.len() <= limit => limit,
            Keep::UpTo(_) | Keep::Name => return Ok(None),
        };
        let mut bytes = Vec::with_capacity(metadata.len().min(limit) as usize);
        (&file).take(limit + 1).read_to_end(&mut bytes).map_err(|error| self.failed(&at, error))?;
        if bytes.len() as u64 > limit {
            let message = format!("it is larger than {limit} bytes");
            return Err(Error::new(Kind::Limit, message).path(format!("{}/{}", self.name, shown(&at))));
        }
        let kept = self.kept.fetch_add(bytes.len() as u64, Ordering::Relaxed).saturating_add(bytes.len() as u64);
        if kept > MAX_KEPT_IMAGE {
            let message = format!("its databases and logs are larger than {MAX_KEPT_IMAGE} bytes");
            return Err(Error::new(Kind::Limit, message).path(self.name.clone()));
        }
        let mtime = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let mtime = mtime.map_or(0, |time| time.as_secs() as i64);
        Ok(Some(Found { path: at, bytes: Bytes::from(bytes), mtime, layer: None }))
    }

    fn folder(&self, path: &[u8], rule: Rule) -> Result<Option<Listed>> {
        let Some((Seen::Folder(folder), at)) = forgive(self.find(path, true), rule)? else { return Ok(None) };
        let failed = |error| self.failed(&at, error);
        let mut names = Vec::new();
        for entry in Dir::read_from(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_bytes();
            if let Some(rule) = rule.child(name).filter(|_| !matches!(name, b"." | b"..")) {
                names.push((name.to_vec(), rule));
            }
            if names.len() > MAX_FOLDER {
                let message = format!("it has more than {MAX_FOLDER} files");
                return Err(Error::new(Kind::Limit, message).path(format!("{}/{}", self.name, shown(&at))));
            }
        }
        names.sort();
        let mut found = Vec::with_capacity(names.len());
        for (name, rule) in names {
            let file = match rule {
                Rule::Name => None,
                _ => match self.read(&[&at[..], b"/", &name].concat(), rule)? {
                    // A folder, a broken link, or a log that is too large.
                    None if rule.file().is_some_and(|keep| matches!(keep, Keep::Whole(_))) => continue,
                    file => file,
                },
            };
            found.push((name, file));
        }
        Ok(Some(found))
    }

    fn info_rule(&self) -> Rule {
        if self.lists { Rule::InfoLists } else { Rule::Info }
    }

    fn look(&self, path: &[u8]) -> Result<Look> {
        match self.find(path, false)? {
            None => Ok(Look::Missing { layer: None }),
            Some((Seen::File(mut file), at)) => {
                let mut hasher = Md5::new();
                let mut buffer = vec![0; 64 << 10];
                loop {
                    match file.read(&mut buffer).map_err(|error| self.failed(&at, error))? {
                        0 => break,
                        length => hasher.update(&buffer[..length]),
                    }
                }
                Ok(Look::File { md5: hasher.finalize().into(), layer: None })
            }
            Some(_) => Ok(Look::Other { layer: None }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_stay_inside() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "outside").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        std::fs::write(root.join("a/file"), "inside").unwrap();
        symlink(outside.path().join("secret"), root.join("absolute")).unwrap();
        symlink("../../../../../../a/file", root.join("a/b/up")).unwrap();
        symlink("/a", root.join("folder")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        symlink("a/b/up/..", root.join("behind-a-file")).unwrap();
        let root = Root::open(root).unwrap();
        let read = |path: &str| root.read(path.as_bytes(), Rule::Text);
        assert!(read("absolute").unwrap().is_none());
        for path in ["a/b/up", "folder/file", "/folder/b/../file", "../a/./file", "folder/b/up"] {
            let found = read(path).unwrap().unwrap();
            assert_eq!((found.path.as_slice(), &found.bytes[..]), (&b"a/file"[..], &b"inside"[..]), "{path}");
        }
        assert_eq!(read("loop").unwrap_err().broken_rule(), Some("link-loop"));
        assert!(read("a/file/x").unwrap().is_none());
        assert!(read("a").unwrap().is_none());
        assert_eq!(root.look(b"loop").unwrap(), Look::Other { layer: None });
        assert_eq!(root.look(b"folder/none").unwrap(), Look::Missing { layer: None });
        assert!(matches!(root.look(b"folder/file").unwrap(), Look::File { .. }));
    }
}
