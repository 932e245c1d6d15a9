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

pub use contents::ImportedKey;
pub use header::Header;
pub use proof::Trust;

/// The most headers that a database may have. Whole distributions have a tenth.
pub const MAX_HEADERS: usize = 1 << 20;
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
    /// Its bytes, for [`Header::parse`]; borrowed where they lie in one piece.
    pub bytes: Cow<'a, [u8]>,
}

/// All headers of a database, by number. They are not looked into.
///
/// # Errors
/// As for [`read`], of the database alone.
pub fn blobs<'a>(files: &Files<'a>) -> Result<(Format, Vec<Blob<'a>>)> {
    let read = || -> Result<_> {
        let format = detect_format(files)?;
        let mut blobs = match format {
            Format::Sqlite => sqlite::blobs(files)?,
            Format::Ndb => ndb::blobs(files.main)?,
            Format::BerkeleyDb => bdb::blobs(files.main)?,
        };
        blobs.sort_by_key(|blob| blob.number);
        if let Some(pair) = blobs.windows(2).find(|pair| pair[0].number == pair[1].number) {
            return Err(malformed(format!("the database has two headers of the number {}", pair[0].number)));
        }
        Ok((format, blobs))
    };
    read().map_err(|error| in_file(error, files))
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
    let (format, blobs) = blobs(files)?;
    let (mut packages, mut keys) = (Vec::with_capacity(blobs.len()), Vec::new());
    for blob in &blobs {
        let content =
            Header::parse(&blob.bytes).and_then(|header| Ok((header, contents::content(&header, files.path)?)));
        match content.map_err(|error| in_file(of_number(error, blob.number), files))? {
            (header, contents::Content::Package(package)) => packages.push((header, package)),
            (_, contents::Content::Key(key)) => keys.push(key),
        }
    }
    if let Some(trust) = trust {
        add_proofs(&mut packages, trust);
    }
    let mut packages: Vec<Package> = packages.into_iter().map(|(_, package)| package).collect();
    // Stable: what is equal stays in the order of rpm's numbers.
    packages.sort_by(|a, b| (&a.name, &a.architecture).cmp(&(&b.name, &b.architecture)));
    Ok(Contents { format, packages, keys })
}

fn add_proofs(packages: &mut [(Header<'_>, Package)], trust: &Trust<'_>) {
    let prove = |some: &mut [(Header<'_>, Package)]| {
        for (header, package) in some {
            package.proof = Some(proof::prove(header, trust));
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

/// Says which header an error is of, without losing what it tells.
fn of_number(error: Error, number: u32) -> Error {
    error.field(format!("header {number}"))
}

fn in_file(error: Error, files: &Files<'_>) -> Error {
    let error = error.path(files.path);
    if error.kind() == Kind::Malformed {
        error.help("the database is damaged or was copied while it changed; `rpm --rebuilddb` makes it anew")
    } else {
        error
    }
}
