//! DSSE, the Dead Simple Signing Envelope, version 1 (secure-systems-lab/dsse, `protocol.md` and `envelope.md`).
//!
//! What is signed is not the payload but its pre-authentication encoding, which binds its type. `keyid` is a hint. Both
//! alphabets of base64 are read, with and without padding, as the protocol asks; the standard one is written.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use jiff::Timestamp;
use reposnap::{Error, Kind, Result};
use serde::{Deserialize, Serialize};

use crate::signing::{Signer, SignerInfo, Trust};

/// The most bytes of an envelope, and of a bundle.
pub const MAX_ENVELOPE: usize = 12 << 20;

/// The most bytes of a payload: as many as a manifest may have.
pub const MAX_PAYLOAD: usize = 8 << 20;

/// The most signatures of an envelope.
pub const MAX_SIGNATURES: usize = 16;

/// The most bytes of a signature.
pub const MAX_SIGNATURE: usize = 16 << 10;

/// A payload, its type, and signatures that nobody verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    payload_type: String,
    payload: Vec<u8>,
    signatures: Vec<Signature>,
}

/// A signature of an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The key, as the signer named it; empty where it was not named.
    pub keyid: String,
    /// The signature.
    pub sig: Vec<u8>,
}

/// Bytes that enough trusted keys signed. Only [`Envelope::verify`] and [`verify_together`] make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    payload_type: String,
    payload: Vec<u8>,
    signers: Vec<SignerInfo>,
}

impl Attested {
    /// What was signed.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Its media type, which was signed as well.
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// Whose good signatures it bears, each once.
    pub fn signers(&self) -> &[SignerInfo] {
        &self.signers
    }
}

/// The envelope as JSON has it. Unknown fields are ignored, as the protocol asks.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wire {
    payload: String,
    payload_type: String,
    signatures: Vec<WireSignature>,
}

#[derive(Serialize, Deserialize)]
struct WireSignature {
    #[serde(default)]
    keyid: Option<String>,
    sig: String,
}

impl Envelope {
    /// A payload that nobody signed yet.
    ///
    /// # Errors
    /// [`Kind::Limit`] beyond [`MAX_PAYLOAD`].
    pub fn new(payload_type: &str, payload: Vec<u8>) -> Result<Self> {
        check("payload", payload.len(), MAX_PAYLOAD)?;
        Ok(Self { payload_type: payload_type.to_owned(), payload, signatures: Vec::new() })
    }

    /// Reads an envelope.
    ///
    /// # Errors
    /// [`Kind::Malformed`] for what is no envelope or has no signature, [`Kind::Limit`] beyond the limits of this module.
    pub fn parse(json: &[u8]) -> Result<Self> {
        check("envelope", json.len(), MAX_ENVELOPE)?;
        let wire: Wire = serde_json::from_slice(json).map_err(|error| malformed("a DSSE envelope", &error))?;
        Self::of_wire(wire)
    }

    pub(crate) fn of_wire(wire: Wire) -> Result<Self> {
        if wire.signatures.is_empty() {
            return Err(Error::new(Kind::Malformed, "the envelope has no signature").field("signatures"));
        }
        check("signatures", wire.signatures.len(), MAX_SIGNATURES)?;
        let payload = from_base64(&wire.payload, "payload", MAX_PAYLOAD)?;
        let signatures = wire.signatures.into_iter().map(|signature| {
            let sig = from_base64(&signature.sig, "sig", MAX_SIGNATURE)?;
            Ok(Signature { keyid: signature.keyid.unwrap_or_default(), sig })
        });
        Ok(Self { payload_type: wire.payload_type, payload, signatures: signatures.collect::<Result<_>>()? })
    }

    pub(crate) fn to_wire(&self) -> Wire {
        let signatures = self.signatures.iter().map(|signature| WireSignature {
            keyid: Some(signature.keyid.clone()),
            sig: STANDARD.encode(&signature.sig),
        });
        Wire {
            payload: STANDARD.encode(&self.payload),
            payload_type: self.payload_type.clone(),
            signatures: signatures.collect(),
        }
    }

    /// The envelope as JSON without blanks. Equal envelopes give equal bytes.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(&self.to_wire()).unwrap_or_default()
    }

    /// The media type of the payload.
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The signatures, verified or not.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// What is signed: the pre-authentication encoding.
    pub fn pae(&self) -> Vec<u8> {
        let head = format!("DSSEv1 {} {} {} ", self.payload_type.len(), self.payload_type, self.payload.len());
        [head.as_bytes(), &self.payload].concat()
    }

    /// Adds a signature. One that the same key made before is replaced.
    ///
    /// # Errors
    /// Whatever keeps the key from signing; [`Kind::Limit`] beyond [`MAX_SIGNATURES`].
    pub fn sign(&mut self, signer: &dyn Signer) -> Result<()> {
        let keyid = signer.key_id();
        let sig = signer.sign(&self.pae())?;
        check("signature", sig.len(), MAX_SIGNATURE)?;
        self.signatures.retain(|signature| signature.keyid != keyid);
        check("signatures", self.signatures.len() + 1, MAX_SIGNATURES)?;
        self.signatures.push(Signature { keyid, sig });
        Ok(())
    }

    /// The payload, before anybody verified it: for what is our own.
    pub(crate) fn unverified(&self) -> &[u8] {
        &self.payload
    }

    /// The same payload with this signature alone.
    pub(crate) fn with(&self, signature: Signature) -> Self {
        Self { signatures: vec![signature], ..self.clone() }
    }

    /// The payload, once `threshold` different keys that are trusted signed it. Signatures of others do not matter. `now` is
    /// the moment that OpenPGP keys and dates are judged at.
    ///
    /// # Errors
    /// [`Kind::Verification`] with the rule `signature` where too few did, with why the others do not count.
    pub fn verify(&self, trust: &Trust, threshold: NonZeroUsize, now: Timestamp) -> Result<Attested> {
        verify_together(&[self], trust, threshold, now)
    }
}

