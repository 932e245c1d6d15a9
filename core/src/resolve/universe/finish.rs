//! What a builder read, in its last order: versions by package and newest first, and who is what anybody asks for.

use super::build::{Atom, Builder, EMPTY, Provided, Version};
use super::columns::Runs;
use super::rows::{ANY, BETWEEN_SIBLINGS, EVERY, NATIVE, NONE, flag, pack_architecture};
use super::tables::{Part, Table, Writer};
use super::{Head, Universe};
use crate::deb::version::{compare, satisfies};
use crate::error::{Error, Kind, Result};

/// The most bytes that a name takes over from the one before it: so all names take little more than they were read from.
const MAX_SHARED: usize = 255;

pub(super) fn finish(mut builder: Builder) -> Result<Universe> {
    // What is not needed any more goes at once: memory is for what is left to do.
    builder.end_of_reading();
    let mut writer = Writer::new();
    let head =
        Head { architectures: std::mem::take(&mut builder.architectures), lists: std::mem::take(&mut builder.lists) };
    *writer.heap(Part::Head) = serde_json::to_vec(&head)
        .map_err(|error| Error::new(Kind::Internal, "a list can't be written").source(error))?;
    writer.end(Part::Head)?;
    let order = order_versions(&builder, &mut writer);
    let named = name(&builder, &order, &mut writer);
    write_atoms(&builder, &order, &named, &mut writer);
    drop(named);
    write_versions(&builder, &order, &mut writer);
    write_deps(&builder, &mut writer);
    writer.end(Part::Relations)?;
    let Order { versions, .. } = order;
    builder.end_of_relations();
    write_names(&builder, &mut writer);
    writer.end(Part::Names)?;
    write_texts(&builder, &versions, &mut writer);
    writer.end(Part::Texts)?;
    write_files(&builder, &versions, &mut writer);
    writer.end(Part::Files)?;
    write_digests(&builder, &versions, &mut writer);
    writer.end(Part::Digests)?;
    drop((builder, versions));
    Universe::from_bytes(writer.finish().into())
}

/// The order of versions in the universe.
struct Order {
    /// The version at each place, and the place of each version.
    versions: Vec<u32>,
    places: Vec<u32>,
    /// The places of the versions of each package, and the end of the last one's.
    packages: Vec<u32>,
    /// The flags of any version of each package.
    flags: Vec<u8>,
}

impl Order {
    fn of_package(&self, package: u32) -> std::ops::Range<u32> {
        self.packages[package as usize]..self.packages[package as usize + 1]
    }
}

/// Versions package by package, each package's newest first; of equal versions, the one that was read first.
fn order_versions(builder: &Builder, writer: &mut Writer) -> Order {
    let mut order = Order {
        versions: Vec::with_capacity(builder.versions.len()),
        places: vec![NONE; builder.versions.len()],
        packages: Vec::with_capacity(builder.packages.len() + 1),
        flags: Vec::with_capacity(builder.packages.len()),
    };
    for (id, package) in builder.packages.iter().enumerate() {
        let start = order.versions.len();
        order.packages.push(start as u32);
        order.versions.extend(builder.versions_of(id as u32));
        let own = &mut order.versions[start..];
        if own.len() > 1 {
            let text = |id: u32| builder.bytes(builder.versions[id as usize].text);
            own.sort_by(|a, b| compare(text(*b), text(*a)));
        }
        order.flags.push(own.iter().fold(0, |flags, id| flags | builder.versions[*id as usize].flags as u8));
        writer.table(Table::PackageNames).push(package.name);
        writer.table(Table::PackageArchitectures).push(package.architecture);
        writer.table(Table::PackageVersionCounts).push(own.len() as u32);
    }
    order.packages.push(order.versions.len() as u32);
    for (place, id) in order.versions.iter().enumerate() {
        order.places[*id as usize] = place as u32;
    }
    order
}

/// The packages of each name, and the versions that provide it, in the order in which they were read.
struct Named {
    packages: Runs,
    providers: Runs,
}

fn name(builder: &Builder, order: &Order, writer: &mut Writer) -> Named {
    let packages = builder.packages.iter().zip(0..).map(|(package, id)| (package.name, id));
    let count = builder.name_count();
    let (mut last, mut providers) = (vec![NONE; count], Vec::with_capacity(builder.provides.len()));
    for (version, place) in builder.versions.iter().zip(&order.places) {
        // Once each, however often it says so.
        let fresh = |name: &u32| std::mem::replace(&mut last[*name as usize], *place) != *place;
        let names = provided_by(builder, version).iter().map(|provided| provided.name).filter(fresh);
        providers.extend(names.map(|name| (name, *place)));
    }
    let providers = Runs::collect(count, providers.iter().copied());
    let named = Named { packages: Runs::collect(count, packages), providers };
    for id in 0..count as u32 {
        let providers = named.providers.of(id);
        writer.table(Table::NameProviderCounts).push(providers.len() as u32);
        writer.table(Table::Providers).extend_from_slice(providers);
    }
    named
}

