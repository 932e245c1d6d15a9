//! Relations between packages: Depends, Build-Depends, Conflicts, Provides and their like (Debian policy 7.1).
//!
//! ```text
//! libc6 (>= 2.36), default-mta | mail-transport-agent, python3:any, libfoo-dev [linux-any !armel] <!nocheck> <stage1>
//! ```
//!
//! What apt and dpkg agree on is taken: an empty field, one comma too many at the end, white space and line ends between
//! all parts, and the old operators `<` and `>`, which mean `<=` and `>=`. Their differences are settled like so:
//!
//! - A name is ASCII letters and digits and `+ - . _`, starting with a letter or a digit. Policy has neither capitals nor
//!   underscores; dpkg and apt take both, and other vendors' packages have them.
//! - A version is any printable ASCII but the marks of this grammar; [`super::version::compare`] orders all of them.
//! - A name may stand twice, a list of architectures may mix negated and plain ones (policy forbids it, dpkg takes them).
//! - An empty element between commas is an error, as in apt. (dpkg's perl tools skip it.)
//!
//! The fields that allow less (no alternatives in Conflicts, only `=` in Provides) are for the reader of those fields.

use std::fmt;

use super::version::Op;
use crate::error::{Error, Kind, Result};

mod architecture;
mod parser;
mod restriction;

pub use architecture::architecture_is;
pub use restriction::{ArchitectureList, ProfileFormula, Restriction};

/// The most bytes that a field of relations may have.
pub const MAX_LENGTH: usize = 4 << 20;

/// The most relations that a field may have.
pub const MAX_RELATIONS: usize = 1 << 16;

/// The relations of a field as groups of alternatives: each group needs one of its relations.
///
/// [`Relations`] does the same without allocation.
///
/// # Errors
/// [`Kind::Malformed`] with the byte of the field (from 1) and what is wrong there; [`Kind::Limit`] beyond
/// [`MAX_LENGTH`] or [`MAX_RELATIONS`].
///
/// ```
/// use reposnap::deb::{relation, version::Op};
/// let groups = relation::parse(b"libc6 (>= 2.36), default-mta | mail-transport-agent, python3:any")?;
/// assert_eq!(groups.len(), 3);
/// assert_eq!(groups[0][0].version, Some((Op::LaterOrEqual, "2.36")));
/// assert_eq!(groups[1][1].name, "mail-transport-agent");
/// assert_eq!(groups[2][0].qualifier, Some("any"));
///
/// let error = relation::parse(b"libc6 (2.36)").unwrap_err();
/// assert_eq!(error.to_string(), "\"libc6 (2.36)\" is no relation: at byte 8 there must be an operator such as >=");
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn parse(value: &[u8]) -> Result<Vec<Vec<Relation<'_>>>> {
    let mut groups: Vec<Vec<Relation<'_>>> = Vec::new();
    for relation in Relations::new(value) {
        let relation = relation?;
        match groups.last_mut() {
            Some(group) if group[0].group == relation.group => group.push(relation),
            _ => groups.push(vec![relation]),
        }
    }
    Ok(groups)
}

/// The relations of a field in order, borrowed from it; relations with the same [`Relation::group`] are alternatives.
///
/// After an error the iteration ends.
///
/// ```
/// use reposnap::deb::relation::Relations;
/// let mut names = Vec::new();
/// for relation in Relations::new(b"a | b, c") {
///     let relation = relation?;
///     names.push((relation.group, relation.name));
/// }
/// assert_eq!(names, [(0, "a"), (0, "b"), (1, "c")]);
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Relations<'a> {
    value: &'a [u8],
    state: State<'a>,
}

#[derive(Clone, Debug)]
enum State<'a> {
    Fresh,
    Within { parser: parser::Parser<'a>, group: u32, count: usize },
    Done,
}

impl<'a> Relations<'a> {
    /// The relations of a field with this value.
    pub fn new(value: &'a [u8]) -> Self {
        Self { value, state: State::Fresh }
    }

