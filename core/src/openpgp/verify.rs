//! The judgement: framing, then each signature, then the whole.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sequoia_openpgp::cert::Cert;
use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::parse::Parse as _;
use sequoia_openpgp::policy::{HashAlgoSecurity, Policy as _};
use sequoia_openpgp::types::SignatureType;

use super::framing;
use super::hash::Hashes;
use super::keyring::{Keyring, one_line, timestamp};
use super::opaque;
use super::packets;
use super::policy::Policy;
use super::rule::Rule;
use super::trust;
use super::verified::{Note, SignedBy, Verified};
use crate::error::{Error, Result};

/// Verifies a cleartext signed message, such as an `InRelease` file, and hands
/// out the text that is signed: `\n` line ends, dash escapes undone, trailing
/// blanks of lines removed.
///
/// `now` is the moment at which keys and dates are judged, unless the policy
/// has an `as_of`.
///
/// # Errors
/// `Kind::Verification` with the broken rule's name
/// ([`Error::broken_rule`]), `Kind::Limit` beyond the policy's limits.
pub fn verify_inline(message: &[u8], keyring: &Keyring, policy: &Policy, now: Timestamp) -> Result<Verified<Vec<u8>>> {
    let framed = framing::split(message, policy)?;
    // The line end before the signature belongs to the signature (RFC 9580 section 7.1).
    let covered = framed.text.strip_suffix(b"\n").unwrap_or(&framed.text);
    let (signers, mut notes) = judge(covered, &framed.signature, keyring, policy, now)?;
    notes.extend(framed.relaxed.into_iter().map(|(rule, error)| note(rule, error.message().to_string())));
    Ok(Verified::new(framed.text, signers, notes))
}

/// The text of a cleartext signed message that was verified before, whatever rules were relaxed then.
///
/// # Errors
/// As for [`verify_inline`], of framing alone.
pub(crate) fn signed_text(message: &[u8]) -> Result<Vec<u8>> {
    let mut relaxable = Rule::ALL.iter().copied().filter(|rule| rule.is_relaxable());
    let policy = relaxable.try_fold(Policy::default(), Policy::relax)?;
    Ok(framing::split(message, &policy)?.text)
}

/// Verifies `text` by a signature that stands apart, such as `Release` by
/// `Release.gpg`; armored (one block or several) or binary.
///
/// # Errors
/// As for [`verify_inline`].
pub fn verify_detached(
    text: &[u8],
    signature: &[u8],
    keyring: &Keyring,
    policy: &Policy,
    now: Timestamp,
) -> Result<Verified<Vec<u8>>> {
    let limit = policy.sizes().message;
    if text.len() > limit {
        return Err(Rule::MessageSize
            .broken("the signed text is too large")
            .mismatch(format!("at most {limit} bytes"), format!("{} bytes", text.len())));
    }
    let apart = framing::detached(signature, policy)?;
    let (signers, mut notes) = judge(text, &apart.signature, keyring, policy, now)?;
    notes.extend(apart.relaxed.into_iter().map(|(rule, error)| note(rule, error.message().to_string())));
    Ok(Verified::new(text.to_vec(), signers, notes))
}

/// Whose a detached signature claims to be, armored or binary: for each of its packets that tells, the fingerprint or else the
/// ID of a key, upper-case hexadecimal. Nothing is verified, and no key is needed.
///
/// ```
/// use reposnap::openpgp::{self, Policy, Signer as _};
/// let key = openpgp::generate("Archive <archive@example.org>", jiff::Timestamp::now(), None)?;
/// let issuers = openpgp::claimed_issuers(&key.detach_sign(b"text")?, &Policy::default())?;
/// assert_eq!(issuers, [key.fingerprint()]);
/// # Ok::<(), reposnap::Error>(())
/// ```
///
/// # Errors
/// As for [`verify_detached`], of framing alone.
pub fn claimed_issuers(signature: &[u8], policy: &Policy) -> Result<Vec<String>> {
    let apart = framing::detached(signature, policy)?;
    let mut claimed = Vec::new();
    for body in packets::split(&apart.signature, policy.sizes().packets)? {
        // One of a version to come tells nothing.
        if let Ok(signature) = Signature::from_bytes(body)
            && let Some(issuer) = signature.get_issuers().first()
        {
            claimed.push(format!("{issuer:X}"));
        }
    }
    Ok(claimed)
}

/// Verifies a signed message that carries its text, as `gpg --sign` writes it, and hands out that text. Binary or armored,
/// compressed by ZIP or ZLIB or not at all; the limit of the message's size holds for what comes out as well.
///
/// # Errors
/// As for [`verify_inline`].
pub fn verify_opaque(message: &[u8], keyring: &Keyring, policy: &Policy, now: Timestamp) -> Result<Verified<Vec<u8>>> {
    let opaque = opaque::split(message, policy)?;
    let (signers, notes) = judge(&opaque.text, &opaque.signature, keyring, policy, now)?;
    Ok(Verified::new(opaque.text, signers, notes))
}

