//! Archives as OSV publishes them: zip (PKWARE's APPNOTE 6.3.10), entries stored or deflated, with ZIP64, read from memory by
//! the central directory, one entry after the other.

use std::io::Read as _;

use flate2::Crc;
use flate2::read::DeflateDecoder;
use reposnap::{Error, Kind, Result};

/// The most entries that an archive may have. OSV's largest has 300,000.
pub(super) const MAX_ENTRIES: u64 = 1 << 22;

/// The most bytes that one entry may have, unpacked.
pub(super) const MAX_ENTRY: u64 = 64 << 20;

/// The most bytes that all entries may have together, unpacked.
pub(super) const MAX_TOTAL: u64 = 16 << 30;

const END: &[u8; 4] = b"PK\x05\x06";
const END_64_LOCATOR: &[u8; 4] = b"PK\x06\x07";
const END_64: &[u8; 4] = b"PK\x06\x06";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";
const LOCAL: &[u8; 4] = b"PK\x03\x04";

/// Gives each entry to `take`, by its name.
pub(super) fn read(archive: &[u8], mut take: impl FnMut(&str, &[u8]) -> Result<()>) -> Result<()> {
    let (mut at, entries) = directory(archive)?;
    if entries > MAX_ENTRIES {
        return Err(Error::new(Kind::Limit, format!("the archive has more than {MAX_ENTRIES} entries")));
    }
    let (mut buffer, mut total) = (Vec::new(), 0_u64);
    for _ in 0..entries {
        let entry = Entry::parse(archive, &mut at)?;
        let name = String::from_utf8_lossy(entry.name);
        if name.ends_with('/') {
            continue;
        }
        entry.unpack(archive, &mut buffer, &mut total).map_err(|error| error.path(name.clone().into_owned()))?;
        take(&name, &buffer).map_err(|error| error.path(name.into_owned()))?;
    }
    Ok(())
}

/// Where the central directory begins, and how many entries it has.
fn directory(archive: &[u8]) -> Result<(usize, u64)> {
    // The end record has 22 bytes and a comment of at most 65,535 behind it.
    let first = archive.len().saturating_sub(22 + 0xffff);
    let tail = &archive[first..];
    let end = first
        + tail
            .windows(4)
            .rposition(|window| window == END)
            .ok_or_else(|| malformed("the archive has no end; it may have been cut"))?;
    let record = bytes(archive, end, 22)?;
    let (entries, start) = (u64::from(u16_at(record, 10)), u64::from(u32_at(record, 16)));
    if entries != 0xffff && start != 0xffff_ffff {
        return Ok((offset(start)?, entries));
    }
    let Some(locator) =
        end.checked_sub(20).and_then(|at| archive.get(at..at + 20)).filter(|it| it.starts_with(END_64_LOCATOR))
    else {
        return Ok((offset(start)?, entries));
    };
    let record = bytes(archive, offset(u64_at(locator, 8))?, 56)?;
    if !record.starts_with(END_64) {
        return Err(malformed("the archive's end points at nothing"));
    }
    Ok((offset(u64_at(record, 48))?, u64_at(record, 32)))
}

struct Entry<'a> {
    name: &'a [u8],
    encrypted: bool,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    start: u64,
}

impl<'a> Entry<'a> {
    /// The entry of the central directory at `at`, which then is at the next one.
    fn parse(archive: &'a [u8], at: &mut usize) -> Result<Self> {
        let head = bytes(archive, *at, 46)?;
        if !head.starts_with(CENTRAL) {
            return Err(malformed("the archive's directory is damaged"));
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(head, at)));
        let names = bytes(archive, *at + 46, name + extra)?;
        *at += 46 + name + extra + comment;
        let mut entry = Self {
            name: &names[..name],
            encrypted: u16_at(head, 8) & 1 != 0,
            method: u16_at(head, 10),
            crc: u32_at(head, 16),
            packed: u64::from(u32_at(head, 20)),
            size: u64::from(u32_at(head, 24)),
            start: u64::from(u32_at(head, 42)),
        };
        entry.widen(&names[name..])?;
        Ok(entry)
    }

    /// ZIP64's extra field has in this order what does not fit.
    fn widen(&mut self, mut extra: &[u8]) -> Result<()> {
        while let [a, b, c, d, rest @ ..] = extra {
            let length = usize::from(u16::from_le_bytes([*c, *d]));
            let field = rest.get(..length).ok_or_else(|| malformed("an extra field of the archive is cut"))?;
            extra = &rest[length..];
            if u16::from_le_bytes([*a, *b]) != 1 {
                continue;
            }
            let mut numbers = field.chunks_exact(8).map(|chunk| u64_at(chunk, 0));
            for value in [&mut self.size, &mut self.packed, &mut self.start] {
                if *value == 0xffff_ffff {
                    *value = numbers.next().ok_or_else(|| malformed("a size of the archive is missing"))?;
                }
            }
        }
        Ok(())
    }

    fn unpack(&self, archive: &[u8], buffer: &mut Vec<u8>, total: &mut u64) -> Result<()> {
        if self.encrypted {
            return Err(Error::new(Kind::Unsupported, "the entry is encrypted"));
        }
        *total = total.saturating_add(self.size);
        if self.size > MAX_ENTRY || *total > MAX_TOTAL {
            let error = Error::new(Kind::Limit, "the archive unpacks to too much");
            return Err(error.help(format!("an entry may have {MAX_ENTRY} bytes, all of them {MAX_TOTAL}")));
        }
        let start = offset(self.start)?;
        let local = bytes(archive, start, 30)?;
        if !local.starts_with(LOCAL) {
            return Err(malformed("the entry is not where the directory says"));
        }
        let from = start + 30 + usize::from(u16_at(local, 26)) + usize::from(u16_at(local, 28));
        let packed = bytes(archive, from, offset(self.packed)?)?;
        buffer.clear();
        match self.method {
            0 => buffer.extend_from_slice(packed),
            8 => {
                // A byte more than it may be tells that it is more; a lie about the size costs no memory.
                let mut decoder = DeflateDecoder::new(packed).take(self.size + 1);
                decoder.read_to_end(buffer).map_err(|error| malformed("the entry is damaged").source(error))?;
            }
            other => return Err(Error::new(Kind::Unsupported, format!("the entry is packed by the method {other}"))),
        }
        let mut crc = Crc::new();
        crc.update(buffer);
        if buffer.len() as u64 != self.size || crc.sum() != self.crc {
            return Err(malformed("the entry is not what the directory says"));
        }
        Ok(())
    }
}

fn malformed(what: &str) -> Error {
    Error::new(Kind::Malformed, what)
}

fn bytes(archive: &[u8], at: usize, length: usize) -> Result<&[u8]> {
    at.checked_add(length)
        .and_then(|end| archive.get(at..end))
        .ok_or_else(|| malformed("the archive points behind its end; it may have been cut"))
}

fn offset(value: u64) -> Result<usize> {
    usize::try_from(value).map_err(|_| malformed("the archive points behind its end"))
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
