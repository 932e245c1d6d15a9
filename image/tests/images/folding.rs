//! Layers put on one another, with umoci and dpkg-query for an oracle.

use std::fs;
use std::path::{Path, PathBuf};

use reposnap::Kind;
use reposnap_image::inspect::Options;
use reposnap_image::inventory::{AptCommand, SourcesFile};

use crate::support::*;

/// A status file of some packages at a version.
fn status(version: &str, names: &[&str]) -> String {
    let stanza = |name: &&str| {
        format!(
            "Package: {name}\nStatus: install ok installed\nArchitecture: all\nVersion: {version}\nMaintainer: m\nDescription: d\n\n"
        )
    };
    names.iter().map(stanza).collect()
}

/// What a test's layers hold: a path ends in `/` for a folder; content that starts with `->` is a symbolic link, `=` a hard link.
type Tree<'a> = &'a [(&'a str, &'a str)];

/// Makes an image of layers that GNU tar writes, each with exactly these entries in this order.
fn image(folder: &Path, layers: &[Tree<'_>]) -> (Layout, PathBuf) {
    let layout = Layout::empty(folder);
    layout.new_image("x");
    for (index, tree) in layers.iter().enumerate() {
        let root = folder.join(format!("tree{index}"));
        fs::create_dir(&root).unwrap();
        for (path, content) in *tree {
            let at = root.join(path.trim_start_matches('/'));
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            if path.ends_with('/') {
                fs::create_dir_all(&at).unwrap();
            } else if let Some(target) = content.strip_prefix("->") {
                std::os::unix::fs::symlink(target, &at).unwrap();
            } else if let Some(target) = content.strip_prefix('=') {
                fs::hard_link(root.join(target), &at).unwrap();
            } else {
                fs::write(&at, content).unwrap();
            }
        }
        let archive = folder.join(format!("layer{index}.tar"));
        let mut arguments = vec!["-C", text(&root), "--no-recursion", "-cf", text(&archive)];
        arguments.extend(tree.iter().map(|(path, _)| path.trim_end_matches('/')));
        run("tar", &arguments);
        layout.add_archive("x", &archive);
    }
    let root = folder.join("bundle/rootfs");
    (layout, root)
}

/// Compares what is read with what dpkg-query says in the root that umoci unpacks; gives names and layers.
fn compare(layers: &[Tree<'_>]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (layout, root) = image(folder.path(), layers);
    layout.unpack("x", &folder.path().join("bundle"));
    for needed in ["info", "updates"] {
        let path = root.join("var/lib/dpkg").join(needed);
        // Links of the image lead to this machine here: the test's images have none that matter to dpkg-query.
        let _ = fs::create_dir_all(path);
    }
    let read = look(&layout.reference("x"));
    assert_eq!(packages(&read), dpkg_query(&root), "{layers:?}");
    let (files, checked) =
        (look(&format!("dir:{}", text(&root))), try_look(&layout.reference("x"), &checking()).unwrap());
    assert_eq!(packages(&files), packages(&read));
    assert_eq!(packages(&checked), packages(&read));
    let package = |package: &reposnap_image::Package| format!("{} {}", package.name, package.layer.unwrap());
    read.inventory.packages.iter().map(package).collect::<Vec<_>>().join(", ")
}

const S: &str = "var/lib/dpkg/status";

#[test]
fn links_to_the_database() {
    let (one, two) = (status("1", &["a", "b"]), status("2", &["b", "c"]));
    // The file, relative, and changed where it is.
    assert_eq!(
        compare(&[&[(S, "->../../../data/db/status"), ("data/db/status", &one)], &[("data/db/status", &two)]]),
        "b 1, c 1"
    );
    // The folder, along two links; a layer that writes through them without folders of its own.
    let links: Tree<'_> = &[("var/lib/dpkg", "->../../opt/dpkg"), ("opt", "->srv/./opt"), ("srv/opt/dpkg/", "")];
    assert_eq!(compare(&[links, &[("srv/opt/dpkg/status", &one)]]), "a 1, b 1");
    assert_eq!(compare(&[links, &[(S, &one)], &[("opt/dpkg/status", &two)]]), "b 2, c 2");
    // A folder of a layer takes the place of a link.
    assert_eq!(compare(&[links, &[(S, &one)], &[("var/lib/dpkg/", ""), (S, &two)]]), "b 2, c 2");
}

#[test]
fn other_names_of_the_database() {
    let (one, two) = (status("1", &["a"]), status("2", &["b"]));
    let base: Tree<'_> = &[("var/lib/dpkg/", ""), (S, &one), ("opt/d", "->../var/lib"), ("e", "->opt/d/dpkg")];
    assert_eq!(compare(&[base, &[("opt/d/dpkg/status", &two)]]), "b 1");
    assert_eq!(compare(&[base, &[("e/status", &two)]]), "b 1");
    assert_eq!(compare(&[base, &[("e/", ""), ("e/status", &two)]]), "a 0");
    assert_eq!(compare(&[base, &[("opt/d/dpkg/.wh.status", ""), (S, &two)]]), "b 1");
}

#[test]
fn whiteouts_and_opaque_folders() {
    let (one, two) = (status("1", &["a"]), status("2", &["a", "b"]));
    let base: Tree<'_> = &[("var/lib/dpkg/", ""), (S, &one)];
    for layer in [
        // Whatever the order: what removes is of lower layers only.
        &[(S, two.as_str()), ("var/lib/dpkg/.wh.status", "")][..],
        &[("var/lib/dpkg/.wh.status", ""), (S, &two)],
        &[(S, &two), ("var/lib/dpkg/.wh..wh..opq", "")],
        &[("var/lib/dpkg/.wh..wh..opq", ""), (S, &two)],
        &[("var/.wh.lib", ""), (S, &two)],
        &[("var/lib/dpkg/.wh..wh.plnk", ""), (S, &two)],
    ] {
        // umoci takes AUFS's own files for whiteouts of what is not there.
        assert_eq!(compare(&[base, layer]), "a 1, b 1");
    }
    for layer in [
        &[("var/lib/dpkg/.wh.status", "")][..],
        &[(".wh.var", "")],
        &[("var/lib/.wh..wh..opq", "")],
        &[("var/lib", "x")],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (layout, _) = image(folder.path(), &[base, layer]);
        let read = look(&layout.reference("x"));
        assert!(read.inventory.databases.is_empty() && read.inventory.packages.is_empty(), "{layer:?}");
        assert_eq!(read.inventory.layers[1].removed, ["a:all"], "{layer:?}");
    }
    // And back again.
    assert_eq!(
        compare(&[base, &[("var/lib", "a file")], &[("var/lib/", ""), ("var/lib/dpkg/", ""), (S, &two)]]),
        "a 2, b 2"
    );
}

#[test]
fn hard_links() {
    let (one, two) = (status("1", &["a"]), status("2", &["b"]));
    assert_eq!(compare(&[&[("data", &one), (S, "=data")]]), "a 0");
    // What it was linked to is replaced; the link keeps what it had.
    assert_eq!(compare(&[&[("data", &one), (S, "=data")], &[("data", &two)]]), "a 0");
    assert_eq!(compare(&[&[(S, &one), ("data", "=var/lib/dpkg/status")], &[(S, &two)]]), "b 1");
}

#[test]
fn what_dpkg_had_not_yet_written() {
    let base = status("1", &["a", "b"]);
    let (journal, more) = (status("2", &["b"]), status("3", &["c"]));
    let journal: Tree<'_> = &[("var/lib/dpkg/updates/0000", &journal), ("var/lib/dpkg/updates/0001", &more)];
    assert_eq!(compare(&[&[("var/lib/dpkg/updates/", ""), (S, &base)], journal]), "a 0, b 1, c 1");
}

#[test]
fn names_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let (one, root) = (status("1", &["a"]), folder.path().join("tree"));
    fs::create_dir_all(root.join("var/lib/dpkg")).unwrap();
    fs::write(root.join(S), one).unwrap();
    for (index, prefix) in ["", "./", "/", "//.//"].into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("layer.tar");
        let transform = format!("s,^,{prefix},");
        let format = if index % 2 == 0 { "--format=pax" } else { "--format=gnu" };
        run("tar", &["-C", text(&root), format, "-P", "--transform", &transform, "-cf", text(&archive), "var"]);
        let layout = Layout::empty(folder.path());
        layout.new_image("x");
        layout.add_archive("x", &archive);
        assert_eq!(look(&layout.reference("x")).inventory.packages.len(), 1, "{prefix}");
    }
}

