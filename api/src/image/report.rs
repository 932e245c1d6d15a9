//! Reports of audits, written as others read them.

use reposnap::error::{Error, Kind, Result};
use reposnap_provenance::report::{self, Format, Report};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

use crate::lock::Text;
use crate::operation::{ParameterType, request};
use crate::session::Session;

request! {
    /// Writes reports of audits for people, for what shows the results of checks, or as bills of materials.
    "image report"(Nothing) -> "text";
    pub struct Write {
        required {
            /// The reports, JSON as `image audit` gives it: an array, or one.
            reports: String,
            /// As what.
            format: FormatWord,
        }
        optional {}
    }
}

/// What reports can be written as.
#[derive(Clone, Copy, Debug)]
pub struct FormatWord(pub Format);

impl Default for FormatWord {
    fn default() -> Self {
        Self(Format::Text)
    }
}

impl<'de> Deserialize<'de> for FormatWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

impl ParameterType for FormatWord {
    const KIND: &'static str = "word: text, json, sarif, junit, cyclonedx, spdx, html";
}

/// Writes reports.
///
/// # Errors
/// [`Kind::Usage`] where there is no report, or what is given is none.
pub async fn write(_: &Session, request: Write) -> Result<Text> {
    let wrong = |error: serde_json::Error| Error::new(Kind::Usage, format!("this is no report: {error}"));
    let reports: Vec<Report> = match serde_json::from_str(&request.reports).map_err(wrong)? {
        Value::Array(reports) => reports.into_iter().map(serde_json::from_value).collect::<Result<_, _>>(),
        report => serde_json::from_value(report).map(|report| vec![report]),
    }
    .map_err(wrong)?;
    Ok(Text { text: report::write(&reports, request.format.0)? })
}
