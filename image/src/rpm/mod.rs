//! The databases of rpm, read from bytes alone: no library of rpm's, no SQLite, nothing written, nothing believed unchecked.
//!
//! | module | subject |
//! |---|---|
//! | [`version`] | epochs, versions and releases, in rpm's order |
//! | [`header`], [`tag`] | headers: what rpm knows of a package |
//! | [`files`] | the files of a package, with their digests |
//! | [`proof`] | what the database alone proves of a package |
//!
//! ```text
//! bytes of the file -> header blobs        -> headers       -> packages -> with proofs
//!                      sqlite, ndb, bdb       header           contents    proof
//! ```
//!
//! A database is read as a whole or not at all: one that is cut short, or whose pages, checksums or headers don't hold, is an
//! error, never a shorter list.

use std::borrow::Cow;
use std::ops::Range;

use reposnap::{Error, Kind, Result};

use crate::package::Package;

mod bdb;
mod contents;
pub mod files;
pub mod header;
mod ndb;
mod numbers;
pub mod proof;
mod sqlite;
pub mod tag;
pub mod version;

use contents::Content;
pub use contents::ImportedKey;
pub use header::Header;
pub use proof::Trust;

/// The most headers that a database may have. Whole distributions have fewer packages.
pub const MAX_HEADERS: usize = 1 << 17;
/// From how many packages on proofs are made on several threads.
const PARALLEL: usize = 32;
/// The most threads that make proofs.
const MAX_THREADS: usize = 16;

/// A database as files, whole and in memory.
#[derive(Clone, Copy, Debug)]
pub struct Files<'a> {
    /// What the database is called in packages and errors, such as `var/lib/rpm/rpmdb.sqlite`.
    pub path: &'a str,
    /// `rpmdb.sqlite`, `Packages.db` or `Packages`.
    pub main: &'a [u8],
    /// `rpmdb.sqlite-wal`, where it is there. What is in it counts; without it a database may tell of yesterday.
    pub wal: Option<&'a [u8]>,
    /// `rpmdb.sqlite-journal`, where it is there: one that is in use stands for a change that was broken off.
    pub journal: Option<&'a [u8]>,
}

impl<'a> Files<'a> {
    /// A database of one file.
    pub fn new(path: &'a str, main: &'a [u8]) -> Self {
        Self { path, main, wal: None, journal: None }
    }
}

/// How a database keeps its headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// SQLite: `rpmdb.sqlite`, of Fedora since 33 and RHEL since 9.
    Sqlite,
    /// rpm's own: `Packages.db`, of SUSE.
    Ndb,
    /// A hash of Berkeley DB: `Packages`, of everybody before.
    BerkeleyDb,
}

impl Format {
    /// `sqlite`, `ndb` or `bdb`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Sqlite => "sqlite",
            Format::Ndb => "ndb",
            Format::BerkeleyDb => "bdb",
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Tells a database's format by its first bytes, whatever its name is.
///
/// # Errors
/// `Kind::Malformed` where it is none of them, or empty; `Kind::Unsupported` for a Berkeley DB that is no hash.
pub fn detect(files: &Files<'_>) -> Result<Format> {
    detect_format(files).map_err(|error| error.path(files.path))
}

fn detect_format(files: &Files<'_>) -> Result<Format> {
    if sqlite::is_sqlite(files) {
        return Ok(Format::Sqlite);
    }
    if ndb::is_ndb(files.main) {
        return Ok(Format::Ndb);
    }
    if bdb::is_hash(files.main)? {
        return Ok(Format::BerkeleyDb);
    }
    Err(if files.main.is_empty() {
        Error::new(Kind::Malformed, "the package database is an empty file")
    } else {
        Error::new(Kind::Malformed, "this is no package database of rpm")
            .help("rpm keeps rpmdb.sqlite, Packages.db or Packages")
    })
}

/// A header as it lies in a database.
#[derive(Clone, Debug)]
pub struct Blob<'a> {
    /// rpm's number for it, from 1.
    pub number: u32,
    /// Where the database has it; borrowed where it lies in one piece.
    around: Cow<'a, [u8]>,
    place: Range<usize>,
}

impl<'a> Blob<'a> {
    fn new(number: u32, bytes: Cow<'a, [u8]>) -> Self {
        Self { number, place: 0..bytes.len(), around: bytes }
    }

    /// The memory that it took, to be used again; empty where it took none.
    fn into_buffer(self) -> Vec<u8> {
        match self.around {
            Cow::Borrowed(_) => Vec::new(),
            Cow::Owned(buffer) => buffer,
        }
    }

    /// Its bytes, for [`Header::parse`].
    pub fn bytes(&self) -> &[u8] {
        &self.around[self.place.clone()]
    }
}

/// Takes a header out of a database. What it refuses ends the reading. It gives back the header's buffer where it is done with
/// it, so that most of a large database is read into one and the same memory.
type Visit<'v, 'a> = &'v mut dyn FnMut(Blob<'a>) -> Result<Vec<u8>>;

