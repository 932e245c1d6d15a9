//! Every object that is needed: by an entry of a log, or by what such an entry names.
//!
//! What is needed is told by logs alone. Small things that an entry names, such as keyrings, evidence and records of images,
//! are needed for as long as the entry is there, which is for ever; snapshots are, where retention keeps the entry.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures::stream::{self, StreamExt};
use serde_json::Value;

use super::kinds::Sort;
use super::logs::{self, Name};
use super::retention::{Point, Retention};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::progress::{Monitor, Unit};
use crate::resolve;
use crate::snapshot::Snapshot;
use crate::snapshot::entry::KeyRefs;
use crate::snapshot::hold;
use crate::snapshot::needs::{Look, Needs};
use crate::snapshot::read::fold_key_blocks;
use crate::store::refs::{ENVIRONMENT, MIRROR};
use crate::store::{Store, layout};

/// How many snapshots are opened at the same time.
const PARALLEL: usize = 4;
/// The largest record of an image that is read, in bytes.
const LARGEST_RECORD: u64 = 64 << 20;

const PHASE: &str = "snapshots";

/// What is kept besides what each log needs at its head.
#[derive(Clone, Debug, Default)]
pub struct Keep {
    /// Which entries of environments and mirrors keep their snapshots.
    pub retention: Retention,
    /// Snapshots that are needed elsewhere, as by lock files.
    pub snapshots: Vec<Digest>,
    /// Segments of histories and fleets that are in use; where this is not told, all of them are kept.
    pub segments: Option<HashSet<String>>,
}

/// What becomes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Something needs it.
    Needed,
    /// It is no object that anything could need, as far as this version knows; it stays.
    Left,
    /// Nothing needs it.
    Garbage,
}

/// Everything that is needed.
#[derive(Debug)]
pub struct Marks {
    keep: Keep,
    /// What the snapshots need.
    pub needs: Needs,
    /// Snapshots that entries name and that retention does not keep, the newest first.
    pub retired: Vec<Digest>,
    points: BTreeMap<Name, Vec<(Point, Vec<Digest>)>>,
    roots: HashSet<Digest>,
    required: HashSet<Digest>,
    named: HashSet<Digest>,
    about: HashSet<Digest>,
    universes: HashSet<Digest>,
    seen: HashMap<Name, u64>,
}

impl Marks {
    /// Finds what is needed.
    ///
    /// # Errors
    /// [`Kind::NotFound`] and others where something that is needed can't be read: then nothing can be told.
    pub async fn find(store: &Store, keep: Keep, monitor: &Monitor) -> Result<Self> {
        let mut marks = Self {
            keep,
            needs: Needs::new(),
            retired: Vec::new(),
            points: BTreeMap::new(),
            roots: HashSet::new(),
            required: HashSet::new(),
            named: HashSet::new(),
            about: HashSet::new(),
            universes: HashSet::new(),
            seen: HashMap::new(),
        };
        marks.read_logs(store).await?;
        marks.choose();
        marks.choose_for_images(store, monitor).await?;
        marks.mark(store, monitor).await.map_err(unsure)?;
        Ok(marks)
    }

    /// Adds what logs have named since.
    pub async fn refresh(&mut self, store: &Store) -> Result<()> {
        let before = self.roots.len();
        self.read_logs(store).await?;
        // What was kept stays kept: entries that came since may only add to it.
        self.choose();
        if self.roots.len() > before {
            self.mark(store, &Monitor::silent()).await.map_err(unsure)?;
        }
        Ok(())
    }

