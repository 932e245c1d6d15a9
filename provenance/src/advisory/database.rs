//! Advisories of any number of files, packed so that a package finds its own by one look into a table.

use std::collections::{HashMap, HashSet};
use std::fmt;

use jiff::Timestamp;
use reposnap::{Error, Kind, Result};
use reposnap_image::package::Family;

use super::model::{Advisory, Affected, By, Concern, End, Range, Status};
use super::release::Release;
use crate::order;
use crate::severity::{Score, Urgency};

/// The most statements (a package in a release, and an advisory) that a database takes. All of Debian's tracker has half a
/// million.
pub const MAX_ROWS: usize = 1 << 24;

/// The most bytes of text that a database takes, each different text once.
pub const MAX_TEXT: usize = 1 << 30;

/// The most identifiers, and the most places in the web, that are kept of one advisory.
pub const MAX_NAMES: usize = 1024;

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
    text: Texts,
    notices: Vec<Notice>,
    /// The names and places that notices point into.
    lists: Vec<Symbol>,
    ranges: Vec<Packed>,
    rows: Vec<Row>,
    /// For each package its rows, which stand in the order of their releases.
    deb: HashMap<Box<str>, (u32, u32)>,
    rpm: HashMap<Box<str>, (u32, u32)>,
    /// The releases that anything is said of.
    releases: HashSet<(Family, Box<str>)>,
    symbols: HashMap<Box<str>, Symbol>,
    skipped: Skipped,
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
struct Texts {
    bytes: String,
    ends: Vec<u32>,
}

impl Texts {
    fn get(&self, symbol: Symbol) -> &str {
        let at = symbol as usize;
        let from = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.bytes[from..self.ends[at] as usize]
    }

    fn add(&mut self, text: &str) -> Result<Symbol> {
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

/// Makes a [`Database`] of advisories, in whatever order they come.
#[derive(Debug, Default)]
pub struct Builder {
    text: Texts,
    symbols: HashMap<Box<str>, Symbol>,
    notices: Vec<Notice>,
    by_id: HashMap<(Family, Symbol), u32>,
    lists: Vec<Symbol>,
    ranges: Vec<Packed>,
    rows: Vec<(Family, Symbol, Row)>,
    releases: HashSet<(Family, Symbol)>,
    pub(super) skipped: Skipped,
}

impl Builder {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes an advisory. One whose identifier is known already adds its packages to the first one's.
    ///
    /// Versions that are none make their statement undetermined: it is told of, and decides nothing.
    ///
    /// # Errors
    /// [`Kind::Limit`] beyond [`MAX_ROWS`] and [`MAX_TEXT`].
    pub fn add(&mut self, advisory: &Advisory) -> Result<()> {
        // Nothing is said of what nothing concerns, and the tracker has much of that.
        let mut known = None;
        for affected in &advisory.affected {
            let release = self.symbol(&affected.release)?;
            self.releases.insert((advisory.family, release));
            if affected.status == Status::NotAffected {
                continue;
            }
            let at = match known {
                Some(at) => at,
                None => *known.insert(self.notice(advisory)?),
            };
            self.row(advisory.family, at, release, affected)?;
        }
        Ok(())
    }

    /// The database of all that was taken.
    pub fn finish(mut self) -> Database {
        self.rows.sort_unstable();
        self.rows.dedup();
        let (mut deb, mut rpm) = (HashMap::new(), HashMap::new());
        let mut from = 0;
        for group in self.rows.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let (family, name, _) = group[0];
            let to = from + group.len() as u32;
            let table = match family {
                Family::Deb => &mut deb,
                Family::Rpm => &mut rpm,
            };
            table.insert(self.text.get(name).into(), (from, to));
            from = to;
        }
        let releases: HashSet<(Family, Box<str>)> =
            self.releases.iter().map(|(family, symbol)| (*family, self.text.get(*symbol).into())).collect();
        let symbols = self.releases.iter().map(|(_, symbol)| (self.text.get(*symbol).into(), *symbol)).collect();
        self.text.bytes.shrink_to_fit();
        self.lists.shrink_to_fit();
        self.ranges.shrink_to_fit();
        Database {
            rows: self.rows.into_iter().map(|(_, _, row)| row).collect(),
            text: self.text,
            notices: self.notices,
            lists: self.lists,
            ranges: self.ranges,
            deb,
            rpm,
            releases,
            symbols,
            skipped: self.skipped,
        }
    }

    fn symbol(&mut self, text: &str) -> Result<Symbol> {
        if let Some(symbol) = self.symbols.get(text) {
            return Ok(*symbol);
        }
        let symbol = self.text.add(text)?;
        self.symbols.insert(text.into(), symbol);
        Ok(symbol)
    }

    fn maybe(&mut self, text: Option<&str>) -> Result<Symbol> {
        text.filter(|text| !text.is_empty()).map_or(Ok(NONE), |text| self.symbol(text))
    }

    fn list<'a>(&mut self, texts: impl Iterator<Item = &'a str>) -> Result<(u32, u32)> {
        let from = self.lists.len() as u32;
        for text in texts.take(MAX_NAMES) {
            let symbol = self.symbol(text)?;
            if !self.lists[from as usize..].contains(&symbol) {
                self.lists.push(symbol);
            }
        }
        Ok((from, self.lists.len() as u32))
    }

