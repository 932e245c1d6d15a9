//! A walk through all packages of a snapshot, which holds few of them at a time.

use std::ops::Range;
use std::sync::Arc;

use super::Snapshot;
use super::found::{Found, Place};
use super::query::Query;
use super::read::Want;
use super::seen::Seen;
use super::view::{Reading, read_views};
use crate::digest::Digest;
use crate::error::Result;
use crate::store::index::ChunkRef;

/// How many chunks [`Walk`] reads as one step: some 1.6 MiB of stanzas.
const STEP: usize = 64;

/// How many chunks its first step has; each has twice as many as the one before, up to [`STEP`]. So the first packages
/// are soon there, and few chunks are read before it is known whether anybody looks at stanzas.
const FIRST: usize = 16;

/// How many steps [`Walk`] reads at once.
const AT_ONCE: usize = 2;

/// A walk through the packages of a snapshot, list by list in key order, each package once; a few MiB are held at a time.
///
/// Where stanzas are wanted they are read too, but decoded only when somebody looks at one ([`Found::stanza`]): names and
/// versions alone take a fraction of the time. Once somebody has looked, what is read from then on is decoded beforehand.
///
/// ```no_run
/// use reposnap::snapshot::{Snapshot, Walk, Want};
/// # async fn show(snapshot: Snapshot) -> reposnap::Result<()> {
/// let mut walk = Walk::new(snapshot, None, Want::Keys)?;
/// while let Some(packages) = walk.next_batch().await? {
///     for package in packages {
///         println!("{} {}", package.key.name_str(), package.key.version_str());
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct Walk {
    snapshot: Snapshot,
    reading: Reading,
    steps: Vec<Step>,
    next: usize,
    seen: Seen,
}

/// Some chunks of a list.
struct Step {
    place: Arc<Place>,
    root: Digest,
    chunks: Range<usize>,
}

impl Walk {
    /// Begins a walk through the packages of `snapshot` that pass `query`, or all, with stanzas or without.
    pub fn new(snapshot: Snapshot, query: Option<Query>, want: Want) -> Result<Self> {
        let want = if query.as_ref().is_some_and(Query::needs_stanza) { Want::Entries } else { want };
        let mut steps = Vec::new();
        let mut size = FIRST;
        for (part, list) in snapshot.manifest().lists() {
            let count = snapshot.chunks(list)?.len();
            let place = Place::new(&part.name, &list.component);
            let mut start = 0;
            while start < count {
                let end = count.min(start + size);
                steps.push(Step { place: place.clone(), root: list.root, chunks: start..end });
                start = end;
                size = STEP.min(size * 2);
            }
        }
        let reading = Reading { want, query: query.map(Arc::new), looks: Arc::default() };
        Ok(Self { snapshot, reading, steps, next: 0, seen: Seen::new() })
    }

    /// The snapshot that is walked through.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The next packages, perhaps none of some chunks, or nothing at the end.
    ///
    /// # Errors
    /// Those of reading the store: [`Kind::Verification`](crate::Kind::Verification) where it was altered. Stanzas are
    /// verified no later than somebody looks at them, and [`Found::stanza`] fails where one was altered.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Found>>> {
        // The first alone, for who wants the first packages alone; then several, each decoded by a thread of its own.
        let end = if self.next == 0 { 1 } else { self.next + AT_ONCE };
        let steps = &self.steps[self.next..end.min(self.steps.len())];
        if steps.is_empty() {
            return Ok(None);
        }
        self.next += steps.len();
        let mut reads = Vec::new();
        for step in steps {
            // Lists of one snapshot often share chunks: all of `all` in two architectures, or a suite in two parts.
            let mut chunks: Vec<ChunkRef> = self.snapshot.section(step.root)?[step.chunks.clone()].to_vec();
            chunks.retain(|chunk| self.seen.insert(chunk.digest));
            reads.push(read_views(self.snapshot.store(), chunks, step.place.clone(), self.reading.clone()));
        }
        let mut reads = futures::future::try_join_all(reads).await?.into_iter();
        let mut packages = reads.next().unwrap_or_default();
        reads.for_each(|more| packages.extend(more));
        // A stanza that two lists have in different chunks; its digest is of its whole text.
        packages.retain(|found| self.seen.insert(found.key.digest));
        Ok(Some(packages))
    }
}
