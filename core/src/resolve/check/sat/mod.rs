//! A solver that searches all there is: what is chosen propagates, and of each conflict a clause is learned (CDCL, with
//! two watched literals). Every clause that it learns remembers what it was made of, so that a failure can be told.
//!
//! It decides only what something that was chosen needs: who is not reached stays out. So it takes time by what is
//! reached, not by what there is. Nothing in it recurses.

mod formula;
mod learn;
mod propagate;
mod search;

pub(super) use formula::{Formula, Literal, Member};
pub(super) use learn::Against;
pub(super) use search::{Budget, Outcome};

use formula::Group;

/// The most literals of clauses that a solver learns: 128 MiB.
const MAX_LEARNED: usize = 32 << 20;

/// Why a literal has its value.
#[derive(Clone, Copy)]
enum Reason {
    /// Somebody decided so.
    Decision,
    /// Another literal implies it, by a fact.
    Pair { other: Literal, fact: u32 },
    /// Another member of its group was taken.
    Group { other: Literal, group: u32 },
    /// All other literals of a clause are false.
    Clause(u32),
}

/// What a clause was learned from.
#[derive(Clone, Copy)]
enum Step {
    Fact(u32),
    Clause(u32),
    /// Why this variable has its value for good.
    Fixed(u32),
}

/// A clause: a run of the arena, whose first two literals are watched.
#[derive(Clone, Copy)]
struct Clause {
    start: u32,
    length: u32,
}

#[derive(Clone, Copy)]
struct Watch {
    clause: u32,
    /// Another literal of the clause: where that is true, there is nothing to do.
    blocker: Literal,
}

/// What was there before a decision.
#[derive(Clone, Copy)]
struct Level {
    trail: u32,
    needs: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Open,
    True,
    False,
}

/// A solver of one formula; what it learned from one search serves the next.
pub(super) struct Solver {
    choices: u32,
    need_count: u32,
    /// What each literal implies: runs of `pairs`.
    pair_starts: Vec<u32>,
    pairs: Vec<(Literal, u32)>,
    groups: Vec<Group>,
    group_of: Vec<u32>,
    arena: Vec<Literal>,
    most_literals: usize,
    /// The clauses of the needs first, then the learned ones.
    clauses: Vec<Clause>,
    /// What the learned ones were learned from.
    steps: Vec<Box<[Step]>>,
    watches: Vec<Vec<Watch>>,
    /// By literal.
    values: Vec<Value>,
    levels_of: Vec<u32>,
    reasons: Vec<Reason>,
    activity: Vec<f64>,
    bump: f64,
    seen: Vec<bool>,
    trail: Vec<Literal>,
    /// How much of the trail has been propagated, and seen for its needs.
    head: usize,
    needs: usize,
    levels: Vec<Level>,
    /// What was done, in visits of clauses and implications.
    work: u64,
}

impl Solver {
    pub(super) fn new(formula: Formula) -> Self {
        let need_count = formula.needs.len() as u32;
        let variables = formula.choices as usize + formula.needs.len();
        let (pair_starts, pairs) = spread(&formula.pairs, variables * 2);
        let mut solver = Self {
            choices: formula.choices,
            need_count,
            pair_starts,
            pairs,
            groups: formula.groups,
            group_of: formula.group_of,
            arena: Vec::with_capacity(formula.options.len() + formula.needs.len()),
            most_literals: formula.options.len() + formula.needs.len() + MAX_LEARNED,
            clauses: Vec::with_capacity(formula.needs.len()),
            steps: Vec::new(),
            watches: vec![Vec::new(); variables * 2],
            values: vec![Value::Open; variables * 2],
            levels_of: vec![0; variables],
            reasons: vec![Reason::Decision; variables],
            activity: vec![0.0; formula.choices as usize],
            bump: 1.0,
            seen: vec![false; variables],
            trail: Vec::new(),
            head: 0,
            needs: 0,
            levels: Vec::new(),
            work: 0,
        };
        for (at, (start, count)) in formula.needs.iter().enumerate() {
            let need = Literal::of(formula.choices + at as u32);
            let options = &formula.options[*start as usize..(*start + *count) as usize];
            let clause = solver.clause(std::iter::once(!need).chain(options.iter().map(|option| Literal::of(*option))));
            if options.is_empty() {
                solver.set(!need, Reason::Clause(clause));
            }
        }
        // Nothing is chosen yet, so nothing can be in conflict.
        let conflict = solver.propagate();
        debug_assert!(conflict.is_none());
        solver
    }

