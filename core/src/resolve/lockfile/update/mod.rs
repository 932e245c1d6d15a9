//! Moves some packages of a lock to what a newer snapshot has, and nothing that need not move.

mod goals;
mod moves;
mod needed;
mod solve;
mod still;
mod write;

pub use moves::moves;
use serde::Serialize;

use super::Lock;
use super::package::Reason;
use super::present::{Present, native, package_of, version_of};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::resolve::universe::rows::NONE;
use crate::resolve::{Builder, Candidates, Universe};

/// What to move, and where to.
///
/// A name is a source package's, or a binary package's, which stands for its source: a fix is one of a source package, so
/// all of its packages that are locked go to their candidates together. All others stay at the version that is locked,
/// which the newer snapshot need not have any more, unless a relation of what moves asks for another; then they go to
/// their candidate. What nothing asked for and nothing needs any more is let go. Nothing goes back to an older version,
/// and what packages only recommend is not brought.
///
/// The base of the lock, if it has one, is what the universes have in a list that is
/// [`installed`](crate::resolve::Origin::installed); none of it is moved either but where a relation asks for it.
///
/// ```
/// use reposnap::Digest;
/// use reposnap::resolve::lockfile::{Head, Lock, Update};
/// use reposnap::resolve::{Builder, Candidates, Goal, Origin, Universe, classic};
/// let universe = |versions: [u32; 3]| -> reposnap::Result<Universe> {
///     let mut builder = Builder::new("amd64", &[])?;
///     for (name, version) in ["openssl", "libssl3", "git"].into_iter().zip(versions) {
///         let sha256 = Digest::of(format!("{name} {version}").as_bytes());
///         let depends = if name == "openssl" { format!("libssl3 (>= {version})") } else { "libssl3".into() };
///         let depends = if name == "libssl3" { String::new() } else { format!("Depends: {depends}\n") };
///         let index = format!("Package: {name}\nVersion: {version}\nArchitecture: amd64\n{depends}\
///             Filename: {name}.deb\nSHA256: {sha256}\n");
///         builder.index(Origin::default(), index.as_bytes())?;
///     }
///     builder.finish()
/// };
/// let (old, new) = (universe([1, 1, 1])?, universe([2, 2, 2])?);
/// let names = ["openssl", "git"];
/// let goals = names.map(|name| Goal { package: old.find_package(name, 1).unwrap(), version: None });
/// let plan = classic(&old, &Candidates::new(&old), &goals, false);
/// let lock = Lock::of(&old, &plan, &goals, Head::new(Digest::of(b"old"), names))?;
///
/// let update = Update {
///     lock: &lock, old: &[&old], new: &new, candidates: &Candidates::new(&new),
///     snapshot: Digest::of(b"new"), only: &["openssl".into()],
/// };
/// let updated = update.run()?;
/// let moved: Vec<String> = updated.moves.iter().map(ToString::to_string).collect();
/// assert_eq!(moved, [
///     "libssl3 1 -> 2: Depends libssl3 (>= 2) of openssl",
///     "openssl 1 -> 2: asked for",
/// ]);
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Update<'a> {
    /// The lock.
    pub lock: &'a Lock,
    /// The universes of the snapshots that it is of ([`Lock::snapshots`]).
    pub old: &'a [&'a Universe],
    /// The universe of the newer snapshot.
    pub new: &'a Universe,
    /// The candidates of the newer one, by the pins of the lock's head.
    pub candidates: &'a Candidates,
    /// The newer snapshot.
    pub snapshot: Digest,
    /// Names of source or binary packages.
    pub only: &'a [String],
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Updated {
    /// The lock as it is now.
    pub lock: Lock,
    /// What moved, by name and architecture.
    pub moves: Vec<Move>,
}

/// A package that is another one now, came, or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Move {
    /// Its name, in the words of apt.
    pub name: String,
    /// The version that it had; none where it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The version that it has; none where it went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Why.
    #[serde(flatten)]
    pub why: Why,
}

/// Why a package moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Why {
    /// It is a package of what was to be updated.
    Asked,
    /// A relation would not hold with what was locked.
    Relation(Reason),
    /// The same package for another architecture, which must have the same version (`Multi-Arch: same`).
    Sibling {
        /// That package, in the words of apt.
        of: String,
    },
    /// Nothing needs it any more.
    Unneeded,
    /// Everything was chosen anew.
    Anew,
}

impl std::fmt::Display for Move {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let version = |version: &Option<String>| version.clone().unwrap_or_else(|| "none".to_owned());
        write!(f, "{} {} -> {}: ", self.name, version(&self.before), version(&self.after))?;
        match &self.why {
            Why::Asked => f.write_str("asked for"),
            Why::Relation(reason) => write!(f, "{reason}"),
            Why::Sibling { of } => write!(f, "the version of {of}"),
            Why::Unneeded => f.write_str("nothing needs it any more"),
            Why::Anew => f.write_str("chosen anew"),
        }
    }
}

