//! This machine's own apt, and private ones, into snapshots without a network.
#![allow(clippy::unwrap_used)]

mod mirror_support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use mirror_support::{NAME, assert_whole, note, packages, rendered};
use reposnap::progress::{Cancel, Event, Monitor, Progress};
use reposnap::snapshot::Snapshot;
use reposnap::source::mirror::{Config, Mirror, State, SystemConfig};
use reposnap::source::system;
use reposnap::store::Store;
use reposnap::store::refs::{Log, MIRROR};
use reposnap::{Error, Kind, Result};
use reposnap_tests::apt::Apt;
use reposnap_tests::gnupg::GnuPg;
use reposnap_tests::process::{capture, succeed};
use reposnap_tests::upstream::{Suite, Upstream, date, flat};

#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Progress for Notes {
    fn event(&self, event: Event<'_>) {
        if let Event::Note(text) = event {
            self.0.lock().unwrap().push(text.to_owned());
        }
    }
}

async fn add(store: &Store, root: &str) -> Mirror {
    Mirror::add(store, NAME, Config::System(SystemConfig { root: root.to_owned() }), &note()).await.unwrap()
}

async fn update(store: &Store) -> (Result<Mirror>, Vec<String>) {
    let notes = Arc::new(Notes::default());
    let monitor = Monitor::new(notes.clone(), Cancel::new());
    let mirror = Mirror::open(store, NAME).await.unwrap();
    let result = system::update(mirror, Timestamp::now(), &note(), &monitor).await;
    let notes = std::mem::take(&mut *notes.0.lock().unwrap());
    (result, notes)
}

/// The lists of this machine, which the test needs; a fresh machine fetches them.
fn lists_of_this_machine() -> bool {
    let has = || system::has_lists(Path::new("/"));
    if !has() {
        capture(Command::new("apt-get").arg("update"));
    }
    has()
}

#[tokio::test(flavor = "multi_thread")]
async fn this_machines_lists_come_back_byte_for_byte() {
    assert!(lists_of_this_machine(), "this test needs a Debian or Ubuntu machine where `apt-get update` works");
    let store = Store::memory();
    add(&store, "").await;
    let (result, notes) = update(&store).await;
    let mirror = result.unwrap();
    let one = mirror.snapshot().await.unwrap().unwrap();
    assert_whole(&one).await;

    // Every list of packages that apt has of a source that is not left out, as apt itself prints it.
    let mut command = Command::new("apt-get");
    command.args([
        "indextargets",
        "--format",
        "$(CREATED_BY)\t$(SITE)\t$(RELEASE)\t$(COMPONENT)\t$(ARCHITECTURE)\t$(FILENAME)",
    ]);
    let targets = succeed(&mut command).text();
    let mut compared = 0;
    for line in targets.lines() {
        let [kind, _site, release, component, architecture, file] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let architecture = if kind == "Sources" { "source" } else { architecture };
        let part = one.manifest().parts.iter().find(|part| part.suite.as_deref() == Some(release));
        let (Some(part), true) = (part, ["Packages", "Sources"].contains(&kind)) else { continue };
        let list = part.lists.iter().find(|list| list.component == component && list.architecture == architecture);
        let Some(list) = list else { panic!("{line}: no such list; {notes:?}") };
        let printed = succeed(Command::new("/usr/lib/apt/apt-helper").args(["cat-file", file])).stdout;
        assert!(rendered(&one, list).await == printed, "{line}");
        let stanzas = printed.windows(10).filter(|window| *window == b"\nPackage: ").count();
        assert_eq!(list.entries as usize, stanzas + usize::from(printed.starts_with(b"Package: ")), "{line}");
        compared += 1;
    }
    assert_eq!(compared, one.manifest().lists().count());
    assert!(compared > 0);
    let again = update(&store).await.0.unwrap();
    assert_eq!(again.entry().digest, mirror.entry().digest, "nothing has changed");
}

#[test]
fn no_network_is_asked() {
    assert!(lists_of_this_machine());
    let trace = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new("strace");
    command.args(["-f", "-e", "trace=network", "-o"]).arg(trace.path()).arg(std::env::current_exe().unwrap());
    succeed(command.args(["--exact", "this_machines_lists_come_back_byte_for_byte"]));
    let trace = std::fs::read_to_string(trace.path()).unwrap();
    let asked: Vec<_> = trace.lines().filter(|line| line.contains("AF_INET")).collect();
    assert!(asked.is_empty(), "{asked:?}");
}

