//! The tar archives inside packages, in the dialects that dpkg reads: v7, ustar, and GNU's long names and large numbers.

use std::io::{self, BufRead, Read};

use super::path::normalize;
use super::{DataMember, MemberKind};
use crate::deb::compress::from_io;
use crate::error::{Error, Kind, Result};

const BLOCK: usize = 512;

/// The entries of a tar archive, streamed.
pub(super) struct Entries<R> {
    reader: R,
    path_limit: usize,
    /// Content of the present entry that nobody has read.
    content: u64,
    /// Filler after that content.
    filler: u64,
    /// Bytes read, for messages.
    position: u64,
    ended: bool,
}

impl<R: BufRead> Entries<R> {
    pub(super) fn new(reader: R, path_limit: usize) -> Self {
        Self { reader, path_limit, content: 0, filler: 0, position: 0, ended: false }
    }

    /// The next entry; at the end also checks what remains of the stream.
    pub(super) fn next(&mut self) -> Result<Option<DataMember>> {
        let mut long_path = None;
        let mut long_link = None;
        while !self.ended {
            self.skip(self.content + self.filler)?;
            (self.content, self.filler) = (0, 0);
            let at = self.position;
            let Some(header) = self.read_block()? else { break };
            let header = Header::parse(&header).map_err(|why| broken(at, &why))?;
            let Some(header) = header else { break };
            self.content = header.size;
            self.filler = header.size.next_multiple_of(BLOCK as u64) - header.size;
            let slot = match header.flag {
                b'L' => &mut long_path,
                b'K' => &mut long_link,
                _ => return self.entry(header, long_path, long_link).map_err(|error| at_byte(error, at)).map(Some),
            };
            if slot.replace(self.read_long(at)?).is_some() {
                return Err(broken(at, "a long name follows a long name"));
            }
        }
        if long_path.is_some() || long_link.is_some() {
            return Err(broken(self.position, "a long name belongs to no entry"));
        }
        self.finish()?;
        Ok(None)
    }

    /// The content of the entry that [`Entries::next`] gave last.
    pub(super) fn content(&mut self) -> Content<'_, R> {
        Content(self)
    }

    fn entry(&self, header: Header, path: Option<Vec<u8>>, link: Option<Vec<u8>>) -> Result<DataMember> {
        let raw_path = path.unwrap_or(header.path);
        let malformed = |why: &str| Err(Error::new(Kind::Malformed, why.to_owned()));
        let kind = match header.flag {
            // Archives of the v7 format mark directories by a slash.
            0 if raw_path.ends_with(b"/") => MemberKind::Directory,
            0 | b'0' | b'7' => MemberKind::File,
            b'1' => MemberKind::HardLink,
            b'2' => MemberKind::SymbolicLink,
            b'3' => MemberKind::CharacterDevice,
            b'4' => MemberKind::BlockDevice,
            b'5' => MemberKind::Directory,
            b'6' => MemberKind::Fifo,
            b'x' | b'g' => {
                return Err(Error::new(Kind::Unsupported, "the archive has pax headers, which dpkg does not read"));
            }
            flag => {
                return Err(Error::new(
                    Kind::Unsupported,
                    format!("an entry has the unknown type {:?}", char::from(flag)),
                ));
            }
        };
        if kind != MemberKind::File && header.size != 0 {
            return malformed("an entry that is not a file has content");
        }
        let path = normalize(&raw_path, self.path_limit)?;
        if path.is_empty() && kind != MemberKind::Directory {
            return malformed("the root is not a directory");
        }
        let link = link.unwrap_or(header.link);
        let link = match kind {
            MemberKind::HardLink => Some(normalize(&link, self.path_limit)?),
            MemberKind::SymbolicLink if link.is_empty() => return malformed("a symbolic link has no target"),
            MemberKind::SymbolicLink if link.len() > self.path_limit => {
                return Err(Error::new(
                    Kind::Limit,
                    format!("a link's target is longer than {} bytes", self.path_limit),
                ));
            }
            MemberKind::SymbolicLink => Some(link),
            _ => None,
        };
        let Header { mode, uid, gid, size, mtime, .. } = header;
        Ok(DataMember { path, kind, mode, uid, gid, size, mtime, link })
    }

    /// The content of a long name, which is the present entry.
    fn read_long(&mut self, at: u64) -> Result<Vec<u8>> {
        if self.content > self.path_limit as u64 + 1 {
            let limit = self.path_limit;
            return Err(at_byte(Error::new(Kind::Limit, format!("a long name is longer than {limit} bytes")), at));
        }
        let mut name = Vec::with_capacity(self.content as usize);
        self.content().read_to_end(&mut name).map_err(from_io)?;
        if name.last() == Some(&0) {
            name.pop();
        }
        if name.is_empty() || name.contains(&0) {
            return Err(broken(at, "a long name is empty or holds a NUL"));
        }
        Ok(name)
    }

    /// The next block; none where the stream ends, which dpkg takes for the end of the archive too.
    fn read_block(&mut self) -> Result<Option<[u8; BLOCK]>> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            match self.reader.read(&mut block[filled..]) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err(broken(self.position, "the archive ends in a header")),
                Ok(length) => filled += length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(from_io(error)),
            }
        }
        self.position += BLOCK as u64;
        Ok(Some(block))
    }

    fn skip(&mut self, mut amount: u64) -> Result<()> {
        while amount > 0 {
            let available = self.reader.fill_buf().map_err(from_io)?.len();
            if available == 0 {
                return Err(broken(self.position, "the archive ends in the content of an entry"));
            }
            let step = usize::try_from(amount).unwrap_or(usize::MAX).min(available);
            self.reader.consume(step);
            self.position += step as u64;
            amount -= step as u64;
        }
        Ok(())
    }

    /// Reads on to the end of the stream, where damage and bytes that do not belong show.
    fn finish(&mut self) -> Result<()> {
        self.ended = true;
        loop {
            let available = self.reader.fill_buf().map_err(from_io)?.len();
            if available == 0 {
                return Ok(());
            }
            self.reader.consume(available);
        }
    }
}

