//! The results as Markdown: every row with its peers, the ratio, the bar, and whether it is met.

use std::fmt::Write as _;
use std::fs;

use crate::machine;
use crate::measure::Cost;
use crate::race::Outcome;

/// A row of the first table.
struct Row {
    id: &'static str,
    /// The row of the peers that it is compared with.
    peers: &'static str,
    title: &'static str,
    bars: &'static [Bar],
    because: &'static str,
}

/// Something that reposnap must reach.
enum Bar {
    /// Processor time of at most this share of aptly's.
    ShareOfAptly(f64),
    /// Processor time of at most these seconds.
    Time(f64),
    /// Peak memory of at most these bytes.
    Memory(u64),
    /// At most so many requests.
    Requests(u64),
    /// At most these bytes on disk.
    Bytes(u64),
    /// At most this many times upstream's own Packages.xz.
    TimesUpstream(f64),
}

const ROWS: [Row; 18] = [
    row(
        "mirror-first",
        "mirror, first: metadata and all packages",
        &[Bar::ShareOfAptly(0.2), Bar::Memory(150_000_000)],
    )
    .because("most of it goes into 63,440 requests and files"),
    row("mirror-unchanged", "mirror, nothing changed upstream", &[Bar::Requests(1), Bar::Time(0.010)]),
    row("mirror-changed", "mirror, 1 % changed", &[Bar::Time(1.0), Bar::Memory(100_000_000)])
        .because("the new index is 50 MB and is kept whole in memory while it is verified and taken apart"),
    row("snapshot", "snapshot create", &[Bar::ShareOfAptly(1.0)]),
    row("snapshot-disk", "disk per further snapshot, 1 % changed", &[Bar::Bytes(200_000)]),
    row("diff", "diff of two snapshots", &[Bar::Time(0.010)]).because(
        "a quarter of all chunks differ when one package in a hundred does; decoding and hashing their keys on both \
         sides is half of the time, the start of the process and page faults the other",
    ),
    row("search", "search by regular expression", &[Bar::ShareOfAptly(0.05)])
        .because("all names are decoded and their digests checked"),
    row("filter", "filter into a new snapshot", &[Bar::ShareOfAptly(0.05)]),
    row("pull", "pull libssl3 into a snapshot", &[Bar::ShareOfAptly(0.05)]),
    row("verify", "verify that dependencies are met", &[Bar::ShareOfAptly(0.05)])
        .because("reposnap does not check dependencies yet"),
    row("publish-first", "publish, first, without Contents, gz", &[Bar::Time(1.0)])
        .because("deflate is half of it; hard links to 63,440 packages are the rest"),
    row("publish-changed", "publish, 1 % changed, gz", &[Bar::Time(0.5), Bar::Memory(100_000_000)])
        .because("50 MB are read, verified, rewritten and hashed; a quarter of the pieces is compressed anew"),
    row("publish-zst-first", "publish, first, zst", &[Bar::Time(1.0)]).beside("publish-first"),
    row("publish-zst-changed", "publish, 1 % changed, zst", &[Bar::Time(0.5), Bar::Memory(100_000_000)])
        .beside("publish-changed")
        .because("50 MB are read, verified, rewritten, hashed and compressed anew"),
    row("publish-xz-first", "publish, first, xz", &[]).beside("publish-first"),
    row("client", "a client downloads after publish, gz (the default)", &[Bar::TimesUpstream(1.1)])
        .because("gz is cheap to publish and every client reads it, but no gz gets this small; --compress xz does"),
    row("client-zst", "a client downloads after publish, zst", &[Bar::TimesUpstream(1.1)])
        .beside("client")
        .because("level 3, which takes a quarter of a second; level 19 would get this small, in 20 s"),
    row("client-xz", "a client downloads after publish, xz", &[Bar::TimesUpstream(1.1)]).beside("client"),
];

const fn row(id: &'static str, title: &'static str, bars: &'static [Bar]) -> Row {
    Row { id, peers: id, title, bars, because: "" }
}

impl Row {
    /// With the reason to give where a bar is missed.
    const fn because(self, because: &'static str) -> Self {
        Self { because, ..self }
    }

    /// Compared with another row of the peers.
    const fn beside(self, peers: &'static str) -> Self {
        Self { peers, ..self }
    }
}

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
    misses(&mut out, outcomes);
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
        let [aptly, reprepro] = ["aptly", "reprepro"].map(|tool| find(outcomes, row.peers, tool));
        let ours = find(outcomes, row.id, "reposnap");
        let reached: Vec<Option<f64>> = row.bars.iter().map(|bar| bar.reached(row, outcomes)).collect();
        let verdict = match () {
            () if reached.iter().flatten().any(|reached| *reached > 1.0) => "**missed**",
            () if reached.contains(&None) => "not measured",
            () if reached.is_empty() => "",
            () => "met",
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

/// By how much each bar is missed, and why.
fn misses(out: &mut String, outcomes: &[Outcome]) {
    for row in &ROWS {
        for bar in row.bars {
            let line = match bar.reached(row, outcomes) {
                Some(reached) if reached > 1.0 => format!("missed by {:.0} %", (reached - 1.0) * 100.0),
                Some(_) => continue,
                None => "not measured".to_owned(),
            };
            let because = if row.because.is_empty() { String::new() } else { format!(": {}", row.because) };
            let _ = writeln!(out, "- {} ({}): {line}{because}.", row.title, bar.describe());
        }
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
            Bar::Time(limit) => format!("≤ {}", seconds(limit)),
            Bar::Memory(limit) => format!("≤ {}", megabytes(limit)),
            Bar::Requests(1) => "one request".to_owned(),
            Bar::Requests(count) => format!("≤ {count} requests"),
            Bar::Bytes(limit) => format!("≤ {}", megabytes(limit)),
            Bar::TimesUpstream(times) => format!("≤ {times} × upstream's xz"),
        }
    }

    /// What was measured, in units of the bar: above 1 it is missed. `None` where a figure is missing.
    fn reached(&self, row: &Row, outcomes: &[Outcome]) -> Option<f64> {
        let ours = find(outcomes, row.id, "reposnap")?;
        let time = || ours.cost.map(|cost| cost.time());
        Some(match *self {
            Bar::ShareOfAptly(share) => ours.cost?.times(&find(outcomes, row.peers, "aptly")?.cost?) / share,
            Bar::Time(limit) => time()? / limit,
            Bar::Memory(limit) => ours.cost?.memory as f64 / limit as f64,
            Bar::Requests(count) => ours.requests? as f64 / count as f64,
            Bar::Bytes(limit) => ours.bytes? as f64 / limit as f64,
            Bar::TimesUpstream(times) => {
                ours.bytes? as f64 / (find(outcomes, row.peers, "upstream")?.bytes? as f64 * times)
            }
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