/// A private root whose apt has real lists of real upstreams.
struct Root {
    apt: Apt,
    gpg: GnuPg,
    key: String,
    www: tempfile::TempDir,
    store: Store,
}

const STATUS: &str = "Package: dpkg\nStatus: install ok installed\nVersion: 1.21\nArchitecture: amd64\nMaintainer: x\n\
                      Description: x\n\n";

impl Root {
    async fn new() -> Self {
        let gpg = GnuPg::new();
        let key = gpg.generate("Archive <archive@example.invalid>");
        let www = tempfile::tempdir().unwrap();
        let apt = Apt::new();
        apt.set_installed(STATUS);
        let store = Store::memory();
        add(&store, apt.root().to_str().unwrap()).await;
        Self { apt, gpg, key, www, store }
    }

    fn upstream(&self, name: &str, suite: &Suite) -> String {
        Upstream::new(&self.www.path().join(name), &self.gpg, &self.key).publish(suite);
        format!("file:{}", self.www.path().join(name).display())
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.apt.root().join(path), bytes).unwrap();
    }

    async fn update(&self) -> (Snapshot, Vec<String>) {
        let (result, notes) = update(&self.store).await;
        let snapshot = result.unwrap_or_else(|error| panic!("{error}; {notes:?}")).snapshot().await.unwrap().unwrap();
        assert_whole(&snapshot).await;
        (snapshot, notes)
    }

    async fn refused(&self) -> Error {
        let log = || async {
            Log::<State>::open(self.store.objects(), MIRROR, NAME).unwrap().entries(100).await.unwrap().len()
        };
        let before = log().await;
        let (result, _) = update(&self.store).await;
        assert_eq!(log().await, before);
        result.map(|mirror| mirror.snapshot_id()).unwrap_err()
    }

    fn list(&self, ending: &str) -> std::path::PathBuf {
        let lists = std::fs::read_dir(self.apt.root().join("var/lib/apt/lists")).unwrap().flatten();
        let mut found: Vec<_> =
            lists.map(|entry| entry.path()).filter(|path| path.to_str().unwrap().ends_with(ending)).collect();
        assert_eq!(found.len(), 1, "{ending}: {found:?}");
        found.remove(0)
    }
}

fn named(codename: &str) -> Suite {
    Suite { codename: codename.to_owned(), ..Suite::new(packages("1.0")) }
}

