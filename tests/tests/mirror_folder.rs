//! A folder of packages that dpkg-deb built, into snapshots.
#![allow(clippy::unwrap_used)]

mod mirror_support;

use std::path::{Path, PathBuf};
use std::process::Command;

use mirror_support::{NAME, assert_pool, assert_whole, fetcher, names, note};
use reposnap::progress::Monitor;
use reposnap::snapshot::{Change, diff};
use reposnap::source::apt::fetch_packages;
use reposnap::source::folder;
use reposnap::source::mirror::{Config, FolderConfig, Mirror, State};
use reposnap::store::Store;
use reposnap::store::refs::{Log, MIRROR};
use reposnap::{Error, Kind, Result};
use reposnap_tests::process::succeed;

struct Scene {
    folder: tempfile::TempDir,
    store: Store,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("store")).await.unwrap();
        std::fs::create_dir(folder.path().join("debs")).unwrap();
        let directory = folder.path().join("debs").display().to_string();
        let config = Config::Folder(FolderConfig { directory, component: "inhouse".to_owned() });
        Mirror::add(&store, NAME, config, &note()).await.unwrap();
        Self { folder, store }
    }

    fn debs(&self) -> PathBuf {
        self.folder.path().join("debs")
    }

    async fn update(&self) -> Result<Mirror> {
        folder::update(Mirror::open(&self.store, NAME).await?, &note(), &Monitor::silent()).await
    }

    async fn log(&self) -> usize {
        Log::<State>::open(self.store.objects(), MIRROR, NAME).unwrap().entries(100).await.unwrap().len()
    }

    async fn refused(&self) -> Error {
        let before = self.log().await;
        let error = self.update().await.map(|mirror| mirror.snapshot_id()).unwrap_err();
        assert_eq!(self.log().await, before);
        error
    }
}

