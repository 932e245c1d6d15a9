//! `store`: the care of a store.

use std::path::Path;

use reposnap::Result;
use reposnap::care::check::Report as Checked;
use reposnap::care::copy::Copied;
use reposnap::care::gc::Report as Collected;
use reposnap::care::kinds::Counts;
use reposnap::care::stats::Stats;
use reposnap_api::care;

use crate::Outcome;
use crate::args;
use crate::context::Context;
use crate::output::table;

/// Runs a command of `store`.
pub async fn run(context: &Context, command: args::Store) -> Result<Outcome> {
    let session = context.session();
    match command {
        args::Store::Gc(arguments) => {
            let request = care::Gc {
                keep_last: arguments.keep_last,
                keep_daily: arguments.keep_daily,
                keep_weekly: arguments.keep_weekly,
                keep_monthly: arguments.keep_monthly,
                keep_within: arguments.keep_within,
                keep: arguments.keep,
                locks: arguments.locks.iter().map(|path| text(path)).collect(),
                grace: Some(arguments.grace),
                dry_run: arguments.dry_run,
            };
            context.print(&care::collect(session, request).await?, collected)?;
        }
        args::Store::Check { data, repair_from, repair_upstream, dry_run } => {
            let repair_from = repair_from.as_deref().map(text);
            let report = care::check(session, care::Check { data, repair_from, repair_upstream, dry_run }).await?;
            context.print(&report, checked)?;
            return Ok(if report.is_clean() { Outcome::Done } else { Outcome::Findings });
        }
        args::Store::Stats { garbage } => {
            context.print(&care::stats(session, care::Stats { garbage }).await?, counted)?;
        }
        args::Store::Copy { to, environments, dry_run } => {
            let copy = care::copy(session, care::Copy { to, environments, dry_run }).await?;
            context.print(&copy, copied)?;
        }
        args::Store::Migrate { dry_run } => {
            let migrated = care::migrate(session, care::Migrate { dry_run }).await?;
            context.print(&migrated, |migrated| format!("{}\n", migrated.summary))?;
        }
    }
    Ok(Outcome::Done)
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn sorts(counts: &Counts) -> String {
    let row = |(sort, count): (&reposnap::care::kinds::Sort, &reposnap::care::kinds::Count)| {
        vec![format!("  {}", sort.word()), count.objects.to_string(), format!("{} bytes", count.bytes)]
    };
    table(&counts.iter().map(row).collect::<Vec<_>>())
}

fn collected(report: &Collected) -> String {
    let mut text = String::new();
    for swept in &report.swept {
        text.push_str(&format!(
            "swept plan {}: {} objects, {} bytes; {} spared\n",
            swept.epoch, swept.objects, swept.bytes, swept.spared
        ));
        text.push_str(&sorts(&swept.sorts));
    }
    if let Some(waiting) = &report.waiting {
        text.push_str(&format!("plan {} can be swept from {} on\n", waiting.epoch, waiting.due));
    }
    match &report.planned {
        Some(garbage) if garbage.objects == 0 => text.push_str("there is no garbage\n"),
        Some(garbage) => {
            let what = match garbage.epoch {
                Some(epoch) => format!("planned as {epoch}"),
                None => "garbage".to_owned(),
            };
            text.push_str(&format!("{what}: {} objects, {} bytes\n", garbage.objects, garbage.bytes));
            text.push_str(&sorts(&garbage.sorts));
            if garbage.more {
                text.push_str("there is more, for the next plan\n");
            }
        }
        None => {}
    }
    for snapshot in &report.retired {
        text.push_str(&format!("retired {snapshot}\n"));
    }
    text.push_str(&format!("{} snapshots with {} packages are needed\n", report.snapshots, report.packages));
    text
}

fn checked(report: &Checked) -> String {
    let mut text = String::new();
    for problem in &report.problems {
        let repaired = if problem.repaired { "repaired" } else { &problem.help };
        text.push_str(&format!("{}: {} ({repaired})\n", problem.path, problem.message));
    }
    if report.untold > 0 {
        text.push_str(&format!("and {} more\n", report.untold));
    }
    let absent = match report.absent {
        0 => String::new(),
        absent => format!(" ({absent} not fetched)"),
    };
    text.push_str(&format!(
        "{} entries, {} snapshots, {} chunks, {} packages{absent}: ",
        report.entries, report.snapshots, report.chunks, report.packages
    ));
    let left = report.problems.iter().filter(|problem| !problem.repaired).count() as u64 + report.untold;
    match (report.problems.len(), left) {
        (0, 0) => text.push_str("all is well\n"),
        (_, 0) => text.push_str("all is well again\n"),
        (_, 1) => text.push_str("1 problem\n"),
        (_, left) => text.push_str(&format!("{left} problems\n")),
    }
    text
}

fn counted(stats: &Stats) -> String {
    let mut text = sorts(&stats.sorts);
    text.push_str(&format!("{} objects, {} bytes\n", stats.objects, stats.bytes));
    text.push_str(&format!(
        "{} environments, {} mirrors, {} named snapshots, {} recorded images; {} snapshots\n",
        stats.environments, stats.mirrors, stats.named, stats.images, stats.snapshots
    ));
    let sharing = &stats.sharing;
    text.push_str(&format!(
        "{} chunks, used {} times; {} bytes, stored in {}\n",
        sharing.chunks, sharing.uses, sharing.bytes, sharing.stored
    ));
    if let Some(garbage) = &stats.garbage {
        text.push_str(&format!("nothing needs {} objects, {} bytes\n", garbage.objects, garbage.bytes));
    }
    text
}

fn copied(copy: &Copied) -> String {
    let what = if copy.dry_run { "would be copied" } else { "copied" };
    let mut text = format!("{} objects, {} bytes {what}; {} were there\n", copy.objects, copy.bytes, copy.kept);
    text.push_str(&sorts(&copy.sorts));
    text.extend(copy.ahead.iter().map(|log| format!("{log} has more entries there\n")));
    text
}
