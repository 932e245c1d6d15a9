//! What lies in the pool of a bucket, so that nobody has to ask.
//!
//! A list of objects is an object itself, `.reposnap/pool-<SHA-256>`: lines of digest (or `-`), size and path, in the order of
//! paths, compressed with zstd. The ledger names the one that holds. Where it is gone, or a publisher was killed, the pool is
//! listed, which takes a request for each thousand objects.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::headers;
use crate::deb::compress::{Compression, compress, decompress};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::publish::tree::checked_path;
use crate::store::bucket::{Bucket as Files, Listed};
use crate::store::layout;

/// The most bytes of an inventory that are read, compressed, and its text: 10 million packages.
const LARGEST: (u64, u64) = (1 << 30, 2 << 30);
/// The level of compression: of a million lines it takes a second.
const LEVEL: i32 = 3;
/// The folder that is listed.
pub(super) const POOL: &str = "pool";

/// The objects of the pool by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Inventory {
    held: BTreeMap<String, Held>,
    /// The one that is stored, and whether something was added since.
    stored: Option<Digest>,
    is_changed: bool,
    /// Those that were stored before, in this publication.
    superseded: Vec<Digest>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    size: u64,
    /// None where nobody knows any more.
    sha256: Option<Digest>,
}

impl Inventory {
    /// The inventory with the name `stored`; or what a listing tells, with what that one knew of the same objects, where
    /// `is_doubtful` or there is none.
    pub(super) async fn load(files: &Files, stored: Option<Digest>, is_doubtful: bool) -> Result<Self> {
        let known = match stored {
            Some(name) => Self::read(files, name).await?,
            None => None,
        };
        match known {
            Some(known) if !is_doubtful => Ok(known),
            known => Ok(Self::listed(files.list(POOL).await?, &known.unwrap_or_default())),
        }
    }

    /// What a listing of the pool tells, and `known` of the same objects and of those that lie elsewhere.
    pub(super) fn listed(listing: Vec<Listed>, known: &Self) -> Self {
        let mut held: BTreeMap<String, Held> = BTreeMap::new();
        let elsewhere = |path: &str| !path.starts_with("pool/");
        held.extend(known.held.iter().filter(|(path, _)| elsewhere(path)).map(|(path, held)| (path.clone(), *held)));
        for Listed { path, size } in listing {
            let before = known.held.get(&path).filter(|held| held.size == size).and_then(|held| held.sha256);
            let sha256 = digest_in(&path).or(before);
            held.insert(path, Held { size, sha256 });
        }
        Self { is_changed: held != known.held, held, stored: known.stored, superseded: known.superseded.clone() }
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.held.keys().map(String::as_str)
    }

    /// Whether there is an object at `path`.
    pub(super) fn has(&self, path: &str) -> bool {
        self.held.contains_key(path)
    }

    /// The digest of the object at `path`, where it is known.
    pub(super) fn sha256(&self, path: &str) -> Option<Digest> {
        self.held.get(path)?.sha256
    }

    pub(super) fn add(&mut self, path: String, size: u64, sha256: Digest) {
        let held = Held { size, sha256: Some(sha256) };
        self.is_changed |= self.held.insert(path, held) != Some(held);
    }

    /// Notes the digest of the object at `path`, which it has said with it.
    pub(super) fn learn(&mut self, path: &str, sha256: Digest) {
        if let Some(held) = self.held.get_mut(path) {
            held.sha256 = Some(sha256);
            self.is_changed = true;
        }
    }

    /// Stores it where it changed, and gives its name then.
    pub(super) async fn save(&mut self, files: &Files) -> Result<Option<Digest>> {
        if !self.is_changed {
            return Ok(None);
        }
        let bytes = self.to_bytes();
        let name = Digest::of(&bytes);
        files.put(&path(name), bytes.into(), &headers::private("application/zstd")).await?;
        if self.stored != Some(name) {
            self.superseded.extend(self.stored.replace(name));
        }
        self.is_changed = false;
        Ok(Some(name))
    }

    /// The paths of the inventories that this one is in the place of.
    pub(super) fn superseded(&self) -> impl Iterator<Item = String> {
        self.superseded.iter().filter(|name| Some(**name) != self.stored).map(|name| path(*name))
    }

