#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;

use super::{Options, Report, Together, Which, all, compare, together};
use crate::resolve::{Builder, Origin, Universe};

/// A universe of stanzas on lines: `name version | Field: value | Field: value`.
fn universe(lines: &str) -> Universe {
    let mut text = String::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut parts = line.split(" | ");
        let (name, version) = parts.next().unwrap().split_once(' ').unwrap();
        let (name, architecture) = name.split_once(':').unwrap_or((name, "amd64"));
        writeln!(text, "Package: {name}\nVersion: {version}\nArchitecture: {architecture}").unwrap();
        for field in parts {
            writeln!(text, "{}", field.replace(" or ", " | ")).unwrap();
        }
        text.push('\n');
    }
    let mut builder = Builder::new("amd64", &["i386"]).unwrap();
    builder.index(Origin::default(), text.as_bytes()).unwrap();
    builder.finish().unwrap()
}

fn report(universe: &Universe) -> Report {
    all(universe, &Options { which: Which::All, ..Options::default() }).unwrap()
}

/// What is said of all that can't be installed.
fn words(lines: &str) -> Vec<String> {
    let universe = universe(lines);
    let report = report(&universe);
    report.uninstallable.iter().map(|entry| entry.why.as_ref().unwrap().words(&universe)).collect()
}

#[test]
fn explanations_say_what_there_is_instead() {
    assert_eq!(
        words("a 1 | Depends: b (>= 2)\nb 1\nb 1.5"),
        ["a 1 depends on b (>= 2), and there is only b 1.5 and b 1"]
    );
    assert_eq!(words("a 1 | Depends: b:any\nb 1"), ["a 1 depends on b:any, and b 1 is not for any architecture"]);
    assert_eq!(words("a 1 | Pre-Depends: b or c"), ["a 1 pre-depends on b | c, and nothing provides it"]);
    assert_eq!(
        words("a 1 | Depends: x, m\nx 1 | Breaks: m\nb 2 | Provides: m"),
        ["a 1 depends on x and m (which only b 2 provides); x 1 breaks m, which b 2 provides"]
    );
    assert_eq!(
        words("a 1 | Depends: b (= 1), c\nc 3 | Depends: b (>= 2)\nb 1\nb 2"),
        ["a 1 depends on b (= 1) and c; c 3 depends on b (>= 2); only one of b 2 and b 1 can be installed"]
    );
    assert_eq!(
        words("a 1 | Depends: b, b:i386\nb 1\nb:i386 1"),
        ["a 1 depends on b and b:i386; only one of b 1 and b:i386 1 can be installed"]
    );
    assert!(words("a 1 | Depends: b, b:i386\nb 1 | Multi-Arch: same\nb:i386 1 | Multi-Arch: same").is_empty());
    assert!(words("a 1 | Conflicts: a, m | Provides: m\na:i386 1").is_empty());
}

#[test]
fn a_cause_is_told_once() {
    let universe = universe(
        "a 1 | Depends: x\nb 1 | Depends: a\nc 1 | Depends: b, d\nd 1\ne 1 | Pre-Depends: x\nf 1 | Depends: y (>= 2)\ny 1",
    );
    let report = report(&universe);
    let causes: Vec<(&str, usize)> =
        report.causes.iter().map(|cause| (cause.words.as_str(), cause.versions.len())).collect();
    assert_eq!(causes, [("x is needed, and nothing provides it", 4), ("y (>= 2) is needed, and there is only y 1", 1)]);
    assert_eq!(report.uninstallable.iter().map(|entry| entry.cause.unwrap()).collect::<Vec<_>>(), [0, 0, 0, 0, 1]);
    let documents = report.uninstallable[1].why.as_ref().unwrap().documents(&universe);
    assert_eq!(
        serde_json::to_string(&documents).unwrap(),
        r#"[{"kind":"needs","package":"b","version":"1","field":"Depends","relation":"a","packages":["a 1"]},"#
            .to_owned()
            + r#"{"kind":"missing","package":"a","version":"1","field":"Depends","relation":"x","packages":[]}]"#
    );
}

/// One more pigeon than there are holes: every search takes long, however clever it is.
fn pigeons(holes: usize) -> Universe {
    let mut lines = String::new();
    let all: Vec<String> = (0..=holes).map(|pigeon| format!("pigeon{pigeon}")).collect();
    writeln!(lines, "goal 1 | Depends: {}", all.join(", ")).unwrap();
    for pigeon in 0..=holes {
        let options: Vec<String> = (0..holes).map(|hole| format!("hole{hole} (= {pigeon})")).collect();
        writeln!(lines, "pigeon{pigeon} 1 | Depends: {}", options.join(" or ")).unwrap();
        (0..holes).for_each(|hole| writeln!(lines, "hole{hole} {pigeon}").unwrap());
    }
    universe(&lines)
}

#[test]
fn hard_ones_are_solved_and_too_hard_ones_given_up() {
    let easy = pigeons(5);
    let found = report(&easy);
    assert_eq!(found.uninstallable.iter().map(|entry| easy.show(entry.version)).collect::<Vec<_>>(), ["goal 1"]);
    assert!(found.undecided.is_empty());
    // All pigeons and all holes have a part in it.
    let why = found.uninstallable[0].why.as_ref().unwrap();
    assert!(why.is_minimal);
    assert_eq!(why.facts.len(), 6 + 6 + 5);

    let hard = pigeons(40);
    let options = Options { work: 2_000_000, work_each: 1_000_000, ..Options::default() };
    let found = all(&hard, &options).unwrap();
    assert_eq!(found.undecided.iter().map(|version| hard.show(*version)).collect::<Vec<_>>(), ["goal 1"]);
    let goal = found.undecided[0];
    assert_eq!(together(&hard, &[goal], &options).unwrap(), Together::Undecided);
    let difference = compare(&hard, &hard, &options).unwrap();
    assert_eq!(difference.undecided, [goal]);
}

#[test]
fn long_chains_and_many_versions_are_no_trouble() {
    let mut lines = String::new();
    for at in 0..20_000 {
        writeln!(lines, "p{at} 1 | Depends: p{}", at + 1).unwrap();
    }
    let chain = universe(&lines);
    let found = report(&chain);
    assert_eq!(found.uninstallable.len(), 20_000);
    assert_eq!(found.causes[0].words, "p20000 is needed, and nothing provides it");
    lines.push_str("p20000 1 | Conflicts: p0\n");
    let chain = universe(&lines);
    assert_eq!(report(&chain).uninstallable.len(), 1);
    lines.clear();
    writeln!(lines, "a 1 | Depends: b (>= 5000)").unwrap();
    (0..5000).for_each(|version| writeln!(lines, "b {version}").unwrap());
    let many = universe(&lines);
    assert_eq!(report(&many).uninstallable.len(), 1);
}

#[test]
fn a_number_that_is_no_version_is_refused() {
    let universe = universe("a 1");
    assert!(together(&universe, &[1], &Options::default()).is_err());
    assert_eq!(together(&universe, &[], &Options::default()).unwrap(), Together::Yes(Vec::new()));
}
