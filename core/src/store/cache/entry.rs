//! A file of a cache: what it is of, and a digest that tells whether it is whole.
//!
//! `RSCE`, the byte 1, the SHA-256 of all that follows; then the object's path, what the store said of it, and the bytes.

use bytes::Bytes;

use super::super::wire::{Reader, put_bytes, put_uint};
use crate::digest::{Digest, Hasher};
use crate::error::Result;

const MAGIC: &[u8; 5] = b"RSCE\x01";
/// Where the digest ends.
const HEAD: usize = MAGIC.len() + 32;
/// The longest text of a file's own, in bytes.
const LONGEST_TEXT: usize = 4 << 10;

/// What is kept, and what it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// What the store said of the whole object: its size in bytes, and its entity tag.
    pub(super) size: u64,
    pub(super) tag: String,
    /// The object, or a block of it.
    pub(super) bytes: Bytes,
}

/// Which object, or which block of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name<'a> {
    pub(super) path: &'a str,
    pub(super) block: u64,
}

impl Name<'_> {
    /// The name of the file.
    pub(super) fn file(&self) -> String {
        format!("{}-{}", Digest::of(self.path.as_bytes()), self.block)
    }
}

impl Entry {
    pub(super) fn encode(&self, name: Name<'_>) -> Vec<u8> {
        let mut rest = Vec::with_capacity(self.bytes.len() + self.tag.len() + name.path.len() + 64);
        put_bytes(&mut rest, name.path.as_bytes());
        put_uint(&mut rest, name.block);
        put_uint(&mut rest, self.size);
        put_bytes(&mut rest, self.tag.as_bytes());
        let mut digest = Hasher::new();
        digest.update(&rest);
        digest.update(&self.bytes);
        [MAGIC, &digest.finish().as_bytes()[..], &rest, &self.bytes].concat()
    }

    /// What a file has, where it is whole and of this object.
    pub(super) fn decode(name: Name<'_>, file: Bytes) -> Option<Self> {
        if file.get(..MAGIC.len())? != MAGIC || Digest::of(file.get(HEAD..)?).as_bytes()[..] != file[MAGIC.len()..HEAD]
        {
            return None;
        }
        let mut reader = Reader::new(&file[HEAD..]);
        Self::read(name, &mut reader).ok().flatten().map(|entry| {
            let bytes = file.slice(file.len() - reader.remaining()..);
            Self { bytes, ..entry }
        })
    }

    fn read(name: Name<'_>, reader: &mut Reader<'_>) -> Result<Option<Self>> {
        let (path, block) = (text(reader)?, reader.uint()?);
        let (size, tag) = (reader.uint()?, text(reader)?);
        let is_it = path == name.path && block == name.block;
        Ok(is_it.then_some(Self { size, tag, bytes: Bytes::new() }))
    }
}

fn text(reader: &mut Reader<'_>) -> Result<String> {
    let length = reader.count(LONGEST_TEXT)?;
    Ok(String::from_utf8_lossy(reader.take(length)?).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_whole_and_of_the_object_is_read() {
        let name = Name { path: "packs/a.pack", block: 3 };
        let entry = Entry { size: 9, tag: "\"x\"".to_owned(), bytes: Bytes::from_static(b"0123456") };
        let file = entry.encode(name);
        assert_eq!(Entry::decode(name, file.clone().into()), Some(entry));
        assert_eq!(Entry::decode(Name { block: 2, ..name }, file.clone().into()), None);
        assert_eq!(Entry::decode(Name { path: "packs/b.pack", ..name }, file.clone().into()), None);
        for length in 0..file.len() {
            assert_eq!(Entry::decode(name, Bytes::copy_from_slice(&file[..length])), None, "{length}");
        }
        for place in 0..file.len() {
            let mut damaged = file.clone();
            damaged[place] ^= 1;
            assert_eq!(Entry::decode(name, damaged.into()), None, "{place}");
        }
    }
}