    fn start(&mut self) -> Result<()> {
        if self.value.len() > MAX_LENGTH {
            return Err(Error::new(Kind::Limit, format!("relations are longer than {MAX_LENGTH} bytes")));
        }
        let text = std::str::from_utf8(self.value).map_err(|fault| {
            let at = fault.valid_up_to() + 1;
            Error::new(Kind::Malformed, format!("byte {at} of the relations is not ASCII"))
        })?;
        let parser = parser::Parser::new(text);
        self.state = if parser.is_at_end() { State::Done } else { State::Within { parser, group: 0, count: 0 } };
        Ok(())
    }
}

impl<'a> Iterator for Relations<'a> {
    type Item = Result<Relation<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if matches!(self.state, State::Fresh)
            && let Err(error) = self.start()
        {
            self.state = State::Done;
            return Some(Err(error));
        }
        let State::Within { parser, group, count } = &mut self.state else { return None };
        let number = *group;
        *count += 1;
        if *count > MAX_RELATIONS {
            self.state = State::Done;
            return Some(Err(Error::new(Kind::Limit, format!("there are more than {MAX_RELATIONS} relations"))));
        }
        let relation = parser.relation(number);
        match &relation {
            Ok((_, parser::Next::Alternative)) => {}
            Ok((_, parser::Next::Group)) => *group += 1,
            Ok((_, parser::Next::End)) | Err(_) => self.state = State::Done,
        }
        Some(relation.map(|(relation, _)| relation))
    }
}

impl std::iter::FusedIterator for Relations<'_> {}

/// One relation: a package's name and what is asked of it.
///
/// Shown the way policy writes it: `libfoo:any (>= 1) [amd64] <!nocheck>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation<'a> {
    /// The number of its group in the field, from 0.
    pub group: u32,
    /// The package's name.
    pub name: &'a str,
    /// What stands behind the name's colon: `any`, `native`, or an architecture.
    pub qualifier: Option<&'a str>,
    /// The version asked for and how; in Provides the version that is provided.
    pub version: Option<(Op, &'a str)>,
    /// The architectures that the relation is for; all if there is no list.
    pub architectures: Option<ArchitectureList<'a>>,
    /// The build profiles that the relation is for; all if there is no formula.
    pub profiles: Option<ProfileFormula<'a>>,
}

impl Relation<'_> {
    /// Whether the relation counts when building for the architecture `host` with the build profiles `active`.
    ///
    /// ```
    /// use reposnap::deb::relation::Relations;
    /// let relation = Relations::new(b"dh-foo [linux-any] <!nocheck>").next().unwrap()?;
    /// assert!(relation.applies("amd64", &[]));
    /// assert!(!relation.applies("hurd-i386", &[]));
    /// assert!(!relation.applies("amd64", &["nocheck"]));
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn applies(&self, host: &str, active: &[&str]) -> bool {
        self.architectures.is_none_or(|list| list.includes(host))
            && self.profiles.is_none_or(|formula| formula.holds(active))
    }

    /// Whether a package of this `version` is what is asked for; its name is not looked at.
    pub fn accepts(&self, version: &[u8]) -> bool {
        self.version.is_none_or(|(op, wanted)| super::version::satisfies(op, version, wanted.as_bytes()))
    }
}

