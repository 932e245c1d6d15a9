//! Signed messages that carry their text (RFC 9580 section 10.3), as `gpg --sign` and the tools of container registries
//! write them: one-pass signature packets, one literal packet, the signatures; all of it in one compressed packet or in none.
//!
//! What is handed on is the literal packet's content and nothing else. Everything else that OpenPGP would allow (encryption,
//! messages in messages, markers, padding) is refused.

use std::io::Read as _;

use super::armor;
use super::policy::Policy;
use super::rule::Rule;
use crate::error::{Error, Result};

/// A message taken apart, nothing verified yet.
#[derive(Debug)]
pub(crate) struct Opaque {
    /// The content of the literal packet.
    pub(crate) text: Vec<u8>,
    /// The signature packets.
    pub(crate) signature: Vec<u8>,
}

/// Packet types (RFC 9580 section 5).
const SIGNATURE: u8 = 2;
const ONE_PASS: u8 = 4;
const COMPRESSED: u8 = 8;
const LITERAL: u8 = 11;

/// Takes a signed message apart: binary, or in armor.
pub(crate) fn split(message: &[u8], policy: &Policy) -> Result<Opaque> {
    let limit = policy.sizes().message;
    if message.len() > limit {
        return Err(too_large(limit).mismatch(format!("at most {limit} bytes"), format!("{} bytes", message.len())));
    }
    match message.first() {
        None => Err(Rule::FramingMessage.broken("the signed message is empty")),
        Some(b'-') => {
            let block = armor::read("MESSAGE", message)?;
            if !block.checksum_holds {
                return Err(Rule::FramingChecksum.broken("the armor's checksum is wrong"));
            }
            if !block.rest.is_empty() {
                return Err(Rule::FramingAfter.broken("something stands after the message").line(block.lines + 1));
            }
            packets(&block.bytes, policy)
        }
        Some(_) => packets(message, policy),
    }
}

fn packets(message: &[u8], policy: &Policy) -> Result<Opaque> {
    let limit = policy.sizes().message;
    let first = Packet::read(message, limit)?;
    if first.tag != COMPRESSED {
        return signed(message, policy);
    }
    if !first.rest.is_empty() {
        return Err(Rule::FramingAfter.broken("something stands after the compressed message"));
    }
    let message = decompress(&first.body, limit)?;
    signed(&message, policy)
}

fn signed(message: &[u8], policy: &Policy) -> Result<Opaque> {
    let (limit, most) = (policy.sizes().message, policy.sizes().packets);
    let (mut rest, mut announced, mut last) = (message, 0, false);
    loop {
        let packet = Packet::read(rest, limit)?;
        rest = packet.rest;
        match packet.tag {
            ONE_PASS if last => return Err(broken("a signed message inside a signed message")),
            ONE_PASS if announced == most => {
                return Err(Rule::SignatureCount.broken(format!("there are more than {most} signatures")));
            }
            ONE_PASS => {
                announced += 1;
                // Its last byte: whether the text comes next, or another of its kind.
                last = packet.body.last().is_some_and(|flag| *flag != 0);
            }
            LITERAL if last => {
                if rest.len() > policy.sizes().signature {
                    let limit = policy.sizes().signature;
                    return Err(Rule::SignatureSize
                        .broken("the signatures are too large")
                        .mismatch(format!("at most {limit} bytes"), format!("{} bytes", rest.len())));
                }
                // Which these are, and how many, is checked where they are split.
                if Packet::count(rest, limit)? != announced {
                    return Err(broken("other numbers of signatures before and behind the text"));
                }
                return Ok(Opaque { text: content(&packet.body)?, signature: rest.to_vec() });
            }
            LITERAL | SIGNATURE => return Err(broken("text that no signature is announced for")),
            other => return Err(broken(&format!("a packet of type {other}"))),
        }
    }
}

/// The content of a literal packet: behind the format, the name and the date, none of which is signed.
fn content(body: &[u8]) -> Result<Vec<u8>> {
    let name = body.get(1).map_or(usize::MAX, |length| usize::from(*length));
    match (body.first(), name.checked_add(6).and_then(|start| body.get(start..))) {
        (Some(b'b' | b't' | b'u'), Some(content)) => Ok(content.to_vec()),
        _ => Err(broken("a damaged literal packet")),
    }
}

