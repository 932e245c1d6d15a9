//! A graph as a document: what `--json` shows, and what the writers draw.

use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use super::super::universe::DepKind;
use super::options::Direction;

/// Packages and the relations between them.
///
/// Nodes are named by their place in [`nodes`](Self::nodes). An edge always goes from who asks to what is asked for,
/// whichever way the graph was followed.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct Graph {
    /// Which way relations were followed.
    pub direction: Direction,
    /// The kinds of relations that were followed.
    #[serde(serialize_with = "words")]
    pub kinds: Vec<DepKind>,
    /// How many packages away from the roots at most, where that was limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth: Option<u32>,
    /// Where it begins; for chains, where these begin.
    pub roots: Vec<u32>,
    /// How many packages there are around each root, those left out of the graph too.
    pub counts: Vec<Count>,
    /// The nodes, those nearer to the roots first.
    pub nodes: Vec<Node>,
    /// The edges, in the order in which they were found.
    pub edges: Vec<Edge>,
    /// The chains between two packages, where those were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paths: Option<Paths>,
}

/// How many packages a package reaches, or is reached by.
///
/// A package counts once, whatever the number of its relations and versions. The root itself never counts.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct Count {
    /// The root, with its architecture where that is not the machine's own.
    pub name: String,
    /// The packages that are one relation away.
    pub direct: u64,
    /// Those of them that are reached by a package's own name, not by what one provides.
    pub named: u64,
    /// All packages that are reached by one relation after the other, the direct ones among them.
    pub transitive: u64,
}

/// What a node is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum NodeKind {
    /// A version of a package.
    Package,
    /// A name that several packages provide and none has.
    Virtual,
    /// A relation that nothing answers.
    Missing,
}

/// A node of a graph.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// The package's name, the name that is provided, or the relation that nothing answers.
    pub name: String,
    /// The version of a package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The architecture of a package: `all`, or that of the machine it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// How many packages it is away from the roots.
    pub level: u32,
    /// Those with the same number need each other in a circle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle: Option<u32>,
}

/// What an edge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// A relation.
    Relation(DepKind),
    /// From a name to a package that provides it.
    Provides,
}

impl EdgeKind {
    /// Its word, the field's name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            EdgeKind::Relation(kind) => word(kind),
            EdgeKind::Provides => "provides",
        }
    }

    /// Whether it leads to what must not be there.
    pub const fn is_negative(self) -> bool {
        matches!(self, EdgeKind::Relation(kind) if kind.is_negative())
    }
}

impl Serialize for EdgeKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The word of a kind of relation: the field's name in lower case.
pub(super) const fn word(kind: DepKind) -> &'static str {
    match kind {
        DepKind::PreDepends => "pre-depends",
        DepKind::Depends => "depends",
        DepKind::Conflicts => "conflicts",
        DepKind::Breaks => "breaks",
        DepKind::Recommends => "recommends",
        DepKind::Suggests => "suggests",
    }
}

fn words<S: Serializer>(kinds: &[DepKind], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(kinds.iter().map(|kind| word(*kind)))
}

/// An edge of a graph.
///
/// Edges of one node with the same kind and the same relation are alternatives: one of them is enough.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edge {
    /// Who asks.
    #[serde(rename = "source")]
    pub from: u32,
    /// What answers.
    #[serde(rename = "target")]
    pub to: u32,
    /// What it is.
    pub kind: EdgeKind,
    /// The relation as it is written, with all its alternatives: `default-mta | mail-transport-agent`.
    pub relation: String,
    /// Which of the alternatives leads here, from 1, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternative: Option<u32>,
    /// The name by which a package answers that is not its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provides: Option<String>,
}

/// The shortest chains of relations from one package to another.
#[derive(Clone, Debug, Default, Serialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paths {
    /// How many relations a chain has; none where there is no chain, and where both are the same package.
    pub length: u32,
    /// How many such chains there are; two that pass the same packages are one.
    pub count: u64,
    /// The chains as nodes, as many as were asked for; between each two that follow each other there is an edge. Names
    /// that packages provide stand in them, and count for no step.
    pub chains: Vec<Vec<u32>>,
}

impl Node {
    /// Whether it is a version of a package.
    pub(super) fn is_package(&self) -> bool {
        self.kind == NodeKind::Package
    }

    /// All that is said of it, in one line.
    pub(super) fn full(&self) -> String {
        match (&self.version, &self.architecture) {
            (Some(version), Some(architecture)) => format!("{} {version} {architecture}", self.name),
            _ if self.kind == NodeKind::Virtual => format!("{}, a virtual package", self.name),
            _ => format!("{}, which nothing answers", self.name),
        }
    }
}

impl Graph {
    /// What it shows, in a few words.
    pub(super) fn title(&self) -> String {
        // Nothing limits how long a name is.
        let name = |node: &u32| -> String {
            self.nodes.get(*node as usize).map_or_else(String::new, |node| node.name.chars().take(80).collect())
        };
        let roots: Vec<String> = self.roots.iter().map(name).collect();
        let shown = match roots.len() {
            0..=4 => roots.join(", "),
            more => format!("{} and {} more", roots[..3].join(", "), more - 3),
        };
        if let Some(paths) = &self.paths {
            let end = paths.chains.first().and_then(|chain| chain.last()).map(name).unwrap_or_default();
            return format!("Shortest chains from {shown} to {end}");
        }
        match self.direction {
            Direction::Dependencies => format!("Dependencies of {shown}"),
            Direction::Dependents => format!("What depends on {shown}"),
        }
    }

    /// How much it shows, in a sentence.
    pub(super) fn description(&self) -> String {
        let packages = self.nodes.iter().filter(|node| node.is_package()).count();
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| word(*kind)).collect();
        let mut text = format!("{}, {}", some(packages, "package"), some(self.edges.len(), "relation"));
        text.push_str(&format!(" ({})", kinds.join(", ")));
        if let Some(depth) = self.depth {
            text.push_str(&format!(", at most {} away", some(depth as usize, "step")));
        }
        if let Some(paths) = &self.paths {
            text.push_str(&format!(", {} of {} shown", paths.chains.len(), some_u64(paths.count, "chain")));
        }
        text
    }
}

fn some(count: usize, what: &str) -> String {
    some_u64(count as u64, what)
}

fn some_u64(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
