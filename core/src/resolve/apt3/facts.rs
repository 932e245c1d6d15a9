//! What holds for every request: which versions can never be installed, and the order in which apt goes through packages.

use std::collections::HashMap;

use super::super::policy::Candidates;
use super::super::universe::Universe;
use super::super::universe::rows::NONE;
use super::clause::compare;

/// The size of apt's table of names (`APT::Cache-HashTableSize`).
const BUCKETS: u32 = 196_613;

/// What is computed once for a universe and its candidates.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// Versions that are neither candidates nor installed, or need what nothing can give.
    never: Vec<bool>,
    /// Packages without a version that could be installed.
    gone: Vec<bool>,
    /// The installed packages in apt's order.
    pub(super) installed: Vec<u32>,
    /// Those of them that somebody asked for, the more important first.
    pub(super) manual: Vec<u32>,
    /// The candidates that are upgrades, by the source that they are built from, in the reverse order of their names.
    pub(super) upgrades: HashMap<(u32, u32), Vec<u32>>,
}

impl Facts {
    pub(crate) fn new(universe: &Universe, candidates: &Candidates, wanted: &[(u32, u32)]) -> Self {
        let (packages, versions) = (universe.package_count(), universe.version_count());
        let mut facts =
            Self { never: vec![true; versions as usize], gone: vec![false; packages as usize], ..Self::default() };
        for package in 0..packages {
            let chosen = wanted.iter().find(|(of, _)| *of == package).map(|(_, version)| *version);
            let candidate = chosen.unwrap_or_else(|| candidates.candidate_number(package));
            for version in [candidate, candidates.installed_number(package)] {
                if version != NONE {
                    facts.never[version as usize] = false;
                }
            }
        }
        // What needs something that is gone is gone as well; installed versions stay, whatever they lack.
        let mut again = true;
        while again {
            again = false;
            for dep in (0..universe.dep_count()).filter(|dep| universe.dep_kind(*dep).is_hard()) {
                let mut targets = universe.atoms_of(dep).iter().flat_map(|atom| universe.targets_of(*atom));
                if targets.any(|target| !facts.never[*target as usize]) {
                    continue;
                }
                for version in universe.versions_with(dep) {
                    let package = universe.package_of(*version);
                    if !facts.never[*version as usize] && candidates.installed_number(package) != *version {
                        facts.never[*version as usize] = true;
                        again = true;
                    }
                }
            }
        }
        for package in 0..packages {
            facts.gone[package as usize] = universe.versions_of(package).all(|version| facts.never[version as usize]);
        }
        facts.installed = candidates.all_installed().to_vec();
        facts.installed.sort_by_cached_key(|package| place(universe, *package));
        facts.manual = facts.installed.iter().copied().filter(|package| !candidates.is_automatic(*package)).collect();
        facts.manual.sort_by(|a, b| {
            let [a, b] = [*a, *b].map(|package| candidates.installed_number(package));
            compare(universe, candidates, a, b, NONE)
        });
        for package in candidates.upgradable() {
            let version = candidates.candidate_number(*package);
            facts.upgrades.entry(universe.source_key(version)).or_default().push(version);
        }
        for versions in facts.upgrades.values_mut() {
            let name = |version: u32| universe.name_text(universe.package_name(universe.package_of(version)));
            versions.sort_by(|a, b| name(*b).cmp(name(*a)));
        }
        facts
    }

    #[inline]
    pub(super) fn is_never(&self, version: u32) -> bool {
        self.never[version as usize]
    }

    #[inline]
    pub(super) fn is_gone(&self, package: u32) -> bool {
        self.gone[package as usize]
    }
}

/// Where a package stands when apt goes through all of them: by a hash of its name, then by the name's length.
pub(super) fn place(universe: &Universe, package: u32) -> (u32, usize, &str, u32) {
    let name = universe.name_text(universe.package_name(package));
    let step = |hash: u32, byte: u8| hash.wrapping_mul(33).wrapping_add(u32::from(byte.to_ascii_lowercase()));
    (name.bytes().fold(5381, step) % BUCKETS, name.len(), name, universe.package_architecture(package))
}
