//! Environments move, remember and go back; revisions name what they were.
#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use reposnap::environment::{self, Change, Environment, How, Revision, Source, resolve};
use reposnap::store::Store;
use reposnap::store::refs::{self, Entry, Log, Note};
use reposnap::{Digest, Kind};
use serde_json::json;

#[tokio::test]
async fn an_environment_lives() {
    let store = Store::memory();
    let [one, two, three] = snapshots(&store).await;
    let stable = Environment::open(&store, "stable").unwrap();
    assert_eq!(stable.head().await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(stable.history(5).await.unwrap_err().kind(), Kind::NotFound);
    assert!(environment::list(&store).await.unwrap().is_empty());
    let error = stable.promote(Change::promoted(one, "x"), None, &note(0)).await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (Kind::NotFound, Some("create it first")));

    let unknown = Digest::of(b"unknown");
    let error = stable.create(Change::created(unknown), &note(0)).await.unwrap_err();
    assert_eq!(error.to_string(), format!("the store has no snapshot {unknown}"));
    let first = stable.create(Change::created(one), &note(100)).await.unwrap();
    assert_eq!(stable.create(Change::created(two), &note(100)).await.unwrap_err().kind(), Kind::AlreadyExists);
    assert_eq!(
        stable.promote(Change::promoted(unknown, "x"), None, &note(0)).await.unwrap_err().kind(),
        Kind::NotFound
    );

    assert_eq!(stable.promote(Change::promoted(one, "testing"), None, &note(150)).await.unwrap(), None);
    let change = Change::promoted(two, "testing");
    let second = stable.promote(change.clone(), Some(first.position()), &note(200)).await.unwrap().unwrap();
    assert_eq!(second.body, change);
    let packages = vec!["libssl3".to_owned()];
    let partial = Change::partial(three, "testing", packages.clone());
    let error = stable.promote(partial.clone(), Some(first.position()), &note(300)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict, "the dry run was about another head");
    stable.promote(partial, None, &note(300)).await.unwrap().unwrap();

    let back = stable.rollback(&resolve(&store, "stable~2").await.unwrap(), &note(400)).await.unwrap().unwrap();
    assert_eq!((back.seq, back.body.snapshot), (4, one));
    assert_eq!(stable.rollback(&resolve(&store, "stable~3").await.unwrap(), &note(450)).await.unwrap(), None);
    let digest = resolve(&store, &two.to_string()).await.unwrap();
    stable.rollback(&digest, &note(500)).await.unwrap().unwrap();
    let history = stable.history(10).await.unwrap();
    let told: Vec<_> =
        history.iter().map(|entry| (entry.seq, entry.body.snapshot, entry.body.change.clone())).collect();
    assert_eq!(
        told,
        [
            (5, two, How::RolledBack { from: 4, to: 2 }),
            (4, one, How::RolledBack { from: 3, to: 1 }),
            (3, three, How::Partial { from: "testing".into(), packages }),
            (2, two, How::Promoted { from: "testing".into() }),
            (1, one, How::Created),
        ]
    );

    let other = Environment::open(&store, "testing").unwrap();
    other.create(Change::created(three), &note(0)).await.unwrap();
    let never = resolve(&store, "stable").await.unwrap();
    assert_eq!(other.rollback(&never, &note(0)).await.unwrap_err().kind(), Kind::Usage);
    assert_eq!(environment::list(&store).await.unwrap(), ["stable", "testing"]);
    assert_eq!(Environment::open(&store, "a b").unwrap_err().kind(), Kind::Usage);
}

