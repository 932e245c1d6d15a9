//! The query language: which packages.
//!
//! It is aptly's, with names and globs added; `docs/QUERIES.md` tells all of it. A query is read once and then asked of
//! any number of packages without allocating.

mod eval;
mod field;
mod lex;
mod limits;
mod parse;
mod pattern;
mod show;
mod term;

use std::str::FromStr;

use crate::error::{Error, Result};
use crate::snapshot::entry::{Key, KeyRef};
pub(crate) use field::find as field_of;
pub use limits::{MAX_DEPTH, MAX_LENGTH, MAX_REGEX_SIZE, MAX_REGEXES};
use term::Node;

/// A question that a package passes or not.
///
/// Its text, as [`Display`](std::fmt::Display) gives it, reads back as an equal query.
///
/// ```
/// use reposnap::snapshot::Query;
/// let query: Query = "nginx* (>= 1.22), !Section (% debug)".parse()?;
/// assert!(query.needs_stanza());
/// assert_eq!(query.to_string(), "nginx* (>= 1.22), !Section (% debug)");
///
/// let error = "nginx (>= )".parse::<Query>().unwrap_err();
/// assert_eq!(error.kind(), reposnap::Kind::Usage);
/// assert!(error.message().starts_with("column 11 of the query: expected a value, found `)`"));
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    root: Node,
    needs_stanza: bool,
    sees_key: bool,
}

impl Query {
    /// What passes at least one of `queries`.
    ///
    /// # Errors
    /// Those of reading them, and [`Kind::Usage`](crate::Kind::Usage) where there are none.
    pub fn any_of(queries: &[String]) -> Result<Self> {
        match queries {
            [] => Err(Error::new(crate::Kind::Usage, "no package is asked for").help("give a query")),
            [query] => query.parse(),
            _ => {
                // Each by itself first: an error tells its column there.
                queries.iter().try_for_each(|query| query.parse::<Query>().map(drop))?;
                queries.iter().map(|query| format!("({query})")).collect::<Vec<_>>().join(" | ").parse()
            }
        }
    }

    /// Whether a package's stanza is needed to tell; where not, name, version and architecture do.
    pub fn needs_stanza(&self) -> bool {
        self.needs_stanza
    }

    /// Whether a package with this key could pass: false only where no stanza would make it pass.
    pub fn may_match(&self, key: &Key) -> bool {
        self.may_match_ref(key.as_ref())
    }

    /// Whether the package passes. The stanza may be empty where [`Query::needs_stanza`] is false.
    pub fn matches(&self, key: &Key, stanza: &[u8]) -> bool {
        self.root.holds(key.as_ref(), stanza)
    }

    /// Like [`Query::may_match`], and for certain where no stanza is needed.
    pub(crate) fn may_match_ref(&self, key: KeyRef<'_>) -> bool {
        self.root.by_key(key) != Some(false)
    }

    /// The names outside of which no package passes, each once and in order; nothing where the query does not say.
    pub fn exact_names(&self) -> Option<Vec<&str>> {
        let mut names = self.root.names()?;
        names.sort_unstable();
        names.dedup();
        Some(names)
    }

    /// Whether any part of it is about the key, so that [`Query::may_match`] can be false.
    pub(crate) fn sees_key(&self) -> bool {
        self.sees_key
    }
}

impl FromStr for Query {
    type Err = Error;

