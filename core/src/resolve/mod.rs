//! Which versions an environment installs, as apt would choose.
//!
//! A [`Universe`] holds the packages of one or several snapshots with all their relations, packed; [`universe()`] gives
//! that of a snapshot, [`Builder`] makes one of any indexes. [`Candidates`] are the versions that may be taken of each
//! package, [`goals()`] finds what somebody asks for, and a solver says what that brings along:
//!
//! - [`classic()`]: what apt 2.6 and 3.0 choose (`apt-classic`);
//! - [`apt3()`]: what apt 3.1 and later choose (`apt-3`);
//! - [`closure()`]: all that could be chosen.
//!
//! [`reasons`] tells why each package is there.
//!
//! ```
//! use reposnap::resolve::{Builder, Candidates, Origin, classic, goals};
//! let mut builder = Builder::new("amd64", &[])?;
//! let index = b"Package: app\nVersion: 1\nArchitecture: amd64\nDepends: mta\n\n\
//!     Package: exim\nVersion: 4\nArchitecture: amd64\nProvides: mta\n";
//! builder.index(Origin::default(), index)?;
//! let universe = builder.finish()?;
//! let candidates = Candidates::new(&universe);
//! let plan = classic(&universe, &candidates, &goals(&universe, &["app".to_owned()])?, true);
//! let names: Vec<String> = plan.install.iter().map(|version| universe.show(*version)).collect();
//! assert_eq!(names, ["app 1", "exim 4"]);
//! # Ok::<(), reposnap::Error>(())
//! ```

mod apt3;
mod builds;
pub mod check;
mod classic;
mod closure;
mod goal;
pub mod graph;
pub mod lockfile;
mod policy;
pub(crate) mod stored;
#[cfg(test)]
mod tests;
mod universe;
mod why;

pub use apt3::apt3;
pub use builds::{Parts, build_dependencies};
pub use classic::{Blocker, Extent, Goal, Plan, Upgraded, classic, upgrade};
pub use closure::closure;
pub use goal::{MAX_GOALS, goals};
pub use policy::{Automatic, Candidates, Policy, Preferences};
pub use stored::{Architectures, builder_of, universe, universe_of};
pub use universe::{Builder, DepKind, Origin, Universe};
pub use why::{Reason, chain, reasons};
