//! Immutable objects, packs, and references that only ever grow.
//!
//! A store is a directory, a bucket or memory. A directory is named by its path, a bucket by a URL:
//!
//! | form | where |
//! |---|---|
//! | `DIRECTORY`, `file:///DIRECTORY` | a directory |
//! | `s3://BUCKET/PREFIX` | Amazon S3, and what speaks its protocol |
//! | `gs://BUCKET/PREFIX` | Google Cloud Storage |
//! | `az://CONTAINER/PREFIX`, `abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/PREFIX` | Azure Blob Storage |
//!
//! [`Variables`] tells who we are there, and [`Options`] what else can be said. This is in all of them:
//!
//! | path | what |
//! |---|---|
//! | `reposnap.json` | the format, see [`Format`] |
//! | `pool/`, `packs/`, `index/`, `snapshots/` | immutable objects, named by their SHA-256 |
//! | `refs/<kind>/<name>/<number>` | logs that only grow, see [`refs`] |
//!
//! There is no lock, no database and no server: all that writers need to agree is one operation,
//! [`Objects::create`], which writes an object only where there is none.

mod answer;
pub(crate) mod bucket;
mod cache;
pub(crate) mod codec;
mod entry;
mod failure;
mod format;
mod gate;
pub mod index;
mod layer;
pub mod layout;
mod local;
mod objects;
mod options;
pub mod pack;
mod partial;
pub mod plan;
mod probe;
mod profile;
pub mod refs;
mod remote;
mod sync;
mod upload;
mod url;
mod variables;
pub(crate) mod wire;

use std::path::Path;
use std::sync::Arc;

use futures::FutureExt;
use object_store::ObjectStore;
use object_store::memory::InMemory;

pub use cache::{Cache, DEFAULT_CACHE_SIZE};
pub use format::{FORMAT_PATH, FORMAT_VERSION, Format};
pub use gate::Writers;
pub use objects::{Created, LARGEST_GET, LONGEST_PATH, LONGEST_SEGMENT, ObjectMeta, Objects};
pub use options::Options;
pub(crate) use probe::nonce;
pub use remote::{CONNECT_TIMEOUT, IDLE_TIMEOUT, MOST_REQUESTS, MOST_RETRIES, RETRY_TIMEOUT};
pub(crate) use upload::PART;
pub use upload::Upload;
pub use url::{LONGEST_PREFIX, is_url};
pub use variables::Variables;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use format::{Access, LARGEST_FORMAT};
use gate::Gate;
use url::{Address, Bucket};

/// A store whose format is known to be one that this version handles. Cheap to clone; clones share everything.
///
/// ```
/// # fn main() -> reposnap::Result<()> {
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use reposnap::store::Store;
/// # let directory = tempfile::tempdir().unwrap();
/// # let directory = directory.path().join("store");
/// Store::create(&directory).await?;
/// let store = Store::open(&directory).await?;
/// store.objects().put("snapshots/example", "...".into()).await?;
/// # Ok(()) })
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Store {
    objects: Objects,
    format: Format,
    is_rehearsal: bool,
}

impl Store {
    /// Opens the store at `place`: a directory, or the URL of a bucket (see [the table](self)).
    ///
    /// Nothing is written before the first write through the handle, which tries out whether create-only writes work.
    /// A store that only newer versions may write can be read; writes fail with [`Kind::ReadOnly`].
    pub async fn open(place: &Path) -> Result<Self> {
        Self::open_at(place, &Options::default()).await
    }

    /// Opens the store at `place`, as one of several writers or as the only one.
    pub async fn open_with(place: &Path, writers: Writers) -> Result<Self> {
        Self::open_at(place, &Options::default().writers(writers)).await
    }

    /// Opens the store at `place`; every write through the handle fails with [`Kind::ReadOnly`].
    pub async fn open_read_only(place: &Path) -> Result<Self> {
        Self::open_at(place, &Options::default().read_only()).await
    }

    /// Opens the store at `place` as `options` say.
    pub async fn open_at(place: &Path, options: &Options) -> Result<Self> {
        Self::finish_open(Target::of(place, options, false)?, gate(options)?).await
    }

    /// Makes a store of `place`, a directory or a part of a bucket. A directory is created where it is missing, a bucket has
    /// to be there; either has to be empty.
    ///
    /// [`Kind::AlreadyExists`] where there is a store or anything else.
    pub async fn create(place: &Path) -> Result<Self> {
        Self::create_at(place, &Options::default()).await
    }

    /// Makes a store of `place`, as one of several writers or as the only one.
    pub async fn create_with(place: &Path, writers: Writers) -> Result<Self> {
        Self::create_at(place, &Options::default().writers(writers)).await
    }

    /// Makes a store of `place` as `options` say.
    pub async fn create_at(place: &Path, options: &Options) -> Result<Self> {
        Self::finish_create(Target::of(place, options, true)?, gate(options)?).await
    }

