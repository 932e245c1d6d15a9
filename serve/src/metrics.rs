//! What is counted, in the text that Prometheus reads.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper ends of the buckets of durations, in milliseconds.
const BUCKETS: [u64; 9] = [1, 5, 20, 100, 500, 2_000, 10_000, 60_000, 300_000];

/// All counters.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Answers by the first digit of their status.
    answers: [AtomicU64; 6],
    /// Bytes of bodies that were sent.
    bytes: AtomicU64,
    durations: [AtomicU64; BUCKETS.len() + 1],
    microseconds: AtomicU64,
    /// Connections that were taken.
    pub connections: AtomicU64,
    /// Connections that are open.
    pub open: AtomicU64,
    /// Connections that were turned away by a limit.
    pub turned_away: AtomicU64,
    /// Requests that were refused for their form.
    pub refused: AtomicU64,
    /// Requests without a known token where one is needed, or beyond its role.
    pub denied: AtomicU64,
    /// Trees that were made.
    pub renders: AtomicU64,
    /// The time that took.
    pub render_microseconds: AtomicU64,
    /// Trees that were found on disk.
    pub found: AtomicU64,
    /// Bytes of trees in memory.
    pub cache_bytes: AtomicU64,
    /// Bytes of trees on disk.
    pub shelf_bytes: AtomicU64,
    /// Requests beyond the rate of their client.
    pub limited: AtomicU64,
    /// Packages that were fetched from upstreams.
    pub fetched: AtomicU64,
    /// Packages that could not be had.
    pub fetch_failures: AtomicU64,
    /// Requests that waited for a package that another one had fetched.
    pub fetches_shared: AtomicU64,
}

/// Adds one.
pub fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Metrics {
    /// Counts an answer.
    pub fn answer(&self, status: u16, bytes: u64, took: Duration) {
        count(&self.answers[usize::from(status / 100).min(5)]);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let millis = took.as_millis();
        let bucket = BUCKETS.iter().position(|end| millis <= u128::from(*end)).unwrap_or(BUCKETS.len());
        count(&self.durations[bucket]);
        self.microseconds.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Counts a tree that was made.
    pub fn render(&self, took: Duration) {
        count(&self.renders);
        self.render_microseconds.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        out.push_str("# HELP reposnap_http_answers_total Answers by the class of their status.\n");
        out.push_str("# TYPE reposnap_http_answers_total counter\n");
        for (class, counter) in self.answers.iter().enumerate().skip(2) {
            let _ = writeln!(out, "reposnap_http_answers_total{{class=\"{class}xx\"}} {}", read(counter));
        }
        out.push_str("# HELP reposnap_http_duration_seconds How long answers took, to their last byte.\n");
        out.push_str("# TYPE reposnap_http_duration_seconds histogram\n");
        let mut sum = 0;
        for (end, counter) in BUCKETS.iter().zip(&self.durations) {
            sum += read(counter);
            let _ = writeln!(out, "reposnap_http_duration_seconds_bucket{{le=\"{}\"}} {sum}", *end as f64 / 1e3);
        }
        sum += read(&self.durations[BUCKETS.len()]);
        let seconds = |counter: &AtomicU64| read(counter) as f64 / 1e6;
        let _ = writeln!(out, "reposnap_http_duration_seconds_bucket{{le=\"+Inf\"}} {sum}");
        let _ = writeln!(out, "reposnap_http_duration_seconds_sum {}", seconds(&self.microseconds));
        let _ = writeln!(out, "reposnap_http_duration_seconds_count {sum}");
        let mut one = |name: &str, sort: &str, help: &str, value: f64| {
            let _ =
                writeln!(out, "# HELP reposnap_{name} {help}\n# TYPE reposnap_{name} {sort}\nreposnap_{name} {value}");
        };
        let counters: [(&str, &str, &AtomicU64); 11] = [
            ("http_sent_bytes_total", "Bytes of bodies that were sent.", &self.bytes),
            ("connections_total", "Connections that were taken.", &self.connections),
            ("connections_turned_away_total", "Connections that a limit turned away.", &self.turned_away),
            ("http_refused_total", "Requests that were refused for their form.", &self.refused),
            ("http_denied_total", "Requests without a token that may do what they ask.", &self.denied),
            ("http_limited_total", "Requests beyond the rate of their client.", &self.limited),
            ("trees_made_total", "Trees that were made.", &self.renders),
            ("trees_found_total", "Trees that were found on disk.", &self.found),
            ("packages_fetched_total", "Packages fetched from upstreams.", &self.fetched),
            ("packages_failed_total", "Packages that upstreams did not give.", &self.fetch_failures),
            ("packages_shared_total", "Requests that waited for a fetch of another.", &self.fetches_shared),
        ];
        for (name, help, counter) in counters {
            one(name, "counter", help, read(counter) as f64);
        }
        one(
            "trees_made_seconds_total",
            "counter",
            "The time that making trees took.",
            seconds(&self.render_microseconds),
        );
        one("connections_open", "gauge", "Connections that are open.", read(&self.open) as f64);
        one("trees_bytes", "gauge", "Bytes of trees in memory.", read(&self.cache_bytes) as f64);
        one("trees_disk_bytes", "gauge", "Bytes of trees on disk.", read(&self.shelf_bytes) as f64);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_well_formed() {
        let metrics = Metrics::default();
        metrics.answer(200, 10, Duration::from_millis(3));
        metrics.answer(404, 0, Duration::from_secs(4000));
        let text = metrics.text();
        assert!(text.contains("reposnap_http_answers_total{class=\"2xx\"} 1\n"));
        assert!(text.contains("reposnap_http_duration_seconds_bucket{le=\"0.005\"} 1\n"));
        assert!(text.contains("reposnap_http_duration_seconds_bucket{le=\"+Inf\"} 2\n"));
        assert!(text.contains("reposnap_http_sent_bytes_total 10\n"));
        for line in text.lines() {
            assert!(line.starts_with("# ") || line.rsplit_once(' ').unwrap().1.parse::<f64>().is_ok(), "{line}");
        }
    }
}
