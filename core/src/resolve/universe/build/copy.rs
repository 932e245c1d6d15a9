//! Takes packages over from another universe, without their text.

use super::{Atom, Builder, Dep, EMPTY, Fingerprint, Provided, Text, Version};
use crate::error::Result;
use crate::resolve::universe::Universe;
use crate::resolve::universe::rows::{ALL, ANY, EVERY, NONE, UNKNOWN};

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
            deps: vec![NONE; other.dep_count() as usize],
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

    /// The directory and the name of a version's file.
    fn file(&mut self, theirs: u32) -> (Text, Text) {
        let (directory, file) = self.other.file_written(theirs);
        (self.builder.text(directory.as_bytes()), self.builder.text(file.as_bytes()))
    }

    fn name(&mut self, theirs: u32) -> u32 {
        if self.names[theirs as usize] == NONE {
            self.names[theirs as usize] = self.builder.name(self.other.name_text(theirs).as_bytes());
        }
        self.names[theirs as usize]
    }

    fn version(&mut self, theirs: u32, package: u32, first_list: u32) -> Result<()> {
        let other = self.other;
        let lists = other.lists_of(theirs).iter().map(|list| first_list + list);
        let digest = other.digest_of(theirs);
        let start = self.builder.version_deps.len() as u32;
        for dep in other.deps_of(theirs).iter().filter(|dep| !other.is_between_siblings(**dep)) {
            let dep = self.dep(*dep);
            self.builder.version_deps.push(dep);
        }
        let deps = (start, self.builder.version_deps.len() as u32 - start);
        let architecture = self.architecture(other.version_architecture(theirs));
        let known = self.builder.versions_of(package).find(|known| {
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
            let file = self.file(theirs);
            let set = self.builder.versions[known as usize].set;
            let set = lists.fold(set, |set, list| self.builder.larger_set(set, list));
            let known = &mut self.builder.versions[known as usize];
            known.set = set;
            if known.digest.is_none() {
                (known.directory, known.file, known.digest, known.size) =
                    (file.0, file.1, digest, other.size_of(theirs));
            }
            return Ok(());
        }
        self.builder.room_for_another()?;
        let provides = self.provides(theirs);
        let (source, source_version) = other.source_written(theirs);
        let (directory, file) = self.file(theirs);
        let version = Version {
            package,
            architecture,
            text: self.builder.text(other.version_text(theirs).as_bytes()),
            flags: other.version_flags(theirs),
            priority: other.version_priority(theirs),
            source: self.builder.text(source.as_bytes()),
            source_version: self.builder.text(source_version.as_bytes()),
            size: other.size_of(theirs),
            installed: other.installed_size_of(theirs) as u32,
            directory,
            file,
            digest,
            deps,
            provides,
            set: lists.fold(0, |set, list| self.builder.larger_set(set, list)),
            next: NONE,
            fingerprint: Fingerprint::default(),
        };
        self.builder.add(version);
        Ok(())
    }

    fn dep(&mut self, theirs: u32) -> u32 {
        if self.deps[theirs as usize] != NONE {
            return self.deps[theirs as usize];
        }
        let start = self.builder.dep_atoms.len() as u32;
        for atom in self.other.atoms_of(theirs) {
            let name = self.name(self.other.atom_name(*atom));
            let architecture = self.architecture(self.other.atom_architecture(*atom));
            if architecture != ANY && architecture != EVERY && architecture != UNKNOWN && architecture != ALL {
                self.builder.package(name, architecture);
            }
            let version = self.other.atom_version(*atom);
            let text = version.map_or(EMPTY, |(_, text)| self.builder.text(text.as_bytes()));
            let atom = Atom { name, architecture, op: version.map(|(op, _)| op), text };
            let id = self.builder.atom(atom);
            self.builder.dep_atoms.push(id);
        }
        let count = self.builder.dep_atoms.len() as u32 - start;
        let id = self.builder.deps.len() as u32;
        let kind = self.other.dep_kind(theirs);
        self.builder.deps.push(Dep { kind, atoms: (start, count), between_siblings: false });
        self.deps[theirs as usize] = id;
        id
    }

    fn provides(&mut self, theirs: u32) -> (u32, u32) {
        let start = self.builder.provides.len() as u32;
        for at in self.other.provided_by(theirs) {
            let (name, architecture, text) = self.other.provided(at);
            let architecture = self.architecture(architecture);
            if architecture == UNKNOWN {
                continue;
            }
            let name = self.name(name);
            self.builder.package(name, architecture);
            let text = self.builder.text(text.as_bytes());
            self.builder.provides.push(Provided { name, architecture, text });
        }
        (start, self.builder.provides.len() as u32 - start)
    }
}
