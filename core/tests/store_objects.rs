//! What the writes of a store promise, on every kind of store.
#![allow(clippy::unwrap_used)]

use bytes::Bytes;
use reposnap::Kind;
use reposnap::store::{Created, FORMAT_PATH, Objects, Store};

#[tokio::test]
async fn every_kind_of_store_keeps_the_same_promises() {
    let directory = tempfile::tempdir().unwrap();
    conformance(&Objects::local(directory.path()).unwrap()).await;
    conformance(&Objects::memory()).await;
    let directory = tempfile::tempdir().unwrap();
    conformance(Store::create(&directory.path().join("a/b")).await.unwrap().objects()).await;
    conformance(Store::memory().objects()).await;
    let directory = tempfile::tempdir().unwrap();
    let plain = object_store::local::LocalFileSystem::new_with_prefix(directory.path()).unwrap();
    conformance(&Objects::new(std::sync::Arc::new(plain))).await;
}

async fn conformance(objects: &Objects) {
    let name = "pool/ab/libstdc++6~x%20y.deb";
    assert_eq!(objects.get(name).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(objects.get_if_exists(name).await.unwrap(), None);
    assert_eq!(objects.size(name).await.unwrap(), None);
    assert_eq!(objects.size("pool").await.unwrap(), None);
    assert!(!objects.exists(name).await.unwrap());
    assert!(objects.list("pool").await.unwrap().is_empty());
    assert!(objects.names("pool").await.unwrap().is_empty());

    objects.put(name, "0123456789".into()).await.unwrap();
    objects.put(name, "9876543210".into()).await.unwrap();
    objects.put_bulk("pool/ab/bulk", "first".into()).await.unwrap();
    objects.put_bulk("pool/ab/bulk", "bulk".into()).await.unwrap();
    objects.put_bulk("pool/cd/empty", Bytes::new()).await.unwrap();
    objects.barrier().await.unwrap();
    assert_eq!(objects.get(name).await.unwrap(), "9876543210");
    assert_eq!(objects.get("pool/ab/bulk").await.unwrap(), "bulk");
    assert_eq!(objects.get("pool/cd/empty").await.unwrap(), "");
    assert_eq!(objects.get("pool/ab").await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(objects.get("pool/ab/none/below").await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(objects.size(name).await.unwrap(), Some(10));
    assert_eq!(objects.get_limited(name, 10).await.unwrap().len(), 10);
    assert_eq!(objects.get_limited(name, 9).await.unwrap_err().kind(), Kind::Limit);

    let parts = objects.get_ranges(name, &[7..10, 0..2, 3..3, 1..4]).await.unwrap();
    assert_eq!(parts, ["210", "98", "", "876"]);
    assert_eq!(objects.get_ranges(name, &[0..1, 5..11]).await.unwrap_err().kind(), Kind::Malformed);
    assert_eq!(
        objects.get_ranges(name, std::slice::from_ref(&(0..u64::MAX))).await.unwrap_err().kind(),
        Kind::Malformed
    );
    let backwards = std::ops::Range { start: 5, end: 4 };
    assert_eq!(objects.get_ranges(name, &[backwards, 0..1]).await.unwrap_err().kind(), Kind::Usage);
    assert_eq!(objects.get_ranges("pool/none", &[0..1, 1..2]).await.unwrap_err().kind(), Kind::NotFound);

    let listed = objects.list("pool").await.unwrap();
    let paths: Vec<_> = listed.iter().map(|meta| (meta.path.as_str(), meta.size)).collect();
    assert_eq!(paths, [("pool/ab/bulk", 4), (name, 10), ("pool/cd/empty", 0)]);
    assert!(listed.iter().all(|meta| meta.modified > jiff::Timestamp::UNIX_EPOCH));
    assert_eq!(objects.list("").await.unwrap().iter().filter(|meta| meta.path != FORMAT_PATH).count(), 3);
    assert_eq!(objects.names("pool").await.unwrap(), ["ab", "cd"]);
    assert_eq!(objects.names("pool/ab").await.unwrap(), ["bulk", "libstdc++6~x%20y.deb"]);

    assert_eq!(objects.create("refs/one", "mine".into()).await.unwrap(), Created::Yes);
    assert_eq!(objects.create("refs/one", "mine".into()).await.unwrap(), Created::Yes, "a retry of the winner");
    assert_eq!(objects.create("refs/one", "yours".into()).await.unwrap(), Created::Exists);
    assert_eq!(objects.get("refs/one").await.unwrap(), "mine");

    upload(objects).await;

    objects.delete(name).await.unwrap();
    objects.delete(name).await.unwrap();
    objects.delete("pool/cd/empty").await.unwrap();
    objects.delete("pool/none/none").await.unwrap();
    assert_eq!(objects.list("pool").await.unwrap().len(), 1);
    refused_paths(objects).await;
}

async fn upload(objects: &Objects) {
    let piece = Bytes::from((0..3 << 20).map(|n: u32| (n >> 8) as u8).collect::<Vec<_>>());
    let mut upload = objects.upload("big/one").await.unwrap();
    for _ in 0..4 {
        upload.write(piece.clone()).await.unwrap();
    }
    upload.write("end".into()).await.unwrap();
    assert!(objects.list("big").await.unwrap().is_empty(), "visible before the end");
    upload.finish().await.unwrap();
    objects.barrier().await.unwrap();
    let whole = objects.get("big/one").await.unwrap();
    assert_eq!(whole.len(), 4 * piece.len() + 3);
    assert!(whole[3 * piece.len()..].starts_with(&piece) && whole.ends_with(b"end"));
    use futures::TryStreamExt;
    let streamed: Vec<Bytes> = objects.read("big/one").await.unwrap().try_collect().await.unwrap();
    assert_eq!(streamed.concat(), whole);

    let mut upload = objects.upload("big/two").await.unwrap();
    upload.write(whole.clone()).await.unwrap();
    upload.abort().await.unwrap();
    objects.upload("big/empty").await.unwrap().finish().await.unwrap();
    assert_eq!(objects.get("big/empty").await.unwrap(), "");
    objects.delete("big/empty").await.unwrap();
    objects.delete("big/one").await.unwrap();
    assert!(objects.list("big").await.unwrap().is_empty());
    if let Some(folder) = objects.local_path("big") {
        let mut upload = objects.upload("big/three").await.unwrap();
        upload.write(whole).await.unwrap();
        drop(upload);
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "an unfinished file stayed behind");
    }
}

async fn refused_paths(objects: &Objects) {
    let long = "x".repeat(221);
    let longer = format!("{}x", "x/".repeat(451));
    for path in [
        "",
        "/",
        "/etc/passwd",
        "a//b",
        "a/",
        "../a",
        "a/../b",
        "a/.",
        "a\\b",
        "a\nb",
        "a\0b",
        "a#12",
        "a#b",
        &long,
        &longer,
    ] {
        for error in [
            objects.get(path).await.map(drop),
            objects.put(path, "x".into()).await,
            objects.put_bulk(path, "x".into()).await,
            objects.create(path, "x".into()).await.map(drop),
            objects.upload(path).await.map(drop),
            objects.delete(path).await,
            objects.size(path).await.map(drop),
            objects.get_ranges(path, &[0..1, 1..2]).await.map(drop),
        ] {
            assert_eq!(error.expect_err(path).kind(), Kind::Usage, "{path:?}");
        }
        assert_eq!(objects.local_path(path), None);
    }
}
