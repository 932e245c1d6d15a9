//! Lock files: made, shown, compared, updated, verified, and written in the words of others.

use jiff::Timestamp;
use serde::Serialize;

use super::choice::{Choice, Chosen, Solver, choice_request};
use super::operation::{ParameterType, request};
use super::session::Session;
use reposnap::digest::Digest;
use reposnap::error::{Error, Kind, Result};
use reposnap::resolve::lockfile::export::{Format, Layout, Options};
use reposnap::resolve::lockfile::{self, Diff as Differences, Fault, Graph, Head, Lock, Move, Update as Updating};
use reposnap::resolve::{Policy, Preferences, Universe, goals};

impl ParameterType for Format {
    const KIND: &'static str = "word: apt-pins, apt-install, uris, curl, sha256sums, cyclonedx, spdx";
}

choice_request! {
    /// Locks exactly what packages bring along: every version, its file's digest, and what brought it.
    "lock create" -> "lock";
    pub struct Create {
        required {
            /// The snapshot.
            rev: String,
            /// The packages: `name`, `name:architecture`, `name=version` or `name/suite`.
            names: Vec<String>,
        }
        optional {
            /// How to choose; `apt-classic` by default.
            solver: Solver,
            /// Do without what is only recommended.
            no_recommends: bool,
        }
    }
}

request! {
    /// Reads a lock.
    "lock show"(Nothing) -> "lock";
    pub struct Show {
        required {
            /// The lock's text.
            lock: String,
        }
        optional {}
    }
}

request! {
    /// Tells what differs between two locks.
    "lock diff"(Nothing) -> "lock diff";
    pub struct Diff {
        required {
            /// The first lock's text.
            before: String,
            /// The second lock's text.
            after: String,
        }
        optional {}
    }
}

request! {
    /// Moves a lock to a newer snapshot: all of it, or what the fix of some packages needs and nothing else.
    "lock update"(Store) -> "lock update";
    pub struct Update {
        required {
            /// The lock's text.
            lock: String,
            /// The newer snapshot.
            rev: String,
        }
        optional {
            /// Source or binary packages; everything by default.
            only: Vec<String>,
            /// The status file of the system that the packages go on top of, where the lock has such a base.
            status: Option<std::path::PathBuf>,
        }
    }
}

request! {
    /// Tells whether the snapshots still have what a lock says.
    "lock verify"(Store) -> "lock verify";
    pub struct Verify {
        required {
            /// The lock's text.
            lock: String,
        }
        optional {}
    }
}

request! {
    /// Writes a lock in the words of others: apt's pins and arguments, lists of files, bills of materials.
    "lock export"(Nothing) -> "text";
    pub struct Export {
        required {
            /// The lock's text.
            lock: String,
            /// In which words.
            format: Word,
        }
        optional {
            /// The URL that the files lie below; needed for `uris` and `curl`.
            base: Option<String>,
            /// They lie where `publish` puts them, not where upstream has them.
            published: bool,
            /// Pins: refuse every package that is not locked.
            exclusive: bool,
            /// Bills of materials: what they are about.
            name: Option<String>,
            /// The vendor in the packages' purls; `debian` by default.
            vendor: Option<String>,
            /// The release in the packages' purls, such as `bookworm`.
            distro: Option<String>,
            /// When the bill was made; needed for `spdx`.
            created: Option<Timestamp>,
        }
    }
}

request! {
    /// Writes a bill of materials of a lock, with all that its packages say of each other in their snapshots.
    "lock bill"(Store) -> "text";
    pub struct Bill {
        required {
            /// The lock's text.
            lock: String,
            /// `cyclonedx` or `spdx`.
            format: Word,
        }
        optional {
            /// The URL that the files lie below.
            base: Option<String>,
            /// They lie where `publish` puts them, not where upstream has them.
            published: bool,
            /// What it is about.
            name: Option<String>,
            /// The vendor in the packages' purls; `debian` by default.
            vendor: Option<String>,
            /// The release in the packages' purls, such as `bookworm`.
            distro: Option<String>,
            /// When it was made; now by default.
            created: Option<Timestamp>,
        }
    }
}

/// The word of a format.
#[derive(Clone, Copy, Debug)]
pub struct Word(pub Format);

impl Default for Word {
    fn default() -> Self {
        Self(Format::AptPins)
    }
}

