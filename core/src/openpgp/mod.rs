//! What a signature must be to count, and how to make one.
//!
//! Verification goes one way: bytes from outside are framed strictly
//! (RFC 9580 section 7), their signatures are judged by a [`Policy`] against
//! a [`Keyring`], and only then is a [`Verified`] value handed out. There is
//! no other way to get one.
//!
//! ```
//! use reposnap::openpgp::{self, Keyring, Policy, Signer as _};
//!
//! let key = openpgp::generate("Archive <archive@example.org>", jiff::Timestamp::now(), None)?;
//! let message = key.clearsign(b"Suite: stable\n")?;
//!
//! let keyring = Keyring::from_bytes(&key.certificate()?)?;
//! let text = openpgp::verify_inline(&message, &keyring, &Policy::default(), jiff::Timestamp::now())?;
//! assert_eq!(text.value(), b"Suite: stable\n");
//! assert_eq!(text.signers()[0].primary, key.fingerprint());
//! # Ok::<(), reposnap::Error>(())
//! ```

mod agent;
mod armor;
mod framing;
mod generate;
mod hash;
mod keyring;
mod opaque;
mod packets;
mod policy;
mod rule;
mod sign;
mod trust;
mod verified;
mod verify;

pub use agent::GpgAgent;
pub use generate::generate;
pub use keyring::{CertificateInfo, Keyring, SubkeyInfo};
pub use policy::{Limits, Policy, SignerId};
pub use rule::Rule;
pub use sign::{KeyFile, Signer};
pub use verified::{Note, SignedBy, Verified};
pub(crate) use verify::signed_text;
pub use verify::{claimed_issuers, verify_detached, verify_inline, verify_opaque};
