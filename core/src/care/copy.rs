//! Copies of a store: what the other one lacks, verified on the way, and logs last.
//!
//! A copy that was interrupted goes on with what is missing. It never goes backward: where the other store has entries that
//! this one has not, nothing of that log is written, and it is an error unless they just follow.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures::stream::{self, StreamExt};
use serde::Serialize;

use super::kinds::{self, Count, Counts, Sort, total};
use super::logs::{self, Listing, Name};
use crate::digest::{Digest, Hasher};
use crate::error::{Error, Kind, Result};
use crate::progress::{Monitor, Unit};
use crate::snapshot::Snapshot;
use crate::snapshot::hold;
use crate::snapshot::needs::{Look, Needs};
use crate::snapshot::open::unpack_manifest;
use crate::store::refs::ENVIRONMENT;
use crate::store::{Created, Objects, Store, layout};

/// How many objects are copied at the same time.
const PARALLEL: usize = 8;
/// Objects up to this size, in bytes, are copied in memory.
const LARGEST_IN_MEMORY: u64 = 8 << 20;
/// The largest entry of a log, in bytes.
const LARGEST_ENTRY: u64 = 1 << 20;

const PHASE: &str = "objects";
const BYTES: &str = "object bytes";

/// What was copied.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Copied {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// How many objects were copied, or would be.
    pub objects: u64,
    /// How many bytes.
    pub bytes: u64,
    /// The same by sort of object.
    #[serde(serialize_with = "kinds::as_list")]
    pub sorts: Counts,
    /// How many objects were there already.
    pub kept: u64,
    /// The logs that got entries.
    pub logs: Vec<String>,
    /// The logs of which the other store has entries that this one has not.
    pub ahead: Vec<String>,
}

/// Copies `source` into `target`: everything, or some environments with all that their snapshots need.
///
/// # Errors
/// [`Kind::Conflict`] where a log of the target is not what it would have to be for more to follow; nothing is copied then.
/// [`Kind::Verification`] for an object that is not what its name says; [`Kind::NotFound`] for an environment that is none.
pub async fn copy(
    source: &Store,
    target: &Store,
    environments: &[String],
    dry_run: bool,
    monitor: &Monitor,
) -> Result<Copied> {
    let (source, target) = (&source.uncached(), &target.uncached());
    let mut listing = logs::list(source).await?;
    if !environments.is_empty() {
        let wanted = |(kind, name): &Name| kind == ENVIRONMENT && environments.contains(name);
        listing.logs.retain(|name, _| wanted(name));
        let missing = environments.iter().find(|name| !listing.logs.keys().any(|(_, known)| known == *name));
        if let Some(name) = missing {
            return Err(Error::new(Kind::NotFound, format!("there is no environment named {name:?}"))
                .field("environments")
                .help("`env list` tells which there are"));
        }
    }
    let (refs, logs, ahead) = compare_logs(source, target, &listing).await?;
    let wanted = if environments.is_empty() { all(source).await? } else { some(source, &listing, monitor).await? };
    let mut copied = Copied { dry_run, objects: 0, bytes: 0, sorts: Counts::new(), kept: 0, logs, ahead };
    let (jobs, kept) = lacking(target.objects(), wanted).await?;
    copied.kept = kept;
    for (path, size) in jobs.iter().chain(&refs) {
        copied.sorts.entry(Sort::of(path)).or_default().add(*size);
    }
    let Count { objects, bytes } = total(&copied.sorts);
    (copied.objects, copied.bytes) = (objects, bytes);
    if dry_run {
        return Ok(copied);
    }
    monitor.start(PHASE, Some(objects), Unit::Items);
    monitor.start(BYTES, Some(bytes), Unit::Bytes);
    // Whatever leads to others comes after them.
    for rank in 0..3 {
        let of_rank = jobs.iter().filter(|(path, _)| self::rank(path) == rank);
        let mut copies = stream::iter(
            of_rank.map(|(path, size)| async move { one(source, target.objects(), path, *size).await.map(|()| *size) }),
        )
        .buffer_unordered(PARALLEL);
        while let Some(size) = copies.next().await {
            let size = size?;
            monitor.check()?;
            monitor.advance(PHASE, 1);
            monitor.advance(BYTES, size);
        }
        drop(copies);
        target.objects().barrier().await?;
    }
    for (path, size) in &refs {
        monitor.check()?;
        let bytes = source.objects().get_limited(path, LARGEST_ENTRY).await?;
        let entry: serde_json::Value = serde_json::from_slice(&bytes)
            .map_err(|error| Error::new(Kind::Malformed, format!("not an entry of a log: {error}")).path(path))?;
        let named = hold::mentioned(&entry["body"]);
        let create = target.objects().create(path, bytes);
        match hold::appending(target, &named, hold::Packages::IfThere, create).await? {
            Created::Yes => {}
            Created::Exists => return Err(diverged(path)),
        }
        monitor.advance(PHASE, 1);
        monitor.advance(BYTES, *size);
    }
    monitor.finish(BYTES);
    monitor.finish(PHASE);
    Ok(copied)
}

