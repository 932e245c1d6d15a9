//! ASCII armor (RFC 9580 section 6), read strictly.

use super::rule::Rule;
use crate::error::{Error, Result};

/// One armored block and what stands after it.
pub(crate) struct Block<'a> {
    pub(crate) bytes: Vec<u8>,
    /// Whether the checksum line, if there is one, is right.
    pub(crate) checksum_holds: bool,
    pub(crate) rest: &'a [u8],
    /// Lines that the block takes.
    pub(crate) lines: u64,
}

/// Armor header keys of RFC 9580 section 6.2.2. They are unsigned and ignored.
const HEADERS: [&[u8]; 5] = [b"Version", b"Comment", b"Hash", b"Charset", b"MessageID"];

/// Reads the block of `kind` (such as `SIGNATURE`) at the very start of `armored`.
pub(crate) fn read<'a>(kind: &str, armored: &'a [u8]) -> Result<Block<'a>> {
    let begin = format!("-----BEGIN PGP {kind}-----");
    let end = format!("-----END PGP {kind}-----");
    let mut lines = Lines { rest: armored, number: 0 };
    let armor = |lines: &Lines, message: &str| Rule::FramingArmor.broken(message.to_string()).line(lines.number);

    match lines.next() {
        Some(line) if line == begin.as_bytes() => {}
        _ => return Err(armor(&lines, &format!("there is no line {begin:?}"))),
    }
    loop {
        let Some(line) = lines.next() else { return Err(unclosed(&lines, &end)) };
        if line.is_empty() {
            break;
        }
        let Some(colon) = memchr::memchr(b':', line).filter(|at| matches!(line[at + 1..].first(), None | Some(b' ')))
        else {
            return Err(armor(&lines, "neither an armor header nor the empty line after them"));
        };
        if !HEADERS.contains(&&line[..colon]) {
            return Err(armor(&lines, "unknown armor header"));
        }
    }

    let mut decoder = Base64::default();
    let mut checksum = None;
    loop {
        let Some(line) = lines.next() else { return Err(unclosed(&lines, &end)) };
        if line == end.as_bytes() {
            break;
        }
        if checksum.is_some() {
            return Err(armor(&lines, "something stands between the armor's checksum and its end"));
        }
        if let (Some(b'='), 5) = (line.first(), line.len()) {
            let mut sum = Base64::default();
            sum.push(&line[1..]).map_err(|message| armor(&lines, message))?;
            checksum = sum.finish().ok();
            continue;
        }
        decoder.push(line).map_err(|message| armor(&lines, message))?;
    }
    let bytes = decoder.finish().map_err(|message| armor(&lines, message))?;
    let checksum_holds = checksum.is_none_or(|sum| sum == crc24(&bytes));
    Ok(Block { bytes, checksum_holds, rest: lines.rest, lines: lines.number })
}

/// Armors `bytes`, with the checksum that older readers ask for.
pub(crate) fn write(kind: &str, bytes: &[u8]) -> Vec<u8> {
    const COLUMNS: usize = 48;
    let mut out = Vec::with_capacity(bytes.len() / 3 * 4 + bytes.len() / COLUMNS + 128);
    out.extend_from_slice(format!("-----BEGIN PGP {kind}-----\n\n").as_bytes());
    for line in bytes.chunks(COLUMNS) {
        encode(line, &mut out);
        out.push(b'\n');
    }
    out.push(b'=');
    encode(&crc24(bytes), &mut out);
    out.extend_from_slice(format!("\n-----END PGP {kind}-----\n").as_bytes());
    out
}

fn unclosed(lines: &Lines, end: &str) -> Error {
    Rule::FramingUnclosed.broken(format!("the armored block has no line {end:?}")).line(lines.number)
}

struct Lines<'a> {
    rest: &'a [u8],
    number: u64,
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        self.number += 1;
        let (line, rest) = match memchr::memchr(b'\n', self.rest) {
            Some(at) => (&self.rest[..at], &self.rest[at + 1..]),
            None => (self.rest, &[][..]),
        };
        self.rest = rest;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

