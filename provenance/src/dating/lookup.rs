//! Dates many images: the runs of all packages of a lineage in a table.

use twox_hash::XxHash3_128;

use super::sweep::{Cover, Sweep};
use super::{Spans, Why};
use crate::history::History;
use crate::matching::compare::canonical;

/// The runs of a lineage's packages, by name, architecture and version. Made once, it dates an image in microseconds.
#[derive(Clone, Debug)]
pub struct Dater {
    positions: usize,
    /// A power of two of places; each has 0, or the number of an entry and one.
    table: Vec<u32>,
    entries: Vec<Entry>,
    texts: Vec<u8>,
    runs: Vec<(u32, u32)>,
    sweep: Sweep,
    found: Vec<(u32, u32, u32)>,
}

/// A version of a package.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Where its text begins, and the lengths of the name, the architecture and the version.
    text: usize,
    lengths: (u16, u16, u16),
    /// Where its runs begin, how many have it, and how many have it as the newest.
    runs: u32,
    held: u32,
    newest: u32,
}

impl Dater {
    /// Of the packages of a lineage whose name and architecture `is_wanted` takes.
    pub fn new(history: &History, mut is_wanted: impl FnMut(&str, &str) -> bool) -> Self {
        let mut dater = Self {
            positions: history.positions().len(),
            table: Vec::new(),
            entries: Vec::new(),
            texts: Vec::new(),
            runs: Vec::new(),
            sweep: Sweep::default(),
            found: Vec::new(),
        };
        history.visit(|name, architecture, rows| {
            if is_wanted(name, architecture) {
                for (version, spans) in Spans::of_rows(rows, history.lists()) {
                    dater.add(name, architecture, &version, &spans);
                }
            }
        });
        dater.fill();
        dater
    }

    /// Of packages whose runs are known: names, architectures, versions.
    pub fn of<'a>(positions: usize, packages: impl Iterator<Item = (&'a str, &'a str, &'a str, &'a Spans)>) -> Self {
        let mut dater = Self {
            positions,
            table: Vec::new(),
            entries: Vec::new(),
            texts: Vec::new(),
            runs: Vec::new(),
            sweep: Sweep::default(),
            found: Vec::new(),
        };
        packages.for_each(|(name, architecture, version, spans)| dater.add(name, architecture, version, spans));
        dater.fill();
        dater
    }

    fn add(&mut self, name: &str, architecture: &str, version: &str, spans: &Spans) {
        let version = canonical(version);
        let lengths = [name, architecture, version].map(|text| u16::try_from(text.len()));
        // No package has texts that long; what has is from nowhere.
        let [Ok(name_length), Ok(architecture_length), Ok(version_length)] = lengths else { return };
        self.entries.push(Entry {
            text: self.texts.len(),
            lengths: (name_length, architecture_length, version_length),
            runs: self.runs.len() as u32,
            held: spans.held.len() as u32,
            newest: spans.newest.len() as u32,
        });
        [name, architecture, version].into_iter().for_each(|text| self.texts.extend_from_slice(text.as_bytes()));
        self.runs.extend_from_slice(&spans.held);
        self.runs.extend_from_slice(&spans.newest);
    }

    fn fill(&mut self) {
        let places = (self.entries.len() * 2).next_power_of_two().max(2);
        self.table = vec![0; places];
        for number in 0..self.entries.len() {
            let [name, architecture, version] = self.texts_of(&self.entries[number]);
            let mut place = hash(name, architecture, version) as usize & (places - 1);
            while self.table[place] != 0 {
                place = (place + 1) & (places - 1);
            }
            self.table[place] = number as u32 + 1;
        }
    }

    fn texts_of(&self, entry: &Entry) -> [&[u8]; 3] {
        let (name, architecture, version) = entry.lengths;
        let text = &self.texts[entry.text..];
        let (name, text) = text.split_at(name.into());
        let (architecture, text) = text.split_at(architecture.into());
        [name, architecture, &text[..version.into()]]
    }

    fn find(&self, name: &str, architecture: &str, version: &str) -> Option<&Entry> {
        let wanted = [name, architecture, canonical(version)].map(str::as_bytes);
        let mask = self.table.len() - 1;
        let mut place = hash(wanted[0], wanted[1], wanted[2]) as usize & mask;
        loop {
            let entry = &self.entries[self.table[place].checked_sub(1)? as usize];
            if self.texts_of(entry) == wanted {
                return Some(entry);
            }
            place = (place + 1) & mask;
        }
    }

    /// How many snapshots the lineage has.
    pub fn positions(&self) -> usize {
        self.positions
    }

    /// The snapshots that packages are consistent with, each a name, an architecture and a version; none where no snapshot
    /// has any of them.
    pub fn date<'a>(&mut self, packages: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>) -> Option<Cover> {
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        for (name, architecture, version) in packages {
            if let Some(entry) = self.find(name, architecture, version) {
                found.push((entry.runs, entry.held, entry.newest));
            }
        }
        let all = &self.runs;
        let runs = || {
            found.iter().map(|(start, held, newest)| {
                let (start, held, newest) = (*start as usize, *held as usize, *newest as usize);
                (&all[start..start + held], &all[start + held..start + held + newest])
            })
        };
        let cover = self.sweep.best_of(self.positions, runs);
        self.found = found;
        cover
    }

    /// Why the snapshots of a cover don't have a package; none where they do.
    pub fn why_not(&self, cover: &Cover, name: &str, architecture: &str, version: &str) -> Option<Why> {
        let Some(entry) = self.find(name, architecture, version) else { return Some(Why::FromNowhere) };
        let held = self.runs[entry.runs as usize..][..entry.held as usize].to_vec();
        Spans { held, newest: Vec::new() }.why_not(cover.first as u32, cover.last as u32)
    }
}

/// Not a promise: what is found is compared.
fn hash(name: &[u8], architecture: &[u8], version: &[u8]) -> u64 {
    const LONGEST: usize = 128;
    let length = name.len() + architecture.len() + version.len();
    if length <= LONGEST {
        let mut text = [0; LONGEST];
        text[..name.len()].copy_from_slice(name);
        text[name.len()..][..architecture.len()].copy_from_slice(architecture);
        text[name.len() + architecture.len()..length].copy_from_slice(version);
        XxHash3_128::oneshot(&text[..length]) as u64
    } else {
        XxHash3_128::oneshot(&[name, architecture, version].concat()) as u64
    }
}
