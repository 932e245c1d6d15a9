//! One package of a lock.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::check;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::resolve::DepKind;

/// A package that is locked: exactly one build of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Locked {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture, or `all`.
    pub architecture: String,
    /// The size of its file in bytes.
    pub size: u64,
    /// The SHA-256 of its file.
    pub sha256: Digest,
    /// The path of its file below the archive's root.
    #[serde(rename = "filename")]
    pub file: String,
    /// The source package that it was built from.
    pub source: String,
    /// The version of the source package.
    pub source_version: String,
    /// The list that it came from: the release's codename (its suite where it has none), a slash, the component.
    #[serde(rename = "origin", skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The snapshot that it is in, where that is not the one of the head.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<Digest>,
    /// Whether it came along with others; false for what was asked for.
    pub automatic: bool,
    /// What brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl Locked {
    /// A package of which the least is said; the rest is up to the caller.
    pub fn new(name: &str, version: &str, architecture: &str, size: u64, sha256: Digest, file: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            architecture: architecture.to_owned(),
            size,
            sha256,
            file: file.to_owned(),
            source: name.to_owned(),
            source_version: version.to_owned(),
            from: None,
            snapshot: None,
            automatic: false,
            reason: None,
        }
    }

    /// The architecture that it is installed for: a package of `all` belongs to the machine's own.
    pub(super) fn home<'a>(&'a self, native: &'a str) -> &'a str {
        if self.architecture == "all" { native } else { &self.architecture }
    }

    /// It in the words of apt: its name, and its architecture where that is a foreign one.
    pub fn apt_name(&self, native: &str) -> String {
        match self.home(native) {
            home if home == native => self.name.clone(),
            home => format!("{}:{home}", self.name),
        }
    }

    /// Whether its source package has its name and version, so that nothing needs to be said of it.
    pub(super) fn is_its_own_source(&self) -> bool {
        self.source == self.name && self.source_version == self.version
    }

    /// Fails with the field that can't be written.
    pub(super) fn check(&self) -> Result<()> {
        let at = |field: &'static str| move |error: Error| error.field(field);
        check::name(&self.name).map_err(at("Package"))?;
        check::version(&self.version).map_err(at("Version"))?;
        check::architecture(&self.architecture).map_err(at("Architecture"))?;
        check::path(&self.file).map_err(at("Filename"))?;
        check::name(&self.source).and_then(|()| check::version(&self.source_version)).map_err(at("Source"))?;
        if let Some(from) = &self.from {
            check::line(from).map_err(at("From"))?;
        }
        if let Some(reason) = &self.reason {
            check::line(&reason.relation).and_then(|()| check::package(&reason.of)).map_err(at("Reason"))?;
        }
        Ok(())
    }
}

/// What brought a package: a relation of another.
///
/// ```
/// use reposnap::resolve::lockfile::Reason;
/// let reason: Reason = "Depends libc6 (>= 2.36) of git".parse()?;
/// assert_eq!((reason.relation.as_str(), reason.of.as_str()), ("libc6 (>= 2.36)", "git"));
/// assert_eq!(reason.to_string(), "Depends libc6 (>= 2.36) of git");
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reason {
    /// The field that the relation stands in.
    #[serde(serialize_with = "field_name")]
    pub field: DepKind,
    /// The relation, all its alternatives: `default-mta | mail-transport-agent`.
    pub relation: String,
    /// The package that has it, in the words of apt.
    pub of: String,
}

impl Reason {
    pub(super) fn new(field: DepKind, relation: String, of: String) -> Self {
        Self { field, relation, of }
    }
}

fn field_name<S: serde::Serializer>(field: &DepKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(field.as_str())
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} of {}", self.field.as_str(), self.relation, self.of)
    }
}

impl FromStr for Reason {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_once(' ').and_then(|(field, rest)| {
            let field = DepKind::ALL.into_iter().find(|kind| kind.as_str() == field)?;
            let (relation, of) = rest.rsplit_once(" of ")?;
            Some(Self::new(field, relation.to_owned(), of.to_owned()))
        });
        parts.ok_or_else(|| {
            Error::new(Kind::Malformed, format!("{text:?} does not read like \"Depends a (>= 1) of b\""))
        })
    }
}
