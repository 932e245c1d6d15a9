//! What is kept of a layer.

use bytes::Bytes;
use reposnap::Digest;

/// What a layer says of the places that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The digest of the uncompressed archive.
    pub(crate) diff_id: Digest,
    /// Paths of lower layers that are gone (whiteouts).
    pub(crate) removed: Vec<Vec<u8>>,
    /// Folders of which nothing of lower layers is left (opaque whiteouts).
    pub(crate) opaque: Vec<Vec<u8>>,
    /// What it has, in its order.
    pub(crate) entries: Vec<Fact>,
    /// All its symbolic links: path and target.
    pub(crate) links: Vec<(Vec<u8>, Vec<u8>)>,
    /// Folders in which it has something, without an entry of their own before: if a lower layer has a link there, that is
    /// followed.
    pub(crate) implied: Vec<Vec<u8>>,
    /// Bytes of content in `entries`.
    pub(crate) kept: u64,
}

/// Something in a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) path: Vec<u8>,
    pub(crate) what: What,
    /// Seconds since 1970.
    pub(crate) mtime: i64,
}

/// What it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Directory,
    File(Content),
    SymbolicLink(Vec<u8>),
    /// Another name of the file that is at this path.
    HardLink(Vec<u8>),
    /// A device, a pipe, a file with holes.
    Other,
}

/// What is kept of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Content {
    /// Its bytes.
    pub(crate) bytes: Option<Bytes>,
    /// Their MD5.
    pub(crate) md5: Option<[u8; 16]>,
    pub(crate) size: u64,
}
