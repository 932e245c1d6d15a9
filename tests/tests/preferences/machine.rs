//! What a machine has: dpkg's status, apt's extended states, several files of preferences.

use std::fs;

use reposnap::resolve::{Automatic, Builder, Candidates, Policy, Preferences};
use reposnap_tests::process::{capture, succeed};

use crate::archive::{self, List, stanza};

fn stable(names: &[&str]) -> List {
    let mut list = List::new("http://deb.example.org/debian", "stable", "main", "amd64");
    list.stanzas = names.iter().map(|name| stanza(name, "2", "amd64", "")).collect();
    list
}

#[test]
fn states_of_dpkg_are_what_they_are_to_apt() {
    let lists = [stable(&["z"])];
    let mut refused = 0;
    for state in [
        "install ok installed",
        "install ok unpacked",
        "install ok half-configured",
        "install ok half-installed",
        "install ok triggers-awaited",
        "install ok triggers-pending",
        "install ok config-files",
        "install ok not-installed",
        "deinstall ok config-files",
        "deinstall ok installed",
        "purge ok not-installed",
        "hold ok installed",
        "hold ok config-files",
        "install reinstreq installed",
        "install reinstreq half-installed",
        "unknown ok installed",
        "Install OK Installed",
        "hold",
        "",
        "install ok",
        "install ok foo",
        "foo ok installed",
        "install foo installed",
        "install ok installed extra",
        "hold-reinstreq ok installed",
    ] {
        let status = format!("Package: z\nStatus: {state}\nVersion: 1\nArchitecture: amd64\n\n");
        let apt = archive::apt(&lists, &status);
        let theirs = capture(apt.command("apt-cache").args(["policy", "z"]));
        let mut builder = Builder::new("amd64", &["i386"]).unwrap();
        builder.index(lists[0].origin.clone(), lists[0].stanzas.as_bytes()).unwrap();
        if !theirs.status.success() {
            let error = builder.status(status.as_bytes()).unwrap_err();
            assert_eq!((error.at_path(), error.at_line(), error.at_field()), (Some("z"), Some(1), Some("Status")));
            refused += 1;
            continue;
        }
        builder.status(status.as_bytes()).unwrap();
        let universe = builder.finish().unwrap();
        let candidates = Candidates::new(&universe);
        let package = universe.find_package("z", 1).unwrap();
        let text = |version: Option<u32>| version.map_or("(none)", |version| universe.version_text(version));
        let told = format!(
            "Installed: {}\n  Candidate: {}\n",
            text(candidates.installed(package)),
            text(candidates.candidate(package))
        );
        assert!(theirs.text().contains(&told), "{state}: {told}{}", theirs.text());
        let holds = succeed(apt.command("apt-mark").arg("showhold")).text();
        if candidates.installed(package).is_some() {
            assert_eq!(holds.contains('z'), candidates.is_held(package), "{state}");
        }
    }
    assert_eq!(refused, 8);
}

#[test]
fn an_installed_version_that_an_archive_has_too_is_held() {
    let status = "Package: z\nStatus: hold ok installed\nVersion: 2\nArchitecture: amd64\n\n";
    for first in [true, false] {
        let list = stable(&["z"]);
        let mut builder = Builder::new("amd64", &[]).unwrap();
        if first {
            builder.status(status.as_bytes()).unwrap();
        }
        builder.index(list.origin.clone(), list.stanzas.as_bytes()).unwrap();
        if !first {
            builder.status(status.as_bytes()).unwrap();
        }
        let universe = builder.finish().unwrap();
        assert_eq!(universe.version_count(), 1);
        assert!(universe.is_held(0) && Candidates::new(&universe).is_held(0));
    }
}

