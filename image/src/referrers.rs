//! What is attached to an image: manifests that name it as their subject (OCI image specification 1.1, `manifest.md`).

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use futures::future::BoxFuture;
use reposnap::{Digest, Error, Kind, Result};
use serde::{Deserialize, Serialize};

use crate::blobs::{Descriptor, MAX_DOCUMENT};
use crate::manifest::OCI_MANIFEST;

/// The most referrers of one image that are listed.
pub const MOST_REFERRERS: usize = 4096;
/// The most blobs of one referrer, and the most signatures of one image, that are read.
pub const MOST_BLOBS: usize = 256;
/// The most bytes that those have together.
pub const MOST_BLOB_BYTES: u64 = 32 << 20;

/// The config of a manifest that has none, `{}` (OCI image specification, "Guidance for an Empty Descriptor").
pub(crate) const EMPTY_TYPE: &str = "application/vnd.oci.empty.v1+json";
/// Its bytes.
pub(crate) const EMPTY: &[u8] = b"{}";

/// What is to be attached to an image.
///
/// ```
/// use reposnap_image::referrers::Artifact;
/// let artifact = Artifact::new("application/vnd.in-toto+json", &b"{}"[..])
///     .media_type("application/vnd.dsse.envelope.v1+json")
///     .annotation("org.opencontainers.image.created", "2025-01-01T00:00:00Z");
/// assert_eq!(artifact.artifact_type, "application/vnd.in-toto+json");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// What it is, by which it is found again: a media type.
    pub artifact_type: String,
    /// The media type of the payload.
    pub media_type: String,
    /// The payload: at most [`MAX_DOCUMENT`] bytes.
    pub payload: Bytes,
    /// Claims that are listed with it.
    pub annotations: BTreeMap<String, String>,
}

/// What was attached to an image, verified against its descriptors. Who made it is for others to verify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// What points at its manifest.
    pub descriptor: Descriptor,
    /// What it is; the type of its config where it says nothing.
    pub artifact_type: String,
    /// The claims of its manifest.
    pub annotations: BTreeMap<String, String>,
    /// Its payloads.
    pub blobs: Vec<(Descriptor, Bytes)>,
}

/// Where things are attached to images: a registry, or a layout in a folder.
pub trait Referrers: Send + Sync + fmt::Debug {
    /// What is attached to the manifest or index `subject`: all of it, or what is of `artifact_type`. Nobody vouches that
    /// nothing was left out.
    ///
    /// [`Kind::Limit`] where there are more than [`MOST_REFERRERS`].
    fn list<'a>(
        &'a self,
        subject: &'a Digest,
        artifact_type: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<Descriptor>>>;

    /// Attaches `artifact` to the manifest or index `subject`, which has to be there. The same again changes nothing.
    ///
    /// [`Kind::NotFound`] where there is no such manifest, [`Kind::Usage`] where a type is none.
    fn attach<'a>(&'a self, subject: &'a Digest, artifact: &'a Artifact) -> BoxFuture<'a, Result<Descriptor>>;

    /// The referrer that [`list`](Self::list) gave, with its payloads. [`Kind::Verification`] where its subject is another
    /// one, or any part is not what it has to be.
    fn fetch<'a>(&'a self, subject: &'a Digest, referrer: &'a Descriptor) -> BoxFuture<'a, Result<Attached>>;
}

impl Artifact {
    /// With a payload of the same type, and no annotations.
    pub fn new(artifact_type: impl Into<String>, payload: impl Into<Bytes>) -> Self {
        let artifact_type = artifact_type.into();
        Self { media_type: artifact_type.clone(), artifact_type, payload: payload.into(), annotations: BTreeMap::new() }
    }

    /// The same with a payload of this type.
    #[must_use]
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = media_type.into();
        self
    }

    /// The same with one more annotation.
    #[must_use]
    pub fn annotation(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.annotations.insert(name.into(), value.into());
        self
    }

    fn check(&self) -> Result<()> {
        for (field, value) in [("artifact_type", &self.artifact_type), ("media_type", &self.media_type)] {
            if !is_media_type(value) {
                return Err(Error::new(Kind::Usage, format!("{value:?} is not a media type")).field(field));
            }
        }
        if self.payload.len() as u64 > MAX_DOCUMENT {
            return Err(Error::new(Kind::Limit, "the payload is too large to be attached")
                .mismatch(format!("at most {MAX_DOCUMENT} bytes"), self.payload.len().to_string()));
        }
        Ok(())
    }
}

