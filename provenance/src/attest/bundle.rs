//! Sigstore bundles (sigstore/protobuf-specs, `sigstore_bundle.proto`, version 0.3, as JSON): an envelope, and a hint at the key
//! that signed it. Certificates, transparency logs and time stamps are not made, and not verified.
//!
//! A bundle has one signature, so what several keys signed becomes several bundles. A signature by OpenPGP has no place in a
//! bundle, whose keys are keys of the Web; such an envelope is attached as it is.

use reposnap::{Error, Kind, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::dsse::{Envelope, MAX_ENVELOPE, Wire, malformed};
use super::media;
use crate::signing::PublicKey;

/// An envelope with one signature, and a hint at its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    envelope: Envelope,
    hint: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireBundle {
    media_type: String,
    verification_material: Material,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dsse_envelope: Option<Wire>,
    #[serde(default, skip_serializing)]
    message_signature: Option<Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Material {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_key: Option<Hint>,
    #[serde(default, skip_serializing)]
    certificate: Option<Value>,
    #[serde(default, skip_serializing)]
    x509_certificate_chain: Option<Value>,
}

#[derive(Serialize, Deserialize)]
struct Hint {
    #[serde(default)]
    hint: String,
}

impl Bundle {
    /// The signature of an envelope that `key` made, as a bundle.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where the key did not sign it. [`Kind::Unsupported`] where nobody but OpenPGP did.
    pub fn of(envelope: &Envelope, key: &PublicKey) -> Result<Self> {
        let pae = envelope.pae();
        if let Some(signature) = envelope.signatures().iter().find(|signature| key.verifies(&pae, &signature.sig)) {
            return Ok(Self { envelope: envelope.with(signature.clone()), hint: key.hint() });
        }
        let openpgp = |sig: &[u8]| sig.starts_with(b"-----BEGIN PGP ");
        match envelope.signatures().iter().any(|signature| !openpgp(&signature.sig)) || envelope.signatures().is_empty()
        {
            true => Err(Error::new(Kind::NotFound, format!("the envelope is not signed by the key {}", key.id()))),
            false => Err(Error::new(Kind::Unsupported, "a signature by OpenPGP has no place in a Sigstore bundle")
                .help("attach the envelope itself, or sign with an Ed25519 or P-256 key as well")),
        }
    }

    /// Reads a bundle.
    ///
    /// # Errors
    /// [`Kind::Malformed`] for what is none or does not have one signature; [`Kind::Unsupported`] for one that is signed with a
    /// certificate, is not of an envelope, or is of another major version; [`Kind::Limit`] beyond the limits of envelopes.
    pub fn parse(json: &[u8]) -> Result<Self> {
        if json.len() > MAX_ENVELOPE {
            return Err(Error::new(Kind::Limit, format!("a bundle has at most {MAX_ENVELOPE} bytes")));
        }
        let wire: WireBundle = serde_json::from_slice(json).map_err(|error| malformed("a Sigstore bundle", &error))?;
        let versions = [
            "application/vnd.dev.sigstore.bundle+json;version=0.1",
            "application/vnd.dev.sigstore.bundle+json;version=0.2",
            "application/vnd.dev.sigstore.bundle+json;version=0.3",
            media::BUNDLE,
        ];
        if !versions.contains(&wire.media_type.as_str()) {
            return Err(Error::new(Kind::Unsupported, "this is no bundle of a version that is known")
                .field("mediaType")
                .mismatch(media::BUNDLE, wire.media_type));
        }
        let material = wire.verification_material;
        if material.certificate.is_some() || material.x509_certificate_chain.is_some() {
            return Err(Error::new(Kind::Unsupported, "the bundle is signed with a certificate, not with a key")
                .field("verificationMaterial")
                .help("only signatures by keys are verified; cosign makes them with --key"));
        }
        let Some(Hint { hint }) = material.public_key else {
            return Err(Error::new(Kind::Malformed, "the bundle names no key").field("verificationMaterial"));
        };
        let envelope = match (wire.dsse_envelope, wire.message_signature) {
            (Some(envelope), None) => Envelope::of_wire(envelope)?,
            (None, Some(_)) => {
                return Err(Error::new(Kind::Unsupported, "the bundle signs a file, and says nothing of it")
                    .field("messageSignature")
                    .help("an attestation is a bundle with a dsseEnvelope"));
            }
            _ => return Err(Error::new(Kind::Malformed, "the bundle must have one content").field("dsseEnvelope")),
        };
        match envelope.signatures().len() {
            1 => Ok(Self { envelope, hint }),
            count => Err(Error::new(Kind::Malformed, "a bundle has one signature")
                .field("signatures")
                .mismatch("1", count.to_string())),
        }
    }

    /// The bundle as JSON without blanks.
    pub fn to_json(&self) -> Vec<u8> {
        let material = Material {
            public_key: Some(Hint { hint: self.hint.clone() }),
            certificate: None,
            x509_certificate_chain: None,
        };
        let wire = WireBundle {
            media_type: media::BUNDLE.to_owned(),
            verification_material: material,
            dsse_envelope: Some(self.envelope.to_wire()),
            message_signature: None,
        };
        serde_json::to_vec(&wire).unwrap_or_default()
    }

    /// The hint at the key: nothing that anybody relies on.
    pub fn hint(&self) -> &str {
        &self.hint
    }

    /// The envelope.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// The envelope, without the hint.
    pub fn into_envelope(self) -> Envelope {
        self.envelope
    }
}