/// The content of one entry.
pub(super) struct Content<'a, R>(&'a mut Entries<R>);

impl<R: BufRead> Read for Content<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let entries = &mut *self.0;
        let most = usize::try_from(entries.content).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let length = entries.reader.read(&mut buffer[..most])?;
        if length == 0 {
            let error = broken(entries.position, "the archive ends in the content of an entry");
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        entries.content -= length as u64;
        entries.position += length as u64;
        Ok(length)
    }
}

struct Header {
    path: Vec<u8>,
    link: Vec<u8>,
    flag: u8,
    mode: u32,
    uid: u64,
    gid: u64,
    size: u64,
    mtime: i64,
}

impl Header {
    /// Parses a block; none for the block of zeros that ends an archive.
    fn parse(block: &[u8; BLOCK]) -> Result<Option<Self>, String> {
        let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
        if sum == 0 {
            return Ok(None);
        }
        let own: u64 = block[148..156].iter().map(|byte| u64::from(*byte)).sum();
        // The checksum is made with spaces in its own place.
        if number(&block[148..156]).ok_or("its checksum is not a number")? != (sum - own + 8 * 32) as i64 {
            return Err("its checksum is wrong".to_owned());
        }
        let field = |range: std::ops::Range<usize>, what: &str| {
            number(&block[range]).ok_or_else(|| format!("its {what} is not a number"))
        };
        let unsigned = |range, what: &str| {
            field(range, what).and_then(|value| u64::try_from(value).map_err(|_| format!("its {what} is negative")))
        };
        let mut path = text(&block[..100]).to_vec();
        let prefix = text(&block[345..500]);
        // Only POSIX ustar has a prefix; GNU keeps other things there.
        if &block[257..263] == b"ustar\0" && !prefix.is_empty() {
            path = [prefix, b"/", &path].concat();
        }
        let size = unsigned(124..136, "size")?;
        if size > i64::MAX as u64 / 2 {
            return Err("its size is beyond all measure".to_owned());
        }
        Ok(Some(Self {
            path,
            link: text(&block[157..257]).to_vec(),
            flag: block[156],
            mode: (unsigned(100..108, "mode")? & 0o7777) as u32,
            uid: unsigned(108..116, "owner")?,
            gid: unsigned(116..124, "group")?,
            size,
            mtime: field(136..148, "time")?,
        }))
    }
}

/// The bytes before the first NUL.
fn text(field: &[u8]) -> &[u8] {
    &field[..memchr::memchr(0, field).unwrap_or(field.len())]
}

/// A number in octal digits between spaces and NULs, or in GNU's base 256; an empty field is 0.
fn number(field: &[u8]) -> Option<i64> {
    match field[0] {
        // Base 256, big-endian and two's complement; the highest bit of all only marks it.
        first @ (0x80 | 0xff) => {
            let (high, low) = field.split_at(field.len().saturating_sub(8).max(1));
            let sign = if first == 0xff { 0xff } else { 0 };
            let mut value = [sign; 8];
            value[8 - low.len()..].copy_from_slice(low);
            let value = i64::from_be_bytes(value);
            let fits = high[1..].iter().all(|byte| *byte == sign) && (value < 0) == (sign != 0);
            fits.then_some(value)
        }
        _ => {
            let digits = text(field).trim_ascii();
            let digits = std::str::from_utf8(digits).ok()?;
            match digits {
                "" => Some(0),
                _ if digits.bytes().all(|digit| digit.is_ascii_digit()) => i64::from_str_radix(digits, 8).ok(),
                _ => None,
            }
        }
    }
}

fn broken(position: u64, why: &str) -> Error {
    Error::new(Kind::Malformed, format!("the tar archive is broken at byte {position}: {why}"))
}

fn at_byte(error: Error, position: u64) -> Error {
    Error::new(error.kind(), format!("the tar archive has a bad entry at byte {position}: {}", error.message()))
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"   644 \0"), Some(0o644));
        assert_eq!(number(b"\0\0\0\0\0\0\0\0"), Some(0));
        assert_eq!(number(b"77777777777\0"), Some(0o77_777_777_777));
        assert_eq!(number(b"00000648"), None);
        assert_eq!(number(b"-0000644"), None);
        assert_eq!(number(b"\x80\0\0\0\0\0\0\x02\0\0\0\0"), Some(2 << 32));
        assert_eq!(number(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe"), Some(-2));
        assert_eq!(number(b"\x80\0\0\x01\0\0\0\x02\0\0\0\0"), None);
        assert_eq!(number(b"\x80\0\0\0\x80\0\0\x02\0\0\0\0"), None);
        assert_eq!(number(b"\x80\0\0\0\0\0\x01\0"), Some(256));
        assert_eq!(number(b"\xff\xff\xff\xff\xff\xff\xff\xff"), Some(-1));
    }
}
