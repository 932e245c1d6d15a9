//! Graphs as pictures: SVG that stands alone, without scripts and without anything from elsewhere.
//!
//! Kinds of relations are told by the style of lines and the shape of their ends, not by colours alone; colours follow the
//! reader's choice of light or dark. What a node or a line says in full is its title, which programs show where the pointer
//! rests and read to those who don't see.

mod legend;
mod style;
mod text;

use std::collections::HashMap;
use std::fmt::Write as _;

use super::document::{EdgeKind, Graph, Node, NodeKind};
use super::layout::{Layout, Link, Segment, layout};
use super::options::MAX_NODES;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use style::Line;
use text::{escaped, fitted, number, width_of};

/// The room around the picture.
const MARGIN: f64 = 24.0;

/// The height of a node with two lines of text, and with one.
const TALL: f64 = 36.0;
const LOW: f64 = 24.0;

/// The most lines of a title.
const MAX_TITLE: usize = 12;

impl Graph {
    /// The graph as a picture: `image/svg+xml` to be kept as a file, or to be put into a page as it is.
    ///
    /// It goes from left to right, from who asks to what is asked for. The same graph gives the same bytes.
    ///
    /// # Errors
    /// [`Kind::Limit`] for more than [`MAX_NODES`] nodes.
    pub fn to_svg(&self) -> Result<String> {
        if self.nodes.len() > MAX_NODES {
            return Err(Error::new(Kind::Limit, format!("a picture of more than {MAX_NODES} nodes can't be read"))
                .help("ask for a smaller depth or for fewer kinds of relations"));
        }
        let (links, edges) = self.links();
        let sizes: Vec<(f64, f64)> = self.nodes.iter().map(size_of).collect();
        let layout = layout(&sizes, &links.iter().map(|(link, _)| *link).collect::<Vec<_>>());
        let mut picture = Picture { graph: self, links, edges, layout, out: String::new(), ends: String::new() };
        picture.write();
        Ok(picture.out)
    }

    /// The lines to draw, each with its look, and the edges of each.
    fn links(&self) -> (Vec<(Link, Line)>, Vec<Vec<u32>>) {
        let (mut links, mut edges): (Vec<(Link, Line)>, Vec<Vec<u32>>) = (Vec::new(), Vec::new());
        let mut known = HashMap::new();
        for (id, edge) in self.edges.iter().enumerate() {
            let line = Line { kind: edge.kind, alternative: edge.alternative.is_some() };
            let link = Link { from: edge.from, to: edge.to, style: line.style() };
            let at = *known.entry((link.from, link.to, link.style)).or_insert(links.len());
            if at == links.len() {
                links.push((link, line));
                edges.push(Vec::new());
            }
            edges[at].push(id as u32);
        }
        (links, edges)
    }
}

/// How large a node is drawn.
fn size_of(node: &Node) -> (f64, f64) {
    let name = width_of(&fitted(&node.name), text::NAME);
    match &node.version {
        Some(version) => (name.max(width_of(&fitted(version), text::SMALL)) + 20.0, TALL),
        None => (name + 28.0, LOW),
    }
}

/// A picture in the making.
struct Picture<'a> {
    graph: &'a Graph,
    links: Vec<(Link, Line)>,
    edges: Vec<Vec<u32>>,
    layout: Layout,
    out: String,
    /// The ends of the lines.
    ends: String,
}

