//! The results as Markdown: every row with its peers, the ratio, the bar, and whether it is met.

use std::fmt::Write as _;
use std::fs;

use crate::machine;
use crate::measure::Cost;
use crate::race::Outcome;

/// A row of the first table.
struct Row {
    id: &'static str,
    title: &'static str,
    bars: &'static [Bar],
}

/// Something that reposnap must reach.
enum Bar {
    /// Processor time of at most this share of aptly's.
    ShareOfAptly(f64),
    /// Processor time of at most these seconds.
    User(f64),
    /// Peak memory of at most these bytes.
    Memory(u64),
    /// At most so many requests.
    Requests(u64),
    /// At most these bytes on disk.
    Bytes(u64),
    /// At most this many times upstream's own Packages.xz.
    TimesUpstream(f64),
}

const ROWS: [Row; 14] = [
    Row {
        id: "mirror-first",
        title: "mirror, first: metadata and all packages",
        bars: &[Bar::ShareOfAptly(0.2), Bar::Memory(150_000_000)],
    },
    Row {
        id: "mirror-unchanged",
        title: "mirror, nothing changed upstream",
        bars: &[Bar::Requests(1), Bar::User(0.010)],
    },
    Row { id: "mirror-changed", title: "mirror, 1 % changed", bars: &[Bar::User(1.0), Bar::Memory(100_000_000)] },
    Row { id: "snapshot", title: "snapshot create", bars: &[Bar::ShareOfAptly(1.0)] },
    Row { id: "snapshot-disk", title: "disk per further snapshot, 1 % changed", bars: &[Bar::Bytes(200_000)] },
    Row { id: "diff", title: "diff of two snapshots", bars: &[Bar::User(0.010)] },
    Row { id: "search", title: "search by regular expression", bars: &[Bar::ShareOfAptly(0.05)] },
    Row { id: "filter", title: "filter into a new snapshot", bars: &[Bar::ShareOfAptly(0.05)] },
    Row { id: "pull", title: "pull libssl3 into a snapshot", bars: &[Bar::ShareOfAptly(0.05)] },
    Row { id: "verify", title: "verify that dependencies are met", bars: &[Bar::ShareOfAptly(0.05)] },
    Row { id: "publish-first", title: "publish, first, without Contents", bars: &[Bar::User(1.0)] },
    Row { id: "publish-changed", title: "publish, 1 % changed", bars: &[Bar::User(0.5), Bar::Memory(100_000_000)] },
    Row { id: "publish-xz", title: "publish, first, gz and xz", bars: &[] },
    Row { id: "client", title: "a client downloads after publish", bars: &[Bar::TimesUpstream(1.1)] },
];

/// The further tables: rows of one kind of figure each.
const LISTS: [(&str, &str); 6] = [
    ("parse", "Going over all stanzas of the index"),
    ("parse-fields", "All fields of all stanzas"),
    ("parse-select", "Six fields of all stanzas"),
    ("version", "Comparing two versions, parsing included"),
    ("version-key", "Comparing two versions that were parsed, or made into keys, before"),
    ("signature", "Verifying the distribution's InRelease, whole process, user and system time"),
];

/// All results as one document.
pub(crate) fn render(packages: usize, outcomes: &[Outcome]) -> String {
    let mut out = String::from("# Benchmarks\n\n");
    out.push_str(
        "Made by `cargo run --release -p reposnap-benches`, which runs every tool on the same input in the same run.\n\
         Processor time is user time of the whole process; memory is its peak; both as the kernel counts them\n\
         (`getrusage`). Below 0.1 s, where the kernel can't tell user from system time well, it is their sum, and a\n\
         ratio with such a time is of both sums. Elapsed time is left out: it says more about the machine's\n\
         other work than about the tools.\n\n",
    );
    let _ = writeln!(out, "{}\n", machine::describe());
    let _ = writeln!(out, "## An APT repository of {packages} packages\n");
    out.push_str(
        "The upstream is made from this machine's own package index: every package is a tiny valid .deb, the second\n\
         state bumps the version of one package in a hundred, and nginx serves it on the loopback interface.\n\n",
    );
    table(&mut out, outcomes);
    details(&mut out, outcomes);
    for (id, title) in LISTS {
        list(&mut out, id, title, outcomes);
    }
    out
}

