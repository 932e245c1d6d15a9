//! An image with a history: packages installed, upgraded, removed and purged, layer by layer. One image for all of these
//! tests: making it takes a while.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use reposnap_image::inspect::{Options, Read};
use reposnap_image::package::Source;

use crate::support::*;

struct History {
    _folder: tempfile::TempDir,
    layout: Layout,
    root: PathBuf,
}

/// Layers: 0 the base, 1 packages from nowhere, 2 an upgrade, 3 a removal, 4 a purge and another architecture, 5 files changed
/// and removed.
fn history() -> &'static History {
    static HISTORY: OnceLock<History> = OnceLock::new();
    HISTORY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let layout = Layout::with_base(at);
        let bundle = layout.unpack("base", &at.join("bundle"));
        let using = "Source: suite (3)\nBuilt-Using: glibc (= 2.36-9), gcc-12 (= 12.2.0-14)\n";
        let tool = package(at, "tool", "1.0-1", "amd64", using);
        let other = package(at, "other", "1:2.0", "all", "");
        let gone = package(at, "gone", "5", "all", "");
        bundle.dpkg(&["-i", text(&tool), text(&other), text(&gone)]);
        bundle.repack("history");
        let tool = package(at, "tool", "1.1-1+b2", "amd64", "Source: suite (4)\nStatic-Built-Using: rust (= 1.2)\n");
        bundle.dpkg(&["-i", text(&tool)]);
        bundle.repack("history");
        bundle.dpkg(&["-r", "other", "gone"]);
        bundle.repack("history");
        bundle.dpkg(&["-P", "gone"]);
        bundle.dpkg(&["--add-architecture", "arm64"]);
        let same = |architecture| package(at, "libsame", "1", architecture, "Multi-Arch: same\n");
        bundle.dpkg(&["-i", text(&same("amd64")), text(&same("arm64"))]);
        bundle.repack("history");
        let root = bundle.root();
        fs::write(root.join("usr/lib/amd64/tool"), "changed\n").unwrap();
        fs::write(root.join("etc/tool.conf"), "mine\n").unwrap();
        fs::remove_file(root.join("usr/lib/arm64/libsame")).unwrap();
        fs::remove_file(root.join("usr/bin/cksum")).unwrap();
        std::os::unix::fs::symlink("tac", root.join("usr/bin/cksum")).unwrap();
        fs::hard_link(root.join("usr/bin/tac"), root.join("usr/bin/tac-too")).unwrap();
        bundle.repack("history");
        History { layout, root, _folder: folder }
    })
}

fn read() -> Read {
    look(&history().layout.reference("history"))
}

#[test]
fn packages_are_those_of_dpkg_query() {
    let read = read();
    let found = packages(&read);
    assert!(found.len() > 50);
    assert_eq!(found, dpkg_query(&history().root));
    let database = &read.inventory.databases[0];
    assert_eq!((database.path.as_str(), database.format.as_str()), ("var/lib/dpkg/status", "status"));
    assert_eq!(database.packages, found.len());
    assert_eq!(read.inventory.os.as_ref().unwrap().codename.as_deref(), Some("bookworm"));
}

#[test]
fn each_package_is_of_its_layer() {
    let read = read();
    let find = |name: &str, architecture: &str| {
        let found = read.inventory.packages.iter().find(|p| p.name == name && p.architecture == architecture);
        found.unwrap_or_else(|| panic!("{name} is there"))
    };
    for (name, architecture, version, layer) in [
        ("dpkg", "amd64", None, 0),
        ("tool", "amd64", Some("1.1-1+b2"), 2),
        ("other", "all", Some("1:2.0"), 3),
        ("libsame", "amd64", Some("1"), 4),
        ("libsame", "arm64", Some("1"), 4),
    ] {
        let package = find(name, architecture);
        assert_eq!(package.layer, Some(layer), "{name}");
        assert!(version.is_none_or(|version| package.version == version), "{name}");
        // What has no files any more has no sums either.
        assert_eq!(package.md5sums.is_some(), package.state.has_files(), "{name}");
    }
    let layers = &read.inventory.layers;
    let counts: Vec<_> = layers.iter().map(|layer| layer.packages).collect();
    assert_eq!(counts[1..], [3, 1, 2, 3, 0]);
    assert_eq!(counts[0], read.inventory.packages.len() - 4);
    let removed: Vec<_> = layers.iter().map(|layer| layer.removed.join(" ")).collect();
    assert_eq!(removed, ["", "", "", "gone:all other:all", "gone:all", ""]);
    let states: Vec<_> = read.states.iter().map(|state| state.layer.unwrap()).collect();
    assert_eq!(states, [0, 1, 2, 3, 4]);
    let before = read.states[1].packages.iter().find(|package| package.name == "tool").unwrap();
    assert_eq!((before.version.as_str(), before.layer), ("1.0-1", Some(1)));
    assert_eq!(read.states[4].packages, read.inventory.packages);
}

