//! Which version of each package is the candidate, and what is installed (apt_preferences(5)).
//!
//! The rules are those that apt 2.6 shows, where they differ from its manual: of two general records about one list the
//! first counts, not the higher; and a priority of 1000 is enough to go back to an older version.

mod automatic;
mod glob;
mod names;
mod pattern;
mod pin;
mod posix;
mod preferences;
mod record;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

pub use automatic::Automatic;
pub use preferences::Preferences;

use super::apt3::Facts;
use super::universe::rows::NONE;
use super::universe::{Origin, Universe};
use crate::error::{Error, Kind, Result};
use pattern::Pattern;
use pin::{Pin, Release};
use posix::Fault;

/// From this priority on, an older version than the installed one may be taken.
const DOWNGRADES: i16 = 1000;

/// What a machine's owner says of versions.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The files of preferences, the first one first: `/etc/apt/preferences`, then those of `preferences.d`.
    pub preferences: Vec<Preferences>,
    /// `APT::Default-Release` (apt.conf(5)): a suite, a codename or a version, `/regex/`, or conditions as behind
    /// `Pin: release`. Lists that it matches have priority 990.
    pub default_release: Option<String>,
    /// What was installed because something else needed it.
    pub automatic: Automatic,
}

/// The candidate of each package, and its installed version.
///
/// ```
/// use reposnap::resolve::{Builder, Candidates, Origin, Policy, Preferences};
/// let mut builder = Builder::new("amd64", &[])?;
/// let suite = |name: &str| Origin { suite: name.to_owned(), ..Origin::default() };
/// builder.index(suite("stable"), b"Package: a\nVersion: 1\nArchitecture: amd64\n")?;
/// builder.index(suite("testing"), b"Package: a\nVersion: 2\nArchitecture: amd64\n")?;
/// let universe = builder.finish()?;
/// let package = universe.find_package("a", 1).unwrap();
/// let newest = Candidates::new(&universe).candidate(package).unwrap();
/// assert_eq!(universe.version_text(newest), "2");
///
/// let pins = b"Package: *\nPin: release a=stable\nPin-Priority: 900\n";
/// let policy = Policy { preferences: vec![Preferences::parse(pins, "pins")?], ..Policy::default() };
/// let candidates = Candidates::with(&universe, &policy)?;
/// let pinned = candidates.candidate(package).unwrap();
/// assert_eq!((universe.version_text(pinned), candidates.priority(pinned)), ("1", 900));
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Candidates {
    candidates: Vec<u32>,
    installed: Vec<u32>,
    priorities: Vec<i16>,
    /// The installed packages, in their order.
    all_installed: Vec<u32>,
    /// Those whose candidate is another version.
    upgradable: Vec<u32>,
    /// The installed packages that are held, in their order.
    held: Vec<u32>,
    /// The installed packages that came along with others, in their order.
    automatic: Vec<u32>,
    /// What the solver of apt 3 works out once.
    facts: OnceLock<Facts>,
}

/// The priority of a list that nothing pins.
fn priority_of(list: &Origin) -> i16 {
    match list {
        Origin { installed: true, .. } => 100,
        Origin { not_automatic: true, but_automatic_upgrades: true, .. } => 100,
        Origin { not_automatic: true, .. } => 1,
        _ => 500,
    }
}

impl Candidates {
    /// The candidates where nothing is pinned.
    pub fn new(universe: &Universe) -> Self {
        Self::choose(universe, &universe.lists().iter().map(priority_of).collect::<Vec<_>>(), &[])
    }