fn table(out: &mut String, outcomes: &[Outcome]) {
    let peers = ["aptly", "reprepro"].map(|tool| full_name(outcomes, tool));
    let _ = writeln!(out, "| work | {} | {} | reposnap | aptly / reposnap | bar | |", peers[0], peers[1]);
    out.push_str("|---|---|---|---|---|---|---|\n");
    for row in &ROWS {
        let [aptly, reprepro, ours] = ["aptly", "reprepro", "reposnap"].map(|tool| find(outcomes, row.id, tool));
        let met: Vec<Option<bool>> = row.bars.iter().map(|bar| bar.met(row.id, outcomes)).collect();
        let verdict = match met {
            _ if met.contains(&Some(false)) => "**missed**",
            _ if met.contains(&None) => "not measured",
            _ if met.is_empty() => "",
            _ => "met",
        };
        let bars: Vec<String> = row.bars.iter().map(Bar::describe).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {verdict} |",
            row.title,
            cell(aptly),
            cell(reprepro),
            cell(ours),
            ratio(aptly, ours),
            bars.join(", ")
        );
    }
    out.push('\n');
}

/// What the first table has no room for.
fn details(out: &mut String, outcomes: &[Outcome]) {
    out.push_str("| work | tool | user | system | memory | requests | downloaded | on disk | note |\n");
    out.push_str("|---|---|---|---|---|---|---|---|---|\n");
    for row in &ROWS {
        for outcome in outcomes.iter().filter(|outcome| outcome.row == row.id) {
            let cost = |show: &dyn Fn(&Cost) -> String| outcome.cost.as_ref().map(show).unwrap_or_default();
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                row.title,
                outcome.tool,
                cost(&|cost| seconds(cost.user)),
                cost(&|cost| seconds(cost.system)),
                cost(&|cost| megabytes(cost.memory)),
                outcome.requests.map(|count| count.to_string()).unwrap_or_default(),
                outcome.downloaded.map(megabytes).unwrap_or_default(),
                outcome.bytes.map(megabytes).unwrap_or_default(),
                outcome.note.as_deref().unwrap_or_default().replace('|', "/")
            );
        }
    }
    out.push('\n');
}

fn list(out: &mut String, id: &str, title: &str, outcomes: &[Outcome]) {
    let rows: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.row == id).collect();
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "## {title}\n\n| tool | figure | time, reposnap = 1 | |\n|---|---|---|---|");
    let own = rows.iter().find(|outcome| outcome.tool.starts_with("reposnap")).and_then(|outcome| time(outcome));
    let mut sorted = rows;
    sorted.sort_by(|one, other| time(one).unwrap_or(f64::MAX).total_cmp(&time(other).unwrap_or(f64::MAX)));
    for outcome in sorted {
        let figure = match (outcome.rate, outcome.nanoseconds, outcome.cost) {
            (Some(rate), _, _) => format!("{rate:.0} MB/s"),
            (_, Some(nanoseconds), _) => format!("{nanoseconds:.1} ns"),
            (_, _, Some(cost)) => format!("{:.1} ms", (cost.user + cost.system) * 1e3),
            _ => "-".to_owned(),
        };
        let ratio = time(outcome).zip(own).map_or("-".to_owned(), |(time, own)| format!("{:.2}", time / own));
        let remark = match outcome.wrong {
            Some(wrong) => format!("{wrong} answers unlike libdpkg's"),
            None => outcome.note.clone().unwrap_or_default(),
        };
        let _ = writeln!(out, "| {} | {figure} | {ratio} | {remark} |", outcome.tool);
    }
    out.push('\n');
}

