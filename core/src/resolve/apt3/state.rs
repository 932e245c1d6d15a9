//! What is decided so far, and what follows from it.

use std::collections::HashMap;

use super::super::policy::Candidates;
use super::super::universe::{DepKind, Universe};
use super::clause::{Clause, Sort, Var, is_common, is_refused, only_package};
use super::facts::Facts;
use super::heap::{Heap, Item};

/// The state of a variable.
const TRUE: u8 = 1;
const FALSE: u8 = 2;

/// Why something was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// Somebody asked for it, or it is how things are.
    Given,
    /// It was tried.
    Tried,
    /// Another try had failed.
    Failed,
    /// A version has its package, a package one version alone.
    Version(Var),
    /// A dependency of a package or a version.
    Dep(Var, u32),
}

/// Two decisions that can't both stand: a dependency, and what it stumbles over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clash {
    pub(super) reason: Reason,
    pub(super) var: Var,
}

/// What was tried: what there was before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Try {
    pub(super) trail: usize,
    pub(super) done: usize,
    pub(super) choice: Var,
}

pub(super) struct State<'a> {
    pub(super) universe: &'a Universe,
    pub(super) candidates: &'a Candidates,
    pub(super) facts: &'a Facts,
    pub(super) recommends: bool,
    /// The number of the first version among the variables.
    pub(super) first_version: u32,
    values: Vec<u8>,
    /// All that is decided, in its order, and why.
    pub(super) trail: Vec<(Var, Reason)>,
    /// How much of the trail has been followed up.
    head: usize,
    pub(super) tries: Vec<Try>,
    pub(super) heap: Heap,
    /// What was taken from the heap.
    pub(super) done: Vec<Item>,
    pub(super) clauses: Vec<Clause>,
    pub(super) literals: Vec<Var>,
    pub(super) runs: HashMap<Var, (u32, u32)>,
    /// The work that may still be done.
    pub(super) budget: u64,
}

impl<'a> State<'a> {
    pub(super) fn new(universe: &'a Universe, candidates: &'a Candidates, facts: &'a Facts, recommends: bool) -> Self {
        let first_version = universe.package_count();
        let count = first_version as usize + universe.version_count() as usize;
        Self {
            universe,
            candidates,
            facts,
            recommends,
            first_version,
            // Zeros that nobody looks at cost nothing.
            values: vec![0; count],
            trail: Vec::new(),
            head: 0,
            tries: Vec::new(),
            heap: Heap::default(),
            done: Vec::new(),
            clauses: Vec::new(),
            literals: Vec::new(),
            runs: HashMap::new(),
            budget: super::BUDGET,
        }
    }

    /// The version that a variable stands for.
    #[inline]
    pub(super) fn version_of(&self, var: Var) -> Option<u32> {
        var.checked_sub(self.first_version)
    }

    /// The package of a variable.
    #[inline]
    pub(super) fn package_of(&self, var: Var) -> u32 {
        self.version_of(var).map_or(var, |version| self.universe.package_of(version))
    }

    #[inline]
    pub(super) fn is_true(&self, var: Var) -> bool {
        self.values[var as usize] == TRUE
    }

    #[inline]
    pub(super) fn is_false(&self, var: Var) -> bool {
        self.values[var as usize] == FALSE
            || match self.version_of(var) {
                Some(version) => self.facts.is_never(version),
                None => self.facts.is_gone(var),
            }
    }

    /// Whether it was decided, and not known beforehand.
    pub(super) fn is_decided(&self, var: Var) -> bool {
        self.values[var as usize] != 0
    }

    pub(super) fn level(&self) -> u32 {
        self.tries.len() as u32
    }

    /// Decides that something is there.
    pub(super) fn take(&mut self, var: Var, reason: Reason) -> Result<(), Clash> {
        if self.is_true(var) {
            return Ok(());
        }
        if self.is_false(var) {
            return Err(Clash { reason, var });
        }
        self.values[var as usize] = TRUE;
        self.trail.push((var, reason));
        Ok(())
    }

    /// Decides that something is not there.
    pub(super) fn refuse(&mut self, var: Var, reason: Reason) -> Result<(), Clash> {
        if self.is_true(var) {
            return Err(Clash { reason, var });
        }
        if !self.is_false(var) {
            self.values[var as usize] = FALSE;
            self.trail.push((var, reason));
        }
        Ok(())
    }

    /// Takes back all that was decided behind `len`.
    pub(super) fn take_back(&mut self, len: usize) {
        for (var, _) in self.trail.drain(len..) {
            self.values[var as usize] = 0;
        }
        self.head = len;
    }

    /// Draws all conclusions, first come first served.
    pub(super) fn follow(&mut self) -> Result<(), Clash> {
        while let Some((var, _)) = self.trail.get(self.head).copied() {
            self.head += 1;
            match (self.is_true(var), self.version_of(var)) {
                (true, None) => self.took_package(var)?,
                (true, Some(version)) => self.took_version(version)?,
                (false, None) => self.refused_package(var)?,
                (false, Some(version)) => self.refused_version(version)?,
            }
        }
        Ok(())
    }

