//! `get`: conditional requests, limits, time, and answers that are none.

use std::io::Write;
use std::time::Duration;

use reposnap::Kind;
use reposnap::source::fetch::{Fetched, Validators, parse_url};

use super::server::{Server, Then, answer, ok, send};
use super::{body, fetcher, get, options, run};

#[test]
fn one_request_when_nothing_changed() {
    let server = Server::start(|request, stream| {
        if request.header("if-none-match") == Some("\"v1\"") && request.header("if-modified-since").is_some() {
            return send(stream, b"HTTP/1.1 304 Not Modified\r\n\r\n");
        }
        send(stream, &ok("ETag: \"v1\"\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n", b"hello"))
    });
    run(async {
        let fetcher = fetcher(options());
        let url = parse_url(&server.url("/InRelease")).unwrap();
        let Fetched::Body(first) = fetcher.get(&url, 100, None).await.unwrap() else { panic!("a body") };
        assert_eq!(first.bytes, "hello");
        assert_eq!(first.validators.etag.as_deref(), Some("\"v1\""));
        assert_eq!(fetcher.get(&url, 100, Some(&first.validators)).await.unwrap(), Fetched::NotModified);
        assert_eq!(server.count(), 2);
    });
    let seen = &server.requests()[0];
    assert_eq!(seen.header("accept-encoding"), Some("identity"));
    assert!(seen.header("user-agent").unwrap().starts_with("reposnap/"));
    assert_eq!((seen.header("if-none-match"), seen.header("authorization"), seen.header("range")), (None, None, None));
}

#[test]
fn validators_that_fit_no_header_are_left_out() {
    let server = Server::fixed(ok("", b"x"));
    let validators = Validators { etag: Some("a\r\nEvil: 1".to_owned()), last_modified: None };
    let url = parse_url(&server.url("/")).unwrap();
    assert!(matches!(run(fetcher(options()).get(&url, 9, Some(&validators))).unwrap(), Fetched::Body(_)));
    assert_eq!(server.requests()[0].header("evil"), None);
}

#[test]
fn absence_is_an_answer() {
    for status in ["404 Not Found", "410 Gone"] {
        let server = Server::fixed(answer(status, "", b"<html>no</html>"));
        assert_eq!(get(options(), &server.url("/")).unwrap(), Fetched::NotFound);
        assert_eq!(server.count(), 1);
    }
}

#[test]
fn bodies_in_chunks_and_up_to_the_close() {
    let chunked = Server::fixed(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: t\r\n\r\n"
            .to_vec(),
    );
    assert_eq!(body(options(), &chunked.url("/")).unwrap(), b"hello world");
    let closed = Server::fixed(b"HTTP/1.0 200 OK\r\n\r\nhello world".to_vec());
    assert_eq!(body(options(), &closed.url("/")).unwrap(), b"hello world");
    let empty = Server::fixed(ok("", b""));
    assert_eq!(body(options(), &empty.url("/")).unwrap(), b"");
}

#[test]
fn the_limit_holds_with_and_without_a_length() {
    let told = Server::fixed(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_vec());
    let error = get(options(), &told.url("/")).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Limit, Some("size-limit")));
    assert_eq!(told.count(), 1);
    // Never ends by itself.
    let endless = Server::start(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        let chunk = [b"10000\r\n".as_slice(), &[7; 0x10000], b"\r\n"].concat();
        while stream.write_all(&chunk).is_ok() {}
        Then::Close
    });
    assert_eq!(get(options(), &endless.url("/")).unwrap_err().broken_rule(), Some("size-limit"));
    // A file of exactly the limit is fine.
    let exact = Server::fixed(ok("", &vec![1; 1 << 20]));
    assert_eq!(body(options(), &exact.url("/")).unwrap().len(), 1 << 20);
    let over = Server::fixed(ok("", &vec![1; (1 << 20) + 1]));
    assert_eq!(get(options(), &over.url("/")).unwrap_err().kind(), Kind::Limit);
}

#[test]
fn a_body_shorter_than_told_is_tried_again() {
    let server = Server::start(|request, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
        if request.number == 2 {
            let _ = stream.write_all(b"lo");
        }
        Then::Close
    });
    assert_eq!(body(options(), &server.url("/")).unwrap(), b"hello");
    assert_eq!(server.count(), 3);
    let hopeless = Server::fixed(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel".to_vec());
    let error = get(options(), &hopeless.url("/")).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("connection-broken")));
    assert_eq!(error.advice(), Some("tried 4 times"));
    assert_eq!(hopeless.count(), 4);
}

#[test]
fn servers_that_say_nothing_are_left() {
    let mut patience = options();
    patience.idle_timeout = Duration::from_millis(150);
    patience.retries = 1;
    for head in ["", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"] {
        let server = Server::start(move |_, stream| {
            let _ = stream.write_all(head.as_bytes());
            std::thread::sleep(Duration::from_secs(2));
            Then::Close
        });
        let error = get(patience.clone(), &server.url("/")).unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("idle-timeout")), "{head:?}");
        assert_eq!(server.count(), 2);
    }
}

fn trickle() -> Server {
    Server::start(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Then::Close
    })
}

#[test]
fn a_byte_at_a_time_does_not_hold_us_for_ever() {
    let mut patience = options();
    patience.retries = 0;
    patience.idle_timeout = Duration::from_millis(200);
    let error = get(patience.clone(), &trickle().url("/")).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("too-slow")));
    patience.minimum_rate = 0;
    patience.total_timeout = Some(Duration::from_millis(300));
    let error = get(patience, &trickle().url("/")).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("total-timeout")));
}

