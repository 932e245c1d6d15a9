//! What advisories say of one package.
//!
//! **Who judges.** The release that the package came from does, and by the version of its source package, whole: a
//! `+deb12u1` is a part of it, and a binNMU's `+b1` is none of the source's. A package's `Built-Using` and
//! `Static-Built-Using` are judged as well: code of theirs is inside. So signed kernels are found, whose source package is
//! `linux-signed-amd64` and which name `linux` there.
//!
//! **Versions of other releases**, of which nobody knows where they came from, are judged by the image's own: a version beyond
//! all that the release had, without the mark of its updates, is affected until the one that unstable was mended in.
//!
//! **Backports** are judged by their own suite where advisories are about it. None of those that are published is: Debian's
//! tracker has no rows for them, and debsecan compares `2.0-1~bpo12+1` with the version that was fixed in unstable, to which
//! it is always too small. Here a backport is taken for what it was made from: its version without `~bpo...`, judged by the
//! next release (the one after for `-backports-sloppy`), or by unstable where that one has nothing of the package.

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::Timestamp;
use reposnap_image::package::{Family, Package, Source};

use super::database::{Database, NONE, Packed, Row};
use super::model::{By, Concern, Status};
use super::release::{Pocket, Release};
use crate::order;
use crate::severity::{Score, Urgency};

/// A package, as far as advisories look at it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Whose it is.
    pub family: Family,
    /// Its name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// Its architecture.
    pub architecture: &'a str,
    /// Its source package's name.
    pub source: &'a str,
    /// Its source package's version.
    pub source_version: &'a str,
    /// Source packages of which parts are inside.
    pub built_using: [&'a [Source]; 2],
}

impl<'a> Subject<'a> {
    /// A source package for itself.
    pub fn source(family: Family, name: &'a str, version: &'a str) -> Self {
        let built_using: [&[Source]; 2] = [&[], &[]];
        Self { family, name, version, architecture: "", source: name, source_version: version, built_using }
    }
}

impl<'a> From<&'a Package> for Subject<'a> {
    fn from(package: &'a Package) -> Self {
        Self {
            family: package.family,
            name: &package.name,
            version: &package.version,
            architecture: &package.architecture,
            source: &package.source.name,
            source_version: &package.source.version,
            built_using: [&package.built_using, &package.static_built_using],
        }
    }
}

/// An advisory that concerns a package.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit<'a> {
    /// The advisory's own identifier.
    pub id: &'a str,
    /// All identifiers, the best known first.
    pub names: Vec<&'a str>,
    /// What it is about.
    pub kind: Concern,
    /// Whether the version is affected, or nobody can tell.
    pub status: HitStatus,
    /// The version that mends it, of the package that is judged (see `source`); none where the release has none.
    pub fixed_in: Option<&'a str>,
    /// How bad it is.
    pub urgency: Urgency,
    /// The base score of CVSS 3.
    pub score: Option<Score>,
    /// The vector of CVSS.
    pub vector: Option<&'a str>,
    /// What the release's people said of it, such as `postponed`.
    pub remark: Option<&'a str>,
    /// In words.
    pub summary: &'a str,
    /// Where more is.
    pub urls: Vec<&'a str>,
    /// The package that was judged: the source package mostly, one that is built into it, or the package itself.
    pub source: Cow<'a, str>,
    /// The version that was compared.
    pub version: Cow<'a, str>,
    /// The release that judges, as [`Release`] shows it.
    pub release: &'a str,
    /// Whether `source` is only built into the package.
    pub built_in: bool,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was changed last.
    pub modified: Option<Timestamp>,
}

/// How an advisory concerns a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HitStatus {
    /// The version is affected.
    Affected,
    /// The publisher does not know yet.
    Undetermined,
    /// The versions can't be compared, since one of them is none, or is of a family whose order is not known here.
    Incomparable,
}

/// A package to look up: its name, its version, and how it is named.
struct Target<'a> {
    name: Cow<'a, str>,
    version: Cow<'a, str>,
    by: [Option<By>; 2],
    built_in: bool,
}

