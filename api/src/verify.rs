//! Verification of signed files and texts.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use super::operation::request;
use super::session::Session;
use reposnap::error::{Error, Kind, Result};
use reposnap::openpgp::{
    CertificateInfo, Keyring, Note, Policy, SignedBy, SignerId, Verified, verify_detached, verify_inline,
};
use reposnap::source::acceptance::{ReleasePolicy, accept, relax};

/// How a block of armored keys begins (RFC 9580, section 6.2).
const ARMOR: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

request! {
    /// Verifies an InRelease file, or a Release file with its Release.gpg: its signatures, its dates and its form.
    "verify release"(Nothing) -> "verify release";
    pub struct Release {
        required {
            /// The file.
            file: PathBuf,
            /// The keys: keyring files, or armored blocks.
            keyring: Vec<String>,
        }
        optional {
            /// The signature file, where it stands apart.
            signature: Option<PathBuf>,
            /// The time to verify at, instead of now.
            at: Option<Timestamp>,
            /// The fingerprints that count; all of the keyring's by default.
            signers: Vec<String>,
            /// How many of the keys must have signed; 1 by default.
            threshold: Option<usize>,
            /// Relax rules of verification, by their names.
            relax: Vec<String>,
        }
    }
}

request! {
    /// Verifies a signed text: a cleartext message, or any text with a signature that stands apart.
    "verify message"(Nothing) -> "verify message";
    pub struct Message {
        required {
            /// The text.
            message: String,
            /// The keys: keyring files, or armored blocks.
            keyring: Vec<String>,
        }
        optional {
            /// The armored signature, where it stands apart.
            signature: Option<String>,
            /// The time to verify at, instead of now.
            at: Option<Timestamp>,
            /// The fingerprints that count; all of the keyring's by default.
            signers: Vec<String>,
            /// How many of the keys must have signed; 1 by default.
            threshold: Option<usize>,
            /// Relax rules of verification, by their names.
            relax: Vec<String>,
        }
    }
}

request! {
    /// Shows the certificates of a keyring.
    "keyring show"(Nothing) -> "array of Certificate";
    pub struct ShowKeyring {
        required {
            /// The keys: keyring files, or armored blocks.
            keyring: Vec<String>,
        }
        optional {
            /// The time to judge them at, instead of now.
            at: Option<Timestamp>,
        }
    }
}

/// What a verification of a Release file came to.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct ReleaseVerdict {
    /// The file.
    pub file: String,
    /// Whether it holds.
    pub accepted: bool,
    /// The moment that it was judged at.
    pub at: Timestamp,
    /// The fingerprints of the primary keys of good signatures.
    pub signers: Vec<String>,
    /// What is worth knowing though it did not lead to rejection.
    pub notes: Vec<String>,
    /// Why it does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected: Option<Error>,
}

/// What a verification of a text came to.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct MessageVerdict {
    /// Whether it holds.
    pub accepted: bool,
    /// The moment that it was judged at.
    pub at: Timestamp,
    /// Exactly what the signatures cover; none where it does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The good signatures.
    pub signers: Vec<SignedBy>,
    /// The rules that were broken without leading to rejection.
    pub notes: Vec<Note>,
    /// Why it does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected: Option<Error>,
}

/// Verifies a Release file.
pub async fn release(_: &Session, request: Release) -> Result<ReleaseVerdict> {
    let keyring = keyring(&request.keyring)?;
    let (policy, asked) = policies(&request.signers, request.threshold, &request.relax)?;
    let at = request.at.unwrap_or_else(Timestamp::now);
    let message = read(&request.file)?;
    let signature = request.signature.as_deref().map(read).transpose()?;
    let verified = verify(&message, signature.as_deref(), &keyring, &policy, at);
    let file = request.file.display().to_string();
    match verified.and_then(|verified| accept(verified, &asked, None, at)) {
        Ok((verified, _)) => Ok(ReleaseVerdict {
            file,
            accepted: true,
            at,
            signers: verified.signers().iter().map(|signer| signer.primary.clone()).collect(),
            notes: verified.notes().iter().map(|note| note.message.clone()).collect(),
            rejected: None,
        }),
        Err(error) if is_verdict(&error) => Ok(ReleaseVerdict {
            rejected: Some(error.path(&file)),
            file,
            accepted: false,
            at,
            signers: Vec::new(),
            notes: Vec::new(),
        }),
        Err(error) => Err(error.path(file)),
    }
}

/// Verifies a signed text.
pub async fn message(_: &Session, request: Message) -> Result<MessageVerdict> {
    let keyring = keyring(&request.keyring)?;
    let (policy, _) = policies(&request.signers, request.threshold, &request.relax)?;
    let at = request.at.unwrap_or_else(Timestamp::now);
    let signature = request.signature.as_deref().map(str::as_bytes);
    match verify(request.message.as_bytes(), signature, &keyring, &policy, at) {
        Ok(verified) => Ok(MessageVerdict {
            accepted: true,
            at,
            text: Some(String::from_utf8_lossy(verified.value()).into_owned()),
            signers: verified.signers().to_vec(),
            notes: verified.notes().to_vec(),
            rejected: None,
        }),
        Err(error) if is_verdict(&error) => Ok(MessageVerdict {
            accepted: false,
            at,
            text: None,
            signers: Vec::new(),
            notes: Vec::new(),
            rejected: Some(error),
        }),
        Err(error) => Err(error),
    }
}

/// Shows the certificates of a keyring.
pub async fn show_keyring(_: &Session, request: ShowKeyring) -> Result<Vec<CertificateInfo>> {
    Ok(keyring(&request.keyring)?.certificates(request.at.unwrap_or_else(Timestamp::now)))
}

/// The certificates that `sources` name: files, or armored blocks as in a `Signed-By` field.
pub(super) fn keyring(sources: &[String]) -> Result<Keyring> {
    if sources.is_empty() {
        return Err(Error::new(Kind::Usage, "no key is trusted").help("name a keyring file, or give an armored key"));
    }
    let mut parts = Vec::new();
    for source in sources {
        if source.trim_start().starts_with(ARMOR) {
            parts.push(source.as_bytes().to_vec());
        } else {
            parts.push(Keyring::from_files([source])?.to_bytes()?);
        }
    }
    Keyring::from_parts(parts.iter().map(Vec::as_slice))
}

fn verify(
    message: &[u8],
    signature: Option<&[u8]>,
    keyring: &Keyring,
    policy: &Policy,
    at: Timestamp,
) -> Result<Verified<Vec<u8>>> {
    match signature {
        None => verify_inline(message, keyring, policy, at),
        Some(signature) => verify_detached(message, signature, keyring, policy, at),
    }
}

/// The default policies with what a request changes: of signatures, and of Release files.
///
/// # Errors
/// [`Kind::Usage`] for a fingerprint, a threshold or a rule that can't be one, or that can't be relaxed.
pub fn policies(signers: &[String], threshold: Option<usize>, relaxed: &[String]) -> Result<(Policy, ReleasePolicy)> {
    let mut policy = Policy::default();
    for signer in signers {
        policy = policy.signer(signer.parse::<SignerId>()?);
    }
    let threshold = NonZeroUsize::new(threshold.unwrap_or(1)).ok_or_else(|| {
        Error::new(Kind::Usage, "at least one key must have signed").help("give a threshold of 1 or more")
    })?;
    relax(policy.threshold(threshold), ReleasePolicy::default(), relaxed)
}

fn is_verdict(error: &Error) -> bool {
    matches!(error.kind(), Kind::Verification | Kind::Malformed | Kind::Limit)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| Error::io(path.display(), error))
}
