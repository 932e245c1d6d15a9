//! reposnap's side of the races: the command as a user runs it, a process for each piece of work.

use std::fs;
use std::path::Path;
use std::process::Command;

use reposnap_tests::cli;

use crate::measure;
use crate::race::{Course, Outcome, REPEATS, disk_usage};
use crate::synthetic::Upstream;

/// Runs reposnap over all rows.
pub(crate) fn reposnap(upstream: &Upstream) -> Vec<Outcome> {
    let mut course = Course::new(upstream, format!("reposnap {}", env!("CARGO_PKG_VERSION")));
    if let Err(error) = race(&mut course) {
        eprintln!("reposnap: {error}");
    }
    course.outcomes
}

fn race(course: &mut Course<'_>) -> Result<(), String> {
    let store = course.path("store");
    let public = course.path("public");
    let key = course.upstream.directory.join("publisher.key");
    let (key, to) = (key.to_string_lossy().into_owned(), public.to_string_lossy().into_owned());
    let reposnap = |course: &Course<'_>, arguments: &[&str]| -> Command {
        let mut command = course.command(cli::program());
        command.arg("--store").arg(&store).args(arguments);
        command
    };
    let keyring = course.upstream.keyring();
    let keyring = keyring.to_string_lossy();
    let url = format!("{}/", course.server.url());

    let add = [
        "mirror",
        "add",
        "synth",
        &url,
        "bookworm",
        "main",
        "--arch",
        "amd64",
        "--signed-by",
        &keyring,
        "--packages",
        "all",
    ];
    measure::measure(&reposnap(course, &add))?;
    let update = reposnap(course, &["mirror", "update", "synth"]);
    course.run("mirror-first", &update)?;
    course.amend(|outcome| outcome.bytes = Some(disk_usage(&store)));
    course.run_often("mirror-unchanged", &update)?;
    let create = reposnap(course, &["env", "create", "nightly", "synth"]);
    course.run("snapshot", &create)?;
    let publish = reposnap(course, &["publish", "nightly", "--to", &to, "--suite", "bookworm", "--key", &key]);
    // A row that fails leaves its note; those after it are still worth having.
    drop(course.run("publish-first", &publish));
    client(course, "client", &public);
    let publish_as = |course: &mut Course<'_>, format: &str, row: &str| {
        let folder = course.path(&format!("public-{format}"));
        let to = folder.to_string_lossy().into_owned();
        let publish = ["publish", "nightly", "--to", &to, "--suite", "bookworm", "--key", &key, "--compress", format];
        drop(course.run(row, &reposnap(course, &publish)));
        folder
    };
    for (format, row, row_of_client) in
        [("zst", "publish-zst-first", "client-zst"), ("xz", "publish-xz-first", "client-xz")]
    {
        let folder = publish_as(course, format, row);
        client(course, row_of_client, &folder);
    }

    let before = metadata_usage(&store);
    course.upstream.show(1);
    course.run("mirror-changed", &update)?;
    let grown = metadata_usage(&store).saturating_sub(before);
    course.record(Outcome { row: "snapshot-disk".to_owned(), bytes: Some(grown), ..Outcome::default() });

    let diff = reposnap(course, &["snapshot", "diff", "nightly", "synth"]);
    drop(course.run_finding("diff", &diff));
    let search = reposnap(course, &["search", "synth", "Name (~ ^lib.*ssl)"]);
    drop(course.run_often("search", &search));
    let filter = reposnap(course, &["snapshot", "filter", "synth", "nginx"]);
    drop(course.run_often("filter", &filter));
    course.amend(|outcome| outcome.note = Some("by name; without the dependencies that aptly follows".to_owned()));
    let pull = reposnap(course, &["snapshot", "pull", "nightly", "synth", "libssl3"]);
    drop(course.run("pull", &pull));

    let promote = reposnap(course, &["env", "promote", "nightly", "synth"]);
    measure::measure(&promote)?;
    drop(course.run("publish-changed", &publish));
    publish_as(course, "zst", "publish-zst-changed");
    Ok(())
}

/// Records what a client downloads of the one index in a published directory.
fn client(course: &mut Course<'_>, row: &str, public: &Path) {
    let folder = public.join("dists/bookworm/main/binary-amd64");
    let mut files = fs::read_dir(folder).into_iter().flatten().flatten();
    let index = files.find(|file| file.file_name().to_string_lossy().starts_with("Packages"));
    let bytes = index.as_ref().and_then(|file| file.metadata().ok()).map(|data| data.len());
    let note = index.map(|file| file.file_name().to_string_lossy().into_owned());
    course.record(Outcome { row: row.to_owned(), bytes, note, ..Outcome::default() });
}

/// What the store takes on disk apart from the packages themselves.
fn metadata_usage(store: &Path) -> u64 {
    disk_usage(store).saturating_sub(disk_usage(&store.join("pool")))
}

impl Course<'_> {
    /// Like [`Course::run_often`] for commands that end with 1 to say that they found something.
    fn run_finding(&mut self, row: &str, command: &Command) -> Result<(), String> {
        let mut runs = Vec::new();
        for _ in 0..REPEATS {
            let run = measure::measure_any(command)?;
            if run.cost.code > 1 {
                return self.run(row, command).map(drop);
            }
            runs.push(run);
        }
        runs.sort_by(|one, other| one.cost.time().total_cmp(&other.cost.time()));
        let run = runs.swap_remove(REPEATS / 2);
        self.server.forget();
        self.finish(row, command, Ok(run)).map(drop)
    }
}
