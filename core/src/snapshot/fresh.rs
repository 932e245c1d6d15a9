//! The entries that a snapshot has and the one before it has not, with their stanzas.

use std::collections::HashSet;

use crate::digest::Digest;
use crate::error::Result;
use crate::snapshot::entry::Entry;
use crate::snapshot::manifest::{List, Part};
use crate::snapshot::open::Snapshot;
use crate::snapshot::read::{ChunkReader, Want};

/// Calls `each` with every entry of `after` whose stanza stands in none of the lists of `before`. Only chunks that
/// differ are read.
pub async fn fresh(
    before: Option<&Snapshot>,
    after: &Snapshot,
    mut each: impl FnMut(&Part, &List, Entry) -> Result<()>,
) -> Result<()> {
    let mut known_chunks: HashSet<Digest> = HashSet::new();
    if let Some(before) = before {
        for (_, list) in before.manifest().lists() {
            known_chunks.extend(before.chunks(list)?.iter().map(|chunk| chunk.digest));
        }
    }
    let mut new_chunks: HashSet<Digest> = HashSet::new();
    for (_, list) in after.manifest().lists() {
        new_chunks.extend(after.chunks(list)?.iter().map(|chunk| chunk.digest));
    }
    let known = known_entries(before, &new_chunks).await?;
    for (part, list) in after.manifest().lists() {
        let chunks = after.chunks(list)?.iter().filter(|chunk| !known_chunks.contains(&chunk.digest));
        let mut reader = ChunkReader::new(after.store(), chunks.cloned().collect(), Want::Entries);
        while let Some(batch) = reader.next_batch().await? {
            for entry in batch.into_iter().flat_map(|chunk| chunk.into_entries()) {
                if !known.contains(&entry.key.digest) {
                    each(part, list, entry)?;
                }
            }
        }
    }
    Ok(())
}

/// The stanzas of the chunks that only `before` has.
async fn known_entries(before: Option<&Snapshot>, new_chunks: &HashSet<Digest>) -> Result<HashSet<Digest>> {
    let mut known = HashSet::new();
    let Some(before) = before else { return Ok(known) };
    for (_, list) in before.manifest().lists() {
        let chunks = before.chunks(list)?.iter().filter(|chunk| !new_chunks.contains(&chunk.digest));
        let mut reader = ChunkReader::new(before.store(), chunks.cloned().collect(), Want::Keys);
        while let Some(batch) = reader.next_batch().await? {
            known.extend(batch.into_iter().flat_map(|chunk| chunk.block.keys).map(|key| key.digest));
        }
    }
    Ok(known)
}
