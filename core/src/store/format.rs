//! The file that makes a directory or a bucket a store: which format it has, and who may read and write it.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};

/// Where the format is written.
pub const FORMAT_PATH: &str = "reposnap.json";
/// The format that this version writes, and the newest that it reads.
pub const FORMAT_VERSION: u32 = 1;
/// What this version understands of `features`.
const FEATURES: &[&str] = &[];
/// The largest format file that is read, in bytes.
pub(super) const LARGEST_FORMAT: u64 = 64 << 10;

/// The content of `reposnap.json`.
///
/// A store says itself which versions may read and write it, so that an old program refuses what it would misread
/// and still reads what it would only damage by writing. Fields that a later version adds are ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Format {
    /// Always `reposnap`.
    pub format: String,
    /// The format of the store.
    pub version: u32,
    /// The oldest format that a reader has to know.
    pub min_reader: u32,
    /// The oldest format that a writer has to know.
    pub min_writer: u32,
    /// What else readers and writers have to know, by name.
    #[serde(default)]
    pub features: Vec<String>,
}

/// What may be done with a store of some format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Write,
    ReadOnly,
}

impl Format {
    /// The format of new stores.
    pub fn current() -> Self {
        Self {
            format: "reposnap".to_owned(),
            version: FORMAT_VERSION,
            min_reader: FORMAT_VERSION,
            min_writer: FORMAT_VERSION,
            features: FEATURES.iter().map(|&feature| feature.to_owned()).collect(),
        }
    }

    /// Parses `reposnap.json`; [`Kind::Malformed`] where it is not one.
    ///
    /// ```
    /// use reposnap::store::Format;
    /// let format = Format::parse(br#"{"format": "reposnap", "version": 1, "min_reader": 1, "min_writer": 1}"#)?;
    /// assert_eq!(format, Format::current());
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let format: Self = serde_json::from_slice(bytes).map_err(|error| {
            Error::new(Kind::Malformed, format!("not the description of a store: {error}"))
                .line(error.line() as u64)
                .help("restore the file from a backup; the rest of the store does not depend on it")
        })?;
        if format.format != "reposnap" {
            return Err(Error::new(Kind::Format, "this is the store of another program")
                .field("format")
                .mismatch("reposnap", format.format));
        }
        Ok(format)
    }

    /// The bytes of `reposnap.json`; the same format is always the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// What this version may do; [`Kind::Format`] where it may not even read.
    pub(super) fn access(&self) -> Result<Access> {
        let upgrade = "use a newer reposnap";
        if self.min_reader > FORMAT_VERSION {
            return Err(Error::new(Kind::Format, "the store has a newer format than this version can read")
                .field("min_reader")
                .mismatch(format!("at most {FORMAT_VERSION}"), self.min_reader.to_string())
                .help(upgrade));
        }
        if let Some(feature) = self.features.iter().find(|feature| !FEATURES.contains(&feature.as_str())) {
            return Err(Error::new(Kind::Format, format!("the store needs the feature {feature:?}, unknown here"))
                .field("features")
                .help(upgrade));
        }
        Ok(if self.min_writer > FORMAT_VERSION { Access::ReadOnly } else { Access::Write })
    }
}