impl Update<'_> {
    /// Solves it.
    ///
    /// # Errors
    /// [`Kind::NotFound`] for a name that the lock does not have, and for a locked package that none of the universes has;
    /// [`Kind::Usage`] where the universes are not for the lock's machine, or a package that would move was asked for in
    /// the version that is locked; [`Kind::Unsatisfiable`] where the fix can't be had with all that was asked for.
    pub fn run(&self) -> Result<Updated> {
        let universe = self.merged()?;
        let before = self.locked_in(&universe)?;
        let goals = self.goals(&universe, &before)?;
        let after = solve::solve(self, &universe, &before, &goals)?;
        let (mut after, mut moves) = still::hold(&before, after, &goals);
        self.let_go(&before, &mut after, &mut moves);
        self.write(&before, &after, moves)
    }

    /// The newer universe, and of the older ones what is locked or installed.
    fn merged(&self) -> Result<Universe> {
        let head = self.lock.head();
        let foreign: Vec<&str> = head.foreign.iter().map(String::as_str).collect();
        for universe in self.old.iter().chain([&self.new]) {
            if native(universe) != head.architecture {
                let message = format!("the lock is for {}, the universe for {}", head.architecture, native(universe));
                return Err(Error::new(Kind::Usage, message));
            }
        }
        let mut builder = Builder::new(&head.architecture, &foreign)?;
        builder.universe(self.new, |_| true)?;
        for old in self.old {
            let mut kept = vec![false; old.version_count() as usize];
            let locked = self.lock.packages().iter().filter_map(|package| version_of(old, package, &head.architecture));
            locked.for_each(|version| kept[version as usize] = true);
            let base = Present::installed(old);
            base.packages().for_each(|package| kept[base.versions[package as usize] as usize] = true);
            builder.universe(old, |version| kept[version as usize])?;
        }
        builder.finish()
    }

    /// All that is there before: the base, and what is locked over it.
    fn locked_in<'u>(&self, universe: &'u Universe) -> Result<Before<'u>> {
        let native = &self.lock.head().architecture;
        let mut present = Present::installed(universe);
        let base = present.versions.clone();
        for name in &self.lock.head().remove {
            let (name, architecture) = name.split_once(':').unwrap_or((name, native));
            let architecture = universe.architectures().iter().position(|known| known == architecture);
            if let Some(package) = architecture.and_then(|at| universe.find_package(name, at as u32)) {
                present.versions[package as usize] = NONE;
            }
        }
        let mut locked = vec![None; universe.package_count() as usize];
        for (at, package) in self.lock.packages().iter().enumerate() {
            let id = package_of(universe, package, native);
            let (Some(id), Some(version)) = (id, version_of(universe, package, native)) else {
                let snapshot = package.snapshot.unwrap_or(self.lock.head().snapshot);
                let message = format!("what is locked is in none of the universes: it is of the snapshot {snapshot}");
                return Err(Error::new(Kind::NotFound, message).path(format!("{} {}", package.name, package.version)));
            };
            present.versions[id as usize] = version;
            locked[id as usize] = Some(at);
        }
        Ok(Before { present, base, locked })
    }

    /// Lets go what was there for others alone, who are not there any more.
    fn let_go(&self, before: &Before<'_>, after: &mut Present<'_>, moves: &mut Vec<(u32, Why)>) {
        let is_root = |package: u32| {
            let locked = before.locked[package as usize];
            before.base[package as usize] != NONE || locked.is_some_and(|at| !self.lock.packages()[at].automatic)
        };
        let needed_before = needed::needed(&before.present, is_root);
        // What nothing needed before either is not what this update is about.
        let is_root = |package: u32| {
            is_root(package) || before.present.versions[package as usize] != NONE && !needed_before[package as usize]
        };
        let needed_now = needed::needed(after, is_root);
        let gone: Vec<u32> = after.packages().filter(|package| !needed_now[*package as usize]).collect();
        for package in gone {
            after.versions[package as usize] = NONE;
            moves.retain(|(moved, _)| *moved != package);
            if before.present.versions[package as usize] != NONE {
                moves.push((package, Why::Unneeded));
            }
        }
    }
}

/// What is there before.
struct Before<'u> {
    present: Present<'u>,
    /// By package, the version in the base.
    base: Vec<u32>,
    /// By package, where it stands in the lock.
    locked: Vec<Option<usize>>,
}

#[cfg(test)]
mod tests;
