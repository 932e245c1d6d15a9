//! A package must say of itself what its stanza says of it: what is wrong is found, what archives do by right is not.

#![allow(clippy::unwrap_used)]

mod mirror_support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use mirror_support::{NAME, Scene, assert_pool, fetcher, note, packages};
use reposnap::Kind;
use reposnap::deb::archive::{Archive, Head, Limits, control_of_head};
use reposnap::deb::control::Facts;
use reposnap::deb::stanza::{Stanza, Stanzas};
use reposnap::progress::{Cancel, Event, Monitor, Progress};
use reposnap::source::apt::{self, fetch_packages};
use reposnap::source::mirror::{AptConfig, Mirror, Packages};
use reposnap_tests::deb::{Compression, Package, ar, sha256, tar};
use reposnap_tests::nginx::Nginx;
use reposnap_tests::process::succeed;
use reposnap_tests::upstream::{Suite, Tampering};

/// The stanza of `hello` with `from` replaced.
fn stanza<'a>(from: &'a str, to: &'a str) -> Tampering<'a> {
    Tampering {
        indexes: Some(Box::new(move |indexes| {
            for bytes in indexes.values_mut() {
                let text = String::from_utf8(bytes.clone()).unwrap();
                assert!(text.contains(from), "{from}: {text}");
                *bytes = text.replacen(from, to, 1).into_bytes();
            }
        })),
        ..Tampering::default()
    }
}

/// Bytes that no compression makes smaller.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 1_u64;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    })
    .take(size)
    .collect()
}

/// The packages of most tests, and one too large to be held in memory.
fn with_large() -> Vec<Package> {
    let mut packages = packages("1.0");
    let large = Package::new("large", "1").depends("hello").file("usr/share/large/noise", &noise(3 << 20));
    packages.push(large.compression(Compression::Zstd));
    packages
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_differs_from_its_stanza_never_gets_its_name() {
    for (from, to, field, expected, found) in [
        ("Depends: libhello (>= 1)\n", "Depends: libhello (>= 2)\n", "Depends", "libhello (>= 2)", "libhello (>= 1)"),
        ("Depends: libhello (>= 1)\n", "", "Depends", "nothing", "libhello (>= 1)"),
        ("Version: 1.0\n", "Version: 1.1\n", "Version", "1.1", "1.0"),
        ("Architecture: amd64\n", "Architecture: amd64\nMulti-Arch: foreign\n", "Multi-Arch", "foreign", "nothing"),
        ("Architecture: amd64\n", "Architecture: amd64\nSource: else\n", "Source", "else", "nothing"),
        ("Package: hello\n", "Package: hullo\n", "Package", "hullo", "hello"),
        ("Depends: hello\n", "Depends: hello\nConflicts: other\n", "Conflicts", "other", "nothing"),
    ] {
        let scene = Scene::new().await;
        let mut upstream = scene.upstream();
        upstream.publish_with(&Suite::new(with_large()), &stanza(from, to));
        let server = Nginx::serve(&scene.www());
        scene.mirror(&server.url()).await;
        let error = scene.refused().await;
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("control-mismatch")), "{error}");
        assert_eq!(error.at_field(), Some(field));
        for (told, is) in [(expected, error.expected().unwrap()), (found, error.found().unwrap())] {
            assert!(is.contains(told), "{error}");
        }
        let at = if from.contains(": hello\n") && field == "Conflicts" {
            "large_1_amd64.deb"
        } else {
            "hello_1.0_amd64.deb"
        };
        assert!(error.at_path().unwrap().ends_with(at), "{error}");
        // The other packages are there; of this one there is nothing.
        let bad = with_large().into_iter().find(|package| at.starts_with(package.get("Package"))).unwrap().build();
        let pool = scene.store.objects().list("pool").await.unwrap();
        assert_eq!(pool.len(), 3, "{pool:?}");
        assert!(!pool.iter().any(|object| object.path.contains(&sha256(&bad))), "{pool:?}");
        let left = fs::read_dir(scene.folder.path().join("store/pool").join(&sha256(&bad)[..2]));
        assert!(left.map_or(0, |entries| entries.count()) == 0, "something was left behind");
        // Once the index is right, so is the mirror.
        upstream.publish(&Suite::new(with_large()));
        let snapshot = scene.update().await.snapshot().await.unwrap().unwrap();
        assert_pool(&snapshot).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_package_agrees_with_no_stanza() {
    let empty = ar(&[("debian-binary", b"2.0\n".to_vec()), ("control.tar", tar(&[])), ("data.tar", tar(&[]))]);
    let twice = tar(&[("control".to_owned(), b"Package: hello\nPackage: hello\nVersion: 1.0\n".to_vec())]);
    let twice = ar(&[("debian-binary", b"2.0\n".to_vec()), ("control.tar", twice), ("data.tar", tar(&[]))]);
    let cut = ar(&[("debian-binary", b"2.0\n".to_vec())]);
    let good = packages("1.0")[0].build();
    for (bytes, told) in [
        (b"not a package".to_vec(), "does not begin as an ar archive"),
        (noise(2 << 20), "does not begin as an ar archive"),
        (good[..150].to_vec(), "more than the file holds"),
        (cut, "ends in it"),
        (empty, "no control file"),
        (twice, "this field twice"),
    ] {
        let scene = Scene::new().await;
        let (size, digest) = (format!("Size: {}\n", bytes.len()), format!("SHA256: {}\n", sha256(&bytes)));
        let (old_size, old_digest) = (format!("Size: {}\n", good.len()), format!("SHA256: {}\n", sha256(&good)));
        let change = Tampering {
            indexes: Some(Box::new(|indexes| {
                for index in indexes.values_mut() {
                    let text = String::from_utf8(index.clone()).unwrap();
                    *index = text.replacen(&old_size, &size, 1).replacen(&old_digest, &digest, 1).into_bytes();
                }
            })),
            ..Tampering::default()
        };
        scene.upstream().publish_with(&Suite::new(packages("1.0")), &change);
        fs::write(scene.www().join(packages("1.0")[0].pool_path()), &bytes).unwrap();
        let server = Nginx::serve(&scene.www());
        scene.mirror(&server.url()).await;
        let error = scene.refused().await;
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("control-mismatch")), "{error}");
        assert!(error.to_string().contains(told), "{error}");
    }
}

