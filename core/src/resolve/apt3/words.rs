//! Why there is no answer, in words.

use super::clause::Var;
use super::state::{Clash, Reason, State};
use crate::error::{Error, Kind};

/// How many relations are told of each side.
const MOST: usize = 6;

impl State<'_> {
    /// The relations that clash, and those that lead to them.
    pub(super) fn unsatisfiable(&self, clash: Clash) -> Error {
        let mut told = Vec::new();
        self.tell(clash.reason, &mut told);
        for var in self.stumbled_over(clash) {
            let first = told.len();
            if self.is_decided(var) {
                self.tell(self.reason_of(var), &mut told);
            } else {
                told.extend(self.lack(var));
            }
            if told.len() > first {
                break;
            }
        }
        if told.is_empty() {
            told.push(format!("{} has no version that may be taken", self.show(clash.var)));
        }
        told.dedup();
        Error::new(Kind::Unsatisfiable, format!("what is asked for can't be installed: {}", told.join("; ")))
            .help("ask for fewer packages at once, or for others")
    }

    /// What stands against a clash's reason: the alternatives, where none of them is left.
    fn stumbled_over(&self, clash: Clash) -> Vec<Var> {
        match clash.reason {
            Reason::Dep(owner, dep) if owner == clash.var => {
                let targets = self.universe.atoms_of(dep).iter().flat_map(|atom| self.universe.targets_of(*atom));
                targets.map(|target| self.first_version + target).collect()
            }
            _ => vec![clash.var],
        }
    }

    /// Appends a reason, and the reasons of what stands behind it.
    fn tell(&self, reason: Reason, told: &mut Vec<String>) {
        let mut reason = reason;
        for _ in 0..2 * MOST {
            let behind = match reason {
                Reason::Given | Reason::Tried | Reason::Failed => return,
                Reason::Version(var) => var,
                Reason::Dep(owner, dep) => {
                    let kind = self.universe.dep_kind(dep);
                    told.push(format!(
                        "{} {kind} {}",
                        self.show(owner),
                        self.universe.dep_text(dep),
                        kind = kind.as_str()
                    ));
                    owner
                }
            };
            if told.len() >= 2 * MOST {
                return;
            }
            reason = self.reason_of(behind);
        }
    }

    fn reason_of(&self, var: Var) -> Reason {
        self.trail.iter().find(|(decided, _)| *decided == var).map_or(Reason::Given, |(_, reason)| *reason)
    }

    /// What a package that can never be installed lacks.
    fn lack(&self, var: Var) -> Option<String> {
        let universe = self.universe;
        let package = self.package_of(var);
        let version = self.version_of(var).or_else(|| self.candidates.candidate(package))?;
        let lacking = universe.deps_of(version).iter().find(|dep| {
            let mut targets = universe.atoms_of(**dep).iter().flat_map(|atom| universe.targets_of(*atom));
            universe.dep_kind(**dep).is_hard() && targets.all(|target| self.facts.is_never(*target))
        })?;
        let kind = universe.dep_kind(*lacking).as_str();
        Some(format!("{} {kind} {}, which nothing gives", universe.show(version), universe.dep_text(*lacking)))
    }

    fn show(&self, var: Var) -> String {
        match self.version_of(var) {
            Some(version) => self.universe.show(version),
            None => self.universe.show_package(var),
        }
    }
}
