//! Races of reposnap against its peers on the same input, in the same run.
//!
//! ```text
//! cargo run --release -p reposnap-benches -- [--quick | --packages N] [--only TOOL] [--to FILE] [--soak SECONDS]
//!     [--note TEXT] [RACE...]
//! ```
//!
//! The races are `repository`, `parsing`, `versions`, `signatures`, `resolve`, `images` and `serve`; all of them by default.
//! Results are kept beside the upstream in the target folder, so that `--only reposnap` measures reposnap anew and takes the
//! peers' figures from the run before. The report goes to `docs/BENCHMARKS.md` for the whole index, else beside the upstream;
//! that of `resolve`, which is run on this machine's own lists, to `docs/BENCHMARKS-RESOLVE.md`, or to `--to` where it runs
//! alone; that of `images` to `docs/BENCHMARKS-IMAGES.md` likewise, or with `--quick`, which makes a small fleet, beside its
//! image. That image is made from the archive on the network, once, by the superuser. That of `serve` goes to
//! `docs/BENCHMARKS-SERVE.md`; it takes 10,000 packages unless it is told how many, and `--note` puts a line into it.

mod images;
mod index;
mod machine;
mod measure;
mod ours;
mod parsing;
mod peers;
mod race;
mod report;
mod resolve;
mod serve;
mod signatures;
mod synthetic;
mod versions;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use race::Outcome;
use synthetic::Upstream;

const USAGE: &str = "usage: reposnap-benches [--quick | --packages N] [--only aptly|reprepro|reposnap] [--to FILE] \
                     [--soak SECONDS] [--note TEXT] [repository|parsing|versions|signatures|resolve|images|serve]...";
/// How many packages `--quick` takes.
const QUICK: usize = 2000;
/// How many packages the race of servers takes.
const SERVED: usize = 10_000;
/// How many seconds its long run takes.
const SOAK: u64 = 60;

#[derive(Default)]
struct Options {
    packages: Option<usize>,
    only: Option<String>,
    to: Option<PathBuf>,
    soak: Option<u64>,
    note: Option<String>,
    races: Vec<String>,
}

fn main() {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    if arguments.first().is_some_and(|first| first == measure::STARTER) {
        std::process::exit(measure::start(&arguments[1..]));
    }
    if arguments.first().is_some_and(|first| first == resolve::WORKER) {
        std::process::exit(resolve::work(&arguments[1..]));
    }
    if arguments.first().is_some_and(|first| first == images::WORKER) {
        std::process::exit(images::work(&arguments[1..]));
    }
    let mut options = parse(arguments).unwrap_or_else(|error| {
        eprintln!("{error}\n{USAGE}");
        std::process::exit(2);
    });
    let is_all = options.races.is_empty();
    let is_alone = options.races.len() == 1;
    for (name, race) in [("resolve", resolve as fn(&Options, Option<PathBuf>)), ("images", images), ("serve", serve)] {
        if is_all || options.races.iter().any(|race| race == name) {
            race(&options, options.to.clone().filter(|_| is_alone));
            options.races.retain(|race| race != name);
        }
    }
    if !is_all && options.races.is_empty() {
        return;
    }
    let upstream = Upstream::prepare(&data(), options.packages);
    let cache = upstream.directory.join("results.json");
    let before = fs::read(&cache).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let outcomes = merge(before, run(&options, &upstream));
    fs::write(&cache, serde_json::to_vec_pretty(&outcomes).expect("results serialise")).expect("keeping the results");
    let document = report::render(upstream.packages, &outcomes);
    let report = options.to.unwrap_or_else(|| match options.packages {
        None => page("BENCHMARKS.md"),
        Some(_) => upstream.directory.join("BENCHMARKS.md"),
    });
    report::write(&report, &document);
    print!("{document}");
}

/// Runs the race of resolution, which has a document of its own.
fn resolve(_: &Options, to: Option<PathBuf>) {
    eprintln!("resolve:");
    fs::create_dir_all(data()).expect("making a folder");
    let document = resolve::render(&resolve::race(&data()));
    report::write(&to.unwrap_or_else(|| page("BENCHMARKS-RESOLVE.md")), &document);
    print!("{document}");
}

