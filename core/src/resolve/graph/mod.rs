//! What depends on what: graphs of packages, the ways between two of them, and pictures of both.
//!
//! - [`dependencies`] and [`dependents`] make a [`Graph`] around some packages, [`paths`] one of the shortest chains between
//!   two;
//! - [`reach`] and [`count`] tell how many packages there are around one, however many these are;
//! - [`Graph::to_dot`], [`Graph::to_mermaid`] and [`Graph::to_svg`] write it for people to look at;
//! - [`draw`] does all of it by names, as an operation wants it.
//!
//! Only versions that are the candidates of their packages count, as they do for who installs, unless
//! [`Options::all_versions`] asks for more.

mod ask;
mod collect;
mod components;
mod document;
mod dot;
mod draft;
mod layout;
mod mermaid;
mod options;
mod paths;
mod reach;
mod svg;
#[cfg(test)]
mod tests;
mod walk;
mod whole;

pub use ask::{Ask, Drawn, Format, draw, find};
pub use collect::{dependencies, dependents};
pub use document::{Count, Edge, EdgeKind, Graph, Node, NodeKind, Paths};
pub use options::{Direction, Kinds, MAX_NODES, Options};
pub use paths::paths;
pub use reach::{Reached, count, reach};
pub use walk::Root;
