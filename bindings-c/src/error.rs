//! Errors as handles.

use std::ffi::{CString, c_char};

use reposnap::Error;

use crate::guard::guard_or;
use crate::handle::{self, Handle};
use crate::result::{of_kind, reposnap_result};
use crate::text::{c_string, pointer};

/// A failure: its kind, a sentence, and where it happened. Free it with `reposnap_error_free`.
pub struct reposnap_error {
    _opaque: [u8; 0],
}

impl Handle for reposnap_error {
    type Object = Failure;
    const WORD: &'static str = "error";
}

/// An error with its texts as C reads them.
pub(crate) struct Failure {
    kind: reposnap_result,
    word: CString,
    text: CString,
    message: CString,
    path: Option<CString>,
    line: u64,
    field: Option<CString>,
    rule: Option<CString>,
    expected: Option<CString>,
    found: Option<CString>,
    help: Option<CString>,
}

impl Failure {
    pub(crate) fn new(error: &Error) -> Self {
        Self {
            kind: of_kind(error.kind()),
            word: c_string(error.kind().as_str()),
            text: c_string(&error.to_string()),
            message: c_string(error.message()),
            path: error.at_path().map(c_string),
            line: error.at_line().unwrap_or(0),
            field: error.at_field().map(c_string),
            rule: error.broken_rule().map(c_string),
            expected: error.expected().map(c_string),
            found: error.found().map(c_string),
            help: error.advice().map(c_string),
        }
    }
}

/// A text of an error; NULL where it has none or is none.
fn part(error: *const reposnap_error, part: impl FnOnce(&Failure) -> *const c_char) -> *const c_char {
    guard_or(std::ptr::null(), || Ok(part(&*handle::get(error, "error")?)))
}

/// The kind of a failure; `REPOSNAP_OK` where `error` is NULL or no error.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_error_kind(error: *const reposnap_error) -> reposnap_result {
    guard_or(reposnap_result::REPOSNAP_OK, || Ok(handle::get(error, "error")?.kind))
}

/// The word of the kind, such as `not-found`. As all texts of an error, it is the error's and lives as long; NULL where
/// `error` is NULL or no error.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_error_kind_word(error: *const reposnap_error) -> *const c_char {
    part(error, |failure| failure.word.as_ptr())
}

/// The whole failure in one line, for people: place, sentence and advice.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_error_text(error: *const reposnap_error) -> *const c_char {
    part(error, |failure| failure.text.as_ptr())
}

/// The sentence alone. It may change between versions; programs look at the kind and the rule.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_error_message(error: *const reposnap_error) -> *const c_char {
    part(error, |failure| failure.message.as_ptr())
}

/// The file, URL, object or REV at fault, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_error_path(error: *const reposnap_error) -> *const c_char {
    part(error, |failure| pointer(failure.path.as_ref()))
}

/// The line at fault, from 1; 0 where there is none.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_error_line(error: *const reposnap_error) -> u64 {
    guard_or(0, || Ok(handle::get(error, "error")?.line))
}

/// The field or the argument at fault, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_error_field(error: *const reposnap_error) -> *const c_char {
    part(error, |failure| pointer(failure.field.as_ref()))
}

/// The rule that was broken, a stable word such as `future-signature`, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_error_rule(error: *const reposnap_error) -> *const c_char {
    part(error, |failure| pointer(failure.rule.as_ref()))
}

/// What had to be, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_error_expected(error: *const reposnap_error) -> *const c_char {
    part(error, |failure| pointer(failure.expected.as_ref()))
}

/// What was found, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_error_found(error: *const reposnap_error) -> *const c_char {
    part(error, |failure| pointer(failure.found.as_ref()))
}

/// What to do about it, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_error_help(error: *const reposnap_error) -> *const c_char {
    part(error, |failure| pointer(failure.help.as_ref()))
}

/// Frees an error and its texts. `REPOSNAP_USAGE` for what is no error or was freed; NULL is nothing to do.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_error_free(error: *mut reposnap_error) -> reposnap_result {
    guard_or(reposnap_result::REPOSNAP_USAGE, || handle::free(error).map(|()| reposnap_result::REPOSNAP_OK))
}