    async fn read(files: &Files, name: Digest) -> Result<Option<Self>> {
        let Some((bytes, _)) = files.get(&path(name), LARGEST.0).await? else { return Ok(None) };
        // Another's object, or a damaged one: the pool itself tells.
        if Digest::of(&bytes) != name {
            return Ok(None);
        }
        let text = decompress(Compression::Zstd, &bytes, LARGEST.1)?;
        let held = parse(&text).ok_or_else(|| {
            Error::new(Kind::Malformed, "the list of what lies in the pool can't be read")
                .path(files.url_of(&path(name)))
                .help("remove it, and publish again")
        })?;
        Ok(Some(Self { held, stored: Some(name), is_changed: false, superseded: Vec::new() }))
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut text = String::new();
        for (path, held) in &self.held {
            // Writing to a string does not fail.
            let _ = match held.sha256 {
                Some(sha256) => writeln!(text, "{sha256} {} {path}", held.size),
                None => writeln!(text, "- {} {path}", held.size),
            };
        }
        compress(Compression::Zstd, Some(LEVEL), text.as_bytes())
    }
}

/// Where the inventory `name` lies.
fn path(name: Digest) -> String {
    format!(".reposnap/pool-{name}")
}

/// The digest in the name of a package that is named by its content.
fn digest_in(path: &str) -> Option<Digest> {
    let (stem, extension) = path.rsplit('/').next()?.split_once('.')?;
    let digest = stem.parse().ok()?;
    (layout::pool(digest, extension) == path).then_some(digest)
}

fn parse(text: &[u8]) -> Option<BTreeMap<String, Held>> {
    let mut all = BTreeMap::new();
    for line in std::str::from_utf8(text).ok()?.lines() {
        let mut words = line.splitn(3, ' ');
        let sha256 = match words.next()? {
            "-" => None,
            digest => Some(digest.parse().ok()?),
        };
        let size = words.next()?.parse().ok()?;
        all.insert(checked_path(words.next()?).ok()?.to_owned(), Held { size, sha256 });
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_inventory_comes_back() {
        let files = Files::memory();
        let mut inventory = Inventory::default();
        assert_eq!(inventory.save(&files).await.unwrap(), None);
        inventory.add("pool/main/a b.deb".into(), 3, Digest::of(b"a"));
        let first = inventory.save(&files).await.unwrap().unwrap();
        inventory.add("pool/main/a b.deb".into(), 3, Digest::of(b"a"));
        assert_eq!(inventory.save(&files).await.unwrap(), None, "nothing new");
        inventory.add("flat.deb".into(), 4, Digest::of(b"f"));
        let second = inventory.save(&files).await.unwrap().unwrap();
        assert_eq!(inventory.superseded().collect::<Vec<_>>(), [path(first)]);
        let back = Inventory::load(&files, Some(second), false).await.unwrap();
        assert_eq!(back.held, inventory.held);
    }

    #[tokio::test]
    async fn the_pool_tells_where_the_inventory_does_not() {
        let files = Files::memory();
        let named = layout::pool(Digest::of(b"x"), "deb");
        for path in [named.as_str(), "pool/main/a.deb", "pool/main/b.deb"] {
            files.put(path, "x".into(), &headers::pool(path)).await.unwrap();
        }
        let mut known = Inventory::default();
        known.add("pool/main/a.deb".into(), 1, Digest::of(b"a"));
        known.add("pool/main/b.deb".into(), 2, Digest::of(b"b"));
        known.add("pool/main/gone.deb".into(), 2, Digest::of(b"b"));
        known.add("flat.deb".into(), 2, Digest::of(b"f"));
        let name = known.save(&files).await.unwrap();
        let listed = Inventory::load(&files, name, true).await.unwrap();
        assert_eq!(listed.sha256(&named), Some(Digest::of(b"x")));
        assert_eq!(listed.sha256("pool/main/a.deb"), Some(Digest::of(b"a")));
        assert!(listed.has("pool/main/b.deb") && listed.sha256("pool/main/b.deb").is_none(), "another size");
        assert!(!listed.has("pool/main/gone.deb") && listed.has("flat.deb"));
        files.put(&path(name.unwrap()), "damaged".into(), &headers::private("a/b")).await.unwrap();
        assert!(!Inventory::load(&files, name, false).await.unwrap().has("flat.deb"));
    }
}