#[test]
fn what_a_package_was_built_from() {
    let read = read();
    let source = |name: &str, version: &str| Source { name: name.into(), version: version.into() };
    let old = read.states[1].packages.iter().find(|package| package.name == "tool").unwrap();
    assert_eq!(old.source, source("suite", "3"));
    assert_eq!(old.built_using, [source("glibc", "2.36-9"), source("gcc-12", "12.2.0-14")]);
    let new = read.inventory.packages.iter().find(|package| package.name == "tool").unwrap();
    assert_eq!(new.static_built_using, [source("rust", "1.2")]);
    assert!(new.stanza.starts_with(b"Package: tool\n") && new.stanza.ends_with(b"\n"));
    assert!(new.md5sums.as_ref().unwrap().ends_with(b"  usr/share/doc/tool/copyright\n"));
}

#[test]
fn logs_and_times() {
    let evidence = read().inventory.evidence;
    let date = &evidence.installed["tool:amd64 1.1-1+b2"];
    assert_eq!(date.len(), "2026-07-11 10:16:37".len(), "{date}");
    assert!(evidence.installed.contains_key("tool:amd64 1.0-1") && evidence.installed.contains_key("libsame:arm64 1"));
    let age = jiff::Timestamp::now().duration_since(evidence.database_changed.unwrap());
    assert!(age.as_hours() < 24, "{age}");
}

#[test]
fn changed_files_are_those_of_dpkg_verify() {
    let history = history();
    let read = try_look(&history.layout.reference("history"), &checking()).unwrap();
    let found = changed_files(&read);
    for line in [
        "usr/lib/amd64/tool modified",
        "etc/tool.conf modified c",
        "usr/lib/arm64/libsame missing",
        "usr/bin/cksum modified",
        "usr/share/doc/dpkg/copyright missing",
    ] {
        assert!(found.iter().any(|found| found == line), "{line}");
    }
    assert_eq!(found, dpkg_verify(&history.root));
    let files = read.inventory.files.unwrap();
    let layer = |path: &str| files.iter().find(|file| file.path == path).unwrap().layer;
    assert_eq!(layer("usr/lib/amd64/tool"), Some(5));
    assert_eq!(layer("usr/lib/arm64/libsame"), Some(5));
    assert_eq!(layer("usr/share/doc/dpkg/copyright"), None);

    // The same of the root folder.
    let unpacked = try_look(&format!("dir:{}", text(&history.root)), &checking()).unwrap();
    assert_eq!(changed_files(&unpacked), found);
}

#[test]
fn a_root_folder_is_the_same() {
    let (image, folder) = (read(), look(&format!("dir:{}", text(&history().root))));
    assert_eq!(packages(&folder), packages(&image));
    assert!(folder.inventory.packages.iter().all(|package| package.layer.is_none()));
    let stanzas = |read: &Read| -> Vec<_> {
        read.inventory.packages.iter().map(|p| (p.stanza.clone(), p.md5sums.clone())).collect()
    };
    assert_eq!(stanzas(&folder), stanzas(&image));
    assert_eq!(folder.inventory.os, image.inventory.os);
    assert_eq!(folder.inventory.evidence.installed, image.inventory.evidence.installed);
    assert_eq!(folder.inventory.digest, None);
    assert_eq!(folder.states.len(), 1);
}

#[test]
fn a_second_look_reads_no_layer() {
    let folder = tempfile::tempdir().unwrap();
    let cache = reposnap_image::cache::DirectoryCache::open(folder.path().join("cache")).unwrap();
    let options = Options { cache: Some(std::sync::Arc::new(cache)), ..Options::default() };
    let reference = history().layout.reference("history");
    let first = try_look(&reference, &options).unwrap();
    assert_eq!(std::fs::read_dir(folder.path().join("cache")).unwrap().count(), 6);
    // A copy without layers.
    let copy = folder.path().join("layout");
    run("cp", &["-al", text(&history().layout.path), text(&copy)]);
    for layer in &first.inventory.layers {
        fs::remove_file(copy.join(format!("blobs/sha256/{}", layer.digest))).unwrap();
    }
    let reference = format!("oci:{}:history", text(&copy));
    let second = try_look(&reference, &options).unwrap();
    assert_eq!(second.inventory.packages, first.inventory.packages);
    assert_eq!(second.inventory.layers, first.inventory.layers);
    assert_eq!(second.inventory.evidence, first.inventory.evidence);
    // Nothing was learned of files, and a damaged cache is none.
    assert!(try_look(&reference, &Options { files: true, ..options.clone() }).is_err());
    for entry in std::fs::read_dir(folder.path().join("cache")).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
    }
    assert!(try_look(&reference, &options).unwrap_err().to_string().contains("lacks a blob"));
}
