//! Simple signing (containers/image, `containers-signature(5)`): an OpenPGP message that carries a claim, as `skopeo
//! standalone-sign` and `podman push --sign-by` make it.

use jiff::Timestamp;
use reposnap::openpgp::{self, Limits};
use reposnap::{Digest, Error, Kind, Result};

use super::claim::{self, Expect, ImageSignature, MAX_CLAIM};
use crate::signing::{SignerInfo, Trust};

/// `critical.type` of these claims.
pub const CLAIM: &str = "atomic container signature";

/// Verifies a signature: the bytes of a file `signature-1` of a lookaside, or of the registry's extension for signatures.
///
/// # Errors
/// [`Kind::Verification`] with the rule of OpenPGP that is broken, or `type`, `subject` or `reference`; [`Kind::Malformed`] and
/// [`Kind::Limit`] for what is no such signature; [`Kind::Usage`] where no certificate is trusted.
pub fn verify(
    signature: &[u8],
    trust: &Trust,
    image: &Digest,
    expect: Expect<'_>,
    now: Timestamp,
) -> Result<ImageSignature> {
    let Some((keyring, policy)) = trust.openpgp()? else {
        return Err(Error::new(Kind::Usage, "no OpenPGP certificate is trusted, and simple signing is of OpenPGP")
            .help("name a certificate, as `gpg --export` writes it"));
    };
    let policy = policy.limits(Limits { message: MAX_CLAIM, ..Limits::default() });
    let verified = openpgp::verify_opaque(signature, keyring, &policy, now)?;
    let signers = verified.signers().iter().map(SignerInfo::from).collect();
    claim::accept(verified.value(), CLAIM, image, expect, signers)
}
