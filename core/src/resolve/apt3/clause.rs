//! What a package or a version brings along when it is installed, as clauses over packages and versions.

use std::cmp::Ordering;

use super::super::policy::Candidates;
use super::super::universe::rows::{NATIVE, NONE, flag};
use super::super::universe::{DepKind, Universe};
use super::state::{Reason, State};

/// A thing that is installed or not: a package, or one of its versions. Packages come first.
pub(super) type Var = u32;

/// The owner of what holds for the whole machine.
pub(super) const ROOT: Var = u32::MAX;

/// What a clause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// One of its variables must be there.
    Needs,
    /// One should be there.
    Wants,
    /// None may be there.
    Excludes,
}

/// What is decided first, where there is a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// Dependencies, and recommendations that hold already.
    Needed,
    /// What is built from the same source is upgraded together.
    SameSource,
    /// Which version of a package.
    Version,
    /// New recommendations.
    Recommended,
    /// What somebody installed stays, that which could be upgraded first.
    ManualUpgradable,
    Manual,
    /// Suggestions that hold already.
    Suggested,
    /// What came along with something stays.
    AutomaticUpgradable,
    Automatic,
}

/// A clause of its owner.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clause {
    pub(super) owner: Var,
    /// The dependency that it comes from, or [`NONE`].
    pub(super) dep: u32,
    pub(super) sort: Sort,
    pub(super) group: Group,
    /// A run of the literals.
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Clause {
    /// Why what it demands is decided.
    pub(super) fn reason(&self) -> Reason {
        if self.dep == NONE { Reason::Version(self.owner) } else { Reason::Dep(self.owner, self.dep) }
    }
}

/// The dependencies of the newest version of a package.
fn newest_deps(universe: &Universe, package: u32) -> &[u32] {
    universe.versions_of(package).next().map_or(&[], |newest| universe.deps_of(newest))
}

/// Whether two dependencies of one kind ask for a single package each, and for the same.
fn are_of_one_package(universe: &Universe, a: u32, b: u32) -> bool {
    let kinds = [a, b].map(|dep| universe.dep_kind(dep));
    match (universe.atoms_of(a), universe.atoms_of(b)) {
        ([a], [b]) => {
            kinds[0] == kinds[1]
                && !kinds[0].is_negative()
                && universe.atom_name(*a) == universe.atom_name(*b)
                && universe.atom_is_any(*a) == universe.atom_is_any(*b)
        }
        _ => false,
    }
}

/// Whether a dependency that all versions have comes behind another one on the same package. Such a one counts for the
/// versions as well.
fn is_second(universe: &Universe, package: u32, dep: u32) -> bool {
    let before = newest_deps(universe, package).iter().take_while(|other| **other != dep);
    before.into_iter().any(|other| are_of_one_package(universe, *other, dep) && is_common(universe, package, *other))
}

/// Whether every version of a package has a dependency.
pub(super) fn is_common(universe: &Universe, package: u32, dep: u32) -> bool {
    let versions = universe.versions_of(package);
    versions.len() == 1 || versions.into_iter().all(|version| universe.deps_of(version).contains(&dep))
}

