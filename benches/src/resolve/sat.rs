//! The same universe for the crate resolvo: its solver chooses versions of packages.
//!
//! A package is a name of resolvo's, so that there is one version of each. What an alternative asks for becomes a set of
//! versions for each package that answers it, a dependency the union of these. A conflict becomes the set of those versions
//! that it does not mean. Everything is made beforehand, so that a request's time is the solver's.

use std::collections::HashMap;
use std::fmt::Display;

use reposnap::resolve::Universe;
use resolvo::{
    Candidates, Condition, ConditionId, Dependencies, DependencyProvider, HintDependenciesAvailable, Interner,
    KnownDependencies, NameId, Problem, Requirement, SolvableId, Solver, SolverCache, StringId, VersionSetId,
    VersionSetUnionId,
};

/// A universe as resolvo asks for it.
pub(super) struct Feed<'a> {
    universe: &'a Universe,
    /// The package and the versions of each set.
    sets: Vec<(u32, Vec<u32>)>,
    unions: Vec<Vec<VersionSetId>>,
    /// What each version asks for; `None` where nothing meets one of its dependencies.
    asks: Vec<Option<KnownDependencies>>,
}

impl<'a> Feed<'a> {
    pub(super) fn new(universe: &'a Universe) -> Self {
        let asks = Vec::with_capacity(universe.version_count() as usize);
        let mut feed = Self { universe, sets: Vec::new(), unions: Vec::new(), asks };
        let mut numbers = HashMap::new();
        for version in 0..universe.version_count() {
            let asked = feed.asks_of(version, &mut numbers);
            feed.asks.push(asked);
        }
        feed
    }

    fn asks_of(
        &mut self,
        version: u32,
        numbers: &mut HashMap<(u32, Vec<u32>), VersionSetId>,
    ) -> Option<KnownDependencies> {
        let universe = self.universe;
        let name = universe.package_name(universe.package_of(version));
        let mut asked = KnownDependencies::default();
        for dep in universe.deps_of(version) {
            let kind = universe.dep_kind(*dep);
            if !kind.is_hard() && !kind.is_negative() {
                continue;
            }
            // By package, in the order in which they are preferred.
            let mut by_package: Vec<(u32, Vec<u32>)> = Vec::new();
            for target in universe.atoms_of(*dep).iter().flat_map(|atom| universe.targets_of(*atom)) {
                let package = universe.package_of(*target);
                match by_package.iter_mut().find(|(known, _)| *known == package) {
                    Some((_, versions)) => versions.push(*target),
                    None => by_package.push((package, vec![*target])),
                }
            }
            if kind.is_negative() {
                for (package, versions) in by_package {
                    if universe.package_name(package) != name {
                        let others = universe.versions_of(package).filter(|other| !versions.contains(other)).collect();
                        asked.constrains.push(self.set(package, others, numbers));
                    }
                }
                continue;
            }
            let sets: Vec<VersionSetId> =
                by_package.into_iter().map(|(package, versions)| self.set(package, versions, numbers)).collect();
            match sets[..] {
                [] => return None,
                [only] => asked.requirements.push(Requirement::Single(only).into()),
                _ => {
                    let union = VersionSetUnionId(self.unions.len() as u32);
                    self.unions.push(sets);
                    asked.requirements.push(Requirement::Union(union).into());
                }
            }
        }
        Some(asked)
    }

    fn set(
        &mut self,
        package: u32,
        versions: Vec<u32>,
        numbers: &mut HashMap<(u32, Vec<u32>), VersionSetId>,
    ) -> VersionSetId {
        let next = VersionSetId(self.sets.len() as u32);
        let number = *numbers.entry((package, versions.clone())).or_insert(next);
        if number == next {
            self.sets.push((package, versions));
        }
        number
    }

    /// How many versions are chosen for a package; nothing where there is no choice.
    pub(super) fn solve(&self, package: u32) -> Option<usize> {
        let any = self.sets.len() as u32;
        let mut solver = Solver::new(Question { feed: self, package });
        let problem = Problem::new().requirements(vec![Requirement::Single(VersionSetId(any)).into()]);
        solver.solve(problem).ok().map(|chosen| chosen.len())
    }
}

/// A request: all versions of one package are the set behind the last one.
struct Question<'a> {
    feed: &'a Feed<'a>,
    package: u32,
}

impl Question<'_> {
    fn package_of(&self, set: VersionSetId) -> u32 {
        self.feed.sets.get(set.0 as usize).map_or(self.package, |(package, _)| *package)
    }
}

impl Interner for Question<'_> {
    type NameId = NameId;
    type SolvableId = SolvableId;

    fn display_solvable(&self, solvable: SolvableId) -> impl Display + '_ {
        self.feed.universe.show(solvable.into_raw())
    }

    fn display_name(&self, name: NameId) -> impl Display + '_ {
        self.feed.universe.show_package(name.into_raw())
    }

    fn display_version_set(&self, set: VersionSetId) -> impl Display + '_ {
        set.0
    }

    fn display_string(&self, _: StringId) -> impl Display + '_ {
        "nothing meets a dependency of it"
    }

    fn version_set_name(&self, set: VersionSetId) -> NameId {
        NameId::from_raw(self.package_of(set))
    }

    fn solvable_name(&self, solvable: SolvableId) -> NameId {
        NameId::from_raw(self.feed.universe.package_of(solvable.into_raw()))
    }

    fn version_sets_in_union(&self, union: VersionSetUnionId) -> impl Iterator<Item = VersionSetId> {
        self.feed.unions[union.0 as usize].iter().copied()
    }

    fn resolve_condition(&self, _: ConditionId) -> Condition {
        unreachable!("no requirement has a condition")
    }
}

impl DependencyProvider for Question<'_> {
    async fn filter_candidates(&self, candidates: &[SolvableId], set: VersionSetId, inverse: bool) -> Vec<SolvableId> {
        let versions = self.feed.sets.get(set.0 as usize).map(|(_, versions)| versions);
        let is_in = |candidate: &SolvableId| versions.is_none_or(|versions| versions.contains(&candidate.into_raw()));
        candidates.iter().copied().filter(|candidate| is_in(candidate) != inverse).collect()
    }

    async fn get_candidates(&self, name: NameId) -> Option<Candidates> {
        Some(Candidates {
            candidates: self.feed.universe.versions_of(name.into_raw()).map(SolvableId::from_raw).collect(),
            hint_dependencies_available: HintDependenciesAvailable::All,
            ..Candidates::default()
        })
    }

    async fn sort_candidates(&self, _: &SolverCache<Self>, solvables: &mut [SolvableId]) {
        // A package's newest version has the lowest number.
        solvables.sort_unstable();
    }

    async fn get_dependencies(&self, solvable: SolvableId) -> Dependencies {
        match &self.feed.asks[solvable.into_raw() as usize] {
            Some(asked) => Dependencies::Known(asked.clone()),
            None => Dependencies::Unknown(StringId(0)),
        }
    }
}
