//! The object that a universe is kept as: columns of numbers, in parts that are read when somebody asks for them.
//!
//! ```text
//! "RSUN" format:u32 sum:u128 of all that follows
//! of each part:  stored bytes: u32, bytes of its texts: u32
//! of each table: numbers: u32, bytes: u32
//! the parts one behind the other
//! ```
//!
//! A part is its tables one behind the other, and then its texts. The numbers of a table have as many bytes each as the
//! largest of them needs, little endian; those of a table of [`STEPPED`] are written as steps ([`super::steps`]). Solvers
//! read [`Part::Relations`] alone, so that opening is quick; the other parts are read when they are first looked at, and
//! those that only what is shown needs are compressed with zstd.
//!
//! The sum is XXH3: it tells of accidents. Whoever can write into a store can write a universe with a sum that is right,
//! as with any digest that stands in the object itself. So numbers are not believed: those that lead somewhere are held
//! against what is there ([`super::columns`]), and a universe that lies gives wrong answers, and nothing worse.

use std::ops::Range;

use bytes::Bytes;
use twox_hash::XxHash3_128;

use super::steps;
use crate::error::{Error, Kind, Result};

const MAGIC: &[u8; 4] = b"RSUN";

/// The format of universes that this version writes and reads: another one is made anew.
pub(crate) const FORMAT: u32 = 2;

/// The most bytes of a universe, as it is kept and as it is expanded: 1 GiB.
const MAX_BYTES: usize = 1 << 30;

/// Where what the sum is of begins.
const SUMMED: usize = 8 + 16;

const HEAD: usize = SUMMED + (Part::ALL.len() + Table::COUNT) * 8;

/// Tables in which most numbers follow on the one before. Dependencies of versions do so as well, but there are so many of
/// them that reading steps would take longer than it is worth.
const STEPPED: [Table; 7] = [
    Table::Providers,
    Table::Sorted,
    Table::PackageNames,
    Table::ProvideNames,
    Table::DepAtoms,
    Table::AtomNames,
    Table::Targets,
];

/// How hard zstd tries: the first level has nine tenths of what is to be had.
const LEVEL: i32 = 1;

/// A part, read as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The architectures and the lists, in JSON.
    Head,
    /// What solvers read: all that has a number.
    Relations,
    /// The names.
    Names,
    /// Versions, sources, what is provided, and what else is shown of a relation.
    Texts,
    /// Where files are, and how large.
    Files,
    /// The SHA-256 of each version's file, or zeros.
    Digests,
}

impl Part {
    pub(crate) const ALL: [Part; 6] =
        [Part::Head, Part::Relations, Part::Names, Part::Texts, Part::Files, Part::Digests];

    fn is_compressed(self) -> bool {
        matches!(self, Part::Texts | Part::Files)
    }
}

/// A table: a column of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    /// How many versions provide each name, and these.
    NameProviderCounts,
    Providers,
    /// Packages, in the order in which they are first mentioned.
    PackageNames,
    PackageArchitectures,
    /// How many versions each has; those stand one package behind the other, each package's newest first.
    PackageVersionCounts,
    VersionArchitectures,
    VersionFlags,
    VersionPriorities,
    /// Which lists have each version: a number of a set of lists.
    VersionSets,
    VersionDepCounts,
    VersionDeps,
    SetCounts,
    SetLists,
    DepKinds,
    DepAtomCounts,
    DepAtoms,
    AtomNames,
    /// 0 for what is never there, 1 for every, 2 for any, else the architecture and 3.
    AtomArchitectures,
    /// 0 for none, else the number of the operator from 1.
    AtomOps,
    /// How many versions are what each atom asks for, and these, the preferred ones first.
    AtomTargetCounts,
    Targets,
    /// The names by their text, how many bytes each has in common with the one before it, and how many more it has.
    Sorted,
    NamesShared,
    NamesOwn,
    /// How many bytes each text has; the first one is empty.
    TextLengths,
    VersionTexts,
    /// The source package: 0 for the package's own name, else twice a name and 1, or twice a text and 2.
    VersionSources,
    /// The source package's version; the empty text for the package's.
    VersionSourceVersions,
    VersionProvideCounts,
    ProvideNames,
    ProvideArchitectures,
    ProvideTexts,
    AtomTexts,
    /// How many bytes each text of [`Part::Files`] has; the first one is empty.
    FileTextLengths,
    Directories,
    /// The name of each file; empty where it is `name_version_architecture.deb` without the epoch.
    FileNames,
    /// The size in bytes: what is below 4 GiB, and how often those.
    Sizes,
    SizesAbove,
    /// The installed size in KiB.
    InstalledSizes,
}

