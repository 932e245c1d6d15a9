//! Reads the stanzas that packages are held against, each once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use reposnap::snapshot::{ChunkReader, Snapshot, Want};
use reposnap::store::Store;
use reposnap::store::index::ChunkRef;
use reposnap::{Digest, Result};

use crate::history::Fingerprint;

/// Stanzas to read.
#[derive(Default)]
pub(super) struct Stanzas {
    /// Where each stanza is: a snapshot, and the name of the package.
    wanted: HashMap<Fingerprint, (Digest, String)>,
}

impl Stanzas {
    /// Wants a stanza of the package `name` that `snapshot` has.
    pub(super) fn want(&mut self, name: &str, fingerprint: Fingerprint, snapshot: Digest) {
        self.wanted.entry(fingerprint).or_insert_with(|| (snapshot, name.to_owned()));
    }

    /// Reads them.
    pub(super) async fn read(self, store: &Store) -> Result<HashMap<Fingerprint, Vec<u8>>> {
        let mut snapshots: BTreeMap<Digest, BTreeSet<&str>> = BTreeMap::new();
        for (snapshot, name) in self.wanted.values() {
            snapshots.entry(*snapshot).or_default().insert(name);
        }
        let mut found = HashMap::new();
        for (id, names) in snapshots {
            let snapshot = Snapshot::open(store, id).await?;
            let mut seen = BTreeSet::new();
            for (_, list) in snapshot.manifest().lists() {
                if list.architecture == "source" || !seen.insert(list.root) {
                    continue;
                }
                let chunks = snapshot.chunks(list)?;
                let numbers: BTreeSet<usize> =
                    names.iter().flat_map(|name| covering(chunks, name.as_bytes())).collect();
                let chunks = numbers.into_iter().map(|number| chunks[number].clone()).collect();
                let mut reader = ChunkReader::new(store, chunks, Want::Entries);
                while let Some(batch) = reader.next_batch().await? {
                    for entry in batch.into_iter().flat_map(|chunk| chunk.into_entries()) {
                        let fingerprint = Fingerprint::of(&entry.key.digest);
                        if self.wanted.contains_key(&fingerprint) {
                            found.entry(fingerprint).or_insert_with(|| entry.text.to_vec());
                        }
                    }
                }
            }
        }
        Ok(found)
    }
}

/// The chunks of a list in which a package of `name` may stand.
fn covering(chunks: &[ChunkRef], name: &[u8]) -> Range<usize> {
    let start = chunks.partition_point(|chunk| *chunk.first < *name).saturating_sub(1);
    let end = chunks.partition_point(|chunk| *chunk.first <= *name);
    start..end.max(start)
}
