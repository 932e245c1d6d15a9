//! `get_verified`: resumed, checked, tried elsewhere.

use std::io::Write;

use reposnap::source::fetch::{Expected, Url, parse_url};
use reposnap::{Digest, Kind};

use super::server::{Request, Server, Then, answer, ok, send};
use super::{fetcher, noise, options, run};

fn fetch(candidates: &[&str], expected: &Expected) -> reposnap::Result<Vec<u8>> {
    let candidates: Vec<Url> = candidates.iter().map(|text| parse_url(text).unwrap()).collect();
    run(fetcher(options()).get_verified(&candidates, expected)).map(|bytes| bytes.to_vec())
}

fn expect(bytes: &[u8]) -> Expected {
    Expected::new(bytes.len() as u64, Digest::of(bytes))
}

/// The rest of `bytes` that a range asks for, with the right head.
fn part(bytes: &[u8], start: usize, headers: &str) -> Vec<u8> {
    let range = format!("{headers}Content-Range: bytes {start}-{}/{}\r\n", bytes.len() - 1, bytes.len());
    answer("206 Partial Content", &range, &bytes[start..])
}

/// Sends the head and at most `most` bytes of the body of a whole answer.
fn cut(whole: &[u8], most: usize) -> Vec<u8> {
    let body = whole.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    whole[..whole.len().min(body + most)].to_vec()
}

/// The answer to a request for the bytes from one on.
type RangeAnswer = fn(&[u8], usize, &Request) -> Vec<u8>;

/// A server that breaks every answer after 100,000 bytes, and treats ranges as `range` says.
fn breaking(bytes: &[u8], headers: &'static str, range: RangeAnswer) -> Server {
    let bytes = bytes.to_vec();
    Server::start(move |request, stream| {
        let whole = match request.start() {
            Some(start) => range(&bytes, start, request),
            None => ok(headers, &bytes),
        };
        let _ = stream.write_all(&cut(&whole, 100_000));
        Then::Close
    })
}

#[test]
fn the_first_candidate_that_has_it() {
    let server = Server::start(|request, stream| match request.target.as_str() {
        "/by-hash/x" => send(stream, &answer("404 Not Found", "", b"no")),
        _ => send(stream, &ok("", b"hello")),
    });
    let candidates = [server.url("/by-hash/x"), server.url("/plain")];
    let candidates = [candidates[0].as_str(), candidates[1].as_str()];
    assert_eq!(fetch(&candidates, &expect(b"hello")).unwrap(), b"hello");
    assert_eq!(server.count(), 2);
    let error = fetch(&candidates[..1], &expect(b"hello")).unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert_eq!(fetch(&[], &expect(b"")).unwrap_err().kind(), Kind::Usage);
    let empty = Server::fixed(ok("", b""));
    assert_eq!(fetch(&[&empty.url("/")], &expect(b"")).unwrap(), b"");
}

#[test]
fn sha512_alone_and_both() {
    let server = Server::fixed(ok("", b""));
    // SHA-512 of nothing, from FIPS 180-4's examples.
    let hex = "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e";
    let mut sha512 = [0; 64];
    for (byte, pair) in sha512.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    }
    let mut expected = Expected { size: 0, sha256: None, sha512: Some(sha512) };
    assert!(fetch(&[&server.url("/")], &expected).is_ok());
    expected.sha256 = Some(Digest::of(b"other"));
    assert_eq!(fetch(&[&server.url("/")], &expected).unwrap_err().broken_rule(), Some("hash-mismatch"));
    expected = Expected { size: 0, sha256: Some(Digest::of(b"")), sha512: Some([7; 64]) };
    assert_eq!(fetch(&[&server.url("/")], &expected).unwrap_err().broken_rule(), Some("hash-mismatch"));
    expected = Expected { size: 0, sha256: None, sha512: None };
    assert_eq!(fetch(&[&server.url("/")], &expected).unwrap_err().broken_rule(), Some("strong-hash"));
}

#[test]
fn stale_caches_are_passed_once() {
    let server = Server::start(|request, stream| match request.header("cache-control") {
        Some("no-cache") => send(stream, &ok("", b"fresh")),
        _ => send(stream, &ok("", b"stale")),
    });
    assert_eq!(fetch(&[&server.url("/")], &expect(b"fresh")).unwrap(), b"fresh");
    assert_eq!(server.count(), 2);
}

#[test]
fn other_bytes_are_never_taken() {
    let server = Server::start(|request, stream| match request.target.as_str() {
        "/old" => send(stream, &ok("", b"other")),
        _ => send(stream, &ok("", b"right")),
    });
    assert_eq!(fetch(&[&server.url("/old"), &server.url("/new")], &expect(b"right")).unwrap(), b"right");
    assert_eq!(server.count(), 3);
    let error = fetch(&[&server.url("/old")], &expect(b"right")).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("hash-mismatch")));
    assert_eq!(error.expected(), Some(Digest::of(b"right").to_string().as_str()));
    assert_eq!(error.found(), Some(Digest::of(b"other").to_string().as_str()));
    assert_eq!(error.at_path(), Some(server.url("/old").as_str()));
    // Mismatch tells more than absence.
    let missing = Server::fixed(answer("404 Not Found", "", b""));
    let error = fetch(&[&server.url("/old"), &missing.url("/")], &expect(b"right")).unwrap_err();
    assert_eq!(error.broken_rule(), Some("hash-mismatch"));
}

