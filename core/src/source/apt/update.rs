//! The update of a mirror of an APT repository.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::openpgp::Keyring;
use crate::progress::Monitor;
use crate::snapshot::manifest::Made;
use crate::snapshot::{Entry, Query, Snapshot, fresh, search_entries};
use crate::source::apt::packages::pool_files;
use crate::source::apt::plan::Suite;
use crate::source::apt::suite::{Rules, Seen, Signed, assemble, look};
use crate::source::assemble::Assembler;
use crate::source::fetch::{Downloaded, Fetcher, Job, Mismatch, Totals, until_cancelled};
use crate::source::mirror::{AptConfig, Config, Mirror, Packages, State, SuiteState, keyring_path};
use crate::store::Store;
use crate::store::refs::Note;

/// How often an update begins again because the upstream changed under it.
const ATTEMPTS: usize = 4;

/// How long it waits for the upstream to finish, times the attempt.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

/// How many snapshots that led to one are asked where a package comes from.
const MOST_ANCESTORS: usize = 64;

/// Updates a mirror of an APT repository: looks at each suite, and where one has changed, makes a snapshot of all, fetches
/// the new packages if the mirror has them, and appends the snapshot to the mirror's log. `now` is the time to judge
/// signatures and dates by.
///
/// # Errors
/// Whatever [`openpgp`](crate::openpgp), [`acceptance`](crate::source::acceptance) and
/// [`fetch`](crate::source::fetch) reject. The mirror stays as it was; what was fetched already is found again.
pub async fn update(
    mirror: Mirror,
    fetcher: &Fetcher,
    now: Timestamp,
    note: &Note<'_>,
    monitor: &Monitor,
) -> Result<Mirror> {
    let config = config_of(&mirror)?;
    let keyring = keyring_of(&mirror, &config).await?;
    let rules = rules(&config, &keyring, now)?;
    let before = mirror.snapshot().await?;
    let taken = until_cancelled(monitor, take_patiently(&mirror, fetcher, &rules, before.as_ref(), monitor)).await?;
    let Some((snapshot, suites)) = taken else { return Ok(mirror) };
    if config.packages == Packages::All {
        fetch_fresh(fetcher, before.as_ref(), &snapshot, config.mismatch(), monitor).await?;
    }
    let state = State { snapshot: Some(snapshot.id()), config: mirror.config().clone(), suites };
    mirror.advance(state, note).await
}

/// What a look at an upstream's suite came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Look {
    /// The suite.
    pub suite: String,
    /// Whether its Release is another than the one that was taken last.
    pub news: bool,
    /// The Date of a Release that is news.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Timestamp>,
}

/// Looks at each suite as [`update`] does, with the same verification, and fetches and writes nothing else. Where no suite
/// has news, an update would leave the mirror as it is.
///
/// # Errors
/// What [`update`] rejects in a Release.
pub async fn look_at(mirror: &Mirror, fetcher: &Fetcher, now: Timestamp, monitor: &Monitor) -> Result<Vec<Look>> {
    let config = config_of(mirror)?;
    let keyring = keyring_of(mirror, &config).await?;
    let rules = rules(&config, &keyring, now)?;
    let before = mirror.snapshot().await?;
    let seen = until_cancelled(monitor, look_at_all(mirror, fetcher, &rules, before.as_ref())).await?;
    let look = |(suite, changed): (Suite, Option<Box<Signed>>)| Look {
        suite: suite.name,
        news: changed.is_some(),
        date: changed.and_then(|signed| signed.release.value().date()),
    };
    Ok(seen.into_iter().map(look).collect())
}

fn config_of(mirror: &Mirror) -> Result<Box<AptConfig>> {
    match mirror.config() {
        Config::Apt(config) => Ok(config.clone()),
        _ => Err(Error::new(Kind::Usage, format!("the mirror {} is not of an APT repository", mirror.name()))),
    }
}

async fn keyring_of(mirror: &Mirror, config: &AptConfig) -> Result<Keyring> {
    Keyring::from_bytes(&mirror.store.objects().get(&keyring_path(config.keyring)).await?)
}