/// What one signature is worth.
enum Verdict {
    Good(SignedBy, Vec<Note>),
    Bad(String),
    /// It doesn't count.
    Not(Rule, String),
}

fn judge(
    covered: &[u8],
    packets: &[u8],
    keyring: &Keyring,
    policy: &Policy,
    now: Timestamp,
) -> Result<(Vec<SignedBy>, Vec<Note>)> {
    let moment = policy.moment(now)?;
    let bodies = packets::split(packets, policy.sizes().packets)?;
    if bodies.is_empty() {
        return Err(Rule::NoSignature.broken("the signature block holds no signature"));
    }
    let mut hashes = Hashes::new(covered);
    let mut good: Vec<SignedBy> = Vec::new();
    let mut notes = Vec::new();
    let mut not_counted = Vec::new();
    for body in bodies {
        match verdict(body, &mut hashes, keyring, policy, moment)? {
            Verdict::Good(signer, broken) => {
                good.push(signer);
                notes.extend(broken);
            }
            Verdict::Bad(message) if !policy.is_relaxed(Rule::BadSignature) => {
                return Err(Rule::BadSignature
                    .broken(message)
                    .help("the text was changed after it was signed, or another text was signed"));
            }
            Verdict::Bad(message) => not_counted.push((Rule::BadSignature, message)),
            Verdict::Not(rule, message) => not_counted.push((rule, message)),
        }
    }

    // Several keys of one owner are one signer.
    let owners: BTreeSet<&str> = good.iter().map(|signer| signer.primary.as_str()).collect();
    if owners.len() < policy.needed_signers() {
        return Err(too_few(owners.len(), policy, &not_counted));
    }
    notes.extend(not_counted.into_iter().map(|(rule, message)| note(rule, message)));
    Ok((good, notes))
}

fn verdict(body: &[u8], hashes: &mut Hashes, keyring: &Keyring, policy: &Policy, moment: Timestamp) -> Result<Verdict> {
    let signature = match Signature::from_bytes(body) {
        Ok(signature) => signature,
        Err(error) => return unparsed(body, &error),
    };
    let issuers = signature.get_issuers();
    let mut candidates: Vec<(&Cert, usize)> = Vec::new();
    for candidate in issuers.iter().flat_map(|issuer| keyring.candidates(issuer)) {
        if !candidates.iter().any(|(cert, place)| std::ptr::eq(*cert, candidate.0) && *place == candidate.1) {
            candidates.push(candidate);
        }
    }
    if candidates.is_empty() {
        return Ok(Verdict::Not(
            Rule::UnknownKey,
            match issuers.first() {
                Some(issuer) => format!("signed by {issuer:X}, which is not in the keyring"),
                None => "a signature that does not tell whose it is".to_string(),
            },
        ));
    }
    let found = candidates.len();
    candidates.retain(|(cert, place)| policy.allows(&cert.fingerprint().to_hex(), &fingerprint(cert, *place)));
    let Some(first) = candidates.first() else {
        return Ok(Verdict::Not(
            Rule::SignerNotAllowed,
            format!("signed by {:X}, which is in the keyring ({found}) but not among the allowed signers", issuers[0]),
        ));
    };

    let mut broken = match own_violations(&signature, policy, moment) {
        Ok(broken) => broken,
        Err((rule, message)) => {
            return Ok(Verdict::Not(rule, format!("the signature of {} {message}", fingerprint(first.0, first.1))));
        }
    };
    let mut failure = None;
    for (cert, place) in &candidates {
        match check(&signature, hashes, cert, *place) {
            Ok(()) => {
                broken.extend(trust::violations(keyring, cert, *place, moment));
                return Ok(weigh(&signature, cert, *place, broken, policy));
            }
            Err(verdict) => failure = failure.or(Some(verdict)),
        }
    }
    // What is already known to be too weak to count is told as that.
    Ok(match (failure, broken.into_iter().find(|(rule, _)| *rule == Rule::WeakDigest)) {
        (Some(Verdict::Not(_, _)), Some((rule, message))) => Verdict::Not(rule, message),
        (Some(verdict), _) => verdict,
        (None, _) => Verdict::Not(Rule::UnknownKey, "no key fits the signature".to_string()),
    })
}

/// A signature that is cryptographically right, with the rules it and its key break.
fn weigh(signature: &Signature, cert: &Cert, place: usize, broken: Vec<(Rule, String)>, policy: &Policy) -> Verdict {
    let key = fingerprint(cert, place);
    let told = |message: String| format!("signed by {key}: {message}");
    if let Some(at) = broken.iter().position(|(rule, _)| !policy.is_relaxed(*rule)) {
        let (rule, message) = broken.into_iter().nth(at).unwrap_or((Rule::UnboundKey, String::new()));
        return Verdict::Not(rule, told(message));
    }
    let notes = broken.into_iter().map(|(rule, message)| note(rule, told(message))).collect();
    let user_id = cert.userids().next().map(|ua| String::from_utf8_lossy(ua.userid().value()).into_owned());
    let created = signature.signature_creation_time().map_or(Timestamp::UNIX_EPOCH, timestamp);
    Verdict::Good(SignedBy { primary: cert.fingerprint().to_hex(), key, user_id, created }, notes)
}

