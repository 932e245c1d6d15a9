//! Files of packages: from the store, and into it first where it lacks them.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use reposnap::Digest;
use reposnap::error::{Error, Result};
use reposnap::progress::Monitor;
use reposnap::publish::PackageFile;
use reposnap::source::apt::fetch_file;
use reposnap::source::fetch::Fetcher;
use reposnap::store::Store;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::flight::{Flights, Part, Shared};
use crate::http::{Body, read_whole};
use crate::limits::{FETCHES, SMALL_FILE};
use crate::metrics::{Metrics, count};
use crate::tree::Tree;

/// A file of a package.
#[derive(Debug)]
pub struct Object {
    /// Its bytes.
    pub body: Body,
    /// When it was written, where that is known.
    pub modified: Option<Timestamp>,
}

/// The packages of a store.
#[derive(Debug)]
pub struct Packages {
    store: Store,
    fetcher: Option<Fetcher>,
    flights: Flights<Digest, bool>,
    gate: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

impl Packages {
    /// The packages of `store`; `fetcher` brings those that it lacks, on `runtime`.
    pub fn new(store: Store, fetcher: Option<Fetcher>, metrics: Arc<Metrics>, runtime: Handle) -> Self {
        Self { store, fetcher, flights: Flights::new(runtime), gate: Arc::new(Semaphore::new(FETCHES)), metrics }
    }

    /// The object at `path` of the store, and when it was written; nothing where there is none.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn object(&self, path: &str) -> Result<Option<Object>> {
        if let Some(found) = self.local(path) {
            return found;
        }
        let objects = self.store.objects();
        let size = objects.size(path).await?;
        Ok(size.map(|size| Object { body: Body::Object(objects.clone(), path.to_owned(), size), modified: None }))
    }

    /// The same without a wait; nothing where the store is no directory.
    ///
    /// Opening, and reading what is small, takes microseconds, and a hop to another thread takes more.
    pub fn local(&self, path: &str) -> Option<Result<Option<Object>>> {
        self.store.objects().local_path(path).map(|file| open(path, &file))
    }

    /// Brings a file of a package of `tree` into the store: once, however many ask at the same time. It is there only when
    /// all of it was checked. Whether an upstream is known that has it.
    pub async fn fetch(&self, tree: &Arc<Tree>, file: &PackageFile) -> Shared<bool> {
        let Some(fetcher) = self.fetcher.clone() else { return Ok(false) };
        let (part, done) = self
            .flights
            .run(file.sha256, || {
                let (tree, gate, metrics) = (tree.clone(), self.gate.clone(), self.metrics.clone());
                let (store, object, sha256) = (self.store.clone(), file.object(), file.sha256);
                let package = file.package.clone();
                async move {
                    let _permit = gate.acquire().await;
                    // Another one may have brought it since this one looked.
                    if store.objects().exists(&object).await? {
                        return Ok(true);
                    }
                    let name = package.split(' ').next().unwrap_or_default();
                    let fetched = fetch_file(&fetcher, &tree.snapshot, name, sha256, &Monitor::silent()).await;
                    count(if matches!(fetched, Ok(true)) { &metrics.fetched } else { &metrics.fetch_failures });
                    fetched
                }
            })
            .await;
        if part == Part::Joined {
            count(&self.metrics.fetches_shared);
        }
        done
    }
}

/// The file at `file`, which is the object at `path`, and when it was written.
fn open(path: &str, file: &Path) -> Result<Option<Object>> {
    let failed = |error| Error::io(path, error);
    let file = match File::open(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(failed)?,
    };
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Ok(None);
    }
    let modified = metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    let (file, size) = (Arc::new(file), metadata.len());
    let body = match size <= SMALL_FILE {
        true => Body::Bytes(read_whole(&file, size).map_err(failed)?),
        false => Body::File(file, size),
    };
    Ok(Some(Object { body, modified }))
}
