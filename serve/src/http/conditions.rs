//! Conditional and partial requests, RFC 9110 sections 13 and 14.

use std::ops::Range;

use super::date::parse_http_date;
use super::head::{Head, Method};
use super::response::{Body, Response};

/// The fields that ask for less than the whole.
const CONDITIONS: [&str; 6] =
    ["if-none-match", "if-modified-since", "range", "if-match", "if-unmodified-since", "if-range"];

/// What the request's conditions and ranges make of an answer.
pub fn apply(head: &Head, mut response: Response) -> Response {
    if response.status != 200 || !matches!(head.method, Method::Get | Method::Head) {
        return response;
    }
    let Some(etag) = response.etag else { return response };
    // Most requests have none of these.
    if !CONDITIONS.iter().any(|name| head.field(name).is_some()) {
        return response;
    }
    let etag = etag.to_string();
    let modified = response.modified.map(jiff::Timestamp::as_second);
    let date = |name| head.field(name).and_then(parse_http_date).map(jiff::Timestamp::as_second);
    let failed = match head.field("if-match") {
        Some(list) => !matches(list, &etag, Weak::Refused),
        None => date("if-unmodified-since").zip(modified).is_some_and(|(date, modified)| modified > date),
    };
    if failed {
        return Response { status: 412, body: Body::Bytes(bytes::Bytes::new()), ..response };
    }
    let same = match head.field("if-none-match") {
        Some(list) => matches(list, &etag, Weak::Taken),
        None => date("if-modified-since").zip(modified).is_some_and(|(date, modified)| modified <= date),
    };
    if same {
        return Response { status: 304, body: Body::Bytes(bytes::Bytes::new()), ..response };
    }
    let current = match head.field("if-range") {
        None => true,
        Some(value) if value.starts_with(['"', 'W']) => matches(value, &etag, Weak::Refused),
        Some(value) => {
            parse_http_date(value).map(jiff::Timestamp::as_second).is_some_and(|date| modified == Some(date))
        }
    };
    if let (Method::Get, true, Some(range)) = (head.method, current, head.field("range")) {
        let size = response.body.size();
        match parse_range(range, size) {
            Asked::Whole => {}
            Asked::Part(part) => {
                response.status = 206;
                response.range = Some(part);
            }
            Asked::Outside => {
                let body = Body::Bytes(bytes::Bytes::new());
                return Response { status: 416, body, ..response }.field("Content-Range", format!("bytes */{size}"));
            }
        }
    }
    response
}

#[derive(Clone, Copy, PartialEq)]
enum Weak {
    Taken,
    Refused,
}

fn matches(list: &str, etag: &str, weak: Weak) -> bool {
    list.trim() == "*"
        || list.split(',').map(str::trim).any(|tag| {
            let tag = if weak == Weak::Taken { tag.strip_prefix("W/").unwrap_or(tag) } else { tag };
            tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')) == Some(etag)
        })
}

#[derive(Debug, PartialEq)]
enum Asked {
    Whole,
    Part(Range<u64>),
    Outside,
}

/// One range is given; several, and what is no range of bytes, get the whole (RFC 9110, 14.2 allows it).
fn parse_range(text: &str, size: u64) -> Asked {
    let Some(spec) = text.strip_prefix("bytes=").map(str::trim) else { return Asked::Whole };
    let Some((first, last)) = spec.split_once('-') else { return Asked::Whole };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= 18;
    if !digits(first) || !digits(last) {
        return Asked::Whole;
    }
    match (first.parse::<u64>().ok(), last.parse::<u64>().ok()) {
        (Some(first), Some(last)) if last < first => Asked::Whole,
        (Some(first), _) if first >= size => Asked::Outside,
        (Some(first), last) => Asked::Part(first..last.map_or(size, |last| size.min(last.saturating_add(1)))),
        (None, Some(0)) => Asked::Outside,
        (None, Some(_)) if size == 0 => Asked::Outside,
        (None, Some(last)) => Asked::Part(size.saturating_sub(last)..size),
        (None, None) => Asked::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        assert_eq!(parse_range("bytes=0-0", 10), Asked::Part(0..1));
        assert_eq!(parse_range("bytes=5-", 10), Asked::Part(5..10));
        assert_eq!(parse_range("bytes=-3", 10), Asked::Part(7..10));
        assert_eq!(parse_range("bytes=-30", 10), Asked::Part(0..10));
        assert_eq!(parse_range("bytes=5-99999999999999", 10), Asked::Part(5..10));
        assert_eq!(parse_range("bytes=10-", 10), Asked::Outside);
        assert_eq!(parse_range("bytes=-0", 10), Asked::Outside);
        assert_eq!(parse_range("bytes=-1", 0), Asked::Outside);
        for whole in ["bytes=", "bytes=-", "bytes=5-4", "lines=1-2", "bytes=0-1,3-4", "bytes=a-b", "bytes=+1-2"] {
            assert_eq!(parse_range(whole, 10), Asked::Whole, "{whole}");
        }
        assert_eq!(parse_range("bytes=99999999999999999999-", 10), Asked::Whole);
    }

    #[test]
    fn tags() {
        assert!(matches("\"a\", \"b\"", "b", Weak::Refused));
        assert!(matches("W/\"b\"", "b", Weak::Taken));
        assert!(!matches("W/\"b\"", "b", Weak::Refused));
        assert!(matches("*", "b", Weak::Refused));
        assert!(!matches("b", "b", Weak::Taken));
    }
}
