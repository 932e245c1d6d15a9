//! The write-ahead log: pages that are newer than those of the file (sqlite.org, "The Write-Ahead Log").
//!
//! What counts are the frames up to the last commit whose checksums, each over all before it, hold. SQLite ignores whatever
//! comes behind, which is how a transaction that was broken off vanishes. Here, a commit of the same generation behind a frame
//! that doesn't hold is an error: no transaction that was broken off leaves one, but damage does.

use std::collections::HashMap;

use reposnap::{Error, Kind, Result};

use crate::rpm::malformed;
use crate::rpm::numbers::{Order, be32, size};

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// The magic without its last bit, which tells the order of checksums' bytes.
const MAGIC: u32 = 0x377f_0682;
const VERSION: u32 = 3_007_000;

/// The pages of a log that count.
#[derive(Debug)]
pub(super) struct Wal<'a> {
    /// Bytes of a page.
    pub(super) page_size: usize,
    /// Pages of the database after the last commit.
    pub(super) pages: u32,
    newest: HashMap<u32, &'a [u8]>,
}

impl<'a> Wal<'a> {
    /// The newest content of a page, where the log has any.
    pub(super) fn page(&self, number: u32) -> Option<&'a [u8]> {
        self.newest.get(&number).copied()
    }

    /// How many pages it has.
    pub(super) fn len(&self) -> usize {
        self.newest.len()
    }
}

/// Whether it begins as a log does.
pub(super) fn is_wal(bytes: &[u8]) -> bool {
    be32(bytes, 0).is_some_and(|magic| magic & !1 == MAGIC)
}

/// Reads a log; none where it has no commit.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Wal<'_>>> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let broken = |what: &str| malformed(format!("the write-ahead log {what}"));
    let Some(header) = bytes.first_chunk::<HEADER>() else { return Err(broken("is cut short")) };
    let word = |at| be32(header, at).unwrap_or(0);
    if !is_wal(header) {
        return Err(broken("is none"));
    }
    if word(4) != VERSION {
        return Err(Error::new(Kind::Unsupported, format!("the write-ahead log is of version {}", word(4))));
    }
    let page_size = size(word(8));
    if !page_size.is_power_of_two() || !(512..=65536).contains(&page_size) {
        return Err(broken("has pages of an impossible size"));
    }
    let order = if word(0) & 1 == 1 { Order::Big } else { Order::Little };
    let mut sum = checksum(order, (0, 0), &header[..24]);
    if sum != (word(24), word(28)) {
        return Err(broken("has a first checksum that does not hold"));
    }

    let salts = &header[16..24];
    let mut frames = bytes[HEADER..].chunks_exact(FRAME_HEADER + page_size).enumerate();
    let mut newest = HashMap::new();
    let mut uncommitted = Vec::new();
    let mut pages = None;
    for (_, frame) in frames.by_ref() {
        let word = |at| be32(frame, at).unwrap_or(0);
        let (number, committed) = (word(0), word(4));
        let next = checksum(order, checksum(order, sum, &frame[..8]), &frame[FRAME_HEADER..]);
        if &frame[8..16] != salts || number == 0 || next != (word(16), word(20)) {
            break;
        }
        sum = next;
        uncommitted.push((number, &frame[FRAME_HEADER..]));
        if committed != 0 {
            newest.extend(uncommitted.drain(..));
            pages = Some(committed);
        }
    }
    if let Some((place, _)) = frames.find(|(_, frame)| &frame[8..16] == salts && be32(frame, 4) != Some(0)) {
        return Err(broken(&format!(
            "is damaged: its commit in frame {place} stands behind a frame that does not hold"
        )));
    }
    Ok(pages.map(|pages| Wal { page_size, pages, newest }))
}

/// Adds `bytes`, of which there are a multiple of eight, to a checksum.
fn checksum(order: Order, sum: (u32, u32), bytes: &[u8]) -> (u32, u32) {
    bytes.chunks_exact(8).fold(sum, |(a, b), pair| {
        let word = |at| order.u32(pair, at).unwrap_or(0);
        let a = a.wrapping_add(word(0)).wrapping_add(b);
        (a, b.wrapping_add(word(4)).wrapping_add(a))
    })
}
