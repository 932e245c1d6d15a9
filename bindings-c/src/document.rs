//! Documents: what operations give.

use std::collections::HashMap;
use std::ffi::c_char;
use std::sync::{Mutex, PoisonError};

use reposnap::{Error, Kind};
use serde_json::Value;

use crate::error::reposnap_error;
use crate::guard::{clear, guard, guard_or};
use crate::handle::{self, Handle};
use crate::result::reposnap_result;
use crate::text::text;

/// What an operation gives: a JSON document (docs/JSON.md tells the fields). It never changes, and any number of threads
/// can read one. Free it with `reposnap_document_free`.
pub struct reposnap_document {
    _opaque: [u8; 0],
}

impl Handle for reposnap_document {
    type Object = Document;
    const WORD: &'static str = "document";
}

/// What a value of a document is.
#[repr(C)]
#[derive(Clone, Copy)]
pub enum reposnap_type {
    /// There is no such value.
    REPOSNAP_TYPE_NONE = 0,
    /// `null`
    REPOSNAP_TYPE_NULL = 1,
    /// `true` or `false`
    REPOSNAP_TYPE_BOOLEAN = 2,
    /// A whole number that fits 64 bits with a sign.
    REPOSNAP_TYPE_INTEGER = 3,
    /// Any other number. No operation gives one.
    REPOSNAP_TYPE_NUMBER = 4,
    /// Text.
    REPOSNAP_TYPE_STRING = 5,
    /// Values in order.
    REPOSNAP_TYPE_ARRAY = 6,
    /// Values by name.
    REPOSNAP_TYPE_OBJECT = 7,
}

/// A document, and the texts of it that C has asked for, which it keeps.
pub(crate) struct Document {
    value: Value,
    kept: Mutex<Kept>,
}

/// Texts with a NUL behind, by what they are and the pointer of their value.
type Kept = HashMap<(Part, String), Box<[u8]>>;

/// Which text of the value at a pointer.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    String,
    Json,
    Key(usize),
}

impl Document {
    pub(crate) fn new(value: Value) -> Self {
        Self { value, kept: Mutex::default() }
    }

    /// Keeps a text with a NUL behind it, and tells where it is and its length without the NUL.
    fn keep(&self, part: Part, pointer: &str, text: impl FnOnce() -> String) -> (*const c_char, usize) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let text = kept.entry((part, pointer.to_owned())).or_insert_with(|| {
            let mut bytes = text().into_bytes();
            bytes.push(0);
            bytes.into()
        });
        (text.as_ptr().cast(), text.len() - 1)
    }
}

/// What `read` makes of the value at a pointer.
///
/// # Safety
/// `pointer` is NULL or ends with NUL.
unsafe fn at<T>(
    document: *const reposnap_document,
    pointer: *const c_char,
    fallback: T,
    read: impl FnOnce(&Document, &str, &Value) -> Option<T>,
) -> T {
    let found = guard_or(None, || {
        let document = handle::get(document, "document")?;
        // SAFETY: as the caller promises.
        let pointer = unsafe { text(pointer, "pointer")? };
        Ok(document.value.pointer(pointer).and_then(|value| read(&document, pointer, value)))
    });
    found.unwrap_or(fallback)
}

/// Gives a text, and its length where there is a place for it.
///
/// # Safety
/// `length` is NULL or can be written.
unsafe fn with_length((text, bytes): (*const c_char, usize), length: *mut usize) -> *const c_char {
    if !length.is_null() {
        // SAFETY: it is not NULL, and as the caller promises.
        unsafe { *length = bytes };
    }
    text
}

/// Reads a document from JSON text, such as one that was kept in a file.
///
/// # Safety
/// `json` ends with NUL; pointers are NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_document_parse(
    json: *const c_char,
    document: *mut *mut reposnap_document,
    error: *mut *mut reposnap_error,
) -> reposnap_result {
    // SAFETY: as the caller promises.
    unsafe {
        clear(document);
        guard(error, || {
            let value = serde_json::from_str(text(json, "json")?).map_err(malformed)?;
            if !document.is_null() {
                *document = handle::give(Document::new(value));
            }
            Ok(())
        })
    }
}

fn malformed(error: serde_json::Error) -> Error {
    Error::new(Kind::Malformed, format!("it is not JSON: {error}")).field("json").line(error.line() as u64)
}

