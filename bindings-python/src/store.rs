//! The store that operations work on, and the ways to run them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use reposnap::Result;
use reposnap::snapshot::Want;
use reposnap::store::Store;
use reposnap_api::{self as api, Session};

use crate::bell::Bell;
use crate::packages::Packages;
use crate::query::Query;
use crate::task::Task;
use crate::work::{Give, Work};
use crate::{convert, fail};

/// A store, or none, and who works on it.
#[pyclass(module = "reposnap._native", frozen)]
pub(crate) struct Handle {
    place: Place,
    actor: Option<String>,
    /// The open store, with the process that opened it. Locked only by threads that are attached, as is one that forks.
    open: Arc<Mutex<Option<(u32, Store)>>>,
    closed: Mutex<bool>,
}

enum Place {
    Nowhere,
    Directory { path: PathBuf, read_only: bool },
    Memory,
}

#[pymethods]
impl Handle {
    /// A handle on the store in `directory`, or one in memory, or none.
    #[new]
    #[pyo3(signature = (directory = None, *, memory = false, read_only = false, actor = None))]
    fn new(directory: Option<PathBuf>, memory: bool, read_only: bool, actor: Option<String>) -> Self {
        let place = match directory {
            Some(path) => Place::Directory { path, read_only },
            None if memory => Place::Memory,
            None => Place::Nowhere,
        };
        let open = matches!(place, Place::Memory).then(|| (std::process::id(), Store::memory()));
        Self { place, actor, open: Arc::new(Mutex::new(open)), closed: Mutex::new(false) }
    }

    /// The directory, for a store that has one.
    #[getter]
    fn directory(&self) -> Option<PathBuf> {
        match &self.place {
            Place::Directory { path, .. } => Some(path.clone()),
            _ => None,
        }
    }

    /// Whether it was closed.
    #[getter]
    fn closed(&self) -> bool {
        *self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of the store; every later call is refused.
    fn close(&self) {
        *self.closed.lock().unwrap_or_else(PoisonError::into_inner) = true;
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Opens the store, or makes it: `how` is `open`, `create` or `open_or_create`.
    #[pyo3(signature = (how, bell = None))]
    fn open(&self, py: Python<'_>, how: &str, bell: Option<&Bound<'_, Bell>>) -> PyResult<Py<PyAny>> {
        self.refuse_closed(py)?;
        let Place::Directory { path, read_only } = &self.place else { return Ok(py.None()) };
        let (path, read_only, how, open) = (path.clone(), *read_only, how.to_owned(), self.open.clone());
        let asynchronous = bell.is_some();
        let work = Work::start(py, bell.map(Bound::get), move |_| async move {
            let store = match how.as_str() {
                "create" => Store::create(&path).await?,
                "open_or_create" => Store::open_or_create(&path).await?,
                _ => open_store(&path, read_only).await?,
            };
            Ok(Box::new(move |py: Python<'_>| {
                *open.lock().unwrap_or_else(PoisonError::into_inner) = Some((std::process::id(), store));
                Ok(py.None())
            }) as Give)
        })?;
        if asynchronous { Ok(Py::new(py, Task::of(work))?.into_any()) } else { work.wait(py, None) }
    }

    /// Runs an operation and waits for it.
    #[pyo3(signature = (operation, request, progress = None))]
    fn call(
        &self,
        py: Python<'_>,
        operation: &str,
        request: &Bound<'_, PyDict>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        self.begin(py, operation, request, None)?.wait(py, progress)
    }

    /// Starts an operation; `bell` rings when it has ended.
    fn start(
        &self,
        py: Python<'_>,
        operation: &str,
        request: &Bound<'_, PyDict>,
        bell: &Bound<'_, Bell>,
    ) -> PyResult<Task> {
        self.begin(py, operation, request, Some(bell.get())).map(Task::of)
    }

    /// The packages of a snapshot that pass `query`.
    fn packages(
        &self,
        py: Python<'_>,
        rev: String,
        query: Option<&Bound<'_, Query>>,
        stanzas: bool,
    ) -> PyResult<Packages> {
        let query = query.map(|query| query.get().inner().clone());
        Packages::begin(py, self.session(py)?, rev, query, if stanzas { Want::Entries } else { Want::Keys })
    }
}

impl Handle {
    fn begin(
        &self,
        py: Python<'_>,
        operation: &str,
        request: &Bound<'_, PyDict>,
        bell: Option<&Bell>,
    ) -> PyResult<Arc<Work>> {
        let session = self.session(py)?;
        let request = convert::to_json(request)?;
        let operation = operation.to_owned();
        Work::start(py, bell, move |monitor| async move {
            let document = api::call(&session.monitor(monitor), &operation, request).await?;
            Ok(Box::new(move |py: Python<'_>| convert::to_python(py, &document)) as Give)
        })
    }

    fn session(&self, py: Python<'_>) -> PyResult<Session> {
        self.refuse_closed(py)?;
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let session = match (&self.place, open) {
            (Place::Nowhere, _) => Session::new(),
            (Place::Memory, Some((_, store))) => Session::with_store(store),
            (Place::Directory { .. }, Some((process, store))) if process == std::process::id() => {
                Session::with_store(store)
            }
            // After a fork it is opened anew: what the parent's threads were at can't be told.
            (Place::Directory { path, read_only: false }, _) => Session::at(path),
            (Place::Directory { .. }, _) => {
                self.open(py, "open", None)?;
                return self.session(py);
            }
            // Another thread closed it just now.
            (Place::Memory, None) => return Err(closed(py)),
        };
        Ok(match &self.actor {
            Some(actor) => session.actor(actor),
            None => session,
        })
    }

    fn refuse_closed(&self, py: Python<'_>) -> PyResult<()> {
        if self.closed() { Err(closed(py)) } else { Ok(()) }
    }
}

fn closed(py: Python<'_>) -> PyErr {
    fail::usage(py, "this store is closed", "open it again")
}

async fn open_store(path: &std::path::Path, read_only: bool) -> Result<Store> {
    if read_only { Store::open_read_only(path).await } else { Store::open(path).await }
}
