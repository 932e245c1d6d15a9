//! A private apt: real apt-get and apt-cache over folders of their own, so that nothing of this machine leaks in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Finished, capture, succeed};

/// A private apt root. Its architecture is `amd64` and nothing is installed in it.
pub struct Apt {
    directory: TempDir,
}

impl Apt {
    /// An apt without sources.
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let root = directory.path();
        for folder in [
            "etc/apt/apt.conf.d",
            "etc/apt/preferences.d",
            "etc/apt/sources.list.d",
            "etc/apt/trusted.gpg.d",
            "var/lib/apt/lists/partial",
            "var/cache/apt/archives/partial",
            "var/log/apt",
            "var/lib/dpkg/updates",
            "var/lib/dpkg/info",
        ] {
            fs::create_dir_all(root.join(folder)).expect("making a folder");
        }
        fs::write(root.join("var/lib/dpkg/status"), "").expect("writing");
        let text = format!(
            "Dir \"{root}\";\n\
             Dir::State::status \"{root}/var/lib/dpkg/status\";\n\
             APT::Architecture \"amd64\";\n\
             APT::Architectures {{ \"amd64\"; }};\n\
             APT::Sandbox::User \"root\";\n\
             APT::Get::Assume-Yes \"true\";\n\
             Acquire::Languages \"none\";\n\
             Acquire::Retries \"0\";\n\
             Acquire::http::Timeout \"20\";\n\
             Acquire::http::Proxy \"DIRECT\";\n\
             Debug::NoLocking \"true\";\n",
            root = root.display()
        );
        fs::write(root.join("apt.conf"), text).expect("writing");
        Self { directory }
    }

    /// An apt with one source: `lines` in one-line or `deb822` form.
    pub fn with_source(source: &str) -> Self {
        let apt = Self::new();
        apt.set_source(source);
        apt
    }

    /// Replaces the sources. Text that begins with `deb` is one-line form, all else deb822 form.
    pub fn set_source(&self, source: &str) {
        let one_line = self.root().join("etc/apt/sources.list");
        let deb822 = self.root().join("etc/apt/sources.list.d/test.sources");
        let is_one_line = source.starts_with("deb ") || source.starts_with("deb-src ");
        fs::write(one_line, if is_one_line { source } else { "" }).expect("writing");
        fs::write(deb822, if is_one_line { "" } else { source }).expect("writing");
    }

    /// The root folder.
    pub fn root(&self) -> &Path {
        self.directory.path()
    }

    /// Sets one more option, such as `Acquire::By-Hash "force";`.
    pub fn configure(&self, line: &str) {
        let path = self.root().join("apt.conf");
        let text = fs::read_to_string(&path).expect("written before");
        fs::write(path, format!("{text}{line}\n")).expect("writing");
    }

    /// Declares packages as installed: stanzas of dpkg's status file.
    pub fn set_installed(&self, stanzas: &str) {
        fs::write(self.root().join("var/lib/dpkg/status"), stanzas).expect("writing");
    }

    /// `apt-get`, `apt-cache` or another of apt's programs, under this root.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        // Without this, apt reads this machine's /etc/apt/apt.conf.d before it learns of the root.
        command.env("APT_CONFIG", self.root().join("apt.conf")).env("LC_ALL", "C.UTF-8");
        command.current_dir(self.root());
        command
    }

    /// Has the next update begin with nothing, so that all indexes are fetched.
    pub fn forget_lists(&self) {
        let lists = self.root().join("var/lib/apt/lists");
        std::fs::remove_dir_all(&lists).expect("apt's lists");
        std::fs::create_dir_all(lists.join("partial")).expect("making a folder");
    }

    /// `apt-get update`; any trouble with an index, warnings included, counts as failure.
    pub fn try_update(&self) -> Finished {
        capture(self.command("apt-get").args(["--error-on=any", "update"]))
    }

    /// `apt-get update`, which must succeed.
    pub fn update(&self) -> Finished {
        succeed(self.command("apt-get").args(["--error-on=any", "update"]))
    }

    /// What `apt-cache policy NAME` prints.
    pub fn policy(&self, name: &str) -> String {
        succeed(self.command("apt-cache").args(["policy", name])).text()
    }

    /// The candidate version of a package, `None` when apt knows none.
    pub fn candidate(&self, name: &str) -> Option<String> {
        let policy = self.policy(name);
        let line = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate: "))?;
        (line != "(none)").then(|| line.to_owned())
    }

    /// All package names that apt knows.
    pub fn names(&self) -> Vec<String> {
        let text = succeed(self.command("apt-cache").arg("pkgnames")).text();
        let mut names: Vec<String> = text.lines().map(str::to_owned).collect();
        names.sort();
        names
    }

    /// Downloads packages and all that they need, verified by apt; gives the files, sorted.
    pub fn download(&self, names: &[&str]) -> Vec<PathBuf> {
        succeed(self.command("apt-get").args(["install", "--download-only", "--no-install-recommends"]).args(names));
        let archives = fs::read_dir(self.root().join("var/cache/apt/archives")).expect("apt's cache");
        let mut files: Vec<PathBuf> = archives.flatten().map(|entry| entry.path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "deb"));
        files.sort();
        files
    }

    /// What apt would install: `name version` of each package, sorted.
    pub fn simulate_install(&self, names: &[&str]) -> Vec<String> {
        let command = &mut self.command("apt-get");
        let text = succeed(command.args(["install", "--simulate", "--no-install-recommends"]).args(names)).text();
        // Inst NAME (VERSION ORIGIN [ARCHITECTURE])
        let mut found: Vec<String> = text
            .lines()
            .filter_map(|line| line.strip_prefix("Inst ")?.split_once(" ("))
            .map(|(name, rest)| format!("{name} {}", rest.split(' ').next().unwrap_or_default()))
            .collect();
        found.sort();
        found
    }
}

impl Default for Apt {
    fn default() -> Self {
        Self::new()
    }
}
