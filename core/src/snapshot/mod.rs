//! A set of packages and what can be done with it.
//!
//! A [`Snapshot`] is immutable and named by the SHA-256 of its [`manifest`]. Its packages stand in ordered lists, one for
//! each component and architecture; lists are cut into chunks that snapshots share.

mod candidate;
pub mod chunk;
mod derive;
mod diff;
pub mod entry;
pub(crate) mod found;
mod frames;
mod fresh;
pub mod hold;
pub mod ingest;
pub mod manifest;
mod merge;
pub mod needs;
pub(crate) mod open;
pub mod query;
pub(crate) mod read;
mod search;
pub(crate) mod seen;
mod select;
pub(crate) mod text;
pub(crate) mod view;
mod walk;
mod write;

pub use diff::{Change, Difference, diff};
pub use entry::{Entry, Key};
pub use found::Found;
pub use fresh::fresh;
pub use merge::{Rule, merge};
pub use open::{Retired, Snapshot};
pub use query::Query;
pub use read::{Chunk, ChunkReader, Want};
pub use search::{search, search_entries};
pub use select::{filter, pull};
pub use walk::Walk;
pub use write::{Listed, Piece, SnapshotWriter};
