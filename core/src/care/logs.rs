//! All logs of a store, and what their entries name.

use std::collections::{BTreeMap, HashMap};

use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use serde_json::Value;

use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::snapshot::hold;
use crate::source::mirror::Config;
use crate::store::Store;
use crate::store::refs::{self, ENVIRONMENT, IMAGE, Log, MIRROR, SNAPSHOT};

/// How many entries are read at the same time.
const PARALLEL: usize = 16;

/// The kind and the name of a log.
pub type Name = (String, String);

/// What an entry says, as far as it matters for what is needed.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number.
    pub seq: u64,
    /// Its path.
    pub path: String,
    /// The digest of its bytes.
    pub digest: Digest,
    /// The digest of the entry before.
    pub previous: Option<Digest>,
    /// When it was written.
    pub time: Timestamp,
    /// The snapshots that it is about.
    pub snapshots: Vec<Digest>,
    /// Whether the store promises to have the packages of its snapshot.
    pub required: bool,
    /// All digests that it names.
    pub named: Vec<Digest>,
}

/// The numbers of the entries of each log, sorted; and what lies among them and is no entry.
#[derive(Debug, Default)]
pub struct Listing {
    /// The logs.
    pub logs: BTreeMap<Name, Vec<u64>>,
    /// Paths that are no entries.
    pub others: Vec<String>,
}

/// The path of an entry.
pub fn path((kind, name): &Name, seq: u64) -> String {
    refs::path(kind, name, seq)
}

/// Lists all logs: one listing.
pub async fn list(store: &Store) -> Result<Listing> {
    let mut listing = Listing::default();
    for object in store.objects().list("refs").await? {
        match refs::parse_path(&object.path) {
            Some((kind, name, seq)) => {
                listing.logs.entry((kind.to_owned(), name.to_owned())).or_default().push(seq);
            }
            None => listing.others.push(object.path),
        }
    }
    listing.logs.values_mut().for_each(|entries| entries.sort_unstable());
    Ok(listing)
}

/// Reads the entries that `listing` has behind those numbers of `seen`, log by log, the oldest first; `visit` is told of
/// each, or why it can't be read.
pub async fn read(
    store: &Store,
    listing: &Listing,
    seen: &HashMap<Name, u64>,
    visit: &mut (dyn FnMut(&Name, Result<Line>) -> Result<()> + Send),
) -> Result<()> {
    let new = listing.logs.iter().flat_map(|(name, entries)| {
        let known = seen.get(name).copied().unwrap_or(0);
        entries.iter().filter(move |seq| **seq > known).map(move |seq| (name, *seq))
    });
    let mut lines =
        stream::iter(new.map(|(name, seq)| async move { (name, line(store, name, seq).await) })).buffered(PARALLEL);
    while let Some((name, line)) = lines.next().await {
        visit(name, line)?;
    }
    Ok(())
}

async fn line(store: &Store, name: &Name, seq: u64) -> Result<Line> {
    let path = path(name, seq);
    let log = Log::<Value>::open(store.objects(), &name.0, &name.1)?;
    let entry = log.read(seq).await.map_err(|error| error.path(&path))?;
    let named = hold::mentioned(&entry.body);
    let snapshot =
        entry.body.get("snapshot").and_then(Value::as_str).and_then(|text| Digest::from_hex(text.as_bytes()));
    let snapshots = match name.0.as_str() {
        ENVIRONMENT | MIRROR | SNAPSHOT => snapshot.into_iter().collect(),
        IMAGE => Vec::new(),
        // A sort of log that this version does not know: whatever it names is needed.
        _ => named.clone(),
    };
    let config = entry.body.get("config").filter(|_| name.0 == MIRROR).cloned();
    let config = config.and_then(|config| serde_json::from_value::<Config>(config).ok());
    let required = config.is_some_and(|config| config.promised() == hold::Packages::Required);
    Ok(Line { seq, path, digest: entry.digest, previous: entry.previous, time: entry.time, snapshots, required, named })
}

/// What is wrong where `newer` follows `older`; nothing where it is right.
pub fn link(older: &Line, newer: &Line) -> Option<Error> {
    let broken = |what: &str| {
        Error::new(crate::error::Kind::Malformed, what)
            .path(&newer.path)
            .rule("log-chain")
            .help("an entry was changed or lost after it was written; restore it from a copy of the store")
    };
    if newer.seq != older.seq + 1 {
        return Some(
            broken("entries before this one are missing")
                .field("seq")
                .mismatch((older.seq + 1).to_string(), newer.seq.to_string()),
        );
    }
    if newer.previous != Some(older.digest) {
        let found = newer.previous.map_or_else(|| "null".to_owned(), |digest| digest.to_string());
        return Some(
            broken("the entry does not name the one before it")
                .field("previous")
                .mismatch(older.digest.to_string(), found),
        );
    }
    (newer.time < older.time).then(|| {
        broken("the entry is older than one before it")
            .field("time")
            .mismatch(format!("at least {}", older.time), newer.time.to_string())
    })
}