    fn clause(&mut self, literals: impl IntoIterator<Item = Literal>) -> u32 {
        let start = self.arena.len();
        self.arena.extend(literals);
        let (id, length) = (self.clauses.len() as u32, self.arena.len() - start);
        self.clauses.push(Clause { start: start as u32, length: length as u32 });
        if length > 1 {
            let (first, second) = (self.arena[start], self.arena[start + 1]);
            self.watches[(!first).index()].push(Watch { clause: id, blocker: second });
            self.watches[(!second).index()].push(Watch { clause: id, blocker: first });
        }
        id
    }

    #[inline]
    fn literals(&self, clause: u32) -> &[Literal] {
        let Clause { start, length } = self.clauses[clause as usize];
        &self.arena[start as usize..start as usize + length as usize]
    }

    #[inline]
    fn value(&self, literal: Literal) -> Value {
        self.values[literal.index()]
    }

    /// Whether a choice can never be taken, whatever else is.
    pub(super) fn is_out(&self, choice: u32) -> bool {
        self.value(Literal::of(choice)) == Value::False && self.levels_of[choice as usize] == 0
    }

    /// All that was taken.
    pub(super) fn taken(&self) -> impl Iterator<Item = u32> + '_ {
        let choices = self.trail.iter().filter(|literal| literal.is_positive() && literal.variable() < self.choices);
        choices.map(|literal| literal.variable())
    }

    fn level(&self) -> u32 {
        self.levels.len() as u32
    }

    fn set(&mut self, literal: Literal, reason: Reason) {
        let variable = literal.variable() as usize;
        self.values[literal.index()] = Value::True;
        self.values[(!literal).index()] = Value::False;
        self.levels_of[variable] = self.level();
        self.reasons[variable] = reason;
        self.trail.push(literal);
    }

    fn open_level(&mut self) {
        self.levels.push(Level { trail: self.trail.len() as u32, needs: self.needs as u32 });
    }

    fn decide(&mut self, literal: Literal) {
        self.open_level();
        self.set(literal, Reason::Decision);
    }

    /// Takes back all decisions above a level.
    fn back_to(&mut self, level: u32) {
        let Some(first) = self.levels.get(level as usize).copied() else { return };
        for literal in self.trail.drain(first.trail as usize..) {
            self.values[literal.index()] = Value::Open;
            self.values[(!literal).index()] = Value::Open;
        }
        self.head = first.trail as usize;
        self.needs = first.needs as usize;
        self.levels.truncate(level as usize);
    }

    /// Takes back everything but what holds for good.
    pub(super) fn reset(&mut self) {
        self.back_to(0);
    }
}

/// Sorts implications and their opposites by the literal that they begin with.
fn spread(pairs: &[(Literal, Literal, u32)], literals: usize) -> (Vec<u32>, Vec<(Literal, u32)>) {
    let mut starts = vec![0_u32; literals + 1];
    for (from, to, _) in pairs {
        starts[from.index() + 1] += 1;
        starts[(!*to).index() + 1] += 1;
    }
    for at in 0..literals {
        starts[at + 1] += starts[at];
    }
    let mut next = starts.clone();
    let mut spread = vec![(Literal::of(0), 0); pairs.len() * 2];
    let mut put = |from: Literal, to: Literal, fact: u32| {
        let at = &mut next[from.index()];
        spread[*at as usize] = (to, fact);
        *at += 1;
    };
    for (from, to, fact) in pairs {
        put(*from, *to, *fact);
        put(!*to, !*from, *fact);
    }
    (starts, spread)
}
