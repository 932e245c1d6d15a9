//! Upstream's own tree and signature in a bucket, by the real command.

use std::fs;

use reposnap_tests::apt::Apt;
use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::Package;
use reposnap_tests::gnupg::GnuPg;
use reposnap_tests::s3::S3;
use reposnap_tests::upstream::{Suite, Upstream, date};

#[test]
fn apt_reads_a_verbatim_bucket_with_upstreams_signature() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let gpg = GnuPg::new();
    let key = gpg.generate("Upstream <upstream@example.org>");
    let mut upstream = Upstream::new(&directory.path().join("upstream"), &gpg, &key);
    let packages = |version: &str| vec![Package::new("hello", version).depends("words"), Package::new("words", "1")];
    upstream.publish(&Suite::new(packages("1.0")).date(&date(-60)));
    let keyring = gpg.write_keyring(&key, &directory.path().join("upstream.gpg")).display().to_string();
    let server = S3::serve();
    server.make_public("debian/");
    let reposnap = Reposnap::new(&directory.path().join("store")).with_variables(server.variables());
    let url = format!("file:{}", upstream.root().display());
    reposnap.ok(["mirror", "add", "m", &url, "testname", "main", "--arch", "amd64", "--signed-by", &keyring]);
    reposnap.ok(["mirror", "update", "m"]);
    let to = server.url("debian");
    let publish = ["publish", "m", "--verbatim", "--to", &to];
    let dry = reposnap.json(["publish", "m", "--verbatim", "--to", &to, "--dry-run"]);
    assert_eq!(dry[0]["outcome"], "published");
    assert!(server.keys().is_empty(), "a dry run writes nothing");
    let first = reposnap.json(publish);
    assert_eq!((&first[0]["outcome"], &first[0]["added"]), (&"published".into(), &2.into()), "{first}");

    let same = |path: &str| {
        let theirs = fs::read(upstream.root().join(path)).expect("theirs");
        assert!(server.object(&format!("debian/{path}")) == Some(theirs), "{path}");
    };
    let hello = packages("1.0")[0].pool_path();
    for path in ["dists/testname/InRelease", "dists/testname/main/binary-amd64/Packages.xz", &hello] {
        same(path);
    }
    assert_eq!(server.header(&format!("debian/{hello}"), "cache-control").as_deref(), Some("public, max-age=86400"));
    let source = format!("deb [signed-by={keyring}] {} testname main", server.public_url("debian"));
    let apt = Apt::with_source(&source);
    apt.update();
    assert_eq!(apt.download(&["hello"]).len(), 2);

    server.forget();
    assert_eq!(reposnap.json(publish)[0]["outcome"], "unchanged");
    assert!(server.requests().iter().all(|request| request.starts_with("GET ")));
    // The same name with other content: caches have to be told.
    upstream.publish(
        &Suite::new(vec![packages("1.0")[0].clone().file("usr/share/new", b"new"), packages("1.0")[1].clone()])
            .date(&date(-30)),
    );
    reposnap.ok(["mirror", "update", "m"]);
    let second = reposnap.json(publish);
    assert_eq!(second[0]["added"], 1, "{second}");
    let changed: Vec<&str> =
        second[0]["changed"].as_array().expect("paths").iter().filter_map(|path| path.as_str()).collect();
    assert!(changed.contains(&hello.as_str()) && changed.contains(&"dists/testname/InRelease"), "{changed:?}");
    apt.update();
    // apt compares sizes and digests, not names.
    assert_eq!(apt.download(&["hello"]).len(), 2);
    let pruned = reposnap.json(["prune", &to]);
    assert_eq!(pruned["kept"], 2, "{pruned}");
}
