//! Which snapshots held which package, exactly.
//!
//! A **lineage** is the log of a mirror or of an environment: snapshots in the order in which it was them, each with the
//! moment since when. Its history has a row for every run of snapshots in which one list had one stanza: the package's name,
//! architecture and version, 128 bits of the SHA-256 of the stanza, the list, and the first and the last snapshot of the run.
//! Two snapshots of a log differ by little and share the rest of their chunks, so a history is made by reading what differs.
//!
//! A history is kept in the store in **segments** ([`segment`](self)), each for a part of the log, named by the log and by the
//! entry that it ends with. When a log has grown, a segment is added; it takes those before it into itself as long as they
//! are not much larger, so that there are few of them and each row is rewritten a few times in the life of a store. All of
//! it is made anew where it is missing.
//!
//! Lists of source packages are left out.

mod draft;
mod lists;
mod open;
mod segment;
mod step;

use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;
use reposnap::progress::Monitor;
use reposnap::store::refs::{ENVIRONMENT, MIRROR};
use reposnap::store::{Store, refs};
use reposnap::{Digest, Result};
use serde::{Deserialize, Serialize};

pub use lists::PackageList;
pub(crate) use lists::not_automatic;
use segment::Segment;

/// Whose log a lineage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lineage {
    /// A mirror's.
    Mirror,
    /// An environment's.
    Environment,
}

impl Lineage {
    /// The kind of its logs in a store.
    pub const fn kind(self) -> &'static str {
        match self {
            Lineage::Mirror => MIRROR,
            Lineage::Environment => ENVIRONMENT,
        }
    }
}

impl fmt::Display for Lineage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Lineage::Mirror => "mirror",
            Lineage::Environment => "environment",
        })
    }
}

/// A snapshot of a lineage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The snapshot.
    pub snapshot: Digest,
    /// Since when the lineage was it: the time of the log's entry.
    pub time: Timestamp,
}

/// The first 128 bits of the SHA-256 of a stanza: enough to tell the stanzas of one version apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 16]);

impl Fingerprint {
    /// Of the SHA-256 of a stanza.
    pub fn of(digest: &Digest) -> Self {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.as_bytes()[..16]);
        Self(bytes)
    }
}

/// A run of snapshots in which one list had one stanza.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// The package's version, as the index writes it.
    pub version: String,
    /// Which stanza.
    pub fingerprint: Fingerprint,
    /// Which list: an index into [`History::lists`].
    pub list: usize,
    /// The first position that had it.
    pub first: usize,
    /// The last one.
    pub last: usize,
}

/// The history of one lineage.
#[derive(Clone, Debug)]
pub struct History {
    lineage: Lineage,
    name: String,
    positions: Vec<Position>,
    lists: Vec<PackageList>,
    segments: Vec<Segment>,
    /// Rows that were open at the end of their segment, by segment and row, and the last position that they reached.
    closed: HashMap<(u32, u32), u32>,
}

impl History {
    /// The history of the log of the mirror or environment `name`, up to its newest entry. What the store does not have of
    /// it is made, and kept where the store may be written.
    ///
    /// A snapshot that the log names and the store has lost is told to `monitor` and left out.
    ///
    /// # Errors
    /// [`Kind::NotFound`](reposnap::Kind::NotFound) where there is no such log, and those of reading the store.
    pub async fn open(store: &Store, lineage: Lineage, name: &str, monitor: &Monitor) -> Result<Self> {
        open::open(store, lineage, name, monitor).await
    }

    /// A history that has nothing yet.
    fn empty(lineage: Lineage, name: &str) -> Self {
        Self {
            lineage,
            name: name.to_owned(),
            positions: Vec::new(),
            lists: Vec::new(),
            segments: Vec::new(),
            closed: HashMap::new(),
        }
    }

    /// Whose log it is.
    pub fn lineage(&self) -> Lineage {
        self.lineage
    }

    /// The name of the mirror or the environment.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The snapshots, the oldest first.
    pub fn positions(&self) -> &[Position] {
        &self.positions
    }

    /// The lists that its snapshots had.
    pub fn lists(&self) -> &[PackageList] {
        &self.lists
    }

    /// Whether a position is the newest.
    pub fn is_newest(&self, position: usize) -> bool {
        position + 1 == self.positions.len()
    }

