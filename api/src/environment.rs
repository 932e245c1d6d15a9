//! Environments: create, list, log, promote, roll back.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::Serialize;

use super::keys::Signing;
use super::operation::request;
use super::session::Session;
use super::snapshot::Package;
use super::taken::Taken;
use reposnap::digest::Digest;
use reposnap::environment::gate::{self, Given, Outcome, PolicyId, Proposal, Record, Reviewed};
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
            /// The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
            key: Option<String>,
            /// The file with the password of the key file.
            password_file: Option<PathBuf>,
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
            /// Judge each of them again: signatures, evidence, ages, checks and the chain between them.
            verify: bool,
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
            /// What speaks for it: `tests=FILE`, `tests:NAME=FILE` (reports in JUnit's XML), `approval=FILE` or
            /// `file:NAME=FILE`.
            evidence: Vec<String>,
            /// Do it although something is missing, for this reason, where the policy allows that.
            override_reason: Option<String>,
            /// The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
            key: Option<String>,
            /// The file with the password of the key file.
            password_file: Option<PathBuf>,
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
            /// What speaks for it, where the policy says that rollbacks are judged too; as for `env promote`.
            evidence: Vec<String>,
            /// Do it although something is missing, for this reason, where the policy allows that.
            override_reason: Option<String>,
            /// The key that signs the entry: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
            key: Option<String>,
            /// The file with the password of the key file.
            password_file: Option<PathBuf>,
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
    /// The policy that is in force from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyId>,
    /// How it was judged, and what spoke for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<Record>,
    /// Whether the entry is signed.
    pub signed: bool,
    /// What came of judging it again, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
}

/// What came of judging an entry again.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Verification {
    /// Whether all of it holds.
    pub outcome: Outcome,
    /// What does not hold, or can't be told any more.
    pub findings: Vec<gate::Finding>,
    /// Fingerprints of the primary keys whose signature of the entry was verified.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signers: Vec<String>,
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
    /// Whether the policy lets it pass; so where there is none.
    pub passes: bool,
    /// How it was judged, and what spoke for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<Record>,
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
    let signing = Signing::of(request.key.as_deref(), request.password_file.as_deref())?;
    let sign = |bytes: &[u8]| signing.sign(bytes);
    let note = signing.note(session.note(&request.message), &sign);
    let entry = environment.create(Change::created(revision.digest), &note).await?;
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
    let limit = request.limit.unwrap_or(LOG_LIMIT);
    if request.verify {
        let reviewed = gate::review(&environment, limit).await?;
        return Ok(reviewed.into_iter().map(|one| verified(&request.name, one)).collect());
    }
    let entries = environment.history(limit).await?;
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
    let signing = Signing::of(request.key.as_deref(), request.password_file.as_deref())?;
    let (mut passes, mut record, mut entry) = (true, None, None);
    if !nothing_to_take {
        let proposal = Proposal::new(change, from.id()).evidence(given(&request.evidence)?).signed(signing.is_some());
        let proposal = with_reason(proposal, request.override_reason.as_deref());
        let judgement = gate::judge(&environment, proposal, Some(head.position())).await?;
        passes = judgement.passes();
        record = judgement.record().cloned();
        if !request.dry_run {
            let sign = |bytes: &[u8]| signing.sign(bytes);
            entry = judgement.append(&signing.note(session.note(&request.message), &sign)).await?;
            session.tell_of_clocks(&request.name, entry.as_ref().unwrap_or(&head));
        }
    }
    let after = if nothing_to_take { before.clone() } else { after };
    Ok(Promoted {
        environment: request.name,
        before: Some(before.id()),
        after: after.id(),
        dry_run: request.dry_run,
        moved: entry.is_some(),
        passes,
        gate: record,
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
    if !request.evidence.is_empty() || request.override_reason.is_some() {
        return Err(Error::new(Kind::Usage, format!("{} has no policy yet, so nothing is judged", request.name))
            .help("create it, set its policy, and promote then"));
    }
    if !request.dry_run {
        let signing = Signing::of(request.key.as_deref(), request.password_file.as_deref())?;
        let sign = |bytes: &[u8]| signing.sign(bytes);
        let note = signing.note(session.note(&request.message), &sign);
        environment.create(Change::created(from.id()), &note).await?;
    }
    Ok(Promoted {
        environment: request.name,
        before: None,
        after: from.id(),
        dry_run: request.dry_run,
        moved: !request.dry_run,
        passes: true,
        gate: None,
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
    let revision = match &request.to {
        Some(to) => Some(environment::resolve(&store, to).await?),
        None => None,
    };
    let (head, change) = environment.going_back(revision.as_ref()).await?;
    let snapshot = change.snapshot;
    let signing = Signing::of(request.key.as_deref(), request.password_file.as_deref())?;
    let proposal = Proposal::going_back(change).evidence(given(&request.evidence)?).signed(signing.is_some());
    let proposal = with_reason(proposal, request.override_reason.as_deref());
    let judgement = gate::judge(&environment, proposal, Some(head)).await?;
    let sign = |bytes: &[u8]| signing.sign(bytes);
    let entry = judgement.append(&signing.note(session.note(&request.message), &sign)).await?.ok_or_else(|| {
        Error::new(Kind::Usage, format!("{name} is snapshot {snapshot} already")).help("name another state")
    })?;
    session.tell_of_clocks(&name, &entry);
    Ok(moved(&name, entry))
}

fn given(evidence: &[String]) -> Result<Vec<Given>> {
    evidence.iter().map(|text| Given::read(text)).collect()
}

fn with_reason(proposal: Proposal, reason: Option<&str>) -> Proposal {
    match reason {
        Some(reason) => proposal.overriding(reason),
        None => proposal,
    }
}

fn verified(name: &str, reviewed: Reviewed) -> Moved {
    let Reviewed { entry, outcome, findings, signers, .. } = reviewed;
    Moved { verification: Some(Verification { outcome, findings, signers }), ..moved(name, entry) }
}

pub(super) fn moved(name: &str, entry: Entry<Change>) -> Moved {
    Moved {
        environment: name.to_owned(),
        seq: entry.seq,
        snapshot: entry.body.snapshot,
        time: entry.time,
        actor: entry.actor,
        message: entry.message,
        change: entry.body.change,
        policy: entry.body.policy,
        gate: entry.body.gate,
        signed: entry.signature.is_some(),
        verification: None,
    }
}
