//! Opens the history of a log: what is kept of it, and what the log has had since.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use reposnap::digest::Hasher;
use reposnap::environment;
use reposnap::progress::{Monitor, Unit};
use reposnap::snapshot::Snapshot;
use reposnap::source::mirror;
use reposnap::store::refs::Log;
use reposnap::store::{Store, layout};
use reposnap::{Digest, Error, Kind, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::draft::{Closed, Draft, DraftRow};
use super::lists::Lists;
use super::segment::{FORMAT, Opened, Segment};
use super::step::step;
use super::{Fingerprint, History, Lineage, Position, group};

/// The most segments that a history may have: each is larger than what follows it, so there never are nearly as many.
const MAX_SEGMENTS: usize = 64;

/// The most positions of a history.
const MAX_POSITIONS: usize = 1 << 24;

/// How many entries of a log are read at once.
const BATCH: usize = 64;

const PHASE: &str = "history";

/// An entry of a log, as far as a history needs it.
struct Seen {
    seq: u64,
    /// The digest of the entry.
    entry: Digest,
    snapshot: Option<Digest>,
    time: Timestamp,
}

pub(super) async fn open(store: &Store, lineage: Lineage, name: &str, monitor: &Monitor) -> Result<History> {
    let mut kept = kept(store).await?;
    loop {
        let (seen, base) = match lineage {
            Lineage::Mirror => {
                let log = Log::<mirror::State>::open(store.objects(), lineage.kind(), name)?;
                since(&log, lineage, &kept, |state| state.snapshot).await?
            }
            Lineage::Environment => {
                let log = Log::<environment::Change>::open(store.objects(), lineage.kind(), name)?;
                since(&log, lineage, &kept, |change| Some(change.snapshot)).await?
            }
        };
        let history = match base {
            None => Ok((History::empty(lineage, name), Vec::new())),
            Some(base) => load(store, lineage, name, base).await,
        };
        match history {
            Ok((history, names)) => match (extend(store, history, names, seen, monitor).await, base) {
                // The snapshot that it ends with was given up: what came since can't be told from it.
                (Err(error), Some(base)) if error.kind() == Kind::NotFound => drop(kept.remove(&base)),
                (extended, _) => return extended,
            },
            // It is made anew, from what stands before it or from the beginning.
            Err(error) if is_no_history(&error) => drop(base.map(|base| kept.remove(&base))),
            Err(error) => return Err(error),
        }
    }
}

/// The paths of the segments that a history of the log is read from as it is now.
pub(super) async fn segments(store: &Store, lineage: Lineage, name: &str) -> Result<Vec<String>> {
    let mut kept = kept(store).await?;
    while !kept.is_empty() {
        let base = match lineage {
            Lineage::Mirror => {
                let log = Log::<mirror::State>::open(store.objects(), lineage.kind(), name)?;
                since(&log, lineage, &kept, |state| state.snapshot).await?.1
            }
            Lineage::Environment => {
                let log = Log::<environment::Change>::open(store.objects(), lineage.kind(), name)?;
                since(&log, lineage, &kept, |change| Some(change.snapshot)).await?.1
            }
        };
        let Some(base) = base else { break };
        match load(store, lineage, name, base).await {
            Ok((_, names)) => return Ok(names.into_iter().map(layout::history).collect()),
            Err(error) if is_no_history(&error) => drop(kept.remove(&base)),
            Err(error) => return Err(error),
        }
    }
    Ok(Vec::new())
}

/// The segments that the store has.
async fn kept(store: &Store) -> Result<HashSet<Digest>> {
    let names = match store.objects().names("history").await {
        Err(error) if error.kind() == Kind::NotFound => Vec::new(),
        names => names?,
    };
    Ok(names.iter().filter_map(|name| Digest::from_hex(name.as_bytes())).collect())
}

fn is_no_history(error: &Error) -> bool {
    matches!(error.kind(), Kind::Malformed | Kind::Format | Kind::Verification | Kind::NotFound | Kind::Limit)
}

/// What the segment is kept under that ends with an entry of a log.
fn name_of(lineage: Lineage, log: &str, entry: Digest) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(format!("history {FORMAT} {} {log} {entry}", lineage.kind()).as_bytes());
    hasher.finish()
}

