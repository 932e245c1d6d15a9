//! Verifying this machine's largest InRelease file: processor time of the whole process.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use reposnap_tests::cli;

use crate::measure::{measure, measure_median};
use crate::race::{Outcome, version};

/// Runs of each verifier; the median counts.
const RUNS: usize = 25;
/// Debian's keyring, as its package installs it.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Verifies with gpgv, with sqv where it is installed, and with reposnap.
pub(crate) fn race() -> Vec<Outcome> {
    let Some(release) = largest_release() else {
        eprintln!("no InRelease file on this machine: run apt-get update");
        return Vec::new();
    };
    let mut gpgv = Command::new("gpgv");
    gpgv.args(["--quiet", "--keyring", KEYRING]).arg(&release);
    let mut sqv = Command::new("sqv");
    sqv.args(["--keyring", KEYRING]).arg(&release);
    let mut ours = Command::new(cli::program());
    ours.args(["verify", "release", "--keyring", KEYRING]).arg(&release);
    let mut outcomes = Vec::new();
    let own = format!("reposnap {}", env!("CARGO_PKG_VERSION"));
    for (tool, command) in [
        (version("gpgv", "--version").map(|line| line.replace(" (GnuPG)", "")), &gpgv),
        (version("sqv", "--version"), &sqv),
        (Some(own), &ours),
    ] {
        let Some(tool) = tool else { continue };
        let run = measure(command).and_then(|_| measure_median(command, RUNS));
        match &run {
            Ok(run) => eprintln!("  {tool:<22} signature {:>8.1} ms", (run.cost.user + run.cost.system) * 1e3),
            Err(error) => eprintln!("{tool}: {error}"),
        }
        outcomes.push(Outcome {
            row: "signature".to_owned(),
            tool,
            cost: run.as_ref().ok().map(|run| run.cost),
            note: run.err().map(|error| error.lines().last().unwrap_or_default().to_owned()),
            ..Outcome::default()
        });
    }
    outcomes
}

/// The largest InRelease that apt keeps, which is that of the whole distribution.
fn largest_release() -> Option<PathBuf> {
    let lists = fs::read_dir("/var/lib/apt/lists").ok()?.flatten();
    let releases = lists.filter(|entry| entry.file_name().to_string_lossy().ends_with("_InRelease"));
    let sized = releases.filter_map(|entry| Some((entry.metadata().ok()?.len(), entry.path())));
    sized.max().map(|(_, path)| path)
}
