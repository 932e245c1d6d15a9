//! The cleartext signature framework (RFC 9580 section 7), read strictly.
//!
//! What is handed on is exactly what the signature covers, so that nobody
//! parses a line that nobody signed. The attacks this guards against are
//! those on `InRelease` readers that skipped or kept unsigned lines.

use super::armor;
use super::policy::Policy;
use super::rule::Rule;
use crate::error::{Error, Result};

const BEGIN_MESSAGE: &[u8] = b"-----BEGIN PGP SIGNED MESSAGE-----";
const BEGIN_SIGNATURE: &[u8] = b"-----BEGIN PGP SIGNATURE-----";

/// A message taken apart, nothing verified yet.
#[derive(Debug)]
pub(crate) struct Framed {
    /// The text with `\n` line ends, dash escapes undone and trailing blanks
    /// removed, as gpgv hands it out. The signature covers it without its
    /// last line end.
    pub(crate) text: Vec<u8>,
    /// The signature block out of its armor.
    pub(crate) signature: Vec<u8>,
    /// Relaxed rules that the framing broke.
    pub(crate) relaxed: Vec<(Rule, Error)>,
}

/// Takes a cleartext signed message apart.
pub(crate) fn split(message: &[u8], policy: &Policy) -> Result<Framed> {
    let mut relaxed = Vec::new();
    let mut yields = yielding(policy, &mut relaxed);

    let limit = policy.sizes().message;
    if message.len() > limit {
        return Err(too_large(Rule::MessageSize, "message", limit, message.len()));
    }
    if let Some(at) = memchr::memchr(0, message) {
        yields(Rule::FramingNul, Rule::FramingNul.broken("the message holds a NUL byte").line(line_of(message, at)))?;
    }

    let mut lines = Lines { message, at: 0, number: 0, has_carriage_returns: memchr::memchr(b'\r', message).is_some() };
    begin(&mut lines, &mut yields)?;
    headers(&mut lines, &mut yields)?;
    let (text, signature_at) = text(&mut lines, &mut yields)?;

    let armored = &message[signature_at..];
    let limit = policy.sizes().signature;
    // Nothing is read beyond the limit; text after the signature is another fault.
    let (within, cut) = match armored.get(..limit) {
        Some(within) => (within, armored.len() > limit),
        None => (armored, false),
    };
    let blocks = signature_blocks(within, lines.number, &mut yields).map_err(|error| {
        if cut && error.broken_rule() == Some(Rule::FramingUnclosed.as_str()) {
            too_large(Rule::SignatureSize, "signature", limit, armored.len()).line(lines.number)
        } else {
            error
        }
    })?;
    let after = &armored[blocks.length..];
    if after.starts_with(BEGIN_SIGNATURE) {
        return Err(too_large(Rule::SignatureSize, "signature", limit, armored.len()).line(blocks.line));
    }
    if !after.is_empty() {
        if memchr::memmem::find(after, b"-----BEGIN PGP ").is_some() {
            return Err(Rule::FramingSecondMessage.broken("a second message stands after the first").line(blocks.line));
        }
        yields(
            Rule::FramingAfter,
            Rule::FramingAfter.broken("something stands after the signed message").line(blocks.line),
        )?;
    }
    drop(yields);
    Ok(Framed { text, signature: blocks.bytes, relaxed })
}

/// A signature that stands apart, out of its armor.
pub(crate) struct Detached {
    pub(crate) signature: Vec<u8>,
    /// Relaxed rules that the framing broke.
    pub(crate) relaxed: Vec<(Rule, Error)>,
}

/// Takes a detached signature, armored or binary, to its packets.
pub(crate) fn detached(signature: &[u8], policy: &Policy) -> Result<Detached> {
    let limit = policy.sizes().signature;
    if signature.len() > limit {
        return Err(too_large(Rule::SignatureSize, "signature", limit, signature.len()));
    }
    if signature.first().is_some_and(|byte| byte & 0x80 != 0) {
        return Ok(Detached { signature: signature.to_vec(), relaxed: Vec::new() });
    }
    if signature.is_empty() {
        return Err(Rule::NoSignature.broken("the signature file is empty"));
    }
    let mut relaxed = Vec::new();
    let mut yields = yielding(policy, &mut relaxed);
    let blocks = signature_blocks(signature, 1, &mut yields)?;
    if blocks.length < signature.len() {
        yields(
            Rule::FramingAfter,
            Rule::FramingAfter.broken("something stands after the signature").line(blocks.line),
        )?;
    }
    drop(yields);
    Ok(Detached { signature: blocks.bytes, relaxed })
}

/// Frames `text`, which ends with a line end, as a cleartext message.
pub(crate) fn join(text: &[u8], digest: &str, signature: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(text.len() + signature.len() + 128);
    message.extend_from_slice(BEGIN_MESSAGE);
    message.extend_from_slice(format!("\nHash: {digest}\n\n").as_bytes());
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if line[0] == b'-' {
            message.extend_from_slice(b"- ");
        }
        message.extend_from_slice(line);
    }
    message.extend_from_slice(signature);
    message
}