#[test]
fn extended_states_are_what_they_are_to_apt() {
    let installed = [
        ("a", "amd64"),
        ("b", "all"),
        ("c", "amd64"),
        ("d", "i386"),
        ("e", "amd64"),
        ("e", "i386"),
        ("f", "i386"),
        ("g", "all"),
        ("h", "i386"),
        ("i", "amd64"),
        ("j", "all"),
        ("k", "amd64"),
        ("l", "amd64"),
        ("m", "amd64"),
        ("n", "amd64"),
        ("o", "amd64"),
        ("p", "amd64"),
        ("q", "amd64"),
        ("q", "i386"),
    ];
    let status: String = installed
        .iter()
        .map(|(name, own)| {
            format!("Package: {name}\nStatus: install ok installed\nVersion: 1\nArchitecture: {own}\n\n")
        })
        .collect();
    let extended: String = [
        ("a", "amd64", "1"),
        ("b", "amd64", "1"),
        ("c", "", "1"),
        ("d", "", "1"),
        ("e", "i386", "1"),
        ("f", "amd64", "1"),
        ("g", "i386", "1"),
        ("h", "all", "1"),
        ("i", "arm64", "1"),
        ("j", "all", "1"),
        ("k", "amd64", "1"),
        ("k", "amd64", "0"),
        ("l", "amd64", "0"),
        ("l", "amd64", "1"),
        ("m", "amd64", "0"),
        ("n", "amd64", "2"),
        ("o", "amd64", "yes"),
        ("p", "amd64", "-1"),
        ("q", "", "1"),
        ("nothing", "amd64", "1"),
    ]
    .iter()
    .map(|(name, own, state)| {
        let own = if own.is_empty() { String::new() } else { format!("Architecture: {own}\n") };
        format!("Package: {name}\n{own}Auto-Installed: {state}\n\n")
    })
    .collect();
    let lists = [stable(&["z"])];
    let apt = archive::apt(&lists, &status);
    fs::write(apt.root().join("var/lib/apt/extended_states"), &extended).unwrap();
    let theirs = succeed(apt.command("apt-mark").arg("showauto")).text();
    let mut theirs: Vec<&str> = theirs.lines().collect();
    theirs.sort_unstable();
    let universe = archive::universe(&lists, &status);
    let policy = Policy { automatic: Automatic::parse(extended.as_bytes(), "x").unwrap(), ..Policy::default() };
    let candidates = Candidates::with(&universe, &policy).unwrap();
    let automatic = (0..universe.package_count()).filter(|package| candidates.is_automatic(*package));
    let mut ours: Vec<String> = automatic.map(|package| universe.show_package(package)).collect();
    ours.sort_unstable();
    assert_eq!(theirs, ours);
    assert!(ours.len() > 5);
    for bad in ["garbage\n", "Auto-Installed: 1\n"] {
        let error = Automatic::parse(bad.as_bytes(), "extended_states").unwrap_err();
        assert_eq!((error.at_path(), error.at_line()), (Some("extended_states"), Some(1)));
    }
}

#[test]
fn the_main_file_comes_before_the_others() {
    let mut lists = [stable(&["z"])];
    lists[0].stanzas.push_str(&stanza("z", "1", "amd64", ""));
    let apt = archive::apt(&lists, "");
    let record =
        |priority: i32, version: &str| format!("Package: z\nPin: version {version}\nPin-Priority: {priority}\n");
    let files = [
        ("preferences", record(600, "1")),
        ("preferences.d/a.pref", record(300, "2")),
        ("preferences.d/x", record(700, "*")),
    ];
    let mut policy = Policy::default();
    for (name, text) in &files {
        fs::write(apt.root().join("etc/apt").join(name), text).unwrap();
        policy.preferences.push(Preferences::parse(text.as_bytes(), name).unwrap());
    }
    let universe = archive::universe(&lists, "");
    let candidates = Candidates::with(&universe, &policy).unwrap();
    let candidate = candidates.candidate(universe.find_package("z", 1).unwrap());
    assert_eq!(apt.candidate("z").as_deref(), candidate.map(|version| universe.version_text(version)));
    assert_eq!((candidates.priority(0), candidates.priority(1), candidates.priority(2)), (300, 600, 0));
}
