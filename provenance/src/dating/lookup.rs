//! Dates many images: the runs of all packages of a lineage in a table.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use twox_hash::XxHash3_128;

use super::spans::Run;
use super::sweep::{Cover, HeldAndNewest, Sweep};
use super::{Spans, Why};
use crate::history::History;
use crate::matching::compare::canonical;

/// The runs of a lineage's packages, by name, architecture and version. Made once, it dates an image in microseconds.
///
/// A version is found by 64 bits of a hash of its texts alone, so that it costs one look into memory. The hash has a seed that
/// is drawn when the table is made and that nobody learns: texts that meet by intent can't be made, and by chance two of a
/// million meet once in 10^7 tables.
///
/// ```
/// use reposnap_provenance::dating::{Dater, Spans};
/// let spans = Spans { held: vec![(2, 7)], newest: vec![(2, 5)] };
/// let mut dater = Dater::of(10, [("bash", "amd64", "5.2-1", &spans)].into_iter());
/// let cover = dater.date([("bash", "amd64", "5.2-1"), ("own", "all", "1")]).unwrap();
/// assert_eq!((cover.first, cover.last, cover.covered), (2, 5, 1));
/// ```
#[derive(Clone, Debug)]
pub struct Dater {
    positions: usize,
    seed: u64,
    /// A power of two of places, at most three quarters of them taken.
    table: Vec<Slot>,
    taken: usize,
    /// The runs of versions that have more than one: how many have it, how many have it as the newest, and these.
    more: Vec<Run>,
    sweep: Sweep,
    hashes: Vec<u64>,
    found: Vec<Slot>,
}

/// A version of a package; half a line of a cache.
#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u64,
    held: Run,
    newest: Run,
    /// What the slot has.
    sort: u32,
}

/// Nothing.
const FREE: u32 = 0;
/// One run that has it, and none that has it as the newest.
const HELD: u32 = 1;
/// One run that has it, and one that has it as the newest.
const NEWEST: u32 = 2;
/// Runs that stand elsewhere, from the place and in the number that `held` tells.
const MORE: u32 = 3;

impl Slot {
    const FREE: Self = Self { hash: 0, held: (0, 0), newest: (0, 0), sort: FREE };

    /// The runs that have it, and those that have it as the newest.
    fn runs<'a>(&'a self, more: &'a [Run]) -> HeldAndNewest<'a> {
        match self.sort {
            FREE => (&[], &[]),
            HELD => (std::slice::from_ref(&self.held), &[]),
            NEWEST => (std::slice::from_ref(&self.held), std::slice::from_ref(&self.newest)),
            _ => {
                let (start, held) = (self.held.0 as usize, self.held.1 as usize);
                (&more[start..start + held], &more[start + held..start + held + self.newest.1 as usize])
            }
        }
    }
}

impl Dater {
    /// Of the packages of a lineage whose name and architecture `is_wanted` takes.
    pub fn new(history: &History, mut is_wanted: impl FnMut(&str, &str) -> bool) -> Self {
        let mut dater = Self::empty(history.positions().len());
        history.visit(|name, architecture, rows| {
            if is_wanted(name, architecture) {
                for (version, spans) in Spans::of_rows(rows, history.lists()) {
                    dater.add(name, architecture, &version, &spans);
                }
            }
        });
        dater
    }

