//! Takes packages over from another universe, without their text.

use super::{Atom, Builder, Dep, EMPTY, Provided, Text, Version};
use crate::error::Result;
use crate::resolve::universe::Universe;
use crate::resolve::universe::rows::{ALL, ANY, AtomRow, EVERY, NONE, ProvidesRow, VersionRow};
use crate::resolve::universe::tables::Table;

/// The number of an architecture that this builder does not have: nothing of it will ever be there.
const UNKNOWN: u32 = NONE - 2;

impl Builder {
    /// Takes over the lists of `other`, and those of its versions for which `keep` holds.
    ///
    /// What is here already, by version and SHA-256, is not taken twice. Where one of the two has no file the version alone
    /// counts, and where neither has one, version and relations. Packages are numbered as they were: of equal providers apt takes the one that was mentioned first. Indexes
    /// that are read afterwards do not find again what came this way, so they come first.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit).
    ///
    /// ```
    /// use reposnap::resolve::{Builder, Origin};
    /// let mut old = Builder::new("amd64", &[])?;
    /// old.index(Origin::default(), b"Package: a\nVersion: 1\nArchitecture: amd64\nDepends: b (>= 2)\n")?;
    /// let mut new = Builder::new("amd64", &[])?;
    /// new.index(Origin::default(), b"Package: a\nVersion: 2\nArchitecture: amd64\n")?;
    /// new.universe(&old.finish()?, |_| true)?;
    /// let both = new.finish()?;
    /// let a = both.find_package("a", 1).unwrap();
    /// assert_eq!(both.versions_of(a).map(|id| both.version_text(id)).collect::<Vec<_>>(), ["2", "1"]);
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn universe(&mut self, other: &Universe, keep: impl Fn(u32) -> bool) -> Result<()> {
        let architectures = other.architectures().iter();
        let architectures: Vec<u32> = architectures
            .map(|name| self.architectures.iter().position(|known| known == name).map_or(UNKNOWN, |at| at as u32))
            .collect();
        let first_list = self.lists.len() as u32;
        self.lists.extend_from_slice(other.lists());
        let mut copier = Copier {
            names: (0..other.name_count()).map(|_| NONE).collect(),
            deps: vec![NONE; other.tables.table(Table::Deps).len()],
            other,
            architectures,
            builder: self,
        };
        for package in 0..other.package_count() {
            let home = copier.architecture(other.package_architecture(package));
            if home == UNKNOWN {
                continue;
            }
            let name = copier.name(other.package_name(package));
            let id = copier.builder.package(name, home);
            for version in other.versions_of(package).filter(|version| keep(*version)) {
                copier.version(version, id, first_list)?;
            }
        }
        Ok(())
    }

    /// Whether two runs of dependencies say the same.
    fn same_deps(&self, one: (u32, u32), two: (u32, u32)) -> bool {
        let run = |(start, count): (u32, u32)| {
            let run = &self.version_deps[start as usize..(start + count) as usize];
            run.iter().map(|dep| {
                let dep = &self.deps[*dep as usize];
                (dep.kind, &self.dep_atoms[dep.atoms.0 as usize..(dep.atoms.0 + dep.atoms.1) as usize])
            })
        };
        run(one).eq(run(two))
    }
}

struct Copier<'a> {
    other: &'a Universe,
    builder: &'a mut Builder,
    /// What the other's numbers are here.
    architectures: Vec<u32>,
    names: Vec<u32>,
    deps: Vec<u32>,
}

