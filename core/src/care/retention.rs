//! Which entries of a log still need their snapshots.
//!
//! Entries are never deleted; it is snapshots that are given up. Each rule keeps what it names, and what no rule keeps is
//! retired. Days, weeks and months are those of UTC, and of the entries themselves: the clock of whoever collects has no say.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::Serialize;

use crate::error::{Error, Kind, Result};

/// Rules of retention for environments and mirrors. With none at all, everything is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Retention {
    /// So many of the newest entries of each log.
    pub last: Option<u64>,
    /// The newest entry of each of so many days that have one.
    pub daily: Option<u64>,
    /// The newest entry of each of so many weeks that have one.
    pub weekly: Option<u64>,
    /// The newest entry of each of so many months that have one.
    pub monthly: Option<u64>,
    /// What was in force at any time of so many seconds before the newest entry.
    pub within: Option<i64>,
}

/// An entry, as retention sees it.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// Its number.
    pub seq: u64,
    /// When it was written.
    pub time: Timestamp,
    /// Whether it has a snapshot.
    pub has_snapshot: bool,
}

impl Retention {
    /// Whether there is no rule, so that everything is kept.
    pub fn keeps_all(&self) -> bool {
        *self == Self::default()
    }

    /// The numbers of the entries that are kept; `points` are a whole log, the newest first. The newest always is, and the
    /// newest that has a snapshot.
    pub fn kept(&self, points: &[Point]) -> HashSet<u64> {
        if self.keeps_all() {
            return points.iter().map(|point| point.seq).collect();
        }
        let mut kept = HashSet::new();
        kept.extend(points.first().map(|point| point.seq));
        let points: Vec<Point> = points.iter().filter(|point| point.has_snapshot).copied().collect();
        let Some(newest) = points.first() else { return kept };
        kept.insert(newest.seq);
        kept.extend(points.iter().take(most(self.last)).map(|point| point.seq));
        if let Some(seconds) = self.within {
            let since = newest.time.as_second().saturating_sub(seconds);
            for point in &points {
                kept.insert(point.seq);
                // The one that was in force when the time began is kept too.
                if point.time.as_second() <= since {
                    break;
                }
            }
        }
        let periods: [(Option<u64>, Period); 3] = [
            (self.daily, |date| (date.year(), date.day_of_year())),
            (self.weekly, |date| {
                let week = date.iso_week_date();
                (week.year(), week.week().into())
            }),
            (self.monthly, |date| (date.year(), date.month().into())),
        ];
        for (count, period) in periods {
            let mut last = None;
            let mut left = most(count);
            for point in &points {
                let of_it = period(TimeZone::UTC.to_datetime(point.time).date());
                if left > 0 && last != Some(of_it) {
                    kept.insert(point.seq);
                    (last, left) = (Some(of_it), left - 1);
                }
            }
        }
        kept
    }
}

/// The day, week or month of a date.
type Period = fn(Date) -> (i16, i16);

fn most(count: Option<u64>) -> usize {
    usize::try_from(count.unwrap_or(0)).unwrap_or(usize::MAX)
}

/// Reads a duration such as `24h`, `30d` or `2w`, in seconds.
///
/// # Errors
/// [`Kind::Usage`] for what is none, is negative, or has months, which are not all as long.
pub fn duration(field: &str, text: &str) -> Result<i64> {
    let wrong = || {
        Error::new(Kind::Usage, format!("{text:?} is not a duration")).field(field).help("such as 90m, 24h, 30d or 8w")
    };
    let span: Span = text.parse().map_err(|_| wrong())?;
    let duration: SignedDuration =
        span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|error| wrong().source(error))?;
    if duration.is_negative() { Err(wrong()) } else { Ok(duration.as_secs()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(times: &[&str]) -> Vec<Point> {
        let point = |(seq, time): (usize, &&str)| Point {
            seq: seq as u64 + 1,
            time: time.parse().unwrap(),
            has_snapshot: true,
        };
        times.iter().enumerate().map(point).rev().collect()
    }

    fn kept(retention: &Retention, log: &[Point]) -> Vec<u64> {
        let mut kept: Vec<u64> = retention.kept(log).into_iter().collect();
        kept.sort_unstable();
        kept
    }

    #[test]
    fn rules_add_up_and_the_head_stays() {
        let log = log(&[
            "2026-01-01T00:00:00Z",
            "2026-01-01T06:00:00Z",
            "2026-01-02T00:00:00Z",
            "2026-02-01T00:00:00Z",
            "2026-02-01T12:00:00Z",
        ]);
        assert_eq!(kept(&Retention::default(), &log), [1, 2, 3, 4, 5]);
        assert_eq!(kept(&Retention { last: Some(0), ..Retention::default() }, &log), [5]);
        assert_eq!(kept(&Retention { last: Some(2), ..Retention::default() }, &log), [4, 5]);
        assert_eq!(kept(&Retention { daily: Some(3), ..Retention::default() }, &log), [2, 3, 5]);
        assert_eq!(kept(&Retention { monthly: Some(9), ..Retention::default() }, &log), [3, 5]);
        assert_eq!(kept(&Retention { weekly: Some(2), ..Retention::default() }, &log), [3, 5]);
        // At the beginning of the last six hours it was entry 4.
        assert_eq!(kept(&Retention { within: Some(6 * 3600), ..Retention::default() }, &log), [4, 5]);
        let both = Retention { last: Some(1), monthly: Some(2), ..Retention::default() };
        assert_eq!(kept(&both, &log), [3, 5]);
    }

    #[test]
    fn a_mirror_that_begins_anew_keeps_what_it_had() {
        let mut log = log(&["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"]);
        log[0].has_snapshot = false;
        assert_eq!(kept(&Retention { last: Some(1), ..Retention::default() }, &log), [2, 3]);
    }

    #[test]
    fn durations_are_read() {
        assert_eq!(duration("grace", "24h").unwrap(), 86_400);
        assert_eq!(duration("grace", "30d").unwrap(), 30 * 86_400);
        assert_eq!(duration("grace", "2w").unwrap(), 14 * 86_400);
        assert_eq!(duration("grace", "0s").unwrap(), 0);
        for text in ["", "x", "-1h", "1 month", "1mo"] {
            assert_eq!(duration("grace", text).unwrap_err().kind(), Kind::Usage, "{text}");
        }
    }
}
