//! `version_compare`, by hand. Programs sort by it, calling it millions of times, and most of the time of such a call
//! goes into being called: PyO3 has to copy both texts and to take a tuple, as it keeps to what Python 3.9 promised.

use std::ffi::{CStr, c_int, c_long};

use pyo3::exceptions::PyTypeError;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use reposnap::deb::version::compare;

use crate::fail;
use crate::text::utf8_of;

const NAME: &CStr = c"version_compare";
const DOC: &CStr = c"version_compare(a, b, /)\n--\n\nCompares two versions as dpkg does: a number below 0 where \
`a` is the earlier one, 0 where they are equal, above 0 where `a` is the later one. Takes any text, as \
`apt_pkg.version_compare` does.";

/// The flag of functions that take their arguments as an array. Python promises it since 3.10 and has it since 3.7.
const METH_FASTCALL: c_int = 0x0080;

/// A function that takes its arguments as an array.
type Fast = unsafe extern "C" fn(*mut PyObject, *const *mut PyObject, ffi::Py_ssize_t) -> *mut PyObject;

/// Adds the function to the module.
pub(crate) fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    // SAFETY: with the flag below, Python calls the pointer with the arguments that `version_compare` has; the field's
    // own type is that of another flag.
    let method = unsafe { std::mem::transmute::<Fast, ffi::PyCFunction>(version_compare) };
    let definition = Box::leak(Box::new(ffi::PyMethodDef {
        ml_name: NAME.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunction: method },
        ml_flags: METH_FASTCALL,
        ml_doc: DOC.as_ptr(),
    }));
    let name = module.name()?;
    // SAFETY: the definition is never freed, and `name` is a live object; the result is a new reference or null with
    // an exception set.
    let object = unsafe {
        Bound::from_owned_ptr_or_err(py, ffi::PyCFunction_NewEx(definition, std::ptr::null_mut(), name.as_ptr()))
    }?;
    module.add("version_compare", object)
}

unsafe extern "C" fn version_compare(
    _: *mut PyObject,
    arguments: *const *mut PyObject,
    count: ffi::Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: Python calls this while attached, with `count` live objects at `arguments`. The bytes of a text live as
    // long as the text, which the caller holds. No panic leaves the guard.
    unsafe {
        if count != 2 {
            return refuse(&format!("version_compare() takes 2 arguments, not {count}"));
        }
        let (Some(a), Some(b)) = (text(*arguments), text(*arguments.add(1))) else { return std::ptr::null_mut() };
        match fail::guard(|| compare(a, b) as c_long) {
            Ok(order) => ffi::PyLong_FromLong(order),
            Err(error) => {
                let py = Python::assume_attached();
                fail::raise(py, &error).restore(py);
                std::ptr::null_mut()
            }
        }
    }
}

/// The bytes of a text; none with an exception set.
unsafe fn text<'a>(object: *mut PyObject) -> Option<&'a [u8]> {
    // SAFETY: the object is live, and not null: it is an argument.
    unsafe {
        let bytes = utf8_of(object);
        if bytes.is_none() && ffi::PyUnicode_Check(object) == 0 {
            refuse("version_compare() takes two texts (str)");
        }
        bytes
    }
}

/// Sets a `TypeError` and gives the null that goes with it.
unsafe fn refuse(message: &str) -> *mut PyObject {
    // SAFETY: only called by functions that Python called while attached.
    let py = unsafe { Python::assume_attached() };
    PyTypeError::new_err(message.to_owned()).restore(py);
    std::ptr::null_mut()
}
