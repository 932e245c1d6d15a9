//! Which digests were seen, for tens of thousands of them.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher, RandomState};

use crate::digest::Digest;

/// A set of digests. A digest is a hash already: most of the work of an ordinary set would be for nothing.
pub(crate) struct Seen(HashSet<Digest, Keyed>);

impl Seen {
    /// The empty set.
    pub(crate) fn new() -> Self {
        let random = RandomState::new();
        Self(HashSet::with_hasher(Keyed { mask: random.hash_one(0), factor: random.hash_one(1) | 1 }))
    }

    /// Adds a digest; whether it is new.
    pub(crate) fn insert(&mut self, digest: Digest) -> bool {
        self.0.insert(digest)
    }
}

/// Takes the first bytes of a digest, mixed with what nobody outside knows: packages whose digests begin alike can be made,
/// with patience, and must not all fall into one place.
#[derive(Clone, Copy)]
struct Keyed {
    mask: u64,
    factor: u64,
}

struct Mixed {
    keyed: Keyed,
    value: u64,
}

impl BuildHasher for Keyed {
    type Hasher = Mixed;

    fn build_hasher(&self) -> Mixed {
        Mixed { keyed: *self, value: 0 }
    }
}

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        let Some(head) = bytes.first_chunk::<8>() else { return };
        let head = u64::from_le_bytes(*head) ^ self.keyed.mask;
        let product = u128::from(head) * u128::from(self.keyed.factor);
        self.value = product as u64 ^ (product >> 64) as u64;
    }

    /// The length, which is always the same.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_digest_is_new_once() {
        let mut seen = Seen::new();
        let mut digests: Vec<Digest> = (0..1000u32).map(|number| Digest::of(&number.to_le_bytes())).collect();
        // Some that begin alike.
        digests.extend((0..=255u8).map(|last| {
            let mut bytes = [7; 32];
            bytes[31] = last;
            Digest::from_bytes(bytes)
        }));
        digests.dedup();
        assert!(digests.iter().all(|digest| seen.insert(*digest)));
        assert!(!digests.iter().any(|digest| seen.insert(*digest)));
    }
}
