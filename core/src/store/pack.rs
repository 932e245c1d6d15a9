//! Packs: the new chunks of a commit in one object.
//!
//! A pack is `RSPK`, the version byte 1, then zstd frames: the key blocks of all its chunks first, so that work on
//! names and versions reads little, then the texts. It is named by the SHA-256 of its bytes; the chunk index says where
//! each frame lies.

use std::sync::Arc;

use bytes::Bytes;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::store::codec::Encoder;
use crate::store::index::{Frame, MAX_CHAIN, Span};

const HEAD: &[u8; 5] = b"RSPK\x01";

/// zstd's level for chunks. Higher ones cost several times the time and save a tenth.
const LEVEL: i32 = 3;

/// A chunk that a new one replaces: it is coded against these bytes.
#[derive(Clone, Debug, Default)]
pub struct Base {
    /// The frames of the replaced chunk.
    pub frames: Arc<[Frame]>,
    /// Its key block.
    pub keys: Bytes,
    /// Its text.
    pub text: Bytes,
}

/// Where a chunk will lie once its pack is finished.
#[derive(Clone, Debug)]
pub struct Placed {
    keys: Span,
    text: Span,
    base: Arc<[Frame]>,
}

/// A pack in the making.
pub struct PackBuilder {
    encoder: Encoder,
    keys: Vec<u8>,
    text: Vec<u8>,
}

impl PackBuilder {
    /// An empty pack.
    pub fn new() -> Self {
        Self { encoder: Encoder::new(LEVEL), keys: Vec::new(), text: Vec::new() }
    }

    /// How many compressed bytes it holds so far.
    pub fn len(&self) -> usize {
        self.keys.len() + self.text.len()
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds a chunk, coded against `base` where there is one whose chain has room and that it still resembles.
    pub fn add(&mut self, keys: &[u8], text: &[u8], base: Option<&Base>) -> Result<Placed> {
        let (key_start, text_start) = (self.keys.len(), self.text.len());
        if let Some(base) = base.filter(|base| !base.frames.is_empty() && base.frames.len() < MAX_CHAIN) {
            let placed = Placed {
                keys: append(&mut self.encoder, &mut self.keys, keys, &base.keys)?,
                text: append(&mut self.encoder, &mut self.text, text, &base.text)?,
                base: base.frames.clone(),
            };
            let alone = base.frames.last().map_or(0, |root| root.text.length);
            if placed.text.length <= alone / 2 {
                return Ok(placed);
            }
            // Most of it is new: a frame of its own costs little more and spares readers the chain.
            self.keys.truncate(key_start);
            self.text.truncate(text_start);
        }
        Ok(Placed {
            keys: append(&mut self.encoder, &mut self.keys, keys, &[])?,
            text: append(&mut self.encoder, &mut self.text, text, &[])?,
            base: Arc::default(),
        })
    }

    /// The pack's name and bytes, and the rule that turns each [`Placed`] into the frames of its chunk.
    pub fn finish(self) -> Pack {
        let Self { mut keys, mut text, .. } = self;
        let mut bytes = Vec::with_capacity(HEAD.len() + keys.len() + text.len());
        bytes.extend_from_slice(HEAD);
        bytes.append(&mut keys);
        let texts = bytes.len() as u32;
        bytes.append(&mut text);
        Pack { name: Digest::of(&bytes), bytes, texts }
    }
}

impl Default for PackBuilder {
    fn default() -> Self {
        Self::new()
    }
}

/// A finished pack.
#[derive(Debug)]
pub struct Pack {
    /// The SHA-256 of its bytes.
    pub name: Digest,
    /// Its bytes.
    pub bytes: Vec<u8>,
    texts: u32,
}

impl Pack {
    /// The frames of a chunk that was added while the pack was made.
    pub fn frames(&self, placed: &Placed) -> Arc<[Frame]> {
        let shift = |span: Span, by: u32| Span { offset: span.offset + by, ..span };
        let frame = Frame {
            pack: self.name,
            keys: shift(placed.keys, HEAD.len() as u32),
            text: shift(placed.text, self.texts),
        };
        std::iter::once(frame).chain(placed.base.iter().copied()).collect()
    }
}

fn append(encoder: &mut Encoder, section: &mut Vec<u8>, raw: &[u8], prefix: &[u8]) -> Result<Span> {
    let offset = section.len();
    if !raw.is_empty() {
        encoder.encode(raw, prefix, section)?;
    }
    let small =
        |number: usize| u32::try_from(number).map_err(|_| Error::new(Kind::Limit, "a pack would be larger than 4 GiB"));
    Ok(Span { offset: small(offset)?, length: small(section.len() - offset)?, raw: small(raw.len())? })
}
