//! Published trees, looked at as files: what is written, what stays, what is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reposnap::deb::compress::{Compression, decompress};
use reposnap::openpgp::{self, KeyFile, Keyring, Policy, Signer as _};
use reposnap::progress::{Cancel, Monitor};
use reposnap::publish::{
    Earlier, Input, Made, Missing, Options, Outcome, Publication, Resign, Upgrades, prune, publish_signed,
    publish_verbatim, render_signed,
};
use reposnap::snapshot::ingest::{Content, ingest};
use reposnap::snapshot::manifest::{FORMAT, List, Made as MadeBy, Manifest, Part, Release};
use reposnap::snapshot::{Snapshot, SnapshotWriter};
use reposnap::store::{Store, layout};
use reposnap::{Digest, Kind, Result};

const DATE: &str = "2026-11-03T04:05:06Z";

fn date() -> Timestamp {
    DATE.parse().unwrap()
}

fn key() -> KeyFile {
    openpgp::generate("Test <test@example.org>", date(), None).unwrap()
}

/// The bytes that stand for a package; nothing here opens one.
fn content(name: &str, version: &str) -> Vec<u8> {
    format!("package {name} {version}").into_bytes()
}

fn stanza(name: &str, version: &str) -> String {
    let bytes = content(name, version);
    format!(
        "Package: {name}\nVersion: {version}\nArchitecture: amd64\nFilename: pool/main/{name}_{version}_amd64.deb\nSize: {}\nSHA256: {}\n",
        bytes.len(),
        Digest::of(&bytes)
    )
}

fn index(packages: &[(&str, &str)]) -> String {
    packages.iter().map(|(name, version)| stanza(name, version) + "\n").collect()
}

struct Lists {
    writer: SnapshotWriter,
    part: Part,
}

impl Lists {
    fn new(store: &Store) -> Self {
        Self { writer: SnapshotWriter::new(store, &[]), part: Part { name: "test".into(), ..Part::default() } }
    }

    async fn list(mut self, component: &str, architecture: &str, text: &str) -> Self {
        let kind = if architecture == "source" { Content::Source } else { Content::Binary };
        let ingested = ingest("index", &Bytes::from(text.to_owned()), kind).unwrap();
        let listed = self.writer.list(ingested.entries, None).await.unwrap();
        if let Some(explicit) = ingested.explicit {
            let digest = Digest::of(&explicit);
            self.writer.blob(explicit.into(), digest, None).await.unwrap();
        }
        self.part.lists.push(List {
            component: component.into(),
            architecture: architecture.into(),
            path: format!("{component}/binary-{architecture}/Packages"),
            root: listed.root,
            entries: listed.entries,
            bytes: listed.bytes,
            layout: ingested.layout,
            sha256: Some(Digest::of(text.as_bytes())),
        });
        self
    }

    async fn file(mut self, path: &str, text: &[u8]) -> Self {
        let file = self.writer.file(path, Bytes::copy_from_slice(text), None).await.unwrap();
        self.part.files.push(file);
        self
    }

    async fn commit(self) -> Snapshot {
        let made = MadeBy::Mirror { mirror: "test".into(), filter: None };
        self.writer.commit(Manifest { format: FORMAT, made, parents: vec![], parts: vec![self.part] }).await.unwrap()
    }
}

async fn simple(store: &Store, packages: &[(&str, &str)]) -> Snapshot {
    keep(store, packages).await;
    Lists::new(store).list("main", "amd64", &index(packages)).await.commit().await
}

async fn keep(store: &Store, packages: &[(&str, &str)]) {
    for (name, version) in packages {
        let bytes = content(name, version);
        store.objects().put_bulk(&layout::pool(Digest::of(&bytes), "deb"), bytes.into()).await.unwrap();
    }
    store.objects().barrier().await.unwrap();
}

fn options() -> Options {
    Options { lock_wait: Duration::ZERO, ..Options::new("stable".parse().unwrap(), date()) }
}

