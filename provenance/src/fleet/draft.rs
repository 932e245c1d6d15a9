//! A segment of the index of a fleet in the making.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use reposnap::{Digest, Error, Kind, Result};
use reposnap_image::package::Family;
use twox_hash::XxHash3_128;

use super::record::Record;
use super::segment::{Chain, FORMAT, Head, MAGIC, Segment, chains, letter};
use super::set;
use crate::order::compare;
use crate::packed::{Writer, write_texts};

/// A package of an image, as an index has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// Whose it is.
    pub family: Family,
    /// Its name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// Its architecture.
    pub architecture: &'a str,
    /// The name and the version of its source package.
    pub source: (&'a str, &'a str),
}

/// An entry of the log of a name.
#[derive(Clone, Debug)]
pub(super) struct NewName {
    pub(super) log: String,
    pub(super) reference: String,
    pub(super) number: u64,
    pub(super) image: usize,
}

/// Images and their packages.
#[derive(Default)]
pub(super) struct Draft {
    /// The number of the first image.
    pub(super) from: usize,
    images: Vec<Digest>,
    chains: Vec<Vec<Chain>>,
    claims: Vec<Option<Digest>>,
    systems: Vec<Option<Arc<str>>>,
    pub(super) names: Vec<NewName>,
    rows: Rows,
    said: Said,
}

/// What the packages of an image say, one text behind the other.
#[derive(Default)]
struct Said {
    texts: Vec<u8>,
    ends: Vec<usize>,
    hashes: Vec<u64>,
}

impl Said {
    fn clear(&mut self) {
        self.texts.clear();
        self.ends.clear();
        self.hashes.clear();
    }

    fn push(&mut self, item: &Item<'_>) {
        let parts = [item.name, item.version, item.architecture, item.source.0, item.source.1];
        let start = self.texts.len();
        self.texts.push(letter(item.family));
        for (number, part) in parts.iter().enumerate() {
            if number > 0 {
                self.texts.push(0);
            }
            self.texts.extend_from_slice(part.as_bytes());
        }
        let zeros = self.texts[start..].iter().filter(|byte| **byte == 0).count();
        if zeros != parts.len() - 1 {
            // No package of either family has a zero byte anywhere.
            self.texts.truncate(start);
            return;
        }
        self.ends.push(self.texts.len());
        self.hashes.push(hash_of(&self.texts[start..]));
    }

    fn text(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.texts[start..self.ends[at]]
    }
}

/// Rows, found by what they say.
#[derive(Default)]
struct Rows {
    /// Of each row the letter of the family and the name, the version, the architecture, and the source's name and version,
    /// with zero bytes between them.
    texts: Vec<u8>,
    starts: Vec<usize>,
    /// A power of two of places; each has 0, or the upper half of a hash above the number of a row and one.
    table: Vec<u64>,
    /// The members of rows that came from segments: older than all in `log`.
    members: Vec<Vec<u32>>,
    /// The rows of images, one image behind the other, and where each image's end. Sorted once, at the end: a place of its own
    /// for the members of each row is far away from that of the next, for each package of each image.
    log: Vec<u32>,
    ends: Vec<usize>,
    guesses: Vec<usize>,
    found: Vec<usize>,
}

impl Rows {
    /// Finds the numbers of the rows that say what an image's packages say.
    ///
    /// All rows together are much larger than a cache. So each pass looks at one thing of all packages, with nothing between
    /// the looks: the processor waits for many places of memory at a time.
    fn look_up(&mut self, said: &Said) {
        const NONE: usize = usize::MAX;
        let mask = self.table.len().wrapping_sub(1);
        let guess = |hash: &u64| match self.table.get(*hash as usize & mask) {
            Some(found) if *found >> 32 == hash >> 32 && *found != 0 => *found as u32 as usize - 1,
            _ => NONE,
        };
        let mut guesses = std::mem::take(&mut self.guesses);
        guesses.clear();
        guesses.extend(said.hashes.iter().map(guess));
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        // Where the text of each guess begins.
        found.extend(guesses.iter().map(|row| self.starts.get(*row).copied().unwrap_or(NONE)));
        for (at, (start, guess)) in found.iter_mut().zip(&guesses).enumerate() {
            let is_it = *start != NONE && self.text(*guess) == said.text(at);
            *start = if is_it { *guess } else { NONE };
        }
        for (at, row) in found.iter_mut().enumerate() {
            if *row == NONE {
                *row = self.number(said.hashes[at], said.text(at));
            }
        }
        (self.guesses, self.found) = (guesses, found);
    }

