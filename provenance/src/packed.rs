//! Objects that are opened without being parsed: columns of numbers and texts, one behind the other.
//!
//! ```text
//! magic: 4 bytes; format: u32; sum: u128 of all that follows
//! sections: u32; of each: bytes per item: u32, items: u64
//! the sections one behind the other
//! ```
//!
//! All numbers are little endian; those of a column have as many bytes each as its largest needs. The sum is XXH3: it tells
//! of accidents. Whoever can write into a store can write such an object with a sum that is right, so no number is believed:
//! one that leads nowhere gives nothing, or an error, and an object that lies gives wrong answers and nothing worse. All
//! of them are derived from other objects, and made anew where they are missing.

use bytes::Bytes;
use reposnap::{Error, Kind, Result};
use twox_hash::XxHash3_128;

/// The most bytes of such an object, as of any that a store reads at once: 2 GiB.
pub(crate) const MAX_BYTES: usize = 2 << 30;

const SUMMED: usize = 4 + 4 + 16;
const MAX_SECTIONS: usize = 64;

/// An object in the making.
pub(crate) struct Writer {
    sections: Vec<(u32, u64)>,
    body: Vec<u8>,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self { sections: Vec::new(), body: Vec::new() }
    }

    /// Adds bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.sections.push((1, bytes.len() as u64));
        self.body.extend_from_slice(bytes);
    }

    /// Adds items of `width` bytes each.
    pub(crate) fn items(&mut self, width: usize, bytes: &[u8]) {
        self.sections.push((width as u32, (bytes.len() / width) as u64));
        self.body.extend_from_slice(bytes);
    }

    /// Adds a column of numbers.
    pub(crate) fn numbers(&mut self, numbers: &[u64]) {
        let all = numbers.iter().fold(0, |all, number| all | number);
        let width = (8 - all.leading_zeros() as usize / 8).max(1);
        self.sections.push((width as u32, numbers.len() as u64));
        self.body.reserve(numbers.len() * width);
        for number in numbers {
            self.body.extend_from_slice(&number.to_le_bytes()[..width]);
        }
    }

    /// The object.
    pub(crate) fn finish(self, magic: [u8; 4], format: u32) -> Result<Bytes> {
        let mut out = Vec::with_capacity(SUMMED + 4 + self.sections.len() * 12 + self.body.len());
        out.extend_from_slice(&magic);
        out.extend_from_slice(&format.to_le_bytes());
        out.extend_from_slice(&[0; 16]);
        out.extend_from_slice(&(self.sections.len() as u32).to_le_bytes());
        for (width, items) in &self.sections {
            out.extend_from_slice(&width.to_le_bytes());
            out.extend_from_slice(&items.to_le_bytes());
        }
        out.extend_from_slice(&self.body);
        if out.len() > MAX_BYTES {
            return Err(Error::new(Kind::Limit, format!("an index is larger than {MAX_BYTES} bytes")));
        }
        let sum = XxHash3_128::oneshot(&out[SUMMED..]);
        out[8..SUMMED].copy_from_slice(&sum.to_le_bytes());
        Ok(out.into())
    }
}

/// The sections of an object whose sum is right, in their order.
pub(crate) struct Sections {
    sections: std::vec::IntoIter<(usize, Bytes)>,
}

impl Sections {
    /// Opens an object.
    pub(crate) fn open(bytes: &Bytes, magic: [u8; 4], format: u32) -> Result<Self> {
        let word =
            |at: usize| bytes.get(at..at + 4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
        if bytes.get(..4) != Some(&magic[..]) {
            return Err(damaged("it does not begin as one"));
        }
        if word(4) != Some(format) {
            return Err(Error::new(Kind::Format, "an index has another format").help("delete it: it is made anew"));
        }
        let (Some(sum), Some(count)) = (bytes.get(8..SUMMED), word(SUMMED)) else {
            return Err(damaged("it ends too early"));
        };
        if XxHash3_128::oneshot(&bytes[SUMMED..]).to_le_bytes() != sum {
            return Err(Error::new(Kind::Verification, "an index was altered")
                .rule("stored-digest")
                .help("delete it: it is made anew"));
        }
        let count = count as usize;
        let mut at = SUMMED + 4 + count * 12;
        if count > MAX_SECTIONS || at > bytes.len() {
            return Err(damaged("it has too many sections"));
        }
        let mut sections = Vec::with_capacity(count);
        for section in 0..count {
            let head = SUMMED + 4 + section * 12;
            let width = word(head).unwrap_or_default() as usize;
            let items = bytes.get(head + 4..head + 12).and_then(|items| items.try_into().ok()).map(u64::from_le_bytes);
            let length = items.and_then(|items| usize::try_from(items).ok()).and_then(|items| items.checked_mul(width));
            let end = length.and_then(|length| at.checked_add(length)).filter(|end| *end <= bytes.len() && width > 0);
            let Some(end) = end else { return Err(damaged("a section is longer than it")) };
            sections.push((width, bytes.slice(at..end)));
            at = end;
        }
        if at != bytes.len() {
            return Err(damaged("bytes follow its end"));
        }
        Ok(Self { sections: sections.into_iter() })
    }

    /// The next section, as bytes.
    pub(crate) fn bytes(&mut self) -> Result<Bytes> {
        self.next().map(|(_, bytes)| bytes)
    }

    /// The next section, of items of `width` bytes.
    pub(crate) fn items(&mut self, width: usize) -> Result<Bytes> {
        match self.next()? {
            (found, bytes) if found == width => Ok(bytes),
            _ => Err(damaged("items have another width")),
        }
    }

    /// The next section, as numbers.
    pub(crate) fn column(&mut self) -> Result<Column> {
        match self.next()? {
            (width @ 1..=8, bytes) => Ok(Column { bytes, width }),
            _ => Err(damaged("numbers are too wide")),
        }
    }

    fn next(&mut self) -> Result<(usize, Bytes)> {
        self.sections.next().ok_or_else(|| damaged("a section is missing"))
    }
}

/// Numbers, read where they stand.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    bytes: Bytes,
    width: usize,
}

