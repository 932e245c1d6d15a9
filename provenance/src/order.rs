//! The order of versions, as each family of packages has it.

use std::cmp::Ordering;

use reposnap::{Error, Kind, Result};
use reposnap_image::package::Family;

/// Compares two versions in the order of their family: dpkg's (deb-version(7)), or rpm's for `epoch:version-release`
/// (rpm-version(7)).
///
/// Both orders are total on any text.
///
/// ```
/// use std::cmp::Ordering;
/// use reposnap_image::package::Family;
/// use reposnap_provenance::order::compare;
/// assert_eq!(compare(Family::Deb, "1.0~rc1-1", "1.0-1"), Ordering::Less);
/// assert_eq!(compare(Family::Rpm, "1:1.0-1", "2.0^git1-9"), Ordering::Greater);
/// ```
pub fn compare(family: Family, a: &str, b: &str) -> Ordering {
    match family {
        Family::Deb => reposnap::deb::version::compare(a.as_bytes(), b.as_bytes()),
        Family::Rpm => reposnap_image::rpm::version::compare(a, b),
    }
}

/// Whether `version` is one, by the family's rules.
///
/// # Errors
/// [`Kind::Malformed`] where it is not.
pub fn check(family: Family, version: &str) -> Result<()> {
    match family {
        Family::Deb => reposnap::deb::version::Version::parse(version.as_bytes()).map(drop),
        Family::Rpm => match version.is_empty() || version.bytes().any(|byte| byte <= b' ' || byte >= 0x7f) {
            true => Err(Error::new(Kind::Malformed, format!("{version:?} is no version of an rpm"))),
            false => Ok(()),
        },
    }
}
