//! The keys that a source trusts.

use super::malformed;
use crate::error::Result;

/// Which keys may sign for a source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SignedBy {
    /// All keys of a keyring file, by its absolute path.
    File(String),
    /// A key by its fingerprint, in upper case, with its subkeys.
    Fingerprint(String),
    /// Exactly the key or subkey of this fingerprint, which the source writes with `!` at the end.
    ExactFingerprint(String),
    /// All keys of a block that is in the source itself: ASCII armor, complete, with its empty line.
    Armored(String),
}

const ARMOR: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

/// Parses the value of `Signed-By`.
pub(super) fn parse(value: &str) -> Result<Vec<SignedBy>> {
    if value.trim_start().starts_with(ARMOR) {
        return Ok(vec![SignedBy::Armored(unfold(value)?)]);
    }
    let separator = |character: char| character == ',' || character.is_ascii_whitespace();
    let keys: Vec<_> = value.split(separator).filter(|word| !word.is_empty()).map(parse_word).collect::<Result<_>>()?;
    if keys.is_empty() {
        return Err(malformed("the value names no key"));
    }
    Ok(keys)
}

fn parse_word(word: &str) -> Result<SignedBy> {
    if word.starts_with('/') {
        return Ok(SignedBy::File(word.to_owned()));
    }
    let digits = word.strip_suffix('!').unwrap_or(word);
    // Fingerprints of version 4 and of version 6 (RFC 9580, 5.5.4).
    if !matches!(digits.len(), 40 | 64) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(malformed(format!("{word:?} is neither an absolute path nor a fingerprint"))
            .help("write a fingerprint as 40 hexadecimal digits without spaces; shorter identifiers can be forged"));
    }
    let fingerprint = digits.to_ascii_uppercase();
    let exact = digits.len() < word.len();
    Ok(if exact { SignedBy::ExactFingerprint(fingerprint) } else { SignedBy::Fingerprint(fingerprint) })
}

/// Takes the folding of the field away: one space before each line, and a dot for an empty one.
fn unfold(value: &str) -> Result<String> {
    let mut armor = String::with_capacity(value.len());
    for line in value.lines().map(str::trim) {
        if line != "." {
            armor.push_str(line);
        }
        armor.push('\n');
    }
    if !armor.trim_end().ends_with("-----END PGP PUBLIC KEY BLOCK-----") {
        return Err(malformed("the key block has no end"));
    }
    Ok(armor)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn four_forms() {
        let digits = "0123456789abcdef0123456789abcdef01234567";
        let upper = digits.to_uppercase();
        assert_eq!(
            parse(&format!("/a.gpg {digits},{digits}!\n /b.asc")).unwrap(),
            [
                SignedBy::File("/a.gpg".into()),
                SignedBy::Fingerprint(upper.clone()),
                SignedBy::ExactFingerprint(upper),
                SignedBy::File("/b.asc".into())
            ]
        );
        let block = format!("\n {ARMOR}\n .\n abc\n =abc\n -----END PGP PUBLIC KEY BLOCK-----");
        let expected = format!("{ARMOR}\n\nabc\n=abc\n-----END PGP PUBLIC KEY BLOCK-----\n");
        assert_eq!(parse(block.trim()).unwrap(), [SignedBy::Armored(expected)]);
    }

    #[test]
    fn what_names_no_key() {
        for value in ["", " , ", "a/b.gpg", "01234567", "0x0123456789abcdef0123456789abcdef01234567", ARMOR] {
            assert!(parse(value).is_err(), "{value}");
        }
    }
}
