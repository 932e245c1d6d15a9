//! Named, moving snapshots: promote, log, roll back.
//!
//! An environment is a [log](crate::store::refs) of the kind `env`; what it is now is its newest entry, and what it was can
//! always be asked. Nothing is ever taken back: rolling back appends an entry that names an old snapshot.

pub mod named;
pub mod revision;

use serde::{Deserialize, Serialize};

pub use revision::{Revision, Source, resolve};

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::store::Store;
use crate::store::refs::{self, ENVIRONMENT, Entry, Log, Note, Position};

/// How many entries [`Environment::rollback`] looks through for a snapshot that is named by its digest.
pub const LONGEST_SEARCH: usize = 100_000;

/// One environment of a store. Opening it reads nothing.
///
/// ```
/// # fn main() -> reposnap::Result<()> {
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use reposnap::environment::{Change, Environment, resolve};
/// use reposnap::store::{Store, refs::Note};
/// # use reposnap::Digest;
/// # let store = Store::memory();
/// # let (old, new) = (Digest::of(b"old"), Digest::of(b"new"));
/// # for digest in [old, new] { store.objects().put(&format!("snapshots/{digest}"), "".into()).await?; }
/// let stable = Environment::open(&store, "stable")?;
/// stable.create(Change::created(old), &Note::new("ana", "begin")).await?;
/// stable.promote(Change::promoted(new, "testing"), None, &Note::new("ana", "passed")).await?;
/// assert_eq!(resolve(&store, "stable").await?.digest, new);
/// assert_eq!(resolve(&store, "stable~1").await?.digest, old);
///
/// let before = resolve(&store, "stable~1").await?;
/// stable.rollback(&before, &Note::new("bob", "it broke")).await?;
/// assert_eq!(stable.head().await?.body.snapshot, old);
/// # Ok(()) })
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Environment {
    store: Store,
    log: Log<Change>,
}

/// What an entry of an environment says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// What the environment is from now on.
    pub snapshot: Digest,
    /// How it came to be that.
    pub change: How,
    /// What spoke for it, such as the results of tests; kept as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<serde_json::Value>,
}

/// How an environment came to be what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum How {
    /// It began with this snapshot.
    Created,
    /// It took a whole snapshot.
    Promoted {
        /// Where it came from, as the caller named it.
        from: String,
    },
    /// It took some packages of a snapshot.
    Partial {
        /// Where they came from, as the caller named it.
        from: String,
        /// What was asked for, as the caller named it.
        packages: Vec<String>,
    },
    /// It went back to what it was.
    RolledBack {
        /// The number of the entry that it left.
        from: u64,
        /// The number of the entry that it went back to.
        to: u64,
    },
}

impl Change {
    /// An environment begins with `snapshot`.
    pub fn created(snapshot: Digest) -> Self {
        Self { snapshot, change: How::Created, evidence: None }
    }

    /// An environment takes the whole `snapshot`, which the caller calls `from`.
    pub fn promoted(snapshot: Digest, from: impl Into<String>) -> Self {
        Self { snapshot, change: How::Promoted { from: from.into() }, evidence: None }
    }

    /// An environment becomes `snapshot`, which was made by taking `packages` of `from`.
    pub fn partial(snapshot: Digest, from: impl Into<String>, packages: Vec<String>) -> Self {
        Self { snapshot, change: How::Partial { from: from.into(), packages }, evidence: None }
    }

    /// Adds what speaks for the change.
    #[must_use]
    pub fn evidence(mut self, evidence: serde_json::Value) -> Self {
        self.evidence = Some(evidence);
        self
    }
}

impl Environment {
    /// The environment `name`, whether it exists or not; [`Kind::Usage`] where it can't be a name.
    pub fn open(store: &Store, name: &str) -> Result<Self> {
        Ok(Self { store: store.clone(), log: Log::open(store.objects(), ENVIRONMENT, name)? })
    }

    /// The name of the environment.
    pub fn name(&self) -> &str {
        self.log.name()
    }

    /// Begins the environment; [`Kind::AlreadyExists`] where it has begun before, and [`Kind::NotFound`] where the store
    /// does not have the snapshot.
    pub async fn create(&self, change: Change, note: &Note<'_>) -> Result<Entry<Change>> {
        self.require_snapshot(change.snapshot).await?;
        self.log.append(None, change, note).await.map_err(|error| match error.kind() {
            Kind::Conflict => {
                Error::new(Kind::AlreadyExists, format!("there is an environment {:?} already", self.name()))
                    .help("promote something to it instead")
            }
            _ => error,
        })
    }

    /// Appends a change; nothing happens where the environment is that snapshot already.
    ///
    /// With `expected`, the entry that the caller has seen (and perhaps shown as a dry run), the change is made to that entry
    /// or fails with [`Kind::Conflict`]. Without, it is made to whatever the environment is by now.
    pub async fn promote(
        &self,
        change: Change,
        expected: Option<Position>,
        note: &Note<'_>,
    ) -> Result<Option<Entry<Change>>> {
        self.require_snapshot(change.snapshot).await?;
        self.append(expected, note, |_| Ok(change.clone())).await
    }

