//! Opens a fleet: the segments that are kept, and what was recorded since.

use futures::stream::{self, StreamExt, TryStreamExt};
use reposnap::progress::{Monitor, Unit};
use reposnap::store::refs::{IMAGE, Log};
use reposnap::store::{Store, layout};
use reposnap::{Digest, Error, Kind, Result};

use super::draft::{Draft, NewName};
use super::record::{self, Named, Record};
use super::segment::Segment;
use super::{Fleet, MAX_IMAGES};

/// The most segments that an index may have: each is larger than what follows it, so there never are nearly as many.
const MAX_SEGMENTS: usize = 64;

/// How many objects are read at the same time.
const PARALLEL: usize = 16;

const PHASE: &str = "fleet";

pub(super) async fn open(store: &Store, monitor: &Monitor) -> Result<Fleet> {
    let (mut fleet, mut paths) = load(store).await?;
    let heads = record::heads(store).await?;
    let is_behind = |(log, head): &(String, u64)| fleet.names.get(log).is_none_or(|name| name.number < *head);
    let behind: Vec<(String, u64)> = heads.into_iter().filter(is_behind).collect();
    if behind.is_empty() {
        return Ok(fleet);
    }
    monitor.start(PHASE, Some(behind.len() as u64), Unit::Items);
    let mut draft = Draft::new(fleet.images);
    let known: Vec<u64> = behind.iter().map(|(log, _)| fleet.names.get(log).map_or(0, |name| name.number)).collect();
    let mut read = stream::iter(behind.iter().zip(known).map(|((log, head), known)| entries(store, log, *head, known)))
        .buffered(PARALLEL);
    let mut entries: Vec<(String, u64, Named)> = Vec::new();
    while let Some(more) = read.try_next().await? {
        monitor.check()?;
        entries.extend(more);
    }
    drop(read);
    // The images that are new, each once, in the order in which they are named.
    let mut new: Vec<Digest> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (_, _, named) in &entries {
        if fleet.number(named.image).is_none() && seen.insert(named.image) {
            new.push(named.image);
        }
    }
    if fleet.images + new.len() > MAX_IMAGES {
        return Err(Error::new(Kind::Limit, format!("a fleet has more than {MAX_IMAGES} images")));
    }
    let mut numbers = std::collections::HashMap::new();
    let mut records =
        stream::iter(new.into_iter().map(|image| async move { (image, Record::read(store, image).await) }))
            .buffered(PARALLEL);
    while let Some((image, record)) = records.next().await {
        monitor.check()?;
        match record {
            Ok(record) => {
                numbers.insert(image, fleet.images + draft.len());
                draft.add_record(image, &record);
            }
            Err(error) if error.kind() == Kind::NotFound => monitor.note(&format!("an image is left out: {error}")),
            Err(error) => return Err(error),
        }
        monitor.advance(PHASE, 1);
    }
    drop(records);
    monitor.finish(PHASE);
    for (log, number, named) in entries {
        // One whose image is lost says nothing.
        let Some(image) = fleet.number(named.image).or_else(|| numbers.get(&named.image).copied()) else { continue };
        draft.names.push(NewName { log, reference: named.reference, number, image });
    }
    if draft.is_empty() {
        return Ok(fleet);
    }
    // Those before it that are not much larger become part of it.
    while let Some(segment) = fleet.segments.pop_if(|segment| segment.len() + segment.logs.len() <= 2 * draft.weight())
    {
        paths.pop();
        draft.absorb(&segment)?;
    }
    let bytes = draft.write(paths.last().cloned())?;
    let mut opened = Fleet::default();
    for segment in std::mem::take(&mut fleet.segments) {
        opened.push(segment)?;
    }
    let (segment, _) = Segment::open(&bytes)?;
    opened.push(segment)?;
    opened.recount();
    let path = layout::fleet(covered(&opened), Digest::of(&bytes));
    match store.objects().put(&path, bytes).await {
        Err(error) if error.kind() != Kind::ReadOnly => Err(error),
        _ => Ok(opened),
    }
}

/// How many entries of logs a fleet covers.
fn covered(fleet: &Fleet) -> u64 {
    fleet.names.values().map(|name| name.number).sum()
}

/// The entries of a log from behind number `known` to number `head`.
async fn entries(store: &Store, log: &str, head: u64, known: u64) -> Result<Vec<(String, u64, Named)>> {
    let log = Log::<Named>::open(store.objects(), IMAGE, log)?;
    let mut entries = log.entries_from(head, usize::try_from(head - known).unwrap_or(usize::MAX)).await?;
    entries.reverse();
    Ok(entries.into_iter().map(|entry| (log.name().to_owned(), entry.seq, entry.body)).collect())
}

pub(super) async fn segments(store: &Store) -> Result<Vec<String>> {
    Ok(load(store).await?.1)
}

/// The segments that cover the most, and their paths.
async fn load(store: &Store) -> Result<(Fleet, Vec<String>)> {
    let names = match store.objects().names("fleet").await {
        Err(error) if error.kind() == Kind::NotFound => Vec::new(),
        names => names?,
    };
    for name in names {
        match chain(store, format!("fleet/{name}")).await {
            Err(error) if is_no_index(&error) => {}
            result => return result,
        }
    }
    Ok((Fleet::default(), Vec::new()))
}

fn is_no_index(error: &Error) -> bool {
    matches!(
        error.kind(),
        Kind::Malformed | Kind::Format | Kind::Verification | Kind::NotFound | Kind::Limit | Kind::Usage
    )
}

async fn chain(store: &Store, newest: String) -> Result<(Fleet, Vec<String>)> {
    let (mut segments, mut paths) = (Vec::new(), Vec::new());
    let mut next = Some(newest);
    while let Some(path) = next {
        if segments.len() == MAX_SEGMENTS || !path.starts_with("fleet/") {
            return Err(crate::packed::damaged("it has too many segments"));
        }
        let opened = Segment::open(&store.objects().get(&path).await?);
        let (segment, previous) = opened.inspect_err(|_| store.objects().doubt())?;
        segments.push(segment);
        paths.push(path);
        next = previous;
    }
    let mut fleet = Fleet::default();
    for segment in segments.into_iter().rev() {
        fleet.push(segment)?;
    }
    fleet.recount();
    paths.reverse();
    Ok((fleet, paths))
}
