//! A mirror over https, from the command to the pool, behind an authority that is trusted or not.

use std::process::Command;

use reposnap_tests::authority::Authority;
use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::Package;
use reposnap_tests::gnupg::GnuPg;
use reposnap_tests::nginx::Nginx;
use reposnap_tests::process::{capture, succeed};
use reposnap_tests::upstream::{Suite, Upstream, date};
use serde_json::Value;

/// The command, believing the authorities of `file` in place of the system's.
fn trusting(reposnap: &Reposnap, authority: &Authority, arguments: &[&str]) -> Command {
    let mut command = reposnap.command(arguments);
    command.arg("--json").env("SSL_CERT_FILE", authority.file()).env_remove("SSL_CERT_DIR");
    command
}

#[test]
fn a_mirror_over_https() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let gpg = GnuPg::new();
    let key = gpg.generate("Upstream <upstream@example.org>");
    let keyring = gpg.write_keyring(&key, &directory.path().join("upstream.gpg")).display().to_string();
    let mut upstream = Upstream::new(&directory.path().join("upstream"), &gpg, &key);
    upstream.publish(&Suite::new(packages("1.0")).date(&date(-60)));
    let (known, stranger) = (Authority::new(), Authority::new());
    let server = Nginx::serve_tls(upstream.root(), &known);
    let reposnap = Reposnap::new(&directory.path().join("store"));
    let url = server.url();
    assert!(url.starts_with("https://"));
    reposnap.ok(["mirror", "add", "m", &url, "testname", "main", "--arch", "amd64", "--signed-by", &keyring]);

    // Neither the system's authorities nor a stranger vouch for the server; nothing is fetched.
    for mut command in [
        reposnap.command(["mirror", "update", "m", "--json"]),
        trusting(&reposnap, &stranger, &["mirror", "update", "m"]),
    ] {
        let finished = capture(&mut command);
        assert_eq!(finished.code(), 2, "{}", finished.transcript());
        let error: Value = serde_json::from_slice(&finished.stdout).expect("a document");
        assert_eq!(
            (&error["error"]["kind"], &error["error"]["rule"]),
            (&"verification".into(), &"tls-certificate".into()),
            "{error}"
        );
        assert!(error["error"]["path"].as_str().is_some_and(|path| path.starts_with(&url)), "{error}");
    }
    assert!(server.accesses().is_empty(), "nothing was asked of a server that nobody vouches for");
    assert_eq!(reposnap.json(["mirror", "list"])[0].get("snapshot"), None);

    let update = || -> Value {
        let finished = succeed(&mut trusting(&reposnap, &known, &["mirror", "update", "m"]));
        serde_json::from_slice(&finished.stdout).expect("a document")
    };
    assert_eq!(update()["changed"], true);
    assert_eq!(reposnap.json(["search", "m", "Name"]).as_array().map(Vec::len), Some(2));
    assert!(server.accesses().iter().any(|access| access.path.contains("/pool/") && access.status == 200));
    // One conditional request when nothing changed, the new package alone when something did.
    server.forget();
    assert_eq!(update()["changed"], false);
    let asked: Vec<_> = server.accesses().into_iter().map(|access| access.status).collect();
    assert_eq!(asked, [304]);
    upstream.publish(&Suite::new(packages("2.0")).date(&date(-30)));
    server.forget();
    assert_eq!(update()["changed"], true);
    let fetched: Vec<_> = server.accesses().into_iter().filter(|access| access.path.contains("/pool/")).collect();
    assert!(fetched.len() == 1 && fetched[0].path.contains("hello_2.0"), "{fetched:?}");
    // The snapshot that is there stays where the trust has gone.
    upstream.publish(&Suite::new(packages("3.0")).date(&date(-10)));
    assert_eq!(capture(&mut trusting(&reposnap, &stranger, &["mirror", "update", "m"])).code(), 2);
    let found = reposnap.json(["search", "m", "hello"]);
    assert_eq!(found[0]["version"], "2.0");
}

fn packages(version: &str) -> Vec<Package> {
    vec![Package::new("hello", version), Package::new("other", "1")]
}
