//! The rules of verification, each with the stable name that errors carry.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Kind, Result};

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $relaxable:ident;)*) => {
        /// One rule that a signed message must keep.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[$doc])* $variant,)*
        }

        impl Rule {
            /// Every rule, in the order in which they are checked.
            pub const ALL: &[Rule] = &[$(Rule::$variant,)*];

            /// The stable name of this rule, as [`Error::broken_rule`] gives it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Rule::$variant => $name,)*
                }
            }

            /// Whether a [`Policy`](super::Policy) may give this rule up. The
            /// others hold always: without them nothing would be verified.
            pub const fn is_relaxable(self) -> bool {
                match self {
                    $(Rule::$variant => rules!(@ $relaxable),)*
                }
            }
        }
    };
    (@ relaxable) => { true };
    (@ firm) => { false };
}

rules! {
    /// The message is at most `Limits::message` bytes.
    MessageSize = "message-size", firm;
    /// The signature, armor and all, is at most `Limits::signature` bytes.
    SignatureSize = "signature-size", firm;
    /// There are at most `Limits::packets` signature packets.
    SignatureCount = "signature-count", firm;
    /// The file is a cleartext signed message, not an opaque or unsigned one.
    FramingMessage = "framing-message", firm;
    /// The BEGIN line is the marker and nothing else.
    FramingMarker = "framing-marker", firm;
    /// Nothing stands before the message. Relaxed: it is ignored.
    FramingBefore = "framing-before", relaxable;
    /// The message has no armor header but `Hash:`. Relaxed: others are ignored.
    FramingHeader = "framing-header", relaxable;
    /// There is no NUL byte.
    FramingNul = "framing-nul", relaxable;
    /// A carriage return stands only before a line feed.
    FramingCarriageReturn = "framing-carriage-return", firm;
    /// A line of text that starts with a dash is dash-escaped. Relaxed: such
    /// a line counts as it stands, unless it is an armor marker.
    FramingDash = "framing-dash", relaxable;
    /// The signature block is there and is closed by its END line.
    FramingUnclosed = "framing-unclosed", firm;
    /// Nothing stands after the message. Relaxed: it is ignored.
    FramingAfter = "framing-after", relaxable;
    /// The file holds one message only.
    FramingSecondMessage = "framing-second-message", firm;
    /// The signature's armor is well-formed.
    FramingArmor = "framing-armor", firm;
    /// The armor's checksum, where there is one, is right.
    FramingChecksum = "framing-checksum", relaxable;
    /// The signature block holds signature packets of definite length only.
    FramingPacket = "framing-packet", firm;
    /// There is a signature.
    NoSignature = "no-signature", firm;
    /// A signature packet can be parsed.
    MalformedSignature = "malformed-signature", firm;
    /// The signing key is in the keyring. An unknown key beside enough good
    /// ones is a note.
    UnknownKey = "unknown-key", firm;
    /// The signing key is one of the policy's signers.
    SignerNotAllowed = "signer-not-allowed", firm;
    /// The signature is of version 4 or 6.
    SignatureVersion = "signature-version", relaxable;
    /// The signature is over a text or binary document.
    SignatureType = "signature-type", firm;
    /// The algorithms are known to the cryptographic backend.
    UnsupportedAlgorithm = "unsupported-algorithm", firm;
    /// No signature of a trusted key is wrong. Relaxed: a wrong one is a note
    /// beside enough good ones; it never counts.
    BadSignature = "bad-signature", relaxable;
    /// The digest is neither MD5, SHA-1 nor RIPEMD-160.
    WeakDigest = "weak-digest", relaxable;
    /// Neither the primary nor the signing key is RSA below 2048 bits or DSA.
    WeakKey = "weak-key", relaxable;
    /// Critical parts of the signature are understood.
    CriticalSubpacket = "critical-subpacket", relaxable;
    /// The signature isn't dated in the future.
    FutureSignature = "future-signature", relaxable;
    /// The signature has not expired.
    ExpiredSignature = "expired-signature", relaxable;
    /// The signature is not older than its key.
    SignaturePredatesKey = "signature-predates-key", firm;
    /// The key isn't dated in the future.
    FutureKey = "future-key", firm;
    /// The key is bound to its certificate by valid self-signatures; a
    /// signing subkey has signed back.
    UnboundKey = "unbound-key", firm;
    /// Neither the key nor its certificate is revoked.
    RevokedKey = "revoked-key", relaxable;
    /// Neither the key nor its certificate has expired.
    ExpiredKey = "expired-key", relaxable;
    /// The key is meant for signing.
    KeyUsage = "key-usage", relaxable;
    /// The self-signatures that bind the key use a digest that is not weak.
    WeakBindingDigest = "weak-binding-digest", relaxable;
    /// At least `threshold` of the signers made a good signature.
    TooFewSigners = "too-few-signers", firm;
}

impl Rule {
    /// The error of a message that breaks this rule.
    pub(crate) fn broken(self, message: impl Into<String>) -> Error {
        let kind = match self {
            Rule::MessageSize | Rule::SignatureSize | Rule::SignatureCount => Kind::Limit,
            _ => Kind::Verification,
        };
        Error::new(kind, message).rule(self.as_str())
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Rule {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.iter().copied().find(|rule| rule.as_str() == name).ok_or_else(|| {
            Error::new(Kind::Usage, format!("there is no signature rule named {name:?}"))
                .help(format!("the rules are {}", Self::ALL.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_come_back() {
        for rule in Rule::ALL {
            assert_eq!(rule.as_str().parse::<Rule>().expect("own name"), *rule);
        }
        assert!("expired".parse::<Rule>().is_err());
    }
}