impl Picture<'_> {
    fn write(&mut self) {
        let (title, description) = (self.graph.title(), self.graph.description());
        let words = (width_of(&title, text::TITLE)).max(width_of(&description, text::SUBTITLE));
        let body = self.layout.width.max(legend::LEAST_WIDTH).max(words);
        let legend = legend::Legend::new(self.graph, &self.links, body);
        let top = MARGIN + 52.0 + legend.height + 16.0;
        let (width, height) = (body + 2.0 * MARGIN, top + self.layout.height + MARGIN);
        // Several pictures may stand in one page: their names must not be the same.
        let seed: String = self.graph.nodes.iter().map(|node| format!("{}\n", node.full())).collect();
        let id = Digest::of(format!("{title}\n{description}\n{seed}").as_bytes()).to_string();
        let id = format!("graph-{}", &id[..12]);
        let (w, h) = (number(width), number(height));
        self.put(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{id}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\">\n"
        ));
        let (title, description) = (escaped(&title), escaped(&description));
        self.put(&format!("<title id=\"{id}-title\">{title}</title>\n"));
        self.put(&format!("<desc id=\"{id}-desc\">{description}</desc>\n"));
        self.put(&style::sheet(&id));
        self.put(&format!("<rect class=\"back\" width=\"{w}\" height=\"{h}\"/>\n"));
        let m = number(MARGIN);
        self.put(&format!("<text class=\"head\" x=\"{m}\" y=\"{}\">{title}</text>\n", number(MARGIN + 16.0)));
        self.put(&format!("<text class=\"sub\" x=\"{m}\" y=\"{}\">{description}</text>\n", number(MARGIN + 36.0)));
        self.put(&format!("<g transform=\"translate({m} {})\">\n{}</g>\n", number(MARGIN + 52.0), legend.text));
        self.put(&format!("<g transform=\"translate({m} {})\">\n", number(top)));
        for at in 0..self.layout.segments.len() {
            self.segment(at);
        }
        // Above all lines, so that none hides the end of another.
        let ends = std::mem::take(&mut self.ends);
        self.put(&ends);
        for node in 0..self.graph.nodes.len() {
            self.node(node);
        }
        self.put("</g>\n</svg>\n");
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// A piece of a line, with its ends where these are at nodes.
    fn segment(&mut self, at: usize) {
        let Segment { left, right, turned, links, .. } = self.layout.segments[at].clone();
        let Some((_, line)) = links.first().and_then(|link| self.links.get(*link as usize)).copied() else { return };
        let nodes = self.graph.nodes.len() as u32;
        let (from, to) = (self.layout.vertices[left as usize], self.layout.vertices[right as usize]);
        let column = |layer: u32| self.layout.layers[layer as usize];
        let (near, far) = (column(from.layer), column(to.layer));
        // Lines of different kinds end at different heights.
        let at_node = |vertex: u32, leaves| if vertex < nodes { line.offset(leaves) } else { 0.0 };
        let (y1, y2) = (from.y + at_node(left, !turned), to.y + at_node(right, turned));
        let (mut x1, mut x2) = (near.x + near.width, far.x);
        let mut ends = String::new();
        let (starts, arrives) = if turned { (right < nodes, left < nodes) } else { (left < nodes, right < nodes) };
        let (start, end) = if turned { ((x2, y2, -1.0), (x1, y1, -1.0)) } else { ((x1, y1, 1.0), (x2, y2, 1.0)) };
        if arrives {
            ends.push_str(&line.head(end.0, end.1, end.2));
            // The line ends at the head's back.
            if turned { x1 += style::HEAD - 1.0 } else { x2 -= style::HEAD - 1.0 }
        }
        if starts {
            ends.push_str(&line.tail(start.0, start.1, start.2));
        }
        let bend = (far.x - near.x - near.width) / 2.0;
        let mut path = String::new();
        // A line that passes a layer passes it straight. Writing to a string can't fail.
        if left >= nodes {
            let _ = write!(path, "M{} {}H{}", number(near.x), number(y1), number(x1));
        } else {
            let _ = write!(path, "M{} {}", number(x1), number(y1));
        }
        let (y1, y2, x2) = (number(y1), number(y2), number(x2));
        if y1 == y2 {
            let _ = write!(path, "H{x2}");
        } else {
            let (c1, c2) = (number(near.x + near.width + bend), number(far.x - bend));
            let _ = write!(path, "C{c1} {y1} {c2} {y2} {x2} {y2}");
        }
        let title = self.titles(&links);
        let class = line.class();
        self.put(&format!("<g class=\"edge {class}\"><title>{title}</title><path d=\"{path}\"/></g>\n"));
        if !ends.is_empty() {
            let _ = writeln!(self.ends, "<g class=\"edge {class}\">{ends}</g>");
        }
    }

    /// What some lines say, one below the other.
    fn titles(&self, links: &[u32]) -> String {
        let edges = links.iter().flat_map(|link| &self.edges[*link as usize]);
        let count = edges.clone().count();
        let sentences = edges.filter_map(|edge| self.graph.edges.get(*edge as usize));
        let mut lines: Vec<String> = sentences.take(MAX_TITLE).map(|edge| edge.sentence(self.graph)).collect();
        if count > MAX_TITLE {
            lines.push(format!("and {} more", count - MAX_TITLE));
        }
        escaped(&lines.join("\n"))
    }

    fn node(&mut self, at: usize) {
        let node = &self.graph.nodes[at];
        let vertex = self.layout.vertices[at];
        let column = self.layout.layers[vertex.layer as usize];
        let (x, y) = (column.x, vertex.y - vertex.height / 2.0);
        let class = class_of(self.graph, at as u32, node);
        let round = if node.kind == NodeKind::Package { 6.0 } else { vertex.height / 2.0 };
        let mut text = format!(
            "<g class=\"node {class}\"><title>{}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
            escaped(&self.node_title(at)),
            number(x),
            number(y),
            number(column.width),
            number(vertex.height),
            number(round),
        );
        let middle = number(x + column.width / 2.0);
        let mut line = |class: &str, y: f64, words: &str| {
            let _ = write!(
                text,
                "<text class=\"{class}\" x=\"{middle}\" y=\"{}\">{}</text>",
                number(y),
                escaped(&fitted(words))
            );
        };
        match &node.version {
            Some(version) => {
                line("name", y + 15.0, &node.name);
                line("version", y + 29.0, version);
            }
            None => line("name", y + 16.0, &node.name),
        }
        text.push_str("</g>\n");
        self.put(&text);
    }

    fn node_title(&self, at: usize) -> String {
        let node = &self.graph.nodes[at];
        let Some(cycle) = node.cycle else { return node.full() };
        let members = self.graph.nodes.iter().filter(|other| other.cycle == Some(cycle));
        let names: Vec<&str> = members.clone().take(MAX_TITLE).map(|node| node.name.as_str()).collect();
        let more = members.count().saturating_sub(MAX_TITLE);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}\nin a circle: {}{more}", node.full(), names.join(", "))
    }
}

/// How a node looks.
fn class_of(graph: &Graph, id: u32, node: &Node) -> &'static str {
    match node.kind {
        _ if graph.roots.contains(&id) => "root",
        NodeKind::Virtual => "virtual",
        NodeKind::Missing => "missing",
        NodeKind::Package if node.cycle.is_some() => "circle",
        NodeKind::Package => "package",
    }
}

/// Whether any edge is of a kind.
fn has_kind(graph: &Graph, kind: EdgeKind) -> bool {
    graph.edges.iter().any(|edge| edge.kind == kind)
}
