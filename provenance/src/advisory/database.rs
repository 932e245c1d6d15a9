//! Advisories of any number of files, packed so that a package finds its own by one look into a table.

use std::collections::{HashMap, HashSet};
use std::fmt;

use jiff::Timestamp;
use reposnap::{Error, Kind, Result};
use reposnap_image::package::Family;

use super::model::{Affected, By, Concern, End, Range, Status};
use super::release::Release;
use crate::severity::{Score, Urgency};

/// The most bytes of text that a database takes, each different text once.
pub const MAX_TEXT: usize = 1 << 30;

/// A text, by its number.
pub(super) type Symbol = u32;

/// No text.
pub(super) const NONE: Symbol = u32::MAX;

/// What one advisory says of one package in one release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) release: Symbol,
    pub(super) advisory: u32,
    pub(super) status: Status,
    pub(super) urgency: Urgency,
    pub(super) by: By,
    pub(super) architecture: Symbol,
    pub(super) remark: Symbol,
    pub(super) ranges: (u32, u32),
}

/// Versions, from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Packed {
    pub(super) introduced: Symbol,
    pub(super) end: Symbol,
    /// Whether the end is affected too.
    pub(super) through: bool,
    /// Whether only versions are meant that the release never had.
    pub(super) foreign: bool,
}

/// What an advisory says whatever the package.
#[derive(Clone, Debug)]
pub(super) struct Notice {
    pub(super) family: Family,
    pub(super) id: Symbol,
    pub(super) kind: Concern,
    /// All identifiers, the best known first.
    pub(super) names: (u32, u32),
    pub(super) urls: (u32, u32),
    pub(super) summary: Symbol,
    pub(super) urgency: Urgency,
    pub(super) score: Option<Score>,
    pub(super) vector: Symbol,
    pub(super) published: Option<Timestamp>,
    pub(super) modified: Option<Timestamp>,
}

/// Advisories, searched by package.
///
/// ```
/// use reposnap_image::package::Family;
/// use reposnap_provenance::advisory::{Builder, Release, Subject, read};
/// let tracker = br#"{"openssl": {"CVE-2024-0001": {"description": "x", "releases": {"bookworm":
///     {"status": "resolved", "fixed_version": "3.0.11-1~deb12u2", "repositories": {}, "urgency": "high"}}}}}"#;
/// let mut builder = Builder::new();
/// builder.read("tracker.json", tracker, &read::Options::default())?;
/// let database = builder.finish();
/// let bookworm = Release::of_suite("debian", "bookworm");
/// let old = Subject::source(Family::Deb, "openssl", "3.0.11-1~deb12u1");
/// assert_eq!(database.of(&old, &bookworm)[0].fixed_in, Some("3.0.11-1~deb12u2"));
/// let new = Subject::source(Family::Deb, "openssl", "3.0.11-1~deb12u2");
/// assert!(database.of(&new, &bookworm).is_empty());
/// # Ok::<(), reposnap::Error>(())
/// ```
pub struct Database {
    pub(super) text: Texts,
    pub(super) notices: Vec<Notice>,
    /// The names and places that notices point into.
    pub(super) lists: Vec<Symbol>,
    pub(super) ranges: Vec<Packed>,
    pub(super) rows: Vec<Row>,
    /// For each package its rows, which stand in the order of their releases.
    pub(super) deb: HashMap<Box<str>, (u32, u32)>,
    pub(super) rpm: HashMap<Box<str>, (u32, u32)>,
    /// The releases that anything is said of.
    pub(super) releases: HashSet<(Family, Box<str>)>,
    pub(super) symbols: HashMap<Box<str>, Symbol>,
    pub(super) skipped: Skipped,
}

/// What the files had that a database does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Records that their publishers withdrew.
    pub withdrawn: usize,
    /// Statements about packages that are neither dpkg's nor rpm's.
    pub foreign: usize,
    /// Statements without a version that could be compared.
    pub no_versions: usize,
}

impl Database {
    /// How many advisories it has.
    pub fn advisories(&self) -> usize {
        self.notices.len()
    }

    /// How many statements about a package in a release.
    pub fn statements(&self) -> usize {
        self.rows.len()
    }