/// `type/subtype` of restricted names (RFC 6838, 4.2).
fn is_media_type(text: &str) -> bool {
    let restricted = |name: &str| {
        let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        first && name.len() <= 127 && name.bytes().all(fits)
    };
    text.split_once('/').is_some_and(|(kind, subtype)| restricted(kind) && restricted(subtype))
}

/// A manifest, as far as referrers and signatures need it.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    pub(crate) schema_version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) artifact_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) config: Option<Descriptor>,
    #[serde(default)]
    pub(crate) layers: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<Descriptor>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) annotations: BTreeMap<String, String>,
}

/// A manifest that attaches something, ready to be written.
pub(crate) struct Made {
    /// What points at it from lists of referrers.
    pub(crate) descriptor: Descriptor,
    /// Its bytes.
    pub(crate) manifest: Bytes,
}

/// Points at `bytes`.
pub(crate) fn descriptor(media_type: &str, bytes: &[u8]) -> Descriptor {
    Descriptor {
        media_type: media_type.to_owned(),
        digest: Digest::of(bytes),
        size: bytes.len() as u64,
        platform: None,
        artifact_type: None,
        annotations: BTreeMap::new(),
    }
}

/// The manifest that attaches `artifact` to `subject`. It has no time in it: the same again has the same digest.
pub(crate) fn make(subject: Descriptor, artifact: &Artifact) -> Result<Made> {
    artifact.check()?;
    let manifest = Manifest {
        schema_version: 2,
        media_type: Some(OCI_MANIFEST.to_owned()),
        artifact_type: Some(artifact.artifact_type.clone()),
        config: Some(descriptor(EMPTY_TYPE, EMPTY)),
        layers: vec![descriptor(&artifact.media_type, &artifact.payload)],
        subject: Some(subject),
        annotations: artifact.annotations.clone(),
    };
    let bytes = serde_json::to_vec(&manifest)
        .map_err(|error| Error::new(Kind::Internal, "the manifest can't be written").source(error))?;
    if bytes.len() as u64 > MAX_DOCUMENT {
        return Err(Error::new(Kind::Limit, "the annotations are too large").field("annotations"));
    }
    let mut pointing = descriptor(OCI_MANIFEST, &bytes);
    pointing.artifact_type = Some(artifact.artifact_type.clone());
    pointing.annotations = manifest.annotations;
    Ok(Made { descriptor: pointing, manifest: bytes.into() })
}

impl Manifest {
    /// Of the bytes of a manifest that are verified.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes).map_err(|error| {
            Error::new(Kind::Malformed, format!("the manifest can't be understood: {error}")).rule("manifest")
        })
    }

    /// What it is: its artifact type, or that of its config.
    pub(crate) fn kind(&self) -> &str {
        let config = self.config.as_ref().map(|config| config.media_type.as_str());
        self.artifact_type.as_deref().filter(|kind| !kind.is_empty()).or(config).unwrap_or_default()
    }

    /// The layers, where they are few and small enough to be read whole.
    pub(crate) fn small_layers(&self) -> Result<&[Descriptor]> {
        let limit = |expected: String, found: String| {
            Err(Error::new(Kind::Limit, "too much is attached").rule("attached-limit").mismatch(expected, found))
        };
        if self.layers.len() > MOST_BLOBS {
            return limit(format!("at most {MOST_BLOBS} blobs"), self.layers.len().to_string());
        }
        let total = self.layers.iter().fold(0u64, |total, layer| total.saturating_add(layer.size));
        if total > MOST_BLOB_BYTES {
            return limit(format!("at most {MOST_BLOB_BYTES} bytes"), total.to_string());
        }
        Ok(&self.layers)
    }

    /// Refuses a manifest that is attached to something else.
    pub(crate) fn check_subject(&self, subject: &Digest) -> Result<()> {
        let found = self.subject.as_ref().map(|subject| subject.digest);
        if found == Some(*subject) {
            return Ok(());
        }
        let shown = found.map_or_else(|| "none".to_owned(), |digest| format!("sha256:{digest}"));
        Err(Error::new(Kind::Verification, "what is listed as attached is attached to something else")
            .rule("referrer-subject")
            .mismatch(format!("sha256:{subject}"), shown))
    }
}

/// The entries of an index of referrers that can be understood, and are of `artifact_type` where one is asked for.
///
/// An entry that can't be, of another digest algorithm for one, is as good as left out, which whoever gives the list could
/// have done as well; it must not keep anybody from the others.
pub(crate) fn entries(index: &[u8], artifact_type: Option<&str>) -> Result<Vec<Descriptor>> {
    #[derive(Deserialize)]
    struct Index {
        #[serde(default)]
        manifests: Vec<serde_json::Value>,
    }
    let index: Index = serde_json::from_slice(index).map_err(|error| {
        Error::new(Kind::Malformed, format!("the list of referrers can't be understood: {error}")).rule("referrers")
    })?;
    too_many(index.manifests.len())?;
    let understood = index.manifests.into_iter().filter_map(|entry| serde_json::from_value::<Descriptor>(entry).ok());
    Ok(understood
        .filter(|entry| artifact_type.is_none_or(|wanted| entry.artifact_type.as_deref() == Some(wanted)))
        .collect())
}