/// Opens a compressed packet's body: uncompressed, ZIP or ZLIB. gpg writes nothing else unless it is told to.
fn decompress(body: &[u8], limit: usize) -> Result<Vec<u8>> {
    let (algorithm, data) = body.split_first().ok_or_else(|| broken("an empty compressed packet"))?;
    let most = limit as u64 + 1;
    let mut text = Vec::new();
    let read = match algorithm {
        0 => {
            text.extend_from_slice(data);
            Ok(&[][..])
        }
        1 => {
            let mut decoder = flate2::bufread::DeflateDecoder::new(data);
            decoder.by_ref().take(most).read_to_end(&mut text).map(|_| decoder.into_inner())
        }
        2 => {
            let mut decoder = flate2::bufread::ZlibDecoder::new(data);
            decoder.by_ref().take(most).read_to_end(&mut text).map(|_| decoder.into_inner())
        }
        other => return Err(broken(&format!("a packet that is compressed by algorithm {other}"))),
    };
    if text.len() > limit {
        return Err(too_large(limit));
    }
    match read {
        Ok([]) => Ok(text),
        Ok(_) => Err(broken("something behind the end of what is compressed")),
        Err(_) => Err(broken("damaged compressed data")),
    }
}

/// One packet of any type, and what stands behind it.
struct Packet<'a> {
    tag: u8,
    body: Vec<u8>,
    rest: &'a [u8],
}

/// What a packet's header says of its length.
enum Length {
    Whole(usize),
    /// The first of several pieces (RFC 9580 section 4.2.1.4).
    Partial(usize),
    /// To the end of the message.
    Rest,
}

impl<'a> Packet<'a> {
    fn read(bytes: &'a [u8], limit: usize) -> Result<Self> {
        let damaged = || broken("a damaged packet header");
        let first = *bytes.first().ok_or_else(|| Rule::FramingUnclosed.broken("the signed message is cut short"))?;
        let (tag, mut length, mut rest) = match first >> 6 {
            0b11 => {
                let (length, rest) = new_length(&bytes[1..]).ok_or_else(damaged)?;
                (first & 0x3f, length, rest)
            }
            0b10 => {
                let size = [1, 2, 4, 0][usize::from(first & 3)];
                let digits = bytes.get(1..1 + size).ok_or_else(damaged)?;
                let length = if size == 0 { Length::Rest } else { Length::Whole(number(digits)) };
                (first >> 2 & 0x0f, length, &bytes[1 + size..])
            }
            _ => return Err(Rule::FramingMessage.broken("this is not a signed OpenPGP message")),
        };
        // Only what carries text may be of a length that was not known when it was begun.
        if !matches!(length, Length::Whole(_)) && !matches!(tag, COMPRESSED | LITERAL) {
            return Err(damaged());
        }
        let mut body = Vec::new();
        loop {
            let (take, more) = match length {
                Length::Whole(take) => (take, false),
                Length::Partial(take) => (take, true),
                Length::Rest => (rest.len(), false),
            };
            let piece = rest.get(..take).ok_or_else(|| Rule::FramingUnclosed.broken("a packet is cut short"))?;
            if body.len() + piece.len() > limit {
                return Err(too_large(limit));
            }
            body.extend_from_slice(piece);
            rest = &rest[take..];
            if !more {
                return Ok(Self { tag, body, rest });
            }
            (length, rest) = new_length(rest).ok_or_else(damaged)?;
        }
    }

    /// How many packets `bytes` are.
    fn count(mut bytes: &[u8], limit: usize) -> Result<usize> {
        let mut count = 0;
        while !bytes.is_empty() {
            bytes = Packet::read(bytes, limit)?.rest;
            count += 1;
        }
        Ok(count)
    }
}

fn new_length(bytes: &[u8]) -> Option<(Length, &[u8])> {
    let size = match *bytes.first()? {
        one @ 0..=191 => return Some((Length::Whole(usize::from(one)), &bytes[1..])),
        one @ 192..=223 => {
            let low = usize::from(*bytes.get(1)?);
            return Some((Length::Whole(((usize::from(one) - 192) << 8) + low + 192), &bytes[2..]));
        }
        one @ 224..=254 => return Some((Length::Partial(1 << (one & 0x1f)), &bytes[1..])),
        255 => bytes.get(1..5)?,
    };
    Some((Length::Whole(number(size)), &bytes[5..]))
}

