//! Who works, on which store, and who is told of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use reposnap::environment::{self, Revision};
use reposnap::error::{Error, Kind, Result};
use reposnap::progress::Monitor;
use reposnap::snapshot::Snapshot;
use reposnap::source::fetch::{Credentials, FetchOptions, Fetcher};
use reposnap::store::refs::{Entry, Note};
use reposnap::store::{Store, is_url};
use tokio::sync::OnceCell;

/// What every operation needs: the store, who acts, and where progress goes. Cheap to clone.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> reposnap::Result<()> {
/// use reposnap_api::{self, Session, mirror};
/// # let folder = tempfile::tempdir().unwrap();
/// # let directory = folder.path().join("store");
/// let session = Session::at(&directory).actor("ana");
/// let request = mirror::AddFolder { name: "inhouse".into(), directory: folder.path().into(), ..Default::default() };
/// let added = mirror::add_folder(&session, request).await?;
/// assert_eq!(added.mirror, "inhouse");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Session {
    place: Place,
    actor: Arc<str>,
    monitor: Monitor,
}

#[derive(Clone, Debug)]
enum Place {
    Nowhere,
    Directory(PathBuf),
    /// A bucket, and the handle on it once it is open: its connections are kept, and it is tried out once.
    Bucket(PathBuf, Arc<OnceCell<Store>>),
    Store(Store),
}

impl Session {
    /// A session without a store, for what works on files and values alone.
    pub fn new() -> Self {
        Self { place: Place::Nowhere, actor: whoami().into(), monitor: Monitor::silent() }
    }

    /// A session on the store at `place`: a directory, or a URL such as `s3://bucket/prefix` (see [`reposnap::store`]). It is
    /// opened when it is needed, and made by operations that begin one.
    pub fn at(place: &Path) -> Self {
        let place = match is_url(place) {
            true => Place::Bucket(place.to_owned(), Arc::default()),
            false => Place::Directory(place.to_owned()),
        };
        Self { place, ..Self::new() }
    }

    /// A session on the store that `url` names; as [`at`](Self::at).
    ///
    /// ```
    /// use reposnap_api::Session;
    /// let session = Session::at_url("s3://bucket/prefix").actor("ana");
    /// ```
    pub fn at_url(url: &str) -> Self {
        Self::at(Path::new(url))
    }

    /// A session on a store that is open.
    pub fn with_store(store: Store) -> Self {
        Self { place: Place::Store(store), ..Self::new() }
    }

    /// Who acts, for the history; the user's name otherwise.
    #[must_use]
    pub fn actor(mut self, name: &str) -> Self {
        self.actor = name.into();
        self
    }

    /// Where progress goes, and what cancels the work.
    #[must_use]
    pub fn monitor(mut self, monitor: Monitor) -> Self {
        self.monitor = monitor;
        self
    }

    /// The store.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a session without one, [`Kind::NotFound`] where there is none in the directory.
    pub async fn store(&self) -> Result<Store> {
        match &self.place {
            Place::Nowhere => Err(no_store()),
            Place::Directory(place) => Store::open(place).await.map_err(|error| elsewhere(place, error)),
            Place::Bucket(place, open) => {
                let opened = open.get_or_try_init(|| Store::open(place)).await;
                opened.cloned().map_err(|error| elsewhere(place, error))
            }
            Place::Store(store) => Ok(store.clone()),
        }
    }

    /// The store, which is made where there is none.
    pub async fn store_or_new(&self) -> Result<Store> {
        match &self.place {
            Place::Directory(directory) => Store::open_or_create(directory).await,
            Place::Bucket(place, open) => open.get_or_try_init(|| Store::open_or_create(place)).await.cloned(),
            _ => self.store().await,
        }
    }

    /// This session; for a dry run one on the same store, that forgets what is written to it.
    pub(super) async fn rehearsing(&self, dry_run: bool) -> Result<Self> {
        match dry_run {
            true => Ok(Self { place: Place::Store(self.store().await?.rehearsal()), ..self.clone() }),
            false => Ok(self.clone()),
        }
    }

    /// The snapshot that a REV names.
    pub async fn snapshot(&self, rev: &str) -> Result<(Revision, Snapshot)> {
        let store = self.store().await?;
        let revision = environment::resolve(&store, rev).await?;
        let snapshot = Snapshot::open(&store, revision.digest).await?;
        Ok((revision, snapshot))
    }

    /// The snapshot that a REV names, and further ones behind it.
    pub(super) async fn snapshots(&self, rev: &str, also: &[String]) -> Result<Vec<Snapshot>> {
        let mut snapshots = vec![self.snapshot(rev).await?.1];
        for rev in also {
            snapshots.push(self.snapshot(rev).await?.1);
        }
        Ok(snapshots)
    }

    /// A note for the history.
    pub fn note<'a>(&'a self, message: &'a str) -> Note<'a> {
        Note::new(&self.actor, message)
    }

    /// Tells of an entry of `name` that was just written or found, where it is from the future.
    pub(super) fn tell_of_clocks<T>(&self, name: &str, entry: &Entry<T>) {
        if let Some(told) = entry.clock_trouble(Timestamp::now()) {
            self.monitor.note(&format!("{name}: {told}"));
        }
    }

    /// Where progress goes.
    pub fn progress(&self) -> &Monitor {
        &self.monitor
    }

    /// What fetches: the defaults, the environment's proxies, and the passwords that apt has (apt_auth.conf(5)).
    pub fn fetcher(&self) -> Result<Fetcher> {
        let credentials = Credentials::of_apt(Path::new("/"))?;
        for file in credentials.unreadable() {
            self.monitor.note(&format!("{}: passwords that you may not read are left out", file.display()));
        }
        let mut options = FetchOptions::default();
        options.credentials = credentials;
        Fetcher::new(options)
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

fn elsewhere(place: &Path, error: Error) -> Error {
    match error.kind() {
        Kind::NotFound => Error::new(Kind::NotFound, error.message())
            .path(place.display().to_string())
            .help("name another directory, as with `--store`; adding a mirror makes a store"),
        _ => error,
    }
}

fn no_store() -> Error {
    Error::new(Kind::Usage, "this needs a store and there is none").help("open a store first")
}

fn whoami() -> String {
    ["SUDO_USER", "USER", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_else(|| "unknown".to_owned())
}
