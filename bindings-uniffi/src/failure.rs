//! Errors.

use std::fmt;

use reposnap::{Error, Kind};

/// A failure of the library. UniFFI wants its errors to be enums; this one has one variant.
#[derive(Clone, Debug, uniffi::Error)]
pub enum ReposnapError {
    /// What failed.
    Failed {
        /// The word of the kind, such as `not-found`.
        kind: String,
        /// A sentence.
        message: String,
        /// The whole failure in one line: place, sentence and advice.
        text: String,
        /// The file, URL, object or REV at fault.
        path: Option<String>,
        /// The line at fault, from 1.
        line: Option<u64>,
        /// The field at fault.
        field: Option<String>,
        /// The rule that was broken, such as `future-signature`.
        rule: Option<String>,
        /// What had to be.
        expected: Option<String>,
        /// What was found.
        found: Option<String>,
        /// What to do about it.
        help: Option<String>,
    },
}

impl From<Error> for ReposnapError {
    fn from(error: Error) -> Self {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Self::Failed {
            kind: error.kind().as_str().to_owned(),
            message: error.message().to_owned(),
            text: error.to_string(),
            path: own(error.at_path()),
            line: error.at_line(),
            field: own(error.at_field()),
            rule: own(error.broken_rule()),
            expected: own(error.expected()),
            found: own(error.found()),
            help: own(error.advice()),
        }
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ReposnapError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Error::new(Kind::Cancelled, format!("the progress callback failed: {}", error.reason)).into()
    }
}

impl fmt::Display for ReposnapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Failed { text, .. } = self;
        f.write_str(text)
    }
}

impl std::error::Error for ReposnapError {}
