use std::collections::BTreeSet;
use std::path::Path;

use bytes::Bytes;

use super::check::{Trouble, check};
use super::gc::{Options, Report, collect};
use super::kinds::{self, Sort};
use super::mark::{Keep, Marks, Verdict};
use super::repair::{Sources, repair};
use super::retention::Retention;
use super::{copy, stats};
use crate::digest::Digest;
use crate::environment::{Change, Environment, named};
use crate::error::Kind;
use crate::progress::Monitor;
use crate::snapshot::manifest::{Layout, List, Made, Manifest, Part};
use crate::snapshot::{Entry, Snapshot, SnapshotWriter};
use crate::source::mirror::{Config, FolderConfig, Mirror, State};
use crate::store::refs::{Log, MIRROR, Note};
use crate::store::{Store, layout, plan};

fn package(name: &str, version: u32) -> Bytes {
    format!("the package {name} {version}").into_bytes().into()
}

fn entry(name: &str, version: u32) -> Entry {
    let deb = package(name, version);
    let text = format!(
        "Package: {name}\nVersion: {version}\nArchitecture: all\nFilename: pool/{name}_{version}_all.deb\nSize: {}\nSHA256: {}\n",
        deb.len(),
        Digest::of(&deb)
    );
    let field = |text: &str| Bytes::copy_from_slice(text.as_bytes());
    Entry::new(field(name), field(&version.to_string()), field("all"), text.into_bytes().into())
}

/// A snapshot with packages of some versions, and the packages, on top of another.
async fn snapshot(store: &Store, packages: &[(&str, u32)], base: Option<&Snapshot>) -> Snapshot {
    let mut entries: Vec<Entry> = packages.iter().map(|(name, version)| entry(name, *version)).collect();
    entries.sort_by(|a, b| a.key.order().cmp(&b.key.order()));
    let bases: Vec<Snapshot> = base.cloned().into_iter().collect();
    let mut writer = SnapshotWriter::new(store, &bases);
    let replaces = base.and_then(|base| base.manifest().lists().next().map(|(_, list)| list.root));
    let listed = writer.list(entries, replaces).await.unwrap();
    let note = writer.file("Notes", format!("{packages:?}").into_bytes().into(), None).await.unwrap();
    for (name, version) in packages {
        let deb = package(name, *version);
        let path = layout::pool(Digest::of(&deb), "deb");
        if !store.objects().exists(&path).await.unwrap() {
            store.objects().put_bulk(&path, deb).await.unwrap();
        }
    }
    let list = List {
        component: "main".to_owned(),
        architecture: "all".to_owned(),
        path: "main/binary-all/Packages".to_owned(),
        root: listed.root,
        entries: listed.entries,
        bytes: listed.bytes,
        layout: Layout::default(),
        sha256: None,
    };
    let part = Part { lists: vec![list], files: vec![note], ..Part::default() };
    let made = Made::Filter { query: "x".to_owned() };
    let parents = bases.iter().map(Snapshot::id).collect();
    writer.commit(Manifest { format: 1, made, parents, parts: vec![part] }).await.unwrap()
}

fn note(hour: i64) -> Note<'static> {
    Note::new("ana", "").at(jiff::Timestamp::from_second(1_800_000_000 + hour * 3600).unwrap())
}

/// A mirror of a folder that was at each of `snapshots`.
async fn mirror(store: &Store, name: &str, snapshots: &[&Snapshot]) {
    let config = Config::Folder(FolderConfig { directory: "/x".to_owned(), component: "main".to_owned() });
    let mirror = Mirror::add(store, name, config.clone(), &note(0)).await.unwrap();
    let mut last = mirror.entry().position();
    for (hour, snapshot) in snapshots.iter().enumerate() {
        let state = State { snapshot: Some(snapshot.id()), config: config.clone(), suites: Default::default() };
        let log = Log::open(store.objects(), MIRROR, name).unwrap();
        last = log.append(Some(last), state, &note(hour as i64)).await.unwrap().position();
    }
}

