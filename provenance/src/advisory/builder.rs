//! Advisories into a database, in whatever order they come.

use std::collections::{HashMap, HashSet};

use reposnap::{Error, Kind, Result};
use reposnap_image::package::Family;

use super::database::{Database, NONE, Notice, Packed, Row, Skipped, Symbol, Texts};
use super::model::{Advisory, Affected, End, Range, Status};
use crate::order;

/// The most statements (a package in a release, and an advisory) that a database takes. All of Debian's tracker has half a
/// million.
pub const MAX_ROWS: usize = 1 << 24;

/// The most ranges of versions that a database takes.
pub const MAX_RANGES: usize = 1 << 26;

/// The most identifiers, and the most places in the web, that are kept of one advisory.
pub const MAX_NAMES: usize = 1024;

/// The most identifiers and places in the web that a database takes.
const MAX_LISTED: usize = 1 << 26;

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
    /// [`Kind::Limit`] beyond [`MAX_ROWS`], [`MAX_RANGES`] and [`MAX_TEXT`](super::MAX_TEXT).
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
        self.text.close();
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
        if self.lists.len() > MAX_LISTED {
            let error = Error::new(Kind::Limit, format!("the advisories have more than {MAX_LISTED} names and places"));
            return Err(error.rule("advisory-names"));
        }
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
        if self.ranges.len().saturating_add(affected.ranges.len()) > MAX_RANGES {
            let error =
                Error::new(Kind::Limit, format!("the advisories have more than {MAX_RANGES} ranges of versions"));
            return Err(error.rule("advisory-ranges"));
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
