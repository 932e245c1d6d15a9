//! `snapshot`: list, show, resolve, diff, merge, filter, pull.

use reposnap::Result;
use reposnap::snapshot::manifest::{Made, Part};
use reposnap::snapshot::{Change, Difference, Rule};
use reposnap_api::snapshot::{self, Derived, Listed, Package, Shown};

use crate::Outcome;
use crate::args;
use crate::context::Context;
use crate::output::table;

/// Runs a command of `snapshot`.
pub async fn run(context: &Context, command: args::Snapshot) -> Result<Outcome> {
    let session = context.session();
    match command {
        args::Snapshot::List => {
            let listed = snapshot::list(session, snapshot::List {}).await?;
            context.print(&listed, |listed| table(&listed.iter().map(row).collect::<Vec<_>>()))?;
        }
        args::Snapshot::Show { rev, packages } => {
            context.print(&snapshot::show(session, snapshot::Show { rev, packages }).await?, shown)?;
        }
        args::Snapshot::Resolve { rev } => {
            let resolved = snapshot::resolve(session, snapshot::Resolve { rev }).await?;
            context.print(&resolved, |resolved| resolved.snapshot.to_string())?;
        }
        args::Snapshot::Diff { before, after } => {
            let diff = snapshot::diff(session, snapshot::Diff { before, after }).await?;
            context.print(&diff, |diff| format!("{}{}", describe(&diff.differences), summary(&diff.differences)))?;
            return Ok(if diff.differences.is_empty() { Outcome::Done } else { Outcome::Findings });
        }
        args::Snapshot::Merge { revs, rule, derive: args::Derive { name, dry_run } } => {
            let rule = match rule {
                args::MergeRule::Precedence => Rule::Precedence,
                args::MergeRule::Newest => Rule::Newest,
                args::MergeRule::All => Rule::All,
            };
            let request = snapshot::Merge { revs, rule, name, dry_run };
            derived(context, dry_run, &snapshot::merge(session, request).await?)?;
        }
        args::Snapshot::Filter { rev, query, derive: args::Derive { name, dry_run } } => {
            let request = snapshot::Filter { rev, query, name, dry_run };
            derived(context, dry_run, &snapshot::filter(session, request).await?)?;
        }
        args::Snapshot::Pull { into, from, queries, with_deps, derive: args::Derive { name, dry_run } } => {
            let request = snapshot::Pull { into, from, queries, with_deps, name, dry_run };
            derived(context, dry_run, &snapshot::pull(session, request).await?)?;
        }
    }
    Ok(Outcome::Done)
}

fn row(one: &Listed) -> Vec<String> {
    vec![one.snapshot.to_string(), one.packages.to_string(), one.names.join(" ")]
}

fn derived(context: &Context, dry_run: bool, derived: &Derived) -> Result<()> {
    context.print(derived, |derived| match dry_run {
        true => format!("would be {}, {} packages\n{}", derived.snapshot, derived.packages, along(&derived.along)),
        false => format!("{}\n{}", derived.snapshot, along(&derived.along)),
    })
}

/// What came along, a line each.
pub fn along(packages: &[Package]) -> String {
    packages.iter().map(|it| format!("with {} {} {}\n", it.name, it.version, it.architecture)).collect()
}

fn shown(shown: &Shown) -> String {
    let mut text = format!("snapshot {}\nmade by  {}\n", shown.snapshot, made(&shown.made));
    for parent in &shown.parents {
        text.push_str(&format!("parent   {parent}\n"));
    }
    for part in &shown.parts {
        text.push_str(&part_text(part));
    }
    for package in shown.entries.iter().flatten() {
        text.push_str(&format!("{} {} {}\n", package.name, package.version, package.architecture));
    }
    text
}

fn made(made: &Made) -> String {
    match made {
        Made::Mirror { mirror, filter: None } => format!("mirror {mirror}"),
        Made::Mirror { mirror, filter: Some(filter) } => format!("mirror {mirror}, filter {filter}"),
        Made::Merge { rule } => format!("merge, {rule}"),
        Made::Filter { query } => format!("filter, {query}"),
        Made::Pull { query } => format!("pull, {query}"),
    }
}

fn part_text(part: &Part) -> String {
    let mut text = String::new();
    if !part.name.is_empty() {
        text.push_str(&format!("part     {}\n", part.name));
    }
    if let Some(uri) = &part.uri {
        text.push_str(&format!("  from   {uri}\n"));
    }
    if let Some(release) = &part.release {
        text.push_str(&format!("  date   {}\n", release.date.as_deref().unwrap_or("unknown")));
        for signer in &release.signers {
            text.push_str(&format!("  signed {signer}\n"));
        }
    }
    for list in &part.lists {
        text.push_str(&format!("  list   {} ({} packages)\n", list.path, list.entries));
    }
    text
}

/// Differences, a line each.
pub fn describe(differences: &[Difference]) -> String {
    let rows: Vec<Vec<String>> = differences
        .iter()
        .map(|difference| {
            let sign = match difference.change {
                Change::Added => "+",
                Change::Removed => "-",
                Change::Upgraded => "^",
                Change::Downgraded => "v",
                Change::Changed => "!",
            };
            let versions = match (&difference.before, &difference.after) {
                (Some(before), Some(after)) if before != after => format!("{before} -> {after}"),
                (Some(version), _) | (None, Some(version)) => version.clone(),
                (None, None) => String::new(),
            };
            vec![sign.to_owned(), difference.name.clone(), difference.architecture.clone(), versions]
        })
        .collect();
    table(&rows)
}

/// Differences in one line.
pub fn summary(differences: &[Difference]) -> String {
    let counts = snapshot::count(differences);
    if counts.is_empty() {
        return "nothing differs\n".to_owned();
    }
    let words: Vec<String> = counts.iter().map(|(change, count)| format!("{count} {change}")).collect();
    format!("{}\n", words.join(", "))
}
