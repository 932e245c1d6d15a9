//! Every form that a record may have, one at a time.

use crate::archive::{self, List, stanza};
use crate::compare::Machine;
use crate::forms::{DEFAULT_RELEASES, FILES, PINS, PRIORITIES, VERSIONS, WORDS};
use crate::names;

const HERE: &str = "http://deb.example.org/debian";

fn lists() -> Vec<List> {
    let mut lists = Vec::new();
    let mut add = |suite: &'static str, version: &str, native: &[(&str, &str, &str)], foreign: &[(&str, &str)]| {
        let mut pair = archive::ARCHITECTURES.map(|architecture| List::new(HERE, suite, "main", architecture));
        for (name, number, more) in native {
            let architecture = if *name == "al" { "all" } else { "amd64" };
            pair[0].stanzas.push_str(&stanza(name, number, architecture, more));
        }
        for (name, number) in foreign {
            pair[1].stanzas.push_str(&stanza(name, number, "i386", ""));
        }
        for list in &mut pair {
            list.origin.version = version.to_owned();
            if suite == "testing" {
                list.origin.codename = "trixie".to_owned();
            }
        }
        lists.extend(pair);
    };
    let plain = |names: &[&'static str], version: &'static str| -> Vec<(&str, &str, &str)> {
        names.iter().map(|name| (*name, version, "")).collect()
    };
    add("stable", "12.1", &plain(&["a", "b", "bb", "libc++", "c", "al"], "1"), &[("b", "1"), ("f", "1")]);
    let updates = [("b", "1.2~B", ""), ("d", "2", "Source: cs\n"), ("e", "2", "Source: cs (9)\n"), ("al", "2", "")];
    add("stable/updates", "12-A", &updates, &[]);
    add("testing", "13.x/y", &plain(&["a", "b", "bb", "c"], "2"), &[("b", "2"), ("f", "2")]);
    add("7", "", &plain(&["a", "z"], "2.1"), &[]);
    let mut local = List::new("file:/srv/local", "unnamed", "main", "amd64");
    local.origin.site.clear();
    local.stanzas = ["a", "b", "c"].map(|name| stanza(name, "0.5", "amd64", "")).concat();
    lists.push(local);
    lists
}

const STATUS: &str = "Package: a\nStatus: install ok installed\nVersion: 1.5\nArchitecture: amd64\n\n\
                      Package: c\nStatus: install ok installed\nVersion: 3\nArchitecture: amd64\nSource: cs (9)\n\n";

fn on_one_machine(each: impl FnOnce(&dyn Fn(&str, &str))) {
    let (lists, names) = (lists(), names(&["a", "b", "bb", "libc++", "c", "al", "d", "e", "f", "z"]));
    let (apt, universe) = (archive::apt(&lists, STATUS), archive::universe(&lists, STATUS));
    let machine = Machine { apt: &apt, universe: &universe, names: &names };
    each(&|preferences, release| machine.compare(preferences, release, "crafted"));
}

fn record(package: &str, pin: &str, priority: &str) -> String {
    format!("Package: {package}\nPin: {pin}\nPin-Priority: {priority}\n")
}

#[test]
fn words_name_what_they_name_to_apt() {
    on_one_machine(|compare| {
        for word in WORDS {
            compare(&record(word, "version *", "700"), "");
        }
        for version in VERSIONS {
            compare(&record("b a al", &format!("version {version}"), "700"), "");
        }
    });
}

#[test]
fn pins_match_what_they_match_to_apt() {
    on_one_machine(|compare| {
        for pin in PINS {
            compare(&record("*", pin, "700"), "");
            compare(&record("a b c al", pin, "1000"), "");
        }
    });
}

#[test]
fn files_and_priorities_are_read_as_apt_reads_them() {
    on_one_machine(|compare| {
        for file in FILES {
            compare(file, "");
        }
        for priority in PRIORITIES {
            compare(&record("a b", "version 1*", priority), "");
            compare(&record("*", "release a=stable", priority), "");
        }
    });
}

#[test]
fn default_releases_are_what_they_are_to_apt() {
    on_one_machine(|compare| {
        for release in DEFAULT_RELEASES {
            compare("", release);
            compare(&record("*", "release a=stable", "600"), release);
        }
    });
}
