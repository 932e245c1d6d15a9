//! Upgrades what is installed, as `apt-get upgrade` and `apt-get dist-upgrade` do.

use super::super::policy::Candidates;
use super::super::universe::Universe;
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

/// What keeps a package at the version that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocker {
    /// It is on hold (`apt-mark hold`).
    Hold,
    /// A relation of a version would not hold: of its own candidate, or of another package that stays.
    Relation {
        /// The version that has it.
        version: u32,
        /// The dependency.
        dep: u32,
    },
    /// Its own relations would hold, and nobody's else would break; what it brings along would not fit.
    Choice,
}

/// What an upgrade comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upgraded {
    /// What changes.
    pub plan: Plan,
    /// The packages that stay though they have a newer candidate, and what keeps each.
    pub held: Vec<(u32, Blocker)>,
}

/// What upgrading all that is installed comes to. What is on hold stays as it is.
pub fn upgrade(universe: &Universe, candidates: &Candidates, extent: Extent, recommends: bool) -> Upgraded {
    let mut state = State::new(universe, candidates, recommends);
    let upgradable = state.upgradable();
    let moves: Vec<u32> = upgradable.iter().copied().filter(|package| !candidates.is_held(*package)).collect();
    for package in &moves {
        state.plan_version(*package, state.candidate(*package));
    }
    match extent {
        Extent::Kept => state.keep_what_breaks(),
        Extent::Full => {
            for package in &moves {
                state.install(*package, true);
            }
            state.fix();
        }
    }
    let stays = |package: &u32| state.planned(*package) == state.installed(*package);
    let held: Vec<u32> = upgradable.iter().copied().filter(stays).collect();
    let held = held.into_iter().map(|package| {
        let blocker = if candidates.is_held(package) { Blocker::Hold } else { state.blocker(package, candidates) };
        (package, blocker)
    });
    Upgraded { held: held.collect(), plan: state.plan() }
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

    /// What would not hold if a package alone went to its candidate.
    fn blocker(&mut self, package: u32, candidates: &Candidates) -> Blocker {
        let universe = self.universe;
        let (before, version) = (self.planned(package), candidates.candidate_number(package));
        self.plan_version(package, version);
        let own = universe.deps_of(version).iter().copied().find(|dep| !self.holds(package, *dep));
        let blocker = own.map(|dep| Blocker::Relation { version, dep }).or_else(|| {
            let others = self.all_planned().into_iter().filter(|other| *other != package);
            let mut broken = others.filter_map(|other| Some((self.planned(other), self.broken(other)?)));
            broken.next().map(|(version, dep)| Blocker::Relation { version, dep })
        });
        self.plan_version(package, before);
        blocker.unwrap_or(Blocker::Choice)
    }
}
