//! What differs between two snapshots. Chunks that both have are never read.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use crate::deb::version;
use crate::digest::Digest;
use crate::error::Result;
use crate::snapshot::candidate::covering;
use crate::snapshot::entry::{Key, KeyRef, KeyRefs};
use crate::snapshot::manifest::{List, Part};
use crate::snapshot::open::Snapshot;
use crate::snapshot::read::{ChunkReader, Want, read_key_blocks};
use crate::store::index::ChunkRef;
use crate::worker::compute;

/// How a package differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Only the second snapshot has it.
    Added,
    /// Only the first snapshot has it.
    Removed,
    /// The second has a newer version.
    Upgraded,
    /// The second has an older version.
    Downgraded,
    /// Both have the version, with different stanzas.
    Changed,
}

impl Change {
    /// The change's word, as scripts see it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Change::Added => "added",
            Change::Removed => "removed",
            Change::Upgraded => "upgraded",
            Change::Downgraded => "downgraded",
            Change::Changed => "changed",
        }
    }
}

/// One package that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// The package's name.
    pub name: String,
    /// Its architecture; `source` for a source package.
    pub architecture: String,
    /// How it differs.
    pub change: Change,
    /// The version in the first snapshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The version in the second snapshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What differs from `before` to `after`, by name and architecture. A snapshot counts as one set of packages: in
/// which of its lists a package stands makes no difference.
pub async fn diff(before: &Snapshot, after: &Snapshot) -> Result<Vec<Difference>> {
    let mut removed = Residue::default();
    let mut added = Residue::default();
    for (old, new) in pair_lists(before, after) {
        compare_lists((before, old), (after, new), &mut removed, &mut added).await?;
    }
    // A package that only moved between lists is in both snapshots all the same.
    drop_present(&mut removed, after).await?;
    drop_present(&mut added, before).await?;
    Ok(differences(removed, added))
}

/// The entries that one side has in a list and the other has not, with the lists already looked through.
#[derive(Default)]
struct Residue(Vec<(Key, Option<Digest>)>);

impl Residue {
    fn keys(self) -> Vec<Key> {
        let mut keys: Vec<Key> = self.0.into_iter().map(|(key, _)| key).collect();
        keys.sort_by(|a, b| a.order().cmp(&b.order()));
        keys.dedup();
        keys
    }
}

type ListPair<'a> = (Option<&'a List>, Option<&'a List>);

/// Pairs the lists by part and path, then by path, then by component and architecture.
fn pair_lists<'a>(before: &'a Snapshot, after: &'a Snapshot) -> Vec<ListPair<'a>> {
    let mut old: Vec<(&Part, &List)> = before.manifest().lists().collect();
    let mut new: Vec<(&Part, &List)> = after.manifest().lists().collect();
    let mut pairs: Vec<ListPair<'a>> = Vec::new();
    type Same = fn(&(&Part, &List), &(&Part, &List)) -> bool;
    let rules: [Same; 3] = [
        |a, b| a.0.name == b.0.name && a.1.path == b.1.path,
        |a, b| a.1.path == b.1.path,
        |a, b| a.1.component == b.1.component && a.1.architecture == b.1.architecture,
    ];
    for same in rules {
        old.retain(|a| {
            let Some(at) = new.iter().position(|b| same(a, b)) else { return true };
            pairs.push((Some(a.1), Some(new.remove(at).1)));
            false
        });
    }
    pairs.extend(old.into_iter().map(|(_, list)| (Some(list), None)));
    pairs.extend(new.into_iter().map(|(_, list)| (None, Some(list))));
    pairs
}

async fn compare_lists(
    (before, old): (&Snapshot, Option<&List>),
    (after, new): (&Snapshot, Option<&List>),
    removed: &mut Residue,
    added: &mut Residue,
) -> Result<()> {
    let chunks = |snapshot: &Snapshot, list: Option<&List>| -> Result<Vec<ChunkRef>> {
        Ok(list.map(|list| snapshot.chunks(list)).transpose()?.unwrap_or_default().to_vec())
    };
    let (mut old_chunks, mut new_chunks) = (chunks(before, old)?, chunks(after, new)?);
    let old_names: HashSet<Digest> = old_chunks.iter().map(|chunk| chunk.digest).collect();
    let new_names: HashSet<Digest> = new_chunks.iter().map(|chunk| chunk.digest).collect();
    old_chunks.retain(|chunk| !new_names.contains(&chunk.digest));
    new_chunks.retain(|chunk| !old_names.contains(&chunk.digest));

    // Side by side, so that a chunk and the one it is coded against are decoded in one batch.
    let mut chunks: Vec<(bool, ChunkRef)> = old_chunks.into_iter().map(|chunk| (false, chunk)).collect();
    chunks.extend(new_chunks.into_iter().map(|chunk| (true, chunk)));
    chunks.sort_by(|a, b| a.1.first.cmp(&b.1.first));
    let sides: Vec<bool> = chunks.iter().map(|(side, _)| *side).collect();
    let chunks = chunks.into_iter().map(|(_, chunk)| chunk).collect();
    let blocks = read_key_blocks(before.store(), chunks).await?;
    let (old_root, new_root) = (old.map(|list| list.root), new.map(|list| list.root));
    let (old_keys, new_keys) = compute(move || {
        let side = |right: bool| {
            let blocks = blocks.iter().zip(&sides).filter(|(_, side)| **side == right);
            blocks.map(|(block, _)| KeyRefs::new(block)).collect::<Result<Vec<KeyRefs<'_>>>>()
        };
        only_in_one(side(false)?.into_iter().flatten(), side(true)?.into_iter().flatten())
    })
    .await?;
    removed.0.extend(old_keys.into_iter().map(|key| (key, new_root)));
    added.0.extend(new_keys.into_iter().map(|key| (key, old_root)));
    Ok(())
}