async fn paths(store: &Store) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    kinds::each_object(store.objects(), |_, object| {
        paths.insert(object.path);
    })
    .await
    .unwrap();
    paths
}

/// Collects with nothing to wait for. What is to be swept has to be older than the plan.
async fn collect_now(store: &Store, retention: Retention) -> Report {
    std::thread::sleep(std::time::Duration::from_millis(20));
    let keep = Keep { retention, ..Keep::default() };
    collect(store, Options { keep, grace: 0, dry_run: false }, &Monitor::silent()).await.unwrap()
}

async fn assert_clean(store: &Store) {
    let report = check(store, true, &Monitor::silent()).await.unwrap();
    assert!(report.problems.is_empty(), "{:#?}", report.problems);
}

async fn local(folder: &tempfile::TempDir) -> Store {
    Store::create(&folder.path().join("store")).await.unwrap()
}

#[tokio::test]
async fn everything_is_needed_or_known_garbage() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(&folder).await;
    let one = snapshot(&store, &[("a", 1), ("b", 1), ("c", 1)], None).await;
    let two = snapshot(&store, &[("a", 2), ("b", 1), ("c", 1)], Some(&one)).await;
    let three = snapshot(&store, &[("d", 1)], None).await;
    mirror(&store, "up", &[&one, &two]).await;
    named::name(&store, "release", two.id(), &note(0)).await.unwrap();
    for garbage in ["keyrings", "evidence", "images"] {
        let digest = Digest::of(garbage.as_bytes());
        store.objects().put(&format!("{garbage}/{digest}"), Bytes::from_static(garbage.as_bytes())).await.unwrap();
    }
    store.objects().put(&layout::universe(Digest::of(b"u")), "u".into()).await.unwrap();
    let marks = Marks::find(&store, Keep::default(), &Monitor::silent()).await.unwrap();
    let of_three: BTreeSet<String> = [
        layout::snapshot(three.id()),
        layout::index(three.id()),
        layout::pack(three.stored_index().chunks.packs()[0]),
        layout::pool(Digest::of(&package("d", 1)), "deb"),
    ]
    .into();
    let mut garbage = 0;
    for path in paths(&store).await {
        match marks.verdict(&path) {
            Verdict::Garbage => {
                let is_small = ["keyrings/", "evidence/", "images/", "universe/"].iter().any(|it| path.starts_with(it));
                assert!(of_three.contains(&path) || is_small, "{path}");
                garbage += 1;
            }
            Verdict::Needed => assert!(!of_three.contains(&path), "{path}"),
            Verdict::Left => panic!("{path} is neither"),
        }
    }
    assert_eq!(garbage, 8);
    // What can't be understood may need anything.
    store.objects().put("refs/other/x/y/nonsense", "x".into()).await.unwrap();
    let error = Marks::find(&store, Keep::default(), &Monitor::silent()).await.unwrap_err();
    assert_eq!(error.at_path(), Some("refs/other/x/y/nonsense"));
    // Of each snapshot that is needed everything is.
    for snapshot in [&one, &two] {
        for path in [layout::snapshot(snapshot.id()), layout::index(snapshot.id())] {
            assert_eq!(marks.verdict(&path), Verdict::Needed);
        }
    }
    assert_eq!(marks.needs.packages.len(), 4);
}

