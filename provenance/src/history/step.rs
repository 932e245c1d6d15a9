//! What differs between two snapshots that follow one another in a log, list by list.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

use reposnap::snapshot::entry::Key;
use reposnap::snapshot::manifest::List;
use reposnap::snapshot::{ChunkReader, Snapshot, Want};
use reposnap::store::index::ChunkRef;
use reposnap::{Digest, Result};

use super::lists::Lists;

/// The packages that came and went, each with the number of its list.
#[derive(Default)]
pub(super) struct Step {
    pub(super) removed: Vec<(usize, Key)>,
    pub(super) added: Vec<(usize, Key)>,
}

/// A list of a snapshot, where it has it.
type Side<'a> = Option<(&'a Snapshot, &'a List)>;

/// What differs from `before` to `after`; all that is in `after` where there is nothing before. Chunks that both have in a
/// list are not read.
pub(super) async fn step(before: Option<&Snapshot>, after: &Snapshot, lists: &mut Lists) -> Result<Step> {
    let mut pairs: BTreeMap<usize, (Side<'_>, Side<'_>)> = BTreeMap::new();
    // What the Release files say is taken over from the older one first.
    for (snapshot, is_new) in before.map(|before| (before, false)).into_iter().chain([(after, true)]) {
        for (part, list) in snapshot.manifest().lists() {
            if list.architecture == "source" {
                continue;
            }
            let pair = pairs.entry(lists.number(snapshot, part, list).await?).or_default();
            let side = if is_new { &mut pair.1 } else { &mut pair.0 };
            *side = Some((snapshot, list));
        }
    }
    let mut step = Step::default();
    for (number, (old, new)) in pairs {
        if old.map(|(_, list)| list.root) == new.map(|(_, list)| list.root) {
            continue;
        }
        let (removed, added) = differing(old, new).await?;
        step.removed.extend(removed.into_iter().map(|key| (number, key)));
        step.added.extend(added.into_iter().map(|key| (number, key)));
    }
    Ok(step)
}

async fn differing(old: Side<'_>, new: Side<'_>) -> Result<(Vec<Key>, Vec<Key>)> {
    let Some((store, _)) = old.or(new).map(|(snapshot, list)| (snapshot.store(), list)) else {
        return Ok(Default::default());
    };
    let chunks = |side: Side<'_>| -> Result<Vec<ChunkRef>> {
        Ok(side.map(|(snapshot, list)| snapshot.chunks(list)).transpose()?.unwrap_or_default().to_vec())
    };
    let (old, new) = (chunks(old)?, chunks(new)?);
    let names = |chunks: &[ChunkRef]| chunks.iter().map(|chunk| chunk.digest).collect::<HashSet<Digest>>();
    let (old_names, new_names) = (names(&old), names(&new));
    let old = old.into_iter().filter(|chunk| !new_names.contains(&chunk.digest)).map(|chunk| (false, chunk));
    let new = new.into_iter().filter(|chunk| !old_names.contains(&chunk.digest)).map(|chunk| (true, chunk));
    // Side by side: a chunk and the one that it is coded against are decoded in one batch.
    let mut chunks: Vec<(bool, ChunkRef)> = old.chain(new).collect();
    chunks.sort_by(|a, b| a.1.first.cmp(&b.1.first));
    let (sides, chunks): (Vec<bool>, Vec<ChunkRef>) = chunks.into_iter().unzip();
    let mut reader = ChunkReader::new(store, chunks, Want::Keys);
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    while let Some(batch) = reader.next_batch().await? {
        for chunk in batch {
            let is_new = sides.get(chunk.position).copied().unwrap_or_default();
            if is_new { &mut added } else { &mut removed }.extend(chunk.block.keys);
        }
    }
    Ok(only_in_one(removed, added))
}

/// The keys that stand on one side alone; both sides are in key order.
fn only_in_one(left: Vec<Key>, right: Vec<Key>) -> (Vec<Key>, Vec<Key>) {
    let (mut only_left, mut only_right) = (Vec::new(), Vec::new());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return (only_left, only_right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => a.order().cmp(&b.order()),
        };
        match order {
            Ordering::Less => only_left.extend(left.next()),
            Ordering::Greater => only_right.extend(right.next()),
            Ordering::Equal => drop((left.next(), right.next())),
        }
    }
}
