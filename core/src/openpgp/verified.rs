//! The proof that bytes were verified, carried along by whatever is made of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that came out of verification, with who vouched for it.
///
/// Only this library's verification makes one; there is no public constructor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T> {
    value: T,
    signers: Vec<SignedBy>,
    notes: Vec<Note>,
}

impl<T> Verified<T> {
    pub(crate) fn new(value: T, signers: Vec<SignedBy>, notes: Vec<Note>) -> Self {
        Self { value, signers, notes }
    }

    /// What was verified.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// What was verified, without its signers and notes.
    pub fn into_value(self) -> T {
        self.value
    }

    /// Whose good signatures it bears, in the order in which they stand.
    pub fn signers(&self) -> &[SignedBy] {
        &self.signers
    }

    /// What is worth knowing though it did not lead to rejection.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Reads the verified bytes as something else; still the same proof.
    pub(crate) fn try_map<U, E>(self, read: impl FnOnce(T) -> Result<U, E>) -> Result<Verified<U>, E> {
        Ok(Verified { value: read(self.value)?, signers: self.signers, notes: self.notes })
    }

    pub(crate) fn note(&mut self, note: Note) {
        self.notes.push(note);
    }
}

/// One good signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedBy {
    /// Fingerprint of the certificate's primary key, upper-case hexadecimal.
    pub primary: String,
    /// Fingerprint of the key that signed: the primary key or a subkey.
    pub key: String,
    /// The certificate's user ID, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// When the signature was made, by the signer's clock.
    pub created: Timestamp,
}

/// A rule that was broken without leading to rejection: by a signature beside
/// enough good ones, or because the policy relaxes the rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The stable name of the rule.
    pub rule: String,
    /// What was found, in a sentence.
    pub message: String,
}
