//! The numbers that functions give.

use std::ffi::{c_char, c_int};

use reposnap::Kind;

/// What a function gives: `REPOSNAP_OK`, or the kind of its failure. The numbers never change and none is used twice; later
/// versions may add some, so have a `default:` for what you do not know.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum reposnap_result {
    /// Done.
    REPOSNAP_OK = 0,
    /// An argument, a query or a configuration that can't be understood: NULL where it may not be, a freed handle, text
    /// that is not UTF-8.
    REPOSNAP_USAGE = 1,
    /// Bytes from outside that break their format.
    REPOSNAP_MALFORMED = 2,
    /// A signature, digest, date or other rule of verification does not hold.
    REPOSNAP_VERIFICATION = 3,
    /// An explicit limit was passed.
    REPOSNAP_LIMIT = 4,
    /// A named thing does not exist.
    REPOSNAP_NOT_FOUND = 5,
    /// A named thing exists, with other content.
    REPOSNAP_ALREADY_EXISTS = 6,
    /// Somebody else was first.
    REPOSNAP_CONFLICT = 7,
    /// The network or a server failed.
    REPOSNAP_NETWORK = 8,
    /// A file or the object store failed.
    REPOSNAP_IO = 9,
    /// The store may not be written.
    REPOSNAP_READ_ONLY = 10,
    /// The store or a file has a format that this version can't handle.
    REPOSNAP_FORMAT = 11,
    /// What is asked for is not supported.
    REPOSNAP_UNSUPPORTED = 12,
    /// The work was cancelled.
    REPOSNAP_CANCELLED = 13,
    /// A defect of reposnap.
    REPOSNAP_INTERNAL = 14,
    /// Packages that are asked for can't be installed together.
    REPOSNAP_UNSATISFIABLE = 15,
}

use reposnap_result::*;

/// Every number with its word.
const WORDS: &[(reposnap_result, &std::ffi::CStr)] = &[
    (REPOSNAP_OK, c"ok"),
    (REPOSNAP_USAGE, c"usage"),
    (REPOSNAP_MALFORMED, c"malformed"),
    (REPOSNAP_VERIFICATION, c"verification"),
    (REPOSNAP_LIMIT, c"limit"),
    (REPOSNAP_NOT_FOUND, c"not-found"),
    (REPOSNAP_ALREADY_EXISTS, c"already-exists"),
    (REPOSNAP_CONFLICT, c"conflict"),
    (REPOSNAP_NETWORK, c"network"),
    (REPOSNAP_IO, c"io"),
    (REPOSNAP_READ_ONLY, c"read-only"),
    (REPOSNAP_FORMAT, c"format"),
    (REPOSNAP_UNSUPPORTED, c"unsupported"),
    (REPOSNAP_CANCELLED, c"cancelled"),
    (REPOSNAP_INTERNAL, c"internal"),
    (REPOSNAP_UNSATISFIABLE, c"unsatisfiable"),
];

/// The number of a kind. One that this face does not know yet counts as a defect: the tests see that there is none.
pub(crate) fn of_kind(kind: Kind) -> reposnap_result {
    let known = WORDS.iter().find(|(_, word)| word.to_bytes() == kind.as_str().as_bytes());
    known.map_or(REPOSNAP_INTERNAL, |(result, _)| *result)
}

/// The word of a result, such as `not-found`, the same in every language; `ok` for `REPOSNAP_OK`, and NULL for a number
/// that this version does not know. Never free it.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_result_word(result: c_int) -> *const c_char {
    let known = WORDS.iter().find(|(number, _)| *number as c_int == result);
    known.map_or(std::ptr::null(), |(_, word)| word.as_ptr())
}
