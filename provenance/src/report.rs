//! What an audit found: one model for every format that it is told in.

use jiff::Timestamp;
use reposnap::Digest;
use reposnap_image::inventory::{Inventory, Os};
use reposnap_image::package::{Family, Source};
use serde::{Deserialize, Serialize};

/// What came of looking at an image. The order is that of what counts more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything was looked at and nothing found. Exit status 0.
    Clean,
    /// Something was found. Exit status 1.
    Findings,
    /// Nobody can tell: no package database, an empty one, or snapshots that do not cover the image. Exit status 3, findings
    /// or not.
    Inconclusive,
}

impl Verdict {
    /// The exit status of a command that came to this verdict. 2 is an error's.
    pub fn exit_status(self) -> u8 {
        match self {
            Verdict::Clean => 0,
            Verdict::Findings => 1,
            Verdict::Inconclusive => 3,
        }
    }
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; does not make a verdict of findings.
    Note,
    /// Wants looking at.
    Warning,
    /// Wants mending.
    Error,
}

/// What sort of finding it is. The words are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The environment has a newer version.
    Outdated,
    /// The environment has a newer version, and it came from a security suite.
    SecurityUpdate,
    /// An advisory concerns this version.
    Advisory,
    /// No snapshot has this package at this version.
    FromNowhere,
    /// A snapshot has this version, and other content.
    Modified,
    /// A file of the package was changed in the image.
    FileChanged,
    /// A snapshot had it, and no snapshot of today has.
    Superseded,
    /// The image has a newer version than the environment.
    Ahead,
    /// An rpm whose digest or signature does not hold.
    BadSignature,
    /// What the image says of itself does not hold.
    FalseLabel,
    /// A package that dpkg left half way.
    HalfInstalled,
}

impl Rule {
    /// All of them.
    pub const ALL: &'static [Rule] = &[
        Rule::Outdated,
        Rule::SecurityUpdate,
        Rule::Advisory,
        Rule::FromNowhere,
        Rule::Modified,
        Rule::FileChanged,
        Rule::Superseded,
        Rule::Ahead,
        Rule::BadSignature,
        Rule::FalseLabel,
        Rule::HalfInstalled,
    ];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Rule::Outdated => "outdated",
            Rule::SecurityUpdate => "security-update",
            Rule::Advisory => "advisory",
            Rule::FromNowhere => "from-nowhere",
            Rule::Modified => "modified",
            Rule::FileChanged => "file-changed",
            Rule::Superseded => "superseded",
            Rule::Ahead => "ahead",
            Rule::BadSignature => "bad-signature",
            Rule::FalseLabel => "false-label",
            Rule::HalfInstalled => "half-installed",
        }
    }
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What sort.
    pub rule: Rule,
    /// How bad.
    pub severity: Severity,
    /// One sentence without a full stop.
    pub message: String,
    /// The package, as an index into [`Report::packages`]; none where the image as a whole is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<usize>,
    /// The version that mends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_in: Option<String>,
    /// The identifiers of the advisory: `CVE-2024-0001`, `DSA-1-1`, the best known first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advisories: Vec<String>,
    /// The file, where one is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// A package, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// Whose it is.
    pub family: Family,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture.
    pub architecture: String,
    /// Its source package.
    pub source: Source,
    /// The layer that brought it, counted from the base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// Where it came from; none where nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The version that the environment has, where the image was audited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<String>,
    /// For an outdated one: since when the environment has a newer version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outdated_since: Option<Timestamp>,
    /// For an outdated one: who holds it back, where the base image is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<HeldBy>,
}

/// Whose layer holds back an outdated package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeldBy {
    /// The base image's: a newer base brings the newer version.
    Base,
    /// The image's own.
    Image,
}

/// Where a package came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// What the snapshots say of it.
    #[serde(rename = "match")]
    pub matched: Match,
    /// The mirror, or whatever else the snapshots are of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirror: Option<String>,
    /// The suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// The component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// The first and the last snapshot that had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshots: Option<(Digest, Digest)>,
    /// The SHA-256 of the package file, as the index has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
}

/// What snapshots say of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Match {
    /// A snapshot has exactly it, and the newest snapshot still has.
    Known,
    /// A snapshot has exactly it, and the newest snapshot does not any more.
    Superseded,
    /// A snapshot has this version, and other content.
    Modified,
    /// No snapshot has it.
    FromNowhere,
}

/// What was found about one image.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// What was looked at, as it was named.
    pub reference: String,
    /// The digest of its manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The distribution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<Os>,
    /// The environment that it was held against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The moment that ages are counted to.
    pub now: Timestamp,
    /// The moment that the image is of, as its packages tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<Dated>,
    /// The recorded image that it was made on, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
    /// What came of it.
    pub verdict: Verdict,
    /// Why nobody can tell, in words, for an inconclusive verdict.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
    /// The packages whose files are there.
    pub packages: Vec<Reported>,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// What to rebuild, the base first; empty where nothing helps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rebuild: Vec<String>,
}

/// A recorded image that another one was made on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// Its digest.
    pub digest: Digest,
    /// The names that it has now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// How many layers it has: the lowest ones of the image.
    pub layers: usize,
}

/// The snapshots that an image is consistent with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    /// The first of them, and its time.
    pub first: (Digest, Timestamp),
    /// The last of them, and its time.
    pub last: (Digest, Timestamp),
    /// How many of the packages they have.
    pub covered: usize,
    /// How many packages there are.
    pub packages: usize,
}

impl Report {
    /// The packages of an inventory whose files are there, with nothing found yet.
    pub fn of(inventory: &Inventory, now: Timestamp) -> Self {
        let packages =
            inventory.packages.iter().filter(|package| package.state.has_files()).map(Reported::of).collect();
        Self {
            reference: inventory.reference.clone(),
            digest: inventory.digest,
            os: inventory.os.clone(),
            environment: None,
            now,
            dated: None,
            base: None,
            verdict: Verdict::Inconclusive,
            doubts: Vec::new(),
            packages,
            findings: Vec::new(),
            rebuild: Vec::new(),
        }
    }
}

impl Reported {
    fn of(package: &reposnap_image::Package) -> Self {
        Self {
            family: package.family,
            name: package.name.clone(),
            version: package.version.clone(),
            architecture: package.architecture.clone(),
            source: package.source.clone(),
            layer: package.layer,
            origin: None,
            candidate: None,
            outdated_since: None,
            held_by: None,
        }
    }
}
