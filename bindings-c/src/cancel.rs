//! Cancelling work from another thread.

use reposnap::progress::Cancel;

use crate::guard::guard_or;
use crate::handle::{self, Handle};
use crate::result::reposnap_result;

/// What ends work early. Any number of calls can hold one. Free it with `reposnap_cancel_free`.
pub struct reposnap_cancel {
    _opaque: [u8; 0],
}

impl Handle for reposnap_cancel {
    type Object = Cancel;
    const WORD: &'static str = "cancel";
}

/// A token that nobody has cancelled; NULL only where the library fails.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_cancel_new() -> *mut reposnap_cancel {
    guard_or(std::ptr::null_mut(), || Ok(handle::give(Cancel::new())))
}

/// Cancels all work that holds the token, now and later: it fails with `REPOSNAP_CANCELLED`. For any thread, and for
/// progress callbacks, but not for signal handlers. `REPOSNAP_USAGE` for what is no token.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_cancel_now(cancel: *mut reposnap_cancel) -> reposnap_result {
    guard_or(reposnap_result::REPOSNAP_USAGE, || {
        handle::get(cancel, "cancel")?.cancel();
        Ok(reposnap_result::REPOSNAP_OK)
    })
}

/// Whether the token was cancelled; false for what is no token.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_cancel_is_cancelled(cancel: *const reposnap_cancel) -> bool {
    guard_or(false, || Ok(handle::get(cancel, "cancel")?.is_cancelled()))
}

/// Frees a token; calls that hold it go on and can't be cancelled any more. `REPOSNAP_USAGE` for what is no token or was
/// freed; NULL is nothing to do.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_cancel_free(cancel: *mut reposnap_cancel) -> reposnap_result {
    guard_or(reposnap_result::REPOSNAP_USAGE, || handle::free(cancel).map(|()| reposnap_result::REPOSNAP_OK))
}
