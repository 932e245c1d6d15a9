//! The stanzas of a chunk, which are read with its keys, and decoded when somebody first looks at one.
//!
//! Who walks through a snapshot for names and versions then pays for a tenth of the bytes. Who looks at stanzas looks at
//! all of them, mostly; so a walk that has seen one look decodes what it reads from then on ahead, on its own threads.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;

use crate::error::{Error, Kind, Result};
use crate::snapshot::entry::KeyBlock;
use crate::snapshot::frames::{Fetched, FrameName, Frames, Half, doubting};
use crate::snapshot::read::verify_stanzas;
use crate::store::Objects;
use crate::store::codec::Decoder;
use crate::store::index::ChunkRef;

/// What the chunks of one walk share.
#[derive(Default)]
pub(crate) struct Looks {
    seen: AtomicBool,
    /// Of who looked last: a decoder is cheap to use again, less so to make.
    decoder: Mutex<Option<Decoder>>,
}

impl Looks {
    /// Whether anybody has looked at a stanza yet.
    pub(crate) fn seen(&self) -> bool {
        self.seen.load(Ordering::Relaxed)
    }
}

/// The text of a chunk.
pub(crate) struct ChunkText {
    verified: OnceLock<Bytes>,
    /// What it is decoded from; nothing once it is.
    coded: Mutex<Option<Coded>>,
}

/// A text that nobody has looked at.
pub(super) struct Coded {
    pub(super) chunk: ChunkRef,
    /// Its key block, verified.
    pub(super) keys: Bytes,
    pub(super) frames: HashMap<FrameName, Fetched>,
    pub(super) looks: Arc<Looks>,
    /// Where it came from.
    pub(super) objects: Objects,
}

impl ChunkText {
    /// A text that was verified.
    pub(crate) fn of(text: Bytes) -> Self {
        Self { verified: text.into(), coded: Mutex::default() }
    }

    /// A text that will be verified.
    pub(super) fn later(coded: Coded) -> Self {
        Self { verified: OnceLock::new(), coded: Mutex::new(Some(coded)) }
    }

    /// The text. After an error it is tried again, and fails again.
    pub(crate) fn get(&self) -> Result<&Bytes> {
        if let Some(text) = self.verified.get() {
            return Ok(text);
        }
        self.decode()?;
        self.verified.get().ok_or_else(|| Error::new(Kind::Internal, "the text of a chunk is missing"))
    }

    #[cold]
    fn decode(&self) -> Result<()> {
        let mut coded = self.coded.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have looked at the same moment.
        if let Some(left) = &*coded {
            let text = left.decode()?;
            let _ = self.verified.set(text);
            *coded = None;
        }
        Ok(())
    }
}

impl Coded {
    fn decode(&self) -> Result<Bytes> {
        self.looks.seen.store(true, Ordering::Relaxed);
        let kept = || self.looks.decoder.lock().unwrap_or_else(PoisonError::into_inner);
        // Not held meanwhile: threads that look at different chunks don't wait for one another.
        let decoder = kept().take().unwrap_or_default();
        let mut frames = Frames::with(self.frames.clone(), decoder);
        let text = frames.chunk(&self.chunk, Half::Text);
        *kept() = Some(frames.into_decoder());
        let verified = text.and_then(|text| {
            verify_stanzas(&self.chunk, &KeyBlock::decode(&self.keys)?, &text)?;
            Ok(text)
        });
        doubting(&self.objects, verified)
    }
}

impl fmt::Debug for ChunkText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkText").field("verified", &self.verified.get().map(Bytes::len)).finish()
    }
}