/// As [`Envelope::verify`], of several envelopes with the same payload: what is signed by two keys comes as two bundles, since a
/// bundle has one signature.
///
/// # Errors
/// As for `verify`; [`Kind::Usage`] where the payloads differ, or there is no envelope; [`Kind::Limit`] where there are more
/// than [`MAX_SIGNATURES`] signatures in all.
pub fn verify_together(
    envelopes: &[&Envelope],
    trust: &Trust,
    threshold: NonZeroUsize,
    now: Timestamp,
) -> Result<Attested> {
    let Some((first, others)) = envelopes.split_first() else {
        return Err(Error::new(Kind::Usage, "there is no envelope"));
    };
    if others.iter().any(|other| (&other.payload_type, &other.payload) != (&first.payload_type, &first.payload)) {
        return Err(Error::new(Kind::Usage, "the envelopes hold different payloads"));
    }
    if trust.is_empty() {
        return Err(Error::new(Kind::Usage, "no key is trusted").help("name the keys that may have signed"));
    }
    let signatures: Vec<&Signature> = envelopes.iter().flat_map(|envelope| &envelope.signatures).collect();
    check("signatures", signatures.len(), MAX_SIGNATURES)?;
    let pae = first.pae();
    let (mut signers, mut reasons) = (BTreeSet::new(), Vec::new());
    for signature in signatures {
        match trust.signer_of(&pae, &signature.sig, &signature.keyid, now) {
            Ok(signer) => drop(signers.insert(signer)),
            Err(error) => reasons.push(error.message().to_owned()),
        }
    }
    if signers.len() < threshold.get() {
        let error = Error::new(Kind::Verification, "too few of the trusted keys signed it")
            .rule("signature")
            .mismatch(threshold.to_string(), signers.len().to_string());
        return Err(if reasons.is_empty() { error } else { error.help(reasons.join("; ")) });
    }
    Ok(Attested {
        payload_type: first.payload_type.clone(),
        payload: first.payload.clone(),
        signers: signers.into_iter().collect(),
    })
}

/// Reads what a file or a registry has: an envelope, a bundle, or a line of JSON for each of several.
///
/// # Errors
/// [`Kind::Malformed`] for anything else, with the line; and what [`Envelope::parse`] and
/// [`Bundle::parse`](super::bundle::Bundle::parse) say. [`Kind::Limit`] beyond [`MAX_ENVELOPE`] bytes or [`MAX_SIGNATURES`]
/// envelopes.
pub fn read(bytes: &[u8]) -> Result<Vec<Envelope>> {
    check("envelope", bytes.len(), MAX_ENVELOPE)?;
    if let Ok(envelope) = one(bytes) {
        return Ok(vec![envelope]);
    }
    let lines = bytes.split(|byte| *byte == b'\n').zip(1_u64..);
    let lines: Vec<_> = lines.filter(|(line, _)| !line.trim_ascii().is_empty()).take(MAX_SIGNATURES + 1).collect();
    check("envelopes", lines.len(), MAX_SIGNATURES)?;
    if lines.len() < 2 || !lines.iter().all(|(line, _)| line.trim_ascii_start().starts_with(b"{\"")) {
        return one(bytes).map(|envelope| vec![envelope]);
    }
    lines.into_iter().map(|(line, number)| one(line).map_err(|error| error.line(number))).collect()
}

fn one(bytes: &[u8]) -> Result<Envelope> {
    /// What tells a bundle.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Head {
        media_type: Option<String>,
    }
    let head: Head =
        serde_json::from_slice(bytes).map_err(|error| malformed("a DSSE envelope or a Sigstore bundle", &error))?;
    match head.media_type {
        Some(_) => super::bundle::Bundle::parse(bytes).map(super::bundle::Bundle::into_envelope),
        None => Envelope::parse(bytes),
    }
}

const EITHER: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Bytes of base64 in either alphabet.
pub(crate) fn from_base64(text: &str, field: &'static str, limit: usize) -> Result<Vec<u8>> {
    check(field, text.len() / 4 * 3, limit)?;
    let alphabet = if text.contains(['-', '_']) { alphabet::URL_SAFE } else { alphabet::STANDARD };
    let bytes = GeneralPurpose::new(&alphabet, EITHER).decode(text);
    bytes.map_err(|error| Error::new(Kind::Malformed, format!("this is no base64: {error}")).field(field))
}