    /// Reads a query.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) with the column and what was expected there; [`Kind::Limit`](crate::Kind::Limit)
    /// beyond [`MAX_LENGTH`], [`MAX_DEPTH`], [`MAX_REGEXES`] or [`MAX_REGEX_SIZE`].
    fn from_str(text: &str) -> Result<Self> {
        let root = parse::parse(text)?;
        Ok(Self { needs_stanza: root.needs_stanza(), sees_key: root.sees_key(), root })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::Digest;

    const STANZA: &str = "Package: nginx-core\nSource: nginx (1.22.1-9)\nVersion: 1.22.1-9+b1\nArchitecture: amd64\n\
        Installed-Size: 900\nSection: contrib/web\nPriority: optional\nProvides: httpd, nginx (= 1.22.1), httpd-cgi:any\n\
        Depends: libc6 (>= 2.34), libssl3 | libssl1.1\ndescription: small web server\n with a long text\n .\n and more\n\
        Filename: pool/n/nginx-core.deb\n";

    fn key(name: &str, version: &str, architecture: &str) -> Key {
        let field = |text: &str| Bytes::copy_from_slice(text.as_bytes());
        Key { name: field(name), version: field(version), architecture: field(architecture), digest: Digest::of(b"") }
    }

    fn query(text: &str) -> Query {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn passes(text: &str) -> bool {
        let key = key("nginx-core", "1.22.1-9+b1", "amd64");
        let query = query(text);
        let passes = query.matches(&key, STANZA.as_bytes());
        assert!(!passes || query.may_match(&key), "{text} passes but may not");
        if !query.needs_stanza() {
            assert_eq!(query.matches(&key, b""), passes, "{text}");
        }
        if let Some(names) = query.exact_names() {
            assert!(!passes || names.contains(&"nginx-core"), "{text}: {names:?}");
        }
        passes
    }

    #[test]
    fn names_versions_and_architectures() {
        for text in [
            "nginx-core",
            "nginx*",
            "n[a-z]inx-?ore",
            "'nginx-core'",
            "nginx-core (1.22.1-9+b1)",
            "nginx-core (= 0:1.22.1-9+b1)",
            "nginx-core (>= 1.9)",
            "nginx-core (> 1.22.1-9+b1)",
            "nginx* (<< 1.100) {amd64}",
            "nginx-core (% 1.22.*)",
            "nginx-core(~ ^1\\.22)",
            "nginx-core_1.22.1-9+b1_amd64",
        ] {
            assert!(passes(text), "{text}");
            assert!(!query(text).needs_stanza(), "{text}");
            assert!(!passes(&format!("!({text})")), "{text}");
        }
        for text in [
            "nginx",
            "core",
            "nginx?",
            "nginx-core (1.22.1)",
            "nginx-core (>> 1.22.1-9+b1)",
            "nginx-core (% 1.22)",
            "nginx-core {arm64}",
            "nginx-core_1.22.1-9+b1_arm64",
        ] {
            assert!(!passes(text), "{text}");
        }
    }

    #[test]
    fn a_package_for_all_architectures_is_for_each() {
        let all = key("nginx", "1", "all");
        for (text, expected) in [
            ("nginx {amd64}", true),
            ("nginx {all}", true),
            ("nginx {source}", false),
            ("$Architecture (amd64)", true),
            ("$Architecture (source)", false),
            ("Architecture (amd64)", false),
            ("$Architecture (% amd*)", false),
        ] {
            assert_eq!(query(text).matches(&all, b""), expected, "{text}");
        }
    }

    #[test]
    fn fields() {
        for text in [
            "Section",
            "Section (contrib/web)",
            "SECTION (contrib/web)",
            "Section (% contrib/*)",
            "Section (% */w?b)",
            "Priority (~ ^opt)",
            "Depends (~ 'libssl3 \\\\|')",
            "Description (~ 'server\n with')",
            "Installed-Size (<< 1000)",
            "Installed-Size (>= 0900)",
            "Name (nginx-core)",
            "Package (nginx-core)",
            "Version (>> 1.9)",
            "$Version (= 0:1.22.1-9+b1)",
            "$Version",
            "$Source (nginx)",
            "$SourceVersion (= 1.22.1-9)",
            "$SourceVersion (>= 1.9)",
            "$PackageType (deb)",
            "$Provides (nginx)",
            "$Provides (httpd-cgi)",
            "$Provides (% http?)",
            "$Provides",
            "Filename (% pool/n/*.deb)",
            "Multi-Arch (<< a)",
            "!Multi-Arch",
        ] {
            assert!(passes(text), "{text}");
        }
        for text in [
            "Multi-Arch",
            "Section (% *)",
            "Section (% contrib)",
            "Section (web)",
            "Installed-Size (>> 1000)",
            "$Source (nginx-core)",
            "$SourceVersion (1.22.1-9+b1)",
            "$PackageType (source)",
            "$Provides (http)",
            "!$Version",
        ] {
            assert!(!passes(text), "{text}");
        }
    }

    #[test]
    fn source_packages() {
        let source = key("nginx", "1.22.1-9", "source");
        let stanza = b"Package: nginx\nArchitecture: any all\nDirectory: pool/n\n";
        for (text, expected) in [
            ("nginx {source}", true),
            ("nginx {amd64}", false),
            ("$PackageType (source)", true),
            ("$PackageType (deb)", false),
            ("Architecture ('any all')", true),
            ("$Architecture (source)", true),
            ("$Source", false),
            ("$SourceVersion", false),
            ("$Source (nginx)", false),
        ] {
            assert_eq!(query(text).matches(&source, stanza), expected, "{text}");
        }
    }

    #[test]
    fn and_or_not() {
        for (text, expected) in [
            ("nginx-core, Section", true),
            ("nginx-core & !Section", false),
            ("nginx-core and not Section", false),
            ("a | b | nginx-core", true),
            ("a or nginx-core and Section", true),
            ("nginx-core | a, b", true),
            ("(nginx-core | a), b", false),
            ("!a, !b", true),
            ("!!nginx-core", true),
            ("not (a | nginx-core)", false),
            ("'and' | 'or' | 'not'", false),
        ] {
            assert_eq!(passes(text), expected, "{text}");
        }
    }

    #[test]
    fn names_that_bound_the_search() {
        for (text, expected) in [
            ("nginx", Some(vec!["nginx"])),
            ("b | a | b", Some(vec!["a", "b"])),
            ("a, Section (x)", Some(vec!["a"])),
            ("a | Section (x)", None),
            ("(a | b), c", Some(vec!["c"])),
            ("!a", None),
            ("a*", None),
            ("Name (= a)", Some(vec!["a"])),
            ("Name (% a)", None),
            ("a_1_b", Some(vec!["a"])),
        ] {
            assert_eq!(query(text).exact_names(), expected, "{text}");
        }
    }

    #[test]
    fn keys_rule_packages_out_before_their_stanzas_are_read() {
        let key = key("nginx", "1", "amd64");
        for (text, expected) in [
            ("apache*, Section (web)", false),
            ("nginx*, Section (web)", true),
            ("apache* | Section (web)", true),
            ("!nginx, Section", false),
            ("!(nginx | Section)", false),
            ("$PackageType (source)", true),
        ] {
            let query = query(text);
            assert!(query.needs_stanza());
            assert_eq!(query.may_match(&key), expected, "{text}");
        }
        assert!(!query("Section (web)").sees_key());
        assert!(query("Section (web), a*").sees_key());
    }
}