#[test]
fn lengths_that_lie() {
    let right = expect(b"hello");
    for (head, found) in [
        ("Content-Length: 3\r\n\r\nhello", "3"),
        ("Content-Length: 500\r\n\r\nhello", "500"),
        ("Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n0\r\n\r\n", "3"),
        ("Transfer-Encoding: chunked\r\n\r\n6\r\nhello!\r\n0\r\n\r\n", "more than 5"),
    ] {
        let server = Server::fixed(format!("HTTP/1.1 200 OK\r\n{head}"));
        let error = fetch(&[&server.url("/")], &right).unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("size-mismatch")), "{head}");
        assert_eq!((error.expected(), error.found()), (Some("5"), Some(found)));
    }
    // All that was signed has come; how the server ends it does not matter.
    for head in ["Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "Connection: close\r\n\r\nhello"] {
        let server = Server::fixed(format!("HTTP/1.1 200 OK\r\n{head}"));
        assert_eq!(fetch(&[&server.url("/")], &right).unwrap(), b"hello");
    }
    // Too short, up to the close: as good as broken.
    let server = Server::fixed("HTTP/1.0 200 OK\r\n\r\nhel");
    let error = fetch(&[&server.url("/")], &right).unwrap_err();
    assert_eq!(error.broken_rule(), Some("connection-broken"));
    assert_eq!(server.requests()[1].header("range"), Some("bytes=3-"));
}

#[test]
fn an_endless_body_stops_at_the_signed_size() {
    let server = Server::start(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        let chunk = [b"10000\r\n".as_slice(), &[7; 0x10000], b"\r\n"].concat();
        while stream.write_all(&chunk).is_ok() {}
        Then::Close
    });
    let error = fetch(&[&server.url("/")], &Expected::new(300_000, Digest::of(b""))).unwrap_err();
    assert_eq!(error.broken_rule(), Some("size-mismatch"));
}

#[test]
fn broken_transfers_go_on_where_they_stopped() {
    let bytes = noise(350_000);
    let server = breaking(&bytes, "ETag: \"v1\"\r\nAccept-Ranges: bytes\r\n", |bytes, start, _| part(bytes, start, ""));
    assert_eq!(fetch(&[&server.url("/")], &expect(&bytes)).unwrap(), bytes);
    let asked: Vec<_> = server.requests().iter().map(Request::start).collect();
    assert_eq!(asked, [None, Some(100_000), Some(200_000), Some(300_000)]);
    assert!(server.requests()[1..].iter().all(|request| request.header("if-range") == Some("\"v1\"")));
}

#[test]
fn long_transfers_may_break_often() {
    // 40 pieces with 3 retries: every MiB counts anew.
    let bytes = noise(12_000_000);
    let server = Server::start({
        let bytes = bytes.clone();
        move |request, stream| {
            let start = request.start().unwrap_or(0);
            let whole = if start == 0 { ok("", &bytes) } else { part(&bytes, start, "") };
            let _ = stream.write_all(&cut(&whole, 600_000));
            Then::Close
        }
    });
    // 600 kB at a time is too little to count; 1.2 MB is not.
    assert!(fetch(&[&server.url("/")], &expect(&bytes)).is_err());
    let server = Server::start({
        let bytes = bytes.clone();
        move |request, stream| {
            let start = request.start().unwrap_or(0);
            let whole = if start == 0 { ok("", &bytes) } else { part(&bytes, start, "") };
            let _ = stream.write_all(&cut(&whole, 1_200_000));
            Then::Close
        }
    });
    assert_eq!(fetch(&[&server.url("/")], &expect(&bytes)).unwrap(), bytes);
    assert_eq!(server.count(), 10);
}

#[test]
fn a_date_or_nothing_may_name_the_version_but_no_weak_tag() {
    let bytes = noise(150_000);
    for (headers, named) in [
        ("ETag: W/\"v1\"\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n", Some("Wed, 21 Oct 2015 07:28:00 GMT")),
        ("ETag: W/\"v1\"\r\n", None),
        ("", None),
    ] {
        let server = breaking(&bytes, headers, |bytes, start, _| part(bytes, start, ""));
        assert_eq!(fetch(&[&server.url("/")], &expect(&bytes)).unwrap(), bytes);
        assert_eq!(server.requests()[1].header("if-range"), named);
    }
}