/// At most four bytes.
fn number(digits: &[u8]) -> usize {
    digits.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

fn too_large(limit: usize) -> Error {
    Rule::MessageSize.broken(format!("the signed message has more than {limit} bytes"))
}

fn broken(what: &str) -> Error {
    Rule::FramingPacket.broken(format!("the signed message holds {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openpgp::Limits;

    const ONE: &[u8] = &[0xc4, 13, 3, 0, 8, 22, 1, 2, 3, 4, 5, 6, 7, 8, 1];
    const TEXT: &[u8] = &[0xcb, 8, b'b', 0, 0, 0, 0, 0, b'h', b'i'];
    const SIG: &[u8] = &[0xc2, 2, 4, 0];

    fn rule(message: &[u8]) -> &'static str {
        split(message, &Policy::default()).map(|_| "none").unwrap_or_else(|e| e.broken_rule().unwrap_or("unnamed"))
    }

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = flate2::read::DeflateEncoder::new(bytes, flate2::Compression::best());
        encoder.read_to_end(&mut out).expect("compresses");
        out
    }

    #[test]
    fn what_is_a_signed_message() {
        let plain = [ONE, TEXT, SIG].concat();
        let split = |message: &[u8]| split(message, &Policy::default()).map(|o| (o.text, o.signature));
        assert_eq!(split(&plain).expect("plain"), (b"hi".to_vec(), SIG.to_vec()));
        let packed = [&[0xa3, 1][..], &deflated(&plain)].concat();
        assert_eq!(split(&packed).expect("compressed").0, b"hi");
        let pieces = [ONE, &[0xcb, 0xe1, b'b', 0, 0xe2, 0, 0, 0, 0, 2, b'h', b'i'], SIG].concat();
        assert_eq!(split(&pieces).expect("in pieces").0, b"hi");
    }

    #[test]
    fn what_is_none() {
        let mut outer = ONE.to_vec();
        outer[14] = 0;
        for (message, expected) in [
            (vec![], "framing-message"),
            (b"hello".to_vec(), "framing-message"),
            ([TEXT, SIG].concat(), "framing-packet"),
            ([SIG, TEXT].concat(), "framing-packet"),
            ([ONE, ONE, TEXT, SIG, SIG].concat(), "framing-packet"),
            ([ONE, TEXT].concat(), "framing-packet"),
            ([ONE, TEXT, SIG, SIG].concat(), "framing-packet"),
            ([&outer, TEXT, SIG].concat(), "framing-packet"),
            ([ONE, &TEXT[..6]].concat(), "framing-unclosed"),
            (ONE.to_vec(), "framing-unclosed"),
            ([ONE, &[0xcb, 0xe1, b'b', 0]].concat(), "framing-packet"),
            ([&[0xa3, 3][..], b"BZh"].concat(), "framing-packet"),
            ([&[0xa3, 1][..], &deflated(b""), b"x"].concat(), "framing-packet"),
            ([&[0xa3, 1][..], &deflated(&[0xa3, 0])].concat(), "framing-packet"),
        ] {
            assert_eq!(rule(&message), expected, "{message:x?}");
        }
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = [&[0xa3, 1][..], &deflated(&vec![0; 64 << 20])].concat();
        assert!(bomb.len() < 1 << 20);
        assert_eq!(rule(&bomb), "message-size");
        let tight = Policy::default().limits(Limits { message: 64, ..Limits::default() });
        assert_eq!(split(&[0; 65], &tight).expect_err("large").broken_rule(), Some("message-size"));
    }

    #[test]
    fn every_cut_and_flip_is_an_answer() {
        let whole = [ONE, TEXT, SIG].concat();
        for end in 0..whole.len() {
            assert!(split(&whole[..end], &Policy::default()).is_err(), "cut at {end}");
        }
        for at in 0..whole.len() {
            for value in 0..=255 {
                let mut other = whole.clone();
                other[at] = value;
                let _ = split(&other, &Policy::default());
            }
        }
    }
}
