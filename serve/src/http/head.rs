//! The head of a request, read in the one way that it can be read, or refused.

use std::ops::Range;

use crate::limits::{BODY_BYTES, HEAD_FIELDS, TARGET_BYTES};

/// What is asked to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// HEAD
    Head,
    /// POST
    Post,
    /// Any other.
    Other,
}

impl Method {
    /// Its word, for logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Other => "OTHER",
        }
    }
}

/// The head of a request.
#[derive(Clone, Debug)]
pub struct Head {
    /// The method.
    pub method: Method,
    /// Whether the connection stays open afterwards.
    pub keep_alive: bool,
    /// How many bytes of body follow.
    pub length: u64,
    /// All of it, the names of fields in lower case.
    text: String,
    target: Range<usize>,
    /// Where the name and the value of each field stand.
    fields: Vec<(Range<usize>, Range<usize>)>,
}

/// Why a request was refused before anybody looked at what it asks for. The connection is closed after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status to answer.
    pub status: u16,
    /// What is wrong, in words.
    pub why: &'static str,
}

const fn refuse<T>(status: u16, why: &'static str) -> Result<T, Refusal> {
    Err(Refusal { status, why })
}

impl Head {
    /// The target, which begins with `/`.
    pub fn target(&self) -> &str {
        &self.text[self.target.clone()]
    }

    /// The value of the field `name`, given in lower case; of several the first.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields(name).next()
    }

    /// The values of the fields `name`, given in lower case, in their order.
    pub fn fields(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        let named = self.fields.iter().filter(move |(field, _)| self.text[field.clone()] == *name);
        named.map(|(_, value)| &self.text[value.clone()])
    }

    fn only(&self, name: &str, why: &'static str) -> Result<Option<&str>, Refusal> {
        let mut values = self.fields(name);
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            _ => refuse(400, why),
        }
    }
}