/// Builds a package with the real dpkg-deb.
fn build(to: &Path, name: &str, version: &str, architecture: &str, content: &str) {
    let tree = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(tree.path().join("DEBIAN")).unwrap();
    std::fs::create_dir_all(tree.path().join("usr/share").join(name)).unwrap();
    std::fs::write(tree.path().join("usr/share").join(name).join("file"), content).unwrap();
    let control = format!(
        "Package: {name}\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: x <x@example.invalid>\n\
         Depends: libc6 (>= 2)\nDescription: short\n long\n .\n longer\n"
    );
    std::fs::write(tree.path().join("DEBIAN/control"), control).unwrap();
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    succeed(Command::new("dpkg-deb").args(["--root-owner-group", "--build"]).arg(tree.path()).arg(to));
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_come_go_and_stay() {
    let scene = Scene::new().await;
    let debs = scene.debs();
    build(&debs.join("tool_1.0_amd64.deb"), "tool", "1.0", "amd64", "a");
    build(&debs.join("deep/er/data_2%3a1_all.deb"), "data", "2:1", "all", "b");
    build(&debs.join("arm/tool.deb"), "tool", "1.0", "arm64", "c");
    std::fs::write(debs.join("README"), "no package").unwrap();
    std::fs::write(debs.join(".hidden.deb"), "passed over").unwrap();
    std::os::unix::fs::symlink("/etc", debs.join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", debs.join("endless.deb")).unwrap();
    succeed(Command::new("mkfifo").arg(debs.join("pipe.deb")));

    let one = scene.update().await.unwrap().snapshot().await.unwrap().unwrap();
    assert_eq!(names(&one).await, ["data 2:1", "tool 1.0", "data 2:1", "tool 1.0"]);
    let lists: Vec<_> = one.manifest().lists().map(|(_, list)| list.path.clone()).collect();
    assert_eq!(lists, ["inhouse/binary-amd64/Packages", "inhouse/binary-arm64/Packages"]);
    assert_pool(&one).await;
    assert_whole(&one).await;
    // All is in the pool; were something missing, the folder still has it.
    let again = fetch_packages(&fetcher(), &one, None, &Monitor::silent()).await.unwrap();
    assert_eq!(again.items, 0);

    // The stanzas are those that dpkg-scanpackages writes, but for weaker digests.
    let mut scan = Command::new("dpkg-scanpackages");
    let scanned = succeed(scan.args(["--multiversion", "--arch", "amd64", "."]).current_dir(&debs)).text();
    let list = &one.manifest().parts[0].lists[0];
    let own = String::from_utf8(mirror_support::rendered(&one, list).await).unwrap();
    let fields = |text: &str| {
        let weak = |line: &&str| !line.starts_with("MD5sum") && !line.starts_with("SHA1") && !line.is_empty();
        let mut lines: Vec<_> =
            text.lines().filter(weak).map(|line| line.replace("Filename: ./", "Filename: ")).collect();
        lines.sort();
        lines
    };
    assert_eq!(fields(&own), fields(&scanned));

    let log = scene.log().await;
    scene.update().await.unwrap();
    assert_eq!(scene.log().await, log, "nothing has changed");

    std::fs::remove_file(debs.join("deep/er/data_2%3a1_all.deb")).unwrap();
    build(&debs.join("tool_1.1_amd64.deb"), "tool", "1.1", "amd64", "d");
    // A second copy of the same bytes is the same package.
    std::fs::copy(debs.join("arm/tool.deb"), debs.join("copy.deb")).unwrap();
    let two = scene.update().await.unwrap().snapshot().await.unwrap().unwrap();
    assert_eq!(names(&two).await, ["tool 1.0", "tool 1.1", "tool 1.0"]);
    assert_eq!(two.manifest().parents, [one.id()]);
    let changes: Vec<_> = diff(&one, &two).await.unwrap().into_iter().map(|it| (it.name, it.change)).collect();
    assert!(changes.contains(&("data".to_owned(), Change::Removed)), "{changes:?}");
    assert_pool(&two).await;
    assert_pool(&one).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_for_all_alone_have_an_index() {
    let scene = Scene::new().await;
    build(&scene.debs().join("data.deb"), "data", "1", "all", "b");
    let one = scene.update().await.unwrap().snapshot().await.unwrap().unwrap();
    assert_eq!(one.manifest().parts[0].lists[0].path, "inhouse/binary-all/Packages");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_folder_and_a_missing_one() {
    let scene = Scene::new().await;
    let one = scene.update().await.unwrap().snapshot().await.unwrap().unwrap();
    assert_eq!(one.entries(), 0);
    std::fs::remove_dir(scene.debs()).unwrap();
    let error = scene.refused().await;
    assert_eq!(error.kind(), Kind::NotFound);
    assert_eq!(error.at_path(), scene.debs().to_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_packages_are_named() {
    let scene = Scene::new().await;
    let debs = scene.debs();
    build(&debs.join("a.deb"), "tool", "1.0", "amd64", "a");
    scene.update().await.unwrap();
    build(&debs.join("sub/b.deb"), "tool", "1.0", "amd64", "other bytes");
    let error = scene.refused().await;
    assert_eq!(error.kind(), Kind::Conflict);
    let text = error.to_string();
    assert!(text.contains("a.deb") && text.contains("sub/b.deb") && text.contains("tool 1.0 amd64"), "{text}");

    let good = std::fs::read(debs.join("a.deb")).unwrap();
    let damaged = debs.join("sub/b.deb");
    for length in [0, 7, 60, 100, good.len() / 2] {
        std::fs::write(&damaged, &good[..length]).unwrap();
        let error = scene.refused().await;
        assert_eq!(error.at_path(), damaged.to_str(), "{length}: {error}");
        assert_eq!(error.kind(), Kind::Malformed, "{length}: {error}");
    }
    std::fs::remove_file(&damaged).unwrap();
    scene.update().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_is_still_written_is_never_taken_in_part() {
    let scene = Scene::new().await;
    let path = scene.debs().join("big.deb");
    build(&path, "big", "1", "amd64", &"x".repeat(100));
    let bytes = std::fs::read(&path).unwrap();
    let writer = std::thread::spawn({
        let path = path.clone();
        move || {
            for round in 0..300u32 {
                let mut other = bytes.clone();
                other.extend(round.to_le_bytes());
                std::fs::write(&path, &other[..other.len() / 2]).unwrap();
                std::fs::write(&path, &other).unwrap();
            }
            std::fs::write(&path, &bytes).unwrap();
        }
    });
    while !writer.is_finished() {
        // Damaged, changed or whole: whatever becomes visible is what its name says.
        let _ = scene.update().await;
        for object in scene.store.objects().list("pool").await.unwrap() {
            let stored = scene.store.objects().get(&object.path).await.unwrap();
            assert!(object.path.contains(&reposnap::Digest::of(&stored).to_string()), "{}", object.path);
        }
    }
    writer.join().unwrap();
    let snapshot = scene.update().await.unwrap().snapshot().await.unwrap().unwrap();
    assert_pool(&snapshot).await;
}
