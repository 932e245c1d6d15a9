//! Snapshots: list, show, resolve, diff, merge, filter, pull.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::operation::{ParameterType, request};
use super::session::Session;
use super::taken::Taken;
use reposnap::digest::Digest;
use reposnap::environment::{self, Environment, Revision, Source, named};
use reposnap::error::Result;
use reposnap::snapshot::manifest::{Made, Part};
use reposnap::snapshot::{self, Difference, Query, Rule, Snapshot, Want};
use reposnap::source::mirror::Mirror;

impl ParameterType for Rule {
    const KIND: &'static str = "word: precedence, newest, all";
}

request! {
    /// Lists the snapshots of the store, and what leads to each.
    "snapshot list"(Store) -> "array of Listed";
    pub struct List {
        required {}
        optional {}
    }
}

request! {
    /// Shows what a snapshot is.
    "snapshot show"(Store) -> "snapshot show";
    pub struct Show {
        required {
            /// The snapshot.
            rev: String,
        }
        optional {
            /// List its packages too.
            packages: bool,
        }
    }
}

request! {
    /// Finds the snapshot that a REV names.
    "snapshot resolve"(Store) -> "snapshot resolve";
    pub struct Resolve {
        required {
            /// An environment, a mirror or a named snapshot, `~2` or `@TIME` behind it for an earlier state; or the first
            /// digits of a digest.
            rev: String,
        }
        optional {}
    }
}

request! {
    /// Tells what differs between two snapshots.
    "snapshot diff"(Store) -> "snapshot diff";
    pub struct Diff {
        required {
            /// The first snapshot.
            before: String,
            /// The second snapshot.
            after: String,
        }
        optional {}
    }
}

request! {
    /// Merges snapshots into a new one.
    "snapshot merge"(Store) -> "snapshot merge";
    pub struct Merge {
        required {
            /// The snapshots; by the rule `precedence`, the first that has a package wins.
            revs: Vec<String>,
        }
        optional {
            /// Which versions to keep; `precedence` by default.
            rule: Rule,
            /// A name for the result.
            name: Option<String>,
            /// Tell what would come out, and write nothing.
            dry_run: bool,
        }
    }
}

request! {
    /// Keeps the packages of a snapshot that pass a query, as a new one.
    "snapshot filter"(Store) -> "snapshot filter";
    pub struct Filter {
        required {
            /// The snapshot.
            rev: String,
            /// The query.
            query: String,
        }
        optional {
            /// A name for the result.
            name: Option<String>,
            /// Tell what would come out, and write nothing.
            dry_run: bool,
        }
    }
}

request! {
    /// Replaces named packages of a snapshot by those of another, and nothing else; the result is a new one.
    "snapshot pull"(Store) -> "snapshot pull";
    pub struct Pull {
        required {
            /// The snapshot to alter; it stays as it is.
            into: String,
            /// The snapshot that has the packages.
            from: String,
            /// Which packages, as queries.
            queries: Vec<String>,
        }
        optional {
            /// Take along what they need, and what has to move with them so that all that could be installed still can.
            with_deps: bool,
            /// A name for the result.
            name: Option<String>,
            /// Tell what would come out, and write nothing.
            dry_run: bool,
        }
    }
}

/// A snapshot in a list.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Listed {
    /// Its name.
    pub snapshot: Digest,
    /// How many packages its lists have.
    pub packages: u64,
    /// What leads to it: `env/...`, `mirror/...`, `snapshot/...`.
    pub names: Vec<String>,
}

/// A snapshot in full.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Shown {
    /// Its name.
    pub snapshot: Digest,
    /// What made it.
    pub made: Made,
    /// What it was made of.
    pub parents: Vec<Digest>,
    /// How many packages its lists have.
    pub packages: u64,
    /// Its parts, one for each suite.
    pub parts: Vec<Part>,
    /// Its packages, each once, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<Vec<Package>>,
}

/// A package in a list.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture.
    pub architecture: String,
}

/// What a REV names.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Resolved {
    /// The snapshot.
    pub snapshot: Digest,
    /// What sort of name led to it.
    pub source: Source,
    /// The environment, mirror or named snapshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The number of the entry of its log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// When that entry was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
}

/// What differs between two snapshots.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Differences {
    /// The first.
    pub before: Digest,
    /// The second.
    pub after: Digest,
    /// How many of each change there are.
    pub summary: BTreeMap<String, usize>,
    /// The changes.
    pub differences: Vec<Difference>,
}

