//! What a search through all sets of small universes says, and whether explanations are right.

use std::collections::BTreeSet;

use reposnap::resolve::Universe;
use reposnap::resolve::check::{self, Explanation, Fact, Report, Together};

use crate::world::{Package, Relation, Sets, index, universe};
use crate::{ALL, places, small, told};

#[test]
fn a_search_through_all_sets_finds_the_same() {
    let mut bad = 0;
    for (_, packages) in small(3, 800) {
        let universe = universe(&packages);
        let places = places(&universe, &packages);
        let installable = Sets::new(&packages).installable();
        let report = check::all(&universe, &ALL).unwrap();
        let mine: BTreeSet<usize> = report.uninstallable.iter().map(|entry| places[entry.version as usize]).collect();
        let theirs: BTreeSet<usize> = (0..packages.len()).filter(|at| installable & 1 << at == 0).collect();
        assert_eq!(mine, theirs, "{}", index(&packages));
        for entry in &report.uninstallable {
            let why = entry.why.as_ref().unwrap();
            assert_eq!(why.wanted, [entry.version]);
            is_right(&universe, &packages, &places, why);
            assert!(report.causes[entry.cause.unwrap()].versions.contains(&entry.version));
        }
        let of_causes: usize = report.causes.iter().map(|cause| cause.versions.len()).sum();
        assert_eq!(of_causes, report.uninstallable.len());
        bad += mine.len();
    }
    assert!(bad > 800, "{bad}");
}

#[test]
fn several_at_once_are_in_a_consistent_set_or_in_none() {
    let (mut yes, mut no) = (0, 0);
    for (mut numbers, packages) in small(4, 800) {
        let universe = universe(&packages);
        let places = places(&universe, &packages);
        let sets = Sets::new(&packages);
        for count in [1, 2, 2, 3, 3, 4] {
            let wanted: Vec<u32> = (0..count).map(|_| numbers.below(packages.len() as u64) as u32).collect();
            let bits =
                |versions: &[u32]| versions.iter().fold(0, |bits, version| bits | 1 << places[*version as usize]);
            match check::together(&universe, &wanted, &ALL).unwrap() {
                Together::Yes(set) => {
                    yes += 1;
                    assert!(sets.is_consistent(bits(&set)), "{wanted:?} {set:?} {}", index(&packages));
                    assert_eq!(bits(&set) & bits(&wanted), bits(&wanted));
                }
                Together::No(why) => {
                    no += 1;
                    assert!(!sets.can_have(bits(&wanted)), "{wanted:?} {}", index(&packages));
                    assert!(why.wanted.iter().all(|version| wanted.contains(version)));
                    is_right(&universe, &packages, &places, &why);
                }
                Together::Undecided => panic!("with all the time in the world"),
            }
        }
    }
    assert!(yes > 500 && no > 500, "{yes} {no}");
}

/// Whether each fact of an explanation is true, they can't hold together, and without any one of them or of the wanted
/// there would be a set.
fn is_right(universe: &Universe, packages: &[Package], places: &[usize], why: &Explanation) {
    let text = || format!("{}\n{}", why.words(universe), index(packages));
    let at = |version: u32| &packages[places[version as usize]];
    for fact in &why.facts {
        match fact {
            Fact::Needs { version, dep, answers } => {
                let (one, text_of) = (at(*version), universe.dep_text(*dep));
                let groups =
                    if universe.dep_kind(*dep).as_str() == "Depends" { &one.depends } else { &one.pre_depends };
                let is_it = |group: &&Vec<Relation>| {
                    let texts: Vec<String> = group.iter().map(|relation| plain(&relation.text())).collect();
                    texts.join(" | ") == plain(&text_of)
                };
                let group = groups.iter().find(is_it).unwrap_or_else(|| panic!("{text_of}: {}", text()));
                let named = |other: &&u32| group.iter().any(|relation| one.is_named(relation, at(**other), false));
                let all: Vec<u32> = (0..packages.len() as u32).collect();
                let theirs: BTreeSet<u32> = all.iter().filter(named).copied().collect();
                assert_eq!(answers.iter().copied().collect::<BTreeSet<_>>(), theirs, "{}", text());
            }
            Fact::Refuses { version, dep, others } => {
                let (one, text_of) = (at(*version), universe.dep_text(*dep));
                let relation = one.conflicts.iter().chain(&one.breaks).find(|relation| relation.text() == text_of);
                let relation = relation.unwrap_or_else(|| panic!("{text_of}: {}", text()));
                assert!(!others.is_empty() && others.iter().all(|other| one.is_named(relation, at(*other), true)));
            }
            Fact::Single { versions } => {
                assert!(versions.len() > 1 && versions.iter().all(|version| at(*version).name == at(versions[0]).name));
            }
        }
    }
    assert!(why.is_minimal, "{}", text());
    let holds = |left_out: Option<usize>, wanted: &[u32]| {
        let facts = || why.facts.iter().enumerate().filter(move |(at, _)| Some(*at) != left_out).map(|(_, fact)| fact);
        (0..1_u32 << packages.len()).any(|set| {
            let has = |version: &u32| set & 1 << places[*version as usize] != 0;
            wanted.iter().all(has)
                && facts().all(|fact| match fact {
                    Fact::Needs { version, answers, .. } => !has(version) || answers.iter().any(has),
                    Fact::Refuses { version, others, .. } => !has(version) || !others.iter().any(has),
                    Fact::Single { versions } => {
                        let there: Vec<&Package> =
                            versions.iter().filter(|version| has(version)).map(|version| at(*version)).collect();
                        let pair = |one: &Package, other: &Package| {
                            one.home() != other.home()
                                && one.multi_arch == "same"
                                && other.multi_arch == "same"
                                && one.version == other.version
                        };
                        there.iter().enumerate().all(|(at, one)| there[at + 1..].iter().all(|other| pair(one, other)))
                    }
                })
        })
    };
    assert!(!holds(None, &why.wanted), "{}", text());
    for left_out in 0..why.facts.len() {
        assert!(holds(Some(left_out), &why.wanted), "fact {left_out} of {}", text());
    }
    for left_out in 0..why.wanted.len() {
        let mut wanted = why.wanted.clone();
        wanted.remove(left_out);
        assert!(holds(None, &wanted), "wanted {left_out} of {}", text());
    }
}

/// A relation without the architecture that it means anyway.
fn plain(text: &str) -> String {
    text.replace(":i386", "")
}

#[test]
fn the_order_of_input_changes_nothing() {
    for (mut numbers, mut packages) in small(5, 300) {
        let one = universe(&packages);
        let before = check::all(&one, &ALL).unwrap();
        numbers.shuffle(&mut packages);
        let other = universe(&packages);
        let after = check::all(&other, &ALL).unwrap();
        assert_eq!(told(&one, &before), told(&other, &after));
        let causes = |report: &Report| report.causes.iter().map(|cause| cause.words.clone()).collect::<Vec<_>>();
        assert_eq!(causes(&before), causes(&after));
    }
}
