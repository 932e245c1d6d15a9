//! Packages from the store into the published pool.

use std::collections::{BTreeMap, HashSet};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use futures::StreamExt as _;

use crate::digest::{Digest, Hasher};
use crate::error::{Error, Kind, Result};
use crate::progress::{Monitor, Unit};
use crate::publish::lists::Named;
use crate::publish::options::Missing;
use crate::publish::stanza::{Place, Wanted};
use crate::publish::tree::{Placed, Tree};
use crate::store::{Objects, layout};
use crate::worker::blocking;

/// The phase of progress in which packages are brought; it counts files.
const PHASE: &str = "packages";

/// From so many files of one directory on, the directory is listed instead of asked for each.
const WORTH_A_LISTING: usize = 8;

/// How many packages the message about missing ones names.
const NAMED: usize = 5;

/// How many packages are fetched at once from a store that is no directory.
const PARALLEL: usize = 16;

/// The digests of the packages that the published pool has, sorted: the pool is listed in order, and a table of hashes
/// would take as long to make as all looks into it.
#[derive(Debug, Default)]
pub(crate) struct Present(Vec<Digest>);

impl Present {
    /// Looks into the pool of the tree.
    pub(crate) fn look(tree: &Tree) -> Result<Self> {
        let mut found = Vec::new();
        for directory in tree.names("pool")? {
            if directory.len() == 2 {
                let names = tree.names(&format!("pool/{directory}"))?;
                found.extend(names.iter().filter_map(|name| name.strip_suffix(".deb")?.parse::<Digest>().ok()));
            }
        }
        found.sort_unstable();
        Ok(Self(found))
    }

    /// The packages that lie at `paths`, as far as their names tell.
    pub(crate) fn of<'a>(paths: impl Iterator<Item = &'a str>) -> Self {
        let name = |path: &str| path.rsplit('/').next()?.strip_suffix(".deb")?.parse::<Digest>().ok();
        let digest = |path: &'a str| name(path).filter(|digest| layout::pool(*digest, "deb") == path);
        let mut found: Vec<Digest> = paths.filter_map(digest).collect();
        found.sort_unstable();
        Self(found)
    }

    pub(crate) fn has(&self, wanted: &Wanted) -> bool {
        wanted.place == Place::Digest && wanted.extension == "deb" && self.0.binary_search(&wanted.digest).is_ok()
    }
}

/// How a file that is there already is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum There {
    /// The name tells its content: it is left.
    Keep,
    /// It may be another file of the same name: it is compared, and replaced.
    Compare,
}

/// What is to be brought into the pool.
pub(crate) struct PoolPlan {
    pub(crate) jobs: Vec<Job>,
    /// How many files were asked for, each counted once.
    pub(crate) files: u64,
    pub(crate) missing: u64,
}

/// What was brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Brought {
    pub(crate) added: u64,
    pub(crate) copied: u64,
    /// The paths where there was another file.
    pub(crate) replaced: Vec<String>,
}

/// An object of a store, and where it is to lie.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) objects: Objects,
    pub(crate) object: String,
    pub(crate) digest: Digest,
    pub(crate) to: String,
}

impl PoolPlan {
    /// Finds what of `wanted` has to be brought, of which `absent` says what is not there yet, and where the `stores` have it.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where packages are missing and `missing` does not allow it; [`Kind::Malformed`] where two
    /// packages want different files in one place.
    pub(crate) async fn make<Absent: Future<Output = Result<Vec<File>>>>(
        wanted: Vec<Named>,
        absent: impl FnOnce(Vec<File>) -> Absent,
        stores: &[Objects],
        missing: Missing,
        monitor: &Monitor,
    ) -> Result<Self> {
        let files = blocking(move || unique(wanted)).await?;
        let count = files.len() as u64;
        let absent = absent(files).await?;
        monitor.check()?;
        let mut jobs = Vec::with_capacity(absent.len());
        let mut lacking = absent;
        for objects in stores {
            lacking = find(objects, lacking, &mut jobs).await?;
        }
        if missing == Missing::Refuse && !lacking.is_empty() {
            return Err(refusal(&lacking));
        }
        Ok(Self { jobs, files: count, missing: lacking.len() as u64 })
    }

    /// Brings everything. What is there afterwards is whole, but durable only after the tree's next barrier.
    pub(crate) async fn bring(self, tree: &Arc<Tree>, there: There, monitor: &Monitor) -> Result<Brought> {
        monitor.start(PHASE, Some(self.jobs.len() as u64), Unit::Items);
        let mut local = Vec::new();
        let mut remote = Vec::new();
        for job in self.jobs {
            match job.objects.local_path(&job.object) {
                Some(from) => local.push((from, job.digest, job.to)),
                None => remote.push(job),
            }
        }
        let mut brought = {
            let (tree, monitor) = (tree.clone(), monitor.clone());
            blocking(move || link(&tree, local, there, &monitor)).await?
        };
        let mut fetches = futures::stream::iter(remote)
            .map(|job| {
                let tree = tree.clone();
                async move { fetch(&tree, there, job).await }
            })
            .buffer_unordered(PARALLEL);
        while let Some(fetched) = fetches.next().await {
            brought.replaced.extend(fetched?);
            monitor.check()?;
            monitor.advance(PHASE, 1);
            brought.added += 1;
            brought.copied += 1;
        }
        monitor.finish(PHASE);
        Ok(brought)
    }
}

impl Job {
    /// That the bytes that came are those that are meant.
    pub(crate) fn verify(&self, found: Digest) -> Result<()> {
        if found == self.digest {
            return Ok(());
        }
        Err(Error::new(Kind::Verification, "a package in the store was altered")
            .rule("stored-digest")
            .path(&self.object)
            .mismatch(self.digest.to_string(), found.to_string())
            .help("delete it and update the mirror"))
    }
}

