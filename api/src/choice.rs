//! What the operations that choose versions have in common: the snapshots, the machine, and the say of its owner.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::operation::ParameterType;
use super::session::Session;
use reposnap::digest::Digest;
use reposnap::error::{Error, Kind, Result};
use reposnap::resolve::check::{self, Together};
use reposnap::resolve::{
    Architectures, Builder, Candidates, DepKind, Goal, Origin, Plan, Policy, Preferences, Universe, apt3, builder_of,
    classic, closure, universe,
};
use reposnap::snapshot::Snapshot;

/// The most bytes of a status file: 256 MiB.
const MAX_STATUS: u64 = 256 << 20;

/// The most bytes of a file of preferences: 1 MiB.
const MAX_PINS: u64 = 1 << 20;

/// How a choice is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Solver {
    /// As apt 2.6 and 3.0 choose.
    #[default]
    AptClassic,
    /// As apt 3.1 and later choose.
    #[serde(rename = "apt-3")]
    Apt3,
    /// All that could be chosen.
    Closure,
}

impl Solver {
    /// All of them.
    pub const ALL: [Solver; 3] = [Solver::AptClassic, Solver::Apt3, Solver::Closure];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Solver::AptClassic => "apt-classic",
            Solver::Apt3 => "apt-3",
            Solver::Closure => "closure",
        }
    }
}

impl ParameterType for Solver {
    const KIND: &'static str = "word: apt-classic, apt-3, closure";
}

/// Declares a request that chooses versions: to its own parameters come those of [`Choice`].
macro_rules! choice_request {
    (
        $(#[doc = $summary:literal])+
        $name:literal -> $result:literal;
        pub struct $Request:ident {
            required { $($required:tt)* }
            optional { $($optional:tt)* }
        }
    ) => {
        $crate::operation::request! {
            $(#[doc = $summary])+
            $name(Store) -> $result;
            pub struct $Request {
                required { $($required)* }
                optional {
                    $($optional)*
                    /// The machine's architecture; the snapshot's, or this machine's, by default.
                    architecture: Option<String>,
                    /// Architectures that the machine takes packages of besides.
                    foreign: Vec<String>,
                    /// What is installed already: a status file of dpkg. Nothing by default.
                    status: Option<std::path::PathBuf>,
                    /// Files of preferences (apt_preferences(5)), the first one first.
                    pins: Vec<String>,
                    /// The release whose packages are preferred (`APT::Default-Release`).
                    default_release: Option<String>,
                }
            }
        }

        impl $Request {
            fn choice(&self) -> $crate::choice::Choice<'_> {
                $crate::choice::Choice {
                    also: &[],
                    architecture: self.architecture.as_deref(),
                    foreign: &self.foreign,
                    status: self.status.as_deref(),
                    pins: &self.pins,
                    default_release: self.default_release.as_deref(),
                    extra: None,
                }
            }
        }
    };
}
pub(super) use choice_request;

/// What is chosen from, and for whom.
#[derive(Clone, Copy, Default)]
pub(super) struct Choice<'a> {
    pub(super) also: &'a [String],
    pub(super) architecture: Option<&'a str>,
    pub(super) foreign: &'a [String],
    pub(super) status: Option<&'a Path>,
    pub(super) pins: &'a [String],
    pub(super) default_release: Option<&'a str>,
    /// Stanzas of packages that none of the snapshots has.
    pub(super) extra: Option<&'a str>,
}

/// A [`Choice`], read.
pub(super) struct Chosen {
    /// The snapshots, the one that was asked about first.
    pub(super) snapshots: Vec<Snapshot>,
    pub(super) universe: Universe,
    pub(super) candidates: Candidates,
    /// All preferences as one text.
    pub(super) pins: String,
    /// The digest of the status file.
    pub(super) base: Option<Digest>,
}

impl Choice<'_> {
    /// Reads the snapshots and the machine's files.
    pub(super) async fn open(self, session: &Session, rev: &str) -> Result<Chosen> {
        self.of(session.snapshots(rev, self.also).await?).await
    }

    /// The same of snapshots that are open.
    pub(super) async fn of(self, snapshots: Vec<Snapshot>) -> Result<Chosen> {
        let texts = self.pins.iter().map(|path| Ok((path.as_str(), read(Path::new(path), MAX_PINS)?)));
        let texts: Vec<(&str, Vec<u8>)> = texts.collect::<Result<_>>()?;
        let mut policy = Policy { default_release: self.default_release.map(str::to_owned), ..Policy::default() };
        let mut pins = String::new();
        for (path, text) in &texts {
            policy.preferences.push(Preferences::parse(text, path)?);
            if !pins.is_empty() {
                pins.push_str("\n\n");
            }
            pins.push_str(String::from_utf8_lossy(text).trim_end());
        }
        self.under(snapshots, policy, pins).await
    }

    /// The same under preferences that are read, `pins` being their text.
    pub(super) async fn under(self, snapshots: Vec<Snapshot>, policy: Policy, pins: String) -> Result<Chosen> {
        let first = snapshots.first().ok_or_else(|| Error::new(Kind::Usage, "no snapshot is named"))?;
        let architectures = Architectures::of(first, self.architecture, self.foreign)?;
        let status = self.status.map(|path| Ok((path, read(path, MAX_STATUS)?))).transpose()?;
        let base = status.as_ref().map(|(_, text)| Digest::of(text));
        let mut universe = match (snapshots.as_slice(), status) {
            ([only], None) => universe(only, &architectures).await?,
            (_, status) => {
                let mut builder = builder_of(&snapshots, &architectures).await?;
                if let Some((path, text)) = status {
                    builder.status(&text).map_err(|error| error.path(path.display().to_string()))?;
                }
                builder.finish()?
            }
        };
        if let Some(stanzas) = self.extra {
            let foreign: Vec<&str> = architectures.foreign.iter().map(String::as_str).collect();
            let mut builder = Builder::new(&architectures.native, &foreign)?;
            builder.universe(&universe, |_| true)?;
            builder.index(Origin::default(), stanzas.as_bytes())?;
            universe = builder.finish()?;
        }
        let candidates = Candidates::with(&universe, &policy)?;
        Ok(Chosen { snapshots, universe, candidates, pins, base })
    }
}

