//! `env`: create, list, log, promote, roll back; policies and approvals.

use reposnap::environment::How;
use reposnap::environment::gate::{Evidence, Outcome as Verdict, Record};
use reposnap::{Error, Result};
use reposnap_api::environment::{self, Moved, Promoted};
use reposnap_api::gate::{self, Approved};

use crate::Outcome;
use crate::args;
use crate::commands::snapshot::{along, describe, summary};
use crate::context::Context;
use crate::output::table;

/// Runs a command of `env`.
pub async fn run(context: &Context, command: args::Env) -> Result<Outcome> {
    let session = context.session();
    match command {
        args::Env::Create { name, rev, dry_run, message, signing } => {
            let verb = if dry_run { "would begin" } else { "begins" };
            let args::EntryKey { key, password_file } = signing;
            let request = environment::Create { name, rev, dry_run, message, key, password_file };
            let entry = environment::create(session, request).await?;
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
        args::Env::Log { name, limit, verify } => {
            let entries = environment::log(session, environment::Log { name, limit: Some(limit), verify }).await?;
            context.print(&entries, |entries| history(entries))?;
            let holds = |entry: &Moved| entry.verification.as_ref().is_none_or(|one| one.outcome == Verdict::Holds);
            return Ok(if entries.iter().all(holds) { Outcome::Done } else { Outcome::Findings });
        }
        args::Env::Promote {
            name,
            rev,
            packages,
            with_deps,
            create,
            dry_run,
            message,
            evidence,
            override_reason,
            signing,
        } => {
            let args::EntryKey { key, password_file } = signing;
            let request = environment::Promote {
                name,
                rev,
                packages,
                with_deps,
                create,
                dry_run,
                message,
                evidence,
                override_reason,
                key,
                password_file,
            };
            let moved = environment::promote(session, request).await?;
            context.print(&moved, promoted)?;
            return Ok(if moved.passes { Outcome::Done } else { Outcome::Findings });
        }
        args::Env::Rollback { name, to, dry_run, message, evidence, override_reason, signing } => {
            let verb = if dry_run { "would be" } else { "is" };
            let args::EntryKey { key, password_file } = signing;
            let request =
                environment::Rollback { name, to, dry_run, message, evidence, override_reason, key, password_file };
            let entry = environment::rollback(session, request).await?;
            context.print(&entry, |entry| format!("{} {verb} {} again", entry.environment, entry.snapshot))?;
        }
        args::Env::Policy(command) => policy(context, command).await?,
        args::Env::Approve { name, rev, key, password_file, role, comment, output, dry_run } => {
            let dry_run = dry_run || output.is_some();
            let request = gate::Approve { name, rev, key, password_file, role, comment, dry_run };
            let approved = gate::approve(session, request).await?;
            if let (Some(file), Some(message)) = (&output, &approved.approval) {
                std::fs::write(file, message).map_err(|error| Error::io(file.display(), error))?;
            }
            let kept = output.map(|file| file.display().to_string());
            context.print(&approved, |approved| approval(approved, kept.as_deref()))?;
        }
    }
    Ok(Outcome::Done)
}

async fn policy(context: &Context, command: args::EnvPolicy) -> Result<()> {
    let session = context.session();
    match command {
        args::EnvPolicy::Set { name, file, dry_run, message, signing } => {
            let verb = if dry_run { "would have" } else { "has" };
            let args::EntryKey { key, password_file } = signing;
            let request = gate::SetPolicy { name, file: Some(file), text: None, dry_run, message, key, password_file };
            let entry = gate::set_policy(session, request).await?;
            let digest = |entry: &Moved| entry.policy.map(|policy| policy.digest.to_string()).unwrap_or_default();
            context.print(&entry, |entry| format!("{} {verb} policy {:.12}", entry.environment, digest(entry)))
        }
        args::EnvPolicy::Show { name } => {
            let known = gate::show_policy(session, gate::ShowPolicy { name }).await?;
            context.print(&known, |known| known.policy.trim_end().to_owned())
        }
        args::EnvPolicy::Remove { name, dry_run, message, signing } => {
            let verb = if dry_run { "would have" } else { "has" };
            let args::EntryKey { key, password_file } = signing;
            let request = gate::RemovePolicy { name, dry_run, message, key, password_file };
            let entry = gate::remove_policy(session, request).await?;
            context.print(&entry, |entry| format!("{} {verb} no policy any more", entry.environment))
        }
    }
}

fn approval(approved: &Approved, file: Option<&str>) -> String {
    let Some(signer) = &approved.signer else { return approved.statement.trim_end().to_owned() };
    let place = match file {
        Some(file) => format!("; the approval is in {file}"),
        None if approved.kept => String::new(),
        None => "; nothing was kept".to_owned(),
    };
    format!("{:.12} is approved for {} by {signer}{place}", approved.snapshot, approved.environment)
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
        vec![revision, snapshot, time, entry.actor.clone(), told(entry), entry.message.replace('\n', " ")]
    };
    let lines = table(&entries.iter().enumerate().map(row).collect::<Vec<_>>());
    let mut text = String::new();
    // One line of the table for each entry, and what it stands on below.
    for (line, entry) in lines.lines().zip(entries) {
        text.push_str(line);
        text.push('\n');
        if let Some(record) = &entry.gate {
            text.push_str(&judgement(record));
        }
        if let Some(verification) = &entry.verification {
            text.push_str(&format!("    {}\n", verdict(verification.outcome)));
            for finding in &verification.findings {
                text.push_str(&format!("      {}: {}\n", finding.rule, finding.message));
            }
        }
    }
    text.trim_end().to_owned()
}

