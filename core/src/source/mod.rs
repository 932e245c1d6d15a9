//! Upstreams into snapshots.

pub mod acceptance;
pub mod assemble;
pub mod fetch;
pub mod folder;
pub mod mirror;
