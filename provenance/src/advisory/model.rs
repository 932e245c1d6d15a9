//! What an advisory says: one model for all that publish some.

use jiff::Timestamp;
use reposnap_image::package::Family;
use serde::{Deserialize, Serialize};

use crate::severity::{Score, Urgency};

/// What somebody published about a fault of packages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advisory {
    /// Its identifier: `CVE-2024-0001`, `DSA-5600-1`, `FEDORA-2024-0123456789`.
    pub id: String,
    /// What else it is called, and what it is about: the identifiers of others.
    pub aliases: Vec<String>,
    /// Whose packages it is about.
    pub family: Family,
    /// What it is about.
    pub kind: Concern,
    /// In words. Readers cut it to [`MAX_SUMMARY`](super::MAX_SUMMARY) bytes.
    pub summary: String,
    /// Where more is.
    pub urls: Vec<String>,
    /// How bad it is, where that is not said for each package.
    pub urgency: Urgency,
    /// The base score of CVSS 3.
    pub score: Option<Score>,
    /// The vector of CVSS, of whichever version.
    pub vector: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was changed last.
    pub modified: Option<Timestamp>,
    /// The packages.
    pub affected: Vec<Affected>,
}

impl Advisory {
    /// An advisory about security of which no more than its identifier is known.
    pub fn new(family: Family, id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            aliases: Vec::new(),
            family,
            kind: Concern::Security,
            summary: String::new(),
            urls: Vec::new(),
            urgency: Urgency::Unknown,
            score: None,
            vector: None,
            published: None,
            modified: None,
            affected: Vec::new(),
        }
    }
}

/// What an update is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Concern {
    /// Security. All of Debian's tracker, all of OSV.
    Security,
    /// Faults that are none of security.
    Bugfix,
    /// More than there was, or what nobody said.
    Enhancement,
}

/// What is said of one package in one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// The release, as [`Release`](super::Release) writes it (`debian:12`); `debian:*` for every one of a vendor, `*` for
    /// whatever packages there are.
    pub release: String,
    /// The package's name.
    pub name: String,
    /// Which package's name it is.
    pub by: By,
    /// The architecture, where it is said of one alone.
    pub architecture: Option<String>,
    /// What is known.
    pub status: Status,
    /// The versions that are affected: those in any of these. None of them where [`Status::Undetermined`] says all.
    pub ranges: Vec<Range>,
    /// How bad it is there.
    pub urgency: Urgency,
    /// What the release's people said of it, such as `postponed`, or the module that it is about.
    pub remark: Option<String>,
}

/// Which package a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The source package, and versions are its versions.
    Source,
    /// The package itself.
    Binary,
    /// The one or the other: publishers for rpm differ.
    Either,
}

/// What is known of a package in a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The versions in the ranges are affected, and the release has a fixed one.
    Resolved,
    /// The versions in the ranges are affected, and the release has no fixed one.
    Open,
    /// Nobody knows.
    Undetermined,
    /// No version is.
    NotAffected,
}

/// Versions, from one on up to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The first of them; none for the first that ever was.
    pub introduced: Option<String>,
    /// Where they end.
    pub end: End,
    /// Whether only versions are meant that the release never had: beyond `introduced` (which it had), and without the mark of
    /// its own updates (`deb12u`). They came from elsewhere, and the release's fix says nothing of them.
    pub foreign: bool,
}

/// Where a range of versions ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// Nowhere.
    Open,
    /// Before this one.
    Before(String),
    /// Behind this one.
    Through(String),
}

impl Range {
    /// All versions before `version`.
    pub fn before(version: impl Into<String>) -> Self {
        Self { introduced: None, end: End::Before(version.into()), foreign: false }
    }

    /// All versions up to `version`, and it too.
    pub fn through(version: impl Into<String>) -> Self {
        Self { introduced: None, end: End::Through(version.into()), foreign: false }
    }

    /// One version alone.
    pub fn exactly(version: impl Into<String>) -> Self {
        let version = version.into();
        Self { introduced: Some(version.clone()), end: End::Through(version), foreign: false }
    }

    /// Versions of others, beyond the latest that the release had and before the one that others mended it in.
    pub fn foreign(latest: impl Into<String>, fixed: impl Into<String>) -> Self {
        Self { introduced: Some(latest.into()), end: End::Before(fixed.into()), foreign: true }
    }

    /// All versions.
    pub fn all() -> Self {
        Self { introduced: None, end: End::Open, foreign: false }
    }
}
