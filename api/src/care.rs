//! The care of a store: garbage collection, checks, repairs, copies, counts, and its format.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use reposnap::care::gc::{self, GRACE};
use reposnap::care::mark::Keep;
use reposnap::care::repair::{self, Sources};
use reposnap::care::retention::{Retention, duration};
use reposnap::care::{self, check as checks, copy as copies, stats as counts};
use reposnap::error::{Error, Kind, Result};
use reposnap::resolve::lockfile::Lock;
use reposnap::snapshot::Snapshot;
use reposnap::store::{FORMAT_VERSION, Store, layout};
use reposnap_provenance::{fleet, history};
use serde::Serialize;

use crate::operation::request;
use crate::session::Session;

request! {
    /// Collects garbage in two phases: plans what nothing needs, and sweeps what was planned a grace period ago and still
    /// is not needed. Rules of retention say which entries of environments and mirrors keep their snapshots; without any,
    /// all do. The newest entry always does, and so does what has a name, what lock files need, and the newest snapshot
    /// that has a package of a recorded image.
    "store gc"(Store) -> "store gc";
    pub struct Gc {
        required {}
        optional {
            /// Keep the snapshots of so many of the newest entries of each environment and mirror.
            keep_last: Option<u64>,
            /// Keep the newest snapshot of each of so many days that have one.
            keep_daily: Option<u64>,
            /// Keep the newest snapshot of each of so many weeks that have one.
            keep_weekly: Option<u64>,
            /// Keep the newest snapshot of each of so many months that have one.
            keep_monthly: Option<u64>,
            /// Keep what was in force at any time of this duration before the newest entry, such as `30d`.
            keep_within: Option<String>,
            /// Snapshots to keep besides.
            keep: Vec<String>,
            /// Lock files whose snapshots are kept.
            locks: Vec<String>,
            /// How long a plan waits before it is swept, `24h` by default: longer than twice the longest update, merge or
            /// promotion. With `0s`, what is planned is swept at once.
            grace: Option<String>,
            /// Tell what would be planned, and write nothing.
            dry_run: bool,
        }
    }
}

request! {
    /// Checks the store: every log unbroken, every snapshot readable, every object that one needs there. What is wrong can be
    /// put right on the way.
    "store check"(Store) -> "store check";
    pub struct Check {
        required {}
        optional {
            /// Read every byte of packs and packages too, and verify every stanza.
            data: bool,
            /// Another store, a directory or a URL, to put back from what is missing or altered.
            repair_from: Option<String>,
            /// Put back missing and altered packages from where their snapshots say that they came from.
            repair_upstream: bool,
            /// Tell what would be put back, and write nothing; nothing is fetched from upstream.
            dry_run: bool,
        }
    }
}

request! {
    /// Counts what the store has.
    "store stats"(Store) -> "store stats";
    pub struct Stats {
        required {}
        optional {
            /// Count what nothing needs, too.
            garbage: bool,
        }
    }
}

request! {
    /// Copies the store into another one, or some environments with all that they need: what is missing there, each object
    /// verified, and entries of logs last. Done again, it goes on. Nothing in the other store is ever replaced.
    "store copy"(Store) -> "store copy";
    pub struct Copy {
        required {
            /// The other store, a directory or a URL, which is made where there is none.
            to: PathBuf,
        }
        optional {
            /// The environments; all that the store has where none is named.
            environments: Vec<String>,
            /// Tell what would be copied, and write nothing.
            dry_run: bool,
        }
    }
}

request! {
    /// Tells the format of the store, and brings it to the newest that this version knows.
    "store migrate"(Store) -> "store migrate";
    pub struct Migrate {
        required {}
        optional {
            /// Tell what would be done, and write nothing.
            dry_run: bool,
        }
    }
}

/// The format of a store.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Migrated {
    /// The format that the store has.
    pub version: u32,
    /// The oldest format that a reader has to know.
    pub min_reader: u32,
    /// The oldest format that a writer has to know.
    pub min_writer: u32,
    /// The newest format that this version knows.
    pub newest: u32,
    /// Whether anything was written.
    pub changed: bool,
    /// In one sentence, what was done.
    pub summary: String,
}