fn rules<'a>(config: &'a AptConfig, keyring: &'a Keyring, now: Timestamp) -> Result<Rules<'a>> {
    let (policy, release) = config.policies()?;
    Ok(Rules { config, keyring, policy, release, now })
}

type Taken = (Snapshot, BTreeMap<String, SuiteState>);

/// [`take`], begun again while the upstream changes under it.
async fn take_patiently(
    mirror: &Mirror,
    fetcher: &Fetcher,
    rules: &Rules<'_>,
    before: Option<&Snapshot>,
    monitor: &Monitor,
) -> Result<Option<Taken>> {
    let mut attempt = 1;
    loop {
        match take(mirror, fetcher, rules, before, monitor).await {
            Err(error) if changed_meanwhile(&error) && attempt < ATTEMPTS => {
                monitor.note(&format!("the upstream seems to change just now, trying again: {error}"));
                tokio::time::sleep(PATIENCE * attempt as u32).await;
                attempt += 1;
            }
            result => return result,
        }
    }
}

/// Fetches the packages of `snapshot` that pass `query` and that the store does not have, from where it was mirrored.
///
/// # Errors
/// [`Kind::Verification`] with the rule `control-mismatch` where a package says otherwise of itself than its stanza,
/// unless the mirror that made the snapshot relaxes it;
/// [`Kind::NotFound`] where one is missing that no upstream is known of, as in a merged snapshot; what
/// [`Fetcher::download`] can fail with.
pub async fn fetch_packages(
    fetcher: &Fetcher,
    snapshot: &Snapshot,
    query: Option<&Query>,
    monitor: &Monitor,
) -> Result<Downloaded> {
    let jobs = jobs_for(snapshot, query).await?;
    download(fetcher, snapshot.store(), jobs, monitor).await
}

/// What [`fetch_packages`] would fetch; nobody is asked for it, and nothing is written.
///
/// # Errors
/// [`Kind::NotFound`] as [`fetch_packages`]; what reading the store can fail with.
pub async fn plan_packages(snapshot: &Snapshot, query: Option<&Query>) -> Result<Totals> {
    let jobs = missing(snapshot.store(), distinct(jobs_for(snapshot, query).await?)).await?;
    Ok(totals(&jobs))
}

