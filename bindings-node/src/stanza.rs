//! Fields of a stanza, for packages that a walk found.

use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use reposnap::deb::stanza::{Field, Stanza};
use serde::Serialize;

use crate::outcome;

/// The value of the field `name`, of any case, as the outcome of a string or null.
#[napi]
pub fn stanza_field(text: Uint8Array, name: String) -> String {
    outcome::guard(|| {
        let stanza = Stanza::parse(&text)?;
        outcome::json(&stanza.get(&name).map(String::from_utf8_lossy))
    })
}

/// The fields in order, as the outcome of an array of `Field`.
#[napi]
pub fn stanza_fields(text: Uint8Array) -> String {
    outcome::guard(|| outcome::json(&Stanza::parse(&text)?.fields().map(Told::new).collect::<Vec<_>>()))
}

/// The document `Field`.
#[derive(Serialize)]
struct Told<'a> {
    name: std::borrow::Cow<'a, str>,
    value: std::borrow::Cow<'a, str>,
}

impl<'a> Told<'a> {
    fn new(field: Field<'a>) -> Self {
        Self { name: String::from_utf8_lossy(field.name), value: String::from_utf8_lossy(field.value) }
    }
}
