//! The five relations between versions.

use std::cmp::Ordering;
use std::fmt;

/// A relation between two versions (Debian policy 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// `<<`
    Earlier,
    /// `<=`
    EarlierOrEqual,
    /// `=`
    Equal,
    /// `>=`
    LaterOrEqual,
    /// `>>`
    Later,
}

impl Op {
    /// The operator as policy writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Op::Earlier => "<<",
            Op::EarlierOrEqual => "<=",
            Op::Equal => "=",
            Op::LaterOrEqual => ">=",
            Op::Later => ">>",
        }
    }

    /// Whether the relation holds between two versions that compare as `order`.
    pub const fn holds(self, order: Ordering) -> bool {
        match self {
            Op::Earlier => order.is_lt(),
            Op::EarlierOrEqual => order.is_le(),
            Op::Equal => order.is_eq(),
            Op::LaterOrEqual => order.is_ge(),
            Op::Later => order.is_gt(),
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deb::version::satisfies;

    #[test]
    fn operators() {
        let held: Vec<&str> = [Op::Earlier, Op::EarlierOrEqual, Op::Equal, Op::LaterOrEqual, Op::Later]
            .into_iter()
            .filter(|op| satisfies(*op, b"1.0", b"1.0-0"))
            .map(Op::as_str)
            .collect();
        assert_eq!(held, ["<=", "=", ">="]);
    }
}
