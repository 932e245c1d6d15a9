//! What a database alone proves of a package: the digests of its header, and the signatures of it.
//!
//! The immutable region of a header is the header of the package file. rpm keeps with it, from the package's signature
//! section, its digests and its OpenPGP signatures (rpm's manual, "Signatures and Digests"; the signatures by RFC 9580). The
//! payload's digest is part of what is signed, the files' digests as well. Signatures of header and payload together, which
//! rpm 3 made, can't be checked without the payload and count for nothing here.

use base64::Engine as _;
use jiff::Timestamp;
use reposnap::openpgp::{self, Keyring, Policy, Rule};
use reposnap::{Error, Kind};
use sequoia_openpgp::types::HashAlgorithm;

use super::header::Header;
use super::tag;
use crate::package::Proof;

/// Whose signatures count, and by which rules.
#[derive(Clone, Debug)]
pub struct Trust<'a> {
    /// The keys. With none, every signature is of an unknown signer.
    pub keyring: Option<&'a Keyring>,
    /// The rules. The limit of its messages counts for headers; [`Trust::new`] sets it.
    pub policy: Policy,
    /// The moment at which keys are judged.
    pub now: Timestamp,
}

/// The most bytes of a header that is verified. The largest that distributions have, of a kernel or of TeX, have a few MiB.
pub const MAX_SIGNED: usize = 64 << 20;
/// The most bytes of all signatures of one header. Post-quantum ones have some thousands each.
pub const MAX_SIGNATURES: usize = 256 << 10;
/// The most signatures of one header. Vendors make one, or a classical and a post-quantum one.
pub const MAX_SIGNATURE_PACKETS: usize = 8;

impl<'a> Trust<'a> {
    /// Trust in the keys of `keyring` by the default rules.
    pub fn new(keyring: Option<&'a Keyring>, now: Timestamp) -> Self {
        let limits = openpgp::Limits { message: MAX_SIGNED, signature: MAX_SIGNATURES, packets: MAX_SIGNATURE_PACKETS };
        Self { keyring, policy: Policy::default().limits(limits), now }
    }

    /// Takes signatures of version 3, which Red Hat and CentOS made up to their release 8, and keys that are bound to their
    /// certificate by SHA-1, as theirs are. The digest of what is signed must not be weak all the same. Such signatures are as
    /// hard to forge as others; what their form lacks is what OpenPGP's later versions sign beside the document.
    #[must_use]
    pub fn with_old_signatures(mut self) -> Self {
        for rule in [Rule::SignatureVersion, Rule::WeakBindingDigest] {
            if let Ok(policy) = self.policy.clone().relax(rule) {
                self.policy = policy;
            }
        }
        self
    }
}

/// Tags by which a package is known. What the region does not say of them, nobody signed.
const IDENTITY: [u32; 7] = [tag::NAME, tag::EPOCH, tag::VERSION, tag::RELEASE, tag::ARCH, tag::SOURCE_RPM, tag::VENDOR];

/// Judges a header by its digests and signatures.
///
/// Every digest that is there must hold, and one signature or digest must be there. A signature that is wrong, or that the
/// rules refuse where no other is good, makes it broken, with the rule's name in brackets at the end of the sentence. Nothing
/// is believed of a package whose name, version or architecture stands outside of what was signed: rpm would show those.
///
/// ```
/// use reposnap_image::{package::Proof, rpm::{header::Header, proof}};
/// // A header without a region, as rpm 3 wrote them: nothing can be checked of it.
/// let mut bytes = vec![0, 0, 0, 1, 0, 0, 0, 6];
/// bytes.extend([0, 0, 0x03, 0xe8, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 1]);
/// bytes.extend(b"hello\0");
/// let trust = proof::Trust::new(None, jiff::Timestamp::now());
/// assert!(matches!(proof::prove(&Header::parse(&bytes)?, &trust), Proof::Broken { .. }));
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn prove(header: &Header<'_>, trust: &Trust<'_>) -> Proof {
    judge(header, trust).unwrap_or_else(|why| Proof::Broken { why })
}

