//! Graphs in the language of Mermaid (<https://mermaid.js.org/syntax/flowchart.html>).

use std::fmt::Write as _;

use super::super::universe::DepKind;
use super::document::{Edge, EdgeKind, Graph, NodeKind};

impl Graph {
    /// The graph as a flowchart of Mermaid, which the pages of many code hosts draw.
    ///
    /// Mermaid refuses more than 500 edges and more than 50,000 letters unless the page says otherwise (`maxEdges`,
    /// `maxTextSize`); what is larger is better drawn as SVG.
    pub fn to_mermaid(&self) -> String {
        let mut out = String::from("flowchart LR\n");
        // Writing to a string can't fail.
        let _ = writeln!(out, "  accTitle: {}", line(&self.title()));
        let _ = writeln!(out, "  accDescr: {}", line(&self.description()));
        for (id, node) in self.nodes.iter().enumerate() {
            let name = escaped(&node.name);
            let _ = match (&node.version, node.kind) {
                (Some(version), _) => writeln!(out, "  n{id}[\"{name}<br>{}\"]", escaped(version)),
                (None, NodeKind::Missing) => writeln!(out, "  n{id}{{{{\"{name}\"}}}}"),
                (None, _) => writeln!(out, "  n{id}([\"{name}\"])"),
            };
        }
        for edge in &self.edges {
            let _ = writeln!(out, "  n{} {} n{}", edge.from, arrow(edge), edge.to);
        }
        for (class, style, nodes) in [
            ("root", "stroke-width:3px", self.roots.clone()),
            ("virtual", "stroke-dasharray:5 3", self.of_kind(NodeKind::Virtual)),
            ("missing", "stroke:#cf222e,stroke-dasharray:2 3", self.of_kind(NodeKind::Missing)),
        ] {
            if !nodes.is_empty() {
                let names: Vec<String> = nodes.iter().map(|node| format!("n{node}")).collect();
                let _ = writeln!(out, "  classDef {class} {style}\n  class {} {class}", names.join(","));
            }
        }
        out
    }

    fn of_kind(&self, kind: NodeKind) -> Vec<u32> {
        let is_one = |(id, node): (usize, &super::document::Node)| (node.kind == kind).then_some(id as u32);
        self.nodes.iter().enumerate().filter_map(is_one).filter(|id| !self.roots.contains(id)).collect()
    }
}

/// The line and what stands at it: lines have three styles, so the kind is said in words, but for `Depends`.
fn arrow(edge: &Edge) -> String {
    let (line, word) = match edge.kind {
        EdgeKind::Relation(DepKind::PreDepends) => ("==>", Some("pre-depends")),
        EdgeKind::Relation(DepKind::Depends) => ("-->", None),
        EdgeKind::Relation(DepKind::Conflicts | DepKind::Breaks) => ("--x", Some(edge.kind.as_str())),
        EdgeKind::Relation(DepKind::Recommends | DepKind::Suggests) | EdgeKind::Provides => {
            ("-.->", Some(edge.kind.as_str()))
        }
    };
    let alternative = edge.alternative.map(|number| format!("alternative {number}"));
    let said: Vec<String> = word.map(str::to_owned).into_iter().chain(alternative).collect();
    if said.is_empty() { line.to_owned() } else { format!("{line}|\"{}\"|", said.join(", ")) }
}

/// A text between quotes: all that Mermaid or a browser might read as something else is written as its number.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        let is_plain = letter.is_ascii_alphanumeric() || " .+-~:_=()|/,".contains(letter);
        if is_plain {
            out.push(letter);
        } else if letter.is_control() {
            out.push('\u{fffd}');
        } else if letter.is_ascii() {
            out.push_str(&format!("#{};", letter as u32));
        } else {
            out.push(letter);
        }
    }
    out
}

/// A text to the end of its line, where nothing but the line's end and comments mean anything.
fn line(text: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || " .+-~:_()|/,".contains(letter);
    text.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::{escaped, line};

    #[test]
    fn nothing_leaves_its_quotes() {
        assert_eq!(escaped("libc6 (>= 2.36-9~rc1+b1)"), "libc6 (#62;= 2.36-9~rc1+b1)");
        assert_eq!(escaped("a\"]--x<b>#\n"), "a#34;#93;--x#60;b#62;#35;\u{fffd}");
        assert_eq!(line("a\n  n0 --> n1 %% {b}"), "a_  n0 --_ n1 __ _b_");
    }
}