fn parts(snapshot: &Snapshot) -> BTreeMap<String, usize> {
    let counted = |part: &reposnap::snapshot::manifest::Part| part.lists.iter().map(|list| list.entries as usize).sum();
    snapshot.manifest().parts.iter().map(|part| (part.name.clone(), counted(part))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_signed_by() {
    let root = Root::new().await;
    let names = ["byfile", "byfpr", "byexact", "byblock", "trusted", "disabled"];
    let uris = names.map(|name| root.upstream(name, &named(name)));
    root.write("keyring.gpg", root.gpg.export(&root.key));
    root.write("etc/apt/trusted.gpg.d/archive.gpg", root.gpg.export(&root.key));
    let armored = String::from_utf8(root.gpg.export_armored(&root.key)).unwrap();
    let block: String =
        armored.lines().map(|line| format!(" {}\n", if line.is_empty() { "." } else { line })).collect();
    let source = |at: usize, more: &str| {
        format!("Types: deb\nURIs: {}\nSuites: {}\nComponents: main\n{more}\n", uris[at], names[at])
    };
    let text = [
        // apt takes the path as it stands, from the machine's root on; ours is a private one.
        source(0, "Signed-By: /keyring.gpg\n"),
        source(1, &format!("Signed-By: {}\n", root.key)),
        source(2, &format!("Signed-By: {}!\n", root.key)),
        source(3, &format!("Signed-By:\n{block}")),
        source(4, ""),
        source(5, "Enabled: no\n"),
    ]
    .concat();
    // apt itself is given the keyring's real path to fetch the lists by.
    let real = root.apt.root().join("keyring.gpg").display().to_string();
    root.apt.set_source(&text.replace("Signed-By: /keyring.gpg", &format!("Signed-By: {real}")));
    root.apt.update();
    root.apt.set_source(&text);
    let (one, notes) = root.update().await;
    let expected: BTreeMap<String, usize> = names[..5].iter().map(|name| ((*name).to_owned(), 3)).collect();
    assert_eq!(parts(&one), expected, "{notes:?}");
    assert!(notes.is_empty(), "{notes:?}");
    for part in &one.manifest().parts {
        assert_eq!(part.release.as_ref().unwrap().signers, std::slice::from_ref(&root.key));
    }

    // Another key is asked for: that source alone is left out.
    let other = root.gpg.generate("Other <other@example.invalid>");
    root.write("keyring.gpg", root.gpg.export(&other));
    let (two, notes) = root.update().await;
    assert!(!parts(&two).contains_key("byfile") && parts(&two).len() == 4, "{notes:?}");
    let [left_out] = &notes[..] else { panic!("{notes:?}") };
    assert!(left_out.contains("test.sources:1") && left_out.contains("left out"), "{left_out}");
    std::fs::remove_file(root.apt.root().join("keyring.gpg")).unwrap();
    let (_, notes) = root.update().await;
    assert!(notes.len() == 1 && notes[0].contains("keyring.gpg"), "{notes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_and_altered_lists() {
    let root = Root::new().await;
    let uris = ["one", "two"].map(|name| root.upstream(name, &named(name)));
    root.write("etc/apt/trusted.gpg.d/archive.asc", root.gpg.export_armored(&root.key));
    let error = root.refused().await;
    assert_eq!(error.kind(), Kind::NotFound);
    assert!(error.to_string().contains("apt-get update"), "{error}");
    root.apt.set_source(&format!("deb {} one main\ndeb {} two main\n", uris[0], uris[1]));
    assert_eq!(root.refused().await.kind(), Kind::NotFound);
    root.apt.update();
    let (one, notes) = root.update().await;
    assert_eq!((parts(&one).len(), notes.len()), (2, 0), "{notes:?}");

    let list = root.list("two_main_binary-amd64_Packages");
    let good = std::fs::read(&list).unwrap();
    std::fs::write(&list, String::from_utf8(good.clone()).unwrap().replace("1.0", "6.6")).unwrap();
    let error = root.refused().await;
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("hash-mismatch")), "{error}");
    assert_eq!(error.at_path(), list.to_str());
    std::fs::write(&list, &good).unwrap();

    let signed = root.list("two_InRelease");
    let text = std::fs::read_to_string(&signed).unwrap();
    std::fs::write(&signed, text.replace("Suite: stable", "Suite: steady")).unwrap();
    let (two, notes) = root.update().await;
    assert_eq!(parts(&two).into_keys().collect::<Vec<_>>(), ["one"]);
    assert!(notes.len() == 1 && notes[0].contains("sources.list:2"), "{notes:?}");
    std::fs::remove_file(&signed).unwrap();
    let (three, notes) = root.update().await;
    assert_eq!(three.id(), two.id());
    assert!(notes.len() == 1 && notes[0].contains("no lists of"), "{notes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn compressed_lists_flat_repositories_and_same_names() {
    let root = Root::new().await;
    root.write("etc/apt/trusted.gpg.d/archive.gpg", root.gpg.export(&root.key));
    let uris = ["a_b~c", "second"].map(|name| root.upstream(name, &named("same")));
    let place = root.www.path().join("flat");
    flat(&place, &packages("3.0"), &root.gpg, &root.key);
    root.apt.set_source(&format!(
        "deb {} same main\ndeb {} same main\ndeb [trusted=no] file:{} ./\n",
        uris[0],
        uris[1],
        place.display()
    ));
    root.apt.configure("Acquire::GzipIndexes \"true\"; Acquire::CompressionTypes::Order { \"gz\"; };");
    root.apt.update();
    let (one, notes) = root.update().await;
    assert!(notes.is_empty(), "{notes:?}");
    assert_eq!(one.entries(), 9);
    let names: Vec<_> = one.manifest().parts.iter().map(|part| part.name.as_str()).collect();
    assert!(names[0].starts_with("same of file:") && names[1].ends_with("/second/") && names[2] == "./", "{names:?}");

    // What apt has is what counts, however old; it may not go back all the same.
    root.upstream("second", &named("same").date(&date(-100_000)));
    root.apt.configure("Acquire::AllowReleaseInfoChange \"true\";");
    std::fs::remove_file(root.list("second_dists_same_InRelease")).unwrap();
    root.apt.update();
    let (two, notes) = root.update().await;
    assert_eq!(two.manifest().parts.len(), 2);
    assert!(notes.len() == 1 && notes[0].contains("rollback"), "{notes:?}");
}
