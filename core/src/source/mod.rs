//! Upstreams into snapshots.
