//! Reads chunks and verifies them.

use std::ops::Range;

use bytes::Bytes;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::snapshot::entry::{Entry, KeyBlock};
use crate::snapshot::frames::{Frames, Half, doubting, fetch};
use crate::store::codec::MAX_RAW;
use crate::store::index::{ChunkRef, MAX_CHAIN, Span};
use crate::store::pack::Base;
use crate::store::{Store, layout};
use crate::worker::compute;

/// How many raw bytes one batch decodes, but for a single chunk that is larger.
pub(super) const BATCH: usize = 8 << 20;

/// What to read of each chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Names, versions, architectures and digests.
    Keys,
    /// The stanzas too.
    Entries,
}

/// A chunk as it was stored, its keys verified against its digest.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// The position among the chunks that were asked for.
    pub position: usize,
    /// Its keys.
    pub block: KeyBlock,
    /// Its text, empty where only keys were wanted.
    pub text: Bytes,
}

impl Chunk {
    /// Its entries with their stanzas. Call it only where [`Want::Entries`] was asked for.
    pub fn into_entries(self) -> impl Iterator<Item = Entry> {
        let Self { block, text, .. } = self;
        let mut at = 0;
        block.keys.into_iter().zip(block.lengths).map(move |(key, length)| {
            let end = at + length as usize;
            let text = text.slice(at..end);
            at = end;
            Entry { key, text }
        })
    }
}

/// Reads a sequence of chunks in batches of bounded size.
pub struct ChunkReader<'a> {
    store: &'a Store,
    chunks: Vec<ChunkRef>,
    want: Want,
    next: usize,
}

impl<'a> ChunkReader<'a> {
    /// A reader of `chunks` in their order. Chunks that are coded against one another should stand close together.
    pub fn new(store: &'a Store, chunks: Vec<ChunkRef>, want: Want) -> Self {
        Self { store, chunks, want, next: 0 }
    }

    /// The next chunks, or nothing after the last.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Chunk>>> {
        let range = self.batch();
        if range.is_empty() {
            return Ok(None);
        }
        self.next = range.end;
        let halves: &[Half] = match self.want {
            Want::Keys => &[Half::Keys],
            Want::Entries => &[Half::Keys, Half::Text],
        };
        let chunks = self.chunks[range.clone()].to_vec();
        let fetched = fetch(self.store, &chunks, halves).await?;
        let want = self.want;
        let start = range.start;
        let read = compute(move || {
            let mut frames = Frames::new(fetched);
            let read = |(offset, chunk)| read_list_chunk(&mut frames, chunk, want, start + offset);
            chunks.iter().enumerate().map(read).collect::<Result<Vec<Chunk>>>()
        });
        doubting(self.store.objects(), read.await).map(Some)
    }

    fn batch(&self) -> Range<usize> {
        batch(&self.chunks, self.next, self.want, BATCH)
    }
}

/// The chunks from `start` on that `most` raw bytes have room for, and one at least.
pub(super) fn batch(chunks: &[ChunkRef], start: usize, want: Want, most: usize) -> Range<usize> {
    let mut size = 0;
    let length = chunks[start..]
        .iter()
        .take_while(|chunk| {
            let first = size == 0;
            size += chunk.frames.iter().map(|frame| raw_size(frame.keys, frame.text, want)).sum::<usize>();
            first || size <= most
        })
        .count();
    start..start + length
}

/// Shows `visit` the key block of each of `chunks`, verified, with the position of the chunk among them; gives back
/// what `visit` gathered in `state`.
///
/// Nothing of a block is kept, so that memory is used again while it is warm.
pub(crate) async fn fold_key_blocks<T: Send + 'static>(
    store: &Store,
    chunks: Vec<ChunkRef>,
    mut state: T,
    visit: impl Fn(&mut T, usize, &[u8]) -> Result<()> + Copy + Send + 'static,
) -> Result<T> {
    let mut rest = 0..0;
    loop {
        rest = batch(&chunks, rest.end, Want::Keys, BATCH);
        if rest.is_empty() {
            return Ok(state);
        }
        let (start, chunks) = (rest.start, chunks[rest.clone()].to_vec());
        let fetched = fetch(store, &chunks, &[Half::Keys]).await?;
        let folded = compute(move || {
            let mut frames = Frames::new(fetched);
            for (offset, chunk) in chunks.iter().enumerate() {
                let keys = frames.chunk(chunk, Half::Keys)?;
                verify_digest(chunk, &keys)?;
                visit(&mut state, start + offset, &keys)?;
            }
            Ok(state)
        });
        state = doubting(store.objects(), folded.await)?;
    }
}

