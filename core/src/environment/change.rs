//! What an entry of an environment says.

use serde::{Deserialize, Serialize};

use super::gate::{PolicyId, Record};
use crate::digest::Digest;

/// What an entry of an environment says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// What the environment is from now on.
    pub snapshot: Digest,
    /// How it came to be that.
    pub change: How,
    /// The policy that is in force from now on. Each entry names it, so that it can't get lost between two of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyId>,
    /// The text of the policy, where the entry sets one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// How the change was judged, and what spoke for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Record>,
}

/// How an environment came to be what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum How {
    /// It began with this snapshot.
    Created,
    /// It took a whole snapshot.
    Promoted {
        /// Where it came from, as the caller named it.
        from: String,
    },
    /// It took some packages of a snapshot.
    Partial {
        /// Where they came from, as the caller named it.
        from: String,
        /// What was asked for, as the caller named it.
        packages: Vec<String>,
    },
    /// It went back to what it was.
    RolledBack {
        /// The number of the entry that it left.
        from: u64,
        /// The number of the entry that it went back to.
        to: u64,
    },
    /// It stayed what it was, and has another policy from now on.
    Policy {
        /// The SHA-256 of the policy's text; nothing where it has no policy any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<Digest>,
    },
}

impl Change {
    /// An environment begins with `snapshot`.
    pub fn created(snapshot: Digest) -> Self {
        Self::new(snapshot, How::Created)
    }

    /// An environment takes the whole `snapshot`, which the caller calls `from`.
    pub fn promoted(snapshot: Digest, from: impl Into<String>) -> Self {
        Self::new(snapshot, How::Promoted { from: from.into() })
    }

    /// An environment becomes `snapshot`, which was made by taking `packages` of `from`.
    pub fn partial(snapshot: Digest, from: impl Into<String>, packages: Vec<String>) -> Self {
        Self::new(snapshot, How::Partial { from: from.into(), packages })
    }

    pub(super) fn new(snapshot: Digest, change: How) -> Self {
        Self { snapshot, change, policy: None, rules: None, gate: None }
    }
}
