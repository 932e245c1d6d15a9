//! Counts and bytes of a store.

use serde::Serialize;

use super::kinds::{self, Count, Counts, total};
use super::logs;
use super::mark::{Keep, Marks, Verdict};
use crate::digest::Digest;
use crate::error::Result;
use crate::progress::Monitor;
use crate::snapshot::Snapshot;
use crate::snapshot::needs::Needs;
use crate::store::Store;
use crate::store::refs::{ENVIRONMENT, IMAGE, MIRROR, SNAPSHOT};

/// What a store has.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Stats {
    /// How many objects there are.
    pub objects: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// The same by sort of object.
    #[serde(serialize_with = "kinds::as_list")]
    pub sorts: Counts,
    /// How many environments.
    pub environments: u64,
    /// How many mirrors.
    pub mirrors: u64,
    /// How many names of snapshots.
    pub named: u64,
    /// How many names of recorded images.
    pub images: u64,
    /// How many snapshots can be opened.
    pub snapshots: u64,
    /// How chunks are shared between snapshots.
    pub sharing: Sharing,
    /// What nothing needs, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub garbage: Option<Count>,
}

/// How chunks are shared between snapshots.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Sharing {
    /// How many chunks the snapshots have together, each counted in each.
    pub uses: u64,
    /// How many there are.
    pub chunks: u64,
    /// How many bytes they are, once decoded.
    pub bytes: u64,
    /// How many bytes the packs have that they lie in.
    pub stored: u64,
}

/// Counts; with `garbage`, what retention `keep` would leave to be collected too, which reads all chunks.
///
/// # Errors
/// Those of reading the store. A snapshot that can't be opened is left out, and noted.
pub async fn stats(store: &Store, garbage: Option<Keep>, monitor: &Monitor) -> Result<Stats> {
    let store = &store.uncached();
    let mut sorts = Counts::new();
    kinds::each_object(store.objects(), |sort, object| sorts.entry(sort).or_default().add(object.size)).await?;
    let listing = logs::list(store).await?;
    let of_kind = |kind: &str| listing.logs.keys().filter(|(known, _)| known == kind).count() as u64;
    let (mut needs, mut snapshots) = (Needs::new(), 0);
    for name in store.objects().names("snapshots").await? {
        monitor.check()?;
        let Some(id) = Digest::from_hex(name.as_bytes()) else { continue };
        match Snapshot::open(store, id).await.and_then(|snapshot| needs.add(&snapshot, false)) {
            Ok(()) => snapshots += 1,
            Err(error) => monitor.note(&format!("snapshot {id} is left out: {error}")),
        }
    }
    let garbage = match garbage {
        Some(keep) => {
            let marks = Marks::find(store, keep, monitor).await?;
            let mut count = Count::default();
            kinds::each_object(store.objects(), |_, object| {
                if marks.verdict(&object.path) == Verdict::Garbage {
                    count.add(object.size);
                }
            })
            .await?;
            Some(count)
        }
        None => None,
    };
    let all = total(&sorts);
    let sharing = Sharing {
        uses: needs.chunk_uses,
        chunks: needs.chunks(),
        bytes: needs.chunk_bytes(),
        stored: sorts.get(&kinds::Sort::Pack).map_or(0, |count| count.bytes),
    };
    Ok(Stats {
        objects: all.objects,
        bytes: all.bytes,
        sorts,
        environments: of_kind(ENVIRONMENT),
        mirrors: of_kind(MIRROR),
        named: of_kind(SNAPSHOT),
        images: of_kind(IMAGE),
        snapshots,
        sharing,
        garbage,
    })
}
