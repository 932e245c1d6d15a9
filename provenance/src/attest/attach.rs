//! What is attached to an image, ready to be pushed: an artifact for each bundle, and one for the envelope where OpenPGP signed
//! it. [`dsse::read`](super::dsse::read) reads the payload of either.

use std::collections::BTreeMap;

use reposnap::{Error, Kind, Result};
use serde::Deserialize;

use super::bundle::Bundle;
use super::dsse::{Envelope, malformed};
use super::media;
use crate::signing::PublicKey;

/// The artifact types to ask a registry for: those of attestations that are read here.
pub const ARTIFACT_TYPES: &[&str] = &[media::BUNDLE, media::IN_TOTO];

/// An artifact that is to be attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The type of the artifact: one of [`ARTIFACT_TYPES`].
    pub artifact_type: &'static str,
    /// The type of its one layer.
    pub media_type: &'static str,
    /// The layer.
    pub payload: Vec<u8>,
    /// Annotations of its manifest, as cosign sets them.
    pub annotations: BTreeMap<String, String>,
}

impl Attachment {
    /// What has to be attached for everybody to find the signatures of `envelope` that they can verify: a bundle for each of
    /// `keys`, all of which signed it, and the envelope as it is where it has signatures besides.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where one of the keys did not sign; [`Kind::Malformed`] where there is no statement in the envelope;
    /// [`Kind::Usage`] where nobody signed it.
    ///
    /// ```
    /// use reposnap::Digest;
    /// use reposnap_provenance::attest::Statement;
    /// use reposnap_provenance::attest::attach::Attachment;
    /// use reposnap_provenance::signing::{Algorithm, PrivateKey};
    ///
    /// let key = PrivateKey::generate(Algorithm::Ed25519)?;
    /// let mut envelope = Statement::about("app", &Digest::of(b"manifest"), "https://example.org/p/v1", ()).to_envelope()?;
    /// envelope.sign(&key)?;
    /// let artifacts = Attachment::of(&envelope, &[key.public()])?;
    /// assert_eq!(artifacts[0].artifact_type, "application/vnd.dev.sigstore.bundle.v0.3+json");
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn of(envelope: &Envelope, keys: &[&PublicKey]) -> Result<Vec<Self>> {
        if envelope.signatures().is_empty() {
            return Err(Error::new(Kind::Usage, "nobody signed the envelope, and what is not signed is not attached"));
        }
        let predicate = (media::PREDICATE_TYPE.to_owned(), predicate_type(envelope)?);
        let mut attachments = Vec::new();
        for key in keys {
            let content = (media::BUNDLE_CONTENT.to_owned(), "dsse-envelope".to_owned());
            attachments.push(Self {
                artifact_type: media::BUNDLE,
                media_type: media::BUNDLE,
                payload: Bundle::of(envelope, key)?.to_json(),
                annotations: BTreeMap::from([content, predicate.clone()]),
            });
        }
        if envelope.signatures().len() > attachments.len() {
            attachments.push(Self {
                artifact_type: media::IN_TOTO,
                media_type: media::DSSE,
                payload: envelope.to_json(),
                annotations: BTreeMap::from([predicate]),
            });
        }
        Ok(attachments)
    }
}

/// What sort of statement is in an envelope that is our own.
fn predicate_type(envelope: &Envelope) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Head {
        predicate_type: String,
    }
    let head = serde_json::from_slice(envelope.unverified()).map_err(|error| malformed("an in-toto statement", &error));
    head.map(|Head { predicate_type }| predicate_type)
}

#[cfg(test)]
mod tests {
    use reposnap::{Digest, openpgp};

    use super::*;
    use crate::attest::{Statement, dsse};
    use crate::signing::{Algorithm, OpenPgpSigner, PrivateKey};

    #[test]
    fn a_bundle_for_each_key_and_the_envelope_for_openpgp() {
        let (a, b) =
            (PrivateKey::generate(Algorithm::Ed25519).unwrap(), PrivateKey::generate(Algorithm::EcdsaP256).unwrap());
        let mut envelope =
            Statement::about("app", &Digest::of(b""), "https://example.org/p/v1", 1).to_envelope().unwrap();
        assert_eq!(Attachment::of(&envelope, &[]).unwrap_err().kind(), Kind::Usage);
        envelope.sign(&a).unwrap();
        assert_eq!(Attachment::of(&envelope, &[b.public()]).unwrap_err().kind(), Kind::NotFound);
        envelope.sign(&b).unwrap();
        let types = |keys: &[&PublicKey]| {
            let attachments = Attachment::of(&envelope, keys).unwrap();
            assert!(attachments.iter().all(|one| {
                one.annotations[media::PREDICATE_TYPE] == "https://example.org/p/v1" && dsse::read(&one.payload).is_ok()
            }));
            attachments.iter().map(|one| one.artifact_type).collect::<Vec<_>>()
        };
        assert_eq!(types(&[a.public(), b.public()]), [media::BUNDLE; 2]);
        assert_eq!(types(&[a.public()]), [media::BUNDLE, media::IN_TOTO]);
        let key = openpgp::generate("CI <ci@example.org>", jiff::Timestamp::now(), None).unwrap();
        let mut alone = Statement::about("app", &Digest::of(b""), "https://example.org/p/v1", 1).to_envelope().unwrap();
        alone.sign(&OpenPgpSigner::new(&key)).unwrap();
        let attachments = Attachment::of(&alone, &[]).unwrap();
        assert_eq!((attachments.len(), attachments[0].media_type), (1, media::DSSE));
        assert_eq!(dsse::read(&attachments[0].payload).unwrap(), [alone]);
    }
}