/// The entries of a log behind the newest one that a segment is kept for, the oldest first, and that segment.
async fn since<T: Serialize + DeserializeOwned>(
    log: &Log<T>,
    lineage: Lineage,
    kept: &HashSet<Digest>,
    snapshot: impl Fn(&T) -> Option<Digest>,
) -> Result<(Vec<Seen>, Option<Digest>)> {
    let mut seen: Vec<Seen> = Vec::new();
    let mut base = None;
    loop {
        // One entry is read again, so that the chain is verified from end to end.
        let entries = match seen.last() {
            None => log.entries(BATCH).await?,
            Some(last) => log.entries_from(last.seq, BATCH).await?.split_off(1),
        };
        if entries.is_empty() {
            if seen.is_empty() && base.is_none() {
                // Tells that there is no such log.
                log.head().await?;
            }
            seen.reverse();
            return Ok((seen, base));
        }
        for entry in entries {
            let name = name_of(lineage, log.name(), entry.digest);
            if kept.contains(&name) {
                base = Some(name);
                seen.reverse();
                return Ok((seen, base));
            }
            let snapshot = snapshot(&entry.body);
            seen.push(Seen { seq: entry.seq, entry: entry.digest, snapshot, time: entry.time });
        }
    }
}

/// The history that ends with a segment, and the names of its segments.
async fn load(store: &Store, lineage: Lineage, name: &str, newest: Digest) -> Result<(History, Vec<Digest>)> {
    let mut opened: Vec<(Digest, Opened)> = Vec::new();
    let mut next = Some(newest);
    while let Some(segment) = next {
        if opened.len() == MAX_SEGMENTS {
            return Err(Error::new(Kind::Limit, "a history has too many segments"));
        }
        let path = layout::history(segment);
        let bytes = store.objects().get(&path).await?;
        let read = Segment::open(&bytes).inspect_err(|_| store.objects().doubt()).map_err(|error| error.path(path))?;
        next = read.previous;
        opened.push((segment, read));
    }
    let mut history = History::empty(lineage, name);
    if let Some((_, newest)) = opened.first() {
        history.lists.clone_from(&newest.lists);
    }
    let mut names = Vec::new();
    let mut numbers: HashMap<u32, u32> = HashMap::new();
    for (number, (name, opened)) in opened.into_iter().rev().enumerate() {
        if opened.segment.from() as usize != history.positions.len() {
            return Err(crate::packed::damaged("its segments don't follow one another"));
        }
        for end in opened.segment.closed() {
            if let Some(segment) = numbers.get(&end.segment) {
                history.closed.insert((*segment, end.row), end.last);
            }
        }
        numbers.insert(opened.segment.from(), number as u32);
        history.positions.extend(opened.positions);
        history.segments.push(opened.segment);
        names.push(name);
    }
    // A damaged end may lead beyond the last position.
    let newest = history.positions.len().saturating_sub(1) as u32;
    history.closed.values_mut().for_each(|last| *last = (*last).min(newest));
    Ok((history, names))
}