#[test]
fn a_long_chain_and_a_circle() {
    let one = status("1", &["a"]);
    for (count, ends) in [(38, true), (41, false)] {
        let folder = tempfile::tempdir().unwrap();
        let links: Vec<(String, String)> = (0..count).map(|n| (format!("opt/{n}"), format!("->{}", n + 1))).collect();
        let last = format!("opt/{count}");
        let mut tree = vec![(S, "->/opt/0"), (last.as_str(), one.as_str())];
        tree.extend(links.iter().map(|(path, target)| (path.as_str(), target.as_str())));
        let (layout, _) = image(folder.path(), &[&tree]);
        match try_look(&layout.reference("x"), &Options::default()) {
            // Each link is a place that nobody could know of: there are limits to looking again and again.
            Err(error) => assert_eq!(error.kind(), Kind::Limit, "{error}"),
            Ok(_) => panic!("{count} {ends}"),
        }
        let checked = try_look(&layout.reference("x"), &checking());
        match (ends, checked) {
            (true, read) => assert_eq!(read.unwrap().inventory.packages.len(), 1),
            (false, read) => assert_eq!(read.unwrap_err().broken_rule(), Some("link-loop")),
        }
    }
    for tree in [&[(S, "->status")][..], &[("var/lib/dpkg", "->../lib/dpkg")], &[("var", "->a"), ("a", "->var")]] {
        let folder = tempfile::tempdir().unwrap();
        let (layout, _) = image(folder.path(), &[tree]);
        let error = try_look(&layout.reference("x"), &Options::default()).unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Malformed, Some("link-loop")), "{error}");
    }
}

