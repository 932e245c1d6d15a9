//! Named, moving snapshots: promote, log, roll back.
//!
//! An environment is a [log](crate::store::refs) of the kind `env`; what it is now is its newest entry, and what it was can
//! always be asked. Nothing is ever taken back: rolling back appends an entry that names an old snapshot. What has to be
//! there before it moves is told by a policy, which is an entry of the same log: [`gate`].

mod change;
mod following;
pub mod gate;
pub mod named;
pub mod revision;

pub use change::{Change, How};
pub use following::Following;
pub use revision::{Revision, Source, resolve};

use jiff::Timestamp;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::snapshot::Snapshot;
use crate::snapshot::hold::{self, Packages};
use crate::store::Store;
use crate::store::refs::{self, ENVIRONMENT, Entry, Log, MOST_ATTEMPTS, Note, Position};
use gate::signing::Needed;
use gate::{Policy, PolicyId, Rule};

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

/// The policy that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InForce {
    /// Where it stands in the log.
    pub id: PolicyId,
    /// The policy.
    pub policy: Policy,
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
        let named = hold::mentioned(&change);
        let append = self.log.append(None, change, note);
        hold::appending(&self.store, &named, Packages::IfThere, append).await.map_err(|error| match error.kind() {
            Kind::Conflict if self.is_taken(&error) => {
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
    ///
    /// [`Kind::Verification`] (`gate-policy`) where the environment has a policy: then it is [`gate::judge`] that promotes.
    pub async fn promote(
        &self,
        change: Change,
        expected: Option<Position>,
        note: &Note<'_>,
    ) -> Result<Option<Entry<Change>>> {
        self.require_snapshot(change.snapshot).await?;
        self.append(expected, note, Way::Free, |_| Ok(change.clone())).await
    }

    /// Makes the environment what it was at `to`, an entry of its own log, or a snapshot that it once was; nothing happens
    /// where it is that still. [`Kind::Usage`] where it never was.
    ///
    /// [`Kind::Verification`] (`gate-policy`) where the policy says that rollbacks are judged as promotions are.
    pub async fn rollback(&self, to: &Revision, note: &Note<'_>) -> Result<Option<Entry<Change>>> {
        let seq = self.seen_at(to).await?;
        self.append(None, note, Way::Free, |head| {
            Ok(Change::new(to.digest, How::RolledBack { from: head.seq, to: seq }))
        })
        .await
    }

    /// Makes the environment what it was before. What was rolled back does not count as having been: done again, this goes
    /// one state further back, and what was undone never returns by it.
    ///
    /// [`Kind::NotFound`] where nothing is before; [`Kind::Conflict`] where somebody else moved the environment meanwhile;
    /// [`Kind::Verification`] as for [`rollback`](Self::rollback).
    pub async fn undo(&self, note: &Note<'_>) -> Result<Entry<Change>> {
        let (head, change) = self.going_back(None).await?;
        // Neighbours in a log differ, but for policies, and the head is what was left.
        let entry = self.append(Some(head), note, Way::Free, |_| Ok(change.clone())).await?;
        entry.ok_or_else(|| self.nothing_before())
    }

    /// The change that [`rollback`](Self::rollback) or, without `to`, [`undo`](Self::undo) would make, and the head that it
    /// would be made to; for [`gate::Proposal::going_back`].
    pub async fn going_back(&self, to: Option<&Revision>) -> Result<(Position, Change)> {
        let head = self.log.head().await?;
        let (snapshot, seq) = match to {
            Some(to) => (to.digest, self.seen_at(to).await?),
            None => self.before(&head).await?,
        };
        Ok((head.position(), Change::new(snapshot, How::RolledBack { from: head.seq, to: seq })))
    }

    /// Sets the policy, or with `None` takes it away; nothing happens where it is in force already. With `expected`, the head
    /// that the caller has seen, or fails with [`Kind::Conflict`].
    ///
    /// # Errors
    /// [`Kind::Usage`] for the policy of another environment; [`Kind::Verification`] (`gate-signature`) where the policy in
    /// force, or else the new one, wants entries to be signed and `note` does not, or with another key.
    pub async fn set_policy(
        &self,
        policy: Option<&Policy>,
        expected: Option<Position>,
        note: &Note<'_>,
    ) -> Result<Option<Entry<Change>>> {
        if let Some(other) = policy.map(Policy::environment).filter(|name| *name != self.name()) {
            return Err(Error::new(Kind::Usage, "the policy is for another environment")
                .mismatch(self.name(), other)
                .help("name the environment in the policy's field Environment"));
        }
        let digest = policy.map(Policy::digest);
        self.append(expected, note, Way::Policy(policy), |head| {
            let mut change = Change::new(head.body.snapshot, How::Policy { digest });
            change.rules = policy.map(|policy| policy.text().to_owned());
            Ok(change)
        })
        .await
    }

    /// The policy that is in force; nothing where there is none. [`Kind::NotFound`] where the environment does not exist.
    pub async fn policy(&self) -> Result<Option<InForce>> {
        let head = self.log.head().await?;
        self.policy_of(&head).await
    }

    /// The policy that was in force behind `entry`, an entry of this environment.
    pub async fn policy_of(&self, entry: &Entry<Change>) -> Result<Option<InForce>> {
        let Some(id) = entry.body.policy else { return Ok(None) };
        let wrong = |what: String| {
            Error::new(Kind::Malformed, what)
                .path(format!("{ENVIRONMENT}/{}", self.name()))
                .rule(Rule::Policy.as_str())
                .help("look with `env log --verify` at what was changed")
        };
        let rules = match id.seq {
            seq if seq > entry.seq => None,
            seq if seq == entry.seq => entry.body.rules.clone(),
            seq => self.log.read(seq).await?.body.rules,
        };
        let rules =
            rules.ok_or_else(|| wrong(format!("entry {} names a policy that entry {} has not", entry.seq, id.seq)))?;
        let found = Digest::of(rules.as_bytes());
        if found != id.digest {
            return Err(wrong(format!("the policy of entry {} is not what its digest says", id.seq))
                .mismatch(id.digest.to_string(), found.to_string()));
        }
        let policy =
            Policy::parse(rules.as_bytes()).map_err(|error| wrong(format!("the policy can't be read: {error}")))?;
        Ok(Some(InForce { id, policy }))
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

    /// Appends a change that was judged for the head `expected`.
    pub(in crate::environment) async fn append_judged(
        &self,
        expected: Position,
        change: Change,
        note: &Note<'_>,
    ) -> Result<Option<Entry<Change>>> {
        self.append(Some(expected), note, Way::Judged, |_| Ok(change.clone())).await
    }

    async fn append(
        &self,
        expected: Option<Position>,
        note: &Note<'_>,
        way: Way<'_>,
        make: impl Fn(&Entry<Change>) -> Result<Change>,
    ) -> Result<Option<Entry<Change>>> {
        for attempt in 0..MOST_ATTEMPTS {
            let head = self.log.head_if_exists().await?.ok_or_else(|| {
                Error::new(Kind::NotFound, format!("there is no environment named {:?}", self.name()))
                    .help("create it first")
            })?;
            if expected.is_some_and(|expected| head.position() != expected) {
                return Err(self.moved_first());
            }
            let mut change = make(&head)?;
            change.policy = match change.change {
                How::Policy { digest } => digest.map(|digest| PolicyId { seq: head.seq + 1, digest }),
                _ => head.body.policy,
            };
            let same = match change.change {
                How::Policy { digest } => digest == head.body.policy.map(|known| known.digest),
                _ => change.snapshot == head.body.snapshot,
            };
            if same {
                return Ok(None);
            }
            match self.append_to(&head, change, note, way).await {
                Err(error) if error.kind() == Kind::Conflict && expected.is_none() => refs::wait(attempt).await?,
                result => return result.map(Some),
            }
        }
        Err(Error::new(Kind::Conflict, format!("others moved environment {:?} without a pause", self.name()))
            .help("do it again"))
    }

    /// Appends to this very head, where the policy lets it pass. The policy is the head's, so none can come in between.
    async fn append_to(
        &self,
        head: &Entry<Change>,
        change: Change,
        note: &Note<'_>,
        way: Way<'_>,
    ) -> Result<Entry<Change>> {
        let in_force = self.policy_of(head).await?.map(|known| known.policy);
        if matches!(way, Way::Free) && in_force.as_ref().is_some_and(|policy| policy.gates(&change.change)) {
            return Err(Error::new(Kind::Verification, format!("environment {:?} has a policy", self.name()))
                .rule(Rule::Policy.as_str())
                .help("have the change judged by it first"));
        }
        let new = if let Way::Policy(new) = way { new } else { None };
        let named = hold::mentioned(&change);
        let Some(needed) = Needed::of(&change.change, in_force.as_ref(), new) else {
            let append = self.log.append(Some(head.position()), change, note);
            return hold::appending(&self.store, &named, Packages::IfThere, append).await;
        };
        let Some(sign) = note.signer() else { return Err(needed.missing()) };
        let moment = note.time().unwrap_or_else(Timestamp::now).max(head.time);
        let checked = |bytes: &[u8]| {
            let signature = sign(bytes)?;
            needed.verify(bytes, &signature, moment)?;
            Ok(signature)
        };
        let note = note.signed(&checked);
        let append = self.log.append(Some(head.position()), change, &note);
        hold::appending(&self.store, &named, Packages::IfThere, append).await
    }

    /// Whether it is this log that somebody else was first at.
    fn is_taken(&self, error: &Error) -> bool {
        error.at_path().is_some_and(|path| path.starts_with("refs/"))
    }

    /// What the environment was before `head`: the snapshot, and the number of the entry that tells it.
    async fn before(&self, head: &Entry<Change>) -> Result<(Digest, u64)> {
        let mut now = head.clone();
        loop {
            let at = match now.body.change {
                // Where it went back to is where it is.
                How::RolledBack { to, .. } => to,
                // It was that before it had the policy.
                How::Policy { .. } => now.seq - 1,
                _ => break,
            };
            if !(1..now.seq).contains(&at) {
                return Err(Error::new(
                    Kind::Malformed,
                    format!("entry {} went back to {at}, which is not before it", now.seq),
                )
                .rule("log-entry")
                .help("name the state to go back to"));
            }
            now = self.log.read(at).await?;
        }
        let seq = now.seq.checked_sub(1).filter(|seq| *seq > 0).ok_or_else(|| self.nothing_before())?;
        let snapshot = self.log.read(seq).await?.body.snapshot;
        self.require_snapshot(snapshot).await?;
        Ok((snapshot, seq))
    }

    /// The number of the entry at which the environment was `to`.
    async fn seen_at(&self, to: &Revision) -> Result<u64> {
        self.require_snapshot(to.digest).await?;
        let own = to.source == Source::Environment && to.name.as_deref() == Some(self.name());
        match to.seq.filter(|_| own) {
            Some(seq) => Ok(seq),
            None => self.last_seen(to.digest).await,
        }
    }

    fn moved_first(&self) -> Error {
        Error::new(Kind::Conflict, format!("somebody else moved environment {:?} first", self.name()))
            .help("look at what they did, then do it again")
    }

    fn nothing_before(&self) -> Error {
        Error::new(Kind::NotFound, format!("environment {:?} has no state before this one", self.name()))
            .help("look with `env log` what it was")
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
        Err(Snapshot::missing(&self.store, digest).await)
    }
}

/// How a change comes to be appended.
#[derive(Clone, Copy)]
enum Way<'a> {
    /// As it is, where no policy is about it.
    Free,
    /// It was judged for this head.
    Judged,
    /// It sets this policy, or takes it away.
    Policy(Option<&'a Policy>),
}

/// The names of all environments of a store, sorted.
pub async fn list(store: &Store) -> Result<Vec<String>> {
    refs::names(store.objects(), ENVIRONMENT).await
}
