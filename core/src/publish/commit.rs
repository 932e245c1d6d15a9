//! The order in which a publication comes into place.
//!
//! Packages and files by hash, then the record of what is to come, then the indexes under their names, Release,
//! Release.gpg, and InRelease last; each step is on disk before the next begins. Only then does anything old go.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::publish::groups;
use crate::publish::index::Written;
use crate::publish::signatures::Signed;
use crate::publish::state::{GENERATIONS, Generation, Index, State, below, certificate_path};
use crate::publish::tree::{Temporary, Tree};

/// A publication of a suite that is under way.
pub(crate) struct Commit {
    tree: Arc<Tree>,
    directory: String,
    state: State,
    /// Directories of files by hash that earlier publications used, those that never came into place among them.
    directories: BTreeSet<String>,
}

impl Commit {
    /// Begins to publish `suite` at `directory` below the tree's root, with what was published before.
    ///
    /// # Errors
    /// [`Kind::AlreadyExists`] where something else published the suite, or a suite that overlaps with it.
    pub(crate) fn begin(tree: &Arc<Tree>, suite: &str, directory: &str) -> Result<Self> {
        let in_release = tree.read(&below(directory, "InRelease"))?;
        let release = if in_release.is_some() { None } else { tree.read(&below(directory, "Release"))? };
        let loaded = State::load(tree, suite)?;
        let foreign = match &loaded {
            Some(state) => state.directory != directory,
            None => in_release.is_some() || release.is_some(),
        };
        if foreign {
            return Err(Error::new(Kind::AlreadyExists, "something else published this suite here")
                .path(tree.path(directory).display().to_string())
                .help("publish into another directory, or remove this one"));
        }
        let mut state = loaded.unwrap_or_else(|| State::new(suite, directory));
        let directories = state.by_hash_directories();
        state.settle(in_release.or(release).as_deref().map(Digest::of));
        Ok(Self { tree: tree.clone(), directory: directory.to_owned(), state, directories })
    }

    pub(crate) fn suite(&self) -> &str {
        &self.state.suite
    }

    /// The directory of the suite, below the tree's root.
    pub(crate) fn suite_directory(&self) -> &str {
        &self.directory
    }

    /// The publication that clients see now.
    pub(crate) fn live(&self) -> Option<&Generation> {
        self.state.generations.first()
    }

    /// Where the certificate lies.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.tree.path(&self.certificate_path())
    }

    pub(crate) fn has_certificate(&self) -> bool {
        self.tree.has(&self.certificate_path(), None)
    }

    /// Whether every file that a publication names is there, with its size, and the `signed` ones.
    pub(crate) fn is_whole(&self, generation: &Generation, signed: &[&str]) -> bool {
        generation.indexes.iter().all(|index| {
            self.has_index(index)
                && index.forms.iter().all(|form| self.tree.has(&self.below(&index.form_path(form)), Some(form.size)))
        }) && signed.iter().all(|name| self.tree.has(&self.below(name), None))
    }

    /// Whether the files by hash of an index are there, with their sizes.
    pub(crate) fn has_index(&self, index: &Index) -> bool {
        index.forms.iter().all(|form| self.tree.has(&self.below(&index.by_hash(form)), Some(form.size)))
    }

    /// The paths below the root whose content will be another once `generation` is in place; `replaced` of them in the pool.
    pub(crate) fn changed(
        &self,
        generation: &Generation,
        signed: &Signed,
        replaced: Vec<String>,
    ) -> Result<Vec<String>> {
        let certificate = match &signed.certificate {
            Some(new) => self.tree.read(&self.certificate_path())?.is_none_or(|old| old != *new),
            None => false,
        };
        Ok(signed.changed(&self.state.suite, &self.directory, self.live(), generation, certificate, replaced))
    }

    /// Brings `generation` into place; `written` are the files of those of its indexes that are new.
    pub(crate) fn finish(mut self, generation: Generation, written: Vec<Written>, signed: &Signed) -> Result<()> {
        let tree = self.tree.clone();
        State::check_overlap(&self.directory, &generation, &State::load_all(&tree)?)?;
        for made in written {
            for file in made.files {
                let sha256 = file.form.sha256;
                file.file.place(&tree, &self.below(&made.index.by_hash(&file.form)))?;
                if let Some((start, groups)) = file.groups {
                    groups::store(&tree, sha256, start, &groups)?;
                }
            }
        }
        tree.barrier()?;

        // From here on a later publisher knows of the files, whatever happens to this one.
        self.directories.extend(generation.indexes.iter().map(|index| super::state::by_hash_directory(&index.path)));
        self.state.generations.insert(0, generation);
        self.state.store(&tree)?;

        let generation = &self.state.generations[0];
        for index in &generation.indexes {
            for form in &index.forms {
                tree.place_again(&self.below(&index.by_hash(form)), &self.below(&index.form_path(form)))?;
            }
        }
        if let Some(certificate) = &signed.certificate {
            tree.place(tree.temporary_with(certificate)?, &self.certificate_path())?;
        }
        tree.barrier()?;
        self.sign(signed)?;
        self.clean()
    }

    /// Replaces Release, Release.gpg and InRelease, in this order.
    fn sign(&self, signed: &Signed) -> Result<()> {
        let tree = &self.tree;
        let ready = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(|bytes| tree.temporary_with(bytes)).transpose();
        let release = ready(&signed.release)?;
        let signature = ready(&signed.signature)?;
        let in_release = ready(&signed.in_release)?;
        tree.barrier()?;
        let replace = |file: Option<Temporary>, name: &str| match file {
            Some(file) => tree.place(file, &self.below(name)),
            None => tree.remove(&self.below(name)),
        };
        replace(release, "Release")?;
        replace(signature, "Release.gpg")?;
        tree.barrier()?;
        replace(in_release, "InRelease")?;
        tree.barrier()
    }

    /// Removes what only publications before the last two need.
    fn clean(&mut self) -> Result<()> {
        self.state.generations.truncate(GENERATIONS);
        let kept = self.state.by_hash_files();
        for directory in &self.directories {
            for name in self.tree.names(&self.below(directory))? {
                let path = format!("{directory}/{name}");
                if name.parse::<Digest>().is_ok() && !kept.contains(&path) {
                    self.tree.remove(&self.below(&path))?;
                }
            }
        }
        self.state.store(&self.tree)?;
        let mut digests = HashSet::new();
        for state in State::load_all(&self.tree)? {
            let indexes = state.generations.iter().flat_map(|generation| &generation.indexes);
            digests.extend(indexes.flat_map(|index| index.forms.iter().map(|form| form.sha256.to_string())));
        }
        groups::clean(&self.tree, &|name| digests.contains(name))
    }

    fn certificate_path(&self) -> String {
        certificate_path(&self.state.suite)
    }

    fn below(&self, path: &str) -> String {
        below(&self.directory, path)
    }
}
