//! A few fields of every stanza in one pass.

use super::field::{Name, field_end, trimmed};
use super::{Stanza, Stanzas};
use crate::error::Result;

/// Names of fields to look for, prepared once for many stanzas.
///
/// ```
/// use reposnap::deb::stanza::{Selection, Stanzas};
/// let selection = Selection::new(["Package", "Version", "Multi-Arch"]);
/// for item in Stanzas::new(b"Package: a\nVersion: 1\n").select(&selection) {
///     let (_stanza, [package, version, multi_arch]) = item?;
///     assert_eq!((package, version, multi_arch), (Some(&b"a"[..]), Some(&b"1"[..]), None));
/// }
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Selection<'n, const N: usize> {
    names: [&'n str; N],
    /// The name's words, folded: half as much to compare.
    words: [u64; N],
    /// The number of each name, in or behind the place that its word leads to.
    places: [u8; PLACES],
}

/// Room enough that most names that are not wanted lead to a free place.
const PLACES: usize = 256;

/// A place without a name.
const FREE: u8 = u8::MAX;

impl<'n, const N: usize> Selection<'n, N> {
    /// A selection of `names`, of any case.
    pub fn new(names: [&'n str; N]) -> Self {
        const { assert!(N < PLACES / 2, "more names than there is room for") };
        let words = names.map(|name| fold(Name::word_of(name)));
        let mut places = [FREE; PLACES];
        for (number, word) in words.iter().enumerate() {
            let mut at = place(*word);
            while places[at] != FREE {
                at = (at + 1) % PLACES;
            }
            places[at] = number as u8;
        }
        Self { names, words, places }
    }

    /// Which of the names `name` is, where `line` starts with it.
    #[inline]
    fn slot(&self, name: Name, line: &[u8]) -> Option<usize> {
        let folded = fold(name.word);
        let mut at = place(folded);
        loop {
            // A free place has no word.
            let slot = usize::from(self.places[at]);
            if *self.words.get(slot)? == folded {
                return self.confirm(slot, &line[..name.length]);
            }
            at = (at + 1) % PLACES;
        }
    }

    /// The same for certain: long names may share a word, and so may names with odd bytes, and words may fold to one.
    fn confirm(&self, slot: usize, name: &[u8]) -> Option<usize> {
        let wanted = self.names[slot].as_bytes();
        // Nearly everybody writes them alike.
        if wanted == name || wanted.eq_ignore_ascii_case(name) {
            return Some(slot);
        }
        self.names.iter().position(|wanted| wanted.as_bytes().eq_ignore_ascii_case(name))
    }

    pub(super) fn find<'a>(&self, raw: &'a [u8]) -> [Option<&'a [u8]>; N] {
        let mut values = [None; N];
        let mut rest = raw;
        while let Some(name) = Name::read(rest) {
            let end = field_end(rest);
            if let Some(slot) = self.slot(name, rest) {
                values[slot] = Some(trimmed(&rest[name.length + 1..end]));
            }
            rest = &rest[end..];
        }
        values
    }
}

/// Where a word leads to.
fn place(folded: u64) -> usize {
    (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize
}

/// Half of a word that tells most names apart.
fn fold(word: u128) -> u64 {
    word as u64 ^ ((word >> 64) as u64).rotate_left(7)
}

/// Stanzas with the values of a [`Selection`]; made by [`Stanzas::select`].
#[derive(Clone, Debug)]
pub struct Select<'a, 's, const N: usize> {
    stanzas: Stanzas<'a>,
    selection: &'s Selection<'s, N>,
}

impl<'a, 's, const N: usize> Select<'a, 's, N> {
    pub(super) fn new(stanzas: Stanzas<'a>, selection: &'s Selection<'s, N>) -> Self {
        Self { stanzas, selection }
    }
}

impl<'a, const N: usize> Select<'a, '_, N> {
    /// The next stanza, whose values are put into `values`. Many of them are slow to hand from one function to the next.
    pub(crate) fn next_into(&mut self, values: &mut [Option<&'a [u8]>; N]) -> Option<Result<Stanza<'a>>> {
        let data = self.stanzas.data;
        *values = [None; N];
        // The field that is wanted and goes on until the next one starts.
        let mut open: Option<(usize, usize)> = None;
        let stanza = self.stanzas.advance(|at, name| {
            if let Some((slot, start)) = open.take() {
                values[slot] = Some(trimmed(&data[start..at]));
            }
            if let Some(slot) = self.selection.slot(name, &data[at..]) {
                open = Some((slot, at + name.length + 1));
            }
        })?;
        if let (Ok(stanza), Some((slot, start))) = (&stanza, open) {
            values[slot] = Some(trimmed(&data[start..stanza.offset + stanza.raw.len()]));
        }
        Some(stanza)
    }
}

impl<'a, const N: usize> Iterator for Select<'a, '_, N> {
    type Item = Result<(Stanza<'a>, [Option<&'a [u8]>; N])>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut values = [None; N];
        let stanza = self.next_into(&mut values)?;
        Some(stanza.map(|stanza| (stanza, values)))
    }
}

impl<const N: usize> std::iter::FusedIterator for Select<'_, '_, N> {}
