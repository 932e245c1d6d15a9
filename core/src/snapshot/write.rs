//! Writes a snapshot: new chunks into packs, then the index, then the manifest.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;

use crate::digest::{Digest, Hasher};
use crate::error::{Error, Kind, Result};
use crate::snapshot::chunk::{cut_blob, cut_entries};
use crate::snapshot::entry::{Entry, KeyBlock};
use crate::snapshot::manifest::{File, Manifest};
use crate::snapshot::open::{Snapshot, StoredIndex, pack_manifest};
use crate::snapshot::read::Bases;
use crate::store::codec::MAX_RAW;
use crate::store::index::{ChunkIndex, ChunkRef, IndexObject};
use crate::store::pack::{PackBuilder, Placed};
use crate::store::{Store, layout};
use crate::worker::compute;

/// A pack is written once it holds this much; a commit of ordinary size is one pack.
const PACK_SIZE: usize = 64 << 20;

/// How many new chunks are coded at a time, to bound the memory for the ones they replace.
const BATCH: usize = 256;

/// From so many packs on, they are listed instead of asked for one by one.
const WORTH_A_LISTING: usize = 16;

/// What a list came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The list's root, for the manifest.
    pub root: Digest,
    /// How many entries.
    pub entries: u64,
    /// How many bytes of stanzas.
    pub bytes: u64,
}

/// A piece of a list: a chunk that is stored already, or entries to cut.
#[derive(Clone, Debug)]
pub enum Piece {
    /// A chunk to take over as it is.
    Chunk(ChunkRef),
    /// Entries in key order.
    Entries(Vec<Entry>),
}

/// Writes one snapshot. What it wrote before [`SnapshotWriter::commit`] is garbage if it never gets there.
pub struct SnapshotWriter {
    store: Store,
    bases: Vec<Snapshot>,
    known: HashMap<Digest, ChunkRef>,
    pack: PackBuilder,
    sections: Vec<(Digest, Vec<Slot>)>,
}

enum Slot {
    Stored(ChunkRef),
    Placed { digest: Digest, first: Box<[u8]>, entries: u32, placed: Placed },
}

/// A chunk that no base has.
struct NewChunk {
    slot: usize,
    digest: Digest,
    first: Box<[u8]>,
    entries: u32,
    keys: Vec<u8>,
    text: Vec<Bytes>,
    replaces: Option<ChunkRef>,
}

impl SnapshotWriter {
    /// A writer that shares what it can with `bases`; the first should be the most alike.
    pub fn new(store: &Store, bases: &[Snapshot]) -> Self {
        let mut known = HashMap::new();
        for base in bases.iter().rev() {
            for (_, chunks) in base.stored_index().chunks.sections() {
                known.extend(chunks.iter().map(|chunk| (chunk.digest, chunk.clone())));
            }
        }
        Self { store: store.clone(), bases: bases.to_vec(), known, pack: PackBuilder::new(), sections: Vec::new() }
    }

    /// Adds a list of `entries`, in key order. `replaces` is the root of a list of a base that this one is a later
    /// state of.
    pub async fn list(&mut self, entries: Vec<Entry>, replaces: Option<Digest>) -> Result<Listed> {
        self.pieces(vec![Piece::Entries(entries)], replaces).await
    }

    /// Adds a list of `pieces`, in key order; each run of entries must end where a stored chunk or the list ends.
    pub async fn pieces(&mut self, pieces: Vec<Piece>, replaces: Option<Digest>) -> Result<Listed> {
        let replaced = replaces.and_then(|root| self.base_section(root)).unwrap_or_default();
        let (mut slots, mut new) = (Vec::new(), Vec::new());
        let (mut count, mut bytes) = (0, 0);
        for piece in pieces {
            match piece {
                Piece::Chunk(chunk) => {
                    count += u64::from(chunk.entries);
                    bytes += chunk.frames.first().map_or(0, |frame| u64::from(frame.text.raw));
                    slots.push(Some(Slot::Stored(chunk)));
                }
                Piece::Entries(entries) => {
                    count += entries.len() as u64;
                    bytes += entries.iter().map(|entry| entry.text.len() as u64).sum::<u64>();
                    self.cut(&entries, &replaced, &mut slots, &mut new);
                }
            }
        }
        self.place(new, &mut slots).await?;
        let slots: Vec<Slot> = slots.into_iter().flatten().collect();
        let mut root = Hasher::new();
        for slot in &slots {
            root.update(slot.digest().as_bytes());
        }
        let root = root.finish();
        self.add_section(root, slots);
        Ok(Listed { root, entries: count, bytes })
    }