    /// The candidates under a policy.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where the default release is that of no list; [`Kind::Malformed`] where it can't be read.
    pub fn with(universe: &Universe, policy: &Policy) -> Result<Self> {
        let records = || policy.preferences.iter().flat_map(|preferences| &preferences.records);
        let mut lists = vec![0; universe.lists().len()];
        if let Some(text) = policy.default_release.as_deref().filter(|text| !text.is_empty()) {
            let release = default_release(universe, text)?;
            set_lists(&mut lists, universe, 990, |list| release.matches(list));
        }
        for record in records().filter(|record| record.names.is_none()) {
            set_lists(&mut lists, universe, record.priority, |list| record.pin.matches_list(list));
        }
        for (priority, list) in lists.iter_mut().zip(universe.lists()) {
            if *priority == 0 {
                *priority = priority_of(list);
            }
        }
        let mut pinned = Vec::new();
        for record in records() {
            let Some(names) = &record.names else { continue };
            pinned.resize(universe.version_count() as usize, 0);
            let matched: Vec<bool> = universe.lists().iter().map(|list| record.pin.matches_list(list)).collect();
            for names in names {
                names.each_version(universe, |version| {
                    let slot = &mut pinned[version as usize];
                    let matches = || match &record.pin {
                        Pin::Version(pattern) => pattern.matches(universe.version_text(version)),
                        _ => universe.lists_of(version).iter().any(|list| matched[*list as usize]),
                    };
                    if *slot == 0 && matches() {
                        *slot = record.priority;
                    }
                });
            }
        }
        let mut candidates = Self::choose(universe, &lists, &pinned);
        candidates.automatic = policy.automatic.packages(universe);
        let installed = &candidates.installed;
        candidates.automatic.retain(|package| installed[*package as usize] != NONE);
        Ok(candidates)
    }

    /// The candidates, given the priorities of the lists, and those of pinned versions, 0 for one that isn't.
    fn choose(universe: &Universe, lists: &[i16], pinned: &[i16]) -> Self {
        let status: Vec<bool> = universe.lists().iter().map(|list| list.installed).collect();
        let count = universe.package_count() as usize;
        let mut chosen = Self {
            candidates: vec![NONE; count],
            installed: vec![NONE; count],
            priorities: vec![0; universe.version_count() as usize],
            all_installed: Vec::new(),
            upgradable: Vec::new(),
            held: Vec::new(),
            automatic: Vec::new(),
            facts: OnceLock::new(),
        };
        for package in 0..count as u32 {
            let at = package as usize;
            let mut best = 0;
            for version in universe.versions_of(package) {
                let of_version = universe.lists_of(version);
                if chosen.installed[at] == NONE && of_version.iter().any(|list| status[*list as usize]) {
                    chosen.installed[at] = version;
                    if universe.is_held(version) {
                        chosen.held.push(package);
                    }
                }
                let of_lists = || of_version.iter().map(|list| lists[*list as usize]).max().unwrap_or_default();
                let pin = pinned.get(version as usize).copied().filter(|pin| *pin != 0);
                let priority = pin.unwrap_or_else(of_lists);
                chosen.priorities[version as usize] = priority;
                // The newest comes first and wins among equals; what is behind the installed one is older.
                let older = chosen.installed[at] != NONE && chosen.installed[at] != version;
                if priority > best && (!older || priority >= DOWNGRADES) {
                    best = priority;
                    chosen.candidates[at] = version;
                }
            }
        }
        chosen.list_installed();
        chosen
    }

    /// The candidates and the installed versions, as somebody else chose them: one for each package of a universe.
    pub(crate) fn of_parts(universe: &Universe, candidates: Vec<u32>, installed: Vec<u32>) -> Self {
        let mut chosen = Self {
            candidates,
            installed,
            priorities: vec![0; universe.version_count() as usize],
            all_installed: Vec::new(),
            upgradable: Vec::new(),
            held: Vec::new(),
            automatic: Vec::new(),
            facts: OnceLock::new(),
        };
        chosen.list_installed();
        chosen
    }

