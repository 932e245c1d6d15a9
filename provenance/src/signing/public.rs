//! Public keys, as SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7, RFC 5480, RFC 8410), and what is signed with them.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reposnap::{Digest, Error, Kind, Result};
use ring::signature::{self as sig, UnparsedPublicKey, VerificationAlgorithm};
use serde::{Deserialize, Serialize};

use super::der::{self, Reader};
use super::pem;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// ECDSA over P-256 with SHA-256 (FIPS 186-5); signatures in DER.
    EcdsaP256,
    /// ECDSA over P-384 with SHA-384, or with SHA-256 as cosign does; signatures in DER. Verified, not made.
    EcdsaP384,
    /// RSA of 2048 to 8192 bits with SHA-256: PKCS #1 v1.5, or PSS with a salt of 32 bytes (RFC 8017). Verified, not made.
    Rsa,
}

impl Algorithm {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Algorithm::Ed25519 => "ed25519",
            Algorithm::EcdsaP256 => "ecdsa-p256",
            Algorithm::EcdsaP384 => "ecdsa-p384",
            Algorithm::Rsa => "rsa",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for Algorithm {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        let all = [Algorithm::Ed25519, Algorithm::EcdsaP256, Algorithm::EcdsaP384, Algorithm::Rsa];
        all.into_iter().find(|one| one.as_str() == word).ok_or_else(|| {
            Error::new(Kind::Usage, format!("there is no algorithm {word:?}"))
                .help("keys are ed25519 or ecdsa-p256; ecdsa-p384 and rsa are verified only")
        })
    }
}

/// Object identifiers: the content of their values.
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
pub(super) const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
pub(super) const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// The bits that the modulus of an RSA key may have: fewer are weak, more take long.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A public key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    algorithm: Algorithm,
    /// SubjectPublicKeyInfo.
    spki: Vec<u8>,
    /// What ring reads: an Ed25519 key, an uncompressed point, an RSAPublicKey.
    key: Vec<u8>,
}