    /// Makes the next image a member of the rows that say what its packages say.
    fn add_all(&mut self, said: &Said) {
        self.look_up(said);
        self.log.extend(self.found.iter().map(|row| *row as u32));
        self.ends.push(self.log.len());
    }

    /// The images that the log has of each row, sorted, behind where those of each row begin. `from` is the number of the
    /// first image of the log.
    fn sort_log(&self, from: u32) -> (Vec<usize>, Vec<u32>) {
        let mut starts = vec![0_usize; self.starts.len() + 1];
        for row in &self.log {
            starts[*row as usize + 1] += 1;
        }
        for row in 0..self.starts.len() {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut members = vec![0_u32; self.log.len()];
        let mut begin = 0;
        for (member, end) in (from..).zip(&self.ends) {
            for row in &self.log[begin..*end] {
                let place = &mut next[*row as usize];
                members[*place] = member;
                *place += 1;
            }
            begin = *end;
        }
        (starts, members)
    }

    fn text(&self, row: usize) -> &[u8] {
        let end = self.starts.get(row + 1).copied().unwrap_or(self.texts.len());
        &self.texts[self.starts[row]..end]
    }

    /// The place of a text, or where it is to be put.
    fn place(&self, hash: u64, text: &[u8]) -> usize {
        let mask = self.table.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            let found = self.table[place];
            let is_it = || found >> 32 == hash >> 32 && self.text(found as u32 as usize - 1) == text;
            if found == 0 || is_it() {
                return place;
            }
            place = (place + 1) & mask;
        }
    }

    /// The number of the row that says `text`.
    fn number(&mut self, hash: u64, text: &[u8]) -> usize {
        if self.starts.len() * 2 >= self.table.len() {
            self.table = vec![0; (self.table.len() * 2).max(1 << 10)];
            for row in 0..self.starts.len() {
                let hash = hash_of(self.text(row));
                let place = self.place(hash, self.text(row));
                self.table[place] = hash >> 32 << 32 | (row as u64 + 1);
            }
        }
        let place = self.place(hash, text);
        if self.table[place] == 0 {
            self.table[place] = hash >> 32 << 32 | (self.starts.len() as u64 + 1);
            self.starts.push(self.texts.len());
            self.texts.extend_from_slice(text);
            self.members.push(Vec::new());
        }
        self.table[place] as u32 as usize - 1
    }
}

/// Not a promise: what is found is compared.
fn hash_of(text: &[u8]) -> u64 {
    XxHash3_128::oneshot(text) as u64
}

impl Draft {
    pub(super) fn new(from: usize) -> Self {
        Self { from, ..Self::default() }
    }

    /// How many images.
    pub(super) fn len(&self) -> usize {
        self.images.len()
    }

    /// Whether there is nothing to add.
    pub(super) fn is_empty(&self) -> bool {
        self.images.is_empty() && self.names.is_empty()
    }

    /// How much there is in it: images and entries.
    pub(super) fn weight(&self) -> usize {
        self.images.len() + self.names.len()
    }

