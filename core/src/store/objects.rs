//! Access to the objects of a store: a thin layer over [`object_store`] that says what each write promises.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path as Location;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt, PutMode, PutOptions};

use super::cache::{Cached, Disk};
use super::failure::{from_store, is_missing};
use super::gate::Gate;
use super::layer::Layer;
use super::local::{self, Local};
use super::partial;
use super::upload::{LARGEST_PUT, Upload};
use crate::error::{Error, Kind, Result};
use crate::worker::{blocking, compute};

/// The largest object that [`Objects::get`] reads into memory, in bytes.
pub const LARGEST_GET: u64 = 2 << 30;
/// The largest object that is held in memory to be written again, in bytes.
const LARGEST_TOUCHED_AT_ONCE: u64 = 64 << 20;
/// How often [`Objects::create`] asks the server of a bucket again that left open whether it did what it was asked.
const CREATE_ATTEMPTS: u32 = 3;

/// The longest path of an object, in bytes (S3 allows 1,024 for the whole key, prefix included).
pub const LONGEST_PATH: usize = 900;
/// The longest name between two slashes, in bytes; room is left for the suffix of a staged file (Linux: `NAME_MAX` is 255).
pub const LONGEST_SEGMENT: usize = 220;

/// The objects of one store, by path. Cheap to clone; clones share everything.
///
/// Paths are relative, with `/` between their parts, and never contain `.` or `..`.
///
/// What a write promises:
///
/// | method | another reader sees | after a power failure |
/// |---|---|---|
/// | [`put`](Self::put) | the old or the new object, whole | the new object, once it returned |
/// | [`put_bulk`](Self::put_bulk), [`upload`](Self::upload) | nothing, or the whole object | certain after [`barrier`](Self::barrier), or after any later `put` or `create` |
/// | [`create`](Self::create) | nothing, or the whole object; one winner | the object, once it returned |
///
/// ```
/// # fn main() -> reposnap::Result<()> {
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use reposnap::store::{Created, Objects};
/// let objects = Objects::memory();
/// objects.put("a/b", "hello".into()).await?;
/// assert_eq!(objects.get("a/b").await?, "hello");
/// assert_eq!(objects.create("a/b", "other".into()).await?, Created::Exists);
/// # Ok(()) })
/// # }
/// ```
#[derive(Clone)]
pub struct Objects(Arc<Inner>);

struct Inner {
    store: Arc<dyn ObjectStore>,
    /// The same, past what of it is kept on this machine.
    bare: Arc<dyn ObjectStore>,
    /// The same, where what is written need not last.
    trial: Arc<dyn ObjectStore>,
    local: Option<Local>,
    cache: Option<Arc<Cached>>,
    gate: Arc<Gate>,
    /// The URL of a bucket, for messages.
    url: Option<String>,
}

/// What came of [`Objects::create`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "somebody else may have created the object first"]
pub enum Created {
    /// The object is there with these bytes.
    Yes,
    /// The object was there before, with other bytes.
    Exists,
}

/// What came of one request to create an object.
enum Tried {
    Done(Result<Created>),
    /// It failed, and nothing is there.
    Open(Error),
}

/// What a listing says of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectMeta {
    /// The path of the object in the store.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was written, by the store's clock.
    pub modified: jiff::Timestamp,
}

impl Objects {
    /// The objects of the directory `root`, which has to exist and have a name in UTF-8.
    pub fn local(root: &Path) -> Result<Self> {
        Self::local_with(root, Gate::Open)
    }

    /// Objects in the memory of this process.
    pub fn memory() -> Self {
        Self::new(Arc::new(InMemory::new()))
    }

