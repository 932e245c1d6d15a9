//! `serve` against nginx: the same files, the same machine, the same run, with wrk as the client; and a long run of mixed
//! requests that tells whether memory grows.

mod course;
mod page;
mod wrk;

use std::time::Duration;

use course::{Course, Target};
use page::{Lap, Soak};
use wrk::{Load, ROUNDS, SECONDS, SOAKING};

use crate::synthetic::Upstream;

/// How many connections ask.
const CONNECTIONS: [u32; 3] = [1, 16, 64];
/// Runs the race over the upstream, and `soak` seconds of mixed requests; gives the page, with a note on what was run.
pub(crate) fn race(upstream: &Upstream, soak: u64, note: Option<&str>) -> String {
    let course = Course::new(upstream);
    let mut laps = Vec::new();
    for target in course.targets() {
        for connections in CONNECTIONS {
            laps.push(lap(&course, &target, connections));
        }
    }
    let soaked = (soak > 0).then(|| {
        eprintln!("  {soak} s of mixed requests");
        let before = course.ours.memory();
        let early = wrk::run(&course.mixed(), SOAKING, Duration::from_secs((soak / 10).max(1)), &course.ours);
        let warm = course.ours.memory();
        let load = wrk::run(&course.mixed(), SOAKING, Duration::from_secs(soak), &course.ours);
        assert_eq!(early.errors, 0, "a request of the long run failed");
        Soak { seconds: soak, load, memory: [before, warm, course.ours.memory()] }
    });
    page::render(&course, &laps, soaked.as_ref(), note)
}

fn lap(course: &Course, target: &Target, connections: u32) -> Lap {
    let (mut nginx, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for (server, url, loads) in
            [(&course.nginx, &target.nginx, &mut nginx), (&course.ours, &target.ours, &mut ours)]
        {
            let asked = wrk::Asked::one(url.clone());
            loads.push(wrk::run(&asked, connections, Duration::from_secs(SECONDS), server));
        }
    }
    let lap = Lap { file: target.name, bytes: target.bytes, connections, nginx: median(nginx), ours: median(ours) };
    eprintln!(
        "  {:<14} {connections:>3} connections: nginx {:>8.0}/s, serve {:>8.0}/s",
        lap.file, lap.nginx.rate, lap.ours.rate
    );
    lap
}

fn median(mut loads: Vec<Load>) -> Load {
    let errors = loads.iter().map(|load| load.errors).sum();
    loads.sort_by(|a, b| a.rate.total_cmp(&b.rate));
    let middle = loads.len() / 2;
    Load { errors, ..loads.swap_remove(middle) }
}
