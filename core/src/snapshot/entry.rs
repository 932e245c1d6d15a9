//! Entries of a list and the key blocks that name them.
//!
//! A key block is what a chunk says of its entries without their text: a count, then for each entry its name, version
//! and architecture (a length and bytes each) and the length of its text, then the SHA-256 of each text. Its own
//! SHA-256 names the chunk, so that names, versions and every byte of every stanza hang on one digest.

use std::slice::ChunksExact;

use bytes::Bytes;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::store::wire::{Reader, put_bytes, put_uint};

/// The most entries that one chunk, and so one list, may have.
pub const MAX_ENTRIES: usize = 1 << 24;

/// The architecture of a source package.
pub const SOURCE: &[u8] = b"source";

/// A package in a list: what orders it, and the digest of its stanza.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The package's name.
    pub name: Bytes,
    /// Its version, as written.
    pub version: Bytes,
    /// Its architecture; `source` for a source package.
    pub architecture: Bytes,
    /// The SHA-256 of its stanza.
    pub digest: Digest,
}

impl Key {
    /// The order of entries in a list: name, architecture, version, digest, all by bytes.
    pub fn order(&self) -> impl Ord + '_ {
        (&self.name, &self.architecture, &self.version, &self.digest)
    }

    /// Entries that are versions of one another have the same group: name and architecture.
    pub fn group(&self) -> (&[u8], &[u8]) {
        (&self.name, &self.architecture)
    }

    pub(crate) fn as_ref(&self) -> KeyRef<'_> {
        KeyRef {
            name: &self.name,
            architecture: &self.architecture,
            version: &self.version,
            digest: self.digest.as_bytes(),
        }
    }

    /// The name as text. Names that aren't ASCII never enter a snapshot.
    pub fn name_str(&self) -> &str {
        std::str::from_utf8(&self.name).unwrap_or_default()
    }

    /// The version as text.
    pub fn version_str(&self) -> &str {
        std::str::from_utf8(&self.version).unwrap_or_default()
    }

    /// The architecture as text.
    pub fn architecture_str(&self) -> &str {
        std::str::from_utf8(&self.architecture).unwrap_or_default()
    }
}

/// A package in a list with its stanza: byte for byte what the index had, to its last newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What orders it.
    pub key: Key,
    /// The stanza.
    pub text: Bytes,
}

impl Entry {
    /// An entry; the digest is computed.
    pub fn new(name: Bytes, version: Bytes, architecture: Bytes, text: Bytes) -> Self {
        let digest = Digest::of(&text);
        Self { key: Key { name, version, architecture, digest }, text }
    }
}

/// The entries of a chunk without their texts.
#[derive(Clone, Debug)]
pub struct KeyBlock {
    /// The entries in order.
    pub keys: Vec<Key>,
    /// The length of each one's text in bytes.
    pub lengths: Vec<u32>,
}

impl KeyBlock {
    /// The bytes of the block for `entries`.
    pub fn encode(entries: &[Entry]) -> Vec<u8> {
        let mut out = Vec::with_capacity(entries.len() * 80);
        put_uint(&mut out, entries.len() as u64);
        for Entry { key, text } in entries {
            put_bytes(&mut out, &key.name);
            put_bytes(&mut out, &key.version);
            put_bytes(&mut out, &key.architecture);
            put_uint(&mut out, text.len() as u64);
        }
        for entry in entries {
            out.extend_from_slice(entry.key.digest.as_bytes());
        }
        out
    }

    /// Reads what [`KeyBlock::encode`] wrote.
    pub fn decode(bytes: &Bytes) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        let count = reader.count(MAX_ENTRIES)?;
        if count > bytes.len() / 36 {
            return Err(Error::new(Kind::Malformed, "a key block is too short for its entries"));
        }
        let digests = bytes.len() - 32 * count;
        let mut keys = Vec::with_capacity(count);
        let mut lengths = Vec::with_capacity(count);
        for number in 0..count {
            let mut field = || reader.bytes().map(|field| bytes.slice_ref(field));
            let (name, version, architecture) = (field()?, field()?, field()?);
            lengths.push(reader.count(u32::MAX as usize)? as u32);
            let mut digest = [0; 32];
            digest.copy_from_slice(&bytes[digests + 32 * number..][..32]);
            keys.push(Key { name, version, architecture, digest: Digest::from_bytes(digest) });
        }
        if reader.position() != digests {
            return Err(Error::new(Kind::Malformed, "a key block has another length than its entries"));
        }
        Ok(Self { keys, lengths })
    }
}

