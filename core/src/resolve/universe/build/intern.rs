//! Texts that are kept once each.

use std::hash::{BuildHasher as _, RandomState};

/// Hashes bytes under a key that nobody outside knows, by multiplying and folding.
struct Key(u64, u64);

impl Key {
    fn new() -> Self {
        let random = RandomState::new();
        Self(random.hash_one(0), random.hash_one(1))
    }

    #[inline]
    fn hash_pair(&self, one: u64, two: u64) -> u64 {
        fold(fold(self.0 ^ one, self.1 ^ two) ^ self.1, self.0)
    }

    #[inline]
    fn hash(&self, bytes: &[u8]) -> u64 {
        let word = |bytes: &[u8]| bytes.first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
        let half = |bytes: &[u8]| bytes.first_chunk().map_or(0, |word| u64::from(u32::from_le_bytes(*word)));
        let mut hash = self.0 ^ bytes.len() as u64;
        let mut rest = bytes;
        while rest.len() > 16 {
            let (head, tail) = rest.split_at(16);
            hash = fold(hash ^ word(head), self.1 ^ word(&head[8..]));
            rest = tail;
        }
        // The first and the last of what is left may overlap; with the length they tell all of it.
        let (first, last) = match rest.len() {
            length @ 8.. => (word(rest), word(&rest[length - 8..])),
            length @ 4.. => (half(rest), half(&rest[length - 4..])),
            length @ 1.. => (u64::from(rest[0]) | u64::from(rest[length / 2]) << 8, u64::from(rest[length - 1])),
            0 => (0, 0),
        };
        hash = fold(hash ^ first, self.1 ^ last);
        fold(hash ^ self.1, self.0)
    }
}

#[inline]
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}

/// Numbers of things, found by their hash: a table with room to spare, searched from where the hash points to.
///
/// Hashes must come of a key that nobody outside knows.
#[derive(Default)]
pub(super) struct Slots {
    /// Half of each hash, and the number and 1; 0 for a free place.
    slots: Vec<(u32, u32)>,
    count: usize,
}

impl Slots {
    /// The number of the thing with this hash for which `is_it` holds; where there is none, `next` is put there.
    pub(super) fn find_or(&mut self, hash: u64, next: u32, is_it: impl Fn(u32) -> bool) -> u32 {
        if self.count * 4 >= self.slots.len() * 3 {
            self.grow((self.slots.len() * 2).max(1 << 12));
        }
        let (mask, tag) = (self.slots.len() - 1, (hash >> 32) as u32);
        let mut at = tag as usize & mask;
        loop {
            match self.slots[at] {
                (_, 0) => {
                    self.slots[at] = (tag, next + 1);
                    self.count += 1;
                    return next;
                }
                (known, number) if known == tag && is_it(number - 1) => return number - 1,
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// The number of the thing before the one that a hash may lead to.
    fn guess(&self, hash: u64) -> u32 {
        let at = (hash >> 32) as usize & self.slots.len().wrapping_sub(1);
        self.slots.get(at).map_or(0, |slot| slot.1.saturating_sub(2))
    }

    /// The number of the thing with this hash for which `is_it` holds.
    fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let (mask, tag) = (self.slots.len().checked_sub(1)?, (hash >> 32) as u32);
        let mut at = tag as usize & mask;
        loop {
            match self.slots[at] {
                (_, 0) => return None,
                (known, number) if known == tag && is_it(number - 1) => return Some(number - 1),
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// Makes room for so many more.
    pub(super) fn expect(&mut self, more: usize) {
        let size = ((self.count + more) * 4 / 3 + 1).next_power_of_two();
        if size > self.slots.len() {
            self.grow(size);
        }
    }

    fn grow(&mut self, size: usize) {
        let old = std::mem::replace(&mut self.slots, vec![(0, 0); size]);
        for slot in old.into_iter().filter(|slot| slot.1 != 0) {
            let mut at = slot.0 as usize & (size - 1);
            while self.slots[at].1 != 0 {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = slot;
        }
    }
}

/// Texts, each with a mark; equal ones have one number.
pub(super) struct Interner {
    heap: Vec<u8>,
    /// Where each text ends, and its mark. Each begins where the one before it ends.
    ends: Vec<(u32, u32)>,
    slots: Slots,
    key: Key,
}

impl Interner {
    /// An interner whose number 0 is the empty text without a mark.
    pub(super) fn new() -> Self {
        Self { heap: Vec::new(), ends: vec![(0, 0)], slots: Slots::default(), key: Key::new() }
    }

    /// The number of a text with a mark; it is kept where it is new.
    pub(super) fn number(&mut self, text: &[u8], mark: u32) -> u32 {
        match text {
            [] if mark == 0 => 0,
            _ => self.number_of_hashed(text, mark, self.hash(text)),
        }
    }

    /// The hash of two numbers, for what else is to be found.
    pub(super) fn hash_pair(&self, one: u64, two: u64) -> u64 {
        self.key.hash_pair(one, two)
    }

    pub(super) fn hash(&self, text: &[u8]) -> u64 {
        self.key.hash(text)
    }

    /// Asks for the memory that looking up some texts will need. What is asked for at once arrives at about the same time;
    /// one after the other, each would be waited for.
    pub(super) fn touch(&self, hashes: impl Iterator<Item = u64> + Clone, guesses: &mut Vec<u32>) {
        guesses.clear();
        guesses.extend(hashes.map(|hash| self.slots.guess(hash)));
        let ends = guesses.iter_mut();
        ends.for_each(|guess| *guess = self.ends.get(*guess as usize).map_or(0, |end| end.0));
        let bytes = guesses.iter().map(|end| self.heap.get(*end as usize).copied().unwrap_or_default());
        std::hint::black_box(bytes.fold(0, |all, byte| all | byte));
    }

    /// The same as [`Interner::number`], of a text that was hashed.
    pub(super) fn number_of_hashed(&mut self, text: &[u8], mark: u32, hash: u64) -> u32 {
        let Self { heap, ends, slots, .. } = self;
        let next = ends.len() as u32;
        let found = slots.find_or(hash, next, |number| is_at(heap, ends, number, text, mark));
        if found == next {
            heap.extend_from_slice(text);
            ends.push((heap.len() as u32, mark));
        }
        found
    }

    /// The number of a text with a mark that is there.
    pub(super) fn find(&self, text: &[u8], mark: u32) -> Option<u32> {
        self.slots.find(self.hash(text), |number| is_at(&self.heap, &self.ends, number, text, mark))
    }

    /// Makes room for so many more texts of so many bytes.
    pub(super) fn expect(&mut self, texts: usize, bytes: usize) {
        self.heap.reserve(bytes);
        self.ends.reserve(texts);
        self.slots.expect(texts);
    }

    /// Lets go of what finds texts: from now on they are asked for by their numbers alone.
    pub(super) fn end(&mut self) {
        self.slots = Slots::default();
    }

    /// A text.
    pub(super) fn text(&self, number: u32) -> &[u8] {
        match number {
            0 => &[],
            _ => &self.heap[self.ends[number as usize - 1].0 as usize..self.ends[number as usize].0 as usize],
        }
    }

    /// How many bytes all texts have.
    pub(super) fn bytes(&self) -> usize {
        self.heap.len()
    }

    /// How many texts there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}

/// Whether a text with a mark has this number.
fn is_at(heap: &[u8], ends: &[(u32, u32)], number: u32, text: &[u8], mark: u32) -> bool {
    let (start, (end, known)) = (ends[number as usize - 1].0, ends[number as usize]);
    known == mark && &heap[start as usize..end as usize] == text
}
