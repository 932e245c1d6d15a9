//! reposnap's side: each piece of work in a process of its own.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use reposnap::openpgp::Keyring;
use reposnap_image::cache::DirectoryCache;
use reposnap_image::inspect::{Options, Read, inspect};
use reposnap_image::rpm::{self, Files, Trust};
use reposnap_provenance::advisory::{Builder, HitStatus, Release, Subject, read};
use tokio::runtime::Runtime;

use super::input::Input;
use super::{Figure, WORKER, fleet, often, seconds, time};
use crate::measure::{Cost, figures_of, median};

/// How often what takes a short time is done within a process; the median counts.
const SHORT: usize = 51;
/// When the signatures of the database of rpm were valid.
const THEN: &str = "2021-01-01T00:00:00Z";

type Amounts = BTreeMap<String, f64>;

/// Measures all rows.
pub(super) fn race(input: &Input) -> Vec<Figure> {
    let tool = format!("reposnap {}", env!("CARGO_PKG_VERSION"));
    let mut figures = Vec::new();
    let mut add = |row: &'static str, amount: f64, note: String| {
        figures.push(Figure { row, tool: tool.clone(), amount, note });
    };
    let reference = input.reference();
    if let Some((amounts, cost)) = told(often(&worker("inspect", &reference), || ())) {
        add("inspect", seconds(&cost), process(&cost, &amounts, "packages"));
        add("memory", cost.memory as f64, "looking at the image".to_owned());
    }
    let cache = tempfile::tempdir_in(&input.folder).expect("a place to work");
    let mut command = worker("again", &reference);
    command.arg(cache.path());
    if let Some((amounts, _)) = told(figures_of(&command)) {
        add("again", amounts["again"], "within the process, elapsed".to_owned());
    }
    let mut command = worker("once-again", &reference);
    command.arg(cache.path());
    if let Some((amounts, cost)) = told(often(&command, || ())) {
        add("again", seconds(&cost), process(&cost, &amounts, "packages"));
    }
    let root = format!("dir:{}", input.root.display());
    if let Some((amounts, cost)) = told(often(&worker("root", &root), || ())) {
        add("list", seconds(&cost), process(&cost, &amounts, "packages"));
        add("list", amounts["again"], "within the process, elapsed".to_owned());
    }
    if let Some(folder) = &input.rpm {
        for (task, row) in [("rpm", "rpm"), ("rpm-proofs", "rpm-proofs")] {
            if let Some((amounts, cost)) = told(often(&worker(task, folder.join("Packages")), || ())) {
                add(row, seconds(&cost), process(&cost, &amounts, "packages"));
            }
        }
    }
    let mut command = worker("advisories", &input.tracker);
    command.arg(&root).arg(&input.release);
    if let Some((amounts, cost)) = told(often(&command, || ())) {
        let note = format!("{}, the whole tracker read: all releases", process(&cost, &amounts, "findings"));
        add("advisories", seconds(&cost), note);
        add("advisories", amounts["judge"], "judging alone, within the process, elapsed".to_owned());
        add("memory", cost.memory as f64, "reading the advisories".to_owned());
    }
    if let Some((amounts, _)) = told(figures_of(worker("fleet", "-").arg(input.images.to_string()))) {
        add_fleet(&amounts, &mut add);
    }
    figures
}

