//! Registries that lie, stall, lead astray or have enough.

use reposnap::{Digest, Kind};
use reposnap_image::blobs::{Blobs, Descriptor};
use reposnap_image::registry::Credentials;

use crate::fake::{Fake, Reply, quick};
use crate::tools::layer;

const OCI: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = r#"{"schemaVersion":2,"config":{},"layers":[]}"#;

fn sha256(text: &str) -> String {
    format!("sha256:{}", Digest::of(text.as_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn lies_about_manifests_are_told() {
    let by_digest = format!("app@{}", sha256("something else"));
    let right = || Reply::manifest(OCI, MANIFEST);
    let cases: Vec<(&str, &str, Reply, Kind, Option<&str>)> = vec![
        ("other bytes", &by_digest, right(), Kind::Verification, Some("digest-mismatch")),
        (
            "header",
            "app:1",
            right().header("Docker-Content-Digest", sha256("x")),
            Kind::Verification,
            Some("digest-mismatch"),
        ),
        (
            "no digest in the header",
            "app:1",
            right().header("Docker-Content-Digest", "sha256:12"),
            Kind::Verification,
            Some("digest-mismatch"),
        ),
        ("called an index", "app:1", Reply::manifest(INDEX, MANIFEST), Kind::Verification, Some("media-type")),
        ("a web page", "app:1", Reply::manifest("text/html", "<html>"), Kind::Malformed, None),
        ("called a page", "app:1", Reply::manifest("text/html", MANIFEST), Kind::Verification, Some("media-type")),
        ("no JSON", "app:1", Reply::manifest(OCI, "{"), Kind::Malformed, None),
        (
            "schema 1",
            "app:1",
            Reply::manifest("application/vnd.docker.distribution.manifest.v1+prettyjws", r#"{"schemaVersion":1}"#),
            Kind::Unsupported,
            None,
        ),
        ("a large length", "app:1", right().header("Content-Length", "99999999999"), Kind::Limit, None),
        ("no end", "app:1", Reply::manifest(OCI, vec![b' '; 100_000]).endless(), Kind::Limit, None),
        ("refused", "app:1", Reply::new(403, "{}"), Kind::Network, Some("forbidden")),
        ("nonsense", "app:1", Reply::new(299, ""), Kind::Network, Some("http-status")),
    ];
    for (what, name, reply, kind, rule) in cases {
        let fake = Fake::new(move |_, _| reply.clone());
        let error = fake.registry(name).root().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{what}: {error}");
        if rule.is_some() {
            assert_eq!(error.broken_rule(), rule, "{what}: {error}");
        }
        assert_eq!(fake.requests().len(), 1, "{what}: it will not get better");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_what_their_descriptor_says() {
    let of = |media_type: &str, size: u64| Descriptor {
        media_type: media_type.to_owned(),
        digest: Digest::of(MANIFEST.as_bytes()),
        size,
        platform: None,
        artifact_type: None,
        annotations: Default::default(),
    };
    let size = MANIFEST.len() as u64;
    let fake = Fake::new(|_, _| Reply::manifest(OCI, MANIFEST));
    let registry = fake.registry("app:1");
    assert_eq!(registry.document(&of(OCI, size)).await.unwrap().bytes, MANIFEST);
    assert_eq!(registry.document(&of("application/octet-stream", size)).await.unwrap().bytes, MANIFEST);
    for (descriptor, kind, rule) in [
        (of(OCI, size + 1), Kind::Verification, "size-mismatch"),
        (of("text/plain", size + 1), Kind::Verification, "size-mismatch"),
        (of("text/plain", size - 1), Kind::Verification, "size-mismatch"),
        (of("application/vnd.docker.distribution.manifest.v2+json", size), Kind::Verification, "media-type"),
        (of("text/plain", u64::MAX), Kind::Limit, "size-limit"),
    ] {
        let error = registry.document(&descriptor).await.unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (kind, Some(rule)), "{error}");
    }
    let endless = Fake::new(|_, _| Reply::new(200, vec![0; 10_000]).endless());
    let error = endless.registry("app:1").document(&of("text/plain", size)).await.unwrap_err();
    assert_eq!(error.broken_rule(), Some("size-mismatch"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_enough_is_waited_for() {
    for status in [429, 500, 502, 503, 504] {
        let fake = Fake::new(move |_, before| match before {
            0 => Reply::new(status, "").header("Retry-After", "0"),
            1 => Reply::new(status, ""),
            _ => Reply::manifest(OCI, MANIFEST),
        });
        assert_eq!(fake.registry("app:1").root().await.unwrap().bytes, MANIFEST);
        assert_eq!(fake.requests().len(), 3);
    }
    // As long as it asks, and not longer than we would.
    let fake = Fake::new(|_, _| Reply::new(429, "").header("Retry-After", "3600"));
    let error = fake.registry("app:1").root().await.unwrap_err();
    assert!(error.kind() == Kind::Network && error.to_string().contains("429"), "{error}");
    assert_eq!(fake.requests().len(), 1);
    let fake = Fake::new(|_, _| Reply::new(503, ""));
    assert_eq!(fake.registry("app:1").root().await.unwrap_err().kind(), Kind::Network);
    assert_eq!(fake.requests().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_and_silent_connections_are_tried_again_and_given_up() {
    let fake = Fake::new(|_, before| match before {
        0 => Reply::manifest(OCI, MANIFEST).cut(5),
        1 => Reply::silent(),
        _ => Reply::manifest(OCI, MANIFEST),
    });
    assert_eq!(fake.registry("app:1").root().await.unwrap().bytes, MANIFEST);
    let silent = Fake::new(|_, _| Reply::silent());
    let error = silent.registry("app:1").root().await.unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("idle-timeout")), "{error}");
    assert_eq!(silent.requests().len(), 4);
    // Nobody listens there any more.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let name = format!("127.0.0.1:{port}/app:1").parse().unwrap();
    let error = reposnap_image::registry::Registry::new(name, quick()).unwrap().root().await.unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("connect")), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_gets_no_password() {
    let content = b"a layer".to_vec();
    let served = content.clone();
    let store = Fake::new(move |_, _| Reply::new(200, served.clone()));
    let port = store.port;
    let fake = Fake::new(move |request, _| match request.header("Authorization") {
        None => Reply::new(401, "").header("WWW-Authenticate", "Basic realm=\"x\""),
        // Another host, though the same machine, with a password that nobody asked for.
        Some(_) => Reply::new(307, "").header("Location", format!("http://u:p@localhost:{port}/blob?signed=1")),
    });
    let mut options = quick();
    options.credentials =
        Credentials::Password { user: "me".to_owned(), password: reposnap_image::registry::Secret::new("hunter2") };
    let descriptor = Descriptor {
        media_type: "application/octet-stream".to_owned(),
        digest: Digest::of(&content),
        size: content.len() as u64,
        platform: None,
        artifact_type: None,
        annotations: Default::default(),
    };
    let registry = fake.registry_with("app:1", options);
    assert_eq!(layer(&registry, &descriptor).await.unwrap(), content);
    assert_eq!(registry.document(&descriptor).await.unwrap().bytes, content);
    assert_eq!(store.requests().len(), 2);
    for request in store.requests() {
        assert_eq!((request.header("Authorization"), request.target.as_str()), (None, "/blob?signed=1"));
    }
    assert!(fake.requests().iter().any(|request| request.header("Authorization") == Some("Basic bWU6aHVudGVyMg==")));
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_have_an_end_and_a_scheme() {
    for (location, rule) in [
        ("/v2/app/manifests/1", "redirect-limit"),
        ("file:///etc/passwd", "redirect-scheme"),
        ("http://[", "redirect-target"),
        ("", "redirect-limit"),
    ] {
        let fake = Fake::new(move |_, _| Reply::new(302, "").header("Location", location));
        let error = fake.registry("app:1").root().await.unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some(rule)), "{location}: {error}");
        assert!(fake.requests().len() <= 6);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_registries_are_told_by_their_code_alone() {
    let fake = Fake::new(|request, _| {
        let sent = request.header("Authorization").unwrap_or_default().to_owned();
        match sent.as_str() {
            "" => Reply::new(401, "").header("WWW-Authenticate", "Basic"),
            _ => Reply::new(403, format!(r#"{{"errors":[{{"code":"DENIED","message":"{sent}"}}]}}"#)),
        }
    });
    let mut options = quick();
    options.credentials =
        Credentials::Password { user: "me".to_owned(), password: reposnap_image::registry::Secret::new("hunter2") };
    let registry = fake.registry_with("app:1", options);
    let error = registry.root().await.unwrap_err();
    assert!(error.to_string().contains("403 Forbidden, DENIED"), "{error}");
    for text in [format!("{error:?}"), format!("{registry:?}")] {
        assert!(!text.contains("hunter2") && !text.contains("bWU6"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_tls_only_where_that_was_said() {
    let fake = Fake::new(|_, _| Reply::manifest(OCI, MANIFEST));
    // Reaches this machine, and is not known to.
    let host = format!("0.0.0.0:{}", fake.port);
    let registry =
        |options| reposnap_image::registry::Registry::new(format!("{host}/app:1").parse().unwrap(), options).unwrap();
    let mut options = quick();
    options.fetch.proxy = reposnap::source::fetch::Proxy::Direct;
    options.fetch.retries = 0;
    assert_eq!(registry(options.clone()).root().await.unwrap_err().kind(), Kind::Network);
    assert!(fake.requests().iter().all(|request| request.method != "GET"), "it spoke HTTP");
    options.insecure.push(host.clone());
    assert_eq!(registry(options).root().await.unwrap().bytes, MANIFEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trickle_ends_by_the_clock() {
    let fake = Fake::new(|_, _| Reply::manifest(OCI, vec![b' '; 100]).trickle());
    let mut options = quick();
    options.fetch.retries = 0;
    options.fetch.idle_timeout = std::time::Duration::from_millis(200);
    let error = fake.registry_with("app:1", options.clone()).root().await.unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("too-slow")), "{error}");
    options.fetch.minimum_rate = 0;
    options.fetch.total_timeout = Some(std::time::Duration::from_millis(400));
    let error = fake.registry_with("app:1", options).root().await.unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("total-timeout")), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_proxy_is_asked_for_this_machine() {
    let proxy = Fake::new(|_, _| Reply::new(502, ""));
    let fake = Fake::new(|_, _| Reply::manifest(OCI, MANIFEST));
    let mut options = quick();
    options.fetch.proxy = reposnap::source::fetch::Proxy::Fixed(reposnap::source::fetch::ProxyHosts {
        http: Some(format!("http://127.0.0.1:{}", proxy.port)),
        ..Default::default()
    });
    assert_eq!(fake.registry_with("app:1", options.clone()).root().await.unwrap().bytes, MANIFEST);
    assert!(proxy.requests().is_empty());
    // Others are reached through it.
    options.fetch.retries = 0;
    options.insecure.push("registry.invalid:1".to_owned());
    let name = "registry.invalid:1/app:1".parse().unwrap();
    let registry = reposnap_image::registry::Registry::new(name, options).unwrap();
    assert_eq!(registry.root().await.unwrap_err().kind(), Kind::Network);
    assert!(!proxy.requests().is_empty());
}
