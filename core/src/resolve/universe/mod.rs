//! The packages of one or several snapshots and all their relations, packed: what resolution reads.

mod build;
mod columns;
mod finish;
mod names;
mod origin;
pub(crate) mod rows;
mod status;
mod steps;
pub(crate) mod tables;

pub use build::Builder;
pub use origin::Origin;
pub use rows::DepKind;

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::deb::version::Op;
use crate::digest::Digest;
use crate::error::Result;
use columns::{Files, Relations, Reverse, Shown, get, range};
use names::Names;
use rows::{ANY, EVERY, UNKNOWN};
use tables::{Object, Part, damaged};

/// The packages of some lists, with who answers which relation; nothing in it changes, and any number of threads read it.
///
/// A package is a name with an architecture, a version is one build of it. All are numbers, which mean something in one
/// universe alone. A number that means nothing has no name, no versions and no relations.
#[derive(Clone)]
pub struct Universe {
    inner: Arc<Inner>,
}

struct Inner {
    object: Object,
    architectures: Vec<String>,
    lists: Vec<Origin>,
    relations: Relations,
    reverse: OnceLock<Reverse>,
    names: OnceLock<Names>,
    shown: OnceLock<Shown>,
    files: OnceLock<Files>,
    digests: Bytes,
}

/// The first part of a universe.
#[derive(serde::Serialize, serde::Deserialize)]
struct Head {
    architectures: Vec<String>,
    lists: Vec<Origin>,
}

impl std::fmt::Debug for Universe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Universe({} versions, {} bytes)", self.version_count(), self.as_bytes().len())
    }
}

impl Universe {
    /// Opens what [`Universe::as_bytes`] gave.
    ///
    /// # Errors
    /// [`Kind::Format`](crate::Kind::Format) for another format, [`Kind::Verification`](crate::Kind::Verification) for
    /// one that was altered, [`Kind::Malformed`](crate::Kind::Malformed) for what is none.
    pub fn from_bytes(bytes: Bytes) -> Result<Self> {
        let object = Object::open(bytes)?;
        let head = object.part(Part::Head)?.heap();
        let head: Head =
            serde_json::from_slice(&head).map_err(|error| damaged("its head can't be read").source(error))?;
        if head.architectures.len() < 2 || head.architectures.len() > rows::MAX_ARCHITECTURES {
            return Err(damaged("no machine has these architectures"));
        }
        let relations = Relations::open(&object, head.architectures.len(), head.lists.len())?;
        let digests = object.part(Part::Digests)?.heap();
        let Head { architectures, lists } = head;
        let (reverse, names, shown, files) = Default::default();
        Ok(Self {
            inner: Arc::new(Inner { object, architectures, lists, relations, reverse, names, shown, files, digests }),
        })
    }

    #[inline]
    fn relations(&self) -> &Relations {
        &self.inner.relations
    }

    fn reverse(&self) -> &Reverse {
        self.inner.reverse.get_or_init(|| self.relations().reverse())
    }

    /// The names. The sum of all bytes was right, so these can be read, unless the writer lied; then there are none.
    fn names(&self) -> &Names {
        self.inner.names.get_or_init(|| Names::open(&self.inner.object).unwrap_or_default())
    }

    /// What is shown; nothing where the writer lied.
    fn shown(&self) -> &Shown {
        self.inner.shown.get_or_init(|| Shown::open(&self.inner.object).unwrap_or_default())
    }

    fn files(&self) -> &Files {
        self.inner.files.get_or_init(|| Files::open(&self.inner.object).unwrap_or_default())
    }

    /// The bytes to keep.
    pub fn as_bytes(&self) -> &Bytes {
        self.inner.object.bytes()
    }

    /// How many versions there are.
    pub fn version_count(&self) -> u32 {
        self.relations().version_flags.len() as u32
    }

    /// How many packages there are, those without a version among them.
    pub fn package_count(&self) -> u32 {
        self.relations().package_names.len() as u32
    }

    /// How many names there are.
    pub fn name_count(&self) -> u32 {
        self.relations().name_count as u32
    }

    /// The lists that it was made from, in their order.
    pub fn lists(&self) -> &[Origin] {
        &self.inner.lists
    }

    /// The architectures, `all` first, the machine's own second.
    pub fn architectures(&self) -> &[String] {
        &self.inner.architectures
    }

    /// The number of a name.
    pub fn find_name(&self, name: &str) -> Option<u32> {
        let names = self.names();
        let (id, text) = names.at(names.partition(|text| text < name.as_bytes()))?;
        (text == name.as_bytes()).then_some(id)
    }

