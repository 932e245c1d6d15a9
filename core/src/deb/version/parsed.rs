//! Versions that keep the rules.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{compare, sort_key};
use crate::error::{Error, Kind};

/// A well-formed version, as deb-version(7) has it.
///
/// Parsing takes what dpkg takes without a warning, with two exceptions, both of which no archive uses: dpkg cuts off
/// white space around a version and allows a sign before its epoch. Versions that compare as equal are equal (and hash
/// alike), however they are written; [`Version::as_str`] keeps the spelling.
///
/// ```
/// use reposnap::deb::version::Version;
/// let version: Version = "1:2.36-9+deb12u8".parse()?;
/// assert_eq!((version.epoch(), version.upstream(), version.revision()), (1, "2.36", Some("9+deb12u8")));
/// assert!(version > "2.40".parse()?);
/// assert_eq!("1.0".parse::<Version>()?, "1.0-0".parse()?);
/// assert_eq!(
///     "1.0_1".parse::<Version>().unwrap_err().to_string(),
///     "\"1.0_1\" is no version: '_' may not stand in an upstream version"
/// );
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone)]
pub struct Version(Box<str>);

impl Version {
    /// Parses bytes of an index.
    ///
    /// # Errors
    /// [`Kind::Malformed`], naming the part that breaks the rules.
    pub fn parse(version: &[u8]) -> Result<Self, Error> {
        check(version).map_err(|fault| {
            let shown = String::from_utf8_lossy(&version[..version.len().min(SHOWN)]);
            Error::new(Kind::Malformed, format!("{shown:?} is no version: {fault}"))
        })
    }

    /// The version as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number before the first colon, 0 where there is none.
    pub fn epoch(&self) -> u32 {
        match self.0.split_once(':') {
            Some((epoch, _)) => epoch.bytes().fold(0, |epoch, digit| epoch * 10 + u32::from(digit - b'0')),
            None => 0,
        }
    }

    /// What stands between the epoch and the revision.
    pub fn upstream(&self) -> &str {
        let rest = self.0.split_once(':').map_or(&*self.0, |(_, rest)| rest);
        rest.rsplit_once('-').map_or(rest, |(upstream, _)| upstream)
    }

    /// What stands behind the last hyphen, if there is one.
    pub fn revision(&self) -> Option<&str> {
        self.0.rsplit_once('-').map(|(_, revision)| revision)
    }
}

/// Bytes of a refused version that an error repeats.
const SHOWN: usize = 80;

/// The largest epoch that dpkg takes: it is an `int` there.
const MAX_EPOCH: u32 = i32::MAX as u32;

fn check(version: &[u8]) -> Result<Version, String> {
    let (epoch, rest) = match memchr::memchr(b':', version) {
        Some(colon) => (Some(&version[..colon]), &version[colon + 1..]),
        None => (None, version),
    };
    if let Some(epoch) = epoch {
        check_epoch(epoch)?;
    }
    let (upstream, revision) = match memchr::memrchr(b'-', rest) {
        Some(hyphen) => (&rest[..hyphen], Some(&rest[hyphen + 1..])),
        None => (rest, None),
    };
    match upstream.first() {
        None if version.is_empty() => return Err("it is empty".into()),
        None => return Err("its upstream version is empty".into()),
        Some(first) if !first.is_ascii_digit() => return Err("its upstream version does not start with a digit".into()),
        Some(_) => {}
    }
    check_bytes(upstream, &IN_UPSTREAM, "an upstream version")?;
    match revision {
        Some([]) => return Err("its revision is empty".into()),
        Some(revision) => check_bytes(revision, &IN_REVISION, "a revision")?,
        None => {}
    }
    let version = std::str::from_utf8(version).map_err(|_| "it is not ASCII".to_owned())?;
    Ok(Version(version.into()))
}

fn check_epoch(epoch: &[u8]) -> Result<(), String> {
    if epoch.is_empty() {
        return Err("its epoch is empty".into());
    }
    let mut number: u32 = 0;
    for &digit in epoch {
        if !digit.is_ascii_digit() {
            return Err("its epoch is not a number".into());
        }
        number = number
            .checked_mul(10)
            .and_then(|number| number.checked_add(u32::from(digit - b'0')))
            .filter(|number| *number <= MAX_EPOCH)
            .ok_or_else(|| format!("its epoch is above {MAX_EPOCH}"))?;
    }
    Ok(())
}

fn check_bytes(part: &[u8], allowed: &[bool; 256], what: &str) -> Result<(), String> {
    match part.iter().find(|byte| !allowed[usize::from(**byte)]) {
        Some(byte) if byte.is_ascii() => Err(format!("{:?} may not stand in {what}", char::from(*byte))),
        Some(byte) => Err(format!("the byte {byte:#04x} may not stand in {what}")),
        None => Ok(()),
    }
}

const IN_UPSTREAM: [bool; 256] = alphanumeric_or(b".+-~:");
const IN_REVISION: [bool; 256] = alphanumeric_or(b".+~");

const fn alphanumeric_or(marks: &[u8]) -> [bool; 256] {
    let mut allowed = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        allowed[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut mark = 0;
    while mark < marks.len() {
        allowed[marks[mark] as usize] = true;
        mark += 1;
    }
    allowed
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(version: &str) -> Result<Self, Error> {
        Self::parse(version.as_bytes())
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut key = Vec::new();
        sort_key(self.0.as_bytes(), &mut key);
        state.write(&key);
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_say_why() {
        for (version, why) in [
            ("", "it is empty"),
            (":1", "its epoch is empty"),
            ("1:", "its upstream version is empty"),
            ("-1", "its upstream version is empty"),
            ("1-", "its revision is empty"),
            ("a1", "its upstream version does not start with a digit"),
            ("a:1", "its epoch is not a number"),
            ("+1:1", "its epoch is not a number"),
            ("2147483648:1", "its epoch is above 2147483647"),
            ("1 ", "' ' may not stand in an upstream version"),
            ("1-\u{e9}", "the byte 0xc3 may not stand in a revision"),
        ] {
            let error = Version::parse(version.as_bytes()).expect_err(version);
            assert_eq!(error.kind(), Kind::Malformed);
            assert_eq!(error.message(), format!("{version:?} is no version: {why}"));
        }
    }
}
