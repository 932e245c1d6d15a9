//! Lists made from other lists: chunks that come out unchanged are taken over unread and unwritten.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::digest::Digest;
use crate::error::Result;
use crate::snapshot::candidate::{Candidate, Place, candidates, covering, likely_chunks};
use crate::snapshot::chunk::begins_chunk;
use crate::snapshot::entry::Entry;
use crate::snapshot::manifest::List;
use crate::snapshot::open::Snapshot;
use crate::snapshot::query::Query;
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

/// A piece of a list in the making: a stored chunk, or the places of what has to be written anew.
type Segment = std::result::Result<ChunkRef, Vec<Place>>;

/// The keys of some lists, from which others are picked.
pub(crate) struct Pool {
    store: Store,
    chunks: Vec<ChunkRef>,
}

impl Pool {
    pub(crate) fn new(store: &Store) -> Self {
        Self { store: store.clone(), chunks: Vec::new() }
    }

    /// Adds lists and gives their entries that may pass `query` (all without one) in key order, each once.
    pub(crate) async fn load(
        &mut self,
        snapshot: &Snapshot,
        lists: &[List],
        query: Option<&Query>,
    ) -> Result<Vec<Candidate>> {
        let mut loaded: Vec<Candidate> = Vec::new();
        for list in lists {
            let chunks = snapshot.chunks(list)?;
            let chunks = query.map_or_else(|| chunks.to_vec(), |query| likely_chunks(chunks, query));
            loaded.extend(self.load_chunks(chunks, query).await?);
        }
        if lists.len() > 1 {
            loaded.sort_by(|a, b| a.key.order().cmp(&b.key.order()));
            loaded.dedup_by(|a, b| a.key == b.key);
        }
        Ok(loaded)
    }

    async fn load_chunks(&mut self, chunks: Vec<ChunkRef>, query: Option<&Query>) -> Result<Vec<Candidate>> {
        let first = self.chunks.len() as u32;
        self.chunks.extend_from_slice(&chunks);
        let mut loaded = candidates(&self.store, chunks, query).await?;
        loaded.iter_mut().for_each(|candidate| candidate.place.chunk += first);
        Ok(loaded)
    }

    /// Writes the list of `picks`, which are in key order.
    pub(crate) async fn write(
        &self,
        writer: &mut SnapshotWriter,
        picks: &[Candidate],
        replaces: Option<Digest>,
    ) -> Result<Listed> {
        self.write_segments(writer, self.segments(picks), replaces).await
    }

    /// Writes `list` of `snapshot` with `wanted`, in key order, each in the place of all versions that the list has of
    /// its name and architecture. Chunks in which none of these may stand are not read.
    pub(crate) async fn replace(
        &mut self,
        writer: &mut SnapshotWriter,
        (snapshot, list): (&Snapshot, &List),
        wanted: Vec<Candidate>,
    ) -> Result<Listed> {
        let chunks = snapshot.chunks(list)?;
        let runs = runs(chunks, wanted);
        let touched = runs.iter().flat_map(|(run, _)| chunks[run.clone()].iter().cloned()).collect();
        let mut loaded = self.chunks.len() as u32;
        let mut present = self.load_chunks(touched, None).await?.into_iter().peekable();
        let (mut segments, mut next) = (Vec::new(), 0);
        for (run, wanted) in runs {
            segments.extend(chunks[next..run.start].iter().cloned().map(Ok));
            loaded += run.len() as u32;
            let present: Vec<Candidate> =
                std::iter::from_fn(|| present.next_if(|candidate| candidate.place.chunk < loaded)).collect();
            // A group that is there stays there, so chunks begin where they did.
            segments.extend(self.segments(&replace_groups(&present, &wanted)));
            next = run.end;
        }
        segments.extend(chunks[next..].iter().cloned().map(Ok));
        self.write_segments(writer, segments, Some(list.root)).await
    }

    async fn write_segments(
        &self,
        writer: &mut SnapshotWriter,
        segments: Vec<Segment>,
        replaces: Option<Digest>,
    ) -> Result<Listed> {
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
    fn segments(&self, picks: &[Candidate]) -> Vec<Segment> {
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

    fn segment(&self, picks: &[Candidate]) -> Segment {
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

/// The runs of chunks in which the groups of `wanted` stand or would stand, each with its share of `wanted`.
fn runs(chunks: &[ChunkRef], wanted: Vec<Candidate>) -> Vec<(Range<usize>, Vec<Candidate>)> {
    let mut runs: Vec<(Range<usize>, Vec<Candidate>)> = Vec::new();
    for candidate in wanted {
        let mut run = covering(chunks, &candidate.key.name);
        if run.is_empty() {
            // Before all others: the list's first chunk may have to make room.
            run.end = chunks.len().min(1);
        }
        match runs.last_mut() {
            Some((last, members)) if run.start <= last.end => {
                last.end = last.end.max(run.end);
                members.push(candidate);
            }
            _ => runs.push((run, vec![candidate])),
        }
    }
    runs
}

/// Both in key order; a group of `wanted` stands for the whole group of `present`.
pub(crate) fn replace_groups(present: &[Candidate], wanted: &[Candidate]) -> Vec<Candidate> {
    let groups: BTreeSet<(&[u8], &[u8])> = wanted.iter().map(|candidate| candidate.key.group()).collect();
    let mut picks: Vec<Candidate> =
        present.iter().filter(|candidate| !groups.contains(&candidate.key.group())).chain(wanted).cloned().collect();
    picks.sort_by(|a, b| a.key.order().cmp(&b.key.order()));
    picks
}
