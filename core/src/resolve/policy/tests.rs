//! The rules, each with the least that shows it. Against apt itself they are tried in the end-to-end tests.

use super::*;
use crate::resolve::Builder;

/// A universe of versions of `a`, each from a suite of its own, and the installed one.
fn universe(versions: &[&str], installed: Option<&str>) -> Universe {
    let mut builder = Builder::new("amd64", &[]).unwrap();
    for version in versions {
        let origin = Origin {
            suite: format!("suite-{version}"),
            not_automatic: version.contains('~'),
            but_automatic_upgrades: version.contains("~bpo"),
            ..Origin::default()
        };
        builder.index(origin, format!("Package: a\nVersion: {version}\nArchitecture: amd64\n").as_bytes()).unwrap();
    }
    if let Some(version) = installed {
        let text = format!("Package: a\nStatus: install ok installed\nVersion: {version}\nArchitecture: amd64\n");
        builder.status(text.as_bytes()).unwrap();
    }
    builder.finish().unwrap()
}

fn candidate(universe: &Universe, pins: &[(&str, &str, i32)]) -> String {
    let text: String = pins
        .iter()
        .map(|(package, pin, priority)| format!("Package: {package}\nPin: {pin}\nPin-Priority: {priority}\n\n"))
        .collect();
    let preferences = vec![Preferences::parse(text.as_bytes(), "pins").unwrap()];
    let candidates = Candidates::with(universe, &Policy { preferences, ..Policy::default() }).unwrap();
    candidates.candidate(0).map_or("none", |version| universe.version_text(version)).to_owned()
}

#[test]
fn the_highest_priority_wins_and_the_newest_among_equals() {
    let all = universe(&["1", "2", "3~x", "3~bpo"], None);
    assert_eq!(candidate(&all, &[]), "2");
    assert_eq!(candidate(&all, &[("*", "release suite-1", 501)]), "1");
    assert_eq!(candidate(&all, &[("a", "version *", 5)]), "3~x");
    assert_eq!(candidate(&all, &[("*", "release suite-2", -1), ("*", "release suite-1", -1)]), "3~bpo");
    assert_eq!(candidate(&all, &[("a", "version *", -1)]), "none");
}

#[test]
fn what_is_installed_is_not_left_for_something_older() {
    let all = universe(&["1", "3", "4~x"], Some("2"));
    assert_eq!(candidate(&all, &[]), "3");
    assert_eq!(candidate(&all, &[("a", "version 3", 99)]), "2");
    assert_eq!(candidate(&all, &[("a", "version 3", 100)]), "3");
    assert_eq!(candidate(&all, &[("a", "version 1", 999)]), "3");
    assert_eq!(candidate(&all, &[("a", "version 1", 1000)]), "1");
    assert_eq!(candidate(&all, &[("a", "version 3", -1), ("a", "version 2", -1)]), "4~x");
}

#[test]
fn the_first_record_counts_and_specific_ones_before_general_ones() {
    let all = universe(&["1", "2"], None);
    assert_eq!(candidate(&all, &[("a", "version 2", 400), ("a*", "version *", 600)]), "1");
    assert_eq!(candidate(&all, &[("a*", "version *", 600), ("a", "version 2", 400)]), "2");
    assert_eq!(candidate(&all, &[("*", "release suite-1", 900), ("a", "release suite-1", 300)]), "2");
    assert_eq!(candidate(&all, &[("*", "release suite-1", 400), ("*", "release suite-1", 900)]), "2");
}

#[test]
fn a_default_release_comes_before_general_records() {
    let all = universe(&["1", "2"], None);
    let preferences = vec![Preferences::parse(b"Package: *\nPin: release a=*\nPin-Priority: 1\n", "pins").unwrap()];
    let with = |release: &str| {
        let policy = Policy {
            preferences: preferences.clone(),
            default_release: Some(release.to_owned()),
            automatic: Automatic::default(),
        };
        Candidates::with(&all, &policy)
    };
    let found = with("suite-1").unwrap();
    assert_eq!(found.candidate(0).map(|version| all.version_text(version)), Some("1"));
    assert_eq!((found.priority(0), found.priority(1), found.priority(9)), (1, 990, 0));
    assert_eq!(with("").unwrap().candidate(0), Some(0));
    let error = with("absent").unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert!(error.advice().unwrap().ends_with("the suites are suite-1, suite-2"), "{error}");
    assert_eq!(with("/(/").unwrap_err().kind(), Kind::Malformed);
}

#[test]
fn numbers_of_nothing_are_nothing() {
    let found = Candidates::new(&universe(&["1"], None));
    assert_eq!((found.candidate(7), found.installed(0), found.installed(7), found.priority(7)), (None, None, None, 0));
    assert!(!found.is_held(7) && !found.is_automatic(7));
}
