//! What the tests of advisories and reports share.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A program that `scripts/setup` installs below the root.
pub fn installed(path: &str) -> PathBuf {
    let program = root().join(path);
    assert!(program.exists(), "{} is not there; scripts/setup installs what the tests need", program.display());
    program
}

/// The Python of the checkers of bills of materials and other documents.
pub fn python() -> PathBuf {
    installed("target/sbom-venv/bin/python")
}

/// A file of the tests.
pub fn data(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Runs a command, which has to succeed, and gives what it printed.
pub fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}: {status}\n{stdout}\n{stderr}");
    stdout.into_owned()
}
