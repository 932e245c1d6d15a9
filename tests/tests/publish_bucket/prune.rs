//! What no publication needs goes, and nothing else.

use std::collections::BTreeSet;

use reposnap::Kind;
use reposnap::progress::Monitor;
use reposnap_tests::s3::Fault;

use crate::bench::{Bench, PREFIX, WAIT, package, packages_of};

/// How many requests it takes here at most, those that say that somebody is alive among them.
const MOST: usize = 40;

fn pool(bench: &Bench) -> BTreeSet<String> {
    bench.keys().into_iter().filter(|key| key.starts_with("pool/")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_of_old_publications_go() {
    let bench = Bench::new().await;
    let monitor = Monitor::silent();
    let error = bench.bucket().prune(WAIT, &monitor).await.expect_err("nothing is published");
    assert_eq!(error.kind(), Kind::NotFound);
    for version in ["1", "2", "3"] {
        let snapshot = bench.snapshot(&[package("a", version), package("b", "1")]).await;
        bench.publish(&snapshot).await;
    }
    let testing = bench.snapshot(&[package("t", "1")]).await;
    let options = reposnap::publish::Options { suite: "testing".parse().expect("a suite"), ..bench.options() };
    bench.try_publish(&testing, &options).await.expect("another suite");
    bench.server.place(&format!("{PREFIX}/pool/orphan.deb"), b"left by somebody");
    bench.server.place(&format!("{PREFIX}/.reposnap/pool-old"), b"left by somebody");
    bench.server.place("team/elsewhere", b"another's");
    assert_eq!(pool(&bench).len(), 6, "three of a, b, t, and the orphan");

    let plan = bench.bucket().plan_prune(&monitor).await.expect("a plan");
    assert_eq!((plan.kept, plan.removed), (4, 2), "two generations of a, b, t: {plan:?}");
    let planned = plan.files.expect("a dry run names them");
    assert_eq!(pool(&bench).len(), 6);
    let before = pool(&bench);
    bench.server.forget();
    let done = bench.bucket().prune(WAIT, &monitor).await.expect("pruned");
    assert_eq!((done.kept, done.removed, done.bytes), (4, 2, plan.bytes));
    let gone: Vec<String> = before.difference(&pool(&bench)).cloned().collect();
    assert_eq!(gone, planned);
    assert_eq!(bench.server.count("POST "), 1, "all in one request");
    assert!(bench.server.object("team/elsewhere").is_some());
    assert!(!bench.keys().contains(".reposnap/pool-old"));
    assert!(packages_of(&bench).is_some());

    // What went comes back where it is needed again.
    let snapshot = bench.snapshot(&[package("a", "1"), package("b", "1")]).await;
    assert_eq!(bench.publish(&snapshot).await.added, 1);
    assert!(packages_of(&bench).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_where_something_is_unknown() {
    let bench = Bench::new().await;
    let monitor = Monitor::silent();
    for version in ["1", "2", "3"] {
        let snapshot = bench.snapshot(&[package("a", version)]).await;
        bench.publish(&snapshot).await;
    }
    let before = pool(&bench);
    bench.server.place(&format!("{PREFIX}/dists/theirs/InRelease"), b"another's");
    let error = bench.bucket().prune(WAIT, &monitor).await.expect_err("what that needs is unknown");
    assert_eq!(error.kind(), Kind::Unsupported);
    bench.server.take(&format!("{PREFIX}/dists/theirs/InRelease"));
    bench.server.fault("GET", "/by-hash/", Fault::Forbid, 1);
    bench.bucket().prune(WAIT, &monitor).await.expect_err("an index can't be read");
    assert_eq!(pool(&bench), before);
    for killed_after in 0..MOST {
        bench.server.halt_after(killed_after);
        let bucket = bench.heir();
        let is_done = tokio::select! {
            done = bucket.prune(WAIT, &monitor) => { done.expect("pruned"); true }
            () = async {
                while !bench.server.is_halted() {
                    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                }
            } => false,
        };
        bench.server.resume();
        assert_eq!(packages_of(&bench), Some(["a 3".to_owned()].into()), "killed after {killed_after}");
        if is_done {
            assert_eq!(pool(&bench).len(), 2);
            let snapshot = bench.snapshot(&[package("a", "1")]).await;
            bench.publish(&snapshot).await;
            assert_eq!(packages_of(&bench), Some(["a 1".to_owned()].into()));
            return;
        }
    }
    panic!("it takes more than {MOST} requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_lost_comes_back() {
    let bench = Bench::new().await;
    let snapshot = bench.snapshot(&[package("a", "1"), package("b", "1")]).await;
    bench.publish(&snapshot).await;
    let options = reposnap::publish::Options { suite: "testing".parse().expect("a suite"), ..bench.options() };
    bench.try_publish(&snapshot, &options).await.expect("another suite");
    let lost = pool(&bench).pop_first().expect("a package");
    bench.server.take(&format!("{PREFIX}/{lost}"));
    let pruned = bench.bucket().prune(WAIT, &Monitor::silent()).await.expect("pruned");
    assert_eq!((pruned.kept, pruned.removed), (1, 0));
    let again = bench.publish(&snapshot).await;
    assert_eq!((again.outcome, again.added), (reposnap::publish::Outcome::Published, 1));
    assert!(packages_of(&bench).is_some());
    // The other suite does not know that it is whole again, and finds out.
    let again = bench.try_publish(&snapshot, &options).await.expect("another suite");
    assert_eq!((again.outcome, again.added), (reposnap::publish::Outcome::Published, 0));
    assert_eq!(bench.publish(&snapshot).await.outcome, reposnap::publish::Outcome::Unchanged);
}
