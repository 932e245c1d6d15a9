//! What the races have in common: the course (an upstream behind a web server, a place to work), and the results.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reposnap_tests::gnupg::GnuPg;
use reposnap_tests::nginx::Nginx;
use serde::{Deserialize, Serialize};

use crate::measure::{Cost, Run, measure, measure_median};
use crate::synthetic::{self, Upstream};

/// How often a short piece of work that changes nothing is run; the median counts.
pub(crate) const REPEATS: usize = 5;

/// One tool's result for one row of the table.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// The row, an id of the report's.
    pub(crate) row: String,
    /// The tool, with its version.
    pub(crate) tool: String,
    /// What its process cost.
    pub(crate) cost: Option<Cost>,
    /// Requests that the upstream's server answered.
    pub(crate) requests: Option<u64>,
    /// Bytes of bodies that the upstream's server sent.
    pub(crate) downloaded: Option<u64>,
    /// Bytes on disk, or of the file that the row is about.
    pub(crate) bytes: Option<u64>,
    /// MB per second of processor time, for the parsing rows.
    pub(crate) rate: Option<f64>,
    /// Nanoseconds of processor time per operation.
    pub(crate) nanoseconds: Option<f64>,
    /// Wrong answers, where there is an oracle.
    pub(crate) wrong: Option<u64>,
    /// Why there is no figure, or what the reader must know of it.
    pub(crate) note: Option<String>,
}

/// The upstream behind its server, and a clean place for one tool.
pub(crate) struct Course<'a> {
    /// The upstream; its suite can be moved between states.
    pub(crate) upstream: &'a Upstream,
    /// The server in front of it.
    pub(crate) server: Nginx,
    /// A GnuPG home with the upstream's public and the publisher's secret key.
    pub(crate) gpg: GnuPg,
    /// The fingerprint of the upstream's key.
    pub(crate) archive_key: String,
    /// The fingerprint of the publisher's key.
    pub(crate) publisher_key: String,
    /// An empty folder, on the same disk as the upstream.
    pub(crate) place: tempfile::TempDir,
    /// The tool's name and version, as the table shows it.
    pub(crate) tool: String,
    /// What has been measured so far.
    pub(crate) outcomes: Vec<Outcome>,
}

impl<'a> Course<'a> {
    /// A fresh course for `tool`, the suite at state 0.
    pub(crate) fn new(upstream: &'a Upstream, tool: String) -> Self {
        upstream.show(0);
        let (gpg, archive_key, publisher_key) = synthetic::keys(upstream);
        let place = tempfile::tempdir_in(&upstream.directory).expect("a place to work");
        let server = Nginx::serve(&upstream.root());
        Self { upstream, server, gpg, archive_key, publisher_key, place, tool, outcomes: Vec::new() }
    }

    /// Where the tool works.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// `program` with the course's GnuPG home, and a home directory of its own.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("GNUPGHOME", self.gpg.home()).env("HOME", self.place.path()).env("LC_ALL", "C.UTF-8");
        command
    }

    /// Runs `command` once and records its cost and its downloads under `row`.
    ///
    /// # Errors
    /// What [`measure`] reports; it is recorded as the outcome's note as well.
    pub(crate) fn run(&mut self, row: &str, command: &Command) -> Result<Run, String> {
        self.server.forget();
        self.finish(row, command, measure(command))
    }

    /// Like [`Course::run`], the median of several runs; for work that changes nothing.
    ///
    /// # Errors
    /// As [`Course::run`].
    pub(crate) fn run_often(&mut self, row: &str, command: &Command) -> Result<Run, String> {
        // The first run may warm what a tool keeps; it counts as one of the runs, and the median leaves it out.
        let run = measure_median(command, REPEATS);
        self.server.forget();
        if run.is_ok() {
            drop(measure(command));
        }
        self.finish(row, command, run)
    }

    /// Sets a figure of the row recorded last.
    pub(crate) fn amend(&mut self, change: impl FnOnce(&mut Outcome)) {
        if let Some(outcome) = self.outcomes.last_mut() {
            change(outcome);
        }
    }

    /// Records a figure that is not a run.
    pub(crate) fn record(&mut self, outcome: Outcome) {
        self.outcomes.push(Outcome { tool: self.tool.clone(), ..outcome });
    }

    pub(crate) fn finish(&mut self, row: &str, command: &Command, run: Result<Run, String>) -> Result<Run, String> {
        let accesses = self.server.accesses();
        let cost = run.as_ref().ok().map(|run| run.cost);
        match &cost {
            Some(cost) => eprintln!(
                "  {:<12} {row:<18} {:>8.3} s user {:>7.3} s system {:>6.0} MB",
                self.tool.split(' ').next().unwrap_or_default(),
                cost.user,
                cost.system,
                cost.memory as f64 / 1e6
            ),
            None => eprintln!("  {:<12} {row:<18} failed: {command:?}", self.tool),
        }
        if let Err(error) = &run {
            eprintln!("{error}");
        }
        self.record(Outcome {
            row: row.to_owned(),
            cost,
            requests: (!accesses.is_empty()).then_some(accesses.len() as u64),
            downloaded: (!accesses.is_empty()).then(|| accesses.iter().map(|access| access.bytes).sum()),
            note: run.as_ref().err().map(|error| error.lines().next().unwrap_or_default().to_owned()),
            ..Outcome::default()
        });
        run
    }
}

/// Bytes that a folder takes on disk, hard links counted once; 0 when it is not there.
pub(crate) fn disk_usage(folder: &Path) -> u64 {
    fn walk(folder: &Path, seen: &mut std::collections::HashSet<u64>) -> u64 {
        use std::os::unix::fs::MetadataExt;
        let Ok(entries) = fs::read_dir(folder) else { return 0 };
        let mut sum = 0;
        for entry in entries.flatten() {
            let Ok(data) = entry.metadata() else { continue };
            if data.is_dir() {
                sum += walk(&entry.path(), seen);
            }
            if seen.insert(data.ino()) {
                sum += data.blocks() * 512;
            }
        }
        sum
    }
    walk(folder, &mut std::collections::HashSet::new())
}

/// The first line that `program --version` (or the like) prints, or `None` when it is not installed.
pub(crate) fn version(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    Some(String::from_utf8_lossy(&text).lines().next()?.trim().to_owned())
}
