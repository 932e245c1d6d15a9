//! The same choice as the real apt, over this machine's whole archive.
#![allow(clippy::unwrap_used)]

mod mirror_support;
mod resolve_support;

use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use mirror_support::rendered;
use reposnap::progress::Monitor;
use reposnap::resolve::{Architectures, Builder, Candidates, Universe, classic, goals, universe};
use reposnap::snapshot::Snapshot;
use reposnap::source::mirror::{Config, Mirror, SystemConfig};
use reposnap::source::system;
use reposnap::store::Store;
use reposnap::store::refs::Note;
use reposnap_tests::process::capture;
use resolve_support::{Numbers, ask_apt, shown};

/// How many single names and how many sets of names are asked for, of each sort.
const SINGLE: usize = 40;
const SETS: usize = 15;

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

/// What is asked for: lines of names.
fn questions(names: &[String], numbers: &mut Numbers) -> Vec<String> {
    let mut lines: Vec<String> = (0..SINGLE).map(|_| names[numbers.below(names.len())].clone()).collect();
    lines.extend((0..SETS).map(|_| {
        let count = 2 + numbers.below(5);
        (0..count).map(|_| names[numbers.below(names.len())].clone()).collect::<Vec<_>>().join(" ")
    }));
    lines
}

fn ask_us(universe: &Universe, candidates: &Candidates, line: &str, recommends: bool) -> Option<Vec<String>> {
    let names: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let plan = classic(universe, candidates, &goals(universe, &names).unwrap(), recommends);
    shown(universe, &plan)
}

/// How many of the lines we answer otherwise than apt, each with the difference.
fn differences(
    universe: &Universe,
    recommends: bool,
    lines: &[String],
    answers: &[Option<Vec<String>>],
) -> Vec<String> {
    assert_eq!(lines.len(), answers.len());
    let candidates = Candidates::new(universe);
    let mut differ = Vec::new();
    for (line, theirs) in lines.iter().zip(answers) {
        let ours = ask_us(universe, &candidates, line, recommends);
        if ours != *theirs {
            let (ours, theirs) = (ours.unwrap_or_default(), theirs.clone().unwrap_or_default());
            let only =
                |a: &[String], b: &[String]| a.iter().filter(|x| !b.contains(x)).take(4).cloned().collect::<Vec<_>>();
            differ.push(format!("{line}: only ours {:?}, only apt's {:?}", only(&ours, &theirs), only(&theirs, &ours)));
        }
    }
    differ
}

#[tokio::test]
async fn the_choice_is_apts() {
    let snapshot = snapshot().await;
    let architectures = Architectures::of(&snapshot, None, &[]).unwrap();
    let whole = universe(&snapshot, &architectures).await.unwrap();
    let names: Vec<String> = (0..whole.package_count())
        .filter(|package| !whole.versions_of(*package).is_empty())
        .map(|package| whole.show_package(package))
        .collect();
    let mut numbers = Numbers(20_261_125);
    // The same on what this machine has installed.
    let status = "/var/lib/dpkg/status";
    let mut builder = Builder::new(&architectures.native, &[]).unwrap();
    for (_, list) in snapshot.manifest().lists().filter(|(_, list)| list.architecture != "source") {
        builder.index(reposnap::resolve::Origin::default(), &rendered(&snapshot, list).await).unwrap();
    }
    builder.status(&std::fs::read(status).unwrap()).unwrap();
    let installed = builder.finish().unwrap();
    let (mut asked, mut differ) = (0, Vec::new());
    let sorts = [(&whole, "/dev/null", true), (&whole, "/dev/null", false), (&installed, status, true)];
    // apt takes its time for each: all of them at once.
    std::thread::scope(|scope| {
        let asking = sorts.map(|(universe, status, recommends)| {
            let lines = questions(&names, &mut numbers);
            (universe, recommends, lines.clone(), scope.spawn(move || ask_apt(status, recommends, &[], &lines)))
        });
        for (universe, recommends, lines, answer) in asking {
            let (seen, answers) = answer.join().unwrap();
            if std::ptr::eq(universe, &whole) {
                assert_eq!(seen, names, "the order in which packages are first mentioned");
            }
            differ.extend(differences(universe, recommends, &lines, &answers));
            asked += lines.len();
        }
    });
    // Of a thousand, one may differ; of these hundreds then, one.
    assert!(differ.len() <= 1, "{} of {asked} differ:\n{}", differ.len(), differ.join("\n"));
}
