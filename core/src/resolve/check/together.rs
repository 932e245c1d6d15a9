//! Several versions at once.

use super::encode::{Encoded, closure};
use super::report::Options;
use super::sat::{Budget, Outcome};
use super::why::{Explanation, Ground};
use crate::error::Result;
use crate::resolve::Universe;

/// Whether some versions can be installed at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Together {
    /// They can: a set that has them and all that it needs, by name, architecture and version.
    Yes(Vec<u32>),
    /// They can't, and this is why.
    No(Explanation),
    /// The work allowed did not tell.
    Undecided,
}

/// Finds out whether these versions can be installed at once; what is installed and what is essential does not count.
///
/// ```
/// use reposnap::resolve::{Builder, Origin, check};
/// let mut builder = Builder::new("amd64", &[])?;
/// builder.index(
///     Origin::default(),
///     b"Package: a\nVersion: 1\nArchitecture: all\nConflicts: mta\n\n\
///       Package: b\nVersion: 2\nArchitecture: all\nProvides: mta\n",
/// )?;
/// let universe = builder.finish()?;
/// let check::Together::No(why) = check::together(&universe, &[0, 1], &check::Options::default())? else { panic!() };
/// assert_eq!(why.words(&universe), "a 1 conflicts with mta, which b 2 provides");
/// # Ok::<(), reposnap::Error>(())
/// ```
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) where there are too many relations to look at, and
/// [`Kind::Usage`](crate::Kind::Usage) for a number that is none of the universe's versions.
pub fn together(universe: &Universe, versions: &[u32], options: &Options) -> Result<Together> {
    if let Some(unknown) = versions.iter().find(|version| **version >= universe.version_count()) {
        return Err(crate::error::Error::new(
            crate::error::Kind::Usage,
            format!("there is no version number {unknown}"),
        ));
    }
    let mut encoded = Encoded::new(universe, closure(universe, versions))?;
    let mut budget = Budget { left: options.work, search: options.work_each };
    let last = match encoded.solve(versions, &mut budget) {
        Outcome::Found => {
            let mut taken: Vec<u32> = encoded.solver.taken().collect();
            taken.sort_unstable();
            return Ok(Together::Yes(taken.into_iter().map(|at| encoded.versions[at as usize]).collect()));
        }
        Outcome::GaveUp => return Ok(Together::Undecided),
        Outcome::Impossible(last) => last,
    };
    let Some(grounds) = encoded.grounds_against(last, budget.search) else { return Ok(Together::Undecided) };
    Ok(Together::No(Explanation::minimal(universe, versions, grounds, &mut budget)))
}

/// Why a version alone can't be installed, by a search of its own: one that nothing else has a part in.
pub(super) fn grounds_alone(universe: &Universe, version: u32, budget: &mut Budget) -> Result<Option<Vec<Ground>>> {
    let mut encoded = Encoded::new(universe, closure(universe, &[version]))?;
    budget.left = budget.left.saturating_sub(encoded.versions.len() as u64 * 8);
    match encoded.solve(&[version], budget) {
        Outcome::Impossible(at) => Ok(encoded.grounds_against(at, budget.search)),
        Outcome::Found | Outcome::GaveUp => Ok(None),
    }
}
