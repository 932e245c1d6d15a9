//! One error for the whole library: a stable kind, a sentence, and the place.

use std::fmt;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// The result of everything here that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of failure an [`Error`] is.
///
/// The words (see [`Kind::as_str`]) are stable: they are the same in every
/// language and in `--json`, and none is ever given a second meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// An argument, a query or a configuration that can't be understood.
    Usage,
    /// Bytes from outside that break their format.
    Malformed,
    /// A signature, digest, date or other rule of verification does not hold.
    Verification,
    /// An explicit limit (size, count, depth) was passed.
    Limit,
    /// A named thing does not exist.
    NotFound,
    /// A named thing exists already, with other content.
    AlreadyExists,
    /// Somebody else moved the same reference first.
    Conflict,
    /// The network or a server failed.
    Network,
    /// A file or the object store failed.
    Io,
    /// The store may not be written.
    ReadOnly,
    /// The store or a file in it has a format that this version can't handle.
    Format,
    /// What is asked for is not supported.
    Unsupported,
    /// Packages that are asked for can't be installed together.
    Unsatisfiable,
    /// The caller cancelled the work.
    Cancelled,
    /// A defect of this library.
    Internal,
}

impl Kind {
    /// The stable word of this kind.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Usage => "usage",
            Kind::Malformed => "malformed",
            Kind::Verification => "verification",
            Kind::Limit => "limit",
            Kind::NotFound => "not-found",
            Kind::AlreadyExists => "already-exists",
            Kind::Conflict => "conflict",
            Kind::Network => "network",
            Kind::Io => "io",
            Kind::ReadOnly => "read-only",
            Kind::Format => "format",
            Kind::Unsupported => "unsupported",
            Kind::Unsatisfiable => "unsatisfiable",
            Kind::Cancelled => "cancelled",
            Kind::Internal => "internal",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A failure: its [`Kind`], a sentence, and where it happened.
///
/// ```
/// use reposnap::{Error, Kind};
/// let error = Error::new(Kind::Malformed, "a stanza has no Package field")
///     .path("dists/stable/main/binary-amd64/Packages")
///     .line(17)
///     .help("tell the repository's owner");
/// assert_eq!(error.kind(), Kind::Malformed);
/// assert_eq!(
///     error.to_string(),
///     "dists/stable/main/binary-amd64/Packages:17: a stanza has no Package field (tell the repository's owner)"
/// );
/// ```
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    message: String,
    path: Option<String>,
    line: Option<u64>,
    field: Option<String>,
    rule: Option<&'static str>,
    expected: Option<String>,
    found: Option<String>,
    help: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A failure of `kind`, told in one sentence without a full stop.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            path: None,
            line: None,
            field: None,
            rule: None,
            expected: None,
            found: None,
            help: None,
            source: None,
        }))
    }

    /// A failure of a file operation on `path`.
    pub fn io(path: impl fmt::Display, source: std::io::Error) -> Self {
        let kind = match source.kind() {
            std::io::ErrorKind::NotFound => Kind::NotFound,
            std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => Kind::ReadOnly,
            _ => Kind::Io,
        };
        Self::new(kind, source.to_string()).path(path.to_string()).source(source)
    }

    /// Names the file, URL or object at fault. The innermost path wins.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.0.path.get_or_insert_with(|| path.into());
        self
    }

    /// Names the line at fault, counted from 1.
    #[must_use]
    pub fn line(mut self, line: u64) -> Self {
        self.0.line.get_or_insert(line);
        self
    }

    /// Names the field at fault.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.0.field.get_or_insert_with(|| field.into());
        self
    }

    /// Names the rule that was broken, a stable word such as `future-signature`.
    #[must_use]
    pub fn rule(mut self, rule: &'static str) -> Self {
        self.0.rule.get_or_insert(rule);
        self
    }

    /// Says what had to be and what was.
    #[must_use]
    pub fn mismatch(mut self, expected: impl Into<String>, found: impl Into<String>) -> Self {
        self.0.expected = Some(expected.into());
        self.0.found = Some(found.into());
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help.get_or_insert_with(|| help.into());
        self
    }

    /// Keeps the failure underneath.
    #[must_use]
    pub fn source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The kind of failure.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The sentence alone, without place and advice.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The file, URL or object at fault.
    pub fn at_path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The line at fault, counted from 1.
    pub fn at_line(&self) -> Option<u64> {
        self.0.line
    }

    /// The field at fault.
    pub fn at_field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The rule that was broken.
    pub fn broken_rule(&self) -> Option<&'static str> {
        self.0.rule
    }

    /// What had to be.
    pub fn expected(&self) -> Option<&str> {
        self.0.expected.as_deref()
    }

    /// What was found.
    pub fn found(&self) -> Option<&str> {
        self.0.found.as_deref()
    }

    /// What to do about it.
    pub fn advice(&self) -> Option<&str> {
        self.0.help.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(path) = &inner.path {
            write!(f, "{path}:")?;
            if let Some(line) = inner.line {
                write!(f, "{line}:")?;
            }
            f.write_str(" ")?;
        } else if let Some(line) = inner.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(field) = &inner.field {
            write!(f, "{field}: ")?;
        }
        f.write_str(&inner.message)?;
        if let (Some(expected), Some(found)) = (&inner.expected, &inner.found) {
            write!(f, ": expected {expected}, found {found}")?;
        }
        if let Some(rule) = inner.rule {
            write!(f, " [{rule}]")?;
        }
        if let Some(help) = &inner.help {
            write!(f, " ({help})")?;
        }
        Ok(())
    }
}

impl Serialize for Error {
    /// As scripts see it: the document `Error` of `docs/JSON.md`. Fields that it lacks are left out.
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.kind().as_str())?;
        map.serialize_entry("message", self.message())?;
        let mut add = |name: &str, value: Option<&str>| match value {
            Some(value) => map.serialize_entry(name, value),
            None => Ok(()),
        };
        add("path", self.at_path())?;
        add("field", self.at_field())?;
        add("rule", self.broken_rule())?;
        add("expected", self.expected())?;
        add("found", self.found())?;
        add("help", self.advice())?;
        if let Some(line) = self.at_line() {
            map.serialize_entry("line", &line)?;
        }
        map.end()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
