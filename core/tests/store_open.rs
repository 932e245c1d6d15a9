//! What may be opened and created, what is refused, and what is said then.
#![allow(clippy::unwrap_used)]

mod store_support;

use std::path::Path;
use std::sync::Arc;

use object_store::memory::InMemory;
use reposnap::store::{Created, FORMAT_PATH, Format, Store, Writers};
use reposnap::{Error, Kind};
use store_support::{Twist, Twisted};

#[tokio::test]
async fn a_store_is_created_once_and_opened_often() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new/store");
    let error = Store::open(&path).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert_eq!(
        error.to_string(),
        format!(
            "{}: there is no store here: the directory does not exist \
             (create a store first, or name the directory of one that exists)",
            path.display()
        )
    );
    let store = Store::open_or_create(&path).await.unwrap();
    assert_eq!(store.format(), &Format::current());
    store.objects().put("pool/a", "a".into()).await.unwrap();
    let store = Store::open_or_create(&path).await.unwrap();
    assert_eq!(store.objects().get("pool/a").await.unwrap(), "a");
    assert_eq!(Store::create(&path).await.unwrap_err().kind(), Kind::AlreadyExists);
    assert_eq!(names(&path), ["pool", FORMAT_PATH], "the probe leaves nothing");

    let reader = Store::open_read_only(&path).await.unwrap();
    assert_eq!(reader.objects().get("pool/a").await.unwrap(), "a");
    for error in [
        reader.objects().put("b", "b".into()).await,
        reader.objects().put_bulk("b", "b".into()).await,
        reader.objects().create("b", "b".into()).await.map(drop),
        reader.objects().upload("b").await.map(drop),
        reader.objects().delete("pool/a").await,
    ] {
        assert_eq!(error.unwrap_err().kind(), Kind::ReadOnly);
    }
}

#[tokio::test]
async fn racing_creators_end_with_one_store() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let all = futures::future::join_all((0..8).map(|_| {
        let path = path.clone();
        tokio::spawn(async move { Store::open_or_create(&path).await.map(drop) })
    }));
    all.await.into_iter().for_each(|result| result.unwrap().unwrap());
    assert_eq!(names(&path), [FORMAT_PATH]);
}

#[tokio::test]
async fn what_is_no_store_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    let empty = root.join("empty");
    std::fs::create_dir(&empty).unwrap();
    assert_eq!(Store::open(&empty).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(Store::open_read_only(&empty).await.unwrap_err().kind(), Kind::NotFound);
    assert!(names(&empty).is_empty());

    let file = root.join("file");
    std::fs::write(&file, "mine").unwrap();
    for error in [Store::open(&file).await, Store::create(&file).await, Store::open_or_create(&file).await] {
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.at_path()), (Kind::Usage, file.to_str()));
    }
    assert!(Store::create(&file.join("below")).await.is_err());
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");

    let full = root.join("full");
    std::fs::create_dir_all(full.join("photos")).unwrap();
    for error in [Store::create(&full).await, Store::open_or_create(&full).await] {
        let error = error.unwrap_err();
        assert_eq!(error.kind(), Kind::AlreadyExists);
        assert!(error.to_string().contains("such as \"photos\" (name an empty or a new directory,"), "{error}");
    }
    assert_eq!(names(&full), ["photos"]);

    let disk = root.join("disk");
    std::fs::create_dir_all(disk.join("lost+found")).unwrap();
    Store::create(&disk).await.unwrap();
}

