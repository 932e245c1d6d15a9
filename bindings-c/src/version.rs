//! Versions: of Debian packages, and of this library.

use std::cmp::Ordering;
use std::ffi::{CStr, c_char, c_int};

use reposnap::deb::version::{compare, sort_key};

use crate::guard::guard_or;

/// The bytes of a text, whatever they are; NULL has none.
///
/// # Safety
/// `text` is NULL or ends with NUL and stays for `'a`.
unsafe fn bytes<'a>(text: *const c_char) -> &'a [u8] {
    // SAFETY: as the caller promises.
    if text.is_null() { b"" } else { unsafe { CStr::from_ptr(text).to_bytes() } }
}

/// Compares two versions of packages as dpkg does: below 0 where `a` is earlier, 0 where they are equal, above 0 where `a`
/// is later. Never fails: the order is total on any bytes, and NULL counts as the empty version. Fit for `qsort`.
///
/// # Safety
/// Both are NULL or end with NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_compare_versions(a: *const c_char, b: *const c_char) -> c_int {
    guard_or(0, || {
        // SAFETY: as the caller promises.
        let order = unsafe { compare(bytes(a), bytes(b)) };
        Ok(match order {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        })
    })
}

/// Writes the sort key of a version: keys compare with `memcmp`, a key that another begins with being the smaller, as their
/// versions do. Gives how many bytes the key has; where that is more than `capacity`, `key` is left as it is. `key` may be
/// NULL with a capacity of 0.
///
/// # Safety
/// `version` is NULL or ends with NUL; `capacity` bytes of `key` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_version_sort_key(version: *const c_char, key: *mut u8, capacity: usize) -> usize {
    guard_or(0, || {
        let mut made = Vec::new();
        // SAFETY: as the caller promises.
        sort_key(unsafe { bytes(version) }, &mut made);
        if !key.is_null() && made.len() <= capacity {
            // SAFETY: there is room, and the key is ours.
            unsafe { std::ptr::copy_nonoverlapping(made.as_ptr(), key, made.len()) };
        }
        Ok(made.len())
    })
}

const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => c"",
};

/// The version of the library that the program runs with, such as `0.1.0`; `REPOSNAP_VERSION` is that of the header. Never
/// free it.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_version() -> *const c_char {
    VERSION.as_ptr()
}

/// Whether the library that the program runs with does what a header of this version says:
/// `reposnap_check_version(REPOSNAP_VERSION_MAJOR, REPOSNAP_VERSION_MINOR, REPOSNAP_VERSION_PATCH)`.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_check_version(major: u32, minor: u32, patch: u32) -> bool {
    let mut own = env!("CARGO_PKG_VERSION").split(['.', '-']).map(|part| part.parse().unwrap_or(0));
    let mut next = || own.next().unwrap_or(0);
    let own: [u32; 3] = [next(), next(), next()];
    own[0] == major && own >= [major, minor, patch]
}