impl fmt::Display for Relation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if let Some(qualifier) = self.qualifier {
            write!(f, ":{qualifier}")?;
        }
        if let Some((op, version)) = self.version {
            write!(f, " ({op} {version})")?;
        }
        if let Some(architectures) = self.architectures {
            write!(f, " {architectures}")?;
        }
        if let Some(profiles) = self.profiles {
            write!(f, " {profiles}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str) -> String {
        let groups = parse(value.as_bytes()).expect("relations");
        let group = |group: &Vec<Relation<'_>>| group.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
        groups.iter().map(group).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn takes_apart_and_shows() {
        for (value, canonical) in [
            ("", ""),
            (" \n\t", ""),
            ("a,", "a"),
            ("a", "a"),
            ("a(=1)[amd64]<x><y>|b:any,c", "a (= 1) [amd64] <x> <y> | b:any, c"),
            ("a (\n=\n1\n)\n[ amd64  !i386 ] < !x  y >\n <z> ", "a (= 1) [amd64 !i386] <!x y> <z>"),
            (
                "a (<1), a (>1), a (<=1), a (>=1), a (<<1), a (>>1)",
                "a (<= 1), a (>= 1), a (<= 1), a (>= 1), a (<< 1), a (>> 1)",
            ),
            ("a:native|A_b+c.d-e:amd64 (>= 2:1.0~rc1-1+b1)", "a:native | A_b+c.d-e:amd64 (>= 2:1.0~rc1-1+b1)"),
        ] {
            assert_eq!(shown(value), canonical, "{value:?}");
            assert_eq!(shown(canonical), canonical);
        }
    }

    #[test]
    fn refusals_say_why_and_where() {
        for (value, why) in [
            (",a", "at byte 1 there must be a package name"),
            ("a,,b", "at byte 3 there must be a package name"),
            ("a, ,b", "at byte 4 there must be a package name"),
            ("a,b,,", "at byte 5 there must be a package name"),
            ("|a", "at byte 1 there must be a package name"),
            ("a|", "at byte 3 there must be a package name"),
            ("a|,b", "at byte 3 there must be a package name"),
            ("+a", "at byte 1 there must be a package name"),
            ("a b", "at byte 3 there must be a comma, a bar or the end"),
            ("a:", "at byte 3 there must be an architecture"),
            ("a: any", "at byte 3 there must be an architecture"),
            ("a:any:b", "at byte 6 there must be a comma, a bar or the end"),
            ("a (1)", "at byte 4 there must be an operator such as >="),
            ("a (== 1)", "at byte 5 there must be a version"),
            ("a (>= 1 2)", "at byte 9 there must be a closing parenthesis"),
            ("a (>= 1", "at byte 8 there must be a closing parenthesis"),
            ("a (>= )", "at byte 7 there must be a version"),
            ("a (= 1|2)", "at byte 7 there must be a closing parenthesis"),
            ("a (= 1) (= 2)", "at byte 9 there must be a comma, a bar or the end"),
            ("a []", "at byte 4 there must be an architecture"),
            ("a [!]", "at byte 5 there must be an architecture"),
            ("a [!!x]", "at byte 5 there must be an architecture"),
            ("a [x,y]", "at byte 5 there must be a space or a closing bracket"),
            ("a [x!y]", "at byte 5 there must be a space or a closing bracket"),
            ("a [x", "at byte 5 there must be a space or a closing bracket"),
            ("a [x] (= 1)", "at byte 7 there must be a comma, a bar or the end"),
            ("a <>", "at byte 4 there must be a build profile"),
            ("a <!>", "at byte 5 there must be a build profile"),
            ("a <x", "at byte 5 there must be a space or a closing bracket"),
            ("a <x> [y]", "at byte 7 there must be a comma, a bar or the end"),
            ("\u{e9}", "at byte 1 there must be a package name"),
        ] {
            let error = parse(value.as_bytes()).expect_err(value);
            assert!(error.message().ends_with(why), "{value:?}: {error}");
            assert_eq!(error.kind(), Kind::Malformed);
        }
        assert_eq!(parse(b"a, \xff").expect_err("no text").to_string(), "byte 4 of the relations is not ASCII");
    }

    #[test]
    fn limits() {
        let many = "a,".repeat(MAX_RELATIONS);
        assert_eq!(parse(many.as_bytes()).expect("as many as allowed").len(), MAX_RELATIONS);
        let more = many + "a";
        assert_eq!(parse(more.as_bytes()).expect_err("too many").kind(), Kind::Limit);
        assert_eq!(parse(&vec![b' '; MAX_LENGTH + 1]).expect_err("too long").kind(), Kind::Limit);
    }
}
