//! Decides what is needed, until all that was asked for is there or it is certain that it can't be.

use super::{Literal, Solver, Value};

/// How much work is left: visits of clauses and implications, some 10⁸ a second.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Budget {
    pub(in super::super) left: u64,
    /// The most for one search.
    pub(in super::super) search: u64,
}

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Outcome {
    /// All that is wanted is taken, with all that it needs.
    Found,
    /// This one of the wanted can't be taken along with those before it.
    Impossible(u32),
    /// The budget was spent.
    GaveUp,
}

impl Solver {
    /// Searches a choice in which all of `wanted` is taken; begins anew.
    pub(in super::super) fn solve(&mut self, wanted: &[u32], budget: &mut Budget) -> Outcome {
        self.reset();
        let begin = self.work;
        let most = budget.search.min(budget.left);
        let outcome = loop {
            if self.work - begin > most || self.arena.len() > self.most_literals {
                break Outcome::GaveUp;
            }
            if let Some(conflict) = self.propagate() {
                // With nothing decided there is nothing that could be in conflict.
                debug_assert!(self.level() > 0);
                if self.level() == 0 {
                    break Outcome::GaveUp;
                }
                self.learn(&conflict);
            } else if let Some(next) = wanted.get(self.level() as usize) {
                match self.value(Literal::of(*next)) {
                    Value::True => self.open_level(),
                    Value::Open => self.decide(Literal::of(*next)),
                    Value::False => break Outcome::Impossible(*next),
                }
            } else {
                match self.next_option() {
                    Some(option) => self.decide(Literal::of(option)),
                    None => break Outcome::Found,
                }
            }
        };
        budget.left = budget.left.saturating_sub(self.work - begin);
        outcome
    }

    /// Takes one more along with all that is taken, where that is easy: nothing is decided anew.
    pub(in super::super) fn extend(&mut self, choice: u32, budget: &mut Budget) -> bool {
        let before = self.level();
        match self.value(Literal::of(choice)) {
            Value::True => return true,
            Value::False => return false,
            Value::Open => self.decide(Literal::of(choice)),
        }
        let begin = self.work;
        let good = loop {
            if self.work - begin > budget.search.min(budget.left) || self.propagate().is_some() {
                self.back_to(before);
                break false;
            }
            match self.next_option() {
                Some(option) => self.decide(Literal::of(option)),
                None => break true,
            }
        };
        budget.left = budget.left.saturating_sub(self.work - begin);
        good
    }

    /// The best option of the first need that has none yet.
    fn next_option(&mut self) -> Option<u32> {
        while let Some(literal) = self.trail.get(self.needs).copied() {
            if literal.is_positive() && literal.variable() >= self.choices {
                let need = literal.variable() - self.choices;
                let mut best: Option<u32> = None;
                let mut is_met = false;
                for option in self.literals(need) {
                    match self.value(*option) {
                        Value::True => {
                            is_met = true;
                            break;
                        }
                        Value::Open if best.is_none_or(|best| self.is_better(option.variable(), best)) => {
                            best = Some(option.variable());
                        }
                        _ => {}
                    }
                }
                self.work += u64::from(self.clauses[need as usize].length);
                if !is_met && best.is_some() {
                    return best;
                }
            }
            self.needs += 1;
        }
        None
    }

    /// What took part in conflicts comes first, so that they show early; else what was named first.
    fn is_better(&self, one: u32, other: u32) -> bool {
        let (a, b) = (self.activity[one as usize], self.activity[other as usize]);
        a > b || (a == b && one < other)
    }
}