impl Bar {
    fn describe(&self) -> String {
        match *self {
            Bar::ShareOfAptly(1.0) => "≤ aptly's".to_owned(),
            Bar::ShareOfAptly(share) => format!("≤ 1/{:.0} of aptly's", 1.0 / share),
            Bar::User(limit) => format!("≤ {}", seconds(limit)),
            Bar::Memory(limit) => format!("≤ {}", megabytes(limit)),
            Bar::Requests(1) => "one request".to_owned(),
            Bar::Requests(count) => format!("≤ {count} requests"),
            Bar::Bytes(limit) => format!("≤ {}", megabytes(limit)),
            Bar::TimesUpstream(times) => format!("≤ {times} × upstream's xz"),
        }
    }

    /// Whether it is met; `None` where a figure is missing.
    fn met(&self, row: &str, outcomes: &[Outcome]) -> Option<bool> {
        let ours = find(outcomes, row, "reposnap")?;
        let time = || ours.cost.map(|cost| cost.time());
        Some(match *self {
            Bar::ShareOfAptly(share) => ours.cost?.times(&find(outcomes, row, "aptly")?.cost?) <= share,
            Bar::User(limit) => time()? <= limit,
            Bar::Memory(limit) => ours.cost?.memory <= limit,
            Bar::Requests(count) => ours.requests? <= count,
            Bar::Bytes(limit) => ours.bytes? <= limit,
            Bar::TimesUpstream(times) => ours.bytes? as f64 <= find(outcomes, row, "upstream")?.bytes? as f64 * times,
        })
    }
}

fn find<'a>(outcomes: &'a [Outcome], row: &str, tool: &str) -> Option<&'a Outcome> {
    outcomes.iter().find(|outcome| outcome.row == row && outcome.tool.split(' ').next() == Some(tool))
}

fn full_name(outcomes: &[Outcome], tool: &str) -> String {
    let found = outcomes.iter().find(|outcome| outcome.tool.split(' ').next() == Some(tool));
    found.map_or_else(|| tool.to_owned(), |outcome| outcome.tool.clone())
}

/// Seconds that count for comparing, or what is proportional to them.
fn time(outcome: &Outcome) -> Option<f64> {
    let whole = outcome.cost.map(|cost| cost.user + cost.system);
    outcome.rate.map(|rate| 1.0 / rate).or(outcome.nanoseconds).or(whole)
}

fn cell(outcome: Option<&Outcome>) -> String {
    match outcome {
        Some(Outcome { cost: Some(cost), .. }) => format!("{}, {}", seconds(cost.time()), megabytes(cost.memory)),
        Some(Outcome { bytes: Some(bytes), .. }) => megabytes(*bytes),
        Some(_) => "failed".to_owned(),
        None => "-".to_owned(),
    }
}

fn ratio(peer: Option<&Outcome>, ours: Option<&Outcome>) -> String {
    let (Some(peer), Some(ours)) = (peer, ours) else { return "-".to_owned() };
    let quotient = match (peer.cost, ours.cost) {
        (Some(peer), Some(ours)) => Some(peer.times(&ours)),
        _ => peer.bytes.zip(ours.bytes).map(|(peer, ours)| peer as f64 / ours as f64),
    };
    quotient.filter(|quotient| quotient.is_finite()).map_or("-".to_owned(), |quotient| format!("{quotient:.1}"))
}

fn seconds(seconds: f64) -> String {
    if seconds < 0.1 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}

fn megabytes(bytes: u64) -> String {
    let megabytes = bytes as f64 / 1e6;
    if megabytes < 10.0 { format!("{megabytes:.2} MB") } else { format!("{megabytes:.0} MB") }
}

/// Writes the document, making its folder.
pub(crate) fn write(path: &std::path::Path, document: &str) {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).expect("making the report's folder");
    }
    fs::write(path, document).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    eprintln!("written: {}", path.display());
}
