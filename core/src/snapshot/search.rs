//! Looks packages up in a snapshot. Only chunks in which one may stand are read.

use std::collections::{BTreeSet, HashSet};

use bytes::Bytes;

use crate::deb::stanza::Stanza;
use crate::digest::Digest;
use crate::error::Result;
use crate::snapshot::diff::covering;
use crate::snapshot::entry::Key;
use crate::snapshot::manifest::{List, Part};
use crate::snapshot::open::Snapshot;
use crate::snapshot::query::Query;
use crate::snapshot::read::{ChunkReader, Want};
use crate::store::index::ChunkRef;

/// A package that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What names it.
    pub key: Key,
    /// Its stanza to its last newline, where it was read.
    pub stanza: Option<Bytes>,
    /// The name of the part of the snapshot that has it; of several parts the first.
    pub part: String,
    /// The component that has it there.
    pub component: String,
}

impl Found {
    /// Its stanza, where it was read. It was checked when it entered a snapshot, and is not checked again.
    pub fn fields(&self) -> Option<Stanza<'_>> {
        self.stanza.as_deref().map(Stanza::of_checked)
    }
}

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
/// assert_eq!(found[0].component, "main");
/// let found = search_entries(&snapshot, &query).await?;
/// assert_eq!(found[0].fields().and_then(|stanza| stanza.get("version")), Some(&b"1"[..]));
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
        let mut chunks = likely_chunks(snapshot, list, query)?;
        chunks.retain(|chunk| seen.insert(chunk.digest));
        if want == Want::Entries && query.sees_key() {
            chunks = chunks_with_candidates(snapshot, chunks, query).await?;
        }
        read_matching(snapshot, chunks, query, want, (part, list), &mut found).await?;
    }
    // A stable sort: of the same package in several lists the first stays.
    found.sort_by(|a, b| a.key.order().cmp(&b.key.order()));
    found.dedup_by(|a, b| a.key == b.key);
    Ok(found)
}

/// The chunks of a list in which the names stand that the query allows, or all.
fn likely_chunks(snapshot: &Snapshot, list: &List, query: &Query) -> Result<Vec<ChunkRef>> {
    let chunks = snapshot.chunks(list)?;
    let Some(names) = query.exact_names() else { return Ok(chunks.to_vec()) };
    let numbers: BTreeSet<usize> = names.iter().flat_map(|name| covering(chunks, name.as_bytes())).collect();
    Ok(numbers.into_iter().map(|number| chunks[number].clone()).collect())
}

/// Those of `chunks` that have a package whose key does not rule it out: keys are a tenth of a chunk.
async fn chunks_with_candidates(snapshot: &Snapshot, chunks: Vec<ChunkRef>, query: &Query) -> Result<Vec<ChunkRef>> {
    let mut reader = ChunkReader::new(snapshot.store(), chunks.clone(), Want::Keys);
    let mut likely = vec![false; chunks.len()];
    while let Some(batch) = reader.next_batch().await? {
        for chunk in batch {
            likely[chunk.position] = chunk.block.keys.iter().any(|key| query.may_match(key));
        }
    }
    Ok(chunks.into_iter().zip(likely).filter_map(|(chunk, likely)| likely.then_some(chunk)).collect())
}

async fn read_matching(
    snapshot: &Snapshot,
    chunks: Vec<ChunkRef>,
    query: &Query,
    want: Want,
    (part, list): (&Part, &List),
    found: &mut Vec<Found>,
) -> Result<()> {
    let place = |key: Key, stanza| Found { key, stanza, part: part.name.clone(), component: list.component.clone() };
    let mut reader = ChunkReader::new(snapshot.store(), chunks, want);
    while let Some(batch) = reader.next_batch().await? {
        for chunk in batch {
            match want {
                Want::Keys => {
                    let keys = chunk.block.keys.into_iter().filter(|key| query.matches(key, b""));
                    found.extend(keys.map(|key| place(key, None)));
                }
                Want::Entries => {
                    let entries = chunk.into_entries().filter(|entry| query.matches(&entry.key, &entry.text));
                    // A copy, so that a few stanzas don't keep all the chunks in memory that they came from.
                    found.extend(entries.map(|entry| place(entry.key, Some(Bytes::copy_from_slice(&entry.text)))));
                }
            }
        }
    }
    Ok(())
}
