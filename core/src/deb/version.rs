//! Versions of Debian packages: dpkg's order, a sortable form of it, and what a version may look like.
//!
//! The order is that of deb-version(7) and Debian policy 5.6.12. A version is cut at its first colon (before it: the
//! epoch) and at its last hyphen (behind it: the revision). The parts are compared in turn; within a part, runs of
//! non-digits and runs of digits alternate. Several spellings are equal: `1.0`, `1.0-0`, `0:1.0` and `1.00`.

use std::cmp::Ordering;

mod key;
mod operator;
mod parsed;

pub use key::sort_key;
pub use operator::Op;
pub use parsed::Version;

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

/// Whether version `a` stands in the relation `op` to version `b`.
///
/// ```
/// use reposnap::deb::version::{Op, satisfies};
/// assert!(satisfies(Op::LaterOrEqual, b"3.0.17-1~deb12u2", b"3.0.0"));
/// ```
pub fn satisfies(op: Op, a: &[u8], b: &[u8]) -> bool {
    op.holds(compare(a, b))
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

/// The rank of a digit and of the end.
const NUMBER: u8 = 2;

/// The lowest rank of a letter; keys use those between it and [`NUMBER`] for lengths of numbers.
const LETTERS: u8 = 10;

/// dpkg's order of characters: tilde, end or digit, letters, everything else.
const WEIGHTS: [u8; 256] = {
    let mut weights = [NUMBER; 256];
    weights[b'~' as usize] = TILDE;
    let mut next = LETTERS;
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
}