fn add_fleet(amounts: &Amounts, add: &mut impl FnMut(&'static str, f64, String)) {
    let images = |word: &str| format!("{:.0} images", amounts[word]);
    add("affected", amounts["affected"], format!("a binary package, the median: {}", images("affected-found")));
    add("affected", amounts["affected-most"], "a binary package, the slowest".to_owned());
    let found = images("affected-source-found");
    add("affected", amounts["affected-source"], format!("a source package, the median: {found}"));
    add("affected", amounts["affected-source-most"], "a source package, the slowest".to_owned());
    add("dated", amounts["dated"], format!("the median, among {:.0} versions", amounts["dated-versions"]));
    add("dated", amounts["dated-most"], "the slowest".to_owned());
    let found = images("stale-found");
    add("stale", amounts["stale"], format!("the median: {:.0} packages are newer, {found}", amounts["newer"]));
    add("stale", amounts["stale-most"], "the slowest".to_owned());
    add("index", amounts["index"], String::new());
    add("build", amounts["build"], "elapsed".to_owned());
    add("build", amounts["build-user"], "processor time in user mode".to_owned());
}

/// What was measured, or a word on why there is nothing.
fn told<T>(result: Result<T, String>) -> Option<T> {
    result.map_err(|error| eprintln!("{error}")).ok()
}

fn process(cost: &Cost, amounts: &Amounts, what: &str) -> String {
    format!("whole process, {} elapsed: {:.0} {what}", time(cost.wall), amounts[what])
}

fn worker(task: &str, subject: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(env::current_exe().expect("this program's own path"));
    command.arg(WORKER).arg(task).arg(subject);
    command
}

/// Does a piece of work and prints what it took.
pub(super) fn work(task: &str, subject: &OsStr, rest: &[OsString]) {
    match (task, rest) {
        ("inspect", []) => println!("packages {}", count(&look(&runtime(), subject, None))),
        ("again", [cache]) => {
            let runtime = runtime();
            look(&runtime, subject, Some(Path::new(cache)));
            println!("again {}", median(SHORT, || drop(look(&runtime, subject, Some(Path::new(cache))))));
        }
        ("once-again", [cache]) => {
            println!("packages {}", count(&look(&runtime(), subject, Some(Path::new(cache)))));
        }
        ("root", []) => {
            let runtime = runtime();
            let begin = Instant::now();
            let read = look(&runtime, subject, None);
            println!("again {}", begin.elapsed().as_secs_f64());
            println!("packages {}", count(&read));
        }
        ("rpm" | "rpm-proofs", []) => rpm(Path::new(subject), task == "rpm-proofs"),
        ("advisories", [root, release]) => advisories(Path::new(subject), root, &release.to_string_lossy()),
        ("fleet", [images]) => fleet::work(images.to_string_lossy().parse().expect("a number of images")),
        _ => panic!("{task} is no piece of work"),
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().build().expect("threads")
}

fn look(runtime: &Runtime, reference: &OsStr, cache: Option<&Path>) -> Read {
    let reference = reference.to_string_lossy().parse().expect("a reference");
    let mut options = Options::default();
    if let Some(cache) = cache {
        options.cache = Some(Arc::new(DirectoryCache::open(cache).expect("a cache")));
    }
    runtime.block_on(inspect(&reference, None, &options)).unwrap_or_else(|error| panic!("{error}"))
}

fn count(read: &Read) -> usize {
    read.inventory.packages.len()
}

fn rpm(path: &Path, with_proofs: bool) {
    let bytes = fs::read(path).expect("a database");
    let files = Files::new("Packages", &bytes);
    if !with_proofs {
        println!("packages {}", rpm::read(&files, None).expect("a sound database").packages.len());
        return;
    }
    // The key that the image itself has: as much work as any other, and rpm takes the same.
    let keys = rpm::read(&files, None).expect("a sound database").keys;
    let armored: String = keys.iter().filter_map(|key| key.armored.as_deref()).collect();
    let keyring = Keyring::from_bytes(armored.as_bytes()).expect("keys");
    let then: Timestamp = THEN.parse().expect("a moment");
    let trust = Trust::new(Some(&keyring), then).with_old_signatures();
    let packages = rpm::read(&files, Some(&trust)).expect("a sound database").packages;
    let signed = |package: &&reposnap_image::Package| {
        matches!(package.proof, Some(reposnap_image::package::Proof::Signed { .. }))
    };
    println!("packages {}", packages.iter().filter(signed).count());
}

fn advisories(tracker: &Path, root: &OsStr, release: &str) {
    let mut builder = Builder::new();
    builder.read_path(tracker, &read::Options::default()).unwrap_or_else(|error| panic!("{error}"));
    let database = builder.finish();
    let read = look(&runtime(), root, None);
    let release = Release::of_suite("debian", release);
    let mut findings = 0;
    let begin = Instant::now();
    for package in &read.inventory.packages {
        let hits = database.of(&Subject::from(package), &release);
        // debsecan does not look at what is built in.
        findings += hits.iter().filter(|hit| hit.status == HitStatus::Affected && !hit.built_in).count();
    }
    println!("judge {}", begin.elapsed().as_secs_f64());
    println!("findings {findings}");
}