#[test]
fn passing_failures_are_tried_again() {
    for status in [408, 425, 429, 500, 502, 503, 504] {
        let server = Server::start(move |request, stream| match request.number {
            0 => send(stream, &answer(&format!("{status} No"), "Retry-After: 0\r\n", b"busy")),
            1 => send(stream, &answer(&format!("{status} No"), "Retry-After: soon\r\n", b"busy")),
            _ => send(stream, &ok("", b"done")),
        });
        assert_eq!(body(options(), &server.url("/")).unwrap(), b"done", "{status}");
        assert_eq!(server.count(), 3);
    }
    let down = Server::fixed(answer("503 Service Unavailable", "", b""));
    let error = get(options(), &down.url("/x")).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("http-status")));
    assert_eq!(error.message(), "the server answered 503 Service Unavailable");
    assert_eq!(error.at_path(), Some(down.url("/x").as_str()));
    assert_eq!(down.count(), 4);
}

#[test]
fn a_server_that_asks_for_too_long_a_wait_is_left() {
    let server = Server::fixed(answer("429 Too Many Requests", "Retry-After: 86400\r\n", b""));
    let error = get(options(), &server.url("/")).unwrap_err();
    assert_eq!(error.advice(), Some("the server asks to come back in 86400 s"));
    assert_eq!(server.count(), 1);
    let server = Server::start(|request, stream| match request.number {
        0 => send(stream, &answer("503 Busy", "Retry-After: 1\r\n", b"")),
        _ => send(stream, &ok("", b"done")),
    });
    assert_eq!(body(options(), &server.url("/")).unwrap(), b"done");
}

#[test]
fn lasting_refusals_are_not_tried_again() {
    for status in ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "407 Proxy", "451 Legal", "501 No", "204 No"]
    {
        let server = Server::fixed(answer(status, "", b""));
        let error = get(options(), &server.url("/")).unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("http-status")), "{status}");
        assert_eq!(server.count(), 1, "{status}");
    }
    // What nobody asked for.
    for status in ["304 Not Modified", "206 Partial Content", "416 Range Not Satisfiable"] {
        let server = Server::fixed(answer(status, "Content-Range: bytes 0-1/2\r\n", b""));
        assert_eq!(get(options(), &server.url("/")).unwrap_err().kind(), Kind::Network, "{status}");
    }
}

#[test]
fn web_pages_are_told_from_files() {
    let portal =
        Server::fixed(ok("Content-Type: text/html; charset=utf-8\r\n", b"\n<!DOCTYPE html><p>Please log in</p>"));
    let error = get(options(), &portal.url("/InRelease")).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("html-answer")));
    assert!(error.advice().unwrap().contains("login page"));
    assert_eq!(portal.count(), 1);
    // A server that merely calls everything a web page.
    let odd = Server::fixed(ok("Content-Type: text/html\r\n", b"-----BEGIN PGP SIGNED MESSAGE-----"));
    assert!(body(options(), &odd.url("/")).unwrap().starts_with(b"-----BEGIN"));
}

#[test]
fn heads_without_end_are_refused() {
    let mut once = options();
    once.retries = 0;
    for piece in [b"X: y\r\n".as_slice(), &[b'a'; 1000]] {
        let server = Server::start(move |_, stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nA: ");
            while stream.write_all(piece).is_ok() {}
            Then::Close
        });
        assert_eq!(get(once.clone(), &server.url("/")).unwrap_err().kind(), Kind::Network);
    }
    for garbage in [
        "SSH-2.0-OpenSSH_9\r\n",
        "HTTP/9.9 xyz\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    ] {
        let server = Server::fixed(garbage);
        assert_eq!(get(once.clone(), &server.url("/")).unwrap_err().kind(), Kind::Network, "{garbage:?}");
    }
}

#[test]
fn nobody_there() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = get(options(), &format!("http://me:hunter2@127.0.0.1:{port}/x?token=hunter2")).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("connect")));
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    let error = get(options(), "http://no-such-host.invalid/").unwrap_err();
    assert_eq!(error.kind(), Kind::Network);
}

#[test]
fn files_of_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a b+c"), "hello").unwrap();
    let base = parse_url(&format!("file:{}", folder.path().display())).unwrap();
    let join = |path| reposnap::source::fetch::join(&base, path).unwrap();
    run(async {
        let fetcher = fetcher(options());
        let Fetched::Body(found) = fetcher.get(&join("a b+c"), 5, None).await.unwrap() else { panic!("a body") };
        assert_eq!(found.bytes, "hello");
        assert_eq!(fetcher.get(&join("a b+c"), 4, None).await.unwrap_err().kind(), Kind::Limit);
        assert_eq!(fetcher.get(&join("nothing"), 5, None).await.unwrap(), Fetched::NotFound);
        assert_eq!(fetcher.get(&join("a b+c/x"), 5, None).await.unwrap(), Fetched::NotFound);
        assert_eq!(fetcher.get(&base, 5, None).await.unwrap_err().kind(), Kind::Io);
    });
    // A pipe that nobody writes to would keep us waiting.
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(run(fetcher(options()).get(&join("pipe"), 5, None)).unwrap_err().kind(), Kind::Io);
}
