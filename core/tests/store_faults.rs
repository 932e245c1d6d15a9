//! Every operation of a commit fails once, before and after it is done: the store shows the old state or the new one.
#![allow(clippy::unwrap_used)]

mod store_support;

use std::sync::Arc;

use bytes::Bytes;
use object_store::memory::InMemory;
use reposnap::store::refs::{Log, Note};
use reposnap::store::{Created, Objects, Store, Writers};
use reposnap::{Digest, Result};
use store_support::{Twist, Twisted};

const TWISTS: [fn(usize) -> Twist; 4] = [Twist::FailBefore, Twist::FailAfter, Twist::CrashBefore, Twist::CrashAfter];

#[tokio::test]
async fn an_append_happens_or_does_not() {
    every_fault(|store| async move { append(&store, "new").await }).await;
}

#[tokio::test]
async fn a_commit_happens_or_does_not() {
    every_fault(|store| async move { commit(&store).await }).await;
}

/// Runs `work` on a prepared store with each fault in each operation, and looks at what an undisturbed handle sees then.
async fn every_fault<F: Future<Output = Result<()>>>(work: impl Fn(Store) -> F) {
    let (mut old, mut new, mut hidden) = (0, 0, 0);
    for twist in TWISTS {
        let mut at = 0;
        loop {
            let inner = prepared().await;
            let twisted = Twisted::new(&inner, twist(at));
            let result = match Store::open_on(twisted.clone(), Writers::Many).await {
                Ok(store) => work(store).await,
                Err(error) => Err(error),
            };
            let moved = check(&inner).await;
            if result.is_ok() {
                assert!(moved, "{:?}: done, but not there", twist(at));
                hidden += usize::from(twisted.count() > at);
            }
            if moved {
                new += 1
            } else {
                old += 1
            }
            // The store is as good as before: the next writer goes on.
            let store = Store::open_on(inner.clone(), Writers::Many).await.unwrap();
            commit(&store).await.unwrap();
            assert!(check(&inner).await);
            if twisted.count() <= at {
                break;
            }
            at += 1;
        }
        assert!(at > 10, "few operations were seen: {at}");
    }
    assert!(old > 0 && new > 0 && hidden > 0, "{old} old, {new} new, {hidden} faults that did not matter");
}

async fn prepared() -> Arc<InMemory> {
    let inner = Arc::new(InMemory::new());
    let store = Store::create_on(inner.clone(), Writers::Many).await.unwrap();
    append(&store, "old").await.unwrap();
    inner
}

async fn append(store: &Store, name: &str) -> Result<()> {
    let body = Bytes::from(format!("the snapshot {name}"));
    let path = format!("snapshots/{}", Digest::of(&body));
    store.objects().put(&path, body).await?;
    let log = Log::<String>::open(store.objects(), "env", "stable")?;
    log.update(&Note::new("ana", name), |_| Ok(Some(path.clone()))).await?;
    Ok(())
}

/// Packages, a barrier, a pack, a create-only object, then the entry that makes them count.
async fn commit(store: &Store) -> Result<()> {
    let objects = store.objects();
    for package in 0..3 {
        objects.put_bulk(&format!("pool/{package}"), Bytes::from(vec![package; 1000])).await?;
    }
    objects.barrier().await?;
    let mut upload = objects.upload("pool/large").await?;
    upload.write(Bytes::from(vec![9; 9 << 20])).await?;
    upload.finish().await?;
    objects.put("packs/one", "pack".into()).await?;
    assert_eq!(objects.create("index/one", "index".into()).await?, Created::Yes);
    append(store, "new").await
}

/// Whether the head is past the old one; what it names has to be there, and the log has to be a line.
async fn check(inner: &Arc<InMemory>) -> bool {
    let store = Store::open_read_only_on(inner.clone()).await.unwrap();
    let objects: &Objects = store.objects();
    let entries = Log::<String>::open(objects, "env", "stable").unwrap().entries(100).await.unwrap();
    for entry in &entries {
        let body = objects.get(&entry.body).await.unwrap();
        assert_eq!(entry.body, format!("snapshots/{}", Digest::of(&body)));
    }
    if entries.iter().any(|entry| entry.message == "new") && objects.exists("index/one").await.unwrap() {
        assert_eq!(objects.get("packs/one").await.unwrap(), "pack");
        assert_eq!(objects.get("pool/large").await.unwrap().len(), 9 << 20);
        for package in 0..3 {
            assert_eq!(objects.get(&format!("pool/{package}")).await.unwrap(), vec![package; 1000]);
        }
    }
    entries.len() > 1
}