async fn publish(snapshots: &[&Snapshot], options: &Options, to: &Path, key: &KeyFile) -> Result<Publication> {
    let inputs: Vec<Input> = snapshots.iter().map(|snapshot| Input::keep((*snapshot).clone())).collect();
    publish_signed(&inputs, options, to, key, &Monitor::silent()).await
}

/// Every file that clients may fetch, by path.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, at: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                if name != ".reposnap" {
                    walk(root, &path, found);
                }
            } else {
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

/// The text of an index, which every form of it must decompress to, and whose digests Release must tell.
fn published_text(root: &Path, suite: &str, path: &str) -> String {
    let directory = root.join("dists").join(suite);
    let release = fs::read_to_string(directory.join("Release")).unwrap();
    let listed: BTreeMap<&str, (&str, u64)> = release
        .lines()
        .filter_map(|line| {
            let mut words = line.strip_prefix(' ')?.split_whitespace();
            let (sha256, size, path) = (words.next()?, words.next()?, words.next()?);
            Some((path, (sha256, size.parse().unwrap())))
        })
        .collect();
    let (sha256, size) = listed[path];
    let mut text = None;
    for extension in [".gz", ".xz", ".zst"] {
        let form = format!("{path}{extension}");
        let Some((digest, length)) = listed.get(&*form) else { continue };
        let bytes = fs::read(directory.join(&form)).unwrap();
        assert_eq!((Digest::of(&bytes).to_string().as_str(), bytes.len() as u64), (*digest, *length), "{form}");
        let by_hash = Path::new(path).parent().unwrap().join("by-hash/SHA256").join(digest);
        assert_eq!(fs::read(directory.join(by_hash)).unwrap(), bytes, "{form}");
        let plain = decompress(Compression::from_path(&form).1, &bytes, 1 << 30).unwrap();
        assert_eq!((Digest::of(&plain).to_string().as_str(), plain.len() as u64), (sha256, size), "{form}");
        text = Some(String::from_utf8(plain).unwrap());
    }
    text.expect("an index in some form")
}

fn packages_in(text: &str) -> Vec<(String, String)> {
    let field = |stanza: &str, name: &str| {
        stanza.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default().to_owned()
    };
    text.split("\n\n")
        .filter(|stanza| !stanza.is_empty())
        .map(|stanza| (field(stanza, "Package"), field(stanza, "Version")))
        .collect()
}

fn owned(packages: &[(&str, &str)]) -> Vec<(String, String)> {
    packages.iter().map(|(name, version)| ((*name).to_owned(), (*version).to_owned())).collect()
}

#[tokio::test]
async fn a_tree_has_every_file_that_its_release_names() {
    let (directory, key) = (tempfile::tempdir().unwrap(), key());
    let store = Store::create(&directory.path().join("store")).await.unwrap();
    let to = directory.path().join("tree");
    let packages = [("b", "1"), ("a", "2"), ("a", "1")];
    let snapshot = simple(&store, &packages).await;
    let options = Options {
        formats: ["gz", "xz:1", "zst"].map(|format| format.parse().unwrap()).to_vec(),
        architectures: vec!["arm64".into()],
        origin: Some("Test".into()),
        valid_for: Some(Duration::from_secs(86_400)),
        upgrades: Upgrades::OnRequest,
        ..options()
    };
    let report = publish(&[&snapshot], &options, &to, &key).await.unwrap();
    assert_eq!(
        (report.outcome, report.packages, report.added, report.copied, report.missing),
        (Outcome::Published, 3, 3, 0, 0)
    );
    assert_eq!(report.indexes.iter().map(|index| index.packages).collect::<Vec<_>>(), [3, 0]);

    let text = published_text(&to, "stable", "main/binary-amd64/Packages");
    assert_eq!(packages_in(&text), owned(&packages), "upstream's order");
    assert_eq!(published_text(&to, "stable", "main/binary-arm64/Packages"), "");
    for (name, version) in packages {
        let bytes = content(name, version);
        let path = layout::pool(Digest::of(&bytes), "deb");
        assert!(text.contains(&format!("\nFilename: {path}\n")));
        assert_eq!(fs::read(to.join(path)).unwrap(), bytes);
    }

    let keyring = Keyring::from_bytes(&fs::read(report.certificate.unwrap()).unwrap()).unwrap();
    let policy = Policy::default();
    let release = fs::read(to.join("dists/stable/Release")).unwrap();
    let in_release = fs::read(to.join("dists/stable/InRelease")).unwrap();
    let signature = fs::read(to.join("dists/stable/Release.gpg")).unwrap();
    let now = Timestamp::now();
    assert_eq!(openpgp::verify_inline(&in_release, &keyring, &policy, now).unwrap().value(), &release);
    openpgp::verify_detached(&release, &signature, &keyring, &policy, now).unwrap();
    assert_eq!(Some(Digest::of(&release)), report.release);
}

#[tokio::test]
async fn what_did_not_change_is_not_written_again() {
    let (directory, key) = (tempfile::tempdir().unwrap(), key());
    let store = Store::create(&directory.path().join("store")).await.unwrap();
    let to = directory.path().join("tree");
    let snapshot = simple(&store, &[("a", "1")]).await;
    let options = Options { valid_for: Some(Duration::from_secs(1000)), ..options() };
    publish(&[&snapshot], &options, &to, &key).await.unwrap();
    let first = files(&to);

    let later = |seconds| Options { date: date() + Duration::from_secs(seconds), ..options.clone() };
    let report = publish(&[&snapshot], &later(499), &to, &key).await.unwrap();
    assert_eq!(report.outcome, Outcome::Unchanged);
    assert_eq!(files(&to), first);

    let report = publish(&[&snapshot], &later(500), &to, &key).await.unwrap();
    assert_eq!(report.outcome, Outcome::Resigned);
    let second = files(&to);
    let changed: Vec<&String> =
        second.iter().filter(|(path, bytes)| first.get(*path) != Some(bytes)).map(|(path, _)| path).collect();
    assert_eq!(changed, ["dists/stable/InRelease", "dists/stable/Release", "dists/stable/Release.gpg"]);
    assert_eq!(first.len(), second.len());

    let again = Options { resign: Resign::Always, ..later(501) };
    assert_eq!(publish(&[&snapshot], &again, &to, &key).await.unwrap().outcome, Outcome::Resigned);
    // Another field, another key, a file that is gone: published again, from the indexes that are there.
    let labelled = Options { label: Some("x".into()), ..later(502) };
    let report = publish(&[&snapshot], &labelled, &to, &key).await.unwrap();
    assert_eq!((report.outcome, report.indexes[0].made), (Outcome::Published, Made::Before));
    let other = openpgp::generate("Other <other@example.org>", date(), None).unwrap();
    assert_eq!(publish(&[&snapshot], &labelled, &to, &other).await.unwrap().outcome, Outcome::Published);
    fs::remove_file(to.join("dists/stable/main/binary-amd64/Packages.gz")).unwrap();
    let report = publish(&[&snapshot], &labelled, &to, &other).await.unwrap();
    assert_eq!((report.outcome, report.indexes[0].made), (Outcome::Published, Made::Before));
    published_text(&to, "stable", "main/binary-amd64/Packages");
}

#[tokio::test]
async fn pieces_taken_over_and_pieces_made_anew_are_the_same() {
    let (directory, key) = (tempfile::tempdir().unwrap(), key());
    let store = Store::create(&directory.path().join("store")).await.unwrap();
    let names: Vec<String> = (0..3000).map(|number| format!("package-{number:04}")).collect();
    let state = |changed: usize| -> Vec<(&str, &str)> {
        names.iter().enumerate().map(|(at, name)| (name.as_str(), if at == changed { "2" } else { "1" })).collect()
    };
    keep(&store, &state(0)).await;
    keep(&store, &state(1500)).await;
    let formats = ["gz", "xz:0"].map(|format| format.parse().unwrap()).to_vec();
    let options = Options { formats, ..options() };
    let (before, after) = (simple(&store, &state(0)).await, simple(&store, &state(1500)).await);

    let (piecewise, whole) = (directory.path().join("piecewise"), directory.path().join("whole"));
    publish(&[&before], &options, &piecewise, &key).await.unwrap();
    publish(&[&after], &options, &piecewise, &key).await.unwrap();
    publish(&[&after], &options, &whole, &key).await.unwrap();
    for form in ["Packages.gz", "Packages.xz"] {
        let path = format!("dists/stable/main/binary-amd64/{form}");
        assert!(fs::read(piecewise.join(&path)).unwrap() == fs::read(whole.join(&path)).unwrap(), "{form}");
    }
    let text = published_text(&piecewise, "stable", "main/binary-amd64/Packages");
    assert_eq!(packages_in(&text), owned(&state(1500)));
}

#[tokio::test]
async fn what_was_rendered_before_is_taken_over_and_makes_no_difference() {
    let store = Store::memory();
    let names: Vec<String> = (0..3000).map(|number| format!("package-{number:04}")).collect();
    let state = |changed: usize| -> Vec<(&str, &str)> {
        names.iter().enumerate().map(|(at, name)| (name.as_str(), if at == changed { "2" } else { "1" })).collect()
    };
    let formats = ["gz", "xz:0"].map(|format| format.parse().unwrap()).to_vec();
    let options = Options { formats, ..options() };
    let monitor = Monitor::silent();
    let render = async |changed: usize, earlier: Option<Arc<Earlier>>| {
        let input = Input::keep(simple(&store, &state(changed)).await);
        render_signed(&[input], &options, earlier, &monitor).await.unwrap()
    };
    let (before, after) = (render(0, None).await, render(1500, None).await);
    let pieces = Arc::new(before.pieces.clone());
    let contents = before.contents.clone();
    let earlier = Arc::new(Earlier::new(pieces.clone(), move |sha256| contents.get(&sha256).cloned()));
    let again = render(1500, Some(earlier.clone())).await;
    assert!(again.contents == after.contents && again.outline == after.outline);
    // All but those with a package that changed.
    assert!(earlier.taken() > 50, "{} pieces", earlier.taken());

    // Where the files are gone, or cut off, all is made anew.
    for left in [None, Some(Bytes::from_static(b"short"))] {
        let gone = Arc::new(Earlier::new(pieces.clone(), move |_| left.clone()));
        assert!(render(1500, Some(gone.clone())).await.contents == after.contents);
        assert_eq!(gone.taken(), 0);
    }
    // Of another compression nothing is taken.
    let contents = before.contents.clone();
    let earlier = Arc::new(Earlier::new(pieces, move |sha256| contents.get(&sha256).cloned()));
    let other = Options { formats: vec!["gz:9".parse().unwrap()], ..options.clone() };
    let input = Input::keep(simple(&store, &state(0)).await);
    render_signed(&[input], &other, Some(earlier.clone()), &monitor).await.unwrap();
    assert_eq!(earlier.taken(), 0);
}

#[tokio::test]
async fn two_publications_keep_their_indexes() {
    let (directory, key) = (tempfile::tempdir().unwrap(), key());
    let store = Store::create(&directory.path().join("store")).await.unwrap();
    let to = directory.path().join("tree");
    let hashes = || {
        let mut names: Vec<String> = files(&to).into_keys().filter(|path| path.contains("/by-hash/")).collect();
        names.sort();
        names
    };
    let mut before: Vec<Vec<String>> = Vec::new();
    for version in ["1", "2", "3", "4"] {
        let snapshot = simple(&store, &[("a", version)]).await;
        publish(&[&snapshot], &options(), &to, &key).await.unwrap();
        before.push(hashes());
    }
    assert_eq!(before.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 2, 2]);
    assert!(before[3].iter().all(|path| !before[1].contains(path)));
    // Foreign files beside ours stay, and so do those that only look like ours elsewhere.
    let foreign = to.join("dists/stable/main/binary-amd64/by-hash/SHA256/README");
    fs::write(&foreign, "x").unwrap();
    publish(&[&simple(&store, &[("a", "5")]).await], &options(), &to, &key).await.unwrap();
    assert!(foreign.exists());
    assert_eq!(fs::read_dir(to.join(".reposnap/groups")).unwrap().count(), 2);
    assert_eq!(fs::read_dir(to.join(".reposnap/tmp")).unwrap().count(), 0);
}

