//! What follows from what was decided.

use super::formula::NO_GROUP;
use super::{Literal, Reason, Solver, Value, Watch};

/// A literal that must be true and is false.
pub(super) struct Conflict {
    pub(super) literal: Literal,
    pub(super) reason: Reason,
}

impl Solver {
    /// Follows all that is new on the trail, first come, first served: so what is out for good is out by short ways.
    pub(super) fn propagate(&mut self) -> Option<Conflict> {
        while let Some(literal) = self.trail.get(self.head).copied() {
            self.head += 1;
            let conflict = self.pairs(literal).or_else(|| self.group(literal)).or_else(|| self.clauses(literal));
            if conflict.is_some() {
                return conflict;
            }
        }
        None
    }

    /// Gives a literal its value; the conflict where it has the other one.
    #[inline]
    fn force(&mut self, literal: Literal, reason: Reason) -> Option<Conflict> {
        match self.value(literal) {
            Value::True => None,
            Value::False => Some(Conflict { literal, reason }),
            Value::Open => {
                self.set(literal, reason);
                None
            }
        }
    }

    fn pairs(&mut self, literal: Literal) -> Option<Conflict> {
        let run = self.pair_starts[literal.index()]..self.pair_starts[literal.index() + 1];
        self.work += u64::from(run.end - run.start);
        for at in run {
            let (implied, fact) = self.pairs[at as usize];
            let conflict = self.force(implied, Reason::Pair { other: literal, fact });
            if conflict.is_some() {
                return conflict;
            }
        }
        None
    }

    fn group(&mut self, literal: Literal) -> Option<Conflict> {
        if !literal.is_positive() || literal.variable() >= self.choices {
            return None;
        }
        let group = self.group_of[literal.variable() as usize];
        if group == NO_GROUP {
            return None;
        }
        let count = self.groups[group as usize].members.len();
        let own = self.groups[group as usize].members.iter().find(|own| own.variable == literal.variable()).copied()?;
        self.work += count as u64;
        for at in 0..count {
            let member = self.groups[group as usize].members[at];
            if own.excludes(&member) {
                let conflict = self.force(!Literal::of(member.variable), Reason::Group { other: literal, group });
                if conflict.is_some() {
                    return conflict;
                }
            }
        }
        None
    }

    /// Finds another literal to watch for each clause that watched the opposite of this one.
    fn clauses(&mut self, literal: Literal) -> Option<Conflict> {
        let mut watches = std::mem::take(&mut self.watches[literal.index()]);
        let lost = !literal;
        let (mut kept, mut at) = (0, 0);
        let mut conflict = None;
        'watches: while at < watches.len() {
            let watch = watches[at];
            at += 1;
            self.work += 1;
            if self.value(watch.blocker) == Value::True {
                watches[kept] = watch;
                kept += 1;
                continue;
            }
            let clause = self.clauses[watch.clause as usize];
            let (start, end) = (clause.start as usize, clause.start as usize + clause.length as usize);
            if self.arena[start] == lost {
                self.arena.swap(start, start + 1);
            }
            let first = self.arena[start];
            let watch = Watch { clause: watch.clause, blocker: first };
            if self.value(first) != Value::True {
                for next in start + 2..end {
                    self.work += 1;
                    if self.value(self.arena[next]) != Value::False {
                        self.arena.swap(start + 1, next);
                        let watched = !self.arena[start + 1];
                        self.watches[watched.index()].push(watch);
                        continue 'watches;
                    }
                }
                conflict = self.force(first, Reason::Clause(watch.clause));
            }
            watches[kept] = watch;
            kept += 1;
            if conflict.is_some() {
                break;
            }
        }
        watches.copy_within(at.., kept);
        watches.truncate(kept + watches.len() - at);
        self.watches[literal.index()] = watches;
        conflict
    }
}
