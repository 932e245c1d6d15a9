//! Removes packages that no publication needs any more.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::deb::compress::{Compression, decompress};
use crate::deb::stanza::Stanzas;
use crate::error::{Error, Kind, Result};
use crate::progress::Monitor;
use crate::publish::state::{Index, State};
use crate::publish::tree::Tree;
use crate::worker::blocking;

/// The largest index that is read, uncompressed.
const LARGEST_INDEX: u64 = 4 << 30;

/// What [`prune`] did, or [`plan_prune`] would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Pruned {
    /// How many files of the pool stay.
    pub kept: u64,
    /// How many were removed.
    pub removed: u64,
    /// How many bytes the removed ones had; hard links to them in the store keep theirs.
    pub bytes: u64,
    /// In a dry run those that would be removed, by their paths below the directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<String>>,
}

/// Removes every file below `pool/` of the published `directory` that neither the last nor the last but one
/// publication of any suite names. Waits for another publisher as long as `wait`.
///
/// # Errors
/// [`Kind::NotFound`] where nothing was published;
/// [`Kind::Unsupported`] where something else publishes suites into the directory: what they need is unknown.
/// Nothing is removed unless all indexes could be read.
pub async fn prune(directory: &Path, wait: Duration, monitor: &Monitor) -> Result<Pruned> {
    let (directory, monitor) = (directory.to_owned(), monitor.clone());
    blocking(move || {
        let tree = match Tree::look(&directory) {
            Some(_) => Tree::take(&directory, wait)?,
            None => return Err(nothing_published(&directory)),
        };
        let needed = needed(&tree, &monitor)?;
        let mut pruned = Pruned::default();
        sweep(&tree, "pool", &needed, &monitor, &mut pruned)?;
        tree.barrier()?;
        Ok(pruned)
    })
    .await
}

/// What [`prune`] would remove, without removing any of it.
///
/// # Errors
/// As [`prune`].
pub async fn plan_prune(directory: &Path, monitor: &Monitor) -> Result<Pruned> {
    let (directory, monitor) = (directory.to_owned(), monitor.clone());
    blocking(move || {
        let tree = Tree::look(&directory).ok_or_else(|| nothing_published(&directory))?;
        let needed = needed(&tree, &monitor)?;
        let mut pruned = Pruned { files: Some(Vec::new()), ..Pruned::default() };
        sweep(&tree, "pool", &needed, &monitor, &mut pruned)?;
        if let Some(files) = &mut pruned.files {
            files.sort_unstable();
        }
        Ok(pruned)
    })
    .await
}

/// A directory without publications may be anything, such as a store with a pool of its own.
fn nothing_published(directory: &Path) -> Error {
    nothing_published_at(&directory.display().to_string())
}

pub(crate) fn nothing_published_at(place: &str) -> Error {
    Error::new(Kind::NotFound, "nothing was published here")
        .path(place)
        .help("name the directory or the bucket that was published into")
}

/// The files that the publications need.
fn needed(tree: &Tree, monitor: &Monitor) -> Result<HashSet<String>> {
    let states = State::load_all(tree)?;
    refuse_foreign(tree, &states)?;
    let mut needed = HashSet::new();
    let mut read = HashSet::new();
    for state in &states {
        for index in state.generations.iter().flat_map(|generation| &generation.indexes) {
            monitor.check()?;
            if index.packages > 0 && read.insert(index.sha256) {
                needed_by(tree, &state.directory, index, &mut needed)?;
            }
        }
    }
    Ok(needed)
}

/// Adds the files that the packages of an index need.
fn needed_by(tree: &Tree, directory: &str, index: &Index, needed: &mut HashSet<String>) -> Result<()> {
    let missing = || {
        Error::new(Kind::NotFound, "a published index is gone, so what it needs is unknown")
            .path(tree.path(directory).join(&index.path).display().to_string())
            .help("publish the suite again")
    };
    let form = index.forms.first().ok_or_else(missing)?;
    let path = format!("{directory}/{}", index.by_hash(form));
    let bytes = tree.read(path.trim_start_matches('/'))?.ok_or_else(missing)?;
    named_in(&index.form_path(form), &bytes, needed).map_err(|error| error.path(&path))
}

/// Adds the files that the packages of an index need; `name` is that of the file `bytes`, with its compression.
pub(crate) fn named_in(name: &str, bytes: &[u8], needed: &mut HashSet<String>) -> Result<()> {
    let (_, kind) = Compression::from_path(name);
    let text = decompress(kind, bytes, LARGEST_INDEX)?;
    for stanza in Stanzas::new(&text) {
        let stanza = stanza?;
        let word = |name: &str| stanza.get(name).map(|value| String::from_utf8_lossy(value).into_owned());
        if let Some(file) = word("Filename") {
            needed.insert(plain(&file));
        }
        if let Some(directory) = word("Directory") {
            for field in ["Checksums-Sha256", "Files"] {
                for line in word(field).unwrap_or_default().lines() {
                    if let Some(name) = line.split_whitespace().nth(2) {
                        needed.insert(plain(&format!("{directory}/{name}")));
                    }
                }
            }
        }
    }
    Ok(())
}

/// `./pool/a.deb` is `pool/a.deb`.
fn plain(path: &str) -> String {
    path.split('/').filter(|part| !part.is_empty() && *part != ".").collect::<Vec<_>>().join("/")
}

/// Removes what is not needed, or lists it where `pruned` has a list.
fn sweep(tree: &Tree, directory: &str, needed: &HashSet<String>, monitor: &Monitor, pruned: &mut Pruned) -> Result<()> {
    monitor.check()?;
    for name in tree.names(directory)? {
        let relative = format!("{directory}/{name}");
        let path = tree.path(&relative);
        let found = std::fs::symlink_metadata(&path).map_err(|error| Error::io(path.display(), error))?;
        if found.is_dir() {
            sweep(tree, &relative, needed, monitor, pruned)?;
            if pruned.files.is_none() {
                // It stays where it is not empty.
                let _ = std::fs::remove_dir(&path);
            }
        } else if needed.contains(&relative) {
            pruned.kept += 1;
        } else {
            pruned.removed += 1;
            pruned.bytes += found.len();
            match &mut pruned.files {
                Some(files) => files.push(relative),
                None => tree.remove(&relative)?,
            }
        }
    }
    Ok(())
}

pub(crate) fn foreign() -> Error {
    Error::new(Kind::Unsupported, "something else publishes here too, and what it needs is unknown")
}

/// Fails where `dists` has a suite without a state.
fn refuse_foreign(tree: &Tree, states: &[State]) -> Result<()> {
    /// How many words the name of a suite may have here.
    const DEEPEST: usize = 8;
    let known: HashSet<String> = states.iter().map(|state| state.directory.clone()).collect();
    let mut directories = vec![("dists".to_owned(), 0)];
    while let Some((directory, depth)) = directories.pop() {
        let signed = ["InRelease", "Release.gpg"].iter().any(|name| tree.has(&format!("{directory}/{name}"), None));
        if signed && !known.contains(&directory) {
            return Err(foreign().path(tree.path(&directory).display().to_string()));
        }
        for name in tree.names(&directory)? {
            let below = format!("{directory}/{name}");
            if depth < DEEPEST && name != "by-hash" && tree.path(&below).is_dir() {
                directories.push((below, depth + 1));
            }
        }
    }
    Ok(())
}
