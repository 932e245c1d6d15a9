//! Small archives, as lists that apt has already fetched, and the universe of the same lists.

use std::fmt::Write as _;
use std::fs;

use reposnap::resolve::{Builder, Origin, Universe};
use reposnap_tests::apt::Apt;

pub const ARCHITECTURES: [&str; 2] = ["amd64", "i386"];

/// An index of packages: its place in apt's sources, what its Release says, and its stanzas.
#[derive(Clone)]
pub struct List {
    pub uri: &'static str,
    /// The folder below `dists`.
    pub suite: &'static str,
    pub origin: Origin,
    pub stanzas: String,
}

/// A package's stanza.
pub fn stanza(name: &str, version: &str, architecture: &str, more: &str) -> String {
    format!(
        "Package: {name}\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: x <x@example.org>\n\
         Description: x\nFilename: pool/{name}_{version}_{architecture}.deb\nSize: 1000\n{more}\n"
    )
}

impl List {
    /// A list whose Release names Debian, the suite, and a codename made of it.
    pub fn new(uri: &'static str, suite: &'static str, component: &str, architecture: &str) -> Self {
        let host = uri.strip_prefix("http://").and_then(|rest| rest.split('/').next());
        let origin = Origin {
            origin: "Debian".to_owned(),
            label: "Debian".to_owned(),
            suite: suite.to_owned(),
            codename: format!("{suite}-name"),
            version: "12.1".to_owned(),
            component: component.to_owned(),
            architecture: architecture.to_owned(),
            site: host.unwrap_or_default().to_owned(),
            ..Origin::default()
        };
        Self { uri, suite, origin, stanzas: String::new() }
    }

    /// The beginning of the names of its files.
    fn file(&self) -> String {
        let bare = self.uri.trim_start_matches("http://").trim_start_matches("file:");
        format!("{bare}/dists/{}", self.suite).replace('/', "_")
    }

    fn release(&self, components: &[&str]) -> String {
        let Origin { origin, label, suite, codename, version, not_automatic, but_automatic_upgrades, .. } =
            &self.origin;
        let yes = |flag: bool| if flag { "yes" } else { "" };
        let mut text = String::new();
        for (name, value) in [
            ("Origin", origin.as_str()),
            ("Label", label),
            ("Suite", suite),
            ("Codename", codename),
            ("Version", version),
            ("NotAutomatic", yes(*not_automatic)),
            ("ButAutomaticUpgrades", yes(*but_automatic_upgrades)),
        ] {
            if !value.is_empty() {
                writeln!(text, "{name}: {value}").unwrap();
            }
        }
        writeln!(text, "Date: Sat, 01 Jan 2022 00:00:00 UTC\nComponents: {}\nSHA256:", components.join(" ")).unwrap();
        for component in components {
            for architecture in ARCHITECTURES {
                writeln!(text, " {} 10 {component}/binary-{architecture}/Packages", "0".repeat(64)).unwrap();
            }
        }
        text
    }
}

/// An apt that has these lists and this status; those of one suite stand together, its components in a row.
pub fn apt(lists: &[List], status: &str) -> Apt {
    let apt = Apt::new();
    apt.configure("#clear APT::Architectures;\nAPT::Architectures { \"amd64\"; \"i386\"; };");
    let folder = apt.root().join("var/lib/apt/lists");
    let mut sources = String::new();
    let mut suites: Vec<&List> = Vec::new();
    for list in lists {
        if !suites.iter().any(|other| (other.uri, other.suite) == (list.uri, list.suite)) {
            suites.push(list);
        }
        let Origin { component, architecture, .. } = &list.origin;
        let name = format!("{}_{component}_binary-{architecture}_Packages", list.file());
        fs::write(folder.join(name), &list.stanzas).unwrap();
    }
    for suite in suites {
        let same = lists.iter().filter(|other| (other.uri, other.suite) == (suite.uri, suite.suite));
        let mut components: Vec<&str> = same.map(|list| list.origin.component.as_str()).collect();
        components.dedup();
        fs::write(folder.join(format!("{}_Release", suite.file())), suite.release(&components)).unwrap();
        writeln!(sources, "deb [trusted=yes] {} {} {}", suite.uri, suite.suite, components.join(" ")).unwrap();
    }
    apt.set_source(&sources);
    apt.set_installed(status);
    apt
}

/// The universe of the same.
pub fn universe(lists: &[List], status: &str) -> Universe {
    let mut builder = Builder::new("amd64", &["i386"]).unwrap();
    for list in lists {
        builder.index(list.origin.clone(), list.stanzas.as_bytes()).unwrap();
    }
    builder.status(status.as_bytes()).unwrap();
    builder.finish().unwrap()
}
