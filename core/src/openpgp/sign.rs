//! Making signatures that apt accepts: the trait, and a key in a file.

use std::path::Path;

use jiff::Timestamp;
use sequoia_openpgp::Packet;
use sequoia_openpgp::cert::{Cert, CertParser};
use sequoia_openpgp::crypto::Password;
use sequoia_openpgp::packet::Key;
use sequoia_openpgp::packet::key::{SecretParts, UnspecifiedRole};
use sequoia_openpgp::packet::signature::SignatureBuilder;
use sequoia_openpgp::parse::Parse as _;
use sequoia_openpgp::serialize::SerializeInto as _;
use sequoia_openpgp::types::{HashAlgorithm, SignatureType};

use super::keyring::{Keyring, one_line};
use super::policy::Policy;
use super::{armor, framing, hash, trust, verify};
use crate::error::{Error, Kind, Result};

/// Something that signs: a key file, the user's gpg-agent, a key service.
pub trait Signer: Send + Sync {
    /// Fingerprint of the certificate's primary key, or of the key that was
    /// asked for; upper-case hexadecimal.
    fn fingerprint(&self) -> String;

    /// Signs `text` as a cleartext message, an `InRelease` file.
    ///
    /// # Errors
    /// `Kind::Usage` for text that a cleartext signature can't cover byte for
    /// byte: without a line end at its end, with blanks at the end of a line,
    /// with carriage returns or NUL bytes. Whatever keeps the key from signing.
    fn clearsign(&self, text: &[u8]) -> Result<Vec<u8>>;

    /// An armored signature of `text` that stands apart, a `Release.gpg` file.
    ///
    /// # Errors
    /// Whatever keeps the key from signing.
    fn detach_sign(&self, text: &[u8]) -> Result<Vec<u8>>;

    /// The armored certificate by which others verify.
    ///
    /// # Errors
    /// `Kind::NotFound` where a remote key is gone.
    fn certificate(&self) -> Result<Vec<u8>>;
}

/// A secret key from a file, as `gpg --export-secret-keys` writes it.
///
/// Signs with the newest subkey that may sign, else with the primary key, and
/// checks each signature before it hands it out.
pub struct KeyFile {
    cert: Cert,
    public: Keyring,
    secrets: Vec<(usize, Key<SecretParts, UnspecifiedRole>)>,
    moment: Option<Timestamp>,
}

/// Bytes of a key file.
const KEY_FILE_LIMIT: usize = 1 << 20;

