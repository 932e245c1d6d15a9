//! Verbatim trees: an upstream's own bytes and signature, as apt reads them over file:, copy: and http:.

use std::fs;
use std::process::Command;

use reposnap_tests::apt::Apt;
use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::{Compression, Package, sha256};
use reposnap_tests::gnupg::GnuPg;
use reposnap_tests::nginx::Nginx;
use reposnap_tests::process::{capture, succeed};
use reposnap_tests::upstream::{Suite, Upstream};
use serde_json::json;

fn packages(version: &str) -> Vec<Package> {
    vec![
        Package::new("hello", version).depends("greeting"),
        Package::new("polite", version).field("Provides", "greeting"),
        Package::new("casual", version).field("Provides", "greeting"),
    ]
}

#[test]
fn apt_reads_a_verbatim_tree_with_upstreams_signature() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let gpg = GnuPg::new();
    let key = gpg.generate("Upstream <upstream@example.org>");
    let mut upstream = Upstream::new(&directory.path().join("upstream"), &gpg, &key);
    upstream.publish(&Suite::new(packages("1.0")));
    let keyring = gpg.write_keyring(&key, &directory.path().join("upstream.gpg")).display().to_string();
    let reposnap = Reposnap::new(&directory.path().join("store"));
    let url = format!("file:{}", upstream.root().display());
    reposnap.ok(["mirror", "add", "m", &url, "testname", "main", "--arch", "amd64", "--signed-by", &keyring]);
    reposnap.ok(["mirror", "update", "m"]);
    let tree = directory.path().join("tree");
    reposnap.ok(["publish", "m", "--verbatim", "--to", &tree.display().to_string()]);
    let theirs = upstream.root().to_owned();
    let same = |path: &str| {
        let (ours, theirs) = (tree.join(path), theirs.join(path));
        assert_eq!(fs::read(&ours).expect("ours"), fs::read(&theirs).expect("theirs"), "{path}");
    };
    same("dists/testname/InRelease");
    same("dists/testname/main/binary-amd64/Packages");
    same(&packages("1.0")[0].pool_path());

    // xz is there as upstream signed it; what apt asks for first, over either way.
    same("dists/testname/main/binary-amd64/Packages.xz");
    let hash = sha256(&fs::read(upstream.dist("testname").join("main/binary-amd64/Packages.xz")).expect("theirs"));
    same(&format!("dists/testname/main/binary-amd64/by-hash/SHA256/{hash}"));
    let server = Nginx::serve(&tree);
    assert_apt_installs(&server.url(), "testname", &keyring);
    let asked: Vec<String> = server.accesses().into_iter().map(|access| access.path).collect();
    assert!(asked.iter().any(|path| path.ends_with(&hash)) && !asked.iter().any(|path| path.ends_with("/Packages")));
    assert_apt_installs(&format!("file:{}", tree.display()), "testname", &keyring);

    // What did not change is taken over; nothing is made twice.
    let again = reposnap.json(["publish", "m", "--verbatim", "--to", &tree.display().to_string()]);
    assert_eq!(again[0]["outcome"], "unchanged");
    upstream.publish(&Suite::new(packages("2.0")));
    reposnap.ok(["mirror", "update", "m"]);
    let next = reposnap.json(["publish", "m", "--verbatim", "--to", &tree.display().to_string()]);
    assert_eq!((&next[0]["outcome"], &next[0]["notes"]), (&json!("published"), &json!([])));
    same("dists/testname/main/binary-amd64/Packages.xz");
    // The index of the publication before is still there by its hash.
    assert!(tree.join(format!("dists/testname/main/binary-amd64/by-hash/SHA256/{hash}")).exists());
}

/// apt fetches the suite's indexes without a word of complaint, and a package with what it needs.
fn assert_apt_installs(uri: &str, suite: &str, keyring: &str) {
    let apt = Apt::with_source(&format!("deb [signed-by={keyring}] {uri} {suite} main\n"));
    apt.update();
    assert_eq!(apt.candidate("hello").as_deref(), Some("1.0"), "{uri}");
    // Over file: apt leaves packages where they are.
    let downloaded = apt.download(&["hello"]).len();
    assert_eq!(downloaded, if uri.starts_with("file:") { 0 } else { 2 }, "{uri}");
    if uri.starts_with("file:") {
        let text = succeed(apt.command("apt-get").args(["download", "hello"])).transcript();
        assert!(apt.root().join("hello_1.0_amd64.deb").exists(), "{text}");
    }
}

