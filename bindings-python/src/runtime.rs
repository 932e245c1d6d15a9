//! The threads that the work runs on. They don't survive a fork, so each process makes its own.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use reposnap::{Error, Kind};
use tokio::runtime::{Builder, Runtime};

use crate::fail;

/// The runtime and the process that made it. Locked only by a thread that is attached to the interpreter, as is the
/// thread that forks: so no child finds it locked for ever.
static RUNTIME: Mutex<Option<(u32, &'static Runtime)>> = Mutex::new(None);

/// More threads would wait for one another: the work is in few streams.
const MOST_THREADS: usize = 4;

/// This process's runtime.
pub(crate) fn runtime(py: Python<'_>) -> PyResult<&'static Runtime> {
    let mut current = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    match *current {
        Some((maker, runtime)) if maker == process => Ok(runtime),
        _ => {
            let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
            let built = Builder::new_multi_thread()
                .worker_threads(threads)
                .thread_name("reposnap")
                .enable_io()
                .enable_time()
                .build()
                .map_err(|error| {
                    let error = Error::new(Kind::Io, "threads can't be started").source(error);
                    fail::raise(py, &error)
                })?;
            // A parent's runtime is left alone: its threads are not in this process, so it could never be ended.
            let runtime: &'static Runtime = Box::leak(Box::new(built));
            *current = Some((process, runtime));
            Ok(runtime)
        }
    }
}
