//! Stanzas of a status file as packages.

use std::collections::HashMap;
use std::sync::Arc;

use reposnap::deb::stanza::{Selection, Stanzas};
use reposnap::deb::status::Status;
use reposnap::{Error, Kind, Result};

use crate::limits::MAX_PACKAGES;
use crate::package::{Family, Package, Source, State};

/// The packages of a file at `place`. With `is_status`, each says what state it is in, and the file ends in a line end, as
/// dpkg demands; a distroless image's packages are installed where they say nothing.
///
/// # Errors
/// [`Kind::Malformed`] with file, line and field.
pub(super) fn read(place: &str, text: &[u8], is_status: bool) -> Result<Vec<Package>> {
    let selection = Selection::new([
        "Package",
        "Status",
        "Version",
        "Architecture",
        "Source",
        "Built-Using",
        "Static-Built-Using",
        "Maintainer",
        "Config-Version",
    ]);
    let mut packages = Vec::new();
    let mut last_line = 1;
    for item in Stanzas::new(text).select(&selection) {
        let (stanza, values) = item.map_err(|error| error.path(place))?;
        last_line = stanza.line();
        let wrong = |field: &str, why: &str| {
            Error::new(Kind::Malformed, why.to_owned()).path(place).line(stanza.line()).field(field)
        };
        if packages.len() >= MAX_PACKAGES {
            let message = format!("it has more than {MAX_PACKAGES} packages");
            return Err(Error::new(Kind::Limit, message).path(place));
        }
        let [name, status, version, architecture, source, built, linked, maintainer, config] = values;
        let word = |field: &str, value: Option<&[u8]>| match value {
            None | Some(b"") => Err(wrong(field, "a package lacks this field")),
            Some(value) if value.len() > 1_024 || !value.iter().all(u8::is_ascii_graphic) => {
                Err(wrong(field, "the value is not one word"))
            }
            Some(value) => Ok(String::from_utf8_lossy(value).into_owned()),
        };
        let state = match status {
            None if !is_status => State::installed(),
            _ => state(&text_of(status)).ok_or_else(|| {
                let why = if status.is_some() { "the state can't be read" } else { "a package lacks this field" };
                wrong("Status", why)
            })?,
        };
        let name = word("Package", name)?;
        // What is not there may lack all else; what left its configuration behind may be from before dpkg kept more.
        let (version, architecture) = match state.status.as_str() {
            "not-installed" => (text_of(version), text_of(architecture)),
            "config-files" => (word("Version", version.or(config))?, text_of(architecture)),
            _ => (word("Version", version)?, word("Architecture", architecture)?),
        };
        let source = match source {
            None => Source { name: name.clone(), version: version.clone() },
            Some(value) => source_of(&text_of(Some(value)), &version)
                .ok_or_else(|| wrong("Source", "the value is not a source package, and perhaps a version"))?,
        };
        let uses = |field: &str, value: Option<&[u8]>| match value {
            None => Ok(Vec::new()),
            Some(value) => exact(&text_of(Some(value)))
                .ok_or_else(|| wrong(field, "the value is not a list of source packages, each with a version")),
        };
        let (built_using, static_built_using) = (uses("Built-Using", built)?, uses("Static-Built-Using", linked)?);
        packages.push(Package {
            family: Family::Deb,
            name,
            version,
            architecture,
            source,
            layer: None,
            state,
            built_using,
            static_built_using,
            installed_at: None,
            vendor: maintainer.map(|value| String::from_utf8_lossy(value).into_owned()),
            proof: None,
            place: place.to_owned(),
            stanza: Arc::from(stanza.raw()),
            md5sums: None,
        });
    }
    if is_status && !text.is_empty() && !text.ends_with(b"\n") {
        let error = Error::new(Kind::Malformed, "the last stanza ends in the middle of a line").path(place);
        return Err(error.line(last_line).help("half of a file; dpkg refuses it, too"));
    }
    Ok(packages)
}

/// Puts what dpkg wrote of late in the place of what it wrote before.
pub(super) fn update(packages: &mut Vec<Package>, updates: Vec<Package>) {
    let mut known: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, package) in packages.iter().enumerate() {
        known.entry(package.name.clone()).or_default().push(index);
    }
    for update in updates {
        let same = |index: &&usize| {
            let architecture = &packages[**index].architecture;
            *architecture == update.architecture || architecture.is_empty()
        };
        let known = known.entry(update.name.clone()).or_default();
        match known.iter().find(same) {
            Some(index) => packages[*index] = update,
            None => {
                known.push(packages.len());
                packages.push(update);
            }
        }
    }
}

/// Fails for a package that is there twice.
///
/// # Errors
/// [`Kind::Malformed`] with the file.
pub(super) fn refuse_duplicates(packages: &[Package]) -> Result<()> {
    let mut seen = HashMap::with_capacity(packages.len());
    for package in packages {
        if let Some(before) = seen.insert((package.name.as_str(), package.architecture.as_str()), package) {
            let what = format!("{}:{} is there twice", package.name, package.architecture);
            let message = match before.place == package.place {
                true => format!("{what}, at {} and {}", before.version, package.version),
                false => format!("{what}, at {}, and at {} in {}", package.version, before.version, before.place),
            };
            return Err(Error::new(Kind::Malformed, message).path(package.place.as_str()).field("Package"));
        }
    }
    Ok(())
}

