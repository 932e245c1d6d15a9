//! The same choice as a real apt 3.1 or later, over this machine's whole archive. The apt is that of `scripts/fetch-apt3`,
//! unpacked below `target/`, and runs with its own Python and libraries.
#![allow(clippy::unwrap_used)]

mod mirror_support;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jiff::Timestamp;
use mirror_support::rendered;
use reposnap::Kind;
use reposnap::deb::version::compare;
use reposnap::progress::Monitor;
use reposnap::resolve::{Architectures, Builder, Candidates, Origin, Universe, apt3, goals, universe};
use reposnap::snapshot::Snapshot;
use reposnap::source::mirror::{Config, Mirror, SystemConfig};
use reposnap::source::system;
use reposnap::store::Store;
use reposnap::store::refs::Note;
use reposnap_tests::process::capture;

/// How many single names and how many sets of names are asked for, of each sort.
const SINGLE: usize = 25;
const SETS: usize = 10;

/// How many of a hundred single names, and of a hundred sets, may be answered otherwise.
const SINGLE_DIFFER: usize = 3;
const SETS_DIFFER: usize = 10;

/// What this machine's apt has, as a snapshot.
async fn snapshot() -> Snapshot {
    if !system::has_lists(Path::new("/")) {
        capture(Command::new("apt-get").arg("update"));
    }
    let store = Store::memory();
    let note = Note::new("tests", "");
    let config = Config::System(SystemConfig { root: String::new() });
    let mirror = Mirror::add(&store, "here", config, &note).await.unwrap();
    let mirror = system::update(mirror, Timestamp::now(), &note, &Monitor::default()).await.unwrap();
    mirror.snapshot().await.unwrap().unwrap()
}

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// What is asked for: lines of names, the single ones first.
fn questions(names: &[String], numbers: &mut Numbers) -> Vec<String> {
    let mut lines: Vec<String> = (0..SINGLE).map(|_| names[numbers.below(names.len())].clone()).collect();
    lines.extend((0..SETS).map(|_| {
        let count = 2 + numbers.below(5);
        (0..count).map(|_| names[numbers.below(names.len())].clone()).collect::<Vec<_>>().join(" ")
    }));
    lines
}

/// The one entry of a folder whose name begins and ends so.
fn entry(folder: &Path, start: &str, end: &str) -> PathBuf {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let found = entries.filter(|name| name.starts_with(start) && name.ends_with(end)).min();
    folder.join(found.unwrap_or_else(|| panic!("no {start}...{end} in {}", folder.display())))
}

/// What apt answers: a choice for each line.
fn ask_apt(status: &str, recommends: bool, lines: &[String]) -> Vec<Option<Vec<String>>> {
    let repository = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    capture(&mut Command::new(repository.join("scripts/fetch-apt3")));
    let usr = repository.join("target/apt3/root/usr").canonicalize().unwrap();
    let libraries = std::fs::read_dir(usr.join("lib")).unwrap().map(|entry| entry.unwrap().path());
    let libraries = libraries.filter(|path| path.join("libc.so.6").exists()).min().unwrap();
    let loader = entry(&libraries, "ld-linux", "");
    let mut child = Command::new(loader)
        .arg("--library-path")
        .arg(&libraries)
        .arg(entry(&usr.join("bin"), "python3.", ""))
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/resolve_support/choose3.py"))
        .args([status, if recommends { "1" } else { "0" }])
        .env("PYTHONHOME", &usr)
        .env("PYTHONPATH", usr.join("lib/python3/dist-packages"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = lines.join("\n") + "\n";
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{output:?}");
    let mut answers = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let version: String = serde_json::from_slice(answers.next().expect("a version")).unwrap();
    assert!(compare(version.as_bytes(), b"3.1").is_ge(), "the apt below target/ is {version}");
    answers.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

fn ask_us(universe: &Universe, candidates: &Candidates, line: &str, recommends: bool) -> Option<Vec<String>> {
    let names: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let plan = match apt3(universe, candidates, &goals(universe, &names).unwrap(), recommends) {
        Ok(plan) => plan,
        Err(error) => {
            assert_eq!(error.kind(), Kind::Unsatisfiable, "{line}: {error}");
            return None;
        }
    };
    let show = |version: &u32| {
        format!("{}={}", universe.show_package(universe.package_of(*version)), universe.version_text(*version))
    };
    let mut chosen: Vec<String> = plan.install.iter().map(show).collect();
    chosen.extend(plan.remove.iter().map(|package| format!("-{}", universe.show_package(*package))));
    chosen.sort();
    Some(chosen)
}

/// The lines that we answer otherwise than apt, each with the difference.
fn differences(universe: &Universe, status: &str, recommends: bool, lines: &[String]) -> Vec<String> {
    let answers = ask_apt(status, recommends, lines);
    assert_eq!(lines.len(), answers.len());
    let candidates = Candidates::new(universe);
    let mut differ = Vec::new();
    for (line, theirs) in lines.iter().zip(answers) {
        let ours = ask_us(universe, &candidates, line, recommends);
        if ours != theirs {
            let fails = |answer: &Option<Vec<String>>| if answer.is_some() { "" } else { " (impossible)" };
            let (we, they) = (fails(&ours), fails(&theirs));
            let (ours, theirs) = (ours.unwrap_or_default(), theirs.unwrap_or_default());
            let only =
                |a: &[String], b: &[String]| a.iter().filter(|x| !b.contains(x)).take(4).cloned().collect::<Vec<_>>();
            let (ours_only, apts_only) = (only(&ours, &theirs), only(&theirs, &ours));
            differ.push(format!("{line}: only ours {ours_only:?}{we}, only apt's {apts_only:?}{they}"));
        }
    }
    differ
}

#[tokio::test]
async fn the_choice_is_that_of_apt_3() {
    let snapshot = snapshot().await;
    let architectures = Architectures::of(&snapshot, None, &[]).unwrap();
    let whole = universe(&snapshot, &architectures).await.unwrap();
    let names: Vec<String> = (0..whole.package_count())
        .filter(|package| !whole.versions_of(*package).is_empty())
        .map(|package| whole.show_package(package))
        .collect();
    // The same on what this machine has installed.
    let status = "/var/lib/dpkg/status";
    let mut builder = Builder::new(&architectures.native, &[]).unwrap();
    for (_, list) in snapshot.manifest().lists().filter(|(_, list)| list.architecture != "source") {
        builder.index(Origin::default(), &rendered(&snapshot, list).await).unwrap();
    }
    builder.status(&std::fs::read(status).unwrap()).unwrap();
    let installed = builder.finish().unwrap();

    let mut numbers = Numbers(20_261_126);
    let (mut single, mut sets) = (Vec::new(), Vec::new());
    let sorts = [(&whole, "/dev/null", true), (&whole, "/dev/null", false), (&installed, status, true)];
    for (universe, status, recommends) in sorts {
        let lines = questions(&names, &mut numbers);
        for line in differences(universe, status, recommends, &lines) {
            let is_set = line.split(':').next().is_some_and(|names| names.contains(' '));
            if is_set { &mut sets } else { &mut single }.push(line);
        }
    }
    let few = |differ: &[String], asked: usize, percent: usize| differ.len() * 100 <= asked * sorts.len() * percent;
    let told = format!("single names:\n{}\nsets:\n{}", single.join("\n"), sets.join("\n"));
    assert!(few(&single, SINGLE, SINGLE_DIFFER) && few(&sets, SETS, SETS_DIFFER), "{told}");
}
