//! Manifests, indexes and configurations: which layers an image has, and what it says of itself.
//!
//! Those of OCI (image specification 1.1, `manifest.md`, `image-index.md`, `config.md`) and of Docker ("Image Manifest Version
//! 2, Schema 2"). Documents that could be read as a manifest and as an index are refused, as CVE-2021-41190 teaches.

mod config;
mod select;

use std::collections::BTreeMap;

use reposnap::{Error, Kind, Result};
use serde::Deserialize;

use crate::blobs::{Descriptor, Document};
use crate::limits::{MAX_LAYERS, MAX_MANIFESTS};

pub use config::{Config, History};
pub use select::{Selected, host_platform, select};

/// The media type of an OCI manifest.
pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of an OCI index.
pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// The media type of an OCI configuration.
pub const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
/// The media type of a manifest of Docker's.
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// The media type of an index of Docker's.
pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// The media type of a configuration of Docker's.
pub const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";

/// A manifest: an image for one platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Its configuration.
    pub config: Descriptor,
    /// Its layers, the base first.
    pub layers: Vec<Descriptor>,
    /// What it claims.
    pub annotations: BTreeMap<String, String>,
}

/// What a document is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// An image.
    Manifest(Box<Manifest>),
    /// Several manifests to choose from.
    Index(Vec<Descriptor>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    schema_version: Option<u64>,
    media_type: Option<String>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
    #[serde(default)]
    annotations: Option<BTreeMap<String, String>>,
}

/// Reads a manifest or an index.
///
/// # Errors
/// [`Kind::Malformed`] for what is neither, or both; [`Kind::Verification`] with the rule `media-type` where the document is
/// of another type than it is said to be; [`Kind::Limit`] for more than [`MAX_LAYERS`] layers or [`MAX_MANIFESTS`] manifests;
/// [`Kind::Unsupported`] for Docker's schema 1 and other artifacts.
///
/// ```
/// use reposnap::Digest;
/// use reposnap_image::blobs::Document;
/// use reposnap_image::manifest::{OCI_INDEX, Parsed, parse};
/// let bytes = br#"{"schemaVersion": 2, "manifests": []}"#;
/// let document = Document { media_type: OCI_INDEX.into(), digest: Digest::of(bytes), bytes: bytes.as_slice().into() };
/// assert_eq!(parse(&document)?, Parsed::Index(vec![]));
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn parse(document: &Document) -> Result<Parsed> {
    let name = format!("sha256:{}", document.digest);
    read(document).map_err(|error| error.path(name))
}

fn read(document: &Document) -> Result<Parsed> {
    let malformed = |why: &str| Error::new(Kind::Malformed, why.to_owned());
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Version {
        schema_version: Option<u64>,
    }
    let version: Version = json(&document.bytes, "a manifest")?;
    if version.schema_version == Some(1)
        || document.media_type.contains("manifest.v1") && document.media_type.contains("docker")
    {
        let error =
            Error::new(Kind::Unsupported, "the image has a manifest of Docker's schema 1, which nothing proves");
        return Err(error.help("push it again with a tool of this decade: skopeo copy --format oci"));
    }
    let raw: Raw = json(&document.bytes, "a manifest")?;
    if raw.schema_version != Some(2) {
        return Err(malformed("the manifest's schemaVersion is not 2"));
    }
    let said = Some(document.media_type.as_str()).filter(|said| !matches!(*said, "" | "application/json"));
    let media_type = match (said, raw.media_type.as_deref()) {
        (Some(said), Some(own)) if said != own => {
            let error = Error::new(Kind::Verification, "a manifest is of another type than it is said to be");
            return Err(error.rule("media-type").mismatch(said, own));
        }
        (said, own) => said.or(own),
    };
    let is_index = match media_type {
        Some(OCI_MANIFEST | DOCKER_MANIFEST) => false,
        Some(OCI_INDEX | DOCKER_LIST) => true,
        Some(other) => {
            return Err(Error::new(Kind::Unsupported, format!("{other:?} is no type of a manifest that can be read")));
        }
        None => raw.manifests.is_some(),
    };
    match raw {
        Raw { manifests: Some(manifests), config: None, layers: None, .. } if is_index => {
            if manifests.len() > MAX_MANIFESTS {
                let message =
                    format!("the index lists {} manifests; at most {MAX_MANIFESTS} are read", manifests.len());
                return Err(Error::new(Kind::Limit, message));
            }
            Ok(Parsed::Index(manifests))
        }
        Raw { manifests: None, config: Some(config), layers: Some(layers), annotations, .. } if !is_index => {
            if layers.len() > MAX_LAYERS {
                let message = format!("the image has {} layers; at most {MAX_LAYERS} are read", layers.len());
                return Err(Error::new(Kind::Limit, message));
            }
            let annotations = annotations.unwrap_or_default();
            Ok(Parsed::Manifest(Box::new(Manifest { config, layers, annotations })))
        }
        Raw { manifests: Some(_), .. } => Err(malformed("the document is a manifest and an index at once, or neither")),
        _ => Err(malformed("the manifest lacks its configuration or its layers")),
    }
}