/// Runs the race of images, which has one as well.
fn images(options: &Options, to: Option<PathBuf>) {
    eprintln!("images:");
    let is_quick = options.packages.is_some();
    let document = images::render(&images::race(&data(), is_quick));
    let usual = match is_quick {
        true => data().join("images/BENCHMARKS-IMAGES.md"),
        false => page("BENCHMARKS-IMAGES.md"),
    };
    report::write(&to.unwrap_or(usual), &document);
    print!("{document}");
}

/// Runs the race of servers, which has one too.
fn serve(options: &Options, to: Option<PathBuf>) {
    eprintln!("serve:");
    let upstream = Upstream::prepare(&data(), Some(options.packages.unwrap_or(SERVED)));
    let document = serve::race(&upstream, options.soak.unwrap_or(SOAK), options.note.as_deref());
    let usual = match options.packages {
        Some(_) => upstream.directory.join("BENCHMARKS-SERVE.md"),
        None => page("BENCHMARKS-SERVE.md"),
    };
    report::write(&to.unwrap_or(usual), &document);
    print!("{document}");
}

/// A page of the documentation.
fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("docs").join(name)
}

fn run(options: &Options, upstream: &Upstream) -> Vec<Outcome> {
    let wanted = |race: &str| options.races.is_empty() || options.races.iter().any(|name| name == race);
    let races = |tool: &str| options.only.as_deref().is_none_or(|only| only == tool);
    let mut outcomes = Vec::new();
    if wanted("repository") {
        let xz = fs::metadata(upstream.index(0).with_extension("xz")).ok().map(|data| data.len());
        outcomes.push(Outcome {
            row: "client".to_owned(),
            tool: "upstream".to_owned(),
            bytes: xz,
            note: Some("upstream's own Packages.xz".to_owned()),
            ..Outcome::default()
        });
        for (tool, race) in [
            ("aptly", peers::aptly as fn(&Upstream) -> Vec<Outcome>),
            ("reprepro", peers::reprepro),
            ("reposnap", ours::reposnap),
        ] {
            if races(tool) {
                eprintln!("{tool}:");
                outcomes.extend(race(upstream));
            }
        }
    }
    // These are short: their peers run again each time.
    if wanted("parsing") {
        eprintln!("parsing:");
        outcomes.extend(parsing::race(upstream));
    }
    if wanted("versions") {
        eprintln!("versions:");
        outcomes.extend(versions::race());
    }
    if wanted("signatures") {
        eprintln!("signatures:");
        outcomes.extend(signatures::race());
    }
    outcomes
}

/// The new results, and of the old ones those that have no newer: whole groups of one tool's rows are replaced.
fn merge(before: Vec<Outcome>, fresh: Vec<Outcome>) -> Vec<Outcome> {
    let name = |outcome: &Outcome| outcome.tool.split(' ').next().unwrap_or_default().to_owned();
    let replaced = |old: &Outcome| fresh.iter().any(|new| name(new) == name(old) && new.row == old.row);
    let mut outcomes: Vec<Outcome> = before.into_iter().filter(|old| !replaced(old)).collect();
    outcomes.extend(fresh);
    outcomes
}

fn parse(arguments: Vec<OsString>) -> Result<Options, String> {
    let mut options = Options::default();
    let mut rest = arguments.into_iter().map(|argument| argument.to_string_lossy().into_owned());
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--quick" => options.packages = Some(QUICK),
            "--packages" => options.packages = Some(value()?.parse().map_err(|_| "--packages needs a number")?),
            "--only" => options.only = Some(value()?),
            "--to" => options.to = Some(PathBuf::from(value()?)),
            "--note" => options.note = Some(value()?),
            "--soak" => options.soak = Some(value()?.parse().map_err(|_| "--soak needs a number of seconds")?),
            "repository" | "parsing" | "versions" | "signatures" | "resolve" | "images" | "serve" => {
                options.races.push(argument);
            }
            _ => return Err(format!("{argument}: not known")),
        }
    }
    match options.only.as_deref() {
        None | Some("aptly" | "reprepro" | "reposnap") => Ok(options),
        Some(other) => Err(format!("--only {other}: not known")),
    }
}

/// Where upstreams and results are kept: `bench-data` in the target folder.
fn data() -> PathBuf {
    let program = env::current_exe().expect("this program's own path");
    let target = program.parent().and_then(Path::parent).expect("built in target/PROFILE");
    target.join("bench-data")
}
