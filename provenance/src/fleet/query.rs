//! Which images a fix or a new snapshot makes stale.

use std::collections::BTreeMap;
use std::ops::Range;

use reposnap::Result;
use reposnap::environment::Environment;
use reposnap::snapshot::{Change, Snapshot, diff};
use reposnap::store::Store;
use reposnap_image::package::{Family, Source};
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::Fleet;
use super::segment::Segment;
use super::set::{self, Union};
use crate::audit::Newest;
use crate::order::compare;

/// What a name of a [`Fix`] is the name of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// A binary package or a source package, whatever there is.
    #[default]
    Any,
    /// A binary package.
    Binary,
    /// A source package; the version is the source's.
    Source,
}

/// A version that mends something: images with an older one are affected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// Whose package it is.
    pub family: Family,
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
    /// What the name is the name of.
    #[serde(default)]
    pub by: By,
}

impl Fix {
    /// A version of a binary package or a source package.
    pub fn of(family: Family, name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { family, name: name.into(), version: version.into(), by: By::Any }
    }
}

/// A version of a binary package that a new snapshot has and that is its newest: images with an older one are stale.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Newer {
    /// Whose package it is.
    pub family: Family,
    /// The name.
    pub name: String,
    /// The architecture.
    pub architecture: String,
    /// The version.
    pub version: String,
}

/// A version that some images have, and that they should not have any more.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Whose package it is.
    pub family: Family,
    /// The name of the binary package.
    pub name: String,
    /// The version.
    pub version: String,
    /// The architecture.
    pub architecture: String,
    /// The source package.
    pub source: Source,
    /// The version that mends it.
    pub fixed_in: String,
    /// The images that have it, those that no name is any more among them.
    pub images: RoaringBitmap,
}

/// The newest versions that `after` has and `before` had not: what makes images stale when an environment goes from one to
/// the other. What only lists have that nothing is taken from unless asked for does not count.
///
/// # Errors
/// Those of reading the store.
pub async fn newer(before: &Snapshot, after: &Snapshot) -> Result<Vec<Newer>> {
    let newest = Newest::of(after).await?;
    let mut all: Vec<Newer> = Vec::new();
    for difference in diff(before, after).await? {
        let Some(version) = difference.after.filter(|_| difference.change != Change::Changed) else { continue };
        if difference.architecture != "source" && newest.is_newest(&difference.name, &difference.architecture, &version)
        {
            all.push(Newer {
                family: Family::Deb,
                name: difference.name,
                architecture: difference.architecture,
                version,
            });
        }
    }
    all.sort();
    all.dedup();
    Ok(all)
}

/// [`newer`] of the newest entry of an environment's log: what its last promotion brought. Nothing for the first entry.
///
/// # Errors
/// [`Kind::NotFound`](reposnap::Kind::NotFound) where there is no such environment, and those of reading the store.
pub async fn promoted(store: &Store, environment: &str) -> Result<Vec<Newer>> {
    let environment = Environment::open(store, environment)?;
    let after = environment.head().await?;
    let Some(before) = after.seq.checked_sub(1).filter(|seq| *seq > 0) else { return Ok(Vec::new()) };
    let before = environment.log().read(before).await?;
    let before = Snapshot::open(store, before.body.snapshot).await?;
    newer(&before, &Snapshot::open(store, after.body.snapshot).await?).await
}

/// Leaves of hits what concerns some images, such as those of one distribution ([`Fleet::systems`]).
pub fn restrict(hits: &mut Vec<Hit>, images: &RoaringBitmap) {
    hits.iter_mut().for_each(|hit| hit.images &= images);
    hits.retain(|hit| !hit.images.is_empty());
}

impl Fleet {
    /// The images, of those that a name is now, that have the package of a fix in an older version.
    ///
    /// # Errors
    /// [`Kind::Malformed`](reposnap::Kind::Malformed) where the index is damaged.
    pub fn affected(&self, fix: &Fix) -> Result<RoaringBitmap> {
        let mut union = Union::new(self.len());
        for segment in &self.segments {
            let (binary, source) = older(segment, fix);
            for row in binary {
                union.add(segment.set(row), segment.from, segment.len())?;
            }
            for row in source {
                union.add(segment.set(row), segment.from, segment.len())?;
            }
        }
        Ok(union.to_bitmap() & self.current())
    }

    /// The images, of those that a name is now, that have a package in an older version than a new snapshot; `newer` are the
    /// packages that changed in it ([`newer`]).
    ///
    /// # Errors
    /// As [`Fleet::affected`].
    pub fn stale(&self, newer: &[Newer]) -> Result<RoaringBitmap> {
        let mut union = Union::new(self.len());
        for newer in newer {
            for segment in &self.segments {
                for row in older_of(segment, newer) {
                    union.add(segment.set(row), segment.from, segment.len())?;
                }
            }
        }
        Ok(union.to_bitmap() & self.current())
    }

