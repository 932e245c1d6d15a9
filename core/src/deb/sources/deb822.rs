//! The format of stanzas.

use super::entry::{distinct, parse_suite, parse_uri};
use super::options::Change;
use super::{SourceEntry, SourceKind, SourceOptions, malformed};
use crate::deb::release::parse_flag;
use crate::deb::stanza::{Stanza, Stanzas};
use crate::error::{Error, Result};

pub(super) fn parse(file: &str, text: &[u8], architecture: &str) -> Result<Vec<SourceEntry>> {
    let (plain, lines) = without_comments(text);
    let original = |line: u64| lines.get(line.saturating_sub(1) as usize).copied().unwrap_or(line);
    let mut entries = Vec::new();
    for stanza in Stanzas::new(&plain) {
        let stanza = stanza.map_err(|error| relocate(error, original).path(file))?;
        let line = original(stanza.line());
        let parsed = parse_stanza(&stanza, architecture).map_err(|error| error.path(file).line(line))?;
        entries.extend(parsed.into_iter().map(|entry| SourceEntry { file: file.to_owned(), line, ..entry }));
    }
    Ok(entries)
}

/// Drops what apt does not see in source files: lines that begin with `#`, also within a field, and lines of spaces.
/// With the text comes the number that each line had.
fn without_comments(text: &[u8]) -> (Vec<u8>, Vec<u64>) {
    let mut plain = Vec::with_capacity(text.len());
    let mut lines = Vec::new();
    for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let spaces = matches!(line[0], b' ' | b'\t') && line.trim_ascii().is_empty();
        if line[0] != b'#' && !spaces {
            plain.extend_from_slice(line);
            lines.push(index as u64 + 1);
        }
    }
    (plain, lines)
}

fn relocate(error: Error, original: impl Fn(u64) -> u64) -> Error {
    let Some(line) = error.at_line() else { return error };
    Error::new(error.kind(), error.message()).line(original(line))
}

fn parse_stanza(stanza: &Stanza<'_>, architecture: &str) -> Result<Vec<SourceEntry>> {
    let types = value(stanza, "Types")?.ok_or_else(|| malformed("the stanza has no Types"))?;
    let kinds: Vec<_> = types.split_ascii_whitespace().map(SourceKind::parse).collect::<Result<_>>()?;
    // As apt, take what is not clearly a no for a yes.
    let enabled = value(stanza, "Enabled")?.and_then(parse_flag) != Some(false);
    match parse_places(stanza, architecture, &kinds, enabled) {
        // Nothing of a stanza that is switched off need be right but its types.
        Err(_) if !enabled => Ok(Vec::new()),
        result => result,
    }
}

fn parse_places(
    stanza: &Stanza<'_>,
    architecture: &str,
    kinds: &[SourceKind],
    enabled: bool,
) -> Result<Vec<SourceEntry>> {
    let words = |name: &'static str| -> Result<Vec<String>> {
        Ok(distinct(value(stanza, name)?.unwrap_or_default().split_ascii_whitespace()))
    };
    let (uris, suites, components) = (words("URIs")?, words("Suites")?, words("Components")?);
    for (list, name) in [(&uris, "URIs"), (&suites, "Suites")] {
        if list.is_empty() {
            return Err(malformed(format!("the stanza has no {name}")));
        }
    }
    let mut options = SourceOptions::default();
    let mut signed_by = Vec::new();
    for field in stanza.fields() {
        let name = text(field.name)?;
        if PLACE_FIELDS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            continue;
        }
        let value = text(field.value).map_err(|error| error.field(name))?;
        let (stem, change) = match (strip_suffix(name, "-Add"), strip_suffix(name, "-Remove")) {
            (Some(stem), _) => (stem, Change::Add),
            (_, Some(stem)) => (stem, Change::Remove),
            _ => (name, Change::Set),
        };
        if !options.set(stem, change, value, &mut signed_by).map_err(|error| error.field(name))? {
            options.others.push((name.to_owned(), value.to_owned()));
        }
    }
    let mut entries = Vec::new();
    for uri in &uris {
        let uri = parse_uri(uri, architecture).map_err(|error| error.field("URIs"))?;
        for suite in &suites {
            let suite = parse_suite(suite, &components, architecture).map_err(|error| error.field("Suites"))?;
            entries.extend(kinds.iter().map(|kind| SourceEntry {
                kind: *kind,
                uri: uri.clone(),
                suite: suite.clone(),
                components: components.clone(),
                signed_by: signed_by.clone(),
                options: options.clone(),
                enabled,
                file: String::new(),
                line: 0,
            }));
        }
    }
    Ok(entries)
}

/// The fields that say where a source is, and are no options.
const PLACE_FIELDS: [&str; 5] = ["Types", "URIs", "Suites", "Components", "Enabled"];

fn value<'a>(stanza: &Stanza<'a>, name: &'static str) -> Result<Option<&'a str>> {
    stanza.get(name).map(|value| text(value).map_err(|error| error.field(name))).transpose()
}

fn text(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| malformed("the text is not UTF-8"))
}

fn strip_suffix<'a>(name: &'a str, suffix: &str) -> Option<&'a str> {
    let (stem, end) = name.split_at_checked(name.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(stem)
}
