//! Garbage collection in two phases, without a lock and beside writers.
//!
//! 1. **Plan**: what nothing needs is written down, as `gc/<epoch>/plan`. Nothing is deleted.
//! 2. **Sweep**, a grace period later: what is needed is found again, from every log. What the plan names, nothing needs and
//!    nobody has written since goes to `gc/<epoch>/trash`; then, after a pause and another look at the logs, for good. What
//!    a log names by then comes back.
//!
//! The grace period has to be longer than twice the longest commit, so that whoever began before the plan was there has
//! named what it needs before the sweep. Who begins later finds the plan ([`crate::snapshot::hold`]). Ages are those that the
//! store tells: of the plan, of the objects, and of an object written to ask for the time. A sweep that was interrupted goes
//! on the next time.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::kinds::{self, Counts, Sort, total};
use super::mark::{Keep, Marks, Verdict};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::progress::{Monitor, Unit};
use crate::snapshot::Retired;
use crate::store::plan::{self, FORMAT, MOST_PLANNED, Plan, Planned};
use crate::store::{Created, Store, layout};
use crate::worker::blocking;

/// The grace period where nobody names another: 24 hours, in seconds.
pub const GRACE: i64 = 24 * 3600;
/// How long what was swept lies in the trash before it goes for good, so that a writer who was just naming it has done so.
pub const PAUSE: Duration = Duration::from_secs(2);
/// How often logs are looked at while a sweep goes on.
const REFRESH: Duration = Duration::from_millis(500);

const PHASE: &str = "garbage";

/// How to collect.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is kept.
    pub keep: Keep,
    /// The seconds between a plan and its sweep, [`GRACE`]; longer than twice the longest commit.
    pub grace: i64,
    /// Tell what would be planned, and write nothing.
    pub dry_run: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { keep: Keep::default(), grace: GRACE, dry_run: false }
    }
}

/// What a collection came to.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// How many snapshots are needed.
    pub snapshots: u64,
    /// How many packages they have together, each counted once.
    pub packages: u64,
    /// The snapshots that entries name and that are given up, the newest first.
    pub retired: Vec<Digest>,
    /// What was swept.
    pub swept: Vec<Swept>,
    /// What was planned; in a dry run, what would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned: Option<Garbage>,
    /// A plan that is not swept yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
}

/// What a sweep came to.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Swept {
    /// The number of the plan.
    pub epoch: u64,
    /// How many objects were deleted.
    pub objects: u64,
    /// How many bytes that freed.
    pub bytes: u64,
    /// The same by sort of object.
    #[serde(serialize_with = "kinds::as_list")]
    pub sorts: Counts,
    /// How many objects of the plan are needed by now, or were written again, or are gone.
    pub spared: u64,
}

/// What nothing needs.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Garbage {
    /// The number of the plan; nothing in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u64>,
    /// How many objects.
    pub objects: u64,
    /// How many bytes.
    pub bytes: u64,
    /// The same by sort of object.
    #[serde(serialize_with = "kinds::as_list")]
    pub sorts: Counts,
    /// Whether there is more than one plan names; the next names the rest.
    pub more: bool,
}

/// A plan whose grace period is not over.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Waiting {
    /// The number of the plan.
    pub epoch: u64,
    /// When it was written, by the store's clock.
    pub written: Timestamp,
    /// From when on it can be swept, by the store's clock.
    pub due: Timestamp,
}