    /// Whether something needs the object at `path`.
    pub fn verdict(&self, path: &str) -> Verdict {
        let digest = layout::digest_of(path);
        let needed = |is: bool| if is { Verdict::Needed } else { Verdict::Garbage };
        match (Sort::of(path), digest) {
            (Sort::Package, Some(digest)) => needed(self.needs.packages.contains_key(&digest)),
            (Sort::Pack, Some(digest)) => needed(self.needs.packs.contains_key(&digest)),
            (Sort::Index, Some(digest)) => needed(self.needs.indexes.contains(&digest)),
            (Sort::Snapshot, Some(digest)) => needed(self.needs.snapshots.contains(&digest)),
            (Sort::Universe, Some(digest)) => needed(self.universes.contains(&digest)),
            (Sort::Keyring | Sort::Evidence | Sort::Image, Some(digest)) => needed(self.named.contains(&digest)),
            (Sort::Approval, _) => {
                let snapshot = path.split('/').nth(1).and_then(|name| Digest::from_hex(name.as_bytes()));
                snapshot.map_or(Verdict::Left, |snapshot| {
                    needed(self.about.contains(&snapshot) || self.needs.snapshots.contains(&snapshot))
                })
            }
            (Sort::History | Sort::Fleet, _) => match &self.keep.segments {
                Some(segments) => needed(segments.contains(path)),
                None => Verdict::Left,
            },
            (Sort::Format | Sort::Ref | Sort::Retired, _) => Verdict::Needed,
            _ => Verdict::Left,
        }
    }

    /// Whether an entry names this snapshot, kept or not.
    pub fn is_named(&self, snapshot: Digest) -> bool {
        self.about.contains(&snapshot)
    }

    async fn read_logs(&mut self, store: &Store) -> Result<()> {
        let listing = logs::list(store).await?;
        if let Some(path) = listing.others.first() {
            return Err(unsure(
                Error::new(Kind::Malformed, "this is no entry of a log, so nobody can tell what it needs")
                    .path(path)
                    .help("delete it, or use a newer reposnap that knows it; `store check` lists all of them"),
            ));
        }
        let Self { points, required, named, about, seen, roots, .. } = self;
        let known = seen.clone();
        logs::read(store, &listing, &known, &mut |name, line| {
            let line = line.map_err(unsure)?;
            named.extend(&line.named);
            about.extend(&line.snapshots);
            if line.required {
                required.extend(&line.snapshots);
            }
            if name.0 == ENVIRONMENT || name.0 == MIRROR {
                let point = Point { seq: line.seq, time: line.time, has_snapshot: !line.snapshots.is_empty() };
                points.entry(name.clone()).or_default().push((point, line.snapshots));
            } else {
                roots.extend(line.snapshots);
            }
            seen.insert(name.clone(), line.seq);
            Ok(())
        })
        .await
    }

    fn choose(&mut self) {
        self.roots.extend(&self.keep.snapshots);
        for points in self.points.values() {
            let log: Vec<Point> = points.iter().rev().map(|(point, _)| *point).collect();
            let kept = self.keep.retention.kept(&log);
            let kept = points.iter().filter(|(point, _)| kept.contains(&point.seq));
            self.roots.extend(kept.flat_map(|(_, snapshots)| snapshots));
        }
        let mut retired: Vec<(jiff::Timestamp, Digest)> = Vec::new();
        for (point, snapshots) in self.points.values().flatten() {
            let gone = snapshots.iter().filter(|snapshot| !self.roots.contains(snapshot));
            retired.extend(gone.map(|snapshot| (point.time, *snapshot)));
        }
        retired.sort_unstable_by(|a, b| b.cmp(a));
        let mut told = HashSet::new();
        self.retired = retired.into_iter().map(|(_, id)| id).filter(|id| told.insert(*id)).collect();
    }

    /// Keeps, of what retention would give up, the newest snapshots that have packages of recorded images which nothing that
    /// is kept has.
    async fn choose_for_images(&mut self, store: &Store, monitor: &Monitor) -> Result<()> {
        if self.retired.is_empty() {
            return Ok(());
        }
        let mut wanted = image_packages(store).await?;
        if wanted.is_empty() {
            return Ok(());
        }
        let mut seen = HashSet::new();
        let roots: Vec<Digest> = self.roots.iter().copied().collect();
        for id in roots {
            monitor.check()?;
            (wanted, seen) = take_found(store, id, wanted, seen).await?.0;
        }
        for id in std::mem::take(&mut self.retired) {
            monitor.check()?;
            let found;
            ((wanted, seen), found) = match wanted.is_empty() {
                true => ((wanted, seen), false),
                false => take_found(store, id, wanted, seen).await?,
            };
            if found {
                self.roots.insert(id);
            } else {
                self.retired.push(id);
            }
        }
        Ok(())
    }