    /// The names that begin with `prefix`, in their order.
    pub fn names_from<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = u32> + 'a {
        let names = self.names();
        let rest = (names.partition(|text| text < prefix.as_bytes())..).map_while(|place| names.at(place));
        rest.take_while(move |(_, text)| text.starts_with(prefix.as_bytes())).map(|(name, _)| name)
    }

    /// A name.
    pub fn name_text(&self, name: u32) -> &str {
        self.names().text(name)
    }

    /// The packages of a name, one for each architecture; some may have no version.
    pub fn packages_of(&self, name: u32) -> &[u32] {
        self.relations().name_packages.of(name)
    }

    /// The versions that provide a name.
    pub fn providers_of(&self, name: u32) -> &[u32] {
        self.relations().providers.of(name)
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
        get(&self.relations().package_names, package)
    }

    /// The architecture of a package; never `all`.
    #[inline]
    pub fn package_architecture(&self, package: u32) -> u32 {
        u32::from(get(&self.relations().package_architectures, package))
    }

    /// The versions of a package, the newest first.
    #[inline]
    pub fn versions_of(&self, package: u32) -> std::ops::Range<u32> {
        let run = range(&self.relations().package_versions, package);
        run.start as u32..run.end as u32
    }

    #[inline]
    pub(crate) fn package_flags(&self, package: u32) -> u32 {
        u32::from(get(&self.relations().package_flags, package))
    }

    #[inline]
    pub(crate) fn version_flags(&self, version: u32) -> u32 {
        u32::from(get(&self.relations().version_flags, version))
    }

    /// From 1 for `required` to 5 for `extra`.
    #[inline]
    pub(crate) fn version_priority(&self, version: u32) -> u32 {
        u32::from(get(&self.relations().version_priorities, version))
    }

    pub(crate) fn version_architecture(&self, version: u32) -> u32 {
        u32::from(get(&self.relations().version_architectures, version))
    }

    /// The package of a version.
    #[inline]
    pub fn package_of(&self, version: u32) -> u32 {
        get(&self.relations().version_packages, version)
    }

    /// A version as written.
    pub fn version_text(&self, version: u32) -> &str {
        let shown = self.shown();
        shown.texts.text(get(&shown.versions, version))
    }

    /// The architecture of a version: `all` or the package's.
    pub fn architecture_text(&self, version: u32) -> &str {
        &self.inner.architectures[self.version_architecture(version) as usize]
    }

    /// The name of the source package, and its version.
    pub fn source_of(&self, version: u32) -> (&str, &str) {
        let (name, source) = self.source_written(version);
        let name = if name.is_empty() { self.name_text(self.package_name(self.package_of(version))) } else { name };
        (name, if source.is_empty() { self.version_text(version) } else { source })
    }

    /// The same, each empty where it is the package's own.
    pub(crate) fn source_written(&self, version: u32) -> (&str, &str) {
        let shown = self.shown();
        let name = match get(&shown.sources, version) {
            0 => "",
            name if name % 2 == 1 => self.name_text(name / 2),
            text => shown.texts.text((text - 2) / 2),
        };
        (name, shown.texts.text(get(&shown.source_versions, version)))
    }

    /// What tells builds of one source package from those of others.
    pub(crate) fn source_key(&self, version: u32) -> (u32, u32) {
        let shown = self.shown();
        let name = match get(&shown.sources, version) {
            0 => self.package_name(self.package_of(version)).wrapping_mul(2) + 1,
            name => name,
        };
        let text = match get(&shown.source_versions, version) {
            0 => get(&shown.versions, version),
            text => text,
        };
        (name, text)
    }

    /// The path of its file below the archive's root, in an index that names it.
    pub fn file_of(&self, version: u32) -> Option<String> {
        self.digest_of(version)?;
        let (directory, file) = self.files().path(version);
        let name = self.name_text(self.package_name(self.package_of(version)));
        Some(columns::path(directory, file, name, self.version_text(version), self.architecture_text(version)))
    }

    /// The directory of its file, and the file's name, which is empty for the usual one.
    pub(crate) fn file_written(&self, version: u32) -> (&str, &str) {
        self.files().path(version)
    }

    /// Its file's size in bytes.
    pub fn size_of(&self, version: u32) -> u64 {
        self.files().size(version)
    }

    /// What it takes when it is installed, in KiB.
    pub fn installed_size_of(&self, version: u32) -> u64 {
        self.files().installed(version)
    }

    /// The SHA-256 of its file, in an index that has it.
    pub fn digest_of(&self, version: u32) -> Option<Digest> {
        let start = version as usize * 32;
        let bytes = self.inner.digests.get(start..start.checked_add(32)?)?.first_chunk::<32>()?;
        (bytes != &[0; 32]).then(|| Digest::from_bytes(*bytes))
    }

    /// The lists that have it.
    pub fn lists_of(&self, version: u32) -> &[u32] {
        let relations = self.relations();
        relations.sets.of(get(&relations.version_sets, version))
    }

    /// The names that a version provides, each with the version that it provides it as, if any.
    pub fn provides_of(&self, version: u32) -> impl Iterator<Item = (u32, &str)> {
        let shown = self.shown();
        self.provided_by(version)
            .map(|at| (get(&shown.provide_names, at), shown.texts.text(get(&shown.provide_texts, at))))
    }

    /// The numbers of what a version provides.
    pub(crate) fn provided_by(&self, version: u32) -> std::ops::Range<u32> {
        let run = range(&self.shown().version_provides, version);
        run.start as u32..run.end as u32
    }

    /// A thing provided: its name, its architecture, its version or nothing.
    pub(crate) fn provided(&self, at: u32) -> (u32, u32, &str) {
        let shown = self.shown();
        let architecture = u32::from(get(&shown.provide_architectures, at));
        (get(&shown.provide_names, at), architecture, shown.texts.text(get(&shown.provide_texts, at)))
    }

    /// Whether it is `Essential: yes`; `apt` counts as such.
    pub fn is_essential(&self, version: u32) -> bool {
        self.version_flags(version) & rows::flag::ESSENTIAL != 0
    }

    /// Whether it is installed and held: it stays, unless somebody asks for something else (`apt-mark hold`).
    pub fn is_held(&self, version: u32) -> bool {
        self.version_flags(version) & rows::flag::HELD != 0
    }

    /// Its dependencies, in the order of apt.
    #[inline]
    pub fn deps_of(&self, version: u32) -> &[u32] {
        self.relations().version_deps.of(version)
    }

    /// What a dependency is.
    #[inline]
    pub fn dep_kind(&self, dep: u32) -> DepKind {
        DepKind::of(u32::from(get(&self.relations().dep_kinds, dep)))
    }

    /// Whether nobody wrote a dependency: it keeps packages of one name and several architectures apart.
    #[inline]
    pub fn is_between_siblings(&self, dep: u32) -> bool {
        u32::from(get(&self.relations().dep_kinds, dep)) & rows::BETWEEN_SIBLINGS != 0
    }

    /// How many dependencies there are; each is there once, however many versions have it.
    pub fn dep_count(&self) -> u32 {
        self.relations().dep_kinds.len() as u32
    }

    /// The alternatives of a dependency.
    #[inline]
    pub fn atoms_of(&self, dep: u32) -> &[u32] {
        self.relations().dep_atoms.of(dep)
    }

    /// The name that an alternative asks for.
    #[inline]
    pub fn atom_name(&self, atom: u32) -> u32 {
        get(&self.relations().atom_names, atom)
    }

    /// Whether an alternative asks for certain versions.
    #[inline]
    pub(crate) fn atom_has_version(&self, atom: u32) -> bool {
        get(&self.relations().atom_ops, atom) != 0
    }

    /// The architecture that an alternative asks for; see [`rows`].
    #[inline]
    pub(crate) fn atom_architecture(&self, atom: u32) -> u32 {
        rows::unpack_architecture(get(&self.relations().atom_architectures, atom))
    }

    /// How an alternative asks for versions, and for which.
    pub(crate) fn atom_version(&self, atom: u32) -> Option<(Op, &str)> {
        let op = op_of(u32::from(get(&self.relations().atom_ops, atom)))?;
        let shown = self.shown();
        Some((op, shown.texts.text(get(&shown.atoms, atom))))
    }

    /// Whether an alternative takes any architecture of a package that allows it.
    #[inline]
    pub(crate) fn atom_is_any(&self, atom: u32) -> bool {
        self.atom_architecture(atom) == ANY
    }

    /// Whether an alternative asks for a package of the same name by its architecture.
    #[inline]
    pub(crate) fn atom_names(&self, atom: u32, package: u32) -> bool {
        let wanted = self.atom_architecture(atom);
        wanted == EVERY || wanted == self.package_architecture(package)
    }

    /// The versions that are what an alternative asks for, the preferred ones first.
    #[inline]
    pub fn targets_of(&self, atom: u32) -> &[u32] {
        self.relations().targets.of(atom)
    }

    /// The alternatives that a version is an answer to.
    #[inline]
    pub fn atoms_answered_by(&self, version: u32) -> &[u32] {
        self.reverse().atoms_by_version.of(version)
    }

    /// The dependencies that have an alternative.
    #[inline]
    pub fn deps_with(&self, atom: u32) -> &[u32] {
        self.reverse().deps_by_atom.of(atom)
    }

    /// The versions that have a dependency.
    #[inline]
    pub fn versions_with(&self, dep: u32) -> &[u32] {
        self.reverse().versions_by_dep.of(dep)
    }

    /// An alternative as a relation: `libc6 (>= 2.36)`.
    pub fn atom_text(&self, atom: u32) -> String {
        let mut text = self.name_text(self.atom_name(atom)).to_owned();
        match self.atom_architecture(atom) {
            ANY => text.push_str(":any"),
            EVERY | rows::ALL | rows::NATIVE => {}
            UNKNOWN => text.push_str(":unknown"),
            foreign => {
                text.push(':');
                text.push_str(self.inner.architectures.get(foreign as usize).map_or("unknown", String::as_str));
            }
        }
        if let Some((op, version)) = self.atom_version(atom) {
            text.push_str(&format!(" ({op} {version})"));
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
            foreign => format!("{name}:{}", self.inner.architectures[foreign as usize]),
        }
    }
}

fn op_of(number: u32) -> Option<Op> {
    const OPS: [Op; 5] = [Op::Earlier, Op::EarlierOrEqual, Op::Equal, Op::LaterOrEqual, Op::Later];
    OPS.get((number as usize).checked_sub(1)?).copied()
}
