//! Stores.

use std::path::Path;
use std::sync::{Arc, Mutex};

use reposnap::progress::{self, Monitor};
use reposnap_api::{Session, blocking};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::ReposnapError;
use crate::progress::{Cancel, Progress, call_and_tell, closed, ignore_poison};
use crate::request::{Request, parse, read};

/// An open store. Any number of threads can work with one; every call waits for the end of its work.
#[derive(uniffi::Object)]
pub struct Store {
    session: Arc<Mutex<Option<Session>>>,
    cancel: progress::Cancel,
    progress: Option<Box<dyn Progress>>,
}

impl Store {
    fn new(session: Session) -> Arc<Self> {
        let session = Arc::new(Mutex::new(Some(session)));
        Arc::new(Self { session, cancel: progress::Cancel::new(), progress: None })
    }

    pub(crate) fn session(&self) -> Result<Session, ReposnapError> {
        Ok(ignore_poison(self.session.lock()).clone().ok_or_else(closed)?)
    }

    fn answer(&self, operation: &str, request: Value) -> Result<Value, ReposnapError> {
        let (session, cancel) = (self.session()?, self.cancel.clone());
        match &self.progress {
            Some(progress) => call_and_tell(session, cancel, &**progress, operation, request),
            None => Ok(blocking::call(&session.monitor(Monitor::cancelled_by(cancel)), operation, request)?),
        }
    }

    pub(crate) fn run<D: DeserializeOwned>(&self, operation: &str, request: Request) -> Result<D, ReposnapError> {
        read(self.answer(operation, request.value())?)
    }
}

#[uniffi::export]
impl Store {
    /// Opens the store in a directory.
    #[uniffi::constructor]
    pub fn open(directory: String) -> Result<Arc<Self>, ReposnapError> {
        let store = blocking::wait(reposnap::store::Store::open(Path::new(&directory)))?;
        Ok(Self::new(Session::with_store(store)))
    }

    /// Opens the store in a directory to read it: what would write fails with the kind `read-only`.
    #[uniffi::constructor]
    pub fn open_read_only(directory: String) -> Result<Arc<Self>, ReposnapError> {
        let store = blocking::wait(reposnap::store::Store::open_read_only(Path::new(&directory)))?;
        Ok(Self::new(Session::with_store(store)))
    }

    /// Makes a store in a directory; the kind `already-exists` where there is one.
    #[uniffi::constructor]
    pub fn create(directory: String) -> Result<Arc<Self>, ReposnapError> {
        let store = blocking::wait(reposnap::store::Store::create(Path::new(&directory)))?;
        Ok(Self::new(Session::with_store(store)))
    }

    /// Opens the store in a directory, or makes it where there is none.
    #[uniffi::constructor]
    pub fn open_or_create(directory: String) -> Result<Arc<Self>, ReposnapError> {
        let store = blocking::wait(reposnap::store::Store::open_or_create(Path::new(&directory)))?;
        Ok(Self::new(Session::with_store(store)))
    }

    /// Names a store that each operation opens for itself; those that begin a store make it where there is none.
    #[uniffi::constructor]
    pub fn at(directory: String) -> Arc<Self> {
        Self::new(Session::at(Path::new(&directory)))
    }

    /// Makes a store in memory, which ends with its object.
    #[uniffi::constructor]
    pub fn memory() -> Arc<Self> {
        Self::new(Session::with_store(reposnap::store::Store::memory()))
    }

    /// Says who acts, for the histories; the user's name otherwise.
    pub fn set_actor(&self, actor: String) -> Result<(), ReposnapError> {
        let mut session = ignore_poison(self.session.lock());
        *session = Some(session.clone().ok_or_else(closed)?.actor(&actor));
        Ok(())
    }

    /// The same store for calls that `cancel` ends and whose progress goes to `progress`.
    #[uniffi::method(default(cancel = None, progress = None))]
    pub fn watched(&self, cancel: Option<Arc<Cancel>>, progress: Option<Box<dyn Progress>>) -> Arc<Self> {
        let cancel = cancel.map_or_else(progress::Cancel::new, |cancel| cancel.0.clone());
        Arc::new(Self { session: self.session.clone(), cancel, progress })
    }

    /// Closes the store: later calls fail with the kind `usage`, those that run go on.
    pub fn close(&self) {
        ignore_poison(self.session.lock()).take();
    }

    /// Runs an operation by its name, such as `mirror add`: `request` is a JSON object of its parameters, and JSON is given.
    pub fn call(&self, operation: String, request: String) -> Result<String, ReposnapError> {
        Ok(self.answer(&operation, parse(&request)?)?.to_string())
    }
}