/// Keeps the notes.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Progress for Notes {
    fn event(&self, event: Event<'_>) {
        if let Event::Note(text) = event {
            self.0.lock().unwrap().push(text.to_owned());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_can_do_without_the_rule() {
    for when in [Packages::All, Packages::OnDemand] {
        let scene = Scene::new().await;
        scene.upstream().publish_with(&Suite::new(with_large()), &stanza("Depends: hello\n", "Depends: nothing\n"));
        let server = Nginx::serve(&scene.www());
        let config = scene.config(&server.url()).await;
        scene.add(AptConfig { relax: vec!["control-mismatch".into()], packages: when, ..config }).await;
        let notes = Arc::new(Notes::default());
        let monitor = Monitor::new(notes.clone(), Cancel::new());
        let mirror = Mirror::open(&scene.store, NAME).await.unwrap();
        let mirror = apt::update(mirror, &fetcher(), Timestamp::now(), &note(), &monitor).await.unwrap();
        let snapshot = mirror.snapshot().await.unwrap().unwrap();
        // Whoever fetches later goes by the mirror's settings too.
        fetch_packages(&fetcher(), &snapshot, None, &monitor).await.unwrap();
        assert_pool(&snapshot).await;
        let notes = notes.0.lock().unwrap();
        let [note] = &notes[..] else { panic!("one note: {notes:?}") };
        assert!(note.contains("large_1_amd64.deb") && note.contains("[control-mismatch]"), "{note}");
    }
    let scene = Scene::new().await;
    scene.upstream().publish_with(&Suite::new(with_large()), &stanza("Depends: hello\n", "Depends: nothing\n"));
    let server = Nginx::serve(&scene.www());
    let config = scene.config(&server.url()).await;
    scene.add(AptConfig { packages: Packages::OnDemand, ..config }).await;
    let snapshot = scene.update().await.snapshot().await.unwrap().unwrap();
    let error = fetch_packages(&fetcher(), &snapshot, None, &Monitor::silent()).await.unwrap_err();
    assert_eq!(error.broken_rule(), Some("control-mismatch"), "{error}");
}

/// Control files as people write them, each made a package by dpkg-deb.
const CONTROLS: [&str; 5] = [
    "Package: plain\nVersion: 1:2.0-3+b1\nArchitecture: amd64\nSource: plain-src (1:2.0-3)\nMaintainer: A <a@example.org>\n\
     Installed-Size: 12\nSection: utils\nPriority: optional\nDepends: libc6 (>= 2.36), a | b:any\nDescription: short\n long\n",
    "package: lower\nVERSION: 1\narchitecture: all\nmaintainer: A <a@example.org>\nmulti-arch: foreign\nProvides: x (= 1),y\n\
     description: short\n",
    "Package: folded\nVersion: 1\nArchitecture: all\nMaintainer: A <a@example.org>\nDepends: a,\n b (>>1)  |  c ,\n\td\n\
     Recommends: e,\n f\nDescription: short\n long\n .\n more\n",
    "Package: flags\nVersion: 1\nArchitecture: amd64\nMulti-Arch: no\nEssential: no\nProtected: yes\nImportant: yes\n\
     Pre-Depends: a\nConflicts: b\nBreaks: c (<< 2)\nReplaces: c (<< 2)\nSuggests: d\nEnhances: e\nBuilt-Using: f (= 1)\n\
     Maintainer: A <a@example.org>\nOriginal-Maintainer: B <b@example.org>\nHomepage: https://example.org/\nDescription: x\n",
    "Package: typed\nVersion: 1\nArchitecture: all\nPackage-Type: deb\nMaintainer: A <a@example.org>\nBugs: mailto:a@example.org\n\
     Origin: Example\nTag: role::program\nDescription: short\n",
];

fn build(folder: &Path) {
    for (number, control) in CONTROLS.iter().enumerate() {
        let tree = folder.join(format!("tree{number}"));
        fs::create_dir_all(tree.join("DEBIAN")).unwrap();
        fs::write(tree.join("DEBIAN/control"), control).unwrap();
        fs::create_dir_all(folder.join("debs")).unwrap();
        let kind = ["xz", "gzip", "none"][number % 3];
        succeed(
            Command::new("dpkg-deb")
                .args(["--root-owner-group", &format!("-Z{kind}"), "--build"])
                .arg(&tree)
                .arg(folder.join("debs")),
        );
    }
}

/// Compares each stanza of `index` with the package that it names, which lies below `root`.
fn assert_agreement(maker: &str, index: &str, root: &Path) {
    let mut count = 0;
    for stanza in Stanzas::new(index.as_bytes()) {
        let stanza = stanza.unwrap();
        let name = String::from_utf8(stanza.get("Filename").unwrap().to_vec()).unwrap();
        let bytes = fs::read(root.join(&name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let package = Archive::from_bytes(&bytes, &Limits::default()).unwrap();
        let mut needs = 0;
        // The control file comes out the same from the beginning alone.
        let control = loop {
            match control_of_head(&bytes[..needs as usize], bytes.len() as u64, &Limits::default()).unwrap() {
                Head::Needs(more) => {
                    assert!(more > needs && more < bytes.len() as u64);
                    needs = more;
                }
                Head::Control(control) => break control,
            }
        };
        assert_eq!(control, package.control());
        let control = Facts::of(&Stanza::parse(&control).unwrap());
        Facts::of(&stanza).agree(&control).unwrap_or_else(|error| panic!("{maker}: {name}: {error}"));
        count += 1;
    }
    assert_eq!(count, CONTROLS.len(), "{maker}: {index}");
}

#[test]
fn what_other_programs_write_into_an_index_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    build(root);
    // Everything that override files can change by their own fields.
    fs::write(root.join("override"), "plain important net A <a@example.org> => C <c@example.org>\nlower extra admin\n")
        .unwrap();
    let scanned = succeed(Command::new("dpkg-scanpackages").args(["debs", "override"]).current_dir(root)).text();
    assert!(scanned.contains("C <c@example.org>"), "{scanned}");
    assert_agreement("dpkg-scanpackages", &scanned, root);

    fs::write(
        root.join("extra"),
        "plain Task ssh-server\nplain Build-Essential yes\nlower Phased-Update-Percentage 10\n",
    )
    .unwrap();
    fs::write(
        root.join("ftp.conf"),
        "Dir { ArchiveDir \".\"; OverrideDir \".\"; CacheDir \".\"; };\nDefault { Packages::Compress \". \"; };\n\
         BinDirectory \"debs\" { Packages \"Packages.ftp\"; BinOverride \"override\"; ExtraOverride \"extra\"; };\n",
    )
    .unwrap();
    succeed(Command::new("apt-ftparchive").args(["generate", "ftp.conf"]).current_dir(root));
    let made = fs::read_to_string(root.join("Packages.ftp")).unwrap();
    assert!(made.contains("Task: ssh-server") && made.contains("Phased-Update-Percentage"), "{made}");
    assert_agreement("apt-ftparchive", &made, root);
    let split = ["-o", "APT::FTPArchive::LongDescription=false", "packages", "debs"];
    assert_agreement(
        "apt-ftparchive packages",
        &succeed(Command::new("apt-ftparchive").args(split).current_dir(root)).text(),
        root,
    );

    fs::create_dir_all(root.join("rep/conf")).unwrap();
    fs::write(root.join("rep/conf/distributions"), "Codename: x\nArchitectures: amd64\nComponents: main\n").unwrap();
    let mut reprepro = Command::new("reprepro");
    reprepro.args(["-b", "rep", "-S", "misc", "-P", "optional", "includedeb", "x"]).current_dir(root);
    reprepro.args(fs::read_dir(root.join("debs")).unwrap().map(|entry| entry.unwrap().path()));
    succeed(&mut reprepro);
    let made = fs::read_to_string(root.join("rep/dists/x/main/binary-amd64/Packages")).unwrap();
    assert_agreement("reprepro", &made, &root.join("rep"));

    fs::write(root.join("aptly.conf"), format!("{{\"rootDir\": \"{}\"}}", root.join("aptly").display())).unwrap();
    for arguments in [
        &["repo", "create", "x"][..],
        &["repo", "add", "x", "debs"],
        &["publish", "repo", "-skip-signing", "-distribution=x", "-architectures=amd64", "x"],
    ] {
        succeed(Command::new("aptly").arg("-config=aptly.conf").args(arguments).current_dir(root).env("HOME", root));
    }
    let made = fs::read_to_string(root.join("aptly/public/dists/x/main/binary-amd64/Packages")).unwrap();
    assert_agreement("aptly", &made, &root.join("aptly/public"));
}

/// dpkg keeps the control files of all that is installed; the archive's indexes must agree with each.
#[test]
fn the_packages_of_this_machine_agree_with_its_indexes() {
    let status = fs::read("/var/lib/dpkg/status").unwrap();
    let mut installed = BTreeMap::new();
    for stanza in Stanzas::new(&status) {
        let stanza = stanza.unwrap();
        let identity = ["Package", "Version", "Architecture"].map(|name| stanza.get(name).unwrap_or_default().to_vec());
        installed.insert(identity, Facts::of(&stanza));
    }
    let mut compared = 0;
    for entry in fs::read_dir("/var/lib/apt/lists").unwrap() {
        let path = entry.unwrap().path();
        if !path.to_str().unwrap().contains("_Packages") {
            continue;
        }
        // apt reads its own lists, whatever they are compressed with.
        let index = succeed(Command::new("/usr/lib/apt/apt-helper").arg("cat-file").arg(&path)).stdout;
        for stanza in Stanzas::new(&index) {
            let stanza = stanza.unwrap();
            let identity =
                ["Package", "Version", "Architecture"].map(|name| stanza.get(name).unwrap_or_default().to_vec());
            if let Some(control) = installed.get(&identity) {
                Facts::of(&stanza).agree(control).unwrap_or_else(|error| panic!("{stanza:?}: {error}"));
                compared += 1;
            }
        }
    }
    assert!(compared > 50, "only {compared} packages were installed from the lists that are here");
}
