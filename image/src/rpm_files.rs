//! The files of rpm databases, as they lie in an image: whoever reads their formats gets the bytes from here.

use bytes::Bytes;
use reposnap::Result;

use crate::files::Files;
use crate::layer::interest::{RPM_FOLDERS, Rule};
use crate::rpm::Format;

/// The bytes of an rpm database.
#[derive(Clone, Debug)]
pub struct RpmDatabase {
    /// Where it was looked for and found: `var/lib/rpm/rpmdb.sqlite`. Links may have led elsewhere.
    pub path: String,
    /// How it is stored.
    pub format: Format,
    /// The file.
    pub main: Bytes,
    /// SQLite's write-ahead log beside it; none where there is no such file, or an empty one.
    pub wal: Option<Bytes>,
    /// SQLite's rollback journal beside it, likewise: one that is in use stands for a change that was broken off.
    pub journal: Option<Bytes>,
    /// The newest time at which a file of it was changed: seconds since 1970.
    pub changed: i64,
    /// Where its files are, with all links followed, and which layers have them.
    pub(crate) signature: Vec<(Vec<u8>, Option<usize>)>,
}

/// The rpm databases of a root: one for each folder where one may lie, once where folders are links to others. Where several
/// formats lie in one folder, the newest is taken, as rpm does that converted it.
pub(crate) fn rpm_databases(files: &dyn Files) -> Result<Vec<RpmDatabase>> {
    let mut found: Vec<RpmDatabase> = Vec::new();
    for folder in RPM_FOLDERS {
        for (name, format) in
            [("rpmdb.sqlite", Format::Sqlite), ("Packages.db", Format::Ndb), ("Packages", Format::BerkeleyDb)]
        {
            let path = format!("{folder}/{name}");
            let Some(main) = files.read(path.as_bytes(), Rule::Rpm)? else { continue };
            let beside = |suffix: &str| match format {
                Format::Sqlite => files.read(format!("{path}-{suffix}").as_bytes(), Rule::Rpm),
                _ => Ok(None),
            };
            let wal = beside("wal")?.filter(|wal| !wal.bytes.is_empty());
            let journal = beside("journal")?.map(|journal| journal.bytes).filter(|journal| !journal.is_empty());
            if found.iter().any(|known| known.signature[0].0 == main.path) {
                break;
            }
            let changed = wal.as_ref().map_or(main.mtime, |wal| wal.mtime.max(main.mtime));
            let signature = [Some(&main), wal.as_ref()].into_iter().flatten();
            let signature = signature.map(|found| (found.path.clone(), found.layer)).collect();
            let wal = wal.map(|wal| wal.bytes);
            found.push(RpmDatabase { path, format, main: main.bytes, wal, journal, changed, signature });
            break;
        }
    }
    Ok(found)
}
