//! What inventories are made from: the files of a root, be it put together from layers or a folder.

use bytes::Bytes;
use reposnap::Result;

use crate::layer::interest::Rule;

/// A file of the root.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Where it is, all links followed; without a leading slash.
    pub(crate) path: Vec<u8>,
    pub(crate) bytes: Bytes,
    /// Seconds since 1970.
    pub(crate) mtime: i64,
    /// The layer that brought it.
    pub(crate) layer: Option<usize>,
}

/// What the check of files sees at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// A regular file, and its MD5.
    File { md5: [u8; 16], layer: Option<usize> },
    /// Something else, be it a link.
    Other { layer: Option<usize> },
    /// Nothing; the layer that removed it, where one did.
    Missing { layer: Option<usize> },
}

/// What is in a folder: names, and the files with their content.
pub(crate) type Listed = Vec<(Vec<u8>, Option<Found>)>;

/// The files of a root. Links are followed as if the root were `/`, and never out of it.
pub(crate) trait Files {
    /// The file at `path`; none where there is none, or it is larger than `rule` cares for.
    fn read(&self, path: &[u8], rule: Rule) -> Result<Option<Found>>;

    /// What `rule` wants of the folder at `path`, by name, in order; none where there is no folder. Files without content are
    /// those of which only the name is wanted, and those that are too large.
    fn folder(&self, path: &[u8], rule: Rule) -> Result<Option<Listed>>;

    /// The rule under which dpkg's folder `info` is read: with lists of files where these are checked.
    fn info_rule(&self) -> Rule;

    /// What is at `path` itself, where links on the way are followed, and one at the end is not.
    fn look(&self, path: &[u8]) -> Result<Look>;
}

/// A path for a message.
pub(crate) fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