#[tokio::test]
async fn lists_of_one_name_are_united_in_the_order_of_the_inputs() {
    let (directory, key) = (tempfile::tempdir().unwrap(), key());
    let store = Store::create(&directory.path().join("store")).await.unwrap();
    let to = directory.path().join("tree");
    let first = simple(&store, &[("z", "1"), ("m", "1")]).await;
    let second = simple(&store, &[("a", "1"), ("m", "1"), ("z", "2")]).await;
    publish(&[&first, &second], &options(), &to, &key).await.unwrap();
    let text = published_text(&to, "stable", "main/binary-amd64/Packages");
    assert_eq!(packages_in(&text), owned(&[("z", "1"), ("m", "1"), ("a", "1"), ("z", "2")]));

    // One version with two contents: both stay, the first is preferred, the user is told.
    let other = stanza("m", "1")
        .replace(&Digest::of(&content("m", "1")).to_string(), &Digest::of(&content("z", "2")).to_string());
    let clash = Lists::new(&store).list("main", "amd64", &other).await.commit().await;
    let report = publish(&[&first, &clash], &options(), &to, &key).await.unwrap();
    assert_eq!(report.notes.len(), 1, "{:?}", report.notes);
    assert_eq!(published_text(&to, "stable", "main/binary-amd64/Packages").matches("Package: m\n").count(), 2);

    let inputs = [
        Input::keep(Lists::new(&store).list("", "amd64", &index(&[("m", "1")])).await.commit().await),
        Input::into_component(first, "own").unwrap(),
    ];
    publish_signed(&inputs, &options(), &to, &key, &Monitor::silent()).await.unwrap();
    assert_eq!(packages_in(&published_text(&to, "stable", "main/binary-amd64/Packages")), owned(&[("m", "1")]));
    assert_eq!(
        packages_in(&published_text(&to, "stable", "own/binary-amd64/Packages")),
        owned(&[("z", "1"), ("m", "1")])
    );
    let release = fs::read_to_string(to.join("dists/stable/Release")).unwrap();
    assert!(release.contains("\nComponents: main own\n"), "{release}");
}

