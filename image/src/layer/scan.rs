//! An archive into facts.

use std::collections::HashSet;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use bytes::Bytes;
use md5::{Digest as _, Md5};
use reposnap::progress::Monitor;
use reposnap::{Error, Kind, Result};

use super::facts::{Content, Fact, Facts, What};
use super::interest::{Interest, Keep, Relevance};
use super::stream::{Stream, digest_name};
use crate::blobs::Descriptor;
use crate::limits::{MAX_ENTRIES, MAX_KEPT, MAX_NAMES};
use crate::tar::{Entries, Entry, EntryKind};

/// What the names of whiteouts begin with (OCI image specification, `layer.md`).
const WHITEOUT: &[u8] = b".wh.";

/// The whiteout that makes a folder opaque.
const OPAQUE: &[u8] = b".wh..wh..opq";

/// What the names begin with that AUFS kept for itself.
const AUFS: &[u8] = b".wh..wh.";

/// Reads a layer to its end and verifies it: its digest and size are those of `descriptor`. Whoever asks compares the facts'
/// `diff_id`. Once `stop` is true, nobody does, and the work ends.
///
/// # Errors
/// [`Kind::Malformed`] for archives that are damaged, cut off, or lead out of the image, [`Kind::Verification`] for other
/// bytes than those of the descriptor, [`Kind::Limit`] beyond limits, [`Kind::Unsupported`] for sorts of entries that are
/// not known.
pub(crate) fn scan(
    blob: Box<dyn Read + Send>,
    descriptor: &Descriptor,
    interest: &Interest,
    monitor: &Monitor,
    stop: &Arc<AtomicBool>,
) -> Result<Facts> {
    let named = |error: Error| match error.at_path() {
        Some(_) => error,
        None => error.path(digest_name(&descriptor.digest)),
    };
    let stream = Stream::new(blob, descriptor, monitor.clone(), Arc::clone(stop)).map_err(named)?;
    let mut entries = Entries::new(stream);
    let mut scan = Scan::new(interest);
    while let Some(entry) = entries.next().map_err(named)? {
        scan.entry(entry, &mut entries).map_err(named)?;
    }
    Ok(scan.finish(entries.into_inner().finish().diff_id))
}

struct Scan<'a> {
    interest: &'a Interest,
    facts: Facts,
    /// The folder of the last entry that had its way looked at.
    last_folder: Vec<u8>,
    /// Folders that have an entry, or were found to have none.
    folders: HashSet<Vec<u8>>,
    count: u64,
    names: usize,
}

impl<'a> Scan<'a> {
    fn new(interest: &'a Interest) -> Self {
        let facts = Facts {
            diff_id: reposnap::Digest::from_bytes([0; 32]),
            removed: Vec::new(),
            opaque: Vec::new(),
            entries: Vec::new(),
            links: Vec::new(),
            implied: Vec::new(),
            kept: 0,
        };
        let folders = HashSet::from([Vec::new()]);
        Self { interest, facts, last_folder: Vec::new(), folders, count: 0, names: 0 }
    }

    fn finish(mut self, diff_id: reposnap::Digest) -> Facts {
        self.facts.diff_id = diff_id;
        self.facts
    }

    fn entry(&mut self, entry: Entry, entries: &mut Entries<Stream>) -> Result<()> {
        self.count += 1;
        if self.count > MAX_ENTRIES {
            return Err(Error::new(Kind::Limit, format!("the layer has more than {MAX_ENTRIES} entries")));
        }
        let slash = memchr::memrchr(b'/', &entry.path);
        let (folder, name) = match slash {
            Some(at) => (&entry.path[..at], &entry.path[at + 1..]),
            None => (&b""[..], &entry.path[..]),
        };
        if folder != self.last_folder {
            self.way(folder)?;
            self.last_folder.clear();
            self.last_folder.extend_from_slice(folder);
        }
        if name.starts_with(WHITEOUT) {
            return self.whiteout(folder.to_vec(), name.to_vec());
        }
        let Entry { path, kind, size, mtime, link, .. } = entry;
        if kind == EntryKind::Directory {
            self.remember(path.len())?;
            self.folders.insert(path.clone());
        }
        if kind == EntryKind::SymbolicLink {
            self.remember(path.len() + link.len())?;
            self.facts.links.push((path.clone(), link.clone()));
        }
        let relevance = self.interest.judge(&path);
        let all = self.interest.is_all();
        if relevance == Relevance::None && !all {
            return Ok(());
        }
        self.remember(path.len() + link.len())?;
        let what = match kind {
            EntryKind::Directory => What::Directory,
            EntryKind::SymbolicLink => What::SymbolicLink(link),
            EntryKind::HardLink => What::HardLink(link),
            EntryKind::Other => What::Other,
            EntryKind::Sparse if matches!(relevance, Relevance::File(_)) || all => {
                let message = format!("{:?} is a file with holes", String::from_utf8_lossy(&path));
                return Err(Error::new(Kind::Unsupported, message).help("archives of layers do not have these"));
            }
            EntryKind::Sparse => What::Other,
            EntryKind::File => What::File(self.file(&path, size, relevance, entries)?),
        };
        self.facts.entries.push(Fact { path, what, mtime });
        Ok(())
    }