/// Reads the key blocks of some chunks as they are stored, verified, in the order of the chunks.
pub(crate) async fn read_key_blocks(store: &Store, chunks: Vec<ChunkRef>) -> Result<Vec<Bytes>> {
    let fetched = fetch(store, &chunks, &[Half::Keys]).await?;
    let read = compute(move || {
        let mut frames = Frames::new(fetched);
        let read = |chunk: &ChunkRef| {
            let keys = frames.chunk(chunk, Half::Keys)?;
            verify_digest(chunk, &keys)?;
            Ok(keys)
        };
        chunks.iter().map(read).collect()
    });
    doubting(store.objects(), read.await)
}

/// Reads the chunks of a blob and joins them.
pub(super) async fn read_blob(store: &Store, chunks: &[ChunkRef]) -> Result<Vec<u8>> {
    let size: usize = chunks.iter().filter_map(|chunk| chunk.frames.first()).map(|frame| frame.text.raw as usize).sum();
    if size > MAX_RAW {
        return Err(Error::new(Kind::Limit, format!("a stored file of {size} bytes is larger than {MAX_RAW}")));
    }
    let chunks = chunks.to_vec();
    let fetched = fetch(store, &chunks, &[Half::Text]).await?;
    let read = compute(move || {
        let mut frames = Frames::new(fetched);
        let mut bytes = Vec::with_capacity(size);
        for chunk in &chunks {
            let text = frames.chunk(chunk, Half::Text)?;
            verify_digest(chunk, &text)?;
            bytes.extend_from_slice(&text);
        }
        Ok(bytes)
    });
    doubting(store.objects(), read.await)
}

/// The chunks that new ones are coded against.
pub(crate) struct Bases(Frames);

impl Bases {
    /// Fetches what it takes to decode `chunks`.
    pub(crate) async fn fetch(store: &Store, chunks: Vec<ChunkRef>) -> Result<Self> {
        Ok(Self(Frames::new(fetch(store, &chunks, &[Half::Keys, Half::Text]).await?)))
    }

    /// What the successor of `chunk` is coded against: the chunk itself while its chain has room, else the frame at the
    /// end of the chain, from which all of it differs by little.
    pub(crate) fn base(&mut self, chunk: &ChunkRef) -> Result<Base> {
        let (keys, text) = self.decode(chunk)?;
        if chunk.frames.len() < MAX_CHAIN {
            return Ok(Base { frames: chunk.frames.clone(), keys, text });
        }
        let root = ChunkRef { frames: chunk.frames.iter().rev().take(1).copied().collect(), ..chunk.clone() };
        let (keys, text) = (self.0.chunk(&root, Half::Keys)?, self.0.chunk(&root, Half::Text)?);
        Ok(Base { frames: root.frames, keys, text })
    }

    fn decode(&mut self, chunk: &ChunkRef) -> Result<(Bytes, Bytes)> {
        let keys = self.0.chunk(chunk, Half::Keys)?;
        let text = self.0.chunk(chunk, Half::Text)?;
        if chunk.entries == 0 {
            verify_digest(chunk, &text)?;
        } else {
            verify_digest(chunk, &keys)?;
            verify_stanzas(chunk, &KeyBlock::decode(&keys)?, &text)?;
        }
        Ok((keys, text))
    }
}

fn read_list_chunk(frames: &mut Frames, chunk: &ChunkRef, want: Want, position: usize) -> Result<Chunk> {
    let keys = frames.chunk(chunk, Half::Keys)?;
    verify_digest(chunk, &keys)?;
    let block = KeyBlock::decode(&keys)?;
    let mut text = Bytes::new();
    if want == Want::Entries {
        text = frames.chunk(chunk, Half::Text)?;
        verify_stanzas(chunk, &block, &text)?;
    }
    Ok(Chunk { position, block, text })
}

pub(super) fn verify_digest(chunk: &ChunkRef, bytes: &[u8]) -> Result<()> {
    if Digest::of(bytes) == chunk.digest { Ok(()) } else { Err(altered(chunk)) }
}

pub(super) fn verify_stanzas(chunk: &ChunkRef, block: &KeyBlock, text: &[u8]) -> Result<()> {
    let mut rest = text;
    for (key, length) in block.keys.iter().zip(&block.lengths) {
        let Some((stanza, after)) = rest.split_at_checked(*length as usize) else { return Err(altered(chunk)) };
        if Digest::of(stanza) != key.digest {
            return Err(altered(chunk));
        }
        rest = after;
    }
    if rest.is_empty() { Ok(()) } else { Err(altered(chunk)) }
}

fn altered(chunk: &ChunkRef) -> Error {
    let pack = chunk.frames.first().map(|frame| layout::pack(frame.pack)).unwrap_or_default();
    Error::new(Kind::Verification, format!("the stored chunk {} was altered", chunk.digest))
        .rule("stored-digest")
        .path(pack)
        .help("restore the object from another copy of the store")
}

fn raw_size(keys: Span, text: Span, want: Want) -> usize {
    keys.raw as usize + if want == Want::Entries { text.raw as usize } else { 0 }
}
