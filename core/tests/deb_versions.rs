//! Versions against libdpkg: a million pairs, of this machine's archive and made for the edges.

use std::cmp::Ordering;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use reposnap::deb::version::{Version, compare, sort_key};

const PAIRS: usize = 1_000_000;

#[test]
fn agrees_with_libdpkg() {
    let mut dice = Dice(0x5eed);
    let mut pairs = archive_pairs(&mut dice, PAIRS / 2);
    while pairs.len() < PAIRS {
        let a = edge_version(&mut dice);
        let b = if dice.below(3) == 0 { edge_version(&mut dice) } else { mutated(&mut dice, &a) };
        pairs.push((a, b));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let answers = ask(&oracle(folder.path()), &pairs);
    let (mut compared, mut key_a, mut key_b) = (0, Vec::new(), Vec::new());
    for ((a, b), answer) in pairs.iter().zip(answers.chunks_exact(4)) {
        check_acceptance(a, answer[0]);
        check_acceptance(b, answer[1]);
        let expected = match answer[2] {
            b'<' => Ordering::Less,
            b'=' => Ordering::Equal,
            b'>' => Ordering::Greater,
            _ => continue,
        };
        compared += 1;
        if [a, b].iter().any(|version| signed_epoch(version) || version.trim() != version.as_str()) {
            continue;
        }
        let (bytes_a, bytes_b) = (a.as_bytes(), b.as_bytes());
        assert_eq!(compare(bytes_a, bytes_b), expected, "compare {a:?} {b:?}");
        assert_eq!(compare(bytes_b, bytes_a), expected.reverse(), "compare {b:?} {a:?}");
        key_a.clear();
        key_b.clear();
        sort_key(bytes_a, &mut key_a);
        sort_key(bytes_b, &mut key_b);
        assert_eq!(key_a.cmp(&key_b), expected, "keys of {a:?} {b:?}");
    }
    assert!(compared > PAIRS * 3 / 4, "libdpkg compared only {compared} pairs");
}

/// dpkg refuses or warns exactly where `Version` refuses, but for white space around it and a sign before the epoch.
fn check_acceptance(version: &str, answer: u8) {
    let accepted = Version::parse(version.as_bytes()).is_ok();
    let lenient = version.trim() != version || signed_epoch(version);
    assert_eq!(accepted, answer == b'o' && !lenient, "{version:?}: dpkg says {}", char::from(answer));
}

fn signed_epoch(version: &str) -> bool {
    version.starts_with(['+', '-']) && version.contains(':')
}

/// Builds the program that asks libdpkg.
fn oracle(folder: &Path) -> PathBuf {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/deb_versions.c");
    let flags = Command::new("pkg-config").args(["--static", "--cflags", "--libs", "libdpkg"]).output();
    let flags = flags.expect("pkg-config runs (package pkg-config)").stdout;
    let program = folder.join("deb_versions");
    let status = Command::new("cc")
        .args(["-O2", source, "-o"])
        .arg(&program)
        .args(String::from_utf8(flags).expect("flags are text").split_whitespace())
        .status()
        .expect("cc runs (package gcc)");
    assert!(status.success(), "the oracle does not build (package libdpkg-dev)");
    program
}

fn ask(program: &Path, pairs: &[(String, String)]) -> Vec<u8> {
    let mut child =
        Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the oracle starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let answers = std::thread::scope(|scope| {
        scope.spawn(move || {
            let lines: String = pairs.iter().map(|(a, b)| format!("{a}\t{b}\n")).collect();
            stdin.write_all(lines.as_bytes()).expect("the oracle reads");
        });
        child.wait_with_output().expect("the oracle answers")
    });
    assert!(answers.status.success());
    assert_eq!(answers.stdout.len(), 4 * pairs.len());
    answers.stdout
}

/// Neighbours, strangers and changed copies among the versions that this machine's archive offers.
fn archive_pairs(dice: &mut Dice, count: usize) -> Vec<(String, String)> {
    let output = Command::new("apt-cache").arg("dumpavail").output().expect("apt-cache runs (package apt)");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut versions: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("Version: ")).collect();
    versions.extend(["1.0", "1.0-1", "1:1.0~rc1-1+b2"]);
    versions.sort_unstable();
    versions.dedup();
    let mut pairs: Vec<_> = versions.windows(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect();
    while pairs.len() < count {
        let a = versions[dice.below(versions.len())].to_owned();
        let b = match dice.below(2) {
            0 => versions[dice.below(versions.len())].to_owned(),
            _ => mutated(dice, &a),
        };
        pairs.push((a, b));
    }
    pairs
}

const PIECES: [&str; 30] = [
    "~",
    "~~",
    "+",
    ".",
    ":",
    "-",
    "a",
    "b",
    "z",
    "A",
    "Z",
    "0",
    "00",
    "1",
    "9",
    "10",
    "01",
    "a0",
    "0a",
    ".0",
    "-0",
    "~1",
    "0:",
    "1:",
    "rc",
    "dfsg",
    "_",
    " ",
    "9999999",
    "0000000000000000000000000000000000000000",
];

fn edge_version(dice: &mut Dice) -> String {
    let mut version = String::new();
    match dice.below(12) {
        0 => version.push_str(["0:", "1:", "00:", "010:", "2147483647:", "2147483648:", "+1:", "-1:"][dice.below(8)]),
        1 => version.push_str(["1", "a", "~", "0"][dice.below(4)]),
        _ => version.push_str(["0", "1", "2", "1.0"][dice.below(4)]),
    }
    for _ in 0..dice.below(7) {
        if dice.below(12) == 0 {
            for _ in 0..dice.below(45) {
                version.push(char::from(b'0' + dice.below(10) as u8));
            }
        } else {
            // Only now and then one of the pieces that make dpkg refuse the whole.
            let piece = PIECES[dice.below(PIECES.len())];
            let rare = [" ", "_", ":", "0:", "1:"].contains(&piece);
            if !rare || dice.below(6) == 0 {
                version.push_str(piece);
            }
        }
    }
    version
}

/// `version` with one piece put in or one byte taken out.
fn mutated(dice: &mut Dice, version: &str) -> String {
    let mut version = version.to_owned();
    let at = dice.below(version.len() + 1);
    if dice.below(3) == 0 && at < version.len() {
        version.remove(at);
    } else {
        let piece = PIECES[dice.below(PIECES.len())];
        if !piece.contains([' ', '_']) {
            version.insert_str(at, piece);
        }
    }
    version
}

/// The xorshift64* generator: the same versions in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }
}
