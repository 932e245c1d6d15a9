//! Versions of Debian packages: dpkg's order, a sortable form of it, and what a version may look like.
//!
//! The order is that of deb-version(7) and Debian policy 5.6.12. A version is cut at its first colon (before it: the
//! epoch) and at its last hyphen (behind it: the revision). The parts are compared in turn; within a part, runs of
//! non-digits and runs of digits alternate. Several spellings are equal: `1.0`, `1.0-0`, `0:1.0` and `1.00`.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind};

/// Compares two versions in dpkg's order.
///
/// The order is total on any bytes, so that hostile input can be sorted too. Where dpkg would refuse a version, this
/// goes on: what stands before the first colon is an epoch only if it is all digits (of any length), and belongs to the
/// upstream version otherwise; bytes that no version may hold sort behind the letters, by their value.
///
/// ```
/// use std::cmp::Ordering;
/// use reposnap::deb::version::compare;
/// assert_eq!(compare(b"1.0~rc1-1", b"1.0-1"), Ordering::Less);
/// assert_eq!(compare(b"1.10", b"1.9"), Ordering::Greater);
/// assert_eq!(compare(b"1.0", b"0:1.0-0"), Ordering::Equal);
/// ```
pub fn compare(a: &[u8], b: &[u8]) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let (a, b) = (Parts::of(a), Parts::of(b));
    compare_numbers(a.epoch, b.epoch)
        .then_with(|| compare_part(a.upstream, b.upstream))
        .then_with(|| compare_part(a.revision, b.revision))
}

/// Appends a form of `version` whose plain byte order is the order of [`compare`], for all input.
///
/// Equal versions have equal keys. No key is the beginning of another one, so more bytes may follow a key as a tie
/// breaker. A key is about as long as its version.
///
/// ```
/// use reposnap::deb::version::sort_key;
/// let key = |version: &str| {
///     let mut key = Vec::new();
///     sort_key(version.as_bytes(), &mut key);
///     key
/// };
/// assert!(key("1.0~rc1-1") < key("1.0-1"));
/// assert_eq!(key("1.0"), key("0:1.0-0"));
/// ```
pub fn sort_key(version: &[u8], out: &mut Vec<u8>) {
    out.reserve(version.len() + 8);
    write_key(version, |bytes| out.extend_from_slice(bytes));
}

/// Whether version `a` stands in the relation `op` to version `b`.
///
/// ```
/// use reposnap::deb::version::{Op, satisfies};
/// assert!(satisfies(Op::LaterOrEqual, b"3.0.17-1~deb12u2", b"3.0.0"));
/// ```
pub fn satisfies(op: Op, a: &[u8], b: &[u8]) -> bool {
    op.holds(compare(a, b))
}

/// A relation between two versions (Debian policy 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// `<<`
    Earlier,
    /// `<=`
    EarlierOrEqual,
    /// `=`
    Equal,
    /// `>=`
    LaterOrEqual,
    /// `>>`
    Later,
}

