//! One suite before something is published into it.

use std::collections::BTreeSet;

use super::ledger::{Entry, Ledger};
use super::look::Look;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::publish::state::{Generation, Index, State, below};
use crate::store::bucket::Bucket as Files;

/// What is known of a suite, and what lies there.
#[derive(Debug)]
pub(super) struct Suite {
    /// Its publications, without those that never came into place.
    pub(super) state: State,
    /// The SHA-256 of its certificate, where it has one.
    pub(super) certificate: Option<Digest>,
    /// Directories of files by hash that earlier publications used, those that never came into place among them.
    pub(super) directories: BTreeSet<String>,
    /// A publication broke off before its InRelease: indexes under their names may be of either.
    pub(super) is_mixed: bool,
    pub(super) look: Look,
}

impl Suite {
    /// Looks at `suite`, which lies in `directory`.
    ///
    /// # Errors
    /// [`Kind::AlreadyExists`] where something else published it.
    pub(super) async fn look(files: &Files, ledger: &Ledger, suite: &str, directory: &str) -> Result<Self> {
        let look = Look::at(files, directory).await?;
        let known = ledger.suite(suite);
        let is_foreign = match known {
            Some(entry) => entry.state.directory != directory,
            None => look.clients_see.is_some(),
        };
        if is_foreign {
            return Err(Error::new(Kind::AlreadyExists, "something else published this suite here")
                .path(files.url_of(directory))
                .help("publish under another prefix, or remove this suite"));
        }
        let mut state = known.map_or_else(|| State::new(suite, directory), |entry| entry.state.clone());
        let directories = state.by_hash_directories();
        let recorded = state.generations.len();
        state.settle(look.clients_see);
        let is_mixed = state.generations.len() < recorded;
        Ok(Self { state, certificate: known.and_then(|entry| entry.certificate), directories, is_mixed, look })
    }

    /// The publication that clients see now.
    pub(super) fn live(&self) -> Option<&Generation> {
        self.state.generations.first()
    }

    /// Whether every file that the live publication names is there, with its size, and the `signed` ones.
    pub(super) fn is_whole(&self, signed: &[&str]) -> bool {
        !self.is_mixed
            && self.live().is_some_and(|live| live.missing == 0 && live.indexes.iter().all(|index| self.has(index)))
            && signed.iter().all(|name| self.look.has(&self.path(name), None))
    }

    /// Whether all files of an index are there, with their sizes, by name and by hash.
    pub(super) fn has(&self, index: &Index) -> bool {
        index.forms.iter().all(|form| {
            let there = |path: &str| self.look.has(&self.path(path), Some(form.size));
            there(&index.by_hash(form)) && there(&index.form_path(form))
        })
    }

    /// The path below the prefix of what is at `path` in the suite.
    pub(super) fn path(&self, path: &str) -> String {
        below(&self.state.directory, path)
    }

    /// The paths of files by hash that no publication needs which is kept.
    pub(super) fn stale(&self) -> Vec<String> {
        let kept = self.state.by_hash_files();
        let mut stale = Vec::new();
        for directory in &self.directories {
            let folder = self.path(directory);
            let files = self.look.names(&folder).filter(|name| name.parse::<Digest>().is_ok());
            stale.extend(
                files
                    .filter(|name| !kept.contains(&format!("{directory}/{name}")))
                    .map(|name| format!("{folder}/{name}")),
            );
        }
        stale
    }

    /// What the ledger is to say of it.
    pub(super) fn entry(&self) -> Entry {
        Entry { certificate: self.certificate, state: self.state.clone() }
    }
}