    /// Opens the store at `place`, or creates it where the directory or the part of a bucket is missing or empty.
    pub async fn open_or_create(place: &Path) -> Result<Self> {
        Self::open_or_create_at(place, &Options::default()).await
    }

    /// Opens the store at `place` as `options` say, or creates it where the directory or the part of a bucket is missing or
    /// empty.
    pub async fn open_or_create_at(place: &Path, options: &Options) -> Result<Self> {
        match Self::open_at(place, options).await {
            Err(error) if error.kind() == Kind::NotFound && !options.read_only => {}
            result => return result,
        }
        match Self::create_at(place, options).await {
            // Somebody else was faster.
            Err(error) if error.kind() == Kind::AlreadyExists => match Self::open_at(place, options).await {
                Err(again) if again.kind() == Kind::NotFound => Err(error),
                result => result,
            },
            result => result,
        }
    }

    /// Opens the store that `url` names. Unlike [`open`](Self::open) it takes nothing else: [`Kind::Usage`] for a path.
    ///
    /// ```
    /// # fn main() -> reposnap::Result<()> {
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use reposnap::store::Store;
    /// # let directory = tempfile::tempdir().unwrap();
    /// let url = format!("file://{}/store", directory.path().display());
    /// Store::create_url(&url).await?;
    /// let store = Store::open_url(&url).await?;
    /// assert_eq!(Store::open_url("./store").await.unwrap_err().kind(), reposnap::Kind::Usage);
    /// # Ok(()) })
    /// # }
    /// ```
    pub async fn open_url(url: &str) -> Result<Self> {
        Address::parse(url)?;
        Self::open(Path::new(url)).await
    }

    /// Makes a store where `url` names; see [`create`](Self::create).
    pub async fn create_url(url: &str) -> Result<Self> {
        Address::parse(url)?;
        Self::create(Path::new(url)).await
    }

    /// Opens the store that `url` names, or makes it where there is none; see [`open_or_create`](Self::open_or_create).
    pub async fn open_or_create_url(url: &str) -> Result<Self> {
        Address::parse(url)?;
        Self::open_or_create(Path::new(url)).await
    }

    /// A new store in the memory of this process.
    pub fn memory() -> Self {
        let store = Arc::new(InMemory::new());
        let format = Format::current();
        let objects = Objects::new(store);
        // Memory never waits and never fails.
        let written = objects.put(FORMAT_PATH, format.to_bytes().into()).now_or_never();
        debug_assert!(matches!(written, Some(Ok(()))));
        Self { objects, format, is_rehearsal: false }
    }

    /// Opens the store in any object store, such as a bucket.
    pub async fn open_on(store: Arc<dyn ObjectStore>, writers: Writers) -> Result<Self> {
        Self::finish_open(Target::Other(store), Gate::of(writers)).await
    }

    /// Opens the store in any object store for reading only.
    pub async fn open_read_only_on(store: Arc<dyn ObjectStore>) -> Result<Self> {
        Self::finish_open(Target::Other(store), asked_read_only()).await
    }

    /// Makes a store of any object store that is empty.
    pub async fn create_on(store: Arc<dyn ObjectStore>, writers: Writers) -> Result<Self> {
        Self::finish_create(Target::Other(store), Gate::of(writers)).await
    }

    /// The same store for a dry run: what is written to it stays in memory, and goes with it.
    ///
    /// ```
    /// # fn main() -> reposnap::Result<()> {
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # use reposnap::store::Store;
    /// let store = Store::memory();
    /// let rehearsal = store.rehearsal();
    /// rehearsal.objects().put("snapshots/example", "...".into()).await?;
    /// assert!(rehearsal.objects().exists("snapshots/example").await?);
    /// assert!(!store.objects().exists("snapshots/example").await?);
    /// # Ok(()) })
    /// # }
    /// ```
    #[must_use]
    pub fn rehearsal(&self) -> Self {
        Self { objects: self.objects.layered(), format: self.format.clone(), is_rehearsal: true }
    }

    /// The same store past what of it is kept on this machine: for who is asked what is in the bucket itself.
    pub(crate) fn uncached(&self) -> Self {
        Self { objects: self.objects.uncached(), ..self.clone() }
    }

    /// Whether what is written here is forgotten: what is large and not read again need not be written then.
    pub(crate) fn is_rehearsal(&self) -> bool {
        self.is_rehearsal
    }

    /// Whether both are handles on the same directory, or on the same part of a bucket.
    pub fn is_same_place(&self, other: &Self) -> bool {
        self.objects.is_same_place(&other.objects)
    }

    /// The objects of the store.
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// What `reposnap.json` says.
    pub fn format(&self) -> &Format {
        &self.format
    }

