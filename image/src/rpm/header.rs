//! Headers: what rpm knows of a package, as its database keeps it.
//!
//! A header is the number of index entries and the size of the data, then the entries, then the data; all numbers are
//! big-endian (rpm's manual, "Header format" and "Immutable header regions"; Linux Standard Base, "Package File Format").
//! An entry is a tag, a type, an offset into the data and a count. The first entry may be a region: 16 bytes of data end it,
//! a trailer that looks like an entry and tells by a negative offset how many entries belong to it. What rpm adds when it
//! installs a package, such as the time and what stood in the signature section, comes behind the region.

use reposnap::{Error, Kind, Result};

use super::numbers::{be16, be32, size};
use super::tag;

/// The most index entries of a header, as rpm has it.
pub const MAX_ENTRIES: usize = 0xffff;
/// The most bytes of a header's data, as rpm has it: 256 MiB.
pub const MAX_DATA: usize = 0x0fff_ffff;

/// Bytes of an index entry, and of a region's trailer.
const ENTRY: usize = 16;
/// The region's trailer and its entry have this as their count.
const REGION_COUNT: u32 = 16;

/// The types of entries.
mod kind {
    pub(super) const CHAR: u32 = 1;
    pub(super) const INT8: u32 = 2;
    pub(super) const INT16: u32 = 3;
    pub(super) const INT32: u32 = 4;
    pub(super) const INT64: u32 = 5;
    pub(super) const STRING: u32 = 6;
    pub(super) const BIN: u32 = 7;
    pub(super) const STRING_ARRAY: u32 = 8;
    pub(super) const I18N_STRING: u32 = 9;
}

/// A header, checked as a whole; its values are views of its bytes.
///
/// ```
/// use reposnap_image::rpm::{header::Header, tag};
/// // One entry, NAME, a string at offset 0; six bytes of data.
/// let mut bytes = vec![0, 0, 0, 1, 0, 0, 0, 6];
/// bytes.extend([0, 0, 0x03, 0xe8, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 1]);
/// bytes.extend(b"hello\0");
/// let header = Header::parse(&bytes)?;
/// assert_eq!(header.string(tag::NAME), Some(&b"hello"[..]));
/// assert!(Header::parse(&bytes[..29]).is_err());
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    index: &'a [u8],
    data: &'a [u8],
    region: Option<Region<'a>>,
}

/// The part of a header that stands as it was in the package file.
#[derive(Clone, Copy, Debug)]
pub struct Region<'a> {
    tag: u32,
    index: &'a [u8],
    data: &'a [u8],
}

impl<'a> Region<'a> {
    /// Whether it is the immutable region, which digests and signatures are of.
    pub fn is_immutable(&self) -> bool {
        self.tag == tag::HEADER_IMMUTABLE
    }

    /// The bytes that digests and signatures are of: the header of the package file, with its magic.
    pub fn signed_bytes(&self) -> Vec<u8> {
        /// The magic of a header in a file, version 1, and four reserved bytes.
        const MAGIC: [u8; 8] = [0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0];
        let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
        let mut bytes = Vec::with_capacity(16 + self.index.len() + self.data.len());
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&number(self.index.len() / ENTRY));
        bytes.extend_from_slice(&number(self.data.len()));
        bytes.extend_from_slice(self.index);
        bytes.extend_from_slice(self.data);
        bytes
    }
}

/// One index entry, with the data that is its own.
#[derive(Clone, Copy, Debug)]
struct Entry<'a> {
    tag: u32,
    kind: u32,
    count: usize,
    /// From the entry's offset on; exactly its values for checked entries.
    data: &'a [u8],
}

