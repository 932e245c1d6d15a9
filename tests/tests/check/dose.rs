//! What dose-debcheck says, of random universes and of this machine's own lists.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use reposnap::resolve::check::{self, Options, Which};
use reposnap::resolve::{Builder, Origin};
use reposnap_tests::process::{capture, succeed};

use crate::world::{Package, Random, index, random, universe};
use crate::{ALL, Key, broken, shape, told};

/// What dose-debcheck finds broken in a file.
fn dose(file: &Path, options: &[&str]) -> BTreeSet<Key> {
    let mut command = Command::new("dose-debcheck");
    command.args(["--failures", "--deb-ignore-essential"]).args(options).arg(file);
    let finished = capture(&mut command);
    let text = finished.text();
    assert!(text.contains("broken-packages:"), "{text}");
    let mut found = BTreeSet::new();
    let mut fields: HashMap<&str, &str> = HashMap::new();
    for line in text.lines() {
        match line.trim().split_once(": ") {
            Some(("status", "broken")) => {
                let field = |name| fields[name].trim_matches('"').to_owned();
                found.insert((field("package"), field("version"), field("architecture")));
            }
            Some((name, value)) => {
                fields.insert(name, value.trim());
            }
            None => {}
        }
    }
    found
}

/// Hundreds of universes, asked for one by one here, and all together there: they have no name in common.
fn agrees_with_dose(seed: u64, count: usize, multi_arch: bool) {
    let mut numbers = Random(seed);
    let (mut all, mut mine, mut words, mut sizes) = (Vec::new(), BTreeSet::new(), BTreeSet::new(), 0);
    for at in 0..count {
        let shape = shape(&mut numbers, 7, multi_arch, multi_arch);
        let packages = random(&mut numbers, shape, &format!("u{at}-"));
        let universe = universe(&packages);
        let report = check::all(&universe, &ALL).unwrap();
        mine.extend(broken(&universe, &report));
        words.extend(told(&universe, &report));
        sizes += packages.len();
        all.extend(packages);
    }
    let together = universe(&all);
    let report = check::all(&together, &ALL).unwrap();
    assert_eq!(broken(&together, &report), mine, "one by one and all together");
    let more: Vec<_> = words.symmetric_difference(&told(&together, &report)).cloned().collect();
    assert!(more.is_empty(), "what no relation reaches changes nothing: {more:#?}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Packages");
    std::fs::write(&file, index(&all)).unwrap();
    let theirs = dose(
        &file,
        if multi_arch {
            &["--deb-native-arch=amd64", "--deb-foreign-archs=i386"]
        } else {
            &["--deb-native-arch=amd64"]
        },
    );
    let differ: Vec<_> = mine.symmetric_difference(&theirs).collect();
    if let Some((name, ..)) = differ.first() {
        let prefix = name.split_once('-').unwrap().0.to_owned() + "-";
        let of: Vec<Package> = all.iter().filter(|package| package.name.starts_with(&prefix)).cloned().collect();
        println!("{}", index(&of));
    }
    println!("{count} universes, {sizes} packages, {} broken", mine.len());
    assert!(differ.is_empty(), "here or there alone: {differ:?}");
    assert!(mine.len() > sizes / 10 && mine.len() < sizes * 9 / 10, "{} of {sizes} say little", mine.len());
}

#[test]
fn random_universes_are_as_dose_has_them() {
    agrees_with_dose(1, 1000, false);
}

#[test]
fn random_universes_of_two_architectures_are_as_dose_has_them() {
    agrees_with_dose(2, 600, true);
}

/// The lists of packages that this machine's apt has, as one text.
fn lists() -> Vec<Vec<u8>> {
    let mut targets = Command::new("apt-get");
    targets.args(["indextargets", "--format", "$(FILENAME)", "Created-By: Packages"]);
    let mut found = succeed(&mut targets).text();
    if found.trim().is_empty() {
        capture(Command::new("apt-get").arg("update"));
        found = succeed(&mut targets).text();
    }
    let files: BTreeSet<&str> = found.lines().filter(|line| !line.is_empty()).collect();
    assert!(!files.is_empty(), "this test needs a Debian or Ubuntu machine where `apt-get update` works");
    files
        .into_iter()
        .map(|file| succeed(Command::new("/usr/lib/apt/apt-helper").args(["cat-file", file])).stdout)
        .collect()
}

#[test]
fn this_machines_lists_are_as_dose_has_them() {
    let lists = lists();
    let native = succeed(Command::new("dpkg").arg("--print-architecture")).text().trim().to_owned();
    let mut builder = Builder::new(&native, &[]).unwrap();
    for list in &lists {
        builder.index(Origin::default(), list).unwrap();
    }
    let universe = builder.finish().unwrap();
    let begin = Instant::now();
    let report = check::all(&universe, &Options { which: Which::All, ..Options::default() }).unwrap();
    println!("{} versions in {:?}", report.checked, begin.elapsed());
    let mine = broken(&universe, &report);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Packages");
    std::fs::write(&file, lists.join(&b"\n"[..])).unwrap();
    let begin = Instant::now();
    let theirs = dose(&file, &[&format!("--deb-native-arch={native}")]);
    println!("dose-debcheck in {:?}, {} broken", begin.elapsed(), theirs.len());
    assert_eq!(mine, theirs);
    for entry in &report.uninstallable {
        let why = entry.why.as_ref().unwrap();
        assert!(why.is_minimal && !why.facts.is_empty());
        println!("{}", why.words(&universe));
    }
}