/// Sweeps the plans whose time has come, then plans what nothing needs.
///
/// With a grace period of 0, what is planned is swept at once; that is safe where nobody else writes.
///
/// # Errors
/// Those of finding what is needed: where that is not certain, nothing is planned and nothing deleted.
pub async fn collect(store: &Store, options: Options, monitor: &Monitor) -> Result<Report> {
    let Options { keep, grace, dry_run } = options;
    if grace < 0 {
        return Err(Error::new(Kind::Usage, "the grace period can't be negative").field("grace"));
    }
    let store = &store.uncached();
    let plans = plan::list(store.objects()).await?;
    let mut marks = Marks::find(store, keep, monitor).await?;
    let mut report = Report {
        dry_run,
        snapshots: marks.needs.snapshots.len() as u64,
        packages: marks.needs.packages.len() as u64,
        retired: Vec::new(),
        swept: Vec::new(),
        planned: None,
        waiting: None,
    };
    // What a dry run has no clock for is told by the plan alone.
    let now = if dry_run { None } else { Some(plan::now(store.objects()).await?) };
    let due = |since: Timestamp| later(since, grace);
    for planned in &plans {
        match (planned.done, now) {
            (None, Some(now)) if due(planned.written) <= now => {
                report.swept.extend(sweep(store, planned, &mut marks, now, monitor).await?);
            }
            (None, _) => {
                report.waiting =
                    Some(Waiting { epoch: planned.epoch, written: planned.written, due: due(planned.written) });
            }
            // Nobody who found it there can still be about to append.
            (Some(done), Some(now)) if due(done) < now => forget(store, planned, &mut marks).await?,
            (Some(_), _) => {}
        }
    }
    report.retired = there(store, &marks).await?;
    if report.waiting.is_some() {
        return Ok(report);
    }
    let (plan, garbage) = garbage(store, &marks, monitor).await?;
    report.planned = Some(garbage);
    if dry_run || plan.objects.is_empty() {
        return Ok(report);
    }
    let Some(planned) = write(store, plan).await? else { return Ok(report) };
    report.planned = report.planned.map(|garbage| Garbage { epoch: Some(planned.epoch), ..garbage });
    if grace == 0 {
        let now = plan::now(store.objects()).await?;
        report.swept.extend(sweep(store, &planned, &mut marks, now, monitor).await?);
    }
    Ok(report)
}

