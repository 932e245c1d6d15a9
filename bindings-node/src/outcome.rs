//! Outcomes: `{"ok": DOCUMENT}` or `{"error": ERROR}`, the one form in which results and failures reach JavaScript.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use reposnap::{Error, Kind, Result};
use reposnap_api::{self as api, Session};
use serde::Serialize;

/// The outcome of work, or of its panic.
pub(crate) fn guard(work: impl FnOnce() -> Result<String>) -> String {
    of(catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(panicked(&*panic))))
}

/// The outcome of a document in JSON.
pub(crate) fn of(result: Result<String>) -> String {
    let error = match result {
        Ok(document) => return format!("{{\"ok\":{document}}}"),
        Err(error) => error,
    };
    let error =
        json(&error).unwrap_or_else(|_| "{\"kind\":\"internal\",\"message\":\"an error can't be told\"}".into());
    format!("{{\"error\":{error}}}")
}

/// A document in JSON.
pub(crate) fn json(document: &(impl Serialize + ?Sized)) -> Result<String> {
    serde_json::to_string(document)
        .map_err(|error| Error::new(Kind::Internal, "the result can't be written as JSON").source(error))
}

/// Runs an operation, from JSON to JSON.
pub(crate) async fn call(session: &Session, operation: &str, request: &str) -> Result<String> {
    let request = serde_json::from_str(request)
        .map_err(|error| Error::new(Kind::Usage, format!("{operation}: the request is no JSON: {error}")))?;
    json(&api::call(session, operation, request).await?)
}

/// What a panic is to the caller.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Error::new(Kind::Internal, format!("a defect of reposnap: {}", text.unwrap_or("a panic without words")))
        .help("report it, with what you did")
}