/// Fetches the one file `sha256` of a package called `name`, from where `snapshot` or one that it was made from was
/// mirrored; whether any of them knows it. Of the lists, only what may have the name is read.
///
/// # Errors
/// As [`fetch_packages`].
pub async fn fetch_file(
    fetcher: &Fetcher,
    snapshot: &Snapshot,
    name: &str,
    sha256: Digest,
    monitor: &Monitor,
) -> Result<bool> {
    let query: Query = format!("Name (= {name})").parse()?;
    let mut next = vec![snapshot.clone()];
    let mut known: HashSet<Digest> = HashSet::from([snapshot.id()]);
    while let Some(snapshot) = next.pop() {
        let mut found = None;
        for package in search_entries(&snapshot, &query).await? {
            let Some(stanza) = package.stanza()? else { continue };
            let key = package.key.clone();
            let entry = Entry { key, text: Bytes::copy_from_slice(stanza) };
            found = found
                .or(pool_files(&entry)?.into_iter().find(|file| file.sha256 == sha256).map(|file| (file, package)));
        }
        if let Some((file, package)) = found {
            let mut parts = snapshot.manifest().parts.iter().filter(|part| part.name == package.part());
            if let Some(part) = parts.find(|part| part.uri.is_some()) {
                let job = file.job(part, mismatch_of(&snapshot).await?)?;
                download(fetcher, snapshot.store(), vec![job], monitor).await?;
                return Ok(true);
            }
        }
        for parent in &snapshot.manifest().parents {
            if known.len() < MOST_ANCESTORS && known.insert(*parent) {
                match Snapshot::open(snapshot.store(), *parent).await {
                    Ok(parent) => next.push(parent),
                    Err(error) if error.kind() == Kind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
    Ok(false)
}

/// The files of the packages of `snapshot` that pass `query`, whether the store has them or not.
async fn jobs_for(snapshot: &Snapshot, query: Option<&Query>) -> Result<Vec<Job>> {
    let mismatch = mismatch_of(snapshot).await?;
    let (mut jobs, mut homeless) = (Vec::new(), Vec::new());
    fresh(None, snapshot, |part, _, entry| {
        if query.is_none_or(|query| query.matches(&entry.key, &entry.text)) {
            for file in pool_files(&entry)? {
                match file.job(part, mismatch) {
                    Ok(job) => jobs.push(job),
                    Err(error) => homeless.push((file, error)),
                }
            }
        }
        Ok(())
    })
    .await?;
    // Packages of a folder, and of snapshots made from others, are in the store as a rule.
    for (file, error) in homeless {
        if snapshot.store().objects().size(&file.object()).await? != Some(file.size) {
            return Err(error);
        }
    }
    Ok(jobs)
}

/// Looks at all suites; those that have not changed come without a Release.
async fn look_at_all(
    mirror: &Mirror,
    fetcher: &Fetcher,
    rules: &Rules<'_>,
    before: Option<&Snapshot>,
) -> Result<Vec<(Suite, Option<Box<Signed>>)>> {
    let known = &mirror.entry().body.suites;
    let mut seen = Vec::new();
    for name in &rules.config.suites {
        let suite = Suite::new(&rules.config.uri, name)?;
        let state = known.get(name).map(|state| known_state(state, rules, before));
        let same = |signed: &Signed| {
            before.is_some() && state.as_ref().is_some_and(|state| state.accepted.digest == signed.accepted.digest)
        };
        let changed = match look(fetcher, &suite, rules, state.as_ref()).await? {
            Seen::NotModified => None,
            Seen::Body(signed) => (!same(&signed)).then_some(signed),
        };
        seen.push((suite, changed));
    }
    Ok(seen)
}

/// Looks at all suites; where one has changed, makes the snapshot.
async fn take(
    mirror: &Mirror,
    fetcher: &Fetcher,
    rules: &Rules<'_>,
    before: Option<&Snapshot>,
    monitor: &Monitor,
) -> Result<Option<Taken>> {
    let config = rules.config;
    let known = &mirror.entry().body.suites;
    let seen = look_at_all(mirror, fetcher, rules, before).await?;
    if before.is_some() && seen.iter().all(|(_, changed)| changed.is_none()) {
        return Ok(None);
    }
    let filter = config.filter.as_deref().map(str::parse::<Query>).transpose()?;
    let mut assembler = Assembler::new(&mirror.store, before, filter);
    let mut suites = BTreeMap::new();
    for (suite, changed) in seen {
        monitor.check()?;
        let state = match &changed {
            Some(signed) => {
                signed.release.notes().iter().for_each(|note| monitor.note(&note.message));
                assemble(fetcher, &suite, rules, signed, &mut assembler).await?;
                Some(suite_state(signed))
            }
            None => {
                keep_part(before, &suite.name, &mut assembler).await?;
                known.get(&suite.name).cloned()
            }
        };
        suites.extend(state.map(|state| (suite.name, state)));
    }
    let made = Made::Mirror { mirror: mirror.name().to_owned(), filter: config.filter.clone() };
    Ok(Some((assembler.finish(made).await?, suites)))
}

/// What the suite's Release was. Where there is no snapshot of it, or where it has gone stale, the server is not told of
/// it, so that its answer is a Release to judge.
fn known_state(state: &SuiteState, rules: &Rules<'_>, before: Option<&Snapshot>) -> SuiteState {
    let age = || state.accepted.date.map(|date| rules.now.duration_since(date).as_secs());
    let stale = match (state.valid_until, rules.config.max_age) {
        (Some(end), _) => end < rules.now,
        (None, Some(most)) => age().is_some_and(|age| u64::try_from(age).is_ok_and(|age| age > most)),
        (None, None) => false,
    };
    if stale || before.is_none() {
        SuiteState { etag: None, last_modified: None, ..state.clone() }
    } else {
        state.clone()
    }
}

fn suite_state(signed: &Signed) -> SuiteState {
    SuiteState {
        etag: signed.validators.etag.clone(),
        last_modified: signed.validators.last_modified.clone(),
        accepted: signed.accepted.clone(),
        valid_until: signed.release.value().valid_until(),
    }
}

/// Takes over the part of a suite that has not changed.
async fn keep_part(before: Option<&Snapshot>, name: &str, assembler: &mut Assembler) -> Result<()> {
    let Some(before) = before else { return Ok(()) };
    let Some(part) = before.manifest().parts.iter().find(|part| part.name == name) else { return Ok(()) };
    assembler.keep_part(part).await
}

/// Whether `error` is what a reader meets whose upstream moves on meanwhile.
fn changed_meanwhile(error: &Error) -> bool {
    match error.kind() {
        Kind::Verification => matches!(error.broken_rule(), Some("hash-mismatch" | "size-mismatch")),
        Kind::NotFound => error.broken_rule() == Some("index-missing"),
        _ => false,
    }
}

/// Fetches what `after` has and `before` had not.
async fn fetch_fresh(
    fetcher: &Fetcher,
    before: Option<&Snapshot>,
    after: &Snapshot,
    mismatch: Mismatch,
    monitor: &Monitor,
) -> Result<Downloaded> {
    let mut jobs = Vec::new();
    fresh(before, after, |part, _, entry| {
        for file in pool_files(&entry)? {
            jobs.push(file.job(part, mismatch)?);
        }
        Ok(())
    })
    .await?;
    download(fetcher, after.store(), jobs, monitor).await
}

/// What the mirror that made `snapshot` does with a package that differs from its stanza; other snapshots reject it.
async fn mismatch_of(snapshot: &Snapshot) -> Result<Mismatch> {
    let Made::Mirror { mirror, .. } = &snapshot.manifest().made else { return Ok(Mismatch::Reject) };
    match Mirror::open(snapshot.store(), mirror).await {
        Ok(mirror) => match mirror.config() {
            Config::Apt(config) => Ok(config.mismatch()),
            _ => Ok(Mismatch::Reject),
        },
        // Its log may be in another store.
        Err(error) if error.kind() == Kind::NotFound => Ok(Mismatch::Reject),
        Err(error) => Err(error),
    }
}

/// Fetches those of `jobs` that the store lacks.
async fn download(fetcher: &Fetcher, store: &Store, jobs: Vec<Job>, monitor: &Monitor) -> Result<Downloaded> {
    let jobs = missing(store, distinct(jobs)).await?;
    let totals = totals(&jobs);
    if jobs.is_empty() {
        return Ok(Downloaded::default());
    }
    fetcher.download(jobs, totals, store.objects(), monitor).await
}

/// Several stanzas of one package are each compared with it.
fn distinct(mut jobs: Vec<Job>) -> Vec<Job> {
    jobs.sort_by(|a, b| a.path.cmp(&b.path));
    jobs.dedup_by(|a, b| a.path == b.path && a.control == b.control);
    jobs
}

fn totals(jobs: &[Job]) -> Totals {
    Totals { items: jobs.len() as u64, bytes: jobs.iter().map(|job| job.size).sum() }
}

/// Those of `jobs` whose object is not there in full: after a power cut, one that was never settled may be there but
/// short. Many are looked up in one listing, few one by one.
async fn missing(store: &Store, jobs: Vec<Job>) -> Result<Vec<Job>> {
    const FEW: usize = 2000;
    let mut missing = Vec::new();
    if jobs.len() > FEW {
        let objects = store.objects().list("pool").await?;
        let there: HashMap<String, u64> = objects.into_iter().map(|object| (object.path, object.size)).collect();
        missing.extend(jobs.into_iter().filter(|job| there.get(&job.path) != Some(&job.size)));
    } else {
        for job in jobs {
            if store.objects().size(&job.path).await? != Some(job.size) {
                missing.push(job);
            }
        }
    }
    Ok(missing)
}