impl PublicKey {
    /// Reads the file at `path`. See [`PublicKey::from_pem`].
    ///
    /// # Errors
    /// As for `from_pem`, with the path.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = std::fs::read(path).map_err(|error| Error::io(path.display(), error))?;
        let text = String::from_utf8(text).map_err(|_| Error::new(Kind::Malformed, "the key is no text"));
        text.and_then(|text| Self::from_pem(&text)).map_err(|error| error.path(path.display().to_string()))
    }

    /// Reads the one block `PUBLIC KEY` of `text`, as `openssl pkey -pubout` and cosign write it.
    ///
    /// # Errors
    /// [`Kind::Malformed`] for what is no public key, [`Kind::Unsupported`] for one of another algorithm.
    pub fn from_pem(text: &str) -> Result<Self> {
        let blocks = pem::read(text)?;
        match blocks.as_slice() {
            [block] => Self::from_block(block),
            _ => Err(Error::new(Kind::Malformed, "there are several PEM blocks where one public key is wanted")),
        }
    }

    pub(crate) fn from_block(block: &pem::Block) -> Result<Self> {
        match block.label.as_str() {
            "PUBLIC KEY" => Self::from_der(&block.bytes),
            label if label.ends_with("PRIVATE KEY") => {
                Err(Error::new(Kind::Usage, "this is a private key, not a public one").help(
                    "write the public one with `openssl pkey -in KEY -pubout`, and keep the private one to yourself",
                ))
            }
            "RSA PUBLIC KEY" => {
                Err(Error::new(Kind::Unsupported, "this is a public key without its algorithm (PKCS #1)")
                    .help("write it with `openssl rsa -RSAPublicKey_in -in KEY -pubout`"))
            }
            "CERTIFICATE" => Err(Error::new(Kind::Unsupported, "certificates are not supported: keys are")
                .help("write the key of it with `openssl x509 -in CERTIFICATE -noout -pubkey`")),
            label => Err(Error::new(Kind::Malformed, format!("this is a {label:?}, not a PUBLIC KEY"))),
        }
    }

    /// Reads a SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// As for [`PublicKey::from_pem`].
    pub fn from_der(spki: &[u8]) -> Result<Self> {
        let damaged = || Error::new(Kind::Malformed, "the public key is damaged");
        let mut outer = Reader::new(spki);
        let mut info = outer.inside(der::SEQUENCE).ok_or_else(damaged)?;
        let mut identifier = info.inside(der::SEQUENCE).ok_or_else(damaged)?;
        let bits = info.bits(der::BIT_STRING).ok_or_else(damaged)?;
        let name = identifier.value(der::OID).ok_or_else(damaged)?;
        if !outer.is_empty() || !info.is_empty() {
            return Err(damaged());
        }
        let algorithm = match name {
            ED25519 if identifier.is_empty() && bits.len() == 32 => Algorithm::Ed25519,
            EC => {
                let curve = identifier.value(der::OID).ok_or_else(|| {
                    Error::new(Kind::Unsupported, "the key's curve is not told by its name")
                        .help("write it with `openssl pkey -ec_param_enc named_curve`")
                })?;
                let (algorithm, size) = match curve {
                    P256 => (Algorithm::EcdsaP256, 32),
                    P384 => (Algorithm::EcdsaP384, 48),
                    _ => return Err(unsupported("a key on another curve than P-256 and P-384")),
                };
                check_point(bits, size)?;
                algorithm
            }
            RSA => {
                identifier.value(der::NULL).filter(|null| null.is_empty()).ok_or_else(damaged)?;
                check_rsa(bits)?;
                Algorithm::Rsa
            }
            ED25519 => return Err(damaged()),
            _ => return Err(unsupported("a key of another algorithm")),
        };
        match identifier.is_empty() {
            true => Ok(Self { algorithm, spki: spki.to_vec(), key: bits.to_vec() }),
            false => Err(damaged()),
        }
    }

    /// Of what ring calls a public key; only for algorithms that we sign with.
    pub(super) fn from_raw(algorithm: Algorithm, key: &[u8]) -> Result<Self> {
        let oid = |content| der::write(der::OID, &[content]);
        let identifier = match algorithm {
            Algorithm::Ed25519 => der::write(der::SEQUENCE, &[&oid(ED25519)]),
            _ => der::write(der::SEQUENCE, &[&oid(EC), &oid(P256)]),
        };
        let bits = der::write(der::BIT_STRING, &[&[0], key]);
        Self::from_der(&der::write(der::SEQUENCE, &[&identifier, &bits]))
    }

    /// What it is for.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The SubjectPublicKeyInfo.
    pub fn to_der(&self) -> &[u8] {
        &self.spki
    }

    /// The same as a PEM block, byte for byte what `openssl pkey -pubout` writes.
    pub fn to_pem(&self) -> String {
        pem::write("PUBLIC KEY", &self.spki)
    }

    /// The key's own name here: the SHA-256 of its SubjectPublicKeyInfo, what
    /// `openssl pkey -pubin -outform DER | sha256sum` prints.
    pub fn id(&self) -> Digest {
        Digest::of(&self.spki)
    }

    /// The same digest in base64, which is what Sigstore's tools give as a bundle's hint.
    pub fn hint(&self) -> String {
        STANDARD.encode(self.id().as_bytes())
    }

    /// The name that securesystemslib gives it, and that it looks for in envelopes: the SHA-256 of the key as its canonical
    /// JSON has it, with the scheme that is the default for such keys.
    pub fn envelope_id(&self) -> String {
        let (kind, scheme) = match self.algorithm {
            Algorithm::Ed25519 => ("ed25519", "ed25519"),
            Algorithm::EcdsaP256 => ("ecdsa", "ecdsa-sha2-nistp256"),
            Algorithm::EcdsaP384 => ("ecdsa", "ecdsa-sha2-nistp384"),
            Algorithm::Rsa => ("rsa", "rsassa-pss-sha256"),
        };
        let public = match self.algorithm {
            Algorithm::Ed25519 => self.key.iter().map(|byte| format!("{byte:02x}")).collect(),
            _ => self.to_pem(),
        };
        // Canonical JSON escapes quotes and backslashes alone, and there are none; a line end stands as it is.
        let json = format!(r#"{{"keytype":"{kind}","keyval":{{"public":"{public}"}},"scheme":"{scheme}"}}"#);
        Digest::of(json.as_bytes()).to_string()
    }

    /// Whether `signature` is one of `message` by this key.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let algorithms: &[&dyn VerificationAlgorithm] = match self.algorithm {
            Algorithm::Ed25519 => &[&sig::ED25519],
            Algorithm::EcdsaP256 => &[&sig::ECDSA_P256_SHA256_ASN1],
            Algorithm::EcdsaP384 => &[&sig::ECDSA_P384_SHA384_ASN1, &sig::ECDSA_P384_SHA256_ASN1],
            Algorithm::Rsa => &[&sig::RSA_PKCS1_2048_8192_SHA256, &sig::RSA_PSS_2048_8192_SHA256],
        };
        self.may_be(signature)
            && algorithms
                .iter()
                .any(|&algorithm| UnparsedPublicKey::new(algorithm, &self.key).verify(message, signature).is_ok())
    }

    /// Whether `signature` has the shape of one by such a key; tells without reading the message.
    fn may_be(&self, signature: &[u8]) -> bool {
        match self.algorithm {
            Algorithm::Ed25519 => signature.len() == 64,
            Algorithm::EcdsaP256 => signature.first() == Some(&der::SEQUENCE) && signature.len() <= 72,
            Algorithm::EcdsaP384 => signature.first() == Some(&der::SEQUENCE) && signature.len() <= 104,
            Algorithm::Rsa => signature.len() >= RSA_BITS.start() / 8 && signature.len() <= RSA_BITS.end() / 8,
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} {})", self.algorithm, self.id())
    }
}