/// Whether an entry of an index says that it is something else than an image.
pub(crate) fn is_artifact(entry: &Descriptor) -> bool {
    entry.artifact_type.as_deref().is_some_and(|kind| !matches!(kind, OCI_CONFIG | DOCKER_CONFIG))
}

/// JSON of at most [`crate::blobs::MAX_DOCUMENT`] bytes, which whoever got it has seen to.
pub(crate) fn json<'a, T: Deserialize<'a>>(bytes: &'a [u8], what: &str) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        let line = error.line() as u64;
        Error::new(Kind::Malformed, format!("{what} can't be read: {error}")).line(line)
    })
}

#[cfg(test)]
mod tests {
    use reposnap::Digest;

    use super::*;

    fn parsed(media_type: &str, text: &str) -> Result<Parsed> {
        let bytes = bytes::Bytes::copy_from_slice(text.as_bytes());
        parse(&Document { media_type: media_type.into(), digest: Digest::of(&bytes), bytes })
    }

    fn descriptor() -> String {
        format!(r#"{{"mediaType":"x","size":1,"digest":"sha256:{}"}}"#, Digest::of(b""))
    }

    #[test]
    fn neither_and_both() {
        let (one, whole) = (descriptor(), format!(r#""config":{0},"layers":[{0}]"#, descriptor()));
        let manifest = format!(r#"{{"schemaVersion":2,{whole}}}"#);
        let index = format!(r#"{{"schemaVersion":2,"manifests":[{one}]}}"#);
        let both = format!(r#"{{"schemaVersion":2,"manifests":[{one}],{whole}}}"#);
        for media_type in ["", OCI_MANIFEST, DOCKER_MANIFEST] {
            assert!(matches!(parsed(media_type, &manifest), Ok(Parsed::Manifest(_))));
        }
        for media_type in ["", OCI_INDEX, DOCKER_LIST] {
            assert!(matches!(parsed(media_type, &index), Ok(Parsed::Index(_))));
        }
        for (media_type, text) in [
            (OCI_INDEX, &manifest),
            (OCI_MANIFEST, &index),
            ("", &both),
            (OCI_INDEX, &both),
            (OCI_MANIFEST, &both),
            ("", &r#"{"schemaVersion":2}"#.to_owned()),
            ("", &r#"{"manifests":[]}"#.to_owned()),
            ("", &"[".repeat(10_000)),
            ("", &manifest.replace("sha256:e3", "sha512:e3")),
        ] {
            assert_eq!(parsed(media_type, text).unwrap_err().kind(), Kind::Malformed, "{media_type} {text}");
        }
        let typed = format!(r#"{{"schemaVersion":2,"mediaType":"{OCI_MANIFEST}",{whole}}}"#);
        assert_eq!(parsed(DOCKER_MANIFEST, &typed).unwrap_err().broken_rule(), Some("media-type"));
        assert_eq!(parsed("", r#"{"schemaVersion":1,"name":"x"}"#).unwrap_err().kind(), Kind::Unsupported);
    }

    #[test]
    fn too_many() {
        let layers = vec![descriptor(); 10_000].join(",");
        let text = format!(r#"{{"schemaVersion":2,"config":{},"layers":[{layers}]}}"#, descriptor());
        let error = parsed(OCI_MANIFEST, &text).unwrap_err();
        assert_eq!(error.kind(), Kind::Limit);
        assert!(error.message().contains("10000 layers"), "{error}");
        let text = format!(r#"{{"schemaVersion":2,"manifests":[{layers}]}}"#);
        assert_eq!(parsed(OCI_INDEX, &text).unwrap_err().kind(), Kind::Limit);
    }
}
