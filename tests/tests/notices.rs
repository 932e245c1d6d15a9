//! The notices of the dependencies that a built `reposnap` contains: made from what cargo knows, and kept current.
//!
//! `UPDATE=1 cargo test -p reposnap-tests --test notices` writes THIRD-PARTY.md anew after a change of dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use reposnap_tests::process::{cargo, succeed};
use serde_json::Value;

/// What is shipped, each with its dependencies: the command, and packages of other languages.
const SHIPPED: &[&str] = &["reposnap-c", "reposnap-cli", "reposnap-node", "reposnap-python", "reposnap-uniffi"];
/// What stands before the lists.
const PREFACE: &str = "\
# Third-party notices

reposnap is licensed under MIT or Apache-2.0, at your choice ([LICENSE-MIT](LICENSE-MIT),
[LICENSE-APACHE](LICENSE-APACHE)). A built `reposnap`, the command or the library for another language, also contains
crates of those below, each under its own licence. Ship this file with a binary. Where a crate offers Apache-2.0, it is taken under that licence, whose text is in
LICENSE-APACHE; the texts of all others follow the list, each with its copyright notices.

## What the LGPL asks

`sequoia-openpgp` and `buffered-reader`, which verify and make the OpenPGP signatures, are licensed under the GNU
Library General Public License, version 2, or any later version. reposnap uses them unaltered, through their public
interface, and links them statically. Whoever ships a binary must

- say that it contains them, and ship their licence (below);
- give or offer the source of exactly the versions listed: crates.io keeps it, under the names and versions below;
- make it possible to relink the program with an altered version of them. reposnap's whole source is public, and
  `cargo build` with a `[patch.crates-io]` entry for `sequoia-openpgp` does it.

A program that embeds the library `reposnap` has the same duties towards its own users. reposnap's own code imposes
nothing of the kind. Signing and verifying stand behind traits and types of reposnap's own.

## What the MPL asks

The library for Ruby, Kotlin and Swift contains `uniffi` and crates of its family, which are licensed under the Mozilla
Public License 2.0 and used unaltered. Whoever ships that library must say so and tell where their source is: crates.io
keeps it, under the names and versions below.

";

#[test]
fn third_party_notices_are_current() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let file = workspace.join("THIRD-PARTY.md");
    let now = render(&shipped(workspace));
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &now).expect("writing THIRD-PARTY.md");
        return;
    }
    let before = fs::read_to_string(&file).unwrap_or_default();
    let first = now.lines().zip(before.lines()).find(|(now, before)| now != before);
    assert!(
        now == before,
        "THIRD-PARTY.md is out of date (first difference: {first:?}); write it anew with\n    \
         UPDATE=1 cargo test -p reposnap-tests --test notices"
    );
}

/// A dependency, as its manifest describes it.
struct Crate {
    name: String,
    version: String,
    license: String,
    repository: String,
    folder: PathBuf,
}

/// All crates that what is shipped is linked from, on Linux, sorted; build scripts and tests left out.
fn shipped(workspace: &Path) -> Vec<Crate> {
    let mut command = cargo();
    command.args(["metadata", "--format-version", "1", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"]);
    let metadata: Value =
        serde_json::from_slice(&succeed(command.current_dir(workspace)).stdout).expect("cargo metadata is JSON");
    let packages: BTreeMap<&str, &Value> =
        list(&metadata["packages"]).map(|package| (text(&package["id"]), package)).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).map(|node| (text(&node["id"]), node)).collect();
    let shipped = packages.iter().filter(|(_, package)| SHIPPED.contains(&text(&package["name"])));
    let mut waiting: Vec<&str> = shipped.map(|(id, _)| *id).collect();
    assert_eq!(waiting.len(), SHIPPED.len(), "what is shipped is in the workspace");
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if is_macro(packages[id]) || !seen.insert(id) {
            continue;
        }
        let normal = |dependency: &&Value| list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null());
        waiting.extend(list(&nodes[id]["deps"]).filter(normal).map(|dependency| text(&dependency["pkg"])));
    }
    // Members of the workspace have no source.
    let foreign = seen.into_iter().map(|id| packages[id]).filter(|package| !package["source"].is_null());
    let mut crates: Vec<Crate> = foreign.map(describe).collect();
    crates.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
    crates
}

fn describe(package: &Value) -> Crate {
    let manifest = Path::new(text(&package["manifest_path"]));
    Crate {
        name: text(&package["name"]).to_owned(),
        version: text(&package["version"]).to_owned(),
        license: package["license"].as_str().unwrap_or("see its licence file").replace('/', " OR "),
        repository: package["repository"].as_str().unwrap_or_default().to_owned(),
        folder: manifest.parent().expect("a manifest is in a folder").to_owned(),
    }
}

/// Macros run in the compiler and are in no binary.
fn is_macro(package: &Value) -> bool {
    list(&package["targets"]).any(|target| list(&target["kind"]).any(|kind| text(kind) == "proc-macro"))
}

fn render(crates: &[Crate]) -> String {
    let mut out = PREFACE.to_owned();
    out.push_str("## Crates\n\n| crate | version | licence | source |\n|---|---|---|---|\n");
    for item in crates {
        let _ = writeln!(out, "| {} | {} | {} | {} |", item.name, item.version, item.license, item.repository);
    }
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for item in crates {
        let owner = format!("{} {}", item.name, item.version);
        for text in notices(item) {
            texts.entry(text).or_default().push(owner.clone());
        }
    }
    let mut texts: Vec<(Vec<String>, String)> = texts.into_iter().map(|(text, owners)| (owners, text)).collect();
    texts.sort();
    out.push_str("\n## Licence texts and notices\n");
    for (owners, text) in texts {
        // Text of other people may hold anything but this many backquotes in a row.
        let _ = write!(out, "\n### {}\n\n````text\n{text}\n````\n", owners.join(", "));
    }
    out
}

/// The texts that must travel with a crate: its NOTICE; and its licence, unless that is Apache-2.0 as in our own file.
fn notices(item: &Crate) -> Vec<String> {
    let apache = item.license.contains("Apache-2.0") && !item.license.contains(" AND ");
    let mut paths: Vec<PathBuf> = fs::read_dir(&item.folder)
        .unwrap_or_else(|error| panic!("{}: {error}; run cargo fetch", item.folder.display()))
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    let mut texts = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        let licence = ["LICENSE", "LICENCE", "COPYING"].iter().any(|start| name.starts_with(start));
        let wanted = name == "NOTICE" || name == "NOTICE.TXT" || (licence && !apache && !name.contains("APACHE"));
        if wanted {
            let text = fs::read(&path).expect("a file that was just listed");
            texts.push(tidy(&String::from_utf8_lossy(&text)));
        }
    }
    if texts.is_empty() && !apache {
        texts.push(format!("Licensed under {}; the crate has no licence file.", item.license));
    }
    texts
}

/// The text without differences that do not show.
fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string in cargo's metadata")
}
