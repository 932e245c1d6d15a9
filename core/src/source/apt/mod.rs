//! APT repositories into snapshots.
//!
//! ```text
//! InRelease -> verified -> accepted -> which indexes -> fetched, each checked against the Release -> snapshot -> packages
//! ```
//!
//! A suite that has not changed costs one conditional request. While an upstream is updated, an index may be newer than
//! the Release that was read; that is noticed by its digest, and the suite is begun again with the new Release, so that
//! a snapshot never mixes two states.

mod packages;
mod plan;
mod suite;
mod update;

pub use packages::{PoolFile, pool_files};
pub(crate) use suite::{Signed, check, record};
pub use update::{Look, fetch_file, fetch_packages, look_at, plan_packages, update};
