//! What the tests of mirrors share: an upstream that real gpg signs, a store that mirrors it, and ways to look at both.
#![allow(dead_code, unreachable_pub)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use reposnap::progress::Monitor;
use reposnap::snapshot::ingest::render;
use reposnap::snapshot::manifest::List;
use reposnap::snapshot::{Entry, Snapshot, Want};
use reposnap::source::apt::{self, pool_files};
use reposnap::source::fetch::{FetchOptions, Fetcher, Proxy};
use reposnap::source::mirror::{AptConfig, Config, Extras, Mirror, Packages, State, keyring_path};
use reposnap::store::Store;
use reposnap::store::refs::{Log, MIRROR, Note};
use reposnap::{Digest, Error, Result};
use reposnap_tests::deb::Package;
use reposnap_tests::gnupg::GnuPg;
use reposnap_tests::upstream::{Suite, Upstream};
use tempfile::TempDir;

/// The mirror's name in all tests.
pub const NAME: &str = "upstream";

/// An upstream and a store beside it.
pub struct Scene {
    pub folder: TempDir,
    pub gpg: GnuPg,
    pub key: String,
    pub store: Store,
}

impl Scene {
    pub async fn new() -> Self {
        let gpg = GnuPg::new();
        let key = gpg.generate("Archive <archive@example.invalid>");
        let folder = tempfile::tempdir().expect("a temporary directory");
        std::fs::create_dir(folder.path().join("www")).expect("making a folder");
        let store = Store::create(&folder.path().join("store")).await.expect("making a store");
        Self { folder, gpg, key, store }
    }

    /// What the web server serves.
    pub fn www(&self) -> PathBuf {
        self.folder.path().join("www")
    }

    pub fn upstream(&self) -> Upstream<'_> {
        Upstream::new(&self.www(), &self.gpg, &self.key)
    }

    /// The settings of a mirror of `main` for amd64 that fetches packages.
    pub async fn config(&self, uri: &str) -> AptConfig {
        let keyring = self.gpg.export(&self.key);
        let digest = Digest::of(&keyring);
        self.store.objects().put(&keyring_path(digest), keyring.into()).await.expect("storing a keyring");
        AptConfig {
            uri: uri.to_owned(),
            suites: vec!["testname".to_owned()],
            components: Vec::new(),
            architectures: vec!["amd64".to_owned()],
            keyring: digest,
            signers: Vec::new(),
            threshold: 1,
            extras: Extras::default(),
            packages: Packages::All,
            filter: None,
            relax: Vec::new(),
            max_age: None,
        }
    }

    pub async fn add(&self, config: AptConfig) -> Mirror {
        Mirror::add(&self.store, NAME, Config::Apt(config.into()), &note()).await.expect("adding a mirror")
    }

    /// A mirror with the settings of [`Scene::config`].
    pub async fn mirror(&self, uri: &str) -> Mirror {
        self.add(self.config(uri).await).await
    }

    /// Every entry of the mirror's log.
    pub async fn log(&self) -> Vec<Digest> {
        let log = Log::<State>::open(self.store.objects(), MIRROR, NAME).expect("a log");
        log.entries(1000).await.expect("reading the log").into_iter().map(|entry| entry.digest).collect()
    }

    /// Updates the newest state of the mirror, which must succeed.
    pub async fn update(&self) -> Mirror {
        self.try_update().await.expect("updating")
    }

    pub async fn try_update(&self) -> Result<Mirror> {
        self.try_update_at(Timestamp::now()).await
    }

    pub async fn try_update_at(&self, now: Timestamp) -> Result<Mirror> {
        let mirror = Mirror::open(&self.store, NAME).await?;
        apt::update(mirror, &fetcher(), now, &note(), &Monitor::silent()).await
    }

    /// An update that must fail, and leave the mirror as it was: its log, and its snapshot in every byte.
    pub async fn refused(&self) -> Error {
        self.refused_at(Timestamp::now()).await
    }

    pub async fn refused_at(&self, now: Timestamp) -> Error {
        let before = self.log().await;
        let error = match self.try_update_at(now).await {
            Ok(_) => panic!("the update went through"),
            Err(error) => error,
        };
        assert_eq!(self.log().await, before, "the log has moved in spite of {error}");
        let mirror = Mirror::open(&self.store, NAME).await.expect("the mirror is there");
        if let Some(snapshot) = mirror.snapshot().await.expect("its snapshot is there") {
            assert_whole(&snapshot).await;
        }
        error
    }
}