fn check(what: &str, found: usize, most: usize) -> Result<()> {
    match found <= most {
        true => Ok(()),
        false => Err(Error::new(Kind::Limit, "too much for an envelope")
            .field(what)
            .mismatch(format!("at most {most}"), found.to_string())),
    }
}

/// Of an error of the reader of JSON.
pub(crate) fn malformed(what: &str, error: &serde_json::Error) -> Error {
    Error::new(Kind::Malformed, format!("this is not {what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::{Algorithm, PrivateKey};

    #[test]
    fn the_encoding_is_the_protocols() {
        let envelope = Envelope::new("http://example.com/HelloWorld", b"hello world".to_vec()).unwrap();
        assert_eq!(envelope.pae(), b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    #[test]
    fn both_alphabets_and_no_padding() {
        let json =
            |payload: &str| format!(r#"{{"payload":"{payload}","payloadType":"t","signatures":[{{"sig":"AA"}}]}}"#);
        for text in ["+/8=", "-_8=", "+/8", "-_8"] {
            assert_eq!(Envelope::parse(json(text).as_bytes()).unwrap().payload, [0xfb, 0xff], "{text}");
        }
        for wrong in ["+_8=", "+/9=", "+/8==", "+/8 ", "\\n+/8="] {
            assert_eq!(Envelope::parse(json(wrong).as_bytes()).unwrap_err().kind(), Kind::Malformed, "{wrong}");
        }
    }

    #[test]
    fn what_is_no_envelope() {
        for wrong in [
            "",
            "{}",
            "[]",
            r#"{"payload":"","payloadType":"t","signatures":[]}"#,
            r#"{"payload":"","payloadType":"t","signatures":[{}]}"#,
            r#"{"payload":1,"payloadType":"t","signatures":[{"sig":""}]}"#,
            r#"{"payload":"","payload":"","payloadType":"t","signatures":[{"sig":""}]}"#,
            r#"{"payload":"","payloadType":"t","signatures":[{"sig":""}]} x"#,
        ] {
            assert_eq!(Envelope::parse(wrong.as_bytes()).unwrap_err().kind(), Kind::Malformed, "{wrong}");
            assert!(read(wrong.as_bytes()).is_err());
        }
        let deep = "[".repeat(1 << 20);
        assert_eq!(Envelope::parse(deep.as_bytes()).unwrap_err().kind(), Kind::Malformed);
        let many =
            format!(r#"{{"payload":"","payloadType":"t","signatures":[{}{{"sig":""}}]}}"#, r#"{"sig":""},"#.repeat(16));
        assert_eq!(Envelope::parse(many.as_bytes()).unwrap_err().kind(), Kind::Limit);
        assert_eq!(Envelope::parse(&vec![b' '; MAX_ENVELOPE + 1]).unwrap_err().kind(), Kind::Limit);
        assert_eq!(Envelope::new("t", vec![0; MAX_PAYLOAD + 1]).unwrap_err().kind(), Kind::Limit);
    }

    #[test]
    fn a_key_counts_once() {
        let (a, b) =
            (PrivateKey::generate(Algorithm::Ed25519).unwrap(), PrivateKey::generate(Algorithm::EcdsaP256).unwrap());
        let trust = Trust::new().key(a.public().clone()).unwrap().key(b.public().clone()).unwrap();
        let (one, two) = (NonZeroUsize::MIN, NonZeroUsize::new(2).unwrap());
        let mut envelope = Envelope::new("t", b"text".to_vec()).unwrap();
        let error = envelope.verify(&trust, one, Timestamp::now()).unwrap_err();
        assert_eq!(error.broken_rule(), Some("signature"));
        envelope.sign(&a).unwrap();
        envelope.sign(&a).unwrap();
        assert_eq!(envelope.signatures().len(), 1);
        let mut again = envelope.clone();
        again.signatures.push(Signature { keyid: String::new(), sig: a.sign(&envelope.pae()).unwrap() });
        again.signatures[0].keyid = "other".into();
        assert_eq!(again.verify(&trust, one, Timestamp::now()).unwrap().signers().len(), 1);
        assert!(again.verify(&trust, two, Timestamp::now()).is_err());
        let mut other = Envelope::new("t", b"text".to_vec()).unwrap();
        other.sign(&b).unwrap();
        assert_eq!(verify_together(&[&envelope, &other], &trust, two, Timestamp::now()).unwrap().signers().len(), 2);
        envelope.sign(&b).unwrap();
        let attested = envelope.verify(&trust, two, Timestamp::now()).unwrap();
        assert_eq!((attested.payload(), attested.signers().len()), (&b"text"[..], 2));
        for other in [
            Envelope { payload_type: "u".into(), ..envelope.clone() },
            Envelope { payload: b"Text".to_vec(), ..envelope },
        ] {
            assert!(other.verify(&trust, one, Timestamp::now()).is_err());
        }
    }
}
