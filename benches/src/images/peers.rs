//! The peers: umoci, skopeo and tar, dpkg-query, rpm, and debsecan.

use std::fs;
use std::path::Path;
use std::process::Command;

use reposnap_tests::process::capture;

use super::input::{Input, unpack};
use super::{Figure, RUNS, seconds, time};
use crate::measure::{Run, measure};

/// Copies an image into a folder and unpacks its layers on top of each other; what an upper layer removed is not.
const COPY_AND_UNPACK: &str = r#"set -e
skopeo --insecure-policy copy --quiet "$1" "dir:$2/copy"
mkdir "$2/root"
folder=$2
shift 2
for layer; do tar -C "$folder/root" -xzf "$folder/copy/$layer"; done
"#;

/// Measures all peers that are there.
pub(super) fn race(input: &Input) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut run = |row: &'static str, packages: &[&str], note: &str, command: &Command, place: Option<&Path>| {
        let Some(tool) = versions(packages) else { return };
        match often(command, place) {
            Ok(run) => {
                let lines = run.stdout.iter().filter(|byte| **byte == b'\n').count();
                let found = if lines > 0 { format!(", {lines} lines") } else { String::new() };
                let note = format!("`{note}`, whole process, {} elapsed{found}", time(run.cost.wall));
                figures.push(Figure { row, tool: tool.clone(), amount: seconds(&run.cost), note });
                if row == "inspect" {
                    let note = "unpacking".to_owned();
                    figures.push(Figure { row: "memory", tool, amount: run.cost.memory as f64, note });
                }
            }
            Err(error) => eprintln!("{error}"),
        }
    };
    let place = input.folder.join("unpacked");
    let mut command = unpack(&input.layout, "two");
    command.arg(place.join("bundle"));
    run("inspect", &["umoci"], "umoci unpack", &command, Some(&place));
    let mut command = Command::new("sh");
    command.args(["-c", COPY_AND_UNPACK, "sh", &input.reference()]).arg(&place).args(&input.layers);
    run("inspect", &["skopeo", "tar"], "skopeo copy; tar xzf", &command, Some(&place));

    let mut command = Command::new("dpkg-query");
    command.arg(format!("--admindir={}", input.root.join("var/lib/dpkg").display()));
    command.args([
        "-W",
        "-f",
        "${Package} ${Version} ${Architecture} ${source:Package} ${source:Version} ${Status}\\n",
    ]);
    run("list", &["dpkg"], "dpkg-query -W", &command, None);

    if let Some(folder) = &input.rpm {
        let format = "%{NAME} %{EVR} %{ARCH} %{INSTALLTIME} %{VENDOR}\n";
        let mut rpm = Command::new("rpm");
        rpm.arg("--dbpath").arg(folder).args(["--define", "_db_backend bdb_ro", "-qa", "--qf", format]);
        rpm.env("HOME", "/nonexistent");
        run("rpm-proofs", &["rpm"], "rpm -qa", &rpm, None);
        rpm.args(["--nodigest", "--nosignature"]);
        run("rpm", &["rpm"], "rpm -qa --nodigest --nosignature", &rpm, None);
    }
    let mut command = Command::new("debsecan");
    command.args(["--config", "/dev/null", "--format", "simple", "--suite", &input.release]);
    command.arg("--source").arg(format!("file://{}/", input.debsecan.display()));
    command.arg("--status").arg(input.root.join("var/lib/dpkg/status"));
    run("advisories", &["debsecan"], "debsecan", &command, None);
    figures
}

/// The run of median processor time; where there is a place, each run finds it empty, and leaves nothing.
fn often(command: &Command, place: Option<&Path>) -> Result<Run, String> {
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        if let Some(place) = place {
            fs::create_dir_all(place).map_err(|error| error.to_string())?;
        }
        let run = measure(command);
        if let Some(place) = place {
            fs::remove_dir_all(place).map_err(|error| error.to_string())?;
        }
        runs.push(run?);
    }
    runs.sort_by(|one, other| seconds(&one.cost).total_cmp(&seconds(&other.cost)));
    Ok(runs.swap_remove(RUNS / 2))
}

/// Debian's packages with their versions; none where one is not installed.
fn versions(packages: &[&str]) -> Option<String> {
    let version = |package: &&str| {
        let found = capture(Command::new("dpkg-query").args(["-W", "-f", "${Version}", package]));
        found.status.success().then(|| format!("{package} {}", found.text()))
    };
    Some(packages.iter().map(version).collect::<Option<Vec<_>>>()?.join(", "))
}
