//! Whether all is there that has to be, and as it was written.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use serde::Serialize;

use super::kinds::{self, Sort};
use super::logs::{self, Line};
use crate::digest::{Digest, Hasher};
use crate::error::{Error, Kind, Result};
use crate::progress::{Monitor, Unit};
use crate::snapshot::Snapshot;
use crate::snapshot::needs::{Look, Needs};
use crate::store::refs::{self, CLOCKS_DIFFER};
use crate::store::{Objects, Store, layout};

/// How many snapshots are opened, and objects hashed, at the same time.
const PARALLEL: usize = 4;
/// The most problems that are told one by one; of the others only the number.
pub const MOST_PROBLEMS: usize = 100_000;

const SNAPSHOTS: &str = "snapshots";
const BYTES: &str = "bytes";

/// What was found.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Whether every byte of packs and packages was read.
    pub data: bool,
    /// How many entries of logs were read.
    pub entries: u64,
    /// How many snapshots were opened.
    pub snapshots: u64,
    /// How many chunks were looked at.
    pub chunks: u64,
    /// How many packages the snapshots have together, each counted once.
    pub packages: u64,
    /// How many of them the store does not have, nor has to: they are fetched when they are asked for.
    pub absent: u64,
    /// How many bytes of objects were read to be compared with their names.
    pub bytes: u64,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// How many problems there are beyond those that are told.
    pub untold: u64,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// What sort of problem.
    pub kind: Trouble,
    /// The path of the object.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Whether it was put right.
    pub repaired: bool,
}

/// A sort of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// The object is not there.
    Missing,
    /// It has another size than it must have.
    Size,
    /// It has other bytes than its name says.
    Altered,
    /// It can't be read as what it has to be.
    Malformed,
    /// An entry of a log does not follow the one before it.
    Chain,
    /// It could not be read.
    Unreadable,
}

impl Trouble {
    /// The problem that an error is.
    fn of(error: &Error) -> Self {
        match (error.kind(), error.broken_rule()) {
            (_, Some("log-chain")) => Trouble::Chain,
            (Kind::NotFound, _) => Trouble::Missing,
            (Kind::Verification, _) => Trouble::Altered,
            (Kind::Malformed | Kind::Format | Kind::Limit, _) => Trouble::Malformed,
            _ => Trouble::Unreadable,
        }
    }
}

impl Report {
    /// Whether nothing is wrong that was not put right.
    pub fn is_clean(&self) -> bool {
        self.untold == 0 && self.problems.iter().all(|problem| problem.repaired)
    }

    fn add(&mut self, kind: Trouble, path: &str, message: String, help: Option<&str>) {
        if self.problems.len() >= MOST_PROBLEMS {
            self.untold += 1;
            return;
        }
        if self.problems.iter().rev().take(64).any(|known| known.path == path && known.kind == kind) {
            return;
        }
        let help = help.unwrap_or("put it back with --repair-from, naming a copy of the store").to_owned();
        self.problems.push(Problem { kind, path: path.to_owned(), message, help, repaired: false });
    }

    fn add_error(&mut self, path: &str, error: &Error) {
        let at = error.at_path().filter(|at| is_path(at)).unwrap_or(path).to_owned();
        let mut message = error.message().to_owned();
        if let (Some(expected), Some(found)) = (error.expected(), error.found()) {
            message.push_str(&format!(": expected {expected}, found {found}"));
        }
        self.add(Trouble::of(error), &at, message, None);
    }
}

/// Whether an error names an object of the store rather than anything else.
fn is_path(path: &str) -> bool {
    Sort::of(path) != Sort::Other
}

/// Checks that every log is unbroken, every snapshot can be decoded and is what its name says, and every object that one
/// needs is there with the right size. With `data`, every byte of packs and packages is read, and every stanza verified.
///
/// # Errors
/// Those of listing the store, and cancellation. What is wrong with an object is no error but a [`Problem`].
pub async fn check(store: &Store, data: bool, monitor: &Monitor) -> Result<Report> {
    // What is kept on this machine tells nothing of the bucket.
    let store = &store.uncached();
    let mut report = Report { data, ..Report::default() };
    let (snapshots, required, small) = check_logs(store, &mut report, monitor).await?;
    let needs = check_snapshots(store, snapshots, &required, data, &mut report, monitor).await?;
    check_packs(store, &needs, &mut report).await?;
    check_packages(store, &needs, &mut report).await?;
    check_small(store, &small, &mut report).await?;
    if data {
        check_bytes(store, &needs, &mut report, monitor).await?;
    }
    report.problems.sort_by(|a, b| (&a.path, a.kind).cmp(&(&b.path, b.kind)));
    Ok(report)
}

