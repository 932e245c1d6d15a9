//! Writers whose clocks are days apart: logs stay lines, what is asked by time is answered by the log, and garbage collection
//! goes by the store's clock alone.

use std::fs;
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::Package;
use reposnap_tests::process::{Finished, capture};
use reposnap_tests::s3::S3;
use serde_json::Value;

/// What faketime makes of the clock.
const CLOCKS: [&str; 3] = ["+3d", "-3d", "+0"];

/// A store, and packages for a mirror of it.
struct World {
    folder: tempfile::TempDir,
    reposnap: Reposnap,
    version: u32,
}

impl World {
    fn new(reposnap: impl FnOnce(&std::path::Path) -> Reposnap) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let reposnap = reposnap(folder.path());
        let mut world = Self { folder, reposnap, version: 0 };
        world.put();
        let packages = world.folder.path().display().to_string();
        world.reposnap.ok(["mirror", "add-folder", "inhouse", &packages]);
        world.reposnap.ok(["mirror", "update", "inhouse"]);
        world.reposnap.ok(["env", "create", "stable", "inhouse"]);
        world
    }

    fn put(&mut self) {
        self.version += 1;
        let package = Package::new("tool", &self.version.to_string());
        fs::write(self.folder.path().join("tool.deb"), package.build()).expect("a package");
    }

    /// Runs the command with another clock. Times of files are the file system's all the same.
    fn run(&self, clock: &str, arguments: &[&str]) -> Finished {
        let plain = self.reposnap.command(arguments);
        let mut command = Command::new("faketime");
        command.args(["-f", clock]).arg(plain.get_program()).args(plain.get_args()).env("NO_FAKE_STAT", "1");
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        capture(&mut command)
    }

    /// Runs it; it must succeed. Gives its document, and what it said besides.
    fn json(&self, clock: &str, arguments: &[&str]) -> (Value, String) {
        let finished = self.run(clock, &[arguments, &["--json"]].concat());
        assert_eq!(finished.code(), 0, "{arguments:?}\n{}", finished.transcript());
        (serde_json::from_slice(&finished.stdout).expect("a document"), finished.stderr)
    }

    /// The numbers, times and snapshots of the environment's entries, the oldest first.
    fn log(&self) -> Vec<(u64, Timestamp, String)> {
        let log = self.reposnap.json(["env", "log", "stable"]);
        let text = |entry: &Value, field: &str| entry[field].as_str().expect("a text").to_owned();
        let entry = |entry: &Value| {
            let time = text(entry, "time").parse().expect("a time");
            (entry["seq"].as_u64().expect("a number"), time, text(entry, "snapshot"))
        };
        log.as_array().expect("entries").iter().rev().map(entry).collect()
    }

    fn assert_clean(&self) {
        let checked = self.reposnap.json(["store", "check", "--data"]);
        assert_eq!(checked["problems"], Value::Array(Vec::new()), "{checked:#}");
    }

    fn snapshot(&self, rev: &str) -> String {
        self.reposnap.json(["snapshot", "show", rev])["snapshot"].as_str().expect("a digest").to_owned()
    }
}

fn in_directory(folder: &std::path::Path) -> Reposnap {
    Reposnap::new(&folder.join("store"))
}

fn in_bucket(server: &S3) -> Reposnap {
    Reposnap::new(server.url("store").as_ref()).with_variables(server.variables())
}

#[test]
fn a_log_is_a_line_whatever_the_clocks_say() {
    let mut world = World::new(in_directory);
    let now = Timestamp::now();
    for (round, clock) in CLOCKS.iter().cycle().take(6).enumerate() {
        world.put();
        world.json(clock, &["mirror", "update", "inhouse"]);
        let (promoted, told) = world.json(clock, &["env", "promote", "stable", "inhouse"]);
        assert_eq!(promoted["moved"], true);
        // Whose clock is ahead finds nothing odd; the others find entries that are from the future.
        assert_eq!(told.contains("from the future"), *clock != "+3d", "{round} {clock}: {told}");
    }
    let log = world.log();
    assert!(log.iter().map(|(seq, ..)| *seq).eq(1..=7), "{log:?}");
    assert!(log.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{log:?}");
    world.assert_clean();
    // The second entry is three days ahead, and all that follow have its time, whatever their writers' clocks said.
    let ahead = SignedDuration::from_hours(71);
    assert!(log[0].1 < now && log[1..].iter().all(|(_, time, _)| now.duration_until(*time) > ahead), "{log:?}");
    assert_eq!(world.snapshot("stable"), log[6].2);
    assert_eq!(world.snapshot("stable~5"), log[1].2);
    // By time: what was in force then, as the log has it.
    assert_eq!(world.snapshot(&format!("stable@{}", Timestamp::now())), log[0].2);
    let later = now + SignedDuration::from_hours(24 * 30);
    assert_eq!(world.snapshot(&format!("stable@{later}")), log[6].2);
    let told = world.reposnap.run(["store", "check"]).stderr;
    assert!(told.contains("stable") && told.contains("from the future"), "{told}");
    // Rules of retention count entries and days of the log: the newest state stays.
    let (report, _) = world.json("-3d", &["store", "gc", "--keep-daily", "1", "--grace", "0s"]);
    assert!(
        report["retired"].as_array().is_some_and(|retired| !retired.contains(&log[6].2.clone().into())),
        "{report:#}"
    );
    assert_eq!(world.snapshot("stable"), log[6].2);
    world.assert_clean();
}

#[test]
fn garbage_goes_by_the_clock_of_the_store() {
    let server = S3::serve();
    for mut world in [World::new(in_directory), World::new(|_| in_bucket(&server))] {
        for _ in 0..2 {
            world.put();
            world.reposnap.ok(["mirror", "update", "inhouse"]);
            world.reposnap.ok(["env", "promote", "stable", "inhouse"]);
        }
        let log = world.log();
        let gc = ["store", "gc", "--keep-last", "1", "--grace"];
        // Planned by one whose clock is behind; for one whose clock is ahead the hour is not over, either.
        let (report, _) = world.json("-3d", &[&gc[..], &["1h"]].concat());
        assert!(report["planned"]["objects"].as_u64().is_some_and(|objects| objects > 0), "{report:#}");
        for clock in CLOCKS {
            let (report, _) = world.json(clock, &[&gc[..], &["1h"]].concat());
            assert!(
                report["swept"] == Value::Array(Vec::new()) && report["waiting"].is_object(),
                "{clock}: {report:#}"
            );
        }
        // Writers with either clock name again what the plan names.
        for (clock, entry) in [("+3d", 0), ("-3d", 1)] {
            world.json(clock, &["env", "promote", "stable", &log[entry].2]);
            world.json(clock, &["env", "create", &format!("kept-{entry}"), &log[entry].2]);
        }
        for clock in CLOCKS {
            world.json(clock, &[&gc[..], &["0s"]].concat());
            world.assert_clean();
        }
        for (entry, kept) in log.iter().enumerate().take(2) {
            assert_eq!(world.snapshot(&format!("kept-{entry}")), kept.2);
        }
        assert_eq!(world.snapshot("stable"), log[1].2);
    }
}