/// `store gc`.
pub async fn collect(session: &Session, request: Gc) -> Result<gc::Report> {
    let store = session.store().await?;
    let seconds = |field: &str, text: &Option<String>| text.as_ref().map(|text| duration(field, text)).transpose();
    let retention = Retention {
        last: request.keep_last,
        daily: request.keep_daily,
        weekly: request.keep_weekly,
        monthly: request.keep_monthly,
        within: seconds("keep_within", &request.keep_within)?,
    };
    let grace = seconds("grace", &request.grace)?.unwrap_or(GRACE);
    let mut snapshots = BTreeSet::new();
    for rev in &request.keep {
        snapshots.insert(session.snapshot(rev).await?.1.id());
    }
    for lock in &request.locks {
        let text = std::fs::read_to_string(lock).map_err(|error| Error::io(lock, error).field("locks"))?;
        for snapshot in Lock::parse(&text).map_err(|error| error.path(lock))?.snapshots() {
            // A lock file may have been made with another store.
            if store.objects().exists(&layout::snapshot(snapshot)).await? {
                snapshots.insert(snapshot);
            } else {
                session.progress().note(&format!("{lock}: {}", Snapshot::missing(&store, snapshot).await));
            }
        }
    }
    if !request.dry_run && !retention.keeps_all() && !store.objects().names("history").await?.is_empty() {
        // What histories tell of snapshots outlives these, where they have come so far.
        history::Histories::of(&store, session.progress()).await?;
    }
    let mut segments = history::segments(&store).await?;
    segments.extend(fleet::segments(&store).await?);
    let keep =
        Keep { retention, snapshots: snapshots.into_iter().collect(), segments: Some(segments.into_iter().collect()) };
    gc::collect(&store, gc::Options { keep, grace, dry_run: request.dry_run }, session.progress()).await
}

/// `store check`.
pub async fn check(session: &Session, request: Check) -> Result<checks::Report> {
    let store = session.rehearsing(request.dry_run).await?.store().await?;
    let other = match &request.repair_from {
        Some(place) => Some(Store::open_read_only(Path::new(place)).await?),
        None => None,
    };
    let fetcher = (request.repair_upstream && !request.dry_run).then(|| session.fetcher()).transpose()?;
    let sources = Sources { store: other.as_ref(), upstream: fetcher.as_ref() };
    repair::repair(&store, request.data, sources, session.progress()).await
}

/// `store stats`.
pub async fn stats(session: &Session, request: Stats) -> Result<counts::Stats> {
    let store = session.store().await?;
    care::stats(&store, request.garbage.then(Keep::default), session.progress()).await
}

/// `store copy`.
pub async fn copy(session: &Session, request: Copy) -> Result<copies::Copied> {
    let store = session.store().await?;
    let target = match request.dry_run {
        true => match Store::open_read_only(&request.to).await {
            Err(error) if error.kind() == Kind::NotFound => Store::memory(),
            opened => opened?,
        },
        false => Store::open_or_create(&request.to).await?,
    };
    if store.is_same_place(&target) {
        return Err(Error::new(Kind::Usage, "a store can't be copied into itself")
            .field("to")
            .path(request.to.display().to_string())
            .help("name another place"));
    }
    care::copy(&store, &target, &request.environments, request.dry_run, session.progress()).await
}

/// `store migrate`.
pub async fn migrate(session: &Session, request: Migrate) -> Result<Migrated> {
    let store = session.store().await?;
    let format = store.format();
    if format.version > FORMAT_VERSION || format.min_writer > FORMAT_VERSION {
        return Err(Error::new(Kind::Format, "the store has a newer format than this version can write")
            .field(if format.version > FORMAT_VERSION { "version" } else { "min_writer" })
            .mismatch(format!("at most {FORMAT_VERSION}"), format.version.max(format.min_writer).to_string())
            .help("use a newer reposnap"));
    }
    // There has been one format so far.
    let _ = request.dry_run;
    Ok(Migrated {
        version: format.version,
        min_reader: format.min_reader,
        min_writer: format.min_writer,
        newest: FORMAT_VERSION,
        changed: false,
        summary: format!("the store has format {}, the newest; there is nothing to do", format.version),
    })
}
