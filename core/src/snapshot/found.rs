//! A package that was found in a snapshot, and where.

use std::sync::Arc;

use bytes::Bytes;

use crate::deb::stanza::Stanza;
use crate::error::{Error, Kind, Result};
use crate::snapshot::entry::Key;
use crate::snapshot::text::ChunkText;

/// A package that was found: a view of what was read, cheap to clone.
///
/// A search has decoded and verified the stanzas that it gives. A walk ([`Walk`](crate::snapshot::Walk)) has them at
/// hand, but decodes and verifies those of a chunk, some thirty, when somebody first looks at one of them: so
/// [`Found::stanza`] can fail, and it gives no byte that was not verified.
#[derive(Clone, Debug)]
pub struct Found {
    /// What names it.
    pub key: Key,
    origin: Arc<Origin>,
    start: u32,
    end: u32,
}

/// The list that has a package.
#[derive(Debug)]
pub(crate) struct Place {
    part: Box<str>,
    component: Box<str>,
}

impl Place {
    pub(crate) fn new(part: &str, component: &str) -> Arc<Self> {
        Arc::new(Self { part: part.into(), component: component.into() })
    }
}

/// What the packages of a chunk share. Each chunk has its own, so that who gives packages away and who takes them don't
/// count the same references.
#[derive(Debug)]
pub(crate) struct Origin {
    place: Arc<Place>,
    text: Option<ChunkText>,
}

impl Origin {
    /// A list, and the text of one of its chunks, where stanzas are wanted.
    pub(crate) fn new(place: &Arc<Place>, text: Option<ChunkText>) -> Arc<Self> {
        Arc::new(Self { place: place.clone(), text })
    }

    /// The text, where it is wanted.
    pub(crate) fn text(&self) -> Result<Option<&Bytes>> {
        self.text.as_ref().map(ChunkText::get).transpose()
    }
}

impl Found {
    /// A package, the part and the component that have it, and its stanza as it was stored, where that is known.
    pub fn new(key: Key, part: &str, component: &str, stanza: Option<Bytes>) -> Self {
        Self::alone(key, &Place::new(part, component), stanza)
    }

    /// A package whose stanza is held alone.
    pub(crate) fn alone(key: Key, place: &Arc<Place>, stanza: Option<Bytes>) -> Self {
        // No stanza is longer than a frame may be; one that was would end at no byte.
        let end = u32::try_from(stanza.as_ref().map_or(0, Bytes::len)).unwrap_or(u32::MAX);
        Self::at(key, &Origin::new(place, stanza.map(ChunkText::of)), 0, end)
    }

    /// A package whose stanza is the bytes of its chunk from `start` to `end`.
    pub(crate) fn at(key: Key, origin: &Arc<Origin>, start: u32, end: u32) -> Self {
        Self { key, origin: origin.clone(), start, end }
    }

    /// The name of the part of the snapshot that has it; of several parts the first.
    pub fn part(&self) -> &str {
        &self.origin.place.part
    }

    /// The component that has it there.
    pub fn component(&self) -> &str {
        &self.origin.place.component
    }

    /// Whether its stanza was asked for, and so can be looked at.
    pub fn has_stanza(&self) -> bool {
        self.origin.text.is_some()
    }

    /// Its stanza to its last newline, where it was asked for.
    ///
    /// # Errors
    /// Those of reading the store, as they are found out at the first look:
    /// [`Kind::Verification`](crate::Kind::Verification) where it was altered, [`Kind::Malformed`] where what was altered
    /// can't be decoded.
    pub fn stanza(&self) -> Result<Option<&[u8]>> {
        let Some(text) = self.origin.text()? else { return Ok(None) };
        match text.get(self.start as usize..self.end as usize) {
            Some(stanza) => Ok(Some(stanza)),
            None => Err(Error::new(Kind::Internal, "a stanza lies outside of its chunk")),
        }
    }

    /// The fields of its stanza, where it was asked for. They were checked when they entered a snapshot, and are not
    /// checked again.
    ///
    /// # Errors
    /// Those of [`Found::stanza`].
    pub fn fields(&self) -> Result<Option<Stanza<'_>>> {
        Ok(self.stanza()?.map(Stanza::of_checked))
    }
}