    /// Adds a file to be kept byte for byte; `replaces` is the file of a base that this one is a later state of.
    pub async fn file(&mut self, path: &str, bytes: Bytes, replaces: Option<&File>) -> Result<File> {
        let sha256 = Digest::of(&bytes);
        let file = File { path: path.to_owned(), size: bytes.len() as u64, sha256 };
        self.blob(bytes, sha256, replaces.map(|file| file.sha256)).await.map_err(|error| error.path(path))?;
        Ok(file)
    }

    /// Adds bytes under their digest: at most 256 MiB, or they could not be read again.
    pub async fn blob(&mut self, bytes: Bytes, sha256: Digest, replaces: Option<Digest>) -> Result<()> {
        if bytes.len() > MAX_RAW {
            return Err(Error::new(Kind::Limit, format!("a file of {} bytes is larger than {MAX_RAW}", bytes.len())));
        }
        let replaced = replaces.and_then(|root| self.base_section(root)).unwrap_or_default();
        let (mut slots, mut new) = (Vec::new(), Vec::new());
        for (range, word) in cut_blob(&bytes) {
            let text = bytes.slice(range);
            let digest = Digest::of(&text);
            if let Some(chunk) = self.known.get(&digest) {
                slots.push(Some(Slot::Stored(chunk.clone())));
                continue;
            }
            let replaces = replaced.iter().find(|old| *old.first == *word).cloned();
            let slot = slots.len();
            slots.push(None);
            new.push(NewChunk {
                slot,
                digest,
                first: word.into(),
                entries: 0,
                keys: Vec::new(),
                text: vec![text],
                replaces,
            });
        }
        self.place(new, &mut slots).await?;
        self.add_section(sha256, slots.into_iter().flatten().collect());
        Ok(())
    }

    /// Takes over the file or blob `sha256` of a base as it is.
    pub fn keep_blob(&mut self, sha256: Digest) -> Result<()> {
        let chunks = self.base_section(sha256).ok_or_else(|| {
            Error::new(Kind::Malformed, format!("the snapshot to build on does not have the file {sha256}"))
        })?;
        self.add_section(sha256, chunks.iter().cloned().map(Slot::Stored).collect());
        Ok(())
    }

    /// Writes pack, index and manifest, in this order and each durable before the next, and opens the result.
    ///
    /// The manifest may name only lists and files that were added.
    pub async fn commit(mut self, manifest: Manifest) -> Result<Snapshot> {
        let bytes = manifest.to_bytes()?;
        let id = Digest::of(&bytes);
        if self.store.objects().exists(&layout::snapshot(id)).await?
            && let Ok(stored) = Snapshot::open(&self.store, id).await
            && self.has_packs(&stored).await?
        {
            return Ok(stored);
        }
        self.flush_pack().await?;
        let base = self.bases.first();
        let mut index = ChunkIndex::after(base.map(|base| &base.stored_index().chunks));
        for (root, slots) in std::mem::take(&mut self.sections) {
            index.add(root, slots.into_iter().filter_map(Slot::stored).collect());
        }
        let raw = index.encode();
        let coded = base.map(|base| (base.id(), &base.stored_index().raw[..], &base.stored_index().bases[..]));
        let object = IndexObject::write(&raw, coded)?;
        let bases = IndexObject::read(&object)?.bases;
        self.store.objects().put(&layout::index(id), object.into()).await?;
        self.store.objects().put(&layout::snapshot(id), pack_manifest(&bytes)?.into()).await?;
        Ok(Snapshot::from_parts(self.store, id, manifest, StoredIndex { raw, bases, chunks: index }))
    }

