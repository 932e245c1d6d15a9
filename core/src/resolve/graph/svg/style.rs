//! How lines and nodes look.

use std::fmt::Write as _;

use super::super::super::universe::DepKind;
use super::super::document::EdgeKind;
use super::text::{NAME, SMALL, SUBTITLE, TITLE, number};

/// How long the head of a line is.
pub(super) const HEAD: f64 = 8.0;

/// What tells lines apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) kind: EdgeKind,
    /// One of several relations of which one is enough.
    pub(super) alternative: bool,
}

impl Line {
    /// A number for each look.
    pub(super) const fn style(self) -> u8 {
        let kind = match self.kind {
            EdgeKind::Relation(kind) => kind as u8,
            EdgeKind::Provides => DepKind::ALL.len() as u8,
        };
        kind * 2 + self.alternative as u8
    }

    pub(super) const fn class(self) -> &'static str {
        self.kind.as_str()
    }

    /// How far from the middle of a node a line of this kind meets it, so that kinds don't hide each other.
    pub(super) const fn offset(self, leaves: bool) -> f64 {
        match self.kind {
            EdgeKind::Provides if leaves => 0.0,
            EdgeKind::Relation(DepKind::Depends) => 0.0,
            EdgeKind::Relation(DepKind::PreDepends) => -4.0,
            EdgeKind::Relation(DepKind::Recommends) => 4.0,
            EdgeKind::Relation(DepKind::Suggests) => 7.0,
            EdgeKind::Relation(DepKind::Conflicts) => -7.0,
            EdgeKind::Relation(DepKind::Breaks) => -9.0,
            EdgeKind::Provides => 9.0,
        }
    }

    /// The end at what is asked for: an arrow, an open one for what a package provides, a bar for what must not be there.
    /// It points to the right where `way` is 1, to the left where it is -1.
    pub(super) fn head(self, x: f64, y: f64, way: f64) -> String {
        if self.kind.is_negative() {
            let x = number(x - 3.0 * way);
            return format!("<path class=\"bar\" d=\"M{x} {}V{}\"/>", number(y - 5.0), number(y + 5.0));
        }
        let class = if self.kind == EdgeKind::Provides { "open" } else { "tip" };
        let back = number(x - HEAD * way);
        format!(
            "<path class=\"{class}\" d=\"M{} {}L{back} {}V{}z\"/>",
            number(x),
            number(y),
            number(y - 3.5),
            number(y + 3.5)
        )
    }

    /// The end at who asks: a ring for one of several alternatives.
    pub(super) fn tail(self, x: f64, y: f64, way: f64) -> String {
        if !self.alternative {
            return String::new();
        }
        format!("<circle class=\"ring\" cx=\"{}\" cy=\"{}\" r=\"3.5\"/>", number(x + 3.5 * way), number(y))
    }
}

/// The colours of a scheme, by what they are for.
struct Colours {
    back: &'static str,
    text: &'static str,
    muted: &'static str,
    /// The fill and the border of each sort of node.
    nodes: [(&'static str, &'static str, &'static str); 5],
    /// The colour of each kind of line.
    lines: [(&'static str, &'static str); 7],
}

const LIGHT: Colours = Colours {
    back: "#ffffff",
    text: "#1b1f24",
    muted: "#59636e",
    nodes: [
        ("package", "#f6f8fa", "#818b98"),
        ("root", "#dbeafe", "#1d4ed8"),
        ("circle", "#fff3d6", "#9a6700"),
        ("virtual", "#ffffff", "#8250df"),
        ("missing", "#ffebe9", "#cf222e"),
    ],
    lines: [
        ("pre-depends", "#1f2937"),
        ("depends", "#6e7781"),
        ("recommends", "#0969da"),
        ("suggests", "#1a7f37"),
        ("conflicts", "#cf222e"),
        ("breaks", "#bc4c00"),
        ("provides", "#8250df"),
    ],
};

const DARK: Colours = Colours {
    back: "#0d1117",
    text: "#e6edf3",
    muted: "#9198a1",
    nodes: [
        ("package", "#161b22", "#6e7681"),
        ("root", "#12306b", "#79a9ff"),
        ("circle", "#3a2d05", "#d4a72c"),
        ("virtual", "#0d1117", "#c297ff"),
        ("missing", "#3c1618", "#ff7b72"),
    ],
    lines: [
        ("pre-depends", "#f0f6fc"),
        ("depends", "#848d97"),
        ("recommends", "#58a6ff"),
        ("suggests", "#3fb950"),
        ("conflicts", "#ff7b72"),
        ("breaks", "#f0883e"),
        ("provides", "#c297ff"),
    ],
};

/// The style sheet of a picture; its rules hold within it alone, should it stand in a page.
pub(super) fn sheet(id: &str) -> String {
    let mut out = String::from("<style>\n");
    // Writing to a string can't fail.
    let mono = "ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace";
    let sans = "system-ui,-apple-system,'Segoe UI','DejaVu Sans',Helvetica,Arial,sans-serif";
    for (what, rule) in [
        ("text", format!("font:{SMALL}px {mono};text-anchor:middle")),
        (".name", format!("font-size:{NAME}px")),
        (".head", format!("font:600 {TITLE}px {sans};text-anchor:start")),
        (".sub", format!("font:{SUBTITLE}px {sans};text-anchor:start")),
        (".key", format!("font:12px {sans};text-anchor:start")),
        (".edge path", "fill:none;stroke-width:1.3".to_owned()),
        (".edge .tip,.edge .open,.edge .ring,.edge .bar", "stroke-dasharray:none;stroke-width:1.2".to_owned()),
        (".edge .bar", "stroke-width:2.4".to_owned()),
        (".pre-depends path", "stroke-width:2.6".to_owned()),
        (".recommends path,.breaks path", "stroke-dasharray:7 4".to_owned()),
        (".suggests path", "stroke-dasharray:2 3".to_owned()),
        (".provides path", "stroke-dasharray:9 3 2 3".to_owned()),
        (".root rect", "stroke-width:2.2".to_owned()),
        (".root .name", "font-weight:700".to_owned()),
        (".virtual rect", "stroke-dasharray:5 3".to_owned()),
        (".missing rect", "stroke-dasharray:2 3".to_owned()),
        (".virtual .name,.missing .name", "font-style:italic".to_owned()),
    ] {
        let _ = writeln!(out, "{}{{{rule}}}", scoped(id, what));
    }
    colours(&mut out, id, &LIGHT);
    out.push_str("@media (prefers-color-scheme:dark){\n");
    colours(&mut out, id, &DARK);
    out.push_str("}\n</style>\n");
    out
}

fn scoped(id: &str, what: &str) -> String {
    let parts: Vec<String> = what.split(',').map(|part| format!(".{id} {part}")).collect();
    parts.join(",")
}

fn colours(out: &mut String, id: &str, colours: &Colours) {
    let mut rule = |what: &str, rule: String| {
        let _ = writeln!(out, "{}{{{rule}}}", scoped(id, what));
    };
    rule(".back", format!("fill:{}", colours.back));
    rule("text", format!("fill:{}", colours.text));
    rule(".sub,.version", format!("fill:{}", colours.muted));
    for (class, fill, border) in colours.nodes {
        rule(&format!(".{class} rect"), format!("fill:{fill};stroke:{border}"));
    }
    for (class, colour) in colours.lines {
        rule(&format!(".{class} path,.{class} circle"), format!("stroke:{colour}"));
        rule(&format!(".{class} .tip"), format!("fill:{colour}"));
        rule(&format!(".{class} .open,.{class} .ring"), format!("fill:{}", colours.back));
    }
}
