//! The lists of digests in a Release file.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::{broken_rule, malformed};
use crate::digest::Digest;
use crate::error::Result;

/// The largest size that a Release file may state for a file: 16 GiB. The largest index of Debian has 0.1 % of that.
pub const FILE_SIZE_LIMIT: u64 = 16 << 30;

/// What must be true of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileHash {
    /// Bytes of the file.
    pub size: u64,
    /// Its SHA-256, where the Release file has one.
    pub sha256: Option<Digest>,
    /// Its SHA-512, where the Release file has one. At least one of the two is there.
    pub sha512: Option<[u8; 64]>,
}

/// Which digest a list is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Strength {
    /// MD5 or SHA-1: anybody can make two files with the same.
    Weak,
    Sha256,
    Sha512,
}

impl Strength {
    /// The digest of a field that is such a list.
    pub(super) fn of_field(name: &str) -> Option<Self> {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        match name {
            _ if is("SHA256") => Some(Self::Sha256),
            _ if is("SHA512") => Some(Self::Sha512),
            _ if is("MD5Sum") || is("SHA1") => Some(Self::Weak),
            _ => None,
        }
    }
}

/// Reads one list: lines of digest, size and path.
pub(super) fn read(
    strength: Strength,
    value: &str,
    files: &mut BTreeMap<String, FileHash>,
    weak: &mut BTreeSet<String>,
) -> Result<()> {
    for line in value.lines().map(str::trim_ascii).filter(|line| !line.is_empty()) {
        let mut words = line.split_ascii_whitespace();
        let (Some(digest), Some(size), Some(path), None) = (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(malformed(&format!("the line is not a digest, a size and a path: {:?}", shorten(line))));
        };
        check_path(path)?;
        if strength == Strength::Weak {
            weak.insert(path.to_owned());
            continue;
        }
        let size = parse_size(size).ok_or_else(|| {
            broken_rule("size-limit", "the size is not a number within the limit")
                .path(path)
                .mismatch(format!("at most {FILE_SIZE_LIMIT}"), shorten(size))
        })?;
        let (sha256, sha512) = match strength {
            Strength::Sha512 => (None, digest_of(digest)),
            _ => (Digest::from_hex(digest.as_bytes()), None),
        };
        if sha256.is_none() && sha512.is_none() {
            return Err(broken_rule("digest-format", "the digest is not of its kind").path(path));
        }
        match files.entry(path.to_owned()) {
            Entry::Vacant(entry) => {
                entry.insert(FileHash { size, sha256, sha512 });
            }
            Entry::Occupied(mut entry) => {
                let known = entry.get_mut();
                let slot_taken =
                    sha256.is_some() && known.sha256.is_some() || sha512.is_some() && known.sha512.is_some();
                if slot_taken {
                    return Err(broken_rule("duplicate-path", "the path is listed twice").path(path));
                }
                if known.size != size {
                    return Err(broken_rule("size-disagreement", "SHA256 and SHA512 do not agree on the size")
                        .path(path)
                        .mismatch(known.size.to_string(), size.to_string()));
                }
                known.sha256 = known.sha256.or(sha256);
                known.sha512 = known.sha512.or(sha512);
            }
        }
    }
    Ok(())
}

/// Refuses every path that could name something outside of the suite, or look like another one.
pub(super) fn check_path(path: &str) -> Result<()> {
    let bad_segment = |segment: &str| matches!(segment, "" | "." | "..");
    let bad_character = |character: char| character.is_control() || character.is_whitespace() || character == '\\';
    if path.split('/').any(bad_segment) || path.contains(bad_character) {
        return Err(broken_rule("unsafe-path", &format!("the path {:?} is not plain and relative", shorten(path))));
    }
    Ok(())
}

fn parse_size(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|size| digits && *size <= FILE_SIZE_LIMIT)
}

fn digest_of(hex: &str) -> Option<[u8; 64]> {
    let (first, second) = hex.as_bytes().split_at_checked(64)?;
    let mut digest = [0; 64];
    digest[..32].copy_from_slice(Digest::from_hex(first)?.as_bytes());
    digest[32..].copy_from_slice(Digest::from_hex(second)?.as_bytes());
    Some(digest)
}

fn shorten(text: &str) -> String {
    text.chars().take(200).collect()
}
