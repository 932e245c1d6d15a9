//! A text, a shell pattern or a regular expression: what may stand wherever preferences have a string.

use regex::bytes::Regex;

use super::glob;
use super::posix::{self, Fault};

/// The longest pattern, in bytes.
pub(super) const MAX_LENGTH: usize = 1024;

/// What a value is compared with, letters of either case being the same.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// It has nothing that stands for something else.
    Plain(String),
    Glob(String),
    /// Written between slashes.
    Regex(Regex),
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > MAX_LENGTH {
            return Err(Fault::Unsupported("it is longer than 1024 bytes"));
        }
        if text.starts_with('/') && text.ends_with('/') {
            // A single slash is an empty expression to apt, which finds itself everywhere.
            return posix::compile(text.get(1..text.len() - 1).unwrap_or_default()).map(Self::Regex);
        }
        let is_glob = text.contains(['*', '?', '[', '\\']);
        Ok(if is_glob { Self::Glob(text.to_owned()) } else { Self::Plain(text.to_owned()) })
    }

    pub(super) fn matches(&self, value: &str) -> bool {
        match self {
            Self::Plain(text) => text.eq_ignore_ascii_case(value),
            Self::Glob(text) => text == value || glob::matches(text.as_bytes(), value.as_bytes(), true),
            Self::Regex(regex) => regex.is_match(value.as_bytes()),
        }
    }

    /// The same for a field that may be absent, which is empty then and never matches.
    pub(super) fn matches_field(&self, value: &str) -> bool {
        !value.is_empty() && self.matches(value)
    }
}