/// The rules that concern the signature alone: those it breaks, or the first
/// of those without which it can't be checked at all.
fn own_violations(
    signature: &Signature,
    policy: &Policy,
    moment: Timestamp,
) -> Result<Vec<(Rule, String)>, (Rule, String)> {
    let mut broken = Vec::new();
    if !matches!(signature.typ(), SignatureType::Binary | SignatureType::Text) {
        return Err((Rule::SignatureType, format!("is of type {}, not over a document", signature.typ())));
    }
    if !matches!(signature.version(), 4 | 6) {
        broken.push((Rule::SignatureVersion, format!("the signature is of version {}", signature.version())));
    }
    if trust::is_weak_digest(signature.hash_algo()) {
        broken.push((Rule::WeakDigest, format!("the digest is {}", signature.hash_algo())));
    }
    if let Err(error) = trust::STRUCTURE.signature(signature, HashAlgoSecurity::CollisionResistance) {
        broken.push((Rule::CriticalSubpacket, format!("the signature can't be understood: {}", one_line(&error))));
    }
    let Some(created) = signature.signature_creation_time().map(timestamp) else {
        return Err((Rule::MalformedSignature, "has no date".to_string()));
    };
    if created.as_second() > moment.as_second().saturating_add(policy.tolerated_future()) {
        broken.push((Rule::FutureSignature, format!("the signature is dated {created}, in the future")));
    }
    let expiry = signature.signature_expiration_time().map(timestamp);
    if let Some(expiry) = expiry.filter(|expiry| *expiry <= moment) {
        broken.push((Rule::ExpiredSignature, format!("the signature expired on {expiry}")));
    }
    Ok(broken)
}

/// The cryptography alone.
fn check(signature: &Signature, hashes: &mut Hashes, cert: &Cert, place: usize) -> Result<(), Verdict> {
    let name = fingerprint(cert, place);
    let Some(ka) = cert.keys().nth(place) else {
        return Err(Verdict::Not(Rule::UnknownKey, format!("the key {name} is gone")));
    };
    let unsupported = |what: String| Verdict::Not(Rule::UnsupportedAlgorithm, format!("signed by {name}: {what}"));
    if !signature.hash_algo().is_supported() {
        return Err(unsupported(format!("the digest {} is not supported", signature.hash_algo())));
    }
    if !signature.pk_algo().is_supported() {
        return Err(unsupported(format!("the algorithm {} is not supported", signature.pk_algo())));
    }
    if signature.signature_creation_time().is_some_and(|created| created < ka.key().creation_time()) {
        return Err(Verdict::Not(Rule::SignaturePredatesKey, format!("signed by {name} before that key was made")));
    }
    let context = hashes.after_text(signature).map_err(|error| unsupported(one_line(&error)))?;
    signature.verify_hash(ka.key(), context).map_err(|error| match error.downcast_ref::<sequoia_openpgp::Error>() {
        Some(
            sequoia_openpgp::Error::UnsupportedPublicKeyAlgorithm(_)
            | sequoia_openpgp::Error::UnsupportedEllipticCurve(_)
            | sequoia_openpgp::Error::UnsupportedHashAlgorithm(_),
        ) => unsupported(one_line(&error)),
        _ => Verdict::Bad(format!("the signature of {name} is wrong")),
    })
}

/// A packet that can't be read: of a version to come, or damaged.
fn unparsed(body: &[u8], error: &dyn std::fmt::Display) -> Result<Verdict> {
    match body.first() {
        Some(version) if !matches!(version, 2 | 3 | 4 | 6) => Ok(Verdict::Not(
            Rule::SignatureVersion,
            format!("a signature of version {version}, which is not supported"),
        )),
        _ => Err(Rule::MalformedSignature.broken(format!("a signature packet is damaged: {}", one_line(error)))),
    }
}

fn too_few(good: usize, policy: &Policy, not_counted: &[(Rule, String)]) -> Error {
    let reasons = not_counted.iter().map(|(_, message)| message.as_str()).collect::<Vec<_>>().join("; ");
    let rule = not_counted.iter().map(|(rule, _)| *rule).min_by_key(|rule| match rule {
        Rule::UnknownKey => 2,
        Rule::SignerNotAllowed => 1,
        // What is wrong with a key that is trusted says most.
        _ => 0,
    });
    match rule {
        Some(rule) if good == 0 && policy.needed_signers() == 1 => rule.broken(reasons),
        _ => {
            let error = Rule::TooFewSigners
                .broken("too few of the signers made a good signature")
                .mismatch(policy.needed_signers().to_string(), good.to_string());
            if reasons.is_empty() { error } else { error.help(reasons) }
        }
    }
}

fn fingerprint(cert: &Cert, place: usize) -> String {
    cert.keys().nth(place).map_or_else(String::new, |ka| ka.key().fingerprint().to_hex())
}

fn note(rule: Rule, message: String) -> Note {
    Note { rule: rule.as_str().to_string(), message }
}
