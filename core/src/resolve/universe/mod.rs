//! The packages of one or several snapshots and all their relations, packed: what resolution reads.

mod build;
mod finish;
mod origin;
pub(crate) mod rows;
mod status;
pub(crate) mod tables;

pub use build::Builder;
pub use origin::Origin;
pub use rows::DepKind;

use bytes::Bytes;

use crate::deb::version::Op;
use crate::digest::Digest;
use crate::error::Result;
use rows::{ALL, ANY, AtomRow, DepRow, EVERY, NameRow, PackageRow, ProvidesRow, VersionRow};
use tables::{Table, Tables};

/// The packages of some lists, with who answers which relation; nothing in it changes, and any number of threads read it.
///
/// A package is a name with an architecture, a version is one build of it. All are numbers, which mean something in one
/// universe alone.
#[derive(Clone)]
pub struct Universe {
    tables: Tables,
    bytes: Bytes,
    architectures: Vec<String>,
    lists: Vec<Origin>,
}

impl std::fmt::Debug for Universe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Universe({} versions, {} bytes)", self.version_count(), self.tables.bytes())
    }
}

impl Universe {
    /// Opens what [`Universe::as_bytes`] gave.
    ///
    /// # Errors
    /// [`Kind::Format`](crate::Kind::Format) for another format, [`Kind::Verification`](crate::Kind::Verification) for
    /// one that was altered, [`Kind::Malformed`](crate::Kind::Malformed) for what is none.
    pub fn from_bytes(bytes: Bytes) -> Result<Self> {
        let tables = Tables::open(&bytes)?;
        let text = |row: &[u32]| tables.text(row[0], row[1]);
        let architectures =
            tables.table(Table::Architectures).chunks_exact(2).map(|row| text(row).to_owned()).collect();
        let lists = tables.table(Table::Lists).chunks_exact(2);
        let lists = lists.map(|row| serde_json::from_str(text(row)).unwrap_or_default()).collect();
        Ok(Self { architectures, lists, tables, bytes })
    }

    /// The bytes to keep.
    pub fn as_bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// How many versions there are.
    pub fn version_count(&self) -> u32 {
        (self.tables.table(Table::Versions).len() / VersionRow::WIDTH) as u32
    }

    /// How many packages there are, those without a version among them.
    pub fn package_count(&self) -> u32 {
        (self.tables.table(Table::Packages).len() / PackageRow::WIDTH) as u32
    }

    /// How many names there are.
    pub fn name_count(&self) -> u32 {
        (self.tables.table(Table::Names).len() / NameRow::WIDTH) as u32
    }

    /// The lists that it was made from, in their order.
    pub fn lists(&self) -> &[Origin] {
        &self.lists
    }

    /// The architectures, `all` first, the machine's own second.
    pub fn architectures(&self) -> &[String] {
        &self.architectures
    }

    /// The number of a name.
    pub fn find_name(&self, name: &str) -> Option<u32> {
        let sorted = self.tables.table(Table::Sorted);
        let at = sorted.binary_search_by(|id| self.name_text(*id).cmp(name)).ok()?;
        Some(sorted[at])
    }

