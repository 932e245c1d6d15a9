//! The fields that a query can ask about, and where their values are.

use crate::snapshot::entry::{KeyRef, SOURCE};

/// A field of a package. The names with `$` are aptly's, but for `$Provides`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// `Name` or `Package`, as written.
    Name(&'static str),
    /// `$Version` or `Version`, as written.
    Version(&'static str),
    /// `$Architecture`: `source` for a source package.
    Architecture,
    /// `Architecture`: a source package's own field may name several.
    PlainArchitecture,
    /// `$Source`: the name of the source package that a binary package was built from.
    Source,
    /// `$SourceVersion`: and its version.
    SourceVersion,
    /// `$PackageType`: `deb`, `udeb` or `source`.
    PackageType,
    /// `$Provides`: each name that the package provides.
    Provides,
    /// A field of the stanza.
    Stanza(String),
}

/// The special fields, for messages.
pub(super) const SPECIAL: &str = "$Architecture, $PackageType, $Provides, $Source, $SourceVersion and $Version";

impl Field {
    /// The field that a word names, or nothing for an unknown special one. Field names have no case, as in stanzas.
    pub(super) fn named(word: &str) -> Option<Self> {
        let fixed = [
            Field::Name("Name"),
            Field::Name("Package"),
            Field::Version("$Version"),
            Field::Version("Version"),
            Field::Architecture,
            Field::PlainArchitecture,
            Field::Source,
            Field::SourceVersion,
            Field::PackageType,
            Field::Provides,
        ];
        let fixed = fixed.into_iter().find(|field| field.name().eq_ignore_ascii_case(word));
        fixed.or_else(|| (!word.starts_with('$')).then(|| Field::Stanza(word.to_owned())))
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Field::Name(name) | Field::Version(name) => name,
            Field::Architecture => "$Architecture",
            Field::PlainArchitecture => "Architecture",
            Field::Source => "$Source",
            Field::SourceVersion => "$SourceVersion",
            Field::PackageType => "$PackageType",
            Field::Provides => "$Provides",
            Field::Stanza(name) => name,
        }
    }

    /// Whether every key has the value, so that no stanza is needed.
    pub(super) fn is_in_every_key(&self) -> bool {
        matches!(self, Field::Name(_) | Field::Version(_) | Field::Architecture)
    }

    /// The value, where this key has it.
    pub(super) fn in_key<'a>(&self, key: KeyRef<'a>) -> Option<&'a [u8]> {
        let is_source = key.architecture == SOURCE;
        match self {
            Field::Name(_) => Some(key.name),
            Field::Version(_) => Some(key.version),
            Field::Architecture => Some(key.architecture),
            Field::PlainArchitecture if !is_source => Some(key.architecture),
            Field::Source | Field::SourceVersion if is_source => Some(b""),
            Field::PackageType if is_source => Some(SOURCE),
            _ => None,
        }
    }

    /// The value, where the key has it not. What a package lacks is empty.
    pub(super) fn in_stanza<'a>(&self, key: KeyRef<'a>, stanza: &'a [u8]) -> &'a [u8] {
        match self {
            Field::Source => match split_source(find(stanza, "Source")) {
                ([], _) => key.name,
                (name, _) => name,
            },
            Field::SourceVersion => split_source(find(stanza, "Source")).1.unwrap_or(key.version),
            Field::PackageType if find(stanza, "Filename").ends_with(b".udeb") => b"udeb",
            Field::PackageType => b"deb",
            field => find(stanza, field.name()),
        }
    }

    /// The names that a stanza's Provides has, without versions and architecture qualifiers.
    pub(super) fn provided(stanza: &[u8]) -> impl Iterator<Item = &[u8]> {
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'(' | b':' | b'[' | b'<');
        find(stanza, "Provides")
            .split(|byte| *byte == b',')
            .map(move |relation| relation.trim_ascii().split(ends).next().unwrap_or_default())
            .filter(|name| !name.is_empty())
    }
}

/// A Source field has a version in parentheses where that is not the binary package's own (policy 5.6.1).
fn split_source(value: &[u8]) -> (&[u8], Option<&[u8]>) {
    let Some(open) = memchr::memchr(b'(', value) else { return (value, None) };
    let version = memchr::memrchr(b')', value).and_then(|close| value.get(open + 1..close));
    (value[..open].trim_ascii(), version.map(<[u8]>::trim_ascii))
}

/// The value of a field: trimmed, further lines as they are; empty where the stanza has no such field. Of several
/// fields with one name the last counts, as for apt and [`Stanza::get`](crate::deb::stanza::Stanza::get); unlike that,
/// this does not check the stanza again, which was checked when it entered a snapshot.
pub(crate) fn find<'a>(stanza: &'a [u8], name: &str) -> &'a [u8] {
    let name = name.as_bytes();
    let value_at = |start: usize| {
        let line = &stanza[start..];
        let is_it = line.get(name.len()) == Some(&b':') && line[..name.len()].eq_ignore_ascii_case(name);
        is_it.then(|| value(&line[name.len() + 1..]))
    };
    let later = memchr::memrchr_iter(b'\n', stanza).find_map(|newline| value_at(newline + 1));
    later.or_else(|| value_at(0)).unwrap_or_default()
}

/// A value runs to the first line end that no blank or tab follows.
fn value(rest: &[u8]) -> &[u8] {
    let end = memchr::memchr_iter(b'\n', rest)
        .find(|end| !matches!(rest.get(end + 1), Some(b' ' | b'\t')))
        .unwrap_or(rest.len());
    rest[..end].trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_without_regard_to_case() {
        let stanza =
            b"Package: no\nPackage: a\nDESCRIPTION: one\n two\n .\n\tthree\nEmpty:\nConffiles:\n /etc/a 1\nLast:x";
        for (name, expected) in [
            ("package", "a"),
            ("Description", "one\n two\n .\n\tthree"),
            ("Empty", ""),
            ("Conffiles", "/etc/a 1"),
            ("Last", "x"),
            ("Las", ""),
            ("two", ""),
            ("Missing", ""),
        ] {
            assert_eq!(find(stanza, name), expected.as_bytes(), "{name}");
        }
        assert_eq!(find(b"", "Package"), b"");
    }

    #[test]
    fn sources_are_split() {
        for (value, name, version) in [
            ("nginx", "nginx", None),
            ("nginx (1.2-3)", "nginx", Some("1.2-3")),
            ("nginx(1.2", "nginx", None),
            ("nginx )(", "nginx )", None),
            ("", "", None),
        ] {
            assert_eq!(split_source(value.as_bytes()), (name.as_bytes(), version.map(str::as_bytes)), "{value}");
        }
    }
}
