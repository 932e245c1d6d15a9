//! Requests from the arguments of C.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use reposnap::{Error, Kind, Result};
use serde_json::{Map, Value};

use crate::text::text;

/// A name with a value.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct reposnap_pair {
    /// The name; NULL in the pair that ends an array of them.
    pub name: *const c_char,
    /// The value.
    pub value: *const c_char,
}

/// How many strings an array may have.
const MOST: usize = 1 << 20;
/// No struct that a caller hands over is larger, now or later.
const LARGEST: usize = 4096;

/// A struct of the caller's that later versions may add fields to.
///
/// # Safety
/// Its first field is its size as a `usize`, and a value of it whose bytes are all 0 is valid.
pub(crate) unsafe trait Growing: Copy {}

/// Reads as much of a struct as its caller knows; the rest is 0, which is not given.
///
/// # Safety
/// `place` is NULL or points to a struct whose first `size` bytes can be read.
pub(crate) unsafe fn sized<T: Growing>(place: *const T, name: &str) -> Result<Option<T>> {
    if place.is_null() {
        return Ok(None);
    }
    // SAFETY: the first field of T is its size.
    let size = unsafe { place.cast::<usize>().read() };
    if !(size_of::<usize>()..=LARGEST).contains(&size) {
        let help = "begin it with REPOSNAP_INIT";
        return Err(Error::new(Kind::Usage, "it has no size").field(name).help(help));
    }
    let known = size.min(size_of::<T>());
    // SAFETY: the caller promises that `size` bytes can be read.
    let bytes = unsafe { std::slice::from_raw_parts(place.cast::<MaybeUninit<u8>>(), size) };
    // SAFETY: whoever knows a larger struct has begun it with zeros, so these bytes are written.
    if bytes[known..].iter().any(|byte| unsafe { byte.assume_init() } != 0) {
        let help = "the program was built for a later version of reposnap: install that";
        return Err(Error::new(Kind::Unsupported, "it sets what this version does not know").field(name).help(help));
    }
    let mut value = MaybeUninit::<T>::zeroed();
    // SAFETY: both have `known` bytes, and they are not the same.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), value.as_mut_ptr().cast(), known) };
    // SAFETY: zeros are a valid T, and so is what the caller wrote over them.
    Ok(Some(unsafe { value.assume_init() }))
}

/// A request that is filled from arguments. What is NULL is not given.
#[derive(Default)]
pub(crate) struct Request(Map<String, Value>);

impl Request {
    pub(crate) fn value(self) -> Value {
        Value::Object(self.0)
    }

    /// A string that must be there.
    ///
    /// # Safety
    /// `value` is NULL or ends with NUL.
    pub(crate) unsafe fn string(&mut self, name: &str, value: *const c_char) -> Result<()> {
        // SAFETY: as the caller promises.
        let value = unsafe { text(value, name)? };
        self.0.insert(name.to_owned(), value.into());
        Ok(())
    }

    /// Strings that must be there.
    ///
    /// # Safety
    /// `values` is NULL or an array of strings that ends with NULL.
    pub(crate) unsafe fn strings(&mut self, name: &str, values: *const *const c_char) -> Result<()> {
        if values.is_null() {
            return Err(Error::new(Kind::Usage, "it is NULL").field(name).help("no strings are an array of one NULL"));
        }
        let mut list = Vec::new();
        // SAFETY: the array goes on until its NULL.
        while let value = unsafe { *values.add(list.len()) }
            && !value.is_null()
        {
            if list.len() == MOST {
                let message = format!("it has more than {MOST} strings");
                return Err(Error::new(Kind::Limit, message).field(name).help("end the array with NULL"));
            }
            // SAFETY: each ends with NUL.
            list.push(Value::from(unsafe { text(value, name)? }));
        }
        self.0.insert(name.to_owned(), list.into());
        Ok(())
    }

    /// A string, unless it is NULL.
    ///
    /// # Safety
    /// As for [`Request::string`].
    pub(crate) unsafe fn optional_string(&mut self, name: &str, value: *const c_char) -> Result<()> {
        // SAFETY: as the caller promises.
        if value.is_null() { Ok(()) } else { unsafe { self.string(name, value) } }
    }

    /// Strings, unless they are NULL.
    ///
    /// # Safety
    /// As for [`Request::strings`].
    pub(crate) unsafe fn optional_strings(&mut self, name: &str, values: *const *const c_char) -> Result<()> {
        // SAFETY: as the caller promises.
        if values.is_null() { Ok(()) } else { unsafe { self.strings(name, values) } }
    }

    /// Pairs, unless they are NULL.
    ///
    /// # Safety
    /// `pairs` is NULL or an array that ends with a pair whose name is NULL.
    pub(crate) unsafe fn optional_pairs(&mut self, name: &str, pairs: *const reposnap_pair) -> Result<()> {
        if pairs.is_null() {
            return Ok(());
        }
        let mut map = Map::new();
        for index in 0..MOST {
            // SAFETY: the array goes on until the pair without a name.
            let pair = unsafe { *pairs.add(index) };
            if pair.name.is_null() {
                self.0.insert(name.to_owned(), map.into());
                return Ok(());
            }
            // SAFETY: both end with NUL or are NULL.
            let (key, value) = unsafe { (text(pair.name, name)?, text(pair.value, name)?) };
            if map.insert(key.to_owned(), value.into()).is_some() {
                return Err(Error::new(Kind::Usage, format!("it has {key:?} twice")).field(name));
            }
        }
        Err(Error::new(Kind::Limit, format!("it has more than {MOST} pairs")).field(name))
    }

    /// A number, unless it is NULL.
    ///
    /// # Safety
    /// `value` is NULL or can be read.
    pub(crate) unsafe fn optional_integer(&mut self, name: &str, value: *const u64) -> Result<()> {
        if !value.is_null() {
            // SAFETY: it is not NULL, and as the caller promises.
            self.0.insert(name.to_owned(), unsafe { *value }.into());
        }
        Ok(())
    }

    /// True, or not given.
    pub(crate) fn optional_boolean(&mut self, name: &str, value: bool) {
        if value {
            self.0.insert(name.to_owned(), true.into());
        }
    }
}
