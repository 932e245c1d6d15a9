//! Fields of a stanza: names and values.

use crate::error::{Error, Kind};

/// A field of a stanza.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name as written; names that differ in case alone are the same.
    pub name: &'a str,
    /// Its value without the white space around it, but with all inside it: lines after the first start with a space or
    /// a tab.
    pub value: &'a [u8],
}

/// The fields of a stanza in order.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn new(raw: &'a [u8]) -> Self {
        Self { rest: raw }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let name = Name::read(self.rest)?;
        let end = field_end(self.rest);
        let field = Field {
            name: std::str::from_utf8(&self.rest[..name.length]).unwrap_or_default(),
            value: trimmed(&self.rest[name.length + 1..end]),
        };
        self.rest = &self.rest[end..];
        Some(field)
    }
}

impl std::iter::FusedIterator for Fields<'_> {}

/// The length of the field that `data` starts with, with all its lines.
pub(super) fn field_end(data: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match memchr::memchr(b'\n', &data[at..]) {
            Some(end) => at += end + 1,
            None => return data.len(),
        }
        if !matches!(data.get(at), Some(b' ' | b'\t')) {
            return at;
        }
    }
}

/// Cuts off what C's `isspace` calls white space, as apt does.
pub(super) fn trimmed(mut value: &[u8]) -> &[u8] {
    while let Some((first, rest)) = value.split_first()
        && is_space(*first)
    {
        value = rest;
    }
    while let Some((last, rest)) = value.split_last()
        && is_space(*last)
    {
        value = rest;
    }
    value
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// The name and place of the first field whose name was there before.
pub(super) fn duplicate(raw: &[u8]) -> Option<(&str, usize)> {
    // A set of 256 by length and first letters rules out nearly all; only a hit looks at the names before.
    let mut seen = [0_u64; 4];
    let mut at = 0;
    while let Some(name) = Name::read(&raw[at..]) {
        let mixed = name.word ^ (name.length as u128);
        let slot = ((mixed as u64 ^ (mixed >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize;
        let (place, bit) = (slot / 64, 1 << (slot % 64));
        if seen[place] & bit != 0 {
            let text = &raw[at..at + name.length];
            let before = Fields::new(&raw[..at]).any(|field| field.name.as_bytes().eq_ignore_ascii_case(text));
            if before {
                return Some((std::str::from_utf8(text).unwrap_or_default(), at));
            }
        }
        seen[place] |= bit;
        at += field_end(&raw[at..]);
    }
    None
}

/// The name of a field, read off the start of its line.
#[derive(Clone, Copy)]
pub(super) struct Name {
    /// Its length in bytes; the colon follows.
    pub(super) length: usize,
    /// Its first 16 bytes in an order of letters that knows no case, to compare names at once. Different names may share
    /// a word.
    pub(super) word: u128,
}

impl Name {
    /// Reads the name that `line` starts with; `None` if there is none that policy 5.1 allows.
    #[inline]
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        let Some(head) = line.first_chunk::<16>() else { return Self::read_slowly(line) };
        let word = u128::from_le_bytes(*head);
        // Where a byte is a colon, its highest bit is set in `colons`; borrows only spoil bytes behind the first one.
        let differing = word ^ each(b':');
        let colons = differing.wrapping_sub(each(1)) & !differing & each(0x80);
        if colons == 0 {
            return Self::read_slowly(line);
        }
        let bits = (colons.trailing_zeros() & !7) as usize;
        let mask = (1_u128 << bits) - 1;
        // Likewise for bytes below '!' and above '~'.
        let low = word.wrapping_sub(each(b'!')) & !word;
        let high = word.wrapping_add(each(1)) | word;
        if (low | high) & each(0x80) & mask != 0 || matches!(head[0], b'#' | b'-' | b':') {
            return None;
        }
        Some(Self { length: bits / 8, word: Self::fold(word & mask) })
    }

    /// The word of a name that was not read but asked for.
    pub(super) fn word_of(name: &str) -> u128 {
        let length = name.len().min(16);
        let mut head = [0; 16];
        head[..length].copy_from_slice(&name.as_bytes()[..length]);
        Self::fold(u128::from_le_bytes(head))
    }

    fn fold(word: u128) -> u128 {
        word | each(0x20)
    }

    #[cold]
    fn read_slowly(line: &[u8]) -> Option<Self> {
        let length = line.iter().take_while(|byte| is_in_name(**byte)).count();
        let name = &line[..length];
        if line.get(length) != Some(&b':') || matches!(name.first(), None | Some(b'#' | b'-')) {
            return None;
        }
        Some(Self { length, word: Self::word_of(std::str::from_utf8(name).ok()?) })
    }

    /// Why `line` starts with no name.
    #[cold]
    pub(super) fn fault(line: &[u8]) -> Error {
        let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        let why = match name.first() {
            Some(first @ (b'#' | b'-')) => format!("its name starts with {:?}", char::from(*first)),
            _ if name.len() == line.len() => "it has no colon".into(),
            None => "its name is empty".into(),
            Some(_) => match name.iter().find(|byte| !is_in_name(**byte)) {
                Some(byte) if byte.is_ascii() => format!("{:?} may not stand in its name", char::from(*byte)),
                byte => format!("the byte {:#04x} may not stand in its name", byte.unwrap_or(&0)),
            },
        };
        let shown = String::from_utf8_lossy(&line[..line.len().min(SHOWN)]);
        Error::new(Kind::Malformed, format!("{shown:?} is no field: {why}"))
    }
}

/// Bytes of a refused line that an error repeats.
const SHOWN: usize = 80;

fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b':'
}

/// A word in which each byte is `byte`.
const fn each(byte: u8) -> u128 {
    u128::from_le_bytes([byte; 16])
}
