//! The figures as a document: `docs/BENCHMARKS-RESOLVE.md`.

use std::fmt::Write as _;

use super::{Figure, Results};
use crate::machine;

/// A row: its id, its title, and what it must not be above, for reposnap's first figure.
const ROWS: [(&str, &str, Option<f64>); 9] = [
    ("build", "Making the index from the text of the lists, one thread", None),
    ("size", "The index as it is kept", Some(8e6)),
    ("open", "Opening it", Some(0.005)),
    ("request-p50", "One request, from an empty root, the median", Some(0.0003)),
    ("request-p99", "One request, all but the slowest hundredth", Some(0.003)),
    ("direct", "What needs libssl3 directly", Some(0.001)),
    ("all", "What needs libssl3 in all", Some(0.001)),
    ("check", "Whether each package of the archive can be installed, processor time", Some(2.0)),
    ("memory", "Peak memory of the process", Some(100e6)),
];

/// MB of text that the index must be made from in a second.
const RATE: f64 = 200.0;

/// All results as one document.
pub(crate) fn render(results: &Results) -> String {
    let mut out = String::from("# Benchmarks of resolution\n\n");
    out.push_str(
        "Made by `cargo run --release -p reposnap-benches -- resolve`, which runs every tool on the same input in the\n\
         same run. Times are elapsed time within the process where nothing else is said, medians of several runs; memory is\n\
         the peak of the process, as the kernel counts it (`getrusage`).\n\n",
    );
    let _ = writeln!(out, "{}\n", machine::describe());
    let _ = writeln!(
        out,
        "The input is what apt keeps on this machine: {} packages, {:.1} MB of text, no package installed; {} names are\n\
         asked for, each by itself.\n",
        results.packages,
        results.bytes as f64 / 1e6,
        results.requests
    );
    for (row, title, bar) in ROWS {
        let figures: Vec<&Figure> = results.figures.iter().filter(|figure| figure.row == row).collect();
        let Some(own) = figures.iter().find(|figure| figure.tool.starts_with("reposnap")) else { continue };
        let _ = writeln!(out, "## {title}\n");
        let bar = if row == "build" { Some(results.bytes as f64 / 1e6 / RATE) } else { bar };
        if let Some(bar) = bar {
            let most =
                figures.iter().filter(|figure| figure.tool == own.tool && (row == "memory" || figure.note == own.note));
            let most = most.map(|figure| figure.amount).fold(0.0, f64::max);
            let verdict = if most <= bar { "met" } else { "**missed**" };
            let words = if row == "build" {
                format!("at least {RATE:.0} MB/s")
            } else {
                format!("at most {}", amount(row, bar))
            };
            let _ = writeln!(out, "The bar is {words}: {verdict}.\n");
        }
        out.push_str("| tool | figure | reposnap = 1 | |\n|---|---|---|---|\n");
        for figure in &figures {
            let shown = match row {
                "build" => format!("{:.0} MB/s", results.bytes as f64 / 1e6 / figure.amount),
                _ => amount(row, figure.amount),
            };
            let ratio = figure.amount / own.amount;
            let _ = writeln!(out, "| {} | {shown} | {ratio:.2} | {} |", figure.tool, figure.note);
        }
        out.push('\n');
    }
    out
}

/// An amount of a row, in words.
pub(super) fn amount(row: &str, amount: f64) -> String {
    match row {
        "size" | "memory" => format!("{:.1} MB", amount / 1e6),
        _ if amount < 1e-3 => format!("{:.1} µs", amount * 1e6),
        _ if amount < 1.0 => format!("{:.2} ms", amount * 1e3),
        _ => format!("{amount:.2} s"),
    }
}
