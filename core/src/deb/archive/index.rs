//! The stanza of a package in an index, made from its control file.

use std::io::Write as _;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

/// What an index says of a package beyond its control file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexFields<'a> {
    /// Where the package is, from the root of the repository.
    pub filename: &'a str,
    /// Bytes of the package.
    pub size: u64,
    /// The digest of the package.
    pub sha256: Digest,
    /// Its MD5, for old readers; `None` leaves the field out.
    pub md5: Option<[u8; 16]>,
    /// Its SHA-512; `None` leaves the field out.
    pub sha512: Option<[u8; 64]>,
}

/// The fields that only an index may set; a control file that has one does not get its way.
const INDEX_FIELDS: [&str; 6] = ["Filename", "Size", "MD5sum", "SHA1", "SHA256", "SHA512"];

/// Makes the stanza of a package as `dpkg-scanpackages` and `apt-ftparchive packages` do: the fields of the control
/// file verbatim and in order, then those of the index. It ends with a newline; the blank line between stanzas is the caller's.
///
/// # Errors
///
/// [`Kind::Malformed`] when `control` is not one stanza, or [`IndexFields::filename`] can't be the value of a field.
///
/// ```
/// use reposnap::{Digest, deb::archive::{IndexFields, index_stanza}};
/// let fields = IndexFields { filename: "pool/h/hello.deb", size: 7, sha256: Digest::of(b"package"), md5: None, sha512: None };
/// let stanza = String::from_utf8(index_stanza(b"Package: hello\nVersion: 1\n", &fields)?).unwrap();
/// assert!(stanza.starts_with("Package: hello\nVersion: 1\nFilename: pool/h/hello.deb\nSize: 7\nSHA256: "));
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn index_stanza(control: &[u8], fields: &IndexFields<'_>) -> Result<Vec<u8>> {
    if fields.filename.is_empty()
        || fields.filename.trim() != fields.filename
        || fields.filename.contains(char::is_control)
    {
        return Err(
            Error::new(Kind::Malformed, format!("{:?} can't be a file name", fields.filename)).field("Filename")
        );
    }
    let mut stanza = Vec::with_capacity(control.len() + fields.filename.len() + 160);
    let mut keep = None;
    let text = control.trim_ascii_end();
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let malformed =
            |why: &str| Err(Error::new(Kind::Malformed, why.to_owned()).path("control").line(index as u64 + 1));
        match line.first() {
            Some(b'#') => continue,
            Some(b' ' | b'\t') => {
                if keep.is_none() {
                    return malformed("a continuation line comes before any field");
                }
            }
            _ => {
                let Some(colon) = line.iter().position(|byte| *byte == b':').filter(|colon| *colon > 0) else {
                    return malformed("the line is neither a field nor its continuation");
                };
                let name = &line[..colon];
                keep = Some(!INDEX_FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field.as_bytes())));
            }
        }
        if keep == Some(true) {
            stanza.extend_from_slice(line);
            stanza.push(b'\n');
        }
    }
    let IndexFields { filename, size, sha256, md5, sha512 } = fields;
    let written = (|| {
        writeln!(stanza, "Filename: {filename}\nSize: {size}")?;
        if let Some(md5) = md5 {
            writeln!(stanza, "MD5sum: {}", hex(md5))?;
        }
        writeln!(stanza, "SHA256: {sha256}")?;
        if let Some(sha512) = sha512 {
            writeln!(stanza, "SHA512: {}", hex(sha512))?;
        }
        std::io::Result::Ok(())
    })();
    written.expect("writing to memory does not fail");
    Ok(stanza)
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn fields(filename: &str) -> IndexFields<'_> {
        IndexFields { filename, size: 1, sha256: Digest::of(b""), md5: Some([0xab; 16]), sha512: None }
    }

    #[test]
    fn a_control_file_cannot_set_the_fields_of_the_index() {
        let control = b"Package: a\nfilename: evil\n more evil\nSIZE: 3\nDescription: x\n .\n y\n\n";
        let stanza = String::from_utf8(index_stanza(control, &fields("a.deb")).unwrap()).unwrap();
        let expected = "Package: a\nDescription: x\n .\n y\nFilename: a.deb\nSize: 1\nMD5sum: abababababababababababababababab\nSHA256: ";
        assert_eq!(&stanza[..expected.len()], expected);
    }

    #[test]
    fn what_is_no_stanza_is_refused() {
        for control in ["", "\n\n", " x\n", "Package: a\n\nPackage: b\n", "Package\n", ": x\n"] {
            assert_eq!(
                index_stanza(control.as_bytes(), &fields("a")).unwrap_err().kind(),
                Kind::Malformed,
                "{control:?}"
            );
        }
        for filename in ["", "a\nSize: 3", " a"] {
            assert_eq!(index_stanza(b"Package: a\n", &fields(filename)).unwrap_err().kind(), Kind::Malformed);
        }
    }
}
