//! A graph around some roots, level by level.

use std::collections::HashSet;

use super::super::policy::Candidates;
use super::super::universe::Universe;
use super::document::{Graph, Paths};
use super::draft::{Draft, Key};
use super::options::{Direction, Options};
use super::reach::{count, show};
use super::walk::{Root, Step, Walk};
use crate::error::{Error, Kind, Result};

/// The graph of what `roots` depend on.
///
/// All alternatives of a relation are in it, told apart by their number. An alternative that nothing answers is a node as
/// well, since that is what somebody looks for who asks why a package can't be installed.
///
/// # Errors
/// [`Kind::Limit`] for more nodes than [`Options::max_nodes`]; [`Kind::NotFound`] where a package has no version that
/// counts.
///
/// ```
/// use reposnap::resolve::{Builder, Candidates, Origin, graph};
/// let mut builder = Builder::new("amd64", &[])?;
/// builder.index(Origin::default(), b"Package: a\nVersion: 1\nArchitecture: all\nDepends: b (>= 1) | c\n\n\
///     Package: b\nVersion: 1\nArchitecture: all\n\nPackage: c\nVersion: 1\nArchitecture: all\n")?;
/// let universe = builder.finish()?;
/// let (candidates, options) = (Candidates::new(&universe), graph::Options::default());
/// let a = graph::find(&universe, &candidates, "a", &options)?;
/// let graph = graph::dependencies(&universe, &candidates, &[a], &options)?;
/// assert_eq!(graph.nodes.len(), 3);
/// assert_eq!(graph.edges[0].relation, "b (>= 1) | c");
/// assert_eq!(graph.edges[1].alternative, Some(2));
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn dependencies(universe: &Universe, candidates: &Candidates, roots: &[Root], options: &Options) -> Result<Graph> {
    collect(Walk { universe, candidates, options }, roots, Direction::Dependencies)
}

/// The graph of what depends on `roots`. Of their relations, those are in it that lead to the roots, or to what leads there.
///
/// # Errors
/// As [`dependencies`].
pub fn dependents(universe: &Universe, candidates: &Candidates, roots: &[Root], options: &Options) -> Result<Graph> {
    collect(Walk { universe, candidates, options }, roots, Direction::Dependents)
}

fn collect(walk: Walk<'_>, roots: &[Root], direction: Direction) -> Result<Graph> {
    let mut collector = Collector { walk, draft: Draft::new(walk), followed: HashSet::new(), next: Vec::new() };
    let root_nodes = collector.begin(roots, direction)?;
    let mut level = 0;
    while !collector.next.is_empty() && walk.options.depth.is_none_or(|depth| level < depth) {
        level += 1;
        for key in std::mem::take(&mut collector.next) {
            match (key, direction) {
                (Key::Version(version), Direction::Dependencies) => collector.forward(version, level)?,
                (Key::Version(version), Direction::Dependents) => collector.backward(version, level)?,
                (Key::Name(name), Direction::Dependencies) => collector.providers(name)?,
                (Key::Name(name), Direction::Dependents) => collector.askers(name)?,
                (Key::Virtual(..) | Key::Missing(_), _) => {}
            }
        }
    }
    let mut draft = collector.draft;
    draft.mark_cycles();
    Ok(graph(walk, direction, root_nodes, roots, draft, None))
}

/// The document of a finished draft.
pub(super) fn graph(
    walk: Walk<'_>,
    direction: Direction,
    root_nodes: Vec<u32>,
    roots: &[Root],
    draft: Draft<'_>,
    paths: Option<Paths>,
) -> Graph {
    Graph { nodes: draft.nodes, edges: draft.edges, roots: root_nodes, paths, ..counts(walk, direction, roots) }
}

/// The document without a graph: the counts alone.
pub(super) fn counts(walk: Walk<'_>, direction: Direction, roots: &[Root]) -> Graph {
    let all = Options { depth: None, ..*walk.options };
    let count = |root: &Root| count(walk.universe, walk.candidates, *root, direction, &all);
    Graph {
        direction,
        kinds: walk.options.kinds.iter().collect(),
        depth: walk.options.depth,
        roots: Vec::new(),
        counts: roots.iter().map(count).collect(),
        nodes: Vec::new(),
        edges: Vec::new(),
        paths: None,
    }
}

