//! What a face in another language is written from: the operations of the library, and the documents that they give.
//!
//! The operations come from [`reposnap_api::OPERATIONS`], the documents from the tables of `docs/JSON.md`, which the tests
//! of the command hold against what it prints. From both, [`files`] makes every generated file of the repository; a test
//! compares them with what is there, and writes them anew where `UPDATE=1` is set.

pub mod c;
pub mod classes;
pub mod documents;
pub mod kind;
pub mod languages;
pub mod names;
pub mod node;
pub mod python;
pub mod ruby;
pub mod table;
pub mod uniffi;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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
    let mut files = vec![
        ("docs/OPERATIONS.md", table::page(&documents)),
        ("bindings-c/src/operations.rs", formatted(&c::functions())),
        ("bindings-uniffi/src/operations.rs", formatted(&uniffi::methods())),
        ("bindings-uniffi/src/documents.rs", formatted(&uniffi::records(&documents))),
        ("bindings-uniffi/ruby/lib/reposnap/operations.rb", ruby::methods()),
    ];
    files.extend(node::files(&documents));
    files.extend(python::files(&documents));
    files
}

/// Rust as rustfmt has it, for generated sources are checked as all others.
fn formatted(source: &str) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root().join("rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starting rustfmt");
    let mut input = rustfmt.stdin.take().expect("rustfmt reads");
    let text = source.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()).expect("writing to rustfmt"));
    let output = rustfmt.wait_with_output().expect("waiting for rustfmt");
    writer.join().expect("rustfmt reads to the end");
    assert!(output.status.success(), "rustfmt can't read\n{source}");
    String::from_utf8(output.stdout).expect("Rust is text")
}
