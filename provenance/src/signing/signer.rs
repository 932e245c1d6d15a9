//! Whatever signs attestations.

use std::fmt;

use reposnap::Result;
use reposnap::openpgp;

use super::public::PublicKey;

/// Something that signs bytes.
pub trait Signer: Send + Sync {
    /// How envelopes name the key (`keyid`): a hint to those who verify, and nothing that they rely on. For keys it is
    /// [`PublicKey::envelope_id`], for OpenPGP the fingerprint of the certificate.
    fn key_id(&self) -> String;

    /// Signs `message`.
    ///
    /// # Errors
    /// Whatever keeps the key from signing.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>>;

    /// The public key; none for OpenPGP.
    fn public(&self) -> Option<&PublicKey>;
}

/// Signs by OpenPGP: with a key file, or through gpg-agent.
///
/// The signature is what [`openpgp::Signer::detach_sign`] gives: an armored detached signature. So the `sig` of an envelope,
/// out of its base64, is a file that `gpg --verify` takes beside the bytes that were signed.
///
/// ```
/// use reposnap::openpgp;
/// use reposnap_provenance::signing::{OpenPgpSigner, Signer as _};
/// let key = openpgp::generate("CI <ci@example.org>", jiff::Timestamp::now(), None)?;
/// let signer = OpenPgpSigner::new(&key);
/// assert!(signer.sign(b"hello")?.starts_with(b"-----BEGIN PGP SIGNATURE-----"));
/// # Ok::<(), reposnap::Error>(())
/// ```
pub struct OpenPgpSigner<'a>(&'a dyn openpgp::Signer);

impl<'a> OpenPgpSigner<'a> {
    /// Signs by `signer`.
    pub fn new(signer: &'a dyn openpgp::Signer) -> Self {
        Self(signer)
    }
}

impl Signer for OpenPgpSigner<'_> {
    fn key_id(&self) -> String {
        self.0.fingerprint()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        self.0.detach_sign(message)
    }

    fn public(&self) -> Option<&PublicKey> {
        None
    }
}

impl fmt::Debug for OpenPgpSigner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OpenPgpSigner").field(&self.key_id()).finish()
    }
}
