//! What sort of object a path is of.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::Result;
use crate::store::{ObjectMeta, Objects};

/// A sort of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// `reposnap.json`.
    Format,
    /// A package.
    Package,
    /// A pack of chunks.
    Pack,
    /// A chunk index.
    Index,
    /// A snapshot's manifest.
    Snapshot,
    /// A packed universe of relations.
    Universe,
    /// A keyring.
    Keyring,
    /// A segment of a history.
    History,
    /// A record of an image.
    Image,
    /// A segment of the index of recorded images.
    Fleet,
    /// An entry of a log.
    Ref,
    /// Evidence of a promotion.
    Evidence,
    /// An approval.
    Approval,
    /// What is left of a snapshot that retention gave up.
    Retired,
    /// Plans of garbage collection, and what is on its way out.
    Collection,
    /// What was altered and moved aside by a repair.
    Damaged,
    /// Anything else.
    Other,
}

/// How many objects, and how large they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// How many.
    pub objects: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// Counts by sort.
pub type Counts = BTreeMap<Sort, Count>;

/// A count with its sort, as documents have it.
#[derive(Serialize)]
struct SortCount {
    sort: Sort,
    objects: u64,
    bytes: u64,
}

/// Writes counts as a list.
pub(super) fn as_list<S: serde::Serializer>(counts: &Counts, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_seq(counts.iter().map(|(sort, Count { objects, bytes })| SortCount {
        sort: *sort,
        objects: *objects,
        bytes: *bytes,
    }))
}

/// The folders that a store has, and what is in each.
const FOLDERS: [(&str, Sort); 15] = [
    ("approvals", Sort::Approval),
    ("damaged", Sort::Damaged),
    ("evidence", Sort::Evidence),
    ("fleet", Sort::Fleet),
    ("gc", Sort::Collection),
    ("history", Sort::History),
    ("images", Sort::Image),
    ("index", Sort::Index),
    ("keyrings", Sort::Keyring),
    ("packs", Sort::Pack),
    ("pool", Sort::Package),
    ("refs", Sort::Ref),
    ("retired", Sort::Retired),
    ("snapshots", Sort::Snapshot),
    ("universe", Sort::Universe),
];

impl Sort {
    /// What an object at `path` is.
    pub fn of(path: &str) -> Self {
        match path.split_once('/') {
            None if path == crate::store::FORMAT_PATH => Sort::Format,
            Some((folder, _)) => {
                FOLDERS.iter().find(|(name, _)| *name == folder).map_or(Sort::Other, |(_, sort)| *sort)
            }
            None => Sort::Other,
        }
    }

    /// Its word, as documents have it.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Format => "format",
            Sort::Package => "package",
            Sort::Pack => "pack",
            Sort::Index => "index",
            Sort::Snapshot => "snapshot",
            Sort::Universe => "universe",
            Sort::Keyring => "keyring",
            Sort::History => "history",
            Sort::Image => "image",
            Sort::Fleet => "fleet",
            Sort::Ref => "ref",
            Sort::Evidence => "evidence",
            Sort::Approval => "approval",
            Sort::Retired => "retired",
            Sort::Collection => "collection",
            Sort::Damaged => "damaged",
            Sort::Other => "other",
        }
    }
}

impl Count {
    /// One more object.
    pub fn add(&mut self, bytes: u64) {
        self.objects += 1;
        self.bytes += bytes;
    }
}

/// The sum of all sorts.
pub fn total(counts: &Counts) -> Count {
    counts.values().fold(Count::default(), |sum, count| Count {
        objects: sum.objects + count.objects,
        bytes: sum.bytes + count.bytes,
    })
}

/// Shows `visit` every object of the folders that a store has, folder by folder. What else lies beside them is not looked at.
pub async fn each_object(objects: &Objects, mut visit: impl FnMut(Sort, ObjectMeta)) -> Result<()> {
    if let Some(format) = objects.meta(crate::store::FORMAT_PATH).await? {
        visit(Sort::Format, format);
    }
    for (folder, sort) in FOLDERS {
        each_of(objects, folder, |object| visit(sort, object)).await?;
    }
    Ok(())
}

/// Shows `visit` every object of one of the folders.
pub async fn each_of(objects: &Objects, folder: &str, mut visit: impl FnMut(ObjectMeta)) -> Result<()> {
    if folder != "pool" || !objects.is_local() {
        return objects.visit(folder, visit).await;
    }
    // The pool is large, and the files of a directory come in one piece: it is listed folder by folder.
    for piece in objects.names(folder).await? {
        objects.visit(&format!("{folder}/{piece}"), &mut visit).await?;
    }
    Ok(())
}
