//! A segment of the index of a fleet: some images, and which of them have which packages.
//!
//! Sections, in their order ([`crate::packed`]):
//!
//! | section | content |
//! |---|---|
//! | head | JSON: [`Head`] |
//! | images | of each image the digest that its record is named by |
//! | chain starts | of each image where its chains begin, and their end |
//! | chains | of each layer of each image 16 bytes, which tell it and all below it ([`chains`]) |
//! | claims | of each image 32 bytes: the digest of the image that it claims to be made on; zeros without a claim |
//! | systems | of each image the number of its distribution among those of the head, and one; 0 where it has none |
//! | logs, references | texts: of each entry of a log of a name the log, and the whole of the name; the older entries of a log first |
//! | numbers, named | of each such entry its number, and the image that it says |
//! | groups | texts: `d` or `r` for the family and the name of a binary package; sorted |
//! | rows | of each group where its rows begin, and their end |
//! | versions | texts, each once |
//! | version, architecture, source | of each row its version, its architecture, and its source |
//! | source names | texts: `d` or `r` for the family and the name of a source package; sorted |
//! | source name, source version | of each source its name, and its version |
//! | source starts, source rows | of each source name where its rows begin, and the rows by version of the source |
//! | sets | of each row the images of this segment that have it ([`super::set`]) |
//!
//! The rows of a group stand in the order of their versions.

use bytes::Bytes;
use reposnap::digest::Hasher;
use reposnap::{Digest, Result};
use reposnap_image::package::Family;
use serde::{Deserialize, Serialize};

use crate::packed::{Column, Sections, Texts, damaged};

pub(super) const MAGIC: [u8; 4] = *b"RSFL";

/// The format of segments that this version writes and reads: another one is made anew.
pub(super) const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    /// The segment before: its path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) previous: Option<String>,
    /// The number of its first image.
    pub(super) from: u64,
    /// The architectures that its rows name.
    pub(super) architectures: Vec<String>,
    /// The distributions of its images.
    #[serde(default)]
    pub(super) systems: Vec<String>,
}

/// A segment that was opened.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// How many bytes it takes.
    pub(super) bytes: usize,
    pub(super) from: usize,
    pub(super) architectures: Vec<String>,
    pub(super) images: Bytes,
    chain_starts: Column,
    chains: Bytes,
    pub(super) claims: Bytes,
    systems: Vec<String>,
    system: Column,
    pub(super) logs: Texts,
    pub(super) references: Texts,
    pub(super) numbers: Column,
    pub(super) named: Column,
    pub(super) groups: Texts,
    pub(super) rows: Column,
    pub(super) versions: Texts,
    version: Column,
    architecture: Column,
    source: Column,
    pub(super) source_names: Texts,
    source_name: Column,
    source_version: Column,
    source_starts: Column,
    source_rows: Column,
    sets: Texts,
}

/// What tells a layer and all below it.
pub(super) type Chain = [u8; 16];

/// The chains of layers, given by their uncompressed digests: each is the first 128 bits of the SHA-256 of the one below it
/// (zeros for the lowest) and the layer's digest.
pub(super) fn chains(layers: &[Digest]) -> Vec<Chain> {
    let mut below = [0; 16];
    let next = |layer: &Digest| {
        let mut hasher = Hasher::new();
        hasher.update(&below);
        hasher.update(layer.as_bytes());
        below.copy_from_slice(&hasher.finish().as_bytes()[..16]);
        below
    };
    layers.iter().map(next).collect()
}

/// A row: a version of a binary package for an architecture, of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    pub(super) version: &'a str,
    pub(super) architecture: &'a str,
    /// The name and the version.
    pub(super) source: (&'a str, &'a str),
}

impl Segment {
    /// Opens a segment; with it comes the path of the one before it.
    pub(super) fn open(bytes: &Bytes) -> Result<(Self, Option<String>)> {
        let mut sections = Sections::open(bytes, MAGIC, FORMAT)?;
        let head: Head = serde_json::from_slice(&sections.bytes()?).map_err(|_| damaged("its head can't be read"))?;
        let images = sections.items(32)?;
        let count = images.len() / 32;
        let chain_starts = sections.column()?.of(count + 1)?;
        let (chains, claims) = (sections.items(16)?, sections.items(32)?);
        let system = sections.column()?.of(count)?;
        let (logs, references) = (Texts::read(&mut sections)?, Texts::read(&mut sections)?);
        let (numbers, named) = (sections.column()?.of(logs.len())?, sections.column()?.of(logs.len())?);
        let groups = Texts::read(&mut sections)?;
        let rows = sections.column()?.of(groups.len() + 1)?;
        let versions = Texts::read(&mut sections)?;
        let length = rows.get(groups.len()) as usize;
        let mut column = |count: usize| sections.column().and_then(|column| column.of(count));
        let (version, architecture, source) = (column(length)?, column(length)?, column(length)?);
        let source_names = Texts::read(&mut sections)?;
        let source_name = sections.column()?;
        let source_version = sections.column()?.of(source_name.len())?;
        let source_starts = sections.column()?.of(source_names.len() + 1)?;
        let source_rows = sections.column()?.of(length)?;
        let sets = Texts::read(&mut sections)?;
        let is_good = chains.len() / 16 == chain_starts.get(count) as usize
            && claims.len() == images.len()
            && references.len() == logs.len()
            && sets.len() == length
            && source_starts.get(source_names.len()) as usize == length;
        if !is_good {
            return Err(damaged("its sections don't go together"));
        }
        let from = usize::try_from(head.from).map_err(|_| damaged("it begins beyond all images"))?;
        let segment = Self {
            bytes: bytes.len(),
            from,
            architectures: head.architectures,
            images,
            chain_starts,
            chains,
            claims,
            systems: head.systems,
            system,
            logs,
            references,
            numbers,
            named,
            groups,
            rows,
            versions,
            version,
            architecture,
            source,
            source_names,
            source_name,
            source_version,
            source_starts,
            source_rows,
            sets,
        };
        Ok((segment, head.previous))
    }

