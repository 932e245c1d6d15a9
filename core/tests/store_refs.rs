//! Logs: one line whatever happens, and no damage unnoticed.
#![allow(clippy::unwrap_used)]

mod store_support;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use jiff::Timestamp;
use object_store::memory::InMemory;
use reposnap::store::refs::{self, Entry, Log, Note, check_name};
use reposnap::store::{Objects, Store};
use reposnap::{Digest, Kind};
use serde_json::{Value, json};
use store_support::{Twist, Twisted};

const WRITERS: usize = 8;
const EACH: usize = 50;

#[tokio::test]
async fn a_log_is_read_from_its_end() {
    let directory = tempfile::tempdir().unwrap();
    read_log(&Objects::local(directory.path()).unwrap()).await;
    read_log(&Objects::memory()).await;
    read_log(&Objects::new(Twisted::new(&Arc::new(InMemory::new()), Twist::ListsBackwards))).await;
}

async fn read_log(objects: &Objects) {
    let log = Log::<u64>::open(objects, "env", "stable").unwrap();
    let error = log.head().await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert_eq!(error.to_string(), "there is no environment named \"stable\"");
    assert_eq!(log.entries(10).await.unwrap(), []);
    assert_eq!(log.at(Timestamp::now()).await.unwrap_err().kind(), Kind::NotFound);
    assert!(refs::names(objects, "env").await.unwrap().is_empty());

    let mut written: Vec<Entry<u64>> = Vec::new();
    for body in 1..=21 {
        let note = Note::new("ana", "why").at(second(body * 10));
        written.push(log.append(written.last().map(Entry::position), body, &note).await.unwrap());
        assert_eq!(log.head().await.unwrap(), *written.last().unwrap());
    }
    let first = &written[0];
    assert_eq!((first.seq, first.previous, first.actor.as_str(), first.message.as_str()), (1, None, "ana", "why"));
    assert_eq!(written[1].previous, Some(Digest::of(first.bytes())));
    assert!(objects.exists("refs/env/stable/18446744073709551614").await.unwrap());

    written.reverse();
    assert_eq!(log.entries(100).await.unwrap(), written);
    assert_eq!(log.entries(usize::MAX).await.unwrap(), written);
    assert_eq!(log.entries(5).await.unwrap(), written[..5]);
    assert_eq!(log.entries(0).await.unwrap(), []);
    assert_eq!(log.entries_from(3, 2).await.unwrap(), written[18..20]);
    assert_eq!(log.back(0).await.unwrap(), written[0]);
    assert_eq!(log.back(20).await.unwrap(), written[20]);
    assert_eq!(log.back(21).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(log.back(u64::MAX).await.unwrap_err().kind(), Kind::NotFound);

    for time in 0..230 {
        let found = log.at(second(time)).await;
        match time / 10 {
            0 => assert_eq!(found.unwrap_err().kind(), Kind::NotFound),
            body => assert_eq!(found.unwrap().body, body.min(21)),
        }
    }
    assert_eq!(refs::names(objects, "env").await.unwrap(), ["stable"]);
    assert!(refs::names(objects, "mirror").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_stale_head_is_a_conflict_and_update_starts_again() {
    let objects = Objects::memory();
    let log = Log::<u64>::open(&objects, "env", "stable").unwrap();
    let note = Note::new("ana", "");
    let first = log.append(None, 1, &note).await.unwrap();
    assert_eq!(log.append(None, 1, &note).await.unwrap_err().kind(), Kind::Conflict, "same bytes but for the nonce");
    log.append(Some(first.position()), 2, &note).await.unwrap();
    let error = log.append(Some(first.position()), 3, &note).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(error.to_string().contains("somebody else moved environment \"stable\" first"), "{error}");

    let third = log.update(&note, |head| Ok(head.map(|head| head.body + 1))).await.unwrap().unwrap();
    assert_eq!((third.seq, third.body), (3, 3));
    assert_eq!(log.update(&note, |_| Ok(None)).await.unwrap(), None);
    assert_eq!(log.head().await.unwrap().seq, 3);
    // Somebody is always faster: the work ends all the same.
    let rival = log.clone();
    let error = log
        .update(&note, |head| {
            futures::FutureExt::now_or_never(rival.append(head.map(Entry::position), 0, &note)).unwrap()?;
            Ok(Some(1))
        })
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert_eq!(log.entries(1000).await.unwrap().len(), 3 + refs::MOST_ATTEMPTS as usize);
}

#[tokio::test]
async fn times_never_go_back() {
    let log = Log::<u64>::open(&Objects::memory(), "env", "stable").unwrap();
    let first = log.append(None, 1, &Note::new("ahead", "").at(second(100))).await.unwrap();
    let second_entry = log.append(Some(first.position()), 2, &Note::new("behind", "").at(second(50))).await.unwrap();
    assert_eq!(second_entry.time, second(100));
    assert_eq!(log.at(second(100)).await.unwrap().body, 2);
    assert_eq!(log.at(second(99)).await.unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test]
async fn entries_are_signed_over_everything_else() {
    let log = Log::<String>::open(&Objects::memory(), "env", "stable").unwrap();
    let sign = |bytes: &[u8]| Ok(format!("-----\n\"{}\"", Digest::of(bytes)));
    let entry = log.append(None, "body".to_owned(), &Note::new("ana", "").signed(&sign)).await.unwrap();
    let read = log.head().await.unwrap();
    assert_eq!(read, entry);
    assert_eq!(read.signature, Some(sign(&read.signed_bytes().unwrap()).unwrap()));
    let plain: Value = serde_json::from_slice(&read.signed_bytes().unwrap()).unwrap();
    assert_eq!(plain["body"], "body");
    assert_eq!(plain.get("signature"), None);
    let unsigned = log.append(Some(entry.position()), "b".to_owned(), &Note::new("ana", "")).await.unwrap();
    assert_eq!(unsigned.signed_bytes().unwrap(), unsigned.bytes()[..]);
}

#[tokio::test]
async fn limits_hold_before_anything_is_written() {
    let objects = Objects::memory();
    let log = Log::<String>::open(&objects, "env", "stable").unwrap();
    let long = "x".repeat(100_000);
    for error in [
        log.append(None, "x".repeat(2 << 20), &Note::new("a", "")).await,
        log.append(None, String::new(), &Note::new(&long, "")).await,
        log.append(None, String::new(), &Note::new("a", &long)).await,
    ] {
        assert_eq!(error.unwrap_err().kind(), Kind::Limit);
    }
    assert!(objects.list("").await.unwrap().is_empty());
}

#[test]
fn names_are_plain() {
    for good in ["a", "A", "7", "stable", "bookworm-security", "x+y_z.1", &"x".repeat(128)] {
        check_name(good).unwrap();
    }
    let digest = "0".repeat(64);
    for bad in ["", ".", "..", "a/b", "-x", "_x", "a b", "a~1", "a@b", "a#1", "é", "a\n", &"x".repeat(129), &digest] {
        assert_eq!(check_name(bad).unwrap_err().kind(), Kind::Usage, "{bad:?}");
        assert_eq!(Log::<u64>::open(&Objects::memory(), "env", bad).unwrap_err().kind(), Kind::Usage);
        assert_eq!(Log::<u64>::open(&Objects::memory(), bad, "x").unwrap_err().kind(), Kind::Usage);
    }
}

#[tokio::test]
async fn damage_is_noticed() {
    let objects = Objects::memory();
    let log = Log::<u64>::open(&objects, "env", "stable").unwrap();
    let mut head = None;
    for body in 1..=4 {
        head = Some(log.append(head, body, &Note::new("ana", "").at(second(body))).await.unwrap().position());
    }
    let path = |seq: u64| format!("refs/env/stable/{:020}", u64::MAX - seq);
    let second_entry: Value = serde_json::from_slice(&objects.get(&path(2)).await.unwrap()).unwrap();
    let change = |field: &str, value: Value| {
        let mut entry = second_entry.clone();
        entry[field] = value;
        serde_json::to_vec(&entry).unwrap()
    };
    let zero = Digest::of(b"").to_string();
    for (bytes, kind, field) in [
        (change("body", json!(7)), Kind::Malformed, Some("previous")),
        (change("previous", json!(zero)), Kind::Malformed, Some("previous")),
        (change("previous", Value::Null), Kind::Malformed, Some("previous")),
        (change("seq", json!(3)), Kind::Malformed, Some("seq")),
        (change("nonce", json!("short")), Kind::Malformed, Some("nonce")),
        (change("format", json!(2)), Kind::Format, Some("format")),
        (change("body", json!("text")), Kind::Malformed, None),
        (change("time", json!("yesterday")), Kind::Malformed, None),
        (b"".to_vec(), Kind::Malformed, None),
        (b"{}".to_vec(), Kind::Malformed, None),
        (vec![b' '; 2 << 20], Kind::Limit, None),
    ] {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(300)]).into_owned();
        objects.put(&path(2), bytes.into()).await.unwrap();
        let error = log.entries(10).await.expect_err(&shown);
        assert_eq!((error.kind(), error.at_field()), (kind, field), "{shown}: {error}");
        assert!(error.at_path().unwrap().starts_with("refs/env/stable/"), "{error}");
        assert_eq!(log.head().await.unwrap().body, 4, "what is not touched can still be read");
    }
    objects.delete(&path(2)).await.unwrap();
    assert_eq!(log.entries(10).await.unwrap_err().kind(), Kind::NotFound);
    // What is not an entry does not count as one.
    for junk in [".DS_Store", "x", "1", "99999999999999999999", "18446744073709551615", "0000000000000000000x"] {
        objects.put(&format!("refs/env/stable/{junk}"), "junk".into()).await.unwrap();
    }
    assert_eq!(log.head().await.unwrap().body, 4);
}

#[tokio::test]
async fn a_folder_without_entries_is_no_log() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(directory.path().join("refs/env/stable")).unwrap();
    std::fs::create_dir_all(directory.path().join("refs/env/bad name")).unwrap();
    let objects = Objects::local(directory.path()).unwrap();
    assert!(refs::names(&objects, "env").await.unwrap().is_empty());
    assert_eq!(Log::<u64>::open(&objects, "env", "stable").unwrap().head_if_exists().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_threads_write_one_line() {
    let directory = tempfile::tempdir().unwrap();
    many_writers(Objects::local(directory.path()).unwrap()).await;
    many_writers(Objects::memory()).await;
}

async fn many_writers(objects: Objects) {
    let tasks = (0..WRITERS).map(|writer| tokio::spawn(write_lines(objects.clone(), writer)));
    futures::future::join_all(tasks).await.into_iter().for_each(|result| result.unwrap());
    check_lines(&objects, WRITERS * EACH).await;
}

/// Run by the test below as processes of their own.
#[tokio::test]
async fn child_writer() {
    let (Ok(root), Ok(writer)) = (std::env::var("REPOSNAP_TEST_ROOT"), std::env::var("REPOSNAP_TEST_WRITER")) else {
        return;
    };
    let store = Store::open(Path::new(&root)).await.unwrap();
    write_lines(store.objects().clone(), writer.parse().unwrap()).await;
}

#[tokio::test]
async fn many_processes_write_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("store");
    let store = Store::create(&root).await.unwrap();
    let children: Vec<_> = (0..4)
        .map(|writer| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "child_writer"])
                .env("REPOSNAP_TEST_ROOT", &root)
                .env("REPOSNAP_TEST_WRITER", writer.to_string())
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    check_lines(store.objects(), 4 * EACH).await;
    assert_eq!(store.objects().names("").await.unwrap(), ["refs", "reposnap.json"]);
    let unfinished = std::fs::read_dir(root.join("refs/env/stable")).unwrap().count();
    assert_eq!(unfinished, 4 * EACH, "temporary files stayed behind");
}

async fn write_lines(objects: Objects, writer: usize) {
    let log = Log::<String>::open(&objects, "env", "stable").unwrap();
    for line in 0..EACH {
        let body = format!("{writer}/{line}");
        log.update(&Note::new("writer", ""), |_| Ok(Some(body.clone()))).await.unwrap().unwrap();
    }
}

async fn check_lines(objects: &Objects, expected: usize) {
    let entries = Log::<String>::open(objects, "env", "stable").unwrap().entries(10_000).await.unwrap();
    let bodies: BTreeSet<_> = entries.iter().map(|entry| entry.body.as_str()).collect();
    assert_eq!((entries.len(), bodies.len()), (expected, expected));
    assert_eq!(entries[0].seq as usize, expected);
}

fn second(seconds: u64) -> Timestamp {
    Timestamp::from_second(seconds as i64).unwrap()
}