fn judge(header: &Header<'_>, trust: &Trust<'_>) -> Result<Proof, String> {
    let region = header
        .region()
        .filter(|region| region.is_immutable())
        .ok_or("the header has no immutable region, so that nothing can be checked of it")?;
    if let Some(tag) = IDENTITY.into_iter().find(|tag| !header.is_from_region(*tag)) {
        return Err(format!("the header says {} outside of what was signed", name_of(tag)));
    }
    let signed = region.signed_bytes();
    let digests = check_digests(header, &signed)?;
    let signatures = signatures(header)?;
    if signatures.is_empty() {
        return if digests == 0 {
            Err("the header has neither a digest nor a signature".to_string())
        } else {
            Ok(Proof::Unsigned)
        };
    }
    let unknown = || match openpgp::claimed_issuers(&signatures, &trust.policy) {
        Ok(issuers) => match issuers.into_iter().next() {
            Some(key) => Ok(Proof::UnknownSigner { key }),
            None => Err("a signature does not tell whose it is".to_string()),
        },
        Err(error) => Err(error.to_string()),
    };
    let Some(keyring) = trust.keyring else { return unknown() };
    match openpgp::verify_detached(&signed, &signatures, keyring, &trust.policy, trust.now) {
        Ok(verified) => match verified.signers().first() {
            Some(signer) => Ok(Proof::Signed { signer: signer.primary.clone() }),
            None => Err("the rules of verification ask for no signer".to_string()),
        },
        Err(error) if error.broken_rule() == Some(Rule::UnknownKey.as_str()) => unknown(),
        Err(error) => Err(error.to_string()),
    }
}

/// Checks every digest of the header that is there; how many there are.
fn check_digests(header: &Header<'_>, signed: &[u8]) -> Result<usize, String> {
    let mut checked = 0;
    for (tag, algorithm) in [
        (tag::SHA3_256_HEADER, HashAlgorithm::SHA3_256),
        (tag::SHA256_HEADER, HashAlgorithm::SHA256),
        (tag::SHA1_HEADER, HashAlgorithm::SHA1),
    ] {
        if !header.has(tag) {
            continue;
        }
        let name = name_of(tag);
        let claimed = header.string(tag).ok_or_else(|| format!("{name} is no string"))?;
        let context = match algorithm.context() {
            Ok(context) => context,
            // Not every cryptographic backend has the newest; the others say the same.
            Err(_) if checked > 0 || tag == tag::SHA3_256_HEADER => continue,
            Err(error) => return Err(format!("{name} can't be checked: {error}")),
        };
        let mut context = context.for_digest();
        context.update(signed);
        let digest = context.into_digest().map_err(|error| format!("{name} can't be checked: {error}"))?;
        if !claimed.eq_ignore_ascii_case(hex(&digest).as_bytes()) {
            return Err(format!("the header was changed: its digest is not the one of {name}"));
        }
        checked += 1;
    }
    Ok(checked)
}

/// All OpenPGP signatures of the header, one after another, as binary packets.
fn signatures(header: &Header<'_>) -> Result<Vec<u8>, String> {
    let mut packets = Vec::new();
    for tag in [tag::RSA_HEADER, tag::DSA_HEADER] {
        if header.has(tag) {
            packets.extend_from_slice(
                header.binary(tag).ok_or_else(|| format!("the signature {} is not binary", name_of(tag)))?,
            );
        }
    }
    if header.has(tag::OPENPGP) {
        let texts = header.strings(tag::OPENPGP).ok_or("the signatures OPENPGP are no strings")?;
        for text in texts {
            if text.len() > MAX_SIGNATURES || packets.len() > MAX_SIGNATURES {
                return Err(limit().to_string());
            }
            let text: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            let packet = base64::engine::general_purpose::STANDARD
                .decode(&text)
                .map_err(|_| "a signature of OPENPGP is not base64".to_string())?;
            // rpm 6 keeps what it knows from RSAHEADER and DSAHEADER here again.
            if memchr::memmem::find(&packets, &packet).is_none() {
                packets.extend_from_slice(&packet);
            }
        }
    }
    Ok(packets)
}

fn limit() -> Error {
    Error::new(Kind::Limit, format!("the signatures of a header have more than {MAX_SIGNATURES} bytes"))
}

fn name_of(tag: u32) -> &'static str {
    match tag {
        tag::NAME => "NAME",
        tag::EPOCH => "EPOCH",
        tag::VERSION => "VERSION",
        tag::RELEASE => "RELEASE",
        tag::ARCH => "ARCH",
        tag::SOURCE_RPM => "SOURCERPM",
        tag::VENDOR => "VENDOR",
        tag::SHA1_HEADER => "SHA1HEADER",
        tag::SHA256_HEADER => "SHA256HEADER",
        tag::SHA3_256_HEADER => "SHA3_256HEADER",
        tag::RSA_HEADER => "RSAHEADER",
        tag::DSA_HEADER => "DSAHEADER",
        _ => "a tag",
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
