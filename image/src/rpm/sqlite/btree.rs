//! The B-trees of tables, in the order of their rows.

use std::borrow::Cow;

use reposnap::{Error, Kind, Result};

use super::pager::{HEADER, Pager};
use super::record::varint;
use crate::rpm::header::{MAX_DATA, MAX_ENTRIES};
use crate::rpm::malformed;
use crate::rpm::numbers::{be16, be32};

/// The most pages from the root to a row; SQLite itself goes no deeper.
const MAX_DEPTH: usize = 20;
/// The most bytes of a row: a header of rpm and what SQLite puts around it.
const MAX_PAYLOAD: u64 = (8 + MAX_ENTRIES * 16 + MAX_DATA + 64) as u64;

/// The types of pages.
const INTERIOR: u8 = 5;
const LEAF: u8 = 13;

/// Calls `row` with the number and the payload of every row of the tree that begins at `root`. It gives back the payload's
/// memory where it is done with it.
pub(super) fn walk<'a>(
    pager: &mut Pager<'a>,
    root: u32,
    mut row: impl FnMut(i64, Cow<'a, [u8]>) -> Result<Vec<u8>>,
) -> Result<()> {
    let mut before = None;
    let mut spare = Vec::new();
    let mut path = vec![vec![root]];
    while let Some(level) = path.last_mut() {
        let Some(number) = level.pop() else {
            path.pop();
            continue;
        };
        let page = Page::read(pager.page(number)?, number)?;
        if page.kind == INTERIOR {
            if path.len() == MAX_DEPTH {
                return Err(Error::new(
                    Kind::Limit,
                    format!("a table of the database is deeper than {MAX_DEPTH} pages"),
                ));
            }
            path.push(page.children()?);
            continue;
        }
        // Cells that overlap would let a small page stand for many bytes.
        let mut taken = 0;
        for place in 0..page.cells {
            let cell = page.cell(place)?;
            let Row { id, payload, taken: here } = leaf_cell(pager, cell, &mut spare)?.ok_or_else(|| page.broken())?;
            taken += here;
            if taken > page.bytes.len() {
                return Err(malformed(format!("rows on page {number} of the database share bytes")));
            }
            if before.is_some_and(|before| before >= id) {
                return Err(malformed(format!("the rows on page {number} of the database are out of order")));
            }
            before = Some(id);
            let used = row(id, payload)?;
            if used.capacity() > spare.capacity() {
                spare = used;
            }
        }
    }
    Ok(())
}

struct Page<'a> {
    bytes: &'a [u8],
    number: u32,
    kind: u8,
    cells: usize,
    /// Where the pointers to cells begin.
    pointers: usize,
    /// The last child, of an interior page.
    last: u32,
}

impl<'a> Page<'a> {
    fn read(bytes: &'a [u8], number: u32) -> Result<Self> {
        // The database's header stands before the first page's own.
        let start = if number == 1 { HEADER } else { 0 };
        let kind = bytes.get(start).copied().unwrap_or(0);
        let cells = usize::from(be16(bytes, start + 3).unwrap_or(0));
        let pointers = start + if kind == INTERIOR { 12 } else { 8 };
        let last = be32(bytes, start + 8).unwrap_or(0);
        let page = Self { bytes, number, kind, cells, pointers, last };
        if !matches!(kind, INTERIOR | LEAF) {
            return Err(malformed(format!("page {number} of the database is no page of a table (type {kind})")));
        }
        if pointers + 2 * cells > bytes.len() {
            return Err(page.broken());
        }
        Ok(page)
    }

    fn cell(&self, place: usize) -> Result<&'a [u8]> {
        be16(self.bytes, self.pointers + 2 * place)
            .map(usize::from)
            .filter(|at| *at >= self.pointers + 2 * self.cells)
            .and_then(|at| self.bytes.get(at..))
            .ok_or_else(|| self.broken())
    }

    /// The children, the first of them last.
    fn children(&self) -> Result<Vec<u32>> {
        let mut children = vec![self.last];
        for place in (0..self.cells).rev() {
            children.push(be32(self.cell(place)?, 0).ok_or_else(|| self.broken())?);
        }
        Ok(children)
    }

    fn broken(&self) -> Error {
        malformed(format!("page {} of the database is damaged", self.number))
    }
}

struct Row<'a> {
    id: i64,
    payload: Cow<'a, [u8]>,
    /// The bytes that it takes on its page.
    taken: usize,
}

/// A row from its cell, which begins its bytes. None where it does not fit on its page.
fn leaf_cell<'a>(pager: &mut Pager<'a>, cell: &'a [u8], spare: &mut Vec<u8>) -> Result<Option<Row<'a>>> {
    let Some((payload, at)) = varint(cell, 0) else { return Ok(None) };
    let Some((id, at)) = varint(cell, at) else { return Ok(None) };
    let id = i64::from_ne_bytes(id.to_ne_bytes());
    if payload > MAX_PAYLOAD || payload > pager.total() {
        return Err(malformed(format!("row {id} of the database claims to have {payload} bytes")));
    }
    let length = usize::try_from(payload).unwrap_or(usize::MAX);
    // How much of it is on this page ("Cell payload overflow pages").
    let usable = pager.usable();
    let local = if length <= usable - 35 {
        length
    } else {
        let least = (usable - 12) * 32 / 255 - 23;
        let fitting = least + (length - least) % (usable - 4);
        if fitting <= usable - 35 { fitting } else { least }
    };
    let end = at + local;
    let Some(here) = cell.get(at..end) else { return Ok(None) };
    if local == length {
        return Ok(Some(Row { id, payload: Cow::Borrowed(here), taken: end }));
    }
    let Some(next) = be32(cell, end) else { return Ok(None) };
    let mut bytes = std::mem::take(spare);
    bytes.clear();
    bytes.reserve(length);
    bytes.extend_from_slice(here);
    overflow(pager, &mut bytes, length, next)?;
    Ok(Some(Row { id, payload: Cow::Owned(bytes), taken: end + 4 }))
}

/// Adds what of a payload is on overflow pages: each has four bytes for the next one, then bytes of the payload.
fn overflow(pager: &mut Pager<'_>, bytes: &mut Vec<u8>, length: usize, mut next: u32) -> Result<()> {
    while bytes.len() < length {
        let page = pager.page(next)?;
        next = be32(page, 0).unwrap_or(0);
        let take = (length - bytes.len()).min(page.len() - 4);
        bytes.extend_from_slice(&page[4..4 + take]);
    }
    if next == 0 { Ok(()) } else { Err(malformed("a row of the database goes on behind its end")) }
}
