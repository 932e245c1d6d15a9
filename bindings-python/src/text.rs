//! The bytes of texts, where they stand. PyO3 copies them, as it keeps to what Python 3.9 promised.

use std::ffi::c_char;

use pyo3::exceptions::PyValueError;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::PyString;

unsafe extern "C" {
    /// Python promises this since 3.10 and has it since 3.3.
    fn PyUnicode_AsUTF8AndSize(text: *mut PyObject, size: *mut ffi::Py_ssize_t) -> *const c_char;
}

/// The UTF-8 of an object, which lives as long as it; none with an exception set where it is no text.
///
/// # Safety
/// The object is live for as long as the bytes are used, and the thread is attached to the interpreter.
pub(crate) unsafe fn utf8_of<'a>(object: *mut PyObject) -> Option<&'a [u8]> {
    let mut size = 0;
    // SAFETY: as the caller promises; Python gives so many bytes.
    unsafe {
        let bytes = PyUnicode_AsUTF8AndSize(object, &mut size);
        (!bytes.is_null()).then(|| std::slice::from_raw_parts(bytes.cast(), size as usize))
    }
}

/// The UTF-8 of a text; an exception for one with surrogates, which has none.
pub(crate) fn utf8<'a>(text: &'a Bound<'_, PyString>) -> PyResult<&'a str> {
    // SAFETY: the borrow keeps the text, and a bound object is proof of being attached.
    let bytes = unsafe { utf8_of(text.as_ptr()) }.ok_or_else(|| PyErr::fetch(text.py()))?;
    std::str::from_utf8(bytes).map_err(|error| PyValueError::new_err(error.to_string()))
}