fn write_names(builder: &Builder, writer: &mut Writer) {
    let count = builder.name_count();
    // Most of them differ in their first bytes, and a number is compared at once.
    let mut sorted: Vec<(u128, u32)> = (0..count as u32).map(|id| (first_bytes(builder.name_text(id)), id)).collect();
    sorted.sort_unstable_by(|(one, a), (other, b)| {
        one.cmp(other).then_with(|| builder.name_text(*a).cmp(builder.name_text(*b)))
    });
    let mut before: &[u8] = &[];
    for (_, id) in sorted {
        let text = builder.name_text(id);
        let shared = before.iter().zip(text).take_while(|(one, other)| one == other).count().min(MAX_SHARED);
        writer.table(Table::Sorted).push(id);
        writer.table(Table::NamesShared).push(shared as u32);
        writer.table(Table::NamesOwn).push((text.len() - shared) as u32);
        writer.heap(Part::Names).extend_from_slice(&text[shared..]);
        before = text;
    }
}

/// The first bytes of a text as a number that compares as they do.
fn first_bytes(text: &[u8]) -> u128 {
    let mut first = [0; 16];
    first.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
    u128::from_be_bytes(first)
}

fn provided_by<'a>(builder: &'a Builder, version: &Version) -> &'a [Provided] {
    let (start, count) = version.provides;
    &builder.provides[start as usize..(start + count) as usize]
}

/// Finds the versions that are what an atom asks for.
struct Finder<'a> {
    builder: &'a Builder,
    order: &'a Order,
    named: &'a Named,
}

impl Finder<'_> {
    fn version(&self, place: u32) -> &Version {
        &self.builder.versions[self.order.versions[place as usize] as usize]
    }

    /// Whether a package of this architecture and these flags may answer an atom.
    fn fits(&self, atom: &Atom, architecture: u32, flags: u32) -> bool {
        match atom.architecture {
            EVERY => true,
            ANY => flags & flag::ALLOWED != 0,
            wanted => wanted == architecture || flags & flag::FOREIGN != 0,
        }
    }

    fn satisfies(&self, atom: &Atom, text: u32) -> bool {
        let text = || self.builder.bytes(text);
        atom.op.is_none_or(|op| satisfies(op, text(), self.builder.bytes(atom.text)))
    }

    fn targets(&self, atom: &Atom, found: &mut Vec<u32>) {
        for package in self.named.packages.of(atom.name) {
            let architecture = self.builder.packages[*package as usize].architecture;
            for place in self.order.of_package(*package) {
                let version = self.version(place);
                if self.fits(atom, architecture, version.flags) && self.satisfies(atom, version.text) {
                    found.push(place);
                }
            }
        }
        let own = found.len();
        for place in self.named.providers.of(atom.name) {
            let version = self.version(*place);
            let owner = self.builder.packages[version.package as usize].architecture;
            let provides = provided_by(self.builder, version).iter().any(|provided| {
                provided.name == atom.name
                    && (self.fits(atom, provided.architecture, 0) || self.fits(atom, owner, version.flags))
                    // What is provided without a version is none of any version (policy 7.5).
                    && (atom.op.is_none() || provided.text != EMPTY && self.satisfies(atom, provided.text))
            });
            if provides && !found[..own].contains(place) {
                found.push(*place);
            }
        }
        if found.len() > 1 {
            found.sort_by_key(|place| {
                let version = self.version(*place);
                let package = &self.builder.packages[version.package as usize];
                let flags = u32::from(self.order.flags[version.package as usize]);
                (
                    package.name != atom.name,
                    flags & flag::ESSENTIAL == 0,
                    flags & flag::IMPORTANT == 0,
                    package.architecture.max(NATIVE),
                    version.priority,
                    std::cmp::Reverse(version.package),
                    *place,
                )
            });
        }
    }
}

fn write_atoms(builder: &Builder, order: &Order, named: &Named, writer: &mut Writer) {
    let finder = Finder { builder, order, named };
    for table in [Table::AtomNames, Table::AtomArchitectures, Table::AtomOps, Table::AtomTargetCounts] {
        writer.table(table).reserve_exact(builder.atoms.len());
    }
    let mut found = Vec::new();
    for atom in &builder.atoms {
        found.clear();
        finder.targets(atom, &mut found);
        writer.table(Table::AtomNames).push(atom.name);
        writer.table(Table::AtomArchitectures).push(pack_architecture(atom.architecture));
        writer.table(Table::AtomOps).push(atom.op.map_or(0, |op| op as u32 + 1));
        writer.table(Table::AtomTargetCounts).push(found.len() as u32);
        writer.table(Table::Targets).extend_from_slice(&found);
    }
}

