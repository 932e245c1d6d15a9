//! The figures as a document: `docs/BENCHMARKS-IMAGES.md`.

use std::fmt::Write as _;

use super::{Figure, Results, fleet, time};
use crate::machine;

/// What reposnap's first figure of a row must not be above.
enum Bar {
    /// So many seconds or bytes.
    Most(f64),
    /// A share of the least that a peer takes.
    Share(f64),
    Nothing,
}

/// A row: its id, its title, and its bar.
const ROWS: [(&str, &str, Bar); 12] = [
    ("inspect", "Looking at an image, beside unpacking it", Bar::Share(0.2)),
    ("again", "Looking at it again, its layers in the cache", Bar::Most(0.010)),
    ("list", "The packages of a root folder", Bar::Nothing),
    ("rpm", "The packages of an rpm database, nothing verified", Bar::Nothing),
    ("rpm-proofs", "The packages of an rpm database, each header's digests and signature verified", Bar::Nothing),
    ("advisories", "What advisories say of the image's packages", Bar::Nothing),
    ("affected", "Which images of the fleet have a package before a version", Bar::Most(0.002)),
    ("dated", "From which snapshots an image of the fleet is", Bar::Most(50e-6)),
    ("stale", "Which images a new snapshot makes stale", Bar::Most(0.010)),
    ("index", "The fleet's index", Bar::Most(200e6)),
    ("build", "Making the fleet's index", Bar::Most(60.0)),
    ("memory", "Peak memory of the process", Bar::Nothing),
];

/// All results as one document.
pub(crate) fn render(results: &Results) -> String {
    let mut out = String::from("# Benchmarks of images and fleets\n\n");
    out.push_str(
        "Made by `cargo run --release -p reposnap-benches -- images`, which runs every tool on the same input in the same\n\
         run. Of a whole process, the figure is its processor time in user mode and in the kernel, where files are made,\n\
         as the kernel counts it (`getrusage`), the median of five runs; all files are in the page cache. Bars are for\n\
         the first figure of reposnap.\n\n",
    );
    let _ = writeln!(out, "{}\n", machine::describe());
    let _ = writeln!(
        out,
        "The image: {}, a small Debian by mmdebstrap and a few packages on top of it, by\numoci. The advisories: {},\n\
         generated, of which debsecan has what concerns the image's release. The rpm database is of a CentOS 8. The fleet is\n\
         generated: {}.\n",
        results.image,
        results.advisories,
        fleet::describe(results.images)
    );
    for (row, title, bar) in ROWS {
        let figures: Vec<&Figure> = results.figures.iter().filter(|figure| figure.row == row).collect();
        let (ours, peers): (Vec<&Figure>, Vec<&Figure>) =
            figures.iter().partition(|figure| figure.tool.starts_with("reposnap"));
        let Some(own) = ours.first() else { continue };
        let _ = writeln!(out, "## {title}\n");
        let least = peers.iter().map(|figure| figure.amount).min_by(f64::total_cmp);
        let words = match (bar, least) {
            (Bar::Most(most), _) => Some((format!("at most {}", amount(row, most)), Some(most))),
            (Bar::Share(share), least) => {
                let words = format!("at most 1/{:.0} of what the quickest other takes", 1.0 / share);
                Some((words, least.map(|least| least * share)))
            }
            (Bar::Nothing, _) => None,
        };
        if let Some((words, most)) = words {
            let verdict = match most {
                Some(most) if own.amount <= most => "met",
                Some(_) => "**missed**",
                None => "not measured",
            };
            let _ = writeln!(out, "The bar is {words}: {verdict}.\n");
        }
        out.push_str("| tool | figure | reposnap = 1 | |\n|---|---|---|---|\n");
        for figure in &figures {
            let ratio = figure.amount / own.amount;
            let _ = writeln!(out, "| {} | {} | {ratio:.2} | {} |", figure.tool, shown(figure), figure.note);
        }
        out.push('\n');
    }
    out
}

/// A figure's amount in words.
pub(super) fn shown(figure: &Figure) -> String {
    amount(figure.row, figure.amount)
}

fn amount(row: &str, amount: f64) -> String {
    match row {
        "index" | "memory" => format!("{:.1} MB", amount / 1e6),
        _ => time(amount),
    }
}