#[tokio::test]
async fn other_indexes_are_carried_over() {
    let (directory, key) = (tempfile::tempdir().unwrap(), key());
    let store = Store::create(&directory.path().join("store")).await.unwrap();
    let to = directory.path().join("tree");
    keep(&store, &[("a", "1")]).await;
    let contents = reposnap::deb::compress::compress(Compression::Gzip, None, b"bin/a a\n");
    let part = |description: &'static str| {
        let (store, contents) = (&store, &contents);
        async move {
            Lists::new(store)
                .list("main", "amd64", &index(&[("a", "1")]))
                .await
                .file("main/i18n/Translation-en", format!("Package: a\n{description}\n\nPackage: b\n\n").as_bytes())
                .await
                .file("main/Contents-amd64.gz", contents)
                .await
                .file("main/binary-amd64/Release", b"Archive: stable\n")
                .await
                .file("main/binary-amd64/Packages.diff/Index", b"SHA1-Current: x\n")
                .await
                .commit()
                .await
        }
    };
    let (one, two) = (part("Description-en: one").await, part("Description-en: two").await);
    let report = publish(&[&one], &options(), &to, &key).await.unwrap();
    let paths: Vec<&str> = report.indexes.iter().map(|index| index.path.as_str()).collect();
    assert_eq!(paths, ["main/Contents-amd64", "main/binary-amd64/Packages", "main/i18n/Translation-en"]);
    assert_eq!(published_text(&to, "stable", "main/Contents-amd64"), "bin/a a\n");
    assert_eq!(fs::read(to.join("dists/stable/main/Contents-amd64.gz")).unwrap(), contents);

    let report = publish(&[&one, &two], &options(), &to, &key).await.unwrap();
    assert_eq!(report.notes, ["main/Contents-amd64 is left out: 2 snapshots or suites have it"]);
    assert_eq!(
        published_text(&to, "stable", "main/i18n/Translation-en"),
        "Package: a\nDescription-en: one\n\nPackage: b\n\nPackage: a\nDescription-en: two\n\n"
    );
}