    /// Adds an image; its number is what the draft begins with and how many there were.
    pub(super) fn add<'a>(
        &mut self,
        image: Digest,
        layers: &[Digest],
        claim: Option<Digest>,
        system: Option<&str>,
        packages: impl Iterator<Item = Item<'a>>,
    ) {
        self.images.push(image);
        self.chains.push(chains(layers));
        self.claims.push(claim);
        self.add_system(system);
        let mut said = std::mem::take(&mut self.said);
        said.clear();
        packages.for_each(|item| said.push(&item));
        self.rows.add_all(&said);
        self.said = said;
    }

    fn add_system(&mut self, system: Option<&str>) {
        // There are few, and mostly it is the one before.
        let last = self.systems.last().cloned().flatten().filter(|last| Some(&**last) == system);
        self.systems.push(last.or_else(|| system.map(Arc::from)));
    }

    /// Adds a recorded image.
    pub(super) fn add_record(&mut self, image: Digest, record: &Record) {
        let claim = record.base.as_ref().and_then(|base| base.digest);
        let items = record.packages.iter().map(|package| Item {
            family: package.family,
            name: &package.name,
            version: &package.version,
            architecture: &package.architecture,
            source: (&package.source.name, &package.source.version),
        });
        self.add(image, &record.layers, claim, record.system().as_deref(), items);
    }

    /// Takes the segment before it into itself.
    pub(super) fn absorb(&mut self, segment: &Segment) -> Result<()> {
        let newer = std::mem::replace(self, Self::new(segment.from));
        for image in 0..segment.len() {
            let digest = Segment::digest(&segment.images, image);
            self.images.push(digest.unwrap_or_else(|| Digest::from_bytes([0; 32])));
            self.chains.push(segment.chains_of(image).collect());
            self.claims.push(Segment::digest(&segment.claims, image));
            self.add_system(segment.system_of(image));
        }
        for name in 0..segment.logs.len() {
            self.names.push(NewName {
                log: segment.logs.str(name).to_owned(),
                reference: segment.references.str(name).to_owned(),
                number: segment.numbers.get(name),
                image: segment.named.get(name) as usize,
            });
        }
        let mut text = Vec::new();
        for group in 0..segment.groups.len() {
            for row in segment.rows.range(group) {
                let said = segment.row(row);
                text.clear();
                text.extend_from_slice(segment.groups.get(group));
                for part in [said.version, said.architecture, said.source.0, said.source.1] {
                    text.push(0);
                    text.extend_from_slice(part.as_bytes());
                }
                let number = self.rows.number(hash_of(&text), &text);
                let members = &mut self.rows.members[number];
                set::visit(segment.set(row), segment.len(), |member| members.push(member))?;
            }
        }
        let shift = self.images.len() as u32;
        self.images.extend(newer.images);
        self.chains.extend(newer.chains);
        self.claims.extend(newer.claims);
        self.systems.extend(newer.systems);
        self.names.extend(newer.names);
        let mut numbers = Vec::with_capacity(newer.rows.starts.len());
        for row in 0..newer.rows.starts.len() {
            let text = newer.rows.text(row);
            let number = self.rows.number(hash_of(text), text);
            self.rows.members[number].extend(newer.rows.members[row].iter().map(|member| member + shift));
            numbers.push(number as u32);
        }
        self.rows.log = newer.rows.log.iter().map(|row| numbers[*row as usize]).collect();
        self.rows.ends = newer.rows.ends;
        Ok(())
    }

    /// Its bytes.
    pub(super) fn write(self, previous: Option<String>) -> Result<Bytes> {
        let parts = |row: usize| -> [&str; 5] {
            let mut parts = self.rows.text(row).split(|byte| *byte == 0);
            std::array::from_fn(|_| std::str::from_utf8(parts.next().unwrap_or_default()).unwrap_or_default())
        };
        let family = |name: &str| if name.starts_with('r') { Family::Rpm } else { Family::Deb };
        let all: Vec<[&str; 5]> = (0..self.rows.starts.len()).map(parts).collect();
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_unstable_by(|a, b| {
            let (a, b) = (&all[*a], &all[*b]);
            a[0].cmp(b[0]).then_with(|| compare(family(a[0]), a[1], b[1])).then_with(|| a.cmp(b))
        });

        let mut versions = Interner::default();
        let mut architectures = Interner::default();
        let mut sources = Sources::default();
        let (mut groups, mut starts) = (Vec::new(), Vec::new());
        let (mut version, mut architecture, mut source) = (Vec::new(), Vec::new(), Vec::new());
        for (at, row) in order.iter().enumerate() {
            let [name, text, of, source_name, source_version] = all[*row];
            if groups.last() != Some(&name) {
                groups.push(name);
                starts.push(at as u64);
            }
            version.push(versions.number(text));
            architecture.push(architectures.number(of));
            source.push(sources.number(&name[..1], source_name, source_version, &mut versions));
        }
        starts.push(order.len() as u64);

        let mut writer = Writer::new();
        let names = architectures.texts.iter().map(|name| (*name).to_owned()).collect();
        let mut systems = Interner::default();
        let system: Vec<u64> =
            self.systems.iter().map(|name| name.as_deref().map_or(0, |name| systems.number(name) + 1)).collect();
        let systems = systems.texts.iter().map(|name| (*name).to_owned()).collect();
        let head = Head { previous, from: self.from as u64, architectures: names, systems };
        let head = serde_json::to_vec(&head)
            .map_err(|error| Error::new(Kind::Internal, "an index can't be written").source(error))?;
        writer.bytes(&head);
        let digests = |digests: &mut dyn Iterator<Item = Option<Digest>>| -> Vec<u8> {
            digests.flat_map(|digest| digest.map_or([0; 32], |digest| *digest.as_bytes())).collect()
        };
        writer.items(32, &digests(&mut self.images.iter().copied().map(Some)));
        let mut chain_starts = vec![0];
        for chains in &self.chains {
            chain_starts.push(chain_starts.last().copied().unwrap_or_default() + chains.len() as u64);
        }
        writer.numbers(&chain_starts);
        writer.items(16, &self.chains.iter().flatten().flatten().copied().collect::<Vec<u8>>());
        writer.items(32, &digests(&mut self.claims.iter().copied()));
        writer.numbers(&system);
        write_texts(&mut writer, self.names.iter().map(|name| name.log.as_bytes()));
        write_texts(&mut writer, self.names.iter().map(|name| name.reference.as_bytes()));
        writer.numbers(&self.names.iter().map(|name| name.number).collect::<Vec<u64>>());
        writer.numbers(&self.names.iter().map(|name| name.image as u64).collect::<Vec<u64>>());
        write_texts(&mut writer, groups.iter().map(|name| name.as_bytes()));
        writer.numbers(&starts);
        write_texts(&mut writer, versions.texts.iter().map(|text| text.as_bytes()));
        for column in [&version, &architecture, &source] {
            writer.numbers(column);
        }
        sources.write(&mut writer, &versions, &source);
        let first = self.images.len() - self.rows.ends.len();
        let (log_starts, log_members) = self.rows.sort_log(first as u32);
        let (mut ends, mut sets, mut members) = (vec![0_u64], Vec::new(), Vec::new());
        for row in &order {
            members.clear();
            members.extend_from_slice(&self.rows.members[*row]);
            members.extend_from_slice(&log_members[log_starts[*row]..log_starts[row + 1]]);
            // A package that an image has twice.
            members.dedup();
            set::write(&members, &mut sets)?;
            ends.push(sets.len() as u64);
        }
        drop(log_members);
        writer.numbers(&ends);
        writer.bytes(&sets);
        drop(sets);
        writer.finish(MAGIC, FORMAT)
    }
}