impl Column {
    /// How many numbers.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() / self.width
    }

    /// The number at `index`; 0 where there is none, which leads nowhere that is not checked.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> u64 {
        let width = self.width;
        let start = index.saturating_mul(width);
        let Some(item) = self.bytes.get(start..start.saturating_add(width)) else { return 0 };
        match *item {
            [a] => u64::from(a),
            [a, b] => u64::from(u16::from_le_bytes([a, b])),
            [a, b, c] => u64::from(u32::from_le_bytes([a, b, c, 0])),
            [a, b, c, d] => u64::from(u32::from_le_bytes([a, b, c, d])),
            _ => {
                let mut word = [0; 8];
                word[..width].copy_from_slice(item);
                u64::from_le_bytes(word)
            }
        }
    }

    /// What lies between the number at `index` and the next one, where the column is one of starts.
    #[inline]
    pub(crate) fn range(&self, index: usize) -> std::ops::Range<usize> {
        let (start, end) = (self.get(index) as usize, self.get(index + 1) as usize);
        start..end.max(start)
    }

    /// Fails unless there are `rows` numbers.
    pub(crate) fn of(self, rows: usize) -> Result<Self> {
        if self.len() == rows { Ok(self) } else { Err(damaged("a column has another length")) }
    }
}

/// Texts one behind the other, and where each begins.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    starts: Column,
    heap: Bytes,
}

impl Texts {
    /// Reads what [`write_texts`] wrote.
    pub(crate) fn read(sections: &mut Sections) -> Result<Self> {
        let (starts, heap) = (sections.column()?, sections.bytes()?);
        if starts.len() == 0 {
            return Err(damaged("texts have no starts"));
        }
        Ok(Self { starts, heap })
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The text at `index`; empty where there is none.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> &[u8] {
        self.heap.get(self.starts.range(index)).unwrap_or_default()
    }

    /// The same as text; what is not UTF-8 is empty.
    pub(crate) fn str(&self, index: usize) -> &str {
        std::str::from_utf8(self.get(index)).unwrap_or_default()
    }
}

/// Writes texts for [`Texts::read`].
pub(crate) fn write_texts<'a>(writer: &mut Writer, texts: impl Iterator<Item = &'a [u8]>) {
    let (mut starts, mut heap) = (vec![0], Vec::new());
    for text in texts {
        heap.extend_from_slice(text);
        starts.push(heap.len() as u64);
    }
    writer.numbers(&starts);
    writer.bytes(&heap);
}

/// The fault of an object that is damaged.
pub(crate) fn damaged(why: &str) -> Error {
    Error::new(Kind::Malformed, format!("a stored index is damaged: {why}")).help("delete it: it is made anew")
}

/// Appends `value` as an unsigned LEB128 varint.
pub(crate) fn put_uint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes a varint off the front; none where it is cut, or has more than 64 bits.
#[inline]
pub(crate) fn take_uint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if *byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object() -> Bytes {
        let mut writer = Writer::new();
        writer.numbers(&[0, 1, 300, 70_000]);
        writer.numbers(&[u64::MAX, 1]);
        write_texts(&mut writer, [&b"one"[..], b"", b"three"].into_iter());
        writer.items(16, &[7; 48]);
        writer.finish(*b"TEST", 1).unwrap()
    }

    type Told = (Vec<u64>, Vec<u64>, Vec<Vec<u8>>);

    fn read(bytes: &Bytes) -> Result<Told> {
        let mut sections = Sections::open(bytes, *b"TEST", 1)?;
        let column = |column: Column| (0..column.len()).map(|at| column.get(at)).collect::<Vec<_>>();
        let (a, b) = (column(sections.column()?), column(sections.column()?));
        let texts = Texts::read(&mut sections)?;
        sections.items(16)?;
        Ok((a, b, (0..texts.len()).map(|at| texts.get(at).to_vec()).collect()))
    }

    #[test]
    fn columns_come_back_and_damage_is_an_error() {
        let bytes = object();
        let texts = [&b"one"[..], b"", b"three"].map(<[u8]>::to_vec).to_vec();
        assert_eq!(read(&bytes).unwrap(), (vec![0, 1, 300, 70_000], vec![u64::MAX, 1], texts));
        for end in 0..bytes.len() {
            assert!(read(&bytes.slice(..end)).is_err(), "{end}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.to_vec();
            damaged[at] ^= 0x55;
            assert!(read(&damaged.clone().into()).is_err(), "{at}");
            // With a sum that is right, there is no panic.
            let sum = XxHash3_128::oneshot(&damaged[SUMMED..]);
            damaged[8..SUMMED].copy_from_slice(&sum.to_le_bytes());
            let _ = read(&damaged.into());
        }
    }

    #[test]
    fn varints_come_back() {
        for value in [0, 127, 128, 1 << 40, u64::MAX] {
            let mut bytes = Vec::new();
            put_uint(&mut bytes, value);
            let mut rest = &bytes[..];
            assert_eq!((take_uint(&mut rest), rest), (Some(value), &[][..]));
            assert_eq!(take_uint(&mut &bytes[..bytes.len() - 1]), None);
        }
        assert_eq!(take_uint(&mut &[0xff; 11][..]), None);
    }
}
