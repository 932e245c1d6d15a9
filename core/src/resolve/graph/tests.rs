//! Small universes, and exactly what comes of them.

use super::*;
use crate::Result;
use crate::resolve::{Builder, Candidates, Origin, Universe};

/// A universe of packages in short: `name version: field value; field value`.
pub(super) fn universe(packages: &[&str]) -> Universe {
    let mut text = String::new();
    for package in packages {
        let (head, fields) = package.split_once(':').unwrap_or((package, ""));
        let (name, version) = head.split_once(' ').unwrap_or((head, "1"));
        let (name, architecture) = name.split_once('/').unwrap_or((name, "amd64"));
        text.push_str(&format!("Package: {name}\nVersion: {version}\nArchitecture: {architecture}\n"));
        for field in fields.split(';').map(str::trim).filter(|field| !field.is_empty()) {
            let (field, value) = field.split_once(' ').unwrap();
            text.push_str(&format!("{field}: {value}\n"));
        }
        text.push('\n');
    }
    let mut builder = Builder::new("amd64", &["i386"]).unwrap();
    builder.index(Origin::default(), text.as_bytes()).unwrap();
    builder.finish().unwrap()
}

/// `a -> b (b >= 1)`, an alternative with its number before it.
fn edges(graph: &Graph) -> Vec<String> {
    let name = |node: u32| graph.nodes[node as usize].name.as_str();
    let line = |edge: &Edge| {
        let number = edge.alternative.map(|number| format!("{number} of ")).unwrap_or_default();
        let provides = edge.provides.as_ref().map(|name| format!(" as {name}")).unwrap_or_default();
        format!("{} {} {}: {number}{}{provides}", name(edge.from), edge.kind.as_str(), name(edge.to), edge.relation)
    };
    graph.edges.iter().map(line).collect()
}

struct World {
    universe: Universe,
    candidates: Candidates,
    options: Options,
}

impl World {
    fn new(packages: &[&str]) -> Self {
        let universe = universe(packages);
        let candidates = Candidates::new(&universe);
        Self { universe, candidates, options: Options::default() }
    }

    fn kinds(mut self, words: &[&str]) -> Self {
        self.options.kinds = Kinds::parse(words).unwrap();
        self
    }

    fn find(&self, name: &str) -> Root {
        find(&self.universe, &self.candidates, name, &self.options).unwrap()
    }

    fn forward(&self, name: &str) -> Result<Graph> {
        dependencies(&self.universe, &self.candidates, &[self.find(name)], &self.options)
    }

    fn backward(&self, name: &str) -> Result<Graph> {
        dependents(&self.universe, &self.candidates, &[self.find(name)], &self.options)
    }

    fn paths(&self, from: &str, to: &str, most: usize) -> Result<Graph> {
        paths(&self.universe, &self.candidates, self.find(from), self.find(to), &self.options, most)
    }

    /// Direct, by name, in all.
    fn count(&self, name: &str, direction: Direction) -> (u64, u64, u64) {
        let count = count(&self.universe, &self.candidates, self.find(name), direction, &self.options);
        (count.direct, count.named, count.transitive)
    }
}

fn names(graph: &Graph) -> Vec<&str> {
    graph.nodes.iter().map(|node| node.name.as_str()).collect()
}

fn chains(graph: &Graph) -> Vec<Vec<&str>> {
    let chains = graph.paths.iter().flat_map(|paths| &paths.chains);
    chains.map(|chain| chain.iter().map(|node| graph.nodes[*node as usize].name.as_str()).collect()).collect()
}

#[test]
fn alternatives_are_told_apart() {
    let world = World::new(&["a: Depends b | c (>= 2), d", "b", "c 2", "d: Pre-Depends b"]);
    let graph = world.forward("a").unwrap();
    assert_eq!(
        edges(&graph),
        ["a depends b: 1 of b | c (>= 2)", "a depends c: 2 of b | c (>= 2)", "a depends d: d", "d pre-depends b: b"]
    );
    let levels: Vec<u32> = graph.nodes.iter().map(|node| node.level).collect();
    assert_eq!((names(&graph), levels), (vec!["a", "b", "c", "d"], vec![0, 1, 1, 1]));
}