#[tokio::test]
async fn formats_of_other_times_and_programs() {
    let error = open_with("{").await.unwrap_err();
    assert_eq!((error.kind(), error.at_line()), (Kind::Malformed, Some(1)));
    assert!(error.at_path().unwrap().ends_with(FORMAT_PATH) && error.at_path().unwrap().len() > FORMAT_PATH.len());
    assert_eq!(open_with("").await.unwrap_err().kind(), Kind::Malformed);
    assert_eq!(open_with(&" ".repeat(1 << 20)).await.unwrap_err().kind(), Kind::Limit);
    let other = r#"{"format": "restic", "version": 1, "min_reader": 1, "min_writer": 1}"#;
    assert_eq!(open_with(other).await.unwrap_err().kind(), Kind::Format);

    let future = r#"{"format": "reposnap", "version": 9, "min_reader": 9, "min_writer": 9, "features": []}"#;
    let error = open_with(future).await.unwrap_err();
    assert_eq!((error.kind(), error.at_field(), error.found()), (Kind::Format, Some("min_reader"), Some("9")));
    assert_eq!(error.advice(), Some("use a newer reposnap"));

    let featured = r#"{"format": "reposnap", "version": 1, "min_reader": 1, "min_writer": 1, "features": ["x"]}"#;
    let error = open_with(featured).await.unwrap_err();
    assert_eq!((error.kind(), error.at_field()), (Kind::Format, Some("features")));

    let readable =
        r#"{"format": "reposnap", "version": 2, "min_reader": 1, "min_writer": 2, "features": [], "later": {"a": 1}}"#;
    let store = open_with(readable).await.unwrap();
    assert_eq!(store.objects().get("pool/a").await.unwrap(), "a");
    let error = store.objects().put("b", "b".into()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::ReadOnly);
    assert!(error.to_string().contains("newer format"), "{error}");
}

#[tokio::test]
async fn a_store_that_ignores_the_condition_is_refused() {
    for twist in [Twist::IgnoresCondition, Twist::LooksThenWrites, Twist::KeepsLoser, Twist::NoCondition] {
        let inner = Arc::new(InMemory::new());
        Store::create_on(inner.clone(), Writers::Many).await.unwrap();
        let store = Store::open_on(Twisted::new(&inner, twist), Writers::Many).await.unwrap();
        for error in
            [store.objects().put("a", "a".into()).await, store.objects().create("a", "a".into()).await.map(drop)]
        {
            let error = error.expect_err("refused");
            assert_eq!((error.kind(), error.broken_rule()), (Kind::Unsupported, Some("create-only")), "{twist:?}");
            assert!(error.advice().unwrap().contains("single-writer mode"));
        }
        assert_eq!(paths(&inner).await, [FORMAT_PATH], "{twist:?}: the probe leaves nothing");
        assert!(store.objects().get(FORMAT_PATH).await.is_ok(), "reading needs no probe");
        let store = Store::open_on(Twisted::new(&inner, twist), Writers::Single).await.unwrap();
        assert_eq!(store.objects().create("a", "a".into()).await.unwrap(), Created::Yes);
        assert_eq!(store.objects().create("a", "b".into()).await.unwrap(), Created::Exists);
        assert_eq!(store.objects().get("a").await.unwrap(), "a");
        let empty = Arc::new(InMemory::new());
        let created = Store::create_on(Twisted::new(&empty, twist), Writers::Many).await;
        assert_eq!(created.unwrap_err().kind(), Kind::Unsupported);
        assert!(paths(&empty).await.is_empty());
    }
}

#[tokio::test]
async fn the_probe_runs_once_and_only_before_a_write() {
    let inner = Arc::new(InMemory::new());
    Store::create_on(inner.clone(), Writers::Many).await.unwrap();
    let counted = Twisted::new(&inner, Twist::None);
    let store = Store::open_on(counted.clone(), Writers::Many).await.unwrap();
    store.objects().get_if_exists("a").await.unwrap();
    assert_eq!(counted.count(), 2, "the format and the object");
    store.objects().put("a", "a".into()).await.unwrap();
    let first = counted.count();
    store.clone().objects().put("b", "b".into()).await.unwrap();
    assert_eq!(counted.count(), first + 1);
    assert_eq!(paths(&inner).await, ["a", "b", FORMAT_PATH]);
}

async fn open_with(format: &str) -> Result<Store, Error> {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("pool")).unwrap();
    std::fs::write(directory.path().join("pool/a"), "a").unwrap();
    std::fs::write(directory.path().join(FORMAT_PATH), format).unwrap();
    // Kept, because the store is used by the caller.
    Store::open(&directory.keep()).await
}

fn names(path: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        path.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn paths(store: &Arc<InMemory>) -> Vec<String> {
    let objects = reposnap::store::Objects::new(store.clone());
    objects.list("").await.unwrap().into_iter().map(|meta| meta.path).collect()
}
