//! Graphs of this machine's packages against what apt itself says, and pictures against readers of others.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use reposnap::resolve::graph::{self, Direction, Options};
use reposnap::resolve::{Builder, Candidates, Origin, Universe};
use reposnap_tests::process::{capture, succeed, succeed_with_input};
use serde_json::Value;

/// Asks apt by way of python-apt, as if nothing was installed or pinned. For each package that has a candidate:
///
/// - `needs`: whose candidate has a `Depends` or `Pre-Depends` that this candidate answers, by name or by what it provides;
/// - `listed`: whose any version has one that names it, which is what `apt-cache rdepends --important` lists;
/// - `any`: the same for `name:any` and `name:amd64`, which apt keeps as names of their own;
/// - `unmet`: those of both whose candidate has none, or none whose version is met.
const ASK_APT: &str = r#"
import apt_pkg, json
apt_pkg.init_config()
for key in ("Dir::State::status", "Dir::Etc::preferences", "Dir::Etc::preferencesparts"):
    apt_pkg.config.set(key, "/dev/null")
for key in ("Dir::Cache::pkgcache", "Dir::Cache::srcpkgcache"):
    apt_pkg.config.set(key, "")
apt_pkg.init_system()
cache = apt_pkg.Cache(None)
depcache = apt_pkg.DepCache(cache)
packages = [(p, depcache.get_candidate_ver(p)) for p in cache.packages]
packages = {p.id: (p, v) for p, v in packages if v is not None}
KINDS = ("PreDepends", "Depends")
needs = {id: set() for id in packages}
for p, v in packages.values():
    relations = v.depends_list
    for kind in KINDS:
        for group in relations.get(kind, []):
            for dep in group:
                for target in dep.all_targets():
                    q = target.parent_pkg
                    if q.id != p.id and packages[q.id][1].id == target.id:
                        needs[q.id].add(p.get_fullname(True))
qualified = {}
for q in cache.packages:
    if ":" in q.name:
        qualified.setdefault(tuple(q.name.rsplit(":", 1)), []).append(q)
out = {}
for p, v in packages.values():
    listed, by_any, met = set(), set(), set()
    others = qualified.get((p.name, "any"), []) + qualified.get((p.name, p.architecture), [])
    for source, into in [(p, listed)] + [(q, by_any) for q in others]:
        for dep in source.rev_depends_list:
            if dep.dep_type_untranslated not in ("PreDepends", "Pre-Depends", "Depends"):
                continue
            q = dep.parent_pkg
            if q.id == p.id:
                continue
            name = q.get_fullname(True)
            into.add(name)
            is_candidate = q.id in packages and packages[q.id][1].id == dep.parent_ver.id
            if is_candidate and any(t.id == v.id for t in dep.all_targets()):
                met.add(name)
    name = p.get_fullname(True)
    out[name] = {
        "needs": sorted(needs[p.id]),
        "listed": sorted(listed),
        "any": sorted(by_any - listed),
        "unmet": sorted((listed | by_any) - met),
    }
print(json.dumps(out))
"#;

/// This machine's lists of packages as a universe; a fresh machine fetches them.
fn universe_of_this_machine() -> Universe {
    let architecture = succeed(Command::new("dpkg").arg("--print-architecture")).text();
    let foreign = succeed(Command::new("dpkg").arg("--print-foreign-architectures")).text();
    let foreign: Vec<&str> = foreign.split_whitespace().collect();
    let mut builder = Builder::new(architecture.trim(), &foreign).unwrap();
    let mut files = lists();
    if files.is_empty() {
        capture(Command::new("apt-get").arg("update"));
        files = lists();
    }
    assert!(!files.is_empty(), "this test needs a Debian or Ubuntu machine where `apt-get update` works");
    for file in files {
        let text = succeed(Command::new("/usr/lib/apt/apt-helper").args(["cat-file", &file])).stdout;
        builder.index(Origin::default(), &text).unwrap();
    }
    builder.finish().unwrap()
}

fn lists() -> Vec<String> {
    let mut command = Command::new("apt-get");
    command.args(["indextargets", "--format", "$(FILENAME)", "Created-By: Packages"]);
    succeed(&mut command).text().lines().map(str::to_owned).collect()
}