#[test]
fn the_depth_is_a_limit() {
    let mut world = World::new(&["a: Depends b", "b: Depends c", "c: Depends d", "d"]);
    world.options.depth = Some(2);
    assert_eq!(names(&world.forward("a").unwrap()), ["a", "b", "c"]);
    assert_eq!(names(&world.backward("d").unwrap()), ["d", "c", "b"]);
    world.options.depth = Some(0);
    assert_eq!(names(&world.forward("a").unwrap()), ["a"]);
    // Counts don't stop where the picture does.
    assert_eq!(world.forward("a").unwrap().counts[0].transitive, 3);
}

#[test]
fn a_name_of_several_providers_is_a_node() {
    let packages = [
        "a: Depends mta",
        "b: Depends mta | x",
        "x: Provides mta",
        "y: Provides mta",
        "c: Depends one",
        "z: Provides one",
    ];
    let world = World::new(&packages);
    let graph = world.forward("a").unwrap();
    assert_eq!(edges(&graph), ["a depends mta: mta", "mta provides y: mta as mta", "mta provides x: mta as mta"]);
    assert_eq!(graph.nodes[2].kind, NodeKind::Virtual);
    assert_eq!(edges(&world.forward("c").unwrap()), ["c depends z: one as one"]);
    // Both ways to ask for x; the other provider is nothing that leads to it.
    assert_eq!(
        edges(&world.backward("x").unwrap()),
        [
            "a depends mta: mta",
            "mta provides x: mta as mta",
            "b depends mta: 1 of mta | x",
            "b depends x: 2 of mta | x"
        ]
    );
    assert_eq!(world.count("x", Direction::Dependents), (2, 1, 2));
    assert_eq!(world.count("y", Direction::Dependents), (2, 0, 2));
}

#[test]
fn a_name_can_be_a_root() {
    let world =
        World::new(&["a: Depends mta", "b: Depends mta | x", "x: Provides mta", "y: Provides mta", "c: Depends a"]);
    let forward = world.forward("mta").unwrap();
    assert_eq!(names(&forward), ["mta", "x", "y"]);
    let backward = world.backward("mta").unwrap();
    assert_eq!(edges(&backward), ["a depends mta: mta", "b depends mta: 1 of mta | x", "c depends a: a"]);
    assert_eq!(world.count("mta", Direction::Dependents), (2, 0, 3));
    assert_eq!(world.count("mta", Direction::Dependencies), (2, 0, 2));
}

#[test]
fn what_is_missing_is_shown() {
    let world = World::new(&["a: Depends b (>= 2) | c", "b 1", "c"]);
    let graph = world.forward("a").unwrap();
    assert_eq!(names(&graph), ["a", "b (>= 2)", "c"]);
    assert_eq!(graph.nodes[1].kind, NodeKind::Missing);
    assert_eq!(world.count("a", Direction::Dependencies), (1, 1, 1));
}

#[test]
fn a_conflict_is_shown_and_not_followed() {
    let packages = ["a: Conflicts b, m; Breaks d (<< 1); Provides m", "b: Depends c", "c", "d", "e: Provides m"];
    let world = World::new(&packages).kinds(&["depends", "conflicts", "breaks"]);
    let graph = world.forward("a").unwrap();
    // What it provides itself it does not conflict with, and no version of d is old enough to be broken.
    assert_eq!(edges(&graph), ["a conflicts b: b", "a conflicts m: m", "m provides e: m as m"]);
    assert_eq!(world.count("a", Direction::Dependencies), (2, 1, 2));
    assert_eq!(edges(&world.backward("c").unwrap()), ["b depends c: c", "a conflicts b: b"]);
    // A dependency leads on, even where a conflict came first.
    let world = World::new(&["a: Conflicts b; Depends d", "b: Depends c", "c", "d: Depends b"])
        .kinds(&["depends", "conflicts"]);
    assert_eq!(names(&world.forward("a").unwrap()), ["a", "d", "b", "c"]);
}

