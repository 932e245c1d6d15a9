//! The candidate of each package against the real apt: preferences, the default release, what is installed.

mod archive;
mod compare;
mod crafted;
mod forms;
mod machine;
mod random;

use compare::Machine;
use random::Random;

/// Every name with every architecture, as apt shows it.
fn names(of: &[&str]) -> Vec<String> {
    of.iter().flat_map(|name| [(*name).to_owned(), format!("{name}:i386")]).collect()
}

fn random_machines(seed: u64) {
    let names = names(&random::NAMES);
    let random = &mut Random(seed);
    for machine in 0..3 {
        let (lists, status) = (random::lists(random), random::status(random));
        let (apt, universe) = (archive::apt(&lists, &status), archive::universe(&lists, &status));
        let both = Machine { apt: &apt, universe: &universe, names: &names };
        both.compare("", "", "nothing is pinned");
        for round in 0..40 {
            let (preferences, release) = (random::preferences(random), random::default_release(random));
            both.compare(&preferences, release, &format!("seed {seed}, machine {machine}, round {round}\n{status}"));
        }
    }
}

#[test]
fn random_preferences_one() {
    random_machines(1);
}

#[test]
fn random_preferences_two() {
    random_machines(2);
}

#[test]
fn random_preferences_three() {
    random_machines(3);
}

#[test]
fn random_preferences_four() {
    random_machines(4);
}
