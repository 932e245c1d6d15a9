//! Reads chunks: few and large requests, each frame decoded once.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use bytes::Bytes;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::snapshot::entry::{Entry, KeyBlock};
use crate::store::codec::{Decoder, MAX_RAW};
use crate::store::index::{ChunkRef, MAX_CHAIN, Span};
use crate::store::pack::Base;
use crate::store::{Store, layout};
use crate::worker::compute;

/// How many raw bytes one batch decodes, but for a single chunk that is larger.
const BATCH: usize = 8 << 20;

/// Ranges of a pack that are closer than this are read as one.
const GAP: u32 = 16 << 10;

/// Which half of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Half {
    Keys,
    Text,
}

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
        compute(move || {
            let mut frames = Frames::new(fetched);
            let read = |(offset, chunk)| read_list_chunk(&mut frames, chunk, want, start + offset);
            chunks.iter().enumerate().map(read).collect::<Result<Vec<Chunk>>>()
        })
        .await
        .map(Some)
    }

    fn batch(&self) -> Range<usize> {
        let mut size = 0;
        let length = self.chunks[self.next..]
            .iter()
            .take_while(|chunk| {
                let first = size == 0;
                size += chunk.frames.iter().map(|frame| raw_size(frame.keys, frame.text, self.want)).sum::<usize>();
                first || size <= BATCH
            })
            .count();
        self.next..self.next + length
    }
}

/// Reads the key blocks of some chunks as they are stored, verified, in the order of the chunks.
pub(crate) async fn read_key_blocks(store: &Store, chunks: Vec<ChunkRef>) -> Result<Vec<Bytes>> {
    let fetched = fetch(store, &chunks, &[Half::Keys]).await?;
    compute(move || {
        let mut frames = Frames::new(fetched);
        let read = |chunk: &ChunkRef| {
            let keys = frames.chunk(chunk, Half::Keys)?;
            verify_digest(chunk, &keys)?;
            Ok(keys)
        };
        chunks.iter().map(read).collect()
    })
    .await
}

/// Reads the chunks of a blob and joins them.
pub(super) async fn read_blob(store: &Store, chunks: &[ChunkRef]) -> Result<Vec<u8>> {
    let size: usize = chunks.iter().filter_map(|chunk| chunk.frames.first()).map(|frame| frame.text.raw as usize).sum();
    if size > MAX_RAW {
        return Err(Error::new(Kind::Limit, format!("a stored file of {size} bytes is larger than {MAX_RAW}")));
    }
    let chunks = chunks.to_vec();
    let fetched = fetch(store, &chunks, &[Half::Text]).await?;
    compute(move || {
        let mut frames = Frames::new(fetched);
        let mut bytes = Vec::with_capacity(size);
        for chunk in &chunks {
            let text = frames.chunk(chunk, Half::Text)?;
            verify_digest(chunk, &text)?;
            bytes.extend_from_slice(&text);
        }
        Ok(bytes)
    })
    .await
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

fn verify_digest(chunk: &ChunkRef, bytes: &[u8]) -> Result<()> {
    if Digest::of(bytes) == chunk.digest { Ok(()) } else { Err(altered(chunk)) }
}

fn verify_stanzas(chunk: &ChunkRef, block: &KeyBlock, text: &[u8]) -> Result<()> {
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

type FrameName = (Digest, u32);

/// The compressed bytes of every frame that `chunks` need.
async fn fetch(store: &Store, chunks: &[ChunkRef], halves: &[Half]) -> Result<HashMap<FrameName, Bytes>> {
    let mut spans: BTreeMap<Digest, Vec<Span>> = BTreeMap::new();
    for frame in chunks.iter().flat_map(|chunk| chunk.frames.iter()) {
        let wanted = spans.entry(frame.pack).or_default();
        wanted.extend(halves.iter().map(|half| if *half == Half::Keys { frame.keys } else { frame.text }));
    }
    let reads = spans.into_iter().map(|(pack, mut spans)| async move {
        spans.retain(|span| span.length > 0);
        spans.sort_unstable_by_key(|span| span.offset);
        spans.dedup();
        let ranges = coalesce(&spans);
        let wide: Vec<Range<u64>> = ranges.iter().map(|range| u64::from(range.start)..u64::from(range.end)).collect();
        let bytes = store.objects().get_ranges(&layout::pack(pack), &wide).await?;
        let mut frames = Vec::with_capacity(spans.len());
        let mut which = 0;
        for span in spans {
            while ranges[which].end < span.offset + span.length {
                which += 1;
            }
            let start = (span.offset - ranges[which].start) as usize;
            let end = start + span.length as usize;
            if end > bytes[which].len() {
                return Err(Error::new(Kind::Malformed, "a pack is shorter than its index says")
                    .path(layout::pack(pack))
                    .help("restore the object from another copy of the store"));
            }
            frames.push(((pack, span.offset), bytes[which].slice(start..end)));
        }
        Ok(frames)
    });
    let mut frames = HashMap::new();
    for read in futures::future::join_all(reads).await {
        frames.extend(read?);
    }
    Ok(frames)
}

/// Joins neighbouring spans. Spans that would overflow are damage and become empty reads.
fn coalesce(spans: &[Span]) -> Vec<Range<u32>> {
    let mut ranges: Vec<Range<u32>> = Vec::new();
    for span in spans {
        let end = span.offset.saturating_add(span.length);
        match ranges.last_mut() {
            Some(last) if span.offset <= last.end.saturating_add(GAP) => last.end = last.end.max(end),
            _ => ranges.push(span.offset..end),
        }
    }
    ranges
}

/// Decodes frames and remembers what other frames are coded against.
struct Frames {
    compressed: HashMap<FrameName, Bytes>,
    decoded: HashMap<FrameName, Bytes>,
    decoder: Decoder,
}

impl Frames {
    fn new(compressed: HashMap<FrameName, Bytes>) -> Self {
        Self { compressed, decoded: HashMap::new(), decoder: Decoder::new() }
    }

    fn chunk(&mut self, chunk: &ChunkRef, half: Half) -> Result<Bytes> {
        let mut prefix = Bytes::new();
        for frame in chunk.frames.iter().rev() {
            let span = if half == Half::Keys { frame.keys } else { frame.text };
            let name = (frame.pack, span.offset);
            if span.length == 0 {
                prefix = Bytes::new();
            } else if let Some(decoded) = self.decoded.get(&name) {
                prefix = decoded.clone();
            } else {
                let compressed =
                    self.compressed.get(&name).ok_or_else(|| Error::new(Kind::Internal, "a frame was not fetched"))?;
                let decode = self.decoder.decode(compressed, &prefix, span.raw as usize);
                prefix = decode.map_err(|error| error.path(layout::pack(frame.pack)))?.into();
                self.decoded.insert(name, prefix.clone());
            }
        }
        Ok(prefix)
    }
}
