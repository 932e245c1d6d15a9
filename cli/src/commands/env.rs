//! `env`: create, list, log, promote, roll back.

use reposnap::Result;
use reposnap::environment::{self, Change, Environment};
use reposnap::snapshot::{self, Difference, Query, diff};
use reposnap::store::refs::Entry;
use reposnap::{Digest, Error, Kind};
use serde::Serialize;

use crate::Outcome;
use crate::args;
use crate::commands::snapshot::{any_of, describe, summary};
use crate::context::Context;
use crate::output::table;

/// An entry of an environment's history.
#[derive(Serialize)]
struct Moved {
    environment: String,
    seq: u64,
    snapshot: Digest,
    time: jiff::Timestamp,
    actor: String,
    message: String,
    change: environment::How,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<serde_json::Value>,
}

/// What a promotion changes, or would.
#[derive(Serialize)]
struct Promotion {
    environment: String,
    before: Digest,
    after: Digest,
    dry_run: bool,
    moved: bool,
    differences: Vec<Difference>,
}

/// Runs a command of `env`.
pub async fn run(context: &Context, command: args::Env) -> Result<Outcome> {
    match command {
        args::Env::Create { name, rev, message } => create(context, &name, &rev, &message).await,
        args::Env::List => list(context).await,
        args::Env::Log { name, limit } => log(context, &name, limit).await,
        args::Env::Promote { name, rev, packages, dry_run, message } => {
            promote(context, Promote { name, rev, packages, dry_run, message }).await
        }
        args::Env::Rollback { name, to, message } => rollback(context, &name, to, &message).await,
    }
}

async fn create(context: &Context, name: &str, rev: &str, message: &str) -> Result<Outcome> {
    let store = context.open().await?;
    let revision = environment::resolve(&store, rev).await?;
    let environment = Environment::open(&store, name)?;
    let entry = environment.create(Change::created(revision.digest), &context.note(message)).await?;
    context.print(&moved(name, entry), |moved| format!("{} begins with {}", moved.environment, moved.snapshot))?;
    Ok(Outcome::Done)
}

async fn list(context: &Context) -> Result<Outcome> {
    let store = context.open().await?;
    let mut environments = Vec::new();
    for name in environment::list(&store).await? {
        let head = Environment::open(&store, &name)?.head().await?;
        environments.push(moved(&name, head));
    }
    context.print(&environments, |environments| {
        let row = |moved: &Moved| vec![moved.environment.clone(), moved.snapshot.to_string(), moved.time.to_string()];
        table(&environments.iter().map(row).collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

async fn log(context: &Context, name: &str, limit: usize) -> Result<Outcome> {
    let store = context.open().await?;
    let entries = Environment::open(&store, name)?.history(limit).await?;
    let entries: Vec<Moved> = entries.into_iter().map(|entry| moved(name, entry)).collect();
    context.print(&entries, |entries| {
        let row = |(back, moved): (usize, &Moved)| {
            let revision = if back == 0 { name.to_owned() } else { format!("{name}~{back}") };
            let snapshot = format!("{:.12}", moved.snapshot);
            vec![
                revision,
                snapshot,
                moved.time.to_string(),
                moved.actor.clone(),
                told(&moved.change),
                moved.message.clone(),
            ]
        };
        table(&entries.iter().enumerate().map(row).collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

struct Promote {
    name: String,
    rev: String,
    packages: Vec<String>,
    dry_run: bool,
    message: String,
}

async fn promote(context: &Context, asked: Promote) -> Result<Outcome> {
    let store = context.open().await?;
    let environment = Environment::open(&store, &asked.name)?;
    let head = environment.head().await?;
    let before = snapshot::Snapshot::open(&store, head.body.snapshot).await?;
    let (_, from) = context.snapshot(&store, &asked.rev).await?;
    let (after, change) = if asked.packages.is_empty() {
        (from.clone(), Change::promoted(from.id(), &asked.rev))
    } else {
        let query: Query = any_of(&asked.packages).parse()?;
        let after = snapshot::pull(&before, &from, &query).await?;
        let change = Change::partial(after.id(), &asked.rev, asked.packages.clone());
        (after, change)
    };
    let differences = diff(&before, &after).await?;
    let mut promoted = Promotion {
        environment: asked.name,
        before: before.id(),
        after: after.id(),
        dry_run: asked.dry_run,
        moved: false,
        differences,
    };
    if !asked.dry_run {
        let entry = environment.promote(change, Some(head.position()), &context.note(&asked.message)).await?;
        promoted.moved = entry.is_some();
    }
    context.print(&promoted, |promoted| {
        let verb = match (promoted.dry_run, promoted.moved) {
            (true, _) => "would move",
            (false, true) => "moved",
            (false, false) => "stays",
        };
        let head = format!("{} {verb}: {:.12} -> {:.12}", promoted.environment, promoted.before, promoted.after);
        format!("{head}\n{}{}", describe(&promoted.differences), summary(&promoted.differences))
    })?;
    Ok(Outcome::Done)
}

async fn rollback(context: &Context, name: &str, to: Option<String>, message: &str) -> Result<Outcome> {
    let store = context.open().await?;
    let environment = Environment::open(&store, name)?;
    let revision = environment::resolve(&store, &to.unwrap_or_else(|| format!("env/{name}~1"))).await?;
    let entry = environment.rollback(&revision, &context.note(message)).await?.ok_or_else(|| {
        Error::new(Kind::Usage, format!("{name} is snapshot {} already", revision.digest)).help("name another state")
    })?;
    context.print(&moved(name, entry), |moved| format!("{} is {} again", moved.environment, moved.snapshot))?;
    Ok(Outcome::Done)
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
        evidence: entry.body.evidence,
    }
}

fn told(how: &environment::How) -> String {
    match how {
        environment::How::Created => "created".to_owned(),
        environment::How::Promoted { from } => format!("promoted from {from}"),
        environment::How::Partial { from, packages } => format!("took {} from {from}", packages.join(", ")),
        environment::How::RolledBack { from, to } => format!("rolled back from {from} to {to}"),
        _ => String::new(),
    }
}
