//! Statements about images, signed: made, wrapped, and believed only by a policy. And what others signed about base images.
//!
//! | module | subject |
//! |---|---|
//! | [`dsse`] | envelopes: bytes and who signed them |
//! | [`statement`] | what an envelope holds: in-toto statements |
//! | [`packages`] | the predicate `image-packages/v0.1`: what is in an image, and where it came from |
//! | [`slsa`] | the predicate of SLSA provenance: what an image was built from |
//! | [`bundle`] | envelopes as Sigstore's tools take them |
//! | [`policy`] | who must have signed, and what must hold: a file |
//! | [`decide`] | whether an image is accepted, and why not |
//! | [`claim`] | what cosign and the tools of containers/image sign: this digest, under this name |
//! | [`cosign`] | signatures and attestations by cosign with a key |
//! | [`simple`] | simple signing: OpenPGP messages |
//! | [`attach`] | what is pushed beside an image |
//! | [`media`] | media types and annotations, by which a registry is asked |
//!
//! `docs/ATTESTATIONS.md` tells the fields.
//!
//! ```
//! use std::num::NonZeroUsize;
//! use jiff::Timestamp;
//! use reposnap_provenance::attest::dsse::Envelope;
//! use reposnap_provenance::attest::media;
//! use reposnap_provenance::signing::{Algorithm, PrivateKey, Trust};
//!
//! let key = PrivateKey::generate(Algorithm::Ed25519)?;
//! let mut envelope = Envelope::new(media::IN_TOTO, b"{}".to_vec())?;
//! envelope.sign(&key)?;
//!
//! let trust = Trust::new().key(key.public().clone())?;
//! let attested = Envelope::parse(&envelope.to_json())?.verify(&trust, NonZeroUsize::MIN, Timestamp::now())?;
//! assert_eq!(attested.payload(), b"{}");
//! # Ok::<(), reposnap::Error>(())
//! ```

pub mod attach;
pub mod bundle;
pub mod claim;
pub mod cosign;
pub mod decide;
pub mod dsse;
pub mod media;
pub mod packages;
pub mod policy;
pub mod simple;
pub mod slsa;
pub mod statement;

pub use decide::{Decision, verify};
pub use dsse::{Attested, Envelope};
pub use packages::ImagePackages;
pub use policy::Policy;
pub use statement::Statement;
