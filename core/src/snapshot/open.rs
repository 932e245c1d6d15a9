//! A snapshot in a store.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::snapshot::frames::doubting;
use crate::snapshot::manifest::{File, List, Manifest};
use crate::snapshot::read::{ChunkReader, Want, read_blob};
use crate::store::codec::{Decoder, Encoder, MAX_RAW};
use crate::store::index::{ChunkIndex, ChunkRef, IndexObject, MAX_CHAIN};
use crate::store::wire::{Reader, put_uint};
use crate::store::{Store, layout};

const MANIFEST_LEVEL: i32 = 9;
/// The largest note about a snapshot that was given up, in bytes.
const LARGEST_RETIRED: u64 = 1 << 10;

/// What is left of a snapshot that retention gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// When, by the store's clock.
    pub time: Timestamp,
    /// The number of the plan.
    pub epoch: u64,
}

/// A snapshot that was opened: its manifest, and where its content lies. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Snapshot {
    store: Store,
    id: Digest,
    manifest: Arc<Manifest>,
    index: Arc<StoredIndex>,
}

/// A chunk index with the bytes that a later one is coded against.
#[derive(Debug)]
pub(crate) struct StoredIndex {
    pub(crate) raw: Vec<u8>,
    pub(crate) bases: Vec<Digest>,
    pub(crate) chunks: ChunkIndex,
}

impl Snapshot {
    /// Opens the snapshot `id`.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where the store has no such snapshot, [`Kind::Verification`] where it was altered.
    pub async fn open(store: &Store, id: Digest) -> Result<Self> {
        let path = layout::snapshot(id);
        let (manifest, index) = futures::future::join(store.objects().get(&path), load_index(store, id)).await;
        let stored = match manifest {
            Err(error) if error.kind() == Kind::NotFound => return Err(Self::missing(store, id).await.source(error)),
            manifest => manifest?,
        };
        let bytes = unpack_manifest(&stored).map_err(|error| error.path(&path))?;
        if Digest::of(&bytes) != id {
            return Err(Error::new(Kind::Verification, "the stored manifest was altered")
                .rule("stored-digest")
                .path(&path)
                .mismatch(id.to_string(), Digest::of(&bytes).to_string()));
        }
        let manifest = Manifest::from_bytes(&bytes).map_err(|error| error.path(&path))?;
        Ok(Self { store: store.clone(), id, manifest: Arc::new(manifest), index: Arc::new(index?) })
    }

    /// Why the store has no snapshot `id`: it never had, or retention gave it up.
    pub async fn missing(store: &Store, id: Digest) -> Error {
        let path = layout::retired(id);
        let retired = store.objects().get_limited(&path, LARGEST_RETIRED).await.ok();
        match retired.and_then(|bytes| serde_json::from_slice::<Retired>(&bytes).ok()) {
            Some(Retired { time, epoch }) => {
                Error::new(Kind::NotFound, format!("the snapshot {id} was retired by retention at {time}"))
                    .rule("retired")
                    .path(path)
                    .help(format!(
                        "it was given up by plan {epoch} of `store gc`; bring it back from a copy of the store"
                    ))
            }
            None => Error::new(Kind::NotFound, format!("the store has no snapshot {id}")),
        }
    }

    /// The names of all snapshots of a store, in their own order.
    pub async fn list(store: &Store) -> Result<Vec<Digest>> {
        let objects = store.objects().list("snapshots").await?;
        let name = |path: &str| path.strip_prefix("snapshots/").and_then(|name| Digest::from_hex(name.as_bytes()));
        Ok(objects.iter().filter_map(|object| name(&object.path)).collect())
    }

    pub(crate) fn from_parts(store: Store, id: Digest, manifest: Manifest, index: StoredIndex) -> Self {
        Self { store, id, manifest: Arc::new(manifest), index: Arc::new(index) }
    }

    /// Its name: the SHA-256 of its manifest.
    pub fn id(&self) -> Digest {
        self.id
    }

    /// Its manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The store that it lies in.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// How many packages its lists have, counted once in each list.
    pub fn entries(&self) -> u64 {
        self.manifest.lists().map(|(_, list)| list.entries).sum()
    }

    /// The chunks of a list of this snapshot.
    pub fn chunks(&self, list: &List) -> Result<&[ChunkRef]> {
        self.section(list.root)
    }

    /// Reads a list from its beginning.
    pub fn read(&self, list: &List, want: Want) -> Result<ChunkReader<'_>> {
        Ok(ChunkReader::new(&self.store, self.chunks(list)?.to_vec(), want))
    }

    /// The bytes of a file that is kept as it was.
    pub async fn file(&self, file: &File) -> Result<Bytes> {
        self.blob(file.sha256).await.map_err(|error| error.path(&file.path))
    }

    /// The bytes of the blob `sha256` of this snapshot, such as an explicit layout.
    pub async fn blob(&self, sha256: Digest) -> Result<Bytes> {
        let bytes = read_blob(&self.store, self.section(sha256)?).await?;
        if Digest::of(&bytes) != sha256 {
            return Err(Error::new(Kind::Verification, "a stored file was altered").rule("stored-digest"));
        }
        Ok(bytes.into())
    }

    pub(crate) fn section(&self, root: Digest) -> Result<&[ChunkRef]> {
        let found = self.index.chunks.section(root).map(|chunks| &**chunks).ok_or_else(|| {
            Error::new(Kind::Malformed, format!("the chunk index does not have {root}")).path(layout::index(self.id))
        });
        doubting(self.store.objects(), found)
    }

    pub(crate) fn stored_index(&self) -> &StoredIndex {
        &self.index
    }
}

async fn load_index(store: &Store, id: Digest) -> Result<StoredIndex> {
    let path = layout::index(id);
    let object = store.objects().get(&path).await?;
    doubting(store.objects(), decode_index(store, &path, &object).await)
}

async fn decode_index(store: &Store, path: &str, object: &[u8]) -> Result<StoredIndex> {
    let head = IndexObject::read(object).map_err(|error| error.path(path))?;
    if head.bases.len() >= MAX_CHAIN {
        return Err(Error::new(Kind::Limit, "a chunk index is coded against too many others").path(path));
    }
    let bases = futures::future::join_all(
        head.bases.iter().map(|base| async move { store.objects().get(&layout::index(*base)).await }),
    )
    .await;
    // The furthest base stands alone; each nearer one is coded against it.
    let mut raw = Vec::new();
    for (base, name) in bases.into_iter().zip(&head.bases).rev() {
        let bytes = base?;
        raw = IndexObject::read(&bytes).and_then(|object| object.decode(&raw)).map_err(|error| {
            error.path(layout::index(*name)).help("restore the object from another copy of the store")
        })?;
    }
    let raw = head.decode(&raw).map_err(|error| error.path(path))?;
    let chunks = ChunkIndex::decode(&raw).map_err(|error| error.path(path))?;
    Ok(StoredIndex { bases: head.bases, raw, chunks })
}

pub(crate) fn pack_manifest(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = b"RSMF\x01".to_vec();
    put_uint(&mut out, bytes.len() as u64);
    Encoder::new(MANIFEST_LEVEL).encode(bytes, &[], &mut out)?;
    Ok(out)
}

pub(crate) fn unpack_manifest(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut reader = Reader::new(bytes);
    if reader.take(5)? != b"RSMF\x01" {
        return Err(Error::new(Kind::Malformed, "this is not a snapshot's manifest"));
    }
    let length = reader.count(MAX_RAW)?;
    Decoder::new().decode(reader.take(reader.remaining())?, &[], length)
}
