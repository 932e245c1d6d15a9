//! The page with the results.

use std::fmt::Write as _;

use super::course::Course;
use super::wrk::{Load, ROUNDS, SECONDS, SOAKING};
use crate::machine;
use reposnap_tests::cli;

/// The share of nginx's rate that is wanted.
const BAR: f64 = 0.8;

/// One line of the race.
pub(crate) struct Lap {
    pub(crate) file: &'static str,
    pub(crate) bytes: u64,
    pub(crate) connections: u32,
    pub(crate) nginx: Load,
    pub(crate) ours: Load,
}

/// The long run.
pub(crate) struct Soak {
    pub(crate) seconds: u64,
    pub(crate) load: Load,
    /// Resident memory of the server, in bytes: before, after a tenth of the time, at the end.
    pub(crate) memory: [u64; 3],
}

/// The page.
pub(crate) fn render(course: &Course, laps: &[Lap], soak: Option<&Soak>, note: Option<&str>) -> String {
    let mut out = String::from(
        "# `reposnap serve` beside nginx\n\nWritten by `cargo run --release -p reposnap-benches -- serve`; `--packages N` takes an \
         upstream of so many packages, `--soak SECONDS` sets the length of the long run.\n\n",
    );
    let _ = writeln!(out, "{}\n", machine::describe());
    let is_release = cli::program().components().any(|part| part.as_os_str() == "release");
    let profile = if is_release { "a release build" } else { "a debug build, whose figures mean nothing" };
    let _ = writeln!(
        out,
        "An environment of {} packages, published into a directory for nginx, and served out of the store by `reposnap serve`, \
         {profile}. Both are asked over loopback by wrk with one thread on the same machine, keep-alive, without TLS; both write a \
         line of log for each request into a file. nginx has a worker for each processor and `sendfile`; `serve` has its defaults, \
         but for `--requests-per-client 0`. They take turns, {ROUNDS} times {SECONDS} s for each line; the median counts. Whatever \
         else the machine does meets both, and wrk takes a share of the same processors: the ratios say more than the rates.\n",
        course.packages
    );
    out.push_str(
        "| file | bytes | connections | nginx, requests/s | serve, requests/s | ratio | nginx, µs of CPU | serve, µs of CPU | \
         nginx, 99 % within | serve, 99 % within |\n|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for lap in laps {
        let ratio = lap.ours.rate / lap.nginx.rate;
        let _ = writeln!(
            out,
            "| {} | {} | {} | {:.0} | {:.0} | {}{ratio:.2}{} | {:.1} | {:.1} | {:.2} ms | {:.2} ms |",
            lap.file,
            lap.bytes,
            lap.connections,
            lap.nginx.rate,
            lap.ours.rate,
            if ratio < BAR { "**" } else { "" },
            if ratio < BAR { "**" } else { "" },
            lap.nginx.cost,
            lap.ours.cost,
            lap.nginx.latency[1],
            lap.ours.latency[1],
        );
    }
    let missed = laps.iter().filter(|lap| lap.ours.rate / lap.nginx.rate < BAR).count();
    let errors: u64 = laps.iter().map(|lap| lap.ours.errors + lap.nginx.errors).sum();
    let _ = writeln!(
        out,
        "\nWanted are 0.8 of nginx's requests: {} of {} lines have them. Errors: {errors}.",
        laps.len() - missed,
        laps.len()
    );
    if let Some(soak) = soak {
        let [before, warm, after] = soak.memory.map(|bytes| bytes as f64 / 1e6);
        let _ = writeln!(
            out,
            "\n## A long run\n\n{} s of InRelease, packages and now and then the index, mixed, over {SOAKING} connections: {} \
             answers, {:.0} a second, half of them within {:.2} ms and 99 % within {:.2} ms, {} errors. Memory of the server: \
             {before:.0} MB before, {warm:.0} MB after a tenth of the time, {after:.0} MB at the end.",
            soak.seconds,
            soak.load.answers,
            soak.load.rate,
            soak.load.latency[0],
            soak.load.latency[1],
            soak.load.errors,
        );
    }
    if let Some(note) = note {
        let _ = writeln!(out, "\n{note}");
    }
    out.push_str(
        "\n## What is not measured\n\nA network between client and server, TLS, disks that have to be read (all files are in the \
         page cache), stores in buckets, and requests that are answered for the first time.\n",
    );
    out
}