impl Table {
    /// How many there are.
    pub(crate) const COUNT: usize = Table::InstalledSizes as usize + 1;

    /// The numbers of the tables of a part.
    fn of(part: Part) -> Range<usize> {
        let (names, texts) = (Table::Sorted as usize, Table::TextLengths as usize);
        let files = Table::FileTextLengths as usize;
        match part {
            Part::Head | Part::Digests => 0..0,
            Part::Relations => 0..names,
            Part::Names => names..texts,
            Part::Texts => texts..files,
            Part::Files => files..Table::COUNT,
        }
    }
}

/// An object in the making. Parts end in their order, so that what they are made of need not be kept until the last one does.
pub(crate) struct Writer {
    tables: Vec<Vec<u32>>,
    heaps: [Vec<u8>; Part::ALL.len()],
    out: Vec<u8>,
    parts: Vec<[u32; 2]>,
    lengths: [[u32; 2]; Table::COUNT],
    /// How many bytes the parts have that ended, expanded.
    expanded: usize,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self {
            tables: vec![Vec::new(); Table::COUNT],
            heaps: Default::default(),
            out: vec![0; HEAD],
            parts: Vec::new(),
            lengths: [[0; 2]; Table::COUNT],
            expanded: 0,
        }
    }

    pub(crate) fn table(&mut self, table: Table) -> &mut Vec<u32> {
        &mut self.tables[table as usize]
    }

    pub(crate) fn heap(&mut self, part: Part) -> &mut Vec<u8> {
        &mut self.heaps[part as usize]
    }

    /// Writes a part, the one behind that which was written before.
    pub(crate) fn end(&mut self, part: Part) -> Result<()> {
        let heap = std::mem::take(&mut self.heaps[part as usize]);
        let tables = &self.tables[Table::of(part)];
        let most: usize = tables.iter().map(|numbers| numbers.len() * width_of(numbers)).sum();
        self.expanded = self.expanded.saturating_add(most).saturating_add(heap.len());
        if self.expanded > MAX_BYTES {
            return Err(Error::new(Kind::Limit, format!("the packages' relations take more than {MAX_BYTES} bytes")));
        }
        let start = self.out.len();
        let mut expanded = Vec::new();
        let to = if part.is_compressed() { &mut expanded } else { &mut self.out };
        to.reserve(most + heap.len());
        for table in Table::of(part) {
            let (start, numbers) = (to.len(), std::mem::take(&mut self.tables[table]));
            match STEPPED.iter().any(|stepped| *stepped as usize == table) {
                true => steps::write(&numbers, to),
                false => pack(&numbers, to),
            }
            self.lengths[table] = [numbers.len() as u32, (to.len() - start) as u32];
        }
        to.extend_from_slice(&heap);
        if part.is_compressed() {
            let compressed = zstd::bulk::compress(&expanded, LEVEL)
                .map_err(|error| Error::new(Kind::Internal, "relations can't be compressed").source(error))?;
            self.out.extend_from_slice(&compressed);
        }
        self.parts.push([(self.out.len() - start) as u32, heap.len() as u32]);
        Ok(())
    }

    /// The object, all of whose parts ended.
    pub(crate) fn finish(self) -> Vec<u8> {
        let mut out = self.out;
        let words = self.parts.iter().chain(&self.lengths).flatten().flat_map(|word| word.to_le_bytes());
        let words: Vec<u8> = words.collect();
        out[..4].copy_from_slice(MAGIC);
        out[4..8].copy_from_slice(&FORMAT.to_le_bytes());
        out[SUMMED..HEAD].copy_from_slice(&words);
        sum_up(&mut out);
        out
    }
}

