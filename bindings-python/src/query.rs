//! Queries.

use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use reposnap::snapshot;

use crate::fail;
use crate::package::Package;

/// A question that a package passes or not, in the query language.
#[pyclass(module = "reposnap", frozen)]
pub(crate) struct Query(snapshot::Query);

impl Query {
    pub(crate) fn inner(&self) -> &snapshot::Query {
        &self.0
    }
}

#[pymethods]
impl Query {
    #[new]
    fn new(py: Python<'_>, query: &str) -> PyResult<Self> {
        query.parse().map(Self).map_err(|error| fail::raise(py, &error))
    }

    /// Whether a package's stanza is needed to tell; where not, its name, version and architecture do.
    #[getter]
    fn needs_stanza(&self) -> bool {
        self.0.needs_stanza()
    }

    /// The names outside of which no package passes, each once and in order; None where the query does not say.
    #[getter]
    fn names(&self) -> Option<Vec<String>> {
        Some(self.0.exact_names()?.into_iter().map(str::to_owned).collect())
    }

    /// Whether `package` passes.
    fn matches(&self, py: Python<'_>, package: &Bound<'_, Package>) -> PyResult<bool> {
        package.get().passes(py, &self.0)
    }

    fn __richcmp__(&self, other: &Self, op: CompareOp) -> Option<bool> {
        match op {
            CompareOp::Eq => Some(self.0 == other.0),
            CompareOp::Ne => Some(self.0 != other.0),
            _ => None,
        }
    }

    fn __hash__(slf: &Bound<'_, Self>) -> PyResult<isize> {
        slf.str()?.hash()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("Query({:?})", self.0.to_string())
    }

    fn __reduce__(slf: &Bound<'_, Self>) -> PyResult<(Py<PyAny>, (String,))> {
        Ok((slf.get_type().into_any().unbind(), (slf.get().0.to_string(),)))
    }
}
