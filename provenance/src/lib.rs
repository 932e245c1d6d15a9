//! Where the packages of an image came from: matched with snapshots, dated, audited against environments, and attested.
//!
//! | module | subject |
//! |---|---|
//! | [`order`] | which of two versions is the later one |
//! | [`advisory`] | security advisories, searched by package |
//! | [`vex`] | statements that a vulnerability does not concern a product |
//! | [`severity`] | how bad a fault is |
//! | [`report`] | what an audit found: one model for every format that it is told in |

#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used, unreachable_pub)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod advisory;
pub mod order;
pub mod report;
pub mod severity;
pub mod vex;
