//! Upstreams into snapshots.

pub mod acceptance;
pub mod apt;
mod assemble;
pub mod fetch;
pub mod folder;
pub mod mirror;
pub mod system;
