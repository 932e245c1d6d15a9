//! What somebody asks for, as on the command line of apt: `name`, `name:arch`, `name=version`, `name/suite`.

use super::classic::Goal;
use super::universe::Universe;
use super::universe::rows::NATIVE;
use crate::error::{Error, Kind, Result};

/// The most names that one request may ask for.
pub const MAX_GOALS: usize = 10_000;

/// How many near names an error tells.
const NEAR: usize = 5;

/// Finds what `texts` ask for.
///
/// # Errors
/// [`Kind::NotFound`] for a name or a version that there is not, with names that are near; [`Kind::Usage`] for a name that
/// is none; [`Kind::Limit`].
pub fn goals(universe: &Universe, texts: &[String]) -> Result<Vec<Goal>> {
    if texts.len() > MAX_GOALS {
        return Err(Error::new(Kind::Limit, format!("more than {MAX_GOALS} packages are asked for")));
    }
    texts.iter().map(|text| goal(universe, text)).collect()
}

fn goal(universe: &Universe, text: &str) -> Result<Goal> {
    let (rest, version) = match text.split_once('=') {
        Some((rest, version)) => (rest, Some(version)),
        None => (text, None),
    };
    let (rest, suite) = match rest.split_once('/') {
        Some((rest, suite)) => (rest, Some(suite)),
        None => (rest, None),
    };
    let (name, architecture) = match rest.split_once(':') {
        Some((name, architecture)) => (name, Some(architecture)),
        None => (rest, None),
    };
    if name.is_empty() || (version.is_some() && suite.is_some()) {
        return Err(Error::new(Kind::Usage, format!("{text:?} asks for no package"))
            .help("write name, name:architecture, name=version or name/suite"));
    }
    let package = package(universe, name, architecture)?;
    let wanted = match (version, suite) {
        (None, None) => None,
        (Some(version), _) => Some(
            universe
                .versions_of(package)
                .find(|id| universe.version_text(*id) == version)
                .ok_or_else(|| no_version(universe, package, &format!("version {version}")))?,
        ),
        (_, Some(suite)) => Some(
            universe
                .versions_of(package)
                .find(|id| {
                    universe.lists_of(*id).iter().any(|list| {
                        let origin = &universe.lists()[*list as usize];
                        origin.suite == suite || origin.codename == suite
                    })
                })
                .ok_or_else(|| no_version(universe, package, &format!("version in {suite}")))?,
        ),
    };
    Ok(Goal { package, version: wanted })
}

fn package(universe: &Universe, name: &str, architecture: Option<&str>) -> Result<u32> {
    let wanted = match architecture {
        None | Some("native") => None,
        Some(known) => Some(
            universe.architectures().iter().position(|have| have == known).filter(|at| *at > 0).ok_or_else(|| {
                Error::new(Kind::NotFound, format!("{known} is no architecture of this machine"))
                    .help(format!("it has {}", universe.architectures()[1..].join(", ")))
            })? as u32,
        ),
    };
    let found = match wanted {
        Some(architecture) => universe.find_package(name, architecture),
        // Its own architecture first, then the foreign ones as they are preferred.
        None => (NATIVE..universe.architectures().len() as u32).find_map(|at| universe.find_package(name, at)),
    };
    found.ok_or_else(|| unknown(universe, name))
}

fn no_version(universe: &Universe, package: u32, what: &str) -> Error {
    let have: Vec<&str> = universe.versions_of(package).map(|id| universe.version_text(id)).collect();
    Error::new(Kind::NotFound, format!("{} has no {what}", universe.show_package(package)))
        .help(format!("there is {}", have.join(", ")))
}

fn unknown(universe: &Universe, name: &str) -> Error {
    let error = Error::new(Kind::NotFound, format!("there is no package {name}"));
    if let Some(id) = universe.find_name(name) {
        let mut providers: Vec<&str> = universe
            .providers_of(id)
            .iter()
            .map(|version| universe.name_text(universe.package_name(universe.package_of(*version))))
            .collect();
        providers.dedup();
        if !providers.is_empty() {
            providers.truncate(NEAR);
            return error.help(format!("ask for one that provides it: {}", providers.join(", ")));
        }
    }
    let near = near(universe, name);
    if near.is_empty() { error } else { error.help(format!("did you mean {}?", near.join(", "))) }
}

/// Names of packages that differ by an edit or two, the nearest first.
fn near<'a>(universe: &'a Universe, name: &str) -> Vec<&'a str> {
    if name.len() > 64 {
        return Vec::new();
    }
    let most = if name.len() < 5 { 1 } else { 2 };
    let mut found: Vec<(usize, &str)> = (0..universe.name_count())
        .filter(|id| universe.packages_of(*id).iter().any(|package| !universe.versions_of(*package).is_empty()))
        .map(|id| universe.name_text(id))
        .filter(|other| other.len().abs_diff(name.len()) <= most)
        .filter_map(|other| distance(name.as_bytes(), other.as_bytes(), most).map(|distance| (distance, other)))
        .collect();
    found.sort_unstable();
    found.into_iter().take(NEAR).map(|(_, name)| name).collect()
}

/// How many insertions, deletions and replacements lead from one to the other, if no more than `most`.
fn distance(a: &[u8], b: &[u8], most: usize) -> Option<usize> {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(corner + 1);
        }
        if row.iter().all(|cost| *cost > most) {
            return None;
        }
    }
    row.last().copied().filter(|cost| *cost <= most)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::universe::{Builder, Origin};
    use super::*;

    fn universe() -> Universe {
        let mut builder = Builder::new("amd64", &["i386"]).unwrap();
        let text = "Package: openssl\nVersion: 3.0\nArchitecture: amd64\nProvides: crypt\n\nPackage: openssl\nVersion: 1.1\n\
                    Architecture: amd64\n\nPackage: wine32\nVersion: 8\nArchitecture: i386\n";
        let origin = Origin { suite: "stable".into(), codename: "bookworm".into(), ..Origin::default() };
        builder.index(origin, text.as_bytes()).unwrap();
        builder.finish().unwrap()
    }

    #[test]
    fn names_versions_suites_and_architectures() {
        let universe = universe();
        let show = |text: &str| {
            let goal = goal(&universe, text).unwrap();
            (universe.show_package(goal.package), goal.version.map(|id| universe.version_text(id).to_owned()))
        };
        assert_eq!(show("openssl"), ("openssl".into(), None));
        assert_eq!(show("openssl=1.1"), ("openssl".into(), Some("1.1".into())));
        assert_eq!(show("openssl:amd64/bookworm"), ("openssl".into(), Some("3.0".into())));
        assert_eq!(show("wine32"), ("wine32:i386".into(), None));
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is_near() {
        let universe = universe();
        for (text, kind, message, help) in [
            ("opensll", Kind::NotFound, "there is no package opensll", "did you mean openssl?"),
            ("crypt", Kind::NotFound, "there is no package crypt", "ask for one that provides it: openssl"),
            ("openssl=2", Kind::NotFound, "openssl has no version 2", "there is 3.0, 1.1"),
            ("openssl/sid", Kind::NotFound, "openssl has no version in sid", "there is 3.0, 1.1"),
            ("openssl:arm64", Kind::NotFound, "arm64 is no architecture of this machine", "it has amd64, i386"),
            (
                "=1",
                Kind::Usage,
                "\"=1\" asks for no package",
                "write name, name:architecture, name=version or name/suite",
            ),
        ] {
            let error = goal(&universe, text).unwrap_err();
            assert_eq!(
                (error.kind(), error.message(), error.to_string()),
                (kind, message, format!("{message} ({help})")),
                "{text}"
            );
        }
    }
}