    /// Whether the packs of a snapshot are there: one that nobody named may have lost them to garbage collection.
    async fn has_packs(&self, snapshot: &Snapshot) -> Result<bool> {
        let packs = snapshot.stored_index().chunks.packs();
        if packs.len() > WORTH_A_LISTING {
            let names: HashSet<String> = self.store.objects().names("packs").await?.into_iter().collect();
            return Ok(packs.iter().all(|pack| names.contains(&format!("{pack}.pack"))));
        }
        for pack in packs {
            if !self.store.objects().exists(&layout::pack(pack)).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn base_section(&self, root: Digest) -> Option<Arc<[ChunkRef]>> {
        self.bases.iter().find_map(|base| base.stored_index().chunks.section(root).cloned())
    }

    fn cut(&self, entries: &[Entry], replaced: &[ChunkRef], slots: &mut Vec<Option<Slot>>, new: &mut Vec<NewChunk>) {
        for range in cut_entries(entries) {
            let entries = &entries[range];
            let keys = KeyBlock::encode(entries);
            let digest = Digest::of(&keys);
            if let Some(chunk) = self.known.get(&digest) {
                slots.push(Some(Slot::Stored(chunk.clone())));
                continue;
            }
            let first = &entries[0].key.name;
            let at = replaced.partition_point(|old| *old.first <= **first);
            new.push(NewChunk {
                slot: slots.len(),
                digest,
                first: (**first).into(),
                entries: entries.len() as u32,
                keys,
                text: entries.iter().map(|entry| entry.text.clone()).collect(),
                replaces: at.checked_sub(1).map(|at| replaced[at].clone()),
            });
            slots.push(None);
        }
    }

    /// Codes new chunks into the pack and fills their slots.
    async fn place(&mut self, new: Vec<NewChunk>, slots: &mut [Option<Slot>]) -> Result<()> {
        let mut new = new.into_iter();
        loop {
            let batch: Vec<NewChunk> = new.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return Ok(());
            }
            let replaced: Vec<ChunkRef> = batch.iter().filter_map(|chunk| chunk.replaces.clone()).collect();
            let bases = Bases::fetch(&self.store, replaced).await?;
            let mut pack = std::mem::take(&mut self.pack);
            let (pack, placed) = compute(move || {
                let placed = code(batch, bases, &mut pack)?;
                Ok((pack, placed))
            })
            .await?;
            self.pack = pack;
            for (slot, content) in placed {
                slots[slot] = Some(content);
            }
            if self.pack.len() > PACK_SIZE {
                self.flush_into(slots).await?;
            }
        }
    }

    fn add_section(&mut self, root: Digest, slots: Vec<Slot>) {
        if self.sections.iter().all(|(name, _)| *name != root) {
            self.sections.push((root, slots));
        }
    }

    async fn flush_pack(&mut self) -> Result<()> {
        self.flush_into(&mut []).await
    }

    /// Writes the pack and tells every slot that waits for it where its chunk lies.
    async fn flush_into(&mut self, open: &mut [Option<Slot>]) -> Result<()> {
        if self.pack.is_empty() {
            return Ok(());
        }
        let pack = std::mem::take(&mut self.pack).finish();
        let sections = self.sections.iter_mut().flat_map(|(_, slots)| slots.iter_mut());
        for slot in sections.chain(open.iter_mut().flatten()) {
            if let Slot::Placed { digest, first, entries, placed } = slot {
                let frames = pack.frames(placed);
                let chunk = ChunkRef { digest: *digest, first: std::mem::take(first), entries: *entries, frames };
                self.known.insert(chunk.digest, chunk.clone());
                *slot = Slot::Stored(chunk);
            }
        }
        self.store.objects().put(&layout::pack(pack.name), pack.bytes.into()).await
    }
}

impl Slot {
    fn digest(&self) -> Digest {
        match self {
            Slot::Stored(chunk) => chunk.digest,
            Slot::Placed { digest, .. } => *digest,
        }
    }

    fn stored(self) -> Option<ChunkRef> {
        match self {
            Slot::Stored(chunk) => Some(chunk),
            Slot::Placed { .. } => None,
        }
    }
}

fn code(batch: Vec<NewChunk>, mut bases: Bases, pack: &mut PackBuilder) -> Result<Vec<(usize, Slot)>> {
    let mut text = Vec::new();
    let mut placed = Vec::with_capacity(batch.len());
    for chunk in batch {
        text.clear();
        chunk.text.iter().for_each(|part| text.extend_from_slice(part));
        let base = match &chunk.replaces {
            Some(old) => Some(bases.base(old)?),
            None => None,
        };
        let NewChunk { slot, digest, first, entries, keys, .. } = chunk;
        let content = Slot::Placed { digest, first, entries, placed: pack.add(&keys, &text, base.as_ref())? };
        placed.push((slot, content));
    }
    Ok(placed)
}
