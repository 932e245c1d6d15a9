//! The packets of a signature block, told apart before any of them is parsed.

use super::rule::Rule;
use crate::error::{Error, Result};

/// The tag of a signature packet (RFC 9580 section 5).
const SIGNATURE: u8 = 2;

/// Splits `bytes` into the bodies of signature packets.
///
/// Any other packet is refused (a compressed one could grow without bound), as
/// are indeterminate and partial lengths, which no signature needs.
pub(crate) fn split(mut bytes: &[u8], limit: usize) -> Result<Vec<&[u8]>> {
    let mut packets = Vec::new();
    while !bytes.is_empty() {
        let (tag, start, length) = header(bytes).ok_or_else(|| broken("a damaged or unbounded packet header"))?;
        if tag != SIGNATURE {
            return Err(broken(&format!("a packet of type {tag} where only signatures belong")));
        }
        if packets.len() == limit {
            return Err(Rule::SignatureCount.broken(format!("there are more than {limit} signature packets")));
        }
        if length > bytes.len() {
            return Err(broken("a packet is cut short"));
        }
        packets.push(&bytes[start..length]);
        bytes = &bytes[length..];
    }
    Ok(packets)
}

/// The tag of the first packet, where its body starts and where it ends.
fn header(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let first = *bytes.first()?;
    let number = |at: usize, size: usize| -> Option<usize> {
        Some(bytes.get(at..at + size)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    };
    let (tag, start, body) = match first >> 6 {
        0b11 => {
            let (start, body) = match *bytes.get(1)? {
                one @ 0..=191 => (2, usize::from(one)),
                one @ 192..=223 => (3, ((usize::from(one) - 192) << 8) + number(2, 1)? + 192),
                255 => (6, number(2, 4)?),
                224..=254 => return None,
            };
            (first & 0x3f, start, body)
        }
        0b10 => {
            let size = match first & 3 {
                0 => 1,
                1 => 2,
                2 => 4,
                _ => return None,
            };
            (first >> 2 & 0x0f, 1 + size, number(1, size)?)
        }
        _ => return None,
    };
    Some((tag, start, start.checked_add(body)?))
}

fn broken(message: &str) -> Error {
    Rule::FramingPacket.broken(format!("the signature block holds {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_header_formats_and_every_length_form() {
        let mut bytes = vec![0x88, 1, 4, 0x89, 0, 1, 4, 0x8a, 0, 0, 0, 1, 4, 0xc2, 1, 4, 0xc2, 255, 0, 0, 0, 1, 4];
        bytes.extend([0xc2, 192, 0]);
        bytes.extend([4; 192]);
        let packets = split(&bytes, 16).expect("signature packets");
        assert_eq!(packets.iter().map(|p| p.len()).collect::<Vec<_>>(), [1, 1, 1, 1, 1, 192]);
        assert_eq!(split(&bytes, 5).expect_err("six").broken_rule(), Some("signature-count"));
    }

    #[test]
    fn other_packets_and_lengths() {
        for wrong in [
            &[0x8b, 4][..],
            &[0xc2, 224, 4],
            &[0x99, 0, 1, 4],
            &[0xc8, 1, 1],
            &[0x88, 2, 4],
            &[0x88],
            &[0x0a],
            &[0xc2, 255, 255, 255, 255, 255],
        ] {
            assert_eq!(
                split(wrong, 16).expect_err("not signatures").broken_rule(),
                Some("framing-packet"),
                "{wrong:x?}"
            );
        }
    }
}