/// Adds `entry` to `index`, unless it is there; whether it was not.
pub(crate) fn add(index: &mut serde_json::Value, entry: &Descriptor) -> Result<bool> {
    let malformed = || Error::new(Kind::Malformed, "the index has no manifests").field("manifests");
    let manifests = index.get_mut("manifests").and_then(|value| value.as_array_mut()).ok_or_else(malformed)?;
    let digest = format!("sha256:{}", entry.digest);
    if manifests.iter().any(|known| known.get("digest").and_then(|value| value.as_str()) == Some(&digest)) {
        return Ok(false);
    }
    too_many(manifests.len() + 1)?;
    manifests.push(
        serde_json::to_value(entry)
            .map_err(|error| Error::new(Kind::Internal, "a descriptor can't be written").source(error))?,
    );
    Ok(true)
}

/// Refuses more than [`MOST_REFERRERS`].
pub(crate) fn too_many(count: usize) -> Result<()> {
    if count <= MOST_REFERRERS {
        return Ok(());
    }
    Err(Error::new(Kind::Limit, "too many referrers")
        .rule("referrers-limit")
        .mismatch(format!("at most {MOST_REFERRERS}"), count.to_string()))
}

/// The tag under which referrers are listed where a registry does not (distribution specification, "Referrers Tag Schema").
pub(crate) fn fallback_tag(subject: &Digest) -> String {
    format!("sha256-{subject}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::OCI_INDEX;

    #[test]
    fn the_manifest_is_as_the_specification_has_it() {
        let subject = descriptor(OCI_INDEX, b"index");
        let artifact =
            Artifact::new("application/x.sbom", &b"payload"[..]).media_type("text/plain").annotation("a", "b");
        let made = make(subject.clone(), &artifact).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&made.manifest).unwrap();
        assert_eq!(
            value,
            serde_json::json!({
                "schemaVersion": 2,
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "artifactType": "application/x.sbom",
                "config": {
                    "mediaType": "application/vnd.oci.empty.v1+json",
                    // As the specification prints it.
                    "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
                    "size": 2,
                },
                "layers": [{
                    "mediaType": "text/plain",
                    "digest": format!("sha256:{}", Digest::of(b"payload")),
                    "size": 7,
                }],
                "subject": {
                    "mediaType": "application/vnd.oci.image.index.v1+json",
                    "digest": format!("sha256:{}", Digest::of(b"index")),
                    "size": 5,
                },
                "annotations": {"a": "b"},
            })
        );
        assert_eq!(made.descriptor.digest, Digest::of(&made.manifest));
        let read = Manifest::parse(&made.manifest).unwrap();
        read.check_subject(&subject.digest).unwrap();
        assert_eq!(read.check_subject(&Digest::of(b"")).unwrap_err().kind(), Kind::Verification);
    }

    #[test]
    fn what_is_no_media_type_is_refused() {
        for bad in ["", "a", "a/", "/b", "a/b/c", "a/b;c=d", "a /b", &format!("a/{}", "b".repeat(128))] {
            let error = make(descriptor(OCI_INDEX, b""), &Artifact::new(bad, &b""[..])).err().unwrap();
            assert_eq!((error.kind(), error.at_field()), (Kind::Usage, Some("artifact_type")), "{bad}");
        }
    }

    #[test]
    fn odd_entries_do_not_hide_others() {
        let good = serde_json::json!({"mediaType": OCI_MANIFEST, "digest": format!("sha256:{}", Digest::of(b"")), "size": 0, "artifactType": "a/b"});
        let index = serde_json::json!({"manifests": [{"digest": "sha512:00"}, 7, good]});
        let bytes = serde_json::to_vec(&index).unwrap();
        assert_eq!(entries(&bytes, None).unwrap().len(), 1);
        assert_eq!(entries(&bytes, Some("a/b")).unwrap().len(), 1);
        assert!(entries(&bytes, Some("a/c")).unwrap().is_empty());
        let many = serde_json::json!({"manifests": vec![good; MOST_REFERRERS + 1]});
        assert_eq!(entries(&serde_json::to_vec(&many).unwrap(), None).unwrap_err().kind(), Kind::Limit);
    }
}