/// Texts with numbers.
#[derive(Default)]
struct Interner<'a> {
    texts: Vec<&'a str>,
    numbers: HashMap<&'a str, u64>,
}

impl<'a> Interner<'a> {
    fn number(&mut self, text: &'a str) -> u64 {
        *self.numbers.entry(text).or_insert_with(|| {
            self.texts.push(text);
            self.texts.len() as u64 - 1
        })
    }
}

/// Sources: each a name, with the letter of its family, and the number of a version.
#[derive(Default)]
struct Sources<'a> {
    all: Vec<(&'a str, &'a str, u64)>,
    numbers: HashMap<(&'a str, &'a str, u64), u64>,
}

impl<'a> Sources<'a> {
    fn number(&mut self, letter: &'a str, name: &'a str, version: &'a str, versions: &mut Interner<'a>) -> u64 {
        let source = (letter, name, versions.number(version));
        *self.numbers.entry(source).or_insert_with(|| {
            self.all.push(source);
            self.all.len() as u64 - 1
        })
    }

    /// The sections of sources; `of_rows` has the source of each row.
    fn write(&self, writer: &mut Writer, versions: &Interner<'a>, of_rows: &[u64]) {
        let mut names: Vec<(&str, &str)> = self.all.iter().map(|(letter, name, _)| (*letter, *name)).collect();
        names.sort_unstable();
        names.dedup();
        let texts: Vec<String> = names.iter().map(|(letter, name)| format!("{letter}{name}")).collect();
        write_texts(writer, texts.iter().map(|text| text.as_bytes()));
        let number = |source: &(&str, &str, u64)| names.binary_search(&(source.0, source.1)).unwrap_or_default() as u64;
        let source_names: Vec<u64> = self.all.iter().map(number).collect();
        writer.numbers(&source_names);
        writer.numbers(&self.all.iter().map(|(_, _, version)| *version).collect::<Vec<u64>>());
        // The sources by name and version, and then the rows by source.
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        let version = |source: usize| versions.texts[self.all[source].2 as usize];
        order.sort_by(|a, b| {
            let family = if self.all[*a].0 == "r" { Family::Rpm } else { Family::Deb };
            source_names[*a].cmp(&source_names[*b]).then_with(|| compare(family, version(*a), version(*b)))
        });
        let mut ranks = vec![0_u64; self.all.len()];
        for (rank, source) in order.iter().enumerate() {
            ranks[*source] = rank as u64;
        }
        let mut rows: Vec<u64> = (0..of_rows.len() as u64).collect();
        rows.sort_by_key(|row| ranks[of_rows[*row as usize] as usize]);
        let mut starts = vec![0_u64; names.len() + 1];
        for source in of_rows {
            starts[source_names[*source as usize] as usize + 1] += 1;
        }
        for name in 0..names.len() {
            starts[name + 1] += starts[name];
        }
        writer.numbers(&starts);
        writer.numbers(&rows);
    }
}
