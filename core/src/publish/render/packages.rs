//! The files of the packages of a rendered suite, found by path, and kept as bytes.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::publish::lists::Named;
use crate::publish::stanza::Place;
use crate::snapshot::entry::MAX_ENTRIES;
use crate::store::layout;
use crate::store::wire::{Reader, put_bytes, put_uint};

const MAGIC: &[u8; 5] = b"RSPF\x01";

/// A file of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageFile {
    place: Option<Box<str>>,
    /// The SHA-256 of the file.
    pub sha256: Digest,
    /// The ending of its name in the pool of a store.
    pub extension: Cow<'static, str>,
    /// Name and version of the package, with a blank between.
    pub package: Box<str>,
}

/// The files of packages, each path once, sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageFiles(Vec<PackageFile>);

impl PackageFile {
    /// Its path below the root of the tree.
    pub fn path(&self) -> Cow<'_, str> {
        match &self.place {
            Some(path) => Cow::Borrowed(path),
            None => Cow::Owned(self.object()),
        }
    }

    /// The path of its object in a store.
    pub fn object(&self) -> String {
        layout::pool(self.sha256, &self.extension)
    }

    /// The order of the paths, which for two of the pool needs no path: it is that of the digests.
    fn order(a: &Self, b: &Self) -> Ordering {
        match (&a.place, &b.place) {
            (None, None) => (a.sha256, &a.extension).cmp(&(b.sha256, &b.extension)),
            _ => a.path().cmp(&b.path()),
        }
    }
}

impl From<Named> for PackageFile {
    fn from(named: Named) -> Self {
        let place = match named.wanted.place {
            Place::Digest => None,
            Place::Path(path) => Some(path),
        };
        Self { place, sha256: named.wanted.digest, extension: named.wanted.extension, package: named.package }
    }
}

impl FromIterator<PackageFile> for PackageFiles {
    fn from_iter<I: IntoIterator<Item = PackageFile>>(files: I) -> Self {
        let mut files: Vec<PackageFile> = files.into_iter().collect();
        files.sort_unstable_by(PackageFile::order);
        files.dedup_by(|a, b| PackageFile::order(a, b) == Ordering::Equal);
        Self(files)
    }
}

impl PackageFiles {
    /// The file at `path` below the root of the tree.
    pub fn find(&self, path: &str) -> Option<&PackageFile> {
        let at = self.0.binary_search_by(|file| (*file.path()).cmp(path)).ok()?;
        self.0.get(at)
    }

    /// About how many bytes of memory they take.
    pub fn weight(&self) -> u64 {
        let text = |file: &PackageFile| file.package.len() + file.place.as_ref().map_or(0, |place| place.len());
        self.0.iter().map(|file| (size_of::<PackageFile>() + text(file)) as u64).sum()
    }

    /// All of them as bytes, which end with their SHA-256: `RSPF`, the byte 1, how many, and of each the place (empty for that
    /// of the pool), the digest, the extension and the package.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        put_uint(&mut out, self.0.len() as u64);
        for file in &self.0 {
            put_bytes(&mut out, file.place.as_deref().unwrap_or_default().as_bytes());
            out.extend_from_slice(file.sha256.as_bytes());
            put_bytes(&mut out, file.extension.as_bytes());
            put_bytes(&mut out, file.package.as_bytes());
        }
        let digest = Digest::of(&out);
        out.extend_from_slice(digest.as_bytes());
        out
    }

    /// Reads what [`to_bytes`](Self::to_bytes) gave.
    ///
    /// # Errors
    /// [`Kind::Malformed`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let damaged = || Error::new(Kind::Malformed, "this is no list of the files of packages, or a damaged one");
        let (body, digest) =
            bytes.len().checked_sub(32).and_then(|at| bytes.split_at_checked(at)).ok_or_else(damaged)?;
        if Digest::of(body).as_bytes() != digest || !body.starts_with(MAGIC) {
            return Err(damaged());
        }
        let mut reader = Reader::new(&body[MAGIC.len()..]);
        let count = reader.count(MAX_ENTRIES)?;
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).map(Box::<str>::from).map_err(|_| damaged());
        // None takes fewer bytes than its digest.
        let mut files = Vec::with_capacity(count.min(body.len() / 32));
        for _ in 0..count {
            let place = text(reader.bytes()?)?;
            let sha256 = reader.digest()?;
            let extension = text(reader.bytes()?)?;
            let extension = match &*extension {
                "deb" => Cow::Borrowed("deb"),
                _ => Cow::Owned(extension.into()),
            };
            let package = text(reader.bytes()?)?;
            files.push(PackageFile { place: (!place.is_empty()).then_some(place), sha256, extension, package });
        }
        reader.end()?;
        if !files.is_sorted_by(|a, b| PackageFile::order(a, b) == Ordering::Less) {
            return Err(damaged());
        }
        Ok(Self(files))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(place: Option<&str>, name: &str, extension: &'static str) -> PackageFile {
        let sha256 = Digest::of(name.as_bytes());
        PackageFile { place: place.map(Into::into), sha256, extension: extension.into(), package: name.into() }
    }

    #[test]
    fn files_come_back_and_are_found() {
        let all = [file(None, "a 1", "deb"), file(Some("pool/b/b.dsc"), "b 2", "dsc"), file(None, "c 3", "tar.xz")];
        let files: PackageFiles = all.iter().cloned().chain(all.iter().cloned()).collect();
        let again = PackageFiles::from_bytes(&files.to_bytes()).unwrap();
        assert_eq!(again, files);
        for one in &all {
            assert_eq!(again.find(&one.path()), Some(one));
        }
        assert_eq!(again.find("pool/b/b.deb"), None);
        assert_eq!(PackageFiles::from_bytes(&PackageFiles::default().to_bytes()).unwrap(), PackageFiles::default());
    }

    #[test]
    fn damage_is_told() {
        let good = PackageFiles::from_iter([file(None, "a 1", "deb"), file(None, "b 1", "deb")]).to_bytes();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert_eq!(PackageFiles::from_bytes(&bad).unwrap_err().kind(), Kind::Malformed);
            assert!(PackageFiles::from_bytes(&good[..at]).is_err());
        }
    }
}
