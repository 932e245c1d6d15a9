//! Gates: what has to be there before an environment moves, and the record of it.
//!
//! An environment may have a [`Policy`]. It is an entry of the environment's own log, like all that happens to it, and in
//! force from there on: each later entry names it, so a promotion and a change of policy can't pass each other unseen.
//! A promotion is a [`Proposal`] that is judged ([`judge`]) by the policy that is in force, and only a [`Judgement`] that
//! passes can be appended. The evidence and the answer to each requirement stand in the entry ([`Record`]), and
//! [`review`] asks all of it again, of the log and what it names alone.
//!
//! The library asks at the moment of promoting. Who writes to the store without it can append what they like; they can't
//! keep a review from naming it.

pub mod approval;
mod check;
pub mod evidence;
mod judge;
mod judgement;
pub mod junit;
mod origin;
mod policy;
mod read;
mod record;
mod review;
mod rule;
pub(super) mod signing;
mod span;

pub use approval::{Approval, Statement};
pub use evidence::{Evidence, Given, Kept};
pub use judgement::{Judgement, Proposal, judge, statement};
pub use policy::{LARGEST_POLICY_FILE, LONGEST_POLICY, MOST_LISTED, Origin, Policy};
pub use record::{LONGEST_REASON, Outcome, PolicyId, Record, Requirement};
pub use review::{Finding, Reviewed, review};
pub use rule::Rule;
pub use span::{LONGEST_SPAN, Span};
