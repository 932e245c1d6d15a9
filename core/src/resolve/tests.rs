//! Small archives in which each rule decides something.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;
use crate::Kind;

/// Stanzas from lines such as `a 1; Depends: b (>= 2)`, and what is installed as a status file.
fn universe(lines: &[&str], installed: &[&str]) -> Universe {
    let stanza = |line: &&str| {
        let mut parts = line.split("; ");
        let (name, version) = parts.next().unwrap().split_once(' ').unwrap();
        let mut text = format!("Package: {name}\nVersion: {version}\n");
        if !line.contains("; Architecture: ") {
            text += "Architecture: amd64\n";
        }
        parts.for_each(|field| text += &format!("{field}\n"));
        text
    };
    let mut builder = Builder::new("amd64", &["i386"]).unwrap();
    let text = lines.iter().map(stanza).collect::<Vec<_>>().join("\n");
    builder.index(Origin::default(), text.as_bytes()).unwrap();
    if !installed.is_empty() {
        let status = |line: &&str| stanza(line) + "Status: install ok installed\n";
        builder.status(installed.iter().map(status).collect::<Vec<_>>().join("\n").as_bytes()).unwrap();
    }
    builder.finish().unwrap()
}

fn plan(universe: &Universe, names: &[&str]) -> Plan {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    classic(universe, &Candidates::new(universe), &goals(universe, &names).unwrap(), true)
}

/// The plan in words.
fn chosen(universe: &Universe, names: &[&str]) -> String {
    let plan = plan(universe, names);
    let mut words: Vec<String> = plan.install.iter().map(|version| universe.show(*version)).collect();
    words.extend(plan.remove.iter().map(|package| format!("-{}", universe.show_package(*package))));
    words.extend(
        plan.broken.iter().map(|(version, dep)| format!("!{} {}", universe.show(*version), universe.dep_text(*dep))),
    );
    words.sort();
    words.join(", ")
}

#[test]
fn needs_are_followed_and_suggestions_are_not() {
    let universe = universe(
        &["a 1; Pre-Depends: b; Depends: c; Recommends: d; Suggests: e", "b 1", "c 1", "d 1", "e 1", "f 1"],
        &[],
    );
    assert_eq!(chosen(&universe, &["a"]), "a 1, b 1, c 1, d 1");
    // What is asked for besides is suggested as well, and stays.
    assert_eq!(chosen(&universe, &["a", "e"]), "a 1, b 1, c 1, d 1, e 1");
}

#[test]
fn of_equal_providers_the_one_that_was_seen_last_is_taken() {
    let lines = ["a 1; Depends: mta", "x 1; Provides: mta", "y 1; Provides: mta"];
    assert_eq!(chosen(&universe(&lines, &[]), &["a"]), "a 1, y 1");
    let seen_before = ["b 1; Suggests: y", "a 1; Depends: mta", "x 1; Provides: mta", "y 1; Provides: mta"];
    assert_eq!(chosen(&universe(&seen_before, &[]), &["a"]), "a 1, x 1");
    // A package of the name itself goes before all who provide it, and a better priority before that order.
    let real = ["a 1; Depends: mta", "mta 1", "y 1; Provides: mta"];
    assert_eq!(chosen(&universe(&real, &[]), &["a"]), "a 1, mta 1");
    let better =
        ["a 1; Depends: mta", "x 1; Provides: mta; Priority: standard", "y 1; Provides: mta; Priority: optional"];
    assert_eq!(chosen(&universe(&better, &[]), &["a"]), "a 1, x 1");
}

#[test]
fn what_is_provided_without_a_version_meets_no_version() {
    let lines = ["a 1; Depends: lib (>= 1) | b", "b 1", "x 1; Provides: lib", "y 1; Provides: lib (= 0.9)"];
    assert_eq!(chosen(&universe(&lines, &[]), &["a"]), "a 1, b 1");
    let lines = ["a 1; Depends: lib (>= 1) | b", "b 1", "y 1; Provides: lib (= 1:0)"];
    assert_eq!(chosen(&universe(&lines, &[]), &["a"]), "a 1, y 1");
}

#[test]
fn alternatives_are_tried_in_turn_and_what_cannot_be_had_is_left_out() {
    let lines =
        ["a 1; Depends: b | c; Recommends: d, e", "b 1; Depends: nothing", "c 1", "d 1; Depends: nothing", "e 1"];
    assert_eq!(chosen(&universe(&lines, &[]), &["a"]), "a 1, c 1, e 1");
    let hopeless = universe(&["a 1; Depends: b (>= 2)", "b 1"], &[]);
    assert_eq!(chosen(&hopeless, &["a"]), "!a 1 b (>= 2), a 1");
}

