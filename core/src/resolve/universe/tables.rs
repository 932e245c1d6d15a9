//! The tables of a universe in one object: numbers of four bytes, little endian, and a heap of texts.
//!
//! ```text
//! "RSUN" format:u32 sha256:[u8; 32] of all that follows
//! words of each table: [u32; Table::COUNT]  bytes of the heap: u32
//! the tables one behind the other, the heap
//! ```

use bytes::Bytes;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

const MAGIC: &[u8; 4] = b"RSUN";

/// The format of universes that this version writes and reads: another one is made anew.
pub(crate) const FORMAT: u32 = 1;

/// The most bytes of a universe: 1 GiB.
const MAX_BYTES: usize = 1 << 30;

const HEAD: usize = 8 + 32;

/// A table; what a row is stands in `rows.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Names,
    Sorted,
    NamePackages,
    Providers,
    Packages,
    Versions,
    VersionDeps,
    VersionLists,
    Provides,
    Deps,
    DepAtoms,
    Atoms,
    Targets,
    AtomDepsStart,
    AtomDeps,
    DepVersionsStart,
    DepVersions,
    VersionAtomsStart,
    VersionAtoms,
    Architectures,
    Digests,
    Lists,
}

impl Table {
    /// How many there are.
    pub(crate) const COUNT: usize = Table::Lists as usize + 1;
}

/// Tables in the making.
#[derive(Default)]
pub(crate) struct TableWriter {
    tables: Vec<Vec<u32>>,
}

impl TableWriter {
    pub(crate) fn new() -> Self {
        Self { tables: vec![Vec::new(); Table::COUNT] }
    }

    pub(crate) fn table(&mut self, table: Table) -> &mut Vec<u32> {
        &mut self.tables[table as usize]
    }

    /// The object.
    pub(crate) fn finish(self, heap: &[u8]) -> Result<Vec<u8>> {
        let words: usize = self.tables.iter().map(Vec::len).sum();
        let size = HEAD + (Table::COUNT + 1 + words) * 4 + heap.len();
        if size > MAX_BYTES {
            return Err(Error::new(Kind::Limit, format!("the packages' relations take more than {MAX_BYTES} bytes")));
        }
        let mut out = Vec::with_capacity(size);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&FORMAT.to_le_bytes());
        out.extend_from_slice(&[0; 32]);
        for table in &self.tables {
            out.extend_from_slice(&(table.len() as u32).to_le_bytes());
        }
        out.extend_from_slice(&(heap.len() as u32).to_le_bytes());
        for word in self.tables.iter().flatten() {
            out.extend_from_slice(&word.to_le_bytes());
        }
        out.extend_from_slice(heap);
        let digest = Digest::of(&out[HEAD..]);
        out[8..HEAD].copy_from_slice(digest.as_bytes());
        Ok(out)
    }
}

/// Tables as they are read.
#[derive(Clone)]
pub(crate) struct Tables {
    words: Box<[u32]>,
    starts: [usize; Table::COUNT + 1],
    heap: Bytes,
}

impl Tables {
    /// Opens an object whose bytes nobody has altered since it was written.
    pub(crate) fn open(object: &Bytes) -> Result<Self> {
        let damaged = |why: &str| Error::new(Kind::Malformed, format!("this is no index of relations: {why}"));
        if object.len() < HEAD + (Table::COUNT + 1) * 4 || &object[..4] != MAGIC {
            return Err(damaged("it does not begin as one"));
        }
        let word = |at: usize| u32::from_le_bytes([object[at], object[at + 1], object[at + 2], object[at + 3]]);
        let format = word(4);
        if format != FORMAT {
            return Err(Error::new(Kind::Format, format!("the index of relations has format {format}, not {FORMAT}"))
                .help("make it anew"));
        }
        if Digest::of(&object[HEAD..]).as_bytes() != &object[8..HEAD] {
            return Err(Error::new(Kind::Verification, "the index of relations was altered")
                .rule("stored-digest")
                .help("delete it: it is made anew"));
        }
        let mut starts = [0; Table::COUNT + 1];
        for table in 0..Table::COUNT {
            starts[table + 1] = starts[table] + word(HEAD + table * 4) as usize;
        }
        let body = HEAD + (Table::COUNT + 1) * 4;
        let heap_start = body + starts[Table::COUNT] * 4;
        let heap_length = word(HEAD + Table::COUNT * 4) as usize;
        if heap_start.checked_add(heap_length) != Some(object.len()) {
            return Err(damaged("its length is another one"));
        }
        let words = object[body..heap_start].chunks_exact(4).map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]]));
        Ok(Self { words: words.collect(), starts, heap: object.slice(heap_start..) })
    }

    /// All words of a table.
    #[inline]
    pub(crate) fn table(&self, table: Table) -> &[u32] {
        &self.words[self.starts[table as usize]..self.starts[table as usize + 1]]
    }

    /// A row of a table with `W` words each.
    #[inline]
    pub(crate) fn row<const W: usize>(&self, table: Table, row: u32) -> &[u32; W] {
        let start = self.starts[table as usize] + row as usize * W;
        // The writer made every number; whoever asks for a row asks for one that there is.
        self.words[start..start + W].first_chunk().unwrap_or(&[0; W])
    }

    /// A run of a table whose rows have one word.
    #[inline]
    pub(crate) fn run(&self, table: Table, start: u32, count: u32) -> &[u32] {
        &self.table(table)[start as usize..start as usize + count as usize]
    }

    /// The run of `row`, whose starts stand in `starts`.
    #[inline]
    pub(crate) fn list(&self, starts: Table, table: Table, row: u32) -> &[u32] {
        let starts = &self.table(starts)[row as usize..row as usize + 2];
        &self.table(table)[starts[0] as usize..starts[1] as usize]
    }

    #[inline]
    pub(crate) fn text(&self, start: u32, length: u32) -> &str {
        std::str::from_utf8(&self.heap[start as usize..start as usize + length as usize]).unwrap_or_default()
    }

    /// How many bytes it all takes.
    pub(crate) fn bytes(&self) -> usize {
        self.words.len() * 4 + self.heap.len()
    }
}