/// The keys that stand on one side alone; both sides are in key order.
fn only_in_one<'a>(
    mut left: impl Iterator<Item = Result<KeyRef<'a>>>,
    mut right: impl Iterator<Item = Result<KeyRef<'a>>>,
) -> Result<(Vec<Key>, Vec<Key>)> {
    let (mut only_left, mut only_right) = (Vec::new(), Vec::new());
    let (mut a, mut b) = (left.next().transpose()?, right.next().transpose()?);
    loop {
        let order = match (&a, &b) {
            (None, None) => return Ok((only_left, only_right)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => a.cmp(b),
        };
        if order.is_lt() {
            only_left.extend(a.map(KeyRef::to_key));
        }
        if order.is_gt() {
            only_right.extend(b.map(KeyRef::to_key));
        }
        if order.is_le() {
            a = left.next().transpose()?;
        }
        if order.is_ge() {
            b = right.next().transpose()?;
        }
    }
}

/// Drops the entries that stand in another list of `snapshot` than the one they were compared with.
async fn drop_present(residue: &mut Residue, snapshot: &Snapshot) -> Result<()> {
    for (_, list) in snapshot.manifest().lists() {
        let chunks = snapshot.chunks(list)?;
        let mut wanted: BTreeMap<usize, ()> = BTreeMap::new();
        for (key, compared) in &residue.0 {
            if *compared != Some(list.root) {
                wanted.extend(covering(chunks, &key.name).map(|at| (at, ())));
            }
        }
        if wanted.is_empty() {
            continue;
        }
        let refs = wanted.keys().map(|at| chunks[*at].clone()).collect();
        let mut reader = ChunkReader::new(snapshot.store(), refs, Want::Keys);
        let mut present: HashSet<Digest> = HashSet::new();
        while let Some(batch) = reader.next_batch().await? {
            present.extend(batch.into_iter().flat_map(|chunk| chunk.block.keys).map(|key| key.digest));
        }
        residue.0.retain(|(key, _)| !present.contains(&key.digest));
    }
    Ok(())
}

fn differences(removed: Residue, added: Residue) -> Vec<Difference> {
    type Sides = (Vec<Key>, Vec<Key>);
    let mut groups: BTreeMap<(String, String), Sides> = BTreeMap::new();
    let group = |key: &Key| (key.name_str().to_owned(), key.architecture_str().to_owned());
    for key in removed.keys() {
        groups.entry(group(&key)).or_default().0.push(key);
    }
    for key in added.keys() {
        groups.entry(group(&key)).or_default().1.push(key);
    }
    let mut differences = Vec::new();
    for ((name, architecture), (before, after)) in groups {
        for (change, before, after) in changes(before, after) {
            let version = |key: Option<Key>| key.map(|key| key.version_str().to_owned());
            let (name, architecture) = (name.clone(), architecture.clone());
            differences.push(Difference { name, architecture, change, before: version(before), after: version(after) });
        }
    }
    differences
}

/// Pairs the versions of one group: equal ones first, then the newest with the newest.
fn changes(mut before: Vec<Key>, mut after: Vec<Key>) -> Vec<(Change, Option<Key>, Option<Key>)> {
    let mut changes = Vec::new();
    before.retain(|old| {
        let Some(at) = after.iter().position(|new| version::compare(&old.version, &new.version).is_eq()) else {
            return true;
        };
        changes.push((Change::Changed, Some(old.clone()), Some(after.remove(at))));
        false
    });
    for side in [&mut before, &mut after] {
        side.sort_by(|a, b| version::compare(&b.version, &a.version));
    }
    let (mut before, mut after) = (before.into_iter(), after.into_iter());
    loop {
        let (old, new) = (before.next(), after.next());
        let change = match (&old, &new) {
            (None, None) => return changes,
            (None, Some(_)) => Change::Added,
            (Some(_), None) => Change::Removed,
            (Some(old), Some(new)) if version::compare(&old.version, &new.version).is_lt() => Change::Upgraded,
            (Some(_), Some(_)) => Change::Downgraded,
        };
        changes.push((change, old, new));
    }
}
