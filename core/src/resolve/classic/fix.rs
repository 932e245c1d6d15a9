//! Repairs what marking left broken: of two that can't both stay, the one that counts for less gives way.

use std::collections::BTreeSet;

use super::super::universe::rows::NONE;
use super::order::{order, slot_of};
use super::state::{Mode, State, mark};

/// How often everything is looked at.
const PASSES: usize = 20;

/// From which pass on what decides a conflict also counts for as much.
const INHERIT: usize = 2;

/// What the repair knows beside the plan.
struct Repair {
    /// The scores, as they are now.
    scores: Vec<i32>,
    /// What of each package was tried; see [`tried`].
    tried: Vec<u8>,
    /// Whether what is broken may be upgraded.
    upgrades: bool,
    changed: bool,
    pass: usize,
}

mod tried {
    /// It was to be installed before the repair.
    pub(super) const WAS_MARKED: u8 = 1;
    /// Marking it again was tried.
    pub(super) const AGAIN: u8 = 1 << 1;
    /// Upgrading it was tried.
    pub(super) const UPGRADE: u8 = 1 << 2;
}

/// A package that has to give way to another, and why.
struct Loser {
    package: u32,
    dep: u32,
}

/// What a group of alternatives comes to where none of them helps.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Remove,
    Keep,
}