/// A file that is wanted somewhere, and the package it is of.
pub(crate) struct File {
    pub(crate) to: String,
    pub(crate) named: Named,
}

/// What is told of packages that are missing.
pub(crate) fn note_of_missing(missing: u64) -> Option<String> {
    (missing > 0).then(|| format!("{missing} packages are not in the store; clients can't fetch them from here"))
}

/// Each place once.
fn unique(wanted: Vec<Named>) -> Result<Vec<File>> {
    let mut files: Vec<File> = wanted
        .into_iter()
        .map(|named| File {
            to: match &named.wanted.place {
                Place::Digest => layout::pool(named.wanted.digest, &named.wanted.extension),
                Place::Path(path) => path.to_string(),
            },
            named,
        })
        .collect();
    files.sort_by(|a, b| a.to.cmp(&b.to));
    if let Some(pair) = files
        .windows(2)
        .find(|pair| pair[0].to == pair[1].to && pair[0].named.wanted.digest != pair[1].named.wanted.digest)
    {
        return Err(Error::new(
            Kind::Malformed,
            format!("{} and {} have different files of this name", pair[0].named.package, pair[1].named.package),
        )
        .path(&pair[0].to));
    }
    files.dedup_by(|a, b| a.to == b.to);
    Ok(files)
}

/// What the tree does not have; `files` are sorted.
pub(crate) fn absent(tree: &Tree, files: Vec<File>) -> Result<Vec<File>> {
    let mut absent = Vec::new();
    for (directory, files) in by_directory(files, |file| &file.to) {
        if files.len() < WORTH_A_LISTING {
            absent.extend(files.into_iter().filter(|file| !tree.has(&file.to, None)));
        } else {
            let names: HashSet<String> = tree.names(&directory)?.into_iter().collect();
            absent.extend(files.into_iter().filter(|file| !names.contains(file_name(&file.to))));
        }
    }
    Ok(absent)
}

/// Makes jobs of the files that `objects` has and gives the others back.
async fn find(objects: &Objects, files: Vec<File>, jobs: &mut Vec<Job>) -> Result<Vec<File>> {
    let mut lacking = Vec::new();
    let mut named: Vec<(String, File)> = files
        .into_iter()
        .map(|file| (layout::pool(file.named.wanted.digest, &file.named.wanted.extension), file))
        .collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    for (directory, files) in by_directory(named, |(object, _)| object) {
        let names: Option<HashSet<String>> = if files.len() < WORTH_A_LISTING {
            None
        } else {
            Some(objects.names(&directory).await?.into_iter().collect())
        };
        for (object, file) in files {
            let found = match &names {
                Some(names) => names.contains(file_name(&object)),
                None => objects.exists(&object).await?,
            };
            if found {
                jobs.push(Job { objects: objects.clone(), object, digest: file.named.wanted.digest, to: file.to });
            } else {
                lacking.push(file);
            }
        }
    }
    Ok(lacking)
}

fn by_directory<T>(items: Vec<T>, path: impl Fn(&T) -> &str) -> BTreeMap<String, Vec<T>> {
    let mut directories: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for item in items {
        let directory = path(&item).rsplit_once('/').map_or("", |(directory, _)| directory);
        match directories.get_mut(directory) {
            Some(items) => items.push(item),
            None => drop(directories.insert(directory.to_owned(), vec![item])),
        }
    }
    directories
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn refusal(lacking: &[File]) -> Error {
    let mut packages: Vec<String> = lacking.iter().map(|file| file.named.package.to_string()).collect();
    packages.sort();
    packages.dedup();
    let count = packages.len();
    packages.truncate(NAMED);
    let more = if count > NAMED { format!(" and {} more", count - NAMED) } else { String::new() };
    Error::new(Kind::NotFound, format!("the store does not have {}{more}", packages.join(", ")))
        .rule("packages-present")
        .help("update the mirror so that it fetches packages, or allow missing ones")
}

fn link(tree: &Tree, files: Vec<(PathBuf, Digest, String)>, there: There, monitor: &Monitor) -> Result<Brought> {
    /// How many files between two reports.
    const STEP: usize = 256;
    let mut brought = Brought::default();
    for files in files.chunks(STEP) {
        monitor.check()?;
        for (from, digest, to) in files {
            let was_there = there == There::Compare && tree.has(to, None);
            let placed = match there {
                There::Keep => tree.bring(from, *digest, to)?,
                There::Compare => tree.bring_over(from, *digest, to)?,
            };
            if was_there && placed != Placed::Kept {
                brought.replaced.push(to.clone());
            }
            brought.added += u64::from(placed != Placed::Kept);
            brought.copied += u64::from(placed == Placed::Copied);
        }
        monitor.advance(PHASE, files.len() as u64);
    }
    Ok(brought)
}

/// Brings a file, and gives its path where there was another one.
async fn fetch(tree: &Arc<Tree>, there: There, job: Job) -> Result<Option<String>> {
    let (mut file, temporary) = tree.temporary()?;
    let mut hasher = Hasher::new();
    let mut pieces = job.objects.read(&job.object).await?;
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        (file, hasher) = blocking(move || {
            hasher.update(&piece);
            file.write_all(&piece).map_err(|error| Error::io("a temporary file", error))?;
            Ok((file, hasher))
        })
        .await?;
    }
    job.verify(hasher.finish())?;
    let tree = tree.clone();
    blocking(move || {
        let replaced = there == There::Compare && tree.has(&job.to, None);
        tree.place(temporary, &job.to)?;
        Ok(replaced.then_some(job.to))
    })
    .await
}
