//! Whether a key may sign at a moment: bound, alive, not revoked, meant for it, strong.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use sequoia_openpgp::cert::Cert;
use sequoia_openpgp::cert::amalgamation::key::{PrimaryKey as _, ValidErasedKeyAmalgamation};
use sequoia_openpgp::cert::amalgamation::{ValidAmalgamation as _, ValidateAmalgamation as _};
use sequoia_openpgp::crypto::mpi::PublicKey;
use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::packet::key::PublicParts;
use sequoia_openpgp::policy::{AsymmetricAlgorithm, StandardPolicy};
use sequoia_openpgp::types::{HashAlgorithm, PublicKeyAlgorithm, RevocationType};

use super::keyring::{Keyring, one_line, timestamp};
use super::rule::Rule;

/// Sequoia's policy with all questions of strength answered "yes".
///
/// It chooses the active self-signatures and checks what they declare
/// critical; how strong a digest or key must be is for our own rules, so that
/// each can be named and relaxed, and so that a newer weak self-signature
/// never gives way to an older one that says something else.
pub(crate) static STRUCTURE: LazyLock<StandardPolicy<'static>> = LazyLock::new(|| {
    let mut policy = StandardPolicy::new();
    for digest in HashAlgorithm::variants() {
        policy.accept_hash(digest);
    }
    for algorithm in AsymmetricAlgorithm::variants() {
        policy.accept_asymmetric_algo(algorithm);
    }
    policy
});

/// The bits that an RSA modulus needs.
const RSA_BITS: usize = 2048;

/// Every rule that the key at `place` of `cert` breaks at `moment`.
pub(crate) fn violations(keyring: &Keyring, cert: &Cert, place: usize, moment: Timestamp) -> Vec<(Rule, String)> {
    let mut broken = Vec::new();
    let time = system_time(moment);
    let Some(ka) = cert.keys().nth(place) else {
        return vec![(Rule::UnboundKey, "the key is not in its certificate".to_string())];
    };
    let primary = cert.primary_key();

    if let Some(revocation) = primary.self_revocations().find(|s| revokes(s, moment)) {
        broken.push((Rule::RevokedKey, revoked("the key", revocation)));
    } else if let Some(revocation) = designated_revocation(keyring, cert, moment) {
        broken.push((Rule::RevokedKey, revoked("the key, by its designated revoker,", &revocation)));
    } else if !ka.primary()
        && let Some(revocation) = ka.self_revocations().find(|s| revokes(s, moment))
    {
        broken.push((Rule::RevokedKey, revoked("the subkey", revocation)));
    }

    let mut weak = weakness(primary.key().pk_algo(), primary.key().mpis());
    if !ka.primary() {
        weak = weak.or_else(|| weakness(ka.key().pk_algo(), ka.key().mpis()));
    }
    if let Some(weakness) = weak {
        broken.push((Rule::WeakKey, weakness));
    }

    for key_time in [ka.key().creation_time(), primary.key().creation_time()] {
        if key_time > time {
            broken.push((Rule::FutureKey, format!("the key is dated {}", timestamp(key_time))));
            return broken;
        }
    }
    let key = match ka.with_policy(&*STRUCTURE, time) {
        Ok(key) => key,
        Err(error) => {
            broken.push((Rule::UnboundKey, format!("the key is not validly bound: {}", one_line(&error))));
            return broken;
        }
    };

    let certificate = key.valid_cert().primary_key();
    let expiry = [certificate.key_expiration_time(), key.key_expiration_time()].into_iter().flatten().min();
    if let Some(expiry) = expiry.filter(|expiry| *expiry <= time) {
        broken.push((Rule::ExpiredKey, format!("the key expired on {}", timestamp(expiry))));
    } else if let Err(error) = certificate.alive().and_then(|()| key.alive()) {
        broken.push((Rule::ExpiredKey, one_line(&error)));
    }

    if !may_sign(&key) {
        broken.push((Rule::KeyUsage, "the key is not meant for signing".to_string()));
    }

    // What the user ID's self-signature leaves open is told by the direct key signature.
    let owner = certificate.binding_signature();
    let direct = (owner.key_flags().is_none() || owner.key_validity_period().is_none())
        .then(|| key.valid_cert().direct_key_signature().ok())
        .flatten();
    let bindings = [Some(key.binding_signature()), Some(owner), direct];
    let weak_binding = bindings.into_iter().flatten().find(|s| is_weak_digest(s.hash_algo()));
    let weak_back_signature = || {
        let mut back = key.binding_signature().embedded_signatures().peekable();
        (!ka.primary() && back.peek().is_some() && back.all(|s| is_weak_digest(s.hash_algo())))
            .then_some(key.binding_signature())
    };
    if let Some(binding) = weak_binding.or_else(weak_back_signature) {
        broken.push((
            Rule::WeakBindingDigest,
            format!("the key is bound by a self-signature with {}", binding.hash_algo()),
        ));
    }
    broken
}

