//! `snapshot`: list, show, diff, merge, filter, pull.

use std::collections::BTreeMap;

use reposnap::environment::{self, Environment, Revision, named};
use reposnap::snapshot::manifest::{Made, Part};
use reposnap::snapshot::{Change, Difference, Query, Rule, Snapshot, Want, diff, filter, merge, pull};
use reposnap::source::mirror::Mirror;
use reposnap::store::Store;
use reposnap::{Digest, Result};
use serde::Serialize;

use crate::Outcome;
use crate::args;
use crate::context::Context;
use crate::output::table;

/// A snapshot in a list.
#[derive(Serialize)]
struct Listed {
    snapshot: Digest,
    packages: u64,
    names: Vec<String>,
}

/// A snapshot in full.
#[derive(Serialize)]
struct Shown<'a> {
    snapshot: Digest,
    made: &'a Made,
    parents: &'a [Digest],
    packages: u64,
    parts: &'a [Part],
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<Vec<Package>>,
}

/// A package in a list.
#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    architecture: String,
}

#[derive(Serialize)]
struct Diff {
    before: Digest,
    after: Digest,
    summary: BTreeMap<String, usize>,
    differences: Vec<Difference>,
}

#[derive(Serialize)]
struct Derived {
    snapshot: Digest,
    packages: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// Runs a command of `snapshot`.
pub async fn run(context: &Context, command: args::Snapshot) -> Result<Outcome> {
    let store = context.open().await?;
    let (derived, name) = match command {
        args::Snapshot::List => return list(context, &store).await,
        args::Snapshot::Show { rev, packages } => return show(context, &store, &rev, packages).await,
        args::Snapshot::Diff { before, after } => return differ(context, &store, &before, &after).await,
        args::Snapshot::Merge { revs, rule, name } => {
            let mut snapshots = Vec::new();
            for rev in &revs {
                snapshots.push(context.snapshot(&store, rev).await?.1);
            }
            let rule = match rule {
                args::MergeRule::Precedence => Rule::Precedence,
                args::MergeRule::Newest => Rule::Newest,
                args::MergeRule::All => Rule::All,
            };
            (merge(&store, &snapshots, rule).await?, name)
        }
        args::Snapshot::Filter { rev, query, name } => {
            let (_, snapshot) = context.snapshot(&store, &rev).await?;
            (filter(&snapshot, &query.parse()?).await?, name)
        }
        args::Snapshot::Pull { into, from, queries, name } => {
            let (_, into) = context.snapshot(&store, &into).await?;
            let (_, from) = context.snapshot(&store, &from).await?;
            let query: Query = any_of(&queries).parse()?;
            (pull(&into, &from, &query).await?, name)
        }
    };
    if let Some(name) = &name.name {
        named::name(&store, name, derived.id(), &context.note("")).await?;
    }
    let derived = Derived { snapshot: derived.id(), packages: derived.entries(), name: name.name };
    context.print(&derived, |derived| derived.snapshot.to_string())?;
    Ok(Outcome::Done)
}

async fn list(context: &Context, store: &Store) -> Result<Outcome> {
    let mut names: BTreeMap<Digest, Vec<String>> = BTreeMap::new();
    for mirror in Mirror::list(store).await? {
        if let Some(id) = mirror.snapshot_id() {
            names.entry(id).or_default().push(format!("mirror/{}", mirror.name()));
        }
    }
    for name in environment::list(store).await? {
        let head = Environment::open(store, &name)?.head().await?;
        names.entry(head.body.snapshot).or_default().push(format!("env/{name}"));
    }
    for (name, entry) in named::names(store).await? {
        names.entry(entry.body.snapshot).or_default().push(format!("snapshot/{name}"));
    }
    for id in Snapshot::list(store).await? {
        names.entry(id).or_default();
    }
    let mut listed = Vec::new();
    for (id, names) in names {
        let packages = Snapshot::open(store, id).await?.entries();
        listed.push(Listed { snapshot: id, packages, names });
    }
    context.print(&listed, |listed| {
        let row = |one: &Listed| vec![one.snapshot.to_string(), one.packages.to_string(), one.names.join(" ")];
        table(&listed.iter().map(row).collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

async fn show(context: &Context, store: &Store, rev: &str, packages: bool) -> Result<Outcome> {
    let (_, snapshot): (Revision, Snapshot) = context.snapshot(store, rev).await?;
    let entries = if packages { Some(list_packages(&snapshot).await?) } else { None };
    let manifest = snapshot.manifest();
    let shown = Shown {
        snapshot: snapshot.id(),
        made: &manifest.made,
        parents: &manifest.parents,
        packages: snapshot.entries(),
        parts: &manifest.parts,
        entries,
    };
    context.print(&shown, |shown| {
        let mut text = format!("snapshot {}\nmade by  {}\n", shown.snapshot, made(shown.made));
        for parent in shown.parents {
            text.push_str(&format!("parent   {parent}\n"));
        }
        for part in shown.parts {
            text.push_str(&part_text(part));
        }
        for package in shown.entries.iter().flatten() {
            text.push_str(&format!("{} {} {}\n", package.name, package.version, package.architecture));
        }
        text
    })?;
    Ok(Outcome::Done)
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

async fn list_packages(snapshot: &Snapshot) -> Result<Vec<Package>> {
    let mut packages = Vec::new();
    for (_, list) in snapshot.manifest().lists() {
        let mut reader = snapshot.read(list, Want::Keys)?;
        while let Some(batch) = reader.next_batch().await? {
            packages.extend(batch.into_iter().flat_map(|chunk| chunk.block.keys).map(|key| Package {
                name: key.name_str().to_owned(),
                version: key.version_str().to_owned(),
                architecture: key.architecture_str().to_owned(),
            }));
        }
    }
    packages.sort();
    packages.dedup();
    Ok(packages)
}

async fn differ(context: &Context, store: &Store, before: &str, after: &str) -> Result<Outcome> {
    let (_, before) = context.snapshot(store, before).await?;
    let (_, after) = context.snapshot(store, after).await?;
    let differences = diff(&before, &after).await?;
    let outcome = if differences.is_empty() { Outcome::Done } else { Outcome::Findings };
    let diff = Diff { before: before.id(), after: after.id(), summary: counts(&differences), differences };
    context.print(&diff, |diff| format!("{}{}", describe(&diff.differences), summary(&diff.differences)))?;
    Ok(outcome)
}

/// One query for packages that several ask for.
pub fn any_of(queries: &[String]) -> String {
    match queries {
        [query] => query.clone(),
        _ => queries.iter().map(|query| format!("({query})")).collect::<Vec<_>>().join(" | "),
    }
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
    let counts = counts(differences);
    if counts.is_empty() {
        return "nothing differs\n".to_owned();
    }
    let words: Vec<String> = counts.iter().map(|(change, count)| format!("{count} {change}")).collect();
    format!("{}\n", words.join(", "))
}

fn counts(differences: &[Difference]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for difference in differences {
        *counts.entry(difference.change.as_str().to_owned()).or_insert(0) += 1;
    }
    counts
}
