//! Puts back what a check found to be missing or altered: from another store, or packages from their upstream.
//!
//! What is there and wrong is moved to `damaged/` first, so that nothing is ever lost by a repair. Nothing is put back that
//! is not what its name says.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{self, Report, Trouble};
use super::copy::{names_bytes, verify_bytes};
use super::kinds::Sort;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::progress::Monitor;
use crate::snapshot::{Snapshot, Want};
use crate::source::apt::pool_files;
use crate::source::fetch::{Fetcher, Job, Mismatch, Totals};
use crate::store::index::IndexObject;
use crate::store::refs::{self, Log};
use crate::store::{Objects, Store, layout};

/// How often the store is checked and repaired again: what is put back may lead to more that is missing.
const MOST_ROUNDS: usize = 5;

/// Where things are put back from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sources<'a> {
    /// Another store with the same content.
    pub store: Option<&'a Store>,
    /// What fetches packages from where their snapshots say that they came from.
    pub upstream: Option<&'a Fetcher>,
}

/// Checks a store, and puts right what `sources` have. The problems of the report say whether they were.
///
/// # Errors
/// Those of [`check`](super::check()), and of writing to the store.
pub async fn repair(store: &Store, data: bool, sources: Sources<'_>, monitor: &Monitor) -> Result<Report> {
    let store = &store.uncached();
    let other = sources.store.map(Store::uncached);
    let mut report = check::check(store, data, monitor).await?;
    let mut left = report.problems.clone();
    for _ in 0..MOST_ROUNDS {
        if left.is_empty() {
            break;
        }
        let mut done = 0;
        if let Some(other) = &other {
            for problem in &left {
                monitor.check()?;
                match from_store(store, other, problem.kind, &problem.path).await {
                    Ok(repaired) => done += u64::from(repaired),
                    Err(error) if is_of_other(&error) => {
                        monitor.note(&format!("{} can't be put back: {error}", problem.path));
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        if let Some(fetcher) = sources.upstream {
            done += from_upstream(store, fetcher, &left, monitor).await?;
        }
        store.objects().barrier().await?;
        if done == 0 {
            break;
        }
        left = check::check(store, data, monitor).await?.problems;
        // What comes to light by a repair is a problem like any other.
        for problem in &left {
            if !report.problems.iter().any(|known| known.path == problem.path) {
                report.problems.push(problem.clone());
            }
        }
    }
    let left: BTreeSet<&str> = left.iter().map(|problem| problem.path.as_str()).collect();
    for problem in &mut report.problems {
        problem.repaired = !left.contains(problem.path.as_str());
    }
    Ok(report)
}

/// Whether it is the other store that lacks something, or has it damaged too.
fn is_of_other(error: &Error) -> bool {
    matches!(error.kind(), Kind::NotFound | Kind::Verification | Kind::Malformed | Kind::Format | Kind::Limit)
}

/// Puts an object back from another store; whether it was.
async fn from_store(store: &Store, other: &Store, kind: Trouble, path: &str) -> Result<bool> {
    let objects = store.objects();
    match Sort::of(path) {
        Sort::Package => {
            let Some(path) = package_path(other.objects(), path).await? else { return Ok(false) };
            put(store, other, &path).await
        }
        Sort::Pack | Sort::Keyring | Sort::Evidence | Sort::Approval | Sort::Snapshot | Sort::Image => {
            if kind != Trouble::Missing && Sort::of(path) == Sort::Image && objects.exists(path).await? {
                verify_bytes(other, path, &other.objects().get(path).await?).await?;
            }
            put(store, other, path).await
        }
        Sort::Index => {
            let Some(id) = layout::digest_of(path) else { return Ok(false) };
            // Coded alone, since what it was coded against may be another one here.
            let bytes = IndexObject::write(&Snapshot::open(other, id).await?.stored_index().raw, None)?;
            // Its packs come first: they may be others than those that this store made of the same chunks.
            for pack in Snapshot::open(other, id).await?.stored_index().chunks.packs() {
                let pack = layout::pack(pack);
                if !objects.exists(&pack).await? {
                    put(store, other, &pack).await?;
                }
            }
            move_aside(objects, path).await?;
            objects.put(path, bytes.into()).await?;
            Ok(true)
        }
        Sort::Ref => entry(store, other, path).await,
        _ => Ok(false),
    }
}

/// Copies an object that is verified by its name or its content.
async fn put(store: &Store, other: &Store, path: &str) -> Result<bool> {
    if let Some(expected) = names_bytes(path) {
        let (found, _) = check::hash(other.objects(), path).await?;
        if found != expected {
            return Err(Error::new(Kind::Verification, "the other store has it altered, too")
                .rule("stored-digest")
                .path(path)
                .mismatch(expected.to_string(), found.to_string()));
        }
        if store.objects().exists(path).await? && check::hash(store.objects(), path).await?.0 == expected {
            return Ok(false);
        }
        move_aside(store.objects(), path).await?;
        let mut pieces = other.objects().read(path).await?;
        let mut upload = store.objects().upload(path).await?;
        while let Some(piece) = futures::StreamExt::next(&mut pieces).await {
            upload.write(piece?).await?;
        }
        upload.finish().await?;
        return Ok(true);
    }
    let bytes = other.objects().get(path).await?;
    verify_bytes(other, path, &bytes).await?;
    if store.objects().get_if_exists(path).await?.is_some_and(|there| there == bytes) {
        return Ok(false);
    }
    move_aside(store.objects(), path).await?;
    store.objects().put(path, bytes).await?;
    Ok(true)
}

/// An entry is put back where its neighbours here tell that it is the one: the one behind it names it, or, for the newest,
/// it names the one before it.
async fn entry(store: &Store, other: &Store, path: &str) -> Result<bool> {
    let Some((kind, name, seq)) = refs::parse_path(path) else { return Ok(false) };
    let log = |store: &Store| Log::<serde_json::Value>::open(store.objects(), kind, name);
    let good = log(other)?.read(seq).await?;
    let newer = log(store)?.read(seq + 1).await.ok();
    let fits = match newer {
        Some(newer) => newer.previous == Some(good.digest),
        None if seq == 1 => true,
        None => log(store)?.read(seq - 1).await.is_ok_and(|older| good.previous == Some(older.digest)),
    };
    if !fits {
        return Err(Error::new(Kind::Verification, "the other store's entry does not fit those beside it")
            .rule("log-chain")
            .path(path));
    }
    if store.objects().get_if_exists(path).await?.is_some_and(|there| there == *good.bytes()) {
        return Ok(false);
    }
    move_aside(store.objects(), path).await?;
    store.objects().put(path, good.bytes().clone()).await?;
    Ok(true)
}

/// Moves what is wrong to `damaged/`, under a name that tells its bytes.
async fn move_aside(objects: &Objects, path: &str) -> Result<()> {
    objects.doubt();
    if !objects.exists(path).await? {
        return Ok(());
    }
    let (digest, _) = check::hash(objects, path).await?;
    let aside = format!("damaged/{path}.{}", &digest.to_string()[..16]);
    objects.rename(path, &aside).await?;
    Ok(())
}

/// The path that another store has a package under: its extension may be another.
async fn package_path(other: &Objects, path: &str) -> Result<Option<String>> {
    let (Some(digest), Some((folder, _))) = (layout::digest_of(path), path.rsplit_once('/')) else { return Ok(None) };
    let start = format!("{digest}.");
    let names = other.names(folder).await?;
    Ok(names.iter().find(|name| name.starts_with(&start)).map(|name| format!("{folder}/{name}")))
}

/// Fetches packages from the upstreams that their snapshots name; how many.
async fn from_upstream(
    store: &Store,
    fetcher: &Fetcher,
    problems: &[check::Problem],
    monitor: &Monitor,
) -> Result<u64> {
    let mut wanted: BTreeMap<Digest, &str> = BTreeMap::new();
    for problem in problems.iter().filter(|problem| Sort::of(&problem.path) == Sort::Package) {
        wanted.extend(layout::digest_of(&problem.path).map(|digest| (digest, problem.path.as_str())));
    }
    let mut done = 0;
    for name in store.objects().names("snapshots").await? {
        if wanted.is_empty() {
            break;
        }
        let Some(id) = Digest::from_hex(name.as_bytes()) else { continue };
        // What can't be opened was told.
        let Ok(snapshot) = Snapshot::open(store, id).await else { continue };
        for job in jobs(&snapshot, &wanted).await? {
            monitor.check()?;
            let Some(found) = wanted.get(&job.sha256).copied() else { continue };
            if fetch(store, fetcher, job.clone(), found, monitor).await? {
                wanted.remove(&job.sha256);
                done += 1;
            }
        }
    }
    Ok(done)
}

/// What would fetch those packages of a snapshot that are wanted.
async fn jobs(snapshot: &Snapshot, wanted: &BTreeMap<Digest, &str>) -> Result<Vec<Job>> {
    let mut jobs = Vec::new();
    for (part, list) in snapshot.manifest().lists() {
        if part.uri.is_none() {
            continue;
        }
        let mut reader = snapshot.read(list, Want::Entries)?;
        // A chunk that can't be read was told.
        while let Ok(Some(chunks)) = reader.next_batch().await {
            for entry in chunks.into_iter().flat_map(|chunk| chunk.into_entries()) {
                let Ok(files) = pool_files(&entry) else { continue };
                for file in files.iter().filter(|file| wanted.contains_key(&file.sha256)) {
                    jobs.push(file.job(part, Mismatch::Note)?);
                }
            }
        }
    }
    Ok(jobs)
}

/// Fetches one package; what is there and wrong is moved aside, and put back where the upstream has nothing better.
async fn fetch(store: &Store, fetcher: &Fetcher, job: Job, found: &str, monitor: &Monitor) -> Result<bool> {
    let objects = store.objects();
    let (path, size) = (job.path.clone(), job.size);
    let mut aside = None;
    if objects.exists(&path).await? {
        let (digest, _) = check::hash(objects, &path).await?;
        let to = format!("damaged/{path}.{}", &digest.to_string()[..16]);
        objects.rename(&path, &to).await?;
        aside = Some(to);
    }
    match fetcher.download([job], Totals { items: 1, bytes: size }, objects, monitor).await {
        Ok(_) => Ok(true),
        Err(error) => {
            if let Some(aside) = aside {
                objects.rename(&aside, &path).await?;
            }
            if error.kind() == Kind::Cancelled {
                return Err(error);
            }
            monitor.note(&format!("{found} can't be fetched: {error}"));
            Ok(false)
        }
    }
}
