//! What a publication costs, in requests as the server counts them, and what it tells caches.

use reposnap::publish::{Outcome, Resign};

use crate::bench::{Bench, PREFIX, package, packages_of};

/// How many packages there are, and how many of them change.
const PACKAGES: usize = 400;
const CHANGED: usize = 4;
/// How many requests a publication may take beside one for each changed package.
const BAR: usize = 30;

#[tokio::test(flavor = "multi_thread")]
async fn a_change_costs_what_changed() {
    let bench = Bench::new().await;
    let names: Vec<String> = (0..PACKAGES).map(|number| format!("p{number:03}")).collect();
    let mut packages: Vec<_> = names.iter().map(|name| package(name, "1")).collect();
    let snapshot = bench.snapshot(&packages).await;
    bench.server.forget();
    let first = bench.publish(&snapshot).await;
    let asked = bench.server.requests().len();
    println!("{PACKAGES} packages for the first time: {asked} requests");
    assert_eq!((first.outcome, first.added, first.packages), (Outcome::Published, 400, 400));
    assert!(asked <= PACKAGES + BAR, "{asked}");

    for package in packages.iter_mut().take(CHANGED) {
        *package = package.clone().field("Version", "2");
    }
    let snapshot = bench.snapshot(&packages).await;
    bench.server.forget();
    let second = bench.publish(&snapshot).await;
    let requests = bench.server.requests();
    let asked = requests.len();
    println!("{CHANGED} of {PACKAGES} changed: {asked} requests\n{}", requests.join("\n"));
    assert!(asked <= CHANGED + BAR, "{asked}: {requests:#?}");
    assert_eq!(second.added, CHANGED as u64);
    let uploaded = second.uploaded.expect("what it took");
    assert_eq!(uploaded.requests, asked as u64, "the publisher counts as the server does");
    assert!(uploaded.bytes > 0);
    assert_eq!(packages_of(&bench).expect("published").len(), PACKAGES);

    bench.server.forget();
    let third = bench.publish(&snapshot).await;
    let requests = bench.server.requests();
    println!("nothing changed: {} requests", requests.len());
    assert_eq!(third.outcome, Outcome::Unchanged);
    assert!(requests.iter().all(|request| request.starts_with("GET ")), "{requests:#?}");
    assert_eq!(third.uploaded.expect("what it took").bytes, 0);
    assert!(third.changed.is_empty());

    bench.server.forget();
    let options = reposnap::publish::Options { resign: Resign::Always, ..bench.options() };
    let resigned = bench.try_publish(&snapshot, &options).await.expect("signed again");
    assert_eq!(resigned.outcome, Outcome::Resigned);
    let names = ["InRelease", "Release", "Release.gpg"].map(|name| format!("dists/stable/{name}"));
    assert_eq!(resigned.changed, names);
    assert_eq!(bench.server.count(&format!("PUT /bucket/{PREFIX}/dists/")), 3);
    assert_eq!(bench.server.count(&format!("PUT /bucket/{PREFIX}/pool/")), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_changed_is_uploaded_and_told() {
    let bench = Bench::new().await;
    let one = bench.snapshot(&[package("a", "1"), package("b", "1")]).await;
    let first = bench.publish(&one).await;
    let index = "dists/stable/main/binary-amd64/Packages.gz";
    let signed = ["dists/stable/InRelease", "dists/stable/Release", "dists/stable/Release.gpg"];
    let all = [&signed[..], &[index, "stable.asc"]].concat();
    assert_eq!(first.changed, all);
    let two = bench.snapshot(&[package("a", "1"), package("b", "2")]).await;
    bench.server.forget();
    let second = bench.publish(&two).await;
    assert_eq!(second.changed, [&signed[..], &[index]].concat(), "the certificate is the same");
    assert_eq!(bench.server.count(&format!("PUT /bucket/{PREFIX}/pool/")), 1);
    assert_eq!(bench.server.count(&format!("PUT /bucket/{PREFIX}/stable.asc")), 0);
    assert_eq!(bench.server.count("HEAD "), 0, "nothing is asked for object by object");
    let last: Vec<String> = bench.server.requests();
    let last = last.iter().rfind(|request| request.starts_with("PUT") && request.contains("/dists/"));
    assert!(last.is_some_and(|request| request.ends_with("/InRelease")), "{last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn suites_share_the_pool() {
    let bench = Bench::new().await;
    let snapshot = bench.snapshot(&[package("a", "1"), package("b", "1")]).await;
    bench.publish(&snapshot).await;
    let options =
        |suite: &str| reposnap::publish::Options { suite: suite.parse().expect("a suite"), ..bench.options() };
    let testing = bench.try_publish(&snapshot, &options("testing")).await.expect("another suite");
    assert_eq!((testing.packages, testing.added), (2, 0));
    let nested = bench.try_publish(&snapshot, &options("stable/main")).await.expect_err("a suite within a suite");
    assert_eq!(nested.kind(), reposnap::Kind::AlreadyExists);
    assert_eq!(bench.publish(&snapshot).await.outcome, Outcome::Unchanged);
    let pool = bench.keys().into_iter().filter(|key| key.starts_with("pool/")).count();
    assert_eq!(pool, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn caches_are_told_what_may_change() {
    let bench = Bench::new().await;
    let snapshot = bench.snapshot(&[package("a", "1")]).await;
    bench.publish(&snapshot).await;
    let mut seen = 0;
    for key in bench.keys() {
        let header = |name: &str| bench.server.header(&format!("{PREFIX}/{key}"), name).expect("a header");
        let cache = header("cache-control");
        if key.starts_with("pool/") || key.contains("/by-hash/") {
            assert_eq!(cache, "public, max-age=31536000, immutable", "{key}");
        } else if key.starts_with(".reposnap/") {
            assert_eq!(cache, "private, no-store", "{key}");
        } else {
            assert_eq!(cache, "public, no-cache", "{key}");
        }
        let content = header("content-type");
        match key.rsplit('/').next() {
            Some("InRelease" | "Release") => assert_eq!(content, "text/plain; charset=utf-8"),
            Some("Release.gpg") => assert_eq!(content, "application/pgp-signature"),
            Some("Packages.gz") => assert_eq!(content, "application/gzip"),
            Some("stable.asc") => assert_eq!(content, "application/pgp-keys"),
            Some(name) if name.ends_with(".deb") => assert_eq!(content, "application/vnd.debian.binary-package"),
            _ => continue,
        }
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_there_before_stays_until_the_second_publication_after_it() {
    let bench = Bench::new().await;
    let hashes = |bench: &Bench| bench.keys().into_iter().filter(|key| key.contains("/by-hash/")).collect::<Vec<_>>();
    let mut seen = Vec::new();
    for version in ["1", "2", "3", "4"] {
        let snapshot = bench.snapshot(&[package("a", version)]).await;
        bench.publish(&snapshot).await;
        let now = hashes(&bench);
        assert!(now.len() <= 2, "{now:?}");
        let last: Vec<&String> = now.iter().filter(|key| !seen.contains(*key)).collect();
        assert_eq!(last.len(), 1, "{now:?}");
        if let Some(before) = seen.last() {
            assert!(now.contains(before), "{now:?}");
        }
        seen.push(last[0].clone());
    }
    // Records of the pool don't pile up either.
    assert_eq!(bench.keys().into_iter().filter(|key| key.starts_with(".reposnap/pool-")).count(), 1);
    bench.server.take(&format!("{PREFIX}/{}", seen[3]));
    let snapshot = bench.snapshot(&[package("a", "4")]).await;
    assert_eq!(bench.publish(&snapshot).await.outcome, Outcome::Published, "what is gone is made again");
    assert!(packages_of(&bench).is_some());
}
