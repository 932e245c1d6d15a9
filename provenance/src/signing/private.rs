//! Private keys: PKCS #8 (RFC 5958, RFC 8410) as `openssl genpkey` writes it, and SEC 1 (RFC 5915) as `openssl ecparam
//! -genkey` does.

use std::fmt;
use std::io::Write as _;
use std::path::Path;

use reposnap::{Error, Kind, Result};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};

use super::der::{self, Reader};
use super::pem;
use super::public::{Algorithm, EC, P256, PublicKey};
use super::signer::Signer;

/// `SEQUENCE { OBJECT IDENTIFIER id-Ed25519 }`.
const ED25519_IDENTIFIER: &[u8] = &[0x30, 5, 0x06, 3, 0x2b, 0x65, 0x70];

/// A private key: Ed25519, or ECDSA on P-256.
pub struct PrivateKey {
    pair: Pair,
    public: PublicKey,
    /// PKCS #8, as openssl would write it.
    der: Vec<u8>,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    EcdsaP256(EcdsaKeyPair),
}

impl PrivateKey {
    /// A new key.
    ///
    /// # Errors
    /// [`Kind::Unsupported`] for algorithms that are only verified, [`Kind::Internal`] where the system gives no random bytes.
    pub fn generate(algorithm: Algorithm) -> Result<Self> {
        let random = SystemRandom::new();
        let document = match algorithm {
            Algorithm::Ed25519 => Ed25519KeyPair::generate_pkcs8(&random),
            Algorithm::EcdsaP256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random),
            other => {
                let error = Error::new(Kind::Unsupported, format!("keys for {other} are not made here"));
                return Err(error.help("take ed25519 or ecdsa-p256"));
            }
        };
        Self::from_der(document.map_err(|_| no_random())?.as_ref())
    }

    /// Reads the file at `path`. See [`PrivateKey::from_pem`].
    ///
    /// # Errors
    /// As for `from_pem`, with the path.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = std::fs::read(path).map_err(|error| Error::io(path.display(), error))?;
        let text = String::from_utf8(text).map_err(|_| Error::new(Kind::Malformed, "the key is no text"));
        text.and_then(|text| Self::from_pem(&text)).map_err(|error| error.path(path.display().to_string()))
    }

    /// Reads the one private key of `text`: a block `PRIVATE KEY`, or `EC PRIVATE KEY` with or without `EC PARAMETERS` before
    /// it.
    ///
    /// # Errors
    /// [`Kind::Malformed`] for what is no private key, [`Kind::Usage`] for an encrypted one, [`Kind::Unsupported`] for one of
    /// another algorithm.
    ///
    /// ```
    /// use reposnap_provenance::signing::{Algorithm, PrivateKey};
    /// let key = PrivateKey::generate(Algorithm::EcdsaP256)?;
    /// assert_eq!(PrivateKey::from_pem(&key.to_pem())?.public(), key.public());
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn from_pem(text: &str) -> Result<Self> {
        let blocks = pem::read(text)?;
        let mut keys = blocks.iter().filter(|block| block.label != "EC PARAMETERS");
        let (Some(block), None) = (keys.next(), keys.next()) else {
            return Err(Error::new(Kind::Malformed, "one private key is wanted"));
        };
        match block.label.as_str() {
            "PRIVATE KEY" => Self::from_der(&block.bytes),
            "EC PRIVATE KEY" => Self::from_sec1(&block.bytes, None),
            "ENCRYPTED COSIGN PRIVATE KEY" | "ENCRYPTED SIGSTORE PRIVATE KEY" => Err(Error::new(
                Kind::Usage,
                "this is cosign's own form of an encrypted private key, which is not supported",
            )
            .help("make a key with `openssl genpkey`, and give it to cosign with `cosign import-key-pair`")),
            label if label.starts_with("ENCRYPTED ") => Err(pem::encrypted()),
            "RSA PRIVATE KEY" => Err(unsupported()),
            "OPENSSH PRIVATE KEY" => Err(Error::new(Kind::Unsupported, "this is a key for SSH").help(ADVICE)),
            "PUBLIC KEY" => Err(Error::new(Kind::Usage, "this is a public key, and the private one is wanted to sign")),
            label => Err(Error::new(Kind::Malformed, format!("this is a {label:?}, not a PRIVATE KEY"))),
        }
    }

    /// Reads PKCS #8 that is not encrypted.
    ///
    /// # Errors
    /// As for [`PrivateKey::from_pem`].
    pub fn from_der(bytes: &[u8]) -> Result<Self> {
        let mut outer = Reader::new(bytes);
        let mut info = outer.inside(der::SEQUENCE).ok_or_else(damaged)?;
        let version = info.number().ok_or_else(damaged)?;
        let mut identifier = info.inside(der::SEQUENCE).ok_or_else(damaged)?;
        let secret = info.value(der::OCTET_STRING).ok_or_else(damaged)?;
        if info.peek() == Some(der::CONTEXT_0) {
            info.value(der::CONTEXT_0).ok_or_else(damaged)?;
        }
        // ring wraps the bit string once more than RFC 5958 says.
        let public = match (version, info.peek()) {
            ([1], Some(der::CONTEXT_1)) => {
                let mut inner = info.inside(der::CONTEXT_1).ok_or_else(damaged)?;
                Some(inner.bits(der::BIT_STRING).filter(|_| inner.is_empty()).ok_or_else(damaged)?)
            }
            ([1], Some(der::CONTEXT_1_PRIMITIVE)) => Some(info.bits(der::CONTEXT_1_PRIMITIVE).ok_or_else(damaged)?),
            ([] | [1], None) => None,
            _ => return Err(damaged()),
        };
        if !outer.is_empty() || !info.is_empty() {
            return Err(damaged());
        }
        match (identifier.value(der::OID), identifier.value(der::OID)) {
            (Some(EC), Some(P256)) if identifier.is_empty() => Self::from_sec1(secret, public),
            (Some([0x2b, 0x65, 0x70]), None) if identifier.is_empty() => Self::ed25519(secret, public),
            (Some(_), _) => Err(unsupported()),
            (None, _) => Err(damaged()),
        }
    }

    /// CurvePrivateKey of RFC 8410.
    fn ed25519(secret: &[u8], public: Option<&[u8]>) -> Result<Self> {
        let mut reader = Reader::new(secret);
        let seed = reader.value(der::OCTET_STRING).filter(|_| reader.is_empty()).ok_or_else(damaged)?;
        let pair = match public {
            Some(public) => Ed25519KeyPair::from_seed_and_public_key(seed, public),
            None => Ed25519KeyPair::from_seed_unchecked(seed),
        };
        let pair = pair.map_err(|_| damaged())?;
        let public = PublicKey::from_raw(Algorithm::Ed25519, pair.public_key().as_ref())?;
        let inner = der::write(der::OCTET_STRING, &[seed]);
        let octets = der::write(der::OCTET_STRING, &[&inner]);
        let der = der::write(der::SEQUENCE, &[VERSION_0, ED25519_IDENTIFIER, &octets]);
        Ok(Self { pair: Pair::Ed25519(pair), public, der })
    }

    /// ECPrivateKey of RFC 5915, on P-256.
    fn from_sec1(bytes: &[u8], public: Option<&[u8]>) -> Result<Self> {
        let mut outer = Reader::new(bytes);
        let mut key = outer.inside(der::SEQUENCE).ok_or_else(damaged)?;
        if key.number() != Some(&[1]) {
            return Err(damaged());
        }
        let scalar = key.value(der::OCTET_STRING).ok_or_else(damaged)?;
        if key.peek() == Some(der::CONTEXT_0) {
            let mut parameters = key.inside(der::CONTEXT_0).ok_or_else(damaged)?;
            if parameters.value(der::OID) != Some(P256) || !parameters.is_empty() {
                return Err(unsupported());
            }
        }
        let mut own = None;
        if key.peek() == Some(der::CONTEXT_1) {
            let mut inner = key.inside(der::CONTEXT_1).ok_or_else(damaged)?;
            own = Some(inner.bits(der::BIT_STRING).filter(|_| inner.is_empty()).ok_or_else(damaged)?);
        }
        if !outer.is_empty() || !key.is_empty() {
            return Err(damaged());
        }
        let Some(point) = own.or(public) else {
            return Err(Error::new(Kind::Unsupported, "the private key comes without its public half")
                .help("add it with `openssl pkey -in KEY -out KEY-WITH-BOTH`"));
        };
        if point.first() != Some(&4) {
            return Err(Error::new(Kind::Unsupported, "the key's point is compressed")
                .help("write it with `openssl pkey -in KEY -ec_conv_form uncompressed -out KEY`"));
        }
        // Also checks that the halves belong together.
        let random = SystemRandom::new();
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_ASN1_SIGNING, scalar, point, &random)
                .map_err(|_| damaged())?;
        let public = PublicKey::from_raw(Algorithm::EcdsaP256, pair.public_key().as_ref())?;
        let oid = |content| der::write(der::OID, &[content]);
        let identifier = der::write(der::SEQUENCE, &[&oid(EC), &oid(P256)]);
        let bits = der::write(der::BIT_STRING, &[&[0], pair.public_key().as_ref()]);
        let secret = der::write(der::OCTET_STRING, &[scalar]);
        let inner = der::write(der::SEQUENCE, &[VERSION_1, &secret, &der::write(der::CONTEXT_1, &[&bits])]);
        let octets = der::write(der::OCTET_STRING, &[&inner]);
        let der = der::write(der::SEQUENCE, &[VERSION_0, &identifier, &octets]);
        Ok(Self { pair: Pair::EcdsaP256(pair), public, der })
    }

    /// Its public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The key as PKCS #8 in PEM, not encrypted, byte for byte what openssl writes.
    pub fn to_pem(&self) -> String {
        pem::write("PRIVATE KEY", &self.der)
    }

    /// Writes the key into a new file that its owner alone may read.
    ///
    /// # Errors
    /// [`Kind::AlreadyExists`] where there is a file already: keys are not overwritten. [`Kind::Io`] where it can't be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                Error::new(Kind::AlreadyExists, "there is a file of this name already")
                    .path(path.display().to_string())
                    .help("keys are not overwritten: choose another name")
            }
            _ => Error::io(path.display(), error),
        })?;
        let written = file.write_all(self.to_pem().as_bytes()).and_then(|()| file.sync_all());
        written.map_err(|error| Error::io(path.display(), error))
    }
}

