//! A revision that was found, and what would have to happen for its name to mean another snapshot.

use std::path::PathBuf;

use super::revision::{Revision, resolve, snapshot_path};
use crate::error::Result;
use crate::store::Store;
use crate::store::refs::{self, ENVIRONMENT, MIRROR, SNAPSHOT};

/// A revision of a store in a directory, and the files that tell whether it still is what its name means.
///
/// Logs only grow, so a name means what it meant as long as none that it could be of has a next entry: three looks into the
/// file system, where finding out again reads folders and files.
///
/// ```
/// # fn main() -> reposnap::Result<()> {
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use reposnap::environment::{Change, Environment, Following};
/// use reposnap::store::{Store, refs::Note};
/// # use reposnap::Digest;
/// # let directory = tempfile::tempdir().unwrap();
/// # let store = Store::create(&directory.path().join("store")).await?;
/// # let (old, new) = (Digest::of(b"old"), Digest::of(b"new"));
/// # for digest in [old, new] { store.objects().put(&format!("snapshots/{digest}"), "".into()).await?; }
/// let stable = Environment::open(&store, "stable")?;
/// stable.create(Change::created(old), &Note::new("ana", "begin")).await?;
/// let following = Following::find(&store, "stable").await?;
/// assert!(following.is_current());
/// stable.promote(Change::promoted(new, "testing"), None, &Note::new("ana", "passed")).await?;
/// assert!(!following.is_current());
/// # Ok(()) })
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Following {
    /// What the name means.
    pub revision: Revision,
    /// None where nothing tells, as in a bucket.
    told_by: Option<Files>,
}

#[derive(Clone, Debug)]
struct Files {
    /// The next entries of the logs that the name could be of.
    absent: Vec<PathBuf>,
    /// The snapshot.
    present: PathBuf,
}

impl Following {
    /// Finds the snapshot that `text` names, as [`resolve`] does.
    ///
    /// # Errors
    /// Those of [`resolve`].
    pub async fn find(store: &Store, text: &str) -> Result<Self> {
        let objects = store.objects();
        // In a bucket nothing tells, and looking would cost as much as finding out.
        if !objects.is_local() {
            return Ok(Self { revision: resolve(store, text).await?, told_by: None });
        }
        let file = |path: &str| objects.local_path(path);
        let name = name_of(text);
        // Looked at before the question is asked: whatever is written in between makes it out of date.
        let mut next = Vec::new();
        for kind in [ENVIRONMENT, MIRROR, SNAPSHOT] {
            if refs::check_name(name).is_ok() {
                let head = refs::head_number(objects, kind, name).await?.unwrap_or(0);
                next.push(refs::entry_path(kind, name, head + 1));
            }
        }
        let revision = resolve(store, text).await?;
        let absent: Option<Vec<PathBuf>> = next.iter().map(|path| file(path)).collect();
        let present = file(&snapshot_path(revision.digest));
        // The beginning of a digest may come to be that of a second one, which no file tells.
        let is_followed = revision.name.is_some() || text == revision.digest.to_string();
        let told_by = absent.zip(present).filter(|_| is_followed).map(|(absent, present)| Files { absent, present });
        Ok(Self { revision, told_by })
    }

    /// Whether the name still means this for certain; never in a bucket.
    pub fn is_current(&self) -> bool {
        let is_there = |path: &PathBuf| std::fs::symlink_metadata(path).is_ok();
        self.told_by.as_ref().is_some_and(|files| is_there(&files.present) && !files.absent.iter().any(is_there))
    }
}

/// The name in a revision, without its kind and its past.
fn name_of(text: &str) -> &str {
    let rest = text.split_once('/').map_or(text, |(_, rest)| rest);
    &rest[..rest.find(['~', '@']).unwrap_or(rest.len())]
}
