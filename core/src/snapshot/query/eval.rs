//! Asks a query of a package.

use std::cmp::Ordering;

use crate::deb::version;
use crate::snapshot::entry::{KeyRef, SOURCE};
use crate::snapshot::query::field::Field;
use crate::snapshot::query::term::{Comparison, FieldTerm, Name, Node, Package, Reference, Test};

/// The architecture of packages that are for every machine.
const ALL: &[u8] = b"all";

impl Node {
    /// What the key alone tells: it holds, it does not, or (nothing) the stanza has to say.
    pub(super) fn by_key(&self, key: KeyRef<'_>) -> Option<bool> {
        match self {
            Node::All(parts) => decide(parts, key, false),
            Node::Any(parts) => decide(parts, key, true),
            Node::Not(part) => part.by_key(key).map(|holds| !holds),
            Node::Package(package) => Some(package.holds(key)),
            Node::Reference(reference) => Some(reference.holds(key)),
            Node::Field(term) => term.field.in_key(key).map(|value| term.holds(key, value)),
        }
    }

    pub(super) fn holds(&self, key: KeyRef<'_>, stanza: &[u8]) -> bool {
        match self {
            Node::All(parts) => parts.iter().all(|part| part.holds(key, stanza)),
            Node::Any(parts) => parts.iter().any(|part| part.holds(key, stanza)),
            Node::Not(part) => !part.holds(key, stanza),
            Node::Package(package) => package.holds(key),
            Node::Reference(reference) => reference.holds(key),
            Node::Field(term) => match &term.field {
                Field::Provides => term.holds_for_any(Field::provided(stanza)),
                field => term.holds(key, field.in_key(key).unwrap_or_else(|| field.in_stanza(key, stanza))),
            },
        }
    }

    pub(super) fn needs_stanza(&self) -> bool {
        match self {
            Node::All(parts) | Node::Any(parts) => parts.iter().any(Node::needs_stanza),
            Node::Not(part) => part.needs_stanza(),
            Node::Package(_) | Node::Reference(_) => false,
            Node::Field(term) => !term.field.is_in_every_key(),
        }
    }

    pub(super) fn sees_key(&self) -> bool {
        match self {
            Node::All(parts) | Node::Any(parts) => parts.iter().any(Node::sees_key),
            Node::Not(part) => part.sees_key(),
            Node::Package(_) | Node::Reference(_) => true,
            Node::Field(term) => term.field.is_in_every_key(),
        }
    }

    /// The names outside of which it holds for no package.
    pub(super) fn names(&self) -> Option<Vec<&str>> {
        match self {
            Node::All(parts) => parts.iter().filter_map(Node::names).min_by_key(Vec::len),
            Node::Any(parts) => Some(parts.iter().map(Node::names).collect::<Option<Vec<_>>>()?.concat()),
            Node::Not(_) => None,
            Node::Package(Package { name: Name::Exact(name), .. }) | Node::Reference(Reference { name, .. }) => {
                Some(vec![name])
            }
            Node::Package(_) => None,
            Node::Field(FieldTerm { field: Field::Name(_), test: Some(Test::Compare(Comparison::Equal, name)) }) => {
                Some(vec![name])
            }
            Node::Field(_) => None,
        }
    }
}

/// One part that is `decisive` decides; otherwise all must be known.
fn decide(parts: &[Node], key: KeyRef<'_>, decisive: bool) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match part.by_key(key) {
            Some(holds) if holds == decisive => return Some(decisive),
            Some(_) => {}
            None => known = false,
        }
    }
    known.then_some(!decisive)
}

impl Package {
    fn holds(&self, key: KeyRef<'_>) -> bool {
        let name = match &self.name {
            Name::Exact(name) => name.as_bytes() == key.name,
            Name::Glob(glob) => glob.matches(key.name),
        };
        name && self.architecture.as_ref().is_none_or(|architecture| is_for(key, architecture.as_bytes()))
            && self.version.as_ref().is_none_or(|test| test.holds(key.version, version::compare))
    }
}

impl Reference {
    fn holds(&self, key: KeyRef<'_>) -> bool {
        self.name.as_bytes() == key.name
            && self.version.as_bytes() == key.version
            && self.architecture.as_bytes() == key.architecture
    }
}

impl FieldTerm {
    fn holds(&self, key: KeyRef<'_>, value: &[u8]) -> bool {
        match (&self.test, &self.field) {
            (None, _) => !value.is_empty(),
            (Some(Test::Compare(Comparison::Equal, wanted)), Field::Architecture) => is_for(key, wanted.as_bytes()),
            (Some(test), Field::Version(_) | Field::SourceVersion) => test.holds(value, version::compare),
            (Some(test), _) => test.holds(value, natural),
        }
    }

    fn holds_for_any<'a>(&self, mut values: impl Iterator<Item = &'a [u8]>) -> bool {
        values.any(|value| self.test.as_ref().is_none_or(|test| test.holds(value, natural)))
    }
}

impl Test {
    fn holds(&self, value: &[u8], compare: fn(&[u8], &[u8]) -> Ordering) -> bool {
        match self {
            Test::Compare(comparison, wanted) => comparison.accepts(compare(value, wanted.as_bytes())),
            Test::Glob(glob) => glob.matches(value),
            Test::Regex(regex) => regex.finds(value),
        }
    }
}

/// A package for all architectures is for each of them; a source package is for none.
fn is_for(key: KeyRef<'_>, architecture: &[u8]) -> bool {
    key.architecture == architecture || (key.architecture == ALL && architecture != SOURCE)
}

/// Numbers by their value, everything else by bytes.
fn natural(a: &[u8], b: &[u8]) -> Ordering {
    let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    if !is_number(a) || !is_number(b) {
        return a.cmp(b);
    }
    let (short_a, short_b) = (without_zeros(a), without_zeros(b));
    short_a.len().cmp(&short_b.len()).then_with(|| short_a.cmp(short_b))
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|digit| **digit == b'0').count();
    &number[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_value() {
        let expected = [("9", "10"), ("", "1"), ("10", "9a"), ("099", "100"), ("a", "b"), ("0", "1"), ("-5", "4")];
        for (a, b) in expected {
            assert_eq!(natural(a.as_bytes(), b.as_bytes()), Ordering::Less, "{a} {b}");
            assert_eq!(natural(b.as_bytes(), a.as_bytes()), Ordering::Greater, "{b} {a}");
        }
        assert_eq!(natural(b"007", b"7"), Ordering::Equal);
        assert_eq!(natural(b"00", b"0"), Ordering::Equal);
    }
}
