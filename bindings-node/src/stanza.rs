//! Fields of a stanza, for packages that a walk found. They are asked for by the ten thousand: what is given is given as it
//! is, and only an error is an outcome, which is thrown.

use std::borrow::Cow;

use napi::bindgen_prelude::{Int32Array, Uint8ArraySlice, Uint32ArraySlice};
use napi_derive::napi;
use reposnap::deb::stanza::{Field, Selection, Stanza, Stanzas};
use reposnap::{Error, Kind, Result};
use serde::Serialize;

use crate::outcome;

/// The value of the field `name`, of any case, in the stanza from `start` to `end` of `text`; throws the outcome of a failure.
#[napi(catch_unwind)]
pub fn stanza_field(text: Uint8ArraySlice, start: u32, end: u32, name: String) -> napi::Result<Option<String>> {
    let value = stanza(&text, start, end).map(|stanza| stanza.get(&name).map(owned));
    value.map_err(|error| napi::Error::from_reason(outcome::of(Err(error))))
}

/// A field of every stanza of a batch.
#[napi(object)]
pub struct Column {
    /// The values, with nothing between.
    pub text: String,
    /// Where each ends in `text`, in UTF-16 code units; for a stanza without the field, that with all its bits turned.
    pub ends: Int32Array,
}

/// The values of the field `name`, of any case, in all the stanzas of `text`, which end at `ends`; throws the outcome of a
/// failure.
#[napi(catch_unwind)]
pub fn stanza_column(text: Uint8ArraySlice, ends: Uint32ArraySlice, name: String) -> napi::Result<Column> {
    column(&text, &ends, &name).map_err(|error| napi::Error::from_reason(outcome::of(Err(error))))
}

fn column(text: &[u8], stanza_ends: &[u32], name: &str) -> Result<Column> {
    let selection = Selection::new([name]);
    let (mut values, mut ends) = (String::new(), Vec::with_capacity(stanza_ends.len()));
    let (mut start, mut end) = (0, 0i32);
    for &stanza_end in stanza_ends {
        let found = Stanzas::new(part(text, start, stanza_end)?).select(&selection).next().transpose()?;
        start = stanza_end;
        let Some((_, [Some(value)])) = found else {
            ends.push(!end);
            continue;
        };
        let value = String::from_utf8_lossy(value);
        let length = if value.is_ascii() { value.len() } else { value.encode_utf16().count() };
        let sum = i32::try_from(length).ok().and_then(|length| end.checked_add(length));
        end = sum.ok_or_else(|| Error::new(Kind::Limit, "the stanzas of a batch are too long"))?;
        values.push_str(&value);
        ends.push(end);
    }
    Ok(Column { text: values, ends: Int32Array::new(ends) })
}

/// The fields in order, as the outcome of an array of `Field`.
#[napi]
pub fn stanza_fields(text: Uint8ArraySlice, start: u32, end: u32) -> String {
    outcome::guard(|| outcome::json(&stanza(&text, start, end)?.fields().map(Told::new).collect::<Vec<_>>()))
}

fn stanza(text: &[u8], start: u32, end: u32) -> Result<Stanza<'_>> {
    Stanza::parse(part(text, start, end)?)
}

fn part(text: &[u8], start: u32, end: u32) -> Result<&[u8]> {
    let part = text.get(start as usize..end as usize);
    part.ok_or_else(|| Error::new(Kind::Internal, "a stanza is outside of its batch"))
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
