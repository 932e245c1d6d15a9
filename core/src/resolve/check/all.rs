//! All packages of a universe.
//!
//! Most can be installed, many of them at once: sets that grow as long as that is easy show it for nearly all. Only what
//! is left is searched, one by one.

use super::cause;
use super::encode::{Encoded, canonical};
use super::report::{Options, Report, Uninstallable, Which};
use super::sat::{Against, Budget, Literal, Outcome};
use super::together::grounds_alone;
use super::why::Explanation;
use crate::error::Result;
use crate::resolve::Universe;

/// The most steps from a version to what is missing that anybody would want to be told.
const MAX_STEPS: u64 = 8192;

/// How many others are tried along with one that was searched for.
const MAX_TRIES: usize = 4096;

/// Finds the versions that can't be installed.
///
/// ```
/// use reposnap::resolve::{Builder, Origin, check};
/// let mut builder = Builder::new("amd64", &[])?;
/// builder.index(
///     Origin::default(),
///     b"Package: a\nVersion: 1\nArchitecture: all\nDepends: b, c\n\n\
///       Package: b\nVersion: 1\nArchitecture: all\nConflicts: c\n\n\
///       Package: c\nVersion: 2\nArchitecture: all\n",
/// )?;
/// let universe = builder.finish()?;
/// let report = check::all(&universe, &check::Options::default())?;
/// let [entry] = &report.uninstallable[..] else { panic!() };
/// assert_eq!(universe.show(entry.version), "a 1");
/// let why = entry.why.as_ref().unwrap();
/// assert_eq!(why.words(&universe), "a 1 depends on b and c; b 1 conflicts with c 2");
/// # Ok::<(), reposnap::Error>(())
/// ```
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) where there are too many relations to look at.
pub fn all(universe: &Universe, options: &Options) -> Result<Report> {
    let mut report = verdicts(universe, options)?;
    report.causes = cause::group(universe, &mut report.uninstallable);
    Ok(report)
}

/// The report without its causes.
pub(super) fn verdicts(universe: &Universe, options: &Options) -> Result<Report> {
    let order = canonical(universe);
    let wanted: Vec<u32> =
        (0..order.len() as u32).filter(|at| is_wanted(universe, order[*at as usize], options.which)).collect();
    let mut encoded = Encoded::new(universe, order)?;
    let mut budget = Budget { left: options.work, search: options.work_each };
    let mut report = Report { checked: wanted.len(), ..Report::default() };
    let undecided = decide(&mut encoded, &wanted, &mut budget);
    report.undecided = undecided.iter().map(|at| encoded.versions[*at as usize]).collect();
    for at in wanted {
        if !encoded.solver.is_out(at) {
            continue;
        }
        let version = encoded.versions[at as usize];
        let why = explain(universe, &mut encoded, at, &mut budget)?;
        report.uninstallable.push(Uninstallable { version, why, cause: None });
    }
    Ok(report)
}

/// Why a variable is out for good; none where that takes too long to tell.
fn explain(universe: &Universe, encoded: &mut Encoded, at: u32, budget: &mut Budget) -> Result<Option<Explanation>> {
    let version = encoded.versions[at as usize];
    budget.left = budget.left.saturating_sub(MAX_STEPS / 8);
    let grounds = match encoded.solver.facts_against(Literal::of(at), false, budget.left.min(MAX_STEPS)) {
        Against::Facts(facts) => Some(encoded.grounds_of(&facts)),
        // What searches for others taught must not decide what is told of this one.
        Against::Learned => match grounds_alone(universe, version, budget)? {
            Some(grounds) => Some(grounds),
            None => encoded.grounds_against(at, budget.left),
        },
        Against::TooFar => None,
    };
    Ok(grounds.map(|grounds| Explanation::minimal(universe, &[version], grounds, budget)))
}

/// Finds out which of these variables are out for good, which the solver then says; gives those for which the budget did
/// not do.
pub(super) fn decide(encoded: &mut Encoded, wanted: &[u32], budget: &mut Budget) -> Vec<u32> {
    let mut search = Search { good: vec![false; encoded.versions.len()], encoded, budget };
    let open = wanted.iter().copied().filter(|at| !search.encoded.solver.is_out(*at)).collect();
    let open = search.grow(open);
    let undecided = search.search(&open);
    search.encoded.solver.reset();
    undecided
}

fn is_wanted(universe: &Universe, version: u32, which: Which) -> bool {
    which == Which::All || universe.versions_of(universe.package_of(version)).start == version
}

/// The search for sets in which each is once.
struct Search<'a> {
    encoded: &'a mut Encoded,
    budget: &'a mut Budget,
    /// Those that were in a set.
    good: Vec<bool>,
}

impl Search<'_> {
    /// Grows sets as far as that is easy, until they hardly help; gives what is left.
    fn grow(&mut self, mut open: Vec<u32>) -> Vec<u32> {
        loop {
            self.encoded.solver.reset();
            let before = open.len();
            self.add(&open);
            open.retain(|at| !self.good[*at as usize]);
            if open.is_empty() || before - open.len() < 1 + before / 8 {
                return open;
            }
        }
    }

    /// Takes along what can be without deciding anything anew, and notes all that was taken.
    fn add(&mut self, more: &[u32]) {
        for at in more {
            if !self.good[*at as usize] {
                self.encoded.solver.extend(*at, self.budget);
            }
        }
        for at in self.encoded.solver.taken() {
            self.good[at as usize] = true;
        }
    }

    /// Searches for each that is left; gives those for which the budget did not do.
    fn search(&mut self, open: &[u32]) -> Vec<u32> {
        let mut undecided = Vec::new();
        for (place, at) in open.iter().enumerate() {
            if self.good[*at as usize] || self.encoded.solver.is_out(*at) {
                continue;
            }
            match self.encoded.solver.solve(&[*at], self.budget) {
                Outcome::Found => self.add(&open[place + 1..open.len().min(place + 1 + MAX_TRIES)]),
                Outcome::Impossible(_) => {}
                Outcome::GaveUp => undecided.push(*at),
            }
        }
        undecided
    }
}