    /// The versions that a fix mends, and the images that have them; all images, whether a name is them now or not.
    ///
    /// # Errors
    /// As [`Fleet::affected`].
    pub fn hits(&self, fix: &Fix) -> Result<Vec<Hit>> {
        let mut hits = Hits::default();
        for segment in &self.segments {
            let (binary, source) = older(segment, fix);
            let mut rows: Vec<usize> = binary.chain(source).collect();
            rows.sort_unstable();
            rows.dedup();
            for row in rows {
                hits.add(segment, fix.family, row, &fix.version)?;
            }
        }
        Ok(hits.finish())
    }

    /// The versions that a new snapshot has newer ones of, and the images that have them, likewise.
    ///
    /// # Errors
    /// As [`Fleet::affected`].
    pub fn hits_of(&self, newer: &[Newer]) -> Result<Vec<Hit>> {
        let mut hits = Hits::default();
        for newer in newer {
            for segment in &self.segments {
                for row in older_of(segment, newer) {
                    hits.add(segment, newer.family, row, &newer.version)?;
                }
            }
        }
        Ok(hits.finish())
    }

    /// The versions that are older than the newest ones of a whole snapshot, and the images that have them, likewise: what a
    /// fleet is to have when it is to have all of it.
    ///
    /// # Errors
    /// As [`Fleet::affected`].
    pub fn outdated(&self, newest: &Newest) -> Result<Vec<Hit>> {
        let mut all = Vec::new();
        for (name, architecture, version) in newest.iter() {
            if self.segments.iter().any(|segment| !segment.binary(Family::Deb, name).is_empty()) {
                let (name, architecture, version) = (name.to_owned(), architecture.to_owned(), version.to_owned());
                all.push(Newer { family: Family::Deb, name, architecture, version });
            }
        }
        all.sort();
        self.hits_of(&all)
    }
}

/// The rows of a segment that a fix mends: of the binary package, and of the source package.
fn older<'a>(segment: &'a Segment, fix: &'a Fix) -> (Range<usize>, impl Iterator<Item = usize> + 'a) {
    let binary = match fix.by {
        By::Any | By::Binary => before(segment, fix.family, &fix.name, &fix.version),
        By::Source => 0..0,
    };
    let source = segment.source(fix.family, &fix.name);
    let range = match fix.by {
        By::Any | By::Source => source.range.clone(),
        By::Binary => 0..0,
    };
    let end = first_not(range.clone(), |at| {
        compare(fix.family, segment.source_version_of(source.row(at)), &fix.version).is_lt()
    });
    (binary, (range.start..end).map(move |at| source.row(at)))
}

/// The rows of a binary package of a segment with older versions.
fn before(segment: &Segment, family: Family, name: &str, version: &str) -> Range<usize> {
    let rows = segment.binary(family, name);
    let end = first_not(rows.clone(), |row| compare(family, segment.version_of(row), version).is_lt());
    rows.start..end
}

/// The rows of a segment that are older than what a new snapshot has, for the same architecture; a package may come from or
/// go to `all`.
fn older_of<'a>(segment: &'a Segment, newer: &'a Newer) -> impl Iterator<Item = usize> + 'a {
    let rows = before(segment, newer.family, &newer.name, &newer.version);
    let is_it = |name: &String| *name == newer.architecture || name == "all" || newer.architecture == "all";
    let fitting: Vec<bool> = segment.architectures.iter().map(is_it).collect();
    rows.filter(move |row| fitting.get(segment.architecture_of(*row)).copied().unwrap_or_default())
}

/// The first place of a range where what holds at its beginning does not hold any more.
fn first_not(range: Range<usize>, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (range.start, range.end.max(range.start));
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

type HitKey = (Family, String, String, String, String, String);

/// Hits of several segments, put together.
#[derive(Default)]
struct Hits(BTreeMap<HitKey, (String, Vec<u32>)>);

impl Hits {
    fn add(&mut self, segment: &Segment, family: Family, row: usize, fixed_in: &str) -> Result<()> {
        let group = segment.group_of(row);
        let said = segment.row(row);
        let key = (
            family,
            group.to_owned(),
            said.version.to_owned(),
            said.architecture.to_owned(),
            said.source.0.to_owned(),
            said.source.1.to_owned(),
        );
        let (fix, images) = self.0.entry(key).or_insert_with(|| (fixed_in.to_owned(), Vec::new()));
        if compare(family, fixed_in, fix).is_gt() {
            fixed_in.clone_into(fix);
        }
        set::visit(segment.set(row), segment.len(), |member| images.push(segment.from as u32 + member))
    }

    fn finish(self) -> Vec<Hit> {
        let hit = |(key, (fixed_in, images)): (HitKey, (String, Vec<u32>))| {
            let (family, name, version, architecture, source, source_version) = key;
            let source = Source { name: source, version: source_version };
            Hit { family, name, version, architecture, source, fixed_in, images: images.into_iter().collect() }
        };
        self.0.into_iter().map(hit).collect()
    }
}
