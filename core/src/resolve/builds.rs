//! What building a source package needs (Debian policy 7.7), as the relations of a package that only needs it.

use crate::deb::relation::Relations;
use crate::deb::stanza::{Selection, Stanza};
use crate::error::Result;

/// What is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parts {
    /// All packages.
    #[default]
    All,
    /// Those of an architecture alone (`dpkg-buildpackage -B`).
    Architecture,
    /// Those for all architectures alone (`dpkg-buildpackage -A`).
    Independent,
}

/// What every build needs, whether the package says so or not (policy 4.2).
const ESSENTIAL: &str = "build-essential:native";

/// The fields of a stanza of `Sources`, and whether they count for packages of an architecture and for the others.
const FIELDS: [(&str, &str, bool, bool); 6] = [
    ("Build-Depends", "Depends", true, true),
    ("Build-Depends-Arch", "Depends", true, false),
    ("Build-Depends-Indep", "Depends", false, true),
    ("Build-Conflicts", "Conflicts", true, true),
    ("Build-Conflicts-Arch", "Conflicts", true, false),
    ("Build-Conflicts-Indep", "Conflicts", false, true),
];

/// The stanza of a package `src:NAME` that needs what building `source` needs on a machine of the architecture `host`, with
/// the build profiles `profiles`.
///
/// ```
/// use reposnap::deb::stanza::Stanzas;
/// use reposnap::resolve::{Parts, build_dependencies};
/// let text = b"Package: hello\nVersion: 2\nBuild-Depends: debhelper (>= 9), dejagnu <!nocheck>, libc-dev [hurd-any]\n";
/// let source = Stanzas::new(text).next().unwrap()?;
/// assert_eq!(
///     build_dependencies(&source, "amd64", &["nocheck"], Parts::All)?,
///     "Package: src:hello\nVersion: 2\nArchitecture: amd64\nDepends: build-essential:native, debhelper (>= 9)\n"
/// );
/// # Ok::<(), reposnap::Error>(())
/// ```
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) with package and field for relations that can't be read.
pub fn build_dependencies(source: &Stanza<'_>, host: &str, profiles: &[&str], parts: Parts) -> Result<String> {
    let text = |value: Option<&[u8]>| String::from_utf8_lossy(value.unwrap_or_default()).into_owned();
    let [name, version] = source.select(&Selection::new(["Package", "Version"]));
    let (name, version) = (text(name), text(version));
    let values = source.select(&Selection::new(FIELDS.map(|(field, ..)| field)));
    let (mut depends, mut conflicts) = (vec![ESSENTIAL.to_owned()], Vec::new());
    for ((field, into, with_architecture, independent), value) in FIELDS.into_iter().zip(values) {
        let counts = match parts {
            Parts::All => true,
            Parts::Architecture => with_architecture,
            Parts::Independent => independent,
        };
        let Some(value) = value.filter(|_| counts) else { continue };
        let groups = groups(value, host, profiles).map_err(|error| error.path(name.clone()).field(field))?;
        if into == "Depends" { depends.extend(groups) } else { conflicts.extend(groups) }
    }
    let mut stanza = format!("Package: src:{name}\nVersion: {version}\nArchitecture: {host}\n");
    for (field, groups) in [("Depends", depends), ("Conflicts", conflicts)] {
        if !groups.is_empty() {
            stanza.push_str(&format!("{field}: {}\n", groups.join(", ")));
        }
    }
    Ok(stanza)
}

/// The groups of alternatives that count, without what they count for.
fn groups(value: &[u8], host: &str, profiles: &[&str]) -> Result<Vec<String>> {
    let mut groups: Vec<(u32, String)> = Vec::new();
    for relation in Relations::new(value) {
        let mut relation = relation?;
        if !relation.applies(host, profiles) {
            continue;
        }
        (relation.architectures, relation.profiles) = (None, None);
        match groups.last_mut() {
            Some((group, text)) if *group == relation.group => text.push_str(&format!(" | {relation}")),
            _ => groups.push((relation.group, relation.to_string())),
        }
    }
    Ok(groups.into_iter().map(|(_, text)| text).collect())
}