    fn list_installed(&mut self) {
        let packages = 0..self.installed.len() as u32;
        self.all_installed = packages.filter(|package| self.installed_number(*package) != NONE).collect();
        let is_upgradable = |package: &u32| {
            let candidate = self.candidate_number(*package);
            candidate != NONE && candidate != self.installed_number(*package)
        };
        self.upgradable = self.all_installed.iter().copied().filter(is_upgradable).collect();
    }

    /// The version of a package that apt would install or keep; none where all of them are forbidden.
    pub fn candidate(&self, package: u32) -> Option<u32> {
        self.candidates.get(package as usize).copied().filter(|version| *version != NONE)
    }

    /// The version of a package that is installed.
    pub fn installed(&self, package: u32) -> Option<u32> {
        self.installed.get(package as usize).copied().filter(|version| *version != NONE)
    }

    /// The priority of a version, as `apt-cache policy` shows it: from -32767 to 32767, below 0 for one that must not be
    /// installed, 0 for a number that is no version's.
    pub fn priority(&self, version: u32) -> i32 {
        self.priorities.get(version as usize).copied().map_or(0, i32::from)
    }

    /// Whether a package is held (`apt-mark hold`): it stays as it is, unless somebody asks for it by name.
    pub fn is_held(&self, package: u32) -> bool {
        self.held.binary_search(&package).is_ok()
    }

    /// Whether an installed package came along with another, and goes where nothing needs it any more.
    pub fn is_automatic(&self, package: u32) -> bool {
        self.automatic.binary_search(&package).is_ok()
    }

    /// The candidate of a package, or [`NONE`].
    #[inline]
    pub(crate) fn candidate_number(&self, package: u32) -> u32 {
        self.candidates[package as usize]
    }

    /// The installed version of a package, or [`NONE`].
    #[inline]
    pub(crate) fn installed_number(&self, package: u32) -> u32 {
        self.installed[package as usize]
    }

    /// What the solver of apt 3 knows beforehand; worked out when it is first asked for.
    pub(crate) fn facts(&self, universe: &Universe) -> &Facts {
        self.facts.get_or_init(|| Facts::new(universe, self, &[]))
    }

    /// The packages that are installed.
    pub(crate) fn all_installed(&self) -> &[u32] {
        &self.all_installed
    }

    /// The installed packages whose candidate is another version.
    pub(crate) fn upgradable(&self) -> &[u32] {
        &self.upgradable
    }
}

/// Gives a priority to the lists that have none yet.
fn set_lists(lists: &mut [i16], universe: &Universe, priority: i16, matches: impl Fn(&Origin) -> bool) {
    for (slot, list) in lists.iter_mut().zip(universe.lists()) {
        if *slot == 0 && matches(list) {
            *slot = priority;
        }
    }
}

/// The lists that are the default. apt refuses a word that is the name of none, and takes conditions as they are.
fn default_release(universe: &Universe, text: &str) -> Result<Release> {
    let bad = |fault: Fault| {
        let (Fault::Invalid(why) | Fault::Unsupported(why)) = fault;
        Error::new(Kind::Malformed, format!("the default release {text:?} can't be read: {why}"))
            .help("name a suite, a codename or a version")
    };
    let is_condition = text.as_bytes().get(1) == Some(&b'=') && text.len() > 2;
    if !is_condition {
        let pattern = Pattern::parse(text).map_err(bad)?;
        let named = |list: &Origin| {
            let suite = if list.installed { "now" } else { &list.suite };
            [suite, &list.codename, &list.version].into_iter().any(|name| pattern.matches_field(name))
        };
        if !universe.lists().iter().any(named) {
            let mut known: Vec<&str> = universe.lists().iter().map(|list| list.suite.as_str()).collect();
            known.retain(|name| !name.is_empty());
            known.sort_unstable();
            known.dedup();
            known.truncate(20);
            return Err(Error::new(Kind::NotFound, format!("no list is of the default release {text:?}"))
                .help(format!("name a suite, a codename or a version; the suites are {}", known.join(", "))));
        }
    }
    Release::parse(text).map_err(bad)
}
