//! Pages, from the log where it has them and from the file otherwise.

use reposnap::{Error, Kind, Result};

use super::wal::{self, Wal};
use crate::rpm::malformed;
use crate::rpm::numbers::{be16, be32, size};

/// How every database begins.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";
/// Bytes of the database's header, on its first page.
pub(super) const HEADER: usize = 100;

/// The pages of a database; each is handed out once.
pub(super) struct Pager<'a> {
    main: &'a [u8],
    wal: Option<Wal<'a>>,
    page_size: usize,
    usable: usize,
    pages: u32,
    seen: Vec<bool>,
}

impl<'a> Pager<'a> {
    /// Checks a database's header, and that no page of it is missing.
    pub(super) fn open(main: &'a [u8], log: Option<&'a [u8]>) -> Result<Self> {
        let wal = wal::read(log.unwrap_or_default())?;
        let header = match wal.as_ref().and_then(|wal| wal.page(1)) {
            Some(first) => first,
            None => main,
        };
        let header = header.get(..HEADER).ok_or_else(|| malformed("the database is shorter than its header"))?;
        if !header.starts_with(MAGIC) {
            return Err(malformed("the first page of the database is none of SQLite's"));
        }
        let page_size = match be16(header, 16) {
            Some(1) => 65536,
            Some(bytes) => usize::from(bytes),
            None => 0,
        };
        let reserved = usize::from(header[20]);
        if !page_size.is_power_of_two() || page_size < 512 || page_size - reserved < 480 {
            return Err(malformed("the database has pages of an impossible size"));
        }
        if wal.as_ref().is_some_and(|wal| wal.page_size != page_size) {
            return Err(malformed("the write-ahead log has pages of another size than the database"));
        }
        let unsupported = |what: String| Error::new(Kind::Unsupported, what);
        if !matches!(header[19], 1 | 2) || header[21..24] != [64, 32, 32] {
            return Err(unsupported(format!("the database is of SQLite's read version {}", header[19])));
        }
        // 0 stands for UTF-8 where nothing was written yet.
        if !matches!(be32(header, 56), Some(0 | 1)) {
            return Err(unsupported("the database keeps its texts in UTF-16".to_string()));
        }

        let in_file = u32::try_from(main.len() / page_size).unwrap_or(u32::MAX);
        let pages = match &wal {
            Some(wal) => wal.pages,
            // The size in the header only counts where the one who wrote it knew of it (change counter, version-valid-for).
            None => {
                be32(header, 28).filter(|pages| *pages > 0 && be32(header, 24) == be32(header, 92)).unwrap_or(in_file)
            }
        };
        let is_there = |number: u32| wal.as_ref().is_some_and(|wal| wal.page(number).is_some());
        let in_log = wal.as_ref().map_or(0, Wal::len);
        let missing = size(pages).saturating_sub(size(in_file));
        if pages == 0 || missing > in_log || !(in_file.saturating_add(1)..=pages).all(is_there) {
            return Err(malformed("the database is cut short")
                .mismatch(format!("{pages} pages of {page_size} bytes"), format!("{} bytes", main.len())));
        }
        let seen = vec![false; size(pages)];
        Ok(Self { main, wal, page_size, usable: page_size - reserved, pages, seen })
    }

    /// The bytes of a page that are used.
    pub(super) fn usable(&self) -> usize {
        self.usable
    }

    /// The bytes that all pages together have.
    pub(super) fn total(&self) -> u64 {
        u64::from(self.pages) * self.page_size as u64
    }

    /// A page, by its number from 1.
    pub(super) fn page(&mut self, number: u32) -> Result<&'a [u8]> {
        let place = size(number.wrapping_sub(1));
        match self.seen.get_mut(place) {
            None => return Err(malformed(format!("the database has no page {number}"))),
            Some(true) => return Err(malformed(format!("two places of the database point at page {number}"))),
            Some(seen) => *seen = true,
        }
        let page = match self.wal.as_ref().and_then(|wal| wal.page(number)) {
            Some(page) => Some(page),
            None => {
                let start = place.checked_mul(self.page_size);
                start.and_then(|start| self.main.get(start..start.checked_add(self.page_size)?))
            }
        };
        let page = page.ok_or_else(|| malformed(format!("page {number} of the database is missing")))?;
        Ok(&page[..self.usable])
    }
}
