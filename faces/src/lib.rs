//! What a face in another language is written from: the operations of the library, and the documents that they give.
//!
//! The operations come from [`reposnap::api::OPERATIONS`], the documents from the tables of `docs/JSON.md`, which the tests
//! of the command hold against what it prints. From both, [`files`] makes every generated file of the repository; a test
//! compares them with what is there, and writes them anew where `UPDATE=1` is set.

pub mod c;
pub mod documents;
pub mod kind;
pub mod languages;
pub mod names;
pub mod node;
pub mod python;
pub mod table;

use std::path::{Path, PathBuf};

use documents::Documents;

/// A file that is made, as a path below the repository's root and its text.
pub type Generated = (&'static str, String);

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every generated file of the repository.
pub fn files() -> Vec<Generated> {
    let documents = Documents::read();
    let mut files =
        vec![("docs/OPERATIONS.md", table::page(&documents)), ("bindings-c/src/operations.rs", c::functions())];
    files.extend(node::files(&documents));
    files.extend(python::files(&documents));
    files
}