fn later(time: Timestamp, seconds: i64) -> Timestamp {
    time.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// The retired snapshots that the store still has.
async fn there(store: &Store, marks: &Marks) -> Result<Vec<Digest>> {
    let names = store.objects().names("snapshots").await?;
    let there: std::collections::HashSet<Digest> =
        names.iter().filter_map(|name| Digest::from_hex(name.as_bytes())).collect();
    Ok(marks.retired.iter().filter(|id| there.contains(id)).copied().collect())
}

/// What nothing needs, as a plan without a number.
async fn garbage(store: &Store, marks: &Marks, monitor: &Monitor) -> Result<(Plan, Garbage)> {
    let mut plan = Plan { format: FORMAT, epoch: 0, nonce: plan::nonce()?, objects: Default::default() };
    let (mut sorts, mut more) = (Counts::new(), false);
    kinds::each_object(store.objects(), |sort, object| {
        if marks.verdict(&object.path) != Verdict::Garbage {
            return;
        }
        if plan.objects.len() >= MOST_PLANNED {
            more = true;
            return;
        }
        sorts.entry(sort).or_default().add(object.size);
        plan.objects.insert(object.path, object.size);
    })
    .await?;
    monitor.check()?;
    let all = total(&sorts);
    Ok((plan, Garbage { epoch: None, objects: all.objects, bytes: all.bytes, sorts, more }))
}

/// Writes a plan under the next number; nothing where somebody else wrote one meanwhile.
async fn write(store: &Store, mut plan: Plan) -> Result<Option<Planned>> {
    let last = plan::list(store.objects()).await?.last().map_or(0, |planned| planned.epoch);
    plan.epoch = last + 1;
    let path = Planned::path(plan.epoch);
    let bytes = serde_json::to_vec(&plan)
        .map_err(|error| Error::new(Kind::Internal, "a plan can't be written").source(error))?;
    if store.objects().create(&path, bytes.into()).await? == Created::Exists {
        return Ok(None);
    }
    let Some(meta) = store.objects().meta(&path).await? else { return Ok(None) };
    Ok(Some(Planned { epoch: plan.epoch, written: meta.modified, done: None }))
}

/// The order in which sorts are swept: what leads to others first, so that nobody finds half a snapshot.
fn rank(path: &str) -> u8 {
    match Sort::of(path) {
        Sort::Snapshot => 0,
        Sort::Index => 1,
        Sort::Pack => 2,
        Sort::Package => 4,
        _ => 3,
    }
}

async fn sweep(
    store: &Store,
    planned: &Planned,
    marks: &mut Marks,
    now: Timestamp,
    monitor: &Monitor,
) -> Result<Option<Swept>> {
    let objects = store.objects();
    let Some(plan) = planned.read(objects).await? else { return Ok(None) };
    let trash = Planned::trash(planned.epoch);
    let mut paths: Vec<&String> = plan.objects.keys().collect();
    paths.sort_by_key(|path| rank(path));
    monitor.start(PHASE, Some(paths.len() as u64), Unit::Items);
    marks.refresh(store).await?;
    let mut fresh = Instant::now();
    for path in paths {
        monitor.check()?;
        monitor.advance(PHASE, 1);
        if fresh.elapsed() > REFRESH {
            marks.refresh(store).await?;
            fresh = Instant::now();
        }
        if marks.verdict(path) != Verdict::Garbage {
            continue;
        }
        // Just before it goes, so that a writer who has it now is seen.
        let Some(meta) = objects.meta(path).await? else { continue };
        if meta.modified >= planned.written {
            continue;
        }
        if let (Sort::Snapshot, Some(id)) = (Sort::of(path), layout::digest_of(path))
            && marks.is_named(id)
        {
            let note = serde_json::to_vec(&Retired { time: now, epoch: planned.epoch }).unwrap_or_default();
            objects.put(&layout::retired(id), note.into()).await?;
        }
        objects.rename(path, &format!("{trash}/{path}")).await?;
    }
    let sorts = empty(store, planned, marks, Some(PAUSE)).await?;
    monitor.finish(PHASE);
    let all = total(&sorts);
    let spared = (plan.objects.len() as u64).saturating_sub(all.objects);
    let swept = Swept { epoch: planned.epoch, objects: all.objects, bytes: all.bytes, sorts, spared };
    let done = serde_json::to_vec(&swept)
        .map_err(|error| Error::new(Kind::Internal, "a report can't be written").source(error))?;
    objects.put(&Planned::done_path(planned.epoch), done.into()).await?;
    Ok(Some(swept))
}

/// Empties the trash of a plan: what is needed by now comes back, the rest goes for good.
async fn empty(store: &Store, planned: &Planned, marks: &mut Marks, pause: Option<Duration>) -> Result<Counts> {
    let objects = store.objects();
    let trash = Planned::trash(planned.epoch);
    let mut sorts = Counts::new();
    if let Some(pause) = pause
        && !objects.names(&trash).await?.is_empty()
    {
        wait(pause).await?;
    }
    let thrown = objects.list(&trash).await?;
    if thrown.is_empty() {
        return Ok(sorts);
    }
    marks.refresh(store).await?;
    for object in thrown {
        let Some(path) = object.path.strip_prefix(&trash).and_then(|path| path.strip_prefix('/')) else { continue };
        if marks.verdict(path) != Verdict::Garbage && !objects.exists(path).await? {
            objects.rename(&object.path, path).await?;
        } else {
            objects.delete(&object.path).await?;
            sorts.entry(Sort::of(path)).or_default().add(object.size);
        }
    }
    objects.remove_empty_folders(&trash).await?;
    Ok(sorts)
}

/// Deletes a plan that was swept long ago.
async fn forget(store: &Store, planned: &Planned, marks: &mut Marks) -> Result<()> {
    empty(store, planned, marks, None).await?;
    // A plan without its end is swept once more; an end without its plan would be that of the next.
    store.objects().delete(&Planned::done_path(planned.epoch)).await?;
    store.objects().delete(&Planned::path(planned.epoch)).await?;
    store.objects().remove_empty_folders(&Planned::folder(planned.epoch)).await
}

async fn wait(pause: Duration) -> Result<()> {
    blocking(move || {
        std::thread::sleep(pause);
        Ok(())
    })
    .await
}
