//! The certificates whose signatures may count.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use jiff::Timestamp;
use sequoia_openpgp::cert::{Cert, CertParser};
use sequoia_openpgp::parse::Parse as _;
use sequoia_openpgp::serialize::Serialize as _;
use sequoia_openpgp::{KeyHandle, KeyID};

use super::{armor, trust};
use crate::error::{Error, Kind, Result};

/// Bytes of one keyring file; Debian's whole archive keyring has 56 KB.
const KEYRING_LIMIT: usize = 16 << 20;
/// Certificates of one keyring.
const CERTIFICATE_LIMIT: usize = 4096;

/// Certificates, parsed once; cheap to clone and to share between threads.
///
/// ```
/// use reposnap::openpgp::{Keyring, Signer as _, generate};
/// let key = generate("Archive <archive@example.org>", jiff::Timestamp::now(), None)?;
/// let keyring = Keyring::from_bytes(&key.certificate()?)?;
/// let listed = keyring.certificates(jiff::Timestamp::now());
/// assert_eq!(listed[0].user_ids, ["Archive <archive@example.org>"]);
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone)]
pub struct Keyring(Arc<Inner>);

struct Inner {
    certs: Vec<Cert>,
    /// Key ID to (certificate, place of the key in it).
    keys: HashMap<KeyID, Vec<(usize, usize)>>,
    skipped: Vec<String>,
}

impl Keyring {
    /// Reads certificates, binary or armored (several blocks may follow each other).
    ///
    /// A certificate of a kind that isn't supported is left out and told by
    /// [`Keyring::skipped`].
    ///
    /// # Errors
    /// `Kind::Malformed` where there is no certificate at all or the armor is
    /// damaged, `Kind::Limit` beyond 16 MiB or 4,096 certificates.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::from_parts([bytes])
    }

    /// Reads and unites several files, as `from_bytes` does.
    ///
    /// # Errors
    /// As for `from_bytes`, with the path of the file at fault.
    pub fn from_files<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Result<Self> {
        let mut reader = Reader::default();
        for path in paths {
            let path = path.as_ref();
            let bytes = std::fs::read(path).map_err(|error| Error::io(path.display(), error))?;
            reader.read(&bytes).map_err(|error| error.path(path.display().to_string()))?;
        }
        reader.finish()
    }

    /// Unites several keyrings, as they stand in memory.
    ///
    /// # Errors
    /// As for `from_bytes`.
    pub fn from_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Result<Self> {
        let mut reader = Reader::default();
        for part in parts {
            reader.read(part)?;
        }
        reader.finish()
    }

    /// The certificates, binary, as `from_bytes` reads them; equal keyrings give equal bytes.
    ///
    /// # Errors
    /// `Kind::Internal` where a certificate can't be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        for cert in &self.0.certs {
            cert.serialize(&mut bytes)
                .map_err(|error| Error::new(Kind::Internal, format!("a certificate can't be written: {error}")))?;
        }
        Ok(bytes)
    }

    /// The certificates as one armored block, as `from_bytes` reads them.
    ///
    /// # Errors
    /// As for [`to_bytes`](Self::to_bytes).
    pub fn to_armored(&self) -> Result<Vec<u8>> {
        Ok(armor::write("PUBLIC KEY BLOCK", &self.to_bytes()?))
    }

    /// What the certificates say of themselves, as of `now`.
    pub fn certificates(&self, now: Timestamp) -> Vec<CertificateInfo> {
        self.0.certs.iter().map(|cert| describe(cert, now)).collect()
    }

    /// Why certificates were left out, one sentence each.
    pub fn skipped(&self) -> &[String] {
        &self.0.skipped
    }

    /// The certificates and keys that `handle` may mean.
    pub(crate) fn candidates<'a>(&'a self, handle: &'a KeyHandle) -> impl Iterator<Item = (&'a Cert, usize)> + 'a {
        let found = self.0.keys.get(&KeyID::from(handle)).map_or(&[][..], Vec::as_slice);
        found.iter().map(|(cert, key)| (&self.0.certs[*cert], *key)).filter(move |(cert, key)| match handle {
            KeyHandle::Fingerprint(wanted) => cert.keys().nth(*key).is_some_and(|ka| ka.key().fingerprint() == *wanted),
            KeyHandle::KeyID(_) => true,
        })
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.certs.iter().map(Cert::fingerprint)).finish()
    }
}

