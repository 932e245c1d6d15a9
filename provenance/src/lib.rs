//! Where the packages of an image came from: matched with snapshots, dated, audited against environments, and attested.
//!
//! | module | subject |
//! |---|---|
//! | [`report`] | what an audit found: one model for every format that it is told in |

#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used, unreachable_pub)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod report;