fn text_of(value: Option<&[u8]>) -> String {
    String::from_utf8_lossy(value.unwrap_or_default()).into_owned()
}

fn state(text: &str) -> Option<State> {
    let Status { want, flag, state, .. } = Status::parse(text)?;
    Some(State { want: want.to_owned(), flag: flag.to_owned(), status: state.to_owned() })
}

/// `name` or `name (version)`.
fn source_of(text: &str, version: &str) -> Option<Source> {
    let (name, version) = match text.split_once('(') {
        Some((name, rest)) => (name.trim(), rest.strip_suffix(')')?.trim()),
        None => (text.trim(), version),
    };
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic());
    (is_word(name) && is_word(version)).then(|| Source { name: name.to_owned(), version: version.to_owned() })
}

/// `name (= version), name (= version)` (Debian policy 7.8).
fn exact(text: &str) -> Option<Vec<Source>> {
    let item = |item: &str| {
        let (name, rest) = item.split_once('(')?;
        let version = rest.trim_end().strip_suffix(')')?.trim_start().strip_prefix('=')?;
        source_of(&format!("{}({})", name, version.trim()), "")
    };
    text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "Package: a\nStatus: install ok installed\nArchitecture: amd64\nSource: s (1:2)\nVersion: 1:2+b1\n\
                         Maintainer: M <m@x>\nBuilt-Using: g (= 1-2), h (= 3)\nStatic-Built-Using: r (= 4)\n\n";

    #[test]
    fn fields() {
        let text = format!(
            "{WHOLE}Package: b\nStatus: deinstall ok config-files\nVersion: 1\n\n\
             Package: c\nStatus: unknown ok not-installed\n\n"
        );
        let packages = read("status", text.as_bytes(), true).unwrap();
        assert_eq!(packages.len(), 3);
        let source = |name: &str, version: &str| Source { name: name.into(), version: version.into() };
        let [a, b, c] = &packages[..] else { panic!() };
        assert_eq!((a.name.as_str(), a.version.as_str(), a.architecture.as_str()), ("a", "1:2+b1", "amd64"));
        assert_eq!(a.source, source("s", "1:2"));
        assert_eq!(a.built_using, [source("g", "1-2"), source("h", "3")]);
        assert_eq!(a.static_built_using, [source("r", "4")]);
        assert_eq!(&a.stanza[..], WHOLE.trim_end().as_bytes().iter().copied().chain([b'\n']).collect::<Vec<_>>());
        assert!(a.state.has_files() && !b.state.has_files() && !c.state.has_files());
        assert_eq!(b.source, source("b", "1"));
    }

    #[test]
    fn half_a_file() {
        for length in 1..WHOLE.len() - 1 {
            let text = &WHOLE.as_bytes()[..length];
            if text.ends_with(b"\n") && WHOLE[..length].contains("Version: 1:2+b1\n") {
                continue;
            }
            let error = read("status", text, true).unwrap_err();
            assert_eq!((error.kind(), error.at_path()), (Kind::Malformed, Some("status")), "{length}: {error}");
            assert!(error.at_line().is_some(), "{error}");
        }
    }

    #[test]
    fn refusals() {
        for (from, to, field) in [
            ("install ok installed", "install ok well", "Status"),
            ("install ok installed", "install ok", "Status"),
            ("Status: install ok installed\n", "", "Status"),
            ("amd64", "amd64 arm64", "Architecture"),
            ("s (1:2)", "s (1:2", "Source"),
            ("s (1:2)", "(1:2)", "Source"),
            ("(= 3)", "(>= 3)", "Built-Using"),
            ("r (= 4)", "r", "Static-Built-Using"),
            ("Package: a\n", "Packages: a\n", "Package"),
        ] {
            let error = read("status", WHOLE.replace(from, to).as_bytes(), true).unwrap_err();
            assert_eq!((error.at_field(), error.at_line()), (Some(field), Some(1)), "{error}");
        }
        // A distroless image's stanza may lack the state.
        let without = WHOLE.replace("Status: install ok installed\n", "");
        assert_eq!(read("status.d/a", without.trim_end().as_bytes(), false).unwrap()[0].state, State::installed());
    }

    #[test]
    fn twice_and_later() {
        let mut packages = read("status", WHOLE.repeat(2).as_bytes(), true).unwrap();
        let error = refuse_duplicates(&packages).unwrap_err();
        assert_eq!(error.to_string(), "status: Package: a:amd64 is there twice, at 1:2+b1 and 1:2+b1");
        packages.truncate(1);
        let newer = WHOLE.replace("1:2+b1", "9").replace("installed", "unpacked");
        update(&mut packages, read("updates/0001", newer.as_bytes(), true).unwrap());
        update(&mut packages, read("updates/0002", newer.replace(": a\n", ": z\n").as_bytes(), true).unwrap());
        let found: Vec<_> = packages.iter().map(|p| (p.name.as_str(), p.version.as_str())).collect();
        assert_eq!(found, [("a", "9"), ("z", "9")]);
    }
}
