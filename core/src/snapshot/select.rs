//! Snapshots made by choosing packages: filter, and pull of some packages from one into another.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Kind, Result};
use crate::snapshot::candidate::Candidate;
use crate::snapshot::derive::{ListName, Pool, lists_by_name, replace_groups};
use crate::snapshot::manifest::{FORMAT, List, Made, Manifest, Part};
use crate::snapshot::open::Snapshot;
use crate::snapshot::query::Query;
use crate::snapshot::write::SnapshotWriter;

/// The packages of `snapshot` that pass `query`, as a new snapshot.
pub async fn filter(snapshot: &Snapshot, query: &Query) -> Result<Snapshot> {
    let store = snapshot.store();
    let mut writer = SnapshotWriter::new(store, std::slice::from_ref(snapshot));
    let mut lists = Vec::new();
    for (name, inputs) in lists_by_name(snapshot) {
        let mut pool = Pool::new(store);
        let likely = pool.load(snapshot, &inputs, Some(query)).await?;
        let picks = matching(&pool, likely, query).await?;
        let listed = pool.write(&mut writer, &picks, inputs.first().map(|list| list.root)).await?;
        lists.push(name.list(listed));
    }
    let made = Made::Filter { query: query.to_string() };
    let part = Part { lists, ..Part::default() };
    writer.commit(Manifest { format: FORMAT, made, parents: vec![snapshot.id()], parts: vec![part] }).await
}

/// `into` with the packages of `from` that pass `query`: each takes the place of all versions that `into` had of its
/// name and architecture, and nothing else is altered.
///
/// # Errors
/// [`Kind::NotFound`] where no package of `from` passes.
pub async fn pull(into: &Snapshot, from: &Snapshot, query: &Query) -> Result<Snapshot> {
    let store = into.store();
    let (targets, sources) = (lists_by_name(into), lists_by_name(from));
    let names: BTreeSet<&ListName> = targets.keys().chain(sources.keys()).collect();
    let mut writer = SnapshotWriter::new(store, &[into.clone(), from.clone()]);
    let mut lists = Vec::new();
    let mut pulled = 0;
    for name in names {
        let (target, source) = (lists_of(&targets, name), lists_of(&sources, name));
        let mut pool = Pool::new(store);
        let likely = pool.load(from, source, Some(query)).await?;
        let wanted = matching(&pool, likely, query).await?;
        if wanted.is_empty() && target.is_empty() {
            continue;
        }
        pulled += wanted.len();
        let listed = if let [list] = target {
            pool.replace(&mut writer, (into, list), wanted).await?
        } else {
            let present = pool.load(into, target, None).await?;
            let picks = replace_groups(&present, &wanted);
            let replaces = target.first().or(source.first()).map(|list| list.root);
            pool.write(&mut writer, &picks, replaces).await?
        };
        lists.push(name.list(listed));
    }
    if pulled == 0 {
        return Err(Error::new(Kind::NotFound, format!("no package of snapshot {} passes {query}", from.id()))
            .help("look with `search` what it has"));
    }
    let made = Made::Pull { query: query.to_string() };
    let part = Part { lists, ..Part::default() };
    writer.commit(Manifest { format: FORMAT, made, parents: vec![into.id(), from.id()], parts: vec![part] }).await
}

fn lists_of<'a>(lists: &'a BTreeMap<ListName, Vec<List>>, name: &ListName) -> &'a [List] {
    lists.get(name).map_or(&[], Vec::as_slice)
}

/// Those of the `likely` that pass; stanzas are read only where the query asks for more than keys tell.
async fn matching(pool: &Pool, likely: Vec<Candidate>, query: &Query) -> Result<Vec<Candidate>> {
    if !query.needs_stanza() {
        return Ok(likely);
    }
    let mut matching = Vec::new();
    // A bounded number of chunks at a time: a query by field reads the whole list.
    for some in likely.chunk_by(|a, b| a.place.chunk / 128 == b.place.chunk / 128) {
        let entries = pool.entries(some.iter().map(|candidate| candidate.place.chunk).collect()).await?;
        matching.extend(
            some.iter()
                .filter(|candidate| {
                    let entry = &entries[&candidate.place.chunk][candidate.place.entry as usize];
                    query.matches(&entry.key, &entry.text)
                })
                .cloned(),
        );
    }
    Ok(matching)
}
