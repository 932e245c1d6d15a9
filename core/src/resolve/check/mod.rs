//! Which packages can't be installed, and why: for certain, by a complete search.
//!
//! A version can be installed where there is a set of versions that has it and in which
//!
//! - each `Pre-Depends` and `Depends` of each member is answered by a member (Debian policy 7.2, 7.5),
//! - no member is named by the `Conflicts` or `Breaks` of a member of another name (7.3, 7.4),
//! - of each name there is one version; of several architectures only the same version of what is `Multi-Arch: same`.
//!
//! That is what dose-debcheck(1) asks as well (with `--deb-ignore-essential`). All versions of the universe may be in
//! the set, not only the candidates; recommendations do not count.

mod addition;
mod all;
mod cause;
mod compare;
mod encode;
mod report;
mod sat;
#[cfg(test)]
mod tests;
mod together;
mod why;
mod words;

pub use addition::{Addition, smallest_addition};
pub use all::all;
pub use compare::{Difference, compare};
pub use report::{Cause, Options, Report, Uninstallable, Which};
pub use together::{Together, together};
pub use why::{Explanation, Fact};
pub use words::FactDocument;
