//! Every operation of an update fails once, before and after it is done, or is the last one: the mirror shows the old
//! state or the new one, and the next update comes to what an undisturbed one does.
#![allow(clippy::unwrap_used)]

mod store_support;

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use object_store::memory::InMemory;
use reposnap::openpgp::{self, KeyFile, Signer as _};
use reposnap::progress::Monitor;
use reposnap::snapshot::{Snapshot, Want};
use reposnap::source::apt::{self, pool_files};
use reposnap::source::fetch::{FetchOptions, Fetcher};
use reposnap::source::mirror::{AptConfig, Config, Extras, Mirror, Packages, State, keyring_path};
use reposnap::store::refs::{Log, MIRROR, Note};
use reposnap::store::{Store, Writers};
use reposnap::{Digest, Kind, Result};
use store_support::{Twist, Twisted};

const TWISTS: [fn(usize) -> Twist; 4] = [Twist::FailBefore, Twist::FailAfter, Twist::CrashBefore, Twist::CrashAfter];

/// An upstream in a folder, with a key of its own.
struct Upstream {
    folder: tempfile::TempDir,
    key: KeyFile,
    now: Timestamp,
}

impl Upstream {
    fn new() -> Self {
        let now = Timestamp::now();
        let made = now - SignedDuration::from_hours(1);
        let key = openpgp::generate("Archive <archive@example.org>", made, None).unwrap().at(now);
        Self { folder: tempfile::tempdir().unwrap(), key, now }
    }

    /// Two states; what was published last is signed once, so that it is the same whenever it is shown.
    fn with_states() -> Self {
        let upstream = Self::new();
        for (state, count, version, minutes) in [("1", 5, 1, 20), ("2", 6, 2, 10)] {
            upstream.publish(count, version, minutes);
            std::fs::rename(upstream.folder.path().join("dists/stable"), upstream.folder.path().join(state)).unwrap();
        }
        upstream.show("1");
        upstream
    }

    /// Makes a state the present one.
    fn show(&self, state: &str) {
        let link = self.folder.path().join("dists/stable");
        if link.is_symlink() {
            std::fs::remove_file(&link).unwrap();
        }
        std::os::unix::fs::symlink(format!("../{state}"), link).unwrap();
    }

    /// Publishes `count` packages, the first of them in `version`, `minutes` ago.
    fn publish(&self, count: usize, version: u32, minutes: i64) {
        let root = self.folder.path();
        let mut text = String::new();
        for number in 0..count {
            let version = if number == 0 { version } else { 1 };
            let bytes = format!("package {number} {version}");
            let name = format!("pool/p{number}_{version}_amd64.deb");
            write(&root.join(&name), bytes.as_bytes());
            text.push_str(&format!(
                "Package: p{number}\nVersion: {version}\nArchitecture: amd64\nFilename: {name}\nSize: {}\nSHA256: {}\n\n",
                bytes.len(),
                Digest::of(bytes.as_bytes())
            ));
        }
        let suite = root.join("dists/stable");
        write(&suite.join("main/binary-amd64/Packages"), text.as_bytes());
        let date = (self.now - SignedDuration::from_mins(minutes)).strftime("%a, %d %b %Y %H:%M:%S UTC");
        let release = format!(
            "Suite: stable\nDate: {date}\nComponents: main\nArchitectures: amd64\nSHA256:\n {} {} main/binary-amd64/Packages\n",
            Digest::of(text.as_bytes()),
            text.len()
        );
        write(&suite.join("InRelease"), &self.key.clearsign(release.as_bytes()).unwrap());
    }

    async fn prepared(&self) -> Arc<InMemory> {
        let inner = Arc::new(InMemory::new());
        let store = Store::create_on(inner.clone(), Writers::Many).await.unwrap();
        let certificate = self.key.certificate().unwrap();
        let keyring = Digest::of(&certificate);
        store.objects().put(&keyring_path(keyring), certificate.into()).await.unwrap();
        let config = AptConfig {
            uri: format!("file:{}", self.folder.path().display()),
            suites: vec!["stable".to_owned()],
            components: Vec::new(),
            architectures: vec!["amd64".to_owned()],
            keyring,
            signers: Vec::new(),
            threshold: 1,
            extras: Extras::default(),
            packages: Packages::All,
            filter: None,
            // The files here are bytes that are quickly made, not packages with a control file.
            relax: vec!["control-mismatch".to_owned()],
            max_age: None,
        };
        Mirror::add(&store, "m", Config::Apt(config.into()), &Note::new("ana", "")).await.unwrap();
        inner
    }

