//! The claim that cosign and the tools of containers/image sign: the image of this digest is meant to be found under this name
//! (containers/image, `containers-signature(5)`; cosign, `SIGNATURE_SPEC.md`).
//!
//! A claim is read as strictly as containers/image reads it: what is critical must be there, and nothing else may be.

use std::collections::BTreeMap;

use reposnap::{Digest, Error, Kind, Result};
use reposnap_image::blobs::oci_digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::dsse::malformed;
use crate::signing::SignerInfo;

/// The most bytes of a claim. They have 300.
pub const MAX_CLAIM: usize = 64 << 10;

/// A claim that trusted keys signed, and that holds for the image that was asked about. Only the modules
/// [`cosign`](super::cosign) and [`simple`](super::simple) make one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageSignature {
    digest: Digest,
    reference: String,
    optional: BTreeMap<String, Value>,
    signers: Vec<SignerInfo>,
}

/// The name that a claim must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Expect<'a> {
    /// Any. Whoever signed one image could then pass it off as another.
    #[default]
    Any,
    /// This very one, with the tag: `registry.example.org/debian:stable`.
    Exact(&'a str),
    /// This repository; whatever tag or digest the claim has does not matter. cosign signs repositories unless told otherwise.
    Repository(&'a str),
}

impl ImageSignature {
    /// The digest of the image's manifest.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The name that the signer meant it to have; empty where there is none.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// What else was signed: claims that nothing hangs on, such as `creator` and `timestamp`.
    pub fn optional(&self) -> &BTreeMap<String, Value> {
        &self.optional
    }

    /// Who signed it.
    pub fn signers(&self) -> &[SignerInfo] {
        &self.signers
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claim {
    critical: Critical,
    #[serde(default)]
    optional: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Critical {
    #[serde(rename = "type")]
    kind: String,
    image: Image,
    identity: Identity,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Image {
    #[serde(rename = "docker-manifest-digest")]
    digest: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Identity {
    #[serde(rename = "docker-reference")]
    reference: String,
}

/// Reads a claim whose signature was verified, and holds it against the image.
pub(super) fn accept(
    payload: &[u8],
    kind: &str,
    image: &Digest,
    expect: Expect<'_>,
    signers: Vec<SignerInfo>,
) -> Result<ImageSignature> {
    if payload.len() > MAX_CLAIM {
        return Err(Error::new(Kind::Limit, format!("a signed claim has at most {MAX_CLAIM} bytes")));
    }
    let claim: Claim = serde_json::from_slice(payload).map_err(|error| malformed("a claim about an image", &error))?;
    let Critical { kind: found, image: Image { digest }, identity: Identity { reference } } = claim.critical;
    if found != kind {
        return Err(refused("type", "it is another sort of claim").mismatch(kind, found));
    }
    let digest = oci_digest::parse(&digest).ok_or_else(|| {
        Error::new(Kind::Malformed, format!("{digest:?} is no digest")).field("docker-manifest-digest")
    })?;
    if digest != *image {
        return Err(
            refused("subject", "the signature is of another image").mismatch(image.to_string(), digest.to_string())
        );
    }
    let (wanted, holds) = match expect {
        Expect::Any => ("", true),
        Expect::Exact(wanted) => (wanted, canonical(&reference) == canonical(wanted)),
        Expect::Repository(wanted) => (wanted, repository(&canonical(&reference)) == repository(&canonical(wanted))),
    };
    if !holds {
        return Err(refused("reference", "the image was signed under another name").mismatch(wanted, reference));
    }
    Ok(ImageSignature { digest, reference, optional: claim.optional.unwrap_or_default(), signers })
}

/// The name as Docker completes it: `debian` is `docker.io/library/debian`.
fn canonical(reference: &str) -> String {
    let rest = match reference.split_once('/') {
        Some(("docker.io" | "index.docker.io", rest)) => rest,
        Some((host, _)) if host == "localhost" || host.contains(['.', ':']) => return reference.to_owned(),
        _ if reference.is_empty() => return String::new(),
        _ => reference,
    };
    let library = if rest.contains('/') { "" } else { "library/" };
    format!("docker.io/{library}{rest}")
}

/// The name without tag and digest.
fn repository(reference: &str) -> &str {
    let reference = reference.split_once('@').map_or(reference, |(name, _)| name);
    match reference.rsplit_once(':') {
        // A colon before a slash is that of a port.
        Some((name, tag)) if !tag.contains('/') => name,
        _ => reference,
    }
}

fn refused(rule: &'static str, message: &str) -> Error {
    Error::new(Kind::Verification, message).rule(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(text: &str, expect: Expect<'_>) -> Result<ImageSignature> {
        accept(text.as_bytes(), "t", &Digest::of(b""), expect, Vec::new())
    }

    fn text(reference: &str) -> String {
        let digest = Digest::of(b"");
        format!(
            r#"{{"critical":{{"identity":{{"docker-reference":"{reference}"}},"image":{{"docker-manifest-digest":"sha256:{digest}"}},"type":"t"}},"optional":null}}"#
        )
    }

    #[test]
    fn names() {
        use Expect::{Any, Exact, Repository};
        for (signed, expect, holds) in [
            ("r.example.org/debian:stable", Any, true),
            ("r.example.org/debian:stable", Exact("r.example.org/debian:stable"), true),
            ("r.example.org/debian:stable", Exact("r.example.org/debian"), false),
            ("r.example.org/debian:stable", Repository("r.example.org/debian"), true),
            ("r.example.org/debian:stable", Repository("r.example.org/debian:testing"), true),
            ("r.example.org/debian2", Repository("r.example.org/debian"), false),
            ("r.example.org:5000/debian", Repository("r.example.org:5000/debian"), true),
            ("r.example.org:5000/debian", Repository("r.example.org:5001/debian"), false),
            ("index.docker.io/library/debian", Repository("debian"), true),
            ("docker.io/library/debian:12", Exact("debian:12"), true),
            ("docker.io/me/debian", Repository("me/debian"), true),
            ("localhost/debian", Repository("localhost/debian"), true),
            ("", Repository("debian"), false),
        ] {
            assert_eq!(claim(&text(signed), expect).is_ok(), holds, "{signed:?} {expect:?}");
        }
    }

    #[test]
    fn strict_about_what_is_critical() {
        let good = text("r");
        assert!(claim(&good, Expect::Any).is_ok());
        for (from, to) in [
            (r#""optional":null"#, r#""more":null"#),
            (r#","type":"t""#, ""),
            (r#","type":"t""#, r#","type":"u""#),
            (r#","type":"t""#, r#","type":"t","more":1"#),
            (r#","type":"t""#, r#","type":"t","type":"t""#),
            ("sha256:e3", "sha256:e4"),
            ("sha256:e3", "sha512:e3"),
            (r#""docker-reference":"r""#, r#""docker-reference":"r","docker-reference":"s""#),
            (r#""docker-reference":"r""#, ""),
        ] {
            let wrong = good.replace(from, to);
            assert_ne!(wrong, good);
            assert!(claim(&wrong, Expect::Any).is_err(), "{wrong}");
        }
    }
}
