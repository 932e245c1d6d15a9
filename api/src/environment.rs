//! Environments: create, list, log, promote, roll back.

use jiff::Timestamp;
use serde::Serialize;

use super::operation::request;
use super::session::Session;
use super::snapshot::Package;
use super::taken::Taken;
use reposnap::digest::Digest;
use reposnap::environment::{self, Change, Environment, How};
use reposnap::error::{Error, Kind, Result};
use reposnap::snapshot::{self, Difference, Snapshot};
use reposnap::store::refs::Entry;

/// How many entries a log shows where nobody asks for more.
const LOG_LIMIT: usize = 50;

request! {
    /// Creates an environment.
    "env create"(Store) -> "env create";
    pub struct Create {
        required {
            /// Its name.
            name: String,
            /// The snapshot that it begins with.
            rev: String,
        }
        optional {
            /// Tell what the entry would be, and write nothing.
            dry_run: bool,
            /// Why.
            message: String,
        }
    }
}

request! {
    /// Lists the environments, each with its newest entry.
    "env list"(Store) -> "array of env create";
    pub struct List {
        required {}
        optional {}
    }
}

request! {
    /// Shows the newest entry of an environment.
    "env show"(Store) -> "env create";
    pub struct Show {
        required {
            /// The environment.
            name: String,
        }
        optional {}
    }
}

request! {
    /// Shows the history of an environment, newest first.
    "env log"(Store) -> "array of env create";
    pub struct Log {
        required {
            /// The environment.
            name: String,
        }
        optional {
            /// How many entries; 50 by default.
            limit: Option<usize>,
        }
    }
}

request! {
    /// Moves an environment to a snapshot, or takes over some of its packages.
    "env promote"(Store) -> "env promote";
    pub struct Promote {
        required {
            /// The environment.
            name: String,
            /// The snapshot.
            rev: String,
        }
        optional {
            /// Take over only the packages that pass one of these queries.
            packages: Vec<String>,
            /// Take along what these need, and what has to move with them so that all that could be installed still can.
            with_deps: bool,
            /// Begin the environment where there is none.
            create: bool,
            /// Tell what would change, and change nothing.
            dry_run: bool,
            /// Why.
            message: String,
        }
    }
}

request! {
    /// Moves an environment back.
    "env rollback"(Store) -> "env rollback";
    pub struct Rollback {
        required {
            /// The environment.
            name: String,
        }
        optional {
            /// Where to; by default the state before. Done again and again, that goes back further and further.
            to: Option<String>,
            /// Tell what the entry would be, and write nothing.
            dry_run: bool,
            /// Why.
            message: String,
        }
    }
}

/// An entry of an environment's history.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Moved {
    /// The environment.
    pub environment: String,
    /// The number of the entry, from 1.
    pub seq: u64,
    /// The snapshot.
    pub snapshot: Digest,
    /// When.
    pub time: Timestamp,
    /// Who.
    pub actor: String,
    /// Why.
    pub message: String,
    /// How.
    pub change: How,
}

/// What a promotion changes, or would.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Promoted {
    /// The environment.
    pub environment: String,
    /// The snapshot before; none where the environment begins.
    pub before: Option<Digest>,
    /// The snapshot after.
    pub after: Digest,
    /// Whether nothing was to be changed.
    pub dry_run: bool,
    /// Whether the environment moved.
    pub moved: bool,
    /// What came along, where that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub along: Vec<Package>,
    /// What differs between the two; nothing where the environment begins.
    pub differences: Vec<Difference>,
}

/// Creates an environment.
pub async fn create(session: &Session, request: Create) -> Result<Moved> {
    let session = &session.rehearsing(request.dry_run).await?;
    let store = session.store().await?;
    let revision = environment::resolve(&store, &request.rev).await?;
    let environment = Environment::open(&store, &request.name)?;
    let entry = environment.create(Change::created(revision.digest), &session.note(&request.message)).await?;
    Ok(moved(&request.name, entry))
}

/// Lists the environments, each with its newest entry.
pub async fn list(session: &Session, _: List) -> Result<Vec<Moved>> {
    let store = session.store().await?;
    let mut environments = Vec::new();
    for name in environment::list(&store).await? {
        let head = Environment::open(&store, &name)?.head().await?;
        environments.push(moved(&name, head));
    }
    Ok(environments)
}

