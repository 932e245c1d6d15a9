//! What a verification asks for, as a value that can be read, printed and replaced.

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use jiff::Timestamp;

use super::rule::Rule;
use crate::error::{Error, Kind, Result};

/// What a signed message must fulfil: who signs, how many, and which rules hold.
///
/// The default asks for one good signature of any key of the keyring, and all
/// of the [`Rule`]s. It is a pure value: it knows no clock and no files.
///
/// ```
/// use reposnap::openpgp::{Policy, Rule};
/// let policy = Policy::default()
///     .signer("417E2CBBC7FACEEEB2167A92059392D39A1B3825".parse()?)
///     .relax(Rule::WeakBindingDigest)?;
/// assert!(policy.is_relaxed(Rule::WeakBindingDigest));
/// assert!(policy.to_string().contains("weak-binding-digest: relaxed"));
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    relaxed: BTreeSet<Rule>,
    signers: Vec<SignerId>,
    threshold: NonZeroUsize,
    as_of: Option<Timestamp>,
    future_tolerance: u32,
    limits: Limits,
}

/// How far in the future a signature may be dated by default, in seconds: the
/// clocks of two honest machines differ by no more.
pub(crate) const FUTURE_TOLERANCE: u32 = 300;

impl Default for Policy {
    fn default() -> Self {
        Self {
            relaxed: BTreeSet::new(),
            signers: Vec::new(),
            threshold: NonZeroUsize::MIN,
            as_of: None,
            future_tolerance: FUTURE_TOLERANCE,
            limits: Limits::default(),
        }
    }
}

impl Policy {
    /// Gives up `rule`. What breaks it is then told as a note.
    ///
    /// # Errors
    /// `Kind::Usage` for a rule without which nothing would be verified.
    pub fn relax(mut self, rule: Rule) -> Result<Self> {
        if !rule.is_relaxable() {
            return Err(Error::new(Kind::Usage, format!("the rule {rule} can't be relaxed")));
        }
        self.relaxed.insert(rule);
        Ok(self)
    }

    /// Adds one of the keys that may sign. With none, every key of the keyring may.
    #[must_use]
    pub fn signer(mut self, signer: SignerId) -> Self {
        self.signers.push(signer);
        self
    }

    /// Asks for good signatures of at least so many different certificates.
    #[must_use]
    pub fn threshold(mut self, signers: NonZeroUsize) -> Self {
        self.threshold = signers;
        self
    }

    /// Judges signatures and keys as of this moment instead of now, for a
    /// snapshot of the past. A key compromised since is still rejected.
    #[must_use]
    pub fn as_of(mut self, moment: Timestamp) -> Self {
        self.as_of = Some(moment);
        self
    }

    /// How many seconds in the future a signature may be dated.
    #[must_use]
    pub fn future_tolerance(mut self, seconds: u32) -> Self {
        self.future_tolerance = seconds;
        self
    }

    /// Replaces the limits of size and number.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether `rule` is given up.
    pub fn is_relaxed(&self, rule: Rule) -> bool {
        self.relaxed.contains(&rule)
    }

