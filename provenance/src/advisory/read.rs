//! Files of advisories: which format one is, and its compression.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::str::FromStr;

use reposnap::deb::compress::{Compression, decompress};
use reposnap::{Error, Kind, Result};

use super::builder::Builder;
use super::release::Release;
use super::{osv, tracker, updateinfo, zip};

/// The most bytes that a file may have, as it is and decompressed: Debian's tracker has 70 MB. Entries of archives are read one
/// by one.
pub const MAX_FILE: u64 = 512 << 20;

/// The most files that a folder may have.
pub const MAX_FILES: usize = 1 << 20;

/// What sort of advisories a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// `debian-tracker`: <https://security-tracker.debian.org/tracker/data/json>.
    DebianTracker,
    /// `osv`: records of the OSV schema, one, a list of them, or one a line.
    Osv,
    /// `osv-zip`: an archive of such records, as OSV publishes `all.zip`.
    OsvZip,
    /// `updateinfo`: the updateinfo.xml of a repository of rpms.
    UpdateInfo,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 4] = [Format::DebianTracker, Format::Osv, Format::OsvZip, Format::UpdateInfo];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::DebianTracker => "debian-tracker",
            Format::Osv => "osv",
            Format::OsvZip => "osv-zip",
            Format::UpdateInfo => "updateinfo",
        }
    }

    /// Which format decompressed bytes have, as they begin. None where they begin like none of them.
    ///
    /// Both the tracker and a record of OSV are JSON objects. The first has a package's name as each of its keys and an object
    /// behind it; a record has the key `id`, `schema_version`, `modified` or another of the schema with no object behind it.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let text = bytes.trim_ascii_start();
        match text.first()? {
            b'P' if text.starts_with(b"PK\x03\x04") || text.starts_with(b"PK\x05\x06") => Some(Format::OsvZip),
            b'<' => Some(Format::UpdateInfo),
            b'[' => Some(Format::Osv),
            b'{' => Some(match object_in_object(text) {
                true => Format::DebianTracker,
                false => Format::Osv,
            }),
            0xef if text.starts_with(b"\xef\xbb\xbf<") => Some(Format::UpdateInfo),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Format::ALL.into_iter().find(|format| format.as_str() == text).ok_or_else(|| {
            let known = Format::ALL.map(Format::as_str).join(", ");
            Error::new(Kind::Usage, format!("{text:?} is no format of advisories")).help(format!("there are {known}"))
        })
    }
}

/// Whether the text goes `{ "…" : { "…" : {` (or `{}` in place of one), and the first key is none of OSV's that have objects.
fn object_in_object(text: &[u8]) -> bool {
    let mut rest = text;
    for depth in 0..3 {
        rest = match rest.trim_ascii_start().split_first() {
            Some((b'{', rest)) => rest.trim_ascii_start(),
            _ => return false,
        };
        if rest.first() == Some(&b'}') || depth == 2 {
            return true;
        }
        let Some(key) = rest.strip_prefix(b"\"") else { return false };
        let Some(end) = key.iter().position(|byte| *byte == b'"') else { return false };
        if depth == 0 && &key[..end] == b"database_specific" {
            return false;
        }
        rest = match key[end + 1..].trim_ascii_start().split_first() {
            Some((b':', rest)) => rest,
            _ => return false,
        };
    }
    true
}

/// How a file is to be read.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Its format; what it looks like where none is given.
    pub format: Option<Format>,
    /// The release that an updateinfo file is of, which it does not tell itself. Where none is given, it is about whatever rpms
    /// there are.
    pub release: Option<Release>,
}

impl Builder {
    /// Takes the advisories of a file, given as its bytes; compressed by gzip, xz, zstd or lz4, or not at all. `name` is for
    /// errors.
    ///
    /// # Errors
    /// [`Kind::Malformed`] with the line for what breaks its format, [`Kind::Limit`] for what is too large, and
    /// [`Kind::Usage`] for what is no format that is known. After an error, some of the file may have been taken.
    pub fn read(&mut self, name: &str, bytes: &[u8], options: &Options) -> Result<()> {
        self.read_all(bytes, options).map_err(|error| error.path(name))
    }

