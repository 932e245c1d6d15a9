//! What the real apt chooses, and what we do, in one form. Each test takes a part of it.
#![allow(dead_code)]

use std::io::Write as _;
use std::process::{Command, Stdio};

use reposnap::resolve::{Plan, Universe};

/// Numbers that look random and are the same each time.
pub struct Numbers(pub u64);

impl Numbers {
    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// What apt answers: the order in which it saw the packages, and a choice for each line; nothing where it gives up.
pub fn ask_apt(
    status: &str,
    recommends: bool,
    options: &[String],
    lines: &[String],
) -> (Vec<String>, Vec<Option<Vec<String>>>) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/resolve_support/choose.py");
    let mut child = Command::new("/usr/bin/python3")
        .args([script, status, if recommends { "1" } else { "0" }])
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 with python3-apt");
    let mut input = child.stdin.take().expect("a pipe");
    let text = lines.join("\n") + "\n";
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("python3 ends");
    writer.join().expect("a thread").expect("writing");
    assert!(output.status.success(), "{output:?}");
    let mut answers = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let seen = serde_json::from_slice(answers.next().expect("an order")).expect("JSON");
    (seen, answers.map(|line| serde_json::from_slice(line).expect("JSON")).collect())
}

/// A plan as the script shows that of apt.
pub fn shown(universe: &Universe, plan: &Plan) -> Option<Vec<String>> {
    if !plan.broken.is_empty() {
        return None;
    }
    let show = |version: &u32| {
        format!("{}={}", universe.show_package(universe.package_of(*version)), universe.version_text(*version))
    };
    let mut chosen: Vec<String> = plan.install.iter().map(show).collect();
    chosen.extend(plan.remove.iter().map(|package| format!("-{}", universe.show_package(*package))));
    chosen.sort();
    Some(chosen)
}
