//! Running the programs that attestations are held against. One that is missing fails the test.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Runs a program, which may fail.
pub fn attempt(program: impl AsRef<OsStr>, arguments: &[&str], environment: &[(&str, &Path)]) -> Output {
    let mut command = Command::new(program.as_ref());
    command.args(arguments).envs(environment.iter().copied());
    command.output().unwrap_or_else(|error| {
        panic!("{} can't be run: {error}; scripts/setup installs it", program.as_ref().display())
    })
}

/// Runs a program, which must succeed, and gives what it prints.
pub fn run(program: impl AsRef<OsStr>, arguments: &[&str], environment: &[(&str, &Path)]) -> Vec<u8> {
    let output = attempt(program.as_ref(), arguments, environment);
    assert!(
        output.status.success(),
        "{:?} {arguments:?}: {}",
        program.as_ref(),
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// Runs openssl in `folder`, and gives what it prints.
pub fn openssl(folder: &Folder, line: &str) -> Vec<u8> {
    let output = openssl_attempt(folder, line);
    assert!(output.status.success(), "openssl {line}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Runs openssl in `folder`; it may fail.
pub fn openssl_attempt(folder: &Folder, line: &str) -> Output {
    let mut command = Command::new("openssl");
    command.args(line.split_ascii_whitespace()).current_dir(folder.path());
    command.output().expect("openssl can't be run; scripts/setup installs it")
}

/// A folder for one test.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(TempDir::new().expect("a folder for a test"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The path of a file in it.
    pub fn at(&self, name: &str) -> String {
        self.path().join(name).to_str().expect("a path that is text").to_owned()
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.at(name);
        std::fs::write(&path, bytes).expect("a file for a test");
        path
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.at(name)).expect("a file of a test")
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).expect("a file that is text")
    }
}

/// Runs `envelope.py` with securesystemslib and in-toto-attestation; it may fail.
pub fn python(arguments: &[&str]) -> Output {
    let script = here("tests/attest_support/envelope.py");
    let arguments: Vec<&str> =
        std::iter::once(script.to_str().expect("text")).chain(arguments.iter().copied()).collect();
    attempt(virtual_environment().join("bin/python"), &arguments, &[])
}

/// Runs a script of `tests/node` with Sigstore's packages; it may fail.
pub fn node(script: &str, arguments: &[&str]) -> Output {
    let script = here("tests/node").join(script);
    let arguments: Vec<&str> =
        std::iter::once(script.to_str().expect("text")).chain(arguments.iter().copied()).collect();
    attempt("node", &arguments, &[("NODE_FOLDER", &node_folder())])
}

/// Python packages, as scripts/setup installs them.
fn virtual_environment() -> PathBuf {
    there(target("provenance-venv"))
}

/// npm packages, likewise.
fn node_folder() -> PathBuf {
    there(here("tests/node/node_modules")).parent().expect("a folder").to_owned()
}

fn there(folder: PathBuf) -> PathBuf {
    assert!(folder.exists(), "{} is not there; scripts/setup installs what the tests need", folder.display());
    folder
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

fn target(name: &str) -> PathBuf {
    let target = root().join("target");
    std::fs::create_dir_all(&target).expect("the target folder");
    target.join(name)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}