    fn notice(&mut self, advisory: &Advisory) -> Result<u32> {
        let id = self.symbol(&advisory.id)?;
        if let Some(at) = self.by_id.get(&(advisory.family, id)) {
            return Ok(*at);
        }
        let names = names(advisory);
        let notice = Notice {
            family: advisory.family,
            id,
            kind: advisory.kind,
            names: self.list(names.into_iter())?,
            urls: self.list(advisory.urls.iter().map(String::as_str))?,
            // Long, and seldom twice the same: not worth a place in the table of those that are known.
            summary: if advisory.summary.is_empty() { NONE } else { self.text.add(&advisory.summary)? },
            urgency: advisory.urgency,
            score: advisory.score,
            vector: self.maybe(advisory.vector.as_deref())?,
            published: advisory.published,
            modified: advisory.modified,
        };
        let at = self.notices.len() as u32;
        self.notices.push(notice);
        self.by_id.insert((advisory.family, id), at);
        Ok(at)
    }

    fn row(&mut self, family: Family, advisory: u32, release: Symbol, affected: &Affected) -> Result<()> {
        if self.rows.len() >= MAX_ROWS {
            let error = Error::new(Kind::Limit, format!("the advisories say more than {MAX_ROWS} things of packages"));
            return Err(error.rule("advisory-rows"));
        }
        let bad = affected.ranges.iter().any(|range| !is_sound(family, range));
        let status = if bad { Status::Undetermined } else { affected.status };
        let from = self.ranges.len() as u32;
        if status != Status::Undetermined {
            for range in &affected.ranges {
                let introduced = self.maybe(range.introduced.as_deref())?;
                let (end, through) = match &range.end {
                    End::Open => (NONE, false),
                    End::Before(version) => (self.symbol(version)?, false),
                    End::Through(version) => (self.symbol(version)?, true),
                };
                self.ranges.push(Packed { introduced, end, through, foreign: range.foreign });
            }
        }
        let ranges = (from, self.ranges.len() as u32);
        // The same range stands for many packages, one behind the other: that of a fix for all its binary packages.
        let ranges = match self.rows.last() {
            Some((_, _, last))
                if ranges.0 == last.ranges.1
                    && self.ranges[last.ranges.0 as usize..last.ranges.1 as usize]
                        == self.ranges[ranges.0 as usize..] =>
            {
                self.ranges.truncate(ranges.0 as usize);
                last.ranges
            }
            _ => ranges,
        };
        let row = Row {
            release,
            advisory,
            status,
            urgency: affected.urgency,
            by: affected.by,
            architecture: self.maybe(affected.architecture.as_deref())?,
            remark: self.maybe(affected.remark.as_deref())?,
            ranges,
        };
        let name = self.symbol(&affected.name)?;
        self.rows.push((family, name, row));
        Ok(())
    }
}

fn is_sound(family: Family, range: &Range) -> bool {
    let end = match &range.end {
        End::Open => None,
        End::Before(version) | End::Through(version) => Some(version),
    };
    range.introduced.iter().chain(end).all(|version| order::check(family, version).is_ok())
}

/// All identifiers of an advisory, the best known first: its CVE where it is about one alone; else its own.
fn names(advisory: &Advisory) -> Vec<&str> {
    let all = || std::iter::once(&advisory.id).chain(&advisory.aliases).map(String::as_str);
    let is_cve = |name: &&str| name.starts_with("CVE-");
    let mut cves: Vec<&str> = all().filter(is_cve).take(MAX_NAMES).collect();
    cves.sort_unstable();
    cves.dedup();
    let own = std::iter::once(advisory.id.as_str());
    let rest = advisory.aliases.iter().map(String::as_str).filter(|name| !is_cve(name));
    match cves.len() {
        1 => cves.into_iter().chain(own).chain(rest).collect(),
        _ => own.chain(cves).chain(rest).collect(),
    }
}
