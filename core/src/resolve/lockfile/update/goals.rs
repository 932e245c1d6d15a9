//! What an update moves, and to which versions.

use std::collections::BTreeMap;

use super::super::Locked;
use super::{Before, Update, solve};
use crate::error::{Error, Kind, Result};
use crate::resolve::Universe;
use crate::resolve::universe::rows::NONE;

impl Update<'_> {
    /// The candidate of a package of the merged universe; [`NONE`] where the newer one has none.
    pub(super) fn candidate(&self, universe: &Universe, package: u32) -> u32 {
        let name = universe.name_text(universe.package_name(package));
        let architecture = &universe.architectures()[universe.package_architecture(package) as usize];
        let theirs = self.new.architectures().iter().position(|known| known == architecture);
        let theirs = theirs.and_then(|architecture| self.new.find_package(name, architecture as u32));
        let Some(candidate) = theirs.map(|package| self.candidates.candidate_number(package)).filter(|id| *id != NONE)
        else {
            return NONE;
        };
        let (text, digest) = (self.new.version_text(candidate), self.new.digest_of(candidate));
        let mut same = universe.versions_of(package).filter(|version| universe.version_text(*version) == text);
        same.find(|version| digest.is_none() || universe.digest_of(*version) == digest).unwrap_or(NONE)
    }

    /// The packages of the named sources, with the versions that they go to.
    pub(super) fn goals(&self, universe: &Universe, before: &Before<'_>) -> Result<Vec<(u32, u32)>> {
        let native = &self.lock.head().architecture;
        let mut goals = BTreeMap::new();
        for name in self.only {
            let bare = name.strip_prefix("src:").unwrap_or(name);
            let is_source = self.lock.packages().iter().any(|package| package.source == bare);
            let named = |package: &&Locked| package.name == bare || package.apt_name(native) == bare;
            let binary = self.lock.packages().iter().find(named).map(|package| package.source.as_str());
            let Some(source) = (if is_source { Some(bare) } else { binary }) else {
                return Err(Error::new(Kind::NotFound, "nothing of it is locked").path(name.clone()));
            };
            for package in 0..universe.package_count() {
                let Some(at) = before.locked[package as usize] else { continue };
                let locked = &self.lock.packages()[at];
                let candidate = self.candidate(universe, package);
                if locked.source != source || candidate == NONE {
                    continue;
                }
                if solve::is_later(universe, candidate, before.present.versions[package as usize]) {
                    self.check_request(locked, universe.version_text(candidate))?;
                    goals.insert(package, candidate);
                }
            }
        }
        Ok(goals.into_iter().collect())
    }

    /// Fails for what was asked for in exactly the version that it had.
    fn check_request(&self, locked: &Locked, version: &str) -> Result<()> {
        let native = &self.lock.head().architecture;
        let exact = self.lock.head().requested.iter().find(|request| match request.split_once('=') {
            Some((name, wanted)) => (name == locked.name || name == locked.apt_name(native)) && wanted != version,
            None => false,
        });
        match exact {
            Some(request) => {
                Err(Error::new(Kind::Usage, format!("{request} was asked for, and it would become {version}"))
                    .path(locked.name.clone())
                    .help("lock it anew, asking for another version"))
            }
            None => Ok(()),
        }
    }
}
