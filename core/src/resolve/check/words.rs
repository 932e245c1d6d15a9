//! Explanations as an operator reads them, and as a document.

use serde::Serialize;

use super::encode::sort;
use super::why::{Explanation, Fact};
use crate::resolve::{DepKind, Universe};

/// How many versions are named before the rest is counted.
const MAX_NAMED: usize = 4;

/// One fact of an explanation, by names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactDocument {
    /// `missing`: nothing is what the relation asks for; `needs`; `conflicts`; or `single`: one version at a time.
    pub kind: &'static str,
    /// The package that has the relation, with its architecture where that is a foreign one; empty for `single`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// Its version; empty for `single`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The field: `Depends`, `Conflicts` and so on; empty for `single`.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub field: &'static str,
    /// The relation as it is written; empty for `single`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub relation: String,
    /// The packages that would do, that are refused, or of which one alone can be there, each with its version.
    pub packages: Vec<String>,
}

impl Explanation {
    /// The explanation in words, without a full stop.
    ///
    /// ```
    /// use reposnap::resolve::{Builder, Origin, check};
    /// let mut builder = Builder::new("amd64", &[])?;
    /// builder.index(Origin::default(), b"Package: a\nVersion: 1.0\nArchitecture: all\nDepends: b (>= 2)\n")?;
    /// let report = check::all(&builder.finish()?, &check::Options::default())?;
    /// assert_eq!(report.uninstallable.len(), 1);
    /// # let mut builder = Builder::new("amd64", &[])?;
    /// # builder.index(Origin::default(), b"Package: a\nVersion: 1.0\nArchitecture: all\nDepends: b (>= 2)\n")?;
    /// # let universe = builder.finish()?;
    /// let why = report.uninstallable[0].why.as_ref().unwrap();
    /// assert_eq!(why.words(&universe), "a 1.0 depends on b (>= 2), and nothing provides it");
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn words(&self, universe: &Universe) -> String {
        if self.facts.is_empty() {
            let wanted: Vec<String> = self.wanted.iter().map(|version| universe.show(*version)).collect();
            return format!("{} can't be installed", wanted.join(" and "));
        }
        words_of(universe, &self.facts)
    }

    /// The facts by names.
    pub fn documents(&self, universe: &Universe) -> Vec<FactDocument> {
        self.facts.iter().map(|fact| fact.document(universe)).collect()
    }
}

impl Fact {
    /// The fact by names.
    pub fn document(&self, universe: &Universe) -> FactDocument {
        let show = |versions: &[u32]| versions.iter().map(|version| universe.show(*version)).collect();
        let (kind, owner, packages) = match self {
            Fact::Needs { version, dep, answers } => {
                (if answers.is_empty() { "missing" } else { "needs" }, Some((*version, *dep)), show(answers))
            }
            Fact::Refuses { version, dep, others } => ("conflicts", Some((*version, *dep)), show(others)),
            Fact::Single { versions } => ("single", None, show(versions)),
        };
        FactDocument {
            kind,
            package: owner.map_or_else(String::new, |(version, _)| universe.show_package(universe.package_of(version))),
            version: owner.map_or_else(String::new, |(version, _)| universe.version_text(version).to_owned()),
            field: owner.map_or("", |(_, dep)| universe.dep_kind(dep).as_str()),
            relation: owner.map_or_else(String::new, |(_, dep)| universe.dep_text(dep)),
            packages,
        }
    }
}

/// Facts in words, those that belong together in one clause.
pub(super) fn words_of(universe: &Universe, facts: &[Fact]) -> String {
    let mut clauses: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(fact) = facts.get(at) {
        at += 1;
        match fact {
            Fact::Needs { version, dep, answers } => {
                let mut relations = universe.dep_text(*dep) + &provided(universe, *dep, answers);
                let mut is_missing = answers.is_empty();
                let mut missing = *dep;
                // All that it needs, and what is missing last.
                while let Some(Fact::Needs { version: same, dep: next, answers }) = facts.get(at)
                    && same == version
                    && !is_missing
                    && verb(universe.dep_kind(*next)) == verb(universe.dep_kind(*dep))
                {
                    at += 1;
                    relations += " and ";
                    relations += &universe.dep_text(*next);
                    relations += &provided(universe, *next, answers);
                    (is_missing, missing) = (answers.is_empty(), *next);
                }
                let end = if is_missing { format!(", {}", nothing(universe, missing)) } else { String::new() };
                clauses.push(format!("{} {} {relations}{end}", universe.show(*version), verb(universe.dep_kind(*dep))));
            }
            Fact::Refuses { version, dep, others } => clauses.push(format!(
                "{} {} {}",
                universe.show(*version),
                verb(universe.dep_kind(*dep)),
                refused(universe, *dep, others)
            )),
            Fact::Single { versions } => {
                clauses.push(format!("only one of {} can be installed", list(universe, versions, "and")));
            }
        }
    }
    clauses.join("; ")
}

const fn verb(kind: DepKind) -> &'static str {
    match kind {
        DepKind::PreDepends => "pre-depends on",
        DepKind::Depends => "depends on",
        DepKind::Conflicts => "conflicts with",
        DepKind::Breaks => "breaks",
        DepKind::Recommends => "recommends",
        DepKind::Suggests => "suggests",
    }
}

/// That nothing is what a relation asks for: `and nothing provides it`, or what there is of the name.
pub(super) fn nothing(universe: &Universe, dep: u32) -> String {
    let mut there = Vec::new();
    for atom in universe.atoms_of(dep) {
        let packages = universe.packages_of(universe.atom_name(*atom)).iter();
        there.extend(packages.flat_map(|package| universe.versions_of(*package)));
    }
    sort(universe, &mut there);
    if there.is_empty() {
        return "and nothing provides it".to_owned();
    }
    if universe.atoms_of(dep).iter().any(|atom| universe.atom_is_any(*atom)) {
        return format!("and {} is not for any architecture", list(universe, &there, "and"));
    }
    format!("and there is only {}", list(universe, &there, "and"))
}

/// Which packages provide what is needed, where a relation does not name them itself.
fn provided(universe: &Universe, dep: u32, answers: &[u32]) -> String {
    if answers.is_empty() || answers.iter().any(|answer| names(universe, dep, *answer)) {
        return String::new();
    }
    match answers {
        [one] => format!(" (which only {} provides)", universe.show(*one)),
        many => format!(" (which {} provide)", list(universe, many, "and")),
    }
}

fn refused(universe: &Universe, dep: u32, others: &[u32]) -> String {
    if others.iter().all(|other| names(universe, dep, *other)) {
        return list(universe, others, "and");
    }
    let verb = if others.len() == 1 { "provides" } else { "provide" };
    format!("{}, which {} {verb}", universe.dep_text(dep), list(universe, others, "and"))
}

/// Whether a relation has the name of a version's package.
fn names(universe: &Universe, dep: u32, version: u32) -> bool {
    let name = universe.package_name(universe.package_of(version));
    universe.atoms_of(dep).iter().any(|atom| universe.atom_name(*atom) == name)
}

fn list(universe: &Universe, versions: &[u32], and: &str) -> String {
    let shown: Vec<String> = versions.iter().take(MAX_NAMED).map(|version| universe.show(*version)).collect();
    match (versions.len(), shown.split_last()) {
        (count, _) if count > MAX_NAMED => format!("{} {and} {} others", shown.join(", "), count - MAX_NAMED),
        (_, Some((last, []))) => last.clone(),
        (_, Some((last, rest))) => format!("{} {and} {last}", rest.join(", ")),
        (_, None) => String::new(),
    }
}
