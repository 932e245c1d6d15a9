//! The packages of some chunks that may be picked, told by their keys alone.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::error::Result;
use crate::snapshot::entry::{Key, KeyRefs};
use crate::snapshot::query::Query;
use crate::snapshot::read::fold_key_blocks;
use crate::store::Store;
use crate::store::index::ChunkRef;

/// Where an entry stands: which of some chunks, and which entry of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) chunk: u32,
    pub(crate) entry: u32,
}

/// An entry to pick.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) key: Key,
    pub(crate) place: Place,
}

/// The entries of `chunks` whose keys do not rule them out, in order: all that pass `query` and, where it needs no
/// stanza, no others. Keys are a tenth of a chunk.
pub(crate) async fn candidates(store: &Store, chunks: Vec<ChunkRef>, query: Option<&Query>) -> Result<Vec<Candidate>> {
    let state = (query.cloned(), Vec::new());
    let (_, candidates) = fold_key_blocks(store, chunks, state, |(query, candidates), chunk, block| {
        for (key, entry) in KeyRefs::new(block)?.zip(0..) {
            let key = key?;
            if query.as_ref().is_none_or(|query| query.may_match_ref(key)) {
                candidates.push(Candidate { key: key.to_key(), place: Place { chunk: chunk as u32, entry } });
            }
        }
        Ok(())
    })
    .await?;
    Ok(candidates)
}

/// Those of `chunks`, a list's, in which the names stand that the query allows, or all.
pub(crate) fn likely_chunks(chunks: &[ChunkRef], query: &Query) -> Vec<ChunkRef> {
    let Some(names) = query.exact_names() else { return chunks.to_vec() };
    let numbers: BTreeSet<usize> = names.iter().flat_map(|name| covering(chunks, name.as_bytes())).collect();
    numbers.into_iter().map(|number| chunks[number].clone()).collect()
}

/// The chunks of a list in which a package of `name` may stand.
pub(crate) fn covering(chunks: &[ChunkRef], name: &[u8]) -> Range<usize> {
    let start = chunks.partition_point(|chunk| *chunk.first < *name).saturating_sub(1);
    let end = chunks.partition_point(|chunk| *chunk.first <= *name);
    start..end.max(start)
}
