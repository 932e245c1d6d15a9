//! Large packages whose transfer broke are gone on with by the next run, and what is left of them is not trusted.

#![allow(clippy::unwrap_used)]

mod mirror_support;

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use mirror_support::{NAME, Scene, assert_pool};
use reposnap::Kind;
use reposnap::source::mirror::Mirror;
use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::{Compression, Package, sha256};
use reposnap_tests::flaky::{Fault, Flaky};
use reposnap_tests::upstream::Suite;

/// A package of some 5 MiB that no compression makes smaller.
fn large() -> Package {
    let mut state = 7_u64;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    });
    let bytes: Vec<u8> = noise.take(5 << 20).collect();
    Package::new("large", "1").file("usr/share/large", &bytes).compression(Compression::None)
}

/// A mirror of the large package behind a server that stops in the middle of it.
async fn stalled() -> (Scene, Flaky) {
    let scene = Scene::new().await;
    scene.upstream().publish(&Suite::new(vec![Package::new("small", "1"), large()]));
    let server = Flaky::serve(&scene.www());
    scene.mirror(&server.url()).await;
    server.fault("large_1_amd64.deb", Fault::Stall(3 << 20), 1);
    server.fault("large_1_amd64.deb", Fault::Hangup, usize::MAX);
    (scene, server)
}

/// The unfinished file of the large package.
fn partial(scene: &Scene) -> PathBuf {
    scene.folder.path().join(format!("store/pool/partial/{}.deb#0", sha256(&large().build())))
}

/// The first bytes that were asked for of the large package, one number for each request.
fn starts(server: &Flaky) -> Vec<u64> {
    let requests = server.requests();
    let asked = requests.iter().filter(|request| request.path.ends_with("large_1_amd64.deb"));
    let start = |range: &str| range.strip_prefix("bytes=").unwrap().strip_suffix('-').unwrap().parse().unwrap();
    asked.map(|request| request.header("range").map_or(0, start)).collect()
}

async fn assert_finished(scene: &Scene) {
    let snapshot = Mirror::open(&scene.store, NAME).await.unwrap().snapshot().await.unwrap().unwrap();
    assert_pool(&snapshot).await;
    assert!(!partial(scene).exists(), "something was left behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_update_is_gone_on_with() {
    let (scene, server) = stalled().await;
    let reposnap = Reposnap::new(&scene.folder.path().join("store"));
    let mut child = reposnap.command(["mirror", "update", NAME]).stdout(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    let left = loop {
        let size = fs::metadata(partial(&scene)).map_or(0, |metadata| metadata.len());
        // Bytes are written a MiB at a time.
        if size >= 2 << 20 {
            break size;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "only {size} bytes came");
        std::thread::sleep(Duration::from_millis(10));
    };
    child.kill().unwrap();
    child.wait().unwrap();
    let left = fs::metadata(partial(&scene)).unwrap().len().max(left);
    // An unfinished file is nobody's object.
    assert_eq!(
        scene.store.objects().list("pool").await.unwrap().iter().filter(|o| o.path.contains("partial")).count(),
        0
    );

    server.behave();
    server.forget();
    reposnap.ok(["mirror", "update", NAME]);
    assert_eq!(starts(&server), [left], "the rest was asked for, and nothing else");
    assert_finished(&scene).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_network_leaves_what_came() {
    let (scene, server) = stalled().await;
    let error = scene.refused().await;
    assert_eq!(error.kind(), Kind::Network, "{error}");
    let left = fs::metadata(partial(&scene)).unwrap().len();
    assert_eq!(left, 3 << 20, "all that came");
    server.behave();
    server.forget();
    scene.update().await;
    assert_eq!(starts(&server), [left]);
    assert_finished(&scene).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_is_not_trusted() {
    let package = large().build();
    let mut altered = package[..2 << 20].to_vec();
    altered[1 << 20] ^= 1;
    let mut altered_whole = package.clone();
    altered_whole[1 << 20] ^= 1;
    let longer = [&package[..], b"more"].concat();
    for (left, expected) in [
        // Altered: found out by the digest of the whole, and all of it is asked for.
        (altered, vec![2 << 20, 0]),
        (altered_whole, vec![0]),
        (longer, vec![0]),
        (Vec::new(), vec![0]),
        // Whole: there is nothing to ask for.
        (package.clone(), vec![]),
        (package[..4 << 20].to_vec(), vec![4 << 20]),
    ] {
        let (scene, server) = stalled().await;
        server.behave();
        fs::create_dir_all(partial(&scene).parent().unwrap()).unwrap();
        fs::write(partial(&scene), &left).unwrap();
        scene.update().await;
        assert_eq!(starts(&server), expected, "{} bytes were left", left.len());
        assert_finished(&scene).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_know_no_ranges_send_all() {
    let (scene, server) = stalled().await;
    scene.refused().await;
    server.behave();
    server.fault("large_1_amd64.deb", Fault::NoRanges, usize::MAX);
    scene.update().await;
    assert_finished(&scene).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_is_another_leaves_nothing() {
    let (scene, server) = stalled().await;
    server.behave();
    server.fault("large_1_amd64.deb", Fault::Corrupt(4 << 20), usize::MAX);
    let error = scene.refused().await;
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("hash-mismatch")), "{error}");
    assert!(!partial(&scene).exists());
}