/// A point of a curve whose coordinates have `size` bytes (SEC 1 section 2.3.3).
fn check_point(point: &[u8], size: usize) -> Result<()> {
    match point.first() {
        Some(4) if point.len() == 1 + 2 * size => Ok(()),
        Some(2 | 3) if point.len() == 1 + size => Err(Error::new(Kind::Unsupported, "the key's point is compressed")
            .help("write it with `openssl pkey -pubin -in KEY -pubout -ec_conv_form uncompressed`")),
        _ => Err(Error::new(Kind::Malformed, "the public key is damaged")),
    }
}

/// RSAPublicKey (RFC 8017 appendix A.1.1).
fn check_rsa(key: &[u8]) -> Result<()> {
    let damaged = || Error::new(Kind::Malformed, "the public key is damaged");
    let mut outer = Reader::new(key);
    let mut inner = outer.inside(der::SEQUENCE).ok_or_else(damaged)?;
    let modulus = inner.number().ok_or_else(damaged)?;
    let exponent = inner.number().ok_or_else(damaged)?;
    if !outer.is_empty() || !inner.is_empty() || modulus.is_empty() || exponent.is_empty() {
        return Err(damaged());
    }
    let bits = modulus.len() * 8 - modulus[0].leading_zeros() as usize;
    match RSA_BITS.contains(&bits) {
        true => Ok(()),
        false => Err(Error::new(Kind::Unsupported, "an RSA key that is too short or too long")
            .mismatch("2048 to 8192 bits", format!("{bits} bits"))),
    }
}

fn unsupported(what: &str) -> Error {
    Error::new(Kind::Unsupported, format!("this is {what}"))
        .help("keys are Ed25519, ECDSA on P-256 or P-384, or RSA of 2048 bits and more")
}