impl Copier<'_> {
    fn architecture(&self, theirs: u32) -> u32 {
        match theirs {
            ANY | EVERY => theirs,
            _ => self.architectures.get(theirs as usize).copied().unwrap_or(UNKNOWN),
        }
    }

    fn text(&mut self, row: &[u32], at: usize) -> Text {
        if row[at + 1] == 0 { EMPTY } else { self.builder.text(self.other.text(row, at).as_bytes()) }
    }

    fn name(&mut self, theirs: u32) -> u32 {
        if self.names[theirs as usize] == NONE {
            self.names[theirs as usize] = self.builder.name(self.other.name_text(theirs).as_bytes());
        }
        self.names[theirs as usize]
    }

    fn version(&mut self, theirs: u32, package: u32, first_list: u32) -> Result<()> {
        let other = self.other;
        let lists: Vec<u32> = other.lists_of(theirs).iter().map(|list| first_list + list).collect();
        let digest = other.digest_of(theirs);
        let start = self.builder.version_deps.len() as u32;
        for dep in other.deps_of(theirs) {
            let dep = self.dep(*dep);
            self.builder.version_deps.push(dep);
        }
        let deps = (start, self.builder.version_deps.len() as u32 - start);
        let row = other.version(theirs);
        let architecture = self.architecture(row[VersionRow::ARCHITECTURE]);
        let known = self.builder.packages[package as usize].versions.iter().copied().find(|known| {
            let known = &self.builder.versions[*known as usize];
            self.builder.bytes(known.text) == other.version_text(theirs).as_bytes()
                && match (known.digest, digest) {
                    (Some(one), Some(two)) => one == two,
                    (None, None) => known.architecture == architecture && self.builder.same_deps(known.deps, deps),
                    _ => true,
                }
        });
        if let Some(known) = known {
            self.builder.version_deps.truncate(start as usize);
            let file = (self.text(row, VersionRow::DIRECTORY), self.text(row, VersionRow::FILE));
            let known = &mut self.builder.versions[known as usize];
            known.lists.extend(lists);
            if known.digest.is_none() {
                (known.directory, known.file, known.digest, known.size) =
                    (file.0, file.1, digest, other.size_of(theirs));
            }
            return Ok(());
        }
        super::room_for_another(self.builder.versions.len())?;
        let provides = self.provides(row);
        let version = Version {
            package,
            architecture,
            text: self.text(row, VersionRow::TEXT),
            flags: row[VersionRow::FLAGS],
            priority: row[VersionRow::PRIORITY],
            source: self.text(row, VersionRow::SOURCE),
            source_version: self.text(row, VersionRow::SOURCE_VERSION),
            size: other.size_of(theirs),
            installed: row[VersionRow::INSTALLED],
            directory: self.text(row, VersionRow::DIRECTORY),
            file: self.text(row, VersionRow::FILE),
            digest,
            deps,
            provides,
            lists,
            fingerprint: 0,
        };
        let id = self.builder.versions.len() as u32;
        self.builder.versions.push(version);
        self.builder.packages[package as usize].versions.push(id);
        Ok(())
    }

    fn dep(&mut self, theirs: u32) -> u32 {
        if self.deps[theirs as usize] != NONE {
            return self.deps[theirs as usize];
        }
        let start = self.builder.dep_atoms.len() as u32;
        for atom in self.other.atoms_of(theirs) {
            let row = self.other.tables.row::<{ AtomRow::WIDTH }>(Table::Atoms, *atom);
            let name = self.name(row[AtomRow::NAME]);
            let architecture = self.architecture(row[AtomRow::ARCHITECTURE]);
            if architecture != ANY && architecture != EVERY && architecture != UNKNOWN && architecture != ALL {
                self.builder.package(name, architecture);
            }
            let text = self.text(row, AtomRow::TEXT);
            let atom = Atom { name, architecture, op: crate::resolve::universe::op_of(row[AtomRow::OP]), text };
            let next = self.builder.atoms.len() as u32;
            let id = *self.builder.atoms_by_value.entry(atom).or_insert(next);
            if id == next {
                self.builder.atoms.push(atom);
            }
            self.builder.dep_atoms.push(id);
        }
        let count = self.builder.dep_atoms.len() as u32 - start;
        let id = self.builder.deps.len() as u32;
        self.builder.deps.push(Dep { kind: self.other.dep_kind(theirs), atoms: (start, count) });
        self.deps[theirs as usize] = id;
        id
    }

    fn provides(&mut self, row: &[u32]) -> (u32, u32) {
        let start = self.builder.provides.len() as u32;
        let (first, count) = (row[VersionRow::PROVIDES], row[VersionRow::PROVIDES + 1]);
        for at in first..first + count {
            let row = self.other.tables.row::<{ ProvidesRow::WIDTH }>(Table::Provides, at);
            let architecture = self.architecture(row[ProvidesRow::ARCHITECTURE]);
            if architecture == UNKNOWN {
                continue;
            }
            let name = self.name(row[ProvidesRow::NAME]);
            self.builder.package(name, architecture);
            let text = self.text(row, ProvidesRow::TEXT);
            self.builder.provides.push(Provided { name, architecture, text });
        }
        (start, self.builder.provides.len() as u32 - start)
    }
}
