//! `env`: create, list, log, promote, roll back.

use reposnap::Result;
use reposnap::environment::How;
use reposnap_api::environment::{self, Moved, Promoted};

use crate::Outcome;
use crate::args;
use crate::commands::snapshot::{along, describe, summary};
use crate::context::Context;
use crate::output::table;

/// Runs a command of `env`.
pub async fn run(context: &Context, command: args::Env) -> Result<Outcome> {
    let session = context.session();
    match command {
        args::Env::Create { name, rev, dry_run, message } => {
            let verb = if dry_run { "would begin" } else { "begins" };
            let entry = environment::create(session, environment::Create { name, rev, dry_run, message }).await?;
            context.print(&entry, |entry| format!("{} {verb} with {}", entry.environment, entry.snapshot))?;
        }
        args::Env::List => {
            let entries = environment::list(session, environment::List {}).await?;
            context.print(&entries, |entries| table(&entries.iter().map(row).collect::<Vec<_>>()))?;
        }
        args::Env::Show { name } => {
            let entry = environment::show(session, environment::Show { name }).await?;
            context.print(&entry, |entry| table(&[row(entry)]))?;
        }
        args::Env::Log { name, limit } => {
            let entries = environment::log(session, environment::Log { name, limit: Some(limit) }).await?;
            context.print(&entries, |entries| history(entries))?;
        }
        args::Env::Promote { name, rev, packages, with_deps, create, dry_run, message } => {
            let request = environment::Promote { name, rev, packages, with_deps, create, dry_run, message };
            context.print(&environment::promote(session, request).await?, promoted)?;
        }
        args::Env::Rollback { name, to, dry_run, message } => {
            let verb = if dry_run { "would be" } else { "is" };
            let entry = environment::rollback(session, environment::Rollback { name, to, dry_run, message }).await?;
            context.print(&entry, |entry| format!("{} {verb} {} again", entry.environment, entry.snapshot))?;
        }
    }
    Ok(Outcome::Done)
}

fn row(entry: &Moved) -> Vec<String> {
    vec![entry.environment.clone(), entry.snapshot.to_string(), entry.time.to_string()]
}

fn history(entries: &[Moved]) -> String {
    let row = |(back, entry): (usize, &Moved)| {
        let name = &entry.environment;
        let revision = if back == 0 { name.clone() } else { format!("{name}~{back}") };
        let snapshot = format!("{:.12}", entry.snapshot);
        let time = entry.time.to_string();
        vec![revision, snapshot, time, entry.actor.clone(), told(&entry.change), entry.message.clone()]
    };
    table(&entries.iter().enumerate().map(row).collect::<Vec<_>>())
}

fn promoted(promoted: &Promoted) -> String {
    let Some(before) = promoted.before else {
        let verb = if promoted.moved { "begins" } else { "would begin" };
        return format!("{} {verb} with {}", promoted.environment, promoted.after);
    };
    let verb = match (promoted.dry_run, promoted.moved) {
        (true, _) => "would move",
        (false, true) => "moved",
        (false, false) => "stays",
    };
    let head = format!("{} {verb}: {before:.12} -> {:.12}", promoted.environment, promoted.after);
    let along = along(&promoted.along);
    format!("{head}\n{along}{}{}", describe(&promoted.differences), summary(&promoted.differences))
}

fn told(how: &How) -> String {
    match how {
        How::Created => "created".to_owned(),
        How::Promoted { from } => format!("promoted from {from}"),
        How::Partial { from, packages } => format!("took {} from {from}", packages.join(", ")),
        How::RolledBack { from, to } => format!("rolled back from {from} to {to}"),
        _ => String::new(),
    }
}
