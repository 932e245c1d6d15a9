//! One header of a tar archive.

use super::BLOCK;

pub(super) struct Header {
    pub(super) path: Vec<u8>,
    pub(super) link: Vec<u8>,
    pub(super) flag: u8,
    pub(super) size: u64,
    pub(super) mtime: i64,
}

impl Header {
    /// Parses a block; none for the block of zeros that ends an archive.
    pub(super) fn parse(block: &[u8; BLOCK]) -> Result<Option<Self>, String> {
        let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
        if sum == 0 {
            return Ok(None);
        }
        let own: u64 = block[148..156].iter().map(|byte| u64::from(*byte)).sum();
        // The checksum is made with blanks in its own place.
        if number(&block[148..156]).ok_or("a checksum is not a number")? != (sum - own + 8 * 32) as i64 {
            return Err("a checksum is wrong".to_owned());
        }
        let size = number(&block[124..136]).ok_or("a size is not a number")?;
        let size = u64::try_from(size).map_err(|_| "a size is negative")?;
        // A time that can't be read decides nothing.
        let mtime = number(&block[136..148]).unwrap_or(0);
        let mut path = text(&block[..100]).to_vec();
        let prefix = text(&block[345..500]);
        // Only POSIX ustar has a prefix; GNU keeps other things there.
        if &block[257..263] == b"ustar\0" && !prefix.is_empty() {
            path = [prefix, b"/", &path].concat();
        }
        Ok(Some(Self { path, link: text(&block[157..257]).to_vec(), flag: block[156], size, mtime }))
    }
}

/// The bytes before the first NUL.
fn text(field: &[u8]) -> &[u8] {
    &field[..memchr::memchr(0, field).unwrap_or(field.len())]
}

/// A number in octal digits between blanks and NULs, or in GNU's base 256; an empty field is 0.
fn number(field: &[u8]) -> Option<i64> {
    match field[0] {
        // Base 256, big-endian and two's complement; the highest bit of all only marks it.
        first @ (0x80 | 0xff) => {
            let (high, low) = field.split_at(field.len().saturating_sub(8).max(1));
            let sign = if first == 0xff { 0xff } else { 0 };
            let mut value = [sign; 8];
            value[8 - low.len()..].copy_from_slice(low);
            let value = i64::from_be_bytes(value);
            let fits = high[1..].iter().all(|byte| *byte == sign) && (value < 0) == (sign != 0);
            fits.then_some(value)
        }
        _ => {
            let digits = text(field).trim_ascii();
            if digits.is_empty() {
                return Some(0);
            }
            let octal = |value: i64, digit: &u8| match digit {
                b'0'..=b'7' => Some(value << 3 | i64::from(digit - b'0')),
                _ => None,
            };
            digits.iter().try_fold(0, octal)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"   644 \0"), Some(0o644));
        assert_eq!(number(b"\0\0\0\0\0\0\0\0"), Some(0));
        assert_eq!(number(b"77777777777\0"), Some(0o77_777_777_777));
        assert_eq!(number(b"00000648"), None);
        assert_eq!(number(b"-0000644"), None);
        assert_eq!(number(b"+0000644"), None);
        assert_eq!(number(b"\x80\0\0\0\0\0\0\x02\0\0\0\0"), Some(2 << 32));
        assert_eq!(number(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe"), Some(-2));
        assert_eq!(number(b"\x80\0\0\x01\0\0\0\x02\0\0\0\0"), None);
        assert_eq!(number(b"\x80\0\0\0\x80\0\0\x02\0\0\0\0"), None);
    }
}
