//! What the lines and nodes of a picture mean: of each sort that is in it, a small one and its name.

use super::super::super::universe::DepKind;
use super::super::document::{EdgeKind, Graph};
use super::super::layout::Link;
use super::style::{HEAD, Line};
use super::text::number;
use super::{class_of, has_kind};

/// The least width of a picture, so that the words above it have room.
pub(super) const LEAST_WIDTH: f64 = 640.0;

/// How high a row is, how wide a sample, and how wide a letter about.
const ROW: f64 = 22.0;
const SAMPLE: f64 = 40.0;
const LETTER: f64 = 7.2;

/// The legend, drawn from its upper left corner on.
pub(super) struct Legend {
    pub(super) text: String,
    pub(super) height: f64,
}

impl Legend {
    pub(super) fn new(graph: &Graph, links: &[(Link, Line)], width: f64) -> Self {
        let mut legend = Self { text: String::new(), height: ROW };
        let mut at = 0.0;
        for (words, sample) in entries(graph, links) {
            let wide = SAMPLE + 8.0 + words.len() as f64 * LETTER + 14.0;
            if at > 0.0 && at + wide > width {
                at = 0.0;
                legend.height += ROW;
            }
            let y = legend.height - ROW;
            legend.text.push_str(&format!(
                "<g transform=\"translate({} {})\">{sample}<text class=\"key\" x=\"{}\" y=\"15\">{words}</text></g>\n",
                number(at),
                number(y),
                number(SAMPLE + 8.0),
            ));
            at += wide;
        }
        legend
    }
}

fn entries(graph: &Graph, links: &[(Link, Line)]) -> Vec<(&'static str, String)> {
    let mut entries = Vec::new();
    let kinds = DepKind::ALL.into_iter().map(EdgeKind::Relation).chain([EdgeKind::Provides]);
    for kind in kinds.filter(|kind| has_kind(graph, *kind)) {
        let words = if kind == EdgeKind::Provides { "is provided by" } else { kind.as_str() };
        entries.push((words, line(Line { kind, alternative: false })));
    }
    let alternative = links.iter().map(|(_, line)| *line).find(|line| line.alternative);
    entries.extend(alternative.map(|look| ("one of several alternatives", line(look))));
    let classes: Vec<&str> =
        graph.nodes.iter().enumerate().map(|(id, node)| class_of(graph, id as u32, node)).collect();
    for (class, words) in [
        ("virtual", "a name that packages provide"),
        ("circle", "in a circle of packages that need each other"),
        ("missing", "nothing answers this"),
    ] {
        if classes.contains(&class) {
            entries.push((words, node(class)));
        }
    }
    entries
}

fn line(line: Line) -> String {
    let end = number(SAMPLE - HEAD + 1.0);
    let (head, tail) = (line.head(SAMPLE, 11.0, 1.0), line.tail(0.0, 11.0, 1.0));
    format!("<g class=\"edge {}\"><path d=\"M0 11H{end}\"/>{head}{tail}</g>", line.class())
}

fn node(class: &str) -> String {
    let round = if class == "circle" { 4 } else { 7 };
    format!(
        "<g class=\"node {class}\"><rect x=\"1\" y=\"4\" width=\"{}\" height=\"14\" rx=\"{round}\"/></g>",
        number(SAMPLE - 2.0)
    )
}