    /// Marks what the snapshots need that were not marked yet.
    async fn mark(&mut self, store: &Store, monitor: &Monitor) -> Result<()> {
        let mut new: Vec<Digest> = self.roots.iter().filter(|id| !self.needs.snapshots.contains(id)).copied().collect();
        new.sort_unstable();
        monitor.start(PHASE, Some(new.len() as u64), Unit::Items);
        let required = &self.required;
        let mut opened = stream::iter(
            new.into_iter()
                .map(|id| async move { open(store, id).await.map(|it| it.map(|it| (it, required.contains(&id)))) }),
        )
        .buffer_unordered(PARALLEL);
        while let Some(snapshot) = opened.next().await {
            monitor.check()?;
            monitor.advance(PHASE, 1);
            let Some((snapshot, required)) = snapshot? else { continue };
            self.needs.add(&snapshot, required)?;
            self.universes.extend(resolve::stored::usual_names(&snapshot));
        }
        drop(opened);
        monitor.finish(PHASE);
        self.needs.find_packages(store, Look::Digests, monitor, &mut Err).await
    }
}

/// Opens a snapshot that an entry names; nothing where retention gave it up.
async fn open(store: &Store, id: Digest) -> Result<Option<Snapshot>> {
    match Snapshot::open(store, id).await {
        Err(error) if error.kind() == Kind::NotFound => {}
        opened => return opened.map(Some),
    }
    // Perhaps a sweep has taken it, and an entry names it by now.
    match hold::bring_back(store, id).await {
        Err(error) if error.kind() != Kind::Conflict && error.kind() != Kind::ReadOnly => return Err(error),
        _ => {}
    }
    match Snapshot::open(store, id).await {
        Err(error) if error.broken_rule() == Some("retired") => Ok(None),
        opened => opened.map(Some),
    }
}

fn unsure(error: Error) -> Error {
    if error.kind() == Kind::Cancelled || error.advice().is_some_and(|advice| advice.contains("store check")) {
        return error;
    }
    error.help("`store check` tells what is damaged; nothing is collected before it is mended")
}

/// The names, versions and architectures of the packages of recorded images, as digests.
async fn image_packages(store: &Store) -> Result<HashSet<[u8; 16]>> {
    let mut wanted = HashSet::new();
    for object in store.objects().list("images").await? {
        let bytes = store.objects().get_limited(&object.path, LARGEST_RECORD).await?;
        let record: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        for package in record["packages"].as_array().into_iter().flatten() {
            let text = |field: &str| package[field].as_str().unwrap_or_default().as_bytes();
            wanted.insert(short(text("name"), text("version"), text("architecture")));
        }
    }
    Ok(wanted)
}

fn short(name: &[u8], version: &[u8], architecture: &[u8]) -> [u8; 16] {
    let digest = Digest::of(&[name, b"\0", version, b"\0", architecture].concat());
    let mut short = [0; 16];
    short.copy_from_slice(&digest.as_bytes()[..16]);
    short
}

type Search = (HashSet<[u8; 16]>, HashSet<Digest>);

/// Takes out of `wanted` what the chunks of a snapshot have that nobody has looked at; whether that was anything.
async fn take_found(
    store: &Store,
    id: Digest,
    wanted: HashSet<[u8; 16]>,
    mut seen: HashSet<Digest>,
) -> Result<(Search, bool)> {
    let Some(snapshot) = open(store, id).await? else { return Ok(((wanted, seen), false)) };
    let mut chunks = Vec::new();
    for (_, list) in snapshot.manifest().lists() {
        chunks.extend(snapshot.chunks(list)?.iter().filter(|chunk| seen.insert(chunk.digest)).cloned());
    }
    let before = wanted.len();
    let wanted = fold_key_blocks(store, chunks, wanted, |wanted: &mut HashSet<[u8; 16]>, _, keys| {
        for key in KeyRefs::new(keys)? {
            let key = key?;
            wanted.remove(&short(key.name, key.version, key.architecture));
        }
        Ok(())
    })
    .await?;
    let found = wanted.len() < before;
    Ok(((wanted, seen), found))
}