/// All headers of a database, in no order. They are not looked into.
fn each<'a>(files: &Files<'a>, visit: Visit<'_, 'a>) -> Result<Format> {
    let format = detect_format(files)?;
    let mut count = 0;
    let mut counted = |blob| {
        count += 1;
        if count > MAX_HEADERS {
            return Err(Error::new(Kind::Limit, format!("the database has more than {MAX_HEADERS} headers")));
        }
        visit(blob)
    };
    match format {
        Format::Sqlite => sqlite::each(files, &mut counted)?,
        Format::Ndb => ndb::each(files.main, &mut counted)?,
        Format::BerkeleyDb => bdb::each(files.main, &mut counted)?,
    }
    Ok(format)
}

/// Sorts by rpm's number, of which each is there once.
fn sort_by_number<T>(all: &mut [T], number: impl Fn(&T) -> u32) -> Result<()> {
    all.sort_by_key(&number);
    match all.windows(2).find(|pair| number(&pair[0]) == number(&pair[1])) {
        Some(pair) => Err(malformed(format!("the database has two headers of the number {}", number(&pair[0])))),
        None => Ok(()),
    }
}

/// All headers of a database, by number. They are not looked into.
///
/// # Errors
/// As for [`read`], of the database alone.
pub fn blobs<'a>(files: &Files<'a>) -> Result<(Format, Vec<Blob<'a>>)> {
    let mut blobs = Vec::new();
    let read = each(files, &mut |blob| {
        blobs.push(blob);
        Ok(Vec::new())
    });
    let format = read.map_err(|error| in_file(error, files))?;
    sort_by_number(&mut blobs, |blob| blob.number).map_err(|error| in_file(error, files))?;
    Ok((format, blobs))
}

/// What a database holds.
#[derive(Clone, Debug)]
pub struct Contents {
    /// How it keeps it.
    pub format: Format,
    /// The packages, by name, architecture and rpm's number. Empty where the database is sound and has none.
    pub packages: Vec<Package>,
    /// The keys that were imported, by rpm's number. They are no packages.
    pub keys: Vec<ImportedKey>,
}

/// Reads all packages of a database. With `trust`, each has a [proof](crate::package::Proof); without, none is computed.
///
/// ```
/// use reposnap_image::rpm::{self, Files};
/// let error = rpm::read(&Files::new("var/lib/rpm/rpmdb.sqlite", b""), None).unwrap_err();
/// assert_eq!(error.to_string(), "var/lib/rpm/rpmdb.sqlite: the package database is an empty file");
/// ```
///
/// # Errors
/// `Kind::Malformed` where anything of it is damaged, cut short or no database of rpm; `Kind::Unsupported` for what SQLite or
/// Berkeley DB could do and rpm never asked of them; `Kind::Limit` beyond [`MAX_HEADERS`] and the limits of [`header`]. What a
/// proof finds is never an error.
pub fn read(files: &Files<'_>, trust: Option<&Trust<'_>>) -> Result<Contents> {
    read_all(files, trust).map_err(|error| in_file(error, files))
}

fn read_all(files: &Files<'_>, trust: Option<&Trust<'_>>) -> Result<Contents> {
    // With their headers for as long as something is to be proven of them.
    let (mut packages, mut keys) = (Vec::new(), Vec::new());
    let format = each(files, &mut |blob| {
        let content = Header::parse(blob.bytes()).and_then(|header| contents::content(&header, files.path));
        match content.map_err(|error| error.field(format!("header {}", blob.number)))? {
            Content::Package(package) if trust.is_some() => {
                packages.push((blob.number, *package, Some(blob)));
                return Ok(Vec::new());
            }
            Content::Package(package) => packages.push((blob.number, *package, None)),
            Content::Key(key) => keys.push((blob.number, key)),
        }
        Ok(blob.into_buffer())
    })?;
    sort_by_number(&mut packages, |package| package.0)?;
    sort_by_number(&mut keys, |key| key.0)?;
    if let Some(trust) = trust {
        add_proofs(&mut packages, trust);
    }
    let mut packages: Vec<Package> = packages.into_iter().map(|(_, package, _)| package).collect();
    // Stable: what is equal stays in the order of rpm's numbers.
    packages.sort_by(|a, b| (&a.name, &a.architecture).cmp(&(&b.name, &b.architecture)));
    Ok(Contents { format, packages, keys: keys.into_iter().map(|(_, key)| key).collect() })
}

fn add_proofs(packages: &mut [(u32, Package, Option<Blob<'_>>)], trust: &Trust<'_>) {
    let prove = |some: &mut [(u32, Package, Option<Blob<'_>>)]| {
        for (_, package, blob) in some {
            let header = blob.as_ref().and_then(|blob| Header::parse(blob.bytes()).ok());
            package.proof = header.map(|header| proof::prove(&header, trust));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
    if packages.len() < PARALLEL || threads < 2 {
        return prove(packages);
    }
    let share = packages.len().div_ceil(threads);
    std::thread::scope(|scope| {
        for some in packages.chunks_mut(share) {
            scope.spawn(|| prove(some));
        }
    });
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(Kind::Malformed, message)
}

fn in_file(error: Error, files: &Files<'_>) -> Error {
    let error = error.path(files.path);
    if error.kind() == Kind::Malformed && !files.main.is_empty() {
        error.help("the database is damaged or was copied while it changed; `rpm --rebuilddb` makes it anew")
    } else {
        error
    }
}
