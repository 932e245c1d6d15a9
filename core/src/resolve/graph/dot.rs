//! Graphs in the language of Graphviz (dot(1), <https://graphviz.org/doc/info/lang.html>).

use std::fmt::Write as _;

use super::super::universe::DepKind;
use super::document::{Edge, EdgeKind, Graph, NodeKind};

impl Graph {
    /// The graph in the language of Graphviz, for `dot -Tsvg` and its relatives. Kinds of relations are told by styles of
    /// lines, alternatives by an open dot where they begin.
    pub fn to_dot(&self) -> String {
        let mut out = String::from("digraph {\n  rankdir=LR;\n");
        // Writing to a string can't fail.
        let _ = writeln!(out, "  label={}; labelloc=t;", quoted(&self.title()));
        out.push_str("  node [shape=box, style=rounded, fontname=\"monospace\"];\n");
        for (id, node) in self.nodes.iter().enumerate() {
            let label = match &node.version {
                Some(version) => format!("{}\n{version}", node.name),
                None => node.name.clone(),
            };
            let style = match node.kind {
                _ if self.roots.contains(&(id as u32)) => ", style=\"rounded,bold\"",
                NodeKind::Package => "",
                NodeKind::Virtual => ", style=\"rounded,dashed\"",
                NodeKind::Missing => ", style=\"dotted\", color=\"#cf222e\"",
            };
            let _ = writeln!(out, "  n{id} [label={}{style}, tooltip={}];", quoted(&label), quoted(&node.full()));
        }
        for edge in &self.edges {
            let tip = quoted(&edge.sentence(self));
            let dot = if edge.alternative.is_some() { ", dir=both, arrowtail=odot" } else { "" };
            let _ = writeln!(out, "  n{} -> n{} [{}{dot}, tooltip={tip}];", edge.from, edge.to, style(edge.kind));
        }
        out.push_str("}\n");
        out
    }
}

const fn style(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Relation(DepKind::PreDepends) => "style=bold",
        EdgeKind::Relation(DepKind::Depends) => "style=solid",
        EdgeKind::Relation(DepKind::Recommends) => "style=dashed, color=\"#0969da\"",
        EdgeKind::Relation(DepKind::Suggests) => "style=dotted, color=\"#1a7f37\"",
        EdgeKind::Relation(DepKind::Conflicts) => "arrowhead=tee, color=\"#cf222e\"",
        EdgeKind::Relation(DepKind::Breaks) => "arrowhead=tee, style=dashed, color=\"#bc4c00\"",
        EdgeKind::Provides => "arrowhead=empty, style=dashed, color=\"#8250df\"",
    }
}

/// A text between quotes. Graphviz reads escapes such as `\N` in labels, and entities such as `&amp;`.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            '\n' => out.push_str("\\n"),
            control if control.is_control() => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

impl Edge {
    /// What it says, in a sentence.
    pub(super) fn sentence(&self, graph: &Graph) -> String {
        let name = |node: u32| graph.nodes.get(node as usize).map_or("", |node| node.name.as_str());
        let verb = match self.kind {
            EdgeKind::Relation(DepKind::PreDepends) => "pre-depends on",
            EdgeKind::Relation(DepKind::Depends) => "depends on",
            EdgeKind::Relation(DepKind::Recommends) => "recommends",
            EdgeKind::Relation(DepKind::Suggests) => "suggests",
            EdgeKind::Relation(DepKind::Conflicts) => "conflicts with",
            EdgeKind::Relation(DepKind::Breaks) => "breaks",
            EdgeKind::Provides => return format!("{} is provided by {}", name(self.from), name(self.to)),
        };
        let mut text = format!("{} {verb} {}", name(self.from), self.relation);
        if let Some(alternative) = self.alternative {
            text.push_str(&format!(": alternative {alternative}"));
        }
        if let Some(provides) = &self.provides {
            text.push_str(&format!("; {} provides {provides}", name(self.to)));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn nothing_leaves_its_quotes() {
        assert_eq!(quoted(r#"a"b\N"#), r#""a\"b\\N""#);
        assert_eq!(quoted("a &lt; <b>\n\u{7}"), "\"a &amp;lt; <b>\\n\u{fffd}\"");
    }
}