    async fn finish_open(target: Target, gate: Gate) -> Result<Self> {
        let found = target.objects(Gate::Open)?.get_limited(FORMAT_PATH, LARGEST_FORMAT).await;
        let format = match found {
            Ok(bytes) => Format::parse(&bytes).map_err(|error| error.path(target.place()))?,
            Err(error) if error.kind() == Kind::NotFound => {
                return Err(Error::new(Kind::NotFound, "there is no store here")
                    .path(target.place())
                    .help("create a store first, or name the place of one that exists"));
            }
            Err(error) => return Err(error),
        };
        let gate = match format.access().map_err(|error| error.path(target.place()))? {
            Access::Write => gate,
            Access::ReadOnly => Gate::Closed {
                why: "the store has a newer format than this version can write",
                help: "use a newer reposnap; reading works",
            },
        };
        Ok(Self { objects: target.objects(gate)?, format, is_rehearsal: false })
    }

    async fn finish_create(target: Target, gate: Gate) -> Result<Self> {
        let objects = target.objects(gate)?;
        let names = objects.names("").await?;
        let taken = |why: String| Error::new(Kind::AlreadyExists, why).path(target.place());
        if names.iter().any(|name| name == FORMAT_PATH) {
            return Err(taken("there is a store already".to_owned()).help("open it"));
        }
        // A new file system brings `lost+found`; a second creator is perhaps trying the store out.
        if let Some(name) = names.iter().find(|name| !["lost+found", probe::PREFIX].contains(&name.as_str())) {
            return Err(taken(format!("there is something else beside it, such as {name:?}"))
                .help("name an empty or a new directory, or a prefix that nothing begins with"));
        }
        let format = Format::current();
        match objects.create(FORMAT_PATH, format.to_bytes().into()).await? {
            Created::Yes => Ok(Self { objects, format, is_rehearsal: false }),
            Created::Exists => Err(taken("somebody else made a store at the same time".to_owned()).help("open it")),
        }
    }
}

/// Where the objects are.
enum Target {
    Directory(std::path::PathBuf),
    Bucket(Arc<dyn ObjectStore>, Bucket, Option<(Cache, Digest)>),
    Other(Arc<dyn ObjectStore>),
}

impl Target {
    /// What `place` names; a directory is made where `make` says so.
    fn of(place: &Path, options: &Options, make: bool) -> Result<Self> {
        match Address::of(place)? {
            Address::Directory(path) if make => make_directory(&path),
            Address::Directory(path) => directory(&path),
            Address::Bucket(bucket) => {
                let variables = remote::known(&bucket, options.known_variables())?;
                let store = remote::connect(&bucket, &variables)?;
                let cache = options.known_cache()?.map(|cache| (cache, remote::identity(&bucket, &variables)));
                Ok(Target::Bucket(store, bucket, cache))
            }
        }
    }

    fn objects(&self, gate: Gate) -> Result<Objects> {
        match self {
            Target::Directory(path) => Objects::local_with(path, gate),
            Target::Bucket(store, bucket, cache) => {
                let disk = cache.as_ref().map(|(cache, identity)| cache.disk(*identity));
                Ok(Objects::remote(store.clone(), disk, gate, &bucket.url))
            }
            Target::Other(store) => Ok(Objects::with_gate(store.clone(), gate)),
        }
    }

    /// The format file, for messages.
    fn place(&self) -> String {
        match self {
            Target::Directory(path) => path.join(FORMAT_PATH).display().to_string(),
            Target::Bucket(_, bucket, _) => format!("{}/{FORMAT_PATH}", bucket.url),
            Target::Other(_) => FORMAT_PATH.to_owned(),
        }
    }
}

fn gate(options: &Options) -> Result<Gate> {
    match (options.read_only, options.writers) {
        (true, _) => Ok(asked_read_only()),
        (false, Some(writers)) => Ok(Gate::of(writers)),
        (false, None) => options.known_variables().writers().map(Gate::of),
    }
}

fn asked_read_only() -> Gate {
    Gate::Closed { why: "the store was opened for reading only", help: "open it for writing" }
}

/// A directory that exists.
fn directory(path: &Path) -> Result<Target> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(Target::Directory(path.to_owned())),
        Ok(_) => {
            Err(Error::new(Kind::Usage, "this is a file; a store is a directory").path(path.display().to_string()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Error::new(Kind::NotFound, "there is no store here: the directory does not exist")
                .path(path.display().to_string())
                .help("create a store first, or name the directory of one that exists"))
        }
        Err(error) => Err(local::failed(path, error)),
    }
}

/// A directory that exists or was made, durably.
fn make_directory(path: &Path) -> Result<Target> {
    if path.exists() {
        return directory(path);
    }
    let existing = path.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new(""));
    std::fs::create_dir_all(path).map_err(|error| local::failed(path, error))?;
    sync::folders(path, existing)?;
    directory(path)
}
