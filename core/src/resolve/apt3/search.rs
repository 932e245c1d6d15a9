//! Decides what is still open, one thing after the other, and takes back what does not work out.

use super::clause::Sort;
use super::heap::Item;
use super::state::{Clash, Reason, State, Try};

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Fault {
    Clash(Clash),
    Budget,
}

impl State<'_> {
    /// Decides everything.
    pub(super) fn search(&mut self) -> Result<(), Fault> {
        loop {
            while let Err(clash) = self.follow() {
                self.undo(clash)?;
            }
            if self.budget == 0 {
                return Err(Fault::Budget);
            }
            let Some(item) = self.heap.pop() else { return Ok(()) };
            self.decide(item)?;
        }
    }

    fn decide(&mut self, item: Item) -> Result<(), Fault> {
        let clause = self.clauses[item.clause as usize];
        let literals = &self.literals[clause.start as usize..clause.end as usize];
        let met = literals.iter().any(|literal| self.is_true(*literal));
        let choice = literals.iter().copied().find(|literal| !self.is_false(*literal));
        match choice {
            _ if met => self.done.push(item),
            None if clause.sort == Sort::Wants => self.done.push(item),
            None => {
                let clash = Clash { reason: clause.reason(), var: clause.owner };
                self.done.push(item);
                self.undo(clash)?;
            }
            Some(choice) => {
                self.tries.push(Try { trail: self.trail.len(), done: self.done.len(), choice });
                self.done.push(item);
                if let Err(clash) = self.take(choice, Reason::Tried) {
                    self.undo(clash)?;
                }
            }
        }
        Ok(())
    }

    /// Takes back the last thing that was tried, and rules it out.
    pub(super) fn undo(&mut self, mut clash: Clash) -> Result<(), Fault> {
        loop {
            let Some(last) = self.tries.pop() else { return Err(Fault::Clash(clash)) };
            self.budget = self.budget.saturating_sub(1 + (self.trail.len() - last.trail) as u64);
            if self.budget == 0 {
                return Err(Fault::Budget);
            }
            self.take_back(last.trail);
            let level = self.level();
            self.heap.forget_after(level);
            let again: Vec<Item> = self.done.drain(last.done..).filter(|item| item.level <= level).collect();
            for item in again {
                self.heap.push(item);
            }
            match self.refuse(last.choice, Reason::Failed) {
                Ok(()) => return Ok(()),
                Err(other) => clash = other,
            }
        }
    }
}