/// What the value at a pointer is. A pointer is as RFC 6901 says: `""` is the whole, `/differences/0/name` the name of the
/// first difference; in a name, `~1` stands for `/` and `~0` for `~`.
///
/// # Safety
/// `pointer` ends with NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_document_type(
    document: *const reposnap_document,
    pointer: *const c_char,
) -> reposnap_type {
    let read = |_: &Document, _: &str, value: &Value| {
        Some(match value {
            Value::Null => reposnap_type::REPOSNAP_TYPE_NULL,
            Value::Bool(_) => reposnap_type::REPOSNAP_TYPE_BOOLEAN,
            Value::Number(number) if number.is_i64() => reposnap_type::REPOSNAP_TYPE_INTEGER,
            Value::Number(_) => reposnap_type::REPOSNAP_TYPE_NUMBER,
            Value::String(_) => reposnap_type::REPOSNAP_TYPE_STRING,
            Value::Array(_) => reposnap_type::REPOSNAP_TYPE_ARRAY,
            Value::Object(_) => reposnap_type::REPOSNAP_TYPE_OBJECT,
        })
    };
    // SAFETY: as the caller promises.
    unsafe { at(document, pointer, reposnap_type::REPOSNAP_TYPE_NONE, read) }
}

/// The string at a pointer, or NULL where there is none. It is the document's and lives as long. `length`, where it is not
/// NULL, gets its length in bytes: the text may have a NUL inside.
///
/// # Safety
/// `pointer` ends with NUL; `length` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_document_string(
    document: *const reposnap_document,
    pointer: *const c_char,
    length: *mut usize,
) -> *const c_char {
    let read = |document: &Document, pointer: &str, value: &Value| {
        let text = value.as_str()?;
        Some(document.keep(Part::String, pointer, || text.to_owned()))
    };
    // SAFETY: as the caller promises.
    unsafe { with_length(at(document, pointer, (std::ptr::null(), 0), read), length) }
}

/// The whole number at a pointer: false where there is none, and `value` is left as it is.
///
/// # Safety
/// `pointer` ends with NUL; `value` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_document_integer(
    document: *const reposnap_document,
    pointer: *const c_char,
    value: *mut i64,
) -> bool {
    // SAFETY: as the caller promises.
    unsafe { at(document, pointer, false, |_, _, found| write(found.as_i64()?, value)) }
}

/// The boolean at a pointer: false where there is none, and `value` is left as it is.
///
/// # Safety
/// `pointer` ends with NUL; `value` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_document_boolean(
    document: *const reposnap_document,
    pointer: *const c_char,
    value: *mut bool,
) -> bool {
    // SAFETY: as the caller promises.
    unsafe { at(document, pointer, false, |_, _, found| write(found.as_bool()?, value)) }
}

/// # Safety
/// `place` is NULL or can be written.
unsafe fn write<T>(value: T, place: *mut T) -> Option<bool> {
    if !place.is_null() {
        // SAFETY: it is not NULL, and as the caller promises.
        unsafe { *place = value };
    }
    Some(true)
}

/// How many values the array or the object at a pointer has; 0 for anything else.
///
/// # Safety
/// `pointer` ends with NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_document_count(document: *const reposnap_document, pointer: *const c_char) -> usize {
    let read = |_: &Document, _: &str, value: &Value| match value {
        Value::Array(values) => Some(values.len()),
        Value::Object(fields) => Some(fields.len()),
        _ => None,
    };
    // SAFETY: as the caller promises.
    unsafe { at(document, pointer, 0, read) }
}

/// A name of the object at a pointer, in order of their bytes from 0; NULL behind the last, and for anything else. It is
/// the document's and lives as long. `length` is as for `reposnap_document_string`.
///
/// # Safety
/// `pointer` ends with NUL; `length` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_document_key(
    document: *const reposnap_document,
    pointer: *const c_char,
    index: usize,
    length: *mut usize,
) -> *const c_char {
    let read = |document: &Document, pointer: &str, value: &Value| {
        let key = value.as_object()?.keys().nth(index)?;
        Some(document.keep(Part::Key(index), pointer, || key.clone()))
    };
    // SAFETY: as the caller promises.
    unsafe { with_length(at(document, pointer, (std::ptr::null(), 0), read), length) }
}

/// The value at a pointer as JSON text in one line, or NULL where there is none; the whole for `""`. It is the document's
/// and lives as long. `length`, where it is not NULL, gets its length in bytes.
///
/// # Safety
/// `pointer` ends with NUL; `length` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reposnap_document_json(
    document: *const reposnap_document,
    pointer: *const c_char,
    length: *mut usize,
) -> *const c_char {
    let read = |document: &Document, pointer: &str, value: &Value| {
        Some(document.keep(Part::Json, pointer, || value.to_string()))
    };
    // SAFETY: as the caller promises.
    unsafe { with_length(at(document, pointer, (std::ptr::null(), 0), read), length) }
}

/// Frees a document and its texts. `REPOSNAP_USAGE` for what is no document or was freed; NULL is nothing to do.
#[unsafe(no_mangle)]
pub extern "C" fn reposnap_document_free(document: *mut reposnap_document) -> reposnap_result {
    guard_or(reposnap_result::REPOSNAP_USAGE, || handle::free(document).map(|()| reposnap_result::REPOSNAP_OK))
}
