//! What apt says of every package, and what the library says, in the same words.

use std::collections::BTreeMap;
use std::fs;

use reposnap::resolve::{Candidates, Origin, Policy, Preferences, Universe};
use reposnap_tests::apt::Apt;
use reposnap_tests::process::{capture, succeed};

/// A package in the words of `apt-cache policy`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Told {
    installed: String,
    candidate: String,
    /// Each version with its priority and the lists that have it, the newest first.
    versions: Vec<(String, i32, Vec<String>)>,
}

/// One machine in both.
pub struct Machine<'a> {
    pub apt: &'a Apt,
    pub universe: &'a Universe,
    pub names: &'a [String],
}

impl Machine<'_> {
    /// Compares everything that the policy decides; `context` is shown where it differs.
    pub fn compare(&self, preferences: &str, default_release: &str, context: &str) {
        fs::write(self.apt.root().join("etc/apt/preferences"), preferences).unwrap();
        let option = format!("APT::Default-Release={default_release}");
        let mut command = self.apt.command("apt-cache");
        let finished = capture(command.args(["-o", &option, "policy"]).args(self.names));
        let transcript =
            format!("{context}\n{preferences}\nAPT::Default-Release {default_release:?}\n{}", finished.stderr);
        let ours = Preferences::parse(preferences.as_bytes(), "preferences").and_then(|preferences| {
            let default_release = Some(default_release.to_owned());
            let policy = Policy { preferences: vec![preferences], default_release, ..Policy::default() };
            Candidates::with(self.universe, &policy)
        });
        if !finished.status.success() || finished.stderr.contains("E: ") {
            assert!(ours.is_err(), "apt refuses it\n{transcript}");
            return;
        }
        let ours = ours.unwrap_or_else(|error| panic!("{error}\n{transcript}"));
        let (theirs, found) = (read(&finished.text()), self.tell(&ours));
        assert!(theirs.values().any(|told| !told.versions.is_empty()), "{transcript}");
        for name in self.names {
            let empty = Told::default();
            let (theirs, found) = (theirs.get(name).unwrap_or(&empty), found.get(name).unwrap_or(&empty));
            assert_eq!(theirs, found, "{name}: apt to the left\n{transcript}");
        }
        self.compare_upgrades(&ours, &option, &transcript);
    }

    /// Which build apt takes where there are several of one version shows in what it upgrades.
    fn compare_upgrades(&self, ours: &Candidates, option: &str, transcript: &str) {
        let mut command = self.apt.command("apt-get");
        command.args(["-o", option, "-s", "-y", "--allow-downgrades", "--no-install-recommends", "dist-upgrade"]);
        let mut theirs: Vec<String> = succeed(&mut command)
            .text()
            .lines()
            .filter_map(|line| line.strip_prefix("Inst ")?.split_once(' '))
            .map(|(name, _)| name.to_owned())
            .collect();
        theirs.sort();
        let upgraded = |package: &u32| {
            let (installed, candidate) = (ours.installed(*package), ours.candidate(*package));
            installed.is_some() && candidate.is_some() && installed != candidate && !ours.is_held(*package)
        };
        let packages = (0..self.universe.package_count()).filter(upgraded);
        let mut found: Vec<String> = packages.map(|package| self.universe.show_package(package)).collect();
        found.sort();
        assert_eq!(theirs, found, "upgrades: apt to the left\n{transcript}");
    }

    fn tell(&self, ours: &Candidates) -> BTreeMap<String, Told> {
        let universe = self.universe;
        let text =
            |version: Option<u32>| version.map_or("(none)".to_owned(), |id| universe.version_text(id).to_owned());
        let packages = (0..universe.package_count()).filter(|package| !universe.versions_of(*package).is_empty());
        packages
            .map(|package| {
                let versions = universe.versions_of(package).map(|version| {
                    let mut lists: Vec<String> = universe
                        .lists_of(version)
                        .iter()
                        .map(|list| place(&universe.lists()[*list as usize]))
                        .collect();
                    lists.sort();
                    (universe.version_text(version).to_owned(), ours.priority(version), lists)
                });
                let told = Told {
                    versions: versions.collect(),
                    installed: text(ours.installed(package)),
                    candidate: text(ours.candidate(package)),
                };
                (universe.show_package(package), told)
            })
            .collect()
    }
}

/// A list as apt names it: `stable/main amd64`.
fn place(list: &Origin) -> String {
    match list.installed {
        true => "status".to_owned(),
        // What apt shows is the suite, or the folder where the Release does not name one.
        false => format!("{}/{} {}", name(list), list.component, list.architecture),
    }
}

fn name(list: &Origin) -> &str {
    if list.suite.is_empty() { "unnamed" } else { &list.suite }
}

/// Reads what `apt-cache policy` prints.
fn read(text: &str) -> BTreeMap<String, Told> {
    let mut all = BTreeMap::new();
    let mut name = String::new();
    for line in text.lines() {
        if !line.starts_with(' ') {
            // One that is asked for by two names is shown twice.
            name = line.trim_end_matches(':').to_owned();
            all.insert(name.clone(), Told::default());
            continue;
        }
        let told: &mut Told = all.entry(name.clone()).or_default();
        let bare = line.trim_start().trim_start_matches("*** ").trim_start();
        let words: Vec<&str> = bare.split(' ').collect();
        match words.as_slice() {
            ["Installed:", version] => told.installed = (*version).to_owned(),
            ["Candidate:", version] => told.candidate = (*version).to_owned(),
            [version, priority] if priority.parse::<i32>().is_ok() => {
                told.versions.push(((*version).to_owned(), priority.parse().unwrap(), Vec::new()));
            }
            [priority, rest @ ..] if priority.parse::<i32>().is_ok() => {
                let place = match rest {
                    [_uri, suite, architecture, "Packages"] => format!("{suite} {architecture}"),
                    _ => "status".to_owned(),
                };
                let (.., lists) = told.versions.last_mut().expect("a version stands before its lists");
                lists.push(place);
                lists.sort();
            }
            _ => {}
        }
    }
    all
}