/// MD5, SHA-1, RIPEMD-160: digests for which collisions are or may soon be found.
pub(crate) fn is_weak_digest(digest: HashAlgorithm) -> bool {
    matches!(digest, HashAlgorithm::MD5 | HashAlgorithm::SHA1 | HashAlgorithm::RipeMD)
}

/// What a listing tells of a key.
pub(crate) struct Lifetime {
    pub(crate) expires: Option<Timestamp>,
    pub(crate) revoked: bool,
    pub(crate) signs: bool,
}

/// Expiry, revocation and purpose of the key at `place` of `cert`.
pub(crate) fn lifetime(cert: &Cert, place: usize, now: Timestamp) -> Lifetime {
    let Some(ka) = cert.keys().nth(place) else {
        return Lifetime { expires: None, revoked: false, signs: false };
    };
    let revoked = cert.primary_key().self_revocations().chain(ka.self_revocations()).any(|s| revokes(s, now));
    match ka.with_policy(&*STRUCTURE, system_time(now)) {
        Ok(key) => Lifetime { expires: key.key_expiration_time().map(timestamp), revoked, signs: may_sign(&key) },
        Err(_) => Lifetime { expires: None, revoked, signs: false },
    }
}

/// OpenPGP counts seconds in 32 bits.
pub(crate) fn system_time(moment: Timestamp) -> SystemTime {
    let seconds = moment.as_second().clamp(0, i64::from(u32::MAX));
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
}

/// By its flags; a primary key without any may do whatever its algorithm can,
/// as keys of before RFC 4880 did. A subkey must say so, for only then is its
/// back signature asked for.
fn may_sign(key: &ValidErasedKeyAmalgamation<'_, PublicParts>) -> bool {
    match key.key_flags() {
        Some(flags) => flags.for_signing(),
        None => key.primary() && key.key().pk_algo().for_signing(),
    }
}

/// A compromise counts whenever it was told; a mere retirement from its date on.
fn revokes(revocation: &Signature, moment: Timestamp) -> bool {
    let hard =
        revocation.reason_for_revocation().is_none_or(|(reason, _)| reason.revocation_type() == RevocationType::Hard);
    hard || revocation.signature_creation_time().is_none_or(|created| timestamp(created) <= moment)
}

fn revoked(what: &str, revocation: &Signature) -> String {
    let reason = match revocation.reason_for_revocation() {
        Some((reason, [])) => format!(": {reason}"),
        Some((reason, text)) => format!(": {reason}, {:?}", String::from_utf8_lossy(text)),
        None => String::new(),
    };
    match revocation.signature_creation_time() {
        Some(created) => format!("{what} was revoked on {}{reason}", timestamp(created)),
        None => format!("{what} was revoked{reason}"),
    }
}

/// A revocation by another key that the certificate's owner named for it.
fn designated_revocation(keyring: &Keyring, cert: &Cert, moment: Timestamp) -> Option<Signature> {
    let primary = cert.primary_key();
    let mut revocations = primary.other_revocations().filter(|s| revokes(s, moment)).peekable();
    // Debian's certificates name five revokers in as many self-signatures: not verified unless one of them spoke.
    revocations.peek()?;
    let named: Vec<_> = cert.revocation_keys(&*STRUCTURE).map(|key| key.revoker().1.clone()).collect();
    revocations.find_map(|revocation| {
        revocation.get_issuers().iter().flat_map(|issuer| keyring.candidates(issuer)).find_map(|(revoker, place)| {
            let key = revoker.keys().nth(place)?;
            if place != 0 || !named.contains(&revoker.fingerprint()) {
                return None;
            }
            revocation.verify_primary_key_revocation(key.key(), primary.key()).ok().map(|()| revocation.clone())
        })
    })
}

fn weakness(algorithm: PublicKeyAlgorithm, key: &PublicKey) -> Option<String> {
    match key {
        PublicKey::RSA { n, .. } if n.bits() < RSA_BITS => Some(format!("the key is RSA with {} bits", n.bits())),
        PublicKey::DSA { .. } | PublicKey::ElGamal { .. } => Some(format!("the key is {algorithm}")),
        _ => None,
    }
}