#[tokio::test]
async fn garbage_is_planned_first_and_swept_later() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(&folder).await;
    let one = snapshot(&store, &[("a", 1), ("b", 1)], None).await;
    let two = snapshot(&store, &[("c", 1)], None).await;
    mirror(&store, "up", &[&one]).await;
    let before = paths(&store).await;
    let dry = Options { dry_run: true, ..Options::default() };
    let report = collect(&store, dry, &Monitor::silent()).await.unwrap();
    assert_eq!(report.planned.as_ref().unwrap().objects, 4);
    assert_eq!(paths(&store).await, before);
    let report = collect(&store, Options::default(), &Monitor::silent()).await.unwrap();
    assert_eq!(report.planned.unwrap().epoch, Some(1));
    assert!(Snapshot::open(&store, two.id()).await.is_ok());
    // It waits for its time, and no other plan is made.
    let report = collect(&store, Options::default(), &Monitor::silent()).await.unwrap();
    assert_eq!((report.waiting.unwrap().epoch, report.swept.len()), (1, 0));
    let report = collect_now(&store, Retention::default()).await;
    assert_eq!((report.swept[0].epoch, report.swept[0].objects), (1, 4));
    let left: BTreeSet<String> = paths(&store).await.into_iter().filter(|path| !path.starts_with("gc/")).collect();
    assert!(left.is_subset(&before) && left.len() == before.len() - 4);
    assert_clean(&store).await;
    // Never named, so nobody is told that it was retired.
    let error = Snapshot::open(&store, two.id()).await.unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::NotFound, None));
}

#[tokio::test]
async fn retention_retires_snapshots_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(&folder).await;
    let mut all: Vec<Snapshot> = Vec::new();
    for version in 1..=6 {
        all.push(snapshot(&store, &[("a", version), ("b", 1)], all.last()).await);
    }
    mirror(&store, "up", &all.iter().collect::<Vec<_>>()).await;
    named::name(&store, "release", all[0].id(), &note(0)).await.unwrap();
    let stable = Environment::open(&store, "stable").unwrap();
    stable.create(Change::created(all[2].id()), &note(0)).await.unwrap();
    let report = collect_now(&store, Retention { last: Some(2), ..Retention::default() }).await;
    assert_eq!(report.retired.len(), 2, "{report:#?}");
    for (number, snapshot) in all.iter().enumerate() {
        let opened = Snapshot::open(&store, snapshot.id()).await;
        assert_eq!(opened.is_ok(), ![1, 3].contains(&number), "{number}");
        if let Err(error) = opened {
            assert_eq!(error.broken_rule(), Some("retired"));
            assert!(error.message().contains("retired by retention at"), "{error}");
            let error = stable.promote(Change::promoted(snapshot.id(), "x"), None, &note(9)).await.unwrap_err();
            assert_eq!(error.broken_rule(), Some("retired"));
        }
    }
    assert_clean(&store).await;
    assert!(!store.objects().exists(&layout::pool(Digest::of(&package("a", 2)), "deb")).await.unwrap());
    // Made again, it is there again.
    let again = snapshot(&store, &[("a", 2), ("b", 1)], Some(&all[0])).await;
    assert_eq!(again.id(), all[1].id());
    stable.promote(Change::promoted(again.id(), "x"), None, &note(9)).await.unwrap();
    assert_clean(&store).await;
}

#[tokio::test]
async fn who_names_what_a_plan_names_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let stores = [local(&folder).await, Store::memory()];
    for store in stores {
        let one = snapshot(&store, &[("a", 1), ("b", 1)], None).await;
        let two = snapshot(&store, &[("a", 2), ("b", 1)], Some(&one)).await;
        std::thread::sleep(std::time::Duration::from_millis(20));
        let report = collect(&store, Options::default(), &Monitor::silent()).await.unwrap();
        assert!(report.planned.unwrap().objects >= 7);
        // Named between the plan and its sweep: all of it is younger than the plan now, and is marked besides.
        let stable = Environment::open(&store, "stable").unwrap();
        stable.create(Change::created(two.id()), &note(0)).await.unwrap();
        let planned = plan::list(store.objects()).await.unwrap().remove(0);
        let marks = Marks::find(&store, Keep::default(), &Monitor::silent()).await.unwrap();
        for path in planned.read(store.objects()).await.unwrap().unwrap().objects.keys() {
            if marks.verdict(path) == Verdict::Needed {
                let young = store.objects().meta(path).await.unwrap().unwrap().modified;
                assert!(young >= planned.written, "{path}");
            }
        }
        collect_now(&store, Retention::default()).await;
        assert_clean(&store).await;
        assert!(Snapshot::open(&store, two.id()).await.is_ok());
        assert!(Snapshot::open(&store, one.id()).await.is_err());
    }
}

