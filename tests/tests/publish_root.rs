//! mmdebstrap builds root file systems from published environments, with the versions of each and no other.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::Package;
use reposnap_tests::gnupg::GnuPg;
use reposnap_tests::nginx::Nginx;
use reposnap_tests::process::succeed;
use reposnap_tests::upstream::{Suite, Upstream, date};

/// A tiny distribution: what every root has, a program with what it needs, and what nobody asks for.
fn packages(version: &str) -> Vec<Package> {
    vec![
        Package::new("base", version).field("Essential", "yes").file("etc/base-version", version.as_bytes()),
        Package::new("hello", version)
            .depends(&format!("libhello (= {version}), greeting"))
            .field("Recommends", "unwanted")
            .file("usr/bin/hello", b"#!/bin/sh\necho hello\n"),
        Package::new("libhello", version).field("Multi-Arch", "same").file("usr/lib/libhello", version.as_bytes()),
        Package::new("polite", version).architecture("all").field("Provides", "greeting"),
        Package::new("unwanted", version),
    ]
}

/// `name version` of each package that dpkg has installed below `root`.
fn installed(root: &Path) -> BTreeMap<String, String> {
    let mut command = Command::new("dpkg-query");
    command.arg("--admindir").arg(root.join("var/lib/dpkg")).args([
        "--show",
        "-f",
        "${Package} ${Version} ${db:Status-Status}\n",
    ]);
    let text = succeed(&mut command).text();
    let package = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        assert_eq!(words[2], "installed", "{line}");
        (words[0].to_owned(), words[1].to_owned())
    };
    text.lines().map(package).collect()
}

#[test]
fn a_root_has_the_versions_of_its_environment() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let at = |name: &str| directory.path().join(name).display().to_string();
    let gpg = GnuPg::new();
    let key = gpg.generate("Upstream <upstream@example.org>");
    let keyring = gpg.write_keyring(&key, &directory.path().join("upstream.gpg")).display().to_string();
    let mut upstream = Upstream::new(&directory.path().join("upstream"), &gpg, &key);
    let reposnap = Reposnap::new(&directory.path().join("store"));
    let url = format!("file:{}", upstream.root().display());
    reposnap.ok(["mirror", "add", "m", &url, "testname", "main", "--arch", "amd64", "--signed-by", &keyring]);
    reposnap.ok(["key", "generate", "Own <own@example.org>", "--output", &at("key.asc")]);
    for (version, age) in [("1.0", -120), ("2.0", -60)] {
        upstream.publish(&Suite::new(packages(version)).date(&date(age)));
        reposnap.ok(["mirror", "update", "m"]);
        match version {
            "1.0" => reposnap.ok(["env", "create", "testing", "m"]),
            _ => reposnap.ok(["env", "create", "nightly", "m"]),
        };
    }
    let tree = at("tree");
    let server = Nginx::serve({
        fs::create_dir(&tree).expect("making a folder");
        Path::new(&tree)
    });
    let publish = |environment: &str| {
        reposnap.ok(["publish", environment, "--to", &tree, "--suite", environment, "--key", &at("key.asc")]);
    };
    let build = |environment: &str, name: &str| {
        let root = directory.path().join(name);
        let source = format!("deb [signed-by={tree}/{environment}.asc] {} {environment} main", server.url());
        let mut command = Command::new("mmdebstrap");
        // Nothing is run inside: these packages have no scripts. All is fetched and unpacked by real apt and dpkg.
        command.args([
            "--quiet",
            "--variant=custom",
            "--mode=chrootless",
            "--architectures=amd64",
            "--include=?essential",
            "--include=hello",
        ]);
        command.args(["--aptopt=APT::Sandbox::User \"root\"", "--aptopt=Acquire::http::Proxy \"DIRECT\""]);
        succeed(command.arg(environment).arg(&root).arg(source).env("LC_ALL", "C.UTF-8"));
        root
    };
    let expected = |version: &str| -> BTreeMap<String, String> {
        ["base", "hello", "libhello", "polite"].map(|name| (name.to_owned(), version.to_owned())).into()
    };
    publish("testing");
    publish("nightly");
    let (old, new) = (build("testing", "old"), build("nightly", "new"));
    assert_eq!(installed(&old), expected("1.0"));
    assert_eq!(installed(&new), expected("2.0"));
    assert_eq!(fs::read_to_string(old.join("etc/base-version")).expect("a file of a package"), "1.0");
    assert_eq!(fs::read_to_string(new.join("usr/lib/libhello")).expect("a file of a package"), "2.0");

    // What is built after a promotion has what was promoted, and after a roll back what was there before.
    reposnap.ok(["env", "promote", "testing", "nightly"]);
    publish("testing");
    assert_eq!(installed(&build("testing", "promoted")), expected("2.0"));
    reposnap.ok(["env", "rollback", "testing"]);
    publish("testing");
    assert_eq!(installed(&build("testing", "back")), expected("1.0"));
}
