//! A segment in the making.

use std::collections::HashMap;

use super::Fingerprint;
use super::segment::Segment;

/// A row of a draft.
#[derive(Clone, Debug)]
pub(super) struct DraftRow {
    pub(super) version: Box<[u8]>,
    pub(super) fingerprint: Fingerprint,
    pub(super) list: u16,
    pub(super) first: u32,
    /// None as long as the newest snapshot has it.
    pub(super) last: Option<u32>,
}

/// A row of an older segment that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closed {
    /// The position that the older segment begins at, which names it.
    pub(super) segment: u32,
    pub(super) row: u32,
    /// The last position that had it.
    pub(super) last: u32,
}

/// Rows of a run of positions, and what ended in it of older segments.
pub(super) struct Draft {
    /// The first position.
    pub(super) from: u32,
    pub(super) groups: HashMap<Box<[u8]>, Vec<DraftRow>>,
    pub(super) closed: Vec<Closed>,
    pub(super) rows: usize,
}

impl Draft {
    pub(super) fn new(from: u32) -> Self {
        Self { from, groups: HashMap::new(), closed: Vec::new(), rows: 0 }
    }

    pub(super) fn add(&mut self, group: Vec<u8>, row: DraftRow) {
        self.groups.entry(group.into()).or_default().push(row);
        self.rows += 1;
    }

    /// Ends the open row of a stanza in a list; false where the draft has none.
    pub(super) fn close(&mut self, group: &[u8], list: u16, fingerprint: Fingerprint, last: u32) -> bool {
        let rows = self.groups.get_mut(group).map(Vec::as_mut_slice).unwrap_or_default();
        let is_it = |row: &&mut DraftRow| row.last.is_none() && row.list == list && row.fingerprint == fingerprint;
        rows.iter_mut().find(is_it).map(|row| row.last = Some(last)).is_some()
    }

    /// Takes the segment before it into itself.
    pub(super) fn absorb(&mut self, segment: &Segment) {
        let closed: HashMap<u32, u32> =
            self.closed.iter().filter(|end| end.segment == segment.from()).map(|end| (end.row, end.last)).collect();
        self.closed.retain(|end| end.segment != segment.from());
        self.closed.extend(segment.closed());
        for group in 0..segment.groups() {
            segment.visit_rows(group, |row, version, run| {
                let row = DraftRow {
                    version: version.into(),
                    fingerprint: run.fingerprint,
                    list: run.list as u16,
                    first: run.first as u32,
                    last: run.last.map(|last| last as u32).or_else(|| closed.get(&(row as u32)).copied()),
                };
                self.add(segment.group(group).to_vec(), row);
            });
        }
        self.from = segment.from();
    }
}
