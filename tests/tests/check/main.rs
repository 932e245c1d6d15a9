//! What can't be installed: compared with dose-debcheck, and with a search through all sets.
#![allow(clippy::unwrap_used)]

mod change;
mod dose;
mod sets;
mod world;

use std::collections::BTreeSet;

use reposnap::resolve::Universe;
use reposnap::resolve::check::{Options, Report, Which};
use world::{Package, Random, Shape, random};

/// A package by name, version and architecture.
type Key = (String, String, String);

const ALL: Options = Options { which: Which::All, work: u64::MAX, work_each: u64::MAX };

fn key(universe: &Universe, version: u32) -> Key {
    let name = universe.name_text(universe.package_name(universe.package_of(version)));
    (name.to_owned(), universe.version_text(version).to_owned(), universe.architecture_text(version).to_owned())
}

fn broken(universe: &Universe, report: &Report) -> BTreeSet<Key> {
    assert_eq!(report.undecided, [0; 0]);
    report.uninstallable.iter().map(|entry| key(universe, entry.version)).collect()
}

/// What is said of each that can't be installed.
fn told(universe: &Universe, report: &Report) -> BTreeSet<String> {
    let entries = report.uninstallable.iter();
    entries
        .map(|entry| format!("{}: {}", universe.show(entry.version), entry.why.as_ref().unwrap().words(universe)))
        .collect()
}

/// Small universes whose sets can all be looked at.
fn small(seed: u64, count: usize) -> impl Iterator<Item = (Random, Vec<Package>)> {
    let mut numbers = Random(seed);
    std::iter::repeat_with(move || {
        let (multi_arch, names) = (numbers.percent(50), 4);
        let shape = shape(&mut numbers, names, multi_arch, false);
        let packages = random(&mut numbers, shape, "");
        (Random(numbers.next()), packages)
    })
    .filter(|(_, packages)| !packages.is_empty() && packages.len() <= 13)
    .take(count)
}

/// The place of each version of a universe among the packages that it was made of.
fn places(universe: &Universe, packages: &[Package]) -> Vec<usize> {
    let place = |version| packages.iter().position(|package| package.key() == key(universe, version)).unwrap();
    (0..universe.version_count()).map(place).collect()
}

/// All shapes, each from few relations to many.
fn shape(random: &mut Random, names: u64, multi_arch: bool, plain: bool) -> Shape {
    Shape {
        names: 3 + random.below(names),
        versions: 1 + random.below(3),
        needs: 30 + random.below(50),
        conflicts: 10 + random.below(50),
        multi_arch,
        plain,
    }
}
