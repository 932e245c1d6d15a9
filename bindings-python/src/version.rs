//! Versions of Debian packages.

use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use reposnap::deb::version::{self, sort_key};

use crate::fail;

/// A version of a Debian package, in dpkg's order.
#[pyclass(module = "reposnap", frozen)]
pub(crate) struct Version {
    version: version::Version,
    key: Box<[u8]>,
}

impl Version {
    pub(crate) fn of(py: Python<'_>, version: &str) -> PyResult<Self> {
        let parsed = version::Version::parse(version.as_bytes()).map_err(|error| fail::raise(py, &error))?;
        let mut key = Vec::new();
        sort_key(version.as_bytes(), &mut key);
        Ok(Self { version: parsed, key: key.into() })
    }
}

#[pymethods]
impl Version {
    #[new]
    fn new(py: Python<'_>, version: &str) -> PyResult<Self> {
        Self::of(py, version)
    }

    /// The number before the first colon, 0 where there is none.
    #[getter]
    fn epoch(&self) -> u32 {
        self.version.epoch()
    }

    /// What stands between the epoch and the revision.
    #[getter]
    fn upstream(&self) -> &str {
        self.version.upstream()
    }

    /// What stands behind the last hyphen, if there is one.
    #[getter]
    fn revision(&self) -> Option<&str> {
        self.version.revision()
    }

    fn __richcmp__(&self, other: &Self, op: CompareOp) -> bool {
        op.matches(self.key.cmp(&other.key))
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.key.hash(&mut hasher);
        hasher.finish()
    }

    fn __str__(&self) -> &str {
        self.version.as_str()
    }

    fn __repr__(&self) -> String {
        format!("Version({:?})", self.version.as_str())
    }

    fn __reduce__(slf: &Bound<'_, Self>) -> PyResult<(Py<PyAny>, (String,))> {
        Ok((slf.get_type().into_any().unbind(), (slf.get().version.as_str().to_owned(),)))
    }
}