impl<'a> Header<'a> {
    /// Checks a header as a database keeps it, without the magic and the lead of package files.
    ///
    /// All of it is checked here, in one pass: every entry's type, alignment, count and place; that no two entries share
    /// data; that strings end. So no later look can fail.
    ///
    /// # Errors
    /// `Kind::Malformed` for what rpm would not take either; `Kind::Limit` beyond [`MAX_ENTRIES`] and [`MAX_DATA`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        let (Some(entries), Some(length)) = (be32(bytes, 0), be32(bytes, 4)) else {
            return Err(malformed("a header is shorter than its first eight bytes"));
        };
        let (entries, length) = (size(entries), size(length));
        if entries > MAX_ENTRIES || length > MAX_DATA {
            return Err(Error::new(
                Kind::Limit,
                format!("a header claims {entries} entries and {length} bytes of data, more than rpm takes"),
            )
            .mismatch(format!("at most {MAX_ENTRIES} and {MAX_DATA}"), format!("{entries} and {length}")));
        }
        let index_end = 8 + entries * ENTRY;
        if entries == 0 || bytes.len() != index_end + length {
            return Err(malformed(format!(
                "a header of {entries} entries and {length} bytes of data has a wrong size"
            ))
            .mismatch(format!("{} bytes", index_end + length), format!("{} bytes", bytes.len())));
        }
        let mut header = Self { index: &bytes[8..index_end], data: &bytes[index_end..], region: None };
        header.region = header.read_region()?;
        header.check_entries()?;
        Ok(header)
    }

    /// The region that the header begins with; headers that rpm 3 wrote have none.
    pub fn region(&self) -> Option<Region<'a>> {
        self.region
    }

    /// The string of `tag`; of an array or a translated string the first one. Without its NUL, and in no known encoding.
    pub fn string(&self, tag: u32) -> Option<&'a [u8]> {
        self.strings(tag)?.next()
    }

    /// The strings of `tag`.
    pub fn strings(&self, tag: u32) -> Option<Strings<'a>> {
        let entry = self.find(tag)?;
        matches!(entry.kind, kind::STRING | kind::STRING_ARRAY | kind::I18N_STRING)
            .then_some(Strings { data: entry.data, left: entry.count })
    }

    /// The number of `tag`; of an array the first one.
    pub fn number(&self, tag: u32) -> Option<u64> {
        self.numbers(tag)?.get(0)
    }

    /// The numbers of `tag`, of any width.
    pub fn numbers(&self, tag: u32) -> Option<Numbers<'a>> {
        let entry = self.find(tag)?;
        let width = match entry.kind {
            kind::CHAR | kind::INT8 => 1,
            kind::INT16 => 2,
            kind::INT32 => 4,
            kind::INT64 => 8,
            _ => return None,
        };
        Some(Numbers { data: entry.data, width })
    }

    /// The bytes of `tag`.
    pub fn binary(&self, tag: u32) -> Option<&'a [u8]> {
        self.find(tag).filter(|entry| entry.kind == kind::BIN).map(|entry| entry.data)
    }

    /// Whether the header has `tag` at all.
    pub fn has(&self, tag: u32) -> bool {
        self.find(tag).is_some()
    }

    /// Whether what this header says of `tag` is what the region says of it, and says once: no entry of that tag stands
    /// outside the region, where nothing is signed, and no second one inside.
    pub fn is_from_region(&self, tag: u32) -> bool {
        let inside = self.region.map_or(0, |region| region.index.len());
        let count = |index: &[u8]| index.chunks_exact(ENTRY).filter(|entry| be32(entry, 0) == Some(tag)).count();
        count(&self.index[inside..]) == 0 && count(&self.index[..inside]) <= 1
    }

    /// The entry of `tag` that rpm would take: one from outside the region hides that of the region.
    fn find(&self, tag: u32) -> Option<Entry<'a>> {
        let inside = self.region.map_or(0, |region| region.index.len());
        let (region, added) = self.index.split_at(inside);
        let wanted = tag.to_be_bytes();
        let entry = added
            .chunks_exact(ENTRY)
            .chain(region.chunks_exact(ENTRY).skip(1))
            .find(|entry| entry.first_chunk() == Some(&wanted))?;
        let (entry, offset) = read(entry, self.data)?;
        let end = offset.checked_add(length(&entry)?)?;
        Some(Entry { data: self.data.get(offset..end)?, ..entry })
    }

    /// The region, where the first entry is one.
    fn read_region(&self) -> Result<Option<Region<'a>>> {
        let word = |at| be32(self.index, at).unwrap_or(0);
        let (tag, kind, offset, count) = (word(0), word(4), size(word(8)), word(12));
        if !matches!(tag, tag::HEADER_IMAGE | tag::HEADER_IMMUTABLE) {
            return Ok(None);
        }
        let trailer = offset.checked_add(ENTRY).and_then(|end| self.data.get(offset..end));
        let Some(trailer) = trailer.filter(|_| kind == kind::BIN && count == REGION_COUNT) else {
            return Err(malformed("a header's region is not where its first entry says"));
        };
        let word = |at| be32(trailer, at).unwrap_or(0);
        // Minus the bytes of the region's entries.
        let back = size(word(8).wrapping_neg());
        if (word(0), word(4), word(12)) != (tag, kind::BIN, REGION_COUNT)
            || back % ENTRY != 0
            || back == 0
            || back > self.index.len()
        {
            return Err(malformed("the trailer of a header's region is damaged"));
        }
        Ok(Some(Region { tag, index: &self.index[..back], data: &self.data[..offset + ENTRY] }))
    }

    fn check_entries(&self) -> Result<()> {
        let (inside, region_end) = self.region.map_or((0, 0), |region| (region.index.len() / ENTRY, region.data.len()));
        // Data lies in the order of the entries: nothing is shared, so all strings together are searched once.
        let mut end = 0;
        for (place, raw) in self.index.chunks_exact(ENTRY).enumerate() {
            if place == 0 && self.region.is_some() {
                continue;
            }
            if place == inside {
                end = region_end;
            }
            let bad = |what: &str| {
                let word = |at| be32(raw, at).unwrap_or(0);
                malformed(format!(
                    "entry {place} of a header {what} (tag {}, type {}, offset {}, count {})",
                    word(0),
                    word(4),
                    word(8),
                    word(12)
                ))
            };
            let Some((entry, offset)) = read(raw, self.data) else { return Err(bad("lies outside its data")) };
            if entry.tag < tag::HEADER_I18N_TABLE {
                return Err(bad("is a region where none may be"));
            }
            if entry.count == 0 || entry.count > self.data.len() {
                return Err(bad("has an impossible count"));
            }
            let alignment = match entry.kind {
                kind::INT16 => 2,
                kind::INT32 => 4,
                kind::INT64 => 8,
                kind::CHAR..=kind::I18N_STRING => 1,
                _ => return Err(bad("is of no known type")),
            };
            if offset % alignment != 0 {
                return Err(bad("is not aligned"));
            }
            if offset < end {
                return Err(bad("shares data with the one before"));
            }
            let limit = match self.region {
                Some(_) if place < inside => region_end - ENTRY,
                _ => self.data.len(),
            };
            end = match length(&entry).and_then(|length| offset.checked_add(length)) {
                Some(end) if end <= limit => end,
                _ => return Err(bad("does not end within its data")),
            };
        }
        Ok(())
    }
}

