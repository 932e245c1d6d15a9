//! DER (ITU-T X.690 section 10), as much of it as keys need: read strictly, with one spelling of every length, and written.

/// Tags.
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OID: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
/// `[0]` and `[1]`, constructed and not.
pub(crate) const CONTEXT_0: u8 = 0xa0;
pub(crate) const CONTEXT_1: u8 = 0xa1;
pub(crate) const CONTEXT_1_PRIMITIVE: u8 = 0x81;

/// Bytes being read. Every method gives nothing where they are not what was asked for; what was read is then in doubt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether everything was read.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next value's tag.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The content of the next value, which has this tag.
    pub(crate) fn value(&mut self, tag: u8) -> Option<&'a [u8]> {
        let rest = self.0.strip_prefix(&[tag])?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            // Longer forms where a shorter would do are not DER. No key has more than 64 KiB.
            0x81 => {
                let (&length, rest) = rest.split_first()?;
                (length >= 0x80).then_some((usize::from(length), rest))?
            }
            0x82 => {
                let (digits, rest) = rest.split_first_chunk::<2>()?;
                let length = u16::from_be_bytes(*digits);
                (length >= 0x100).then_some((usize::from(length), rest))?
            }
            _ => return None,
        };
        let value = rest.get(..length)?;
        self.0 = &rest[length..];
        Some(value)
    }

    /// A reader of the next value's content.
    pub(crate) fn inside(&mut self, tag: u8) -> Option<Reader<'a>> {
        self.value(tag).map(Reader)
    }

    /// A whole number of any size that is not negative: its digits without leading zeros, none for 0.
    pub(crate) fn number(&mut self) -> Option<&'a [u8]> {
        match self.value(INTEGER)? {
            [] | [0x80..=0xff, ..] => None,
            [0] => Some(&[]),
            [0, 0..=0x7f, ..] => None,
            [0, digits @ ..] => Some(digits),
            digits => Some(digits),
        }
    }

    /// A bit string of whole bytes.
    pub(crate) fn bits(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.value(tag)?.strip_prefix(&[0])
    }
}

/// A value of `tag` whose content is `parts` one after another; at most 64 KiB.
pub(crate) fn write(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    debug_assert!(length <= 0xffff);
    let mut out = vec![tag];
    match length {
        0..=0x7f => out.push(length as u8),
        0x80..=0xff => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_at_every_length() {
        for length in [0, 1, 127, 128, 255, 256, 4000, 65535] {
            let content = vec![7; length];
            let bytes = write(OCTET_STRING, &[&content]);
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.value(OCTET_STRING), Some(&content[..]));
            assert!(reader.is_empty());
            for end in (0..bytes.len()).step_by(97) {
                assert_eq!(Reader::new(&bytes[..end]).value(OCTET_STRING), None);
            }
        }
    }

    #[test]
    fn one_spelling_only() {
        for wrong in [
            &[4, 0x80, 0, 0][..],
            &[4, 0x81, 1, 0],
            &[4, 0x82, 0, 1, 0],
            &[4, 0x83, 0, 0, 1, 0],
            &[4, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[4],
            &[],
            &[5, 0],
        ] {
            assert_eq!(Reader::new(wrong).value(OCTET_STRING), None, "{wrong:x?}");
        }
    }

    #[test]
    fn numbers_are_minimal_and_not_negative() {
        let number = |content: &[u8]| Reader::new(&write(INTEGER, &[content])).number().map(<[u8]>::to_vec);
        assert_eq!(number(&[0]), Some(vec![]));
        assert_eq!(number(&[1]), Some(vec![1]));
        assert_eq!(number(&[0, 0x80]), Some(vec![0x80]));
        assert_eq!(number(&[0x7f, 0xff]), Some(vec![0x7f, 0xff]));
        for wrong in [&[][..], &[0x80], &[0xff, 1], &[0, 1], &[0, 0], &[0, 0, 0x80], &[0, 0x7f, 1]] {
            assert_eq!(number(wrong), None, "{wrong:x?}");
        }
    }
}
