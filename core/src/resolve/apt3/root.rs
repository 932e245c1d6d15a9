//! How things are before anything is decided: what is installed, and what somebody asks for.

use super::super::classic::Goal;
use super::super::universe::rows::{NONE, flag};
use super::clause::{Group, ROOT, Sort};
use super::facts::place;
use super::search::Fault;
use super::state::{Clash, Reason, State, Try};

impl State<'_> {
    /// Sets down what must be, puts what should stay among what is to be decided, and tries to keep what somebody installed.
    pub(super) fn start(&mut self, goals: &[Goal]) -> Result<(), Fault> {
        let mut asked = goals.to_vec();
        asked.sort_by_cached_key(|goal| place(self.universe, goal.package));
        asked.dedup();
        let mut asked = asked.into_iter().peekable();
        let facts = self.facts;
        for package in &facts.installed {
            let here = place(self.universe, *package);
            while let Some(goal) = asked.next_if(|goal| place(self.universe, goal.package) <= here) {
                self.ask(goal)?;
            }
            if goals.iter().all(|goal| goal.package != *package) {
                self.keep(*package)?;
            }
        }
        asked.try_for_each(|goal| self.ask(goal))?;
        self.take_what_is_left().map_err(Fault::Clash)?;
        self.follow().map_err(Fault::Clash)?;
        self.assume()
    }

    /// Where other versions are out of the question, what is left is taken before anything else, in the order in which apt
    /// dismisses the others.
    fn take_what_is_left(&mut self) -> Result<(), Clash> {
        let mut found = Vec::new();
        for at in 0..self.trail.len() {
            let (start, end) = self.clauses_of(self.trail[at].0);
            for clause in self.clauses[start as usize..end as usize].iter().filter(|clause| clause.sort == Sort::Needs)
            {
                let literals = &self.literals[clause.start as usize..clause.end as usize];
                let mut open = literals.iter().filter(|literal| !self.is_false(**literal));
                let (Some(left), None) = (open.next(), open.next()) else { continue };
                let gone = literals.iter().filter(|literal| self.is_false(**literal));
                let first = gone.map(|literal| place(self.universe, self.package_of(*literal))).min();
                found.extend(first.map(|first| (first, *left, clause.reason())));
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found.into_iter().try_for_each(|(_, left, reason)| self.take(left, reason))
    }

    fn ask(&mut self, goal: Goal) -> Result<(), Fault> {
        let wanted = goal.version.unwrap_or_else(|| self.candidates.candidate_number(goal.package));
        let installed = self.candidates.installed_number(goal.package);
        let var = if wanted == NONE || wanted == installed { goal.package } else { self.first_version + wanted };
        self.take(var, Reason::Given).map_err(Fault::Clash)
    }

    /// An installed package stays: the essential ones must, the others should, in the version that they have.
    fn keep(&mut self, package: u32) -> Result<(), Fault> {
        let universe = self.universe;
        let essential = universe.package_flags(package) & (flag::ESSENTIAL | flag::IMPORTANT) != 0;
        if essential || universe.name_text(universe.package_name(package)) == "apt" {
            return self.take(package, Reason::Given).map_err(Fault::Clash);
        }
        let upgradable = self.candidates.upgradable().binary_search(&package).is_ok();
        let group = match (self.candidates.is_automatic(package), upgradable) {
            (false, true) => Group::ManualUpgradable,
            (false, false) => Group::Manual,
            (true, true) => Group::AutomaticUpgradable,
            (true, false) => Group::Automatic,
        };
        let number = self.clauses.len() as u32;
        let first = self.literals.len();
        self.literals.push(package);
        self.add_clause(ROOT, NONE, Sort::Wants, group, first);
        let first = self.literals.len();
        self.add_versions(package);
        self.add_clause(ROOT, NONE, Sort::Wants, group, first);
        let open = self.literals[first..].iter().filter(|literal| !self.is_false(**literal)).count();
        self.postpone(number, 1);
        self.postpone(number + 1, open);
        Ok(())
    }

    /// Keeps what somebody installed, one package after the other, as far as that is possible.
    fn assume(&mut self) -> Result<(), Fault> {
        let facts = self.facts;
        for package in &facts.manual {
            if self.is_true(*package) || self.is_false(*package) {
                continue;
            }
            self.tries.push(Try { trail: self.trail.len(), done: self.done.len(), choice: *package });
            let mut result = self.take(*package, Reason::Tried);
            while let Err(clash) = result.and_then(|()| self.follow()) {
                self.undo(clash)?;
                result = Ok(());
            }
        }
        Ok(())
    }
}