impl State<'_> {
    /// The clauses of a variable, made when they are first asked for.
    pub(super) fn clauses_of(&mut self, var: Var) -> (u32, u32) {
        if let Some(run) = self.runs.get(&var) {
            return *run;
        }
        let start = self.clauses.len() as u32;
        let universe = self.universe;
        match self.version_of(var) {
            None => {
                let first = self.literals.len();
                self.add_versions(var);
                self.add_clause(var, NONE, Sort::Needs, Group::Version, first);
                for dep in newest_deps(universe, var) {
                    if is_common(universe, var, *dep) {
                        self.add_dep(var, *dep, start);
                    }
                }
            }
            Some(version) => {
                let package = universe.package_of(version);
                self.add_same_source(var, version);
                for dep in universe.deps_of(version) {
                    if !is_common(universe, package, *dep) || is_second(universe, package, *dep) {
                        self.add_dep(var, *dep, start);
                    }
                }
            }
        }
        let run = (start, self.clauses.len() as u32);
        self.runs.insert(var, run);
        run
    }

    /// Appends the versions of a package, the installed one first.
    pub(super) fn add_versions(&mut self, package: u32) {
        let first = self.literals.len();
        let first_version = self.first_version;
        self.literals.extend(self.universe.versions_of(package).map(|version| first_version + version));
        let installed = self.candidates.installed_number(package);
        let at =
            self.literals[first..].iter().position(|literal| Some(*literal) == installed.checked_add(first_version));
        if let Some(at) = at {
            self.literals[first..=first + at].rotate_right(1);
        }
    }

    /// What is installed and built from the same source goes along with a new version.
    fn add_same_source(&mut self, var: Var, version: u32) {
        let package = self.universe.package_of(version);
        if self.candidates.installed_number(package) == version {
            return;
        }
        let facts = self.facts;
        let Some(others) = facts.upgrades.get(&self.universe.source_key(version)) else { return };
        for other in others.iter().filter(|other| **other != version) {
            let first = self.literals.len();
            self.literals.push(self.first_version + other);
            self.add_clause(var, NONE, Sort::Wants, Group::SameSource, first);
        }
    }

    pub(super) fn add_clause(&mut self, owner: Var, dep: u32, sort: Sort, group: Group, first: usize) {
        let (start, end) = (first as u32, self.literals.len() as u32);
        self.clauses.push(Clause { owner, dep, sort, group, start, end });
    }

    /// Adds the clause of a dependency of `owner`, whose clauses begin at `from`.
    fn add_dep(&mut self, owner: Var, dep: u32, from: u32) {
        let first = self.literals.len();
        let (sort, group) = match self.universe.dep_kind(dep) {
            DepKind::PreDepends | DepKind::Depends => (Sort::Needs, Group::Needed),
            DepKind::Conflicts | DepKind::Breaks => return self.add_exclusion(owner, dep),
            DepKind::Recommends if self.held_before(owner, dep) => (Sort::Wants, Group::Needed),
            DepKind::Recommends if self.recommends && !self.is_known(owner, dep) => (Sort::Wants, Group::Recommended),
            DepKind::Suggests if self.held_before(owner, dep) => (Sort::Wants, Group::Suggested),
            DepKind::Recommends | DepKind::Suggests => return,
        };
        self.add_literals(dep);
        if sort == Sort::Wants && group != Group::Recommended {
            let mut kept = self.literals.split_off(first);
            kept.retain(|literal| self.candidates.installed_number(self.package_of(*literal)) != NONE);
            self.literals.append(&mut kept);
        }
        // Several conditions on one package are one clause.
        if let Some(at) = self.same_package(owner, dep, from) {
            let old = self.clauses[at];
            let mut new = self.literals.split_off(first);
            let old = &self.literals[old.start as usize..old.end as usize];
            let within = |literal: Var, all: &[Var]| {
                all.contains(&literal) || (literal >= self.first_version && all.contains(&self.package_of(literal)))
            };
            let mut both: Vec<Var> = old.iter().copied().filter(|literal| within(*literal, &new)).collect();
            new.retain(|literal| within(*literal, old) && !both.contains(literal));
            both.append(&mut new);
            self.literals.append(&mut both);
            self.clauses[at].start = first as u32;
            self.clauses[at].end = self.literals.len() as u32;
            return;
        }
        self.add_clause(owner, dep, sort, group, first);
    }

    fn add_exclusion(&mut self, owner: Var, dep: u32) {
        let first = self.literals.len();
        let universe = self.universe;
        let own = self.package_of(owner);
        for atom in universe.atoms_of(dep) {
            let others = universe.targets_of(*atom).iter();
            let others = others.filter(|target| is_refused(universe, own, dep, universe.package_of(**target)));
            self.literals.extend(others.map(|target| self.first_version + target));
        }
        if self.literals.len() > first {
            self.add_clause(owner, dep, Sort::Excludes, Group::Needed, first);
        }
    }

    /// Whether a recommendation of an installed package holds as things are.
    fn held_before(&self, owner: Var, dep: u32) -> bool {
        let universe = self.universe;
        self.candidates.installed_number(self.package_of(owner)) != NONE
            && universe
                .atoms_of(dep)
                .iter()
                .flat_map(|atom| universe.targets_of(*atom))
                .any(|target| self.candidates.installed_number(universe.package_of(*target)) == *target)
    }

    /// Whether the installed version of the owner's package has the same recommendation.
    fn is_known(&self, owner: Var, dep: u32) -> bool {
        let installed = self.candidates.installed_number(self.package_of(owner));
        installed != NONE && self.universe.deps_of(installed).contains(&dep)
    }

    /// An earlier clause of the owner that asks for the same single package.
    fn same_package(&self, owner: Var, dep: u32, from: u32) -> Option<usize> {
        let same = |clause: &Clause| {
            clause.owner == owner && clause.dep != NONE && are_of_one_package(self.universe, clause.dep, dep)
        };
        self.clauses[from as usize..].iter().position(same).map(|at| at + from as usize)
    }

    /// Appends what a dependency can be met by, the preferred ones first.
    pub(super) fn add_literals(&mut self, dep: u32) {
        let universe = self.universe;
        let first = self.literals.len();
        for atom in universe.atoms_of(dep) {
            let targets = universe.targets_of(*atom);
            if let Some(package) = only_package(universe, *atom) {
                self.literals.push(package);
                continue;
            }
            if let [target] = targets {
                self.literals.push(self.first_version + target);
                continue;
            }
            let name = universe.atom_name(*atom);
            let mut sorted = targets.to_vec();
            sorted.sort_by(|a, b| compare(universe, self.candidates, *a, *b, name));
            self.literals.extend(sorted.iter().map(|target| self.first_version + target));
        }
        // What is installed comes first, whatever the order of the alternatives.
        if universe.atoms_of(dep).len() > 1 {
            let mut all = self.literals.split_off(first);
            all.sort_by_key(|literal| self.candidates.installed_number(self.package_of(*literal)) == NONE);
            self.literals.append(&mut all);
        }
    }
}

