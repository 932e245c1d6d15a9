//! What holds of every answer, whatever apt says: over this machine's whole archive, and for builds beside `apt-get
//! build-dep`.
#![allow(clippy::unwrap_used)]

mod resolve_support;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use reposnap::deb::stanza::Stanzas;
use reposnap::resolve::{
    Builder, Candidates, DepKind, Goal, Origin, Parts, Plan, Universe, apt3, build_dependencies, classic, closure,
    goals,
};
use reposnap::source::system;
use reposnap_tests::process::{capture, succeed};
use resolve_support::{Numbers, shown};

/// The texts of this machine's lists, in the order in which apt reads them.
fn lists() -> Vec<String> {
    if !system::has_lists(Path::new("/")) {
        capture(Command::new("apt-get").arg("update"));
    }
    let mut command = Command::new("apt-get");
    command.args(["indextargets", "--format", "$(FILENAME)", "Created-By: Packages"]);
    let files = succeed(&mut command).text();
    let cat = |file: &str| succeed(Command::new("/usr/lib/apt/apt-helper").args(["cat-file", file])).text();
    files.lines().map(cat).collect()
}

fn universe(lists: &[String], more: &str) -> Universe {
    let native = succeed(Command::new("dpkg").arg("--print-architecture")).text();
    let mut builder = Builder::new(native.trim(), &[]).unwrap();
    for text in lists {
        builder.index(Origin::default(), text.as_bytes()).unwrap();
    }
    builder.index(Origin::default(), more.as_bytes()).unwrap();
    builder.finish().unwrap()
}

fn names(universe: &Universe) -> Vec<String> {
    let packages = (0..universe.package_count()).filter(|package| !universe.versions_of(*package).is_empty());
    packages.map(|package| universe.show_package(package)).collect()
}

type Solve = fn(&Universe, &Candidates, &[Goal]) -> Option<Plan>;

const SOLVERS: [(&str, Solve); 3] = [
    ("apt-classic", |universe, candidates, goals| {
        Some(classic(universe, candidates, goals, true)).filter(|plan| plan.broken.is_empty())
    }),
    ("apt-3", |universe, candidates, goals| apt3(universe, candidates, goals, true).ok()),
    ("closure", |universe, candidates, goals| {
        Some(Plan { install: closure(universe, candidates, goals, true), ..Plan::default() })
    }),
];

/// What of a set can't be by dpkg's rules (Debian policy 7.2 to 7.4): a need that nothing meets, or two that can't be together.
fn faults(universe: &Universe, set: &[u32]) -> Vec<String> {
    let set: BTreeSet<u32> = set.iter().copied().collect();
    let name = |version: u32| universe.package_name(universe.package_of(version));
    let mut faults = Vec::new();
    for version in &set {
        for dep in universe.deps_of(*version) {
            let targets = universe.atoms_of(*dep).iter().flat_map(|atom| universe.targets_of(*atom));
            let mut there = targets.filter(|target| set.contains(target));
            let holds = match universe.dep_kind(*dep) {
                DepKind::PreDepends | DepKind::Depends => there.next().is_some(),
                DepKind::Conflicts | DepKind::Breaks => there.all(|target| name(*target) == name(*version)),
                DepKind::Recommends | DepKind::Suggests => true,
            };
            if !holds {
                faults.push(format!("{}: {}", universe.show(*version), universe.dep_text(*dep)));
            }
        }
    }
    faults
}

