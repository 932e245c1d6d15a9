//! Servers that do what they are asked and say otherwise, or nothing.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use reposnap::store::refs::Log;
use reposnap::store::{Created, Options, Store};
use reposnap_api::{Session, blocking, call};
use reposnap_tests::deb::Package;
use reposnap_tests::s3::{Fault, S3};
use serde_json::{Value, json};

use crate::backends::{options, store_in};

/// How many programs promote at once, and how often each.
const WRITERS: usize = 8;
const TIMES: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_found_out() {
    let server = S3::serve();
    let store = store_in(&server).await;
    let objects = store.objects();
    for (number, fault) in [
        Fault::ErrorBefore,
        Fault::ErrorAfter,
        Fault::DropBefore,
        Fault::DropAfter,
        Fault::Slow(Duration::from_millis(50)),
    ]
    .into_iter()
    .enumerate()
    {
        for times in [1, 2] {
            let name = format!("refs/test/{number}-{times}");
            server.fault("PUT", &name, fault, times);
            assert_eq!(objects.create(&name, "mine".into()).await.expect("an answer"), Created::Yes, "{fault:?}");
            server.fault("PUT", &name, fault, times);
            assert_eq!(objects.create(&name, "other".into()).await.expect("an answer"), Created::Exists, "{fault:?}");
            server.fault("GET", &name, fault, times);
            assert_eq!(objects.get(&name).await.expect("a read"), "mine", "{fault:?}");
            server.fault("HEAD", &name, fault, times);
            assert_eq!(objects.size(&name).await.expect("a look"), Some(4), "{fault:?}");
            let name = format!("pool/{number}/{times}.deb");
            server.fault("PUT", &name, fault, times);
            objects.put(&name, "bytes".into()).await.expect("a write");
            assert_eq!(objects.get(&name).await.expect("a read"), "bytes");
        }
    }
    server.behave();
    server.fault("GET", "refs/test/0-1", Fault::Cut, 1);
    assert_eq!(objects.get("refs/test/0-1").await.expect("asked again"), "mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_upload_survives_each_fault() {
    let server = S3::serve();
    let store = store_in(&server).await;
    let bytes = Bytes::from(vec![7; 18 << 20]);
    for (number, (method, part)) in
        [("POST", "uploads"), ("PUT", "partNumber=2"), ("POST", "uploadId=")].into_iter().enumerate()
    {
        for fault in [Fault::ErrorBefore, Fault::ErrorAfter, Fault::DropAfter] {
            let name = format!("pool/ab/{number}-{fault:?}.deb");
            server.fault(method, part, fault, 1);
            let mut upload = store.objects().upload(&name).await.expect("an upload");
            upload.write(bytes.clone()).await.expect("its bytes");
            upload.finish().await.unwrap_or_else(|error| panic!("{method} {part} {fault:?}: {error:?}"));
            assert!(store.objects().get(&name).await.expect("a read") == bytes);
            server.behave();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_probe_is_not_misled_by_lost_answers() {
    for fault in [Fault::ErrorAfter, Fault::DropAfter, Fault::ErrorBefore] {
        let server = S3::serve();
        server.fault_every("PUT", "", fault, 2);
        let store = store_in(&server).await;
        store.objects().put("pool/a", "a".into()).await.expect("a write");
    }
}

/// Every acknowledged entry is there, in a line, whatever became of the answers.
#[tokio::test(flavor = "multi_thread")]
async fn many_promote_one_environment_through_faults() {
    let server = S3::serve();
    let folder = tempfile::tempdir().expect("a temporary directory");
    let store = store_in(&server).await;
    let session = Session::with_store(store.clone());
    let mut snapshots = Vec::new();
    for version in 1..=WRITERS {
        let package = Package::new("tool", &version.to_string());
        std::fs::write(folder.path().join("tool.deb"), package.build()).expect("a package");
        if version == 1 {
            let request = json!({ "name": "inhouse", "directory": folder.path() });
            call(&session, "mirror add-folder", request).await.expect("a mirror");
        }
        let updated = call(&session, "mirror update", json!({ "name": "inhouse" })).await.expect("an update");
        snapshots.push(find(&updated, "snapshot").expect("a snapshot"));
    }
    call(&session, "env create", json!({ "name": "stable", "rev": snapshots[0] })).await.expect("an environment");

    server.fault_every("PUT", "/refs/env/", Fault::ErrorAfter, 3);
    server.fault_every("PUT", "/refs/env/", Fault::DropAfter, 5);
    server.fault_every("PUT", "/refs/env/", Fault::DropBefore, 7);
    server.fault_every("GET", "/refs/env/", Fault::ErrorBefore, 11);
    let url = server.url("store");
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (url, options, snapshots) = (url.clone(), options(&server), snapshots.clone());
            std::thread::spawn(move || promote(&url, &options, writer, &snapshots))
        })
        .collect();
    let mut acknowledged = BTreeSet::new();
    for writer in writers {
        acknowledged.extend(writer.join().expect("a writer's end"));
    }
    assert!(acknowledged.len() > WRITERS, "{acknowledged:?}");
    server.behave();
    // Reading them verifies that they are a line.
    let log = Log::<Value>::open(store.objects(), "env", "stable").expect("a log");
    let entries = log.entries(1_000).await.expect("a line");
    let numbers: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
    assert!(numbers.iter().copied().eq((1..=entries.len() as u64).rev()), "{numbers:?}");
    let mut seen = BTreeSet::new();
    for entry in &entries {
        if entry.actor.starts_with("writer-") {
            assert!(seen.insert(entry.message.clone()), "{} is there twice", entry.message);
        }
    }
    assert_eq!(seen, acknowledged);
    println!("{} entries of {} promotions", seen.len(), WRITERS * TIMES);
}

/// One writer, with a handle of its own; what was acknowledged.
fn promote(url: &str, options: &Options, writer: usize, snapshots: &[String]) -> Vec<String> {
    let store = blocking::wait(Store::open_at(Path::new(url), options)).expect("a handle");
    let session = Session::with_store(store).actor(&format!("writer-{writer}"));
    let mut acknowledged = Vec::new();
    for time in 0..TIMES {
        let message = format!("{writer}.{time}");
        let rev = &snapshots[(writer * 3 + time) % snapshots.len()];
        let request = json!({ "name": "stable", "rev": rev, "message": message });
        // Somebody else was first: again, as a person would.
        for _ in 0..200 {
            match blocking::call(&session, "env promote", request.clone()) {
                // Where the environment is there already, nothing is written.
                Ok(promoted) => {
                    acknowledged.extend((promoted["moved"] == true).then_some(message));
                    break;
                }
                Err(error) => assert_eq!(error.kind(), reposnap::Kind::Conflict, "{error:?}"),
            }
        }
    }
    acknowledged
}

/// The first text under `name`, wherever it is.
fn find(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::Object(fields) => fields
            .get(name)
            .and_then(|value| value.as_str().map(str::to_owned))
            .or_else(|| fields.values().find_map(|value| find(value, name))),
        Value::Array(values) => values.iter().find_map(|value| find(value, name)),
        _ => None,
    }
}
