//! How much each package counts where two can't both have their way.
//!
//! The numbers are those that apt shows with `Debug::pkgProblemResolver::ShowScores`.

use super::super::universe::DepKind;
use super::super::universe::rows::{NONE, flag};
use super::state::{State, mark};

/// What a priority is worth, from `required` to `extra`.
const PRIORITIES: [i32; 6] = [0, 3, 2, 1, -1, -2];
const EXTRA: usize = 5;
const ESSENTIAL: i32 = 100;
const INSTALLED: i32 = 1;
const PROTECTED_BONUS: i32 = 10_000;
const ESSENTIAL_BONUS: i32 = 5000;

const fn worth(kind: DepKind) -> i32 {
    match kind {
        DepKind::PreDepends | DepKind::Depends | DepKind::Recommends => 1,
        DepKind::Conflicts | DepKind::Breaks => -1,
        DepKind::Suggests => 0,
    }
}

impl State<'_> {
    /// The scores of all packages.
    pub(super) fn scores(&self) -> Vec<i32> {
        let universe = self.universe;
        let count = universe.package_count();
        let planned = self.all_planned();
        let mut scores = vec![0_i32; count as usize];
        for package in planned.iter().copied() {
            let version = self.planned(package);
            let score = &mut scores[package as usize];
            // What no list has any more is not as important as it may say.
            let priority = if self.is_offered(version) { universe.version_priority(version) as usize } else { EXTRA };
            *score += PRIORITIES[priority % PRIORITIES.len()];
            if universe.version_flags(version) & (flag::ESSENTIAL | flag::IMPORTANT) != 0 {
                *score += ESSENTIAL;
            }
            let installed = self.installed(package);
            if installed != NONE && self.is_offered(self.candidate(package)) {
                *score += INSTALLED;
            }
        }
        // What the planned ones ask for.
        for package in planned.iter().copied() {
            for dep in universe.deps_of(self.planned(package)) {
                let worth = worth(universe.dep_kind(*dep));
                if worth == 0 {
                    continue;
                }
                for atom in universe.atoms_of(*dep) {
                    let targets = universe.targets_of(*atom);
                    for named in self.named_by(*atom) {
                        let planned = self.planned(named);
                        let own = universe.package_name(named) == universe.package_name(package);
                        let ignored = own && universe.dep_kind(*dep).is_negative();
                        if !ignored && (!universe.atom_has_version(*atom) || targets.contains(&planned)) {
                            scores[named as usize] += worth;
                        }
                    }
                    let name = universe.atom_name(*atom);
                    // With a version, who else provides the name counts only beside a package of that name.
                    let is_any = universe.atom_is_any(*atom);
                    let by_name = |named: u32| targets.contains(&self.planned(named));
                    if universe.atom_has_version(*atom) && (is_any || !self.named_by(*atom).any(by_name)) {
                        continue;
                    }
                    for target in targets {
                        let other = universe.package_of(*target);
                        let own = universe.package_name(other) == universe.package_name(package);
                        if self.is_planned(*target)
                            && !(own && universe.dep_kind(*dep).is_negative())
                            && (universe.package_name(other) != name || is_any)
                        {
                            scores[other as usize] += worth;
                        }
                    }
                }
            }
        }
        // Then the scores of those that need it: those that are good pass theirs on, to what they name,
        let base = scores.clone();
        for package in planned.iter().copied() {
            let score = base[package as usize];
            if score <= 0 {
                continue;
            }
            for dep in universe.deps_of(self.planned(package)) {
                if !matches!(universe.dep_kind(*dep), DepKind::PreDepends | DepKind::Depends | DepKind::Recommends) {
                    continue;
                }
                for atom in universe.atoms_of(*dep) {
                    for named in self.named_by(*atom) {
                        if self.planned(named) != NONE {
                            scores[named as usize] += score;
                        }
                    }
                }
            }
        }
        // and that to what provides the name.
        for package in 0..count {
            let transfer = (scores[package as usize] - base[package as usize]).abs();
            if transfer != 0 {
                for version in universe.providers_of(universe.package_name(package)) {
                    if self.is_planned(*version) {
                        scores[universe.package_of(*version) as usize] += transfer;
                    }
                }
            }
        }
        for package in 0..count {
            let score = &mut scores[package as usize];
            if self.has(package, mark::ASKED) {
                *score += PROTECTED_BONUS;
            }
            if universe.package_flags(package) & (flag::ESSENTIAL | flag::IMPORTANT) != 0 {
                *score += ESSENTIAL_BONUS;
            }
        }
        scores
    }

    /// Whether a version is in a list, not only installed.
    fn is_offered(&self, version: u32) -> bool {
        let universe = self.universe;
        let offers = |list: &u32| universe.lists().get(*list as usize).is_some_and(|list| !list.installed);
        version != NONE && universe.lists_of(version).iter().any(offers)
    }

    /// The packages that an alternative asks for by their name.
    fn named_by(&self, atom: u32) -> impl Iterator<Item = u32> + use<'_> {
        let universe = self.universe;
        let packages = universe.packages_of(universe.atom_name(atom)).iter().copied();
        packages.filter(move |package| universe.atom_names(atom, *package))
    }
}