fn set(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

struct World {
    universe: Universe,
    candidates: Candidates,
}

impl World {
    /// The packages one relation away from `name`, or all of them.
    fn dependents(&self, name: &str, options: &Options) -> BTreeSet<String> {
        let root = graph::find(&self.universe, &self.candidates, name, options).unwrap();
        let reached = graph::reach(&self.universe, &self.candidates, root, Direction::Dependents, options);
        reached.iter().map(|reached| self.universe.show_package(reached.package)).collect()
    }
}

#[test]
fn apt_names_the_same_dependents() {
    let universe = universe_of_this_machine();
    let world = World { candidates: Candidates::new(&universe), universe };
    let apt = succeed(Command::new("/usr/bin/python3").args(["-c", ASK_APT])).stdout;
    let apt: BTreeMap<String, Value> = serde_json::from_slice(&apt).unwrap();
    let direct = Options { depth: Some(1), ..Options::default() };
    let by_name = Options { providers: false, ..direct };
    let (mut relations, mut provided, mut unmet) = (0, 0, 0);
    for (name, said) in &apt {
        let needs = set(&said["needs"]);
        assert_eq!(world.dependents(name, &direct), needs, "{name}");
        // By names alone it is apt's list, without those whose relation the candidate does not meet.
        let (listed, not_met) = (&set(&said["listed"]) | &set(&said["any"]), set(&said["unmet"]));
        let named = world.dependents(name, &by_name);
        assert_eq!(named, &listed - &not_met, "{name}");
        relations += needs.len();
        provided += needs.difference(&named).count();
        unmet += not_met.len();
    }
    println!(
        "{} packages, {relations} dependents, {provided} of them by provided names; apt-cache lists {unmet} more",
        apt.len()
    );
    assert!(apt.len() > 1000 && relations > 1000 && provided > 0, "{} {relations} {provided}", apt.len());

    // What apt-cache prints is what `listed` is.
    for name in ["libssl3", "systemd", "debconf"].into_iter().filter(|name| apt.contains_key(*name)) {
        let mut command = Command::new("apt-cache");
        command.args(["rdepends", "--important", "-o", "Dir::State::status=/dev/null", name]).env("LC_ALL", "C.UTF-8");
        let text = succeed(&mut command).text();
        let printed = text.lines().skip(2).map(|line| line.trim().trim_start_matches('|').to_owned());
        assert_eq!(printed.collect::<BTreeSet<_>>(), set(&apt[name]["listed"]), "{name}");
    }

    // All that depend on it in the end: step by step over what apt says of one step.
    for name in ["libssl3", "debconf", "git"].into_iter().filter(|name| apt.contains_key(*name)) {
        let (mut all, mut open) = (BTreeSet::from([name]), vec![name]);
        while let Some(next) = open.pop() {
            let needs = apt[next]["needs"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
            open.extend(needs.filter(|name| all.insert(name)));
        }
        let root = graph::find(&world.universe, &world.candidates, name, &direct).unwrap();
        let options = Options::default();
        let count = graph::count(&world.universe, &world.candidates, root, Direction::Dependents, &options);
        assert_eq!(count.transitive as usize, all.len() - 1, "{name}");
        assert_eq!(count.direct as usize, set(&apt[name]["needs"]).len(), "{name}");
    }
}

/// Reads a picture with Python's reader of XML, and prints the texts of its nodes, and what tags and attributes it has.
const READ_SVG: &str = r#"
import sys, json, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
svg = "{http://www.w3.org/2000/svg}"
ids = {e.get("id") for e in root.iter() if e.get("id")}
nodes = [g for g in root.iter(svg + "g") if "node" in g.get("class", "").split() and g.find(svg + "text") is not None]
print(json.dumps({
    "tags": sorted({e.tag.replace(svg, "") for e in root.iter()}),
    "attributes": sorted({a for e in root.iter() for a in e.attrib}),
    "labelled": all(label in ids for label in root.get("aria-labelledby").split()),
    "title": root.find(svg + "title").text,
    "style": root.find(svg + "style").text,
    "labels": [[t.text for t in g.findall(svg + "text")] for g in nodes],
    "titles": [g.find(svg + "title").text for g in nodes],
    "boxes": [[float(g.find(svg + "rect").get(a)) for a in ("x", "y", "width", "height")] for g in nodes],
}))
"#;

fn read_svg(svg: &str) -> Value {
    let finished = succeed_with_input(Command::new("/usr/bin/python3").args(["-c", READ_SVG]), svg.as_bytes());
    serde_json::from_slice(&finished.stdout).unwrap()
}

/// A universe whose names and versions try to leave their place.
fn hostile() -> World {
    let text = "Package: a<script>&\"'\\N]]>\nVersion: 1\"];<b>&amp;\u{1}\nArchitecture: amd64\nDepends: b, c | d\n\n\
                Package: b\nVersion: 1--></style>\nArchitecture: all\nDepends: missing (>= 2)\nConflicts: c\n\n\
                Package: c\nVersion: 1\nArchitecture: all\nRecommends: d\nSuggests: b\nProvides: v\n\n\
                Package: d\nVersion: ü漢字\nArchitecture: all\nPre-Depends: v\nBreaks: c\nProvides: v\n\n\
                Package: e\nVersion: 1\nArchitecture: all\nDepends: v\n";
    let mut builder = Builder::new("amd64", &[]).unwrap();
    builder.index(Origin::default(), text.as_bytes()).unwrap();
    let universe = builder.finish().unwrap();
    World { candidates: Candidates::new(&universe), universe }
}

fn hostile_graph(world: &World) -> graph::Graph {
    let kinds = ["depends", "pre-depends", "recommends", "suggests", "conflicts", "breaks"];
    let options = Options { kinds: graph::Kinds::parse(&kinds).unwrap(), ..Options::default() };
    let names = ["a<script>&\"'\\N]]>", "e"];
    let roots = names.map(|name| graph::find(&world.universe, &world.candidates, name, &options).unwrap());
    graph::dependencies(&world.universe, &world.candidates, &roots, &options).unwrap()
}

#[test]
fn pictures_are_well_formed_whatever_is_in_them() {
    let graph = hostile_graph(&hostile());
    let read = read_svg(&graph.to_svg().unwrap());
    assert_eq!(
        read["tags"],
        serde_json::json!(["circle", "desc", "g", "path", "rect", "style", "svg", "text", "title"]),
        "nothing that runs or that is fetched"
    );
    let attributes = set(&read["attributes"]);
    assert!(attributes.iter().all(|name| !name.starts_with("on") && !name.contains("href")), "{attributes:?}");
    assert!(!read["style"].as_str().unwrap().contains("url("));
    assert_eq!(read["labelled"], true);
    let labels: Vec<Vec<String>> = serde_json::from_value(read["labels"].clone()).unwrap();
    let expected = graph.nodes.iter().map(|node| {
        let texts = [Some(&node.name), node.version.as_ref()].into_iter().flatten();
        texts.map(|text| text.replace('\u{1}', "\u{fffd}")).collect::<Vec<_>>()
    });
    assert_eq!(labels, expected.collect::<Vec<_>>());
}

#[test]
fn pictures_of_real_packages_have_all_nodes_and_none_overlaps() {
    let universe = universe_of_this_machine();
    let world = World { candidates: Candidates::new(&universe), universe };
    for (name, direction, depth) in [
        ("git", Direction::Dependencies, Some(2)),
        ("git", Direction::Dependencies, None),
        ("openssl", Direction::Dependencies, None),
        ("systemd", Direction::Dependents, Some(2)),
    ] {
        let options = Options { depth, ..Options::default() };
        let roots = [graph::find(&world.universe, &world.candidates, name, &options).unwrap()];
        let graph = match direction {
            Direction::Dependencies => graph::dependencies(&world.universe, &world.candidates, &roots, &options),
            Direction::Dependents => graph::dependents(&world.universe, &world.candidates, &roots, &options),
        };
        let graph = graph.unwrap();
        let read = read_svg(&graph.to_svg().unwrap());
        assert!(read["title"].as_str().unwrap().ends_with(name));
        let boxes: Vec<[f64; 4]> = serde_json::from_value(read["boxes"].clone()).unwrap();
        assert_eq!(boxes.len(), graph.nodes.len());
        for (at, a) in boxes.iter().enumerate() {
            for b in &boxes[..at] {
                let apart = |axis: usize| a[axis] + a[axis + 2] < b[axis] || b[axis] + b[axis + 2] < a[axis];
                assert!(apart(0) || apart(1), "{name}: {a:?} {b:?}");
            }
        }
    }
}

#[test]
fn graphviz_reads_its_language() {
    let graph = hostile_graph(&hostile());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph.dot");
    std::fs::write(&path, graph.to_dot()).unwrap();
    let Ok(out) = Command::new("dot").arg("-Tjson").arg(&path).output() else {
        println!("there is no dot here");
        return;
    };
    assert!(out.status.success() && out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    let read: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(read["objects"].as_array().unwrap().len(), graph.nodes.len());
    assert_eq!(read["edges"].as_array().unwrap().len(), graph.edges.len());
}
