//! What apt fetches of other suites and architectures, in a root of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use reposnap_tests::process::succeed;

/// Lists that apt fetched.
pub struct Lists {
    /// Options with which apt reads them, as `KEY=VALUE`.
    pub options: Vec<String>,
    /// Their texts, in the order in which apt reads them.
    pub texts: Vec<Vec<u8>>,
}

/// Two tests may want the same lists, and one fetches them.
static FETCHING: Mutex<()> = Mutex::new(());

/// Fetches the index of `suite` for architectures, from the first archive that this machine's apt knows.
pub fn fetch(suite: &str, architectures: &[&str]) -> Lists {
    let _one_at_a_time = FETCHING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/apt-worlds").join(suite);
    let folder = folder.join(architectures.join("-"));
    std::fs::create_dir_all(folder.join("lists/partial")).expect("a folder");
    let sources = folder.join("sources.list");
    std::fs::write(&sources, format!("{}\n", source(suite))).expect("writing");
    let path = |path: PathBuf| path.to_str().expect("UTF-8").to_owned();
    let options = vec![
        format!("APT::Architecture={}", architectures[0]),
        format!("APT::Architectures::={}", architectures.join(",")),
        format!("Dir::State::lists={}/", path(folder.join("lists"))),
        format!("Dir::Etc::sourcelist={}", path(sources)),
        "Dir::Etc::sourceparts=/dev/null".to_owned(),
        "Dir::Etc::preferences=/dev/null".to_owned(),
        "Dir::Etc::preferencesparts=/dev/null".to_owned(),
        "Dir::Cache::pkgcache=".to_owned(),
        "Dir::Cache::srcpkgcache=".to_owned(),
        "Acquire::Languages=none".to_owned(),
    ];
    let apt = |command: &str| {
        let mut apt = Command::new(command);
        for option in &options {
            match option.split_once("::=") {
                Some((key, values)) => {
                    for value in values.split(',') {
                        apt.args(["-o", &format!("{key}::={value}")]);
                    }
                }
                None => {
                    apt.args(["-o", option]);
                }
            }
        }
        apt
    };
    let targets = || {
        let mut command = apt("apt-get");
        command.args(["indextargets", "--format", "$(FILENAME)", "Created-By: Packages"]);
        succeed(&mut command).text().lines().map(str::to_owned).collect::<Vec<String>>()
    };
    if targets().is_empty() {
        succeed(apt("apt-get").args(["-o", "Debug::NoLocking=1", "update"]));
    }
    let cat = |file: &String| succeed(apt("/usr/lib/apt/apt-helper").args(["cat-file", file])).stdout;
    Lists { texts: targets().iter().map(cat).collect(), options }
}

/// The line of sources.list for another suite of the archive that this machine takes its own packages from.
fn source(suite: &str) -> String {
    let mut command = Command::new("apt-get");
    command.args(["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Component: main"]);
    let text = succeed(&mut command).text();
    let uri = text.lines().next().expect("this test needs a machine where `apt-get update` works");
    // Of the package debian-archive-keyring, which scripts/setup installs.
    format!("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {uri} {suite} main")
}
