//! What was found about an image.

use jiff::Timestamp;
use reposnap::Digest;
use reposnap_image::inventory::{Inventory, Os};
use reposnap_image::package::{Family, Source};
use serde::{Deserialize, Serialize};

use super::finding::Finding;

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
    /// Source packages of which parts or libraries are inside (`Built-Using`, `Static-Built-Using`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub built_using: Vec<Source>,
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
    pub snapshots: Option<Span>,
    /// The SHA-256 of the package file, as the index has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
}

/// The first and the last snapshot of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first.
    pub first: Digest,
    /// The last.
    pub last: Digest,
}

/// A snapshot, and since when its log was at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The snapshot.
    pub snapshot: Digest,
    /// Since when.
    pub time: Timestamp,
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
    pub first: Moment,
    /// The last of them, and its time.
    pub last: Moment,
    /// How many of the packages they have.
    pub covered: usize,
    /// How many packages there are.
    pub packages: usize,
}

impl Report {
    /// The packages of an inventory whose files are there, with nothing found yet, and with doubts where there is no package
    /// database or an empty one. The verdict is for [`Report::conclude`].
    pub fn of(inventory: &Inventory, now: Timestamp) -> Self {
        let packages =
            inventory.packages.iter().filter(|package| package.state.has_files()).map(Reported::of).collect();
        let mut doubts = Vec::new();
        if inventory.databases.is_empty() {
            doubts.push("no package database was found".to_owned());
        }
        for database in inventory.databases.iter().filter(|database| database.packages == 0) {
            doubts.push(format!("the package database {} is empty", database.path));
        }
        Self {
            reference: inventory.reference.clone(),
            digest: inventory.digest,
            os: inventory.os.clone(),
            environment: None,
            now,
            dated: None,
            base: None,
            verdict: Verdict::Inconclusive,
            doubts,
            packages,
            findings: Vec::new(),
            rebuild: Vec::new(),
        }
    }

    /// Puts the findings in order, the worst first, and comes to the verdict: inconclusive where there are doubts or no
    /// packages, findings where any counts, else clean. To be called when everything is found.
    ///
    /// ```
    /// use reposnap_provenance::report::{Report, Verdict};
    /// # let json = r#"{"reference": "dir:/", "now": "2024-01-01T00:00:00Z", "verdict": "clean", "packages": [], "findings": []}"#;
    /// let mut report: Report = serde_json::from_str(json).unwrap();
    /// assert_eq!(report.conclude(), Verdict::Inconclusive);
    /// assert_eq!(report.doubts, ["no package was found"]);
    /// ```
    pub fn conclude(&mut self) -> Verdict {
        if self.packages.is_empty() && self.doubts.is_empty() {
            self.doubts.push("no package was found".to_owned());
        }
        self.findings.sort_by(|a, b| {
            let rank = |it: &Finding| (!it.counts(), std::cmp::Reverse((it.severity, it.urgency, it.score)), it.rule);
            rank(a).cmp(&rank(b)).then_with(|| (a.package, &a.advisories).cmp(&(b.package, &b.advisories)))
        });
        self.verdict = Verdict::of(&self.doubts, &self.findings);
        self.verdict
    }
}

impl Verdict {
    /// What comes of doubts and findings. Whether there are packages at all is for [`Report::conclude`] to ask.
    pub fn of(doubts: &[String], findings: &[Finding]) -> Self {
        match (doubts.is_empty(), findings.iter().any(Finding::counts)) {
            (false, _) => Verdict::Inconclusive,
            (true, true) => Verdict::Findings,
            (true, false) => Verdict::Clean,
        }
    }

    /// Of several images: what counts most. Of none, nobody can tell.
    pub fn of_all(reports: &[Report]) -> Self {
        reports.iter().map(|report| report.verdict).max().unwrap_or(Verdict::Inconclusive)
    }

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Clean => "clean",
            Verdict::Findings => "findings",
            Verdict::Inconclusive => "inconclusive",
        }
    }
}

/// Who packages are of, as purls name them: `os-release`'s `ID`; `debian` or `redhat` where there is none.
pub(crate) fn vendor(os: Option<&Os>, family: Family) -> String {
    let known = os.map(|os| os.id.as_str()).filter(|id| !id.is_empty() && *id != "linux");
    match (known, family) {
        (Some(id), _) => id.to_ascii_lowercase(),
        (None, Family::Deb) => "debian".to_owned(),
        (None, Family::Rpm) => "redhat".to_owned(),
    }
}

/// The distribution, as purls name it: `debian-12`, `fedora-39`; the codename where there is no version.
pub(crate) fn distro(os: Option<&Os>) -> Option<String> {
    let os = os?;
    let version = os.version.as_ref().or(os.codename.as_ref())?;
    Some(format!("{}-{version}", os.id))
}

impl Reported {
    fn of(package: &reposnap_image::Package) -> Self {
        Self {
            family: package.family,
            name: package.name.clone(),
            version: package.version.clone(),
            architecture: package.architecture.clone(),
            source: package.source.clone(),
            built_using: package.built_using.iter().chain(&package.static_built_using).cloned().collect(),
            layer: package.layer,
            origin: None,
            candidate: None,
            outdated_since: None,
            held_by: None,
        }
    }
}
