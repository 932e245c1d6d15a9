//! A walk gives views: names at once, and stanzas that are verified no later than somebody looks at them.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use bytes::Bytes;
use reposnap::snapshot::ingest::{Content, Ingested, ingest};
use reposnap::snapshot::manifest::{FORMAT, Layout, List, Made, Manifest, Part};
use reposnap::snapshot::{Found, Query, Snapshot, SnapshotWriter, Walk, Want};
use reposnap::store::Store;
use reposnap::{Error, Kind, Result};

const COUNT: usize = 4000;

/// A list with all packages, and one with every other of them.
const LISTS: [(&str, usize); 2] = [("main", 1), ("extra", 2)];

async fn snapshot(store: &Store, lists_of: &[(&str, usize)]) -> Snapshot {
    let stanza = |number: usize| {
        let filler = reposnap::Digest::of(&number.to_le_bytes());
        format!("Package: package-{number:05}\nVersion: 1\nArchitecture: all\nSHA256: {filler}\n\n")
    };
    let mut writer = SnapshotWriter::new(store, &[]);
    let mut lists = Vec::new();
    for (component, step) in lists_of {
        let text = Bytes::from((0..COUNT).step_by(*step).map(stanza).collect::<String>());
        let Ingested { entries, .. } = ingest("Packages", &text, Content::Binary).unwrap();
        let listed = writer.list(entries, None).await.unwrap();
        lists.push(List {
            component: (*component).into(),
            architecture: "all".into(),
            path: "Packages".into(),
            root: listed.root,
            entries: listed.entries,
            bytes: listed.bytes,
            layout: Layout::default(),
            sha256: None,
        });
    }
    let made = Made::Mirror { mirror: "test".into(), filter: None };
    let parts = vec![Part { name: "test".into(), lists, ..Part::default() }];
    writer.commit(Manifest { format: FORMAT, made, parents: vec![], parts }).await.unwrap()
}

async fn walk(snapshot: &Snapshot, query: Option<&str>, want: Want) -> Result<Vec<Found>> {
    let query = query.map(|query| query.parse::<Query>().unwrap());
    let mut walk = Walk::new(snapshot.clone(), query, want)?;
    let mut all = Vec::new();
    while let Some(batch) = walk.next_batch().await? {
        all.extend(batch);
    }
    Ok(all)
}

fn stanzas(packages: &[Found]) -> Result<BTreeMap<String, Vec<u8>>> {
    let stanza = |found: &Found| Ok((found.key.name_str().to_owned(), found.stanza()?.unwrap_or_default().to_vec()));
    packages.iter().map(stanza).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_gives_each_package_once_however_it_is_looked_at() {
    let snapshot = snapshot(&Store::memory(), &LISTS).await;
    let late = walk(&snapshot, None, Want::Entries).await.unwrap();
    assert_eq!(late.len(), COUNT);
    assert!(late.iter().all(|found| found.part() == "test" && found.component() == "main" && found.has_stanza()));
    let late = stanzas(&late).unwrap();
    assert_eq!(late.len(), COUNT);
    for (name, stanza) in &late {
        assert!(stanza.starts_with(format!("Package: {name}\nVersion: 1\n").as_bytes()), "{name}");
    }

    // Looked at while it goes on: later batches come decoded.
    let mut walk_on = Walk::new(snapshot.clone(), None, Want::Entries).unwrap();
    let mut soon = BTreeMap::new();
    while let Some(batch) = walk_on.next_batch().await.unwrap() {
        soon.extend(stanzas(&batch).unwrap());
    }
    assert_eq!(soon, late);

    let asked = walk(&snapshot, Some("SHA256 (~ ^0)"), Want::Keys).await.unwrap();
    assert!(!asked.is_empty() && asked.len() < COUNT / 8);
    for found in &asked {
        assert!(found.fields().unwrap().unwrap().get("sha256").unwrap().starts_with(b"0"));
    }
    let bare = walk(&snapshot, None, Want::Keys).await.unwrap();
    assert_eq!(bare.len(), COUNT);
    assert!(bare.iter().all(|found| !found.has_stanza() && found.stanza().unwrap().is_none()));
}

#[tokio::test]
async fn what_was_altered_behind_the_keys_is_noticed_at_the_look() {
    let store = Store::memory();
    let snapshot = snapshot(&store, &LISTS[..1]).await;
    let whole = stanzas(&walk(&snapshot, None, Want::Entries).await.unwrap()).unwrap();
    let packs = store.objects().list("packs").await.unwrap();
    assert_eq!(packs.len(), 1);
    let path = &*packs[0].path;
    let bytes = store.objects().get(path).await.unwrap();
    let told = |error: &Error| {
        assert!(matches!(error.kind(), Kind::Verification | Kind::Malformed), "{error}");
        assert_eq!(error.at_path(), Some(path));
        error.to_string()
    };
    let mut rules = 0;
    // The texts are the last two thirds at least.
    for at in (bytes.len() / 2..bytes.len()).step_by(bytes.len() / 60) {
        let mut altered = bytes.to_vec();
        altered[at] ^= 0x10;
        store.objects().put(path, altered.into()).await.unwrap();
        let packages = walk(&snapshot, None, Want::Entries).await.unwrap();
        assert!(packages.iter().map(|found| found.key.name_str()).eq(whole.keys()));
        let mut failed = 0;
        for found in &packages {
            match found.stanza() {
                Ok(stanza) => assert_eq!(stanza, whole.get(found.key.name_str()).map(Vec::as_slice)),
                Err(error) => {
                    failed += 1;
                    rules += usize::from(error.broken_rule() == Some("stored-digest"));
                    // However often, and by whoever has a copy of it.
                    let again = found.clone().fields().expect_err("it is still altered");
                    assert_eq!(told(&error), told(&again));
                }
            }
        }
        assert!((1..200).contains(&failed), "{failed} stanzas failed for one altered byte at {at}");

        // Who looks on the way is told of it by the walk, which decodes ahead.
        let mut walk = Walk::new(snapshot.clone(), None, Want::Entries).unwrap();
        let error = loop {
            match walk.next_batch().await {
                Ok(Some(batch)) => match stanzas(&batch) {
                    Ok(_) => {}
                    Err(error) => break error,
                },
                Ok(None) => panic!("an altered byte at {at} went unnoticed"),
                Err(error) => break error,
            }
        };
        told(&error);
        // A query that needs stanzas sees none that was altered.
        told(&self::walk(&snapshot, Some("SHA256 (~ ^0)"), Want::Keys).await.unwrap_err());
    }
    assert!(rules > 0, "no alteration came so far that a digest told it");
}
