//! A lock of what a solver came to.

use super::Lock;
use super::head::Head;
use super::package::Locked;
use super::present::{Present, native};
use crate::error::{Error, Kind, Result};
use crate::resolve::{DepKind, Goal, Plan, Universe};

impl Lock {
    /// The lock of a plan for `goals`.
    ///
    /// The architectures of the head, and what is to be removed, are told by the universe and the plan. What
    /// [`Origin::installed`](crate::resolve::Origin::installed) lists name is the base; it is no part of the lock.
    ///
    /// # Errors
    /// [`Kind::Unsatisfiable`] where the plan leaves relations unmet; [`Kind::NotFound`] where a package has no file;
    /// those of [`Lock::new`].
    ///
    /// ```
    /// use reposnap::Digest;
    /// use reposnap::resolve::{Builder, Candidates, Goal, Origin, classic, lockfile::{Head, Lock}};
    /// let sha256 = Digest::of(b"");
    /// let mut builder = Builder::new("amd64", &[])?;
    /// let index = format!("Package: a\nVersion: 1\nArchitecture: amd64\nDepends: b\nFilename: a_1_amd64.deb\nSHA256: {sha256}\n\n\
    ///     Package: b\nVersion: 2\nArchitecture: all\nFilename: b_2_all.deb\nSHA256: {sha256}\n");
    /// builder.index(Origin::default(), index.as_bytes())?;
    /// let universe = builder.finish()?;
    /// let goals = [Goal { package: universe.find_package("a", 1).unwrap(), version: None }];
    /// let plan = classic(&universe, &Candidates::new(&universe), &goals, false);
    /// let lock = Lock::of(&universe, &plan, &goals, Head::new(Digest::of(b"a snapshot"), ["a"]))?;
    /// assert_eq!(lock.packages()[1].reason.as_ref().unwrap().to_string(), "Depends b of a");
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn of(universe: &Universe, plan: &Plan, goals: &[Goal], mut head: Head) -> Result<Self> {
        if let Some((version, dep)) = plan.broken.first() {
            return Err(unmet(universe, *version, *dep));
        }
        head.architecture = native(universe).to_owned();
        head.foreign = universe.architectures().iter().skip(2).cloned().collect();
        head.remove = plan.remove.iter().map(|package| universe.show_package(*package)).collect();
        let mut present = Present::installed(universe);
        for package in &plan.remove {
            present.versions[*package as usize] = crate::resolve::universe::rows::NONE;
        }
        for version in &plan.install {
            present.versions[universe.package_of(*version) as usize] = *version;
        }
        let roots: Vec<u32> = goals.iter().map(|goal| goal.package).collect();
        let mut reasons = present.reasons(&roots, head.recommends);
        let mut packages = Vec::with_capacity(plan.install.len());
        for version in &plan.install {
            let package = universe.package_of(*version);
            let mut locked = locked(universe, *version)?;
            locked.automatic = !roots.contains(&package);
            locked.reason = reasons[package as usize].take();
            packages.push(locked);
        }
        Lock::new(head, packages)
    }
}

/// A version as a lock has it.
pub(super) fn locked(universe: &Universe, version: u32) -> Result<Locked> {
    let (Some(file), Some(sha256)) = (universe.file_of(version), universe.digest_of(version)) else {
        let message = "none of the lists names a file with a SHA-256 for it";
        return Err(Error::new(Kind::NotFound, message).path(universe.show(version)));
    };
    let name = universe.name_text(universe.package_name(universe.package_of(version)));
    let (text, architecture) = (universe.version_text(version), universe.architecture_text(version));
    let mut locked = Locked::new(name, text, architecture, universe.size_of(version), sha256, &file);
    let (source, source_version) = universe.source_of(version);
    (locked.source, locked.source_version) = (source.to_owned(), source_version.to_owned());
    let mut lists = universe.lists_of(version).iter().map(|list| &universe.lists()[*list as usize]);
    locked.from = lists.find(|list| !list.installed).and_then(|list| {
        let release = if list.codename.is_empty() { &list.suite } else { &list.codename };
        let parts = [release.trim(), list.component.trim()];
        let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        (!text.is_empty()).then_some(text)
    });
    Ok(locked)
}

/// The failure of a version whose relation does not hold.
pub(super) fn unmet(universe: &Universe, version: u32, dep: u32) -> Error {
    let (who, what) = (universe.show(version), universe.dep_text(dep));
    let message = match universe.dep_kind(dep) {
        DepKind::Conflicts | DepKind::Breaks => format!("{who} can't be together with {what}"),
        _ => format!("{who} needs {what}, which can't be had"),
    };
    Error::new(Kind::Unsatisfiable, message).field(universe.dep_kind(dep).as_str())
}
