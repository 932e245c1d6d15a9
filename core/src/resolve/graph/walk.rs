//! One step from a version: what its relations lead to, and whose relations lead to it.

use super::super::policy::Candidates;
use super::super::universe::rows::NONE;
use super::super::universe::{DepKind, Universe};
use super::options::{Kinds, Options};

/// Where a graph begins, and where a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Root {
    /// A package.
    Package(u32),
    /// A name that packages provide and none has.
    Name(u32),
}

/// A relation that leads from one version to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Who has it.
    pub(super) from: u32,
    /// The relation.
    pub(super) dep: u32,
    /// Which of its alternatives, from 0.
    pub(super) place: u32,
    /// What answers.
    pub(super) to: u32,
}

/// What is walked on.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a> {
    pub(super) universe: &'a Universe,
    pub(super) candidates: &'a Candidates,
    pub(super) options: &'a Options,
}

impl<'a> Walk<'a> {
    /// Whether a version is one of those that count.
    pub(super) fn counts(&self, version: u32) -> bool {
        self.options.all_versions || self.candidates.candidate_number(self.universe.package_of(version)) == version
    }

    /// The versions of a package that count.
    pub(super) fn versions_of(&self, package: u32) -> Vec<u32> {
        if self.options.all_versions {
            return self.universe.versions_of(package).collect();
        }
        Some(self.candidates.candidate_number(package)).filter(|version| *version != NONE).into_iter().collect()
    }

    /// The versions that a root stands for.
    pub(super) fn versions_at(&self, root: Root) -> Vec<u32> {
        match root {
            Root::Package(package) => self.versions_of(package),
            Root::Name(name) => {
                self.universe.providers_of(name).iter().copied().filter(|version| self.counts(*version)).collect()
            }
        }
    }

    /// The versions that answer an alternative and count, the preferred ones first.
    pub(super) fn answers(&self, atom: u32) -> impl Iterator<Item = u32> + use<'a> {
        let (walk, name) = (*self, self.universe.atom_name(atom));
        let targets = self.universe.targets_of(atom).iter().copied();
        targets.filter(move |target| walk.counts(*target) && (walk.options.providers || walk.name_of(*target) == name))
    }

    pub(super) fn name_of(&self, version: u32) -> u32 {
        self.universe.package_name(self.universe.package_of(version))
    }

    /// Whether a relation of `from` can lead to `to`: no package needs itself, and none conflicts with its own name in
    /// any architecture (policy 7.4).
    pub(super) fn is_other(&self, kind: DepKind, from: u32, to: u32) -> bool {
        if kind.is_negative() {
            return self.name_of(from) != self.name_of(to);
        }
        self.universe.package_of(from) != self.universe.package_of(to)
    }

    /// The steps from a version by relations of these kinds, in the order of its fields.
    pub(super) fn forward(&self, from: u32, kinds: Kinds, each: &mut dyn FnMut(Step)) {
        for dep in self.universe.deps_of(from) {
            let kind = self.universe.dep_kind(*dep);
            if !kinds.has(kind) {
                continue;
            }
            for (place, atom) in self.universe.atoms_of(*dep).iter().enumerate() {
                for to in self.answers(*atom).filter(|to| self.is_other(kind, from, *to)) {
                    each(Step { from, dep: *dep, place: place as u32, to });
                }
            }
        }
    }

    /// The steps to a version by relations of these kinds; `name` keeps to those that ask for that name.
    pub(super) fn backward(&self, to: u32, name: Option<u32>, kinds: Kinds, each: &mut dyn FnMut(Step)) {
        let own = self.name_of(to);
        for atom in self.universe.atoms_answered_by(to) {
            let asked = self.universe.atom_name(*atom);
            if name.is_some_and(|name| name != asked) || (!self.options.providers && asked != own) {
                continue;
            }
            for dep in self.universe.deps_with(*atom) {
                let kind = self.universe.dep_kind(*dep);
                if !kinds.has(kind) {
                    continue;
                }
                let place = self.universe.atoms_of(*dep).iter().position(|other| other == atom).unwrap_or(0) as u32;
                for from in self.universe.versions_with(*dep) {
                    if self.counts(*from) && self.is_other(kind, *from, to) {
                        each(Step { from: *from, dep: *dep, place, to });
                    }
                }
            }
        }
    }

    /// The alternative that a step takes.
    pub(super) fn atom_of(&self, step: &Step) -> u32 {
        self.universe.atoms_of(step.dep)[step.place as usize]
    }

    /// Whether a step goes to a package by its own name.
    pub(super) fn is_named(&self, step: &Step) -> bool {
        self.universe.atom_name(self.atom_of(step)) == self.name_of(step.to)
    }
}