/// One certificate of a [`Keyring`].
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CertificateInfo {
    /// Fingerprint of the primary key, upper-case hexadecimal.
    pub fingerprint: String,
    /// User IDs, lossily as UTF-8.
    pub user_ids: Vec<String>,
    /// Algorithm of the primary key, such as `RSA 4096` or `EdDSA`.
    pub algorithm: String,
    /// When the primary key was made.
    pub created: Timestamp,
    /// When the certificate expires or expired; never where there is none.
    pub expires: Option<Timestamp>,
    /// Whether the certificate is revoked.
    pub revoked: bool,
    /// The other keys of the certificate.
    pub subkeys: Vec<SubkeyInfo>,
}

/// One subkey of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SubkeyInfo {
    /// Fingerprint, upper-case hexadecimal.
    pub fingerprint: String,
    /// Algorithm.
    pub algorithm: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it expires or expired.
    pub expires: Option<Timestamp>,
    /// Whether it is revoked.
    pub revoked: bool,
    /// Whether it is meant for signing and is rightly bound.
    pub signs: bool,
}

#[derive(Default)]
struct Reader {
    certs: Vec<Cert>,
    places: HashMap<sequoia_openpgp::Fingerprint, usize>,
    skipped: Vec<String>,
}

impl Reader {
    fn read(&mut self, bytes: &[u8]) -> Result<()> {
        if bytes.len() > KEYRING_LIMIT {
            return Err(Error::new(Kind::Limit, "the keyring is too large")
                .mismatch(format!("at most {KEYRING_LIMIT} bytes"), format!("{} bytes", bytes.len())));
        }
        // A GnuPG keybox: its first blob has its type at 4 and its magic at 8.
        if bytes.get(8..12) == Some(b"KBXf") {
            return Err(Error::new(Kind::Unsupported, "this is a GnuPG keybox, not a keyring")
                .help("write its keys to a file with `gpg --export`"));
        }
        match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'-') => self.read_armored(bytes),
            Some(byte) if byte & 0x80 != 0 => self.read_packets(bytes),
            _ => Err(no_certificate()),
        }
    }

    fn read_armored(&mut self, bytes: &[u8]) -> Result<()> {
        // Blanks at line ends come from pasting; nothing in a key is told by them.
        let mut clean = Vec::with_capacity(bytes.len());
        for line in bytes.split(|byte| *byte == b'\n') {
            clean.extend_from_slice(line.trim_ascii_end());
            clean.push(b'\n');
        }
        let mut rest = clean.trim_ascii_start();
        while !rest.is_empty() {
            if rest.starts_with(b"-----BEGIN PGP PRIVATE KEY BLOCK-----") {
                return Err(Error::new(Kind::Malformed, "this is a private key, not a keyring")
                    .help("export the public key with `gpg --export --armor`"));
            }
            let block = armor::read("PUBLIC KEY BLOCK", rest).map_err(|error| {
                Error::new(Kind::Malformed, format!("the keyring's armor is damaged: {}", error.message()))
            })?;
            if !block.checksum_holds {
                return Err(Error::new(Kind::Malformed, "the keyring is damaged: its armor's checksum is wrong"));
            }
            self.read_packets(&block.bytes)?;
            rest = block.rest.trim_ascii_start();
        }
        Ok(())
    }

    fn read_packets(&mut self, bytes: &[u8]) -> Result<()> {
        let parser = CertParser::from_bytes(bytes).map_err(malformed)?;
        let mut found = false;
        for cert in parser {
            let cert = match cert {
                Ok(cert) => cert,
                Err(error) => {
                    self.skipped.push(one_line(&error));
                    continue;
                }
            };
            if cert.is_tsk() {
                return Err(Error::new(Kind::Malformed, "this is a private key, not a keyring")
                    .help("export the public key with `gpg --export`"));
            }
            found = true;
            match self.places.get(&cert.fingerprint()) {
                Some(place) => {
                    let known = self.certs[*place].clone();
                    self.certs[*place] = known.merge_public(cert).map_err(malformed)?;
                }
                None => {
                    if self.certs.len() == CERTIFICATE_LIMIT {
                        return Err(Error::new(
                            Kind::Limit,
                            format!("the keyring holds more than {CERTIFICATE_LIMIT} certificates"),
                        ));
                    }
                    self.places.insert(cert.fingerprint(), self.certs.len());
                    self.certs.push(cert);
                }
            }
        }
        if found || !self.skipped.is_empty() { Ok(()) } else { Err(no_certificate()) }
    }

    fn finish(self) -> Result<Keyring> {
        if self.certs.is_empty() {
            let error = no_certificate();
            return Err(match self.skipped.first() {
                Some(reason) => error.help(reason.clone()),
                None => error,
            });
        }
        let mut keys: HashMap<KeyID, Vec<(usize, usize)>> = HashMap::new();
        for (at, cert) in self.certs.iter().enumerate() {
            for (key, ka) in cert.keys().enumerate() {
                keys.entry(ka.key().keyid()).or_default().push((at, key));
            }
        }
        Ok(Keyring(Arc::new(Inner { certs: self.certs, keys, skipped: self.skipped })))
    }
}

