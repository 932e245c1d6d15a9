//! What an audit found: one model, and every format that it is told in.
//!
//! Who audits fills a [`Report`] ([`Report::of`] an inventory, then findings and doubts), has it come to its verdict
//! ([`Report::conclude`]), and writes one or several of them ([`write()`]).
//!
//! | module | subject |
//! |---|---|
//! | `model`, `finding` | what a report says |
//! | `view` | what the formats for people share: who is affected by what, ages, counts |
//! | `markup` | text within XML and HTML |
//! | `text`, `html` | for people |
//! | `sarif`, `junit` | for what shows the results of checks |
//! | `cyclonedx`, `spdx` | bills of materials |

mod cyclonedx;
mod finding;
mod html;
mod junit;
mod markup;
mod model;
mod sarif;
mod spdx;
mod text;
mod view;

use std::fmt;
use std::str::FromStr;

use reposnap::bom::json;
use reposnap::{Error, Kind, Result};
use serde::Serialize;

pub use finding::{Finding, Rule, Severity, Stated, Suppression};
pub use model::{Base, Dated, HeldBy, Match, Moment, Origin, Report, Reported, Span, Verdict};
pub(crate) use model::{distro, vendor};

/// What reports can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// `text`: for people at a terminal. No colours.
    Text,
    /// `json`: `{"verdict": …, "reports": […]}`.
    Json,
    /// `sarif`: SARIF 2.1.0 (OASIS), a run for each image.
    Sarif,
    /// `junit`: JUnit XML, as Ant and Jenkins have it: a suite for each image, a case for each package.
    Junit,
    /// `cyclonedx`: CycloneDX 1.6 as JSON, with vulnerabilities and their analysis (VEX).
    CycloneDx,
    /// `spdx`: SPDX 2.3 as JSON.
    Spdx,
    /// `html`: one page that needs nothing else.
    Html,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 7] =
        [Format::Text, Format::Json, Format::Sarif, Format::Junit, Format::CycloneDx, Format::Spdx, Format::Html];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Sarif => "sarif",
            Format::Junit => "junit",
            Format::CycloneDx => "cyclonedx",
            Format::Spdx => "spdx",
            Format::Html => "html",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Format::ALL.into_iter().find(|format| format.as_str() == text).ok_or_else(|| {
            let known = Format::ALL.map(Format::as_str).join(", ");
            Error::new(Kind::Usage, format!("a report can't be written as {text:?}"))
                .help(format!("it can be: {known}"))
        })
    }
}

/// Writes what was found about images, in their order. The same reports give the same bytes.
///
/// # Errors
/// [`Kind::Usage`] where there is no report: nothing written looks like nothing found.
///
/// ```
/// use reposnap_provenance::report::{self, Format, Report};
/// # let json = r#"{"reference": "dir:/srv/root", "now": "2024-01-01T00:00:00Z", "verdict": "clean", "packages": [], "findings": []}"#;
/// let mut report: Report = serde_json::from_str(json).unwrap();
/// report.conclude();
/// let text = report::write(&[report], Format::Text)?;
/// assert!(text.starts_with("inconclusive: dir:/srv/root\n"));
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn write(reports: &[Report], format: Format) -> Result<String> {
    if reports.is_empty() {
        return Err(Error::new(Kind::Usage, "there is no report to write").help("name at least one image"));
    }
    match format {
        Format::Text => Ok(text::write(reports)),
        Format::Json => json(&All { verdict: Verdict::of_all(reports), reports }),
        Format::Sarif => sarif::write(reports),
        Format::Junit => Ok(junit::write(reports)),
        Format::CycloneDx => cyclonedx::write(reports),
        Format::Spdx => spdx::write(reports),
        Format::Html => Ok(html::write(reports)),
    }
}

/// All reports as JSON.
#[derive(Serialize)]
struct All<'a> {
    verdict: Verdict,
    reports: &'a [Report],
}