#[test]
fn nothing_outside_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let up = "../".repeat(30);
    for target in ["/var/lib/dpkg/status".to_owned(), format!("{up}var/lib/dpkg/status")] {
        // On this machine there is such a file; in the image there is none.
        let other = tempfile::tempdir_in(folder.path()).unwrap();
        let (layout, _) = image(other.path(), &[&[("opt/status", &format!("->{target}")), (S, "->/opt/status")]]);
        let error = try_look(&layout.reference("x"), &Options::default()).unwrap_err();
        assert_eq!(error.broken_rule(), Some("link-loop"));
        let other = tempfile::tempdir_in(folder.path()).unwrap();
        let (layout, _) = image(other.path(), &[&[("var/lib/dpkg/status.d", &format!("->{target}.d"))]]);
        let _ = try_look(&layout.reference("x"), &Options::default());
        let machine = format!("->{up}etc/os-release");
        let other = tempfile::tempdir_in(folder.path()).unwrap();
        let (layout, root) = image(other.path(), &[&[("usr/lib/os-release", &machine), (S, "")]]);
        assert!(look(&layout.reference("x")).inventory.os.is_none());
        layout.unpack("x", &other.path().join("bundle"));
        assert!(look(&format!("dir:{}", text(&root))).inventory.os.is_none());
    }
}

#[test]
fn distroless_layout() {
    let stanza = |name: &str, version: &str| {
        format!("Package: {name}\nVersion: {version}\nArchitecture: amd64\nSource: src ({version})\nMaintainer: m")
    };
    let (libc, base) = (stanza("libc6", "2.36-9"), stanza("base-files", "12.4"));
    let newer = stanza("base-files", "12.5");
    let folder = tempfile::tempdir().unwrap();
    let (layout, _) = image(
        folder.path(),
        &[
            &[
                ("var/lib/dpkg/status.d/base", &base),
                ("var/lib/dpkg/status.d/base.md5sums", "d41d8cd98f00b204e9800998ecf8427e  etc/x\n"),
                ("etc/x", ""),
            ],
            &[("var/lib/dpkg/status.d/libc6", &libc)],
            &[("var/lib/dpkg/status.d/base", &newer)],
        ],
    );
    let read = try_look(&layout.reference("x"), &checking()).unwrap();
    assert_eq!(
        packages(&read),
        ["base-files 12.5 amd64 src 12.5 install ok installed", "libc6 2.36-9 amd64 src 2.36-9 install ok installed"]
    );
    let found = &read.inventory.packages;
    assert_eq!((found[0].layer, found[0].place.as_str()), (Some(2), "var/lib/dpkg/status.d/base"));
    assert_eq!(found[1].layer, Some(1));
    assert!(found[0].md5sums.is_some() && found[1].md5sums.is_none());
    assert_eq!((read.inventory.databases[0].format.as_str(), read.inventory.databases[0].packages), ("status.d", 2));
    assert_eq!(changed_files(&read), [""; 0]);
}

