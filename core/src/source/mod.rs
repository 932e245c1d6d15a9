//! Upstreams into snapshots.

pub mod assemble;