/// Shows the newest entry of an environment.
pub async fn show(session: &Session, request: Show) -> Result<Moved> {
    let store = session.store().await?;
    let head = Environment::open(&store, &request.name)?.head().await?;
    Ok(moved(&request.name, head))
}

/// Shows the history of an environment, newest first.
pub async fn log(session: &Session, request: Log) -> Result<Vec<Moved>> {
    let store = session.store().await?;
    let environment = Environment::open(&store, &request.name)?;
    let entries = environment.history(request.limit.unwrap_or(LOG_LIMIT)).await?;
    Ok(entries.into_iter().map(|entry| moved(&request.name, entry)).collect())
}

/// Moves an environment to a snapshot, or takes over some of its packages.
pub async fn promote(session: &Session, request: Promote) -> Result<Promoted> {
    // Packages that are taken over make a snapshot; that of a dry run is forgotten.
    let session = &session.rehearsing(request.dry_run).await?;
    let store = session.store().await?;
    let environment = Environment::open(&store, &request.name)?;
    let (_, from) = session.snapshot(&request.rev).await?;
    let head = match environment.head().await {
        Err(error) if error.kind() == Kind::NotFound && request.create => {
            return begin(session, &environment, &from, request).await;
        }
        head => head?,
    };
    let before = Snapshot::open(&store, head.body.snapshot).await?;
    let mut along = Vec::new();
    let (after, change) = if request.packages.is_empty() {
        (from.clone(), Change::promoted(from.id(), &request.rev))
    } else {
        let taken = Taken::of(&before, &from, &request.packages, request.with_deps).await?;
        let after = snapshot::pull(&before, &from, &taken.query).await?;
        along = taken.along;
        let change = Change::partial(after.id(), &request.rev, taken.queries);
        (after, change)
    };
    let differences = snapshot::diff(&before, &after).await?;
    // Packages that are there already make a snapshot of another name, for it has other parents, but nothing to move to.
    let nothing_to_take = !request.packages.is_empty() && differences.is_empty();
    let entry = match request.dry_run || nothing_to_take {
        true => None,
        false => environment.promote(change, Some(head.position()), &session.note(&request.message)).await?,
    };
    let after = if nothing_to_take { before.clone() } else { after };
    Ok(Promoted {
        environment: request.name,
        before: Some(before.id()),
        after: after.id(),
        dry_run: request.dry_run,
        moved: entry.is_some(),
        along,
        differences,
    })
}

/// A promotion of an environment that does not exist yet.
async fn begin(session: &Session, environment: &Environment, from: &Snapshot, request: Promote) -> Result<Promoted> {
    if !request.packages.is_empty() {
        return Err(Error::new(
            Kind::Usage,
            format!("{} has nothing yet that packages could be taken into", request.name),
        )
        .help("begin it with a whole snapshot"));
    }
    if !request.dry_run {
        environment.create(Change::created(from.id()), &session.note(&request.message)).await?;
    }
    Ok(Promoted {
        environment: request.name,
        before: None,
        after: from.id(),
        dry_run: request.dry_run,
        moved: !request.dry_run,
        along: Vec::new(),
        differences: Vec::new(),
    })
}

/// Moves an environment back.
pub async fn rollback(session: &Session, request: Rollback) -> Result<Moved> {
    let session = &session.rehearsing(request.dry_run).await?;
    let store = session.store().await?;
    let name = request.name;
    let environment = Environment::open(&store, &name)?;
    let note = session.note(&request.message);
    let Some(to) = request.to else { return Ok(moved(&name, environment.undo(&note).await?)) };
    let revision = environment::resolve(&store, &to).await?;
    let entry = environment.rollback(&revision, &note).await?.ok_or_else(|| {
        Error::new(Kind::Usage, format!("{name} is snapshot {} already", revision.digest)).help("name another state")
    })?;
    Ok(moved(&name, entry))
}

fn moved(name: &str, entry: Entry<Change>) -> Moved {
    Moved {
        environment: name.to_owned(),
        seq: entry.seq,
        snapshot: entry.body.snapshot,
        time: entry.time,
        actor: entry.actor,
        message: entry.message,
        change: entry.body.change,
    }
}
