//! What cosign signs with a key (sigstore/cosign, `SIGNATURE_SPEC.md`): claims whose signature is in an annotation, and
//! attestations. Signatures with certificates, and entries of transparency logs, are not verified.

use std::num::NonZeroUsize;

use jiff::Timestamp;
use reposnap::{Digest, Error, Kind, Result};

use super::claim::{self, Expect, ImageSignature};
use super::dsse::{self, Attested, Envelope, MAX_SIGNATURE};
use crate::signing::Trust;

/// `critical.type` of cosign's claims.
pub const CLAIM: &str = "cosign container image signature";

/// Verifies a signature that `cosign sign --key` made: `payload` is the blob of a layer of the type
/// [`COSIGN_PAYLOAD`](super::media::COSIGN_PAYLOAD), `signature` the annotation
/// [`COSIGN_SIGNATURE`](super::media::COSIGN_SIGNATURE) of that layer.
///
/// # Errors
/// [`Kind::Verification`] with the rule `signature`, `type`, `subject` or `reference`; [`Kind::Malformed`] and [`Kind::Limit`]
/// for what is no such signature.
///
/// ```
/// # use base64::Engine as _;
/// use jiff::Timestamp;
/// use reposnap::Digest;
/// use reposnap_provenance::attest::claim::Expect;
/// use reposnap_provenance::attest::cosign;
/// use reposnap_provenance::signing::{Algorithm, PrivateKey, Signer as _, Trust};
///
/// let key = PrivateKey::generate(Algorithm::EcdsaP256)?;
/// let image = Digest::of(b"the manifest");
/// let payload = format!(
///     r#"{{"critical":{{"identity":{{"docker-reference":"r.example.org/app"}},"image":{{"docker-manifest-digest":"sha256:{image}"}},"type":"{}"}},"optional":null}}"#,
///     cosign::CLAIM,
/// );
/// let signature = base64::engine::general_purpose::STANDARD.encode(key.sign(payload.as_bytes())?);
///
/// let trust = Trust::new().key(key.public().clone())?;
/// let expect = Expect::Repository("r.example.org/app");
/// let signed = cosign::verify(payload.as_bytes(), &signature, &trust, &image, expect, Timestamp::now())?;
/// assert_eq!(signed.reference(), "r.example.org/app");
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn verify(
    payload: &[u8],
    signature: &str,
    trust: &Trust,
    image: &Digest,
    expect: Expect<'_>,
    now: Timestamp,
) -> Result<ImageSignature> {
    let signature = dsse::from_base64(signature.trim(), "signature", MAX_SIGNATURE)?;
    if payload.len() > claim::MAX_CLAIM {
        return Err(Error::new(Kind::Limit, format!("a signed claim has at most {} bytes", claim::MAX_CLAIM)));
    }
    let signer = trust.signer_of(payload, &signature, "", now)?;
    claim::accept(payload, CLAIM, image, expect, vec![signer])
}

/// Verifies an attestation that `cosign attest --key` made: `bytes` is the blob of a layer of the type
/// [`DSSE`](super::media::DSSE), or a [`BUNDLE`](super::media::BUNDLE). What it says is then read by [`Attested::statement`].
///
/// # Errors
/// As for [`Envelope::verify`]; [`Kind::Verification`] with the rule `subject` where it is about another image.
pub fn verify_attestation(
    bytes: &[u8],
    trust: &Trust,
    threshold: NonZeroUsize,
    image: &Digest,
    now: Timestamp,
) -> Result<Attested> {
    let envelopes = dsse::read(bytes)?;
    let attested = dsse::verify_together(&envelopes.iter().collect::<Vec<&Envelope>>(), trust, threshold, now)?;
    attested.head()?.check_subject(image)?;
    Ok(attested)
}