/// Puts the sum of all that follows it into an object.
pub(crate) fn sum_up(object: &mut [u8]) {
    let sum = XxHash3_128::oneshot(&object[SUMMED..]);
    object[8..SUMMED].copy_from_slice(&sum.to_le_bytes());
}

/// How many bytes the largest of some numbers takes.
fn width_of(numbers: &[u32]) -> usize {
    let all = numbers.iter().fold(0, |all, number| all | number);
    (4 - all.leading_zeros() as usize / 8).max(1)
}

fn pack(numbers: &[u32], to: &mut Vec<u8>) {
    let width = width_of(numbers);
    let start = to.len();
    to.resize(start + numbers.len() * width, 0);
    let to = &mut to[start..];
    match width {
        1 => to.iter_mut().zip(numbers).for_each(|(to, number)| *to = *number as u8),
        2 => {
            to.chunks_exact_mut(2).zip(numbers).for_each(|(to, number)| to.copy_from_slice(&number.to_le_bytes()[..2]))
        }
        3 => {
            to.chunks_exact_mut(3).zip(numbers).for_each(|(to, number)| to.copy_from_slice(&number.to_le_bytes()[..3]))
        }
        _ => to.chunks_exact_mut(4).zip(numbers).for_each(|(to, number)| to.copy_from_slice(&number.to_le_bytes())),
    }
}

/// The numbers of a table; fewer where it is damaged.
fn unpack(bytes: &[u8], count: usize) -> Vec<u32> {
    match bytes.len().checked_div(count).unwrap_or_default() {
        0 => Vec::new(),
        1 => bytes.iter().map(|byte| u32::from(*byte)).collect(),
        2 => bytes.chunks_exact(2).map(|b| u32::from(u16::from_le_bytes([b[0], b[1]]))).collect(),
        3 => bytes.chunks_exact(3).map(|b| u32::from_le_bytes([b[0], b[1], b[2], 0])).collect(),
        _ => bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect(),
    }
}

/// The fault of an object that is no universe.
pub(crate) fn damaged(why: &str) -> Error {
    Error::new(Kind::Malformed, format!("this is no index of relations: {why}")).help("delete it: it is made anew")
}

/// An object whose sum is right: where its parts lie.
#[derive(Clone)]
pub(crate) struct Object {
    bytes: Bytes,
    /// Where each part begins, and the end of the last one.
    starts: [usize; Part::ALL.len() + 1],
    heaps: [usize; Part::ALL.len()],
    /// How many numbers each table has, and how many bytes these take.
    tables: [(usize, usize); Table::COUNT],
}

impl Object {
    /// Opens an object whose bytes nobody has altered since it was written.
    pub(crate) fn open(bytes: Bytes) -> Result<Self> {
        if bytes.len() < 8 || &bytes[..4] != MAGIC {
            return Err(damaged("it does not begin as one"));
        }
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
        if word(4) != FORMAT as usize {
            let message = format!("the index of relations has format {}, not {FORMAT}", word(4));
            return Err(Error::new(Kind::Format, message).help("make it anew"));
        }
        if bytes.len() < HEAD || bytes.len() > HEAD + MAX_BYTES {
            return Err(damaged("its length can't be"));
        }
        if XxHash3_128::oneshot(&bytes[SUMMED..]).to_le_bytes() != bytes[8..SUMMED] {
            return Err(Error::new(Kind::Verification, "the index of relations was altered")
                .rule("stored-digest")
                .help("delete it: it is made anew"));
        }
        let mut object = Self {
            starts: [HEAD; Part::ALL.len() + 1],
            heaps: [0; Part::ALL.len()],
            tables: [(0, 0); Table::COUNT],
            bytes: Bytes::new(),
        };
        for part in 0..Part::ALL.len() {
            object.starts[part + 1] = object.starts[part] + word(SUMMED + part * 8);
            object.heaps[part] = word(SUMMED + part * 8 + 4);
        }
        for (at, table) in object.tables.iter_mut().enumerate() {
            let at = SUMMED + (Part::ALL.len() + at) * 8;
            *table = (word(at), word(at + 4));
        }
        let numbers: usize = object.tables.iter().map(|(count, _)| count).sum();
        let is_good = object.starts[Part::ALL.len()] == bytes.len()
            && object.tables.iter().all(|(count, bytes)| count <= bytes)
            && numbers + object.heaps.iter().sum::<usize>() <= MAX_BYTES
            && Part::ALL.into_iter().all(|part| {
                part.is_compressed()
                    || object.expanded(part) == object.starts[part as usize + 1] - object.starts[part as usize]
            });
        if !is_good {
            return Err(damaged("its length is another one"));
        }
        object.bytes = bytes;
        Ok(object)
    }

    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// How many numbers a table has.
    pub(crate) fn count(&self, table: Table) -> usize {
        self.tables[table as usize].0
    }