    /// Takes the advisories of a file or, of all files below a folder whose names end in `.json`, `.jsonl` or `.zip`, those of
    /// OSV: its archives unpacked.
    ///
    /// # Errors
    /// As [`Builder::read`]; what the file system says; [`Kind::NotFound`] for a folder with no such file.
    pub fn read_path(&mut self, path: &Path, options: &Options) -> Result<()> {
        let shown = path.display().to_string();
        let metadata = std::fs::metadata(path).map_err(|error| Error::io(&shown, error))?;
        if !metadata.is_dir() {
            return self.read(&shown, &whole(path)?, options);
        }
        let files = below(path)?;
        if files.is_empty() {
            let error = Error::new(Kind::NotFound, "the folder has no file of advisories");
            return Err(error.path(shown).help("their names end in .json, .jsonl or .zip"));
        }
        for file in files {
            self.read(&file.display().to_string(), &whole(&file)?, options)?;
        }
        Ok(())
    }

    fn read_all(&mut self, bytes: &[u8], options: &Options) -> Result<()> {
        let bytes = plain(bytes)?;
        let format = options.format.or_else(|| Format::of(&bytes)).ok_or_else(|| {
            Error::new(Kind::Usage, "the file begins like none with advisories")
                .help("name its format: debian-tracker, osv, osv-zip or updateinfo")
        })?;
        match format {
            Format::DebianTracker => tracker::read(self, &bytes),
            Format::Osv => osv::read(self, &bytes),
            Format::OsvZip => zip::read(&bytes, |name, bytes| match name.ends_with(".json") {
                true => osv::read(self, bytes),
                false => Ok(()),
            }),
            Format::UpdateInfo => updateinfo::read(self, &bytes, options.release.as_ref()),
        }
    }
}

/// A file's bytes, decompressed as their first ones say.
fn plain(bytes: &[u8]) -> Result<Cow<'_, [u8]>> {
    let kind = match bytes {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Compression::Xz,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Compression::Zstd,
        [0x04, 0x22, 0x4d, 0x18, ..] => Compression::Lz4,
        _ => return Ok(Cow::Borrowed(bytes)),
    };
    decompress(kind, bytes, MAX_FILE).map(Cow::Owned)
}

fn whole(path: &Path) -> Result<Vec<u8>> {
    let shown = path.display().to_string();
    let file = File::open(path).map_err(|error| Error::io(&shown, error))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|error| Error::io(&shown, error))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(Error::new(Kind::Limit, format!("the file has more than {MAX_FILE} bytes")).path(shown));
    }
    Ok(bytes)
}

/// The files of a folder and of its folders, one level down (OSV has a folder for each ecosystem), by name.
fn below(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let failed = |error| Error::io(folder.display(), error);
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                if depth == 0 {
                    folders.push((path, 1));
                }
            } else if [".json", ".jsonl", ".zip"].iter().any(|end| name.ends_with(end)) {
                files.push(path);
            }
            if files.len() > MAX_FILES {
                let error = Error::new(Kind::Limit, format!("the folder has more than {MAX_FILES} files"));
                return Err(error.path(folder.display().to_string()));
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_how_a_file_begins() {
        for (text, format) in [
            (r#"{"openssl": {"CVE-2024-1": {"releases": {}}}}"#, Some(Format::DebianTracker)),
            (" { \"a\" :\n{ \"CVE-1\": { ", Some(Format::DebianTracker)),
            ("{}", Some(Format::DebianTracker)),
            (r#"{"id": {"CVE-2024-1": {}}}"#, Some(Format::DebianTracker)),
            (r#"{"id": "CVE-1", "affected": []}"#, Some(Format::Osv)),
            (r#"{"database_specific": {"a": {}}, "id": "x"}"#, Some(Format::Osv)),
            (r#"[{"id": "CVE-1"}]"#, Some(Format::Osv)),
            ("PK\u{3}\u{4}", Some(Format::OsvZip)),
            ("\u{feff}<?xml", Some(Format::UpdateInfo)),
            ("\n<updates/>", Some(Format::UpdateInfo)),
            ("", None),
            ("CVE-2024-1", None),
        ] {
            assert_eq!(Format::of(text.as_bytes()), format, "{text:?}");
        }
        for format in Format::ALL {
            assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
        }
        assert!("rss".parse::<Format>().is_err());
    }
}
