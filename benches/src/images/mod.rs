//! What is in an image, and which of many need a rebuild: reposnap beside umoci, skopeo, dpkg-query, rpm and debsecan on the
//! same image, database and advisories, which are made on this machine.

mod advisories;
mod fleet;
mod input;
mod ours;
mod peers;
mod report;

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

pub(crate) use report::render;

use crate::measure::{Cost, figures_of};
use input::Input;

/// The first argument that turns this executable into one that does a piece of work and prints what it took.
pub(crate) const WORKER: &str = "__images";

/// How often a whole process is run; the median counts.
const RUNS: usize = 5;

/// What was measured: of one row, by one tool.
pub(crate) struct Figure {
    row: &'static str,
    tool: String,
    /// Seconds, or bytes where the row is about those.
    amount: f64,
    note: String,
}

/// All that was measured, and on what.
pub(crate) struct Results {
    /// The image in words.
    image: String,
    /// The advisories in words.
    advisories: String,
    /// How many images the fleet has.
    images: usize,
    figures: Vec<Figure>,
}

/// Runs the race. What takes long to make stays in `folder` for the next run. With `is_quick`, the fleet is a small one.
pub(crate) fn race(folder: &Path, is_quick: bool) -> Results {
    let input = Input::prepare(folder, is_quick);
    eprintln!("  {}", input.image);
    let mut figures = ours::race(&input);
    figures.extend(peers::race(&input));
    for figure in &figures {
        eprintln!("  {:<24} {:<16} {:<10} {}", figure.tool, figure.row, report::shown(figure), figure.note);
    }
    Results { image: input.image, advisories: input.advisories, images: input.images, figures }
}

/// Does the work that the arguments name, for [`race`].
pub(crate) fn work(arguments: &[OsString]) -> i32 {
    let [task, subject, rest @ ..] = arguments else { return 2 };
    ours::work(&task.to_string_lossy(), subject, rest);
    0
}

/// Processor time of a whole process, in the kernel and out of it: files are made in the kernel.
fn seconds(cost: &Cost) -> f64 {
    cost.user + cost.system
}

/// The run of median processor time, with the figures that it printed. `before` makes ready for each run.
fn often(
    command: &Command,
    mut before: impl FnMut(),
) -> Result<(std::collections::BTreeMap<String, f64>, Cost), String> {
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        before();
        runs.push(figures_of(command)?);
    }
    runs.sort_by(|one, other| seconds(&one.1).total_cmp(&seconds(&other.1)));
    Ok(runs.swap_remove(RUNS / 2))
}

/// A time in words.
fn time(seconds: f64) -> String {
    match seconds {
        _ if seconds < 1e-3 => format!("{:.1} µs", seconds * 1e6),
        _ if seconds < 1.0 => format!("{:.2} ms", seconds * 1e3),
        _ => format!("{seconds:.2} s"),
    }
}