/// A decoder that takes base64 by lines and accepts one spelling of each value only.
#[derive(Default)]
struct Base64 {
    out: Vec<u8>,
    bits: u32,
    digits: u8,
    padding: u8,
}

impl Base64 {
    fn push(&mut self, line: &[u8]) -> Result<(), &'static str> {
        if line.is_empty() {
            return Err("an empty line inside the armor");
        }
        for &byte in line {
            if byte == b'=' {
                self.padding += 1;
                if self.digits + self.padding > 4 || self.digits < 2 {
                    return Err("misplaced padding in the armor");
                }
                continue;
            }
            let value = DECODE[usize::from(byte)];
            if value == NOT_A_DIGIT {
                return Err("a character that is not base64 in the armor");
            }
            if self.padding > 0 {
                return Err("misplaced padding in the armor");
            }
            self.bits = self.bits << 6 | u32::from(value);
            self.digits += 1;
            if self.digits == 4 {
                self.out.extend_from_slice(&self.bits.to_be_bytes()[1..]);
                (self.bits, self.digits) = (0, 0);
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, &'static str> {
        let (bytes, spare) = match (self.digits, self.padding) {
            (0, 0) => return Ok(self.out),
            (2, 2) => (1, 4),
            (3, 1) => (2, 2),
            _ => return Err("the armor's base64 is incomplete"),
        };
        if self.bits & ((1 << spare) - 1) != 0 {
            return Err("the armor's base64 has stray bits at its end");
        }
        let bits = self.bits >> spare;
        self.out.extend_from_slice(&bits.to_be_bytes()[4 - bytes..]);
        Ok(self.out)
    }
}

fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().enumerate().fold(0, |word, (i, byte)| word | u32::from(*byte) << (16 - 8 * i));
        for digit in 0..4 {
            if digit <= chunk.len() {
                out.push(ALPHABET[(word >> (18 - 6 * digit) & 63) as usize]);
            } else {
                out.push(b'=');
            }
        }
    }
}

/// The checksum of RFC 9580 section 6.1.
fn crc24(bytes: &[u8]) -> [u8; 3] {
    let mut crc: u32 = 0xB7_04CE;
    for byte in bytes {
        crc ^= u32::from(*byte) << 16;
        for _ in 0..8 {
            crc <<= 1;
            if crc & 0x100_0000 != 0 {
                crc ^= 0x186_4CFB;
            }
        }
    }
    [(crc >> 16) as u8, (crc >> 8) as u8, crc as u8]
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const NOT_A_DIGIT: u8 = 0xff;
const DECODE: [u8; 256] = {
    let mut table = [NOT_A_DIGIT; 256];
    let mut value = 0;
    while value < 64 {
        table[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_at_every_length() {
        for length in 0..200usize {
            let bytes: Vec<u8> = (0..length).map(|i| (i * 37 + length) as u8).collect();
            let armored = write("SIGNATURE", &bytes);
            let block = read("SIGNATURE", &armored).expect("own armor");
            assert_eq!(block.bytes, bytes);
            assert!(block.checksum_holds && block.rest.is_empty());
        }
    }

    #[test]
    fn one_spelling_only() {
        let armor = |body: &str| format!("-----BEGIN PGP SIGNATURE-----\n\n{body}\n-----END PGP SIGNATURE-----\n");
        let rule = |body: &str| read("SIGNATURE", armor(body).as_bytes()).err().and_then(|e| e.broken_rule());
        assert_eq!(rule("iQEz"), None);
        assert_eq!(rule("iQE="), None);
        for wrong in [
            "iQE",
            "iQ",
            "iQF=",
            "iQ=E",
            "iQE=\niQEz",
            "iQEz ",
            " iQEz",
            "i-Ez",
            "iQEz\n\niQEz",
            "=",
            "iQEz\n=AAAA\niQEz",
        ] {
            assert_eq!(rule(wrong), Some("framing-armor"), "{wrong:?}");
        }
    }
}
