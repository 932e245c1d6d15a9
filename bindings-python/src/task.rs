//! Work that an event loop waits for.

use std::sync::Arc;

use pyo3::prelude::*;

use crate::work::{Event, Work};

/// Work that was started for an event loop. Dropping it cancels the work.
#[pyclass(module = "reposnap._native", frozen)]
pub(crate) struct Task(Arc<Work>);

impl Task {
    pub(crate) fn of(work: Arc<Work>) -> Self {
        Self(work)
    }
}

#[pymethods]
impl Task {
    /// The number that the bell tells its end by.
    #[getter]
    fn number(&self) -> u64 {
        self.0.number()
    }

    /// Ends the work early.
    fn cancel(&self) {
        self.0.cancel();
    }

    /// The steps since the last call.
    fn events(&self) -> Vec<Event> {
        self.0.events()
    }

    /// What came of it; call it once, after the end.
    fn result(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.0.result(py).unwrap_or_else(|| Ok(py.None()))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