    fn file(&mut self, path: &[u8], size: u64, relevance: Relevance, entries: &mut Entries<Stream>) -> Result<Content> {
        let keep = match relevance {
            Relevance::File(rule) => rule.file().unwrap_or(Keep::Name),
            Relevance::Way | Relevance::None => Keep::Name,
        };
        let keeps = match keep {
            Keep::Whole(limit) if size > limit => {
                let message = format!("{:?} is larger than {limit} bytes", String::from_utf8_lossy(path));
                return Err(Error::new(Kind::Limit, message));
            }
            Keep::Whole(_) => true,
            Keep::UpTo(limit) => size <= limit,
            Keep::Name => false,
        };
        let mut content = Content { bytes: None, md5: None, size };
        if keeps {
            self.facts.kept = self.facts.kept.saturating_add(size);
            if self.facts.kept > MAX_KEPT {
                let message = format!("the databases and logs of a layer are larger than {MAX_KEPT} bytes");
                return Err(Error::new(Kind::Limit, message));
            }
            let bytes = entries.content()?;
            if self.interest.is_all() {
                content.md5 = Some(Md5::digest(&bytes).into());
            }
            content.bytes = Some(Bytes::from(bytes));
        } else if self.interest.is_all() {
            let mut hasher = Md5::new();
            entries.each(|chunk| hasher.update(chunk))?;
            content.md5 = Some(hasher.finalize().into());
        }
        Ok(content)
    }

    fn whiteout(&mut self, folder: Vec<u8>, name: Vec<u8>) -> Result<()> {
        if name == OPAQUE {
            if self.interest.is_all() || self.interest.judge(&folder) != Relevance::None {
                self.remember(folder.len())?;
                self.facts.opaque.push(folder);
            }
            return Ok(());
        }
        if name.starts_with(AUFS) {
            return Ok(());
        }
        let gone = &name[WHITEOUT.len()..];
        if matches!(gone, b"" | b"." | b"..") {
            let message = format!("a whiteout in {:?} is of nothing", String::from_utf8_lossy(&folder));
            return Err(Error::new(Kind::Malformed, message));
        }
        let mut path = folder;
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(gone);
        if self.interest.covers(&path) {
            self.remember(path.len())?;
            self.facts.removed.push(path);
        }
        Ok(())
    }

    /// Notes the folders on the way to an entry that have no entry themselves.
    fn way(&mut self, folder: &[u8]) -> Result<()> {
        let mut end = folder.len();
        let mut missing = Vec::new();
        while !self.folders.contains(&folder[..end]) {
            missing.push(end);
            end = memchr::memrchr(b'/', &folder[..end]).unwrap_or(0);
        }
        for end in missing.into_iter().rev() {
            self.remember(2 * end)?;
            self.folders.insert(folder[..end].to_vec());
            self.facts.implied.push(folder[..end].to_vec());
        }
        Ok(())
    }

    fn remember(&mut self, length: usize) -> Result<()> {
        // A vector is some bytes itself.
        self.names = self.names.saturating_add(length + size_of::<Vec<u8>>());
        if self.names > MAX_NAMES {
            return Err(Error::new(Kind::Limit, format!("the names in a layer are longer than {MAX_NAMES} bytes")));
        }
        Ok(())
    }
}