    async fn update(&self, store: &Store) -> Result<Mirror> {
        let fetcher = Fetcher::new(FetchOptions::default())?;
        let mirror = Mirror::open(store, "m").await?;
        apt::update(mirror, &fetcher, self.now, &Note::new("ana", ""), &Monitor::silent()).await
    }
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

async fn open(inner: &Arc<InMemory>) -> Store {
    Store::open_on(inner.clone(), Writers::Many).await.unwrap()
}

/// The snapshots of the log, oldest first; each can be read in full, packages too.
async fn history(inner: &Arc<InMemory>) -> Vec<Digest> {
    let store = Store::open_read_only_on(inner.clone()).await.unwrap();
    let mut entries = Log::<State>::open(store.objects(), MIRROR, "m").unwrap().entries(100).await.unwrap();
    entries.reverse();
    let mut history = Vec::new();
    for id in entries.iter().filter_map(|entry| entry.body.snapshot) {
        let snapshot = Snapshot::open(&store, id).await.unwrap();
        for (_, list) in snapshot.manifest().lists() {
            let mut reader = snapshot.read(list, Want::Entries).unwrap();
            while let Some(batch) = reader.next_batch().await.unwrap() {
                for entry in batch.into_iter().flat_map(|chunk| chunk.into_entries()) {
                    for file in pool_files(&entry).unwrap() {
                        assert_eq!(Digest::of(&store.objects().get(&file.object()).await.unwrap()), file.sha256);
                    }
                }
            }
        }
        for file in snapshot.manifest().parts.iter().flat_map(|part| part.all_files()) {
            snapshot.file(file).await.unwrap();
        }
        history.push(id);
    }
    history
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_happens_or_does_not() {
    let upstream = Upstream::with_states();
    let expected = {
        let inner = upstream.prepared().await;
        upstream.update(&open(&inner).await).await.unwrap();
        upstream.show("2");
        upstream.update(&open(&inner).await).await.unwrap();
        history(&inner).await
    };
    let (mut old, mut new) = (0, 0);
    for twist in TWISTS {
        let mut at = 0;
        loop {
            upstream.show("1");
            let inner = upstream.prepared().await;
            upstream.update(&open(&inner).await).await.unwrap();
            let first = history(&inner).await;
            assert_eq!(first, expected[..1]);
            upstream.show("2");
            let twisted = Twisted::new(&inner, twist(at));
            let result = match Store::open_on(twisted.clone(), Writers::Many).await {
                Ok(store) => upstream.update(&store).await.map(drop),
                Err(error) => Err(error),
            };
            let reached = history(&inner).await;
            if reached == first {
                assert!(result.is_err(), "{:?}: done, but not there", twist(at));
                old += 1;
            } else {
                assert_eq!(reached, expected, "{:?}", twist(at));
                new += 1;
            }
            upstream.update(&open(&inner).await).await.unwrap();
            assert_eq!(history(&inner).await, expected, "{:?}", twist(at));
            if twisted.count() <= at {
                assert!(result.is_ok());
                break;
            }
            at += 1;
        }
        assert!(at > 15, "few operations were seen: {at}");
    }
    assert!(old > 0 && new > 0, "{old} old, {new} new");
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_at_once_make_one_line() {
    let upstream = Upstream::new();
    upstream.publish(20, 1, 20);
    for _ in 0..10 {
        let inner = upstream.prepared().await;
        let stores = [open(&inner).await, open(&inner).await, open(&inner).await];
        let updates = stores.iter().map(|store| upstream.update(store));
        let results = futures::future::join_all(updates).await;
        let done = results.iter().filter(|result| result.is_ok()).count();
        assert!(done >= 1);
        for error in results.into_iter().filter_map(Result::err) {
            assert_eq!(error.kind(), Kind::Conflict, "{error}");
            assert!(error.to_string().contains("another update of the mirror m was faster"), "{error}");
        }
        // Those that came later than the first found nothing to do.
        assert_eq!(history(&inner).await.len(), 1);
    }
}