impl<'de> serde::Deserialize<'de> for Word {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map(Word).map_err(serde::de::Error::custom)
    }
}

impl ParameterType for Word {
    const KIND: &'static str = Format::KIND;
}

/// A lock.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Locked {
    /// Its text: what to keep.
    pub text: String,
    /// The SHA-256 of the text.
    pub sha256: Digest,
    /// The same as a document.
    pub lock: Lock,
}

/// A lock that was moved.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Updated {
    /// The lock as it is now.
    #[serde(flatten)]
    pub locked: Locked,
    /// What moved, by name and architecture.
    pub moves: Vec<Move>,
}

/// Whether the snapshots still have what a lock says.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Verified {
    /// How many packages were looked at.
    pub packages: usize,
    /// Those that are not there as they were locked.
    pub faults: Vec<Fault>,
}

/// A text.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Text {
    /// It.
    pub text: String,
}

impl From<Lock> for Locked {
    fn from(lock: Lock) -> Self {
        let text = lock.to_string();
        Self { sha256: Digest::of(text.as_bytes()), text, lock }
    }
}

/// Locks exactly what packages bring along.
///
/// # Errors
/// Those of [`resolve`](super::resolve::resolve); [`Kind::NotFound`] where a package has no file.
pub async fn create(session: &Session, request: Create) -> Result<Locked> {
    let chosen = request.choice().open(session, &request.rev).await?;
    let head = head(&chosen, request.names, request.solver, !request.no_recommends, request.default_release);
    solved(&chosen, head, request.solver).map(Locked::from)
}

/// What was asked of `chosen`.
fn head(
    chosen: &Chosen,
    names: Vec<String>,
    solver: Solver,
    recommends: bool,
    default_release: Option<String>,
) -> Head {
    let mut head = Head::new(chosen.snapshot(), names);
    head.solver = solver.as_str().to_owned();
    head.recommends = recommends;
    head.pins = chosen.pins.clone();
    head.default_release = default_release;
    head.base = chosen.base;
    head
}

/// The answer to what a head asks.
fn solved(chosen: &Chosen, head: Head, solver: Solver) -> Result<Lock> {
    let goals = goals(&chosen.universe, &head.requested)?;
    let plan = chosen.plan(&goals, solver, head.recommends)?;
    Lock::of(&chosen.universe, &plan, &goals, head)
}

/// Reads a lock.
///
/// # Errors
/// Those of [`Lock::parse`].
pub async fn show(_: &Session, request: Show) -> Result<Locked> {
    Lock::parse(&request.lock).map(Locked::from)
}

/// Tells what differs between two locks.
///
/// # Errors
/// Those of [`Lock::parse`].
pub async fn diff(_: &Session, request: Diff) -> Result<Differences> {
    Ok(Lock::parse(&request.before)?.diff(&Lock::parse(&request.after)?))
}

/// Moves a lock to a newer snapshot.
///
/// # Errors
/// Those of [`Lock::parse`], [`create`] and [`lockfile::Update::run`]; [`Kind::Usage`] where the status file is not the
/// lock's base.
pub async fn update(session: &Session, request: Update) -> Result<Updated> {
    let lock = Lock::parse(&request.lock)?;
    let head = lock.head().clone();
    let policy = || -> Result<Policy> {
        let preferences = Preferences::parse(head.pins.as_bytes(), "the lock's pins")?;
        Ok(Policy {
            preferences: vec![preferences],
            default_release: head.default_release.clone(),
            ..Policy::default()
        })
    };
    let choice = Choice {
        architecture: Some(&head.architecture),
        foreign: &head.foreign,
        status: request.status.as_deref(),
        ..Choice::default()
    };
    let newer = session.snapshot(&request.rev).await?.1;
    let new = choice.under(vec![newer], policy()?, head.pins.clone()).await?;
    if new.base != head.base {
        let error = Error::new(Kind::Usage, "the status file is not that of the system that the lock goes on top of");
        return Err(match head.base {
            Some(base) => error.help(format!("name the file with the SHA-256 {base}")),
            None => error.help("the lock has no base: name none"),
        });
    }
    if request.only.is_empty() {
        let solver = Solver::ALL
            .into_iter()
            .find(|solver| solver.as_str() == head.solver)
            .ok_or_else(|| Error::new(Kind::Unsupported, format!("there is no solver {:?}", head.solver)))?;
        let mut next = head;
        next.snapshot = new.snapshot();
        next.remove.clear();
        let next = solved(&new, next, solver)?;
        let moves = lockfile::moves(&lock, &next);
        return Ok(Updated { locked: next.into(), moves });
    }
    let mut old = Vec::new();
    for digest in lock.snapshots() {
        let snapshot = session.snapshot(&digest.to_string()).await?.1;
        old.push(choice.under(vec![snapshot], Policy::default(), String::new()).await?.universe);
    }
    let updated = Updating {
        lock: &lock,
        old: &old.iter().collect::<Vec<_>>(),
        new: &new.universe,
        candidates: &new.candidates,
        snapshot: new.snapshot(),
        only: &request.only,
    }
    .run()?;
    Ok(Updated { locked: updated.lock.into(), moves: updated.moves })
}

