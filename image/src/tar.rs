//! Tar archives as layers are: ustar, GNU's long names and large numbers, and pax headers (POSIX.1-2017, pax; GNU tar
//! manual, "Tar Internals").
//!
//! Stricter than most: an archive ends with a block of zeros and has nothing but zeros behind it, so that one that was cut off
//! between two entries is told from a whole one. A name with `..` is refused, and so is an entry that is no file and yet has
//! content, which readers take in different ways.

mod header;
mod pax;

use std::fs::File;
use std::io::{BufRead, BufReader};

use reposnap::{Error, Kind, Result};

use crate::limits::{MAX_PATH, MAX_PAX};
use header::Header;
use pax::Pax;

/// A unit of tar.
const BLOCK: usize = 512;

/// From so many bytes on it is quicker to seek than to read.
const FAR: u64 = 64 << 10;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    File,
    /// A file with holes: its content is not what is stored.
    Sparse,
    HardLink,
    SymbolicLink,
    Directory,
    /// A device or a pipe.
    Other,
}

/// An entry of an archive.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Below the root, without `./` and slashes at its ends; empty for the root.
    pub(crate) path: Vec<u8>,
    pub(crate) kind: EntryKind,
    /// Bytes of stored content.
    pub(crate) size: u64,
    /// Seconds since 1970.
    pub(crate) mtime: i64,
    /// A symbolic link's target as it is, or the path of the file that a hard link shares.
    pub(crate) link: Vec<u8>,
    /// Where its content starts.
    pub(crate) offset: u64,
}

/// What an archive is read from.
pub(crate) trait Source: BufRead {
    /// Moves over so many bytes without reading them. False where that can't be done.
    fn leap(&mut self, _amount: u64) -> std::io::Result<bool> {
        Ok(false)
    }
}

impl Source for &[u8] {}

impl Source for BufReader<File> {
    fn leap(&mut self, amount: u64) -> std::io::Result<bool> {
        match i64::try_from(amount) {
            // An end that comes too early shows at the next header.
            Ok(amount) => self.seek_relative(amount).map(|()| true),
            Err(_) => Ok(false),
        }
    }
}

/// The entries of an archive, streamed.
pub(crate) struct Entries<R> {
    reader: R,
    /// Content of the present entry that nobody has read, and the filler behind it.
    content: u64,
    filler: u64,
    position: u64,
}