    /// Whether it knows of nothing, and so can't tell anything of any package.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What the files had that is not in here.
    pub fn skipped(&self) -> Skipped {
        self.skipped
    }

    /// Whether anything is said of any package of this release. If not, silence about a package says nothing.
    pub fn covers(&self, family: Family, release: &Release) -> bool {
        self.knows(family, &release.to_string())
            || self.knows(family, &format!("{}:*", release.vendor()))
            || self.knows(family, "*")
    }

    /// The releases that anything is said of, as [`Release`] shows them.
    pub fn releases(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.releases.iter().map(|(_, release)| &**release).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// All that is said of a package of this name, of whatever release, and by which advisory.
    pub fn said_of(&self, family: Family, name: &str) -> Vec<(&str, Affected)> {
        let text = |symbol| self.text(symbol).map(str::to_owned);
        let range = |packed: &Packed| Range {
            introduced: text(packed.introduced),
            end: match (text(packed.end), packed.through) {
                (None, _) => End::Open,
                (Some(version), false) => End::Before(version),
                (Some(version), true) => End::Through(version),
            },
            foreign: packed.foreign,
        };
        let rows = self.rows(family, name).iter();
        rows.map(|row| {
            let affected = Affected {
                release: text(row.release).unwrap_or_default(),
                name: name.to_owned(),
                by: row.by,
                architecture: text(row.architecture),
                status: row.status,
                ranges: self.ranges(row.ranges).iter().map(range).collect(),
                urgency: row.urgency,
                remark: text(row.remark),
            };
            (self.text(self.notice(row.advisory).id).unwrap_or_default(), affected)
        })
        .collect()
    }

    /// When an advisory was published or changed last, as far as the files tell: Debian's tracker does not.
    pub fn newest(&self) -> Option<Timestamp> {
        self.notices.iter().filter_map(|notice| notice.modified.max(notice.published)).max()
    }

    pub(super) fn knows(&self, family: Family, release: &str) -> bool {
        self.releases.contains(&(family, release.into()))
    }

    /// The rows of a package.
    pub(super) fn rows(&self, family: Family, name: &str) -> &[Row] {
        let table = match family {
            Family::Deb => &self.deb,
            Family::Rpm => &self.rpm,
        };
        table.get(name).map_or(&[], |(from, to)| &self.rows[*from as usize..*to as usize])
    }

    /// Those of them that are about a release.
    pub(super) fn rows_in<'a>(&self, rows: &'a [Row], release: &str) -> &'a [Row] {
        let Some(symbol) = self.symbols.get(release) else { return &[] };
        let from = rows.partition_point(|row| row.release < *symbol);
        let to = rows.partition_point(|row| row.release <= *symbol);
        &rows[from..to]
    }

    pub(super) fn notice(&self, at: u32) -> &Notice {
        &self.notices[at as usize]
    }

    pub(super) fn list(&self, (from, to): (u32, u32)) -> &[Symbol] {
        &self.lists[from as usize..to as usize]
    }

    pub(super) fn ranges(&self, (from, to): (u32, u32)) -> &[Packed] {
        &self.ranges[from as usize..to as usize]
    }

    pub(super) fn text(&self, symbol: Symbol) -> Option<&str> {
        (symbol != NONE).then(|| self.text.get(symbol))
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("advisories", &self.notices.len())
            .field("statements", &self.rows.len())
            .field("releases", &self.releases.len())
            .finish_non_exhaustive()
    }
}

/// Texts one behind the other.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: String,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn get(&self, symbol: Symbol) -> &str {
        let at = symbol as usize;
        let from = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.bytes[from..self.ends[at] as usize]
    }

    /// Everything is in; what was taken for more is given back.
    pub(super) fn close(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    pub(super) fn add(&mut self, text: &str) -> Result<Symbol> {
        if text.len() > MAX_TEXT - self.bytes.len().min(MAX_TEXT) || self.ends.len() >= (u32::MAX - 1) as usize {
            let error = Error::new(Kind::Limit, format!("the advisories have more than {MAX_TEXT} bytes of text"));
            return Err(error.rule("advisory-text"));
        }
        self.bytes.push_str(text);
        let symbol = self.ends.len() as u32;
        self.ends.push(self.bytes.len() as u32);
        Ok(symbol)
    }
}