/// Reads a head, to the end of its empty line.
///
/// # Errors
/// A refusal for whatever could be read in two ways.
pub fn parse(bytes: &[u8]) -> Result<Head, Refusal> {
    let Some(text) = bytes.strip_suffix(b"\r\n\r\n") else { return refuse(400, "the head has no end") };
    let Ok(text) = std::str::from_utf8(text) else { return refuse(400, "the head has bytes that are no UTF-8") };
    let mut own = text.to_owned();
    let mut at = 0;
    let mut lines = text.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let mut words = first.split(' ');
    let (Some(method), Some(target), Some(version), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return refuse(400, "the first line is not a method, a path and a version with one blank between");
    };
    if method.is_empty() || !method.bytes().all(is_token) {
        return refuse(400, "the method is no word");
    }
    let method = match method {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        _ => Method::Other,
    };
    let is_new = match version {
        "HTTP/1.1" => true,
        "HTTP/1.0" => false,
        _ => return refuse(505, "the version is neither HTTP/1.1 nor HTTP/1.0"),
    };
    if target.len() > TARGET_BYTES {
        return refuse(414, "the path is too long");
    }
    if !target.starts_with('/') || !target.bytes().all(|byte| (0x21..0x7f).contains(&byte)) {
        return refuse(400, "the target is no path of plain characters");
    }
    let mut fields = Vec::with_capacity(16);
    let target = {
        let start = first.len() - version.len() - 1 - target.len();
        start..start + target.len()
    };
    at += first.len() + 2;
    for line in lines {
        if line.starts_with([' ', '\t']) {
            return refuse(400, "a field is folded over several lines");
        }
        let Some((name, value)) = line.split_once(':') else { return refuse(400, "a line of the head is no field") };
        if name.is_empty() || !name.bytes().all(is_token) {
            return refuse(400, "the name of a field is no word");
        }
        if value.bytes().any(|byte| (byte < b' ' && byte != b'\t') || byte == 0x7f) {
            return refuse(400, "a field has a control character");
        }
        if fields.len() == HEAD_FIELDS {
            return refuse(431, "the head has too many fields");
        }
        own[at..at + name.len()].make_ascii_lowercase();
        let blank = [' ', '\t'];
        let start = at + name.len() + 1 + (value.len() - value.trim_start_matches(blank).len());
        fields.push((at..at + name.len(), start..start + value.trim_matches(blank).len()));
        at += line.len() + 2;
    }
    let mut head = Head { method, keep_alive: is_new, length: 0, text: own, target, fields };
    let length = head.only("content-length", "there are two lengths")?;
    if head.field("transfer-encoding").is_some() {
        return match length {
            Some(_) => refuse(400, "there is a length and a transfer coding"),
            None => refuse(411, "transfer codings are not taken; give Content-Length"),
        };
    }
    let length = match length {
        None => 0,
        Some(digits) if (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().unwrap_or(u64::MAX)
        }
        Some(_) => return refuse(400, "the length is no number"),
    };
    if length > BODY_BYTES {
        return refuse(413, "the body is too large");
    }
    if length > 0 && method != Method::Post {
        return refuse(400, "only POST has a body here");
    }
    if head.only("host", "there are two hosts")?.is_none() && is_new {
        return refuse(400, "the field Host is missing");
    }
    if head.only("authorization", "there are two authorizations")?.is_some_and(|value| value.len() > 2048) {
        return refuse(431, "the authorization is too long");
    }
    if head.field("expect").is_some() {
        return refuse(417, "expectations are not met; send the body at once");
    }
    head.length = length;
    let mut words = head.field("connection").unwrap_or_default().split(',').map(str::trim);
    let mut has = |wanted: &str| words.any(|word| word.eq_ignore_ascii_case(wanted));
    let keep_alive = if is_new { !has("close") } else { has("keep-alive") };
    head.keep_alive = keep_alive;
    Ok(head)
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Looks for the end of a head in `bytes`; refuses as soon as a line ends otherwise than with CRLF.
///
/// # Errors
/// A refusal.
pub fn end(bytes: &[u8]) -> Result<Option<usize>, Refusal> {
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte <= b'\r' && matches!(byte, b'\r' | b'\n' | 0)) {
        let here = at + found;
        match (bytes[here], bytes.get(here + 1)) {
            (b'\r', None) => return Ok(None),
            (b'\r', Some(b'\n')) => {
                if here == 0 {
                    return refuse(400, "the request begins with an empty line");
                }
                if bytes[here + 2..].starts_with(b"\r\n") {
                    return Ok(Some(here + 4));
                }
                at = here + 2;
            }
            _ => return refuse(400, "a line does not end with CRLF"),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(text: &str) -> u16 {
        match end(text.as_bytes()) {
            Err(refusal) => refusal.status,
            Ok(None) => 0,
            Ok(Some(at)) => parse(&text.as_bytes()[..at]).map_or_else(|refusal| refusal.status, |_| 200),
        }
    }

    #[test]
    fn a_plain_head_is_taken() {
        let text = b"GET /stable/dists/stable/InRelease HTTP/1.1\r\nHost: a\r\nX-A:  b c \r\nConnection: close\r\n\r\n";
        let head = parse(text).unwrap();
        assert_eq!((head.method, head.target()), (Method::Get, "/stable/dists/stable/InRelease"));
        assert_eq!((head.field("x-a"), head.keep_alive, head.length), (Some("b c"), false, 0));
        assert!(!parse(b"GET / HTTP/1.0\r\n\r\n").unwrap().keep_alive);
        assert!(parse(b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").unwrap().keep_alive);
        assert_eq!(end(b"GET / HTTP/1.1\r\nHost: a\r\n"), Ok(None));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        let post = |fields: &str| status(&format!("POST /x HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
        assert_eq!(post("Content-Length: 5\r\n"), 200);
        assert_eq!(post("Content-Length: 5\r\nContent-Length: 5\r\n"), 400);
        assert_eq!(post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400);
        assert_eq!(post("Transfer-Encoding: chunked\r\n"), 411);
        assert_eq!(post("Transfer-Encoding : chunked\r\n"), 400);
        assert_eq!(post("Transfer-Encoding: \u{b}chunked\r\n"), 400);
        for length in ["+5", "5, 5", "0x5", "-1", "", "5 5", "9999999999999999"] {
            assert_eq!(post(&format!("Content-Length: {length}\r\n")), 400, "{length}");
        }
        assert_eq!(post("Content-Length: 99999999\r\n"), 413);
        assert_eq!(post("Expect: 100-continue\r\n"), 417);
        assert_eq!(post("X-A: b\r\n c\r\n"), 400);
        assert_eq!(post("X-A: b\n"), 400);
        assert_eq!(post("X-A: b\rc\r\n"), 400);
        assert_eq!(post("X A: b\r\n"), 400);
        assert_eq!(post("Host: b\r\n"), 400);
        assert_eq!(post(&"X: y\r\n".repeat(70)), 431);
        for first in [
            "GET http://a/ HTTP/1.1",
            "GET * HTTP/1.1",
            "GET a HTTP/1.1",
            "GET  / HTTP/1.1",
            "GET /\t HTTP/1.1",
            "GET / HTTP/1.1 ",
            "GET /",
            "G(T / HTTP/1.1",
            "GET /\u{e4} HTTP/1.1",
        ] {
            assert_eq!(status(&format!("{first}\r\nHost: a\r\n\r\n")), 400, "{first}");
        }
        assert_eq!(status("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505);
        assert_eq!(status("GET / HTTP/1.1\r\n\r\n"), 400);
        assert_eq!(status("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
        assert_eq!(status("GET / HTTP/1.1\nHost: a\n\n"), 400);
        assert_eq!(status("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    }
}
