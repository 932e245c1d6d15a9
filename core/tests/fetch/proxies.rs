//! Proxies: told, and of the environment.

use std::process::Command;

use reposnap::Kind;
use reposnap::source::fetch::{Credentials, FetchOptions, Fetcher, Proxy, ProxyHosts};

use super::server::{Server, answer, ok};
use super::{body, get, options};

fn through(server: &Server, login: &str) -> FetchOptions {
    let mut options = options();
    options.proxy = Proxy::Fixed(ProxyHosts {
        http: Some(format!("{login}127.0.0.1:{}", server.port)),
        https: Some(format!("http://{login}127.0.0.1:{}", server.port)),
        except: Some("direct.invalid,localhost".to_owned()),
    });
    options
}

#[test]
fn http_goes_through_the_proxy() {
    let proxy = Server::fixed(ok("", b"from the proxy"));
    assert_eq!(body(through(&proxy, ""), "http://deb.invalid/debian/x").unwrap(), b"from the proxy");
    assert_eq!(proxy.requests()[0].target, "http://deb.invalid/debian/x");
    assert_eq!(proxy.requests()[0].header("proxy-authorization"), None);
    // Excepted hosts, and all below them, are reached directly.
    assert_eq!(get(through(&proxy, ""), "http://a.direct.invalid/").unwrap_err().broken_rule(), Some("connect"));
    let direct = Server::fixed(ok("", b"direct"));
    let url = format!("http://localhost:{}/", direct.port);
    assert_eq!(body(through(&proxy, ""), &url).unwrap(), b"direct");
    assert_eq!(proxy.count(), 1);
}

#[test]
fn https_asks_the_proxy_for_a_tunnel() {
    let proxy = Server::fixed(answer("502 Bad Gateway", "", b""));
    let mut options = through(&proxy, "me:hunter2@");
    options.retries = 0;
    let error = get(options, "https://deb.invalid/").unwrap_err();
    assert_eq!(error.kind(), Kind::Network);
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    assert_eq!(proxy.requests()[0].target, "deb.invalid:443");
    assert_eq!(proxy.requests()[0].header("proxy-authorization"), Some("Basic bWU6aHVudGVyMg=="));
}

#[test]
fn proxies_get_their_own_password_only() {
    let proxy = Server::fixed(ok("", b"x"));
    body(through(&proxy, "http://me:p%40ss@"), "http://deb.invalid/").unwrap();
    let mut options = through(&proxy, "");
    let text = format!("machine http://127.0.0.1:{} login apt password debian", proxy.port);
    options.credentials = Credentials::parse(&text).unwrap();
    body(options, "http://deb.invalid/").unwrap();
    let sent: Vec<_> = proxy.requests().iter().map(|r| r.header("proxy-authorization").map(str::to_owned)).collect();
    // me:p@ss, apt:debian
    assert_eq!(sent, [Some("Basic bWU6cEBzcw==".to_owned()), Some("Basic YXB0OmRlYmlhbg==".to_owned())]);
    assert!(proxy.requests().iter().all(|request| request.header("authorization").is_none()));
}

#[test]
fn bad_options_are_refused() {
    let mut options = FetchOptions::default();
    options.proxy = Proxy::Fixed(ProxyHosts { http: Some("socks5h://127.0.0.1".to_owned()), ..ProxyHosts::default() });
    assert_eq!(Fetcher::new(options).unwrap_err().kind(), Kind::Unsupported);
    let changes: [fn(&mut FetchOptions); 6] = [
        |options| options.parallel = 0,
        |options| options.parallel = 257,
        |options| options.retries = 21,
        |options| options.redirects = 21,
        |options| options.idle_timeout = std::time::Duration::ZERO,
        |options| options.user_agent = "a\nb".to_owned(),
    ];
    for change in changes {
        let mut options = super::options();
        change(&mut options);
        let error = Fetcher::new(options).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        assert!(error.at_field().is_some());
    }
}

/// The environment of a process can't be changed safely from within, so this test runs itself again.
#[test]
fn the_environment_names_the_proxy() {
    const CHILD: &str = "REPOSNAP_TEST_PROXY_CHILD";
    if std::env::var_os(CHILD).is_some() {
        let mut options = options();
        options.proxy = Proxy::Environment;
        assert_eq!(body(options, "http://deb.invalid/debian/x").unwrap(), b"from the proxy");
        return;
    }
    let proxy = Server::fixed(ok("", b"from the proxy"));
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["proxies::the_environment_names_the_proxy", "--exact"])
        .env(CHILD, "1")
        .env("http_proxy", proxy.url("/"))
        .env("no_proxy", "localhost")
        .env_remove("all_proxy")
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(proxy.requests()[0].target, "http://deb.invalid/debian/x");
}