impl<R: Source> Entries<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, content: 0, filler: 0, position: 0 }
    }

    /// The next entry. None where the archive ends, and ends well: all of the stream was read then.
    pub(crate) fn next(&mut self) -> Result<Option<Entry>> {
        let (mut long_path, mut long_link, mut pax) = (None, None, Pax::default());
        let mut waiting = false;
        loop {
            self.pass(self.content)?;
            self.content = 0;
            self.pass(self.filler)?;
            self.filler = 0;
            let at = self.position;
            let block = self.block()?;
            let Some(header) = Header::parse(&block).map_err(|why| broken(at, &why))? else {
                if waiting {
                    return Err(broken(at, "a header for the next entry is the last"));
                }
                self.finish()?;
                return Ok(None);
            };
            self.set_content(header.size, at)?;
            waiting = true;
            match header.flag {
                b'L' | b'K' => {
                    let slot = if header.flag == b'L' { &mut long_path } else { &mut long_link };
                    let name = self.long_name(at)?;
                    if slot.replace(name).is_some() {
                        return Err(broken(at, "a long name follows a long name"));
                    }
                }
                b'x' => {
                    if self.content > MAX_PAX {
                        let message =
                            format!("the tar archive has a pax header of more than {MAX_PAX} bytes at byte {at}");
                        return Err(Error::new(Kind::Limit, message));
                    }
                    let records = self.content()?;
                    pax.read(&records).map_err(|why| broken(at, &why))?;
                }
                b'g' => {
                    if self.content > MAX_PAX {
                        let message =
                            format!("the tar archive has a pax header of more than {MAX_PAX} bytes at byte {at}");
                        return Err(Error::new(Kind::Limit, message));
                    }
                    let mut global = Pax::default();
                    let records = self.content()?;
                    global.read(&records).map_err(|why| broken(at, &why))?;
                    if global.changes_entries() {
                        return Err(broken(at, "a global pax header sets paths or sizes for all entries"));
                    }
                    waiting = long_path.is_some() || long_link.is_some() || pax.is_set();
                }
                _ => {
                    if let Some(size) = pax.size {
                        self.set_content(size, at)?;
                    }
                    let sparse = header.flag == b'S';
                    if sparse && block[482] != 0 {
                        self.pass_sparse_map()?;
                    }
                    return self.entry(header, long_path, long_link, pax).map(Some).map_err(|error| at_byte(error, at));
                }
            }
        }
    }

    /// What is left of the present entry's content. The caller has compared its size with a limit.
    pub(crate) fn content(&mut self) -> Result<Vec<u8>> {
        let size = usize::try_from(self.content).map_err(|_| Error::new(Kind::Limit, "a file is too large"))?;
        // Whoever claims more than is there gets no memory for it.
        let mut bytes = Vec::with_capacity(size.min(1 << 20));
        self.each(|chunk| bytes.extend_from_slice(chunk))?;
        Ok(bytes)
    }

    /// Shows `visit` what is left of the present entry's content, piece by piece.
    pub(crate) fn each(&mut self, mut visit: impl FnMut(&[u8])) -> Result<()> {
        while self.content > 0 {
            let chunk = self.reader.fill_buf().map_err(from_io)?;
            if chunk.is_empty() {
                return Err(broken(self.position, "it ends in the content of an entry"));
            }
            let length = usize::try_from(self.content).unwrap_or(usize::MAX).min(chunk.len());
            visit(&chunk[..length]);
            self.reader.consume(length);
            self.position += length as u64;
            self.content -= length as u64;
        }
        Ok(())
    }

    /// The reader, after the last entry.
    pub(crate) fn into_inner(self) -> R {
        self.reader
    }

    fn set_content(&mut self, size: u64, at: u64) -> Result<()> {
        if size > i64::MAX as u64 / 2 {
            return Err(broken(at, "a size is beyond all measure"));
        }
        self.content = size;
        self.filler = size.next_multiple_of(BLOCK as u64) - size;
        Ok(())
    }

    fn entry(&self, header: Header, long_path: Option<Vec<u8>>, long_link: Option<Vec<u8>>, pax: Pax) -> Result<Entry> {
        let raw = pax.path.or(long_path).unwrap_or(header.path);
        let malformed = |why: &str| Err(Error::new(Kind::Malformed, why.to_owned()));
        let kind = match header.flag {
            // Archives of the v7 format mark directories by a slash.
            0 | b'0' | b'7' if raw.ends_with(b"/") => EntryKind::Directory,
            0 | b'0' | b'7' if pax.sparse => EntryKind::Sparse,
            0 | b'0' | b'7' => EntryKind::File,
            b'S' => EntryKind::Sparse,
            b'1' => EntryKind::HardLink,
            b'2' => EntryKind::SymbolicLink,
            b'3' | b'4' | b'6' => EntryKind::Other,
            b'5' => EntryKind::Directory,
            flag => {
                let message = format!("an entry has the unknown type {:?}", char::from(flag));
                return Err(Error::new(Kind::Unsupported, message));
            }
        };
        if !matches!(kind, EntryKind::File | EntryKind::Sparse) && self.content != 0 {
            return malformed("an entry that is not a file has content");
        }
        let path = normalize(&raw)?;
        if path.is_empty() && kind != EntryKind::Directory {
            return malformed("the root is not a directory");
        }
        let link = pax.link.or(long_link).unwrap_or(header.link);
        let link = match kind {
            EntryKind::HardLink => normalize(&link)?,
            EntryKind::SymbolicLink if link.is_empty() => return malformed("a symbolic link has no target"),
            EntryKind::SymbolicLink if link.len() > MAX_PATH => {
                let message = format!("a link's target is longer than {MAX_PATH} bytes");
                return Err(Error::new(Kind::Limit, message));
            }
            EntryKind::SymbolicLink => link,
            _ => Vec::new(),
        };
        let mtime = pax.mtime.unwrap_or(header.mtime);
        Ok(Entry { path, kind, size: self.content, mtime, link, offset: self.position })
    }

    fn long_name(&mut self, at: u64) -> Result<Vec<u8>> {
        if self.content > MAX_PATH as u64 + 1 {
            let message = format!("the tar archive has a name of more than {MAX_PATH} bytes at byte {at}");
            return Err(Error::new(Kind::Limit, message));
        }
        let mut name = self.content()?;
        while name.last() == Some(&0) {
            name.pop();
        }
        if name.is_empty() {
            return Err(broken(at, "a long name is empty"));
        }
        Ok(name)
    }

    /// Passes over the blocks that go on with the map of an old GNU sparse file, each of which tells of the next.
    fn pass_sparse_map(&mut self) -> Result<()> {
        loop {
            let block = self.block()?;
            if block[504] == 0 {
                return Ok(());
            }
        }
    }

    fn block(&mut self) -> Result<[u8; BLOCK]> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            match self.reader.read(&mut block[filled..]).map_err(from_io)? {
                0 if filled == 0 => {
                    let error = broken(self.position, "it has no end");
                    return Err(error.rule(TRUNCATED).help("it was cut off, or who wrote it did not finish"));
                }
                0 => return Err(broken(self.position, "it ends in a header").rule(TRUNCATED)),
                length => filled += length,
            }
        }
        self.position += BLOCK as u64;
        Ok(block)
    }

    fn pass(&mut self, mut amount: u64) -> Result<()> {
        if amount >= FAR && self.reader.leap(amount).map_err(from_io)? {
            self.position += amount;
            return Ok(());
        }
        while amount > 0 {
            let available = self.reader.fill_buf().map_err(from_io)?.len();
            if available == 0 {
                let error = broken(self.position, "it ends in the content of an entry");
                return Err(error.rule(TRUNCATED).help("it was cut off, or who wrote it did not finish"));
            }
            let step = usize::try_from(amount).unwrap_or(usize::MAX).min(available);
            self.reader.consume(step);
            self.position += step as u64;
            amount -= step as u64;
        }
        Ok(())
    }

    /// Reads on to the end of the stream: damage shows there, and what does not belong.
    fn finish(&mut self) -> Result<()> {
        loop {
            let chunk = self.reader.fill_buf().map_err(from_io)?;
            if chunk.is_empty() {
                return Ok(());
            }
            if let Some(at) = chunk.iter().position(|byte| *byte != 0) {
                return Err(broken(self.position + at as u64, "bytes follow its end"));
            }
            let length = chunk.len();
            self.reader.consume(length);
            self.position += length as u64;
        }
    }
}

