//! What a builder read, in its last order: versions by package and newest first, and who is what anybody asks for.

use super::Universe;
use super::build::{Atom, Builder, Text};
use super::rows::{ANY, EVERY, NATIVE, NONE, flag};
use super::tables::{Table, TableWriter};
use crate::deb::version::{compare, satisfies};
use crate::error::{Error, Kind, Result};

pub(super) fn finish(mut builder: Builder) -> Result<Universe> {
    let order = order_versions(&builder);
    let mut place = vec![NONE; builder.versions.len()];
    for (at, id) in order.iter().enumerate() {
        place[*id as usize] = at as u32;
    }
    let mut writer = TableWriter::new();
    write_versions(&mut builder, &order, &mut writer);
    let packages = write_packages(&builder, &mut writer);
    let names = write_names(&builder, &place, &packages, &mut writer);
    write_atoms(&builder, &place, &packages, &names, &mut writer);
    write_reverse(&builder, &order, &mut writer);
    for architecture in builder.architectures.clone() {
        let text = builder.text(architecture.as_bytes());
        writer.table(Table::Architectures).extend([text.0, text.1]);
    }
    for list in std::mem::take(&mut builder.lists) {
        let json = serde_json::to_vec(&list)
            .map_err(|error| Error::new(Kind::Internal, "a list can't be written").source(error))?;
        let text = builder.text(&json);
        writer.table(Table::Lists).extend([text.0, text.1]);
    }
    Universe::from_bytes(writer.finish(&builder.heap)?.into())
}

/// Versions package by package, each package's newest first; of equal versions, the one that was read first.
fn order_versions(builder: &Builder) -> Vec<u32> {
    let mut order = Vec::with_capacity(builder.versions.len());
    for package in &builder.packages {
        let start = order.len();
        order.extend_from_slice(&package.versions);
        if package.versions.len() > 1 {
            let text = |id: u32| builder.bytes(builder.versions[id as usize].text);
            order[start..].sort_by(|a, b| compare(text(*b), text(*a)));
        }
    }
    order
}

fn write_versions(builder: &mut Builder, order: &[u32], writer: &mut TableWriter) {
    for id in order {
        let version = builder.versions[*id as usize].clone();
        let lists = writer.table(Table::VersionLists);
        let lists_run = (lists.len() as u32, version.lists.len() as u32);
        lists.extend_from_slice(&version.lists);
        let digest = version.digest.map_or([0; 32], |digest| *digest.as_bytes());
        let words = digest.chunks_exact(4).map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]]));
        writer.table(Table::Digests).extend(words);
        writer.table(Table::Versions).extend([
            version.package,
            version.architecture,
            version.text.0,
            version.text.1,
            version.flags,
            version.priority,
            version.source.0,
            version.source.1,
            version.source_version.0,
            version.source_version.1,
            version.size as u32,
            (version.size >> 32) as u32,
            version.installed,
            version.directory.0,
            version.directory.1,
            version.file.0,
            version.file.1,
            version.deps.0,
            version.deps.1,
            version.provides.0,
            version.provides.1,
            lists_run.0,
            lists_run.1,
        ]);
    }
    writer.table(Table::VersionDeps).append(&mut builder.version_deps);
    for provided in &builder.provides {
        writer.table(Table::Provides).extend([provided.name, provided.architecture, provided.text.0, provided.text.1]);
    }
}

/// A package in the universe: the run of its versions, and the flags of any of them.
struct Placed {
    first: u32,
    count: u32,
    flags: u32,
}

fn write_packages(builder: &Builder, writer: &mut TableWriter) -> Vec<Placed> {
    let mut next = 0;
    let mut placed = Vec::with_capacity(builder.packages.len());
    for package in &builder.packages {
        let count = package.versions.len() as u32;
        let all = package.versions.iter().fold(0, |flags, id| flags | builder.versions[*id as usize].flags);
        let flags = all & (flag::ESSENTIAL | flag::IMPORTANT);
        writer.table(Table::Packages).extend([package.name, package.architecture, next, count, flags]);
        placed.push(Placed { first: next, count, flags });
        next += count;
    }
    placed
}

