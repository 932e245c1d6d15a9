//! Upstreams into snapshots.

pub mod fetch;
