//! A publisher that ends between any two requests leaves the old publication or the new one, and the next one mends it.

use std::collections::BTreeSet;
use std::time::Duration;

use reposnap::publish::Outcome;
use reposnap_tests::deb::Package;

use crate::bench::{Bench, package, packages_of};

/// How many requests a publication of this test takes at most.
const MOST: usize = 60;

fn told(packages: &[Package]) -> BTreeSet<String> {
    packages.iter().map(|package| package.file_name().replacen('_', " ", 1).replace("_amd64.deb", "")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_any_two_requests() {
    let bench = Bench::new().await;
    let states =
        [vec![package("a", "1"), package("b", "1")], vec![package("a", "2"), package("b", "1"), package("c", "1")]];
    let mut snapshots = Vec::new();
    for state in &states {
        snapshots.push(bench.snapshot(state).await);
    }
    // From nothing to the first state, then between the two.
    let mut published: Option<usize> = None;
    let mut outcomes = [0, 0];
    let mut done_in_a_row = 0;
    for step in 0..2 * MOST {
        // Each of them twice: one way takes a request more than the other.
        let killed_after = step / 2;
        let next = published.map_or(0, |state| 1 - state);
        bench.server.halt_after(killed_after);
        let is_done = tokio::select! {
            done = bench.publish(&snapshots[next]) => {
                assert_eq!(done.outcome, Outcome::Published);
                true
            }
            () = halted(&bench) => false,
        };
        bench.server.resume();
        let found = packages_of(&bench);
        if is_done {
            assert_eq!(found, Some(told(&states[next])));
            published = Some(next);
            // Both ways take as many requests or fewer.
            done_in_a_row += 1;
            if done_in_a_row == 2 {
                println!(
                    "{killed_after} requests are enough; killed {outcomes:?} times with the old and the new in place"
                );
                assert!(outcomes[0] > 10 && outcomes[1] > 0, "{outcomes:?}");
                return;
            }
            continue;
        }
        done_in_a_row = 0;
        if found == Some(told(&states[next])) {
            outcomes[1] += 1;
        } else {
            assert_eq!(found, published.map(|state| told(&states[state])), "killed after {killed_after}");
            outcomes[0] += 1;
        }
        // The next one may have other plans: what was published before, or what was meant.
        let mended = if step.is_multiple_of(2) { next } else { published.unwrap_or(next) };
        bench.publish_by(&bench.heir(), &snapshots[mended], &bench.options()).await.expect("a publication");
        assert_eq!(packages_of(&bench), Some(told(&states[mended])), "after {killed_after}");
        assert_named_is_by_hash(&bench);
        published = Some(mended);
    }
    panic!("a publication takes more than {MOST} requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_anything_was_published() {
    let bench = Bench::new().await;
    let packages = [package("a", "1"), package("b", "1")];
    let snapshot = bench.snapshot(&packages).await;
    for killed_after in 0..MOST {
        for key in bench.server.keys() {
            bench.server.take(&key);
        }
        bench.server.halt_after(killed_after);
        let is_done = tokio::select! {
            _ = bench.publish(&snapshot) => true,
            () = halted(&bench) => false,
        };
        bench.server.resume();
        let found = packages_of(&bench);
        assert!(found.is_none() || found == Some(told(&packages)), "killed after {killed_after}: {found:?}");
        if is_done {
            assert!(found.is_some() && killed_after > 15, "{killed_after}");
            return;
        }
        bench.publish_by(&bench.heir(), &snapshot, &bench.options()).await.expect("a publication");
        assert_eq!(packages_of(&bench), Some(told(&packages)), "after {killed_after}");
        assert_named_is_by_hash(&bench);
    }
    panic!("a publication takes more than {MOST} requests");
}

/// Returns once the server says nothing any more, and all that was under way has come to it.
async fn halted(bench: &Bench) {
    while !bench.server.is_halted() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
}

/// Clients that don't ask by hash find what InRelease says.
fn assert_named_is_by_hash(bench: &Bench) {
    let named = bench.object("dists/stable/main/binary-amd64/Packages.gz").expect("the index");
    let digest = reposnap::Digest::of(&named).to_string();
    let signed = String::from_utf8(bench.object("dists/stable/InRelease").expect("signed")).expect("text");
    assert!(signed.contains(&digest), "{digest} is not in\n{signed}");
    let release = String::from_utf8(bench.object("dists/stable/Release").expect("signed")).expect("text");
    assert!(signed.contains(&release), "Release is another one");
}

/// What a killed publisher uploaded is not uploaded again.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_uploaded_is_taken_over() {
    let bench = Bench::new().await;
    let large = |name: &str| package(name, "1").file("usr/share/large", &vec![b'x'; 20 << 20]);
    let snapshot = bench.snapshot(&[large("large"), package("small", "1")]).await;
    let first = bench.snapshot(&[package("small", "1")]).await;
    bench.publish(&first).await;
    // Ends once the large one is there: the records of what is to come are the last thing before indexes.
    bench.server.fault("PUT", "/dists/", reposnap_tests::s3::Fault::Slow(Duration::from_secs(2)), usize::MAX);
    tokio::select! {
        done = bench.publish(&snapshot) => panic!("too fast: {done:?}"),
        () = async {
            while bench.server.count("POST /bucket/team/public/pool/") < 2 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        } => {}
    }
    bench.server.behave();
    bench.server.forget();
    let done = bench.publish_by(&bench.heir(), &snapshot, &bench.options()).await.expect("a publication");
    assert_eq!((done.outcome, done.added), (Outcome::Published, 0), "{:#?}", bench.server.requests());
    assert_eq!(bench.server.count("PUT /bucket/team/public/pool/"), 0);
    assert_eq!(bench.server.unfinished_uploads(), 0);
    assert_eq!(packages_of(&bench).expect("published").len(), 2);
}
