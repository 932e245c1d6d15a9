//! The lock of what is there after an update.

use std::collections::HashMap;

use super::super::of::locked;
use super::super::present::{Present, version_of};
use super::super::{Lock, Locked};
use super::{Before, Move, Update, Updated, Why};
use crate::error::Result;
use crate::resolve::Universe;
use crate::resolve::universe::rows::NONE;

impl Update<'_> {
    /// The lock of what is there now.
    pub(super) fn write(&self, before: &Before<'_>, after: &Present<'_>, moves: Vec<(u32, Why)>) -> Result<Updated> {
        let universe = after.universe;
        let mut head = self.lock.head().clone();
        head.snapshot = self.snapshot;
        let asked =
            |package: u32| before.locked[package as usize].is_some_and(|at| !self.lock.packages()[at].automatic);
        // What was asked for and is in the base already is not locked, but it may have brought others.
        let is_base = |package: &u32| before.base[*package as usize] != NONE;
        let mut roots: Vec<u32> = after.packages().filter(|package| asked(*package)).collect();
        roots.extend(after.packages().filter(is_base).filter(|package| self.was_requested(universe, *package)));
        let mut reasons = after.reasons(&roots, head.recommends);
        let mut packages = Vec::new();
        for package in after.packages() {
            let version = after.versions[package as usize];
            let old = before.locked[package as usize].map(|at| &self.lock.packages()[at]);
            let stays = before.present.versions[package as usize] == version;
            let mut now = match (old, stays) {
                (None, true) => continue,
                (Some(old), true) => self.keep(old)?,
                (_, false) => locked(universe, version)?,
            };
            now.automatic = old.is_none_or(|old| old.automatic);
            now.reason = reasons[package as usize].take();
            packages.push(now);
        }
        let all = 0..universe.package_count();
        let gone = all.filter(|package| is_base(package) && after.versions[*package as usize] == NONE);
        head.remove = gone.map(|package| universe.show_package(package)).collect();
        let mut moved: Vec<u32> = moves.iter().map(|(package, _)| *package).collect();
        after.sort(&mut moved);
        let mut whys: HashMap<u32, Why> = moves.into_iter().collect();
        let text = |version: u32| (version != NONE).then(|| universe.version_text(version).to_owned());
        let moves = moved.into_iter().filter_map(|package| {
            let (before, after) = (before.present.versions[package as usize], after.versions[package as usize]);
            let why = whys.remove(&package)?;
            Some(Move { name: universe.show_package(package), before: text(before), after: text(after), why })
        });
        Ok(Updated { moves: moves.collect(), lock: Lock::new(head, packages)? })
    }

    /// A package that stays: as the newer snapshot has it, or with the snapshot that it is in.
    fn keep(&self, old: &Locked) -> Result<Locked> {
        match version_of(self.new, old, &self.lock.head().architecture) {
            Some(version) => locked(self.new, version),
            None => {
                let snapshot = Some(old.snapshot.unwrap_or(self.lock.head().snapshot));
                Ok(Locked { snapshot, ..old.clone() })
            }
        }
    }

    /// Whether a request names a package.
    fn was_requested(&self, universe: &Universe, package: u32) -> bool {
        let shown = universe.show_package(package);
        self.lock.head().requested.iter().any(|request| request.split(['=', '/']).next() == Some(shown.as_str()))
    }
}