impl State<'_> {
    /// Repairs; what can't be repaired stays broken. `upgrades` says whether what is broken may be upgraded.
    pub(super) fn fix(&mut self, upgrades: bool) {
        let is_broken = |state: &Self| state.all_planned().iter().any(|package| state.broken(*package).is_some());
        if !is_broken(self) {
            return;
        }
        let tried = vec![0; self.universe.package_count() as usize];
        let mut repair = Repair { scores: Vec::new(), tried, upgrades, changed: true, pass: 0 };
        if upgrades {
            self.upgrade_broken();
        }
        for package in self.all_planned() {
            if self.mode(package) == Mode::Install {
                repair.tried[package as usize] |= tried::WAS_MARKED;
            }
        }
        repair.scores = self.scores();
        let first = repair.scores.clone();
        while repair.changed && repair.pass < PASSES {
            repair.changed = false;
            self.pass(&first, &mut repair);
            repair.pass += 1;
        }
    }

    /// Looks at everything once, what counts for most first; what is planned on the way is looked at in its place.
    ///
    /// apt's order of those that count for as much is what its sort makes of them, which is mostly that of its table from
    /// the end.
    fn pass(&mut self, scores: &[i32], repair: &mut Repair) {
        let universe = self.universe;
        let key = |package: u32| {
            (std::cmp::Reverse(scores[package as usize]), std::cmp::Reverse(slot_of(universe, package)), package)
        };
        let mut open: BTreeSet<_> = self.all_touched().map(key).collect();
        let mut known = self.all_changed().len();
        while let Some(first) = open.pop_first() {
            let package = first.2;
            self.mark_again(package, repair);
            if self.planned(package) != NONE && self.broken(package).is_some() {
                self.repair(package, repair);
            }
            let new = self.all_changed().get(known..).unwrap_or_default();
            open.extend(new.iter().map(|package| key(*package)).filter(|key| *key > first));
            known = self.all_changed().len();
        }
    }

    /// Upgrades what is installed and broken, as long as that leads to more of it.
    fn upgrade_broken(&mut self) {
        let mut packages = self.all_installed().to_vec();
        order(self.universe, &mut packages);
        loop {
            let mut again = false;
            for package in &packages {
                if self.mode(*package) != Mode::Install && self.broken(*package).is_some() {
                    self.install_alone(*package);
                    again |= self.mode(*package) == Mode::Install;
                }
            }
            if !again {
                return;
            }
        }
    }

    /// Marks once more what was marked and has been taken back, if that breaks nothing.
    fn mark_again(&mut self, package: u32, repair: &mut Repair) {
        let at = package as usize;
        let installed = self.installed(package);
        let is_back = installed != NONE && self.planned(package) == installed && self.candidate(package) != installed;
        if !is_back
            || repair.tried[at] & tried::WAS_MARKED == 0
            || repair.tried[at] & tried::AGAIN != 0
            || self.has(package, mark::ASKED)
        {
            return;
        }
        repair.tried[at] |= tried::AGAIN;
        let before = self.count_broken();
        self.install_alone(package);
        if self.broken(package).is_some() || self.count_broken() > before {
            self.keep(package);
        }
    }

    fn count_broken(&self) -> usize {
        self.all_planned().into_iter().filter(|package| self.broken(*package).is_some()).count()
    }

    /// Repairs one package.
    fn repair(&mut self, package: u32, repair: &mut Repair) {
        let universe = self.universe;
        let mut losers = Vec::new();
        let version = self.planned(package);
        for dep in universe.deps_of(version) {
            if !universe.dep_kind(*dep).is_hard() && !universe.dep_kind(*dep).is_negative() {
                continue;
            }
            if self.holds(package, *dep) {
                continue;
            }
            let done = if universe.dep_kind(*dep).is_negative() {
                self.part(package, *dep, repair, &mut losers)
            } else {
                self.supply(package, *dep, repair, &mut losers)
            };
            if done {
                break;
            }
        }
        if self.planned(package) == NONE {
            return;
        }
        for loser in losers {
            if self.held_before(package, loser.dep) {
                self.keep(loser.package);
            } else if universe.dep_kind(loser.dep).is_negative() {
                self.delete(loser.package);
            }
            repair.changed = true;
            if repair.pass >= INHERIT {
                let score = repair.scores[package as usize];
                let of_loser = &mut repair.scores[loser.package as usize];
                *of_loser = score.max(*of_loser);
            }
        }
    }

    /// Ends a conflict: one of the two goes. Whether the package itself has given way.
    fn part(&mut self, package: u32, dep: u32, repair: &mut Repair, losers: &mut Vec<Loser>) -> bool {
        let universe = self.universe;
        for target in universe.atoms_of(dep).iter().flat_map(|atom| universe.targets_of(*atom)) {
            let other = universe.package_of(*target);
            if !self.is_planned(*target) || !self.is_about(package, dep, other) {
                continue;
            }
            if repair.scores[package as usize] <= repair.scores[other as usize] {
                self.step_back(package, other, false, repair, &mut Last::Remove);
                return true;
            }
            // A newer version of it may get along.
            let candidate = self.candidate(other);
            if candidate != *target && candidate != NONE && !self.names(dep, candidate) && self.install_alone(other) {
                repair.changed = true;
                continue;
            }
            if !self.has(other, mark::ASKED) {
                losers.push(Loser { package: other, dep });
            }
        }
        false
    }

    /// Supplies what a package needs. Whether the package itself has given way.
    fn supply(&mut self, package: u32, dep: u32, repair: &mut Repair, losers: &mut Vec<Loser>) -> bool {
        let universe = self.universe;
        let atoms = universe.atoms_of(dep);
        let is_group = atoms.len() > 1;
        let mut last = Last::Remove;
        let before = losers.len();
        for atom in atoms {
            if self.planned(package) != NONE && self.holds(package, dep) {
                return false;
            }
            let targets = universe.targets_of(*atom);
            let is_asked = self.has(package, mark::ASKED);
            if targets.is_empty() && !is_asked {
                if is_group {
                    continue;
                }
                repair.changed = true;
                self.step_back(package, NONE, false, repair, &mut last);
                return true;
            }
            let was_met = targets.iter().any(|target| self.installed(universe.package_of(*target)) == *target);
            let mut done = false;
            for target in targets {
                let other = universe.package_of(*target);
                if repair.scores[package as usize] <= repair.scores[other as usize] || !was_met {
                    let is_stronger = repair.scores[package as usize] > repair.scores[other as usize];
                    let is_new = self.installed(other) == NONE && self.planned(other) == NONE;
                    if is_group && is_stronger && is_new && self.candidate(other) == *target {
                        self.install(other, false);
                    }
                    self.step_back(package, other, is_group, repair, &mut last);
                    done = true;
                    break;
                }
                if !self.has(other, mark::ASKED) {
                    losers.push(Loser { package: other, dep });
                    break;
                }
            }
            if !is_group && done {
                return true;
            }
        }
        if is_group && losers.len() == before && !(self.planned(package) != NONE && self.holds(package, dep)) {
            if last == Last::Keep {
                repair.changed |= self.mode(package) != Mode::Keep;
                self.keep(package);
            } else if !self.has(package, mark::ASKED) {
                repair.changed = true;
                self.delete(package);
            }
        }
        false
    }

    /// Has a package give way to another: it stays as it is installed where that works, or is upgraded, or goes.
    fn step_back(&mut self, package: u32, other: u32, in_group: bool, repair: &mut Repair, last: &mut Last) {
        if self.has(package, mark::ASKED) {
            repair.changed = true;
            return;
        }
        let was_marked = self.mode(package) == Mode::Install;
        self.keep(package);
        if self.planned(package) == NONE || self.broken(package).is_none() {
            if *last == Last::Remove {
                *last = Last::Keep;
            }
            if in_group && was_marked {
                self.install_alone(package);
            }
        } else {
            let is_upgraded = repair.upgrades && self.upgrade_deeply(package, repair, 0);
            if !is_upgraded && !in_group {
                self.delete(package);
                if repair.pass >= INHERIT && other != NONE {
                    let score = repair.scores[other as usize];
                    let own = &mut repair.scores[package as usize];
                    *own = score.max(*own);
                }
            }
        }
        repair.changed = true;
    }

    /// Upgrades a package with those whose upgrades it needs, each tried once.
    fn upgrade_deeply(&mut self, package: u32, repair: &mut Repair, depth: u32) -> bool {
        const MAX_DEPTH: u32 = 1000;
        let at = package as usize;
        let candidate = self.candidate(package);
        if depth > MAX_DEPTH
            || repair.tried[at] & tried::UPGRADE != 0
            || candidate == NONE
            || candidate == self.installed(package)
            || self.has(package, mark::ASKED)
        {
            return false;
        }
        repair.tried[at] |= tried::UPGRADE;
        let was_kept = self.mode(package) == Mode::Keep;
        if !self.install_alone(package) {
            return false;
        }
        let universe = self.universe;
        let version = self.planned(package);
        for dep in universe.deps_of(version) {
            if !universe.dep_kind(*dep).is_hard() || universe.dep_kind(*dep).is_negative() || self.is_met(*dep) {
                continue;
            }
            let mut good = false;
            for atom in universe.atoms_of(*dep) {
                let named = universe.targets_of(*atom).iter().copied();
                let mut fitting = named.filter(|target| self.candidate(universe.package_of(*target)) == *target);
                let Some(target) = fitting.next() else { continue };
                let other = universe.package_of(target);
                if !self.has(other, mark::ASKED) && self.upgrade_deeply(other, repair, depth + 1) {
                    good = true;
                    break;
                }
            }
            if !good {
                if was_kept {
                    self.keep(package);
                } else {
                    self.delete(package);
                }
                return false;
            }
        }
        true
    }
}
