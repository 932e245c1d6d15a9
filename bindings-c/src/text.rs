//! Text between C and Rust.

use std::ffi::{CStr, CString, c_char};

use reposnap::{Error, Kind, Result};

/// The longest text that is taken, in bytes: 256 MiB.
const LIMIT: usize = 256 << 20;

/// The text of an argument called `name`.
///
/// # Safety
/// `text` is NULL or points to bytes that end with NUL and stay for `'a`.
pub(crate) unsafe fn text<'a>(text: *const c_char, name: &str) -> Result<&'a str> {
    if text.is_null() {
        return Err(Error::new(Kind::Usage, "it is NULL").field(name));
    }
    // SAFETY: it is not NULL, and as the caller promises.
    let text = unsafe { CStr::from_ptr(text) };
    if text.count_bytes() > LIMIT {
        let found = format!("{} bytes", text.count_bytes());
        return Err(Error::new(Kind::Limit, "it is too long").field(name).mismatch(format!("at most {LIMIT}"), found));
    }
    text.to_str().map_err(|error| {
        Error::new(Kind::Usage, format!("it is not UTF-8 from byte {}", error.valid_up_to())).field(name)
    })
}

/// As [`text`], but NULL is none.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn optional<'a>(pointer: *const c_char, name: &str) -> Result<Option<&'a str>> {
    // SAFETY: as the caller promises.
    if pointer.is_null() { Ok(None) } else { unsafe { text(pointer, name).map(Some) } }
}

/// Text for C. A NUL inside, which C can't have, becomes a sign of its own.
pub(crate) fn c_string(text: &str) -> CString {
    CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default()
}

/// A pointer to text that may be missing.
pub(crate) fn pointer(text: Option<&CString>) -> *const c_char {
    text.map_or(std::ptr::null(), |text| text.as_ptr())
}
