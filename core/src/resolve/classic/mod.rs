//! The solver of apt 2.6 and 3.0: marks depth first what is asked for and what that needs, repairs what is broken, and
//! leaves out what nothing needs.

mod fix;
mod mark;
mod order;
mod score;
mod state;
mod sweep;
mod upgrade;

pub use state::{Goal, Plan};
pub use upgrade::{Blocker, Extent, Upgraded, upgrade};

use super::policy::Candidates;
use super::universe::Universe;
use state::State;

/// What apt would install for `goals`.
pub fn classic(universe: &Universe, candidates: &Candidates, goals: &[Goal], recommends: bool) -> Plan {
    let mut state = State::new(universe, candidates, recommends);
    for goal in goals {
        state.ask(*goal);
    }
    for goal in goals {
        state.install(goal.package, true);
    }
    state.fix(true);
    state.plan()
}