/// Follows relations from level to level.
struct Collector<'a> {
    walk: Walk<'a>,
    draft: Draft<'a>,
    followed: HashSet<u32>,
    /// What the next level begins with.
    next: Vec<Key>,
}

impl Collector<'_> {
    fn begin(&mut self, roots: &[Root], direction: Direction) -> Result<Vec<u32>> {
        let mut nodes = Vec::new();
        for root in roots {
            let versions = self.walk.versions_at(*root);
            if versions.is_empty() {
                let name = show(self.walk.universe, *root);
                return Err(Error::new(Kind::NotFound, format!("no version of {name} can be installed")));
            }
            match root {
                Root::Package(_) => {
                    for version in versions {
                        if self.followed.insert(version) {
                            nodes.push(self.draft.node(Key::Version(version), 0)?);
                            self.next.push(Key::Version(version));
                        }
                    }
                }
                Root::Name(name) => {
                    nodes.push(self.draft.node(Key::Name(*name), 0)?);
                    self.next.push(Key::Name(*name));
                    if direction == Direction::Dependencies {
                        // Its providers are the first level, whoever provides it twice.
                        self.followed.extend(versions);
                    }
                }
            }
        }
        nodes.dedup();
        Ok(nodes)
    }

    fn follow(&mut self, version: u32, step: &Step) {
        if !self.walk.universe.dep_kind(step.dep).is_negative() && self.followed.insert(version) {
            self.next.push(Key::Version(version));
        }
    }

    fn forward(&mut self, version: u32, level: u32) -> Result<()> {
        let (walk, kinds) = (self.walk, self.walk.options.kinds);
        let from = self.draft.node(Key::Version(version), level)?;
        for dep in walk.universe.deps_of(version) {
            let kind = walk.universe.dep_kind(*dep);
            if !kinds.has(kind) {
                continue;
            }
            for (place, atom) in walk.universe.atoms_of(*dep).iter().enumerate() {
                let place = place as u32;
                let mut is_answered = false;
                for to in walk.answers(*atom) {
                    is_answered = true;
                    if walk.is_other(kind, version, to) {
                        let step = Step { from: version, dep: *dep, place, to };
                        self.draft.step(&step, level)?;
                        self.follow(to, &step);
                    }
                }
                if !is_answered && !kind.is_negative() {
                    self.draft.missing(from, *dep, place, level)?;
                }
            }
        }
        Ok(())
    }

    fn backward(&mut self, version: u32, level: u32) -> Result<()> {
        for step in self.steps_to(version, None) {
            self.draft.step(&step, level)?;
            self.follow(step.from, &step);
        }
        Ok(())
    }

    fn providers(&mut self, name: u32) -> Result<()> {
        let root = self.draft.node(Key::Name(name), 0)?;
        for version in self.walk.versions_at(Root::Name(name)) {
            let to = self.draft.node(Key::Version(version), 1)?;
            self.draft.provides(root, to, name)?;
            self.next.push(Key::Version(version));
        }
        Ok(())
    }

    fn askers(&mut self, name: u32) -> Result<()> {
        let root = self.draft.node(Key::Name(name), 0)?;
        for version in self.walk.versions_at(Root::Name(name)) {
            for step in self.steps_to(version, Some(name)) {
                self.draft.step_to_name(&step, root, 1)?;
                self.follow(step.from, &step);
            }
        }
        Ok(())
    }

    /// The steps to a version, by the names of those who take them.
    fn steps_to(&self, version: u32, name: Option<u32>) -> Vec<Step> {
        let walk = self.walk;
        let mut steps = Vec::new();
        walk.backward(version, name, walk.options.kinds, &mut |step| steps.push(step));
        steps.sort_by_cached_key(|step| {
            let package = walk.universe.package_of(step.from);
            let name = walk.universe.name_text(walk.universe.package_name(package));
            let kind = walk.universe.dep_kind(step.dep) as u8;
            (name, package, std::cmp::Reverse(step.from), kind, step.dep, step.place)
        });
        steps
    }
}
