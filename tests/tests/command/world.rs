//! A store with something in it, for the tests to look at.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::{Compression, Package};
use reposnap_tests::gnupg::GnuPg;
use reposnap_tests::process::Finished;
use reposnap_tests::upstream::{Suite, Upstream};
use serde_json::Value;

/// A store in a folder of its own, beside a folder of packages.
pub struct World {
    directory: tempfile::TempDir,
    pub reposnap: Reposnap,
}

impl World {
    /// An empty one; the store is not made yet.
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let reposnap = Reposnap::new(&directory.path().join("store"));
        fs::create_dir(directory.path().join("packages")).expect("making a folder");
        Self { directory, reposnap }
    }

    /// A mirror `inhouse` of a folder with `greet` 1.0, then 1.1 and `extra`; the environment `stable` is at the first state.
    pub fn with_two_states() -> Self {
        let world = Self::new();
        world.put(&Package::new("greet", "1.0"));
        let packages = world.path("packages");
        world.ok(&["mirror", "add-folder", "inhouse", &packages]);
        world.ok(&["mirror", "update", "inhouse"]);
        world.ok(&["env", "create", "stable", "inhouse", "--message", "begin"]);
        fs::remove_file(Path::new(&packages).join(Package::new("greet", "1.0").file_name())).expect("removing");
        world.put(&Package::new("greet", "1.1"));
        world.put(&Package::new("extra", "2"));
        world.ok(&["mirror", "update", "inhouse"]);
        world
    }

    /// Adds a package to the folder.
    pub fn put(&self, package: &Package) {
        fs::write(self.folder().join("packages").join(package.file_name()), package.build())
            .expect("writing a package");
    }

    /// Makes an upstream at `upstream` with `packages`, and gives the keyring's path.
    pub fn upstream(&self, packages: Vec<Package>) -> String {
        let gpg = GnuPg::new();
        let key = gpg.generate("Upstream <upstream@example.org>");
        let mut suite = Suite::new(packages);
        suite.compressions = vec![Compression::None, Compression::Gzip];
        suite.sources = Vec::new();
        Upstream::new(&self.folder().join("upstream"), &gpg, &key).publish(&suite);
        gpg.write_keyring(&key, &self.folder().join("upstream.gpg")).display().to_string()
    }

    /// The upstream's URL.
    pub fn url(&self) -> String {
        format!("file://{}", self.path("upstream"))
    }

    pub fn folder(&self) -> &Path {
        self.directory.path()
    }

    pub fn path(&self, name: &str) -> String {
        self.folder().join(name).display().to_string()
    }

    pub fn ok(&self, arguments: &[&str]) -> String {
        self.reposnap.ok(arguments)
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        self.reposnap.json(arguments)
    }

    /// The document of a command that ends with `code`.
    pub fn json_with(&self, code: i32, arguments: &[&str]) -> Value {
        let finished = self.reposnap.run([&["--json"], arguments].concat());
        assert_eq!(finished.code(), code, "{arguments:?}\n{}", finished.transcript());
        document(&finished)
    }

    /// The `error` of a command that fails.
    pub fn error(&self, arguments: &[&str]) -> Value {
        self.json_with(2, arguments)["error"].clone()
    }

    /// The command with nothing of the caller's environment but the search path.
    pub fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(reposnap_tests::cli::program());
        command.args(arguments).current_dir(self.folder()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.folder());
        command
    }

    pub fn store(&self) -> PathBuf {
        self.reposnap.store().to_owned()
    }
}

/// The one document on standard output.
pub fn document(finished: &Finished) -> Value {
    let text = finished.text();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("not one document: {error}\n{}", finished.transcript()))
}
