//! Signatures of entries: who has to make them, and whether they are what they should be.

use jiff::Timestamp;

use super::policy::Policy;
use super::rule::Rule;
use crate::environment::{Change, How};
use crate::error::{Error, Kind, Result};
use crate::openpgp::{self, Keyring, SignedBy, SignerId};
use crate::store::refs::Entry;

/// How much later than its entry a signature may be dated, in seconds: people take their time to unlock a key.
const TOLERANCE: u32 = 3600;

/// Who may sign an entry, where somebody has to.
pub(in crate::environment) struct Needed<'a> {
    keyring: &'a Keyring,
    signers: &'a [SignerId],
    words: &'static str,
}

impl<'a> Needed<'a> {
    /// What an entry with `how` needs, where `in_force` is the policy before it and `new` the one that it sets.
    pub(in crate::environment) fn of(
        how: &How,
        in_force: Option<&'a Policy>,
        new: Option<&'a Policy>,
    ) -> Option<Needed<'a>> {
        let signed = |policy: &Option<&'a Policy>| policy.filter(|policy| policy.signed_entries);
        let (policy, signers, words) = match how {
            // Where nothing was asked for before, those whom the new policy names have to be there.
            How::Policy { .. } => {
                let policy = signed(&in_force).or_else(|| signed(&new))?;
                match policy.owners.is_empty() {
                    true => (policy, &policy.promoters, "promoters"),
                    false => (policy, &policy.owners, "owners"),
                }
            }
            _ => {
                let policy = signed(&in_force)?;
                (policy, &policy.promoters, "promoters")
            }
        };
        // A policy is not read without a certificate of each key.
        policy.keyring().map(|keyring| Needed { keyring, signers, words })
    }

    /// Verifies a signature over `bytes`, an entry of the time `moment`.
    pub(in crate::environment) fn verify(
        &self,
        bytes: &[u8],
        signature: &str,
        moment: Timestamp,
    ) -> Result<Vec<SignedBy>> {
        let rules = openpgp::Policy::default().future_tolerance(TOLERANCE);
        let rules = self.signers.iter().cloned().fold(rules, openpgp::Policy::signer);
        match openpgp::verify_detached(bytes, signature.as_bytes(), self.keyring, &rules, moment) {
            Ok(verified) => Ok(verified.signers().to_vec()),
            Err(error) => Err(Error::new(
                Kind::Verification,
                format!("the entry is not signed by one of the policy's {}: {}", self.words, error.message()),
            )
            .rule(Rule::Signature.as_str())
            .help(self.advice())
            .source(error)),
        }
    }

    /// The error of an entry without a signature.
    pub(in crate::environment) fn missing(&self) -> Error {
        Error::new(Kind::Verification, format!("the entry has to be signed by one of the policy's {}", self.words))
            .rule(Rule::Signature.as_str())
            .help(self.advice())
    }

    fn advice(&self) -> String {
        let keys: Vec<String> = self.signers.iter().map(ToString::to_string).collect();
        format!("sign with one of {}", keys.join(", "))
    }
}

/// Verifies the signature of an entry that was read.
pub(super) fn of_entry(entry: &Entry<Change>, needed: &Needed<'_>) -> Result<Vec<SignedBy>> {
    match &entry.signature {
        Some(signature) => needed.verify(&entry.signed_bytes()?, signature, entry.time),
        None => Err(needed.missing()),
    }
}
