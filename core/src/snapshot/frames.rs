//! The frames of chunks: few and large requests, each frame that several chunks need decoded once.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use bytes::Bytes;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::store::codec::Decoder;
use crate::store::index::{ChunkRef, Frame, Span};
use crate::store::{Objects, Store, layout};

/// Ranges of a pack that are closer than this are read as one.
const GAP: u32 = 16 << 10;

/// Which half of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Half {
    Keys,
    Text,
}

impl Half {
    /// Where it lies.
    fn of(self, frame: &Frame) -> Span {
        match self {
            Half::Keys => frame.keys,
            Half::Text => frame.text,
        }
    }
}

pub(super) type FrameName = (Digest, u32);

/// A frame as it lies in its pack.
#[derive(Clone)]
pub(super) struct Fetched {
    compressed: Bytes,
    /// Whether several of the chunks that were asked for need it.
    shared: bool,
}

/// The compressed bytes of every frame that `chunks` need.
pub(super) async fn fetch(store: &Store, chunks: &[ChunkRef], halves: &[Half]) -> Result<HashMap<FrameName, Fetched>> {
    let mut spans: BTreeMap<Digest, Vec<Span>> = BTreeMap::new();
    for frame in chunks.iter().flat_map(|chunk| chunk.frames.iter()) {
        let wanted = spans.entry(frame.pack).or_default();
        wanted.extend(halves.iter().map(|half| half.of(frame)));
    }
    let reads = spans.into_iter().map(|(pack, mut spans)| async move {
        spans.retain(|span| span.length > 0);
        spans.sort_unstable_by_key(|span| span.offset);
        let shared: Vec<bool> = spans.chunk_by(|a, b| a == b).map(|same| same.len() > 1).collect();
        spans.dedup();
        let ranges = coalesce(&spans);
        let wide: Vec<Range<u64>> = ranges.iter().map(|range| u64::from(range.start)..u64::from(range.end)).collect();
        let bytes = store.objects().get_ranges(&layout::pack(pack), &wide).await?;
        let mut frames = Vec::with_capacity(spans.len());
        let mut which = 0;
        for (span, shared) in spans.into_iter().zip(shared) {
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
            let compressed = bytes[which].slice(start..end);
            frames.push(((pack, span.offset), Fetched { compressed, shared }));
        }
        Ok(frames)
    });
    let mut frames = HashMap::new();
    for read in futures::future::join_all(reads).await {
        frames.extend(doubting(store.objects(), read)?);
    }
    Ok(frames)
}

/// Hands on what was made of an index or of frames. Where that failed because they are damaged or lead nowhere, nothing of the
/// store stays in a cache: perhaps they came so and are right in the bucket.
pub(super) fn doubting<T>(objects: &Objects, made: Result<T>) -> Result<T> {
    made.inspect_err(|error| {
        if matches!(error.kind(), Kind::Verification | Kind::Malformed | Kind::Limit | Kind::NotFound) {
            objects.doubt();
        }
    })
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

/// Decodes frames and remembers those that several chunks need.
pub(super) struct Frames {
    fetched: HashMap<FrameName, Fetched>,
    decoded: HashMap<FrameName, Bytes>,
    decoder: Decoder,
}

impl Frames {
    /// Decodes what was fetched.
    pub(super) fn new(fetched: HashMap<FrameName, Fetched>) -> Self {
        Self::with(fetched, Decoder::new())
    }

    /// Decodes what was fetched with a decoder that is there already.
    pub(super) fn with(fetched: HashMap<FrameName, Fetched>, decoder: Decoder) -> Self {
        Self { fetched, decoded: HashMap::new(), decoder }
    }

    /// The decoder, for others.
    pub(super) fn into_decoder(self) -> Decoder {
        self.decoder
    }

    /// What it takes to decode one half of a chunk later, apart from the others.
    pub(super) fn apart(&self, chunk: &ChunkRef, half: Half) -> Result<HashMap<FrameName, Fetched>> {
        let spans = chunk.frames.iter().map(|frame| (frame.pack, half.of(frame)));
        let names = spans.filter(|(_, span)| span.length > 0).map(|(pack, span)| (pack, span.offset));
        let fetched = |name| Ok((name, self.fetched.get(&name).ok_or_else(missing)?.clone()));
        names.map(fetched).collect()
    }

    /// One half of a chunk, not yet verified.
    pub(super) fn chunk(&mut self, chunk: &ChunkRef, half: Half) -> Result<Bytes> {
        let mut prefix = Bytes::new();
        for frame in chunk.frames.iter().rev() {
            let span = half.of(frame);
            let name = (frame.pack, span.offset);
            if span.length == 0 {
                prefix = Bytes::new();
            } else if let Some(decoded) = self.decoded.get(&name) {
                prefix = decoded.clone();
            } else {
                let Fetched { compressed, shared } = self.fetched.get(&name).ok_or_else(missing)?;
                let decode = self.decoder.decode(compressed, &prefix, span.raw as usize);
                prefix = decode.map_err(|error| error.path(layout::pack(frame.pack)))?.into();
                if *shared {
                    self.decoded.insert(name, prefix.clone());
                }
            }
        }
        Ok(prefix)
    }
}

fn missing() -> Error {
    Error::new(Kind::Internal, "a frame was not fetched")
}