#[tokio::test]
async fn undoing_goes_back_and_never_forth() {
    let store = Store::memory();
    let [one, two, three] = snapshots(&store).await;
    let stable = Environment::open(&store, "stable").unwrap();
    assert_eq!(stable.undo(&note(0)).await.unwrap_err().kind(), Kind::NotFound);
    stable.create(Change::created(one), &note(100)).await.unwrap();
    assert_eq!(stable.undo(&note(150)).await.unwrap_err().kind(), Kind::NotFound);
    for (snapshot, time) in [(two, 200), (three, 300)] {
        stable.promote(Change::promoted(snapshot, "testing"), None, &note(time)).await.unwrap().unwrap();
    }
    let undo = async |time| {
        let entry = stable.undo(&note(time)).await.unwrap();
        let How::RolledBack { from, to } = entry.body.change else { panic!("{entry:?}") };
        (entry.body.snapshot, from, to)
    };
    assert_eq!(undo(400).await, (two, 3, 2));
    assert_eq!(undo(500).await, (one, 4, 1));
    assert_eq!(stable.undo(&note(550)).await.unwrap_err().kind(), Kind::NotFound, "three is not before one");

    // What comes after is undone first, and then what it came after; two and three stay undone.
    stable.promote(Change::promoted(three, "testing"), None, &note(600)).await.unwrap().unwrap();
    assert_eq!(undo(700).await, (one, 6, 5));
    assert_eq!(stable.undo(&note(750)).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(stable.head().await.unwrap().seq, 7);

    // Where somebody said where to go, it goes on from there.
    stable.rollback(&resolve(&store, "stable~4").await.unwrap(), &note(800)).await.unwrap().unwrap();
    assert_eq!(stable.head().await.unwrap().body.snapshot, three);
    assert_eq!(undo(900).await, (two, 8, 2));
}

#[tokio::test]
async fn the_entry_as_others_read_it() {
    let store = Store::memory();
    let [one, ..] = snapshots(&store).await;
    let stable = Environment::open(&store, "stable").unwrap();
    stable.create(Change::created(one), &note(100)).await.unwrap();
    let bytes = store.objects().get("refs/env/stable/18446744073709551614").await.unwrap();
    let nonce = stable.head().await.unwrap().nonce;
    let expected = format!(
        r#"{{"format":1,"seq":1,"previous":null,"nonce":"{nonce}","time":"1970-01-01T00:01:40Z","actor":"ana","message":"because","body":{{"snapshot":"{one}","change":{{"kind":"created"}}}}}}"#
    );
    assert_eq!(bytes, expected);
}

#[tokio::test]
async fn revisions_name_snapshots() {
    let store = Store::memory();
    let [one, two, three] = snapshots(&store).await;
    let stable = Environment::open(&store, "stable").unwrap();
    stable.create(Change::created(one), &note(100)).await.unwrap();
    stable.promote(Change::promoted(two, "x"), None, &note(200)).await.unwrap();
    stable.promote(Change::promoted(three, "x"), None, &note(300)).await.unwrap();
    // Mirrors and named snapshots say other things besides, and a mirror may have no snapshot yet.
    log(
        &store,
        "mirror",
        "debian",
        &[json!({"url": "x"}), json!({"url": "x", "snapshot": one}), json!({"snapshot": two})],
    )
    .await;
    log(&store, "snapshot", "before", &[json!({"snapshot": three, "why": "so"})]).await;

    for (text, digest, source, name, seq) in [
        ("stable", three, Source::Environment, Some("stable"), Some(3)),
        ("stable~0", three, Source::Environment, Some("stable"), Some(3)),
        ("stable~", two, Source::Environment, Some("stable"), Some(2)),
        ("env/stable~2", one, Source::Environment, Some("stable"), Some(1)),
        ("stable@1970-01-01T00:03:20Z", two, Source::Environment, Some("stable"), Some(2)),
        ("stable@1970-01-01T00:04Z", two, Source::Environment, Some("stable"), Some(2)),
        ("stable@1970-01-01T01:03:19+01:00", one, Source::Environment, Some("stable"), Some(1)),
        ("stable@1970-01-02", three, Source::Environment, Some("stable"), Some(3)),
        ("stable@2999-01-01", three, Source::Environment, Some("stable"), Some(3)),
        ("debian", two, Source::Mirror, Some("debian"), Some(3)),
        ("mirror/debian~1", one, Source::Mirror, Some("debian"), Some(2)),
        ("before", three, Source::Snapshot, Some("before"), Some(1)),
        (&one.to_string(), one, Source::Digest, None, None),
        (&one.to_string()[..6], one, Source::Digest, None, None),
        (&two.to_string().to_uppercase()[..20], two, Source::Digest, None, None),
        (&two.to_string().to_uppercase(), two, Source::Digest, None, None),
    ] {
        let found: Revision = resolve(&store, text).await.expect(text);
        assert_eq!(found.digest, digest, "{text}");
        assert_eq!((found.source, found.name.as_deref(), found.seq), (source, name, seq), "{text}");
        assert_eq!(found.time.is_some(), seq.is_some());
    }

    let known = "there are env/stable, mirror/debian, snapshot/before";
    for (text, kind, help) in [
        ("nightly", Kind::NotFound, Some(known)),
        ("nightly~1", Kind::NotFound, Some(known)),
        ("mirror/stable", Kind::NotFound, Some(known)),
        (&one.to_string()[..5], Kind::NotFound, Some(known)),
        ("0123456789abcdef", Kind::NotFound, Some(known)),
        (&Digest::of(b"none").to_string(), Kind::NotFound, None),
        ("stable~3", Kind::NotFound, None),
        ("stable@1970-01-01", Kind::NotFound, None),
        ("debian~2", Kind::NotFound, Some("update it first")),
        ("stable@soon", Kind::Usage, Some("write 2026-11-01T00:00Z, 2026-11-01T00:00+01:00 or 2026-11-01")),
        ("", Kind::Usage, None),
        ("../../etc", Kind::Usage, None),
    ] {
        let error = resolve(&store, text).await.expect_err(text);
        assert_eq!((error.kind(), error.advice()), (kind, help), "{error}");
        assert_eq!(error.at_path(), Some(text));
    }
}

#[tokio::test]
async fn what_could_be_two_things_is_refused() {
    let store = Store::memory();
    let [one, two, _] = snapshots(&store).await;
    Environment::open(&store, "debian").unwrap().create(Change::created(one), &note(0)).await.unwrap();
    log(&store, "mirror", "debian", &[json!({"snapshot": two})]).await;
    let error = resolve(&store, "debian~0").await.unwrap_err();
    assert_eq!((error.kind(), error.advice()), (Kind::Usage, Some("say which: env/debian or mirror/debian")));
    assert_eq!(resolve(&store, "env/debian").await.unwrap().digest, one);
    assert_eq!(resolve(&store, "mirror/debian").await.unwrap().digest, two);

    // A name goes before a digest, however alike.
    let alike = one.to_string()[..12].to_owned();
    log(&store, "snapshot", &alike, &[json!({"snapshot": two})]).await;
    assert_eq!(resolve(&store, &alike).await.unwrap().digest, two);
    assert_eq!(resolve(&store, &one.to_string()[..13]).await.unwrap().digest, one);

    let twins: Vec<String> = (0..12).map(|n| format!("{}{n:02}{}", "abcdef", "0".repeat(56))).collect();
    for twin in &twins {
        store.objects().put(&format!("snapshots/{twin}"), "".into()).await.unwrap();
    }
    let error = resolve(&store, "abcdef").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Usage);
    assert_eq!(error.advice().unwrap(), format!("give more digits: {}, 2 more", twins[..10].join(", ")));
    assert_eq!(resolve(&store, "abcdef11").await.unwrap().digest.to_string(), twins[11]);
    store.objects().put("snapshots/notes.txt", "".into()).await.unwrap();
    assert_eq!(resolve(&store, "abcdef00").await.unwrap().digest.to_string(), twins[0]);
}

async fn snapshots(store: &Store) -> [Digest; 3] {
    let digests = [b"one", b"two", b"tri"].map(|bytes| Digest::of(bytes));
    for digest in digests {
        store.objects().put(&format!("snapshots/{digest}"), "".into()).await.unwrap();
    }
    digests
}

async fn log(store: &Store, kind: &str, name: &str, bodies: &[serde_json::Value]) {
    let log = Log::<serde_json::Value>::open(store.objects(), kind, name).unwrap();
    let mut head = None;
    for body in bodies {
        head = Some(log.append(head, body.clone(), &note(0)).await.map(|entry: Entry<_>| entry.position()).unwrap());
    }
    assert!(refs::names(store.objects(), kind).await.unwrap().contains(&name.to_owned()));
}

fn note(second: i64) -> Note<'static> {
    Note::new("ana", "because").at(Timestamp::from_second(second).unwrap())
}
