//! Databases of SQLite (sqlite.org, "Database File Format"), as far as rpm uses them: the table
//! `Packages(hnum INTEGER PRIMARY KEY, blob BLOB)`.
//!
//! Indexes, free pages and all other tables are left alone. Every page is looked at once at most, so that no cycle and no
//! shared page makes more work, or more memory, than the file has bytes.

mod btree;
mod pager;
mod record;
mod wal;

use reposnap::{Error, Kind, Result};

use self::pager::Pager;
use self::record::Value;
use super::{Blob, Files, Visit, malformed};

/// The page that the schema begins on.
const SCHEMA: u32 = 1;
/// The table of headers. SQLite's names have no case.
const TABLE: &[u8] = b"Packages";

/// Whether it is a database of SQLite, be it that all of it is in the write-ahead log yet.
pub(super) fn is_sqlite(files: &Files<'_>) -> bool {
    files.main.starts_with(pager::MAGIC) || files.main.is_empty() && files.wal.is_some_and(wal::is_wal)
}

/// The headers.
pub(super) fn each<'a>(files: &Files<'a>, visit: Visit<'_, 'a>) -> Result<()> {
    if files.journal.is_some_and(is_hot) {
        return Err(Error::new(Kind::Malformed, "a change of the database was broken off and not yet taken back")
            .help("open the database once with rpm or sqlite3, which take the change back"));
    }
    let mut pager = Pager::open(files.main, files.wal)?;
    let root = root_of_packages(&mut pager)?;
    btree::walk(&mut pager, root, |number, payload| {
        let number = u32::try_from(number)
            .ok()
            .filter(|number| *number > 0)
            .ok_or_else(|| malformed(format!("the database numbers a header {number}")))?;
        match record::values(&payload, 2)?.as_slice() {
            [_, Value::Blob(place)] => visit(Blob { number, place: place.clone(), around: payload }),
            _ => Err(malformed(format!("row {number} of the table Packages holds no header"))),
        }
    })
}

/// Whether a rollback journal is one that SQLite would play back: it has its magic, and records.
fn is_hot(journal: &[u8]) -> bool {
    const MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    journal.starts_with(&MAGIC) && journal.get(8..12).is_some_and(|records| records != [0; 4])
}

/// Where the table begins.
fn root_of_packages(pager: &mut Pager<'_>) -> Result<u32> {
    let mut root = None;
    btree::walk(pager, SCHEMA, |_, payload| {
        // Type, name, table, root page, statement.
        let values = record::values(&payload, 4)?;
        if let [Value::Text(kind), Value::Text(name), _, Value::Integer(page)] = values.as_slice()
            && &payload[kind.clone()] == b"table"
            && payload[name.clone()].eq_ignore_ascii_case(TABLE)
        {
            root = u32::try_from(*page).ok();
        }
        Ok(Vec::new())
    })?;
    root.ok_or_else(|| malformed("the database has no table Packages, so it is none of rpm's"))
}