/// Keeps errors of relaxed rules in `relaxed` and gives the others back.
fn yielding<'a>(
    policy: &'a Policy,
    relaxed: &'a mut Vec<(Rule, Error)>,
) -> impl FnMut(Rule, Error) -> Result<()> + use<'a> {
    move |rule, error| {
        if !policy.is_relaxed(rule) {
            return Err(error);
        }
        relaxed.push((rule, error));
        Ok(())
    }
}

struct Blocks {
    bytes: Vec<u8>,
    /// Bytes of armor read.
    length: usize,
    /// The line after them.
    line: u64,
}

/// Reads one armored signature or several that follow each other, as RFC 9580
/// section 7 allows; Debian's own `Release.gpg` has one block for each key.
fn signature_blocks(
    armored: &[u8],
    mut line: u64,
    yields: &mut impl FnMut(Rule, Error) -> Result<()>,
) -> Result<Blocks> {
    let (mut bytes, mut rest) = (Vec::new(), armored);
    loop {
        let block = armor::read("SIGNATURE", rest).map_err(|error| offset_line(error, line))?;
        line += block.lines;
        if !block.checksum_holds {
            let broken = Rule::FramingChecksum.broken("the armor's checksum is wrong").line(line - 1);
            yields(Rule::FramingChecksum, broken)?;
        }
        bytes.extend_from_slice(&block.bytes);
        rest = block.rest;
        if !rest.starts_with(BEGIN_SIGNATURE) {
            return Ok(Blocks { bytes, length: armored.len() - rest.len(), line });
        }
    }
}

/// Goes past the BEGIN line.
fn begin(lines: &mut Lines, yields: &mut impl FnMut(Rule, Error) -> Result<()>) -> Result<()> {
    let first = lines.next()?.unwrap_or_default();
    if first == BEGIN_MESSAGE {
        return Ok(());
    }
    if first.starts_with(BEGIN_MESSAGE) {
        return Err(Rule::FramingMarker.broken("something stands behind the BEGIN marker on its line").line(1));
    }
    while let Some(line) = lines.next()? {
        if line == BEGIN_MESSAGE {
            return yields(
                Rule::FramingBefore,
                Rule::FramingBefore.broken("something stands before the message").line(1),
            );
        }
    }
    Err(Rule::FramingMessage
        .broken("this is not a cleartext signed message")
        .line(1)
        .help("an InRelease file starts with the line -----BEGIN PGP SIGNED MESSAGE-----"))
}

/// Goes past the armor headers and the empty line after them.
fn headers(lines: &mut Lines, yields: &mut impl FnMut(Rule, Error) -> Result<()>) -> Result<()> {
    while let Some(line) = lines.next()? {
        if line.is_empty() {
            return Ok(());
        }
        // Which digest counts is said by the signature itself; the header only has to be one.
        let hash = line.strip_prefix(b"Hash: ").is_some_and(|names| {
            !names.is_empty() && names.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b',' | b'-' | b' '))
        });
        if !hash {
            let broken = Rule::FramingHeader.broken("an armor header other than Hash:").line(lines.number);
            let other_header = memchr::memmem::find(line, b": ").is_some_and(|at| at > 0) && line[0] != b'-';
            if !other_header {
                return Err(broken);
            }
            yields(Rule::FramingHeader, broken)?;
        }
    }
    Err(Rule::FramingUnclosed.broken("the message ends within its armor headers").line(lines.number))
}

/// The text up to the signature, and where the signature starts.
fn text(lines: &mut Lines, yields: &mut impl FnMut(Rule, Error) -> Result<()>) -> Result<(Vec<u8>, usize)> {
    let mut text = Vec::with_capacity(lines.message.len() - lines.at);
    loop {
        let at = lines.at;
        let Some(line) = lines.next()? else {
            return Err(Rule::FramingUnclosed.broken("the message has no signature block").line(lines.number));
        };
        let line = match line {
            [b'-', b' ', rest @ ..] => rest,
            [b'-', ..] if line == BEGIN_SIGNATURE => return Ok((text, at)),
            [b'-', ..] => {
                let broken = Rule::FramingDash
                    .broken("a line of the signed text starts with a dash that is not escaped")
                    .line(lines.number);
                if line.starts_with(b"-----") {
                    return Err(broken);
                }
                yields(Rule::FramingDash, broken)?;
                line
            }
            line => line,
        };
        text.extend_from_slice(without_trailing_blanks(line));
        text.push(b'\n');
    }
}

/// RFC 9580 section 7.2: spaces and tabs at the end of a line are not signed.
pub(crate) fn without_trailing_blanks(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |at| at + 1);
    &line[..end]
}

