//! wrk as the client, and what it says.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use reposnap_tests::process::succeed;

use super::course::Server;

/// How often each server is asked for each file; the median counts. They take turns, so that what else a machine does meets both.
pub(crate) const ROUNDS: usize = 5;
/// How long one server is asked, in seconds.
pub(crate) const SECONDS: u64 = 3;
/// How many connections the long run has.
pub(crate) const SOAKING: u32 = 64;

/// What is asked for.
pub(crate) struct Asked {
    url: String,
    script: Option<PathBuf>,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Load {
    /// Answers a second.
    pub(crate) rate: f64,
    /// Half of all answers, and all but one in a hundred, came within so many milliseconds.
    pub(crate) latency: [f64; 2],
    /// What the server's processes computed for one answer, in microseconds.
    pub(crate) cost: f64,
    /// Answers of another status than 2xx and 3xx, and broken connections.
    pub(crate) errors: u64,
    /// Answers in all.
    pub(crate) answers: u64,
}

impl Asked {
    /// The same file again and again.
    pub(crate) fn one(url: String) -> Self {
        Self { url, script: None }
    }

    /// Any of `paths`, as a script for wrk at `script`.
    pub(crate) fn any(url: String, paths: &[String], script: PathBuf) -> Self {
        let list: Vec<String> = paths.iter().map(|path| format!("{path:?}")).collect();
        let text = format!(
            "local paths = {{{}}}\nlocal at = 0\nfunction request()\n  at = (at * 1103515245 + 12345) % 2147483648\n  \
             return wrk.format(\"GET\", paths[at % #paths + 1])\nend\n",
            list.join(", ")
        );
        fs::write(&script, text).expect("writing a script");
        Self { url, script: Some(script) }
    }
}

/// Asks `server` for so long.
pub(crate) fn run(asked: &Asked, connections: u32, time: Duration, server: &Server) -> Load {
    let before = server.computed();
    let mut command = Command::new("wrk");
    command.args(["--latency", "-t1", &format!("-c{connections}"), &format!("-d{}s", time.as_secs())]);
    if let Some(script) = &asked.script {
        command.arg("-s").arg(script);
    }
    let text = succeed(command.arg(&asked.url)).text();
    let computed = server.computed().saturating_sub(before);
    let mut load = parse(&text);
    load.cost = computed.as_secs_f64() * 1e6 / (load.answers.max(1) as f64);
    load
}

fn parse(text: &str) -> Load {
    let mut load = Load::default();
    for line in text.lines().map(str::trim) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["50%", time] => load.latency[0] = milliseconds(time),
            ["99%", time] => load.latency[1] = milliseconds(time),
            ["Requests/sec:", rate] => load.rate = rate.parse().expect("a rate"),
            [answers, "requests", "in", ..] => load.answers = answers.parse().expect("a count"),
            ["Non-2xx", "or", "3xx", "responses:", count] => load.errors += count.parse::<u64>().expect("a count"),
            ["Socket", "errors:", ..] => {
                let counts = words[2..].chunks(2).filter_map(|pair| pair.get(1));
                load.errors +=
                    counts.map(|count| count.trim_end_matches(',').parse::<u64>().expect("a count")).sum::<u64>();
            }
            _ => {}
        }
    }
    assert!(load.rate > 0.0, "wrk says something else:\n{text}");
    load
}

fn milliseconds(text: &str) -> f64 {
    for (unit, factor) in [("us", 1e-3), ("ms", 1.0), ("s", 1e3), ("m", 6e4)] {
        if let Some(number) = text.strip_suffix(unit) {
            return number.parse::<f64>().expect("a time") * factor;
        }
    }
    panic!("{text} is no time")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_says_is_read() {
        let text = "Running 1s test @ http://127.0.0.1:1/\n  1 threads and 16 connections\n  Thread Stats   Avg\n    Latency   \
                    293.50us  1.15ms  32.24ms   97.90%\n  Latency Distribution\n     50%  165.00us\n     75%  260.00us\n     \
                    90%  1.20ms\n     99%    2.02s \n  76000 requests in 1.10s, 63.76MB read\n  Socket errors: connect 1, \
                    read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 5\nRequests/sec:  69090.90\nTransfer/sec:  57MB\n";
        let load = parse(text);
        assert_eq!((load.rate, load.latency, load.errors, load.answers), (69090.9, [0.165, 2020.0], 15, 76000));
    }
}
