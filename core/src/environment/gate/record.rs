//! What an entry of the log keeps of its judgement.

use serde::{Deserialize, Serialize};

use super::evidence::Evidence;
use super::rule::Rule;
use crate::digest::Digest;

/// The longest reason of an override, in bytes.
pub const LONGEST_REASON: usize = 4 << 10;

/// The policy that is in force from an entry on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyId {
    /// The number of the entry that has it.
    pub seq: u64,
    /// The SHA-256 of its text.
    pub digest: Digest,
}

/// The judgement of a change: what was asked for, what spoke for it, and whether that was enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Record {
    /// What the policy asks for, and whether it holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<Requirement>,
    /// What spoke for the change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Why it was made although something was missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<String>,
}

/// One thing that a policy asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// The name of the [`Rule`].
    pub rule: String,
    /// Whether it holds.
    pub holds: bool,
    /// What was found, in words.
    pub message: String,
    /// What to do, where it does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds.
    Holds,
    /// What is needed to tell is gone.
    CannotTell,
    /// It does not hold.
    DoesNotHold,
}

/// One requirement, judged.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub(super) rule: Rule,
    pub(super) outcome: Outcome,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Judged {
    pub(super) fn new(rule: Rule, outcome: Outcome, message: impl Into<String>) -> Self {
        Self { rule, outcome, message: message.into(), help: None }
    }

    /// It holds where `holds`.
    pub(super) fn of(rule: Rule, holds: bool, message: impl Into<String>) -> Self {
        Self::new(rule, if holds { Outcome::Holds } else { Outcome::DoesNotHold }, message)
    }

    /// Says what to do where it does not hold.
    pub(super) fn help(mut self, help: impl FnOnce() -> String) -> Self {
        if self.outcome != Outcome::Holds {
            self.help = Some(help());
        }
        self
    }
}

impl From<Judged> for Requirement {
    fn from(judged: Judged) -> Self {
        Self {
            rule: judged.rule.as_str().to_owned(),
            holds: judged.outcome == Outcome::Holds,
            message: judged.message,
            help: judged.help,
        }
    }
}