/// The order in which objects are copied.
fn rank(path: &str) -> u8 {
    match Sort::of(path) {
        Sort::Snapshot => 2,
        Sort::Index | Sort::Approval => 1,
        _ => 0,
    }
}

/// The entries that the target lacks, the logs that they are of, and the logs of which it has more.
async fn compare_logs(
    source: &Store,
    target: &Store,
    listing: &Listing,
) -> Result<(Vec<(String, u64)>, Vec<String>, Vec<String>)> {
    let there = logs::list(target).await?;
    let (mut refs, mut grown, mut ahead) = (Vec::new(), Vec::new(), Vec::new());
    for (name, seqs) in &listing.logs {
        let own = seqs.last().copied().unwrap_or(0);
        let other = there.logs.get(name).and_then(|seqs| seqs.last()).copied().unwrap_or(0);
        // The newest entry that both have names all before it.
        let common = own.min(other);
        if common > 0 {
            let path = logs::path(name, common);
            let own = source.objects().get_limited(&path, LARGEST_ENTRY).await?;
            if target.objects().get_limited(&path, LARGEST_ENTRY).await? != own {
                return Err(diverged(&path));
            }
        }
        let word = format!("{}/{}", name.0, name.1);
        if other > own {
            ahead.push(word);
        } else if own > other {
            grown.push(word);
            for seq in seqs.iter().filter(|seq| **seq > other) {
                let path = logs::path(name, *seq);
                let size = source.objects().size(&path).await?.unwrap_or(0);
                refs.push((path, size));
            }
        }
    }
    Ok((refs, grown, ahead))
}

fn diverged(path: &str) -> Error {
    Error::new(Kind::Conflict, "the log went another way in the store that is copied to")
        .path(path)
        .rule("log-diverged")
        .help("compare both with `env log`; copy into another store, or leave this log out by naming environments")
}

/// Everything but logs and plans.
async fn all(source: &Store) -> Result<BTreeMap<String, u64>> {
    let mut wanted = BTreeMap::new();
    kinds::each_object(source.objects(), |sort, object| {
        if !matches!(sort, Sort::Format | Sort::Ref | Sort::Collection | Sort::Damaged | Sort::Other) {
            wanted.insert(object.path, object.size);
        }
    })
    .await?;
    Ok(wanted)
}

/// What the logs of `listing` need.
async fn some(source: &Store, listing: &Listing, monitor: &Monitor) -> Result<BTreeMap<String, u64>> {
    let (mut snapshots, mut named) = (BTreeSet::new(), HashSet::new());
    logs::read(source, listing, &HashMap::new(), &mut |_, line| {
        let line = line?;
        snapshots.extend(line.snapshots);
        named.extend(line.named);
        Ok(())
    })
    .await?;
    let mut needs = Needs::new();
    for id in &snapshots {
        monitor.check()?;
        match Snapshot::open(source, *id).await {
            Err(error) if error.broken_rule() == Some("retired") => {}
            snapshot => needs.add(&snapshot?, false)?,
        }
    }
    needs.find_packages(source, Look::Digests, monitor, &mut Err).await?;
    let mut wanted = BTreeMap::new();
    kinds::each_object(source.objects(), |sort, object| {
        let Some(digest) = layout::digest_of(&object.path) else { return };
        let is_needed = match sort {
            Sort::Package => needs.packages.contains_key(&digest),
            Sort::Pack => needs.packs.contains_key(&digest),
            Sort::Index => needs.indexes.contains(&digest),
            Sort::Snapshot => needs.snapshots.contains(&digest),
            Sort::Retired => snapshots.contains(&digest),
            Sort::Evidence | Sort::Keyring => named.contains(&digest),
            Sort::Approval => snapshots.iter().any(|id| object.path.starts_with(&format!("approvals/{id}/"))),
            _ => false,
        };
        if is_needed {
            wanted.insert(object.path, object.size);
        }
    })
    .await?;
    Ok(wanted)
}

