//! What every kind of store promises.

use bytes::Bytes;
use futures::StreamExt;
use reposnap::Kind;
use reposnap::store::refs::{Log, Note};
use reposnap::store::{Created, Store};

use crate::backends::Backend;

/// How many writers race for one name.
const RACERS: usize = 24;
/// More than one page of a listing has.
const MANY: usize = 1_100;
/// More than goes in one request.
const LARGE: usize = 21 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn memory() {
    let store = Store::memory();
    suite(true, &store, &store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory() {
    keeps_its_promises(Backend::directory()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_by_its_url() {
    keeps_its_promises(Backend::file_url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s3() {
    keeps_its_promises(Backend::s3()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn google() {
    keeps_its_promises(Backend::google()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn moto() {
    keeps_its_promises(Backend::moto()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn azurite() {
    keeps_its_promises(Backend::azurite()).await;
}

/// `scripts/setup-ceph` unpacks it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "its server is large"]
async fn ceph() {
    keeps_its_promises(Backend::ceph()).await;
}

/// `scripts/setup-garage` builds it. It takes every create for a write, and so keeps all of them but one.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "its server takes minutes to build"]
async fn garage_is_refused_unless_one_program_alone_writes() {
    let mut backend = Backend::garage();
    let error = Store::create_at(&backend.place, &backend.options()).await.expect_err("refused");
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Unsupported, Some("create-only")), "{error:?}");
    assert!(error.advice().is_some_and(|advice| advice.contains("REPOSNAP_WRITERS=single")), "{error:?}");
    backend.variables.push(("REPOSNAP_WRITERS".to_owned(), "single".to_owned()));
    backend.is_atomic = false;
    keeps_its_promises(backend).await;
}

async fn keeps_its_promises(backend: Backend) {
    let first = backend.create().await;
    let second = backend.open().await;
    suite(backend.is_atomic, &first, &second).await;
}

/// What is written through one handle is seen through the other.
async fn suite(is_atomic: bool, store: &Store, other: &Store) {
    objects(store, other).await;
    listing(store, other).await;
    moves(store, other).await;
    large(store, other).await;
    if is_atomic {
        race(store, other).await;
        logs(store, other).await;
    }
}

async fn objects(store: &Store, other: &Store) {
    let (objects, other) = (store.objects(), other.objects());
    let name = "pool/ab/libstdc++6~x%20y&<'\".deb";
    assert_eq!(objects.get(name).await.expect_err("nothing yet").kind(), Kind::NotFound);
    assert_eq!(objects.size(name).await.expect("a look"), None);
    objects.put(name, "0123456789".into()).await.expect("a write");
    objects.put(name, "9876543210".into()).await.expect("another");
    objects.put("pool/ab/empty", Bytes::new()).await.expect("an empty one");
    assert_eq!(other.get(name).await.expect("a read"), "9876543210");
    assert_eq!(other.get("pool/ab/empty").await.expect("a read"), "");
    assert_eq!(other.size(name).await.expect("a look"), Some(10));
    assert_eq!(other.get_limited(name, 9).await.expect_err("too large").kind(), Kind::Limit);
    let parts = other.get_ranges(name, &[7..10, 0..2, 3..3, 1..4]).await.expect("ranges");
    assert_eq!(parts, ["210", "98", "", "876"]);
    assert_eq!(other.get_ranges(name, &[0..1, 5..11]).await.expect_err("too far").kind(), Kind::Malformed);
    assert_eq!(other.get_ranges("pool/none", &[0..1, 1..2]).await.expect_err("nothing").kind(), Kind::NotFound);
    assert_eq!(objects.names("pool").await.expect("names"), ["ab"]);
    assert_eq!(objects.names("pool/ab").await.expect("names"), ["empty", "libstdc++6~x%20y&<'\".deb"]);
    objects.delete(name).await.expect("a deletion");
    objects.delete(name).await.expect("of nothing");
    assert!(!other.exists(name).await.expect("a look"));
}

/// One of many wins, and all know who.
async fn race(store: &Store, other: &Store) {
    for round in 0..4 {
        let name = format!("refs/test/race/{round}");
        let racers = (0..RACERS).map(|racer| {
            let objects = if racer % 2 == 0 { store.objects().clone() } else { other.objects().clone() };
            let name = name.clone();
            tokio::spawn(
                async move { objects.create(&name, format!("racer {racer}").into()).await.expect("an answer") },
            )
        });
        let answers = futures::future::join_all(racers).await;
        let winners: Vec<usize> =
            (0..RACERS).filter(|&racer| answers[racer].as_ref().is_ok_and(|&answer| answer == Created::Yes)).collect();
        assert_eq!(winners.len(), 1, "{winners:?}");
        assert_eq!(store.objects().get(&name).await.expect("a read"), format!("racer {}", winners[0]));
        assert!(other.objects().exists(&name).await.expect("a look"));
    }
}

async fn listing(store: &Store, other: &Store) {
    let name = |number: usize| format!("packs/many/{number:05}");
    let puts = (0..MANY).map(|number| {
        let objects = store.objects().clone();
        async move { objects.put_bulk(&name(number), format!("{number}").into()).await }
    });
    let done: Vec<_> = futures::stream::iter(puts).buffer_unordered(32).collect().await;
    assert!(done.into_iter().all(|result| result.is_ok()));
    store.objects().barrier().await.expect("a barrier");
    let listed = other.objects().list("packs/many").await.expect("a listing");
    assert!(listed.iter().map(|meta| meta.path.clone()).eq((0..MANY).map(name)), "{} listed", listed.len());
    assert!(listed.iter().enumerate().all(|(number, meta)| meta.size == number.to_string().len() as u64));
    assert_eq!(other.objects().names("packs/many").await.expect("names").len(), MANY);
    assert!(other.objects().list("packs/man").await.expect("a listing").is_empty(), "folders, not beginnings");
}

/// Where packages and packs go before they are deleted, and whence they come back.
async fn moves(store: &Store, other: &Store) {
    let (objects, other) = (store.objects(), other.objects());
    let (from, to) = ("pool/mo/lib+ 100%~1&<'\".deb", "trash/1/pool/mo/lib+ 100%~1&<'\".deb");
    assert!(!objects.rename(from, to).await.expect("a look"), "nothing is there");
    assert!(!objects.touch(from).await.expect("a look"), "nothing is there");
    objects.put(from, "a package".into()).await.expect("a write");
    let before = other.meta(from).await.expect("a look").expect("it is there");
    assert!(objects.rename(from, to).await.expect("a move"));
    assert!(!other.exists(from).await.expect("a look"));
    assert_eq!(other.get(to).await.expect("a read"), "a package");
    assert!(objects.touch(to).await.expect("a touch"));
    let after = other.meta(to).await.expect("a look").expect("it is there");
    assert_eq!((after.path.as_str(), after.size), (to, 9));
    assert!(after.modified >= before.modified, "{before:?} {after:?}");
    assert_eq!(other.get(to).await.expect("a read"), "a package");
    assert!(objects.rename(to, from).await.expect("back again"));
    assert_eq!(other.get(from).await.expect("a read"), "a package");
}

async fn large(store: &Store, other: &Store) {
    let bytes: Vec<u8> = (0..LARGE).map(|place| (place / 7 % 251) as u8).collect();
    let bytes = Bytes::from(bytes);
    let mut upload = store.objects().upload("pool/cd/large.deb").await.expect("an upload");
    for piece in bytes.chunks(1 << 20) {
        upload.write(Bytes::copy_from_slice(piece)).await.expect("a piece");
    }
    assert!(!other.objects().exists("pool/cd/large.deb").await.expect("a look"), "nothing is there before its end");
    upload.finish().await.expect("its end");
    store.objects().put_bulk("packs/large.pack", bytes.clone()).await.expect("at once");
    store.objects().barrier().await.expect("a barrier");
    for name in ["pool/cd/large.deb", "packs/large.pack"] {
        assert!(other.objects().get(name).await.expect("a read") == bytes, "{name}");
        let end = LARGE as u64;
        let parts = other.objects().get_ranges(name, &[end - 3..end, 0..5]).await.expect("ranges");
        assert_eq!((&parts[0][..], &parts[1][..]), (&bytes[LARGE - 3..], &bytes[..5]));
        let pieces: Vec<_> = other.objects().read(name).await.expect("a stream").collect().await;
        assert_eq!(pieces.into_iter().map(|piece| piece.expect("a piece").len()).sum::<usize>(), LARGE);
    }
    let upload = store.objects().upload("pool/cd/given-up.deb").await.expect("an upload");
    upload.abort().await.expect("given up");
    assert!(!store.objects().exists("pool/cd/given-up.deb").await.expect("a look"));
}

async fn logs(store: &Store, other: &Store) {
    let log = |store: &Store| Log::<String>::open(store.objects(), "env", "stable").expect("a log");
    let writers = (0..8).map(|writer| {
        let log = log(if writer % 2 == 0 { store } else { other });
        tokio::spawn(async move {
            for number in 0..3 {
                let body = format!("{writer}.{number}");
                log.update(&Note::new("ana", ""), |_| Ok(Some(body.clone()))).await.expect("an entry");
            }
        })
    });
    for writer in futures::future::join_all(writers).await {
        writer.expect("a writer's end");
    }
    let mut bodies: Vec<_> =
        log(other).entries(100).await.expect("a line").into_iter().map(|entry| entry.body).collect();
    bodies.sort();
    let wanted = (0..8).flat_map(|writer| (0..3).map(move |number| format!("{writer}.{number}")));
    assert!(bodies.iter().cloned().eq(wanted), "{bodies:?}");
}
