//! Passwords and tokens.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reposnap::Kind;
use reposnap_image::blobs::Blobs;
use reposnap_image::referrers::{Artifact, Referrers};
use reposnap_image::registry::{Credentials, RegistryOptions, Secret};

use crate::fake::{Fake, Reply, Request, quick};
use crate::tools::{Images, Server, anonymous, certificates, run};

const PASSWORD: &str = "correct horse";
/// `me` with that password, by bcrypt.
const HTPASSWD: &str = "me:$2b$04$aPtAGl3gjhBfntqzDD9oVe2xURlXUnIbjSWnvmciCPQgekhUM7C6.\n";
const OCI: &str = "application/vnd.oci.image.manifest.v1+json";
const MANIFEST: &str = r#"{"schemaVersion":2,"config":{},"layers":[]}"#;

fn with_password(mut options: RegistryOptions, password: &str) -> RegistryOptions {
    options.credentials = Credentials::Password { user: "me".to_owned(), password: Secret::new(password) };
    options
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_skopeo_kept() {
    let images = Images::new();
    let server = Server::with(
        |folder| {
            std::fs::write(folder.join("htpasswd"), HTPASSWD).unwrap();
            format!("auth:\n  htpasswd:\n    realm: test\n    path: {}\n", folder.join("htpasswd").display())
        },
        "",
    );
    let file = images.home().join("auth.json");
    let name = server.name("");
    let host = name.trim_end_matches('/');
    let arguments =
        ["login", "--tls-verify=false", "--authfile", file.to_str().unwrap(), "-u", "me", "-p", PASSWORD, host];
    run(images.home(), "skopeo", &arguments);
    server.copy(&images, "one", "app:1", &["--dest-authfile", file.to_str().unwrap()]);

    let mut options = anonymous();
    options.credentials = Credentials::File(file);
    let registry = server.registry("app:1", options);
    let root = registry.root().await.unwrap();
    assert_eq!(root.digest, images.descriptor("one").digest);
    // Pushing is let in, too.
    registry.attach(&root.digest, &Artifact::new("application/x.test", &b"x"[..])).await.unwrap();

    for options in [anonymous(), with_password(anonymous(), "hunter2")] {
        let error = server.registry("app:1", options).root().await.unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("unauthorized")), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}

/// A token server whose tokens docker-registry takes: signed by openssl, with the certificate in the token.
fn token_server(folder: &std::path::Path) -> Fake {
    let folder = folder.to_owned();
    Fake::new(move |request, _| {
        let url = url::Url::parse(&format!("http://x{}", request.target)).unwrap();
        let query = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let form: Vec<_> = url::form_urlencoded::parse(&request.body).into_owned().collect();
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let basic = format!("Basic {}", STANDARD.encode(format!("me:{PASSWORD}")));
        let let_in = match request.method.as_str() {
            "GET" => request.header("Authorization") == Some(&basic),
            _ => {
                field("grant_type").as_deref() == Some("refresh_token")
                    && field("refresh_token").as_deref() == Some("idt")
            }
        };
        if !let_in {
            return Reply::new(401, r#"{"errors":[{"code":"UNAUTHORIZED"}]}"#);
        }
        let scope = query("scope").or(field("scope")).unwrap();
        let [kind, name, actions] = *scope.split(':').collect::<Vec<_>>() else { panic!("{scope}") };
        let now = jiff::Timestamp::now().as_second();
        let claims = serde_json::json!({
            "iss": "test issuer", "sub": "me", "aud": query("service").or(field("service")).unwrap(),
            "exp": now + 300, "nbf": now - 10, "iat": now, "jti": "1",
            "access": [{"type": kind, "name": name, "actions": actions.split(',').collect::<Vec<_>>()}],
        });
        let pem = std::fs::read_to_string(folder.join("token.crt")).unwrap();
        let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let header = serde_json::json!({"typ": "JWT", "alg": "RS256", "x5c": [der]});
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).unwrap());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let file = tempfile::NamedTempFile::new_in(&folder).unwrap();
        std::fs::write(file.path(), &signed).unwrap();
        let file = file.path().to_str().unwrap();
        let signature = run(&folder, "openssl", &["dgst", "-sha256", "-sign", "token.key", file]);
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
        let answer = serde_json::json!({"token": token, "expires_in": 300, "refresh_token": "idt"});
        Reply::manifest("application/json", serde_json::to_vec(&answer).unwrap())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_docker_registry_takes() {
    let images = Images::new();
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path());
    let mut arguments = vec!["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=tokens"];
    arguments.extend(["-keyout", "token.key", "-out", "token.crt"]);
    run(folder.path(), "openssl", &arguments);
    let tokens = token_server(folder.path());
    let server = Server::with(
        |_| {
            format!(
                "auth:\n  token:\n    realm: http://127.0.0.1:{}/token\n    service: test service\n    \
                 issuer: test issuer\n    rootcertbundle: {}\n",
                tokens.port,
                folder.path().join("token.crt").display()
            )
        },
        "",
    );
    server.copy(&images, "one", "app:1", &["--dest-creds", &format!("me:{PASSWORD}")]);
    let before = tokens.requests().len();
    let registry = server.registry("app:1", with_password(anonymous(), PASSWORD));
    let root = registry.root().await.unwrap();
    assert_eq!(root.digest, images.descriptor("one").digest);
    let (config, _) = crate::tools::parts(&root.bytes);
    registry.document(&config).await.unwrap();
    // One token for all that is read.
    assert_eq!(tokens.requests().len(), before + 1);
    let artifact = Artifact::new("application/x.test", &b"x"[..]);
    let attached = registry.attach(&root.digest, &artifact).await.unwrap();
    assert_eq!(registry.list(&root.digest, None).await.unwrap().len(), 1);
    // And one for all that is written.
    assert_eq!(tokens.requests().len(), before + 2);
    assert!(tokens.requests().last().unwrap().target.contains("scope=repository%3Aapp%3A"));

    // An identity token instead of the password, as docker login keeps it.
    let file = folder.path().join("config.json");
    let host = server.name("");
    let auths = serde_json::json!({"auths": {host.trim_end_matches('/'): {"identitytoken": "idt"}}});
    std::fs::write(&file, serde_json::to_vec(&auths).unwrap()).unwrap();
    let mut options = anonymous();
    options.credentials = Credentials::File(file);
    let registry = server.registry("app:1", options);
    assert_eq!(registry.fetch(&root.digest, &attached).await.unwrap().blobs[0].1, "x");
    assert_eq!(tokens.requests().last().unwrap().method, "POST");

    for options in [anonymous(), with_password(anonymous(), "hunter2")] {
        let error = server.registry("app:1", options).root().await.unwrap_err();
        assert_eq!(error.broken_rule(), Some("unauthorized"), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}

/// A registry that wants a token from `realm`, and takes `good`.
fn wants_token(realm: String) -> impl Fn(&Request, usize) -> Reply {
    move |request, _| match request.header("Authorization") {
        Some("Bearer good") => Reply::manifest(OCI, MANIFEST),
        _ => Reply::new(401, "").header("WWW-Authenticate", format!("Bearer realm=\"{realm}\",service=\"s\"")),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn token_servers_that_misbehave() {
    let cases: Vec<(&str, Reply, Kind, Option<&str>)> = vec![
        ("slow", Reply::silent(), Kind::Network, Some("idle-timeout")),
        ("endless", Reply::new(200, vec![b' '; 10_000]).endless(), Kind::Limit, Some("size-limit")),
        ("no JSON", Reply::new(200, "hunter2"), Kind::Malformed, Some("token")),
        ("a number", Reply::new(200, r#"{"token":7,"x":"hunter2"}"#), Kind::Malformed, Some("token")),
        ("no token", Reply::new(200, "{}"), Kind::Malformed, Some("token")),
        ("a line end", Reply::new(200, r#"{"token":"hunter2\r\nX: y"}"#), Kind::Malformed, Some("token")),
        ("a bad token", Reply::new(200, r#"{"token":"hunter2"}"#), Kind::Network, Some("unauthorized")),
        ("refusal", Reply::new(403, "hunter2"), Kind::Network, Some("forbidden")),
        ("overload", Reply::new(503, ""), Kind::Network, Some("http-status")),
        // Could lead the password anywhere.
        ("redirect", Reply::new(307, "").header("Location", "/other"), Kind::Network, Some("http-status")),
    ];
    for (what, reply, kind, rule) in cases {
        let tokens = Fake::new(move |_, _| reply.clone());
        let fake = Fake::new(wants_token(format!("http://127.0.0.1:{}/t", tokens.port)));
        let registry = fake.registry_with("app:1", with_password(quick(), "hunter2"));
        let error = registry.root().await.unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (kind, rule), "{what}: {error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{what}: {error:?}");
        assert!(tokens.requests().iter().all(|request| request.target.starts_with("/t?")), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_got_again_once_they_end() {
    let tokens = Fake::new(|_, _| Reply::new(200, r#"{"access_token":"good","expires_in":-5}"#));
    let accepted = Arc::new(Mutex::new(0));
    let port = tokens.port;
    let counted = accepted.clone();
    let wants = wants_token(format!("http://127.0.0.1:{port}/t"));
    // Every second use is refused, as if the token had ended.
    let fake = Fake::new(move |request, before| {
        let mut accepted = counted.lock().unwrap();
        if request.header("Authorization").is_some() {
            *accepted += 1;
            if *accepted % 2 == 0 {
                return Reply::new(401, "")
                    .header("WWW-Authenticate", format!("Bearer realm=\"http://127.0.0.1:{port}/t\""));
            }
        }
        wants(request, before)
    });
    let registry = fake.registry("app:1");
    registry.root().await.unwrap();
    registry.root().await.unwrap();
    assert_eq!((*accepted.lock().unwrap(), tokens.requests().len()), (3, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_may_not_choose_where_passwords_go() {
    let elsewhere = Fake::new(|_, _| Reply::new(200, r#"{"token":"good"}"#));
    for (realm, rule) in [
        // Without TLS to somewhere that is not this machine.
        ("http://registry.invalid/token".to_owned(), "token-downgrade"),
        ("ftp://127.0.0.1/".to_owned(), "token-realm"),
        ("/token".to_owned(), "token-realm"),
    ] {
        let fake = Fake::new(wants_token(realm.clone()));
        let error = fake.registry_with("app:1", with_password(quick(), "hunter2")).root().await.unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some(rule)), "{realm}: {error}");
    }
    // A scope about other repositories is not passed on.
    let port = elsewhere.port;
    let fake = Fake::new(move |request, _| match request.header("Authorization") {
        Some("Bearer good") => Reply::manifest(OCI, MANIFEST),
        _ => {
            let scope = "repository:app:pull repository:secret:pull";
            let wants = format!("Bearer realm=\"http://127.0.0.1:{port}/t\",scope=\"{scope}\"");
            Reply::new(401, "").header("WWW-Authenticate", wants)
        }
    });
    fake.registry("app:1").root().await.unwrap();
    assert_eq!(elsewhere.requests()[0].target, "/t?scope=repository%3Aapp%3Apull");
    let odd = Fake::new(|_, _| Reply::new(401, "").header("WWW-Authenticate", "Negotiate"));
    let error = odd.registry("app:1").root().await.unwrap_err();
    assert_eq!(error.broken_rule(), Some("unauthorized"), "{error}");
}
