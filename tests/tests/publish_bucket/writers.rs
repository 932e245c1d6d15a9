//! Several publishers at once.

use std::time::Duration;

use reposnap::Kind;
use reposnap::progress::Monitor;
use reposnap::publish::{Input, Options};
use reposnap_tests::s3::Fault;

use crate::bench::{Bench, package, packages_of};

/// How long a publisher that says nothing is waited for.
const LEASE: Duration = Duration::from_millis(800);
/// The same, longer than anything here takes.
const PATIENT: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn publishers_take_turns() {
    let bench = Bench::new().await;
    let mut snapshots = Vec::new();
    for version in 1..=4 {
        let version = version.to_string();
        snapshots.push(bench.snapshot(&[package("a", &version), package(&format!("only{version}"), "1")]).await);
    }
    for round in 0..3 {
        let bench = &bench;
        let publishing = snapshots.iter().map(|snapshot| async move {
            // Nobody is taken for dead here, but others look often.
            let bucket = bench.bucket().lease(PATIENT);
            bench.publish_by(&bucket, snapshot, &bench.options()).await
        });
        for done in futures::future::join_all(publishing).await {
            done.unwrap_or_else(|error| panic!("round {round}: {error:?}"));
        }
        let found = packages_of(bench).expect("published");
        let version = found.iter().find_map(|name| name.strip_prefix("a ")).expect("one of them");
        assert_eq!(found, [format!("a {version}"), format!("only{version} 1")].into(), "one of them, whole");
    }
    assert_eq!(bench.keys().into_iter().filter(|key| key.contains("/by-hash/")).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn suites_of_one_bucket_take_turns_too() {
    let bench = Bench::new().await;
    let snapshot = bench.snapshot(&[package("a", "1")]).await;
    let options = |suite: &str| Options { suite: suite.parse().expect("a suite"), ..bench.options() };
    let suites = ["one", "two", "three", "stable"].map(options);
    let buckets = suites.each_ref().map(|_| bench.bucket().lease(PATIENT));
    let pairs = buckets.iter().zip(&suites);
    let publishing = pairs.map(|(bucket, options)| bench.publish_by(bucket, &snapshot, options));
    for done in futures::future::join_all(publishing).await {
        done.expect("a publication");
    }
    let signed = bench.keys().into_iter().filter(|key| key.ends_with("/InRelease")).count();
    assert_eq!(signed, 4);
    for options in &suites {
        let again = bench.try_publish(&snapshot, options).await.expect("all is in place");
        assert_eq!(again.outcome, reposnap::publish::Outcome::Unchanged);
    }
}

/// Who works longer than the lease says now and then that it is alive, and others wait for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_publisher_is_waited_for() {
    let bench = Bench::new().await;
    let slow = bench.snapshot(&[package("slow", "1")]).await;
    let fast = bench.snapshot(&[package("fast", "1")]).await;
    bench.server.fault("PUT", "/pool/", Fault::Slow(LEASE * 4), 1);
    let second = async {
        tokio::time::sleep(LEASE / 2).await;
        let impatient = Options { lock_wait: LEASE, ..bench.options() };
        let (one, two) = (bench.bucket().lease(LEASE), bench.bucket().lease(LEASE));
        let error = bench.publish_by(&one, &fast, &impatient).await.expect_err("somebody is at it");
        assert_eq!(error.kind(), Kind::Conflict, "{error:?}");
        bench.publish_by(&two, &fast, &bench.options()).await.expect("a publication")
    };
    let (bucket, options) = (bench.bucket().lease(LEASE), bench.options());
    let (first, second) = tokio::join!(bench.publish_by(&bucket, &slow, &options), second);
    assert_eq!((first.expect("a publication").added, second.added), (1, 1));
    assert_eq!(packages_of(&bench), Some(["fast 1".to_owned()].into()));
}

/// Who says nothing for longer than the lease is taken over from, and can't put anything in place afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_that_was_taken_for_dead_does_no_harm() {
    for stuck_at in ["/by-hash/", "/Packages.gz", "/InRelease"] {
        let bench = Bench::new().await;
        let old = bench.snapshot(&[package("old", "1")]).await;
        bench.publish(&old).await;
        let stuck = bench.snapshot(&[package("stuck", "1")]).await;
        let fast = bench.snapshot(&[package("fast", "1")]).await;
        // It can't even say that it is alive.
        bench.server.fault("PUT", stuck_at, Fault::Slow(Duration::from_millis(2500)), 1);
        bench.server.forget();
        let options = bench.options();
        let (bucket, heir) = (bench.bucket(), bench.heir());
        let fast = async {
            let is_stuck = |request: &String| request.starts_with("PUT") && request.contains(stuck_at);
            while !bench.server.requests().iter().any(is_stuck) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            bench.publish_by(&heir, &fast, &options).await.expect("a publication")
        };
        let (stuck, _) = tokio::join!(bench.publish_by(&bucket, &stuck, &options), fast);
        let error = stuck.expect_err("it was taken over from");
        assert_eq!(error.kind(), Kind::Conflict, "{stuck_at}: {error:?}");
        assert_eq!(packages_of(&bench), Some(["fast 1".to_owned()].into()), "{stuck_at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_up_lets_others_in_at_once() {
    let bench = Bench::new().await;
    let snapshot = bench.snapshot(&[package("a", "1"), package("b", "1")]).await;
    let cancel = reposnap::progress::Cancel::new();
    let monitor = Monitor::cancelled_by(cancel.clone());
    bench.server.fault("PUT", "/pool/", Fault::Slow(Duration::from_millis(100)), 1);
    let inputs = [Input::keep(snapshot.clone())];
    let (bucket, options) = (bench.bucket().lease(Duration::from_secs(600)), bench.options());
    let cancelling = async {
        while bench.server.count("PUT /bucket/team/public/pool/") == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        cancel.cancel();
    };
    let (done, ()) = tokio::join!(bucket.publish_signed(&inputs, &options, &bench.key, &monitor), cancelling);
    assert_eq!(done.expect_err("it was cancelled").kind(), Kind::Cancelled);
    let impatient = Options { lock_wait: Duration::ZERO, ..bench.options() };
    let done = bench.try_publish(&snapshot, &impatient).await.expect("nobody is at it");
    assert!(done.added < 2, "what was uploaded is known: {done:?}");
}