    /// All rows of a package, by version as bytes, and then as they came.
    pub fn rows(&self, name: &str, architecture: &str) -> Vec<Row> {
        let mut rows = Vec::new();
        let group = group(name.as_bytes(), architecture.as_bytes());
        for (number, segment) in self.segments.iter().enumerate() {
            let Some(group) = segment.find(&group) else { continue };
            self.rows_of(number, segment, group, &mut rows);
        }
        rows.sort();
        rows
    }

    /// Shows `visit` all packages, by name and architecture, with all rows of each, in the order of [`History::rows`].
    pub fn visit(&self, mut visit: impl FnMut(&str, &str, &[Row])) {
        // The groups of all segments, merged.
        let mut next = vec![0; self.segments.len()];
        let mut rows = Vec::new();
        loop {
            let heads = self.segments.iter().zip(&next).filter(|(segment, next)| **next < segment.groups());
            let Some(least) = heads.map(|(segment, next)| segment.group(*next)).min().map(<[u8]>::to_vec) else {
                return;
            };
            rows.clear();
            for (number, segment) in self.segments.iter().enumerate() {
                if next[number] < segment.groups() && segment.group(next[number]) == least {
                    self.rows_of(number, segment, next[number], &mut rows);
                    next[number] += 1;
                }
            }
            rows.sort();
            let mut parts = least.split(|byte| *byte == 0);
            let mut part = || std::str::from_utf8(parts.next().unwrap_or_default()).unwrap_or_default();
            visit(part(), part(), &rows);
        }
    }

    fn rows_of(&self, number: usize, segment: &Segment, group: usize, to: &mut Vec<Row>) {
        let newest = self.positions.len().saturating_sub(1);
        segment.visit_rows(group, |row, version, run| {
            let closed = || self.closed.get(&(number as u32, row as u32)).map(|last| *last as usize);
            to.push(Row {
                version: String::from_utf8_lossy(version).into_owned(),
                fingerprint: run.fingerprint,
                list: run.list,
                first: run.first,
                last: run.last.or_else(closed).unwrap_or(newest),
            });
        });
    }
}

/// The histories of a store.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use reposnap::{progress::Monitor, store::Store};
/// use reposnap_provenance::history::Histories;
/// let histories = Histories::of(&Store::memory(), &Monitor::silent()).await?;
/// for history in &histories.all {
///     for row in history.rows("bash", "amd64") {
///         println!("{} {}: snapshots {} to {}", history.name(), row.version, row.first, row.last);
///     }
/// }
/// # Ok::<(), reposnap::Error>(()) }).unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Histories {
    /// Of its mirrors and then of its environments, both by name; those that have a snapshot.
    pub all: Vec<History>,
}

/// The paths of all segments of histories that are in use; what else there is was taken into others.
///
/// # Errors
/// Those of reading the store.
pub async fn segments(store: &Store) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for lineage in [Lineage::Mirror, Lineage::Environment] {
        for name in refs::names(store.objects(), lineage.kind()).await? {
            all.extend(open::segments(store, lineage, &name).await?);
        }
    }
    Ok(all)
}

impl Histories {
    /// The histories of all mirrors and environments of a store, as [`History::open`] opens them.
    pub async fn of(store: &Store, monitor: &Monitor) -> Result<Self> {
        let mut all = Vec::new();
        for lineage in [Lineage::Mirror, Lineage::Environment] {
            for name in refs::names(store.objects(), lineage.kind()).await? {
                let history = History::open(store, lineage, &name, monitor).await?;
                if !history.positions().is_empty() {
                    all.push(history);
                }
            }
        }
        Ok(Self { all })
    }

    /// The one of a lineage.
    pub fn find(&self, lineage: Lineage, name: &str) -> Option<&History> {
        self.all.iter().find(|history| history.lineage == lineage && history.name == name)
    }
}

/// What names a package of any version: its name and its architecture, in the order of both.
fn group(name: &[u8], architecture: &[u8]) -> Vec<u8> {
    let mut group = Vec::with_capacity(name.len() + 1 + architecture.len());
    group.extend_from_slice(name);
    group.push(0);
    group.extend_from_slice(architecture);
    group
}
