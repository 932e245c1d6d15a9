//! Versions of rpm packages: `[EPOCH:]VERSION[-RELEASE]`, in rpm's order (rpm-version(7), "Version comparison").
//!
//! A version is read as a run of tokens: digits, letters, `~` and `^`; whatever else stands between them only separates.
//! Numbers compare by value, letters as bytes, and of two different tokens the later one here wins: `~`, the end, `^`,
//! letters, a number. So `1.0~rc1` is before `1.0`, `1.0^git1` behind it, and both are before `1.0.1`. Several spellings
//! are equal: `1.0`, `1_0` and `01.00`.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use reposnap::{Error, Kind, Result};

/// An epoch, a version and a release, in rpm's order.
///
/// Equality is that of the order: spellings that rpm can't tell apart are equal, and have the same hash. A missing epoch is
/// the epoch 0; a missing release is before every release.
///
/// ```
/// use reposnap_image::rpm::version::Evr;
/// let evr = |text: &str| text.parse::<Evr>().unwrap();
/// assert!(evr("1.0~rc1-1.el9") < evr("1.0-1.el9"));
/// assert!(evr("1.0^20240101git-1") > evr("1.0-1") && evr("1.0^20240101git-1") < evr("1.0.1-1"));
/// assert!(evr("1:0.9-1") > evr("2.0-1"));
/// assert_eq!(evr("0:1.0-1"), evr("1.00-1"));
/// ```
#[derive(Clone, Debug)]
pub struct Evr {
    text: String,
    /// Where the version starts, and where the release does.
    version_at: usize,
    release_at: Option<usize>,
}

impl Evr {
    /// The epoch's digits, where one is written; `0` where only its colon is.
    pub fn epoch(&self) -> Option<&str> {
        match self.version_at {
            0 => None,
            1 => Some("0"),
            at => self.text.get(..at - 1),
        }
    }

    /// The version.
    pub fn version(&self) -> &str {
        let end = self.release_at.map_or(self.text.len(), |at| at - 1);
        self.text.get(self.version_at..end).unwrap_or_default()
    }

    /// The release, where one is written.
    pub fn release(&self) -> Option<&str> {
        self.release_at.and_then(|at| self.text.get(at..))
    }

    /// What stands before a comparison: the epoch, the version and the release as bytes.
    fn parts(&self) -> (&[u8], &[u8], Option<&[u8]>) {
        (self.epoch().unwrap_or("0").as_bytes(), self.version().as_bytes(), self.release().map(str::as_bytes))
    }
}

impl FromStr for Evr {
    type Err = Error;

    /// Digits before the first colon are the epoch; what is behind the last hyphen is the release.
    ///
    /// # Errors
    /// `Kind::Usage` for an empty text; rpm takes all others.
    fn from_str(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Err(Error::new(Kind::Usage, "a version is empty").help("write [EPOCH:]VERSION[-RELEASE]"));
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let version_at = if text.as_bytes().get(digits) == Some(&b':') { digits + 1 } else { 0 };
        // The last hyphen of the whole: an epoch has none.
        let release_at = text.rfind('-').map(|at| at + 1);
        Ok(Self { text: text.to_string(), version_at, release_at })
    }
}

impl fmt::Display for Evr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Ord for Evr {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (self.parts(), other.parts());
        compare_part(a.0, b.0).then_with(|| compare_part(a.1, b.1)).then_with(|| match (a.2, b.2) {
            (Some(a), Some(b)) => compare_part(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        })
    }
}

impl PartialOrd for Evr {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Evr {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Evr {}

impl Hash for Evr {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (epoch, version, release) = self.parts();
        let mut part = |bytes| Tokens(bytes).for_each(|token| token.hash(state));
        part(epoch);
        part(version);
        release.is_some().hash(state);
        Tokens(release.unwrap_or_default()).for_each(|token| token.hash(state));
    }
}

/// Compares two versions, epochs and releases in them as [`Evr`] reads them. Total on any bytes.
///
/// ```
/// use std::cmp::Ordering;
/// assert_eq!(reposnap_image::rpm::version::compare("1:1.0-1", "2.0-1"), Ordering::Greater);
/// ```
pub fn compare(a: &str, b: &str) -> Ordering {
    match (a.parse::<Evr>(), b.parse::<Evr>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        // Only the empty text is no version.
        (a, b) => a.is_ok().cmp(&b.is_ok()),
    }
}

/// Compares two single parts, an epoch, a version or a release, as rpm does.
pub fn compare_part(a: &[u8], b: &[u8]) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let (mut a, mut b) = (Tokens(a), Tokens(b));
    loop {
        let (x, y) = (a.next().unwrap_or(Token::End), b.next().unwrap_or(Token::End));
        match x.cmp(&y) {
            Ordering::Equal if x == Token::End => return Ordering::Equal,
            Ordering::Equal => {}
            order => return order,
        }
    }
}

/// What versions are made of, in the order of what wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Token<'a> {
    Tilde,
    End,
    Caret,
    Letters(&'a [u8]),
    /// Digits without leading zeros: how many, and which.
    Number(usize, &'a [u8]),
}

struct Tokens<'a>(&'a [u8]);

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'~' | b'^');
        let start = self.0.iter().position(is_token)?;
        let rest = &self.0[start..];
        let run = |of: fn(&u8) -> bool| rest.iter().take_while(|byte| of(byte)).count();
        let (token, length) = match rest[0] {
            b'~' => (Token::Tilde, 1),
            b'^' => (Token::Caret, 1),
            b'0'..=b'9' => {
                let length = run(u8::is_ascii_digit);
                let zeros = rest[..length].iter().take_while(|digit| **digit == b'0').count();
                (Token::Number(length - zeros, &rest[zeros..length]), length)
            }
            _ => {
                let length = run(u8::is_ascii_alphabetic);
                (Token::Letters(&rest[..length]), length)
            }
        };
        self.0 = &rest[length..];
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_apart() {
        let evr: Evr = "2:1.0-rc-3.el9".parse().unwrap();
        assert_eq!((evr.epoch(), evr.version(), evr.release()), (Some("2"), "1.0-rc", Some("3.el9")));
        let evr: Evr = ":1.0".parse().unwrap();
        assert_eq!((evr.epoch(), evr.version(), evr.release()), (Some("0"), "1.0", None));
        let evr: Evr = "a:1".parse().unwrap();
        assert_eq!((evr.epoch(), evr.version(), evr.release()), (None, "a:1", None));
        assert_eq!("".parse::<Evr>().unwrap_err().kind(), Kind::Usage);
    }

    #[test]
    fn equal_versions_have_equal_hashes() {
        use std::collections::HashSet;
        let set: HashSet<Evr> = ["1.0-1", "0:1.0-1", "1_0-01", ":1..0-1."].map(|text| text.parse().unwrap()).into();
        assert_eq!(set.len(), 1);
        let set: HashSet<Evr> = ["1.0", "1.0-", "1.0~", "1.0^", "10"].map(|text| text.parse().unwrap()).into();
        assert_eq!(set.len(), 5);
    }
}