impl KeyFile {
    /// Reads the key in the file at `path`. See [`KeyFile::from_bytes`].
    ///
    /// # Errors
    /// As for `from_bytes`, with the path.
    pub fn open(path: impl AsRef<Path>, password: Option<&str>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|error| Error::io(path.display(), error))?;
        Self::from_bytes(&bytes, password).map_err(|error| error.path(path.display().to_string()))
    }

    /// Reads a secret key, armored or binary, and unlocks it.
    ///
    /// # Errors
    /// `Kind::Malformed` for what is not one secret key, `Kind::Usage` for a
    /// missing or wrong password.
    pub fn from_bytes(bytes: &[u8], password: Option<&str>) -> Result<Self> {
        if bytes.len() > KEY_FILE_LIMIT {
            return Err(Error::new(Kind::Limit, "the key file is too large"));
        }
        let not_a_key = |why: String| {
            Error::new(Kind::Malformed, format!("this is not an OpenPGP secret key: {why}"))
                .help("write one with `gpg --export-secret-keys --armor FINGERPRINT`")
        };
        let trimmed = bytes.trim_ascii_start();
        let binary = if trimmed.first() == Some(&b'-') {
            let block = armor::read("PRIVATE KEY BLOCK", trimmed).map_err(|e| not_a_key(e.message().to_string()))?;
            if !block.checksum_holds {
                return Err(not_a_key("its armor's checksum is wrong".to_string()));
            }
            if !block.rest.trim_ascii().is_empty() {
                return Err(not_a_key("something stands after its armor".to_string()));
            }
            block.bytes
        } else {
            bytes.to_vec()
        };
        let mut certs = CertParser::from_bytes(&binary).map_err(|e| not_a_key(one_line(&e)))?;
        let cert = match (certs.next(), certs.next()) {
            (Some(Ok(cert)), None) => cert,
            (Some(Err(error)), _) => return Err(not_a_key(one_line(&error))),
            (Some(_), Some(_)) => return Err(not_a_key("there are several keys in it".to_string())),
            (None, _) => return Err(not_a_key("it is empty".to_string())),
        };
        if !cert.is_tsk() {
            return Err(not_a_key("it has the public part only".to_string()));
        }
        Self::from_cert(cert, password)
    }

    pub(super) fn from_cert(cert: Cert, password: Option<&str>) -> Result<Self> {
        let mut secrets = Vec::new();
        let mut locked = false;
        for (place, ka) in cert.keys().enumerate() {
            let Ok(key) = ka.key().clone().parts_into_secret() else { continue };
            let key = match (key.has_unencrypted_secret(), password) {
                (true, _) => key,
                (false, Some(password)) => match key.decrypt_secret(&Password::from(password)) {
                    Ok(key) => key,
                    Err(_) => {
                        locked = true;
                        continue;
                    }
                },
                (false, None) => {
                    locked = true;
                    continue;
                }
            };
            secrets.push((place, key));
        }
        if secrets.is_empty() {
            let message = match (locked, password) {
                (true, Some(_)) => {
                    "the key can't be unlocked: the password is wrong, or its protection is not supported"
                }
                (true, None) => "the key is protected by a password, and none was given",
                (false, _) => "the file holds no secret key material, only stubs for a card or another file",
            };
            return Err(Error::new(Kind::Usage, message));
        }
        let public = Keyring::from_bytes(&public_bytes(&cert)?)?;
        Ok(Self { cert, public, secrets, moment: None })
    }

    /// Dates signatures at `moment` instead of now.
    #[must_use]
    pub fn at(mut self, moment: Timestamp) -> Self {
        self.moment = Some(moment);
        self
    }

    /// The secret key, armored and not protected by a password; the file must
    /// be readable by its owner alone.
    ///
    /// # Errors
    /// `Kind::Internal` if it can't be written, which does not happen.
    pub fn to_armored_secret(&self) -> Result<Vec<u8>> {
        let mut packets = Vec::new();
        for (_, key) in &self.secrets {
            let primary = key.fingerprint() == self.cert.fingerprint();
            packets.push(if primary {
                Packet::from(key.clone().role_into_primary())
            } else {
                Packet::from(key.clone().role_into_subordinate())
            });
        }
        let open = self.cert.clone().insert_packets(packets).map_err(|e| internal(&e))?.0;
        Ok(armor::write("PRIVATE KEY BLOCK", &open.as_tsk().to_vec().map_err(|e| internal(&e))?))
    }

    fn sign(&self, form: SignatureType, text: &[u8], moment: Timestamp) -> Result<Vec<u8>> {
        let key = self.signing_key(moment)?;
        if key.version() != 4 {
            return Err(Error::new(Kind::Unsupported, format!("can't sign with a key of version {}", key.version()))
                .help("gpgv, and so apt, knows keys of version 4 only"));
        }
        let context = hash::document(HashAlgorithm::SHA512, form, text).map_err(|e| internal(&e))?;
        let mut pair = key.clone().into_keypair().map_err(|e| internal(&e))?;
        let signature = SignatureBuilder::new(form)
            .set_signature_creation_time(trust::system_time(moment))
            .and_then(|builder| builder.sign_hash(&mut pair, context))
            .map_err(|error| {
                Error::new(Kind::Internal, format!("signing failed: {}", one_line(&error))).source(error)
            })?;
        Packet::from(signature).to_vec().map_err(|e| internal(&e))
    }

    /// The newest subkey that may sign, else the primary key, as gpg chooses.
    fn signing_key(&self, moment: Timestamp) -> Result<&Key<SecretParts, UnspecifiedRole>> {
        let mut refused = None;
        let mut chosen: Option<&(usize, Key<_, _>)> = None;
        for secret in &self.secrets {
            match trust::violations(&self.public, &self.cert, secret.0, moment).into_iter().next() {
                None if secret.0 == 0 && chosen.is_some() => {}
                None => {
                    let newer =
                        chosen.is_none_or(|have| have.0 == 0 || have.1.creation_time() <= secret.1.creation_time());
                    if newer {
                        chosen = Some(secret);
                    }
                }
                Some((rule, message)) => {
                    refused.get_or_insert_with(|| {
                        rule.broken(format!("{} can't sign: {message}", secret.1.fingerprint().to_hex()))
                    });
                }
            }
        }
        match (chosen, refused) {
            (Some((_, key)), _) => Ok(key),
            (None, Some(error)) => Err(error),
            (None, None) => Err(Error::new(Kind::Usage, "the key file has no key that can sign")),
        }
    }

    fn moment(&self) -> Timestamp {
        self.moment.unwrap_or_else(Timestamp::now)
    }
}