/// An entry and its offset; its data reaches to the end of all data.
fn read<'a>(raw: &[u8], data: &'a [u8]) -> Option<(Entry<'a>, usize)> {
    let offset = size(be32(raw, 8)?);
    let entry =
        Entry { tag: be32(raw, 0)?, kind: be32(raw, 4)?, count: size(be32(raw, 12)?), data: data.get(offset..)? };
    Some((entry, offset))
}

/// The bytes of an entry's values, where its data has all of them.
fn length(entry: &Entry<'_>) -> Option<usize> {
    let width = match entry.kind {
        kind::CHAR | kind::INT8 | kind::BIN => 1,
        kind::INT16 => 2,
        kind::INT32 => 4,
        kind::INT64 => 8,
        kind::STRING if entry.count != 1 => return None,
        kind::STRING | kind::STRING_ARRAY | kind::I18N_STRING => {
            let mut ends = memchr::memchr_iter(0, entry.data);
            return ends.nth(entry.count.checked_sub(1)?).map(|last| last + 1);
        }
        _ => return None,
    };
    entry.count.checked_mul(width).filter(|length| *length <= entry.data.len())
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(Kind::Malformed, message)
}

/// The strings of an entry, without their NULs.
#[derive(Clone, Debug)]
pub struct Strings<'a> {
    data: &'a [u8],
    left: usize,
}

impl<'a> Iterator for Strings<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        self.left = self.left.checked_sub(1)?;
        let end = memchr::memchr(0, self.data)?;
        let string = &self.data[..end];
        self.data = &self.data[end + 1..];
        Some(string)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left))
    }
}

/// The numbers of an entry.
#[derive(Clone, Copy, Debug)]
pub struct Numbers<'a> {
    data: &'a [u8],
    width: usize,
}

impl Numbers<'_> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.data.len() / self.width
    }

    /// Whether there are none; no header that was checked has such an entry.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The number at `place`, counted from 0.
    pub fn get(&self, place: usize) -> Option<u64> {
        let at = place.checked_mul(self.width)?;
        Some(match self.width {
            1 => u64::from(*self.data.get(at)?),
            2 => u64::from(be16(self.data, at)?),
            4 => u64::from(be32(self.data, at)?),
            _ => u64::from_be_bytes(*self.data.get(at..)?.first_chunk()?),
        })
    }
}
