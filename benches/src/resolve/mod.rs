//! Which versions get installed: reposnap beside apt, dose and resolvo, on this machine's own lists of packages.

mod input;
mod ours;
mod peers;
mod report;
mod sat;

use std::ffi::OsString;
use std::path::Path;

pub(crate) use report::render;

use input::Input;

/// The first argument that turns this executable into one that does a piece of work and prints what it took: so each has a
/// process of its own, whose memory can be told.
pub(crate) const WORKER: &str = "__resolve";

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
    packages: usize,
    bytes: usize,
    requests: usize,
    figures: Vec<Figure>,
}

/// Runs the race in a folder, of which nothing is left.
pub(crate) fn race(folder: &Path) -> Results {
    let place = tempfile::tempdir_in(folder).expect("a place to work");
    let input = Input::prepare(place.path());
    let mut figures = ours::race(&input);
    figures.extend(peers::race(&input));
    for figure in &figures {
        eprintln!("  {:<24} {:<16} {}", figure.tool, figure.row, report::amount(figure.row, figure.amount));
    }
    Results { packages: input.packages, bytes: input.bytes, requests: input.requests, figures }
}

/// Does the work that the arguments name, for [`race`].
pub(crate) fn work(arguments: &[OsString]) -> i32 {
    let [task, folder] = arguments else { return 2 };
    ours::work(&task.to_string_lossy(), Path::new(folder));
    0
}
