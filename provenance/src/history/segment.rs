//! A segment of a history as it is kept.
//!
//! Sections, in their order ([`crate::packed`]):
//!
//! | section | content |
//! |---|---|
//! | head | JSON: [`Head`] |
//! | snapshots | of each position the digest of its snapshot |
//! | times | of each position its time: seconds since 1970, and nanoseconds |
//! | groups | texts: name, a zero byte, architecture; sorted |
//! | rows | of each group where its rows begin, and their end |
//! | versions | texts, one of each group: of each row varints of the bytes that it shares with the beginning of the version before, of those that it then has of its own, and of those that it shares with the end of that version; and its own |
//! | fingerprints | of each row 16 bytes |
//! | lists | of each row its list |
//! | firsts, lasts | of each row its first position, counted from the segment's first, and the number of positions behind its first to its end; 0 where it is open |
//! | closed segment, closed row, closed last | rows of older segments that ended |

use bytes::Bytes;
use jiff::Timestamp;
use reposnap::{Digest, Error, Kind, Result};
use serde::{Deserialize, Serialize};

use super::draft::{Closed, Draft};
use super::{Fingerprint, PackageList, Position};
use crate::packed::{Column, Sections, Texts, Writer, damaged, put_uint, take_uint, write_texts};

const MAGIC: [u8; 4] = *b"RSHY";

/// The format of segments that this version writes and reads: another one is made anew.
pub(super) const FORMAT: u32 = 1;

/// The longest version that is read, in bytes.
const LONGEST_VERSION: usize = 1 << 16;

#[derive(Serialize, Deserialize)]
struct Head {
    /// The segment before, by the name of its object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Digest>,
    /// The first position.
    from: u32,
    /// All lists of the lineage.
    lists: Vec<PackageList>,
}

/// A run of snapshots in which a list had a stanza, in positions of the lineage.
pub(super) struct Run {
    pub(super) fingerprint: Fingerprint,
    pub(super) list: usize,
    pub(super) first: usize,
    /// None where the last position of the segment has it.
    pub(super) last: Option<usize>,
}

/// A segment that was opened.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    from: u32,
    count: usize,
    lists: usize,
    groups: Texts,
    rows: Column,
    versions: Texts,
    fingerprints: Bytes,
    list: Column,
    firsts: Column,
    lasts: Column,
    closed: [Column; 3],
}

/// What a segment says beside its rows.
pub(super) struct Opened {
    pub(super) segment: Segment,
    pub(super) previous: Option<Digest>,
    pub(super) lists: Vec<PackageList>,
    pub(super) positions: Vec<Position>,
}

impl Segment {
    /// The bytes of a draft.
    pub(super) fn write(
        draft: Draft,
        positions: &[Position],
        lists: &[PackageList],
        previous: Option<Digest>,
    ) -> Result<Bytes> {
        let mut writer = Writer::new();
        let head = Head { previous, from: draft.from, lists: lists.to_vec() };
        let head = serde_json::to_vec(&head)
            .map_err(|error| Error::new(Kind::Internal, "a history can't be written").source(error))?;
        writer.bytes(&head);
        let snapshots: Vec<u8> = positions.iter().flat_map(|at| *at.snapshot.as_bytes()).collect();
        writer.items(32, &snapshots);
        let times: Vec<u8> = positions.iter().flat_map(|at| at.time.as_nanosecond().to_le_bytes()).collect();
        writer.items(16, &times);

        let mut groups: Vec<_> = draft.groups.into_iter().collect();
        groups.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        write_texts(&mut writer, groups.iter().map(|(group, _)| &**group));
        let mut starts = vec![0];
        let (mut versions, mut fingerprints) = (Vec::with_capacity(groups.len()), Vec::with_capacity(draft.rows * 16));
        let (mut list, mut firsts, mut lasts) = (Vec::new(), Vec::new(), Vec::new());
        for (_, rows) in &mut groups {
            rows.sort_by(|a, b| {
                (&a.version, a.fingerprint, a.list, a.first).cmp(&(&b.version, b.fingerprint, b.list, b.first))
            });
            let (mut texts, mut before) = (Vec::new(), &b""[..]);
            for row in rows.iter() {
                let start = row.version.iter().zip(before).take_while(|(a, b)| a == b).count();
                let (own, rest) = (&row.version[start..], &before[start..]);
                let end = own.iter().rev().zip(rest.iter().rev()).take_while(|(a, b)| a == b).count();
                let own = &own[..own.len() - end];
                for length in [start, own.len(), end] {
                    put_uint(&mut texts, length as u64);
                }
                texts.extend_from_slice(own);
                before = &row.version;
                fingerprints.extend_from_slice(&row.fingerprint.0);
                list.push(u64::from(row.list));
                firsts.push(u64::from(row.first.saturating_sub(draft.from)));
                lasts.push(row.last.map_or(0, |last| u64::from(last.saturating_sub(row.first)) + 1));
            }
            versions.push(texts);
            starts.push(list.len() as u64);
        }
        writer.numbers(&starts);
        write_texts(&mut writer, versions.iter().map(Vec::as_slice));
        writer.items(16, &fingerprints);
        for column in [&list, &firsts, &lasts] {
            writer.numbers(column);
        }
        let closed = |of: fn(&Closed) -> u32| draft.closed.iter().map(|end| u64::from(of(end))).collect::<Vec<_>>();
        for column in [closed(|end| end.segment), closed(|end| end.row), closed(|end| end.last)] {
            writer.numbers(&column);
        }
        writer.finish(MAGIC, FORMAT)
    }

