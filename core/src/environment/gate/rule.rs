//! The rules of gates, each with the stable name that errors, records and reviews carry.

use std::fmt;

/// What a policy can ask for, and what a log must keep so that it can be reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The environment isn't frozen.
    Frozen,
    /// The snapshot is, or was, in one of the environments that it has to come from, and was not taken back there.
    From,
    /// It has been there for long enough.
    Age,
    /// Nothing is broken, or nothing is uninstallable.
    Check,
    /// There is a report of each suite of tests that is asked for, and it tells of no failure.
    Tests,
    /// Enough of those who may approve have approved this snapshot for this environment.
    Approval,
    /// The entry of the log is signed by one who may.
    Signature,
    /// Requirements are overridden only where the policy allows it.
    Override,
    /// The entry went through the gate of the policy that was in force.
    Policy,
    /// What was recorded as evidence is still what its digest says.
    Evidence,
    /// The entry is the one that its successor names.
    Chain,
}

impl Rule {
    /// Every rule, in the order in which they are told.
    pub const ALL: &[Rule] = &[
        Rule::Frozen,
        Rule::From,
        Rule::Age,
        Rule::Check,
        Rule::Tests,
        Rule::Approval,
        Rule::Signature,
        Rule::Override,
        Rule::Policy,
        Rule::Evidence,
        Rule::Chain,
    ];

    /// The stable name of this rule, as [`Error::broken_rule`](crate::Error::broken_rule) gives it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Rule::Frozen => "gate-frozen",
            Rule::From => "gate-from",
            Rule::Age => "gate-age",
            Rule::Check => "gate-check",
            Rule::Tests => "gate-tests",
            Rule::Approval => "gate-approval",
            Rule::Signature => "gate-signature",
            Rule::Override => "gate-override",
            Rule::Policy => "gate-policy",
            Rule::Evidence => "gate-evidence",
            Rule::Chain => "log-chain",
        }
    }

    /// The rule of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.as_str() == name)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
