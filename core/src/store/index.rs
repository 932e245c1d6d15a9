//! The chunk index of a snapshot: which chunks make up its lists and blobs, and in which pack each one lies.
//!
//! A snapshot's manifest names content alone. Where that content lies is kept here, at `index/<snapshot>`, so that
//! packs can be rewritten without any snapshot changing its name.
//!
//! # Format
//! An object is `RSIX`, the version byte 1, the number of snapshots whose indexes it is coded against (at most
//! [`MAX_CHAIN`], nearest first) and their digests, the raw length as a varint, then one zstd frame whose prefix is the
//! raw index of the nearest. Raw, an index is a table of packs and a sequence of sections; see [`ChunkIndex::encode`].

use std::collections::HashMap;
use std::sync::Arc;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::store::codec::{Decoder, Encoder, MAX_RAW};
use crate::store::wire::{Reader, put_bytes, put_uint};

/// How many frames may have to be decoded one after the other to read one chunk, and likewise indexes.
pub const MAX_CHAIN: usize = 8;

const MAGIC: &[u8; 4] = b"RSIX";
const VERSION: u8 = 1;
const LEVEL: i32 = 6;
const MAX_CHUNKS: usize = 1 << 24;
const MAX_PACKS: usize = 1 << 20;
const MAX_SECTIONS: usize = 1 << 20;

/// A run of compressed bytes in a pack and the length that they decode to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Where it begins, in bytes from the start of the pack.
    pub offset: u32,
    /// How many compressed bytes.
    pub length: u32,
    /// How many bytes once decoded.
    pub raw: u32,
}

/// One coding of a chunk in a pack: its keys and its text, both coded against the next frame of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The pack.
    pub pack: Digest,
    /// The key block; of length 0 for the chunk of a blob.
    pub keys: Span,
    /// The text.
    pub text: Span,
}

/// A chunk: its name, its first key, and how to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkRef {
    /// The SHA-256 of the key block (of the text, for a blob).
    pub digest: Digest,
    /// Where the chunk begins: a package name; for a blob what its first line is known by.
    pub first: Box<[u8]>,
    /// How many entries it holds; 0 for a blob.
    pub entries: u32,
    /// The frame of the chunk, then the frame that it is coded against, and so on to one that stands alone.
    pub frames: Arc<[Frame]>,
}

/// The chunks of all lists and blobs of a snapshot, by the digest that its manifest has for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChunkIndex {
    /// The packs in the order in which they came into use.
    packs: Vec<Digest>,
    sections: Vec<(Digest, Arc<[ChunkRef]>)>,
}

impl ChunkIndex {
    /// An index with no section that keeps the order of `base`'s packs, so that it codes well against it.
    pub fn after(base: Option<&ChunkIndex>) -> Self {
        Self { packs: base.map(|base| base.packs.clone()).unwrap_or_default(), sections: Vec::new() }
    }

    /// Adds the chunks of the list or blob `root`; a second time, it does nothing.
    pub fn add(&mut self, root: Digest, chunks: Arc<[ChunkRef]>) {
        if self.section(root).is_none() {
            self.sections.push((root, chunks));
        }
    }

    /// The chunks of the list or blob `root`.
    pub fn section(&self, root: Digest) -> Option<&Arc<[ChunkRef]>> {
        self.sections.iter().find(|(name, _)| *name == root).map(|(_, chunks)| chunks)
    }

    /// All sections.
    pub fn sections(&self) -> impl Iterator<Item = (Digest, &[ChunkRef])> {
        self.sections.iter().map(|(root, chunks)| (*root, &**chunks))
    }

    /// Every pack that a chunk of this index needs.
    pub fn packs(&self) -> Vec<Digest> {
        let mut packs: Vec<Digest> = self.frames().map(|frame| frame.pack).collect();
        packs.sort_unstable();
        packs.dedup();
        packs
    }

