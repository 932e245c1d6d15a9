//! What the race is run on: the indexes that apt keeps on this machine, or an archive made up where it keeps none.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reposnap_tests::process::succeed;

/// How many single names are asked for.
const REQUESTS: usize = 2000;

/// How many packages a made-up archive has.
const MADE_UP: usize = 20_000;

/// A folder with all that the tools read.
pub(super) struct Input {
    pub(super) folder: PathBuf,
    pub(super) packages: usize,
    pub(super) bytes: usize,
    pub(super) requests: usize,
    pub(super) names: Vec<String>,
    /// Whether apt itself keeps these indexes, so that it can be asked.
    pub(super) is_real: bool,
}

impl Input {
    /// Puts the indexes into a folder: one by one for those who read several, and in one.
    pub(super) fn prepare(folder: &Path) -> Self {
        let mut texts = indexes();
        let is_real = !texts.is_empty();
        if !is_real {
            texts.push(made_up());
        }
        let lists = folder.join("lists");
        for name in ["lists", "cache/archives/partial"] {
            fs::create_dir_all(folder.join(name)).expect("making a folder");
        }
        for (number, text) in texts.iter().enumerate() {
            fs::write(lists.join(format!("{number:03}")), text).expect("writing an index");
        }
        fs::write(folder.join("Packages"), texts.join("\n")).expect("writing an index");
        fs::write(folder.join("status"), "").expect("writing an empty status");
        let all: Vec<&str> =
            texts.iter().flat_map(|text| text.lines()).filter_map(|line| line.strip_prefix("Package: ")).collect();
        let mut number = 1_u64;
        let names: Vec<String> = (0..REQUESTS)
            .map(|_| {
                number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                all[(number >> 33) as usize % all.len()].to_owned()
            })
            .collect();
        fs::write(folder.join("names"), names.join("\n")).expect("writing names");
        let bytes = texts.iter().map(String::len).sum();
        Self { folder: folder.to_owned(), packages: all.len(), bytes, requests: REQUESTS, names, is_real }
    }
}

/// The `Packages` indexes that apt keeps, in the order of their names.
fn indexes() -> Vec<String> {
    let Ok(entries) = fs::read_dir("/var/lib/apt/lists") else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.to_string_lossy().contains("_Packages"));
    paths.sort();
    let read = |path: &PathBuf| succeed(Command::new("/usr/lib/apt/apt-helper").arg("cat-file").arg(path)).text();
    paths.iter().map(read).collect()
}

/// An archive in which each package needs a few before it, and libssl3 is needed by many.
fn made_up() -> String {
    let mut text = String::new();
    for number in 0..MADE_UP {
        let name = if number == 0 { "libssl3".to_owned() } else { format!("package-{number}") };
        let needs: Vec<String> =
            (1..number.min(6)).map(|step| format!("package-{} (>= 1.0)", number - number * step / 7 - 1)).collect();
        let _ = write!(text, "Package: {name}\nVersion: 1.{number}-1\nArchitecture: amd64\nPriority: optional\n");
        if number > 0 {
            let _ = writeln!(text, "Depends: {}", [&["libssl3".to_owned()], &needs[..]].concat().join(", "));
        }
        let _ = writeln!(text, "Filename: pool/{name}_1.{number}-1_amd64.deb\nSize: {}\n", number * 100);
    }
    text
}
