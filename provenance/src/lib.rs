//! Where the packages of an image came from: matched with snapshots, dated, audited against environments, and attested.
//!
//! | module | subject |
//! |---|---|
//! | [`attest`] | statements about images, signed, and believed by a policy; signatures of base images |
//! | [`order`] | the order of versions, as each family has it |
//! | [`history`] | which snapshots held which package, exactly |
//! | [`matching`] | where packages came from: each held against the stanzas of snapshots |
//! | [`dating`] | which snapshots an image is consistent with, and what it claims |
//! | [`audit`] | an image held against an environment |
//! | [`fleet`] | the images that a store has recorded, and which of them have which packages |
//! | [`report`] | what an audit found: one model for every format that it is told in |
//! | [`signing`] | keys that sign attestations, and keys that are trusted to |

#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used, unreachable_pub)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod attest;
pub mod audit;
pub mod dating;
pub mod fleet;
pub mod history;
pub mod matching;
pub mod order;
mod packed;
pub mod report;
pub mod signing;
