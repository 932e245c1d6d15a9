//! Images as one tar archive: what `docker save` writes, and OCI layouts in an archive. The archive's entries are found once;
//! their content is read in place.

mod docker;

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use reposnap::deb::compress::Compression;
use reposnap::{Error, Kind, Result};

use crate::files::shown;
use crate::layer::stream::magic;
use crate::layout::Parts;
use crate::limits::MAX_ARCHIVE_ENTRIES;
use crate::tar::{Entries, EntryKind};
use crate::way::Way;

pub use docker::DockerArchive;

/// Where the files of an archive are.
#[derive(Debug)]
pub(crate) struct Archive {
    path: PathBuf,
    members: HashMap<Vec<u8>, Member>,
}

#[derive(Debug)]
enum Member {
    File { offset: u64, size: u64 },
    Link(Vec<u8>),
}

impl Archive {
    /// Finds the files of an archive. Of two with one name the last counts, as it would if they were unpacked.
    ///
    /// # Errors
    /// Those of tar archives; [`Kind::Unsupported`] where it is compressed as a whole.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        Self::read(path).map_err(|error| error.path(path.display().to_string()))
    }

    fn read(path: &Path) -> Result<Self> {
        let failed = |error| Error::io(path.display(), error);
        let mut file = File::open(path).map_err(failed)?;
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(
                Error::new(Kind::Usage, "it is no file").help("an archive is read in place: a pipe will not do")
            );
        }
        let mut first = Vec::new();
        (&file).take(16).read_to_end(&mut first).map_err(failed)?;
        if magic(&first)? != Compression::None {
            let error = Error::new(Kind::Unsupported, "the archive is compressed as a whole");
            return Err(error.help("decompress it first: its layers are read in place"));
        }
        file.rewind().map_err(failed)?;
        let mut entries = Entries::new(BufReader::with_capacity(64 << 10, file));
        let mut members = HashMap::new();
        while let Some(entry) = entries.next()? {
            let member = match entry.kind {
                EntryKind::File => Member::File { offset: entry.offset, size: entry.size },
                EntryKind::SymbolicLink => Member::Link(entry.link),
                // The same file under another name, of an absolute path so to speak.
                EntryKind::HardLink => Member::Link([b"/", &entry.link[..]].concat()),
                EntryKind::Directory | EntryKind::Sparse | EntryKind::Other => continue,
            };
            members.insert(entry.path, member);
            if members.len() > MAX_ARCHIVE_ENTRIES {
                return Err(Error::new(Kind::Limit, format!("it has more than {MAX_ARCHIVE_ENTRIES} files")));
            }
        }
        Ok(Self { path: path.to_owned(), members })
    }

    /// Where the content of a file is; links are followed inside the archive.
    fn find(&self, name: &[u8]) -> Result<Option<(u64, u64)>> {
        let mut way = Way::new(name);
        while let Some(next) = way.step() {
            match self.members.get(&next) {
                Some(Member::Link(target)) => way.follow(name, target)?,
                Some(Member::File { offset, size }) if way.is_last() => return Ok(Some((*offset, *size))),
                Some(Member::File { .. }) => return Ok(None),
                None => way.at = next,
            }
        }
        Ok(None)
    }
}

impl Parts for Archive {
    fn open(&self, name: &str) -> Result<Option<(Box<dyn Read + Send>, u64)>> {
        let Some((offset, size)) = self.find(name.as_bytes()).map_err(|error| error.path(shown(name.as_bytes())))?
        else {
            return Ok(None);
        };
        let failed = |error| Error::io(self.path.display(), error);
        let mut file = File::open(&self.path).map_err(failed)?;
        file.seek(SeekFrom::Start(offset)).map_err(failed)?;
        Ok(Some((Box::new(file.take(size)), size)))
    }
}