/// Adds what a log has had since, and keeps it.
async fn extend(
    store: &Store,
    mut history: History,
    mut names: Vec<Digest>,
    seen: Vec<Seen>,
    monitor: &Monitor,
) -> Result<History> {
    let Some(newest) = seen.last().map(|seen| seen.entry) else { return Ok(history) };
    let mut draft = Draft::new(history.positions.len() as u32);
    let mut lists = Lists::new(std::mem::take(&mut history.lists));
    let mut before = match history.positions.last() {
        Some(position) => Some(Snapshot::open(store, position.snapshot).await?),
        None => None,
    };
    monitor.start(PHASE, Some(seen.len() as u64), Unit::Items);
    let known = history.positions.len();
    let mut ended = HashSet::new();
    for seen in seen {
        monitor.check()?;
        monitor.advance(PHASE, 1);
        let Some(id) = seen.snapshot.filter(|id| before.as_ref().is_none_or(|before| before.id() != *id)) else {
            continue;
        };
        let after = match Snapshot::open(store, id).await {
            Err(error) if error.kind() == Kind::NotFound => {
                monitor.note(&format!("{} {}: entry {} is left out: {error}", history.lineage, history.name, seen.seq));
                continue;
            }
            after => after?,
        };
        let position = history.positions.len();
        if position >= MAX_POSITIONS {
            return Err(Error::new(Kind::Limit, format!("a log has more than {MAX_POSITIONS} snapshots")));
        }
        let step = step(before.as_ref(), &after, &mut lists).await?;
        for (list, key) in &step.removed {
            let group = group(&key.name, &key.architecture);
            let fingerprint = Fingerprint::of(&key.digest);
            let last = position as u32 - 1;
            if !draft.close(&group, *list as u16, fingerprint, last) {
                draft.closed.extend(history.open_row(&group, *list, fingerprint, last, &mut ended));
            }
        }
        for (list, key) in step.added {
            let row = DraftRow {
                version: key.version.to_vec().into(),
                fingerprint: Fingerprint::of(&key.digest),
                list: list as u16,
                first: position as u32,
                last: None,
            };
            draft.add(group(&key.name, &key.architecture), row);
        }
        history.positions.push(Position { snapshot: id, time: seen.time });
        before = Some(after);
    }
    monitor.finish(PHASE);
    history.lists = lists.all;
    if history.positions.len() == known {
        return Ok(history);
    }
    // Those before it that are not much larger become part of it.
    while let Some(segment) = history.segments.pop_if(|segment| segment.len() <= 2 * draft.rows) {
        names.pop();
        draft.absorb(&segment);
    }
    let from = draft.from as usize;
    let bytes = Segment::write(draft, &history.positions[from..], &history.lists, names.last().copied())?;
    let name = name_of(history.lineage, &history.name, newest);
    match store.objects().put(&layout::history(name), bytes.clone()).await {
        Err(error) if error.kind() != Kind::ReadOnly => return Err(error),
        _ => {}
    }
    history.push(Segment::open(&bytes)?.segment);
    Ok(history)
}

impl History {
    /// The row of an older segment that a stanza of a list still has open, ended; it is put among those that have `ended`
    /// since.
    fn open_row(
        &self,
        group: &[u8],
        list: usize,
        fingerprint: Fingerprint,
        last: u32,
        ended: &mut HashSet<(usize, usize)>,
    ) -> Option<Closed> {
        for (number, segment) in self.segments.iter().enumerate().rev() {
            let Some(group) = segment.find(group) else { continue };
            let mut found = None;
            segment.visit_rows(group, |row, _, run| {
                let is_it = run.last.is_none() && run.list == list && run.fingerprint == fingerprint;
                let is_closed =
                    || self.closed.contains_key(&(number as u32, row as u32)) || ended.contains(&(number, row));
                if is_it && found.is_none() && !is_closed() {
                    found = Some(row);
                }
            });
            if let Some(row) = found {
                ended.insert((number, row));
                return Some(Closed { segment: segment.from(), row: row as u32, last });
            }
        }
        None
    }

    /// Adds the segment that ends with the newest position.
    fn push(&mut self, segment: Segment) {
        let numbers: HashMap<u32, u32> = self.segments.iter().map(Segment::from).zip(0..).collect();
        self.closed.retain(|(number, _), _| (*number as usize) < numbers.len());
        let ends = segment.closed().filter_map(|end| Some(((*numbers.get(&end.segment)?, end.row), end.last)));
        self.closed.extend(ends.collect::<Vec<_>>());
        self.segments.push(segment);
    }
}
