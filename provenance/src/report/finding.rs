//! Something that was found, and why it may not count.

use jiff::Timestamp;
use reposnap_image::package::Source;
use serde::{Deserialize, Serialize};

use crate::severity::{Score, Urgency};

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
    /// The package, as an index into [`Report::packages`](super::Report::packages); none where the image as a whole is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<usize>,
    /// For an advisory: the source package that it is about, and the version that was judged. It may be one that is only built
    /// into the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The version that mends it: of the package, or for an advisory of `source`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_in: Option<String>,
    /// The identifiers of the advisory: `CVE-2024-0001`, `DSA-1-1`, the best known first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advisories: Vec<String>,
    /// The file, where one is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How bad an advisory's publisher says it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// The base score of CVSS 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
    /// The vector of CVSS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vector: Option<String>,
    /// What an advisory's publisher says in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Where more is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// Why it does not count, where somebody stated so. It makes no verdict of findings then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<Suppression>,
}

impl Finding {
    /// A finding about the image as a whole.
    pub fn new(rule: Rule, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity,
            message: message.into(),
            package: None,
            source: None,
            fixed_in: None,
            advisories: Vec::new(),
            path: None,
            urgency: None,
            score: None,
            vector: None,
            summary: None,
            urls: Vec::new(),
            suppressed: None,
        }
    }

    /// Whether it makes a verdict of findings: it is more than a note, and nobody said that it does not count.
    pub fn counts(&self) -> bool {
        self.severity > Severity::Note && self.suppressed.is_none()
    }
}

/// Why a finding does not count: a statement of somebody's that does not concern this product, or that it is mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// What was stated: `not_affected` or `fixed`.
    pub status: Stated,
    /// The reason, in OpenVEX's word for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
    /// The reason in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Who stated it.
    pub author: String,
    /// When.
    pub time: Timestamp,
    /// The document's identifier.
    pub document: String,
}

/// What a statement of a VEX document says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stated {
    /// The product is not concerned, for a reason.
    NotAffected,
    /// It is, and something has to be done.
    Affected,
    /// It was, and is not any more.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
}

impl Stated {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Stated::NotAffected => "not_affected",
            Stated::Affected => "affected",
            Stated::Fixed => "fixed",
            Stated::UnderInvestigation => "under_investigation",
        }
    }

    /// Whether what was found does not count any more.
    pub fn suppresses(self) -> bool {
        matches!(self, Stated::NotAffected | Stated::Fixed)
    }
}
