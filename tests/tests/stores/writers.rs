//! Many processes that move one environment at once: nothing that was acknowledged is lost, nothing is there twice.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Barrier;
use std::time::Instant;

use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::Package;
use reposnap_tests::s3::S3;
use serde_json::Value;

/// How many processes at once.
const WRITERS: usize = 24;
/// How many entries each appends in the test, and where it is measured.
const TIMES: usize = 2;
const MEASURED: usize = 20;

#[test]
fn twenty_four_writers_of_a_directory() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    race(&Reposnap::new(&folder.path().join("store")), TIMES, "a directory");
}

#[test]
fn twenty_four_writers_of_a_bucket() {
    let server = S3::serve();
    race(&in_bucket(&server), TIMES, "a bucket");
}

/// `cargo test --release -p reposnap-tests --test stores -- --ignored --nocapture measured`
#[test]
#[ignore = "it measures"]
fn measured() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    race(&Reposnap::new(&folder.path().join("store")), MEASURED, "a directory");
    let server = S3::serve();
    race(&in_bucket(&server), MEASURED, "a bucket");
}

fn in_bucket(server: &S3) -> Reposnap {
    Reposnap::new(server.url("store").as_ref()).with_variables(server.variables())
}

/// Processes that each promote `times` times, one state or the other, until they are told that they did.
fn race(reposnap: &Reposnap, times: usize, place: &str) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mut snapshots = Vec::new();
    for version in 1..=2 {
        let package = Package::new("tool", &version.to_string());
        fs::write(folder.path().join("tool.deb"), package.build()).expect("a package");
        if version == 1 {
            reposnap.ok(["mirror", "add-folder", "inhouse", &folder.path().display().to_string()]);
        }
        let updated = reposnap.json(["mirror", "update", "inhouse"]);
        snapshots.push(updated["snapshot"].as_str().expect("a snapshot").to_owned());
    }
    reposnap.ok(["env", "create", "stable", &snapshots[0]]);
    let (begin, snapshots) = (Barrier::new(WRITERS), &snapshots);
    let begun = Instant::now();
    let writers: Vec<(BTreeSet<String>, usize)> = std::thread::scope(|scope| {
        let run = |writer| {
            let begin = &begin;
            scope.spawn(move || {
                begin.wait();
                promote(reposnap, writer, times, snapshots)
            })
        };
        let running: Vec<_> = (0..WRITERS).map(run).collect();
        running.into_iter().map(|writer| writer.join().expect("a writer's end")).collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    let acknowledged: BTreeSet<String> = writers.iter().flat_map(|(done, _)| done.clone()).collect();
    let processes: usize = writers.iter().map(|(_, processes)| processes).sum();

    let log = reposnap.json(["env", "log", "stable", "--limit", "100000"]);
    let log = log.as_array().expect("entries");
    let numbers = log.iter().map(|entry| entry["seq"].as_u64().expect("a number"));
    assert!(numbers.eq((1..=log.len() as u64).rev()), "{log:#?}");
    let mut seen = BTreeSet::new();
    for entry in log.iter().filter(|entry| entry["actor"].as_str().is_some_and(|actor| actor.starts_with("writer-"))) {
        let message = entry["message"].as_str().expect("a message");
        assert!(seen.insert(message.to_owned()), "{message} is there twice");
    }
    assert_eq!(seen, acknowledged);
    assert!(acknowledged.len() >= WRITERS, "{acknowledged:?}");
    let checked = reposnap.json(["store", "check", "--data"]);
    assert_eq!(checked["problems"], Value::Array(Vec::new()), "{checked:#}");
    println!(
        "{WRITERS} writers of {place}: {} entries in {seconds:.1} s, {:.1} a second, by {processes} processes",
        acknowledged.len(),
        acknowledged.len() as f64 / seconds,
    );
}

/// One writer, a new process each time; what was acknowledged, and how many processes that took.
fn promote(reposnap: &Reposnap, writer: usize, times: usize, snapshots: &[String]) -> (BTreeSet<String>, usize) {
    let actor = format!("writer-{writer}");
    let (mut acknowledged, mut processes) = (BTreeSet::new(), 0);
    for time in 0..times {
        let message = format!("{writer}.{time}");
        // Somebody else was first, or it is there already: to the other state, as a person would.
        for attempt in 0..400 {
            let rev = &snapshots[(writer + attempt) % 2];
            processes += 1;
            let promoted = reposnap.run([
                "--quiet",
                "--json",
                "--actor",
                &actor,
                "env",
                "promote",
                "stable",
                rev,
                "--message",
                &message,
            ]);
            if promoted.code() != 0 {
                assert!(promoted.transcript().contains("conflict"), "{}", promoted.transcript());
                continue;
            }
            let document: Value = serde_json::from_slice(&promoted.stdout).expect("a document");
            if document["moved"] == true {
                acknowledged.insert(message);
                break;
            }
        }
    }
    (acknowledged, processes)
}