/// A snapshot that was made of others.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Derived {
    /// The new one.
    pub snapshot: Digest,
    /// How many packages it has.
    pub packages: u64,
    /// The name that it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What came along, where that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub along: Vec<Package>,
}

/// Lists the snapshots of the store, and what leads to each.
pub async fn list(session: &Session, _: List) -> Result<Vec<Listed>> {
    let store = session.store().await?;
    let mut names: BTreeMap<Digest, Vec<String>> = BTreeMap::new();
    for mirror in Mirror::list(&store).await? {
        if let Some(id) = mirror.snapshot_id() {
            names.entry(id).or_default().push(format!("mirror/{}", mirror.name()));
        }
    }
    for name in environment::list(&store).await? {
        let head = Environment::open(&store, &name)?.head().await?;
        names.entry(head.body.snapshot).or_default().push(format!("env/{name}"));
    }
    for (name, entry) in named::names(&store).await? {
        names.entry(entry.body.snapshot).or_default().push(format!("snapshot/{name}"));
    }
    for id in Snapshot::list(&store).await? {
        names.entry(id).or_default();
    }
    let mut listed = Vec::new();
    for (id, names) in names {
        let packages = Snapshot::open(&store, id).await?.entries();
        listed.push(Listed { snapshot: id, packages, names });
    }
    Ok(listed)
}

/// Shows what a snapshot is.
pub async fn show(session: &Session, request: Show) -> Result<Shown> {
    let (_, snapshot) = session.snapshot(&request.rev).await?;
    let entries = if request.packages { Some(list_packages(&snapshot).await?) } else { None };
    let manifest = snapshot.manifest();
    Ok(Shown {
        snapshot: snapshot.id(),
        made: manifest.made.clone(),
        parents: manifest.parents.clone(),
        packages: snapshot.entries(),
        parts: manifest.parts.clone(),
        entries,
    })
}

/// Finds the snapshot that a REV names.
pub async fn resolve(session: &Session, request: Resolve) -> Result<Resolved> {
    let Revision { digest, source, name, seq, time, .. } =
        environment::resolve(&session.store().await?, &request.rev).await?;
    Ok(Resolved { snapshot: digest, source, name, seq, time })
}

/// Tells what differs between two snapshots.
pub async fn diff(session: &Session, request: Diff) -> Result<Differences> {
    let (_, before) = session.snapshot(&request.before).await?;
    let (_, after) = session.snapshot(&request.after).await?;
    let differences = snapshot::diff(&before, &after).await?;
    Ok(Differences { before: before.id(), after: after.id(), summary: count(&differences), differences })
}

/// Merges snapshots into a new one.
pub async fn merge(session: &Session, request: Merge) -> Result<Derived> {
    let session = &session.rehearsing(request.dry_run).await?;
    let store = session.store().await?;
    let mut snapshots = Vec::new();
    for rev in &request.revs {
        snapshots.push(session.snapshot(rev).await?.1);
    }
    derived(session, snapshot::merge(&store, &snapshots, request.rule).await?, request.name).await
}

/// Keeps the packages of a snapshot that pass a query, as a new one.
pub async fn filter(session: &Session, request: Filter) -> Result<Derived> {
    let query: Query = request.query.parse()?;
    let session = &session.rehearsing(request.dry_run).await?;
    let (_, snapshot) = session.snapshot(&request.rev).await?;
    derived(session, snapshot::filter(&snapshot, &query).await?, request.name).await
}

/// Replaces named packages of a snapshot by those of another.
pub async fn pull(session: &Session, request: Pull) -> Result<Derived> {
    // What can't be understood is told before anything is looked for.
    Query::any_of(&request.queries)?;
    let session = &session.rehearsing(request.dry_run).await?;
    let (_, into) = session.snapshot(&request.into).await?;
    let (_, from) = session.snapshot(&request.from).await?;
    let taken = Taken::of(&into, &from, &request.queries, request.with_deps).await?;
    let derived = derived(session, snapshot::pull(&into, &from, &taken.query).await?, request.name).await?;
    Ok(Derived { along: taken.along, ..derived })
}

/// How many of each change there are; changes that there are none of are left out.
pub fn count(differences: &[Difference]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for difference in differences {
        *counts.entry(difference.change.as_str().to_owned()).or_insert(0) += 1;
    }
    counts
}

async fn derived(session: &Session, derived: Snapshot, name: Option<String>) -> Result<Derived> {
    if let Some(name) = &name {
        named::name(derived.store(), name, derived.id(), &session.note("")).await?;
    }
    Ok(Derived { snapshot: derived.id(), packages: derived.entries(), name, along: Vec::new() })
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
