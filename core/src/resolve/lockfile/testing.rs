//! Small universes and locks for tests.

use super::{Head, Lock, Update, Updated};
use crate::digest::Digest;
use crate::error::Result;
use crate::resolve::{Builder, Candidates, Goal, Origin, Universe, classic};

/// The index of packages in lines of `name version field=value; ...`, each with a file of its own.
pub(crate) fn index(lines: &str) -> String {
    let mut text = String::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, rest) = line.split_once(' ').unwrap_or((line, "1"));
        let (version, fields) = rest.split_once(' ').unwrap_or((rest, ""));
        let mut architecture = "amd64";
        let mut more = String::new();
        for field in fields.split(';').map(str::trim).filter(|field| !field.is_empty()) {
            let (field, value) = field.split_once('=').unwrap();
            match field {
                "Architecture" => architecture = value,
                _ => more.push_str(&format!("{field}: {value}\n")),
            }
        }
        let sha256 = Digest::of(format!("{name} {version} {architecture}").as_bytes());
        let bare = version.split_once(':').map_or(version, |(_, bare)| bare);
        text.push_str(&format!(
            "Package: {name}\nVersion: {version}\nArchitecture: {architecture}\n{more}\
             Filename: pool/{name}_{bare}_{architecture}.deb\nSize: {}\nSHA256: {sha256}\n\n",
            name.len()
        ));
    }
    text
}

/// A universe of one list for amd64 and i386.
pub(crate) fn universe(lines: &str) -> Universe {
    with_base("", lines)
}

/// The same, over a base.
pub(crate) fn with_base(base: &str, lines: &str) -> Universe {
    let mut builder = Builder::new("amd64", &["i386"]).unwrap();
    let origin =
        Origin { suite: "stable".into(), codename: "bookworm".into(), component: "main".into(), ..Origin::default() };
    builder.index(origin, index(lines).as_bytes()).unwrap();
    if !base.is_empty() {
        let status: String = index(base)
            .lines()
            .filter(|line| !line.starts_with("Filename"))
            .map(|line| line.to_owned() + "\n")
            .collect();
        builder.index(Origin { installed: true, ..Origin::default() }, status.as_bytes()).unwrap();
    }
    builder.finish().unwrap()
}

/// The lock of what is asked for, from the snapshot `old`.
pub(crate) fn lock(universe: &Universe, requested: &[&str]) -> Lock {
    try_lock(universe, requested, false).unwrap()
}

pub(crate) fn try_lock(universe: &Universe, requested: &[&str], recommends: bool) -> Result<Lock> {
    let goals: Vec<Goal> = requested
        .iter()
        .map(|name| {
            let (name, architecture) = match name.split_once(':') {
                Some((name, _)) => (name, 2),
                None => (*name, 1),
            };
            Goal { package: universe.find_package(name, architecture).unwrap(), version: None }
        })
        .collect();
    let plan = classic(universe, &Candidates::new(universe), &goals, recommends);
    let mut head = Head::new(Digest::of(b"old"), requested.iter().copied());
    head.recommends = recommends;
    Lock::of(universe, &plan, &goals, head)
}

/// An update of some names to `new`, the snapshot `new`.
pub(crate) fn update(lock: &Lock, old: &[&Universe], new: &Universe, only: &[&str]) -> Result<Updated> {
    let only: Vec<String> = only.iter().map(|name| (*name).to_owned()).collect();
    let candidates = Candidates::new(new);
    Update { lock, old, new, candidates: &candidates, snapshot: Digest::of(b"new"), only: &only }.run()
}

/// What moved, a line each.
pub(crate) fn moves(updated: &Updated) -> Vec<String> {
    updated.moves.iter().map(ToString::to_string).collect()
}

/// `name=version` of all that is locked.
pub(crate) fn packages(lock: &Lock) -> Vec<String> {
    super::export::install_arguments(lock)
}

/// Numbers that come in the same order each time (SplitMix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % limit as u64) as usize
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}