    /// The names that begin with `prefix`, in their order.
    pub fn names_from<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = u32> + 'a {
        let sorted = self.tables.table(Table::Sorted);
        let start = sorted.partition_point(|id| self.name_text(*id) < prefix);
        sorted[start..].iter().copied().take_while(move |id| self.name_text(*id).starts_with(prefix))
    }

    /// A name.
    pub fn name_text(&self, name: u32) -> &str {
        let row = self.tables.row::<{ NameRow::WIDTH }>(Table::Names, name);
        self.tables.text(row[NameRow::TEXT], row[NameRow::TEXT + 1])
    }

    /// The packages of a name, one for each architecture; some may have no version.
    pub fn packages_of(&self, name: u32) -> &[u32] {
        let row = self.tables.row::<{ NameRow::WIDTH }>(Table::Names, name);
        self.tables.run(Table::NamePackages, row[NameRow::PACKAGES], row[NameRow::PACKAGES + 1])
    }

    /// The versions that provide a name.
    pub fn providers_of(&self, name: u32) -> &[u32] {
        let row = self.tables.row::<{ NameRow::WIDTH }>(Table::Names, name);
        self.tables.run(Table::Providers, row[NameRow::PROVIDERS], row[NameRow::PROVIDERS + 1])
    }

    /// The package of a name and an architecture, where it has a version.
    pub fn find_package(&self, name: &str, architecture: u32) -> Option<u32> {
        let of_name = self.packages_of(self.find_name(name)?);
        of_name
            .iter()
            .copied()
            .find(|id| self.package_architecture(*id) == architecture && !self.versions_of(*id).is_empty())
    }

    /// The name of a package.
    #[inline]
    pub fn package_name(&self, package: u32) -> u32 {
        self.tables.row::<{ PackageRow::WIDTH }>(Table::Packages, package)[PackageRow::NAME]
    }

    /// The architecture of a package; never `all`.
    #[inline]
    pub fn package_architecture(&self, package: u32) -> u32 {
        self.tables.row::<{ PackageRow::WIDTH }>(Table::Packages, package)[PackageRow::ARCHITECTURE]
    }

    /// The versions of a package, the newest first.
    #[inline]
    pub fn versions_of(&self, package: u32) -> std::ops::Range<u32> {
        let row = self.tables.row::<{ PackageRow::WIDTH }>(Table::Packages, package);
        row[PackageRow::VERSIONS]..row[PackageRow::VERSIONS] + row[PackageRow::VERSIONS + 1]
    }

    #[inline]
    pub(crate) fn package_flags(&self, package: u32) -> u32 {
        self.tables.row::<{ PackageRow::WIDTH }>(Table::Packages, package)[PackageRow::FLAGS]
    }

    #[inline]
    pub(crate) fn version(&self, version: u32) -> &[u32; VersionRow::WIDTH] {
        self.tables.row::<{ VersionRow::WIDTH }>(Table::Versions, version)
    }

    /// The package of a version.
    #[inline]
    pub fn package_of(&self, version: u32) -> u32 {
        self.version(version)[VersionRow::PACKAGE]
    }

    /// A version as written.
    pub fn version_text(&self, version: u32) -> &str {
        self.text(self.version(version), VersionRow::TEXT)
    }

    /// The architecture of a version: `all` or the package's.
    pub fn architecture_text(&self, version: u32) -> &str {
        &self.architectures[self.version(version)[VersionRow::ARCHITECTURE] as usize]
    }

    /// The name of the source package, and its version.
    pub fn source_of(&self, version: u32) -> (&str, &str) {
        let row = self.version(version);
        let (name, source) = (self.text(row, VersionRow::SOURCE), self.text(row, VersionRow::SOURCE_VERSION));
        let name = if name.is_empty() { self.name_text(self.package_name(row[VersionRow::PACKAGE])) } else { name };
        (name, if source.is_empty() { self.version_text(version) } else { source })
    }

    /// What tells builds of one source package from those of others: texts that are equal stand in one place.
    pub(crate) fn source_key(&self, version: u32) -> (u32, u32) {
        let row = self.version(version);
        let name = match row[VersionRow::SOURCE + 1] {
            0 => self.tables.row::<{ NameRow::WIDTH }>(Table::Names, self.package_name(row[VersionRow::PACKAGE]))
                [NameRow::TEXT],
            _ => row[VersionRow::SOURCE],
        };
        let text = if row[VersionRow::SOURCE_VERSION + 1] == 0 { VersionRow::TEXT } else { VersionRow::SOURCE_VERSION };
        (name, row[text])
    }

    /// The path of its file below the archive's root, in an index that names it.
    pub fn file_of(&self, version: u32) -> Option<String> {
        let row = self.version(version);
        self.digest_of(version)?;
        let file = self.text(row, VersionRow::FILE);
        let directory = self.text(row, VersionRow::DIRECTORY);
        if !file.is_empty() {
            return Some(format!("{directory}{file}"));
        }
        let name = self.name_text(self.package_name(row[VersionRow::PACKAGE]));
        let usual =
            build::usual_file(name.as_bytes(), self.version_text(version).as_bytes(), self.architecture_text(version));
        Some(format!("{directory}{}", String::from_utf8_lossy(&usual)))
    }

    /// Its file's size in bytes.
    pub fn size_of(&self, version: u32) -> u64 {
        let row = self.version(version);
        u64::from(row[VersionRow::SIZE]) | u64::from(row[VersionRow::SIZE + 1]) << 32
    }

    /// What it takes when it is installed, in KiB.
    pub fn installed_size_of(&self, version: u32) -> u64 {
        u64::from(self.version(version)[VersionRow::INSTALLED])
    }

    /// The SHA-256 of its file, in an index that has it.
    pub fn digest_of(&self, version: u32) -> Option<Digest> {
        let words = self.tables.row::<8>(Table::Digests, version);
        let mut bytes = [0; 32];
        for (bytes, word) in bytes.chunks_exact_mut(4).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        (bytes != [0; 32]).then(|| Digest::from_bytes(bytes))
    }

    /// The lists that have it.
    pub fn lists_of(&self, version: u32) -> &[u32] {
        let row = self.version(version);
        self.tables.run(Table::VersionLists, row[VersionRow::LISTS], row[VersionRow::LISTS + 1])
    }

    /// The names that a version provides, each with the version that it provides it as, if any.
    pub fn provides_of(&self, version: u32) -> impl Iterator<Item = (u32, &str)> {
        let row = self.version(version);
        let (start, count) = (row[VersionRow::PROVIDES], row[VersionRow::PROVIDES + 1]);
        (start..start + count).map(|at| {
            let row = self.tables.row::<{ ProvidesRow::WIDTH }>(Table::Provides, at);
            (row[ProvidesRow::NAME], self.text(row, ProvidesRow::TEXT))
        })
    }

    /// Whether it is `Essential: yes`; `apt` counts as such.
    pub fn is_essential(&self, version: u32) -> bool {
        self.version(version)[VersionRow::FLAGS] & rows::flag::ESSENTIAL != 0
    }

    /// Whether it is installed and held: it stays, unless somebody asks for something else (`apt-mark hold`).
    pub fn is_held(&self, version: u32) -> bool {
        self.version(version)[VersionRow::FLAGS] & rows::flag::HELD != 0
    }

    /// Its dependencies, in the order of apt.
    #[inline]
    pub fn deps_of(&self, version: u32) -> &[u32] {
        let row = self.version(version);
        self.tables.run(Table::VersionDeps, row[VersionRow::DEPS], row[VersionRow::DEPS + 1])
    }

    /// What a dependency is.
    #[inline]
    pub fn dep_kind(&self, dep: u32) -> DepKind {
        DepKind::of(self.tables.row::<{ DepRow::WIDTH }>(Table::Deps, dep)[DepRow::KIND])
    }

    /// How many dependencies there are; each is there once, however many versions have it.
    pub fn dep_count(&self) -> u32 {
        (self.tables.table(Table::Deps).len() / DepRow::WIDTH) as u32
    }

    /// The alternatives of a dependency.
    #[inline]
    pub fn atoms_of(&self, dep: u32) -> &[u32] {
        let row = self.tables.row::<{ DepRow::WIDTH }>(Table::Deps, dep);
        self.tables.run(Table::DepAtoms, row[DepRow::ATOMS], row[DepRow::ATOMS + 1])
    }

    /// The name that an alternative asks for.
    #[inline]
    pub fn atom_name(&self, atom: u32) -> u32 {
        self.tables.row::<{ AtomRow::WIDTH }>(Table::Atoms, atom)[AtomRow::NAME]
    }

    /// Whether an alternative asks for certain versions.
    #[inline]
    pub(crate) fn atom_has_version(&self, atom: u32) -> bool {
        self.tables.row::<{ AtomRow::WIDTH }>(Table::Atoms, atom)[AtomRow::OP] != 0
    }

    /// Whether an alternative takes any architecture of a package that allows it.
    #[inline]
    pub(crate) fn atom_is_any(&self, atom: u32) -> bool {
        self.tables.row::<{ AtomRow::WIDTH }>(Table::Atoms, atom)[AtomRow::ARCHITECTURE] == ANY
    }

    /// Whether an alternative asks for a package of the same name by its architecture.
    #[inline]
    pub(crate) fn atom_names(&self, atom: u32, package: u32) -> bool {
        let wanted = self.tables.row::<{ AtomRow::WIDTH }>(Table::Atoms, atom)[AtomRow::ARCHITECTURE];
        wanted == EVERY || wanted == self.package_architecture(package)
    }

    /// The versions that are what an alternative asks for, the preferred ones first.
    #[inline]
    pub fn targets_of(&self, atom: u32) -> &[u32] {
        let row = self.tables.row::<{ AtomRow::WIDTH }>(Table::Atoms, atom);
        self.tables.run(Table::Targets, row[AtomRow::TARGETS], row[AtomRow::TARGETS + 1])
    }

    /// The alternatives that a version is an answer to.
    #[inline]
    pub fn atoms_answered_by(&self, version: u32) -> &[u32] {
        self.tables.list(Table::VersionAtomsStart, Table::VersionAtoms, version)
    }

    /// The dependencies that have an alternative.
    #[inline]
    pub fn deps_with(&self, atom: u32) -> &[u32] {
        self.tables.list(Table::AtomDepsStart, Table::AtomDeps, atom)
    }

    /// The versions that have a dependency.
    #[inline]
    pub fn versions_with(&self, dep: u32) -> &[u32] {
        self.tables.list(Table::DepVersionsStart, Table::DepVersions, dep)
    }

    /// An alternative as a relation: `libc6 (>= 2.36)`.
    pub fn atom_text(&self, atom: u32) -> String {
        let row = self.tables.row::<{ AtomRow::WIDTH }>(Table::Atoms, atom);
        let mut text = self.name_text(row[AtomRow::NAME]).to_owned();
        match row[AtomRow::ARCHITECTURE] {
            ANY => text.push_str(":any"),
            EVERY | ALL | rows::NATIVE => {}
            foreign => {
                text.push(':');
                text.push_str(self.architectures.get(foreign as usize).map_or("unknown", String::as_str));
            }
        }
        if let Some(op) = op_of(row[AtomRow::OP]) {
            text.push_str(&format!(" ({op} {})", self.tables.text(row[AtomRow::TEXT], row[AtomRow::TEXT + 1])));
        }
        text
    }

    /// A dependency as a relation: `default-mta | mail-transport-agent`.
    pub fn dep_text(&self, dep: u32) -> String {
        let atoms: Vec<String> = self.atoms_of(dep).iter().map(|atom| self.atom_text(*atom)).collect();
        atoms.join(" | ")
    }

    /// A version with its package: `libc6:amd64 2.36-9`, the machine's own architecture left out.
    pub fn show(&self, version: u32) -> String {
        let package = self.package_of(version);
        format!("{} {}", self.show_package(package), self.version_text(version))
    }

    /// A package, with its architecture where that is a foreign one.
    pub fn show_package(&self, package: u32) -> String {
        let name = self.name_text(self.package_name(package));
        match self.package_architecture(package) {
            rows::NATIVE => name.to_owned(),
            foreign => format!("{name}:{}", self.architectures[foreign as usize]),
        }
    }

    fn text(&self, row: &[u32], at: usize) -> &str {
        self.tables.text(row[at], row[at + 1])
    }
}

fn op_of(number: u32) -> Option<Op> {
    const OPS: [Op; 5] = [Op::Earlier, Op::EarlierOrEqual, Op::Equal, Op::LaterOrEqual, Op::Later];
    OPS.get((number as usize).checked_sub(1)?).copied()
}