    /// The rules given up.
    pub fn relaxed_rules(&self) -> impl Iterator<Item = Rule> + '_ {
        self.relaxed.iter().copied()
    }

    /// The keys that may sign; empty for every key of the keyring.
    pub fn allowed_signers(&self) -> &[SignerId] {
        &self.signers
    }

    /// How many different certificates must have signed.
    pub fn needed_signers(&self) -> usize {
        self.threshold.get()
    }

    pub(crate) fn sizes(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn tolerated_future(&self) -> i64 {
        i64::from(self.future_tolerance)
    }

    /// The moment at which keys are judged.
    pub(crate) fn moment(&self, now: Timestamp) -> Result<Timestamp> {
        match self.as_of {
            Some(as_of) if as_of > now => {
                Err(Error::new(Kind::Usage, format!("can't verify as of {as_of}, which is in the future")))
            }
            Some(as_of) => Ok(as_of),
            None => Ok(now),
        }
    }

    pub(crate) fn allows(&self, primary: &str, key: &str) -> bool {
        self.signers.is_empty() || self.signers.iter().any(|signer| signer.matches(primary, key))
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.signers.is_empty() {
            writeln!(f, "signers: any key of the keyring")?;
        } else {
            writeln!(f, "signers: {}", self.signers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))?;
        }
        writeln!(f, "good signers needed: {}", self.threshold)?;
        match self.as_of {
            Some(moment) => writeln!(f, "as of: {moment}")?,
            None => writeln!(f, "as of: now")?,
        }
        writeln!(f, "tolerated future: {} s", self.future_tolerance)?;
        writeln!(f, "message: at most {} bytes", self.limits.message)?;
        writeln!(f, "signature: at most {} bytes", self.limits.signature)?;
        writeln!(f, "packets: at most {}", self.limits.packets)?;
        for rule in Rule::ALL {
            writeln!(f, "{rule}: {}", if self.is_relaxed(*rule) { "relaxed" } else { "enforced" })?;
        }
        Ok(())
    }
}

/// Limits that are checked before any cryptography.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole message (or, for a detached signature, of the text).
    pub message: usize,
    /// Bytes of the signature with its armor.
    pub signature: usize,
    /// Signature packets.
    pub packets: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { message: 16 << 20, signature: 64 << 10, packets: 16 }
    }
}

/// A key that may sign, by its full fingerprint, written as in apt's
/// `Signed-By`: of a primary key (then any of its subkeys may sign as well) or
/// of a subkey; a `!` at the end means this very key and no other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SignerId {
    fingerprint: String,
    exact: bool,
}

impl SignerId {
    /// The fingerprint in upper-case hexadecimal digits.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Whether only this very key may sign.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    fn matches(&self, primary: &str, key: &str) -> bool {
        self.fingerprint == key || (!self.exact && self.fingerprint == primary)
    }
}

impl FromStr for SignerId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (digits, exact) = match text.strip_suffix('!') {
            Some(digits) => (digits, true),
            None => (text, false),
        };
        let digits = digits.strip_prefix("0x").unwrap_or(digits);
        let fingerprint: String = digits.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
        if !matches!(fingerprint.len(), 40 | 64) || !fingerprint.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Error::new(Kind::Usage, format!("{text:?} is not the fingerprint of a key"))
                .help("a fingerprint has 40 or 64 hexadecimal digits; shorter key IDs can be forged"));
        }
        Ok(Self { fingerprint, exact })
    }
}

impl fmt::Display for SignerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fingerprint)?;
        if self.exact { f.write_str("!") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signers_are_full_fingerprints() {
        let any: SignerId = "417e 2cbb c7fa ceee b216 7a92 0593 92d3 9a1b 3825".parse().expect("spaces are fine");
        assert_eq!(any.to_string(), "417E2CBBC7FACEEEB2167A92059392D39A1B3825");
        let exact: SignerId = "417E2CBBC7FACEEEB2167A92059392D39A1B3825!".parse().expect("exact form");
        assert!(exact.is_exact());
        assert!(exact.matches("FF", exact.fingerprint()) && !exact.matches(exact.fingerprint(), "FF"));
        assert!(any.matches(any.fingerprint(), "FF"));
        for wrong in ["", "!", "059392D39A1B3825", "417E2CBBC7FACEEEB2167A92059392D39A1B382Z"] {
            assert_eq!(wrong.parse::<SignerId>().expect_err(wrong).kind(), Kind::Usage);
        }
    }

    #[test]
    fn firm_rules_stay() {
        assert_eq!(Policy::default().relax(Rule::NoSignature).expect_err("firm").kind(), Kind::Usage);
        let printed = Policy::default().relax(Rule::ExpiredKey).expect("relaxable").to_string();
        assert!(printed.contains("expired-key: relaxed") && printed.contains("revoked-key: enforced"));
    }
}
