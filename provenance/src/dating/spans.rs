//! The positions of a lineage that had a package.

use std::cmp::Ordering;

use reposnap_image::package::Family;

use super::Why;
use crate::history::{History, PackageList, Row};
use crate::matching::compare::canonical;
use crate::order::compare;

/// A run of positions: the first and the last of them.
pub type Run = (u32, u32);

/// The positions that had one version of a package: runs, sorted, and none next to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    /// Where a list had it.
    pub held: Vec<Run>,
    /// Where, besides, no list that apt takes packages from by itself had a higher one. For a version that only other lists
    /// had (backports, experimental), no list at all.
    pub newest: Vec<Run>,
}

impl Spans {
    /// Of one version of a package in a lineage.
    pub fn of(history: &History, name: &str, architecture: &str, version: &str) -> Self {
        let rows = history.rows(name, architecture);
        let is_it = |row: &Row| canonical(&row.version) == canonical(version);
        let own: Vec<&Row> = rows.iter().filter(|row| is_it(row)).collect();
        if own.is_empty() {
            return Self::default();
        }
        let is_automatic = |row: &Row| !is_asked_for(history.lists(), row);
        let all_count = !own.iter().any(|row| is_automatic(row));
        let higher = rows
            .iter()
            .filter(|row| all_count || is_automatic(row))
            .filter(|row| compare(Family::Deb, &row.version, version).is_gt());
        let held = union(own.into_iter().map(run));
        let newest = subtract(&held, &union(higher.map(run)));
        Self { held, newest }
    }

    /// Of each version of a package, by version as [`canonical`] has it.
    pub(crate) fn of_rows(rows: &[Row], lists: &[PackageList]) -> Vec<(String, Self)> {
        let mut rows: Vec<&Row> = rows.iter().collect();
        let order = |a: &&Row, b: &&Row| {
            let by_order = compare(Family::Deb, &b.version, &a.version);
            by_order.then_with(|| canonical(&a.version).cmp(canonical(&b.version)))
        };
        rows.sort_by(order);
        let mut all = Vec::new();
        // What higher versions had: of lists that count by themselves, and of all.
        let (mut automatic, mut any): (Vec<Run>, Vec<Run>) = (Vec::new(), Vec::new());
        let equal = |a: &&Row, b: &&Row| compare(Family::Deb, &a.version, &b.version) == Ordering::Equal;
        for rank in rows.chunk_by(equal) {
            for version in rank.chunk_by(|a, b| canonical(&a.version) == canonical(&b.version)) {
                let held = union(version.iter().map(|row| run(row)));
                let is_automatic = version.iter().any(|row| !is_asked_for(lists, row));
                let newest = subtract(&held, if is_automatic { &automatic } else { &any });
                all.push((canonical(&version[0].version).to_owned(), Self { held, newest }));
            }
            let counting = rank.iter().filter(|row| !is_asked_for(lists, row)).map(|row| run(row));
            automatic = union(automatic.into_iter().chain(counting));
            any = union(any.into_iter().chain(rank.iter().map(|row| run(row))));
        }
        all
    }

    /// Why the positions from `first` to `last` don't have it; none where the last of them does.
    pub(crate) fn why_not(&self, first: u32, last: u32) -> Option<Why> {
        if self.held.iter().any(|run| (run.0..=run.1).contains(&last)) {
            return None;
        }
        let before = self.held.iter().any(|run| run.0 < first);
        let behind = self.held.iter().any(|run| run.0 > last);
        Some(match (before, behind) {
            (false, false) => Why::FromNowhere,
            (true, false) => Why::Older,
            (false, true) => Why::Newer,
            (true, true) => Why::Between,
        })
    }
}

fn is_asked_for(lists: &[PackageList], row: &Row) -> bool {
    lists.get(row.list).is_some_and(|list| list.not_automatic)
}

fn run(row: &Row) -> Run {
    (row.first as u32, row.last as u32)
}

/// Runs, sorted and joined where they overlap or stand side by side.
fn union(runs: impl Iterator<Item = Run>) -> Vec<Run> {
    let mut runs: Vec<Run> = runs.collect();
    runs.sort_unstable();
    let mut joined: Vec<Run> = Vec::with_capacity(runs.len());
    for (first, last) in runs {
        match joined.last_mut() {
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            _ => joined.push((first, last)),
        }
    }
    joined
}

/// What of `runs` is not in `others`; both are sorted and joined.
fn subtract(runs: &[Run], others: &[Run]) -> Vec<Run> {
    let mut rest = Vec::with_capacity(runs.len());
    for &(mut first, last) in runs {
        let from = others.partition_point(|other| other.1 < first);
        let mut is_open = true;
        for &(start, end) in &others[from..] {
            if start > last {
                break;
            }
            if start > first {
                rest.push((first, start - 1));
            }
            if end >= last {
                is_open = false;
                break;
            }
            first = end + 1;
        }
        if is_open {
            rest.push((first, last));
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_positions_as_sets() {
        let mut state = 1_u64;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..2_000 {
            let mut some = |count: u64| -> Vec<Run> {
                (0..next(count)).map(|_| next(40) as u32).map(|first| (first, first + (first * 7 + 3) % 6)).collect()
            };
            let (a, b) = (some(6), some(6));
            let members = |runs: &[Run]| -> Vec<u32> {
                (0..60).filter(|at| runs.iter().any(|run| (run.0..=run.1).contains(at))).collect()
            };
            let (left, right) = (union(a.iter().copied()), union(b.iter().copied()));
            assert_eq!(members(&left), members(&a));
            assert!(left.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0), "{left:?}");
            let rest = subtract(&left, &right);
            let expected: Vec<u32> = members(&a).into_iter().filter(|at| !members(&b).contains(at)).collect();
            assert_eq!(members(&rest), expected, "{left:?} {right:?}");
        }
    }
}