impl Op {
    /// The operator as policy writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Op::Earlier => "<<",
            Op::EarlierOrEqual => "<=",
            Op::Equal => "=",
            Op::LaterOrEqual => ">=",
            Op::Later => ">>",
        }
    }

    /// Whether the relation holds between two versions that compare as `order`.
    pub const fn holds(self, order: Ordering) -> bool {
        match self {
            Op::Earlier => order.is_lt(),
            Op::EarlierOrEqual => order.is_le(),
            Op::Equal => order.is_eq(),
            Op::LaterOrEqual => order.is_ge(),
            Op::Later => order.is_gt(),
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

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
    check_bytes(upstream, b".+-~:", "an upstream version")?;
    match revision {
        Some([]) => return Err("its revision is empty".into()),
        Some(revision) => check_bytes(revision, b".+~", "a revision")?,
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

fn check_bytes(part: &[u8], marks: &[u8], what: &str) -> Result<(), String> {
    match part.iter().find(|byte| !byte.is_ascii_alphanumeric() && !marks.contains(byte)) {
        Some(byte) if byte.is_ascii() => Err(format!("{:?} may not stand in {what}", char::from(*byte))),
        Some(byte) => Err(format!("the byte {byte:#04x} may not stand in {what}")),
        None => Ok(()),
    }
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
        write_key(self.0.as_bytes(), |bytes| state.write(bytes));
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

/// The three parts of a version. A missing epoch or revision is empty, which compares as the number 0.
struct Parts<'a> {
    epoch: &'a [u8],
    upstream: &'a [u8],
    revision: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(version: &'a [u8]) -> Self {
        let digits = version.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (epoch, rest) = match version.get(digits) {
            Some(b':') => (&version[..digits], &version[digits + 1..]),
            _ => (&version[..0], version),
        };
        let (upstream, revision) = match rest.iter().rposition(|byte| *byte == b'-') {
            Some(hyphen) => (&rest[..hyphen], &rest[hyphen + 1..]),
            None => (rest, &rest[..0]),
        };
        Self { epoch, upstream, revision }
    }
}

/// Compares runs of digits by their value, whatever their length.
fn compare_numbers(a: &[u8], b: &[u8]) -> Ordering {
    let (a, b) = (without_zeros(a), without_zeros(b));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn without_zeros(number: &[u8]) -> &[u8] {
    &number[number.iter().take_while(|digit| **digit == b'0').count()..]
}

fn compare_part(a: &[u8], b: &[u8]) -> Ordering {
    // Both sides read a common beginning the same way, up to the start of the run of digits that the difference is in.
    let mut start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    if start == a.len() && start == b.len() {
        return Ordering::Equal;
    }
    while start > 0 && a[start - 1].is_ascii_digit() {
        start -= 1;
    }
    let (mut a, mut b) = (&a[start..], &b[start..]);
    loop {
        loop {
            let (weight_a, weight_b) = (weight(a), weight(b));
            if weight_a != weight_b {
                return weight_a.cmp(&weight_b);
            }
            if weight_a == NUMBER {
                break;
            }
            (a, b) = (&a[1..], &b[1..]);
        }
        if a.is_empty() && b.is_empty() {
            return Ordering::Equal;
        }
        let digits_a = a.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let digits_b = b.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let order = compare_numbers(&a[..digits_a], &b[..digits_b]);
        if order.is_ne() {
            return order;
        }
        (a, b) = (&a[digits_a..], &b[digits_b..]);
    }
}

/// The rank of the next byte, where the end ranks as a digit does: both end a run of non-digits.
fn weight(part: &[u8]) -> u8 {
    part.first().map_or(NUMBER, |byte| WEIGHTS[usize::from(*byte)])
}

/// The rank of a tilde: before everything, even the end.
const TILDE: u8 = 1;

/// The rank of a digit and of the end. Keys use this rank and the [`LONGEST_SHORT`] + 1 ranks above it to say how many
/// digits follow.
const NUMBER: u8 = 2;

/// The most digits, without leading zeros, that a key counts in the rank byte itself.
const LONGEST_SHORT: u8 = 6;

/// The rank in keys of a number that is longer; its length follows.
const LONG_NUMBER: u8 = NUMBER + LONGEST_SHORT + 1;

/// dpkg's order of characters: tilde, end or digit, letters, everything else.
const WEIGHTS: [u8; 256] = {
    let mut weights = [NUMBER; 256];
    weights[b'~' as usize] = TILDE;
    let mut next = LONG_NUMBER + 1;
    let mut byte = 0;
    while byte < 256 {
        if (byte as u8).is_ascii_alphabetic() {
            weights[byte] = next;
            next += 1;
        }
        byte += 1;
    }
    byte = 0;
    while byte < 256 {
        if !(byte as u8).is_ascii_alphanumeric() && byte as u8 != b'~' {
            weights[byte] = next;
            // The last of these 193 bytes gets the rank 254.
            next += 1;
        }
        byte += 1;
    }
    weights
};

/// Writes the sort key of `version` piece by piece.
///
/// Each part is a row of: the ranks of some non-digits, then a number. A number is its digits without leading zeros,
/// behind their count; at the end of a run of non-digits there always is one, if need be 0. Then one more [`NUMBER`]
/// ends the part, where a longer one would have a non-digit: that sorts above only if it isn't a tilde.
fn write_key(version: &[u8], mut write: impl FnMut(&[u8])) {
    let parts = Parts::of(version);
    write_number(parts.epoch, &mut write);
    write_part(parts.upstream, &mut write);
    write_part(parts.revision, &mut write);
}

fn write_part(mut part: &[u8], write: &mut impl FnMut(&[u8])) {
    loop {
        while let Some((byte, rest)) = part.split_first()
            && !byte.is_ascii_digit()
        {
            write(&[WEIGHTS[usize::from(*byte)]]);
            part = rest;
        }
        let digits = part.iter().take_while(|byte| byte.is_ascii_digit()).count();
        write_number(&part[..digits], write);
        part = &part[digits..];
        if part.is_empty() {
            return write(&[NUMBER]);
        }
    }
}

fn write_number(digits: &[u8], write: &mut impl FnMut(&[u8])) {
    let digits = without_zeros(digits);
    match u8::try_from(digits.len()) {
        Ok(length @ 0..=LONGEST_SHORT) => write(&[NUMBER + length]),
        Ok(length @ ..=254) => write(&[LONG_NUMBER, length]),
        _ => {
            write(&[LONG_NUMBER, u8::MAX]);
            write(&(digits.len() as u64).to_be_bytes());
        }
    }
    write(digits);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(version: &[u8]) -> Vec<u8> {
        let mut key = Vec::new();
        sort_key(version, &mut key);
        key
    }

    #[test]
    fn every_byte_has_its_rank() {
        assert_eq!(WEIGHTS.iter().max(), Some(&254));
        let mut ranks: Vec<u8> =
            (0..=255).filter(|byte: &u8| !byte.is_ascii_digit()).map(|b| WEIGHTS[usize::from(b)]).collect();
        ranks.sort_unstable();
        ranks.dedup();
        assert_eq!(ranks.len(), 246);
        assert!(WEIGHTS[usize::from(b'z')] < WEIGHTS[usize::from(b'+')]);
    }

    #[test]
    fn sorted_as_the_manual_says() {
        // The example of deb-version(7), and neighbours at each edge.
        let sorted: [&[u8]; 14] =
            [b"~~", b"~~a", b"~", b"", b"1~", b"1", b"1a~", b"1a", b"1a1", b"1aa", b"1+", b"1.0", b"a", b"1:0"];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(compare(a, b), i.cmp(&j), "{a:?} {b:?}");
                assert_eq!(key(a).cmp(&key(b)), i.cmp(&j), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn equal_however_written() {
        for (a, b) in [("1.0", "1.0-0"), ("1.0", "0:1.0"), ("1.0", "000:1.00-"), ("1a", "1a0"), ("", "0"), ("01", "1")]
        {
            assert_eq!(compare(a.as_bytes(), b.as_bytes()), Ordering::Equal, "{a} {b}");
            assert_eq!(key(a.as_bytes()), key(b.as_bytes()), "{a} {b}");
        }
    }

    #[test]
    fn long_numbers() {
        let nines = |count: usize| vec![b'9'; count];
        for count in [1, 5, 6, 7, 8, 9, 19, 20, 40, 253, 254, 255, 256, 257, 70_000] {
            let (shorter, longer) = (nines(count), nines(count + 1));
            let zeros = [&b"0000"[..], &shorter].concat();
            assert_eq!(compare(&shorter, &longer), Ordering::Less);
            assert!(key(&shorter) < key(&longer), "{count}");
            assert_eq!(key(&shorter), key(&zeros), "{count}");
            assert_eq!(compare(&shorter, &zeros), Ordering::Equal);
        }
    }

    #[test]
    fn operators() {
        let held: Vec<&str> = [Op::Earlier, Op::EarlierOrEqual, Op::Equal, Op::LaterOrEqual, Op::Later]
            .into_iter()
            .filter(|op| satisfies(*op, b"1.0", b"1.0-0"))
            .map(Op::as_str)
            .collect();
        assert_eq!(held, ["<=", "=", ">="]);
    }

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
            let error = version.parse::<Version>().unwrap_err();
            assert_eq!(error.kind(), Kind::Malformed);
            assert_eq!(error.message(), format!("{version:?} is no version: {why}"));
        }
    }
}
