//! Small archives in which each rule decides something.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::super::policy::{Automatic, Policy};
use super::super::{Builder, Origin, goals};
use super::*;

/// Stanzas from lines such as `a 1; Depends: b (>= 2)`, and what is installed as a status file.
fn universe(lines: &[&str], installed: &[&str]) -> Universe {
    let stanza = |line: &&str| {
        let mut parts = line.split("; ");
        let (name, version) = parts.next().unwrap().split_once(' ').unwrap();
        let mut text = format!("Package: {name}\nVersion: {version}\nArchitecture: amd64\n");
        parts.for_each(|field| text += &format!("{field}\n"));
        text
    };
    let mut builder = Builder::new("amd64", &[]).unwrap();
    let text = lines.iter().map(stanza).collect::<Vec<_>>().join("\n");
    builder.index(Origin::default(), text.as_bytes()).unwrap();
    if !installed.is_empty() {
        let status = |line: &&str| stanza(line) + "Status: install ok installed\n";
        builder.status(installed.iter().map(status).collect::<Vec<_>>().join("\n").as_bytes()).unwrap();
    }
    builder.finish().unwrap()
}

fn words(universe: &Universe, candidates: &Candidates, names: &str, recommends: bool) -> String {
    let names: Vec<String> = names.split(' ').map(str::to_owned).collect();
    let plan = match apt3(universe, candidates, &goals(universe, &names).unwrap(), recommends) {
        Ok(plan) => plan,
        Err(error) => return error.message().to_owned(),
    };
    let mut words: Vec<String> = plan.install.iter().map(|version| universe.show(*version)).collect();
    words.extend(plan.remove.iter().map(|package| format!("-{}", universe.show_package(*package))));
    words.sort();
    words.join(", ")
}

/// The plan in words.
fn chosen(universe: &Universe, names: &str) -> String {
    words(universe, &Candidates::new(universe), names, true)
}

#[test]
fn needs_are_followed_and_suggestions_are_not() {
    let lines = ["a 1; Pre-Depends: b; Depends: c; Recommends: d; Suggests: e", "b 1", "c 1", "d 1", "e 1", "f 1"];
    let universe = universe(&lines, &[]);
    assert_eq!(chosen(&universe, "a"), "a 1, b 1, c 1, d 1");
    assert_eq!(words(&universe, &Candidates::new(&universe), "a", false), "a 1, b 1, c 1");
}

#[test]
fn of_equal_providers_the_first_by_name_is_taken() {
    let lines = ["a 1; Depends: mta", "y 1; Provides: mta", "x 1; Provides: mta"];
    assert_eq!(chosen(&universe(&lines, &[]), "a"), "a 1, x 1");
    // A better priority counts for more than the name.
    let lines =
        ["a 1; Depends: mta", "y 1; Provides: mta; Priority: standard", "x 1; Provides: mta; Priority: optional"];
    assert_eq!(chosen(&universe(&lines, &[]), "a"), "a 1, y 1");
    // So does being there.
    assert_eq!(chosen(&universe(&["a 1; Depends: x | y", "x 1", "y 1"], &["y 1"]), "a"), "a 1");
}

#[test]
fn what_has_one_answer_only_is_decided_before_what_has_several() {
    // The classic solver would take b for `b | c` before it sees that c is needed anyway.
    let lines = ["a 1; Depends: b | c, d", "b 1", "c 1", "d 1; Depends: c"];
    assert_eq!(chosen(&universe(&lines, &[]), "a"), "a 1, c 1, d 1");
    // Recommendations come last, so that the one of r is met by what d needs.
    let lines = ["a 1; Recommends: b | c; Depends: d | e", "b 1", "c 1", "d 1; Depends: c", "e 1"];
    assert_eq!(chosen(&universe(&lines, &[]), "a"), "a 1, c 1, d 1");
}

#[test]
fn what_leads_nowhere_is_taken_back() {
    let lines = ["a 1; Depends: b | c", "b 1; Depends: x | y", "x 1; Conflicts: a", "y 1; Conflicts: a", "c 1"];
    assert_eq!(chosen(&universe(&lines, &[]), "a"), "a 1, c 1");
    // A recommendation that can't be met is left out.
    let lines = ["a 1; Recommends: b", "b 1; Depends: c | d", "c 1; Conflicts: a", "d 1; Breaks: a"];
    assert_eq!(chosen(&universe(&lines, &[]), "a"), "a 1");
    let lines = ["a 1; Recommends: b", "b 1; Depends: missing"];
    assert_eq!(chosen(&universe(&lines, &[]), "a"), "a 1");
}

#[test]
fn what_is_impossible_is_told_with_its_relations() {
    let lines = ["a 1; Depends: b (>= 2)", "b 1", "c 1; Conflicts: d", "d 1", "e 1; Depends: c"];
    let universe = universe(&lines, &[]);
    let start = "what is asked for can't be installed: ";
    assert_eq!(chosen(&universe, "a"), format!("{start}a 1 Depends b (>= 2), which nothing gives"));
    let message = chosen(&universe, "d e");
    assert!(message.contains("c Conflicts d") && message.contains("e Depends c"), "{message}");
    // The order of the names is of no account.
    assert_eq!(message, chosen(&universe, "e d"));
}

#[test]
fn what_is_installed_stays_as_it_is() {
    let lines = ["a 2; Depends: b (>= 2)", "b 2", "c 2", "n 1; Depends: c"];
    let universe = universe(&lines, &["a 1; Depends: b", "b 1", "c 1"]);
    assert_eq!(chosen(&universe, "n"), "n 1");
    assert_eq!(chosen(&universe, "a"), "a 2, b 2");
}

#[test]
fn what_is_of_the_same_source_is_upgraded_together() {
    let lines = ["a 2; Source: s", "b 2; Source: s", "c 2", "n 2; Source: s"];
    let universe = universe(&lines, &["a 1; Source: s", "b 1; Source: s", "c 1"]);
    assert_eq!(chosen(&universe, "a"), "a 2, b 2");
    assert_eq!(chosen(&universe, "n"), "a 2, b 2, n 2");
}

#[test]
fn what_came_along_gives_way_before_what_was_asked_for() {
    let lines = ["n 1; Depends: x | y", "x 1; Conflicts: m", "y 1; Conflicts: o", "m 1", "o 1"];
    let universe = universe(&lines, &["m 1", "o 1"]);
    let automatic = Automatic::parse(b"Package: o\nArchitecture: amd64\nAuto-Installed: 1\n", "states").unwrap();
    let candidates = Candidates::with(&universe, &Policy { automatic, ..Policy::default() }).unwrap();
    assert_eq!(words(&universe, &candidates, "n", true), "-o, n 1, y 1");
}

#[test]
fn a_version_that_is_asked_for_takes_the_candidates_place() {
    let lines = ["a 2", "a 1; Depends: b (= 1)", "b 2", "b 1"];
    let universe = universe(&lines, &[]);
    // b has a candidate of its own, and others are not considered.
    assert_eq!(
        chosen(&universe, "a=1"),
        "what is asked for can't be installed: a 1 Depends b (= 1), which nothing gives"
    );
    assert_eq!(chosen(&universe, "a=1 b=1"), "a 1, b 1");
}