#[test]
fn only_candidates_count_unless_all_do() {
    let mut world = World::new(&["a 1: Depends c", "a 2: Depends b", "b", "c", "d: Depends b (>= 2) | a (<< 2)"]);
    assert_eq!(names(&world.forward("a").unwrap()), ["a", "b"]);
    assert_eq!(world.count("c", Direction::Dependents), (0, 0, 0));
    world.options.all_versions = true;
    assert_eq!(world.count("c", Direction::Dependents), (1, 1, 2));
    assert_eq!(edges(&world.forward("a").unwrap()), ["a depends b: b", "a depends c: c"]);
    assert_eq!(edges(&world.backward("a").unwrap()), ["d depends a: 2 of b (>= 2) | a (<< 2)"]);
}

#[test]
fn architectures_are_kept_apart() {
    let world = World::new(&[
        "a: Depends l, f",
        "a/i386: Depends l, f",
        "l: Multi-Arch same",
        "l/i386: Multi-Arch same",
        "f/all: Multi-Arch foreign",
    ]);
    assert_eq!(names(&world.forward("a:i386").unwrap()), ["a:i386", "l:i386", "f"]);
    assert_eq!(names(&world.backward("l").unwrap()), ["l", "a"]);
    assert_eq!(names(&world.backward("f").unwrap()), ["f", "a", "a:i386"]);
    let node = &world.forward("f").unwrap().nodes[0];
    assert_eq!((node.version.as_deref(), node.architecture.as_deref()), (Some("1"), Some("all")));
}

#[test]
fn circles_are_numbered() {
    let world = World::new(&["a: Depends b", "b: Depends c", "c: Depends b, d", "d: Depends e", "e: Depends d"]);
    let cycles: Vec<Option<u32>> = world.forward("a").unwrap().nodes.iter().map(|node| node.cycle).collect();
    assert_eq!(cycles, [None, Some(1), Some(1), Some(2), Some(2)]);
    assert_eq!(world.count("b", Direction::Dependents), (2, 2, 2));
}

#[test]
fn a_package_does_not_depend_on_itself() {
    let world = World::new(&["a: Depends m, a; Provides m"]);
    assert!(world.forward("a").unwrap().edges.is_empty());
    assert_eq!(world.count("a", Direction::Dependents), (0, 0, 0));
}

#[test]
fn too_many_nodes_are_an_error() {
    let mut world = World::new(&["a: Depends b, c", "b", "c"]);
    world.options.max_nodes = 2;
    let error = world.forward("a").unwrap_err();
    assert_eq!(error.kind(), crate::Kind::Limit);
    assert!(error.to_string().contains("depth"), "{error}");
}

#[test]
fn chains_are_the_shortest() {
    let packages = [
        "a: Depends b, c, d",
        "b: Depends e",
        "c: Depends e",
        "d: Depends x",
        "e: Depends z",
        "x: Depends y",
        "y: Depends z",
        "z",
    ];
    let world = World::new(&packages);
    let graph = world.paths("a", "z", 10).unwrap();
    assert_eq!(chains(&graph), [["a", "b", "e", "z"], ["a", "c", "e", "z"]]);
    let paths = graph.paths.unwrap();
    assert_eq!((paths.length, paths.count), (3, 2));
    let one = world.paths("a", "z", 1).unwrap();
    assert_eq!(chains(&one), [["a", "b", "e", "z"]]);
    assert_eq!(one.paths.unwrap().count, 2);
    assert_eq!(world.paths("z", "a", 1).unwrap_err().kind(), crate::Kind::NotFound);
    assert_eq!(chains(&world.paths("a", "a", 5).unwrap()), [["a"]]);
}

