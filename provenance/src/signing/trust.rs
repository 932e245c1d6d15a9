//! The keys whose signatures count.

use jiff::Timestamp;
use reposnap::openpgp::{self, Keyring, SignerId};
use reposnap::{Error, Kind, Result};
use serde::{Deserialize, Serialize};

use super::pem;
use super::public::PublicKey;

/// The most public keys. Every signature may have to be tried with each.
pub const MAX_KEYS: usize = 32;

/// Public keys, and OpenPGP certificates.
///
/// A key counts once, however often it was added. One that is there both as a public key and in a certificate is two: give
/// each signer's key in one form.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    keys: Vec<PublicKey>,
    /// Certificates as they were read; united where they are used.
    certificates: Vec<Vec<u8>>,
    keyring: Option<Keyring>,
    /// Where these are named, no other counts.
    only: Vec<String>,
}

/// Whose good signature something bears.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignerInfo {
    /// `ed25519`, `ecdsa-p256`, `ecdsa-p384`, `rsa` or `openpgp`.
    pub algorithm: String,
    /// For a key the SHA-256 of its SubjectPublicKeyInfo in lower-case digits, for OpenPGP the fingerprint of the
    /// certificate's primary key in upper-case ones.
    pub key: String,
    /// The certificate's user ID, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
}

impl Trust {
    /// Nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a public key.
    ///
    /// # Errors
    /// [`Kind::Limit`] beyond [`MAX_KEYS`].
    pub fn key(mut self, key: PublicKey) -> Result<Self> {
        self.add_key(key)?;
        Ok(self)
    }

    /// Adds what a file holds: public keys in PEM, or OpenPGP certificates, armored or binary.
    ///
    /// # Errors
    /// [`Kind::Malformed`] for what is neither, and whatever the readers of both say.
    pub fn file(mut self, bytes: &[u8]) -> Result<Self> {
        let armored = bytes.trim_ascii_start().starts_with(b"-----BEGIN PGP ");
        if armored || bytes.first().is_some_and(|byte| byte & 0x80 != 0) {
            self.certificates.push(bytes.to_vec());
            self.keyring = Some(Keyring::from_parts(self.certificates.iter().map(Vec::as_slice))?);
            return Ok(self);
        }
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.contains("-----BEGIN "));
        let text = text.ok_or_else(|| {
            Error::new(Kind::Malformed, "there is neither a public key nor an OpenPGP certificate in it").help(
                "keys are PEM, as `openssl pkey -pubout` writes them; certificates are what `gpg --export` writes",
            )
        })?;
        for block in pem::read(text)? {
            self.add_key(PublicKey::from_block(&block)?)?;
        }
        Ok(self)
    }

    /// Lets only these count of all that is added: the SHA-256 of a public key's SubjectPublicKeyInfo, or the full fingerprint
    /// of a certificate.
    ///
    /// # Errors
    /// [`Kind::Usage`] for what is neither.
    pub fn only(mut self, fingerprint: &str) -> Result<Self> {
        let id: SignerId = fingerprint.parse()?;
        self.only.push(id.fingerprint().to_owned());
        Ok(self)
    }

    /// Whether nobody is trusted.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.keyring.is_none()
    }

    /// The public keys.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// Whose signature of `message` this is; `hint` is a key to try first. `now` is the moment that OpenPGP keys and dates are
    /// judged at.
    ///
    /// # Errors
    /// [`Kind::Verification`] with the reason where nobody's, who is trusted.
    pub fn signer_of(&self, message: &[u8], signature: &[u8], hint: &str, now: Timestamp) -> Result<SignerInfo> {
        let counts =
            |key: &&PublicKey| self.only.is_empty() || self.only.contains(&key.id().to_string().to_uppercase());
        let (hinted, others): (Vec<_>, Vec<_>) =
            self.keys.iter().filter(counts).partition(|key| key.envelope_id() == hint);
        if let Some(key) = hinted.iter().chain(&others).find(|key| key.verifies(message, signature)) {
            let (algorithm, key) = (key.algorithm().to_string(), key.id().to_string());
            return Ok(SignerInfo { algorithm, key, user_id: None });
        }
        if !hinted.is_empty() {
            return Err(wrong(format!("the signature that is said to be of {hint} is wrong"))
                .help("what was signed was changed afterwards, or something else was signed"));
        }
        let openpgp = signature.starts_with(b"-----BEGIN PGP SIGNATURE-----")
            || matches!(signature.first(), Some(0x88..=0x8a | 0xc2));
        let (true, Some(keyring)) = (openpgp, &self.keyring) else {
            return Err(wrong("it is not signed by a key that is trusted".to_owned()));
        };
        let verified = openpgp::verify_detached(message, signature, keyring, &self.openpgp_policy()?, now)?;
        verified.signers().first().map(SignerInfo::from).ok_or_else(|| wrong("it is not signed".to_owned()))
    }

    /// The certificates, where there are some, and the policy by which they are held.
    pub(crate) fn openpgp(&self) -> Result<Option<(&Keyring, openpgp::Policy)>> {
        let policy = self.openpgp_policy()?;
        Ok(self.keyring.as_ref().map(|keyring| (keyring, policy)))
    }

    fn openpgp_policy(&self) -> Result<openpgp::Policy> {
        self.only.iter().try_fold(openpgp::Policy::default(), |policy, id| Ok(policy.signer(id.parse()?)))
    }

    fn add_key(&mut self, key: PublicKey) -> Result<()> {
        if self.keys.contains(&key) {
            return Ok(());
        }
        if self.keys.len() == MAX_KEYS {
            return Err(Error::new(Kind::Limit, format!("more than {MAX_KEYS} public keys")));
        }
        self.keys.push(key);
        Ok(())
    }
}

impl From<&openpgp::SignedBy> for SignerInfo {
    fn from(signed: &openpgp::SignedBy) -> Self {
        let (key, user_id) = (signed.primary.clone(), signed.user_id.clone());
        Self { algorithm: "openpgp".to_owned(), key, user_id }
    }
}

fn wrong(message: String) -> Error {
    Error::new(Kind::Verification, message).rule("signature")
}
