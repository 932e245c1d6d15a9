//! Keys as text: RFC 7468, read strictly.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reposnap::{Error, Kind, Result};

/// The most bytes of a file with a key in it. An RSA key of 8192 bits has 1.5 KB.
pub const MAX_PEM: usize = 64 << 10;

/// The most blocks of one file. `openssl ecparam -genkey` writes two.
pub const MAX_BLOCKS: usize = 256;

/// A block of a file: its label, such as `PUBLIC KEY`, and its bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Block {
    /// What stands between `BEGIN` and the dashes.
    pub label: String,
    /// What the base64 digits mean.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Block {
    /// Without the bytes, which may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Block({:?}, {} bytes)", self.label, self.bytes.len())
    }
}

/// The blocks of `text`, of which there is at least one. Between and around them only empty lines may stand.
///
/// # Errors
/// [`Kind::Malformed`] with the line; [`Kind::Usage`] for a block that is encrypted in the way of before PKCS #8;
/// [`Kind::Limit`] beyond [`MAX_PEM`] or [`MAX_BLOCKS`].
///
/// ```
/// use reposnap_provenance::signing::pem;
/// let blocks = pem::read("-----BEGIN X-----\naGVsbG8=\n-----END X-----\n")?;
/// assert_eq!((blocks[0].label.as_str(), &blocks[0].bytes[..]), ("X", &b"hello"[..]));
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn read(text: &str) -> Result<Vec<Block>> {
    if text.len() > MAX_PEM {
        return Err(Error::new(Kind::Limit, format!("a file with keys has at most {MAX_PEM} bytes")));
    }
    let fault = |line: u64, message: String| Err(Error::new(Kind::Malformed, message).line(line));
    let mut blocks = Vec::new();
    let mut lines = text.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        let line = line.trim_end();
        if line.is_empty() {
            continue;
        }
        let Some(label) = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----")) else {
            return fault(number, "this is no PEM: a line `-----BEGIN ...-----` is wanted".into());
        };
        if label.is_empty() || !label.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b' ' | b'#')) {
            return fault(number, format!("{label:?} is no label of a PEM block"));
        }
        if blocks.len() == MAX_BLOCKS {
            return Err(Error::new(Kind::Limit, format!("there are more than {MAX_BLOCKS} PEM blocks")).line(number));
        }
        let end = format!("-----END {label}-----");
        let mut digits = String::new();
        let closed = loop {
            let Some((line, number)) = lines.next() else { break None };
            let line = line.trim_end();
            if line == end {
                break Some(number);
            }
            if line.starts_with("Proc-Type:") {
                return Err(encrypted().line(number));
            }
            digits.push_str(line);
        };
        let Some(last) = closed else { return fault(number, format!("the PEM block has no line {end:?}")) };
        match STANDARD.decode(&digits) {
            Ok(bytes) if !bytes.is_empty() => blocks.push(Block { label: label.to_owned(), bytes }),
            Ok(_) => return fault(last, "the PEM block is empty".into()),
            Err(error) => return fault(last, format!("the PEM block above is damaged: {error}")),
        }
    }
    match blocks.is_empty() {
        true => {
            Err(Error::new(Kind::Malformed, "there is no PEM block").help("a key is a block `-----BEGIN ...-----`"))
        }
        false => Ok(blocks),
    }
}

/// The block, in lines of 64 digits.
pub fn write(label: &str, bytes: &[u8]) -> String {
    let digits = STANDARD.encode(bytes);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = digits.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    text + &format!("-----END {label}-----\n")
}

/// What is said of keys with a password.
pub(crate) fn encrypted() -> Error {
    Error::new(Kind::Usage, "the private key is encrypted, which is not supported")
        .help("open it with `openssl pkey -in KEY -out OPEN-KEY`, and keep that file where its owner alone may read it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_at_every_length() {
        for length in 1..200 {
            let bytes: Vec<u8> = (0..length).collect();
            let text = write("PUBLIC KEY", &bytes);
            assert!(text.lines().all(|line| line.len() <= 64));
            for text in [text.clone(), text.replace('\n', "\r\n"), format!("\n{text}\n\n")] {
                assert_eq!(read(&text).unwrap(), [Block { label: "PUBLIC KEY".into(), bytes: bytes.clone() }]);
            }
            assert_eq!(read(&text.repeat(3)).unwrap().len(), 3);
        }
    }

    #[test]
    fn what_is_no_pem() {
        for (wrong, line) in [
            ("", None),
            ("\n\n", None),
            ("hello\n", Some(1)),
            ("-----BEGIN -----\n", Some(1)),
            ("-----BEGIN x-----\n", Some(1)),
            ("-----BEGIN X-----\naGVsbG8=\n", Some(1)),
            ("-----BEGIN X-----\naGVsbG8=\n-----END Y-----\n", Some(1)),
            ("-----BEGIN X-----\n-----END X-----\n", Some(2)),
            ("-----BEGIN X-----\naGVsbG8\n-----END X-----\n", Some(3)),
            ("-----BEGIN X-----\naGVsbG9=\n-----END X-----\n", Some(3)),
            ("-----BEGIN X-----\naGVs\n-----END X-----\nmore\n", Some(4)),
        ] {
            let error = read(wrong).unwrap_err();
            assert_eq!((error.kind(), error.at_line()), (Kind::Malformed, line), "{wrong:?}: {error}");
        }
        assert_eq!(read(&" ".repeat(MAX_PEM + 1)).unwrap_err().kind(), Kind::Limit);
        assert_eq!(read(&write("X", b"y").repeat(MAX_BLOCKS + 1)).unwrap_err().kind(), Kind::Limit);
        let old = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n";
        assert_eq!(read(old).unwrap_err().kind(), Kind::Usage);
    }
}
