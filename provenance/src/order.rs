//! Which of two versions is the later one, for either family of packages: the one place that knows who compares what.

use std::cmp::Ordering;

use reposnap::deb::version;
use reposnap::{Error, Kind, Result};
use reposnap_image::package::Family;

/// Compares two versions, each with its epoch where it has one, as the family's own tools do. They are taken as they are:
/// whoever is given one from outside asks [`check`] first.
///
/// # Errors
/// [`Kind::Unsupported`] for a family whose versions can't be compared here.
pub fn compare(family: Family, a: &str, b: &str) -> Result<Ordering> {
    match family {
        Family::Deb => Ok(version::compare(a.as_bytes(), b.as_bytes())),
        Family::Rpm => Err(Error::new(Kind::Unsupported, "versions of rpm can't be compared")),
    }
}

/// Whether `version` is one, by the family's rules.
///
/// # Errors
/// [`Kind::Malformed`] where it is not.
pub fn check(family: Family, version: &str) -> Result<()> {
    match family {
        Family::Deb => version::Version::parse(version.as_bytes()).map(drop),
        Family::Rpm => match version.is_empty() || version.bytes().any(|byte| byte <= b' ' || byte >= 0x7f) {
            true => Err(Error::new(Kind::Malformed, format!("{version:?} is no version of an rpm"))),
            false => Ok(()),
        },
    }
}
