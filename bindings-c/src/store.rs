//! Stores.

use std::ffi::c_char;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use reposnap::Result;
use reposnap::store::Store;
use reposnap_api::{Session, blocking};

use crate::error::reposnap_error;
use crate::guard::{clear, guard, guard_or};
use crate::handle::{self, Handle};
use crate::result::reposnap_result;
use crate::text::text;

/// An open store. Any number of threads can work with one. Free it with `reposnap_store_free`.
pub struct reposnap_store {
    _opaque: [u8; 0],
}

impl Handle for reposnap_store {
    type Object = Mutex<Session>;
    const WORD: &'static str = "store";
}

/// A session on the store behind a handle.
pub(crate) fn session_of(store: *const reposnap_store) -> Result<Session> {
    let session = handle::get(store, "store")?;
    Ok(session.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

/// Gives the store that `open` opens.
///
/// # Safety
/// `store` and `error` are NULL or can be written; `directory` is NULL or ends with NUL.
unsafe fn give<F: Future<Output = Result<Store>>>(
    directory: *const c_char,
    store: *mut *mut reposnap_store,
    error: *mut *mut reposnap_error,
    open: impl FnOnce(&'static Path) -> F,
) -> reposnap_result {
    // SAFETY: as the caller promises; the text outlives the call, which waits for the end of the work.
    unsafe {
        clear(store);
        guard(error, || {
            let directory = Path::new(text(directory, "directory")?);
            let opened = blocking::wait(open(directory))?;
            if !store.is_null() {
                *store = handle::give(Mutex::new(Session::with_store(opened)));
            }
            Ok(())
        })
    }
}

/// Opens the store in a directory.
///
/// # Safety
/// `directory` ends with NUL; pointers are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_store_open(
    directory: *const c_char,
    store: *mut *mut reposnap_store,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe { give(directory, store, error, Store::open) }
}

/// Opens the store in a directory to read it: what would write fails with `REPOSNAP_READ_ONLY`.
///
/// # Safety
/// As for `reposnap_store_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_store_open_read_only(
    directory: *const c_char,
    store: *mut *mut reposnap_store,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe { give(directory, store, error, Store::open_read_only) }
}

/// Makes a store in a directory, which is made too; `REPOSNAP_ALREADY_EXISTS` where there is a store.
///
/// # Safety
/// As for `reposnap_store_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_store_create(
    directory: *const c_char,
    store: *mut *mut reposnap_store,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe { give(directory, store, error, Store::create) }
}

/// Opens the store in a directory, or makes it where there is none.
///
/// # Safety
/// As for `reposnap_store_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_store_open_or_create(
    directory: *const c_char,
    store: *mut *mut reposnap_store,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe { give(directory, store, error, Store::open_or_create) }
}

/// Names a store that each operation opens for itself; operations that begin a store, such as `mirror add`, make it where
/// there is none, and others fail with `REPOSNAP_NOT_FOUND`.
///
/// # Safety
/// As for `reposnap_store_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_store_at(
    directory: *const c_char,
    store: *mut *mut reposnap_store,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        clear(store);
        guard(error, || {
            let directory = Path::new(text(directory, "directory")?);
            if !store.is_null() {
                *store = handle::give(Mutex::new(Session::at(directory)));
            }
            Ok(())
        })
    }
}

/// Makes a store in memory, which ends with its handle; NULL only where the library fails.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_store_memory() -> *mut reposnap_store {
    guard_or(std::ptr::null_mut(), || Ok(handle::give(Mutex::new(Session::with_store(Store::memory())))))
}

/// Says who acts, for the histories that this handle writes to; the user's name otherwise.
///
/// # Safety
/// `actor` ends with NUL; `error` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_store_set_actor(
    store: *mut reposnap_store,
    actor: *const c_char,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        guard(error, || {
            let session = handle::get(store, "store")?;
            let actor = text(actor, "actor")?;
            let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
            *session = session.clone().actor(actor);
            Ok(())
        })
    }
}

/// Closes a store and frees it. Calls and walks that work with it go on. `REPOSNAP_USAGE` for what is no store or was
/// freed; NULL is nothing to do.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_store_free(store: *mut reposnap_store) -> reposnap_result {
    guard_or(reposnap_result::REPOSNAP_USAGE, || handle::free(store).map(|()| reposnap_result::REPOSNAP_OK))
}