pub fn note() -> Note<'static> {
    Note::new("tester", "")
}

/// A fetcher with little patience that uses no proxy.
pub fn fetcher() -> Fetcher {
    let mut options = FetchOptions::default();
    options.proxy = Proxy::Direct;
    options.retries = 1;
    options.backoff = Duration::from_millis(10);
    options.idle_timeout = Duration::from_millis(1500);
    Fetcher::new(options).expect("a fetcher")
}

pub async fn entries(snapshot: &Snapshot, list: &List) -> Vec<Entry> {
    let mut reader = snapshot.read(list, Want::Entries).expect("the list is there");
    let mut entries = Vec::new();
    while let Some(batch) = reader.next_batch().await.expect("reading a list") {
        entries.extend(batch.into_iter().flat_map(|chunk| chunk.into_entries()));
    }
    entries
}

/// The index that a list was made of.
pub async fn rendered(snapshot: &Snapshot, list: &List) -> Vec<u8> {
    let explicit = match list.layout.explicit {
        Some(digest) => Some(snapshot.blob(digest).await.expect("the layout is there")),
        None => None,
    };
    render(entries(snapshot, list).await, &list.layout, explicit.as_deref()).expect("rendering")
}

/// Reads all that a snapshot has: each list must be what its digest says, each file too.
pub async fn assert_whole(snapshot: &Snapshot) {
    for part in &snapshot.manifest().parts {
        for file in part.all_files() {
            let bytes = snapshot.file(file).await.expect("reading a file");
            assert_eq!((Digest::of(&bytes), bytes.len() as u64), (file.sha256, file.size), "{}", file.path);
        }
    }
    for (_, list) in snapshot.manifest().lists() {
        let text = rendered(snapshot, list).await;
        if let Some(sha256) = list.sha256 {
            assert_eq!(Digest::of(&text), sha256, "{}", list.path);
        }
    }
}

/// The snapshot has exactly the indexes of `suite` that are lists, byte for byte.
pub async fn assert_equal(snapshot: &Snapshot, part: usize, suite: &Suite) {
    let part = &snapshot.manifest().parts[part];
    let indexes = suite.indexes();
    for list in &part.lists {
        let text = rendered(snapshot, list).await;
        let upstream = &indexes[&list.path];
        assert_eq!(String::from_utf8_lossy(&text), String::from_utf8_lossy(upstream), "{}", list.path);
        assert_eq!(list.sha256, Some(Digest::of(upstream)));
    }
}

/// The pool has every file of every package, with the right bytes.
pub async fn assert_pool(snapshot: &Snapshot) {
    for (_, list) in snapshot.manifest().lists() {
        for entry in entries(snapshot, list).await {
            for file in pool_files(&entry).expect("a stanza with files") {
                let bytes = snapshot.store().objects().get(&file.object()).await.expect("a file in the pool");
                assert_eq!((Digest::of(&bytes), bytes.len() as u64), (file.sha256, file.size), "{}", file.filename);
            }
        }
    }
}

/// `name version` of every package, in the snapshot's order.
pub async fn names(snapshot: &Snapshot) -> Vec<String> {
    let mut names = Vec::new();
    for (_, list) in snapshot.manifest().lists() {
        let entries = entries(snapshot, list).await;
        names.extend(entries.iter().map(|entry| format!("{} {}", entry.key.name_str(), entry.key.version_str())));
    }
    names
}

/// Three packages; `hello` has the version given.
pub fn packages(version: &str) -> Vec<Package> {
    vec![
        Package::new("hello", version).depends("libhello (>= 1)"),
        Package::new("libhello", "1.0-1").architecture("all"),
        Package::new("other", "3"),
    ]
}

/// The last of the states that [`Upstream`] keeps, as the folder that `dists/testname` links to.
pub fn relink(www: &Path, state: u64) {
    let link = www.join("dists/testname");
    let fresh = www.join("dists/testname.relinked");
    std::os::unix::fs::symlink(format!("../states/{state}"), &fresh).expect("linking");
    std::fs::rename(fresh, link).expect("moving a link");
}
