//! What was read from buckets, kept on this machine.
//!
//! Only what does not change is kept, and of nothing is the mere presence believed:
//!
//! | objects | kept as | asked of the bucket the next time |
//! |---|---|---|
//! | packs; packages that are read in parts, as `serve` does | blocks of [`BLOCK`] bytes | nothing: their names are the digests of their bytes |
//! | indexes, universes, histories, fleets | whole | whether the bucket still has the same (`If-None-Match`), by a request without a body in its answer |
//! | all else: logs, manifests, plans, packages that are read from end to end | never | |
//!
//! So every snapshot that is opened was shown by the bucket itself, to whoever asks now: a manifest is never kept, and it is
//! what garbage collection takes first. What takes care of a store (`gc`, `check`, `copy`) and what is about to name objects
//! in a log reads past the cache, since it is asked what is in the bucket.
//!
//! Each store has a folder of its own, by its URL and the address of its server. Content addresses would let stores share
//! packs; but then whoever writes an index that names a digest would have this machine read, and perhaps copy on, bytes that
//! came from a store which they can't read themselves.
//!
//! A file is read only where the digest in it is that of the rest. Files are written under another name and renamed, and
//! deleted at any moment by any process; there is no lock. What can't be written is not kept, and that is no error.

mod cached;
mod disk;
mod entry;

use std::path::{Path, PathBuf};

use super::variables::Variables;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

pub(super) use cached::Cached;
pub(super) use disk::Disk;

/// How many bytes of a pack or a package are kept together, and read at least.
pub(super) const BLOCK: u64 = 128 << 10;
/// How many bytes a cache has room for where nothing else is said: 1 GiB.
pub const DEFAULT_CACHE_SIZE: u64 = 1 << 30;

/// The folder of the cache, or `off`.
const CACHE: &str = "REPOSNAP_CACHE";
/// How many bytes there is room for.
const CACHE_SIZE: &str = "REPOSNAP_CACHE_SIZE";

/// Where what is read from buckets is kept on this machine, and how much of it.
///
/// | variable | value | without it |
/// |---|---|---|
/// | `REPOSNAP_CACHE` | an absolute path, or `off` | `$XDG_CACHE_HOME/reposnap`, or `~/.cache/reposnap` |
/// | `REPOSNAP_CACHE_SIZE` | bytes, or a number with `KiB`, `MiB`, `GiB` or `TiB`; 0 is `off` | `1GiB` |
///
/// ```
/// # fn main() -> reposnap::Result<()> {
/// use reposnap::store::{Cache, Options};
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path().join("cache");
/// let options = Options::default().cache(Some(Cache::at(&folder, 256 << 20)?));
/// let without = Options::default().cache(None);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    directory: PathBuf,
    bytes: u64,
}

impl Cache {
    /// A cache in `directory`, which is made when something is kept, of at most about `bytes` bytes on disk.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a relative path, and for a directory that others may write to: they could plant what is read.
    pub fn at(directory: &Path, bytes: u64) -> Result<Self> {
        let refuse = |why: &str, help: &str| {
            Err(Error::new(Kind::Usage, why).field(CACHE).path(directory.display().to_string()).help(help))
        };
        if !directory.is_absolute() {
            return refuse("the folder of the cache has to be an absolute path", "name it from / on, or say `off`");
        }
        if disk::is_open_to_others(directory) {
            return refuse(
                "others may write to the folder of the cache",
                "take one of your own that nobody else may write to (`chmod go-w`), or say `off`",
            );
        }
        Ok(Self { directory: directory.to_owned(), bytes })
    }

    /// What the variables say; nothing where it is off, or where there is no home to keep it in.
    pub(super) fn of(variables: &Variables) -> Result<Option<Self>> {
        let bytes = match variables.get(CACHE_SIZE) {
            Some(text) => size(text)?,
            None => DEFAULT_CACHE_SIZE,
        };
        match variables.get(CACHE) {
            Some("off") => Ok(None),
            _ if bytes == 0 => Ok(None),
            Some(directory) => Self::at(Path::new(directory), bytes).map(Some),
            // Nobody asked for it: where it can't be had, there is none.
            None => Ok(usual(variables).and_then(|directory| Self::at(&directory, bytes).ok())),
        }
    }

    /// The folder and the room for the store that `name` is the name of.
    pub(super) fn disk(&self, name: Digest) -> Disk {
        Disk::new(&self.directory.join(disk::FOLDER), &name.to_string(), self.bytes)
    }
}

fn usual(variables: &Variables) -> Option<PathBuf> {
    let absolute = |name: &str| variables.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")))?;
    Some(home.join("reposnap"))
}

/// A number of bytes, perhaps with a unit.
fn size(text: &str) -> Result<u64> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];
    let unit = units.iter().find_map(|(unit, shift)| text.strip_suffix(unit).map(|number| (number.trim_end(), *shift)));
    let (number, shift) = unit.unwrap_or((text, 0));
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let bytes = is_number.then(|| number.parse::<u64>().ok()?.checked_mul(1 << shift)).flatten();
    bytes.ok_or_else(|| {
        Error::new(Kind::Usage, "the variable has to be a number of bytes")
            .field(CACHE_SIZE)
            .mismatch("such as 268435456, 512MiB or 4GiB", text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_variables_say() {
        let of = |given: &[(&str, &str)]| Cache::of(&Variables::new(given.iter().copied()));
        assert_eq!(of(&[]).unwrap(), None, "there is no home");
        for off in [&[("HOME", "/nowhere"), ("REPOSNAP_CACHE", "off")], &[("HOME", "/nowhere"), (CACHE_SIZE, "0")]] {
            assert_eq!(of(off).unwrap(), None, "{off:?}");
        }
        let home = of(&[("HOME", "/nowhere")]).unwrap().unwrap();
        assert_eq!((home.directory.to_str(), home.bytes), (Some("/nowhere/.cache/reposnap"), 1 << 30));
        let xdg = of(&[("HOME", "/nowhere"), ("XDG_CACHE_HOME", "/else"), (CACHE_SIZE, "3 MiB")]).unwrap().unwrap();
        assert_eq!((xdg.directory.to_str(), xdg.bytes), (Some("/else/reposnap"), 3 << 20));
        let own = of(&[(CACHE, "/own"), (CACHE_SIZE, "12345")]).unwrap().unwrap();
        assert_eq!((own.directory.to_str(), own.bytes), (Some("/own"), 12345));
        for bad in ["", "1GB", "-1", "1.5GiB", "99999999TiB", "GiB", "１"] {
            // An empty variable is none.
            let result = of(&[(CACHE, "/own"), (CACHE_SIZE, bad)]);
            assert!(bad.is_empty() == result.is_ok(), "{bad}: {result:?}");
        }
        assert_eq!(of(&[(CACHE, "relative")]).unwrap_err().at_field(), Some(CACHE));
    }
}