/// The packages and the providers of each name.
struct Named {
    packages: Vec<Vec<u32>>,
    providers: Vec<Vec<u32>>,
}

fn write_names(builder: &Builder, place: &[u32], packages: &[Placed], writer: &mut TableWriter) -> Named {
    let mut named =
        Named { packages: vec![Vec::new(); builder.names.len()], providers: vec![Vec::new(); builder.names.len()] };
    for (id, package) in builder.packages.iter().enumerate() {
        named.packages[package.name as usize].push(id as u32);
        debug_assert_eq!(packages[id].count as usize, package.versions.len());
    }
    for (id, version) in builder.versions.iter().enumerate() {
        let run = version.provides.0 as usize..(version.provides.0 + version.provides.1) as usize;
        for provided in &builder.provides[run] {
            let providers = &mut named.providers[provided.name as usize];
            if providers.last() != Some(&place[id]) {
                providers.push(place[id]);
            }
        }
    }
    for (id, text) in builder.names.iter().enumerate() {
        let (packages, providers) = (&named.packages[id], &named.providers[id]);
        let packages_at = writer.table(Table::NamePackages).len() as u32;
        writer.table(Table::NamePackages).extend_from_slice(packages);
        let providers_at = writer.table(Table::Providers).len() as u32;
        writer.table(Table::Providers).extend_from_slice(providers);
        writer.table(Table::Names).extend([
            text.0,
            text.1,
            packages_at,
            packages.len() as u32,
            providers_at,
            providers.len() as u32,
        ]);
    }
    let mut sorted: Vec<u32> = (0..builder.names.len() as u32).collect();
    sorted.sort_unstable_by_key(|id| builder.bytes(builder.names[*id as usize]));
    *writer.table(Table::Sorted) = sorted;
    named
}

/// Finds the versions that are what an atom asks for.
struct Finder<'a> {
    builder: &'a Builder,
    /// Where each version that was read stands.
    order: Vec<u32>,
    packages: &'a [Placed],
    named: &'a Named,
}

impl Finder<'_> {
    fn version(&self, placed: u32) -> &super::build::Version {
        &self.builder.versions[self.order[placed as usize] as usize]
    }

    fn bytes(&self, text: Text) -> &[u8] {
        self.builder.bytes(text)
    }

    /// Whether a package of this architecture and these flags may answer an atom.
    fn fits(&self, atom: &Atom, architecture: u32, flags: u32) -> bool {
        match atom.architecture {
            EVERY => true,
            ANY => flags & flag::ALLOWED != 0,
            wanted => wanted == architecture || flags & flag::FOREIGN != 0,
        }
    }

    fn targets(&self, atom: &Atom, found: &mut Vec<u32>) {
        for package in &self.named.packages[atom.name as usize] {
            let architecture = self.builder.packages[*package as usize].architecture;
            let placed = &self.packages[*package as usize];
            for id in placed.first..placed.first + placed.count {
                let version = self.version(id);
                let accepts = atom.op.is_none_or(|op| satisfies(op, self.bytes(version.text), self.bytes(atom.text)));
                if accepts && self.fits(atom, architecture, version.flags) {
                    found.push(id);
                }
            }
        }
        for id in &self.named.providers[atom.name as usize] {
            let version = self.version(*id);
            let owner = self.builder.packages[version.package as usize].architecture;
            let run = version.provides.0 as usize..(version.provides.0 + version.provides.1) as usize;
            let provides = self.builder.provides[run].iter().any(|provided| {
                provided.name == atom.name
                    && match atom.op {
                        // What is provided without a version is none of any version (policy 7.5).
                        Some(op) => {
                            provided.text.1 > 0 && satisfies(op, self.bytes(provided.text), self.bytes(atom.text))
                        }
                        None => true,
                    }
                    && (self.fits(atom, provided.architecture, 0) || self.fits(atom, owner, version.flags))
            });
            if provides && !found.contains(id) {
                found.push(*id);
            }
        }
        if found.len() > 1 {
            found.sort_by_key(|id| {
                let version = self.version(*id);
                let package = &self.builder.packages[version.package as usize];
                let flags = self.packages[version.package as usize].flags;
                (
                    package.name != atom.name,
                    flags & flag::ESSENTIAL == 0,
                    flags & flag::IMPORTANT == 0,
                    package.architecture.max(NATIVE),
                    version.priority,
                    std::cmp::Reverse(version.package),
                    *id,
                )
            });
        }
    }
}

