//! reposnap's side, and resolvo's, which is fed from the same universe: each piece of work in a process of its own.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use reposnap::resolve::{Builder, Candidates, Goal, Origin, Universe, apt3, check, classic, graph};

use super::input::Input;
use super::{Figure, WORKER, sat::Feed};
use crate::measure::{figures_of, median, user_time};

/// How often what takes long or short is done; the median counts.
const LONG: usize = 7;
const SHORT: usize = 51;

/// How many requests resolvo is given, which takes longer.
const FEWER: usize = 200;

/// Measures all rows.
pub(super) fn race(input: &Input) -> Vec<Figure> {
    let tool = format!("reposnap {}", env!("CARGO_PKG_VERSION"));
    let mut figures = Vec::new();
    for task in ["build", "requests", "check", "resolvo"] {
        let mut command = Command::new(env::current_exe().expect("this program's own path"));
        command.arg(WORKER).arg(task).arg(&input.folder);
        let (amounts, cost) = match figures_of(&command) {
            Ok(found) => found,
            Err(error) => {
                eprintln!("{task}: {error}");
                continue;
            }
        };
        let counted =
            |word: &str, of: &str| amounts.get(word).map_or(String::new(), |count| format!("{count:.0} {of}"));
        let count = counted("count-count", "packages: `graph::count`");
        let reached = counted("all-count", "packages, by levels: `graph::reach`");
        let mut add = |row: &'static str, tool: &str, amount: f64, note: &str| {
            figures.push(Figure { row, tool: tool.to_owned(), amount, note: note.to_owned() });
        };
        for (word, row, note) in [
            ("build", "build", ""),
            ("size", "size", ""),
            ("open", "open", "with its sum and all numbers checked"),
            ("p50", "request-p50", ""),
            ("p99", "request-p99", ""),
            ("hard-p50", "request-p50", "without recommendations"),
            ("hard-p99", "request-p99", "without recommendations"),
            ("three-p50", "request-p50", "the solver apt-3"),
            ("three-p99", "request-p99", "the solver apt-3, whose bar is 10 ms"),
            ("direct", "direct", "of candidates alone: `graph::reach`"),
            ("count", "all", count.as_str()),
            ("all", "all", reached.as_str()),
            ("check", "check", ""),
            ("resolvo-p50", "request-p50", "hard dependencies and conflicts, no recommendations"),
            ("resolvo-p99", "request-p99", "hard dependencies and conflicts, no recommendations"),
        ] {
            if let Some(amount) = amounts.get(word) {
                let tool = if word.starts_with("resolvo") { "resolvo 0.12" } else { &tool };
                add(row, tool, *amount, note);
            }
        }
        match task {
            "build" => add("memory", &tool, cost.memory as f64, "making the index, text included"),
            "requests" => add("memory", &tool, cost.memory as f64, "opening it and all requests"),
            "check" => add("memory", &tool, cost.memory as f64, "checking the whole archive"),
            _ => add("memory", "resolvo 0.12", cost.memory as f64, "requests, its tables made beforehand"),
        }
    }
    figures
}

/// Does a piece of work and prints what it took.
pub(super) fn work(task: &str, folder: &Path) {
    let kept = folder.join("universe");
    if task == "build" {
        return build(folder, &kept);
    }
    let bytes: bytes::Bytes = fs::read(&kept).expect("the universe that was made before").into();
    let universe = Universe::from_bytes(bytes.clone()).expect("a universe");
    match task {
        "requests" => {
            let open = median(SHORT, || drop(Universe::from_bytes(bytes.clone()).expect("a universe")));
            println!("open {open}");
            let candidates = Candidates::new(&universe);
            for (prefix, recommends) in [("", true), ("hard-", false)] {
                let goals = goals(&universe, folder, usize::MAX);
                requests(prefix, &goals, |goal| {
                    classic(&universe, &candidates, &[goal], recommends);
                });
            }
            let goals = goals(&universe, folder, usize::MAX);
            requests("three-", &goals, |goal| drop(apt3(&universe, &candidates, &[goal], true)));
            dependents(&universe, &candidates);
        }
        "check" => {
            let begin = user_time();
            let report = check::all(&universe, &check::Options::default()).expect("an answer");
            println!("check {}", user_time() - begin);
            println!("check-count {}", report.uninstallable.len());
        }
        _ => {
            let feed = Feed::new(&universe);
            requests("resolvo-", &goals(&universe, folder, FEWER), |goal| {
                feed.solve(goal.package);
            });
        }
    }
}

fn build(folder: &Path, kept: &Path) {
    let mut paths: Vec<_> = fs::read_dir(folder.join("lists")).expect("lists").flatten().map(|e| e.path()).collect();
    paths.sort();
    let texts: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).expect("an index")).collect();
    let make = || {
        let mut builder = Builder::new("amd64", &[]).expect("an architecture");
        for text in &texts {
            builder.index(Origin::default(), text).expect("an index");
        }
        builder.finish().expect("a universe")
    };
    println!("build {}", median(LONG, || drop(make())));
    let universe = make();
    println!("size {}", universe.as_bytes().len());
    fs::write(kept, universe.as_bytes()).expect("keeping the universe");
}

fn goals(universe: &Universe, folder: &Path, most: usize) -> Vec<Goal> {
    let names = fs::read_to_string(folder.join("names")).expect("names");
    let packages = names.lines().take(most).filter_map(|name| universe.find_package(name, 1));
    packages.map(|package| Goal { package, version: None }).collect()
}

fn requests(prefix: &str, goals: &[Goal], mut ask: impl FnMut(Goal)) {
    let mut times: Vec<f64> = goals
        .iter()
        .map(|goal| {
            let begin = Instant::now();
            ask(*goal);
            begin.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{prefix}p50 {}", times[times.len() / 2]);
    println!("{prefix}p99 {}", times[times.len() * 99 / 100]);
}

/// What needs libssl3, directly and in all.
fn dependents(universe: &Universe, candidates: &Candidates) {
    let options = |depth| graph::Options { depth, ..graph::Options::default() };
    let Ok(root) = graph::find(universe, candidates, "libssl3", &options(None)) else { return };
    let count = || graph::count(universe, candidates, root, graph::Direction::Dependents, &options(None)).transitive;
    println!("count-count {}", count());
    println!(
        "count {}",
        median(SHORT, || {
            count();
        })
    );
    for (row, depth) in [("direct", Some(1)), ("all", None)] {
        let reach = || graph::reach(universe, candidates, root, graph::Direction::Dependents, &options(depth)).len();
        println!("{row}-count {}", reach());
        println!(
            "{row} {}",
            median(SHORT, || {
                reach();
            })
        );
    }
}