#[test]
fn conflicts_end_in_favour_of_what_counts_for_more() {
    // Two that come along and conflict: the one that others need stays.
    let lines = ["a 1; Depends: x; Recommends: y", "x 1; Breaks: y (<< 2)", "y 1", "b 1; Depends: x"];
    assert_eq!(chosen(&universe(&lines, &[]), &["a", "b"]), "a 1, b 1, x 1");
    // What was asked for is never given up for what came along.
    let lines = ["a 1; Recommends: y", "y 1; Conflicts: a", "z 1"];
    assert_eq!(chosen(&universe(&lines, &[]), &["a"]), "a 1");
    // A package may conflict with what it provides itself.
    let lines = ["a 1; Provides: mta; Conflicts: mta", "b 1; Provides: mta"];
    assert_eq!(chosen(&universe(&lines, &[]), &["a"]), "a 1");
}

#[test]
fn installed_packages_are_kept_upgraded_or_removed() {
    let lines = ["a 2; Depends: b (>= 2)", "b 2; Source: s (2)", "c 2; Source: s (2)", "d 2", "e 1; Conflicts: d"];
    let installed = ["b 1; Source: s (1)", "c 1; Source: s (1)", "d 2"];
    let universe = universe(&lines, &installed);
    // Other packages of a source package that is upgraded move with it.
    assert_eq!(chosen(&universe, &["a"]), "a 2, b 2, c 2");
    assert_eq!(chosen(&universe, &["e"]), "-d, e 1");
    assert_eq!(chosen(&universe, &["d"]), "");
    // What is installed and newer stays.
    let newer = self::universe(&["a 1; Depends: b", "b 1"], &["b 2"]);
    assert_eq!(chosen(&newer, &["a", "b"]), "a 1");
}

#[test]
fn architectures() {
    let lines = [
        "a 1; Depends: tool",
        "l 1; Depends: lib",
        "tool 1; Architecture: i386; Multi-Arch: foreign",
        "lib 1; Architecture: i386",
        "script 1; Depends: python:any",
        "python 3; Multi-Arch: allowed",
        "other 1; Depends: perl:any",
        "perl 5",
    ];
    let universe = universe(&lines, &[]);
    assert_eq!(chosen(&universe, &["a"]), "a 1, tool:i386 1");
    assert_eq!(chosen(&universe, &["l"]), "!l 1 lib, l 1");
    assert_eq!(chosen(&universe, &["script"]), "python 3, script 1");
    assert_eq!(chosen(&universe, &["other"]), "!other 1 perl:any, other 1");
    assert_eq!(chosen(&universe, &["lib"]), "lib:i386 1");
}

#[test]
fn reasons_are_the_shortest_way() {
    let universe = universe(&["a 1; Depends: b, c", "b 1; Depends: c", "c 1; Recommends: d", "d 1"], &[]);
    let names = ["a".to_owned()];
    let goals = goals(&universe, &names).unwrap();
    let plan = classic(&universe, &Candidates::new(&universe), &goals, true);
    let reasons = reasons(&universe, &goals, &plan.install);
    let d = plan.install.iter().copied().find(|version| universe.show(*version) == "d 1").unwrap();
    let told: Vec<String> = chain(&reasons, d)
        .into_iter()
        .filter_map(|(_, reason)| reason)
        .map(|reason| format!("{} {}", universe.show(reason.of), universe.dep_text(reason.dep)))
        .collect();
    assert_eq!(told, ["a 1 c", "c 1 d"]);
    assert_eq!(reasons[&plan.install[0]], None);
}

