//! Records: the values of a row, with their types before them.

use std::ops::Range;

use reposnap::Result;

use crate::rpm::malformed;

/// A value; texts and blobs by where they stand in the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Float,
    Blob(Range<usize>),
    Text(Range<usize>),
}

/// The first `wanted` values of a record; fewer where it has fewer.
pub(super) fn values(payload: &[u8], wanted: usize) -> Result<Vec<Value>> {
    let broken = || malformed("a row of the database is damaged");
    let (header, mut at) = varint(payload, 0).ok_or_else(broken)?;
    let header = usize::try_from(header).ok().filter(|end| *end <= payload.len() && *end >= at).ok_or_else(broken)?;
    let mut body = header;
    let mut values = Vec::with_capacity(wanted);
    while at < header && values.len() < wanted {
        let (serial, next) = varint(&payload[..header], at).ok_or_else(broken)?;
        at = next;
        let length = match serial {
            0 | 8 | 9 | 12 | 13 => 0,
            1..=4 => serial,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return Err(broken()),
            _ => (serial - 12) / 2,
        };
        let end = usize::try_from(length).ok().and_then(|length| body.checked_add(length)).ok_or_else(broken)?;
        let bytes = payload.get(body..end).ok_or_else(broken)?;
        values.push(match serial {
            0 => Value::Null,
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            1..=6 => Value::Integer(integer(bytes)),
            7 => Value::Float,
            _ if serial % 2 == 0 => Value::Blob(body..end),
            _ => Value::Text(body..end),
        });
        body = end;
    }
    Ok(values)
}

/// A big-endian number in two's complement, of one to eight bytes.
fn integer(bytes: &[u8]) -> i64 {
    let sign = if bytes.first().is_some_and(|first| *first >= 0x80) { -1 } else { 0 };
    bytes.iter().fold(sign, |number, byte| number << 8 | i64::from(*byte))
}

/// The varint at `at`, and where it ends: seven bits a byte, the highest first; a ninth byte has eight.
pub(super) fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut number = 0;
    for (place, byte) in bytes.get(at..)?.iter().take(9).enumerate() {
        if place == 8 {
            return Some((number << 8 | u64::from(*byte), at + 9));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if *byte < 0x80 {
            return Some((number, at + place + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_end() {
        assert_eq!(varint(&[0x7f], 0), Some((127, 1)));
        assert_eq!(varint(&[0x81, 0x00], 0), Some((128, 2)));
        assert_eq!(varint(&[0xff; 9], 0), Some((u64::MAX, 9)));
        assert_eq!(varint(&[0xff; 8], 0), None);
        assert_eq!(varint(&[], 0), None);
    }

    #[test]
    fn values_stay_within_the_record() {
        assert_eq!(
            values(&[4, 0, 2, 16, 0xff, 0xfe, 7, 8], 3).unwrap(),
            [Value::Null, Value::Integer(-2), Value::Blob(6..8)]
        );
        assert_eq!(values(&[2, 9], 4).unwrap(), [Value::Integer(1)]);
        for wrong in [&[][..], &[9, 0], &[3, 0], &[2, 20, 1], &[2, 10], &[0, 1], &[2, 0x81]] {
            assert!(values(wrong, 2).is_err(), "{wrong:?}");
        }
    }
}
