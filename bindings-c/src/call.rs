//! Running an operation.

use std::ffi::c_char;

use reposnap::{Error, Kind, Result};
use reposnap_api::{OPERATIONS, Session, blocking};
use serde_json::Value;

use crate::document::{Document, reposnap_document};
use crate::error::reposnap_error;
use crate::guard::{clear, guard};
use crate::handle;
use crate::request::Request;
use crate::result::reposnap_result;
use crate::store::{reposnap_store, session_of};
use crate::text::{optional, text};
use crate::watch::{reposnap_watch, watched};

/// Where a function writes what it gives.
pub(crate) struct Out {
    pub(crate) document: *mut *mut reposnap_document,
    pub(crate) error: *mut *mut reposnap_error,
}

/// Runs an operation whose request `fill` makes, on a store where there is one.
///
/// # Safety
/// The pointers of `out` are NULL or can be written; `watch` as for [`watched`].
pub(crate) unsafe fn run(
    store: Option<*const reposnap_store>,
    operation: &str,
    watch: *const reposnap_watch,
    out: Out,
    fill: impl FnOnce(&mut Request) -> Result<()>,
) -> reposnap_result {
    let request = || {
        let mut request = Request::default();
        fill(&mut request)?;
        Ok(request.value())
    };
    // SAFETY: as the caller promises.
    unsafe { give(out, watch, || Ok((store.map_or_else(|| Ok(Session::new()), session_of)?, operation, request()?))) }
}

/// Runs what `ask` asks for and gives its document.
///
/// # Safety
/// As for [`run`].
unsafe fn give<'a>(
    out: Out,
    watch: *const reposnap_watch,
    ask: impl FnOnce() -> Result<(Session, &'a str, Value)>,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        clear(out.document);
        guard(out.error, || {
            let (session, operation, request) = ask()?;
            let watched = watched(watch)?;
            let session = session.monitor(watched.monitor.clone());
            let document = blocking::call(&session, operation, request)?;
            if !out.document.is_null() {
                *out.document = handle::give(Document::new(document));
            }
            Ok(())
        })
    }
}

/// Runs an operation by its name, such as `mirror add`; `reposnap_operations` lists them.
///
/// `store` may be NULL for operations that need none, and `watch` and `document` always. `request` is a JSON object of the
/// parameters; NULL is one without any. Each operation also has a function of its own, with typed arguments.
///
/// # Safety
/// Text ends with NUL; pointers are NULL or what they say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_call(
    store: *const reposnap_store,
    operation: *const c_char,
    request: *const c_char,
    watch: *const reposnap_watch,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    let ask = || {
        let session = if store.is_null() { Session::new() } else { session_of(store)? };
        // SAFETY: as the caller promises.
        let (operation, request) = unsafe { (text(operation, "operation")?, optional(request, "request")?) };
        let request = match request {
            Some(request) => serde_json::from_str(request)
                .map_err(|error| Error::new(Kind::Usage, format!("it is not JSON: {error}")).field("request"))?,
            None => Value::Null,
        };
        Ok((session, operation, request))
    };
    // SAFETY: as the caller promises.
    unsafe { give(Out { document, error }, watch, ask) }
}

/// Lists the operations: an array of `Operation`, with the names, types and meanings of their parameters.
///
/// # Safety
/// Pointers are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_operations(
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        clear(document);
        guard(error, || {
            let list = serde_json::to_value(OPERATIONS)
                .map_err(|error| Error::new(Kind::Internal, "the table can't be written as JSON").source(error))?;
            if !document.is_null() {
                *document = handle::give(Document::new(list));
            }
            Ok(())
        })
    }
}
