//! Where redirects may lead, and what goes with them.

use reposnap::Kind;
use reposnap::source::fetch::{Credentials, Fetched};

use super::server::{Server, answer, ok, send};
use super::{body, get, options};

fn redirect(to: &str) -> Vec<u8> {
    answer("302 Found", &format!("Location: {to}\r\n"), b"")
}

#[test]
fn redirects_are_followed_to_the_file() {
    for status in ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"] {
        let server = Server::start(move |request, stream| match request.target.as_str() {
            "/a/b" => send(stream, &answer(status, "Location: ../c?x=1\r\n", b"moved")),
            "/c?x=1" => send(stream, &ok("", b"here")),
            other => panic!("{other}"),
        });
        let Fetched::Body(found) = get(options(), &server.url("/a/b")).unwrap() else { panic!("a body") };
        assert_eq!(found.bytes, "here");
        assert_eq!(found.final_url.as_str(), server.url("/c?x=1"));
    }
}

#[test]
fn loops_end() {
    let server = Server::fixed(redirect("/again"));
    let error = get(options(), &server.url("/")).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("redirect-limit")));
    assert_eq!(server.count(), 6);
    let mut none = options();
    none.redirects = 0;
    assert_eq!(get(none, &server.url("/")).unwrap_err().broken_rule(), Some("redirect-limit"));
}

#[test]
fn no_redirect_leads_to_this_machines_files() {
    for (to, rule) in [
        ("file:///etc/passwd", "redirect-scheme"),
        ("ftp://127.0.0.1/x", "redirect-scheme"),
        ("data:,x", "redirect-scheme"),
        ("http://[bad/", "redirect-target"),
    ] {
        let server = Server::fixed(redirect(to));
        let error = get(options(), &server.url("/")).unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some(rule)), "{to}");
        assert_eq!(server.count(), 1);
    }
    let nowhere = Server::fixed(answer("302 Found", "", b""));
    assert_eq!(get(options(), &nowhere.url("/")).unwrap_err().broken_rule(), Some("redirect-target"));
}

#[test]
fn passwords_stay_with_their_server() {
    let other = Server::fixed(ok("", b"done"));
    let target = format!("http://localhost:{}/there", other.port);
    let first = Server::start(move |request, stream| match request.target.as_str() {
        "/start" => send(stream, &redirect("/middle")),
        _ => send(stream, &redirect(&target)),
    });
    let url = format!("http://me:se%2Fcret@127.0.0.1:{}/start", first.port);
    let Fetched::Body(found) = get(options(), &url).unwrap() else { panic!("a body") };
    assert_eq!(found.bytes, "done");
    // me:se/cret
    for request in first.requests() {
        assert_eq!(request.header("authorization"), Some("Basic bWU6c2UvY3JldA=="));
    }
    assert_eq!(first.count(), 2);
    assert_eq!(other.requests()[0].header("authorization"), None);
    assert_eq!(other.requests()[0].header("referer"), None);
}

#[test]
fn a_server_can_not_choose_the_password_for_another() {
    let other = Server::fixed(ok("", b"done"));
    let first = Server::fixed(redirect(&format!("http://evil:word@localhost:{}/", other.port)));
    assert_eq!(body(options(), &first.url("/")).unwrap(), b"done");
    assert_eq!(other.requests()[0].header("authorization"), None);
}

#[test]
fn auth_conf_goes_where_it_says() {
    let server = Server::fixed(ok("", b"done"));
    let with = |text: &str| {
        let mut options = options();
        options.credentials = Credentials::parse(text).unwrap();
        options
    };
    let last = || server.requests().pop().unwrap().header("authorization").map(str::to_owned);
    // Without a scheme an entry is for https alone.
    body(with("machine 127.0.0.1 login apt password debian"), &server.url("/debian/x")).unwrap();
    assert_eq!(last(), None);
    let entry = "machine http://127.0.0.1/debian login apt password debian";
    body(with(entry), &server.url("/ubuntu/x")).unwrap();
    assert_eq!(last(), None);
    body(with(entry), &server.url("/debian/x")).unwrap();
    assert_eq!(last().as_deref(), Some("Basic YXB0OmRlYmlhbg=="));
    // The URL's own come first; a name alone picks the entry.
    let named = |user: &str| format!("http://{user}@127.0.0.1:{}/debian/x", server.port);
    body(with(entry), &named("me:x")).unwrap();
    assert_eq!(last().as_deref(), Some("Basic bWU6eA=="));
    body(with(entry), &named("apt")).unwrap();
    assert_eq!(last().as_deref(), Some("Basic YXB0OmRlYmlhbg=="));
    body(with(entry), &named("other")).unwrap();
    assert_eq!(last().as_deref(), Some("Basic b3RoZXI6"));
}

#[test]
fn refusals_do_not_tell_passwords() {
    let server = Server::fixed(answer("401 Unauthorized", "WWW-Authenticate: Basic realm=x\r\n", b""));
    let error = get(options(), &format!("http://me:hunter2@127.0.0.1:{}/a?sig=hunter2", server.port)).unwrap_err();
    assert_eq!(error.at_path(), Some(server.url("/a?...").as_str()));
    assert!(error.advice().unwrap().contains("auth.conf"));
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}
