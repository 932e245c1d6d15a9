//! The peers: apt with a cache of its own and nothing installed, python-apt, and dose.

use std::process::Command;

use super::Figure;
use super::input::Input;
use crate::measure::{figures_of, measure, measure_any};
use crate::race::version;

/// How many requests `apt-get install -s` is given, a process each.
const PROCESSES: usize = 15;

/// How many python-apt is given, which needs a third of a second to be ready for the next one.
const FEWER: usize = 150;

/// Measures all peers that are there.
pub(super) fn race(input: &Input) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut add = |row: &'static str, tool: &str, amount: f64, note: &str| {
        figures.push(Figure { row, tool: tool.to_owned(), amount, note: note.to_owned() });
    };
    if let Some(tool) = version("apt-get", "--version").filter(|_| input.is_real) {
        let tool = tool.split(' ').take(2).collect::<Vec<_>>().join(" ");
        match measure(apt(input, "apt-cache").arg("gencaches")) {
            Ok(run) => add("build", &tool, run.cost.time(), "apt-cache gencaches, user time"),
            Err(error) => eprintln!("apt-cache gencaches: {error}"),
        }
        let mut times = Vec::new();
        for name in input.names.iter().take(PROCESSES) {
            let run = measure_any(apt(input, "apt-get").args(["install", "-s", "-q", name]));
            times.extend(run.ok().map(|run| run.cost.user + run.cost.system));
        }
        times.sort_by(f64::total_cmp);
        if let Some(time) = times.get(times.len() / 2) {
            add("request-p50", &tool, *time, "apt-get install -s, whole process, user and system time");
        }
        python(input, &mut add);
    }
    if let Some(text) = version("dose-debcheck", "--version") {
        let tool = format!("dose-debcheck {}", text.split(' ').next().unwrap_or_default());
        let mut command = Command::new("dose-debcheck");
        command.args(["--deb-native-arch=amd64", "--quiet"]).arg(input.folder.join("Packages"));
        // It ends with 1 where something can't be installed.
        match measure_any(&command) {
            Ok(run) if run.cost.code <= 1 => {
                add("check", &tool, run.cost.time(), "dose-debcheck, whole process, reading the text included");
                add("memory", &tool, run.cost.memory as f64, "checking the whole archive");
            }
            Ok(run) => eprintln!("dose-debcheck: {}", String::from_utf8_lossy(&run.stderr)),
            Err(error) => eprintln!("dose-debcheck: {error}"),
        }
    }
    figures
}

fn python(input: &Input, add: &mut impl FnMut(&'static str, &str, f64, &str)) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/resolve/ask.py");
    // Debian's own interpreter is the one that has python-apt.
    let mut command = Command::new("/usr/bin/python3");
    command.arg(script).arg(&input.folder).arg(FEWER.to_string());
    match figures_of(&command) {
        Ok((amounts, cost)) => {
            let count = amounts.get("all-count").map_or(String::new(), |count| format!("{count:.0} versions"));
            for (word, row, note) in [
                ("open", "open", "its cache, mapped, and a plan of nothing"),
                ("p50", "request-p50", "mark_install and resolve, of the first 150 names"),
                ("p99", "request-p99", "mark_install and resolve, of the first 150 names"),
                ("direct", "direct", "by versions"),
                ("all", "all", count.as_str()),
            ] {
                if let Some(amount) = amounts.get(word) {
                    add(row, "python-apt", *amount, note);
                }
            }
            add("memory", "python-apt", cost.memory as f64, "opening its cache and all requests");
        }
        Err(error) => eprintln!("python-apt: {error}"),
    }
}

/// A program of apt with a cache of its own and nothing installed.
fn apt(input: &Input, program: &str) -> Command {
    let mut command = Command::new(program);
    command.arg("-o").arg(format!("Dir::Cache={}", input.folder.join("cache").display()));
    // Images for containers turn these off.
    command.args(["-o", "Dir::Cache::pkgcache=pkgcache.bin", "-o", "Dir::Cache::srcpkgcache=srcpkgcache.bin"]);
    command.arg("-o").arg(format!("Dir::State::status={}", input.folder.join("status").display()));
    command.env("LC_ALL", "C.UTF-8");
    command
}
