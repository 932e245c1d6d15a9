//! A graph in the making: each node once, each edge once, and not too many of them.

use std::collections::{HashMap, HashSet};

use super::components::components;
use super::document::{Edge, EdgeKind, Node, NodeKind};
use super::walk::{Step, Walk};
use crate::error::{Error, Kind, Result};

/// The most edges of a graph.
const MAX_EDGES: usize = 20_000;

/// What a node stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Version(u32),
    /// A name that nothing has, as those know it who are answered by exactly these versions.
    Virtual(u32, Vec<u32>),
    /// A name that was asked for as a root.
    Name(u32),
    /// An alternative that nothing answers.
    Missing(u32),
}

/// Nodes and edges so far.
pub(super) struct Draft<'a> {
    walk: Walk<'a>,
    keys: HashMap<Key, u32>,
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    seen: HashSet<(u32, u32, u32)>,
    /// Who is in the way of a name, for alternatives that were met before.
    virtuals: HashMap<u32, Option<Key>>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(walk: Walk<'a>) -> Self {
        Self {
            walk,
            keys: HashMap::new(),
            nodes: Vec::new(),
            edges: Vec::new(),
            seen: HashSet::new(),
            virtuals: HashMap::new(),
        }
    }

    /// The node of a key, made where it is not there yet.
    pub(super) fn node(&mut self, key: Key, level: u32) -> Result<u32> {
        if let Some(known) = self.keys.get(&key) {
            return Ok(*known);
        }
        let limit = self.walk.options.max_nodes;
        if self.nodes.len() >= limit {
            return Err(too_large(&format!("{limit} nodes")));
        }
        let universe = self.walk.universe;
        let node = |kind, name| Node { kind, name, version: None, architecture: None, level, cycle: None };
        let node = match &key {
            Key::Version(version) => Node {
                version: Some(universe.version_text(*version).to_owned()),
                architecture: Some(universe.architecture_text(*version).to_owned()),
                ..node(NodeKind::Package, universe.show_package(universe.package_of(*version)))
            },
            Key::Virtual(name, _) | Key::Name(name) => node(NodeKind::Virtual, universe.name_text(*name).to_owned()),
            Key::Missing(atom) => node(NodeKind::Missing, universe.atom_text(*atom)),
        };
        let id = self.nodes.len() as u32;
        self.nodes.push(node);
        self.keys.insert(key, id);
        Ok(id)
    }

    /// An edge by a relation; `from` and `to` are nodes.
    fn edge(&mut self, from: u32, to: u32, dep: u32, place: u32, provides: Option<u32>) -> Result<()> {
        // Two alternatives of one relation may lead to one package; the first is the one that counts.
        if !self.seen.insert((from, to, dep)) {
            return Ok(());
        }
        let universe = self.walk.universe;
        self.push(Edge {
            from,
            to,
            kind: EdgeKind::Relation(universe.dep_kind(dep)),
            relation: universe.dep_text(dep),
            alternative: (universe.atoms_of(dep).len() > 1).then_some(place + 1),
            provides: provides.map(|name| universe.name_text(name).to_owned()),
        })
    }

    /// An edge from the node of a name to that of a provider.
    pub(super) fn provides(&mut self, from: u32, to: u32, name: u32) -> Result<()> {
        if !self.seen.insert((from, to, u32::MAX)) {
            return Ok(());
        }
        let relation = self.walk.universe.name_text(name).to_owned();
        let provides = Some(relation.clone());
        self.push(Edge { from, to, kind: EdgeKind::Provides, relation, alternative: None, provides })
    }

    fn push(&mut self, edge: Edge) -> Result<()> {
        if self.edges.len() >= MAX_EDGES {
            return Err(too_large(&format!("{MAX_EDGES} edges")));
        }
        self.edges.push(edge);
        Ok(())
    }

    /// The nodes of a step and what is between them; gives them in their order.
    ///
    /// A name that several packages provide and none has gets a node of its own, since otherwise each who asks for it
    /// would have a line to each who provides it.
    pub(super) fn step(&mut self, step: &Step, level: u32) -> Result<Vec<u32>> {
        let (from, to) = (self.node(Key::Version(step.from), level)?, self.node(Key::Version(step.to), level)?);
        let atom = self.walk.atom_of(step);
        let name = self.walk.universe.atom_name(atom);
        if let Some(key) = self.between(atom) {
            let between = self.node(key, level)?;
            self.edge(from, between, step.dep, step.place, None)?;
            self.provides(between, to, name)?;
            return Ok(vec![from, between, to]);
        }
        let named = self.walk.is_named(step);
        self.edge(from, to, step.dep, step.place, (!named).then_some(name))?;
        Ok(vec![from, to])
    }

    /// A step to a name that was asked for as a root.
    pub(super) fn step_to_name(&mut self, step: &Step, root: u32, level: u32) -> Result<u32> {
        let from = self.node(Key::Version(step.from), level)?;
        self.edge(from, root, step.dep, step.place, None)?;
        Ok(from)
    }

    /// A relation of which an alternative is answered by nothing.
    pub(super) fn missing(&mut self, from: u32, dep: u32, place: u32, level: u32) -> Result<()> {
        let atom = self.walk.universe.atoms_of(dep)[place as usize];
        let to = self.node(Key::Missing(atom), level)?;
        self.edge(from, to, dep, place, None)
    }

    /// The virtual package between those who ask for an alternative and those who answer it.
    fn between(&mut self, atom: u32) -> Option<Key> {
        let walk = self.walk;
        let make = || {
            let mut answers: Vec<u32> = walk.answers(atom).collect();
            answers.sort_unstable();
            let name = walk.universe.atom_name(atom);
            let several = answers.len() > 1 && answers.iter().all(|version| walk.name_of(*version) != name);
            several.then_some(Key::Virtual(name, answers))
        };
        self.virtuals.entry(atom).or_insert_with(make).clone()
    }

    /// Numbers the circles of packages that need each other.
    pub(super) fn mark_cycles(&mut self) {
        let edges = self.edges.iter().filter(|edge| !edge.kind.is_negative());
        let edges: Vec<(u32, u32)> = edges.map(|edge| (edge.from, edge.to)).collect();
        let of = components(self.nodes.len(), &edges);
        let mut sizes = vec![0_u32; self.nodes.len()];
        of.iter().for_each(|component| sizes[*component as usize] += 1);
        let mut numbers = vec![None; self.nodes.len()];
        let mut next = 1;
        for (node, component) in of.iter().enumerate() {
            if sizes[*component as usize] < 2 {
                continue;
            }
            let number = &mut numbers[*component as usize];
            if number.is_none() {
                *number = Some(next);
                next += 1;
            }
            self.nodes[node].cycle = *number;
        }
    }
}

fn too_large(what: &str) -> Error {
    Error::new(Kind::Limit, format!("the graph has more than {what}"))
        .help("ask for a smaller depth, for fewer kinds of relations, or for the counts alone")
}
