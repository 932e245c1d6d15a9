//! rpm's own database, `Packages.db` (rpm's `lib/backend/ndb`; no other document tells of it).
//!
//! All numbers are little-endian. A header of 32 bytes is followed, on the same page, by slots of 16 bytes, which go on for as
//! many pages as the header says. A slot has a magic, a package's number, and where its blob lies in blocks of 16 bytes. A blob
//! begins with 16 bytes (a magic, the number again, a generation, its length) and ends, at the end of its last block, with 12:
//! the Adler-32 of all before them, the length again, and a magic.

use std::borrow::Cow;

use reposnap::{Error, Kind, Result};

use super::numbers::{le32, size};
use super::{Blob, Visit, malformed};

const PAGE: usize = 4096;
const HEADER: usize = 32;
const SLOT: usize = 16;
const BLOCK: usize = 16;
const BLOB_HEAD: usize = 16;
const BLOB_TAIL: usize = 12;

const MAGIC: &[u8] = b"RpmP";
const SLOT_MAGIC: &[u8] = b"Slot";
const BLOB_HEAD_MAGIC: &[u8] = b"BlbS";
const BLOB_TAIL_MAGIC: &[u8] = b"BlbE";

/// Whether it begins as such a database does.
pub(super) fn is_ndb(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// The headers.
pub(super) fn each<'a>(bytes: &'a [u8], visit: Visit<'_, 'a>) -> Result<()> {
    let (Some(version), Some(pages)) = (le32(bytes, 4), le32(bytes, 12)) else {
        return Err(malformed("the database is shorter than its header"));
    };
    if version != 0 {
        return Err(Error::new(Kind::Unsupported, format!("the database is of ndb's version {version}")));
    }
    let slots = size(pages).checked_mul(PAGE).and_then(|end| bytes.get(HEADER..end));
    let Some(slots) = slots.filter(|slots| !slots.is_empty()) else {
        return Err(malformed("the database is shorter than its slots, or has none"));
    };
    let slots_end = HEADER + slots.len();

    // Where blobs lie: start, end, number.
    let mut places = Vec::new();
    for (place, slot) in slots.chunks_exact(SLOT).enumerate() {
        let word = |at| le32(slot, at).unwrap_or(0);
        let (number, start, blocks) = (word(4), word(8), word(12));
        if !slot.starts_with(SLOT_MAGIC) {
            return Err(malformed(format!("slot {place} of the database is damaged")));
        }
        if start == 0 {
            continue;
        }
        let start = size(start).checked_mul(BLOCK).filter(|start| *start >= slots_end);
        let end = start.and_then(|start| size(blocks).checked_mul(BLOCK)?.checked_add(start));
        match (start, end) {
            (Some(start), Some(end)) if number != 0 && end <= bytes.len() => places.push((start, end, number)),
            _ => {
                return Err(malformed(format!("slot {place} of the database points at what is not there"))
                    .help("the file is cut short, or damaged"));
            }
        }
    }
    places.sort_unstable();
    if places.windows(2).any(|pair| pair[0].1 > pair[1].0) {
        return Err(malformed("two headers of the database share bytes"));
    }
    places.into_iter().try_for_each(|(start, end, number)| visit(blob(&bytes[start..end], number)?).map(drop))
}

fn blob(bytes: &[u8], number: u32) -> Result<Blob<'_>> {
    let broken = |what: &str| malformed(format!("header {number} of the database {what}"));
    let Some(tail_at) = bytes.len().checked_sub(BLOB_TAIL).filter(|at| *at >= BLOB_HEAD) else {
        return Err(broken("is too short"));
    };
    let (covered, tail) = bytes.split_at(tail_at);
    let length = le32(covered, 12).unwrap_or(0);
    if !covered.starts_with(BLOB_HEAD_MAGIC) || le32(covered, 4) != Some(number) {
        return Err(broken("is not where its slot says"));
    }
    if !tail.ends_with(BLOB_TAIL_MAGIC) || le32(tail, 4) != Some(length) {
        return Err(broken("does not end where its slot says"));
    }
    // No block more than needed.
    let end = size(length).checked_add(BLOB_HEAD).filter(|end| *end <= tail_at && tail_at - *end < BLOCK);
    let Some(end) = end else { return Err(broken("has another length than its slot says")) };
    if le32(tail, 0) != Some(adler32(covered)) {
        return Err(broken("has a checksum that does not hold"));
    }
    Ok(Blob::new(number, Cow::Borrowed(&covered[BLOB_HEAD..end])))
}

/// Adler-32 (RFC 1950 section 8.2): the sum of all bytes and one, and the sum of all such sums.
fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65521;
    /// Bytes that are added up at a time, by several additions at once where the machine has them.
    const BLOCK: usize = 32;
    /// The most bytes after which the sums still fit into 32 bits: 5552, in whole blocks.
    const CHUNK: usize = 5552 / BLOCK * BLOCK;
    /// In how many sums a byte of a block is: the first in all.
    const TIMES: [u32; BLOCK] = {
        let mut times = [0; BLOCK];
        let mut place = 0;
        while place < BLOCK {
            times[place] = (BLOCK - place) as u32;
            place += 1;
        }
        times
    };
    let (mut a, mut b) = (1, 0);
    for chunk in bytes.chunks(CHUNK) {
        let (blocks, rest) = chunk.as_chunks::<BLOCK>();
        for block in blocks {
            // Neither sum can overflow; a check of each addition would only keep them from being made together.
            let (mut sum, mut sums) = (0u32, 0u32);
            for (byte, times) in block.iter().zip(&TIMES) {
                sum = sum.wrapping_add(u32::from(*byte));
                sums = sums.wrapping_add(u32::from(*byte).wrapping_mul(*times));
            }
            b += a * BLOCK as u32 + sums;
            a += sum;
        }
        for byte in rest {
            a += u32::from(*byte);
            b += a;
        }
        a %= MODULUS;
        b %= MODULUS;
    }
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adler32_is_that_of_zlib() {
        assert_eq!(adler32(b""), 1);
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
        let long: Vec<u8> = (0..100_000u32).map(|n| (n * 7 % 256) as u8 | 0x80).collect();
        assert_eq!(adler32(&[0xff; 1 << 20]), naive(&[0xff; 1 << 20]));
        for length in [1, 31, 32, 33, 5535, 5536, 5537, 100_000] {
            assert_eq!(adler32(&long[..length]), naive(&long[..length]));
        }
    }

    /// As the RFC has it, without a thought to overflow.
    fn naive(bytes: &[u8]) -> u32 {
        let (a, b) = bytes.iter().fold((1u64, 0u64), |(a, b), byte| {
            let a = (a + u64::from(*byte)) % 65521;
            (a, (b + a) % 65521)
        });
        (b << 16 | a) as u32
    }
}
