//! Lists made from other lists: chunks that come out unchanged are taken over unread and unwritten.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Result;
use crate::snapshot::chunk::begins_chunk;
use crate::snapshot::entry::{Entry, Key};
use crate::snapshot::manifest::List;
use crate::snapshot::open::Snapshot;
use crate::snapshot::read::{ChunkReader, Want};
use crate::snapshot::write::{Listed, Piece, SnapshotWriter};
use crate::store::Store;
use crate::store::index::ChunkRef;

/// What tells one list of a derived snapshot from another: component and architecture.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ListName {
    pub(crate) component: String,
    pub(crate) architecture: String,
}

impl ListName {
    pub(crate) fn of(list: &List) -> Self {
        Self { component: list.component.clone(), architecture: list.architecture.clone() }
    }

    /// Where the list stands below a suite, as `apt` has it.
    pub(crate) fn path(&self) -> String {
        let directory = match (self.component.as_str(), self.architecture.as_str()) {
            ("", "source") => return "Sources".to_owned(),
            ("", _) => return "Packages".to_owned(),
            (component, "source") => return format!("{component}/source/Sources"),
            (component, architecture) => format!("{component}/binary-{architecture}"),
        };
        directory + "/Packages"
    }

    pub(crate) fn list(&self, listed: Listed) -> List {
        List {
            component: self.component.clone(),
            architecture: self.architecture.clone(),
            path: self.path(),
            root: listed.root,
            entries: listed.entries,
            bytes: listed.bytes,
            layout: crate::snapshot::manifest::Layout::default(),
            sha256: None,
        }
    }
}

/// The lists of a snapshot by name; lists of several suites with one name stand together.
pub(crate) fn lists_by_name(snapshot: &Snapshot) -> BTreeMap<ListName, Vec<List>> {
    let mut lists: BTreeMap<ListName, Vec<List>> = BTreeMap::new();
    for (_, list) in snapshot.manifest().lists() {
        lists.entry(ListName::of(list)).or_default().push(list.clone());
    }
    lists
}

/// Where an entry stands: which chunk of a [`Pool`], and which entry of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) chunk: u32,
    pub(crate) entry: u32,
}

/// The keys of some lists, from which others are picked.
pub(crate) struct Pool {
    store: Store,
    chunks: Vec<ChunkRef>,
}

/// An entry to pick.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) key: Key,
    pub(crate) place: Place,
}

impl Pool {
    pub(crate) fn new(store: &Store) -> Self {
        Self { store: store.clone(), chunks: Vec::new() }
    }

    /// Adds lists and gives all their entries in key order, each once.
    pub(crate) async fn load(&mut self, snapshot: &Snapshot, lists: &[List]) -> Result<Vec<Candidate>> {
        let mut candidates: Vec<Candidate> = Vec::new();
        for list in lists {
            let chunks = snapshot.chunks(list)?;
            let first = self.chunks.len();
            self.chunks.extend_from_slice(chunks);
            candidates.reserve(list.entries as usize);
            let mut reader = ChunkReader::new(&self.store, chunks.to_vec(), Want::Keys);
            while let Some(batch) = reader.next_batch().await? {
                for chunk in batch {
                    let number = (first + chunk.position) as u32;
                    candidates.extend(
                        chunk
                            .block
                            .keys
                            .into_iter()
                            .zip(0..)
                            .map(|(key, entry)| Candidate { key, place: Place { chunk: number, entry } }),
                    );
                }
            }
        }
        if lists.len() > 1 {
            candidates.sort_by(|a, b| a.key.order().cmp(&b.key.order()));
            candidates.dedup_by(|a, b| a.key == b.key);
        }
        Ok(candidates)
    }

    /// Writes the list of `picks`, which are in key order.
    pub(crate) async fn write(
        &self,
        writer: &mut SnapshotWriter,
        picks: &[Candidate],
        replaces: Option<crate::Digest>,
    ) -> Result<Listed> {
        let segments = self.segments(picks);
        let needed: BTreeSet<u32> =
            segments.iter().filter_map(|segment| segment.as_ref().err()).flatten().map(|place| place.chunk).collect();
        let texts = self.entries(needed).await?;
        let pieces = segments
            .into_iter()
            .map(|segment| match segment {
                Ok(chunk) => Piece::Chunk(chunk),
                Err(places) => Piece::Entries(
                    places.iter().map(|place| texts[&place.chunk][place.entry as usize].clone()).collect(),
                ),
            })
            .collect();
        writer.pieces(pieces, replaces).await
    }

    /// Cuts the picks where the writer would; a cut that is a whole stored chunk is that chunk.
    fn segments(&self, picks: &[Candidate]) -> Vec<Result<ChunkRef, Vec<Place>>> {
        let mut segments = Vec::new();
        let mut start = 0;
        for at in 1..=picks.len() {
            let cut = match picks.get(at) {
                None => true,
                Some(pick) => {
                    pick.key.group() != picks[at - 1].key.group()
                        && begins_chunk(&pick.key.name, &pick.key.architecture)
                }
            };
            if cut {
                segments.push(self.segment(&picks[start..at]));
                start = at;
            }
        }
        segments
    }

    fn segment(&self, picks: &[Candidate]) -> Result<ChunkRef, Vec<Place>> {
        let first = picks[0].place;
        let chunk = &self.chunks[first.chunk as usize];
        let whole = picks.len() == chunk.entries as usize
            && picks.iter().zip(0..).all(|(pick, entry)| pick.place == Place { chunk: first.chunk, entry });
        if whole { Ok(chunk.clone()) } else { Err(picks.iter().map(|pick| pick.place).collect()) }
    }

    /// The entries of some chunks with their stanzas.
    pub(crate) async fn entries(&self, chunks: BTreeSet<u32>) -> Result<BTreeMap<u32, Vec<Entry>>> {
        let numbers: Vec<u32> = chunks.into_iter().collect();
        let refs = numbers.iter().map(|number| self.chunks[*number as usize].clone()).collect();
        let mut reader = ChunkReader::new(&self.store, refs, Want::Entries);
        let mut entries = BTreeMap::new();
        while let Some(batch) = reader.next_batch().await? {
            for chunk in batch {
                entries.insert(numbers[chunk.position], chunk.into_entries().collect());
            }
        }
        Ok(entries)
    }
}
