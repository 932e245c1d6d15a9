//! What a query is made of.

use crate::snapshot::query::field::Field;
use crate::snapshot::query::pattern::{Glob, Regex};

/// A query or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// All of them hold. Never fewer than two, none of them an `All`.
    All(Vec<Node>),
    /// Any of them holds. Never fewer than two, none of them an `Any`.
    Any(Vec<Node>),
    /// It does not hold.
    Not(Box<Node>),
    /// `name (op version) {architecture}`.
    Package(Package),
    /// `name_version_architecture`.
    Reference(Reference),
    /// `Field (op value)`.
    Field(FieldTerm),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) name: Name,
    pub(super) version: Option<Test>,
    pub(super) architecture: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Exact(String),
    Glob(Glob),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) architecture: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldTerm {
    pub(super) field: Field,
    /// Without one, the field has to be there.
    pub(super) test: Option<Test>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Compare(Comparison, String),
    Glob(Glob),
    Regex(Regex),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// An operator as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Compare(Comparison),
    Glob,
    Regex,
}

impl Node {
    /// The parts joined by "and"; a part that is itself joined so is taken apart.
    pub(super) fn all(parts: Vec<Node>) -> Node {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Node::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Node::All(flat) }
    }

    /// The parts joined by "or", likewise.
    pub(super) fn any(parts: Vec<Node>) -> Node {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Node::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Node::Any(flat) }
    }
}

impl Comparison {
    pub(super) fn accepts(self, order: std::cmp::Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Comparison::Equal => "=",
            Comparison::Less => "<<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">>",
            Comparison::GreaterOrEqual => ">=",
        }
    }
}