    /// How many images.
    pub(super) fn len(&self) -> usize {
        self.images.len() / 32
    }

    /// The chains of an image's layers, the base first.
    pub(super) fn chains_of(&self, image: usize) -> impl DoubleEndedIterator<Item = Chain> + ExactSizeIterator + '_ {
        let range = self.chain_starts.range(image);
        let bytes = self.chains.get(range.start.saturating_mul(16)..range.end.saturating_mul(16)).unwrap_or_default();
        bytes.chunks_exact(16).map(|chain| chain.try_into().unwrap_or_default())
    }

    /// The distribution of an image.
    pub(super) fn system_of(&self, image: usize) -> Option<&str> {
        let number = (self.system.get(image) as usize).checked_sub(1)?;
        self.systems.get(number).map(String::as_str)
    }

    /// How many rows.
    pub(super) fn rows(&self) -> usize {
        self.version.len()
    }

    /// A digest of one of the columns of digests; none where it is all zeros.
    pub(super) fn digest(column: &Bytes, at: usize) -> Option<Digest> {
        let bytes: [u8; 32] = column.get(at * 32..at * 32 + 32)?.try_into().ok()?;
        (bytes != [0; 32]).then(|| Digest::from_bytes(bytes))
    }

    /// A row.
    pub(super) fn row(&self, row: usize) -> Row<'_> {
        let source = self.source.get(row) as usize;
        let name = self.source_names.str(self.source_name.get(source) as usize);
        Row {
            version: self.version_of(row),
            architecture: self.architectures.get(self.architecture_of(row)).map_or("", String::as_str),
            source: (name.get(1..).unwrap_or_default(), self.source_version_of(row)),
        }
    }

    /// The name of the binary package of a row.
    pub(super) fn group_of(&self, row: usize) -> &str {
        let (mut low, mut high) = (0, self.groups.len());
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.rows.get(middle) as usize <= row { low = middle } else { high = middle }
        }
        self.groups.str(low).get(1..).unwrap_or_default()
    }

    /// The architecture of a row, by its number.
    pub(super) fn architecture_of(&self, row: usize) -> usize {
        self.architecture.get(row) as usize
    }

    /// The version of a row.
    pub(super) fn version_of(&self, row: usize) -> &str {
        self.versions.str(self.version.get(row) as usize)
    }

    /// The version of the source of a row.
    pub(super) fn source_version_of(&self, row: usize) -> &str {
        self.versions.str(self.source_version.get(self.source.get(row) as usize) as usize)
    }

    /// The images of a row, as they are kept.
    pub(super) fn set(&self, row: usize) -> &[u8] {
        self.sets.get(row)
    }

    /// The rows of a binary package.
    pub(super) fn binary(&self, family: Family, name: &str) -> std::ops::Range<usize> {
        let Some(group) = find(&self.groups, family, name) else { return 0..0 };
        let rows = self.rows.range(group);
        rows.start..rows.end.min(self.rows())
    }

    /// The rows of a source package, by its version.
    pub(super) fn source(&self, family: Family, name: &str) -> SourceRows<'_> {
        let range = find(&self.source_names, family, name).map_or(0..0, |name| self.source_starts.range(name));
        SourceRows { rows: &self.source_rows, range: range.start..range.end.min(self.source_rows.len()) }
    }
}

/// The rows of a source package.
pub(super) struct SourceRows<'a> {
    rows: &'a Column,
    pub(super) range: std::ops::Range<usize>,
}

impl SourceRows<'_> {
    /// The row at a place of the range.
    pub(super) fn row(&self, at: usize) -> usize {
        self.rows.get(at) as usize
    }
}

/// The letter of a family.
pub(super) fn letter(family: Family) -> u8 {
    match family {
        Family::Deb => b'd',
        Family::Rpm => b'r',
    }
}

/// The number of a name among sorted ones with the letter of their family.
fn find(texts: &Texts, family: Family, name: &str) -> Option<usize> {
    let (mut low, mut high) = (0, texts.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let text = texts.get(middle);
        let order = match text.split_first() {
            Some((first, rest)) => first.cmp(&letter(family)).then_with(|| rest.cmp(name.as_bytes())),
            None => std::cmp::Ordering::Less,
        };
        match order {
            std::cmp::Ordering::Equal => return Some(middle),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    None
}