impl Database {
    /// What concerns a package of `release`, the worst first; by identifier where that is the same.
    ///
    /// Nothing is also what comes of a release that nothing is known of: ask [`Database::judges`].
    pub fn of<'a>(&'a self, subject: &Subject<'a>, release: &Release) -> Vec<Hit<'a>> {
        let mut hits = Vec::new();
        for target in targets(subject) {
            let rows = self.rows(subject.family, &target.name);
            if rows.is_empty() {
                continue;
            }
            let (judge, version) = self.judge(subject.family, &target, release);
            let sound = order::check(subject.family, &version).is_ok();
            let names = [judge.to_string(), format!("{}:*", judge.vendor()), "*".to_owned()];
            for row in names.iter().flat_map(|name| self.rows_in(rows, name)) {
                if self.speaks_of(row, subject, &target) && self.notice(row.advisory).family == subject.family {
                    hits.extend(self.hit(row, &target, &version, sound, subject.family));
                }
            }
        }
        merged(hits)
    }

    /// Whether anything is known of the release that judges a package which came from `release`. If not, that nothing concerns
    /// it says nothing.
    pub fn judges(&self, subject: &Subject<'_>, release: &Release) -> bool {
        let target = Target {
            name: Cow::Borrowed(subject.source),
            version: Cow::Borrowed(subject.source_version),
            by: [None; 2],
            built_in: false,
        };
        self.covers(subject.family, &self.judge(subject.family, &target, release).0)
    }

    /// Who judges a package that came from `release`, and which version it is taken for.
    fn judge<'a>(&self, family: Family, target: &Target<'a>, release: &Release) -> (Release, Cow<'a, str>) {
        let unchanged = || (release.clone(), target.version.clone());
        if family != Family::Deb || release.vendor() != "debian" {
            return unchanged();
        }
        let Some(at) = target.version.rfind("~bpo") else { return unchanged() };
        // Where nobody knows the suite but the image's own, the version tells that it is a backport to it.
        let number: String = target.version[at + 4..].chars().take_while(char::is_ascii_digit).collect();
        let pocket = match release.pocket() {
            Pocket::Main if number == release.version() => Pocket::Backports,
            Pocket::Main => return unchanged(),
            known => known,
        };
        let made_from = match &target.version {
            Cow::Borrowed(text) => Cow::Borrowed(&text[..at]),
            Cow::Owned(text) => Cow::Owned(text[..at].to_owned()),
        };
        let rows = self.rows(family, &target.name);
        let says = |ahead: &Release| {
            let ahead = ahead.to_string();
            self.knows(family, &ahead) && !self.rows_in(rows, &ahead).is_empty()
        };
        (
            release.clone().with(pocket).ahead().filter(says).unwrap_or_else(|| Release::of_suite("debian", "sid")),
            made_from,
        )
    }

    fn speaks_of(&self, row: &Row, subject: &Subject<'_>, target: &Target<'_>) -> bool {
        // A package may become one for all architectures, and back.
        let is_all = |architecture: &str| matches!(architecture, "noarch" | "all" | "");
        if let Some(architecture) = self.text(row.architecture)
            && architecture != subject.architecture
            && !is_all(architecture)
            && !is_all(subject.architecture)
        {
            return false;
        }
        target.by.contains(&Some(row.by))
    }

    fn hit<'a>(
        &'a self,
        row: &Row,
        target: &Target<'a>,
        version: &Cow<'a, str>,
        sound: bool,
        family: Family,
    ) -> Option<Hit<'a>> {
        let remark = self.text(row.remark);
        let mut fixed_in = None;
        let mut status = HitStatus::Undetermined;
        // A module's package says so in its release, and nothing here knows which streams there are: a row about one is
        // about no other package, and is not sure about its own.
        let of_module = remark.is_some_and(|remark| remark.starts_with("module "));
        if family == Family::Rpm && of_module != version.contains(".module") {
            return None;
        }
        if row.status != Status::Undetermined {
            match self.within(row, version, sound, family) {
                Ok(None) => return None,
                Ok(Some(range)) => {
                    status = if of_module { HitStatus::Undetermined } else { HitStatus::Affected };
                    if row.status == Status::Resolved && !range.through {
                        fixed_in = self.text(range.end);
                    }
                }
                Err(()) => status = HitStatus::Incomparable,
            }
        }
        let notice = self.notice(row.advisory);
        let texts = |list| self.list(list).iter().filter_map(|symbol| self.text(*symbol)).collect::<Vec<&str>>();
        let urgency = [row.urgency, notice.urgency, notice.score.map_or(Urgency::Unknown, Score::urgency)]
            .into_iter()
            .find(|urgency| *urgency != Urgency::Unknown)
            .unwrap_or_default();
        Some(Hit {
            id: self.text(notice.id).unwrap_or_default(),
            names: texts(notice.names),
            kind: notice.kind,
            status,
            fixed_in,
            urgency,
            score: notice.score,
            vector: self.text(notice.vector),
            remark,
            summary: self.text(notice.summary).unwrap_or_default(),
            urls: texts(notice.urls),
            source: target.name.clone(),
            version: version.clone(),
            release: self.text(row.release).unwrap_or_default(),
            built_in: target.built_in,
            published: notice.published,
            modified: notice.modified,
        })
    }

    /// The range of a row that a version is in: the one that ends first, where several hold it.
    fn within(&self, row: &Row, version: &str, sound: bool, family: Family) -> Result<Option<Packed>, ()> {
        let mut found: Option<Packed> = None;
        for range in self.ranges(row.ranges) {
            if range.foreign && self.is_own(row, version) {
                continue;
            }
            let mut inside = true;
            for (symbol, wanted) in [
                (range.introduced, [Ordering::Less, if range.foreign { Ordering::Less } else { Ordering::Equal }]),
                (range.end, [Ordering::Greater, if range.through { Ordering::Equal } else { Ordering::Greater }]),
            ] {
                let Some(bound) = self.text(symbol) else { continue };
                // The same text is the same version whatever the order is.
                let order = match bound == version {
                    true => Ordering::Equal,
                    false if sound => order::compare(family, bound, version),
                    false => return Err(()),
                };
                inside &= wanted.contains(&order);
            }
            if inside && found.is_none_or(|known| known.end == NONE) {
                found = Some(*range);
            }
        }
        Ok(found)
    }

    /// Whether a version carries the mark of the release's own updates: `1.0-1+deb12u2`, `1.0-2~deb12u1`.
    fn is_own(&self, row: &Row, version: &str) -> bool {
        let number = self.text(row.release).and_then(|release| release.strip_prefix("debian:"));
        number.is_some_and(|number| version.contains(&format!("deb{number}u")))
    }
}

