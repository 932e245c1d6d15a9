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
use crate::publish::options::Suite;
use crate::publish::state::{GENERATIONS, Generation, Index, State};
use crate::publish::tree::Tree;

/// What is signed, and the signatures.
pub(crate) struct Signed {
    pub(crate) release: Vec<u8>,
    /// Release.gpg; none where upstream has none.
    pub(crate) signature: Option<Vec<u8>>,
    /// Empty where upstream has none.
    pub(crate) in_release: Vec<u8>,
    pub(crate) certificate: Option<Vec<u8>>,
}

/// A publication of a suite that is under way.
pub(crate) struct Commit {
    tree: Arc<Tree>,
    suite: Suite,
    directory: String,
    state: State,
    /// Directories of files by hash that earlier publications used, those that never came into place among them.
    directories: BTreeSet<String>,
}

impl Commit {
    /// Begins with what was published before.
    ///
    /// # Errors
    /// [`Kind::AlreadyExists`] where something else published the suite, or a suite that overlaps with it.
    pub(crate) fn begin(tree: &Arc<Tree>, suite: &Suite) -> Result<Self> {
        let directory = format!("dists/{suite}");
        let in_release = tree.read(&format!("{directory}/InRelease"))?;
        let release = if in_release.is_some() { None } else { tree.read(&format!("{directory}/Release"))? };
        let loaded = State::load(tree, suite)?;
        if loaded.is_none() && (in_release.is_some() || release.is_some()) {
            return Err(Error::new(Kind::AlreadyExists, "something else published this suite here")
                .path(tree.path(&directory).display().to_string())
                .help("publish into another directory, or remove this one"));
        }
        let mut state = loaded.unwrap_or_else(|| State::new(suite));
        let directories = state.by_hash_directories();
        state.settle(in_release.or(release).as_deref().map(Digest::of));
        Ok(Self { tree: tree.clone(), suite: suite.clone(), directory, state, directories })
    }

    pub(crate) fn suite(&self) -> &Suite {
        &self.suite
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
    pub(crate) fn certificate(&self) -> Option<PathBuf> {
        Some(self.tree.path(&self.certificate_path()))
    }

    /// Whether every file that a publication names is there, with its size.
    pub(crate) fn is_whole(&self, generation: &Generation) -> bool {
        generation.indexes.iter().all(|index| {
            self.has_index(index)
                && index.forms.iter().all(|form| self.tree.has(&self.below(&index.form_path(form)), Some(form.size)))
        }) && ["Release", "Release.gpg"].iter().all(|name| self.tree.has(&self.below(name), None))
            && self.tree.has(&self.certificate_path(), None)
    }

    /// Whether the files by hash of an index are there, with their sizes.
    pub(crate) fn has_index(&self, index: &Index) -> bool {
        index.forms.iter().all(|form| self.tree.has(&self.below(&index.by_hash(form)), Some(form.size)))
    }

    /// Brings `generation` into place; `written` are the files of those of its indexes that are new.
    pub(crate) fn finish(mut self, generation: Generation, written: Vec<Written>, signed: &Signed) -> Result<()> {
        let tree = self.tree.clone();
        self.check_overlap(&generation)?;
        for made in written {
            for file in made.files {
                let sha256 = file.form.sha256;
                tree.place(file.file, &self.below(&made.index.by_hash(&file.form)))?;
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
        let release = tree.temporary_with(&signed.release)?;
        let signature = signed.signature.as_deref().map(|bytes| tree.temporary_with(bytes)).transpose()?;
        let in_release = tree.temporary_with(&signed.in_release)?;
        tree.barrier()?;
        tree.place(release, &self.below("Release"))?;
        match signature {
            Some(signature) => tree.place(signature, &self.below("Release.gpg"))?,
            None => tree.remove(&self.below("Release.gpg"))?,
        }
        tree.barrier()?;
        if signed.in_release.is_empty() {
            tree.remove(&self.below("InRelease"))?;
        } else {
            tree.place(in_release, &self.below("InRelease"))?;
        }
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

    /// `stable` with a component `updates` and the suite `stable/updates` would share a directory.
    fn check_overlap(&self, generation: &Generation) -> Result<()> {
        let own: Vec<String> = generation.indexes.iter().map(|index| self.below(&index.path)).collect();
        for other in State::load_all(&self.tree)? {
            if other.suite == self.suite.as_str() {
                continue;
            }
            let directory = format!("dists/{}/", other.suite);
            let theirs = other.generations.iter().flat_map(|generation| &generation.indexes);
            let mut theirs = theirs.map(|index| format!("{directory}{}", index.path));
            let own_directory = format!("{}/", self.directory);
            let inside = |path: &str, outer: &str, inner: &str| inner.starts_with(outer) && path.starts_with(inner);
            if own.iter().any(|path| inside(path, &own_directory, &directory))
                || theirs.any(|path| inside(&path, &directory, &own_directory))
            {
                return Err(Error::new(
                    Kind::AlreadyExists,
                    format!("components of this suite would lie in the directory of the suite {}, or its in this one's", other.suite),
                )
                .path(&self.directory)
                .help("choose another suite or component name"));
            }
        }
        Ok(())
    }

    fn certificate_path(&self) -> String {
        format!("{}.asc", self.suite.as_word())
    }

    fn below(&self, path: &str) -> String {
        format!("{}/{path}", self.directory)
    }
}
