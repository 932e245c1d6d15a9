//! Upgrades what is installed, as `apt-get upgrade` and `apt-get dist-upgrade` do.

use super::super::policy::Candidates;
use super::super::universe::{DepKind, Universe};
use super::order::order;
use super::state::{Mode, Plan, State, mark};

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
    let mut packages = state.all_installed().to_vec();
    order(universe, &mut packages);
    for package in &packages {
        state.install_alone(*package);
    }
    match extent {
        Extent::Kept => state.keep_what_breaks(packages),
        Extent::Full => state.upgrade_fully(&packages),
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
    /// Upgrades everything with what it needs, and repairs what is broken then.
    fn upgrade_fully(&mut self, packages: &[u32]) {
        for package in packages {
            self.install(*package, false);
        }
        for package in packages {
            self.install_alone(*package);
        }
        for package in packages {
            if self.is_held(*package) {
                self.keep(*package);
                self.marks[*package as usize] |= mark::ASKED | mark::PROTECTED;
            }
        }
        self.fix(false);
    }

    /// Takes back upgrades until nothing is broken: of what is broken, what counts for most first; where that does not help,
    /// those that broke it.
    fn keep_what_breaks(&mut self, mut packages: Vec<u32>) {
        if !packages.iter().any(|package| self.is_worse(*package)) {
            return;
        }
        let scores = self.scores();
        packages.sort_by_key(|package| std::cmp::Reverse(scores[*package as usize]));
        // Each round takes something back, or is the last.
        loop {
            let mut changed = false;
            for package in &packages {
                if !self.is_worse(*package) {
                    continue;
                }
                changed |= self.mode(*package) != Mode::Keep && self.keep(*package);
                if self.is_worse(*package) {
                    changed |= self.keep_what_it_needs(*package);
                }
                if !self.is_worse(*package) {
                    break;
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// Whether a package is broken, or would lack something recommended that it has now.
    fn is_worse(&self, package: u32) -> bool {
        let lacks = || self.mode(package) == Mode::Install && self.lacks_recommended(package);
        self.broken(package).is_some() || (lacks() && !self.lacked_recommended(package))
    }

    /// Whether something that the installed version of a package recommends is not installed.
    fn lacked_recommended(&self, package: u32) -> bool {
        let universe = self.universe;
        let is_missing = |dep: &u32| universe.dep_kind(*dep) == DepKind::Recommends && !self.held_before(package, *dep);
        universe.deps_of(self.installed(package)).iter().any(is_missing)
    }

    /// Takes back upgrades of what a package needs, until it is not broken any more.
    fn keep_what_it_needs(&mut self, package: u32) -> bool {
        let universe = self.universe;
        let mut changed = false;
        for dep in universe.deps_of(self.planned(package)) {
            if self.holds(package, *dep) {
                continue;
            }
            for target in universe.atoms_of(*dep).iter().flat_map(|atom| universe.targets_of(*atom)) {
                let other = universe.package_of(*target);
                if self.mode(other) == Mode::Keep {
                    continue;
                }
                changed |= self.keep(other);
                if !self.is_worse(package) {
                    return changed;
                }
            }
        }
        changed
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
