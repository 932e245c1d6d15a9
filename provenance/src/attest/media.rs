//! Media types and annotations, by which a registry is asked for what was attached to an image.

/// An in-toto statement: the payload type of envelopes, and the type of an artifact that is a bare envelope.
pub const IN_TOTO: &str = "application/vnd.in-toto+json";

/// A DSSE envelope, as cosign types the layers of its attestations.
pub const DSSE: &str = "application/vnd.dsse.envelope.v1+json";

/// A Sigstore bundle, as an artifact's type and as its layer's.
pub const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// The payload of a signature by cosign, as a layer's type.
pub const COSIGN_PAYLOAD: &str = "application/vnd.dev.cosign.simplesigning.v1+json";

/// The annotation of that layer that has the signature, in base64.
pub const COSIGN_SIGNATURE: &str = "dev.cosignproject.cosign/signature";

/// The annotation that has the certificate of a signature without a key of its own; such signatures are not supported.
pub const COSIGN_CERTIFICATE: &str = "dev.sigstore.cosign/certificate";

/// The annotation of an attached attestation that has its predicate's type, as cosign sets it.
pub const PREDICATE_TYPE: &str = "dev.sigstore.bundle.predicateType";

/// The annotation of an attached bundle that says what is in it, as cosign sets it: `dsse-envelope`.
pub const BUNDLE_CONTENT: &str = "dev.sigstore.bundle.content";
