//! Reads chunks for who walks through them: packages as views of what was read.

use std::sync::Arc;

use bytes::Bytes;

use crate::error::{Error, Kind, Result};
use crate::snapshot::entry::KeyBlock;
use crate::snapshot::found::{Found, Origin, Place};
use crate::snapshot::frames::{Frames, Half, doubting, fetch};
use crate::snapshot::query::Query;
use crate::snapshot::read::{BATCH, Want, batch, verify_digest, verify_stanzas};
use crate::snapshot::text::{ChunkText, Coded, Looks};
use crate::store::index::ChunkRef;
use crate::store::{Objects, Store};
use crate::worker::compute;

/// What to read, and what of it to keep.
#[derive(Clone)]
pub(crate) struct Reading {
    /// What is given of each package.
    pub(crate) want: Want,
    /// Which packages; all where there is none.
    pub(crate) query: Option<Arc<Query>>,
    /// Shared by all that one walk reads.
    pub(crate) looks: Arc<Looks>,
}

/// The packages of `chunks`, which stand at `place`, in order. Stanzas are decoded where the query needs them or where
/// somebody has looked at one before; the others are when somebody looks.
pub(crate) async fn read_views(
    store: &Store,
    chunks: Vec<ChunkRef>,
    place: Arc<Place>,
    reading: Reading,
) -> Result<Vec<Found>> {
    let halves: &[Half] = match reading.want {
        Want::Keys => &[Half::Keys],
        Want::Entries => &[Half::Keys, Half::Text],
    };
    let mut all = Vec::new();
    let mut rest = 0..0;
    loop {
        rest = batch(&chunks, rest.end, reading.want, BATCH);
        if rest.is_empty() {
            return Ok(all);
        }
        let chunks = chunks[rest.clone()].to_vec();
        let fetched = fetch(store, &chunks, halves).await?;
        let (place, reading, objects) = (place.clone(), reading.clone(), store.objects().clone());
        let read = compute(move || {
            let mut frames = Frames::new(fetched);
            all.reserve(chunks.iter().map(|chunk| chunk.entries as usize).sum::<usize>().min(MOST_RESERVED));
            chunks.into_iter().try_for_each(|chunk| reading.chunk(&mut frames, chunk, &objects, &place, &mut all))?;
            Ok(all)
        });
        all = doubting(store.objects(), read.await)?;
    }
}

/// Room for packages is made for as many as the index says, up to so many: it is not believed.
const MOST_RESERVED: usize = 1 << 14;

impl Reading {
    fn chunk(
        &self,
        frames: &mut Frames,
        chunk: ChunkRef,
        objects: &Objects,
        place: &Arc<Place>,
        out: &mut Vec<Found>,
    ) -> Result<()> {
        let keys = frames.chunk(&chunk, Half::Keys)?;
        verify_digest(&chunk, &keys)?;
        let block = KeyBlock::decode(&keys)?;
        let text = match self.want {
            Want::Keys => None,
            Want::Entries => Some(self.text(frames, chunk, objects, keys, &block)?),
        };
        let origin = Origin::new(place, text);
        let needs = self.query.as_ref().is_some_and(|query| query.needs_stanza());
        let mut end = 0u32;
        for (key, length) in block.keys.into_iter().zip(block.lengths) {
            let start = end;
            end = start.checked_add(length).ok_or_else(|| Error::new(Kind::Limit, "a chunk is too long"))?;
            let found = Found::at(key, &origin, start, end);
            if let Some(query) = &self.query {
                let stanza = if needs { found.stanza()?.unwrap_or_default() } else { &[] };
                if !query.matches(&found.key, stanza) {
                    continue;
                }
            }
            out.push(found);
        }
        Ok(())
    }

    fn text(
        &self,
        frames: &mut Frames,
        chunk: ChunkRef,
        objects: &Objects,
        keys: Bytes,
        block: &KeyBlock,
    ) -> Result<ChunkText> {
        if self.looks.seen() || self.query.as_ref().is_some_and(|query| query.needs_stanza()) {
            let text = frames.chunk(&chunk, Half::Text)?;
            verify_stanzas(&chunk, block, &text)?;
            return Ok(ChunkText::of(text));
        }
        let apart = frames.apart(&chunk, Half::Text)?;
        Ok(ChunkText::later(Coded { chunk, keys, frames: apart, looks: self.looks.clone(), objects: objects.clone() }))
    }
}