#[test]
fn apt_left_something_behind() {
    let folder = tempfile::tempdir().unwrap();
    let release = "Origin: Debian\nSuite: stable\nCodename: bookworm\nDate: Sat, 11 Jul 2026 10:16:37 UTC\nSHA256:\n";
    let history = "Start-Date: 2026-07-11  10:16:37\nCommandline: apt-get install a\nEnd-Date: 2026-07-11  10:16:38\n";
    let log = folder.path().join("dpkg.log.1");
    fs::write(&log, "2026-07-11 10:16:37 install a:all <none> 1\n").unwrap();
    run("gzip", &["-n", text(&log)]);
    let lists = "var/lib/apt/lists/deb.example.org_dists_stable_";
    let (in_release, index) = (format!("{lists}InRelease"), format!("{lists}main_binary-amd64_Packages"));
    let (layout, _) = image(
        folder.path(),
        &[
            &[
                (S, &status("1", &["a"])),
                ("etc/apt/sources.list.d/x.sources", "Types: deb\n"),
                ("etc/apt/sources.list.d/x.save", "no"),
            ],
            &[
                (&in_release, release),
                (&index, "Package: a\n"),
                ("var/lib/apt/lists/lock", ""),
                ("var/log/apt/history.log", history),
            ],
        ],
    );
    let archive = folder.path().join("logs.tar");
    run("tar", &["-C", text(folder.path()), "--transform", "s,^,var/log/,", "-cf", text(&archive), "dpkg.log.1.gz"]);
    layout.add_archive("x", &archive);
    let evidence = look(&layout.reference("x")).inventory.evidence;
    let sources = SourcesFile { file: "etc/apt/sources.list.d/x.sources".into(), text: "Types: deb\n".into() };
    assert_eq!(evidence.sources, [sources]);
    let left = &evidence.releases[0];
    assert_eq!((left.suite.as_deref(), left.sha256), (Some("stable"), reposnap::Digest::of(release.as_bytes())));
    assert_eq!(left.date.unwrap().to_string(), "2026-07-11T10:16:37Z");
    assert_eq!(evidence.indexes, ["deb.example.org_dists_stable_main_binary-amd64_Packages"]);
    let command = AptCommand { date: "2026-07-11 10:16:37".into(), command: "apt-get install a".into() };
    assert_eq!(evidence.commands, [command]);
    assert_eq!(evidence.installed["a:all 1"], "2026-07-11 10:16:37");
}

#[test]
fn rpm_databases_are_handed_over() {
    let folder = tempfile::tempdir().unwrap();
    let (layout, _) = image(
        folder.path(),
        &[
            &[
                ("var/lib/rpm", "->../../usr/lib/sysimage/rpm"),
                ("usr/lib/sysimage/rpm/rpmdb.sqlite", "one"),
                ("usr/lib/sysimage/rpm/rpmdb.sqlite-wal", "log"),
            ],
            &[("usr/lib/sysimage/rpm/rpmdb.sqlite", "two"), ("usr/lib/sysimage/rpm/.wh.rpmdb.sqlite-wal", "")],
        ],
    );
    let error = try_look(&layout.reference("x"), &Options::default()).unwrap_err();
    assert_eq!((error.kind(), error.at_path()), (Kind::Unsupported, Some("usr/lib/sysimage/rpm/rpmdb.sqlite")));
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let notes = std::sync::Arc::clone(&seen);
    let rpm = move |database: &reposnap_image::rpm_files::RpmDatabase| {
        let wal = database.wal.as_deref().map(String::from_utf8_lossy).unwrap_or_default().into_owned();
        notes.lock().unwrap().push(format!("{} {}", String::from_utf8_lossy(&database.main), wal));
        Ok(Vec::new())
    };
    let options = Options { rpm: Some(std::sync::Arc::new(rpm)), ..Options::default() };
    let read = try_look(&layout.reference("x"), &options).unwrap();
    // Once for each state, and once for the folder and the link to it.
    assert_eq!(*seen.lock().unwrap(), ["one log", "two "]);
    assert_eq!(read.inventory.databases.len(), 1);
    assert_eq!(read.inventory.databases[0].format, "sqlite");
    assert_eq!(read.states.len(), 2);
}