#[test]
fn chains_pass_names() {
    let world = World::new(&["a: Depends m", "x: Provides m; Depends z", "y: Provides m; Depends z", "z"]);
    let graph = world.paths("a", "z", 10).unwrap();
    assert_eq!(chains(&graph), [["a", "m", "y", "z"], ["a", "m", "x", "z"]]);
    assert_eq!(graph.paths.unwrap().length, 2);
}

#[test]
fn many_chains_take_no_time() {
    // 2^60 chains: sixty times the choice between two.
    let mut packages: Vec<String> = Vec::new();
    for at in 0..60 {
        packages.push(format!("p{at}: Depends l{at}, r{at}"));
        packages.push(format!("l{at}: Depends p{}", at + 1));
        packages.push(format!("r{at}: Depends p{}", at + 1));
    }
    packages.push("p60".to_owned());
    let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
    let paths = World::new(&packages).paths("p0", "p60", 3).unwrap().paths.unwrap();
    assert_eq!((paths.length, paths.count, paths.chains.len()), (120, 1 << 60, 3));
}

#[test]
fn an_operation_gets_all_by_names() {
    let world = World::new(&["a: Depends b; Suggests c", "b: Depends c", "c"]);
    let ask = |change: &dyn Fn(&mut Ask)| {
        let mut ask = Ask { names: vec!["a".to_owned()], ..Ask::default() };
        change(&mut ask);
        draw(&world.universe, &world.candidates, &ask)
    };
    let graph = |drawn: Result<Drawn>| drawn.unwrap().graph.unwrap();
    assert_eq!(names(&graph(ask(&|_| {}))), ["a", "b", "c"]);
    let suggests = graph(ask(&|ask| ask.kinds = vec!["Suggests".to_owned()]));
    assert_eq!(edges(&suggests), ["a suggests c: c"]);
    let to = graph(ask(&|ask| ask.to = Some("c".to_owned())));
    assert_eq!(chains(&to), [["a", "b", "c"]]);
    let from = graph(ask(&|ask| {
        (ask.names, ask.to, ask.reverse) = (vec!["c".to_owned()], Some("a".to_owned()), true);
    }));
    assert_eq!(chains(&from), [["a", "b", "c"]]);
    let counts = graph(ask(&|ask| ask.format = Format::Counts));
    assert_eq!((counts.nodes.len(), counts.counts[0].transitive), (0, 2));
    for (format, start) in [(Format::Dot, "digraph {"), (Format::Mermaid, "flowchart LR"), (Format::Svg, "<svg ")] {
        let drawn = ask(&|ask| ask.format = format).unwrap();
        assert!(drawn.graph.is_none() && drawn.text.unwrap().starts_with(start));
    }
    for (kind, error) in [
        (crate::Kind::NotFound, ask(&|ask| ask.names = vec!["nothing".to_owned()])),
        (crate::Kind::NotFound, ask(&|ask| ask.names = vec!["a:mips".to_owned()])),
        (crate::Kind::Usage, ask(&|ask| ask.kinds = vec!["needs".to_owned()])),
        (crate::Kind::Usage, ask(&|ask| ask.names.clear())),
        (
            crate::Kind::Usage,
            ask(&|ask| (ask.names, ask.to) = (vec!["a".to_owned(), "b".to_owned()], Some("c".to_owned()))),
        ),
    ] {
        assert_eq!(error.unwrap_err().kind(), kind);
    }
}

#[test]
fn the_document_says_it_in_words() {
    let world = World::new(&["a: Depends b | m", "b", "x: Provides m"]);
    let document = serde_json::to_value(world.forward("a").unwrap()).unwrap();
    assert_eq!(
        document,
        serde_json::json!({
            "direction": "dependencies",
            "kinds": ["pre-depends", "depends"],
            "roots": [0],
            "counts": [{ "name": "a", "direct": 2, "named": 1, "transitive": 2 }],
            "nodes": [
                { "kind": "package", "name": "a", "version": "1", "architecture": "amd64", "level": 0 },
                { "kind": "package", "name": "b", "version": "1", "architecture": "amd64", "level": 1 },
                { "kind": "package", "name": "x", "version": "1", "architecture": "amd64", "level": 1 },
            ],
            "edges": [
                { "source": 0, "target": 1, "kind": "depends", "relation": "b | m", "alternative": 1 },
                { "source": 0, "target": 2, "kind": "depends", "relation": "b | m", "alternative": 2, "provides": "m" },
            ],
        })
    );
}

