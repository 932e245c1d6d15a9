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
}

impl<'n, const N: usize> Selection<'n, N> {
    /// A selection of `names`, of any case.
    pub fn new(names: [&'n str; N]) -> Self {
        Self { names, words: names.map(|name| fold(Name::word_of(name))) }
    }

    /// Which of the names `name` is, where `line` starts with it.
    #[inline]
    fn slot(&self, name: Name, line: &[u8]) -> Option<usize> {
        // Without a branch per word.
        let (mut slot, folded) = (N, fold(name.word));
        for (index, word) in self.words.iter().enumerate() {
            if *word == folded {
                slot = index;
            }
        }
        (slot < N).then(|| self.confirm(slot, &line[..name.length])).flatten()
    }

    /// The same for certain: long names may share a word, and so may names with odd bytes, and words may fold to one.
    fn confirm(&self, slot: usize, name: &[u8]) -> Option<usize> {
        if self.names[slot].as_bytes().eq_ignore_ascii_case(name) {
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
