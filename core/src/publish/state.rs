//! What was published before, kept beside the tree for the next publication.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::publish::options::check_name;
use crate::publish::tree::{PRIVATE, Tree};

/// How many publications keep their indexes: the one in place, and the one that clients in mid-update still read.
pub(crate) const GENERATIONS: usize = 2;

const FORMAT: u32 = 1;

/// The publications of one suite, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    format: u32,
    pub(crate) suite: String,
    /// Where it lies below the root of the tree; empty for the root itself.
    pub(crate) directory: String,
    pub(crate) generations: Vec<Generation>,
}

/// One publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Generation {
    /// The SHA-256 of InRelease.
    pub(crate) in_release: Digest,
    /// The SHA-256 of the text that is signed.
    pub(crate) release: Digest,
    /// The digest of all that was asked for, but the date.
    pub(crate) request: Digest,
    pub(crate) date: jiff::Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid_until: Option<jiff::Timestamp>,
    /// How many files the store did not have.
    pub(crate) missing: u64,
    pub(crate) indexes: Vec<Index>,
}

/// An index in all its compressions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Index {
    /// Below the suite, uncompressed.
    pub(crate) path: String,
    /// The digest of what it was made from.
    pub(crate) source: Digest,
    pub(crate) size: u64,
    pub(crate) sha256: Digest,
    pub(crate) packages: u64,
    pub(crate) forms: Vec<Form>,
}

/// A file that is served: an index in one compression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Form {
    /// `.gz` and the like; empty for the plain form.
    pub(crate) extension: String,
    pub(crate) size: u64,
    pub(crate) sha256: Digest,
}

impl Generation {
    /// The files of indexes that are not what they were in `before`.
    pub(crate) fn changed_since<'a>(&'a self, before: Option<&'a Self>) -> impl Iterator<Item = (&'a Index, &'a Form)> {
        let forms = self.indexes.iter().flat_map(|index| index.forms.iter().map(move |form| (index, form)));
        forms.filter(move |(index, form)| {
            let old = before.and_then(|before| before.indexes.iter().find(|old| old.path == index.path));
            !old.is_some_and(|old| old.forms.contains(form))
        })
    }
}

impl Index {
    /// Where the file of a form lies below the suite.
    pub(crate) fn form_path(&self, form: &Form) -> String {
        format!("{}{}", self.path, form.extension)
    }

    /// Where the file of a form lies by its hash, below the suite.
    pub(crate) fn by_hash(&self, form: &Form) -> String {
        format!("{}/{}", by_hash_directory(&self.path), form.sha256)
    }
}

/// The directory of the files by hash for the index `path`.
pub(crate) fn by_hash_directory(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((directory, _)) => format!("{directory}/by-hash/SHA256"),
        None => "by-hash/SHA256".to_owned(),
    }
}

impl State {
    pub(crate) fn new(suite: &str, directory: &str) -> Self {
        Self { format: FORMAT, suite: suite.to_owned(), directory: directory.to_owned(), generations: Vec::new() }
    }

    /// Reads the state of `suite`, or nothing where it was never published here.
    pub(crate) fn load(tree: &Tree, suite: &str) -> Result<Option<Self>> {
        let path = path(suite);
        let Some(bytes) = tree.read(&path)? else { return Ok(None) };
        Self::parse(&bytes).map(Some).map_err(|error| error.path(tree.path(&path).display().to_string()))
    }

    /// Reads the states of all suites of the tree.
    pub(crate) fn load_all(tree: &Tree) -> Result<Vec<Self>> {
        let mut states = Vec::new();
        for name in tree.names(PRIVATE)? {
            if name.starts_with("suite-") && name.ends_with(".json") {
                let path = format!("{PRIVATE}/{name}");
                let bytes = tree.read(&path)?.unwrap_or_default();
                states.push(Self::parse(&bytes).map_err(|error| error.path(tree.path(&path).display().to_string()))?);
            }
        }
        Ok(states)
    }

    /// Replaces the stored state.
    pub(crate) fn store(&self, tree: &Tree) -> Result<()> {
        let bytes = serde_json::to_vec(self)
            .map_err(|error| Error::new(Kind::Internal, "the state can't be written").source(error))?;
        let to = tree.path(&path(&self.suite));
        let temporary = tree.temporary_with(&bytes)?;
        tree.barrier()?;
        temporary.keep(&to)
    }

    /// Leaves out publications whose InRelease never came into place: those before `live`, the one that is there.
    pub(crate) fn settle(&mut self, live: Option<Digest>) {
        let at = self.generations.iter().position(|generation| Some(generation.in_release) == live);
        self.generations.drain(..at.unwrap_or(self.generations.len()));
    }

    /// Every directory that may hold files by hash of this suite.
    pub(crate) fn by_hash_directories(&self) -> BTreeSet<String> {
        let indexes = self.generations.iter().flat_map(|generation| &generation.indexes);
        indexes.map(|index| by_hash_directory(&index.path)).collect()
    }

    /// The files by hash that the kept publications need, below the suite.
    pub(crate) fn by_hash_files(&self) -> BTreeSet<String> {
        let indexes = self.generations.iter().flat_map(|generation| &generation.indexes);
        indexes.flat_map(|index| index.forms.iter().map(|form| index.by_hash(form))).collect()
    }