#[test]
fn writers_write() {
    let world =
        World::new(&["a: Depends b | m; Conflicts c", "b: Pre-Depends nothing", "c", "x: Provides m", "y: Provides m"])
            .kinds(&["depends", "pre-depends", "conflicts"]);
    let graph = world.forward("a").unwrap();
    let dot = graph.to_dot();
    for line in [
        "  n0 [label=\"a\\n1\", style=\"rounded,bold\", tooltip=\"a 1 amd64\"];",
        "  n0 -> n1 [style=solid, dir=both, arrowtail=odot, tooltip=\"a depends on b | m: alternative 1\"];",
    ] {
        assert!(dot.lines().any(|have| have == line), "{dot}");
    }
    let mermaid = graph.to_mermaid();
    for line in ["  n0[\"a<br>1\"]", "  n0 -->|\"alternative 1\"| n1", "  class n0 root"] {
        assert!(mermaid.lines().any(|have| have == line), "{mermaid}");
    }
    let svg = graph.to_svg().unwrap();
    assert_eq!(svg, graph.to_svg().unwrap());
    assert_eq!(svg.matches("<rect ").count(), 1 + graph.nodes.len() + 2, "{svg}");
    assert_eq!(svg.matches("class=\"bar\"").count(), 1 + 1, "one bar, and one in the legend");
}

#[test]
fn an_empty_graph_can_be_drawn() {
    let world = World::new(&["a"]);
    let mut graph = world.forward("a").unwrap();
    assert!(graph.to_svg().unwrap().contains(">a</text>"));
    (graph.nodes, graph.roots) = (Vec::new(), Vec::new());
    assert!(graph.to_svg().unwrap().ends_with("</svg>\n"));
}

/// Who needs a package in all is counted without levels; those who go level by level have to come to the same.
#[test]
fn counts_are_those_of_what_is_reached() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |most: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % most
    };
    for _ in 0..20 {
        let mut packages = Vec::new();
        for number in 0..60 {
            let architecture = ["amd64", "i386", "all"][below(3) as usize];
            let mut one = |_| {
                let name = ["p", "v"][usize::from(below(4) == 0)];
                let condition = ["", " (>= 2)", " (<< 2)", ":any"][below(4) as usize];
                format!("{name}{}{}", below(60), if name == "v" { "" } else { condition })
            };
            let relation = (0..3).map(&mut one).collect::<Vec<_>>().join([" | ", ", "][number % 2]);
            let provided = below(60);
            packages
                .push(format!("p{number}/{architecture} {}: Depends {relation}; Provides v{provided}", below(3) + 1));
            if number % 7 == 0 {
                packages.push(format!("p{number}/{architecture} 9: Pre-Depends p{provided}; Multi-Arch allowed"));
            }
        }
        let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
        let mut world = World::new(&packages);
        let mut most = 0;
        for (providers, all_versions) in [(true, false), (false, false), (true, true)] {
            (world.options.providers, world.options.all_versions) = (providers, all_versions);
            for package in 0..world.universe.package_count() {
                let (root, way) = (Root::Package(package), Direction::Dependents);
                let count = count(&world.universe, &world.candidates, root, way, &world.options);
                let reached = reach(&world.universe, &world.candidates, root, way, &world.options);
                let near: Vec<_> = reached.iter().filter(|reached| reached.level == 1).collect();
                let named = near.iter().filter(|reached| reached.named).count();
                let found = [count.direct, count.named, count.transitive];
                assert_eq!(found, [near.len(), named, reached.len()].map(|count| count as u64), "{packages:?}");
                most = most.max(reached.len());
            }
        }
        assert!(most > 10, "nothing is reached");
    }
}
