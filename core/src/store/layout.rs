//! Where objects lie in a store.

use crate::digest::Digest;

/// The manifest of a snapshot.
pub fn snapshot(id: Digest) -> String {
    format!("snapshots/{id}")
}

/// The chunk index of a snapshot.
pub fn index(id: Digest) -> String {
    format!("index/{id}")
}

/// A pack.
pub fn pack(name: Digest) -> String {
    format!("packs/{name}.pack")
}

/// A package or another file of the pool, with the ending that apt needs, such as `.deb`.
///
/// ```
/// let digest = reposnap::Digest::of(b"");
/// let path = reposnap::store::layout::pool(digest, "deb");
/// assert_eq!(path, "pool/e3/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.deb");
/// ```
pub fn pool(digest: Digest, extension: &str) -> String {
    let hex = digest.to_string();
    format!("pool/{}/{hex}.{extension}", &hex[..2])
}