fn describe(cert: &Cert, now: Timestamp) -> CertificateInfo {
    let mut keys = cert.keys().enumerate().map(|(place, ka)| {
        let state = trust::lifetime(cert, place, now);
        SubkeyInfo {
            fingerprint: ka.key().fingerprint().to_hex(),
            algorithm: match ka.key().mpis().bits() {
                Some(bits) if ka.key().pk_algo().for_signing() && bits > 521 => format!("RSA {bits}"),
                _ => ka.key().pk_algo().to_string(),
            },
            created: timestamp(ka.key().creation_time()),
            expires: state.expires,
            revoked: state.revoked,
            signs: state.signs,
        }
    });
    let primary = keys.next();
    let subkeys = keys.collect();
    let user_ids = cert.userids().map(|ua| String::from_utf8_lossy(ua.userid().value()).into_owned()).collect();
    let created = timestamp(cert.primary_key().key().creation_time());
    match primary {
        Some(SubkeyInfo { fingerprint, algorithm, expires, revoked, .. }) => {
            CertificateInfo { fingerprint, user_ids, algorithm, created, expires, revoked, subkeys }
        }
        None => CertificateInfo {
            fingerprint: cert.fingerprint().to_hex(),
            user_ids,
            algorithm: String::new(),
            created,
            expires: None,
            revoked: false,
            subkeys,
        },
    }
}

/// OpenPGP times are 32-bit seconds, which jiff always holds.
pub(crate) fn timestamp(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or(Timestamp::MAX)
}

fn no_certificate() -> Error {
    Error::new(Kind::Malformed, "there is no OpenPGP certificate in the keyring")
        .help("a keyring is what `gpg --export`, armored or not, writes")
}

fn malformed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let error = error.into();
    Error::new(Kind::Malformed, format!("the keyring is damaged: {error}")).source(error)
}

/// Sequoia's errors may show whole packets on many lines; the first line names the cause.
pub(crate) fn one_line(error: &dyn fmt::Display) -> String {
    error.to_string().lines().next().unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_keyring() {
        for wrong in
            [&b""[..], b"\n", b"hello", b"\x99\x01", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n", &[0x80; 64]]
        {
            let error = Keyring::from_bytes(wrong).expect_err("no keyring");
            assert_eq!(error.kind(), Kind::Malformed, "{error}");
        }
        assert_eq!(Keyring::from_files(["/nonexistent/keyring.gpg"]).expect_err("no file").kind(), Kind::NotFound);
        assert_eq!(
            Keyring::from_bytes(b"\0\0\0\x20\x01\x01\0\x02KBXf\0\0").expect_err("keybox").kind(),
            Kind::Unsupported
        );
    }
}
