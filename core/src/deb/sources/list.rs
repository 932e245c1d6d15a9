//! The format of one line each.

use super::entry::{distinct, parse_suite, parse_uri};
use super::options::{Change, long_name};
use super::{SignedBy, SourceEntry, SourceKind, SourceOptions, malformed};
use crate::error::Result;

pub(super) fn parse(file: &str, text: &[u8], architecture: &str) -> Result<Vec<SourceEntry>> {
    let mut entries = Vec::new();
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let number = index as u64 + 1;
        let place = |error: crate::Error| error.path(file).line(number);
        let line = std::str::from_utf8(line).map_err(|_| place(malformed("the line is not UTF-8")))?;
        let (entry, comment) = split_comment(line);
        let mut push = |entry: Option<Parsed>, enabled: bool| {
            let Some(Parsed { kind, uri, suite, components, signed_by, options }) = entry else { return };
            let file = file.to_owned();
            entries.push(SourceEntry { kind, uri, suite, components, signed_by, options, enabled, file, line: number });
        };
        if entry.trim().is_empty() {
            // A comment that would be an entry is one that somebody switched off; any other is prose.
            let (disabled, _) = split_comment(comment.trim_start_matches('#'));
            push(parse_line(disabled, architecture).ok().flatten(), false);
        } else {
            push(parse_line(entry, architecture).map_err(place)?, true);
        }
    }
    Ok(entries)
}

struct Parsed {
    kind: SourceKind,
    uri: String,
    suite: String,
    components: Vec<String>,
    signed_by: Vec<SignedBy>,
    options: SourceOptions,
}

/// Splits a line where its comment begins. A `#` in brackets, as in the name of a disc, begins none.
fn split_comment(line: &str) -> (&str, &str) {
    let mut depth = 0u32;
    for (at, character) in line.char_indices() {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '#' if depth == 0 => return line.split_at(at),
            _ => {}
        }
    }
    (line, "")
}

fn parse_line(line: &str, architecture: &str) -> Result<Option<Parsed>> {
    let mut rest = line.trim_ascii();
    let Some(kind) = rest.split_ascii_whitespace().next() else { return Ok(None) };
    rest = rest[kind.len()..].trim_ascii_start();
    let kind = SourceKind::parse(kind)?;
    let mut options = SourceOptions::default();
    let mut signed_by = Vec::new();
    if let Some(inner) = rest.strip_prefix('[') {
        rest = parse_options(inner, &mut options, &mut signed_by)?;
    }
    let uri = next_word(&mut rest)?.ok_or_else(|| malformed("the entry has no URI"))?;
    let uri = parse_uri(&uri, architecture)?;
    let suite = next_word(&mut rest)?.ok_or_else(|| malformed("the entry has no suite"))?;
    let mut words = Vec::new();
    while let Some(word) = next_word(&mut rest)? {
        words.push(word);
    }
    let components = distinct(words.iter().map(|word| &**word));
    let suite = parse_suite(&suite, &components, architecture)?;
    Ok(Some(Parsed { kind, uri, suite, components, signed_by, options }))
}

/// Reads options up to the closing bracket, behind the opening one; what follows it.
fn parse_options<'a>(text: &'a str, options: &mut SourceOptions, keys: &mut Vec<SignedBy>) -> Result<&'a str> {
    let mut rest = text.trim_ascii_start();
    loop {
        if let Some(after) = rest.strip_prefix(']') {
            return Ok(after.trim_ascii_start());
        }
        let mut quoted = false;
        let end = rest.find(|character: char| {
            quoted ^= character == '"';
            !quoted && (character == ']' || character.is_ascii_whitespace())
        });
        let end = end.ok_or_else(|| malformed("the options have no closing bracket"))?;
        let (option, after) = rest.split_at(end);
        rest = after.trim_ascii_start();
        let (name, value) = option
            .split_once('=')
            .ok_or_else(|| malformed(format!("the option {option:?} is not a name, an equals sign and a value")))?;
        let (name, change) = match (name.strip_suffix('+'), name.strip_suffix('-')) {
            (Some(name), _) => (name, Change::Add),
            (_, Some(name)) => (name, Change::Remove),
            _ => (name, Change::Set),
        };
        let value = value.replace('"', "");
        if name.is_empty() || value.is_empty() {
            return Err(malformed(format!("the option {option:?} has no name or no value")));
        }
        let known = match long_name(name) {
            Some(long) => options.set(long, change, &value, keys).map_err(|error| error.field(name))?,
            None => false,
        };
        if !known {
            // The name with its sign, as it is written.
            let name = option.split_once('=').map_or(name, |(name, _)| name);
            options.others.push((name.to_owned(), value));
        }
    }
}

/// Takes the next word: quotes and brackets hold it together, and `%20` stands for a space.
fn next_word(rest: &mut &str) -> Result<Option<String>> {
    let text = rest.trim_ascii_start();
    let (mut quoted, mut depth) = (false, 0u32);
    let end = text.find(|character: char| {
        match character {
            '"' => quoted = !quoted,
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => return !quoted && depth == 0 && character.is_ascii_whitespace(),
        }
        false
    });
    let (word, after) = text.split_at(end.unwrap_or(text.len()));
    if end.is_none() && (quoted || depth > 0) {
        return Err(malformed(format!("a quote or a bracket in {word:?} has no end")));
    }
    *rest = after;
    if word.is_empty() {
        return Ok(None);
    }
    decode(&word.replace('"', "")).map(Some)
}

fn decode(word: &str) -> Result<String> {
    if !word.contains('%') {
        return Ok(word.to_owned());
    }
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let value = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match value.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| malformed(format!("{word:?} does not stand for UTF-8")))
}
