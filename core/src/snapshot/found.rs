//! A package that was found in a snapshot, and where.

use std::sync::Arc;

use bytes::Bytes;

use crate::deb::stanza::Stanza;
use crate::error::{Error, Kind, Result};
use crate::snapshot::entry::Key;
use crate::snapshot::text::ChunkText;

/// A package that was found: a view of what was read, cheap to clone.
///
/// A search has decoded and verified the stanzas that it gives. A walk ([`Walk`](crate::api::packages::Walk)) has them at
/// hand, but decodes and verifies those of a chunk, some thirty, when somebody first looks at one of them: so
/// [`Found::stanza`] can fail, and it gives no byte that was not verified.
#[derive(Clone, Debug)]
pub struct Found {
    /// What names it.
    pub key: Key,
    place: Arc<Place>,
    stanza: Option<View>,
}

/// The list that has a package. Many packages share one.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) part: Box<str>,
    pub(crate) component: Box<str>,
}

impl Place {
    pub(crate) fn new(part: &str, component: &str) -> Arc<Self> {
        Arc::new(Self { part: part.into(), component: component.into() })
    }
}

/// Where a stanza stands in the text of its chunk.
#[derive(Clone, Debug)]
pub(crate) struct View {
    text: Arc<ChunkText>,
    start: u32,
    end: u32,
}

impl View {
    /// The bytes of `text` from `start` to `end`, which are not looked at yet.
    pub(crate) fn new(text: Arc<ChunkText>, start: u32, end: u32) -> Self {
        Self { text, start, end }
    }

    /// A stanza that is alone in its text.
    pub(crate) fn whole(text: Bytes) -> Self {
        // No stanza is longer than `MAX_STANZA`, nor is a chunk than a frame; one that was would end at no byte.
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        Self::new(Arc::new(ChunkText::of(text)), 0, end)
    }
}

impl Found {
    /// A package, the part and the component that have it, and its stanza as it was stored, where that is known.
    pub fn new(key: Key, part: &str, component: &str, stanza: Option<Bytes>) -> Self {
        Self::at(key, &Place::new(part, component), stanza.map(View::whole))
    }

    pub(crate) fn at(key: Key, place: &Arc<Place>, stanza: Option<View>) -> Self {
        Self { key, place: place.clone(), stanza }
    }

    /// The name of the part of the snapshot that has it; of several parts the first.
    pub fn part(&self) -> &str {
        &self.place.part
    }

    /// The component that has it there.
    pub fn component(&self) -> &str {
        &self.place.component
    }

    /// Whether its stanza was asked for, and so can be looked at.
    pub fn has_stanza(&self) -> bool {
        self.stanza.is_some()
    }

    /// Its stanza to its last newline, where it was asked for.
    ///
    /// # Errors
    /// Those of reading the store, as they are found out at the first look:
    /// [`Kind::Verification`](crate::Kind::Verification) where it was altered, [`Kind::Malformed`] where what was altered
    /// can't be decoded.
    pub fn stanza(&self) -> Result<Option<&[u8]>> {
        let Some(View { text, start, end }) = &self.stanza else { return Ok(None) };
        match text.get()?.get(*start as usize..*end as usize) {
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
