//! Operations for callers that wait for them: programs without an async runtime, and languages that call like C.
//!
//! Each call has a runtime of its own, on the calling thread, and leaves nothing behind: no thread, and nothing that a
//! child process could inherit half alive after a fork.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use serde_json::Value;

use super::session::Session;
use reposnap::error::{Error, Kind, Result};

/// How long the end of cancelled work is waited for: a look-up of a host's name can't be broken off.
const PATIENCE: Duration = Duration::from_secs(1);

/// Runs an operation by its name and waits for its end; see [`api::call`](super::call).
///
/// ```
/// use reposnap_api::{Session, blocking};
/// let request = serde_json::json!({ "a": "1.0~rc1-1", "b": "1.0-1" });
/// let compared = blocking::call(&Session::new(), "version compare", request)?;
/// assert_eq!(compared["order"], "<");
/// # Ok::<(), reposnap::Error>(())
/// ```
///
/// # Errors
/// Those of [`api::call`](super::call), and those of [`wait`].
pub fn call(session: &Session, operation: &str, request: Value) -> Result<Value> {
    wait(async move {
        #[cfg(debug_assertions)]
        assert!(operation != INJECTED, "an injected panic");
        super::call(session, operation, request).await
    })
}

/// An operation that panics, in builds with debug assertions: tests of other languages see that a panic stays an error.
#[cfg(debug_assertions)]
const INJECTED: &str = "inject panic";

/// Waits for the end of any work of the library.
///
/// # Errors
/// Those of the work; [`Kind::Internal`] where it panicked; [`Kind::Io`] where the system gives no runtime.
pub fn wait<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::new(Kind::Io, "the runtime can't be started").source(error))?;
        let done = runtime.block_on(work);
        runtime.shutdown_timeout(PATIENCE);
        done
    };
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(panicked(panic.as_ref())))
}

/// The error that a caught panic becomes.
pub fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::new(Kind::Internal, format!("the library panicked: {}", text.unwrap_or("it did not say why")))
        .help("this is a defect of reposnap: report it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        let error = call(&Session::new(), INJECTED, Value::Null).unwrap_err();
        assert_eq!((error.kind(), error.message()), (Kind::Internal, "the library panicked: an injected panic"));
        let error = wait::<()>(async { panic!("number {}", 2) }).unwrap_err();
        assert_eq!(error.message(), "the library panicked: number 2");
    }
}
