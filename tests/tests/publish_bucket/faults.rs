//! Servers that fail at any request, and answers that are lost.

use std::time::Duration;

use reposnap::Kind;
use reposnap::publish::Outcome;
use reposnap_tests::s3::{Conditions, Fault};

use crate::bench::{Bench, PREFIX, package, packages_of};

/// Every kind of request of a publication.
const REQUESTS: [(&str, &str); 11] = [
    ("GET", "/published.json"),
    ("GET", "list-type=2"),
    ("GET", "/InRelease"),
    ("GET", "/.reposnap/pool-"),
    ("PUT", "/published.json"),
    ("PUT", "/pool/"),
    ("PUT", "/by-hash/"),
    ("PUT", "/.reposnap/pool-"),
    ("PUT", "/Packages.gz"),
    ("PUT", "Release"),
    ("POST", "delete"),
];

#[tokio::test(flavor = "multi_thread")]
async fn failures_that_pass_are_survived() {
    let bench = Bench::new().await;
    let mut number = 0;
    for version in ["0.1", "0.2", "0.3"] {
        let snapshot = bench.snapshot(&[package("a", version)]).await;
        bench.publish(&snapshot).await;
    }
    for (method, part) in REQUESTS {
        for fault in [Fault::ErrorBefore, Fault::ErrorAfter, Fault::DropBefore, Fault::DropAfter] {
            number += 1;
            let snapshot = bench.snapshot(&[package("a", &number.to_string())]).await;
            bench.server.forget();
            bench.server.fault(method, part, fault, 1);
            let done = bench.try_publish(&snapshot, &bench.options()).await;
            let done = done.unwrap_or_else(|error| panic!("{method} {part} {fault:?}: {error:?}"));
            assert_eq!(done.outcome, Outcome::Published);
            assert_eq!(done.uploaded.expect("what it took").requests, bench.server.requests().len() as u64);
            assert_eq!(packages_of(&bench), Some([format!("a {number}")].into()), "{method} {part} {fault:?}");
            bench.server.behave();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_leaves_what_was_published() {
    let bench = Bench::new().await;
    let old = bench.snapshot(&[package("a", "1")]).await;
    bench.publish(&old).await;
    for (number, (method, part)) in (2..).zip(REQUESTS) {
        // Another one each time: what an attempt has uploaded the next one knows.
        let new = bench.snapshot(&[package("a", &number.to_string())]).await;
        bench.server.fault(method, part, Fault::Forbid, usize::MAX);
        let begun = std::time::Instant::now();
        let done = bench.try_publish(&new, &bench.options()).await;
        bench.server.behave();
        let error = match done {
            // All is in place by then.
            Ok(done) if method == "POST" => {
                assert!(done.notes.iter().any(|note| note.contains("could not be removed") && note.contains("403")));
                assert_eq!(packages_of(&bench), Some([format!("a {number}")].into()));
                return;
            }
            Ok(done) => panic!("{method} {part}: {done:?}"),
            Err(error) => error,
        };
        assert!(matches!(error.kind(), Kind::Network | Kind::ReadOnly), "{error:?}");
        let told = error.to_string();
        assert!(told.contains("403") && told.contains(&format!("s3://bucket/{PREFIX}")), "{told}");
        assert_eq!(packages_of(&bench), Some(["a 1".to_owned()].into()), "{method} {part}");
        assert!(begun.elapsed() < Duration::from_secs(20), "a refusal is not tried again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_was_altered_in_the_store_is_not_published() {
    let bench = Bench::new().await;
    let old = bench.snapshot(&[package("a", "1")]).await;
    bench.publish(&old).await;
    let bytes = package("b", "1").file("usr/share/large", &vec![0; 20 << 20]);
    let new = bench.snapshot(&[bytes.clone(), package("c", "1")]).await;
    let pool = bench.folder.path().join("store/pool");
    let before = bench.keys();
    for folder in std::fs::read_dir(&pool).expect("the store's pool").flatten() {
        for file in std::fs::read_dir(folder.path()).expect("a folder").flatten() {
            if file.metadata().expect("a file").len() > 10 << 20 {
                let mut bytes = std::fs::read(file.path()).expect("a package");
                *bytes.last_mut().expect("bytes") ^= 1;
                std::fs::remove_file(file.path()).expect("writable");
                std::fs::write(file.path(), bytes).expect("writing");
            }
        }
    }
    let error = bench.try_publish(&new, &bench.options()).await.expect_err("it is altered");
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("stored-digest")), "{error:?}");
    assert_eq!(packages_of(&bench), Some(["a 1".to_owned()].into()));
    assert_eq!(bench.server.unfinished_uploads(), 0);
    let pool = |key: &&String| key.starts_with("pool/") && !before.contains(*key);
    assert!(bench.keys().iter().filter(pool).count() <= 1, "only what is whole is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_without_conditions_are_refused_and_left_clean() {
    for (conditions, is_refused) in
        [(Conditions::Ignored, true), (Conditions::Unknown, true), (Conditions::Honoured, false)]
    {
        let bench = Bench::new().await;
        let snapshot = bench.snapshot(&[package("a", "1")]).await;
        bench.server.conditions(conditions);
        let done = bench.try_publish(&snapshot, &bench.options()).await;
        if !is_refused {
            assert_eq!(done.expect("a publication").outcome, Outcome::Published);
            continue;
        }
        let error = done.expect_err("it is not safe");
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Unsupported, Some("conditional-write")), "{error:?}");
        assert!(error.to_string().contains("REPOSNAP_WRITERS=single"), "{error}");
        assert!(bench.keys().is_empty(), "{:?}", bench.keys());

        let single = reposnap::store::Options::default().writers(reposnap::store::Writers::Single);
        let bucket = bench.bucket_with(&single);
        let inputs = [reposnap::publish::Input::keep(snapshot)];
        let monitor = reposnap::progress::Monitor::silent();
        let done = bucket.publish_signed(&inputs, &bench.options(), &bench.key, &monitor).await;
        assert_eq!(done.expect("nobody else writes").outcome, Outcome::Published);
        assert!(packages_of(&bench).is_some());
        // Who does not promise that is refused still, and nothing is lost.
        let snapshot = bench.snapshot(&[package("a", "2")]).await;
        let error = bench.try_publish(&snapshot, &bench.options()).await.expect_err("it is not safe");
        assert_eq!(error.broken_rule(), Some("conditional-write"), "{error:?}");
        bench.server.behave();
        let done = bench.try_publish(&snapshot, &bench.options()).await.expect("it is by now");
        assert_eq!(done.added, 1, "what was published is known: {done:?}");
        assert_eq!(packages_of(&bench), Some(["a 2".to_owned()].into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_put_there_is_left_alone() {
    let bench = Bench::new().await;
    let snapshot = bench.snapshot(&[package("a", "1")]).await;
    bench.server.place(&format!("{PREFIX}/dists/stable/InRelease"), b"theirs");
    let error = bench.try_publish(&snapshot, &bench.options()).await.expect_err("it is another's");
    assert_eq!(error.kind(), Kind::AlreadyExists);
    assert_eq!(bench.keys().len(), 1);
    bench.server.take(&format!("{PREFIX}/dists/stable/InRelease"));

    bench.server.place(&format!("{PREFIX}/reposnap.json"), b"{}");
    let error = bench.try_publish(&snapshot, &bench.options()).await.expect_err("a store is there");
    assert!(error.kind() == Kind::Usage && error.to_string().contains("store"), "{error}");
    bench.server.take(&format!("{PREFIX}/reposnap.json"));

    bench.publish(&snapshot).await;
    for (bytes, kind) in [(&b"{}"[..], Kind::Malformed), (b"{\"format\":9,\"turn\":1,\"suites\":[]}", Kind::Format)] {
        bench.server.place(&format!("{PREFIX}/.reposnap/published.json"), bytes);
        let error = bench.try_publish(&snapshot, &bench.options()).await.expect_err("it is damaged");
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains("published.json"), "{error}");
    }
    bench.server.remove_bucket();
    let error = bench.try_publish(&snapshot, &bench.options()).await.expect_err("there is no bucket");
    assert!(error.to_string().contains("no such bucket"), "{error}");
}