    /// How many bytes a part has when it is expanded.
    fn expanded(&self, part: Part) -> usize {
        self.tables[Table::of(part)].iter().map(|(_, bytes)| bytes).sum::<usize>() + self.heaps[part as usize]
    }

    /// A part as it is read.
    pub(crate) fn part(&self, part: Part) -> Result<Opened<'_>> {
        let mut bytes = self.bytes.slice(self.starts[part as usize]..self.starts[part as usize + 1]);
        let expanded = self.expanded(part);
        if part.is_compressed() {
            if expanded > MAX_BYTES {
                return Err(damaged("a part is too long"));
            }
            let fault = |_| damaged("a part can't be expanded");
            bytes = zstd::bulk::decompress(&bytes, expanded).map_err(fault)?.into();
            if bytes.len() != expanded {
                return Err(damaged("a part has another length"));
            }
        }
        Ok(Opened { object: self, part, bytes })
    }
}

/// A part that was expanded. Its tables come out once each, with their numbers checked.
pub(crate) struct Opened<'a> {
    object: &'a Object,
    part: Part,
    bytes: Bytes,
}

impl Opened<'_> {
    /// Where the bytes of a table are, and how many numbers these are.
    fn packed(&self, table: Table) -> (Range<usize>, usize) {
        let tables = Table::of(self.part);
        let before = &self.object.tables[tables.start..(table as usize).max(tables.start)];
        let start: usize = before.iter().map(|(_, bytes)| bytes).sum();
        let (count, bytes) = self.object.tables[table as usize];
        (start..start + bytes, count)
    }

    /// The numbers of a table.
    pub(crate) fn numbers(&self, table: Table) -> Result<Vec<u32>> {
        let (range, count) = self.packed(table);
        let bytes = self.bytes.get(range).unwrap_or_default();
        let numbers = match STEPPED.contains(&table) {
            true => steps::read(bytes, count),
            false => unpack(bytes, count),
        };
        if numbers.len() == count { Ok(numbers) } else { Err(damaged("a table has another length")) }
    }

    /// The numbers of a table that lead to something of which there are `limit`.
    pub(crate) fn below(&self, table: Table, limit: usize) -> Result<Vec<u32>> {
        let numbers = self.numbers(table)?;
        match numbers.iter().max() {
            Some(most) if *most as usize >= limit => Err(damaged("a number leads to nothing")),
            _ => Ok(numbers),
        }
    }

    /// The small numbers of a table with `rows` of them. They stay where they are.
    pub(crate) fn small(&self, table: Table, rows: usize) -> Result<Bytes> {
        match self.packed(table) {
            (range, count) if count == rows && range.len() == rows => Ok(self.bytes.slice(range)),
            _ => Err(damaged("a table has another length")),
        }
    }

    /// Where the runs begin whose lengths a table has, and where the last one ends, which must be at `total`.
    pub(crate) fn starts(&self, table: Table, total: usize) -> Result<Vec<u32>> {
        let mut starts = self.numbers(table)?;
        let mut sum = 0_u64;
        for start in &mut starts {
            let count = *start;
            *start = sum as u32;
            sum += u64::from(count);
        }
        starts.push(sum as u32);
        // Sums only grow: where the last one is right, none has run over.
        if sum == total as u64 { Ok(starts) } else { Err(damaged("runs have another length than what they are of")) }
    }

    /// The texts, one behind the other.
    pub(crate) fn heap(&self) -> Bytes {
        self.bytes.slice(self.bytes.len() - self.object.heaps[self.part as usize]..)
    }
}
