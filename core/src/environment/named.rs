//! Names for snapshots: a log of the kind `snapshot` with one entry.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::snapshot::hold::{self, Packages};
use crate::store::Store;
use crate::store::refs::{self, Entry, Log, Note, SNAPSHOT};

/// What the entry of a name says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The snapshot that has the name.
    pub snapshot: Digest,
}

/// Gives `snapshot` the name `name`, for good.
///
/// # Errors
/// [`Kind::AlreadyExists`] where another snapshot has the name.
pub async fn name(store: &Store, name: &str, snapshot: Digest, note: &Note<'_>) -> Result<Entry<Name>> {
    let log = Log::<Name>::open(store.objects(), SNAPSHOT, name)?;
    let taken = |entry: Entry<Name>| {
        if entry.body.snapshot == snapshot {
            return Ok(entry);
        }
        Err(Error::new(Kind::AlreadyExists, format!("the snapshot {} is named {name} already", entry.body.snapshot))
            .help("take another name"))
    };
    let append = log.append(None, Name { snapshot }, note);
    match hold::appending(store, &[snapshot], Packages::IfThere, append).await {
        Err(error) if error.kind() == Kind::Conflict => match log.head_if_exists().await? {
            Some(entry) => taken(entry),
            None => Err(error),
        },
        result => result,
    }
}

/// All named snapshots, by name.
pub async fn names(store: &Store) -> Result<Vec<(String, Entry<Name>)>> {
    let mut named = Vec::new();
    for name in refs::names(store.objects(), SNAPSHOT).await? {
        let entry = Log::<Name>::open(store.objects(), SNAPSHOT, &name)?.head().await?;
        named.push((name, entry));
    }
    Ok(named)
}
