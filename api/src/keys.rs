//! Signing keys: generate, sign.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::operation::request;
use super::session::Session;
use reposnap::error::{Error, Kind, Result};
use reposnap::openpgp::{self, GpgAgent, KeyFile, Signer};
use reposnap::store::refs::Note;

request! {
    /// Generates an Ed25519 signing key into a new file that its owner alone may read.
    "key generate"(Nothing) -> "key generate";
    pub struct Generate {
        required {
            /// Whose key, such as `Example archive <archive@example.org>`.
            user_id: String,
            /// The file to write; it must not exist.
            output: PathBuf,
        }
        optional {}
    }
}

request! {
    /// Signs a text, as a cleartext message or apart from it.
    "key sign"(Nothing) -> "key sign";
    pub struct Sign {
        required {
            /// The text.
            text: String,
            /// The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
            key: String,
        }
        optional {
            /// The file with the password of the key file.
            password_file: Option<PathBuf>,
            /// Make a signature that stands apart.
            detached: bool,
        }
    }
}

/// A key that was made.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Generated {
    /// Its fingerprint.
    pub fingerprint: String,
    /// The file that it is in.
    pub file: String,
}

/// A text that was signed.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Signed {
    /// The fingerprint of the key.
    pub fingerprint: String,
    /// The cleartext message, or the armored signature.
    pub signature: String,
    /// The armored certificate by which others verify.
    pub certificate: String,
}

/// Generates an Ed25519 signing key into a new file that its owner alone may read.
pub async fn generate(_: &Session, request: Generate) -> Result<Generated> {
    let key = openpgp::generate(&request.user_id, jiff::Timestamp::now(), None)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = request.output.display().to_string();
    let io = |error| Error::io(&file, error);
    let mut output = options.open(&request.output).map_err(io)?;
    output.write_all(&key.to_armored_secret()?).and_then(|()| output.sync_all()).map_err(io)?;
    Ok(Generated { fingerprint: key.fingerprint(), file })
}

/// Signs a text.
pub async fn sign(_: &Session, request: Sign) -> Result<Signed> {
    let signer = signer(&request.key, request.password_file.as_deref())?;
    let text = request.text.as_bytes();
    let signature = if request.detached { signer.detach_sign(text)? } else { signer.clearsign(text)? };
    let string = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Signed {
        fingerprint: signer.fingerprint(),
        signature: string(signature),
        certificate: string(signer.certificate()?),
    })
}

/// The signer that a key's name means.
pub fn signer(key: &str, password_file: Option<&Path>) -> Result<Box<dyn Signer>> {
    if let Some(fingerprint) = key.strip_prefix("gpg:") {
        return Ok(Box::new(GpgAgent::new(fingerprint)?));
    }
    let password = password_file
        .map(|path| std::fs::read_to_string(path).map_err(|error| Error::io(path.display(), error)))
        .transpose()?;
    let password = password.as_deref().map(|password| password.trim_end_matches(['\n', '\r']));
    Ok(Box::new(KeyFile::open(key, password)?))
}

/// What signs an entry of a log, where something does.
pub(super) struct Signing(Option<Box<dyn Signer>>);

impl Signing {
    /// The key of this name; none without.
    pub(super) fn of(key: Option<&str>, password_file: Option<&Path>) -> Result<Self> {
        Ok(Self(key.map(|key| signer(key, password_file)).transpose()?))
    }

    /// Whether there is a key.
    pub(super) fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// An armored signature.
    pub(super) fn sign(&self, bytes: &[u8]) -> Result<String> {
        let signer = self.0.as_ref().ok_or_else(|| Error::new(Kind::Internal, "there is no key to sign with"))?;
        Ok(String::from_utf8_lossy(&signer.detach_sign(bytes)?).into_owned())
    }

    /// A note that `sign`, which calls [`sign`](Self::sign), signs where there is a key.
    pub(super) fn note<'a>(
        &self,
        note: Note<'a>,
        sign: &'a (dyn Fn(&[u8]) -> Result<String> + Send + Sync),
    ) -> Note<'a> {
        if self.is_some() { note.signed(sign) } else { note }
    }
}