#[tokio::test]
async fn missing_packages_are_refused_unless_allowed() {
    let (directory, key) = (tempfile::tempdir().unwrap(), key());
    let store = Store::create(&directory.path().join("store")).await.unwrap();
    let to = directory.path().join("tree");
    let old = simple(&store, &[("a", "1")]).await;
    publish(&[&old], &options(), &to, &key).await.unwrap();
    let before = files(&to);
    let names: Vec<String> = (0..20).map(|number| format!("lost-{number:02}")).collect();
    let lost: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    let snapshot = Lists::new(&store).list("main", "amd64", &index(&lost)).await.commit().await;
    let error = publish(&[&snapshot], &options(), &to, &key).await.unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::NotFound, Some("packages-present")));
    assert!(error.message().contains("lost-00 1, lost-01 1") && error.message().contains("and 15 more"), "{error}");
    assert_eq!(files(&to), before);

    let allow = Options { missing: Missing::Allow, ..options() };
    assert_eq!(publish(&[&snapshot], &allow, &to, &key).await.unwrap().missing, 20);
    // Once the packages are there, the same call brings them.
    keep(&store, &lost).await;
    let report = publish(&[&snapshot], &allow, &to, &key).await.unwrap();
    assert_eq!((report.outcome, report.added, report.missing), (Outcome::Published, 20, 0));
    assert_eq!(publish(&[&snapshot], &allow, &to, &key).await.unwrap().outcome, Outcome::Unchanged);
}