#[test]
fn the_closure_has_every_alternative() {
    let universe =
        universe(&["a 1; Depends: b | mta; Recommends: r", "b 1; Conflicts: x", "x 1; Provides: mta", "r 1"], &[]);
    let goals = goals(&universe, &["a".to_owned()]).unwrap();
    let candidates = Candidates::new(&universe);
    let show = |recommends| {
        let all = closure(&universe, &candidates, &goals, recommends);
        all.iter().map(|version| universe.show(*version)).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(show(false), "a 1, b 1, x 1");
    assert_eq!(show(true), "a 1, b 1, r 1, x 1");
}

#[test]
fn cycles_and_long_chains_end() {
    let lines: Vec<String> = (0..5000).map(|at| format!("p{at} 1; Depends: p{}", (at + 1) % 5000)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let universe = universe(&lines, &[]);
    // Beyond the depth that apt goes to, nothing is promised but an end.
    assert!(!plan(&universe, &["p0"]).install.is_empty());
}

#[test]
fn a_universe_comes_back_and_damage_is_told() {
    let universe = universe(&["a 1; Depends: b | c (>= 2)", "c 3; Source: s (4); Provides: d (= 5)"], &[]);
    let bytes = universe.as_bytes().clone();
    let again = Universe::from_bytes(bytes.clone()).unwrap();
    assert_eq!(again.as_bytes(), &bytes);
    let dep = again.deps_of(again.versions_of(again.find_package("a", 1).unwrap()).start)[0];
    assert_eq!(again.dep_text(dep), "b | c (>= 2)");
    let c = again.versions_of(again.find_package("c", 1).unwrap()).start;
    assert_eq!(again.source_of(c), ("s", "4"));
    assert_eq!(
        again.provides_of(c).map(|(name, version)| (again.name_text(name), version)).collect::<Vec<_>>(),
        [("d", "5")]
    );
    for cut in [0, 3, 7, 39, 60, bytes.len() - 1] {
        assert_ne!(Universe::from_bytes(bytes.slice(..cut)).unwrap_err().kind(), Kind::Internal);
    }
    let mut newer = bytes.to_vec();
    newer[4] = 99;
    assert_eq!(Universe::from_bytes(newer.into()).unwrap_err().kind(), Kind::Format);
    let mut altered = bytes.to_vec();
    *altered.last_mut().unwrap() ^= 1;
    assert_eq!(Universe::from_bytes(altered.into()).unwrap_err().kind(), Kind::Verification);
}

/// Asks a universe everything there is to ask.
fn walk(universe: &Universe) -> usize {
    let mut length = 0;
    // One more than there are: numbers that mean nothing are not asked for, and harm nobody.
    for version in 0..=universe.version_count() {
        length += universe.show(version).len() + universe.source_of(version).0.len();
        length += universe.file_of(version).map_or(0, |file| file.len()) + universe.lists_of(version).len();
        length += universe
            .provides_of(version)
            .map(|(name, text)| universe.name_text(name).len() + text.len())
            .sum::<usize>();
        length += universe.deps_of(version).iter().map(|dep| universe.dep_text(*dep).len()).sum::<usize>();
        for atom in universe.atoms_answered_by(version) {
            length += universe.deps_with(*atom).iter().map(|dep| universe.versions_with(*dep).len()).sum::<usize>();
        }
    }
    let candidates = Candidates::new(universe);
    for package in 0..universe.package_count() {
        let goals = [Goal { package, version: None }];
        length += classic(universe, &candidates, &goals, true).install.len();
        length += closure(universe, &candidates, &goals, true).len();
    }
    length + universe.names_from("").filter(|name| universe.find_name(universe.name_text(*name)).is_some()).count()
}

#[test]
fn a_universe_that_lies_does_no_harm() {
    let lines = [
        "a 1; Depends: b | c (>= 2), d; Filename: pool/a_1_amd64.deb; Size: 4294967296",
        "b 1; Conflicts: d (<< 1); Filename: pool/b.deb",
        "c 3; Source: s (4); Provides: d (= 5); Recommends: a:any",
        "d 0; Architecture: i386; Multi-Arch: foreign",
    ];
    let honest = universe(&lines, &["b 1"]);
    let bytes = honest.as_bytes().to_vec();
    let (mut opened, expected) = (0, walk(&honest));
    for at in 24..bytes.len() {
        for value in [0, 1, 2, 7, 128, 255] {
            let mut lying = bytes.clone();
            lying[at] = value;
            super::universe::tables::sum_up(&mut lying);
            if let Ok(universe) = Universe::from_bytes(lying.into()) {
                opened += 1;
                walk(&universe);
            }
        }
    }
    assert!(opened > 0);
    assert_eq!(walk(&Universe::from_bytes(bytes.into()).unwrap()), expected);
}

#[test]
fn what_can_not_be_read_is_told_with_package_and_field() {
    let mut builder = Builder::new("amd64", &[]).unwrap();
    let error =
        builder.index(Origin::default(), b"Package: a\nVersion: 1\nArchitecture: amd64\nDepends: b (1)\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "a:1: Depends: \"b (1)\" is no relation: at byte 4 there must be an operator such as >="
    );
    let error = builder.index(Origin::default(), b"Package: a\nArchitecture: amd64\n").unwrap_err();
    assert_eq!((error.kind(), error.at_field()), (Kind::Malformed, Some("Version")));
    let alternatives = "x|".repeat(5000) + "x";
    let text = format!("Package: a\nVersion: 1\nArchitecture: amd64\nDepends: {alternatives}\n");
    assert_eq!(builder.index(Origin::default(), text.as_bytes()).unwrap_err().kind(), Kind::Limit);
    assert_eq!(Builder::new("any", &[]).err().unwrap().kind(), Kind::Usage);
    assert_eq!(Builder::new("amd64", &["amd64"]).err().unwrap().kind(), Kind::Usage);
}
