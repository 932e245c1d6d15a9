//! Writes a query as text that reads back the same.

use std::fmt;

use crate::snapshot::query::Query;
use crate::snapshot::query::lex::is_plain;
use crate::snapshot::query::term::{FieldTerm, Name, Node, Package, Reference, Test};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::All(parts) => joined(f, parts, ", "),
            Node::Any(parts) => joined(f, parts, " | "),
            Node::Not(part) => match &**part {
                Node::All(_) | Node::Any(_) => write!(f, "!({part})"),
                part => write!(f, "!{part}"),
            },
            Node::Package(package) => package.fmt(f),
            Node::Reference(Reference { name, version, architecture }) => {
                Word(&format!("{name}_{version}_{architecture}")).fmt(f)
            }
            Node::Field(FieldTerm { field, test: None }) => f.write_str(field.name()),
            Node::Field(FieldTerm { field, test: Some(test) }) => write!(f, "{} ({test})", field.name()),
        }
    }
}

/// "And" binds closer than "or", so only an "or" within an "and" takes parentheses.
fn joined(f: &mut fmt::Formatter<'_>, parts: &[Node], separator: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(separator)?;
        }
        match part {
            Node::Any(_) => write!(f, "({part})")?,
            part => write!(f, "{part}")?,
        }
    }
    Ok(())
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Name::Exact(name) => Word(name).fmt(f)?,
            Name::Glob(glob) => Word(glob.as_str()).fmt(f)?,
        }
        if let Some(test) = &self.version {
            write!(f, " ({test})")?;
        }
        if let Some(architecture) = &self.architecture {
            write!(f, " {{{}}}", Word(architecture))?;
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operator, value) = match self {
            Test::Compare(comparison, value) => (comparison.as_str(), value.as_str()),
            Test::Glob(glob) => ("%", glob.as_str()),
            Test::Regex(regex) => ("~", regex.as_str()),
        };
        write!(f, "{operator} {}", Word(value))
    }
}

/// A word, quoted where it has to be.
struct Word<'a>(&'a str);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_plain(self.0) {
            return f.write_str(self.0);
        }
        write!(f, "'{}'", self.0.replace('\\', "\\\\").replace('\'', "\\'"))
    }
}
