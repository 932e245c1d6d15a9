//! This machine's own apt into snapshots, offline.
//!
//! What `apt-get update` left is taken as apt itself takes it: the source files say what is there, the lists hold it, the
//! keyrings that the sources name prove it. Everything is verified again, from the key to each index; nothing is asked
//! of the network.

mod config;
mod installed;
mod lists;
mod update;

use std::path::Path;

pub use config::architecture;
pub use installed::{Installed, Relation, Standing, installed, relate};
pub use update::update;

/// Whether the machine whose root is `root` has an apt with lists: something for [`update`] to read.
pub fn has_lists(root: &Path) -> bool {
    let is_release = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.is_ok_and(|entry| entry.file_name().to_string_lossy().ends_with("Release"))
    };
    architecture(root).is_ok()
        && std::fs::read_dir(root.join("var/lib/apt/lists")).is_ok_and(|mut entries| entries.any(is_release))
}