/// The rule that an archive breaks which was cut off.
pub(crate) const TRUNCATED: &str = "truncated";

/// Brings a name into its one form: without a leading slash, `.` and empty segments; the root is empty.
pub(crate) fn normalize(path: &[u8]) -> Result<Vec<u8>> {
    let fail = |kind, why: &str| {
        let shown = String::from_utf8_lossy(&path[..path.len().min(200)]).into_owned();
        Err(Error::new(kind, format!("the name {shown:?} {why}")))
    };
    if path.len() > MAX_PATH {
        return fail(Kind::Limit, &format!("is longer than {MAX_PATH} bytes"));
    }
    if path.is_empty() {
        return fail(Kind::Malformed, "is empty");
    }
    if memchr::memchr(0, path).is_some() {
        return fail(Kind::Malformed, "holds a NUL");
    }
    let mut normal = Vec::with_capacity(path.len());
    for segment in path.split(|byte| *byte == b'/') {
        match segment {
            b"" | b"." => {}
            b".." => return fail(Kind::Malformed, "leads out of the image"),
            _ => {
                if !normal.is_empty() {
                    normal.push(b'/');
                }
                normal.extend_from_slice(segment);
            }
        }
    }
    Ok(normal)
}

/// Takes the error of this library out of one of reading, or tells that reading failed.
pub(crate) fn from_io(error: std::io::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => error,
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Error::new(Kind::Malformed, "the data ends too early").source(error)
        }
        Err(error) => Error::new(Kind::Io, error.to_string()).source(error),
    }
}

fn broken(position: u64, why: &str) -> Error {
    Error::new(Kind::Malformed, format!("the tar archive is broken at byte {position}: {why}"))
}

fn at_byte(error: Error, position: u64) -> Error {
    Error::new(error.kind(), format!("the tar archive has a bad entry at byte {position}: {}", error.message()))
}

#[cfg(test)]
mod tests;