/// What of `wanted` the target does not have, or has with another size.
async fn lacking(target: &Objects, mut wanted: BTreeMap<String, u64>) -> Result<(Vec<(String, u64)>, u64)> {
    let mut kept = 0;
    kinds::each_object(target, |sort, object| {
        // An index that has another size is another one for the same snapshot, and as good.
        let is_same = |size: &u64| *size == object.size || sort == Sort::Index;
        if wanted.get(&object.path).is_some_and(is_same) {
            wanted.remove(&object.path);
            kept += 1;
        }
    })
    .await?;
    Ok((wanted.into_iter().collect(), kept))
}

async fn one(source: &Store, target: &Objects, path: &str, size: u64) -> Result<()> {
    let objects = source.objects();
    if size <= LARGEST_IN_MEMORY {
        let bytes = objects.get(path).await?;
        verify_bytes(source, path, &bytes).await?;
        return target.put_bulk(path, bytes).await;
    }
    let mut upload = target.upload(path).await?;
    let mut hasher = Hasher::new();
    let mut pieces = objects.read(path).await?;
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        hasher.update(&piece);
        upload.write(piece).await?;
    }
    let found = hasher.finish();
    let wrong = match names_bytes(path) {
        Some(expected) if expected != found => Some(altered(path, expected, found)),
        Some(_) => None,
        // What is not named by its bytes is small enough to be read again.
        None => verify_bytes(source, path, &objects.get(path).await?).await.err(),
    };
    match wrong {
        None => upload.finish().await,
        Some(error) => {
            upload.abort().await?;
            Err(error)
        }
    }
}

/// The digest that an object's bytes must have, where its name tells.
pub(super) fn names_bytes(path: &str) -> Option<Digest> {
    match Sort::of(path) {
        Sort::Package | Sort::Pack | Sort::Keyring | Sort::Evidence | Sort::Approval => layout::digest_of(path),
        _ => None,
    }
}

/// Whether `bytes` are the object at `path` of `store`.
pub(super) async fn verify_bytes(store: &Store, path: &str, bytes: &[u8]) -> Result<()> {
    let found = Digest::of(bytes);
    if let Some(expected) = names_bytes(path) {
        return if found == expected { Ok(()) } else { Err(altered(path, expected, found)) };
    }
    match (Sort::of(path), layout::digest_of(path)) {
        (Sort::Snapshot, Some(expected)) => {
            let manifest = unpack_manifest(bytes).map_err(|error| error.path(path))?;
            let found = Digest::of(&manifest);
            if found == expected { Ok(()) } else { Err(altered(path, expected, found)) }
        }
        // An index is right where its snapshot can be opened by it.
        (Sort::Index, Some(id)) if store.objects().exists(&layout::snapshot(id)).await? => {
            Snapshot::open(store, id).await.map(drop)
        }
        (Sort::Image, _) => serde_json::from_slice::<serde_json::Value>(bytes).map(drop).map_err(|error| {
            Error::new(Kind::Malformed, format!("the record of an image can't be read: {error}")).path(path)
        }),
        _ => Ok(()),
    }
}

fn altered(path: &str, expected: Digest, found: Digest) -> Error {
    Error::new(Kind::Verification, "the object has other bytes than its name says")
        .rule("stored-digest")
        .path(path)
        .mismatch(expected.to_string(), found.to_string())
        .help("`store check --data` tells what else is damaged; repair the store that is copied from")
}