impl Signer for PrivateKey {
    fn key_id(&self) -> String {
        self.public.envelope_id()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let signature = match &self.pair {
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::EcdsaP256(pair) => {
                pair.sign(&SystemRandom::new(), message).map_err(|_| no_random())?.as_ref().to_vec()
            }
        };
        // A fault in the computation must not give the key away.
        match self.public.verifies(message, &signature) {
            true => Ok(signature),
            false => Err(Error::new(Kind::Internal, "a signature that was just made does not verify")),
        }
    }

    fn public(&self) -> Option<&PublicKey> {
        Some(&self.public)
    }
}

impl fmt::Debug for PrivateKey {
    /// The public half alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("public", &self.public).finish_non_exhaustive()
    }
}

const VERSION_0: &[u8] = &[der::INTEGER, 1, 0];
const VERSION_1: &[u8] = &[der::INTEGER, 1, 1];
const ADVICE: &str = "make one with `openssl genpkey -algorithm ed25519`, or of P-256 with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`";

fn damaged() -> Error {
    Error::new(Kind::Malformed, "the private key is damaged")
}

fn unsupported() -> Error {
    Error::new(Kind::Unsupported, "the private key is neither Ed25519 nor ECDSA on P-256").help(ADVICE)
}

fn no_random() -> Error {
    Error::new(Kind::Internal, "the system gives no random bytes")
}
