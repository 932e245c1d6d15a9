//! The positions that most of some packages are consistent with.

use super::Spans;
use super::spans::Run;

/// Positions that have the same packages of some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cover {
    /// The first of them.
    pub first: usize,
    /// The last of them.
    pub last: usize,
    /// How many of the packages they have.
    pub covered: usize,
    /// How many of these are the newest there.
    pub newest: usize,
}

/// The runs that have a package, and those that have it as the newest.
pub(super) type HeldAndNewest<'a> = (&'a [Run], &'a [Run]);

/// Finds a [`Cover`]. Its memory is used again from call to call.
#[derive(Clone, Debug, Default)]
pub struct Sweep {
    /// For each position what it has more than the one before: packages in the upper half, newest ones in the lower.
    steps: Vec<i64>,
}

const ONE: i64 = 1 << 32;

impl Sweep {
    /// Of `positions` positions the last one that has most of the packages, and of those that have as many the most newest
    /// ones, with all before it that have the same. None where no position has any.
    pub fn best(&mut self, positions: usize, packages: &[&Spans]) -> Option<Cover> {
        let runs = || packages.iter().map(|spans| (&*spans.held, &*spans.newest));
        self.best_of(positions, runs)
    }

    /// The same, of runs that have and runs that have as the newest.
    pub(super) fn best_of<'a, I>(&mut self, positions: usize, packages: impl Fn() -> I) -> Option<Cover>
    where
        I: Iterator<Item = HeldAndNewest<'a>>,
    {
        self.steps.clear();
        self.steps.resize(positions + 1, 0);
        for (held, newest) in packages() {
            for (runs, one) in [(held, ONE), (newest, 1)] {
                for (first, last) in runs {
                    if let Some([start, .., end]) = self.steps.get_mut(*first as usize..=*last as usize + 1) {
                        *start += one;
                        *end -= one;
                    }
                }
            }
        }
        let (mut score, mut best, mut at) = (0, 0, 0);
        for (position, step) in self.steps.iter().enumerate().take(positions) {
            score += step;
            if score >= best {
                (best, at) = (score, position);
            }
        }
        if best < ONE {
            return None;
        }
        // From the last of them back to where any of its packages was not there yet, or not the newest.
        let last = at as u32;
        let mut first = 0;
        let mut narrow = |runs: &[Run]| {
            let from = runs.partition_point(|run| run.1 < last);
            match runs.get(from) {
                Some(run) if run.0 <= last => first = first.max(run.0),
                // Where it is not, it may have been before; then these were others.
                _ => first = first.max(runs[..from].last().map_or(0, |run| run.1 + 1)),
            }
        };
        for (held, newest) in packages() {
            narrow(held);
            narrow(newest);
        }
        Some(Cover { first: first as usize, last: at, covered: (best >> 32) as usize, newest: best as u32 as usize })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Position by position, and set by set.
    fn naive(positions: usize, packages: &[Spans]) -> Option<Cover> {
        let set = |position: usize, of: fn(&Spans) -> &Vec<Run>| -> Vec<usize> {
            let has = |spans: &Spans| of(spans).iter().any(|run| (run.0..=run.1).contains(&(position as u32)));
            (0..packages.len()).filter(|package| has(&packages[*package])).collect()
        };
        let at = |position: usize| (set(position, |spans| &spans.held), set(position, |spans| &spans.newest));
        let score = |position: usize| {
            let (held, newest) = at(position);
            (held.len(), newest.len())
        };
        let last = (0..positions).max_by_key(|position| (score(*position), *position))?;
        if score(last).0 == 0 {
            return None;
        }
        let mut first = last;
        while first > 0 && at(first - 1) == at(last) {
            first -= 1;
        }
        Some(Cover { first, last, covered: score(last).0, newest: score(last).1 })
    }

    #[test]
    fn as_counting_position_by_position() {
        let mut state = 7_u64;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % below) as u32
        };
        let mut sweep = Sweep::default();
        for _ in 0..3_000 {
            let positions = 1 + next(30);
            let mut packages = Vec::new();
            for _ in 0..next(9) {
                let mut held = Vec::new();
                let mut from = next(8);
                while from < positions && held.len() < 3 {
                    let last = (from + next(12)).min(positions - 1);
                    held.push((from, last));
                    from = last + 2 + next(6);
                }
                // The newest of each run, up to some position of it.
                let newest =
                    held.iter().map(|(first, last)| (*first, first + next(u64::from(last - first + 1)))).collect();
                packages.push(Spans { held, newest });
            }
            let refs: Vec<&Spans> = packages.iter().collect();
            assert_eq!(sweep.best(positions as usize, &refs), naive(positions as usize, &packages), "{packages:?}");
        }
    }

    #[test]
    fn runs_beyond_the_end_do_not_count() {
        let spans = Spans { held: vec![(0, 9)], newest: vec![(7, 3)] };
        assert_eq!(Sweep::default().best(5, &[&spans]), None);
    }
}