type Logs = (BTreeMap<Digest, String>, HashSet<Digest>, BTreeMap<Digest, String>);

/// The snapshots that entries name with the path of one that does, those that promise their packages, and all else that
/// entries name.
async fn check_logs(store: &Store, report: &mut Report, monitor: &Monitor) -> Result<Logs> {
    let listing = logs::list(store).await?;
    for path in &listing.others {
        report.add(Trouble::Malformed, path, "this is no entry of a log".to_owned(), Some("delete it"));
    }
    let mut snapshots = BTreeMap::new();
    let mut required = HashSet::new();
    let mut small = BTreeMap::new();
    let mut before: HashMap<logs::Name, Line> = HashMap::new();
    logs::read(store, &listing, &HashMap::new(), &mut |name, line| {
        report.entries += 1;
        let line = match line {
            Ok(line) => line,
            Err(error) => {
                report.add_error("refs", &error);
                before.remove(name);
                return Ok(());
            }
        };
        match before.get(name) {
            Some(older) => {
                if let Some(error) = logs::link(older, &line) {
                    // A gap is told by what is missing in it.
                    if line.seq > older.seq + 1 {
                        for seq in (older.seq + 1..line.seq).take(MOST_PROBLEMS) {
                            let message = format!("entry {seq} of {} is missing", name.1);
                            report.add(Trouble::Missing, &logs::path(name, seq), message, None);
                        }
                    } else {
                        report.add_error(&line.path, &error);
                    }
                }
            }
            None if line.seq > 1 && listing.logs.get(name).and_then(|seqs| seqs.first()) == Some(&line.seq) => {
                for seq in (1..line.seq).take(MOST_PROBLEMS) {
                    let message = format!("entry {seq} of {} is missing", name.1);
                    report.add(Trouble::Missing, &logs::path(name, seq), message, None);
                }
            }
            None => {}
        }
        for snapshot in &line.snapshots {
            snapshots.entry(*snapshot).or_insert_with(|| line.path.clone());
            if line.required {
                required.insert(*snapshot);
            }
        }
        small.extend(line.named.iter().map(|digest| (*digest, line.path.clone())));
        before.insert(name.clone(), line);
        Ok(())
    })
    .await?;
    let now = Timestamp::now();
    for ((kind, name), newest) in before.iter().filter(|(_, newest)| now.duration_until(newest.time) > CLOCKS_DIFFER) {
        // That it is so is no damage, and nothing mends it but time.
        monitor.note(&format!(
            "{kind}/{name}: entry {} is from the future, {}: the clock of who wrote it was wrong, or this machine's is",
            newest.seq, newest.time
        ));
    }
    Ok((snapshots, required, small))
}