    /// The objects of any other store, such as a bucket.
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self::with_gate(store, Gate::Open)
    }

    pub(super) fn local_with(root: &Path, gate: Gate) -> Result<Self> {
        let local = Local::new(root)?;
        let store = LocalFileSystem::new_with_prefix(local.root())
            .map_err(|error| from_store(&root.display().to_string(), error))?;
        let trial = store.clone().with_automatic_cleanup(true);
        let store = store.with_fsync(true);
        let inner = Inner { trial: Arc::new(trial), local: Some(local), ..Inner::of(Arc::new(store), gate) };
        Ok(Self(Arc::new(inner)))
    }

    pub(super) fn with_gate(store: Arc<dyn ObjectStore>, gate: Gate) -> Self {
        Self(Arc::new(Inner::of(store, gate)))
    }

    /// The objects of the bucket that `url` names, with a cache before it or without.
    pub(super) fn remote(bucket: Arc<dyn ObjectStore>, disk: Option<Disk>, gate: Gate, url: &str) -> Self {
        let cache = disk.map(|disk| Arc::new(Cached::over(bucket.clone(), disk)));
        let store = cache.clone().map_or_else(|| bucket.clone(), |cache| cache as Arc<dyn ObjectStore>);
        Self(Arc::new(Inner { store, cache, url: Some(url.to_owned()), ..Inner::of(bucket, gate) }))
    }

    /// These objects with a layer of memory over them, which takes all that is written.
    pub(super) fn layered(&self) -> Self {
        let layer = Layer::over(self.0.store.clone());
        let bare = Arc::new(layer.over_another(self.0.bare.clone()));
        let inner = Inner { bare, cache: self.0.cache.clone(), ..Inner::of(Arc::new(layer), Gate::Open) };
        Self(Arc::new(inner))
    }

    /// These objects past what of them is kept on this machine: for who is asked what is in the bucket.
    pub(super) fn uncached(&self) -> Self {
        let Inner { bare, trial, local, cache, gate, url, .. } = &*self.0;
        let (trial, local, cache) = (trial.clone(), local.clone(), cache.clone());
        let (store, bare, gate, url) = (bare.clone(), bare.clone(), gate.clone(), url.clone());
        Self(Arc::new(Inner { store, bare, trial, local, cache, gate, url }))
    }

    /// Forgets all that is kept on this machine of a bucket in which something was found to be wrong: perhaps it is right
    /// there by now.
    pub fn doubt(&self) {
        if let Some(cache) = &self.0.cache {
            cache.forget();
        }
    }

    /// The whole object, of at most [`LARGEST_GET`] bytes; [`Kind::NotFound`] where there is none.
    pub async fn get(&self, path: &str) -> Result<Bytes> {
        self.get_limited(path, LARGEST_GET).await
    }

    /// The whole object, or [`Kind::Limit`] where it has more than `limit` bytes.
    pub async fn get_limited(&self, path: &str, limit: u64) -> Result<Bytes> {
        let location = parse(path)?;
        if let Some(local) = &self.0.local {
            let (file, name) = (local.file(path), path.to_owned());
            return compute(move || local::read(&file, limit).map_err(|error| error.path(name))).await;
        }
        let result =
            self.0.store.get_opts(&location, GetOptions::default()).await.map_err(|error| from_store(path, error))?;
        if result.meta.size > limit {
            return Err(local::too_large(result.meta.size, limit).path(path));
        }
        result.bytes().await.map_err(|error| from_store(path, error))
    }

    /// The whole object, or nothing where there is none.
    pub async fn get_if_exists(&self, path: &str) -> Result<Option<Bytes>> {
        found(self.get(path).await)
    }

    /// The bytes of each range, in the order asked for; [`Kind::Malformed`] where the object ends before a range does.
    ///
    /// One request or one hop to another thread, however many ranges there are.
    pub async fn get_ranges(&self, path: &str, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let location = parse(path)?;
        if let Some(range) = ranges.iter().find(|range| range.start > range.end) {
            return Err(Error::new(Kind::Usage, format!("range {range:?} ends before it starts")).path(path));
        }
        if ranges.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(local) = &self.0.local {
            let (file, name, ranges) = (local.file(path), path.to_owned(), ranges.to_vec());
            return compute(move || local::read_ranges(&file, &ranges).map_err(|error| error.path(name))).await;
        }
        // Servers refuse empty ranges.
        let asked: Vec<_> = ranges.iter().filter(|range| !range.is_empty()).cloned().collect();
        let answer = self.0.store.get_ranges(&location, &asked).await;
        if let Ok(parts) = &answer
            && parts.iter().map(|part| part.len() as u64).eq(asked.iter().map(|range| range.end - range.start))
        {
            let mut parts = parts.iter().cloned();
            let part = |range: &Range<u64>| if range.is_empty() { None } else { parts.next() };
            return Ok(ranges.iter().map(part).map(Option::unwrap_or_default).collect());
        }
        // Something is wrong; the size tells what.
        let size = self.require_size(path, &location).await?;
        if let Some(range) = ranges.iter().find(|range| range.end > size) {
            return Err(local::beyond_end(range, size).path(path));
        }
        match answer {
            Err(error) => Err(from_store(path, error)),
            Ok(_) => Err(Error::new(Kind::Io, "the store answered with other ranges than those asked for").path(path)),
        }
    }

    /// The bytes of the object in pieces, for those too large for memory.
    pub async fn read(&self, path: &str) -> Result<BoxStream<'static, Result<Bytes>>> {
        let location = parse(path)?;
        let result =
            self.0.store.get_opts(&location, GetOptions::default()).await.map_err(|error| from_store(path, error))?;
        let name = path.to_owned();
        Ok(result.into_stream().map_err(move |error| from_store(&name, error)).boxed())
    }

    /// Writes or replaces an object. Atomic, and durable when it returns, with all that was written in bulk before.
    pub async fn put(&self, path: &str, bytes: Bytes) -> Result<()> {
        let location = parse(path)?;
        self.permit().await?;
        self.settle().await?;
        if self.0.url.is_some() && bytes.len() > LARGEST_PUT {
            let mut upload = Upload::remote(self.0.store.clone(), location, path);
            upload.write(bytes).await?;
            return upload.finish().await;
        }
        self.0.store.put(&location, bytes.into()).await.map_err(|error| from_store(path, error))?;
        Ok(())
    }

    /// Writes or replaces an object. Atomic; durable only after [`barrier`](Self::barrier).
    ///
    /// Who skips a write because the object is there already should compare its [`size`](Self::size) first: after a power
    /// failure a file that was never synchronised may be there, and short.
    pub async fn put_bulk(&self, path: &str, bytes: Bytes) -> Result<()> {
        let Some(local) = &self.0.local else { return self.put(path, bytes).await };
        parse(path)?;
        self.permit().await?;
        let (local, name) = (local.clone(), path.to_owned());
        compute(move || local.write(&name, &bytes).map_err(|error| error.path(name))).await
    }

    /// Returns when everything that [`put_bulk`](Self::put_bulk) and [`upload`](Self::upload) have written is on disk.
    ///
    /// One `syncfs` per file system on Linux, one `fsync` per file elsewhere, nothing where nothing was written.
    pub async fn barrier(&self) -> Result<()> {
        self.settle().await
    }

    /// Writes an object only where there is none: of any number of callers, one gets [`Created::Yes`]
    /// (or several, where they bring the same bytes).
    ///
    /// After every answer but success the object is read back, because a request that was retried on its way, or whose
    /// answer was lost, may have won. So bytes that must have one author carry a nonce.
    /// Durable when it returns, with all that was written in bulk before.
    pub async fn create(&self, path: &str, bytes: Bytes) -> Result<Created> {
        let location = parse(path)?;
        self.permit().await?;
        self.settle().await?;
        if self.0.gate.is_single() {
            return match self.get_if_exists(path).await? {
                Some(there) if there == bytes => Ok(Created::Yes),
                Some(_) => Ok(Created::Exists),
                None => self.put(path, bytes).await.map(|()| Created::Yes),
            };
        }
        let mut attempt = 1;
        loop {
            match self.try_create(path, &location, &bytes).await {
                // Nothing is there, though the server refused or failed: another create was under way and came to nothing,
                // or the request did not arrive. Who asks again with the same bytes can't win twice.
                Tried::Open(_) if self.0.url.is_some() && attempt < CREATE_ATTEMPTS => attempt += 1,
                Tried::Open(error) => return Err(error),
                Tried::Done(created) => return created,
            }
        }
    }

    async fn try_create(&self, path: &str, location: &Location, bytes: &Bytes) -> Tried {
        let options = PutOptions::from(PutMode::Create);
        let Err(error) = self.0.store.put_opts(location, bytes.clone().into(), options).await else {
            return Tried::Done(Ok(Created::Yes));
        };
        let certain = matches!(error, object_store::Error::AlreadyExists { .. });
        let failure = from_store(path, error);
        match self.get_limited(path, LARGEST_GET).await {
            Ok(there) if there == *bytes => Tried::Done(match &self.0.local {
                // The name is there, but its fsync failed: nobody knows what is on disk.
                Some(_) if !certain => Err(failure),
                Some(local) => {
                    // Whoever wrote it has perhaps not come to its fsync.
                    local.mark();
                    self.settle().await.map(|()| Created::Yes)
                }
                None => Ok(Created::Yes),
            }),
            Ok(_) => Tried::Done(Ok(Created::Exists)),
            // Too large to be ours.
            Err(error) if error.kind() == Kind::Limit => Tried::Done(Ok(Created::Exists)),
            Err(error) if error.kind() == Kind::NotFound && failure.kind() != Kind::ReadOnly => Tried::Open(failure),
            Err(_) => Tried::Done(Err(failure)),
        }
    }

    /// Begins an object that comes in pieces; nothing is visible before [`Upload::finish`], and dropping it leaves nothing.
    pub async fn upload(&self, path: &str) -> Result<Upload> {
        let location = parse(path)?;
        self.permit().await?;
        match &self.0.local {
            Some(local) => Ok(Upload::local(local.clone(), path)),
            None => Ok(Upload::remote(self.0.store.clone(), location, path)),
        }
    }

    /// As [`upload`](Self::upload), but what is written survives the end of the process, and where an earlier run has left
    /// something of this object, the upload goes on with it: see [`Upload::kept`]. What is left is at most seven days old and
    /// not to be trusted. For directories; elsewhere, and where somebody else is at it, it begins anew.
    pub async fn resume(&self, path: &str) -> Result<Upload> {
        parse(path)?;
        self.permit().await?;
        match &self.0.local {
            Some(local) => Upload::resume(local.clone(), path).await,
            None => self.upload(path).await,
        }
    }

    /// Deletes what broken transfers left more than seven days ago, and the oldest of it beyond 16 GiB.
    pub async fn tidy_resumable(&self) -> Result<()> {
        self.permit().await?;
        match self.0.local.clone() {
            Some(local) => blocking(move || partial::tidy(local.root())).await,
            None => Ok(()),
        }
    }

    /// Whether there is an object at `path`.
    pub async fn exists(&self, path: &str) -> Result<bool> {
        Ok(self.size(path).await?.is_some())
    }

    /// The size of the object in bytes, or nothing where there is none.
    pub async fn size(&self, path: &str) -> Result<Option<u64>> {
        let location = parse(path)?;
        if let Some(local) = &self.0.local {
            let (file, name) = (local.file(path), path.to_owned());
            return compute(move || local::size(&file).map_err(|error| error.path(name))).await;
        }
        found(self.require_size(path, &location).await)
    }

    /// All objects under the folder `prefix` (all of the store for ``""``), sorted by path; none where it is missing.
    pub async fn list(&self, prefix: &str) -> Result<Vec<ObjectMeta>> {
        let mut objects = Vec::new();
        self.visit(prefix, |object| objects.push(object)).await?;
        objects.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(objects)
    }

    /// Shows `visit` all objects under the folder `prefix` as they are listed.
    pub(crate) async fn visit(&self, prefix: &str, mut visit: impl FnMut(ObjectMeta)) -> Result<()> {
        let location = parse_prefix(prefix)?;
        let mut stream = self.0.store.list(location.as_ref());
        while let Some(meta) = stream.next().await {
            match meta {
                Ok(meta) => visit(listed(meta)),
                // Deleted, with its folder, while the listing ran.
                Err(error) if is_missing(&error) => {}
                Err(error) => return Err(from_store(prefix, error)),
            }
        }
        Ok(())
    }

    /// The names of the objects and folders directly in the folder `prefix`, sorted; none where it is missing. Cheaper than
    /// [`list`](Self::list).
    pub async fn names(&self, prefix: &str) -> Result<Vec<String>> {
        let location = parse_prefix(prefix)?;
        if let Some(local) = &self.0.local {
            let (directory, name) = (local.file(prefix), prefix.to_owned());
            return compute(move || local::names(&directory).map_err(|error| error.path(name))).await;
        }
        let listing = match self.0.store.list_with_delimiter(location.as_ref()).await {
            Err(error) if is_missing(&error) => return Ok(Vec::new()),
            listing => listing.map_err(|error| from_store(prefix, error))?,
        };
        let objects = listing.objects.iter().map(|meta| &meta.location);
        let mut names: Vec<String> =
            objects.chain(&listing.common_prefixes).filter_map(|path| path.filename().map(str::to_owned)).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// What `pick` makes of the first name in the folder `prefix` that it accepts, in the order of the store.
    pub(super) async fn first<T>(&self, prefix: &str, pick: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
        let location = parse(prefix)?;
        let mut stream = self.0.store.list(Some(&location));
        while let Some(meta) = stream.next().await {
            match meta {
                Ok(meta) => {
                    let name = meta.location.as_ref().strip_prefix(prefix).and_then(|name| name.strip_prefix('/'));
                    if let Some(picked) = name.and_then(&pick) {
                        return Ok(Some(picked));
                    }
                }
                Err(error) if is_missing(&error) => {}
                Err(error) => return Err(from_store(prefix, error)),
            }
        }
        Ok(None)
    }

    /// Whether both are objects of the same directory, or the same part of a bucket.
    pub(super) fn is_same_place(&self, other: &Self) -> bool {
        match (&self.0.local, &other.0.local) {
            (Some(own), Some(other)) => own.root() == other.root(),
            (None, None) => self.0.url.is_some() && self.0.url == other.0.url,
            _ => false,
        }
    }

    /// Whether listing names is one look into a directory.
    pub(crate) fn is_local(&self) -> bool {
        self.0.local.is_some()
    }

    /// Deletes an object; nothing happens where there is none.
    pub async fn delete(&self, path: &str) -> Result<()> {
        let location = parse(path)?;
        self.permit().await?;
        match self.0.store.delete(&location).await {
            Err(error) if !is_missing(&error) => Err(from_store(path, error)),
            _ => Ok(()),
        }
    }

    /// What a listing would say of one object, or nothing where there is none.
    pub async fn meta(&self, path: &str) -> Result<Option<ObjectMeta>> {
        match self.0.store.head(&parse(path)?).await {
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(from_store(path, error)),
            Ok(meta) => Ok(Some(listed(meta))),
        }
    }

    /// Makes the object as young as one that was just written, by the store's clock; `false` where there is none.
    ///
    /// In a directory its time is set; elsewhere it is written again.
    pub async fn touch(&self, path: &str) -> Result<bool> {
        let location = parse(path)?;
        self.permit().await?;
        if let Some(local) = &self.0.local {
            let (file, name) = (local.file(path), path.to_owned());
            return compute(move || local::touch(&file).map_err(|error| error.path(name))).await;
        }
        let found = match self.0.bare.get_opts(&location, GetOptions::default()).await {
            Err(error) if is_missing(&error) => return Ok(false),
            result => result.map_err(|error| from_store(path, error))?,
        };
        if found.meta.size <= LARGEST_TOUCHED_AT_ONCE {
            let bytes = found.bytes().await.map_err(|error| from_store(path, error))?;
            self.0.store.put(&location, bytes.into()).await.map_err(|error| from_store(path, error))?;
            return Ok(true);
        }
        let mut upload = self.upload(path).await?;
        let mut pieces = found.into_stream();
        while let Some(piece) = pieces.try_next().await.map_err(|error| from_store(path, error))? {
            upload.write(piece).await?;
        }
        upload.finish().await?;
        Ok(true)
    }

    /// Gives an object another path, where nothing may lie that is still needed; `false` where there is none at `from`.
    ///
    /// One step in a directory. Elsewhere it is copied first, so that it never is at neither.
    pub async fn rename(&self, from: &str, to: &str) -> Result<bool> {
        let (source, target) = (parse(from)?, parse(to)?);
        self.permit().await?;
        if let Some(local) = self.0.local.clone() {
            let (from, to) = (from.to_owned(), to.to_owned());
            return compute(move || local.rename(&from, &to).map_err(|error| error.path(from))).await;
        }
        match self.0.store.copy(&source, &target).await {
            Err(error) if is_missing(&error) => return Ok(false),
            result => result.map_err(|error| from_store(from, error))?,
        }
        self.delete(from).await?;
        Ok(true)
    }

    /// Deletes the folder, and those below it, that nothing is in; where folders are but parts of names, there are none.
    pub async fn remove_empty_folders(&self, folder: &str) -> Result<()> {
        parse(folder)?;
        self.permit().await?;
        let Some(local) = &self.0.local else { return Ok(()) };
        let folder = local.file(folder);
        compute(move || {
            local::remove_empty(&folder);
            Ok(())
        })
        .await
    }

    /// Deletes what writers that were killed have left unfinished in a directory, where nobody has written to it for `age`;
    /// says how many files there were. Unfinished files are never visible; they only take space.
    ///
    /// Other stores have their own rules for unfinished uploads.
    pub async fn delete_unfinished(&self, age: std::time::Duration) -> Result<u64> {
        self.permit().await?;
        match self.0.local.clone() {
            Some(local) => blocking(move || local.delete_unfinished(age)).await,
            None => Ok(0),
        }
    }

    /// The file that holds the object (or will hold it), where the store is a directory.
    ///
    /// For reading and for hard links; writing through it breaks the store's promises.
    pub fn local_path(&self, path: &str) -> Option<PathBuf> {
        parse(path).ok()?;
        self.0.local.as_ref().map(|local| local.file(path))
    }

    /// Refuses, where this handle may not write; the first time, tries the store out.
    async fn permit(&self) -> Result<()> {
        self.0.gate.pass(&self.0.trial).await.map_err(|error| match &self.0.url {
            Some(url) if error.kind() == Kind::Unsupported => error.path(url),
            _ => error,
        })
    }

    async fn settle(&self) -> Result<()> {
        match &self.0.local {
            Some(local) if local.is_unsettled() => {
                let local = local.clone();
                blocking(move || local.settle()).await
            }
            _ => Ok(()),
        }
    }

    async fn require_size(&self, path: &str, location: &Location) -> Result<u64> {
        let meta = self.0.store.head(location).await.map_err(|error| from_store(path, error))?;
        Ok(meta.size)
    }
}

