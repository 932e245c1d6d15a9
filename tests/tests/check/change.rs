//! What changes between universes, and what has to come along from one into another.

use std::collections::{BTreeSet, HashMap};

use reposnap::resolve::check::{self, Addition};

use crate::world::{Package, Random, Sets, index, universe};
use crate::{ALL, Key, key, small};

#[test]
fn what_changes_between_two_universes_is_told() {
    let (mut broke, mut repaired, mut arrived) = (0, 0, 0);
    for (mut numbers, packages) in small(6, 500) {
        let keep = |numbers: &mut Random| packages.iter().filter(|_| numbers.percent(80)).cloned().collect::<Vec<_>>();
        let (before, after) = (keep(&mut numbers), keep(&mut numbers));
        let state = |packages: &[Package]| {
            let installable = Sets::new(packages).installable();
            let pairs = packages.iter().enumerate().map(|(at, package)| (package.key(), installable & 1 << at != 0));
            pairs.collect::<HashMap<Key, bool>>()
        };
        let (old, new) = (state(&before), state(&after));
        let changed = |from: Option<bool>, to: bool| {
            let found = new.iter().filter(|(key, good)| **good == to && old.get(*key).copied() == from);
            found.map(|(key, _)| key.clone()).collect::<BTreeSet<Key>>()
        };
        let after = universe(&after);
        let difference = check::compare(&universe(&before), &after, &ALL).unwrap();
        let keys = |versions: &mut dyn Iterator<Item = u32>| versions.map(|version| key(&after, version)).collect();
        let found: [BTreeSet<Key>; 3] = [
            keys(&mut difference.broken.iter().map(|entry| entry.version)),
            keys(&mut difference.arrived_broken.iter().map(|entry| entry.version)),
            keys(&mut difference.repaired.iter().copied()),
        ];
        assert_eq!(found, [changed(Some(true), false), changed(None, false), changed(Some(false), true)]);
        broke += found[0].len();
        arrived += found[1].len();
        repaired += found[2].len();
    }
    assert!(broke > 50 && repaired > 50 && arrived > 50, "{broke} {repaired} {arrived}");
}

#[test]
fn what_comes_along_keeps_all_installable_and_nothing_of_it_can_be_left_out() {
    let (mut alone, mut along_with, mut impossible, mut missed) = (0, 0, 0, 0);
    for (mut numbers, packages) in small(7, 1500) {
        let mut keep = |percent| packages.iter().filter(|_| numbers.percent(percent)).cloned().collect::<Vec<_>>();
        let (old, new) = (keep(40), keep(80));
        if new.is_empty() || new.len() > 8 || old.len() > 5 {
            continue;
        }
        let name = new[numbers.below(new.len() as u64) as usize].name.clone();
        let (into, from) = (universe(&old), universe(&new));
        let before = Sets::new(&old).installable();
        // What is there afterwards, and whether all is well with it.
        let is_well = |taken: &[&Package]| {
            let is_replaced =
                |package: &Package| taken.iter().any(|new| new.name == package.name && new.home() == package.home());
            let stay = old.iter().enumerate().filter(|(_, package)| !is_replaced(package));
            let (good, mut there): (Vec<bool>, Vec<Package>) =
                stay.map(|(at, package)| (before & 1 << at != 0, package.clone())).unzip();
            there.extend(taken.iter().map(|package| (*package).clone()));
            let installable = Sets::new(&there).installable();
            (0..there.len()).all(|at| installable & 1 << at != 0 || !good.get(at).copied().unwrap_or(true))
        };
        let package = |version: &u32| new.iter().find(|package| package.key() == key(&from, *version)).unwrap();
        match check::smallest_addition(&into, &from, &[&name], &ALL).unwrap() {
            Addition::Found { named, along } => {
                let named: Vec<&Package> = named.iter().map(package).collect();
                assert!(named.iter().all(|package| package.name == name));
                let along: Vec<&Package> = along.iter().map(package).collect();
                assert!(is_well(&[named.clone(), along.clone()].concat()), "{}\n---\n{}", index(&old), index(&new));
                for left_out in 0..along.len() {
                    let mut fewer = along.clone();
                    fewer.remove(left_out);
                    assert!(!is_well(&[named.clone(), fewer].concat()), "{left_out}");
                }
                if along.is_empty() { alone += 1 } else { along_with += 1 }
            }
            Addition::Impossible { words, .. } => {
                assert!(!words.is_empty());
                impossible += 1;
                let newest = |package: &&Package| {
                    let same = new.iter().filter(|other| other.name == package.name && other.home() == package.home());
                    same.map(|other| other.version).max() == Some(package.version)
                };
                let named =
                    new.iter().filter(|package| package.name == name).filter(newest).fold(0_u32, |bits, package| {
                        bits | 1 << new.iter().position(|other| std::ptr::eq(other, package)).unwrap()
                    });
                let helps = |set: &u32| {
                    let taken: Vec<&Package> =
                        (0..new.len()).filter(|at| set & 1 << at != 0).map(|at| &new[at]).collect();
                    is_well(&taken)
                };
                missed += usize::from((0..1 << new.len()).filter(|set| set & named == named).any(|set| helps(&set)));
            }
            Addition::Undecided => panic!("with all the time in the world"),
        }
    }
    println!("{alone} alone, {along_with} with others, {impossible} impossible, {missed} of those not so");
    assert!(alone > 50 && along_with > 50 && impossible > 50, "{alone} {along_with} {impossible}");
    assert!(missed * 10 <= impossible, "{missed} {impossible}");
}