    /// Of packages whose runs are known: names, architectures, versions.
    pub fn of<'a>(positions: usize, packages: impl Iterator<Item = (&'a str, &'a str, &'a str, &'a Spans)>) -> Self {
        let mut dater = Self::empty(positions);
        packages.for_each(|(name, architecture, version, spans)| dater.add(name, architecture, version, spans));
        dater
    }

    fn empty(positions: usize) -> Self {
        Self {
            positions,
            seed: RandomState::new().hash_one(positions),
            table: vec![Slot::FREE; 2],
            taken: 0,
            more: Vec::new(),
            sweep: Sweep::default(),
            hashes: Vec::new(),
            found: Vec::new(),
        }
    }

    fn add(&mut self, name: &str, architecture: &str, version: &str, spans: &Spans) {
        let hash = self.hash(name, architecture, version);
        let mut slot = Slot { hash, ..Slot::FREE };
        match (&*spans.held, &*spans.newest) {
            ([], _) => return,
            ([held], []) => (slot.held, slot.sort) = (*held, HELD),
            ([held], [newest]) => (slot.held, slot.newest, slot.sort) = (*held, *newest, NEWEST),
            (held, newest) => {
                slot.held = (self.more.len() as u32, held.len() as u32);
                slot.newest = (0, newest.len() as u32);
                slot.sort = MORE;
                self.more.extend_from_slice(held);
                self.more.extend_from_slice(newest);
            }
        }
        if (self.taken + 1) * 4 > self.table.len() * 3 {
            let larger = vec![Slot::FREE; self.table.len() * 2];
            for slot in std::mem::replace(&mut self.table, larger) {
                if slot.sort != FREE {
                    self.put(slot);
                }
            }
        }
        self.put(slot);
        self.taken += 1;
    }

    fn put(&mut self, slot: Slot) {
        let mask = self.table.len() - 1;
        let mut place = slot.hash as usize & mask;
        while self.table[place].sort != FREE {
            place = (place + 1) & mask;
        }
        self.table[place] = slot;
    }

    /// The slot of a version; a free one where there is none.
    #[inline]
    fn find(&self, hash: u64) -> Slot {
        let mask = self.table.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            let slot = self.table[place];
            if slot.sort == FREE || slot.hash == hash {
                return slot;
            }
            place = (place + 1) & mask;
        }
    }

    #[inline]
    fn hash(&self, name: &str, architecture: &str, version: &str) -> u64 {
        const ROOM: usize = 128;
        let [name, architecture, version] = [name, architecture, canonical(version)].map(str::as_bytes);
        // With blanks between them, which none of them has.
        let (first, second) = (name.len() + 1, name.len() + architecture.len() + 2);
        let length = second + version.len();
        let mut room = [b' '; ROOM];
        let hash = match room.get_mut(..length) {
            Some(text) => {
                text[..name.len()].copy_from_slice(name);
                text[first..first + architecture.len()].copy_from_slice(architecture);
                text[second..].copy_from_slice(version);
                XxHash3_128::oneshot_with_seed(self.seed, text)
            }
            None => XxHash3_128::oneshot_with_seed(self.seed, &[name, architecture, version].join(&b' ')),
        };
        hash as u64
    }

    /// How many snapshots the lineage has.
    pub fn positions(&self) -> usize {
        self.positions
    }

    /// How many versions it knows.
    pub fn len(&self) -> usize {
        self.taken
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.taken == 0
    }

    /// The snapshots that packages are consistent with, each a name, an architecture and a version; none where no snapshot
    /// has any of them.
    pub fn date<'a>(&mut self, packages: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>) -> Option<Cover> {
        let (mut hashes, mut found) = (std::mem::take(&mut self.hashes), std::mem::take(&mut self.found));
        hashes.clear();
        hashes.extend(packages.into_iter().map(|(name, architecture, version)| self.hash(name, architecture, version)));
        // One after the other with nothing between them: the processor waits for many places of memory at a time.
        found.clear();
        found.extend(hashes.iter().map(|hash| self.find(*hash)));
        let more = &self.more;
        let cover = self.sweep.best_of(self.positions, || found.iter().map(|slot| slot.runs(more)));
        (self.hashes, self.found) = (hashes, found);
        cover
    }

    /// Why the snapshots of a cover don't have a package; none where they do.
    pub fn why_not(&self, cover: &Cover, name: &str, architecture: &str, version: &str) -> Option<Why> {
        let slot = self.find(self.hash(name, architecture, version));
        let held = slot.runs(&self.more).0.to_vec();
        Spans { held, newest: Vec::new() }.why_not(cover.first as u32, cover.last as u32)
    }
}
