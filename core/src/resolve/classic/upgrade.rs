//! Upgrades what is installed, as `apt-get upgrade` and `apt-get dist-upgrade` do.

use super::super::policy::Candidates;
use super::super::universe::Universe;
use super::super::universe::rows::NONE;
use super::state::{Plan, State};

/// How far an upgrade may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Nothing new is installed and nothing is removed (`apt-get upgrade`).
    #[default]
    Kept,
    /// What is new and needed is installed, and what stands in the way is removed (`apt-get dist-upgrade`).
    Full,
}

/// What upgrading all that is installed comes to, and the packages that are held back though they have a newer candidate.
pub fn upgrade(universe: &Universe, candidates: &Candidates, extent: Extent, recommends: bool) -> (Plan, Vec<u32>) {
    let mut state = State::new(universe, candidates, recommends);
    let upgradable = state.upgradable();
    for package in upgradable {
        if state.candidate(*package) != NONE {
            state.plan_version(*package, state.candidate(*package));
        }
    }
    match extent {
        Extent::Kept => state.keep_what_breaks(),
        Extent::Full => {
            for package in upgradable {
                state.install(*package, true);
            }
            state.fix();
        }
    }
    let held = upgradable.iter().copied().filter(|package| state.planned(*package) == state.installed(*package));
    let held = held.collect();
    (state.plan(), held)
}

impl State<'_> {
    /// Takes back upgrades until nothing is broken that was not broken before: first those that are broken themselves, then
    /// those that break another.
    fn keep_what_breaks(&mut self) {
        loop {
            let changed = |state: &Self, package: u32| state.planned(package) != state.installed(package);
            let all = self.all_planned().into_iter();
            let broken: Vec<(u32, u32)> = all.filter_map(|package| Some((package, self.broken(package)?))).collect();
            let own: Vec<u32> =
                broken.iter().map(|(package, _)| *package).filter(|package| changed(self, *package)).collect();
            if !own.is_empty() {
                own.into_iter().for_each(|package| self.plan_version(package, self.installed(package)));
                continue;
            }
            let mut back = Vec::new();
            for (_, dep) in broken {
                let targets = self
                    .universe
                    .atoms_of(dep)
                    .iter()
                    .flat_map(|atom| self.universe.packages_of(self.universe.atom_name(*atom)).iter().copied());
                back.extend(targets.filter(|package| changed(self, *package)));
            }
            if back.is_empty() {
                return;
            }
            back.into_iter().for_each(|package| self.plan_version(package, self.installed(package)));
        }
    }
}
