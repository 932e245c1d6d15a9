//! Holds what an entry of a log is about to name, so that garbage collection does not take it at the same moment.
//!
//! What is new needs none of this: it is younger than any plan that names it. What was there before, because it was made
//! once already, or is shared with a snapshot that nobody needs any more, may be named in a plan. So whoever is about to
//! name it looks for plans, one listing, and where there are some, makes what they name of it younger than they are; then
//! appends the entry; then looks again whether all of it is still there, and takes back what lies in the trash.

use std::collections::BTreeSet;
use std::future::Future;

use serde::Serialize;
use serde_json::Value;

use super::Snapshot;
use super::needs::{Look, Needs};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::progress::Monitor;
use crate::store::plan::{self, Plan, Planned};
use crate::store::{Store, layout};

/// Whether the packages of a snapshot have to be in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packages {
    /// They have just been found there, or brought.
    Required,
    /// They may be, or be fetched when they are asked for.
    IfThere,
}

/// Appends an entry that names `digests`: snapshots, keyrings, evidence or records of images.
///
/// # Errors
/// Those of `append`, and [`Kind::Conflict`] where garbage collection took something first: then all is done again.
pub async fn appending<T>(
    store: &Store,
    digests: &[Digest],
    packages: Packages,
    append: impl Future<Output = Result<T>>,
) -> Result<T> {
    if store.is_rehearsal() {
        return append.await;
    }
    keep(store, digests, packages, Moment::Before).await?;
    let entry = append.await?;
    keep(store, digests, packages, Moment::After).await?;
    Ok(entry)
}

/// Every digest that stands in a document as a text of its own.
pub fn mentioned(document: &impl Serialize) -> Vec<Digest> {
    fn gather(value: &Value, found: &mut Vec<Digest>) {
        match value {
            Value::String(text) => found.extend(Digest::from_hex(text.as_bytes())),
            Value::Array(values) => values.iter().for_each(|value| gather(value, found)),
            Value::Object(fields) => fields.values().for_each(|value| gather(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    gather(&serde_json::to_value(document).unwrap_or_default(), &mut found);
    found.sort_unstable();
    found.dedup();
    found
}

/// Brings a snapshot back out of the trash of a sweep, with what it needs.
pub(crate) async fn bring_back(store: &Store, id: Digest) -> Result<()> {
    keep(store, &[id], Packages::IfThere, Moment::Before).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    Before,
    After,
}

async fn keep(store: &Store, digests: &[Digest], packages: Packages, moment: Moment) -> Result<()> {
    let plans = plan::list(store.objects()).await?;
    if plans.is_empty() {
        return Ok(());
    }
    let objects = store.objects();
    let mut read = Vec::new();
    for planned in &plans {
        read.extend(planned.read(objects).await?.map(|plan| (planned, plan)));
    }
    let store = &store.uncached();
    // The manifests and small objects first; what a snapshot needs is known once it can be opened.
    let mut wanted = BTreeSet::new();
    for digest in digests {
        wanted.extend([
            layout::snapshot(*digest),
            layout::index(*digest),
            format!("keyrings/{digest}"),
            format!("evidence/{digest}"),
            layout::image(*digest),
        ]);
    }
    hold(store, &read, &wanted, packages, moment).await?;
    let mut deep = BTreeSet::new();
    for digest in digests {
        let snapshot = match Snapshot::open(store, *digest).await {
            Ok(snapshot) => snapshot,
            // Not the name of a snapshot, or it lacks an index that is in the trash.
            Err(error) if error.kind() == Kind::NotFound => {
                if !objects.exists(&layout::snapshot(*digest)).await? {
                    continue;
                }
                hold_indexes(store, &read, *digest, moment).await?;
                Snapshot::open(store, *digest).await?
            }
            // What is damaged was so before; `store check` tells of it.
            Err(_) => continue,
        };
        deep.extend(needed(store, &read, &snapshot, moment).await?);
    }
    hold(store, &read, &deep, packages, moment).await?;
    objects.barrier().await
}

/// The objects of a snapshot, of which packages only those that plans name.
async fn needed(
    store: &Store,
    plans: &[(&Planned, Plan)],
    snapshot: &Snapshot,
    moment: Moment,
) -> Result<BTreeSet<String>> {
    let mut needs = Needs::new();
    needs.add(snapshot, false)?;
    let packs: BTreeSet<String> = needs.packs.keys().map(|pack| layout::pack(*pack)).collect();
    // Packages can't be read before the packs are back.
    hold(store, plans, &packs, Packages::IfThere, moment).await?;
    let mut wanted = packs;
    wanted.extend(needs.indexes.iter().map(|index| layout::index(*index)));
    if !plans.iter().any(|(_, plan)| pool_of(plan).next().is_some()) {
        return Ok(wanted);
    }
    needs.find_packages(store, Look::Digests, &Monitor::silent(), &mut Err).await?;
    for (_, plan) in plans {
        wanted.extend(
            pool_of(plan)
                .filter(|path| layout::digest_of(path).is_some_and(|it| needs.packages.contains_key(&it)))
                .cloned(),
        );
    }
    Ok(wanted)
}

/// The packages that a plan names.
fn pool_of(plan: &Plan) -> impl Iterator<Item = &String> {
    plan.objects.range("pool/".to_owned().."pool0".to_owned()).map(|(path, _)| path)
}

/// The chunk indexes that a snapshot's own is coded against.
async fn hold_indexes(store: &Store, plans: &[(&Planned, Plan)], id: Digest, moment: Moment) -> Result<()> {
    let bytes = store.objects().get(&layout::index(id)).await?;
    let bases = crate::store::index::IndexObject::read(&bytes)?.bases;
    hold(store, plans, &bases.into_iter().map(layout::index).collect(), Packages::IfThere, moment).await
}

/// Makes what plans name of `wanted` younger than they are, and takes it out of the trash.
async fn hold(
    store: &Store,
    plans: &[(&Planned, Plan)],
    wanted: &BTreeSet<String>,
    packages: Packages,
    moment: Moment,
) -> Result<()> {
    let objects = store.objects();
    for path in wanted {
        let Some((planned, _)) = plans.iter().find(|(_, plan)| plan.objects.contains_key(path)) else { continue };
        let is_there = match moment {
            Moment::Before => objects.touch(path).await? && objects.exists(path).await?,
            Moment::After => objects.exists(path).await?,
        };
        if is_there || restore(store, plans, path).await? {
            continue;
        }
        let is_package = path.starts_with("pool/");
        // What was given up for good is as absent as what was never fetched.
        if is_package && packages == Packages::IfThere && planned.done.is_some() {
            continue;
        }
        return Err(Error::new(Kind::Conflict, "garbage collection took an object that was about to be needed again")
            .path(path)
            .help("do it again"));
    }
    Ok(())
}

/// Takes an object out of the trash, where it lies there.
pub(crate) async fn restore(store: &Store, plans: &[(&Planned, Plan)], path: &str) -> Result<bool> {
    for (planned, _) in plans {
        let from = format!("{}/{path}", Planned::trash(planned.epoch));
        if store.objects().rename(&from, path).await? {
            store.objects().touch(path).await?;
            return Ok(true);
        }
    }
    Ok(false)
}
