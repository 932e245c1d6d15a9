//! Versions as bytes that sort by themselves.

use super::{LETTERS, NUMBER, Parts, WEIGHTS, without_zeros};

/// Appends a form of `version` whose plain byte order is the order of [`compare`](super::compare), for all input.
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
    // Room for most at once: two bytes for each number, one for each other byte.
    out.reserve(version.len() * 2);
    let parts = Parts::of(version);
    push_number(parts.epoch, out);
    push_part(parts.upstream, out);
    push_part(parts.revision, out);
}

/// The most digits, without leading zeros, that are counted in the byte of [`NUMBER`] itself.
const LONGEST_SHORT: u8 = 6;

/// The byte before the length of a longer number.
const LONG_NUMBER: u8 = NUMBER + LONGEST_SHORT + 1;

const _: () = assert!(LONG_NUMBER < LETTERS);

/// Pushes the key of a part: a row of ranks of non-digits and numbers in turn.
///
/// At the end of a run of non-digits there always is a number, if need be 0. Behind the last number stands one more
/// [`NUMBER`], where a longer part would have a non-digit: so the longer one sorts above, unless that is a tilde.
fn push_part(mut part: &[u8], out: &mut Vec<u8>) {
    loop {
        let letters = part.iter().take_while(|byte| !byte.is_ascii_digit()).count();
        out.extend(part[..letters].iter().map(|byte| WEIGHTS[usize::from(*byte)]));
        part = &part[letters..];
        let digits = part.iter().take_while(|byte| byte.is_ascii_digit()).count();
        push_number(&part[..digits], out);
        part = &part[digits..];
        if part.is_empty() {
            return out.push(NUMBER);
        }
    }
}

/// Pushes the digits of a number without leading zeros, behind their count.
fn push_number(digits: &[u8], out: &mut Vec<u8>) {
    let digits = without_zeros(digits);
    match u8::try_from(digits.len()) {
        Ok(length @ 0..=LONGEST_SHORT) => out.push(NUMBER + length),
        Ok(length @ 0..=254) => out.extend([LONG_NUMBER, length]),
        _ => {
            out.extend([LONG_NUMBER, u8::MAX]);
            out.extend((digits.len() as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(digits);
}
