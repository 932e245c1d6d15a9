//! Keys that sign attestations, and keys that are trusted to: Ed25519, ECDSA and RSA as openssl and cosign write them, and
//! OpenPGP.
//!
//! | module | subject |
//! |---|---|
//! | [`pem`] | textual encoding: RFC 7468 |
//! | [`public`] | public keys: SubjectPublicKeyInfo, and what is signed with them |
//! | [`private`] | private keys: PKCS #8 and SEC 1; made, read, written, used |
//! | [`signer`] | whatever signs: a private key, or OpenPGP |
//! | [`trust`] | the keys whose signatures count |
//!
//! ```
//! use reposnap_provenance::signing::{Algorithm, PrivateKey, PublicKey, Signer as _};
//!
//! let key = PrivateKey::generate(Algorithm::Ed25519)?;
//! let signature = key.sign(b"hello")?;
//!
//! let public = PublicKey::from_pem(&key.public().to_pem())?;
//! assert!(public.verifies(b"hello", &signature));
//! assert!(!public.verifies(b"hullo", &signature));
//! # Ok::<(), reposnap::Error>(())
//! ```

pub(crate) mod der;
pub mod pem;
pub mod private;
pub mod public;
pub mod signer;
pub mod trust;

pub use private::PrivateKey;
pub use public::{Algorithm, PublicKey};
pub use signer::{OpenPgpSigner, Signer};
pub use trust::{SignerInfo, Trust};
