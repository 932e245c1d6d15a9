//! Removes packages from a bucket that no publication needs any more.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};

use super::Bucket;
use super::claim::{Patience, Writer};
use super::inventory::{Inventory, POOL};
use super::ledger::{Ledger, PATH};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::progress::Monitor;
use crate::publish::prune::{Pruned, foreign, named_in, nothing_published_at};
use crate::publish::state::{GENERATIONS, Index, below};
use crate::publish::tree::PRIVATE;
use crate::store::bucket::{Bucket as Files, Listed};
use crate::worker::blocking;

/// The largest file of an index that is read, compressed.
const LARGEST: u64 = 1 << 30;
/// How many indexes are read at once.
const PARALLEL: usize = 4;

impl Bucket {
    /// Removes every object below `pool/` that no publication of any suite names which is kept, as
    /// [`prune`](crate::publish::prune) does in a directory. Waits for another publisher as long as `wait`.
    ///
    /// # Errors
    /// Those of [`prune`](crate::publish::prune), and of a server. Nothing is removed unless all indexes could be read.
    pub async fn prune(&self, wait: Duration, monitor: &Monitor) -> Result<Pruned> {
        let mut patience = Patience::new(self.lease, wait);
        loop {
            let seen = patience.ledger(&self.files, monitor).await?;
            self.check_published(&seen.ledger)?;
            let Some(mut writer) = seen.claim(&self.files, self.lease).await? else {
                patience.was_late(&self.files)?;
                continue;
            };
            let result = remove(&mut writer, monitor).await;
            return writer.end(result).await;
        }
    }

    /// What [`prune`](Self::prune) would remove, without removing any of it.
    ///
    /// # Errors
    /// As [`prune`](Self::prune).
    pub async fn plan_prune(&self, monitor: &Monitor) -> Result<Pruned> {
        let (ledger, _) = Ledger::load(&self.files).await?;
        self.check_published(&ledger)?;
        let Sorted { kept, removed, .. } = sort(&self.files, &ledger, monitor).await?;
        Ok(Pruned {
            kept: kept.len() as u64,
            removed: removed.len() as u64,
            bytes: removed.iter().map(|listed| listed.size).sum(),
            files: Some(removed.into_iter().map(|listed| listed.path).collect()),
        })
    }

    fn check_published(&self, ledger: &Ledger) -> Result<()> {
        if ledger.suites.is_empty() { Err(nothing_published_at(&self.files.url_of(""))) } else { Ok(()) }
    }
}

/// The objects of the pool.
struct Sorted {
    kept: Vec<Listed>,
    removed: Vec<Listed>,
    /// How many of the files that an index names are not there, by the digest of the index.
    lost: HashMap<Digest, u64>,
}

async fn remove(writer: &mut Writer<'_>, monitor: &Monitor) -> Result<Pruned> {
    let ledger = writer.ledger.clone();
    let Sorted { kept, removed, lost } = writer.during(sort(writer.files, &ledger, monitor)).await?;
    // The next publication brings what is not there any more.
    for live in writer.ledger.suites.iter_mut().filter_map(|entry| entry.state.generations.first_mut()) {
        let lost: u64 = live.indexes.iter().filter_map(|index| lost.get(&index.sha256)).sum();
        live.missing = live.missing.max(lost);
    }
    let known = writer.inventory().await?;
    let mut paths: Vec<String> = removed.iter().map(|listed| listed.path.clone()).collect();
    let pruned = Pruned {
        kept: kept.len() as u64,
        removed: removed.len() as u64,
        bytes: removed.iter().map(|listed| listed.size).sum(),
        files: None,
    };
    // What goes is forgotten first: a publisher that comes after a killed one uploads it again.
    writer.inventory = Some(Inventory::listed(kept, &known));
    writer.save_inventory().await?;
    writer.store().await?;
    // Inventories that killed publishers left.
    let current = writer.ledger.pool.map(|name| format!("{PRIVATE}/pool-{name}"));
    let records = writer.during(writer.files.list(PRIVATE)).await?;
    let is_old = |path: &String| *path != PATH && Some(path) != current.as_ref();
    paths.extend(records.into_iter().map(|listed| listed.path).filter(is_old));
    if !paths.is_empty() {
        writer.during(writer.files.delete(&paths)).await?;
    }
    Ok(pruned)
}

/// Tells what of the pool is needed.
async fn sort(files: &Files, ledger: &Ledger, monitor: &Monitor) -> Result<Sorted> {
    refuse_foreign(files, ledger).await?;
    let listed = files.list(POOL).await?;
    let there: HashSet<&str> = listed.iter().map(|listed| listed.path.as_str()).collect();
    let mut named = stream::iter(indexes(ledger))
        .map(|(directory, index, is_kept)| async move {
            monitor.check()?;
            match named_by(files, &directory, &index).await {
                Err(error) if error.kind() == Kind::NotFound && !is_kept => Ok((index.sha256, HashSet::new())),
                named => named.map(|named| (index.sha256, named)),
            }
        })
        .buffer_unordered(PARALLEL);
    let (mut needed, mut lost) = (HashSet::new(), HashMap::new());
    while let Some((sha256, names)) = named.try_next().await? {
        let in_pool = names.iter().filter(|path| path.starts_with("pool/"));
        lost.insert(sha256, in_pool.filter(|path| !there.contains(path.as_str())).count() as u64);
        needed.extend(names);
    }
    drop(there);
    let (kept, removed) = listed.into_iter().partition(|listed| needed.contains(&listed.path));
    Ok(Sorted { kept, removed, lost })
}

/// Each index that names packages once, with the directory of its suite: of all publications, those that never came into place
/// among them. The last tells whether it has to be there: a publisher that was killed while it removed them leaves the oldest.
fn indexes(ledger: &Ledger) -> Vec<(String, Index, bool)> {
    let mut seen = HashSet::new();
    let mut indexes = Vec::new();
    for state in ledger.suites.iter().map(|entry| &entry.state) {
        for (age, generation) in state.generations.iter().enumerate() {
            let wanted = generation.indexes.iter().filter(|index| index.packages > 0 && seen.insert(index.sha256));
            indexes.extend(wanted.map(|index| (state.directory.clone(), index.clone(), age < GENERATIONS)));
        }
    }
    indexes
}

/// The files that the packages of an index need.
async fn named_by(files: &Files, directory: &str, index: &Index) -> Result<HashSet<String>> {
    let missing = |path: &str| {
        Error::new(Kind::NotFound, "a published index is gone, so what it needs is unknown")
            .path(files.url_of(path))
            .help("publish the suite again")
    };
    let form = index.forms.iter().min_by_key(|form| form.size).ok_or_else(|| missing(&index.path))?;
    let path = below(directory, &index.by_hash(form));
    let (bytes, _) = files.get(&path, LARGEST).await?.ok_or_else(|| missing(&path))?;
    let (name, url) = (index.form_path(form), files.url_of(&path));
    blocking(move || {
        let mut needed = HashSet::new();
        named_in(&name, &bytes, &mut needed).map_err(|error| error.path(url))?;
        Ok(needed)
    })
    .await
}

/// Fails where `dists` has a suite that the ledger does not know.
async fn refuse_foreign(files: &Files, ledger: &Ledger) -> Result<()> {
    let known: HashSet<&str> = ledger.suites.iter().map(|entry| entry.state.directory.as_str()).collect();
    for listed in files.list("dists").await? {
        if let Some((directory, "InRelease" | "Release.gpg")) = listed.path.rsplit_once('/')
            && !known.contains(directory)
        {
            return Err(foreign().path(files.url_of(directory)));
        }
    }
    Ok(())
}
