//! Compressed pieces of the indexes made before, so that only what changed is compressed again.
//!
//! In a published tree, beside each index that is made piecewise stands a table at
//! `.reposnap/groups/<SHA-256 of the index>`: where the pieces lie, and the digest of what each was made from. The table is
//! a hint; where it is missing or damaged, or the index it tells of is, everything is compressed anew.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use bytes::Bytes;

use crate::digest::Digest;
use crate::error::Result;
use crate::publish::pieces::{Earlier, Group};
use crate::publish::tree::{PRIVATE, Tree, checked_path, digest_of};
use crate::store::wire::{Reader, put_uint};

const MAGIC: &[u8; 5] = b"RSGT\x01";
const MAX_GROUPS: usize = 1 << 24;

/// The pieces of indexes made before.
#[derive(Debug, Default)]
pub(crate) enum Groups {
    #[default]
    None,
    /// Of one that was published, in its file.
    Published(File, HashMap<Digest, (u64, Group)>),
    /// Of those that were rendered in memory.
    Rendered(Arc<Earlier>),
}

impl Groups {
    /// Finds the pieces of the file at `path`, whose digest is `sha256`; none where table and file do not fit.
    pub(crate) fn load(tree: &Tree, path: &str, sha256: Digest) -> Self {
        let load = || {
            let table = tree.read(&table_path(sha256)).ok()??;
            let path = tree.path(checked_path(path).ok()?);
            // A file that was damaged since must not go on into new ones.
            (digest_of(&path).ok()? == sha256).then_some(())?;
            let file = File::open(&path).ok()?;
            let places = parse(&table, file.metadata().ok()?.len())?;
            Some(Self::Published(file, places))
        };
        load().unwrap_or_default()
    }

    /// Whether there is a piece `key` of `raw` bytes, uncompressed.
    pub(crate) fn has(&self, key: Digest, raw: u64) -> bool {
        match self {
            Self::None => false,
            Self::Published(_, places) => places.get(&key).is_some_and(|(_, group)| group.raw == raw),
            Self::Rendered(earlier) => earlier.has(key, raw),
        }
    }

    /// The piece `key` and its bytes.
    pub(crate) fn get(&mut self, key: Digest) -> Option<(Group, Bytes)> {
        match self {
            Self::None => None,
            Self::Published(file, places) => {
                let (start, group) = *places.get(&key)?;
                let mut bytes = vec![0; usize::try_from(group.length).ok()?];
                file.seek(SeekFrom::Start(start)).ok()?;
                file.read_exact(&mut bytes).ok()?;
                Some((group, bytes.into()))
            }
            Self::Rendered(earlier) => earlier.get(key),
        }
    }
}

/// Stores the table of the file with the digest `sha256`, whose pieces begin at `start`.
pub(crate) fn store(tree: &Tree, sha256: Digest, start: u64, groups: &[Group]) -> Result<()> {
    let mut out = MAGIC.to_vec();
    put_uint(&mut out, start);
    put_uint(&mut out, groups.len() as u64);
    for group in groups {
        out.extend_from_slice(group.key.as_bytes());
        put_uint(&mut out, group.length);
        put_uint(&mut out, group.unpadded);
        put_uint(&mut out, group.raw);
    }
    let digest = Digest::of(&out);
    out.extend_from_slice(digest.as_bytes());
    let temporary = tree.temporary_with(&out)?;
    temporary.keep(&tree.private_directory("groups")?.join(sha256.to_string()))
}

/// Deletes the tables of all files but `kept`.
pub(crate) fn clean(tree: &Tree, kept: &dyn Fn(&str) -> bool) -> Result<()> {
    for name in tree.names(&format!("{PRIVATE}/groups"))? {
        if !kept(&name) {
            tree.remove(&format!("{PRIVATE}/groups/{name}"))?;
        }
    }
    Ok(())
}

fn table_path(sha256: Digest) -> String {
    format!("{PRIVATE}/groups/{sha256}")
}

fn parse(table: &[u8], file: u64) -> Option<HashMap<Digest, (u64, Group)>> {
    let file = usize::try_from(file).ok()?;
    let (body, digest) = table.split_at_checked(table.len().checked_sub(32)?)?;
    (Digest::of(body).as_bytes() == digest && body.starts_with(MAGIC)).then_some(())?;
    let mut reader = Reader::new(&body[MAGIC.len()..]);
    let mut at = reader.count(file).ok()?;
    let count = reader.count(MAX_GROUPS).ok()?;
    let mut places = HashMap::with_capacity(count.min(body.len() / 32));
    for _ in 0..count {
        let group = Group {
            key: reader.digest().ok()?,
            length: reader.count(file - at).ok()? as u64,
            unpadded: reader.uint().ok()?,
            raw: reader.uint().ok()?,
        };
        places.insert(group.key, (at as u64, group));
        at += group.length as usize;
    }
    reader.end().ok()?;
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_found_again_and_damage_means_none() {
        let root = tempfile::tempdir().unwrap();
        let tree = Tree::take(root.path(), std::time::Duration::ZERO).unwrap();
        let bytes = b"..onetwo";
        let sha256 = Digest::of(bytes);
        tree.place(tree.temporary_with(bytes).unwrap(), "x/Packages.gz").unwrap();
        let group = |name: &[u8]| Group { key: Digest::of(name), length: 3, unpadded: 3, raw: 9 };
        store(&tree, sha256, 2, &[group(b"1"), group(b"2")]).unwrap();
        let mut groups = Groups::load(&tree, "x/Packages.gz", sha256);
        assert_eq!(groups.get(Digest::of(b"2")), Some((group(b"2"), Bytes::from_static(b"two"))));
        assert_eq!(groups.get(Digest::of(b"3")), None);

        let table = tree.path(&table_path(sha256));
        let good = std::fs::read(&table).unwrap();
        for at in 0..good.len() {
            let mut damaged = good.clone();
            damaged[at] ^= 1;
            std::fs::write(&table, damaged).unwrap();
            assert!(matches!(Groups::load(&tree, "x/Packages.gz", sha256), Groups::None));
        }
        std::fs::write(&table, good).unwrap();
        std::fs::write(tree.path("x/Packages.gz"), b"..onetwX").unwrap();
        assert!(matches!(Groups::load(&tree, "x/Packages.gz", sha256), Groups::None));
        clean(&tree, &|_| false).unwrap();
        assert!(!table.exists());
    }
}
