//! Which version of each package is the candidate, and what is installed.

use super::universe::rows::NONE;
use super::universe::{Origin, Universe};

/// The candidate of each package, and its installed version.
#[derive(Clone, Debug)]
pub struct Candidates {
    candidates: Vec<u32>,
    installed: Vec<u32>,
    all_installed: Vec<u32>,
    upgradable: Vec<u32>,
}

/// The priority of a list that nothing pins (apt_preferences(5)).
fn priority_of(origin: &Origin) -> i32 {
    match origin {
        Origin { installed: true, .. } => 100,
        Origin { not_automatic: true, but_automatic_upgrades: true, .. } => 100,
        Origin { not_automatic: true, .. } => 1,
        _ => 500,
    }
}

impl Candidates {
    /// The candidates where nothing is pinned.
    pub fn new(universe: &Universe) -> Self {
        let priorities: Vec<i32> = universe.lists().iter().map(priority_of).collect();
        let status: Vec<bool> = universe.lists().iter().map(|list| list.installed).collect();
        let count = universe.package_count() as usize;
        let (mut candidates, mut installed) = (vec![NONE; count], vec![NONE; count]);
        for package in 0..count as u32 {
            let mut best = 0;
            for version in universe.versions_of(package) {
                let lists = universe.lists_of(version);
                if lists.iter().any(|list| status[*list as usize]) {
                    installed[package as usize] = version;
                }
                let priority = lists.iter().map(|list| priorities[*list as usize]).max().unwrap_or(0);
                // The newest comes first, and wins among equals.
                if priority > best {
                    best = priority;
                    candidates[package as usize] = version;
                }
                // No priority here is above 1000, so nothing takes the place of a newer version that is installed.
                if installed[package as usize] == version {
                    break;
                }
            }
        }
        let all_installed: Vec<u32> =
            (0..count as u32).filter(|package| installed[*package as usize] != NONE).collect();
        let upgradable = all_installed.iter().copied().filter(|package| {
            let candidate = candidates[*package as usize];
            candidate != NONE && candidate != installed[*package as usize]
        });
        Self { upgradable: upgradable.collect(), all_installed, candidates, installed }
    }

    /// The candidates and the installed versions, as somebody else chose them: one for each package of a universe.
    pub(crate) fn of_parts(candidates: Vec<u32>, installed: Vec<u32>) -> Self {
        Self { candidates, installed }
    }

    pub(crate) fn candidate(&self, package: u32) -> u32 {
        self.candidates[package as usize]
    }

    pub(crate) fn installed(&self, package: u32) -> u32 {
        self.installed[package as usize]
    }

    /// The packages that are installed.
    pub(crate) fn all_installed(&self) -> &[u32] {
        &self.all_installed
    }

    /// The installed packages whose candidate is another version.
    pub(crate) fn upgradable(&self) -> &[u32] {
        &self.upgradable
    }
}
