//! Signatures as cosign keeps them beside an image (cosign, `specs/SIGNATURE_SPEC.md`): manifests under tags made of the
//! image's digest, each of whose layers is a payload with its signature as an annotation. Nothing is verified here but digests.

use bytes::Bytes;
use reposnap::{Digest, Error, Kind, Result};

use super::Registry;
use super::documents;
use super::media;
use crate::blobs::{Descriptor, Document};
use crate::referrers::Manifest;

/// What was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureKind {
    /// The image's digest, in the payload of containers/image ("simple signing"): the tag `sha256-DIGEST.sig`. The signature
    /// is the annotation `dev.cosignproject.cosign/signature`.
    Signature,
    /// A statement about the image, in an envelope (DSSE) that has the signatures itself: the tag `sha256-DIGEST.att`.
    Attestation,
}

impl SignatureKind {
    /// Both.
    pub const ALL: [SignatureKind; 2] = [SignatureKind::Signature, SignatureKind::Attestation];

    /// The end of the tag.
    fn suffix(self) -> &'static str {
        match self {
            SignatureKind::Signature => "sig",
            SignatureKind::Attestation => "att",
        }
    }
}

/// A signature that was found beside an image. It proves nothing until somebody verifies it.
#[derive(Clone, Debug)]
pub struct FoundSignature {
    /// What was signed.
    pub kind: SignatureKind,
    /// The manifest that it is a layer of.
    pub manifest: Document,
    /// What points at the payload; its annotations have the signature, and the certificates and bundles that may come
    /// with it.
    pub descriptor: Descriptor,
    /// The payload, as its digest says.
    pub payload: Bytes,
}

impl Registry {
    /// The signatures that cosign put beside the manifest or index `subject`; those in referrers are not among them.
    ///
    /// [`Kind::Limit`] where there are more than [`MOST_BLOBS`](crate::referrers::MOST_BLOBS) of a kind, or more than
    /// [`MOST_BLOB_BYTES`](crate::referrers::MOST_BLOB_BYTES) of them.
    pub async fn signatures(&self, subject: &Digest) -> Result<Vec<FoundSignature>> {
        let link = self.link();
        let mut found = Vec::new();
        for kind in SignatureKind::ALL {
            let tag = format!("sha256-{subject}.{}", kind.suffix());
            let place = |error: Error| error.path(format!("{}:{tag}", link.repository));
            let Some(manifest) = documents::manifest(link, &tag, None).await? else { continue };
            let document = manifest.document;
            if media::is_index(&document.media_type) {
                let error = Error::new(Kind::Verification, "the tag for signatures names an index").rule("media-type");
                return Err(place(error));
            }
            for layer in Manifest::parse(&document.bytes)
                .and_then(|manifest| manifest.small_layers().map(<[_]>::to_vec))
                .map_err(place)?
            {
                let payload = documents::blob(link, &layer).await?;
                found.push(FoundSignature { kind, manifest: document.clone(), descriptor: layer, payload });
            }
        }
        Ok(found)
    }
}