/// A key that is read where it stands in a key block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyRef<'a> {
    // In the order of `Key::order`.
    pub(crate) name: &'a [u8],
    pub(crate) architecture: &'a [u8],
    pub(crate) version: &'a [u8],
    pub(crate) digest: &'a [u8],
}

impl<'a> KeyRef<'a> {
    /// The key, on its own.
    pub(crate) fn to_key(self) -> Key {
        let mut digest = [0; 32];
        digest.copy_from_slice(self.digest);
        Key {
            name: Bytes::copy_from_slice(self.name),
            version: Bytes::copy_from_slice(self.version),
            architecture: Bytes::copy_from_slice(self.architecture),
            digest: Digest::from_bytes(digest),
        }
    }
}

/// The keys of a block, one after the other and without a copy of any; none follows an error.
pub(crate) struct KeyRefs<'a> {
    fields: Reader<'a>,
    digests: ChunksExact<'a, u8>,
}

impl<'a> KeyRefs<'a> {
    /// The keys of a whole block.
    pub(crate) fn new(block: &'a [u8]) -> Result<Self> {
        let mut reader = Reader::new(block);
        let count = reader.count(MAX_ENTRIES)?;
        let rest = reader.take(reader.remaining())?;
        let fields = (rest.len().checked_sub(32 * count))
            .ok_or_else(|| Error::new(Kind::Malformed, "a key block is too short for its entries"))?;
        let (fields, digests) = rest.split_at(fields);
        Ok(Self { fields: Reader::new(fields), digests: digests.chunks_exact(32) })
    }

    fn read(&mut self, digest: &'a [u8]) -> Result<KeyRef<'a>> {
        let (name, version, architecture) = (self.fields.bytes()?, self.fields.bytes()?, self.fields.bytes()?);
        self.fields.uint()?;
        Ok(KeyRef { name, architecture, version, digest })
    }
}

impl<'a> Iterator for KeyRefs<'a> {
    type Item = Result<KeyRef<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = match self.digests.next() {
            Some(digest) => self.read(digest),
            None if self.fields.remaining() == 0 => return None,
            None => Err(Error::new(Kind::Malformed, "a key block has another length than its entries")),
        };
        if read.is_err() {
            *self = Self { fields: Reader::new(&[]), digests: [].chunks_exact(32) };
        }
        Some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(block: &[u8]) -> Result<Vec<Key>> {
        KeyRefs::new(block)?.map(|key| Ok(key?.to_key())).collect()
    }

    fn entry(name: &'static str, version: &'static str) -> Entry {
        let text = Bytes::from(format!("Package: {name}\nVersion: {version}\n"));
        Entry::new(name.into(), version.into(), "amd64".into(), text)
    }

    #[test]
    fn a_block_comes_back_and_damage_is_an_error() {
        let entries = [entry("a", "1"), entry("b", "1:2-3")];
        let bytes = Bytes::from(KeyBlock::encode(&entries));
        let block = KeyBlock::decode(&bytes).unwrap();
        assert_eq!(block.keys, entries.iter().map(|entry| entry.key.clone()).collect::<Vec<_>>());
        assert_eq!(block.lengths, entries.iter().map(|entry| entry.text.len() as u32).collect::<Vec<_>>());
        assert_eq!(read(&bytes).unwrap(), block.keys);
        for end in 0..bytes.len() {
            assert!(KeyBlock::decode(&bytes.slice(..end)).is_err());
            assert!(read(&bytes[..end]).is_err());
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.to_vec();
            damaged[at] ^= 0xff;
            let _ = read(&damaged);
            let _ = KeyBlock::decode(&damaged.into());
        }
    }
}