    /// Opens what [`Segment::write`] wrote.
    pub(super) fn open(bytes: &Bytes) -> Result<Opened> {
        let mut sections = Sections::open(bytes, MAGIC, FORMAT)?;
        let head: Head = serde_json::from_slice(&sections.bytes()?).map_err(|_| damaged("its head can't be read"))?;
        let (snapshots, times) = (sections.items(32)?, sections.items(16)?);
        let mut positions = Vec::with_capacity(snapshots.len() / 32);
        for (snapshot, time) in snapshots.chunks_exact(32).zip(times.chunks_exact(16)) {
            let nanoseconds = time.try_into().map(i128::from_le_bytes).unwrap_or_default();
            let time = Timestamp::from_nanosecond(nanoseconds).map_err(|_| damaged("a time can't be"))?;
            let snapshot = snapshot.try_into().map(Digest::from_bytes).map_err(|_| damaged("a digest is cut"))?;
            positions.push(Position { snapshot, time });
        }
        let groups = Texts::read(&mut sections)?;
        let rows = sections.column()?.of(groups.len() + 1)?;
        let versions = Texts::read(&mut sections)?;
        let count = rows.get(groups.len()) as usize;
        let fingerprints = sections.items(16)?;
        let [list, firsts, lasts] =
            [sections.column()?.of(count)?, sections.column()?.of(count)?, sections.column()?.of(count)?];
        let closed = [sections.column()?, sections.column()?, sections.column()?];
        let is_good = versions.len() == groups.len()
            && fingerprints.len() / 16 == count
            && closed[1].len() == closed[0].len()
            && closed[2].len() == closed[0].len()
            && times.len() / 16 == positions.len();
        if !is_good {
            return Err(damaged("its sections don't go together"));
        }
        let segment = Self {
            from: head.from,
            count: positions.len(),
            lists: head.lists.len(),
            groups,
            rows,
            versions,
            fingerprints,
            list,
            firsts,
            lasts,
            closed,
        };
        Ok(Opened { segment, previous: head.previous, lists: head.lists, positions })
    }

    /// The first position.
    pub(super) fn from(&self) -> u32 {
        self.from
    }

    /// How many rows.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// How many groups.
    pub(super) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// The name and the architecture of a group, with a zero byte between them.
    pub(super) fn group(&self, group: usize) -> &[u8] {
        self.groups.get(group)
    }

    /// The number of a group.
    pub(super) fn find(&self, group: &[u8]) -> Option<usize> {
        let (mut low, mut high) = (0, self.groups.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.groups.get(middle).cmp(group) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// Shows `visit` the rows of a group with their numbers, by version as bytes.
    pub(super) fn visit_rows(&self, group: usize, mut visit: impl FnMut(usize, &[u8], Run)) {
        let mut texts = self.versions.get(group);
        let mut version = Vec::new();
        let rows = self.rows.range(group);
        for row in rows.start..rows.end.min(self.len()) {
            let mut length = || take_uint(&mut texts).and_then(|length| usize::try_from(length).ok());
            let (Some(start), Some(own), Some(end)) = (length(), length(), length()) else { return };
            let Some((text, rest)) = texts.split_at_checked(own) else { return };
            texts = rest;
            let Some(behind) = version.len().checked_sub(end).filter(|behind| *behind >= start) else { return };
            if version.len() + text.len() > LONGEST_VERSION {
                return;
            }
            version.splice(start..behind, text.iter().copied());
            visit(row, &version, self.run(row));
        }
    }

    fn run(&self, row: usize) -> Run {
        let mut fingerprint = [0; 16];
        fingerprint.copy_from_slice(&self.fingerprints[row * 16..row * 16 + 16]);
        // A damaged number leads to the last position or the last list, never beyond.
        let end = self.from as usize + self.count.saturating_sub(1);
        let first = (self.from as usize).saturating_add(self.firsts.get(row) as usize).min(end);
        let last = self.lasts.get(row) as usize;
        Run {
            fingerprint: Fingerprint(fingerprint),
            list: (self.list.get(row) as usize).min(self.lists.saturating_sub(1)),
            first,
            last: last.checked_sub(1).map(|more| first.saturating_add(more).min(end)),
        }
    }

    /// Rows of older segments that ended in this one.
    pub(super) fn closed(&self) -> impl Iterator<Item = Closed> + '_ {
        let [segment, row, last] = &self.closed;
        (0..segment.len()).map(|at| Closed {
            segment: segment.get(at) as u32,
            row: row.get(at) as u32,
            last: last.get(at) as u32,
        })
    }
}
