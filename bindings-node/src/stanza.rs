//! Fields of a stanza, for packages that a walk found. They are asked for by the ten thousand: what is given is given as it
//! is, and only an error is an outcome, which is thrown.

use std::borrow::Cow;

use napi::bindgen_prelude::Uint8ArraySlice;
use napi_derive::napi;
use reposnap::deb::stanza::{Field, Stanza};
use reposnap::{Error, Kind, Result};
use serde::Serialize;

use crate::outcome;

/// The value of the field `name`, of any case, in the stanza from `start` to `end` of `text`; throws the outcome of a failure.
#[napi(catch_unwind)]
pub fn stanza_field(text: Uint8ArraySlice, start: u32, end: u32, name: String) -> napi::Result<Option<String>> {
    let value = stanza(&text, start, end).map(|stanza| stanza.get(&name).map(owned));
    value.map_err(|error| napi::Error::from_reason(outcome::of(Err(error))))
}

/// The fields in order, as the outcome of an array of `Field`.
#[napi]
pub fn stanza_fields(text: Uint8ArraySlice, start: u32, end: u32) -> String {
    outcome::guard(|| outcome::json(&stanza(&text, start, end)?.fields().map(Told::new).collect::<Vec<_>>()))
}

fn stanza(text: &[u8], start: u32, end: u32) -> Result<Stanza<'_>> {
    let part = text.get(start as usize..end as usize);
    Stanza::parse(part.ok_or_else(|| Error::new(Kind::Internal, "a stanza is outside of its batch"))?)
}

fn owned(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}

/// The document `Field`.
#[derive(Serialize)]
struct Told<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
}

impl<'a> Told<'a> {
    fn new(field: Field<'a>) -> Self {
        Self { name: String::from_utf8_lossy(field.name), value: String::from_utf8_lossy(field.value) }
    }
}