    /// Makes the environment what it was at `to`, an entry of its own log, or a snapshot that it once was; nothing happens
    /// where it is that still. [`Kind::Usage`] where it never was.
    pub async fn rollback(&self, to: &Revision, note: &Note<'_>) -> Result<Option<Entry<Change>>> {
        self.require_snapshot(to.digest).await?;
        let own = to.source == Source::Environment && to.name.as_deref() == Some(self.name());
        let seq = match to.seq.filter(|_| own) {
            Some(seq) => seq,
            None => self.last_seen(to.digest).await?,
        };
        self.append(None, note, |head| {
            let change = How::RolledBack { from: head.seq, to: seq };
            Ok(Change { snapshot: to.digest, change, evidence: None })
        })
        .await
    }

    /// Makes the environment what it was before. What was rolled back does not count as having been: done again, this goes
    /// one state further back, and what was undone never returns by it.
    ///
    /// [`Kind::NotFound`] where nothing is before; [`Kind::Conflict`] where somebody else moved the environment meanwhile.
    pub async fn undo(&self, note: &Note<'_>) -> Result<Entry<Change>> {
        let head = self.log.head().await?;
        let first = || {
            Error::new(Kind::NotFound, format!("environment {:?} has no state before this one", self.name()))
                .help("look with `env log` what it was")
        };
        let mut now = head.clone();
        // Where it went back to is where it is.
        while let How::RolledBack { to, .. } = now.body.change {
            if !(1..now.seq).contains(&to) {
                return Err(Error::new(
                    Kind::Malformed,
                    format!("entry {} went back to {to}, which is not before it", now.seq),
                )
                .rule("log-entry")
                .help("name the state to go back to"));
            }
            now = self.log.read(to).await?;
        }
        let Some(seq) = now.seq.checked_sub(1).filter(|seq| *seq > 0) else { return Err(first()) };
        let before = self.log.read(seq).await?;
        self.require_snapshot(before.body.snapshot).await?;
        let change = How::RolledBack { from: head.seq, to: seq };
        let change = Change { snapshot: before.body.snapshot, change, evidence: None };
        // Neighbours in a log differ, and the head is what `now` was.
        self.append(Some(head.position()), note, |_| Ok(change.clone())).await?.ok_or_else(first)
    }

    /// The newest entry; [`Kind::NotFound`] where the environment does not exist.
    pub async fn head(&self) -> Result<Entry<Change>> {
        self.log.head().await
    }

    /// At most `limit` entries, newest first.
    pub async fn history(&self, limit: usize) -> Result<Vec<Entry<Change>>> {
        let entries = self.log.entries(limit).await?;
        if entries.is_empty() && limit > 0 {
            self.log.head().await?;
        }
        Ok(entries)
    }

    /// The log underneath.
    pub fn log(&self) -> &Log<Change> {
        &self.log
    }

    async fn append(
        &self,
        expected: Option<Position>,
        note: &Note<'_>,
        make: impl Fn(&Entry<Change>) -> Result<Change>,
    ) -> Result<Option<Entry<Change>>> {
        let missing = || {
            Error::new(Kind::NotFound, format!("there is no environment named {:?}", self.name()))
                .help("create it first")
        };
        let next = |head: Option<&Entry<Change>>| {
            let head = head.ok_or_else(missing)?;
            let change = make(head)?;
            Ok((change.snapshot != head.body.snapshot).then_some(change))
        };
        let Some(expected) = expected else { return self.log.update(note, next).await };
        let head = self.log.head_if_exists().await?;
        if head.as_ref().is_some_and(|head| head.position() != expected) {
            return Err(Error::new(Kind::Conflict, format!("somebody else moved environment {:?} first", self.name()))
                .help("look at what they did, then do it again"));
        }
        match next(head.as_ref())? {
            Some(change) => self.log.append(Some(expected), change, note).await.map(Some),
            None => Ok(None),
        }
    }

    /// The number of the newest entry with this snapshot.
    async fn last_seen(&self, snapshot: Digest) -> Result<u64> {
        let entries = self.history(LONGEST_SEARCH).await?;
        entries.iter().find(|entry| entry.body.snapshot == snapshot).map(|entry| entry.seq).ok_or_else(|| {
            Error::new(Kind::Usage, format!("environment {:?} was never snapshot {snapshot}", self.name()))
                .help("promote the snapshot to it instead")
        })
    }

    async fn require_snapshot(&self, digest: Digest) -> Result<()> {
        if self.store.objects().exists(&revision::snapshot_path(digest)).await? {
            return Ok(());
        }
        Err(Error::new(Kind::NotFound, format!("the store has no snapshot {digest}")))
    }
}

/// The names of all environments of a store, sorted.
pub async fn list(store: &Store) -> Result<Vec<String>> {
    refs::names(store.objects(), ENVIRONMENT).await
}