impl Signer for KeyFile {
    fn fingerprint(&self) -> String {
        self.cert.fingerprint().to_hex()
    }

    fn clearsign(&self, text: &[u8]) -> Result<Vec<u8>> {
        check_signable(text)?;
        let moment = self.moment();
        let covered = text.strip_suffix(b"\n").unwrap_or(text);
        let signature = self.sign(SignatureType::Text, covered, moment)?;
        let message = framing::join(text, "SHA512", &armor::write("SIGNATURE", &signature));
        check_clearsigned(text, &message, &self.public, moment)?;
        Ok(message)
    }

    fn detach_sign(&self, text: &[u8]) -> Result<Vec<u8>> {
        let moment = self.moment();
        let signature = armor::write("SIGNATURE", &self.sign(SignatureType::Binary, text, moment)?);
        verify::verify_detached(text, &signature, &self.public, &Policy::default(), moment)?;
        Ok(signature)
    }

    fn certificate(&self) -> Result<Vec<u8>> {
        Ok(armor::write("PUBLIC KEY BLOCK", &public_bytes(&self.cert)?))
    }
}

impl std::fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyFile").field("fingerprint", &self.fingerprint()).finish_non_exhaustive()
    }
}

/// Refuses text that would not come back byte for byte from a cleartext message.
pub(super) fn check_signable(text: &[u8]) -> Result<()> {
    let fault = |line: usize, message: &str| {
        Err(Error::new(Kind::Usage, format!("can't sign this as a cleartext message: {message}")).line(line as u64 + 1))
    };
    let lines = memchr::memchr_iter(b'\n', text).count();
    if text.last() != Some(&b'\n') {
        return fault(lines, "its last line has no end");
    }
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if framing::without_trailing_blanks(line).len() != line.len() {
            return fault(number, "blanks at the end of a line are not covered by a signature");
        }
        if memchr::memchr2(b'\r', 0, line).is_some() {
            return fault(number, "it holds a carriage return or a NUL byte");
        }
    }
    Ok(())
}

/// A signature that does not verify, or not for this text, must never leave.
pub(super) fn check_clearsigned(text: &[u8], message: &[u8], public: &Keyring, moment: Timestamp) -> Result<()> {
    let verified = verify::verify_inline(message, public, &Policy::default(), moment)?;
    if verified.value() != text {
        return Err(Error::new(Kind::Internal, "the signed message does not give its text back"));
    }
    Ok(())
}

fn public_bytes(cert: &Cert) -> Result<Vec<u8>> {
    cert.clone().strip_secret_key_material().to_vec().map_err(|e| internal(&e))
}

pub(super) fn internal(error: &dyn std::fmt::Display) -> Error {
    Error::new(Kind::Internal, one_line(error))
}