#[test]
fn answers_are_the_same_each_time_installable_and_depend_on_nothing_that_nothing_reaches() {
    let lists = lists();
    let whole = universe(&lists, "");
    // A package that nobody names, at the very end.
    let more = "Package: nobody-names-this\nVersion: 1\nArchitecture: all\nDepends: libc6\nConflicts: nobody-else\n";
    let larger = universe(&lists, more);
    let again = universe(&lists, "");
    let candidates = [&whole, &larger, &again].map(Candidates::new);
    let names = names(&whole);
    let mut numbers = Numbers(20_261_126);
    let mut answered = 0;
    for round in 0..150 {
        let count = if round < 100 { 1 } else { 2 + numbers.below(5) };
        let wanted: Vec<String> = (0..count).map(|_| names[numbers.below(names.len())].clone()).collect();
        for (solver, solve) in SOLVERS {
            let answer = |universe: &Universe, candidates: &Candidates| {
                solve(universe, candidates, &goals(universe, &wanted).unwrap()).and_then(|plan| shown(universe, &plan))
            };
            let ours = answer(&whole, &candidates[0]);
            assert_eq!(answer(&again, &candidates[2]), ours, "{solver} {wanted:?}, again");
            assert_eq!(answer(&larger, &candidates[1]), ours, "{solver} {wanted:?}, with one that nothing reaches");
            let plan = solve(&whole, &candidates[0], &goals(&whole, &wanted).unwrap());
            if let Some(plan) = plan.filter(|_| solver != "closure") {
                assert_eq!(faults(&whole, &plan.install), Vec::<String>::new(), "{solver} {wanted:?}");
                answered += 1;
            }
        }
    }
    assert!(answered > 200, "only {answered} could be answered");
}

#[test]
fn builds_need_what_apt_says() {
    let lists = lists();
    let native = succeed(Command::new("dpkg").arg("--print-architecture")).text().trim().to_owned();
    let plain = universe(&lists, "");
    let all = names(&plain);
    let libraries: Vec<&String> = all.iter().filter(|name| name.ends_with("-dev") && !name.contains(':')).collect();
    let folder = tempfile::tempdir().unwrap();
    let status = folder.path().join("status");
    std::fs::write(&status, "").unwrap();
    let mut numbers = Numbers(77);
    let mut differ = Vec::new();
    for round in 0..12 {
        let mut pick = || libraries[numbers.below(libraries.len())].clone();
        let relations = format!(
            "{}, {} [linux-any], {} [!{native}], {} <!nocheck>, {} <stage1>, {} | {}",
            pick(),
            pick(),
            pick(),
            pick(),
            pick(),
            pick(),
            pick()
        );
        let profiles: &[&str] = if round % 2 == 0 { &[] } else { &["nocheck"] };
        let source = format!(
            "Format: 3.0 (quilt)\nSource: made\nBinary: made\nArchitecture: any\nVersion: 1\nMaintainer: A <a@example.org>\n\
             Build-Depends: {relations}\nBuild-Depends-Indep: {}\n",
            pick()
        );
        let file = folder.path().join("made.dsc");
        std::fs::write(&file, &source).unwrap();
        let mut apt = Command::new("apt-get");
        apt.args(["-s", "-q", "build-dep"]).arg(&file);
        apt.arg("-o").arg(format!("Dir::State::status={}", status.display()));
        apt.args(["-o", "Dir::State::extended_states=/dev/null", "-o", "Debug::NoLocking=1"]);
        if !profiles.is_empty() {
            apt.args(["-P", &profiles.join(",")]);
        }
        let finished = capture(&mut apt);
        let theirs: BTreeSet<String> = finished
            .text()
            .lines()
            .filter_map(|line| line.strip_prefix("Inst "))
            .filter_map(|line| {
                Some(format!("{}={}", line.split(' ').next()?, line.split('(').nth(1)?.split(' ').next()?))
            })
            .filter(|name| !name.starts_with("builddeps:"))
            .collect();
        let text = source.replace("Source: made", "Package: made");
        let stanza = Stanzas::new(text.as_bytes()).next().unwrap().unwrap();
        let extra = build_dependencies(&stanza, &native, profiles, Parts::All).unwrap();
        let universe = universe(&lists, &extra);
        let goal = Goal { package: universe.find_package("src:made", 1).unwrap(), version: None };
        // apt takes what is only recommended for no build.
        let plan = classic(&universe, &Candidates::new(&universe), &[goal], false);
        let ours: BTreeSet<String> = shown(&universe, &plan).unwrap_or_default().into_iter().collect();
        let ours: BTreeSet<String> = ours.into_iter().filter(|name| !name.starts_with("src:")).collect();
        if ours != theirs {
            let only =
                |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).take(5).cloned().collect::<Vec<_>>();
            differ.push(format!(
                "{relations}: only ours {:?}, only apt's {:?}",
                only(&ours, &theirs),
                only(&theirs, &ours)
            ));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
