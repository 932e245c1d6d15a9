//! Where the packages of an image came from: matched with snapshots, dated, audited against environments, and attested.
//!
//! | module | subject |
//! |---|---|
//! | [`attest`] | statements about images, signed, and believed by a policy; signatures of base images |
//! | [`report`] | what an audit found: one model for every format that it is told in |
//! | [`signing`] | keys that sign attestations, and keys that are trusted to |

#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used, unreachable_pub)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod attest;
pub mod report;
pub mod signing;
