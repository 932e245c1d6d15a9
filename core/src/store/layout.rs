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

/// The packed relations of a snapshot's packages.
pub fn universe(name: Digest) -> String {
    format!("universe/{name}")
}

/// Which snapshots of a log held which packages, packed: a segment of it.
pub fn history(name: Digest) -> String {
    format!("history/{name}")
}

/// What an image was found to hold when it was recorded, by the digest of the image.
pub fn image(digest: Digest) -> String {
    format!("images/{digest}")
}

/// Which recorded images have which packages, packed: a segment of it, which with those before it covers so many entries of
/// logs. A listing begins with what covers the most.
pub fn fleet(covered: u64, name: Digest) -> String {
    format!("fleet/{:020}.{name}", u64::MAX - covered)
}

/// What is left of a snapshot that retention gave up: when, and by which plan.
pub fn retired(id: Digest) -> String {
    format!("retired/{id}")
}

/// Whether the digest of an object's bytes is in its path: such an object never changes.
pub(super) fn is_named_by_content(path: &str) -> bool {
    ["pool/", "packs/"].iter().any(|folder| path.starts_with(folder))
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
    let mut path = Vec::with_capacity(80);
    write_pool(&mut path, digest, extension);
    String::from_utf8(path).unwrap_or_default()
}

/// Appends the path that [`pool`] gives.
pub(crate) fn write_pool(out: &mut Vec<u8>, digest: Digest, extension: &str) {
    use std::io::Write as _;
    // Writing to memory does not fail.
    let _ = write!(out, "pool/{:02x}/{digest}.{extension}", digest.as_bytes()[0]);
}

/// The digest that the last part of a path is, or is up to its first dot.
///
/// ```
/// use reposnap::store::layout::{digest_of, pack, pool};
/// let digest = reposnap::Digest::of(b"");
/// assert_eq!(digest_of(&pool(digest, "deb")), Some(digest));
/// assert_eq!(digest_of(&pack(digest)), Some(digest));
/// assert_eq!(digest_of("refs/env/stable/18446744073709551614"), None);
/// ```
pub fn digest_of(path: &str) -> Option<Digest> {
    let name = path.rsplit('/').next()?.as_bytes();
    match name.get(64) {
        None | Some(b'.') => Digest::from_hex(name.get(..64)?),
        Some(_) => None,
    }
}

/// The ending of a file's name in the pool: what follows the last dot, or `bin` where that is no plain short word.
///
/// ```
/// use reposnap::store::layout::extension_of;
/// assert_eq!(extension_of("pool/main/h/hello/hello_2.10-3_amd64.deb"), "deb");
/// assert_eq!(extension_of("hello_2.10.orig.tar.gz"), "gz");
/// assert_eq!(extension_of("no-dot"), "bin");
/// ```
pub fn extension_of(file_name: &str) -> &str {
    const LONGEST: usize = 16;
    let name = file_name.rsplit('/').next().unwrap_or_default();
    match name.rsplit_once('.') {
        Some((stem, extension))
            if !stem.is_empty()
                && (1..=LONGEST).contains(&extension.len())
                && extension.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            extension
        }
        _ => "bin",
    }
}
