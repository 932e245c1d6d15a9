//! Where a snapshot was before, and since when: read from the log it was in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::policy::Origin;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::store::Store;
use crate::store::refs::Log;

/// How many entries are looked through.
const LONGEST_SEARCH: usize = crate::environment::LONGEST_SEARCH;
/// How many entries are read at once.
const PAGE: usize = 64;

/// What an entry of an environment or a mirror says of its snapshot.
#[derive(Serialize, Deserialize)]
struct Seen {
    #[serde(default)]
    snapshot: Option<Digest>,
    #[serde(default)]
    change: serde_json::Value,
}

impl Seen {
    /// The number of the entry that this one went back to, where it is a rollback.
    fn went_back_to(&self) -> Option<Option<u64>> {
        (self.change.get("kind")?.as_str()? == "rolled-back").then(|| self.change.get("to")?.as_u64())
    }
}

/// What a log says of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    /// The newest entry that was looked at, and its digest.
    pub(super) seq: u64,
    pub(super) digest: Digest,
    /// Since when the snapshot has been there.
    pub(super) since: Option<Timestamp>,
}

/// Looks for `snapshot` in the log, up to the entry `upto` where one is named; nothing where there is no such log.
///
/// What counts is the last time that it came. What was rolled back does not count: states that were left that way are passed
/// over, as [`undo`](crate::environment::Environment::undo) does.
pub(super) async fn stay(store: &Store, origin: &Origin, snapshot: Digest, upto: Option<u64>) -> Result<Option<Stay>> {
    let log = Log::<Seen>::open(store.objects(), origin.kind, &origin.name)?;
    let head = match upto {
        Some(seq) => log.read(seq).await?,
        None => match log.head_if_exists().await? {
            Some(head) => head,
            None => return Ok(None),
        },
    };
    let mut stay = Stay { seq: head.seq, digest: head.digest, since: None };
    let (mut next, mut read) = (head.seq, 0);
    while next > 0 {
        for entry in log.entries_from(next, PAGE).await? {
            // Left by a rollback above.
            if entry.seq > next {
                continue;
            }
            read += 1;
            let back = entry.body.went_back_to();
            next = entry.seq - 1;
            if entry.body.snapshot == Some(snapshot) {
                // Entries that change something else, such as a policy, don't make it come again.
                stay.since = Some(entry.time);
                if back.is_some() {
                    return Ok(Some(stay));
                }
                continue;
            }
            if stay.since.is_some() {
                return Ok(Some(stay));
            }
            if let Some(to) = back {
                next = to.filter(|to| (1..entry.seq).contains(to)).ok_or_else(|| {
                    Error::new(Kind::Malformed, format!("entry {} does not say where it went back to", entry.seq))
                        .path(format!("{}/{}", origin.kind, origin.name))
                        .rule("log-entry")
                })?;
            }
        }
        if read > LONGEST_SEARCH {
            return Err(Error::new(Kind::Limit, format!("the snapshot is not in the last {read} entries of {origin}")));
        }
    }
    Ok(Some(stay))
}