    /// The raw bytes: the packs (a count, digests), then for each section its root, a count and its chunks: digest,
    /// first key, entries, a count of frames, and for each frame the pack's number and the two spans.
    pub fn encode(&self) -> Vec<u8> {
        let (packs, numbers) = self.number_packs();
        let mut out = Vec::with_capacity(64 * self.sections.iter().map(|(_, chunks)| chunks.len()).sum::<usize>());
        put_uint(&mut out, packs.len() as u64);
        for pack in &packs {
            out.extend_from_slice(pack.as_bytes());
        }
        put_uint(&mut out, self.sections.len() as u64);
        for (root, chunks) in &self.sections {
            out.extend_from_slice(root.as_bytes());
            put_uint(&mut out, chunks.len() as u64);
            for chunk in chunks.iter() {
                out.extend_from_slice(chunk.digest.as_bytes());
                put_bytes(&mut out, &chunk.first);
                put_uint(&mut out, u64::from(chunk.entries));
                put_uint(&mut out, chunk.frames.len() as u64);
                for frame in chunk.frames.iter() {
                    put_uint(&mut out, u64::from(numbers[&frame.pack]));
                    for span in [frame.keys, frame.text] {
                        for number in [span.offset, span.length, span.raw] {
                            put_uint(&mut out, u64::from(number));
                        }
                    }
                }
            }
        }
        out
    }

    /// Reads what [`ChunkIndex::encode`] wrote.
    pub fn decode(raw: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(raw);
        let packs = (0..reader.count(MAX_PACKS)?).map(|_| reader.digest()).collect::<Result<Vec<Digest>>>()?;
        let mut sections = Vec::new();
        for _ in 0..reader.count(MAX_SECTIONS)? {
            let root = reader.digest()?;
            let count = reader.count(MAX_CHUNKS)?;
            let mut chunks = Vec::with_capacity(count.min(reader.remaining() / 40));
            for _ in 0..count {
                chunks.push(decode_chunk(&mut reader, &packs)?);
            }
            sections.push((root, chunks.into()));
        }
        reader.end()?;
        Ok(Self { packs, sections })
    }

    fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.sections.iter().flat_map(|(_, chunks)| chunks.iter()).flat_map(|chunk| chunk.frames.iter())
    }

    /// Keeps the inherited order of packs, leaves out the unused once they are the larger part, adds new ones.
    fn number_packs(&self) -> (Vec<Digest>, HashMap<Digest, u32>) {
        let used = self.packs();
        let mut packs = self.packs.clone();
        if packs.len() > 2 * used.len() {
            packs.retain(|pack| used.binary_search(pack).is_ok());
        }
        for frame in self.frames() {
            if !packs.contains(&frame.pack) {
                packs.push(frame.pack);
            }
        }
        let numbers = packs.iter().zip(0u32..).map(|(pack, number)| (*pack, number)).collect();
        (packs, numbers)
    }
}

fn decode_chunk(reader: &mut Reader<'_>, packs: &[Digest]) -> Result<ChunkRef> {
    let digest = reader.digest()?;
    let first = reader.bytes()?.into();
    let entries = reader.count(u32::MAX as usize)? as u32;
    let count = reader.count(MAX_CHAIN)?;
    let mut frames = Vec::with_capacity(count);
    for _ in 0..count {
        let pack = reader.count(MAX_PACKS)?;
        let pack = *packs
            .get(pack)
            .ok_or_else(|| Error::new(Kind::Malformed, format!("a chunk index has no pack number {pack}")))?;
        let mut span = || -> Result<Span> {
            let mut number = || reader.count(u32::MAX as usize).map(|number| number as u32);
            Ok(Span { offset: number()?, length: number()?, raw: number()? })
        };
        frames.push(Frame { pack, keys: span()?, text: span()? });
    }
    if frames.is_empty() {
        return Err(Error::new(Kind::Malformed, "a chunk index has a chunk without a frame"));
    }
    Ok(ChunkRef { digest, first, entries, frames: frames.into() })
}

/// An index as it lies in the store, still coded.
#[derive(Debug)]
pub struct IndexObject<'a> {
    /// The snapshots whose raw indexes are needed to decode it, nearest first.
    pub bases: Vec<Digest>,
    raw: usize,
    frame: &'a [u8],
}