    fn took_package(&mut self, package: u32) -> Result<(), Clash> {
        self.follow_clauses(package)
    }

    fn took_version(&mut self, version: u32) -> Result<(), Clash> {
        let var = self.first_version + version;
        let package = self.universe.package_of(version);
        self.refuse_those_against(version)?;
        self.take(package, Reason::Version(var))?;
        for other in self.universe.versions_of(package).filter(|other| *other != version) {
            self.refuse(self.first_version + other, Reason::Version(var))?;
        }
        self.follow_clauses(var)
    }

    fn refused_package(&mut self, package: u32) -> Result<(), Clash> {
        for version in self.universe.versions_of(package) {
            self.refuse(self.first_version + version, Reason::Version(package))?;
        }
        Ok(())
    }

    fn refused_version(&mut self, version: u32) -> Result<(), Clash> {
        let universe = self.universe;
        let package = universe.package_of(version);
        let mut left = universe.versions_of(package).filter(|other| !self.is_false(self.first_version + other));
        let reason = Reason::Version(self.first_version + version);
        match (left.next(), left.next()) {
            (None, _) => self.refuse(package, reason)?,
            (Some(last), None) if self.is_true(package) => self.take(self.first_version + last, reason)?,
            _ => {}
        }
        // Those that need it.
        for atom in universe.atoms_answered_by(version) {
            for dep in universe.deps_with(*atom) {
                if universe.dep_kind(*dep).is_hard() {
                    self.recheck(*dep)?;
                }
            }
        }
        Ok(())
    }

    /// Looks at a dependency again, of whose alternatives one has gone.
    fn recheck(&mut self, dep: u32) -> Result<(), Clash> {
        let universe = self.universe;
        let mut last = None;
        for atom in universe.atoms_of(dep) {
            if let Some(package) = only_package(universe, *atom) {
                if !self.is_false(package) && last.replace(package).is_some() {
                    return Ok(());
                }
                continue;
            }
            for target in universe.targets_of(*atom) {
                let literal = self.first_version + target;
                if !self.is_false(literal) && last.replace(literal).is_some() {
                    return Ok(());
                }
            }
        }
        for version in universe.versions_with(dep) {
            let owner = self.owner(*version, dep);
            match last {
                None => self.refuse(owner, Reason::Dep(owner, dep))?,
                Some(literal) if self.is_true(owner) => self.take(literal, Reason::Dep(owner, dep))?,
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// What has a dependency of `version`: the package, where all of its versions have it.
    fn owner(&self, version: u32, dep: u32) -> Var {
        let package = self.universe.package_of(version);
        if is_common(self.universe, package, dep) { package } else { self.first_version + version }
    }

    /// Refuses what can't stand a version that is there.
    fn refuse_those_against(&mut self, version: u32) -> Result<(), Clash> {
        let universe = self.universe;
        let refused = universe.package_of(version);
        for atom in universe.atoms_answered_by(version) {
            for dep in universe.deps_with(*atom) {
                if !matches!(universe.dep_kind(*dep), DepKind::Conflicts | DepKind::Breaks) {
                    continue;
                }
                for other in universe.versions_with(*dep) {
                    if is_refused(universe, universe.package_of(*other), *dep, refused) {
                        let owner = self.owner(*other, *dep);
                        self.refuse(owner, Reason::Dep(owner, *dep))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn follow_clauses(&mut self, owner: Var) -> Result<(), Clash> {
        let (start, end) = self.clauses_of(owner);
        for number in start..end {
            self.follow_clause(number)?;
        }
        Ok(())
    }

    /// What one clause of something that is there comes to.
    fn follow_clause(&mut self, number: u32) -> Result<(), Clash> {
        let clause = self.clauses[number as usize];
        let reason = clause.reason();
        let run = clause.start as usize..clause.end as usize;
        self.budget = self.budget.saturating_sub(1 + run.len() as u64);
        if clause.sort == Sort::Excludes {
            for at in run {
                self.refuse(self.literals[at], reason)?;
            }
            return Ok(());
        }
        let mut last = None;
        let mut count = 0_usize;
        for literal in &self.literals[run] {
            if !self.is_false(*literal) {
                last = last.or(Some(*literal));
                count += 1;
            }
        }
        match (clause.sort, last) {
            (Sort::Needs, None) => return Err(Clash { reason, var: clause.owner }),
            (Sort::Needs, Some(literal)) if count == 1 => return self.take(literal, reason),
            (_, None) => return Ok(()),
            _ => {}
        }
        self.postpone(number, count);
        Ok(())
    }

    /// Puts a clause with so many ways to hold among what is to be decided.
    pub(super) fn postpone(&mut self, number: u32, ways: usize) {
        let rank = self.clauses[number as usize].group as u8 * 2 + u8::from(ways > 1);
        self.heap.push(Item { clause: number, level: self.level(), rank });
    }
}
