//! Where the parts of an image lie: manifests and layers, by digest.

use std::fmt;
use std::io::Read;

use bytes::Bytes;
use futures::future::BoxFuture;
use reposnap::{Digest, Result};
use serde::{Deserialize, Serialize};

use crate::inventory::Platform;

/// What points at a part of an image (OCI image specification, `descriptor.md`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What the part is, such as `application/vnd.oci.image.manifest.v1+json`.
    pub media_type: String,
    /// Its digest: `sha256:` and 64 hexadecimal digits.
    #[serde(with = "oci_digest")]
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// For a manifest of an index: what the image runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// For an artifact: what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// Further claims.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub annotations: std::collections::BTreeMap<String, String>,
}

/// A part of an image as bytes, verified against its descriptor, or (for what a tag names) hashed.
#[derive(Clone, Debug)]
pub struct Document {
    /// What it is.
    pub media_type: String,
    /// The digest of `bytes`.
    pub digest: Digest,
    /// Its bytes.
    pub bytes: Bytes,
}

/// Where the parts of an image lie. An OCI layout, an archive and a registry are each one of these.
pub trait Blobs: Send + Sync + fmt::Debug {
    /// What the reference names: a manifest, or an index of them. Its digest is computed, and compared where the reference
    /// names one.
    fn root(&self) -> BoxFuture<'_, Result<Document>>;

    /// A manifest, an index or a configuration, whole, and verified. At most [`MAX_DOCUMENT`] bytes.
    fn document<'a>(&'a self, descriptor: &'a Descriptor) -> BoxFuture<'a, Result<Document>>;

    /// A layer, to be read on a thread that may wait. Nothing is verified yet: whoever reads counts and hashes. No more than
    /// the descriptor's size comes out.
    fn open<'a>(&'a self, descriptor: &'a Descriptor) -> BoxFuture<'a, Result<Box<dyn Read + Send>>>;
}

/// The most bytes that a manifest, an index or a configuration may have. Registries take 4 MiB.
pub const MAX_DOCUMENT: u64 = 8 << 20;

/// Digests as descriptors write them: `sha256:` and hexadecimal digits.
pub mod oci_digest {
    use reposnap::Digest;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    /// `sha256:` and the digits.
    pub fn serialize<S: Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("sha256:{digest}"))
    }

    /// Of `sha256:` and 64 digits; other algorithms are refused.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Digest, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is no digest: sha256: and 64 digits are wanted")))
    }

    /// Of `sha256:` and 64 digits.
    pub fn parse(text: &str) -> Option<Digest> {
        Digest::from_hex(text.strip_prefix("sha256:")?.as_bytes())
    }
}
