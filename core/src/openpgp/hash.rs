//! Digests of the signed text, each computed once however many signatures share it.

use sequoia_openpgp::Result;
use sequoia_openpgp::crypto::hash::Context;
use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::types::{HashAlgorithm, SignatureType};

/// The digests over one text.
pub(crate) struct Hashes<'a> {
    text: &'a [u8],
    done: Vec<((HashAlgorithm, bool, u8), Context)>,
}

impl<'a> Hashes<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, done: Vec::new() }
    }

    /// The state after the text, ready for the trailer of `signature`.
    pub(crate) fn after_text(&mut self, signature: &Signature) -> Result<Context> {
        let canonical = signature.typ() == SignatureType::Text;
        let key = (signature.hash_algo(), canonical, signature.version());
        if let (None, Some((_, context))) = (salt(signature), self.done.iter().find(|(have, _)| *have == key)) {
            return Ok(context.clone());
        }
        let mut context = signature.hash_algo().context()?.for_signature(signature.version());
        if let Some(salt) = salt(signature) {
            context.update(salt);
        }
        if canonical {
            update_canonical(&mut context, self.text)
        } else {
            context.update(self.text)
        }
        if salt(signature).is_none() {
            self.done.push((key, context.clone()));
        }
        Ok(context)
    }
}

/// The digest state after `text`, for a version 4 signature over it.
pub(crate) fn document(digest: HashAlgorithm, form: SignatureType, text: &[u8]) -> Result<Context> {
    let mut context = digest.context()?.for_signature(4);
    if form == SignatureType::Text {
        update_canonical(&mut context, text)
    } else {
        context.update(text)
    }
    Ok(context)
}

/// The salt that version 6 hashes before the text (RFC 9580 section 5.2.4).
fn salt(signature: &Signature) -> Option<&[u8]> {
    match signature {
        Signature::V6(v6) => Some(v6.salt()),
        _ => None,
    }
}

/// Hashes `text` with `\r\n` for every line end (RFC 9580 section 5.2.1.2).
fn update_canonical(context: &mut Context, text: &[u8]) {
    // One call for each line would cost more than the copy to a block.
    let mut block = [0; 4096];
    let mut filled = 0;
    let mut from = 0;
    let mut put = |context: &mut Context, mut bytes: &[u8]| {
        while !bytes.is_empty() {
            let take = bytes.len().min(block.len() - filled);
            block[filled..filled + take].copy_from_slice(&bytes[..take]);
            filled += take;
            bytes = &bytes[take..];
            if filled == block.len() {
                context.update(&block);
                filled = 0;
            }
        }
        filled
    };
    for at in memchr::memchr_iter(b'\n', text) {
        let line = &text[from..at];
        put(context, line.strip_suffix(b"\r").unwrap_or(line));
        put(context, b"\r\n");
        from = at + 1;
    }
    let left = put(context, &text[from..]);
    context.update(&block[..left]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_text_is_that_with_crlf() {
        let mut text = Vec::new();
        for length in 0..300 {
            text.extend(std::iter::repeat_n(b'x', length));
            text.extend_from_slice(if length % 7 == 0 { b"\r\n" } else { b"\n" });
            for tail in [&b""[..], b"end", b"\r"] {
                let text = [&text[..], tail].concat();
                let mut expected = HashAlgorithm::SHA256.context().expect("supported").for_digest();
                let lf = text.strip_suffix(b"\r").unwrap_or(&text);
                let lf: Vec<u8> = lf.iter().copied().filter(|b| *b != b'\r').collect();
                let mut crlf = Vec::new();
                lf.iter().for_each(|b| if *b == b'\n' { crlf.extend(b"\r\n") } else { crlf.push(*b) });
                if tail == b"\r" {
                    crlf.push(b'\r');
                }
                expected.update(&crlf);
                let mut found = HashAlgorithm::SHA256.context().expect("supported").for_digest();
                update_canonical(&mut found, &text);
                assert_eq!(found.into_digest().expect("digest"), expected.into_digest().expect("digest"));
            }
        }
    }
}
