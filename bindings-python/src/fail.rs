//! Failures as exceptions. The classes are Python's own (`reposnap.errors`), so that they pickle.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use reposnap::{Error, Kind};

/// The exception for `error`.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    let make = || {
        let fields = (
            error.message(),
            error.kind().as_str(),
            error.at_path(),
            error.at_line(),
            error.at_field(),
            error.broken_rule(),
            error.expected(),
            error.found(),
            error.advice(),
        );
        let fields: Bound<'_, PyTuple> = fields.into_pyobject(py)?;
        py.import("reposnap.errors")?.getattr("make")?.call1(fields)
    };
    match make() {
        Ok(exception) => PyErr::from_value(exception),
        // Such as no memory: what went wrong with the exception is then the exception.
        Err(other) => other,
    }
}

/// The failure that a panic is.
pub(crate) fn of_panic(panic: &(dyn Any + Send)) -> Error {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no reason was given");
    Error::new(Kind::Internal, format!("reposnap panicked: {text}")).help("this is a defect: please report it")
}

/// Runs `work` so that a panic is a failure.
pub(crate) fn guard<T>(work: impl FnOnce() -> T) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| of_panic(&*panic))
}

/// A misuse of the package, told without asking the core.
pub(crate) fn usage(py: Python<'_>, message: impl Into<String>, help: &str) -> PyErr {
    raise(py, &Error::new(Kind::Usage, message).help(help))
}
