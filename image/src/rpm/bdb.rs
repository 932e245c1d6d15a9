//! Hashes of Berkeley DB, `Packages`, as rpm before 4.16 kept them (Berkeley DB's `dbinc/db_page.h` tells of the pages).
//!
//! The first page tells the order of bytes, the size of pages and how many buckets there are. A bucket is a chain of pages; a
//! page has, from its end backwards, keys and values in turn, and from its head onwards where each begins. A value that is too
//! large for a page is on a chain of overflow pages. Keys are rpm's numbers for headers, in the order of bytes of the machine;
//! the number 0 is rpm's counter.

use std::borrow::Cow;

use reposnap::{Error, Kind, Result};

use super::header::{MAX_DATA, MAX_ENTRIES};
use super::numbers::{Order, size};
use super::{Blob, Visit, malformed};

/// Where the first page has its magic; and the magics of hashes and of what is none.
const MAGIC_AT: usize = 12;
const HASH_MAGIC: u32 = 0x0006_1561;
const OTHER_MAGICS: [(u32, &str); 4] =
    [(0x0005_3162, "B-tree"), (0x0004_2253, "queue"), (0x0007_4582, "heap"), (0x0004_0988, "log")];
/// The versions of hashes that are known: of Berkeley DB 4.1 to 5.3.
const VERSIONS: [u32; 2] = [8, 9];

/// The types of pages.
const PAGE_UNSORTED: u8 = 2;
const PAGE_OVERFLOW: u8 = 7;
const PAGE_META: u8 = 8;
const PAGE_HASH: u8 = 13;
/// Bytes of a page's head.
const PAGE_HEAD: usize = 26;
/// The flag of the first page that says that pages have checksums; other flags tell of partitions.
const META_CHECKSUM: u8 = 1;

/// The types of keys and values.
const ITEM_HERE: u8 = 1;
const ITEM_OVERFLOW: u8 = 3;

/// How many groups of buckets the first page has room for.
const GROUPS: usize = 32;
/// The most bytes of a value: a header of rpm.
const MAX_VALUE: usize = 8 + MAX_ENTRIES * 16 + MAX_DATA;

/// Whether it is a hash of Berkeley DB, of either order of bytes.
pub(super) fn is_hash(bytes: &[u8]) -> Result<bool> {
    let magics = [Order::Little, Order::Big].map(|order| order.u32(bytes, MAGIC_AT));
    if let Some((_, what)) = OTHER_MAGICS.iter().find(|(magic, _)| magics.contains(&Some(*magic))) {
        return Err(Error::new(Kind::Unsupported, format!("this file of Berkeley DB is a {what}, not a hash"))
            .help("rpm's headers are in the file `Packages`"));
    }
    Ok(magics.contains(&Some(HASH_MAGIC)))
}

/// The headers.
pub(super) fn each<'a>(bytes: &'a [u8], visit: Visit<'_, 'a>) -> Result<()> {
    let mut file = File::open(bytes)?;
    let mut pairs = 0;
    for bucket in 0..file.buckets {
        let mut number = file.first_page(bucket)?;
        while number != 0 {
            let page = file.take(number, &[PAGE_HASH, PAGE_UNSORTED])?;
            pairs += read_page(&mut file, page, number, visit)?;
            number = file.order.u32(page, 16).unwrap_or(0);
        }
    }
    file.check_the_rest()?;
    if pairs < file.pairs {
        return Err(malformed("the database has fewer headers than it says")
            .mismatch(format!("{} keys", file.pairs), format!("{pairs} keys")));
    }
    Ok(())
}

struct File<'a> {
    bytes: &'a [u8],
    order: Order,
    page_size: usize,
    last: u32,
    buckets: u32,
    /// How many keys it has, as it says.
    pairs: usize,
    /// For each group of buckets, which doubles their number, what to add for the page of a bucket.
    groups: [u32; GROUPS],
    seen: Vec<bool>,
    /// Memory to read the next value into.
    spare: Vec<u8>,
}

