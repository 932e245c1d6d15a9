//! What a conflict teaches, and which facts a failure comes from.

use std::collections::HashSet;

use super::propagate::Conflict;
use super::{Literal, Reason, Solver, Step, Value};

/// How fast what took part in conflicts long ago is forgotten.
const DECAY: f64 = 0.95;

/// What a literal is false by.
pub(in super::super) enum Against {
    /// These facts.
    Facts(Vec<u32>),
    /// Something that was learned has a part in it.
    Learned,
    /// More than may be looked at.
    TooFar,
}

impl Solver {
    /// Learns the clause of a conflict above level 0, goes back to where it decides something, and decides that.
    ///
    /// The clause is that of the first unique implication point: the one literal of the last level by which all goes.
    pub(super) fn learn(&mut self, conflict: &Conflict) {
        let mut learned = vec![conflict.literal];
        let mut steps = Vec::new();
        let mut marked = Vec::new();
        let mut open = 0;
        let mut at = self.trail.len();
        let mut causes = Vec::new();
        self.causes(conflict.literal, conflict.reason, &mut causes, &mut steps);
        causes.push(!conflict.literal);
        loop {
            for cause in causes.drain(..) {
                let variable = cause.variable();
                self.work += 1;
                if std::mem::replace(&mut self.seen[variable as usize], true) {
                    continue;
                }
                marked.push(variable);
                match self.levels_of[variable as usize] {
                    0 => steps.push(Step::Fixed(variable)),
                    level => {
                        self.praise(variable);
                        if level == self.level() {
                            open += 1;
                        } else {
                            learned.push(!cause);
                        }
                    }
                }
            }
            let last = loop {
                at -= 1;
                let literal = self.trail[at];
                if self.seen[literal.variable() as usize] {
                    break literal;
                }
            };
            open -= 1;
            if open == 0 {
                learned[0] = !last;
                break;
            }
            self.causes(last, self.reasons[last.variable() as usize], &mut causes, &mut steps);
        }
        for variable in marked {
            self.seen[variable as usize] = false;
        }
        self.bump /= DECAY;
        let level_of = |literal: &Literal| self.levels_of[literal.variable() as usize];
        let latest = (1..learned.len()).max_by_key(|at| level_of(&learned[*at]));
        let level = latest.map_or(0, |at| {
            learned.swap(1, at);
            level_of(&learned[1])
        });
        self.back_to(level);
        let first = learned[0];
        let clause = self.clause(learned);
        self.steps.push(steps.into());
        self.set(first, Reason::Clause(clause));
    }

    /// The true literals that force a literal, and the step that this is.
    fn causes(&self, literal: Literal, reason: Reason, causes: &mut Vec<Literal>, steps: &mut Vec<Step>) {
        match reason {
            Reason::Decision => {}
            Reason::Pair { other, fact } => {
                causes.push(other);
                steps.push(Step::Fact(fact));
            }
            Reason::Group { other, group } => {
                causes.push(other);
                steps.push(Step::Fact(self.groups[group as usize].fact));
            }
            Reason::Clause(clause) => {
                causes.extend(self.literals(clause).iter().filter(|other| **other != literal).map(|other| !*other));
                if clause >= self.need_count {
                    steps.push(Step::Clause(clause));
                }
            }
        }
    }

    fn praise(&mut self, variable: u32) {
        let Some(activity) = self.activity.get_mut(variable as usize) else { return };
        *activity += self.bump;
        if *activity > 1e100 {
            self.activity.iter_mut().for_each(|activity| *activity *= 1e-100);
            self.bump *= 1e-100;
        }
    }

    /// The facts from which it follows that a literal is false, in the order of their numbers; what was decided counts
    /// as given. Takes `limit` steps at most, and through what was learned only where `through_learned` says so.
    pub(in super::super) fn facts_against(&mut self, literal: Literal, through_learned: bool, limit: u64) -> Against {
        debug_assert_eq!(self.value(literal), Value::False);
        let mut facts = Vec::new();
        let mut open = vec![Step::Fixed(literal.variable())];
        let mut marked = Vec::new();
        let mut learned = HashSet::new();
        let mut causes = Vec::new();
        let mut left = limit;
        let mut stopped = None;
        while let Some(step) = open.pop() {
            left = left.saturating_sub(1);
            match step {
                Step::Fact(fact) => facts.push(fact),
                Step::Clause(_) if !through_learned => stopped = Some(Against::Learned),
                Step::Clause(clause) => {
                    if learned.insert(clause) {
                        open.extend_from_slice(&self.steps[(clause - self.need_count) as usize]);
                    }
                }
                Step::Fixed(variable) => {
                    if !std::mem::replace(&mut self.seen[variable as usize], true) {
                        marked.push(variable);
                        let positive = Literal::of(variable);
                        let literal = if self.value(positive) == Value::True { positive } else { !positive };
                        self.causes(literal, self.reasons[variable as usize], &mut causes, &mut open);
                        left = left.saturating_sub(causes.len() as u64);
                        open.extend(causes.drain(..).map(|cause| Step::Fixed(cause.variable())));
                    }
                }
            }
            if left == 0 {
                stopped = Some(Against::TooFar);
            }
            if stopped.is_some() {
                break;
            }
        }
        for variable in marked {
            self.seen[variable as usize] = false;
        }
        facts.sort_unstable();
        facts.dedup();
        stopped.unwrap_or(Against::Facts(facts))
    }
}