/// Tells whether the snapshots still have what a lock says.
///
/// # Errors
/// Those of [`Lock::parse`], and of reading the snapshots; a snapshot that there is not is a fault.
pub async fn verify(session: &Session, request: Verify) -> Result<Verified> {
    let lock = Lock::parse(&request.lock)?;
    let universes = universes(session, &lock).await?;
    let universes: Vec<(Digest, &Universe)> = universes.iter().map(|(digest, universe)| (*digest, universe)).collect();
    Ok(Verified { packages: lock.packages().len(), faults: lock.verify_all(&universes) })
}

/// Writes a lock in the words of others.
///
/// # Errors
/// Those of [`Lock::parse`] and [`Lock::export`].
pub async fn export(_: &Session, request: Export) -> Result<Text> {
    let lock = Lock::parse(&request.lock)?;
    let mut options = Options::default();
    options.base = request.base;
    options.exclusive = request.exclusive;
    about(&mut options, request.published, request.name, request.vendor, request.distro);
    options.created = request.created;
    Ok(Text { text: lock.export(request.format.0, &options)? })
}

/// Writes a bill of materials of a lock.
///
/// # Errors
/// Those of [`export`]; [`Kind::Usage`] for another format; [`Kind::NotFound`] where a snapshot is not there.
pub async fn bill(session: &Session, request: Bill) -> Result<Text> {
    let lock = Lock::parse(&request.lock)?;
    let format = request.format.0;
    if !matches!(format, Format::CycloneDx | Format::Spdx) {
        return Err(Error::new(Kind::Usage, format!("{format} is no bill of materials")).help("cyclonedx and spdx are"));
    }
    let universes = universes(session, &lock).await?;
    if let Some(missing) = lock.snapshots().into_iter().find(|id| universes.iter().all(|(have, _)| have != id)) {
        return Err(Error::new(Kind::NotFound, format!("there is no snapshot {missing}, which the lock is of")));
    }
    let universes: Vec<&Universe> = universes.iter().map(|(_, universe)| universe).collect();
    let mut options = Options::default();
    options.base = request.base;
    about(&mut options, request.published, request.name, request.vendor, request.distro);
    options.graph = Some(Graph::of(&lock, &universes)?);
    options.created = Some(request.created.unwrap_or_else(Timestamp::now));
    Ok(Text { text: lock.export(format, &options)? })
}

fn about(options: &mut Options, published: bool, name: Option<String>, vendor: Option<String>, distro: Option<String>) {
    if published {
        options.layout = Layout::Published;
    }
    if let Some(name) = name {
        options.name = name;
    }
    if let Some(vendor) = vendor {
        options.vendor = vendor;
    }
    options.distro = distro;
}

/// The universes of a lock's snapshots, of those that there are.
async fn universes(session: &Session, lock: &Lock) -> Result<Vec<(Digest, Universe)>> {
    let head = lock.head();
    let choice = Choice { architecture: Some(&head.architecture), foreign: &head.foreign, ..Choice::default() };
    let mut universes = Vec::new();
    for digest in lock.snapshots() {
        match session.snapshot(&digest.to_string()).await {
            Ok((_, snapshot)) => {
                let chosen = choice.under(vec![snapshot], Policy::default(), String::new()).await?;
                universes.push((digest, chosen.universe));
            }
            Err(error) if error.kind() == Kind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(universes)
}
