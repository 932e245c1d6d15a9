//! What every function goes through: a panic becomes an error, an error a number and a handle.

use std::panic::{AssertUnwindSafe, catch_unwind};

use reposnap::Result;
use reposnap_api::blocking::panicked;

use crate::error::{Failure, reposnap_error};
use crate::handle;
use crate::result::{of_kind, reposnap_result};

/// Runs the work of a function that tells of its failure.
///
/// # Safety
/// `error` is NULL or points to where a pointer can be written.
pub(crate) unsafe fn guard(error: *mut *mut reposnap_error, work: impl FnOnce() -> Result<()>) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe { clear(error) };
    let done = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(panicked(panic.as_ref())));
    let Err(failure) = done else { return reposnap_result::REPOSNAP_OK };
    let kind = of_kind(failure.kind());
    if !error.is_null() {
        // SAFETY: it is not NULL, and as the caller promises.
        unsafe { *error = handle::give(Failure::new(&failure)) };
    }
    kind
}

/// Runs the work of a function that has no way to tell of a failure: `fallback` then.
pub(crate) fn guard_or<T>(fallback: T, work: impl FnOnce() -> Result<T>) -> T {
    catch_unwind(AssertUnwindSafe(work)).ok().and_then(Result::ok).unwrap_or(fallback)
}

/// Writes NULL where a handle will be.
///
/// # Safety
/// `place` is NULL or points to where a pointer can be written.
pub(crate) unsafe fn clear<T>(place: *mut *mut T) {
    if !place.is_null() {
        // SAFETY: it is not NULL, and as the caller promises.
        unsafe { *place = std::ptr::null_mut() };
    }
}
