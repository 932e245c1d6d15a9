//! What others signed of an image: cosign with a key, and simple signing.

use std::path::Path;

use jiff::Timestamp;
use reposnap::digest::Digest;
use reposnap::error::Result;
use reposnap_image::registry::SignatureKind;
use reposnap_provenance::attest::claim::{Expect, ImageSignature};
use reposnap_provenance::attest::{cosign, simple};
use reposnap_provenance::signing::Trust;
use serde::Serialize;

use super::attest::{SignerOf, file_of};
use super::reading::image_request;
use crate::session::Session;

/// The annotation of a layer that cosign keeps its signature in.
const COSIGN_SIGNATURE: &str = "dev.cosignproject.cosign/signature";

image_request! {
    /// Verifies what others signed of an image, such as of a base: cosign with a key beside it in its registry, and files of simple
    /// signing (containers-signature(5)).
    "image signatures"(Nothing) -> "image signatures";
    pub struct Signatures {
        required {
            /// Files with the public keys (PEM) and OpenPGP certificates that are trusted.
            keys: Vec<String>,
        }
        optional {
            /// The name that must have been signed: a repository, or one with a tag. Any by default, so that whoever signed one image
            /// can pass it off as another.
            expected: Option<String>,
            /// Files of simple signing.
            signatures: Vec<String>,
            /// The moment at which it is judged; now by default.
            at: Option<Timestamp>,
        }
    }
}

/// What others signed of an image.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Signed {
    /// The image, as it was named.
    pub reference: String,
    /// The digest of its manifest.
    pub digest: Digest,
    /// Signatures of trusted keys that hold.
    pub signatures: Vec<Signature>,
    /// Why the others don't count.
    pub refused: Vec<String>,
}

/// A signature that holds.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Signature {
    /// What made it: `cosign`, `cosign-attestation` or `simple`.
    pub kind: &'static str,
    /// The name that the signer meant the image to have; for an attestation, what it states.
    pub claim: String,
    /// Who signed.
    pub signers: Vec<SignerOf>,
}

/// Verifies what others signed of an image.
///
/// # Errors
/// Those of reading the image's manifest, its signatures and the keys. A signature that does not hold is none.
pub async fn signatures(session: &Session, request: Signatures) -> Result<Signed> {
    let now = request.at.unwrap_or_else(Timestamp::now);
    let mut trust = Trust::new();
    for file in &request.keys {
        trust = trust.file(&file_of(Path::new(file))?).map_err(|error| error.path(file.clone()))?;
    }
    let reading = request.reading();
    let place = reading.place(session)?;
    let digest = place.digest(reading.platform).await?;
    let expect = match &request.expected {
        None => Expect::Any,
        Some(name) if name.rsplit('/').next().is_some_and(|last| last.contains(':')) => Expect::Exact(name),
        Some(name) => Expect::Repository(name),
    };
    let (mut held, mut refused) = (Vec::new(), Vec::new());
    let mut judged = |kind: &'static str, place: String, result: Result<(String, Vec<SignerOf>)>| match result {
        Ok((claim, signers)) => held.push(Signature { kind, claim, signers }),
        Err(error) => refused.push(format!("{place}: {error}")),
    };
    let told = |signature: ImageSignature| {
        (signature.reference().to_owned(), signature.signers().iter().map(SignerOf::from).collect())
    };
    for found in place.signatures(&digest).await? {
        let layer = format!("sha256:{}", found.descriptor.digest);
        match found.kind {
            SignatureKind::Signature => {
                let signature = found.descriptor.annotations.get(COSIGN_SIGNATURE).map_or("", String::as_str);
                let result = cosign::verify(&found.payload, signature, &trust, &digest, expect, now);
                judged("cosign", layer, result.map(told));
            }
            SignatureKind::Attestation => {
                let one = std::num::NonZeroUsize::MIN;
                let result = cosign::verify_attestation(&found.payload, &trust, one, &digest, now);
                let told = |attested: reposnap_provenance::attest::Attested| {
                    let signers = attested.signers().iter().map(SignerOf::from).collect();
                    Ok((attested.head()?.predicate_type, signers))
                };
                judged("cosign-attestation", layer, result.and_then(told));
            }
        }
    }
    for file in &request.signatures {
        let result = simple::verify(&file_of(Path::new(file))?, &trust, &digest, expect, now);
        judged("simple", file.clone(), result.map(told));
    }
    Ok(Signed { reference: request.reference.clone(), digest, signatures: held, refused })
}