/// The order among versions that answer one alternative, which asks for `name`: the lesser is preferred.
pub(super) fn compare(universe: &Universe, candidates: &Candidates, a: u32, b: u32, name: u32) -> Ordering {
    let key = |version: u32| {
        let package = universe.package_of(version);
        let flags = universe.package_flags(package);
        let installed = candidates.installed_number(package);
        (
            installed == NONE || universe.version_flags(installed) & flag::SAME == 0,
            universe.package_name(package) != name,
            flags & flag::ESSENTIAL == 0,
            flags & flag::IMPORTANT == 0,
            universe.package_architecture(package) != NATIVE,
            universe.version_priority(version),
        )
    };
    let text = |version: u32| universe.name_text(universe.package_name(universe.package_of(version)));
    let newest = |version: u32| (candidates.installed_number(universe.package_of(version)) != version, version);
    key(a).cmp(&key(b)).then_with(|| text(a).cmp(text(b))).then_with(|| newest(a).cmp(&newest(b)))
}

/// The package that an alternative asks for, where any version of it will do and nothing provides it.
pub(super) fn only_package(universe: &Universe, atom: u32) -> Option<u32> {
    let targets = universe.targets_of(atom);
    let package = universe.package_of(*targets.first()?);
    let whole = !universe.atom_is_any(atom)
        && universe.package_name(package) == universe.atom_name(atom)
        && universe.providers_of(universe.atom_name(atom)).is_empty()
        && targets.len() == universe.versions_of(package).len()
        && targets.iter().all(|target| universe.package_of(*target) == package);
    whole.then_some(package)
}

/// Whether a conflict of a package is about another one: not about its own name, but for its siblings of other
/// architectures, where it is about these alone.
pub(super) fn is_refused(universe: &Universe, own: u32, dep: u32, other: u32) -> bool {
    let is_own = universe.package_name(own) == universe.package_name(other);
    own != other && is_own == universe.is_between_siblings(dep)
}
