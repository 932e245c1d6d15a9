//! The solver of apt 3.1 and later ("the 3.0 solver"): a search that decides what has one answer only first, then what has
//! several, and recommendations last; and takes back what leads nowhere.

mod clause;
mod facts;
mod heap;
mod root;
mod search;
mod state;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use facts::Facts;

use super::classic::{Goal, Plan};
use super::policy::Candidates;
use super::universe::Universe;
use crate::error::{Error, Kind, Result};
use search::Fault;
use state::State;

/// The most work that one request may make.
const BUDGET: u64 = 200_000_000;

/// What apt 3.1 and later would install for `goals`.
///
/// # Errors
/// [`Kind::Unsatisfiable`] where it can't be, with the relations that stand against it; [`Kind::Limit`] where finding out
/// takes too much work.
pub fn apt3(universe: &Universe, candidates: &Candidates, goals: &[Goal], recommends: bool) -> Result<Plan> {
    let other: Vec<(u32, u32)> = goals
        .iter()
        .filter_map(|goal| Some((goal.package, goal.version?)))
        .filter(|(package, version)| candidates.candidate_number(*package) != *version)
        .collect();
    let own;
    let facts = if other.is_empty() {
        candidates.facts(universe)
    } else {
        own = Facts::new(universe, candidates, &other);
        &own
    };
    let mut state = State::new(universe, candidates, facts, recommends);
    let result = state.start(goals).and_then(|()| state.search());
    match result {
        Ok(()) => Ok(state.plan()),
        Err(Fault::Budget) => Err(Error::new(Kind::Limit, "finding out what can be installed takes too much work")
            .help("ask for fewer packages at once")),
        Err(Fault::Clash(clash)) => Err(state.unsatisfiable(clash)),
    }
}

impl State<'_> {
    /// Takes what there is from the result.
    fn plan(&self) -> Plan {
        let mut plan = Plan::default();
        for (var, _) in &self.trail {
            let Some(version) = self.version_of(*var).filter(|_| self.is_true(*var)) else { continue };
            if self.candidates.installed_number(self.universe.package_of(version)) != version {
                plan.install.push(version);
            }
        }
        plan.install.sort_unstable();
        let installed = self.candidates.all_installed().iter();
        plan.remove = installed.copied().filter(|package| !self.is_true(*package)).collect();
        plan
    }
}