    /// Refuses a publication whose indexes would lie in the directory of another suite, or that has those of another in its
    /// own: `stable` with a component `updates`, and the suite `stable/updates`.
    ///
    /// # Errors
    /// [`Kind::AlreadyExists`].
    pub(crate) fn check_overlap(directory: &str, generation: &Generation, all: &[Self]) -> Result<()> {
        let own: Vec<String> = generation.indexes.iter().map(|index| below(directory, &index.path)).collect();
        for other in all {
            // What lies in the root itself, a flat repository, has its files beside those of the others.
            if other.directory == directory || other.directory.is_empty() || directory.is_empty() {
                continue;
            }
            let other_directory = format!("{}/", other.directory);
            let theirs = other.generations.iter().flat_map(|generation| &generation.indexes);
            let mut theirs = theirs.map(|index| format!("{other_directory}{}", index.path));
            let own_directory = format!("{directory}/");
            let inside = |path: &str, outer: &str, inner: &str| inner.starts_with(outer) && path.starts_with(inner);
            if own.iter().any(|path| inside(path, &own_directory, &other_directory))
                || theirs.any(|path| inside(&path, &other_directory, &own_directory))
            {
                let message = format!(
                    "components of this suite would lie in the directory of the suite {}, or its in this one's",
                    other.suite
                );
                return Err(Error::new(Kind::AlreadyExists, message)
                    .path(directory)
                    .help("choose another suite or component name"));
            }
        }
        Ok(())
    }

    /// Refuses what this version can't have written: paths in it are deleted from and linked to.
    ///
    /// # Errors
    /// [`Kind::Format`] for that of a newer version; [`Kind::Malformed`] or [`Kind::Usage`] for names that lead elsewhere.
    pub(crate) fn check(&self) -> Result<()> {
        if self.format > FORMAT {
            return Err(Error::new(Kind::Format, format!("a newer version published here (format {})", self.format))
                .help("use a newer reposnap"));
        }
        for index in self.generations.iter().flat_map(|generation| &generation.indexes) {
            super::tree::checked_path(&index.path)?;
        }
        if !self.directory.is_empty() {
            super::tree::checked_path(&self.directory)?;
        }
        check_name("suite", &self.suite)
    }

    fn parse(bytes: &[u8]) -> Result<Self> {
        let state: Self = serde_json::from_slice(bytes).map_err(|error| {
            Error::new(Kind::Malformed, format!("what was published before is damaged: {error}"))
                .source(error)
                .help("delete the suite's directory below `dists` and this file, then publish again")
        })?;
        state.check().map(|()| state)
    }
}

/// The path `path` in `directory`, which is empty for the root.
pub(crate) fn below(directory: &str, path: &str) -> String {
    if directory.is_empty() { path.to_owned() } else { format!("{directory}/{path}") }
}

/// The certificate of a suite, below the root. A suite's name has letters, digits and `.+~_-` between its slashes.
pub(crate) fn certificate_path(suite: &str) -> String {
    format!("{}.asc", suite.replace('/', "-"))
}

/// The state file of a suite, below the tree's root. `%` is in no suite's name.
fn path(suite: &str) -> String {
    format!("{PRIVATE}/suite-{}.json", suite.replace('/', "%"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generation(name: &str) -> Generation {
        let form = Form { extension: ".gz".into(), size: 1, sha256: Digest::of(name.as_bytes()) };
        Generation {
            in_release: Digest::of(name.as_bytes()),
            release: Digest::of(b"r"),
            request: Digest::of(b"q"),
            date: jiff::Timestamp::UNIX_EPOCH,
            valid_until: None,
            missing: 0,
            indexes: vec![Index {
                path: format!("{name}/binary-all/Packages"),
                source: Digest::of(b"s"),
                size: 3,
                sha256: Digest::of(b"p"),
                packages: 1,
                forms: vec![form],
            }],
        }
    }

    #[test]
    fn a_state_comes_back_and_a_foreign_one_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let tree = Tree::take(root.path(), std::time::Duration::ZERO).unwrap();
        let suite = "stable/updates";
        assert_eq!(State::load(&tree, suite).unwrap(), None);
        let mut state = State::new(suite, "dists/stable/updates");
        state.generations.push(generation("main"));
        state.store(&tree).unwrap();
        assert_eq!(State::load(&tree, suite).unwrap(), Some(state.clone()));
        assert_eq!(State::load_all(&tree).unwrap(), [state.clone()]);

        let text = serde_json::to_string(&state).unwrap();
        for (from, to, kind) in [
            ("\"format\":1", "\"format\":2", Kind::Format),
            ("main/binary-all", "../../binary-all", Kind::Malformed),
            ("\"suite\":\"stable/updates", "\"suite\":\"../x", Kind::Usage),
            ("dists/stable", "../stable", Kind::Malformed),
            ("}", "", Kind::Malformed),
        ] {
            assert_eq!(State::parse(text.replace(from, to).as_bytes()).unwrap_err().kind(), kind, "{from}");
        }
    }

    #[test]
    fn what_never_came_into_place_is_forgotten() {
        let mut state = State::new("s", "dists/s");
        state.generations = vec![generation("new"), generation("live"), generation("old")];
        let mut settled = state.clone();
        settled.settle(Some(Digest::of(b"live")));
        assert_eq!(settled.generations, state.generations[1..]);
        settled.settle(Some(Digest::of(b"foreign")));
        assert_eq!(settled.generations, []);
    }
}