impl<'a> IndexObject<'a> {
    /// Codes `raw` against `base`: the snapshot, its raw index and its own bases.
    pub fn write(raw: &[u8], base: Option<(Digest, &[u8], &[Digest])>) -> Result<Vec<u8>> {
        let base = base.filter(|(_, _, bases)| bases.len() + 1 < MAX_CHAIN);
        let mut out = MAGIC.to_vec();
        out.push(VERSION);
        let mut prefix: &[u8] = &[];
        match base {
            None => put_uint(&mut out, 0),
            Some((snapshot, bytes, bases)) => {
                put_uint(&mut out, bases.len() as u64 + 1);
                for digest in std::iter::once(&snapshot).chain(bases) {
                    out.extend_from_slice(digest.as_bytes());
                }
                prefix = bytes;
            }
        }
        put_uint(&mut out, raw.len() as u64);
        Encoder::new(LEVEL).encode(raw, prefix, &mut out)?;
        Ok(out)
    }

    /// Reads the head of an object.
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        if reader.take(4)? != MAGIC {
            return Err(Error::new(Kind::Malformed, "this is not a chunk index"));
        }
        let version = reader.take(1)?[0];
        if version != VERSION {
            return Err(Error::new(Kind::Format, format!("a chunk index has the unknown version {version}"))
                .help("use a newer reposnap"));
        }
        let bases = (0..reader.count(MAX_CHAIN)?).map(|_| reader.digest()).collect::<Result<_>>()?;
        let raw = reader.count(MAX_RAW)?;
        let frame = reader.take(reader.remaining())?;
        Ok(Self { bases, raw, frame })
    }

    /// The raw index, given the raw index of the nearest base.
    pub fn decode(&self, base: &[u8]) -> Result<Vec<u8>> {
        Decoder::new().decode(self.frame, base, self.raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(number: u32) -> ChunkRef {
        let span = |offset| Span { offset, length: 100 + number, raw: 1000 };
        ChunkRef {
            digest: Digest::of(&number.to_le_bytes()),
            first: format!("package-{number}").into_bytes().into(),
            entries: number % 50,
            frames: vec![Frame { pack: Digest::of(b"pack"), keys: span(number * 7), text: span(number * 90) }].into(),
        }
    }

    #[test]
    fn an_index_comes_back_and_a_small_change_is_small() {
        let mut old = ChunkIndex::after(None);
        old.add(Digest::of(b"list"), (0..1000).map(chunk).collect());
        let raw = old.encode();
        assert_eq!(ChunkIndex::decode(&raw).unwrap().sections().next(), old.sections().next());

        let mut chunks: Vec<ChunkRef> = (0..1000).map(chunk).collect();
        chunks[500] = chunk(5000);
        chunks[500].frames =
            vec![Frame { pack: Digest::of(b"second"), ..chunks[500].frames[0] }, chunks[500].frames[0]].into();
        let mut new = ChunkIndex::after(Some(&old));
        new.add(Digest::of(b"list 2"), chunks.into());
        let new_raw = new.encode();
        let object = IndexObject::write(&new_raw, Some((Digest::of(b"snapshot"), &raw, &[]))).unwrap();
        assert!(object.len() < 400, "{}", object.len());
        let read = IndexObject::read(&object).unwrap();
        assert_eq!(read.bases, [Digest::of(b"snapshot")]);
        assert_eq!(read.decode(&raw).unwrap(), new_raw);
        assert_eq!(new.packs().len(), 2);
    }

    #[test]
    fn damage_is_an_error_and_never_a_panic() {
        let mut index = ChunkIndex::after(None);
        index.add(Digest::of(b"list"), (0..40).map(chunk).collect());
        let raw = index.encode();
        for end in 0..raw.len() {
            assert!(ChunkIndex::decode(&raw[..end]).is_err());
        }
        for at in 0..raw.len() {
            let mut bytes = raw.clone();
            bytes[at] ^= 0xff;
            let _ = ChunkIndex::decode(&bytes);
        }
        let object = IndexObject::write(&raw, None).unwrap();
        for end in 0..object.len() {
            let result = IndexObject::read(&object[..end]).and_then(|object| object.decode(&[]));
            assert!(result.is_err(), "cut at {end}");
        }
    }
}
