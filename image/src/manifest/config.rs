//! Configurations.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reposnap::{Digest, Error, Kind, Result};
use serde::Deserialize;

use super::json;
use crate::blobs::{Document, oci_digest};
use crate::inventory::Platform;

/// What an image's configuration says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// What it runs on.
    pub platform: Platform,
    /// When it was made, as it claims.
    pub created: Option<Timestamp>,
    /// Its labels: claims.
    pub labels: BTreeMap<String, String>,
    /// The digests of the uncompressed layers, the base first.
    pub diff_ids: Vec<Digest>,
    /// How each layer was made, as it claims; empty where the claims are not as many as the layers.
    pub history: Vec<History>,
}

/// How a layer was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// By what.
    pub created_by: Option<String>,
    /// When.
    pub created: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    os: String,
    #[serde(default)]
    variant: Option<String>,
    #[serde(default)]
    config: Option<Run>,
    rootfs: RootFs,
    #[serde(default)]
    history: Option<Vec<Step>>,
}

#[derive(Deserialize)]
struct Run {
    #[serde(default, rename = "Labels")]
    labels: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct RootFs {
    #[serde(default)]
    diff_ids: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Step {
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    created_by: Option<String>,
    #[serde(default)]
    empty_layer: bool,
}

impl Config {
    /// Reads a configuration of an image with `layers` layers.
    ///
    /// # Errors
    /// [`Kind::Malformed`] for what is none, and for another number of layers.
    pub fn parse(document: &Document, layers: usize) -> Result<Self> {
        let of = |error: Error| error.path(format!("sha256:{}", document.digest));
        let raw: Raw = json(&document.bytes, "the configuration").map_err(of)?;
        let found = raw.rootfs.diff_ids.unwrap_or_default();
        if found.len() != layers {
            let error = Error::new(Kind::Malformed, "the configuration has another number of layers than the manifest");
            return Err(of(error.mismatch(layers.to_string(), found.len().to_string())));
        }
        let digest = |text: &String| {
            let error =
                || Error::new(Kind::Malformed, format!("{text:?} is no digest: sha256: and 64 digits are wanted"));
            oci_digest::parse(text).ok_or_else(|| of(error().field("diff_ids")))
        };
        let time = |text: Option<String>| text.and_then(|text| text.parse::<Timestamp>().ok());
        let history = raw.history.unwrap_or_default().into_iter().filter(|step| !step.empty_layer);
        let history: Vec<History> =
            history.map(|step| History { created_by: step.created_by, created: time(step.created) }).collect();
        Ok(Self {
            platform: Platform {
                os: raw.os,
                architecture: raw.architecture,
                variant: raw.variant.filter(|variant| !variant.is_empty()),
            },
            created: time(raw.created),
            labels: raw.config.and_then(|config| config.labels).unwrap_or_default(),
            diff_ids: found.iter().map(digest).collect::<Result<_>>()?,
            history: if history.len() == layers { history } else { Vec::new() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_and_counts() {
        let text = format!(
            r#"{{"created":"2026-07-11T10:16:37.5Z","architecture":"arm64","os":"linux","variant":"v8",
                "config":{{"Labels":{{"a":"b"}}}},"rootfs":{{"type":"layers","diff_ids":["sha256:{}"]}},
                "history":[{{"empty_layer":true}},{{"created_by":"x","created":"never"}}]}}"#,
            Digest::of(b"")
        );
        let bytes = bytes::Bytes::from(text.into_bytes());
        let document = Document { media_type: String::new(), digest: Digest::of(&bytes), bytes };
        let config = Config::parse(&document, 1).unwrap();
        assert_eq!(config.platform.variant.as_deref(), Some("v8"));
        assert_eq!(config.history, [History { created_by: Some("x".into()), created: None }]);
        assert_eq!(config.labels["a"], "b");
        assert_eq!(Config::parse(&document, 2).unwrap_err().found(), Some("1"));
    }
}
