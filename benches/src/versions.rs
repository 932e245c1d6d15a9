//! Comparing versions: nanoseconds a pair, and answers unlike libdpkg's, over a million pairs of real versions.

use std::cmp::Ordering;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;

use reposnap::deb::version::{compare, sort_key};
use reposnap_tests::process::{Finished, succeed};

use crate::index;
use crate::measure::user_time;
use crate::race::{Outcome, version};

/// How many pairs are made.
const PAIRS: usize = 1_020_000;
/// Odd steps through the list of versions, so that pairs are of near and of far neighbours in turn.
const STEPS: [usize; 4] = [1, 7, 1009, 7919];

/// Compares all pairs with each implementation.
pub(crate) fn race() -> Vec<Outcome> {
    let text = index::largest();
    let all: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("Version: ")).collect();
    let lines: String = (0..PAIRS)
        .map(|number| {
            let step = STEPS[number / all.len() % STEPS.len()] * (1 + number / all.len());
            format!("{} {}\n", all[number % all.len()], all[(number + step) % all.len()])
        })
        .collect();
    // Every tool finds the texts one after the other in memory.
    let pairs: Vec<(&str, &str)> = lines.lines().filter_map(|line| line.split_once(' ')).collect();
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("pairs");
    fs::write(&file, &lines).expect("writing pairs");

    let dpkg = libdpkg(folder.path(), &file);
    let truth = dpkg.stdout.clone();
    let mut figures = dpkg.stderr.split(' ').map(|figure| figure.trim().parse::<f64>().expect("nanoseconds"));
    let ours = format!("reposnap {}", env!("CARGO_PKG_VERSION"));
    let libdpkg = format!("libdpkg {}", dpkg_version());
    let mut outcomes = Vec::new();
    let mut add = |row: &str, tool: &str, nanoseconds: f64, wrong: u64| {
        eprintln!("  {tool:<22} {row:<16} {nanoseconds:>8.1} ns, {wrong} wrong");
        outcomes.push(Outcome {
            row: row.to_owned(),
            tool: tool.to_owned(),
            nanoseconds: Some(nanoseconds),
            wrong: Some(wrong),
            ..Outcome::default()
        });
    };
    add("version", &libdpkg, figures.next().expect("two figures"), 0);
    add("version-key", &libdpkg, figures.next().expect("two figures"), 0);

    let (nanoseconds, answers) = time(&pairs, |one: &str, other: &str| compare(one.as_bytes(), other.as_bytes()));
    add("version", &ours, nanoseconds, wrong(&answers, &truth));
    let (nanoseconds, answers) = time(&pairs, |one: &str, other: &str| deb_version::compare_versions(one, other));
    add("version", "deb-version 0.1.1", nanoseconds, wrong(&answers, &truth));

    let keys: Vec<(Vec<u8>, Vec<u8>)> = pairs.iter().map(|(one, other)| (key(one), key(other))).collect();
    let (nanoseconds, answers) = time(&keys, |one: &[u8], other: &[u8]| one.cmp(other));
    add("version-key", &ours, nanoseconds, wrong(&answers, &truth));
    let (nanoseconds, answers) = python(&file);
    add("version", &format!("python-apt, libapt {}", apt_version()), nanoseconds, wrong(&answers, &truth));
    outcomes
}

fn key(version: &str) -> Vec<u8> {
    let mut key = Vec::new();
    sort_key(version.as_bytes(), &mut key);
    key
}

/// Nanoseconds of processor time a pair, and the answers as `<`, `=`, `>`.
fn time<A: AsRef<T>, T: ?Sized>(pairs: &[(A, A)], mut compare: impl FnMut(&T, &T) -> Ordering) -> (f64, Vec<u8>) {
    let mut answers = vec![0; pairs.len()];
    let begin = user_time();
    for (answer, (one, other)) in answers.iter_mut().zip(pairs) {
        *answer = match black_box(compare(one.as_ref(), other.as_ref())) {
            Ordering::Less => b'<',
            Ordering::Equal => b'=',
            Ordering::Greater => b'>',
        };
    }
    ((user_time() - begin) * 1e9 / pairs.len() as f64, answers)
}

fn wrong(answers: &[u8], truth: &[u8]) -> u64 {
    assert_eq!(answers.len(), truth.len(), "as many answers as pairs");
    answers.iter().zip(truth).filter(|(answer, truth)| answer != truth).count() as u64
}

/// Compiles and runs the C program: answers on standard output, figures on standard error.
fn libdpkg(folder: &Path, pairs: &Path) -> Finished {
    let (source, program) = (folder.join("libdpkg.c"), folder.join("libdpkg"));
    fs::write(&source, include_str!("libdpkg.c")).expect("writing a program");
    succeed(Command::new("cc").args(["-O2", "-o"]).arg(&program).arg(&source).args(["-ldpkg", "-lmd"]));
    succeed(Command::new(&program).arg(pairs))
}

fn python(pairs: &Path) -> (f64, Vec<u8>) {
    let script = "import apt_pkg, sys, time
apt_pkg.init_system()
pairs = [line.split() for line in open(sys.argv[1])]
compare = apt_pkg.version_compare
begin = time.process_time()
answers = [compare(a, b) for a, b in pairs]
end = time.process_time()
print((end - begin) * 1e9 / len(pairs))
print(''.join('<' if x < 0 else '>' if x > 0 else '=' for x in answers))";
    let text = succeed(Command::new("/usr/bin/python3").args(["-c", script]).arg(pairs)).text();
    let (figure, answers) = text.trim_end().split_once('\n').expect("two lines");
    (figure.parse().expect("nanoseconds"), answers.as_bytes().to_vec())
}

fn dpkg_version() -> String {
    let line = version("dpkg-query", "--version").unwrap_or_default();
    let word = line.split(' ').find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    word.unwrap_or_default().to_owned()
}

fn apt_version() -> String {
    version("apt-get", "--version").unwrap_or_default().split(' ').nth(1).unwrap_or_default().to_owned()
}