/// Lines without their ends, `\n` or `\r\n`.
struct Lines<'a> {
    message: &'a [u8],
    at: usize,
    number: u64,
    has_carriage_returns: bool,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<Option<&'a [u8]>> {
        let rest = &self.message[self.at..];
        if rest.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let end = memchr::memchr(b'\n', rest);
        self.at += end.map_or(rest.len(), |end| end + 1);
        let mut line = &rest[..end.unwrap_or(rest.len())];
        if self.has_carriage_returns {
            line = line.strip_suffix(b"\r").unwrap_or(line);
            if memchr::memchr(b'\r', line).is_some() {
                return Err(Rule::FramingCarriageReturn
                    .broken("a carriage return that does not belong to a line end")
                    .line(self.number));
            }
        }
        Ok(Some(line))
    }
}

fn too_large(rule: Rule, what: &str, limit: usize, found: usize) -> Error {
    rule.broken(format!("the {what} is too large")).mismatch(format!("at most {limit} bytes"), format!("{found} bytes"))
}

/// Lines of the armor count from its BEGIN line, which is line `first` of the whole.
fn offset_line(error: Error, first: u64) -> Error {
    let line = error.at_line().unwrap_or(1);
    let rule = error.broken_rule();
    let moved = Error::new(error.kind(), error.message()).line(first + line.max(1) - 1);
    match rule {
        Some(rule) => moved.rule(rule),
        None => moved,
    }
}

fn line_of(message: &[u8], at: usize) -> u64 {
    memchr::memchr_iter(b'\n', &message[..at]).count() as u64 + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openpgp::Limits;

    const ARMOR: &str = "-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n";

    fn text_of(body: &str) -> Result<Vec<u8>, &'static str> {
        let message = format!("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{body}{ARMOR}");
        split(message.as_bytes(), &Policy::default()).map(|f| f.text).map_err(|e| e.broken_rule().unwrap_or("none"))
    }

    #[test]
    fn text_as_the_signature_covers_it() {
        assert_eq!(text_of("a\nb\n").expect("plain"), b"a\nb\n");
        assert_eq!(text_of("a \t\n \t\nb\r\n").expect("blanks"), b"a\n\nb\n");
        assert_eq!(
            text_of("- a\n- - b\n- -----BEGIN PGP SIGNATURE-----\n- \n").expect("dashes"),
            b"a\n- b\n-----BEGIN PGP SIGNATURE-----\n\n"
        );
        assert_eq!(text_of("a\x0c\n").expect("a form feed is no blank"), b"a\x0c\n");
        assert_eq!(text_of("").expect("no lines"), b"");
    }

    #[test]
    fn lines_that_nobody_signs() {
        assert_eq!(text_of("-\n"), Err("framing-dash"));
        assert_eq!(text_of("-a\n"), Err("framing-dash"));
        assert_eq!(text_of("-----BEGIN PGP SIGNATURE----- \n"), Err("framing-dash"));
        assert_eq!(text_of("-----BEGIN PGP SIGNED MESSAGE-----\n"), Err("framing-dash"));
        assert_eq!(text_of("a\rb\n"), Err("framing-carriage-return"));
        assert_eq!(text_of("a\r\r\n"), Err("framing-carriage-return"));
        assert_eq!(text_of("a\0\n"), Err("framing-nul"));
    }

    #[test]
    fn limits_come_first() {
        let rule = |message: &[u8], limits: Limits| {
            split(message, &Policy::default().limits(limits)).err().and_then(|error| error.broken_rule())
        };
        let huge = vec![0xff; (16 << 20) + 1];
        assert_eq!(rule(&huge, Limits::default()), Some("message-size"));
        let signed = |armor: &str| format!("-----BEGIN PGP SIGNED MESSAGE-----\n\na\n{armor}").into_bytes();
        let long = ARMOR.replace("iQEz\n", &"iQEz\n".repeat(20_000));
        assert_eq!(rule(&signed(&long), Limits::default()), Some("signature-size"));
        assert_eq!(rule(&signed(&ARMOR.repeat(2_000)), Limits::default()), Some("signature-size"));
        let tight = Limits { signature: ARMOR.len(), ..Limits::default() };
        assert_eq!(rule(&signed(ARMOR), tight), None);
        assert_eq!(rule(&signed(&ARMOR.repeat(2)), tight), Some("signature-size"));
        assert_eq!(rule(&signed(&format!("{ARMOR}more\n")), tight), Some("framing-after"));
        let detached = |signature: &[u8]| detached(signature, &Policy::default()).err().and_then(|e| e.broken_rule());
        assert_eq!(detached(&[0x88; (64 << 10) + 1]), Some("signature-size"));
    }

    #[test]
    fn every_cut_is_an_error() {
        let whole = format!("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\na\n- -b\n{ARMOR}");
        assert!(split(whole.as_bytes(), &Policy::default()).is_ok());
        for end in 0..whole.len() - 1 {
            let error = split(&whole.as_bytes()[..end], &Policy::default()).expect_err("cut short");
            assert!(error.broken_rule().is_some(), "{error}");
        }
    }
}