impl<'a> File<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self> {
        let order = if Order::Little.u32(bytes, MAGIC_AT) == Some(HASH_MAGIC) { Order::Little } else { Order::Big };
        let word = |at| order.u32(bytes, at);
        let (Some(version), Some(page_size), Some(last), Some(top)) = (word(16), word(20), word(32), word(72)) else {
            return Err(malformed("the database is shorter than its first page"));
        };
        let unsupported = |what: String| Error::new(Kind::Unsupported, what);
        if !VERSIONS.contains(&version) {
            return Err(unsupported(format!("the database is of version {version} of Berkeley DB's hashes")));
        }
        let page_size = size(page_size);
        if !page_size.is_power_of_two() || !(512..=65536).contains(&page_size) || bytes.len() < page_size {
            return Err(malformed("the database has pages of an impossible size"));
        }
        match (bytes[24], bytes[25], bytes[26]) {
            (0, PAGE_META, 0) => {}
            (0, PAGE_META, flags) if flags & META_CHECKSUM != 0 => {
                return Err(unsupported("the database has checksums, which rpm never asked for".to_string()));
            }
            (0, PAGE_META, _) => return Err(unsupported("the database is one of several parts".to_string())),
            (0, _, _) => return Err(malformed("the first page of the database is damaged")),
            _ => return Err(unsupported("the database is encrypted".to_string())),
        }
        let pages = size(last).saturating_add(1);
        if pages > bytes.len() / page_size {
            return Err(malformed("the database is cut short")
                .mismatch(format!("{pages} pages of {page_size} bytes"), format!("{} bytes", bytes.len())));
        }
        if top >= last {
            return Err(malformed("the database claims more buckets than it has pages"));
        }
        let groups = std::array::from_fn(|group| word(96 + 4 * group).unwrap_or(0));
        let pairs = size(word(88).unwrap_or(0));
        let mut seen = vec![false; pages];
        seen[0] = true;
        Ok(Self { bytes, order, page_size, last, buckets: top + 1, pairs, groups, seen, spare: Vec::new() })
    }

    fn first_page(&self, bucket: u32) -> Result<u32> {
        // The number of bits of `bucket`: the group that it came with.
        let group = size(u32::BITS - bucket.leading_zeros());
        let page = self.groups.get(group).and_then(|before| bucket.checked_add(*before)).filter(|page| *page != 0);
        page.ok_or_else(|| malformed(format!("bucket {bucket} of the database is nowhere")))
    }

    /// A page of one of some types that was not looked at yet.
    fn take(&mut self, number: u32, kinds: &[u8]) -> Result<&'a [u8]> {
        match self.seen.get_mut(size(number)) {
            None => return Err(malformed(format!("the database has no page {number}"))),
            Some(true) => return Err(malformed(format!("two places of the database point at page {number}"))),
            Some(seen) => *seen = true,
        }
        let page = self.page(number);
        if self.order.u32(page, 8) != Some(number) || !kinds.contains(&page[25]) {
            return Err(malformed(format!("page {number} of the database is not what it should be")));
        }
        Ok(page)
    }

    /// A page that is known to be there.
    fn page(&self, number: u32) -> &'a [u8] {
        let start = size(number) * self.page_size;
        &self.bytes[start..start + self.page_size]
    }

    /// Makes sure that no page with headers was passed over, as it is where a chain was cut. Pages that are free have another
    /// type.
    fn check_the_rest(&self) -> Result<()> {
        for number in 0..=self.last {
            if self.seen[size(number)] {
                continue;
            }
            let page = self.page(number);
            let keys = matches!(page[25], PAGE_HASH | PAGE_UNSORTED) && self.order.u16(page, 20) != Some(0);
            if keys || page[25] == PAGE_OVERFLOW {
                return Err(malformed(format!("nothing in the database leads to page {number}, which has headers")));
            }
        }
        Ok(())
    }
}

/// The headers on a page; how many keys it has.
fn read_page<'a>(file: &mut File<'a>, page: &'a [u8], number: u32, visit: Visit<'_, 'a>) -> Result<usize> {
    let broken = || malformed(format!("page {number} of the database is damaged"));
    let order = file.order;
    let items = usize::from(order.u16(page, 20).unwrap_or(0));
    let first = PAGE_HEAD + 2 * items;
    if items % 2 != 0 || first > page.len() {
        return Err(broken());
    }
    let mut end = page.len();
    let mut item = |place: usize| {
        let start =
            order.u16(page, PAGE_HEAD + 2 * place).map(usize::from).filter(|start| (first..end).contains(start))?;
        let item = page.get(start..end)?;
        end = start;
        item.split_first()
    };
    for pair in 0..items / 2 {
        let (key_kind, key) = item(2 * pair).ok_or_else(broken)?;
        let (kind, value) = item(2 * pair + 1).ok_or_else(broken)?;
        let key = order.u32(key, 0).filter(|_| *key_kind == ITEM_HERE && key.len() == 4);
        let Some(key) = key else {
            return Err(malformed(format!("page {number} of the database has a key that is no number of rpm's")));
        };
        // rpm's counter.
        if key == 0 {
            continue;
        }
        let bytes = match *kind {
            ITEM_HERE => Cow::Borrowed(value),
            ITEM_OVERFLOW => Cow::Owned(overflow(file, value).ok_or_else(broken)??),
            kind => {
                return Err(Error::new(
                    Kind::Unsupported,
                    format!("page {number} of the database has a value of type {kind}, which rpm never wrote"),
                ));
            }
        };
        let used = visit(Blob::new(key, bytes))?;
        if used.capacity() > file.spare.capacity() {
            file.spare = used;
        }
    }
    Ok(items / 2)
}

/// A value on overflow pages: three bytes of nothing, the first page, and the length.
fn overflow(file: &mut File<'_>, value: &[u8]) -> Option<Result<Vec<u8>>> {
    let (first, length) = (file.order.u32(value, 3)?, size(file.order.u32(value, 7)?));
    if length > MAX_VALUE || length > file.bytes.len() || value.len() != 11 {
        return None;
    }
    Some(chain(file, first, length))
}

fn chain(file: &mut File<'_>, mut number: u32, length: usize) -> Result<Vec<u8>> {
    let mut bytes = std::mem::take(&mut file.spare);
    bytes.clear();
    bytes.reserve(length);
    while number != 0 {
        let page = file.take(number, &[PAGE_OVERFLOW])?;
        let here = usize::from(file.order.u16(page, 22).unwrap_or(0));
        let part = page.get(PAGE_HEAD..PAGE_HEAD + here).filter(|part| part.len() <= length - bytes.len());
        let Some(part) = part else {
            return Err(malformed(format!("page {number} of the database has more than its header needs")));
        };
        bytes.extend_from_slice(part);
        number = file.order.u32(page, 16).unwrap_or(0);
    }
    if bytes.len() == length {
        Ok(bytes)
    } else {
        Err(malformed("a header of the database breaks off")
            .mismatch(format!("{length} bytes"), format!("{} bytes", bytes.len())))
    }
}
