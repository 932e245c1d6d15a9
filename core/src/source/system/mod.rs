//! This machine's own apt into snapshots, offline.
//!
//! What `apt-get update` left is taken as apt itself takes it: the source files say what is there, the lists hold it, the
//! keyrings that the sources name prove it. Everything is verified again, from the key to each index; nothing is asked
//! of the network.

mod config;
mod lists;
mod update;

pub use config::architecture;
pub use update::update;
