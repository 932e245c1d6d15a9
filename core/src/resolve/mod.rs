//! Which versions an environment installs, as apt would choose.
//!
//! A [`Universe`] holds the packages of one or several snapshots with all their relations, packed; [`Builder`] makes one.

mod classic;
mod policy;
mod universe;

pub use classic::{Goal, Plan, classic};
pub use policy::Candidates;
pub use universe::{Builder, DepKind, Origin, Universe};