#[tokio::test]
async fn a_store_that_is_no_directory_is_copied_from_and_checked() {
    let (directory, key) = (tempfile::tempdir().unwrap(), key());
    let store = Store::memory();
    let snapshot = simple(&store, &[("a", "1"), ("b", "1")]).await;
    let to = directory.path().join("tree");
    let report = publish(&[&snapshot], &options(), &to, &key).await.unwrap();
    assert_eq!((report.added, report.copied), (2, 2));

    let altered = simple(&store, &[("c", "1")]).await;
    let path = layout::pool(Digest::of(&content("c", "1")), "deb");
    store.objects().put(&path, "other".into()).await.unwrap();
    let before = files(&to);
    let error = publish(&[&altered], &options(), &to, &key).await.unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("stored-digest")));
    assert_eq!(files(&to), before);
}

#[tokio::test]
async fn one_publisher_at_a_time_and_none_over_a_foreign_tree() {
    let (directory, key) = (tempfile::tempdir().unwrap(), key());
    let store = Store::memory();
    let snapshot = simple(&store, &[("a", "1")]).await;
    let to = directory.path().join("tree");
    fs::create_dir_all(to.join(".reposnap")).unwrap();
    let lock = fs::File::create(to.join(".reposnap/lock")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    assert_eq!(publish(&[&snapshot], &options(), &to, &key).await.unwrap_err().kind(), Kind::Conflict);
    drop(lock);
    fs::create_dir_all(to.join("dists/stable")).unwrap();
    fs::write(to.join("dists/stable/Release"), "Suite: stable\n").unwrap();
    assert_eq!(publish(&[&snapshot], &options(), &to, &key).await.unwrap_err().kind(), Kind::AlreadyExists);
    fs::remove_file(to.join("dists/stable/Release")).unwrap();
    publish(&[&snapshot], &options(), &to, &key).await.unwrap();

    // A suite inside another's component.
    let nested = Options { suite: "stable/main".parse().unwrap(), ..options() };
    assert_eq!(publish(&[&snapshot], &nested, &to, &key).await.unwrap_err().kind(), Kind::AlreadyExists);
    let beside = Options { suite: "stable/updates".parse().unwrap(), ..options() };
    publish(&[&snapshot], &beside, &to, &key).await.unwrap();
    let updates = [Input::into_component(snapshot.clone(), "updates").unwrap()];
    let error = publish_signed(&updates, &options(), &to, &key, &Monitor::silent()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::AlreadyExists);
    published_text(&to, "stable", "main/binary-amd64/Packages");
    published_text(&to, "stable/updates", "main/binary-amd64/Packages");
}

#[tokio::test]
async fn cancelled_work_leaves_the_tree_as_it_was() {
    let (directory, key) = (tempfile::tempdir().unwrap(), key());
    let store = Store::memory();
    let to = directory.path().join("tree");
    publish(&[&simple(&store, &[("a", "1")]).await], &options(), &to, &key).await.unwrap();
    let before = files(&to);
    struct Silent;
    impl reposnap::progress::Progress for Silent {
        fn event(&self, _: reposnap::progress::Event<'_>) {}
    }
    let cancel = Cancel::new();
    cancel.cancel();
    let monitor = Monitor::new(std::sync::Arc::new(Silent), cancel);
    let inputs = [Input::keep(simple(&store, &[("a", "2")]).await)];
    let error = publish_signed(&inputs, &options(), &to, &key, &monitor).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Cancelled);
    assert_eq!(files(&to), before);
}

#[tokio::test]
async fn pruning_removes_what_no_kept_publication_needs() {
    let (directory, key) = (tempfile::tempdir().unwrap(), key());
    let store = Store::create(&directory.path().join("store")).await.unwrap();
    let to = directory.path().join("tree");
    let other = Options { suite: "testing".parse().unwrap(), ..options() };
    publish(&[&simple(&store, &[("shared", "1")]).await], &other, &to, &key).await.unwrap();
    for version in ["1", "2", "3"] {
        publish(&[&simple(&store, &[("shared", "1"), ("a", version)]).await], &options(), &to, &key).await.unwrap();
    }
    publish(&[&simple(&store, &[("b", "1")]).await], &options(), &to, &key).await.unwrap();
    let pool = || files(&to).into_keys().filter(|path| path.starts_with("pool/")).count();
    assert_eq!(pool(), 5);
    let pruned = prune(&to, Duration::ZERO, &Monitor::silent()).await.unwrap();
    assert_eq!((pruned.kept, pruned.removed), (3, 2), "the last two of stable, and testing");
    assert_eq!(pool(), 3);
    fs::create_dir_all(to.join("dists/foreign")).unwrap();
    fs::write(to.join("dists/foreign/InRelease"), "x").unwrap();
    assert_eq!(prune(&to, Duration::ZERO, &Monitor::silent()).await.unwrap_err().kind(), Kind::Unsupported);
}

#[tokio::test]
async fn a_verbatim_tree_has_upstreams_own_bytes() {
    let (directory, key) = (tempfile::tempdir().unwrap(), key());
    let store = Store::create(&directory.path().join("store")).await.unwrap();
    let to = directory.path().join("tree");
    let text = format!("\n{}\n\n{}", stanza("b", "1"), stanza("a", "1"));
    keep(&store, &[("a", "1"), ("b", "1")]).await;
    let signed = |text: &str| {
        key.clearsign(
            format!(
                "Suite: stable\nSHA256:\n {} {} main/binary-amd64/Packages\n",
                Digest::of(text.as_bytes()),
                text.len()
            )
            .as_bytes(),
        )
        .unwrap()
    };
    let mirror = |text: String, in_release: Vec<u8>| {
        let store = &store;
        async move {
            let mut lists = Lists::new(store).list("main", "amd64", &text).await;
            let file = lists.writer.file("InRelease", in_release.into(), None).await.unwrap();
            lists.part.suite = Some("stable".into());
            lists.part.release = Some(Release {
                files: vec![file],
                date: Some(DATE.into()),
                valid_until: None,
                suite: None,
                codename: None,
                version: None,
                origin: None,
                label: None,
                signers: Vec::new(),
            });
            lists.file("main/i18n/Translation-en.xz", b"not looked at").await.commit().await
        }
    };
    let snapshot = mirror(text.clone(), signed(&text)).await;
    let publish = |snapshot: Snapshot| {
        let to = to.clone();
        async move { publish_verbatim(&snapshot, &to, Missing::Refuse, Duration::ZERO, &Monitor::silent()).await }
    };
    let report = publish(snapshot.clone()).await.unwrap().remove(0);
    assert_eq!((report.outcome, report.packages, report.added), (Outcome::Published, 2, 2));
    let found = files(&to);
    assert_eq!(found["dists/stable/main/binary-amd64/Packages"], text.as_bytes());
    assert_eq!(
        found[&format!("dists/stable/main/binary-amd64/by-hash/SHA256/{}", Digest::of(text.as_bytes()))],
        text.as_bytes()
    );
    assert_eq!(found["dists/stable/InRelease"], signed_bytes(&snapshot).await);
    assert_eq!(found["dists/stable/main/i18n/Translation-en.xz"], b"not looked at");
    assert_eq!(found["pool/main/a_1_amd64.deb"], content("a", "1"));
    assert_eq!(publish(snapshot.clone()).await.unwrap()[0].outcome, Outcome::Unchanged);

    // The next state, in which a file of the same name has another content.
    let next = text.replace(&Digest::of(&content("a", "1")).to_string(), &Digest::of(&content("b", "1")).to_string());
    let report = publish(mirror(next.clone(), signed(&next)).await).await.unwrap().remove(0);
    assert_eq!((report.outcome, report.added), (Outcome::Published, 1));
    assert_eq!(files(&to)["pool/main/a_1_amd64.deb"], content("b", "1"));

    // Paths that lead out, and lists that are not what was signed.
    let before = files(&to);
    for path in ["../escape.deb", "/etc/escape.deb", "pool/../../escape.deb", ".reposnap/lock"] {
        let text = stanza("a", "1").replace("pool/main/a_1_amd64.deb", path);
        let error = publish(mirror(text.clone(), signed(&text)).await).await.unwrap_err();
        assert_eq!(error.broken_rule(), Some("path-safe"), "{path}");
    }
    let mut lists = Lists::new(&store).list("main", "amd64", &text).await;
    lists.part.lists[0].sha256 = None;
    assert_eq!(publish(lists.commit().await).await.unwrap_err().kind(), Kind::Unsupported);
    assert_eq!(files(&to), before);
}

async fn signed_bytes(snapshot: &Snapshot) -> Vec<u8> {
    let release = snapshot.manifest().parts[0].release.as_ref().unwrap();
    snapshot.file(&release.files[0]).await.unwrap().to_vec()
}

#[tokio::test]
async fn a_stanza_that_can_not_be_published_is_named() {
    let (directory, key) = (tempfile::tempdir().unwrap(), key());
    let store = Store::memory();
    let text = "Package: weak\nVersion: 1.0\nArchitecture: all\nMD5sum: x\n";
    let snapshot = Lists::new(&store).list("main", "amd64", text).await.commit().await;
    let error = publish(&[&snapshot], &options(), directory.path(), &key).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.at_path(), error.at_field()),
        (Kind::Malformed, Some("main/binary-amd64/Packages"), Some("SHA256"))
    );
    assert!(error.message().starts_with("weak 1.0: "), "{error}");
    assert!(!directory.path().join("dists").exists());
    let nothing = publish(&[], &options(), directory.path(), &key).await.unwrap_err();
    assert_eq!(nothing.kind(), Kind::Usage);
}
