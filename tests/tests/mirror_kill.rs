//! Updates that are killed, run at once in several processes, or meet a full disk.
#![allow(clippy::unwrap_used)]

mod mirror_support;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use jiff::Timestamp;
use mirror_support::{NAME, Scene, assert_pool, assert_whole, fetcher, note, packages};
use reposnap::progress::Monitor;
use reposnap::source::apt;
use reposnap::source::mirror::{Mirror, State};
use reposnap::store::Store;
use reposnap::store::refs::{Log, MIRROR};
use reposnap::{Digest, Kind};
use reposnap_tests::process::capture;
use reposnap_tests::upstream::{Suite, date};

/// Tells a child of these tests which store to update.
const STORE: &str = "REPOSNAP_TEST_STORE";

/// Updates the mirror of a store, in a process of its own that is disturbed.
#[test]
fn child_update() {
    let Ok(root) = std::env::var(STORE) else { return };
    // One thread does all but what blocks, so that the system calls come in one order.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
    let result = runtime.block_on(async {
        let store = Store::open(Path::new(&root)).await?;
        let mirror = Mirror::open(&store, NAME).await?;
        apt::update(mirror, &fetcher(), Timestamp::now(), &note(), &Monitor::silent()).await
    });
    if let Err(error) = result {
        println!("kind: {}", error.kind());
        panic!("{error}");
    }
}

fn child(store: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child_update", "--test-threads=1", "--nocapture"]).env(STORE, store);
    command.stdin(Stdio::null());
    command
}

/// A scene with one state mirrored and a second one waiting, over a file URL.
async fn waiting() -> Scene {
    let scene = Scene::new().await;
    let mut upstream = scene.upstream();
    upstream.publish(&Suite::new(packages("1.0")).date(&date(-600)));
    scene.mirror(&format!("file:{}", scene.www().display())).await;
    scene.update().await;
    upstream.publish(&Suite::new(packages("2.0")).date(&date(-60)));
    scene
}

/// The snapshots of the log, oldest first; each is whole, and its packages are in the pool.
async fn history(store: &Path) -> Vec<Digest> {
    let store = Store::open_read_only(store).await.unwrap();
    let mut entries = Log::<State>::open(store.objects(), MIRROR, NAME).unwrap().entries(100).await.unwrap();
    entries.reverse();
    let mut history = Vec::new();
    for id in entries.iter().filter_map(|entry| entry.body.snapshot) {
        let snapshot = reposnap::snapshot::Snapshot::open(&store, id).await.unwrap();
        assert_whole(&snapshot).await;
        assert_pool(&snapshot).await;
        history.push(id);
    }
    history
}

fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_step() {
    let scene = waiting().await;
    let origin = scene.folder.path().join("store");
    let old = history(&origin).await;
    let straight = scene.folder.path().join("straight");
    copy(&origin, &straight);
    assert!(child(&straight).stdout(Stdio::null()).status().unwrap().success());
    let new = history(&straight).await;
    assert_eq!((old.len(), new.len()), (1, 2));

    let (mut before, mut after) = (0, 0);
    for calls in ["rename,renameat,renameat2,link,linkat", "fsync,fdatasync,syncfs", "unlink,unlinkat"] {
        for nth in 1.. {
            let store = scene.folder.path().join("disturbed");
            copy(&origin, &store);
            let trace = tempfile::NamedTempFile::new().unwrap();
            let plain = child(&store);
            let mut command = Command::new("strace");
            command.args(["-f", "-e", &format!("trace={calls}")]);
            command.args(["-e", &format!("inject={calls}:signal=KILL:when={nth}"), "-o"]).arg(trace.path());
            command.arg(plain.get_program()).args(plain.get_args()).env(STORE, &store);
            capture(&mut command);
            let killed = std::fs::read_to_string(trace.path()).unwrap().contains("killed by SIGKILL");
            let reached = history(&store).await;
            match reached == old {
                true => before += 1,
                false => after += 1,
            }
            assert!(reached == old || reached == new, "{calls} {nth}");
            assert!(killed || reached == new, "{calls} {nth}");
            let again = capture(&mut child(&store));
            assert_eq!(again.code(), 0, "{calls} {nth}: {}", again.transcript());
            assert_eq!(history(&store).await, new, "{calls} {nth}");
            std::fs::remove_dir_all(&store).unwrap();
            if !killed {
                break;
            }
        }
    }
    assert!(before > 5 && after > 0, "{before} {after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_at_once() {
    let scene = waiting().await;
    let origin = scene.folder.path().join("store");
    for round in 0..5 {
        let store = scene.folder.path().join(format!("shared{round}"));
        copy(&origin, &store);
        let started: Vec<_> =
            (0..3).map(|_| child(&store).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()).collect();
        let ended: Vec<Output> = started.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
        let (done, failed): (Vec<_>, Vec<_>) = ended.into_iter().partition(|output| output.status.success());
        assert!(!done.is_empty());
        for output in failed {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(text.contains(&format!("kind: {}", Kind::Conflict)), "{text}");
        }
        assert_eq!(history(&store).await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_harms_nothing() {
    let scene = waiting().await;
    let origin = scene.folder.path().join("store");
    let old = history(&origin).await;
    // Ever less room on a file system of its own, until nothing fits.
    let script = "mount -t tmpfs -o size=1m tmpfs \"$1\"\ncp -a \"$2\" \"$1/store\"\n\
                  dd if=/dev/zero of=\"$1/ballast\" bs=1k count=$(($(df --output=avail -k \"$1\" | tail -1) - $3)) 2>/dev/null\n\
                  set +e; \"$4\" --exact child_update --test-threads=1 --nocapture; code=$?; set -e\n\
                  rm \"$1/ballast\"; cp -a \"$1/store\" \"$5\"; exit $code";
    let mount = scene.folder.path().join("mount");
    std::fs::create_dir(&mount).unwrap();
    let unshare = |arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-ec"]).args(arguments);
        command.env(STORE, mount.join("store"));
        capture(&mut command)
    };
    if !unshare(&["true"]).status.success() {
        eprintln!("nobody may mount here, so there is no such disk to try");
        return;
    }
    let mut failures = 0;
    for room in [0, 4, 8, 12, 16, 24, 32, 48, 200] {
        let result = scene.folder.path().join(format!("result{room}"));
        let program = std::env::current_exe().unwrap();
        let finished = unshare(&[
            script,
            "sh",
            mount.to_str().unwrap(),
            origin.to_str().unwrap(),
            &room.to_string(),
            program.to_str().unwrap(),
            result.to_str().unwrap(),
        ]);
        let reached = history(&result).await;
        if finished.status.success() {
            assert_eq!(reached.len(), 2, "{room}");
        } else {
            failures += 1;
            let text = finished.transcript();
            assert!(text.contains("kind: io") && text.contains("free some space"), "{room}: {text}");
            assert_eq!(reached, old, "{room}");
        }
        assert_eq!(capture(&mut child(&result)).code(), 0);
        assert_eq!(history(&result).await.len(), 2);
    }
    assert!((1..9).contains(&failures), "{failures}");
}