async fn check_snapshots(
    store: &Store,
    named: BTreeMap<Digest, String>,
    required: &HashSet<Digest>,
    data: bool,
    report: &mut Report,
    monitor: &Monitor,
) -> Result<Needs> {
    let there = store.objects().names("snapshots").await?;
    let mut all: BTreeMap<Digest, Option<String>> = BTreeMap::new();
    for name in there {
        match Digest::from_hex(name.as_bytes()) {
            Some(id) => drop(all.insert(id, None)),
            None => {
                let path = format!("snapshots/{name}");
                report.add(Trouble::Malformed, &path, "this is no snapshot".to_owned(), Some("delete it"));
            }
        }
    }
    all.extend(named.into_iter().map(|(id, path)| (id, Some(path))));
    monitor.start(SNAPSHOTS, Some(all.len() as u64), Unit::Items);
    let mut needs = Needs::new();
    let mut opened =
        stream::iter(all.into_iter().map(|(id, by)| async move { (id, by, Snapshot::open(store, id).await) }))
            .buffered(PARALLEL);
    while let Some((id, by, snapshot)) = opened.next().await {
        monitor.check()?;
        monitor.advance(SNAPSHOTS, 1);
        let checked = snapshot.and_then(|snapshot| {
            check_roots(&snapshot)?;
            needs.add(&snapshot, required.contains(&id))
        });
        match checked {
            Ok(()) => report.snapshots += 1,
            Err(error) if error.broken_rule() == Some("retired") => {}
            // Collected since it was listed.
            Err(error)
                if error.kind() == Kind::NotFound
                    && by.is_none()
                    && !store.objects().exists(&layout::snapshot(id)).await? => {}
            Err(error) => {
                let path = layout::snapshot(id);
                report.add_error(&path, &error);
                if let (Some(by), Kind::NotFound) = (by, error.kind()) {
                    monitor.note(&format!("{path} is named by {by}"));
                }
            }
        }
    }
    drop(opened);
    monitor.finish(SNAPSHOTS);
    let look = if data { Look::Everything } else { Look::Sizes };
    let mut errors = Vec::new();
    needs
        .find_packages(store, look, monitor, &mut |error| {
            errors.push(error);
            Ok(())
        })
        .await?;
    for error in errors {
        report.add_error("packs", &error);
    }
    report.chunks = needs.chunks();
    report.packages = needs.packages.len() as u64;
    Ok(needs)
}

/// The chunks that an index has of a list have to be those that the manifest's root is made of.
fn check_roots(snapshot: &Snapshot) -> Result<()> {
    for (_, list) in snapshot.manifest().lists() {
        let mut root = Hasher::new();
        let mut entries = 0;
        for chunk in snapshot.chunks(list)? {
            root.update(chunk.digest.as_bytes());
            entries += u64::from(chunk.entries);
        }
        let root = root.finish();
        if root != list.root || entries != list.entries {
            return Err(Error::new(Kind::Verification, "the chunk index has other chunks than the list was made of")
                .rule("stored-digest")
                .path(layout::index(snapshot.id()))
                .mismatch(list.root.to_string(), root.to_string()));
        }
    }
    Ok(())
}

async fn check_packs(store: &Store, needs: &Needs, report: &mut Report) -> Result<()> {
    let mut there = HashMap::new();
    kinds::each_of(store.objects(), "packs", |object| {
        if let Some(digest) = layout::digest_of(&object.path) {
            there.insert(digest, object.size);
        }
    })
    .await?;
    for (pack, size) in &needs.packs {
        let path = layout::pack(*pack);
        match there.get(pack) {
            None => report.add(Trouble::Missing, &path, "a snapshot needs this pack".to_owned(), None),
            Some(found) if found < size => {
                let message = format!("the pack is too short: expected at least {size} bytes, found {found}");
                report.add(Trouble::Size, &path, message, None);
            }
            Some(_) => {}
        }
    }
    Ok(())
}

async fn check_packages(store: &Store, needs: &Needs, report: &mut Report) -> Result<()> {
    let mut there: HashSet<Digest> = HashSet::new();
    let mut wrong = Vec::new();
    kinds::each_of(store.objects(), "pool", |object| {
        let Some(digest) = layout::digest_of(&object.path) else { return };
        there.insert(digest);
        let expected = needs.packages.get(&digest).and_then(|package| package.size);
        if let Some(expected) = expected.filter(|expected| *expected != object.size) {
            wrong.push((object.path, expected, object.size));
        }
    })
    .await?;
    let help = "put it back with --repair-from, naming a copy of the store, or with --repair-upstream";
    for (path, expected, found) in wrong {
        let message = format!("the package has another size: expected {expected} bytes, found {found}");
        report.add(Trouble::Size, &path, message, Some(help));
    }
    for (digest, package) in needs.packages.iter().filter(|(digest, _)| !there.contains(digest)) {
        if package.required {
            let message = "a snapshot of a mirror that keeps its packages needs this one".to_owned();
            report.add(Trouble::Missing, &layout::pool(*digest, "deb"), message, Some(help));
        } else {
            report.absent += 1;
        }
    }
    Ok(())
}

