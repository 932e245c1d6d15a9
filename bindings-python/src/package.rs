//! A package of a snapshot: a view of the bytes that the walk read, decoded and taken apart only where somebody looks.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyType};
use reposnap::Digest;
use reposnap::deb::stanza::Stanza;
use reposnap::snapshot::{self, Found, entry::Key};

use crate::fail;
use crate::text::utf8;
use crate::version::Version;

/// A package of a snapshot. Field names are of any case: `package["depends"]` is `package["Depends"]`.
#[pyclass(module = "reposnap", frozen)]
pub(crate) struct Package(Found);

/// What an unpickled package is made from.
type Parts = (String, String, String, String, String, String, Option<Vec<u8>>);

impl Package {
    pub(crate) fn of(found: Found) -> Self {
        Self(found)
    }

    pub(crate) fn passes(&self, py: Python<'_>, query: &snapshot::Query) -> PyResult<bool> {
        let stanza = if query.needs_stanza() { self.bytes(py)? } else { b"" };
        Ok(query.matches(&self.0.key, stanza))
    }

    fn bytes(&self, py: Python<'_>) -> PyResult<&[u8]> {
        match self.0.stanza() {
            Ok(stanza) => stanza.ok_or_else(|| without_stanza(py)),
            Err(error) => Err(fail::raise(py, &error)),
        }
    }

    fn stanza(&self, py: Python<'_>) -> PyResult<Stanza<'_>> {
        match self.0.fields() {
            Ok(stanza) => stanza.ok_or_else(|| without_stanza(py)),
            Err(error) => Err(fail::raise(py, &error)),
        }
    }

    fn find(&self, py: Python<'_>, field: &Bound<'_, PyString>) -> PyResult<Option<Cow<'_, str>>> {
        Ok(self.stanza(py)?.get(utf8(field)?).map(String::from_utf8_lossy))
    }
}

fn without_stanza(py: Python<'_>) -> PyErr {
    fail::usage(py, "this package was read without its stanza", "read it with stanzas=True")
}

#[pymethods]
impl Package {
    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        self.0.key.name_str()
    }

    /// Its version, as written.
    #[getter]
    fn version(&self) -> &str {
        self.0.key.version_str()
    }

    /// Its version, for comparing.
    ///
    /// Raises MalformedError for what dpkg would refuse.
    #[getter]
    fn parsed_version(&self, py: Python<'_>) -> PyResult<Version> {
        Version::of(py, self.0.key.version_str())
    }

    /// Its architecture; `source` for a source package.
    #[getter]
    fn architecture(&self) -> &str {
        self.0.key.architecture_str()
    }

    /// The part of the snapshot that has it, a suite; of several the first.
    #[getter]
    fn part(&self) -> &str {
        self.0.part()
    }

    /// The component that has it there.
    #[getter]
    fn component(&self) -> &str {
        self.0.component()
    }

    /// The SHA-256 of its stanza, 64 hexadecimal digits.
    #[getter]
    fn digest(&self) -> String {
        self.0.key.digest.to_string()
    }

    /// Its stanza, to its last newline.
    #[getter]
    fn text(&self, py: Python<'_>) -> PyResult<Cow<'_, str>> {
        Ok(String::from_utf8_lossy(self.bytes(py)?))
    }

    /// Its stanza, byte for byte.
    #[getter]
    fn raw<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, self.bytes(py)?))
    }

    /// The value of a field, or `default`.
    #[pyo3(signature = (field, default = None))]
    fn get<'py>(
        &self,
        field: &Bound<'py, PyString>,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = field.py();
        Ok(match self.find(py, field)? {
            Some(value) => Some(PyString::new(py, &value).into_any()),
            None => default,
        })
    }

    /// Its fields in order, by the names as written.
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for field in self.stanza(py)?.fields() {
            dict.set_item(String::from_utf8_lossy(field.name), String::from_utf8_lossy(field.value))?;
        }
        Ok(dict)
    }

    fn __getitem__<'py>(&self, field: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyString>> {
        match self.find(field.py(), field)? {
            Some(value) => Ok(PyString::new(field.py(), &value)),
            None => Err(PyKeyError::new_err(field.clone().unbind())),
        }
    }

    fn __contains__(&self, field: &Bound<'_, PyString>) -> PyResult<bool> {
        Ok(self.find(field.py(), field)?.is_some())
    }

    fn __richcmp__(&self, other: &Self, op: CompareOp) -> Option<bool> {
        match op {
            CompareOp::Eq => Some(self.0.key == other.0.key),
            CompareOp::Ne => Some(self.0.key != other.0.key),
            _ => None,
        }
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.key.digest.hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        let key = &self.0.key;
        format!("<Package {} {} {}>", key.name_str(), key.version_str(), key.architecture_str())
    }

    fn __reduce__(slf: &Bound<'_, Self>) -> PyResult<(Py<PyAny>, (Parts,))> {
        let found = &slf.get().0;
        let key = &found.key;
        let stanza = found.stanza().map_err(|error| fail::raise(slf.py(), &error))?;
        let parts = (
            key.name_str().to_owned(),
            key.version_str().to_owned(),
            key.architecture_str().to_owned(),
            key.digest.to_string(),
            found.part().to_owned(),
            found.component().to_owned(),
            stanza.map(<[u8]>::to_vec),
        );
        Ok((slf.get_type().getattr("_restore")?.unbind(), (parts,)))
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, parts: Parts) -> PyResult<Self> {
        let (name, version, architecture, digest, part, component, stanza) = parts;
        let digest = Digest::from_hex(digest.as_bytes()).ok_or_else(|| PyValueError::new_err("this is no digest"))?;
        let key = Key { name: name.into(), version: version.into(), architecture: architecture.into(), digest };
        Ok(Self(Found::new(key, &part, &component, stanza.map(Into::into))))
    }
}
