//! The names of a universe: read when somebody first asks for one.

use super::columns::Texts;
use super::tables::{Object, Part, Table, damaged};
use crate::error::Result;

/// The most bytes of all names.
const MAX_BYTES: usize = 1 << 30;

/// Names, in the order of their texts.
#[derive(Default)]
pub(super) struct Names {
    /// The names by their texts, and where each stands among them.
    pub(super) sorted: Vec<u32>,
    ranks: Vec<u32>,
    texts: Texts,
}

impl Names {
    pub(super) fn open(object: &Object) -> Result<Self> {
        let part = object.part(Part::Names)?;
        let (shared, own) = (part.numbers(Table::NamesShared)?, part.numbers(Table::NamesOwn)?);
        let (heap, mut rest) = (part.heap(), 0..0);
        let total = shared.iter().chain(&own).map(|length| *length as usize).sum::<usize>();
        if total > MAX_BYTES {
            return Err(damaged("names are too long"));
        }
        let mut texts = Vec::with_capacity(total);
        let mut starts = Vec::with_capacity(shared.len() + 1);
        let mut before = 0;
        for (shared, own) in shared.iter().zip(&own) {
            let start = texts.len();
            starts.push(start as u32);
            rest = rest.end..rest.end + *own as usize;
            let shared = before..before + *shared as usize;
            let Some(own) = heap.get(rest.clone()).filter(|_| shared.end <= start) else {
                return Err(damaged("a name is cut off"));
            };
            texts.extend_from_within(shared);
            texts.extend_from_slice(own);
            before = start;
        }
        starts.push(texts.len() as u32);
        let sorted = part.below(Table::Sorted, starts.len() - 1)?;
        let mut ranks = vec![0; sorted.len()];
        for (rank, name) in sorted.iter().enumerate() {
            ranks[*name as usize] = rank as u32;
        }
        if sorted.len() + 1 != starts.len() {
            return Err(damaged("a table has another length"));
        }
        Ok(Self { sorted, ranks, texts: Texts::new(starts, texts.into()) })
    }

    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    pub(super) fn text(&self, name: u32) -> &str {
        match self.ranks.get(name as usize) {
            Some(rank) => self.texts.text(*rank),
            None => "",
        }
    }

    /// Where the first name is for whose text `is_before` does not hold.
    pub(super) fn partition(&self, is_before: impl Fn(&[u8]) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if is_before(self.texts.bytes(middle as u32)) { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The text of the name at a place of the order.
    pub(super) fn at(&self, place: usize) -> Option<(u32, &[u8])> {
        self.sorted.get(place).map(|name| (*name, self.texts.bytes(place as u32)))
    }
}
