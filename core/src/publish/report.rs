//! What a publication came to.

use std::path::PathBuf;

use serde::Serialize;

use crate::digest::Digest;
use crate::publish::state::{Generation, Index};

/// What came of a call to [`publish_signed`](super::publish_signed) or [`publish_verbatim`](super::publish_verbatim).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Publication {
    /// The suite.
    pub suite: String,
    /// What was done.
    pub outcome: Outcome,
    /// The indexes that the Release file names, in order of their paths; each once, not once for each compression.
    pub indexes: Vec<PublishedIndex>,
    /// How many packages (files of the pool) the indexes name that were made now, counted once in each index.
    pub packages: u64,
    /// How many of them were put into the pool now.
    pub added: u64,
    /// How many of the added ones had to be copied, because they could not be linked.
    pub copied: u64,
    /// How many of them the store does not have.
    pub missing: u64,
    /// The SHA-256 of the Release text that is now in place; none where nothing was published yet and nothing was to be.
    pub release: Option<Digest>,
    /// The file with the certificate by which clients verify; none for a verbatim tree.
    pub certificate: Option<PathBuf>,
    /// What the user should know, a sentence each.
    pub notes: Vec<String>,
    /// The files that have other content under the same name now, by their paths below the directory or the bucket's prefix,
    /// sorted: what caches have to be told of. Empty in a dry run.
    pub changed: Vec<String>,
    /// What it took to publish into a bucket; none for a directory, and in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uploaded: Option<Uploaded>,
}

/// What a publication asked of a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Uploaded {
    /// All requests: reads, listings, writes and deletions, those that were sent again among them.
    pub requests: u64,
    /// The bytes of the objects that were written.
    pub bytes: u64,
}

impl Publication {
    /// What came of a publication as far as its `generation` tells; nothing of packages. `made` is of each of its indexes.
    pub(crate) fn of(suite: &str, outcome: Outcome, generation: &Generation, made: &[Made]) -> Self {
        let index = |(index, made): (&Index, &Made)| PublishedIndex {
            path: index.path.clone(),
            size: index.size,
            packages: index.packages,
            made: *made,
        };
        let mut indexes: Vec<PublishedIndex> = generation.indexes.iter().zip(made).map(index).collect();
        indexes.sort_by(|a, b| a.path.cmp(&b.path));
        Self { indexes, release: Some(generation.release), ..Self::foretold(suite, outcome) }
    }

    /// What a dry run tells of a suite: what would become of it, and nothing that only doing it tells.
    pub(crate) fn foretold(suite: &str, outcome: Outcome) -> Self {
        Self {
            suite: suite.to_owned(),
            outcome,
            indexes: Vec::new(),
            packages: 0,
            added: 0,
            copied: 0,
            missing: 0,
            release: None,
            certificate: None,
            notes: Vec::new(),
            changed: Vec::new(),
            uploaded: None,
        }
    }
}

/// What a publication did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// New content is in place.
    Published,
    /// The content was in place already and was signed anew.
    Resigned,
    /// The content was in place already; nothing was written.
    Unchanged,
}

/// An index that a Release file names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PublishedIndex {
    /// Its path below the suite, uncompressed.
    pub path: String,
    /// Its size in bytes, uncompressed.
    pub size: u64,
    /// How many packages it has; 0 for indexes of another kind.
    pub packages: u64,
    /// Whether it had to be made, or is the file of the publication before.
    pub made: Made,
}

/// Where a published index comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Made {
    /// It was made now.
    Now,
    /// It is the one of the publication before.
    Before,
}