#[tokio::test]
async fn what_lies_in_the_trash_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(&folder).await;
    let one = snapshot(&store, &[("a", 1), ("b", 1)], None).await;
    collect(&store, Options::default(), &Monitor::silent()).await.unwrap();
    // A sweep was interrupted.
    let trash = plan::Planned::trash(1);
    let manifest = store.objects().get(&layout::snapshot(one.id())).await.unwrap();
    for path in
        paths(&store).await.iter().filter(|path| matches!(Sort::of(path), Sort::Pack | Sort::Package | Sort::Index))
    {
        assert!(store.objects().rename(path, &format!("{trash}/{path}")).await.unwrap());
    }
    let stable = Environment::open(&store, "stable").unwrap();
    stable.create(Change::created(one.id()), &note(0)).await.unwrap();
    assert_clean(&store).await;
    // A manifest in the trash is not found by whoever looks for it; written again, all else comes back with it.
    let path = layout::snapshot(one.id());
    assert!(store.objects().rename(&path, &format!("{trash}/{path}")).await.unwrap());
    collect_now(&store, Retention::default()).await;
    assert_clean(&store).await;
    assert_eq!(store.objects().get(&path).await.unwrap(), manifest);
}

#[tokio::test]
async fn damage_is_found_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(&folder).await;
    let one = snapshot(&store, &[("a", 1), ("b", 1)], None).await;
    let two = snapshot(&store, &[("a", 2), ("b", 1)], Some(&one)).await;
    mirror(&store, "up", &[&one, &two]).await;
    let other = Store::create(&folder.path().join("copy")).await.unwrap();
    let copied = copy(&store, &other, &[], false, &Monitor::silent()).await.unwrap();
    assert_eq!(copied.logs, ["mirror/up"]);
    assert_clean(&other).await;
    let root = folder.path().join("store");
    for path in paths(&store).await {
        if matches!(Sort::of(&path), Sort::Format | Sort::Collection) {
            continue;
        }
        let file = root.join(&path);
        let good = std::fs::read(&file).unwrap();
        for damage in ["missing", "truncated", "altered"] {
            let mut bytes = good.clone();
            match damage {
                "missing" => std::fs::remove_file(&file).unwrap(),
                "truncated" => std::fs::write(&file, &good[..good.len() / 2]).unwrap(),
                _ => {
                    let middle = bytes.len() / 2;
                    bytes[middle] ^= 0x55;
                    std::fs::write(&file, &bytes).unwrap();
                }
            }
            let found = check(&store, true, &Monitor::silent()).await.unwrap();
            let is_head = Sort::of(&path) == Sort::Ref && path.ends_with(&format!("{:020}", u64::MAX - 3));
            if damage == "missing" && is_head {
                // That a log was longer nobody can tell.
                assert!(!found.problems.iter().any(|problem| problem.kind == Trouble::Malformed));
            } else {
                assert!(found.problems.iter().any(|problem| problem.path == path), "{damage} {path}: {found:#?}");
            }
            let sources = Sources { store: Some(&other), upstream: None };
            let report = repair(&store, true, sources, &Monitor::silent()).await.unwrap();
            if !(damage == "missing" && is_head) {
                assert!(report.is_clean(), "{damage} {path}: {report:#?}");
                if Sort::of(&path) != Sort::Index {
                    assert_eq!(std::fs::read(&file).unwrap(), good, "{damage} {path}");
                }
            } else {
                std::fs::write(&file, &good).unwrap();
            }
            assert_clean(&store).await;
            if damage != "missing" {
                let aside = store.objects().list("damaged").await.unwrap();
                assert!(aside.iter().any(|object| object.path.starts_with(&format!("damaged/{path}."))), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn copies_go_on_and_never_back() {
    let store = Store::memory();
    let other = Store::memory();
    let one = snapshot(&store, &[("a", 1), ("b", 1)], None).await;
    let stable = Environment::open(&store, "stable").unwrap();
    stable.create(Change::created(one.id()), &note(0)).await.unwrap();
    let quiet = Monitor::silent();
    let dry = copy(&store, &other, &[], true, &quiet).await.unwrap();
    assert!(dry.objects > 0 && paths(&other).await.len() == 1);
    let first = copy(&store, &other, &[], false, &quiet).await.unwrap();
    assert_eq!(first.objects, dry.objects);
    assert_clean(&other).await;
    assert_eq!(copy(&store, &other, &[], false, &quiet).await.unwrap().objects, 0);
    let two = snapshot(&store, &[("a", 2), ("b", 1)], Some(&one)).await;
    snapshot(&store, &[("z", 2)], None).await;
    stable.promote(Change::promoted(two.id(), "x"), None, &note(1)).await.unwrap();
    let more = copy(&store, &other, &["stable".to_owned()], false, &quiet).await.unwrap();
    // A package, a pack, an index, a manifest, an entry; and nothing of what the environment does not need.
    assert_eq!(more.objects, 5, "{more:#?}");
    assert_clean(&other).await;
    // The copy goes on by itself, which is no harm; then both do.
    let there = Environment::open(&other, "stable").unwrap();
    there.promote(Change::promoted(one.id(), "y"), None, &note(2)).await.unwrap();
    assert_eq!(copy(&store, &other, &[], false, &quiet).await.unwrap().ahead, ["env/stable"]);
    stable.promote(Change::promoted(one.id(), "z"), None, &note(2)).await.unwrap();
    let error = copy(&store, &other, &[], false, &quiet).await.unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Conflict, Some("log-diverged")));
    assert!(error.at_path().unwrap().starts_with("refs/env/stable/"));
    let error = copy(&store, &other, &["nobody".to_owned()], false, &quiet).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
}

#[tokio::test]
async fn counts_add_up() {
    let store = Store::memory();
    let one = snapshot(&store, &[("a", 1), ("b", 1)], None).await;
    let two = snapshot(&store, &[("a", 1), ("b", 1), ("c", 1)], Some(&one)).await;
    snapshot(&store, &[("z", 2)], None).await;
    mirror(&store, "up", &[&one, &two]).await;
    let counted = stats(&store, Some(Keep::default()), &Monitor::silent()).await.unwrap();
    assert_eq!(counted.objects, paths(&store).await.len() as u64);
    assert_eq!((counted.snapshots, counted.mirrors, counted.environments), (3, 1, 0));
    assert!(counted.sharing.chunks <= counted.sharing.uses);
    assert_eq!(counted.garbage.unwrap().objects, 4);
}

#[tokio::test]
async fn a_store_that_is_damaged_is_not_collected() {
    let folder = tempfile::tempdir().unwrap();
    let store = local(&folder).await;
    let one = snapshot(&store, &[("a", 1)], None).await;
    snapshot(&store, &[("b", 1)], None).await;
    mirror(&store, "up", &[&one]).await;
    let pack = Path::new(&layout::pack(one.stored_index().chunks.packs()[0])).to_owned();
    std::fs::remove_file(folder.path().join("store").join(pack)).unwrap();
    let error = collect(&store, Options { grace: 0, ..Options::default() }, &Monitor::silent()).await.unwrap_err();
    assert!(error.advice().unwrap().contains("store check"), "{error}");
}

/// Writers who make the same snapshots again and again, and promote them, while garbage is collected without any grace: now
/// and then one has to begin anew, and nothing that was named is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_and_collectors_at_once() {
    const LASTS: std::time::Duration = std::time::Duration::from_secs(8);
    let folder = tempfile::tempdir().unwrap();
    let store = local(&folder).await;
    let root = folder.path().join("store");
    let begun = std::time::Instant::now();
    let first = snapshot(&store, &[("a", 1), ("b", 1)], None).await;
    let mut writers = Vec::new();
    for number in 0..3_u32 {
        let name = format!("env{number}");
        let environment = Environment::open(&store, &name).unwrap();
        environment.create(Change::created(first.id()), &note(0)).await.unwrap();
        // A handle of its own, as another process has.
        let store = Store::open(&root).await.unwrap();
        writers.push(tokio::spawn(async move {
            let environment = Environment::open(&store, &name).unwrap();
            let (mut promoted, mut again) = (Vec::new(), 0_u32);
            let mut version = number;
            while begun.elapsed() < LASTS {
                version += 1;
                let packages = [("a", version % 5), ("b", 1), ("c", version % 3)];
                let made = try_snapshot(&store, &packages).await;
                let done = match made {
                    Ok(made) => environment.promote(Change::promoted(made.id(), "x"), None, &note(1)).await,
                    Err(error) => Err(error),
                };
                match done {
                    Ok(entry) => promoted.extend(entry.map(|entry| (entry.seq, entry.body.snapshot))),
                    Err(error) if matches!(error.kind(), Kind::Conflict | Kind::NotFound) => again += 1,
                    Err(error) => panic!("{error}"),
                }
                assert!(Snapshot::open(&store, environment.head().await.unwrap().body.snapshot).await.is_ok());
            }
            (name, promoted, again)
        }));
    }
    let collector = Store::open(&root).await.unwrap();
    let mut swept = 0;
    while begun.elapsed() < LASTS {
        let keep = Keep { retention: Retention { last: Some(1), ..Retention::default() }, ..Keep::default() };
        let options = Options { keep, grace: 0, dry_run: false };
        let report = collect(&collector, options, &Monitor::silent()).await.unwrap();
        swept += report.swept.iter().map(|swept| swept.objects).sum::<u64>();
    }
    for writer in writers {
        let (name, promoted, again) = writer.await.unwrap();
        assert!(promoted.len() > 3, "{name} promoted {}, and began anew {again} times", promoted.len());
        let log = Environment::open(&store, &name).unwrap();
        for (seq, snapshot) in promoted {
            assert_eq!(log.log().read(seq).await.unwrap().body.snapshot, snapshot);
        }
    }
    assert!(swept > 0);
    assert_clean(&store).await;
}

/// As [`snapshot`], where what is shared may go away at any moment.
async fn try_snapshot(store: &Store, packages: &[(&str, u32)]) -> crate::Result<Snapshot> {
    let mut entries: Vec<Entry> = packages.iter().map(|(name, version)| entry(name, *version)).collect();
    entries.sort_by(|a, b| a.key.order().cmp(&b.key.order()));
    for (name, version) in packages {
        let deb = package(name, *version);
        let path = layout::pool(Digest::of(&deb), "deb");
        if !store.objects().exists(&path).await? {
            store.objects().put_bulk(&path, deb).await?;
        }
    }
    let mut writer = SnapshotWriter::new(store, &[]);
    let listed = writer.list(entries, None).await?;
    let list = List {
        component: "main".to_owned(),
        architecture: "all".to_owned(),
        path: "main/binary-all/Packages".to_owned(),
        root: listed.root,
        entries: listed.entries,
        bytes: listed.bytes,
        layout: Layout::default(),
        sha256: None,
    };
    let part = Part { lists: vec![list], ..Part::default() };
    let made = Made::Filter { query: "x".to_owned() };
    writer.commit(Manifest { format: 1, made, parents: Vec::new(), parts: vec![part] }).await
}
