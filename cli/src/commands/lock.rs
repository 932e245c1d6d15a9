//! `lock`: files that say exactly what an environment has.

use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;
use reposnap::resolve::lockfile::export::Format;
use reposnap::resolve::lockfile::{Diff, Problem};
use reposnap::{Error, Kind, Result};
use reposnap_api::lock::{self, Locked, Updated, Verified, Word};

use crate::args;
use crate::context::Context;
use crate::output::table;
use crate::{Outcome, output};

/// The most bytes of a lock: 128 MiB.
const MAX_LOCK: u64 = reposnap::resolve::lockfile::MAX_BYTES as u64;

/// Runs a command of `lock`.
pub async fn run(context: &Context, command: args::Lock) -> Result<Outcome> {
    let session = context.session();
    match command {
        args::Lock::Create { rev, names, solver, no_recommends, machine, file } => {
            let args::Machine { architecture, foreign, status, pins, default_release } = machine;
            let request = lock::Create {
                rev,
                names,
                solver,
                no_recommends,
                architecture,
                foreign,
                status,
                pins,
                default_release,
            };
            let locked = lock::create(session, request).await?;
            output::file(&file.file, &locked.text)?;
            if file.file != Path::new("-") {
                context.print(&locked, |locked| {
                    format!("{} packages are locked in {}", locked.lock.packages().len(), file.file.display())
                })?;
            }
        }
        args::Lock::Show { file } => {
            let locked = lock::show(session, lock::Show { lock: read(&file.file)? }).await?;
            context.print(&locked, shown)?;
        }
        args::Lock::Diff { before, after } => {
            let request = lock::Diff { before: read(&before)?, after: read(&after)? };
            let diff = lock::diff(session, request).await?;
            context.print(&diff, told)?;
            return Ok(if diff.is_empty() { Outcome::Done } else { Outcome::Findings });
        }
        args::Lock::Update { rev, only, status, dry_run, file } => {
            let request = lock::Update { lock: read(&file.file)?, rev, only, status };
            let updated = lock::update(session, request).await?;
            if !dry_run {
                output::file(&file.file, &updated.locked.text)?;
            }
            if dry_run || file.file != Path::new("-") {
                context.print(&updated, moved)?;
            }
        }
        args::Lock::Verify { file } => {
            let verified = lock::verify(session, lock::Verify { lock: read(&file.file)? }).await?;
            context.print(&verified, faults)?;
            return Ok(if verified.faults.is_empty() { Outcome::Done } else { Outcome::Findings });
        }
        args::Lock::Export { format, exclusive, relations, about, file } => {
            let args::About { base, published, name, vendor, distro, created } = about;
            let (lock, word) = (read(&file.file)?, Word(format));
            let text = if relations {
                let request = lock::Bill { lock, format: word, base, published, name, vendor, distro, created };
                lock::bill(session, request).await?
            } else {
                // Of what is made of a lock alone, the time is in bills.
                let is_bill = matches!(format, Format::CycloneDx | Format::Spdx);
                let created = created.or_else(|| is_bill.then(Timestamp::now));
                let request =
                    lock::Export { lock, format: word, base, published, exclusive, name, vendor, distro, created };
                lock::export(session, request).await?
            };
            context.print(&text, |text| text.text.clone())?;
        }
    }
    Ok(Outcome::Done)
}

fn read(path: &Path) -> Result<String> {
    let at = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
    let failed = |error| Error::io(&at, error);
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(MAX_LOCK + 1).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).map_err(failed)?.take(MAX_LOCK + 1).read_to_string(&mut text)
    };
    match read.map_err(failed)? as u64 > MAX_LOCK {
        true => Err(Error::new(Kind::Limit, format!("a lock of more than {MAX_LOCK} bytes")).path(at)),
        false => Ok(text),
    }
}

fn shown(locked: &Locked) -> String {
    let rows: Vec<Vec<String>> = locked
        .lock
        .packages()
        .iter()
        .map(|package| {
            let reason = package.reason.as_ref().map(ToString::to_string).unwrap_or_default();
            vec![package.name.clone(), package.version.clone(), package.architecture.clone(), reason]
        })
        .collect();
    table(&rows)
}

fn told(diff: &Diff) -> String {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(diff.removed.iter().map(|package| format!("- {} {}", package.name, package.version)));
    lines.extend(diff.added.iter().map(|package| format!("+ {} {}", package.name, package.version)));
    for (mark, changes) in [("^", &diff.upgraded), ("v", &diff.downgraded), ("=", &diff.rebuilt)] {
        lines.extend(
            changes.iter().map(|change| format!("{mark} {} {} -> {}", change.name, change.before, change.after)),
        );
    }
    lines.join("\n")
}

fn moved(updated: &Updated) -> String {
    if updated.moves.is_empty() {
        return "nothing moves".to_owned();
    }
    updated.moves.iter().map(|one| format!("{one}\n")).collect()
}

fn faults(verified: &Verified) -> String {
    if verified.faults.is_empty() {
        return format!("{} packages are there as they were locked", verified.packages);
    }
    let line = |fault: &reposnap::resolve::lockfile::Fault| {
        let what = match &fault.problem {
            Problem::Missing => "its snapshot has no such version".to_owned(),
            Problem::Altered { expected, .. } => format!("its snapshot has it with other content than {expected}"),
            Problem::NoSnapshot { snapshot } => format!("there is no snapshot {snapshot}"),
            _ => "it is not as it was locked".to_owned(),
        };
        format!("{} {} {}: {what}\n", fault.name, fault.version, fault.architecture)
    };
    verified.faults.iter().map(line).collect()
}