fn write_versions(builder: &Builder, order: &Order, writer: &mut Writer) {
    writer.table(Table::VersionDeps).reserve_exact(builder.version_deps.len());
    for id in &order.versions {
        let version = &builder.versions[*id as usize];
        writer.table(Table::VersionArchitectures).push(version.architecture);
        writer.table(Table::VersionFlags).push(version.flags);
        writer.table(Table::VersionPriorities).push(version.priority);
        writer.table(Table::VersionSets).push(version.set);
        let (start, count) = version.deps;
        writer.table(Table::VersionDepCounts).push(count);
        let deps = &builder.version_deps[start as usize..(start + count) as usize];
        writer.table(Table::VersionDeps).extend_from_slice(deps);
        let provided = provided_by(builder, version);
        writer.table(Table::VersionProvideCounts).push(provided.len() as u32);
        writer.table(Table::ProvideNames).extend(provided.iter().map(|provided| provided.name));
        writer.table(Table::ProvideArchitectures).extend(provided.iter().map(|provided| provided.architecture));
    }
    for set in &builder.sets {
        writer.table(Table::SetCounts).push(set.len() as u32);
        writer.table(Table::SetLists).extend_from_slice(set);
    }
}

fn write_deps(builder: &Builder, writer: &mut Writer) {
    for (table, rows) in [
        (Table::DepKinds, builder.deps.len()),
        (Table::DepAtomCounts, builder.deps.len()),
        (Table::DepAtoms, builder.dep_atoms.len()),
    ] {
        writer.table(table).reserve_exact(rows);
    }
    for dep in &builder.deps {
        let (start, count) = dep.atoms;
        let between_siblings = if dep.between_siblings { BETWEEN_SIBLINGS } else { 0 };
        writer.table(Table::DepKinds).push(dep.kind as u32 | between_siblings);
        writer.table(Table::DepAtomCounts).push(count);
        writer.table(Table::DepAtoms).extend_from_slice(&builder.dep_atoms[start as usize..(start + count) as usize]);
    }
}

/// Gives numbers to those texts that a part needs, in the order in which it does.
struct Renumber<'a> {
    builder: &'a Builder,
    numbers: Vec<u32>,
    next: u32,
    lengths: Table,
    part: Part,
}

impl<'a> Renumber<'a> {
    fn new(builder: &'a Builder, part: Part, lengths: Table, writer: &mut Writer) -> Self {
        writer.table(lengths).push(0);
        let mut numbers = vec![NONE; builder.text_count()];
        numbers[EMPTY as usize] = 0;
        Self { builder, numbers, next: 1, lengths, part }
    }

    fn number(&mut self, text: u32, writer: &mut Writer) -> u32 {
        let number = &mut self.numbers[text as usize];
        if *number == NONE {
            *number = self.next;
            self.next += 1;
            let bytes = self.builder.bytes(text);
            writer.table(self.lengths).push(bytes.len() as u32);
            writer.heap(self.part).extend_from_slice(bytes);
        }
        *number
    }
}

fn write_texts(builder: &Builder, versions: &[u32], writer: &mut Writer) {
    let mut texts = Renumber::new(builder, Part::Texts, Table::TextLengths, writer);
    let mut sources = vec![NONE; builder.text_count()];
    sources[EMPTY as usize] = 0;
    for id in versions {
        let version = &builder.versions[*id as usize];
        let text = texts.number(version.text, writer);
        writer.table(Table::VersionTexts).push(text);
        let source = &mut sources[version.source as usize];
        if *source == NONE {
            *source = match builder.find_name(builder.bytes(version.source)) {
                Some(name) => name * 2 + 1,
                None => texts.number(version.source, writer) * 2 + 2,
            };
        }
        writer.table(Table::VersionSources).push(*source);
        let text = texts.number(version.source_version, writer);
        writer.table(Table::VersionSourceVersions).push(text);
        for provided in provided_by(builder, version) {
            let text = texts.number(provided.text, writer);
            writer.table(Table::ProvideTexts).push(text);
        }
    }
    for atom in &builder.atoms {
        let text = texts.number(atom.text, writer);
        writer.table(Table::AtomTexts).push(text);
    }
}

fn write_files(builder: &Builder, versions: &[u32], writer: &mut Writer) {
    let mut texts = Renumber::new(builder, Part::Files, Table::FileTextLengths, writer);
    for id in versions {
        let version = &builder.versions[*id as usize];
        let (directory, file) = (texts.number(version.directory, writer), texts.number(version.file, writer));
        writer.table(Table::Directories).push(directory);
        writer.table(Table::FileNames).push(file);
        writer.table(Table::Sizes).push(version.size as u32);
        writer.table(Table::SizesAbove).push((version.size >> 32) as u32);
        writer.table(Table::InstalledSizes).push(version.installed);
    }
}

fn write_digests(builder: &Builder, versions: &[u32], writer: &mut Writer) {
    writer.heap(Part::Digests).reserve_exact(versions.len() * 32);
    for id in versions {
        let digest = builder.versions[*id as usize].digest.map_or([0; 32], |digest| *digest.as_bytes());
        writer.heap(Part::Digests).extend_from_slice(&digest);
    }
}