impl Inner {
    fn of(store: Arc<dyn ObjectStore>, gate: Gate) -> Self {
        let (bare, trial, gate) = (store.clone(), store.clone(), Arc::new(gate));
        Self { store, bare, trial, local: None, cache: None, gate, url: None }
    }
}

impl std::fmt::Debug for Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0.url {
            Some(url) => write!(f, "Objects({url})"),
            None => write!(f, "Objects({})", self.0.store),
        }
    }
}

fn listed(meta: object_store::ObjectMeta) -> ObjectMeta {
    ObjectMeta {
        path: meta.location.into(),
        size: meta.size,
        modified: jiff::Timestamp::from_millisecond(meta.last_modified.timestamp_millis()).unwrap_or_default(),
    }
}

/// Turns "not found" into nothing.
pub(super) fn found<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn parse_prefix(prefix: &str) -> Result<Option<Location>> {
    if prefix.is_empty() { Ok(None) } else { parse(prefix).map(Some) }
}

/// Checks a path of the store; what passes is safe to join to a directory.
fn parse(path: &str) -> Result<Location> {
    let refuse = |why: &str| Err(Error::new(Kind::Usage, format!("{path:?} can't be the path of an object: {why}")));
    if path.len() > LONGEST_PATH {
        return refuse("it is longer than 900 bytes");
    }
    for segment in path.split('/') {
        if segment.is_empty() || segment == "." || segment == ".." {
            return refuse("a part is empty, '.' or '..'");
        }
        if segment.len() > LONGEST_SEGMENT {
            return refuse("a part is longer than 220 bytes");
        }
        if segment.bytes().any(|byte| byte.is_ascii_control() || byte == b'\\') {
            return refuse("it has a control character or a backslash");
        }
        if segment.contains('#') {
            return refuse("'#' marks the names of unfinished files");
        }
    }
    Location::parse(path).map_err(|error| Error::new(Kind::Usage, error.to_string()).path(path))
}
