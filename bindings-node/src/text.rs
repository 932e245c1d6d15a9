//! Short texts as arguments, read with one question to Node instead of two, and without memory of their own: sorting
//! versions asks for a million.

use napi::bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue, ValueType};
use napi::{check_status, sys};

/// What a version has room in; Debian's longest has 59 bytes.
const ROOM: usize = 96;
/// The most bytes of a character, and the NUL that Node ends a text with.
const REST: usize = 4 + 1;

/// A text, as UTF-8.
pub enum Text {
    /// The bytes and how many of them count.
    Short([u8; ROOM], usize),
    /// One that is too long for that.
    Long(String),
}

impl Text {
    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short(bytes, length) => &bytes[..*length],
            Self::Long(text) => text.as_bytes(),
        }
    }
}

impl TypeName for Text {
    fn type_name() -> &'static str {
        "String"
    }

    fn value_type() -> ValueType {
        ValueType::String
    }
}

impl ValidateNapiValue for Text {}

impl FromNapiValue for Text {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let mut bytes = [0; ROOM];
        let mut length = 0;
        // SAFETY: `env` and `value` are those of the call that Node makes, as this function's own contract has it; the
        // pointer is to `ROOM` bytes that live until it returns, and it writes no more than that.
        let status =
            unsafe { sys::napi_get_value_string_utf8(env, value, bytes.as_mut_ptr().cast(), bytes.len(), &mut length) };
        check_status!(status, "a string was expected")?;
        // Node leaves out a character that does not fit as a whole: then there may be more.
        if length + REST > ROOM {
            // SAFETY: the same.
            return unsafe { String::from_napi_value(env, value) }.map(Self::Long);
        }
        Ok(Self::Short(bytes, length))
    }
}