const fn verdict(outcome: Verdict) -> &'static str {
    match outcome {
        Verdict::Holds => "holds",
        Verdict::CannotTell => "can't be checked any more",
        Verdict::DoesNotHold => "does not hold",
    }
}

/// What a policy asked for, and what there was.
fn judgement(record: &Record) -> String {
    let mut text = String::new();
    for one in &record.requirements {
        let mark = if one.holds { "ok" } else { "missing" };
        text.push_str(&format!("    {mark}: {}: {}\n", one.rule, one.message));
        if let Some(help) = &one.help {
            text.push_str(&format!("      {help}\n"));
        }
    }
    if let Some(reason) = &record.overridden {
        text.push_str(&format!("    overridden: {reason}\n"));
    }
    for evidence in &record.evidence {
        let line = match evidence {
            Evidence::Tests { name, file, counts } => {
                let failed = counts.failures + counts.errors;
                format!("tests {name}: {} tests, {failed} failed, {:.12}", counts.tests, file.digest)
            }
            Evidence::Approval { file, signer, user_id, date, role, comment } => {
                let who = user_id.as_deref().unwrap_or(signer);
                let role = role.as_ref().map(|role| format!(" as {role}")).unwrap_or_default();
                let comment = comment.as_ref().map(|comment| format!(": {comment}")).unwrap_or_default();
                format!("approval by {who}{role}, {date}, {:.12}{comment}", file.digest)
            }
            Evidence::File { name, file } => format!("file {name}: {} bytes, {:.12}", file.size, file.digest),
            // Told by their requirements.
            _ => continue,
        };
        text.push_str(&format!("    {line}\n"));
    }
    text
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
    let judged = promoted.gate.as_ref().map(judgement).unwrap_or_default();
    format!("{head}\n{judged}{along}{}{}", describe(&promoted.differences), summary(&promoted.differences))
}

fn told(entry: &Moved) -> String {
    match &entry.change {
        How::Created => "created".to_owned(),
        How::Promoted { from } => format!("promoted from {from}"),
        How::Partial { from, packages } => format!("took {} from {from}", packages.join(", ")),
        How::RolledBack { from, to } => format!("rolled back from {from} to {to}"),
        How::Policy { digest: Some(digest) } => format!("policy {digest:.12}"),
        How::Policy { digest: None } => "policy removed".to_owned(),
        _ => String::new(),
    }
}