fn targets<'a>(subject: &Subject<'a>) -> Vec<Target<'a>> {
    let target = |name: &'a str, version: &'a str, by, built_in| Target {
        name: Cow::Borrowed(name),
        version: Cow::Borrowed(version),
        by,
        built_in,
    };
    let of_source = [Some(By::Source), Some(By::Either)];
    let of_binary = [Some(By::Binary), Some(By::Either)];
    let mut targets = vec![target(subject.source, subject.source_version, of_source, false)];
    targets.push(target(subject.name, subject.version, of_binary, false));
    for source in subject.built_using.into_iter().flatten() {
        targets.push(target(&source.name, &source.version, of_source, true));
    }
    // Ubuntu's signed kernels do not say in Built-Using what they are made of; their own version is the kernel's.
    let signed = subject.family == Family::Deb && subject.source.starts_with("linux-signed");
    if signed && !targets.iter().any(|it| it.built_in && it.name.starts_with("linux")) {
        targets.push(target("linux", subject.version, of_source, true));
    }
    targets
}

/// One hit for each fault, though several publishers tell of it.
fn merged(mut hits: Vec<Hit<'_>>) -> Vec<Hit<'_>> {
    hits.sort_by(|a, b| a.names.first().cmp(&b.names.first()).then(a.status.cmp(&b.status)));
    let mut out: Vec<Hit<'_>> = Vec::with_capacity(hits.len());
    for hit in hits {
        match out.last_mut() {
            Some(last) if last.names.first() == hit.names.first() => {
                for name in hit.names {
                    if !last.names.contains(&name) {
                        last.names.push(name);
                    }
                }
                for url in hit.urls {
                    if !last.urls.contains(&url) {
                        last.urls.push(url);
                    }
                }
                if last.source == hit.source {
                    last.fixed_in = last.fixed_in.or(hit.fixed_in);
                }
                last.urgency = last.urgency.max(hit.urgency);
                last.score = last.score.or(hit.score);
                last.vector = last.vector.or(hit.vector);
                last.remark = last.remark.or(hit.remark);
                if last.summary.is_empty() {
                    last.summary = hit.summary;
                }
            }
            _ => out.push(hit),
        }
    }
    out.sort_by(|a, b| a.status.cmp(&b.status).then(b.urgency.cmp(&a.urgency)).then(a.names.cmp(&b.names)));
    out
}