/// Programs that archives are made with, and what they write behind each other's backs.
#[test]
fn verbatim_trees_have_the_xz_of_the_programs_that_archives_use() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let gpg = GnuPg::new();
    let key = gpg.generate("Upstream <upstream@example.org>");
    let keyring = gpg.write_keyring(&key, &directory.path().join("upstream.gpg")).display().to_string();
    let reposnap = Reposnap::new(&directory.path().join("store"));
    for (maker, command) in [
        ("dak", "xz -6e -T2 -c main/$1/Packages > main/$1/Packages.xz"),
        ("reprepro", "xz -9 -T1 -c main/$1/Packages > main/$1/Packages.xz"),
        ("apt-ftparchive", "cd ../..; apt-ftparchive generate ftp.conf 2>&1"),
    ] {
        let upstream = directory.path().join(maker);
        let dist = upstream.join("dists/x");
        for folder in ["dists/x/main/binary-amd64", "dists/x/main/binary-all", "pool"] {
            fs::create_dir_all(upstream.join(folder)).expect("making a folder");
        }
        // Enough of them that the recipes can be told apart.
        for package in packages("1.0").into_iter().chain((0..80).map(|n| Package::new(&format!("p{n}"), "1"))) {
            fs::write(upstream.join("pool").join(package.file_name()), package.build()).expect("writing");
        }
        let scan =
            "apt-ftparchive packages pool > dists/x/main/binary-amd64/Packages; : > dists/x/main/binary-all/Packages";
        succeed(Command::new("sh").args(["-ec", scan]).current_dir(&upstream));
        let text = "Dir { ArchiveDir \".\"; CacheDir \".\"; };\nDefault { Packages::Compress \". xz\"; };\n\
            BinDirectory \"pool\" { Packages \"dists/x/main/binary-amd64/Packages\"; };\n\
            BinDirectory \"none\" { Packages \"dists/x/main/binary-all/Packages\"; };\n";
        fs::write(upstream.join("ftp.conf"), text).expect("writing");
        fs::create_dir_all(upstream.join("none")).expect("making a folder");
        for folder in ["binary-amd64", "binary-all"] {
            succeed(Command::new("sh").args(["-ec", command, "sh", folder]).current_dir(&dist));
        }
        let options = [("Suite", "x"), ("Codename", "x"), ("Components", "main"), ("Architectures", "amd64 all")];
        let mut release = Command::new("apt-ftparchive");
        for (name, value) in options {
            release.arg("-o").arg(format!("APT::FTPArchive::Release::{name}={value}"));
        }
        let release = succeed(release.args(["release", "."]).current_dir(&dist)).stdout;
        fs::write(dist.join("InRelease"), gpg.clearsign(&key, &release)).expect("writing");
        let url = format!("file:{}", upstream.display());
        reposnap.ok(["mirror", "add", maker, &url, "x", "main", "--arch", "amd64", "--signed-by", &keyring]);
        reposnap.ok(["mirror", "update", maker]);
        let tree = directory.path().join(format!("{maker}-tree"));
        let published = reposnap.json(["publish", maker, "--verbatim", "--to", &tree.display().to_string()]);
        assert_eq!(published[0]["notes"], json!([]), "{maker}");
        let path = "dists/x/main/binary-amd64/Packages.xz";
        assert_eq!(fs::read(tree.join(path)).expect("ours"), fs::read(upstream.join(path)).expect("theirs"), "{maker}");
        assert_apt_installs(&format!("file:{}", tree.display()), "x", &keyring);
    }
}

#[test]
fn a_verbatim_tree_without_the_compressed_forms_says_how_apt_reads_it() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let gpg = GnuPg::new();
    let key = gpg.generate("Upstream <upstream@example.org>");
    let keyring = gpg.write_keyring(&key, &directory.path().join("upstream.gpg")).display().to_string();
    let mut upstream = Upstream::new(&directory.path().join("upstream"), &gpg, &key);
    let gzip_only = |version: &str| Suite {
        compressions: vec![Compression::None, Compression::Gzip],
        ..Suite::new(packages(version))
    };
    upstream.publish(&gzip_only("0.9"));
    let reposnap = Reposnap::new(&directory.path().join("store"));
    let url = format!("file:{}", upstream.root().display());
    reposnap.ok(["mirror", "add", "m", &url, "testname", "main", "--arch", "amd64", "--signed-by", &keyring]);
    let tree = directory.path().join("tree");
    for version in ["0.9", "1.0"] {
        upstream.publish(&gzip_only(version));
        reposnap.ok(["mirror", "update", "m"]);
        let published = reposnap.json(["publish", "m", "--verbatim", "--to", &tree.display().to_string()]);
        let notes = published[0]["notes"].as_array().expect("notes");
        assert!(notes.len() == 1 && notes[0].as_str().is_some_and(|note| note.contains("copy:")), "{published}");
    }
    let server = Nginx::serve(&tree);
    for uri in [server.url(), format!("copy:{}", tree.display())] {
        // apt tells of each form that it did not find.
        let apt = Apt::with_source(&format!("deb [signed-by={keyring}] {uri} testname main\n"));
        let updated = capture(apt.command("apt-get").arg("update"));
        assert!(updated.status.success(), "{}", updated.transcript());
        assert_eq!(apt.candidate("hello").as_deref(), Some("1.0"), "{}", updated.transcript());
        assert_eq!(apt.download(&["hello"]).len(), 2);
    }
    // The note is true: should this pass one day, with another apt, the note can go.
    let apt = Apt::with_source(&format!("deb [signed-by={keyring}] file:{} testname main\n", tree.display()));
    assert!(!capture(apt.command("apt-get").arg("update")).status.success());
}