impl Chosen {
    /// The snapshot that was asked about.
    pub(super) fn snapshot(&self) -> Digest {
        self.snapshots[0].id()
    }

    /// The other snapshots.
    pub(super) fn also(&self) -> Vec<Digest> {
        self.snapshots[1..].iter().map(Snapshot::id).collect()
    }

    /// What a solver makes of goals.
    ///
    /// # Errors
    /// [`Kind::Unsatisfiable`] where they can't be had together.
    pub(super) fn plan(&self, goals: &[Goal], solver: Solver, recommends: bool) -> Result<Plan> {
        self.have_candidates(goals)?;
        match solver {
            Solver::AptClassic => {
                let plan = classic(&self.universe, &self.candidates, goals, recommends);
                if plan.gave_up {
                    return Err(Error::new(Kind::Limit, "the search took too many steps")
                        .help("ask for fewer packages at once, or for certain versions"));
                }
                self.held_together(goals, &plan)?;
                Ok(plan)
            }
            Solver::Apt3 => match apt3(&self.universe, &self.candidates, goals, recommends) {
                Err(error) if error.kind() == Kind::Unsatisfiable => Err(self.apart(goals)?.unwrap_or(error)),
                planned => planned,
            },
            Solver::Closure => {
                let install = closure(&self.universe, &self.candidates, goals, recommends);
                Ok(Plan { install, ..Plan::default() })
            }
        }
    }

    /// Refuses goals of which preferences leave nothing.
    fn have_candidates(&self, goals: &[Goal]) -> Result<()> {
        let lacks = |goal: &&Goal| goal.version.is_none() && self.candidates.candidate(goal.package).is_none();
        let Some(goal) = goals.iter().find(lacks) else { return Ok(()) };
        let name = self.universe.show_package(goal.package);
        Err(Error::new(Kind::Unsatisfiable, format!("{name} has no candidate"))
            .help("preferences give each of its versions a priority below 0; name a version to have it all the same"))
    }

    /// Refuses a plan in which something does not hold: with the smallest set of relations that can't hold together, where
    /// there is one, else with what the solver got stuck at.
    fn held_together(&self, goals: &[Goal], plan: &Plan) -> Result<()> {
        let universe = &self.universe;
        let Some((version, dep)) = plan.broken.first() else { return Ok(()) };
        if let Some(error) = self.apart(goals)? {
            return Err(error);
        }
        let mut told: BTreeMap<String, String> = BTreeMap::new();
        for (version, dep) in &plan.broken {
            told.entry(universe.show(*version)).or_insert_with(|| sentence(universe, *version, *dep));
        }
        let error = self.impossible(goals, &sentence(universe, *version, *dep));
        let others: Vec<String> = told.into_values().skip(1).take(4).collect();
        Err(if others.is_empty() { error } else { error.help(format!("further, {}", others.join("; "))) })
    }

    /// The smallest set of relations that keeps goals from being there together, where there is one.
    fn apart(&self, goals: &[Goal]) -> Result<Option<Error>> {
        let wanted: Vec<u32> =
            goals.iter().filter_map(|goal| goal.version.or_else(|| self.candidates.candidate(goal.package))).collect();
        match check::together(&self.universe, &wanted, &check::Options::default())? {
            Together::No(why) => Ok(Some(self.impossible(goals, &why.words(&self.universe)))),
            _ => Ok(None),
        }
    }

    fn impossible(&self, goals: &[Goal], why: &str) -> Error {
        let asked: Vec<String> = goals.iter().map(|goal| self.universe.show_package(goal.package)).collect();
        Error::new(Kind::Unsatisfiable, format!("{} can't be installed: {why}", asked.join(", ")))
    }
}

/// A relation that does not hold, in words.
fn sentence(universe: &Universe, version: u32, dep: u32) -> String {
    let relation = universe.dep_text(dep);
    let who = universe.show(version);
    match universe.dep_kind(dep) {
        DepKind::Conflicts => format!("{who} conflicts with {relation}"),
        DepKind::Breaks => format!("{who} breaks {relation}"),
        _ => {
            let there = universe.atoms_of(dep).iter().any(|atom| !universe.targets_of(*atom).is_empty());
            let what = if there { "which can't be installed with the rest" } else { "which there is not" };
            format!("{who} depends on {relation}, {what}")
        }
    }
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>> {
    let at = path.display().to_string();
    let size = std::fs::metadata(path).map_err(|error| Error::io(&at, error))?.len();
    if size > most {
        return Err(Error::new(Kind::Limit, format!("the file has more than {most} bytes")).path(at));
    }
    std::fs::read(path).map_err(|error| Error::io(&at, error))
}
