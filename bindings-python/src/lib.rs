//! The native part of the Python package `reposnap`: values from and to Python, work away from the interpreter's lock,
//! and what has to be fast. All else of the package is Python, and all of the work is in the core.

mod bell;
mod compare;
mod convert;
mod fail;
mod package;
mod packages;
mod query;
mod runtime;
mod store;
mod task;
mod text;
mod version;
mod work;

use std::ffi::OsString;

use pyo3::prelude::*;

/// The native part of reposnap. Use the package `reposnap`; this is not meant to be imported by itself.
#[pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::bell::Bell;
    #[pymodule_export]
    use super::package::Package;
    #[pymodule_export]
    use super::packages::Packages;
    #[cfg(debug_assertions)]
    #[pymodule_export]
    use super::panic_inside;
    #[pymodule_export]
    use super::query::Query;
    #[pymodule_export]
    use super::run_command;
    #[pymodule_export]
    use super::store::Handle;
    #[pymodule_export]
    use super::task::Task;
    #[pymodule_export]
    use super::version::Version;
    #[pymodule_export]
    use super::work::Event;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::compare::add(module)
    }

    /// The version of reposnap.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}

/// Runs the command `reposnap` with `arguments`, the first of which is the program's name, and gives its exit code.
#[pyfunction]
fn run_command(py: Python<'_>, arguments: Vec<OsString>) -> PyResult<u8> {
    py.detach(|| fail::guard(|| reposnap_cli::main(arguments))).map_err(|error| fail::raise(py, &error))
}

/// Panics, in a build for tests alone: where the caller waits (`work`), or in a walk's thread.
#[cfg(debug_assertions)]
#[pyfunction]
#[pyo3(name = "_panic_inside")]
fn panic_inside(py: Python<'_>) -> PyResult<Py<PyAny>> {
    work::Work::start(py, None, |_| async { panic!("asked for by a test") })?.wait(py, None)
}
