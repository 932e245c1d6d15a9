//! The packages of a snapshot, one after another; batches are read ahead while Python looks at one.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::vec::IntoIter;

use futures::FutureExt;
use pyo3::prelude::*;
use reposnap::snapshot::Walk;
use reposnap::snapshot::{Found, Query, Want};
use reposnap::{Error, Kind, Result};
use reposnap_api::Session;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::bell::Bell;
use crate::package::Package;
use crate::task::Task;
use crate::work::{Give, Work};
use crate::{fail, runtime};

/// Packages that were read, or why no more can be.
type Batch = Result<Vec<Found>>;

/// How many batches are read ahead.
const AHEAD: usize = 2;

/// An iterator over packages.
#[pyclass(module = "reposnap._native", frozen)]
pub(crate) struct Packages {
    current: Arc<Mutex<IntoIter<Found>>>,
    batches: Arc<tokio::sync::Mutex<Receiver<Batch>>>,
    /// The threads that read ahead are this process's alone.
    process: u32,
}

impl Packages {
    /// Begins to read the packages of the snapshot `rev` that pass `query`.
    pub(crate) fn begin(
        py: Python<'_>,
        session: Session,
        rev: String,
        query: Option<Query>,
        want: Want,
    ) -> PyResult<Self> {
        let (sender, receiver) = channel(AHEAD);
        runtime::runtime(py)?.spawn(async move {
            let walk = AssertUnwindSafe(walk(&session, &rev, query, want, &sender)).catch_unwind();
            let walked = tokio::select! {
                () = sender.closed() => return,
                walked = walk => walked.unwrap_or_else(|panic| Err(fail::of_panic(&*panic))),
            };
            if let Err(error) = walked {
                // Who went away does not want to know.
                let _ = sender.send(Err(error)).await;
            }
        });
        Ok(Self {
            current: Arc::default(),
            batches: Arc::new(tokio::sync::Mutex::new(receiver)),
            process: std::process::id(),
        })
    }

    fn pop(&self) -> Option<Package> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).next().map(Package::of)
    }

    /// Fetches the next batch; what it gives is whether there is one.
    fn fetch(&self, py: Python<'_>, bell: Option<&Bell>) -> PyResult<Arc<Work>> {
        if self.process != std::process::id() {
            return Err(fail::usage(py, "this walk was begun before a fork", "begin it anew in the child"));
        }
        let (batches, current) = (self.batches.clone(), self.current.clone());
        Work::start(py, bell, move |monitor| async move {
            let mut batches = batches.lock().await;
            let batch = tokio::select! {
                () = monitor.cancel().cancelled() => return Err(Error::new(Kind::Cancelled, "the walk was cancelled")),
                batch = batches.recv() => batch.transpose()?,
            };
            let more = batch.is_some();
            if let Some(batch) = batch {
                let mut current = current.lock().unwrap_or_else(PoisonError::into_inner);
                *current = match current.len() {
                    0 => batch.into_iter(),
                    // Behind those that another thread fetched and nobody has taken yet.
                    _ => current.by_ref().chain(batch).collect::<Vec<Found>>().into_iter(),
                };
            }
            Ok(Box::new(move |py: Python<'_>| Ok(more.into_pyobject(py)?.to_owned().into_any().unbind())) as Give)
        })
    }
}

async fn walk(session: &Session, rev: &str, query: Option<Query>, want: Want, sender: &Sender<Batch>) -> Result<()> {
    let (_, snapshot) = session.snapshot(rev).await?;
    let mut walk = Walk::new(snapshot, query, want)?;
    while let Some(batch) = walk.next_batch().await? {
        if !batch.is_empty() && sender.send(Ok(batch)).await.is_err() {
            break;
        }
    }
    Ok(())
}

#[pymethods]
impl Packages {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Package>> {
        loop {
            if let Some(package) = self.pop() {
                return Ok(Some(package));
            }
            if !self.fetch(py, None)?.wait(py, None)?.extract::<bool>(py)? {
                return Ok(None);
            }
        }
    }

    /// The packages that are here already, without waiting.
    fn ready(&self) -> Vec<Package> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.by_ref().map(Package::of).collect()
    }

    /// Starts to fetch more; the result of the task is whether there are any. `bell` rings when it has ended.
    fn start(&self, py: Python<'_>, bell: &Bound<'_, Bell>) -> PyResult<Task> {
        self.fetch(py, Some(bell.get())).map(Task::of)
    }
}
