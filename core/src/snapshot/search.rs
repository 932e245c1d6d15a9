//! Looks packages up in a snapshot. Only chunks in which one may stand are read.

use std::collections::{BTreeSet, HashSet};

use bytes::Bytes;

use crate::digest::Digest;
use crate::error::Result;
use crate::snapshot::candidate::{candidates, likely_chunks};
use crate::snapshot::entry::Entry;
use crate::snapshot::found::{Found, Origin, Place};
use crate::snapshot::open::Snapshot;
use crate::snapshot::query::Query;
use crate::snapshot::read::{ChunkReader, Want};

/// The packages of `snapshot` that pass `query`, in key order and each once, however many lists have it. They have
/// their stanzas only where the query could not be answered without.
///
/// # Errors
/// Those of reading the store: [`Kind::Verification`](crate::Kind::Verification) where it was altered.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> reposnap::Result<()> {
/// use reposnap::snapshot::{ingest, manifest, search, search_entries, Query, SnapshotWriter};
/// # let store = reposnap::store::Store::memory();
/// # let text = bytes::Bytes::from("Package: nginx\nVersion: 1\nArchitecture: amd64\n");
/// # let entries = ingest::ingest("Packages", &text, ingest::Content::Binary)?.entries;
/// # let mut writer = SnapshotWriter::new(&store, &[]);
/// # let listed = writer.list(entries, None).await?;
/// # let list = manifest::List {
/// #     component: "main".into(), architecture: "amd64".into(), path: "Packages".into(), root: listed.root,
/// #     entries: listed.entries, bytes: listed.bytes, layout: manifest::Layout::default(), sha256: None,
/// # };
/// # let part = manifest::Part { lists: vec![list], ..manifest::Part::default() };
/// # let made = manifest::Made::Mirror { mirror: "m".into(), filter: None };
/// # let manifest = manifest::Manifest { format: manifest::FORMAT, made, parents: vec![], parts: vec![part] };
/// # let snapshot = writer.commit(manifest).await?;
/// let query: Query = "Name (~ ^ng)".parse()?;
/// let found = search(&snapshot, &query).await?;
/// assert_eq!(found[0].key.name_str(), "nginx");
/// assert_eq!(found[0].component(), "main");
/// let found = search_entries(&snapshot, &query).await?;
/// assert_eq!(found[0].fields()?.and_then(|stanza| stanza.get("version")), Some(&b"1"[..]));
/// # Ok(())
/// # }
/// ```
pub async fn search(snapshot: &Snapshot, query: &Query) -> Result<Vec<Found>> {
    search_for(snapshot, query, if query.needs_stanza() { Want::Entries } else { Want::Keys }).await
}

/// The same as [`search`], and every package with its stanza.
pub async fn search_entries(snapshot: &Snapshot, query: &Query) -> Result<Vec<Found>> {
    search_for(snapshot, query, Want::Entries).await
}

async fn search_for(snapshot: &Snapshot, query: &Query, want: Want) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    // Lists of one snapshot often share chunks: all of `all` in two architectures, or a suite in two parts.
    let mut seen: HashSet<Digest> = HashSet::new();
    for (part, list) in snapshot.manifest().lists() {
        let mut chunks = likely_chunks(snapshot.chunks(list)?, query);
        chunks.retain(|chunk| seen.insert(chunk.digest));
        let place = Place::new(&part.name, &list.component);
        if want == Want::Keys {
            let candidates = candidates(snapshot.store(), chunks, Some(query)).await?;
            let origin = Origin::new(&place, None);
            found.extend(candidates.into_iter().map(|candidate| Found::at(candidate.key, &origin, 0, 0)));
            continue;
        }
        if query.sees_key() {
            let candidates = candidates(snapshot.store(), chunks.clone(), Some(query)).await?;
            let likely: BTreeSet<u32> = candidates.iter().map(|candidate| candidate.place.chunk).collect();
            chunks = likely.into_iter().map(|number| chunks[number as usize].clone()).collect();
        }
        let mut reader = ChunkReader::new(snapshot.store(), chunks, Want::Entries);
        while let Some(batch) = reader.next_batch().await? {
            let entries = batch.into_iter().flat_map(|chunk| chunk.into_entries());
            let entries = entries.filter(|entry| query.matches(&entry.key, &entry.text));
            // A copy, so that a few stanzas don't keep all the chunks in memory that they came from.
            let alone = |entry: Entry| {
                let text = Bytes::copy_from_slice(&entry.text);
                Found::alone(entry.key, &place, Some(text))
            };
            found.extend(entries.map(alone));
        }
    }
    // A stable sort: of the same package in several lists the first stays.
    found.sort_by(|a, b| a.key.order().cmp(&b.key.order()));
    found.dedup_by(|a, b| a.key == b.key);
    Ok(found)
}
