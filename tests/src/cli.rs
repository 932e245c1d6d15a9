//! Runs the command `reposnap` as a user would.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::process::{Finished, capture, cargo, succeed};

/// The command over one store.
#[derive(Debug, Clone)]
pub struct Reposnap {
    store: PathBuf,
    variables: Vec<(String, String)>,
}

impl Reposnap {
    /// The command, with `--store` set to `store`.
    pub fn new(store: &Path) -> Self {
        Self { store: store.to_owned(), variables: Vec::new() }
    }

    /// The same with a variable of the environment.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with several.
    #[must_use]
    pub fn with_variables(mut self, variables: Vec<(String, String)>) -> Self {
        self.variables.extend(variables);
        self
    }

    /// The store's folder.
    pub fn store(&self) -> &Path {
        &self.store
    }

    /// The command with arguments, not yet run.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(program());
        command.arg("--store").arg(&self.store).args(arguments).env("LC_ALL", "C.UTF-8").env_remove("NO_COLOR");
        // What one test reads from a bucket is not kept for another.
        command.env("REPOSNAP_CACHE", "off");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it, whatever comes.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Finished {
        capture(&mut self.command(arguments))
    }

    /// Runs it; it must end with 0. Gives its standard output.
    pub fn ok<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> String {
        succeed(&mut self.command(arguments)).text()
    }

    /// Runs it with `--json`; it must end with 0 and print exactly one document.
    pub fn json<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Value {
        let command = &mut self.command(arguments);
        let text = succeed(command.arg("--json")).text();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{command:?}\nnot one document: {error}\n{text}"))
    }

    /// Runs it; it must fail with `code` and say why on standard error. Gives what it said.
    pub fn fails<A: AsRef<OsStr>>(&self, code: i32, arguments: impl IntoIterator<Item = A>) -> String {
        let command = &mut self.command(arguments);
        let finished = capture(command);
        assert_eq!(finished.code(), code, "{command:?}\n{}", finished.transcript());
        assert!(!finished.stderr.trim().is_empty(), "{command:?} said nothing");
        assert!(!finished.stderr.contains("panicked"), "{command:?}\n{}", finished.stderr);
        finished.stderr
    }
}

/// The command's executable, built now from the present sources unless the variable `REPOSNAP` names one.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| std::env::var_os("REPOSNAP").map_or_else(build, PathBuf::from))
}

/// Builds the command with the profile of this very executable, and gives its path.
///
/// Cargo makes executables known to the tests of their own package only; these tests are another package.
fn build() -> PathBuf {
    let test = std::env::current_exe().expect("this test's own path");
    let folder = test.ancestors().skip(1).find(|folder| folder.file_name() != Some(OsStr::new("deps")));
    let folder = folder.expect("tests are built in target/PROFILE/deps");
    let profile = folder.file_name().and_then(OsStr::to_str).expect("a profile's name");
    let mut command = cargo();
    command.args(["build", "--quiet", "--locked", "--workspace", "--bin", "reposnap"]);
    command.args(["--profile", if profile == "debug" { "dev" } else { profile }]);
    command.arg("--target-dir").arg(folder.parent().expect("a profile's folder is in the target folder"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace"));
    succeed(&mut command);
    folder.join("reposnap")
}
