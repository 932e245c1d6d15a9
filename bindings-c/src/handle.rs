//! Handles: what a caller holds instead of an object.
//!
//! A handle is a number that is dressed as a pointer and never followed. A table knows which object it stands for, so that
//! one that was freed, one of another type and one that never was are told apart from a live one without reading memory
//! that is not ours. The numbers are odd, as the address of no object is, and none is used twice. An object lives on while
//! a call works with it, though its handle is freed meanwhile.

use std::any::Any;
use std::collections::HashMap;
use std::ptr::without_provenance_mut;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use reposnap::{Error, Kind, Result};

type Table = HashMap<usize, Arc<dyn Any + Send + Sync>>;

static TABLE: LazyLock<RwLock<Table>> = LazyLock::new(RwLock::default);
static NEXT: AtomicUsize = AtomicUsize::new(1);

/// A type of handles.
pub(crate) trait Handle {
    /// What stands behind one.
    type Object: Any + Send + Sync;
    /// What it is called in messages.
    const WORD: &'static str;
}

/// A handle for `object`, until [`free`].
pub(crate) fn give<H: Handle>(object: H::Object) -> *mut H {
    let number = NEXT.fetch_add(2, Ordering::Relaxed);
    TABLE.write().unwrap_or_else(PoisonError::into_inner).insert(number, Arc::new(object));
    without_provenance_mut(number)
}

/// The object behind `handle`, an argument called `name`.
pub(crate) fn get<H: Handle>(handle: *const H, name: &str) -> Result<Arc<H::Object>> {
    if handle.is_null() {
        return Err(Error::new(Kind::Usage, "it is NULL").field(name));
    }
    let found = TABLE.read().unwrap_or_else(PoisonError::into_inner).get(&handle.addr()).cloned();
    found.and_then(|object| object.downcast().ok()).ok_or_else(|| not_one::<H>().field(name))
}

/// The object behind `handle`, unless it is NULL.
pub(crate) fn get_optional<H: Handle>(handle: *const H, name: &str) -> Result<Option<Arc<H::Object>>> {
    if handle.is_null() { Ok(None) } else { get(handle, name).map(Some) }
}

/// Frees a handle. NULL is nothing to do.
pub(crate) fn free<H: Handle>(handle: *mut H) -> Result<()> {
    if handle.is_null() {
        return Ok(());
    }
    let mut table = TABLE.write().unwrap_or_else(PoisonError::into_inner);
    if !table.get(&handle.addr()).is_some_and(|object| object.is::<H::Object>()) {
        return Err(not_one::<H>());
    }
    let object = table.remove(&handle.addr());
    drop(table);
    // An object's end may take a while, and others wait for the table.
    drop(object);
    Ok(())
}

fn not_one<H: Handle>() -> Error {
    let word = H::WORD;
    Error::new(Kind::Usage, format!("it is not a {word} of reposnap: it was freed, or never was one"))
}

/// How many handles there are that were not freed yet: 0 at the end of a program that frees all of them.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_live_handles() -> usize {
    TABLE.read().unwrap_or_else(PoisonError::into_inner).len()
}
