//! The rules of acceptance, each with the stable name that errors carry.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Kind, Result};

/// One rule that a Release must keep to be accepted. All can be relaxed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ReleaseRule {
    /// There is a Date.
    DateRequired,
    /// The Date is not in the future.
    FutureDate,
    /// Valid-Until has not passed.
    ValidUntil,
    /// Without Valid-Until, the Date is not further back than the source's `max_age`.
    MaxAge,
    /// The Suite or the Codename is what was asked for. A Release that has neither is accepted with a note.
    SuiteMismatch,
    /// The Date is not before that of the Release accepted last.
    Rollback,
    /// A Release of the same Date is the same.
    SameDate,
    /// The Origin is that of the Release accepted last.
    OriginChanged,
    /// The Label is that of the Release accepted last.
    LabelChanged,
    /// The Codename is that of the Release accepted last.
    CodenameChanged,
}

impl ReleaseRule {
    /// Every rule, in the order in which they are checked.
    pub const ALL: &[Self] = &[
        Self::DateRequired,
        Self::FutureDate,
        Self::ValidUntil,
        Self::MaxAge,
        Self::SuiteMismatch,
        Self::Rollback,
        Self::SameDate,
        Self::OriginChanged,
        Self::LabelChanged,
        Self::CodenameChanged,
    ];

    /// The stable name of this rule, as [`Error::broken_rule`] gives it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DateRequired => "date-required",
            Self::FutureDate => "future-date",
            Self::ValidUntil => "valid-until",
            Self::MaxAge => "max-age",
            Self::SuiteMismatch => "suite-mismatch",
            Self::Rollback => "rollback",
            Self::SameDate => "same-date",
            Self::OriginChanged => "origin-changed",
            Self::LabelChanged => "label-changed",
            Self::CodenameChanged => "codename-changed",
        }
    }
}

impl fmt::Display for ReleaseRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ReleaseRule {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.iter().copied().find(|rule| rule.as_str() == name).ok_or_else(|| {
            let known = Self::ALL.iter().map(|rule| rule.as_str()).collect::<Vec<_>>().join(", ");
            Error::new(Kind::Usage, format!("there is no rule named {name:?}"))
                .help(format!("the rules of a Release are {known}; those of signatures are told by `verify --help`"))
        })
    }
}

/// One rule that a package must keep to be fetched, beyond its digest. All can be relaxed, for one mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PackageRule {
    /// The control file agrees with the stanza in all that apt and dpkg act on; see [`deb::control`](crate::deb::control).
    ControlMismatch,
}

impl PackageRule {
    /// Every rule.
    pub const ALL: &[Self] = &[Self::ControlMismatch];

    /// The stable name of this rule, as [`Error::broken_rule`] gives it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ControlMismatch => crate::deb::control::RULE,
        }
    }
}

impl fmt::Display for PackageRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for PackageRule {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.iter().copied().find(|rule| rule.as_str() == name).ok_or_else(|| {
            let known = Self::ALL.iter().map(|rule| rule.as_str()).collect::<Vec<_>>().join(", ");
            Error::new(Kind::Usage, format!("there is no rule of packages named {name:?}"))
                .help(format!("the rules are {known}"))
        })
    }
}
