//! Where a machine gets its packages: `sources.list` and deb822 `.sources` files (sources.list(5)).
//!
//! Both formats come out as the same [`SourceEntry`]s, one for each type, URI and suite, in order. The reading is apt's, as
//! observed; it is stricter where apt ignores a value that it can't read.

mod conflicts;
mod deb822;
mod entry;
mod list;
mod options;
mod signed_by;

pub use conflicts::check_conflicts;
pub use entry::{SourceEntry, SourceKind};
pub use options::{ByHash, Edits, SourceOptions};
pub use signed_by::SignedBy;

use crate::error::{Error, Kind, Result};

/// The most bytes that a source file may have: 4 MiB. Keys inside make the largest.
pub const SOURCE_FILE_LIMIT: usize = 4 << 20;

/// Parses a source file in the format that its name tells: deb822 where it ends in `.sources`, else one line each.
///
/// `architecture` stands for `$(ARCH)`: the machine's own. `file` is for messages and for [`SourceEntry::file`]. Entries that
/// are switched off, by `Enabled: no` or a `#` before the line, come with [`SourceEntry::enabled`] false.
///
/// # Errors
///
/// [`Kind::Malformed`] with file, line and, where it is one, field.
///
/// ```
/// use reposnap::deb::sources::{SourceKind, parse};
/// let text = b"Types: deb deb-src\nURIs: http://deb.example.org/debian\nSuites: bookworm\nComponents: main contrib\n";
/// let entries = parse("debian.sources", text, "amd64")?;
/// assert_eq!(entries.len(), 2);
/// assert_eq!(entries[1].kind, SourceKind::DebSrc);
/// assert_eq!(entries[1].release_url("InRelease"), "http://deb.example.org/debian/dists/bookworm/InRelease");
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn parse(file: &str, text: &[u8], architecture: &str) -> Result<Vec<SourceEntry>> {
    if text.len() > SOURCE_FILE_LIMIT {
        return Err(Error::new(Kind::Limit, format!("the file is larger than {SOURCE_FILE_LIMIT} bytes")).path(file));
    }
    if let Some(nul) = memchr::memchr(0, text) {
        let line = memchr::memchr_iter(b'\n', &text[..nul]).count() as u64 + 1;
        return Err(Error::new(Kind::Malformed, "the file has a NUL byte").path(file).line(line));
    }
    if file.ends_with(".sources") {
        deb822::parse(file, text, architecture)
    } else {
        list::parse(file, text, architecture)
    }
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(Kind::Malformed, message)
}