/// Keyrings, evidence and approvals are named by their bytes; records of images are JSON.
async fn check_small(store: &Store, named: &BTreeMap<Digest, String>, report: &mut Report) -> Result<()> {
    let objects = store.objects();
    for folder in ["keyrings", "evidence", "approvals"] {
        for object in objects.list(folder).await? {
            report.bytes += object.size;
            check_digest(objects, &object.path, report).await?;
        }
    }
    for object in objects.list("images").await? {
        let read = objects.get(&object.path).await;
        let read = read.map(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).is_ok());
        match read {
            Ok(true) => {}
            Ok(false) => {
                report.add(Trouble::Malformed, &object.path, "the record of an image can't be read".to_owned(), None);
            }
            Err(error) => report.add_error(&object.path, &error),
        }
    }
    // What entries name is found in one place or another: a keyring by mirrors, an image by the logs of images.
    for (digest, by) in named {
        let path = match refs::parse_path(by) {
            Some((refs::IMAGE, ..)) => layout::image(*digest),
            _ => continue,
        };
        if !objects.exists(&path).await? {
            report.add(Trouble::Missing, &path, format!("{by} names this image"), None);
        }
    }
    check_keyrings(store, report).await
}

/// The keyring of each mirror of a repository, as its newest entry has it.
async fn check_keyrings(store: &Store, report: &mut Report) -> Result<()> {
    use crate::source::mirror::{Config, State, keyring_path};
    use crate::store::refs::{Log, MIRROR};
    for name in refs::names(store.objects(), MIRROR).await? {
        // An entry that can't be read was told.
        let Ok(head) = Log::<State>::open(store.objects(), MIRROR, &name)?.head().await else { continue };
        if let Config::Apt(config) = &head.body.config {
            let path = keyring_path(config.keyring);
            if !store.objects().exists(&path).await? {
                report.add(Trouble::Missing, &path, format!("the mirror {name} needs this keyring"), None);
            }
        }
    }
    Ok(())
}

/// Every byte of packs and packages.
async fn check_bytes(store: &Store, needs: &Needs, report: &mut Report, monitor: &Monitor) -> Result<()> {
    let objects = store.objects();
    let mut paths = Vec::new();
    let mut total = 0;
    for folder in ["packs", "pool"] {
        kinds::each_of(objects, folder, |object| {
            let is_known = match folder {
                "packs" => layout::digest_of(&object.path).is_some(),
                // Of another size than it must have: that was told.
                _ => layout::digest_of(&object.path).is_some_and(|digest| {
                    needs.packages.get(&digest).and_then(|it| it.size).is_none_or(|size| size == object.size)
                }),
            };
            if is_known {
                total += object.size;
                paths.push(object.path);
            }
        })
        .await?;
    }
    monitor.start(BYTES, Some(total), Unit::Bytes);
    let mut hashed = stream::iter(paths.into_iter().map(|path| async move {
        let digest = hash(objects, &path).await;
        (path, digest)
    }))
    .buffered(PARALLEL);
    while let Some((path, digest)) = hashed.next().await {
        monitor.check()?;
        match digest {
            Ok((digest, size)) => {
                monitor.advance(BYTES, size);
                report.bytes += size;
                judge(&path, digest, report);
            }
            // Collected meanwhile.
            Err(error) if error.kind() == Kind::NotFound => {}
            Err(error) => report.add_error(&path, &error),
        }
    }
    monitor.finish(BYTES);
    Ok(())
}

fn judge(path: &str, found: Digest, report: &mut Report) {
    if let Some(expected) = layout::digest_of(path).filter(|expected| *expected != found) {
        let message = format!("the object has other bytes than its name says: expected {expected}, found {found}");
        report.add(Trouble::Altered, path, message, None);
    }
}

async fn check_digest(objects: &Objects, path: &str, report: &mut Report) -> Result<()> {
    match hash(objects, path).await {
        Ok((digest, _)) => judge(path, digest, report),
        Err(error) if error.kind() == Kind::NotFound => {}
        Err(error) => report.add_error(path, &error),
    }
    Ok(())
}

/// The digest and the size of an object.
pub(super) async fn hash(objects: &Objects, path: &str) -> Result<(Digest, u64)> {
    let mut pieces = objects.read(path).await?;
    let (mut hasher, mut size) = (Hasher::new(), 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        size += piece.len() as u64;
        hasher.update(&piece);
    }
    Ok((hasher.finish(), size))
}