fn write_atoms(builder: &Builder, place: &[u32], packages: &[Placed], named: &Named, writer: &mut TableWriter) {
    let mut order = vec![0; place.len()];
    for (id, at) in place.iter().enumerate() {
        order[*at as usize] = id as u32;
    }
    let finder = Finder { builder, order, packages, named };
    let mut found = Vec::new();
    for atom in &builder.atoms {
        found.clear();
        finder.targets(atom, &mut found);
        let start = writer.table(Table::Targets).len() as u32;
        writer.table(Table::Targets).extend_from_slice(&found);
        writer.table(Table::Atoms).extend([
            atom.name,
            atom.architecture,
            atom.op.map_or(0, |op| op as u32 + 1),
            atom.text.0,
            atom.text.1,
            start,
            found.len() as u32,
        ]);
    }
    for dep in &builder.deps {
        writer.table(Table::Deps).extend([dep.kind as u32, dep.atoms.0, dep.atoms.1]);
    }
    writer.table(Table::DepAtoms).extend_from_slice(&builder.dep_atoms);
}

/// The way back: from versions to the atoms that they answer, from those to dependencies, from those to versions.
fn write_reverse(builder: &Builder, order: &[u32], writer: &mut TableWriter) {
    let atoms = builder.atoms.len();
    let pairs = builder.deps.iter().enumerate().flat_map(|(dep, row)| {
        let run = row.atoms.0 as usize..(row.atoms.0 + row.atoms.1) as usize;
        builder.dep_atoms[run].iter().map(move |atom| (*atom, dep as u32))
    });
    write_lists(writer, Table::AtomDepsStart, Table::AtomDeps, atoms, pairs);
    let deps: Vec<u32> = writer.table(Table::VersionDeps).clone();
    let pairs = order.iter().enumerate().flat_map(|(place, id)| {
        let (start, count) = builder.versions[*id as usize].deps;
        deps[start as usize..(start + count) as usize].iter().map(move |dep| (*dep, place as u32))
    });
    write_lists(writer, Table::DepVersionsStart, Table::DepVersions, builder.deps.len(), pairs);
    let targets = writer.table(Table::Targets).clone();
    let rows = writer.table(Table::Atoms).clone();
    let pairs = rows.chunks_exact(super::rows::AtomRow::WIDTH).enumerate().flat_map(|(atom, row)| {
        targets[row[5] as usize..(row[5] + row[6]) as usize].iter().map(move |version| (*version, atom as u32))
    });
    write_lists(writer, Table::VersionAtomsStart, Table::VersionAtoms, order.len(), pairs);
}

/// Writes pairs as lists of their second by their first, in the order of the pairs.
fn write_lists(
    writer: &mut TableWriter,
    starts_table: Table,
    table: Table,
    rows: usize,
    pairs: impl Iterator<Item = (u32, u32)> + Clone,
) {
    let mut starts = vec![0_u32; rows + 1];
    for (row, _) in pairs.clone() {
        starts[row as usize + 1] += 1;
    }
    for row in 0..rows {
        starts[row + 1] += starts[row];
    }
    let mut next = starts.clone();
    let mut items = vec![0; starts[rows] as usize];
    for (row, item) in pairs {
        items[next[row as usize] as usize] = item;
        next[row as usize] += 1;
    }
    *writer.table(starts_table) = starts;
    *writer.table(table) = items;
}
