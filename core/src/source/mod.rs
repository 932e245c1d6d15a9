//! Upstreams into snapshots.

pub mod assemble;
pub mod fetch;
pub mod folder;
pub mod mirror;