#[test]
fn a_server_without_ranges_is_asked_for_the_whole() {
    let bytes = noise(150_000);
    let whole = bytes.clone();
    let server = Server::start(move |request, stream| {
        let most = if request.number == 0 { 100_000 } else { 999_999 };
        let _ = stream.write_all(&cut(&ok("", &whole), most));
        Then::Close
    });
    assert_eq!(fetch(&[&server.url("/")], &expect(&bytes)).unwrap(), bytes);
    assert_eq!(server.requests()[1].start(), Some(100_000));
    let whole = bytes.clone();
    let server = Server::start(move |request, stream| {
        let most = if request.number == 0 { 100_000 } else { 999_999 };
        let _ = stream.write_all(&cut(&ok("Accept-Ranges: none\r\n", &whole), most));
        Then::Close
    });
    assert_eq!(fetch(&[&server.url("/")], &expect(&bytes)).unwrap(), bytes);
    assert_eq!(server.requests()[1].start(), None);
}

#[test]
fn wrong_answers_to_ranges_are_not_believed() {
    let bytes = noise(150_000);
    let wrong: [RangeAnswer; 5] = [
        // From elsewhere in the file.
        |bytes, start, _| part(bytes, start - 1, ""),
        // Of a file of another size.
        |bytes, start, _| {
            answer("206 Partial Content", &format!("Content-Range: bytes {start}-159999/160000\r\n"), &bytes[start..])
        },
        // Of nobody knows what.
        |bytes, start, _| answer("206 Partial Content", "", &bytes[start..]),
        |bytes, start, _| answer("206 Partial Content", "Content-Range: lines 1-2/3\r\n", &bytes[start..]),
        |_, _, _| answer("416 Range Not Satisfiable", "Content-Range: bytes */150000\r\n", b""),
    ];
    for (index, range) in wrong.into_iter().enumerate() {
        let whole = bytes.clone();
        let server = Server::start(move |request, stream| {
            let reply = match (request.start(), request.number) {
                (Some(start), _) => range(&whole, start, request),
                (None, 0) => cut(&ok("ETag: \"v1\"\r\n", &whole), 100_000),
                (None, _) => ok("ETag: \"v1\"\r\n", &whole),
            };
            let _ = stream.write_all(&reply);
            Then::Close
        });
        assert_eq!(fetch(&[&server.url("/")], &expect(&bytes)).unwrap(), bytes, "{index}");
        assert_eq!(server.count(), 3);
    }
    // The right place, but other bytes: the digest decides, and the whole is asked for.
    let whole = bytes.clone();
    let server = Server::start(move |request, stream| {
        let reply = match (request.start(), request.number) {
            (Some(start), _) => part(&vec![0; whole.len()], start, ""),
            (None, 0) => cut(&ok("", &whole), 100_000),
            (None, _) => ok("", &whole),
        };
        let _ = stream.write_all(&reply);
        Then::Close
    });
    assert_eq!(fetch(&[&server.url("/")], &expect(&bytes)).unwrap(), bytes);
    assert_eq!(server.count(), 3);
}

#[test]
fn a_file_that_changes_between_requests_is_begun_anew() {
    let (old, new) = (noise(150_000), noise(150_001)[1..].to_vec());
    let expected = expect(&new);
    let (before, after) = (old.clone(), new.clone());
    let server = Server::start(move |request, stream| {
        let reply = match request.number {
            0 => cut(&ok("ETag: \"v1\"\r\n", &before), 100_000),
            // As RFC 9110 has it: another version than If-Range names is sent whole.
            _ if request.header("if-range") == Some("\"v2\"") => part(&after, request.start().unwrap(), ""),
            _ => ok("ETag: \"v2\"\r\n", &after),
        };
        let _ = stream.write_all(&reply);
        Then::Close
    });
    assert_eq!(fetch(&[&server.url("/")], &expected).unwrap(), new);
    assert_eq!(server.requests()[1].header("if-range"), Some("\"v1\""));
    assert_eq!(server.count(), 2);
}

#[test]
fn a_dead_server_is_not_asked_for_every_candidate() {
    let down = Server::fixed(answer("503 Busy", "", b""));
    let up = Server::fixed(ok("", b"hello"));
    let (one, two, other) = (down.url("/by-hash"), down.url("/plain"), up.url("/"));
    assert_eq!(fetch(&[&one, &two, &other], &expect(b"hello")).unwrap(), b"hello");
    assert_eq!(down.count(), 4);
}

#[test]
fn web_pages_are_told_from_mismatches() {
    let portal = Server::fixed(ok("Content-Type: text/html\r\n", b"<html>log in</html>"));
    let error = fetch(&[&portal.url("/")], &expect(b"hello")).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("html-answer")));
}

#[test]
fn files_of_this_machine_are_checked_too() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = noise(3_000_000);
    std::fs::write(folder.path().join("x"), &bytes).unwrap();
    let url = format!("file://{}/x", folder.path().display());
    let missing = format!("file://{}/y", folder.path().display());
    assert_eq!(fetch(&[&missing, &url], &expect(&bytes)).unwrap(), bytes);
    assert_eq!(fetch(&[&missing], &expect(&bytes)).unwrap_err().kind(), Kind::NotFound);
    assert_eq!(fetch(&[&url], &expect(&bytes[1..])).unwrap_err().broken_rule(), Some("size-mismatch"));
    let other = Expected::new(bytes.len() as u64, Digest::of(b""));
    assert_eq!(fetch(&[&url], &other).unwrap_err().broken_rule(), Some("hash-mismatch"));
}
