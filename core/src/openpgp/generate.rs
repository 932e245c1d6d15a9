//! A new signing key.

use std::time::Duration;

use jiff::Timestamp;
use sequoia_openpgp::cert::{CertBuilder, CipherSuite};
use sequoia_openpgp::types::KeyFlags;

use super::sign::{KeyFile, internal};
use super::trust;
use crate::error::{Error, Kind, Result};

/// Bytes of a user ID: what gpg takes at most.
const USER_ID_LIMIT: usize = 2048;

/// Makes a new Ed25519 key that certifies and signs, of OpenPGP version 4,
/// which every gpgv since 2.1 reads.
///
/// `validity` counts from `created`; without it the key never expires.
///
/// ```
/// use reposnap::openpgp::{self, KeyFile, Signer as _};
/// let key = openpgp::generate("Archive <archive@example.org>", jiff::Timestamp::now(), None)?;
/// let file = key.to_armored_secret()?;
/// assert_eq!(KeyFile::from_bytes(&file, None)?.fingerprint(), key.fingerprint());
/// # Ok::<(), reposnap::Error>(())
/// ```
///
/// # Errors
/// `Kind::Usage` for a user ID that is empty, long or has control characters.
pub fn generate(user_id: &str, created: Timestamp, validity: Option<Duration>) -> Result<KeyFile> {
    if user_id.trim().is_empty() || user_id.len() > USER_ID_LIMIT || user_id.chars().any(char::is_control) {
        return Err(Error::new(Kind::Usage, format!("{user_id:?} can't be the user ID of a key"))
            .help("write it as `Name <mail@example.org>`"));
    }
    let (cert, _revocation) = CertBuilder::new()
        .add_userid(user_id)
        .set_creation_time(trust::system_time(created))
        .set_validity_period(validity)
        .set_cipher_suite(CipherSuite::Cv25519)
        .set_primary_key_flags(KeyFlags::empty().set_certification().set_signing())
        .generate()
        .map_err(|error| internal(&error))?;
    KeyFile::from_cert(cert, None)
}
