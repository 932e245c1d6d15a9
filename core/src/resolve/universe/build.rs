//! Reads indexes of packages into a universe.

mod copy;
mod intern;
mod relations;
mod siblings;

use std::collections::HashMap;

use super::origin::Origin;
use super::rows::{ALL, DepKind, MAX_ARCHITECTURES, NATIVE, NONE, flag};
use super::{Universe, finish};
use crate::deb::stanza::{Selection, Stanzas};
use crate::deb::version::Op;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use intern::{Interner, Slots};
use relations::{Fingerprint, Group, Known};

/// The most versions of packages in one universe.
const MAX_VERSIONS: usize = 8 << 20;

/// The most bytes of all texts, and of all relations as they are written: 1 GiB each.
const MAX_TEXTS: usize = 1 << 30;

/// The fields that count, in the order in which apt reads those of relations: the order in which it first sees a name
/// decides between equal providers.
pub(super) const FIELDS: [&str; 22] = [
    "Package",
    "Version",
    "Architecture",
    "Essential",
    "Important",
    "Multi-Arch",
    "Priority",
    "Source",
    "Size",
    "Installed-Size",
    "Filename",
    "SHA256",
    "Protected",
    "Pre-Depends",
    "Depends",
    "Conflicts",
    "Breaks",
    "Recommends",
    "Suggests",
    "Replaces",
    "Enhances",
    "Provides",
];

/// Where the fields of relations begin in [`FIELDS`].
const RELATIONS: usize = 13;

/// About how many bytes a stanza of an index has.
const USUAL_STANZA: usize = 768;

/// The mark of names, of which the empty one is one like any other.
const NAME: u32 = 1;

/// The number of a text.
pub(super) type Text = u32;

/// A version as it was read.
#[derive(Clone, Default)]
pub(super) struct Version {
    pub(super) package: u32,
    pub(super) architecture: u32,
    pub(super) text: Text,
    pub(super) flags: u32,
    pub(super) priority: u32,
    pub(super) source: Text,
    pub(super) source_version: Text,
    pub(super) size: u64,
    pub(super) installed: u32,
    pub(super) directory: Text,
    pub(super) file: Text,
    pub(super) digest: Option<Digest>,
    /// Runs of [`Builder::version_deps`] and [`Builder::provides`].
    pub(super) deps: (u32, u32),
    pub(super) provides: (u32, u32),
    /// The lists that have it: a number of [`Builder::sets`].
    pub(super) set: u32,
    /// The next version of the package that was read, or `NONE`.
    pub(super) next: u32,
    /// Tells two builds of one version apart, as apt does.
    fingerprint: Fingerprint,
}

/// A package: a name and an architecture.
pub(super) struct Package {
    pub(super) name: u32,
    pub(super) architecture: u32,
    /// The first version that was read and the last one, or `NONE`.
    first: u32,
    last: u32,
    /// The next package of the same name, or `NONE`.
    next: u32,
}

/// A dependency: its kind, and a run of [`Builder::dep_atoms`].
pub(super) struct Dep {
    pub(super) kind: DepKind,
    pub(super) atoms: (u32, u32),
    /// Nobody wrote it: it keeps packages of one name and several architectures apart.
    pub(super) between_siblings: bool,
}

/// What a dependency asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Atom {
    pub(super) name: u32,
    pub(super) architecture: u32,
    pub(super) op: Option<Op>,
    pub(super) text: Text,
}

/// Something provided.
#[derive(Clone, Copy)]
pub(super) struct Provided {
    pub(super) name: u32,
    pub(super) architecture: u32,
    pub(super) text: Text,
}

/// Reads indexes, one after the other, in the order of the sources.
///
/// ```
/// use reposnap::resolve::{Builder, Origin};
/// let mut builder = Builder::new("amd64", &[])?;
/// builder.index(Origin::default(), b"Package: a\nVersion: 1\nArchitecture: amd64\nDepends: b (>= 2)\n")?;
/// builder.index(Origin::default(), b"Package: b\nVersion: 2\nArchitecture: all\n")?;
/// let universe = builder.finish()?;
/// assert_eq!(universe.version_count(), 2);
/// # Ok::<(), reposnap::Error>(())
/// ```
pub struct Builder {
    texts: Interner,
    pub(super) architectures: Vec<String>,
    /// The names: each has one number less than its text.
    names: Interner,
    /// The first package of each name, and its architecture.
    name_packages: Vec<(u32, u32)>,
    pub(super) packages: Vec<Package>,
    pub(super) versions: Vec<Version>,
    pub(super) version_deps: Vec<u32>,
    pub(super) provides: Vec<Provided>,
    pub(super) deps: Vec<Dep>,
    /// Groups of alternatives as they are written, and what each is.
    groups: Interner,
    known_groups: Vec<Known>,
    open_groups: Vec<Group>,
    guesses: Vec<u32>,
    pub(super) dep_atoms: Vec<u32>,
    pub(super) atoms: Vec<Atom>,
    atoms_by_value: Slots,
    pub(super) lists: Vec<Origin>,
    /// Sets of lists, and which one it is that a set and one more list make.
    pub(super) sets: Vec<Vec<u32>>,
    larger_sets: HashMap<(u32, u32), u32>,
    /// The version, the directory and the source of the package before.
    again: [Text; 3],
}

impl Builder {
    /// A builder for a machine of the architecture `native` that takes packages of the `foreign` ones too, the preferred
    /// first.
    ///
    /// # Errors
    /// [`Kind::Usage`] where an architecture is none.
    pub fn new(native: &str, foreign: &[&str]) -> Result<Self> {
        let mut architectures = vec!["all".to_owned()];
        for name in std::iter::once(&native).chain(foreign) {
            if architectures.len() == MAX_ARCHITECTURES {
                return Err(Error::new(
                    Kind::Limit,
                    format!("a machine has more than {} architectures", MAX_ARCHITECTURES - 1),
                ));
            }
            let good = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if !good || ["all", "any", "source"].contains(name) || architectures.iter().any(|known| known == name) {
                return Err(Error::new(
                    Kind::Usage,
                    format!("{name:?} is no architecture of packages, or named twice"),
                ));
            }
            architectures.push((*name).to_owned());
        }
        Ok(Self {
            texts: Interner::new(),
            architectures,
            names: Interner::new(),
            name_packages: Vec::new(),
            packages: Vec::new(),
            versions: Vec::new(),
            version_deps: Vec::new(),
            provides: Vec::new(),
            deps: Vec::new(),
            groups: Interner::new(),
            known_groups: Vec::new(),
            open_groups: Vec::new(),
            guesses: Vec::new(),
            dep_atoms: Vec::new(),
            atoms: Vec::new(),
            atoms_by_value: Slots::default(),
            lists: Vec::new(),
            sets: vec![Vec::new()],
            larger_sets: HashMap::new(),
            again: [EMPTY; 3],
        })
    }

    /// Reads an index of packages, whose stanzas are in upstream's order.
    ///
    /// Packages of architectures that the machine does not take are left out.
    ///
    /// # Errors
    /// [`Kind::Malformed`] with the package and the field that can't be read; [`Kind::Limit`].
    pub fn index(&mut self, origin: Origin, text: &[u8]) -> Result<()> {
        self.indexes(origin, std::iter::once(text))
    }

    /// The same for an index that comes in pieces, each of whole stanzas.
    pub(crate) fn indexes<'t>(&mut self, origin: Origin, texts: impl Iterator<Item = &'t [u8]>) -> Result<()> {
        let list = self.list(origin);
        let selection = Selection::new(FIELDS);
        for text in texts {
            self.expect(text.len() / USUAL_STANZA);
            let (mut stanzas, mut fields) = (Stanzas::new(text).select(&selection), [None; 22]);
            while let Some(stanza) = stanzas.next_into(&mut fields) {
                let stanza = stanza?;
                self.stanza(list, &fields, 0).map_err(|error| error.line(stanza.line()))?;
            }
        }
        Ok(())
    }

    /// Makes room for about so many more stanzas, at once: what grows as it fills is copied again and again, and leaves
    /// holes behind. An archive has about this much for each of its packages.
    fn expect(&mut self, stanzas: usize) {
        if stanzas < 64 {
            return;
        }
        self.versions.reserve(stanzas);
        self.version_deps.reserve(stanzas * 6);
        self.provides.reserve(stanzas * 2 / 3);
        self.packages.reserve(stanzas * 5 / 3);
        self.name_packages.reserve(stanzas * 5 / 3);
        self.names.expect(stanzas * 5 / 3, stanzas * 36);
        self.texts.expect(stanzas * 5 / 4, stanzas * 24);
        self.groups.expect(stanzas * 5 / 3, stanzas * 40);
        self.known_groups.reserve(stanzas * 5 / 3);
        self.deps.reserve(stanzas * 3 / 2);
        self.dep_atoms.reserve(stanzas * 5 / 3);
        self.atoms.reserve(stanzas * 4 / 3);
        self.atoms_by_value.expect(stanzas * 4 / 3);
    }

    /// Begins a list.
    pub(super) fn list(&mut self, origin: Origin) -> u32 {
        self.lists.push(origin);
        self.lists.len() as u32 - 1
    }

    /// The universe of all that was read.
    pub fn finish(mut self) -> Result<Universe> {
        self.part_siblings();
        finish::finish(self)
    }

    /// Lets go of what only reading needs.
    pub(super) fn end_of_reading(&mut self) {
        self.groups = Interner::new();
        (self.known_groups, self.open_groups, self.guesses) = (Vec::new(), Vec::new(), Vec::new());
        self.atoms_by_value = Slots::default();
        self.texts.end();
    }

    /// Lets go of what only relations between numbers need.
    pub(super) fn end_of_relations(&mut self) {
        (self.deps, self.dep_atoms, self.version_deps) = (Vec::new(), Vec::new(), Vec::new());
        (self.packages, self.name_packages) = (Vec::new(), Vec::new());
    }

    /// Reads a package, to whose flags `more` are added.
    pub(super) fn stanza(&mut self, list: u32, fields: &[Option<&[u8]>; 22], more: u32) -> Result<()> {
        let [name, version, architecture, essential, important, multi_arch, priority, source, size, installed, ..] =
            *fields;
        let name = name.ok_or_else(|| missing("Package", None))?;
        let wrap = |error: Error| error.path(String::from_utf8_lossy(name).into_owned());
        let version = version.ok_or_else(|| missing("Version", Some(name)))?;
        let Some(architecture) = architecture else { return Err(missing("Architecture", Some(name))) };
        let Some(architecture) = self.architectures.iter().position(|known| known.as_bytes() == architecture) else {
            return Ok(());
        };
        self.room_for_another()?;
        let architecture = architecture as u32;
        let home = if architecture == ALL { NATIVE } else { architecture };
        let name_id = self.name(name);
        let package = self.package(name_id, home);
        let same_text = |have: &u32| self.bytes(self.versions[*have as usize].text) == version;
        let known = self.versions_of(package).find(same_text).and_then(|first| {
            // Hardly any version is read twice, so only such a one is read for its fingerprint alone.
            let fingerprint = self.fingerprint(fields)?;
            let mut rest = self.versions_from(first).filter(same_text);
            rest.find(|have| self.versions[*have as usize].fingerprint == fingerprint)
        });
        if let Some(known) = known {
            // Another list has it as well; what the first says of its file counts, unless it says nothing.
            let fresh = self.file(fields, name, version, architecture);
            let set = self.versions[known as usize].set;
            let set = if self.sets[set as usize].contains(&list) { set } else { self.larger_set(set, list) };
            let have = &mut self.versions[known as usize];
            have.flags |= more;
            have.set = set;
            if have.digest.is_none() {
                (have.directory, have.file, have.digest, have.size) = fresh;
            }
            return Ok(());
        }
        let yes = |value: Option<&[u8]>| value.is_some_and(|value| value.eq_ignore_ascii_case(b"yes"));
        let mut flags = more;
        // apt itself can't be removed without a word either.
        if yes(essential) || name == b"apt" {
            flags |= flag::ESSENTIAL;
        }
        if yes(important) || yes(fields[12]) {
            flags |= flag::IMPORTANT;
        }
        flags |= match multi_arch {
            Some(b"same") => flag::SAME,
            Some(b"foreign") => flag::FOREIGN,
            Some(b"allowed") => flag::ALLOWED,
            _ => 0,
        };
        let text = self.text_again(0, version);
        let (directory, file, digest, size_of_file) = self.file(fields, name, version, architecture);
        let size = if size_of_file == 0 { number(size).map_err(wrap)? } else { size_of_file };
        let (source, source_version) = self.source(source, name, version);
        let (deps, fingerprint) = self.relations(fields, home).map_err(wrap)?;
        let provides = self.provided(fields[21], home).map_err(wrap)?;
        let version = Version {
            package,
            architecture,
            text,
            flags,
            priority: rank_of(priority),
            source,
            source_version,
            size,
            installed: u32::try_from(number(installed).map_err(wrap)?).unwrap_or(u32::MAX),
            directory,
            file,
            digest,
            deps,
            provides,
            set: self.larger_set(0, list),
            next: NONE,
            fingerprint,
        };
        self.add(version);
        Ok(())
    }

    /// Adds a version behind the others of its package.
    fn add(&mut self, version: Version) {
        let id = self.versions.len() as u32;
        let package = &mut self.packages[version.package as usize];
        match std::mem::replace(&mut package.last, id) {
            NONE => package.first = id,
            last => self.versions[last as usize].next = id,
        }
        self.versions.push(version);
    }

    /// The versions of a package in the order in which they were read.
    pub(super) fn versions_of(&self, package: u32) -> impl Iterator<Item = u32> + '_ {
        self.versions_from(self.packages[package as usize].first)
    }

    /// A version, unless it is `NONE`, and those of its package that were read after it.
    fn versions_from(&self, first: u32) -> impl Iterator<Item = u32> + '_ {
        let next = |id: u32| (id != NONE).then_some(id);
        std::iter::successors(next(first), move |id| next(self.versions[*id as usize].next))
    }

    /// The packages of a name, in the order in which they were first mentioned.
    fn packages_named(&self, name: u32) -> impl Iterator<Item = u32> + '_ {
        let next = |id: u32| (id != NONE).then_some(id);
        std::iter::successors(next(self.name_packages[name as usize].0), move |id| {
            next(self.packages[*id as usize].next)
        })
    }

    /// The number of a set of lists with one more.
    fn larger_set(&mut self, set: u32, list: u32) -> u32 {
        let next = self.sets.len() as u32;
        let id = *self.larger_sets.entry((set, list)).or_insert(next);
        if id == next {
            let larger = self.sets[set as usize].iter().copied().chain([list]).collect();
            self.sets.push(larger);
        }
        id
    }

    /// The directory and the name of its file, its digest and its size.
    fn file(
        &mut self,
        fields: &[Option<&[u8]>; 22],
        name: &[u8],
        version: &[u8],
        architecture: u32,
    ) -> (Text, Text, Option<Digest>, u64) {
        let Some(path) = fields[10] else { return (EMPTY, EMPTY, None, 0) };
        let (directory, file) = match path.iter().rposition(|byte| *byte == b'/') {
            Some(slash) => (&path[..slash + 1], &path[slash + 1..]),
            None => (&path[..0], path),
        };
        let usual = is_usual_file(file, name, version, &self.architectures[architecture as usize]);
        let file = if usual { EMPTY } else { self.text(file) };
        let digest = fields[11].and_then(Digest::from_hex);
        (self.text_again(1, directory), file, digest, number(fields[8]).unwrap_or(0))
    }

    fn source(&mut self, source: Option<&[u8]>, name: &[u8], version: &[u8]) -> (Text, Text) {
        let Some(source) = source else { return (EMPTY, EMPTY) };
        let (text, rest) = match source.iter().position(|byte| *byte == b' ' || *byte == b'(') {
            Some(blank) => source.split_at(blank),
            None => (source, &source[..0]),
        };
        let rest = rest.trim_ascii();
        let other = rest.strip_prefix(b"(").and_then(|rest| rest.strip_suffix(b")")).unwrap_or_default();
        let text = if text == name { EMPTY } else { self.text_again(2, text) };
        let other = if other.is_empty() || other == version { EMPTY } else { self.text(other) };
        (text, other)
    }

    pub(super) fn bytes(&self, text: Text) -> &[u8] {
        self.texts.text(text)
    }

    pub(super) fn text_count(&self) -> usize {
        self.texts.len()
    }

    pub(super) fn text(&mut self, text: &[u8]) -> Text {
        self.texts.number(text, 0)
    }

    /// The same for a text that often is the one of the package before: packages of one source stand together.
    fn text_again(&mut self, field: usize, text: &[u8]) -> Text {
        if self.bytes(self.again[field]) != text {
            self.again[field] = self.text(text);
        }
        self.again[field]
    }

    /// The same for a version that a relation asks for: often that of the package itself.
    fn text_asked(&mut self, text: &[u8]) -> Text {
        let own = self.again[0];
        if self.bytes(own) == text { own } else { self.text(text) }
    }

    fn name(&mut self, text: &[u8]) -> u32 {
        self.name_of_hashed(text, self.names.hash(text))
    }

    /// The same of a text whose hash among the names is known.
    fn name_of_hashed(&mut self, text: &[u8], hash: u64) -> u32 {
        let name = self.names.number_of_hashed(text, NAME, hash) - 1;
        if name as usize == self.name_packages.len() {
            self.name_packages.push((NONE, NONE));
        }
        name
    }

    pub(super) fn name_text(&self, name: u32) -> &[u8] {
        self.names.text(name + 1)
    }

    pub(super) fn name_count(&self) -> usize {
        self.names.len() - 1
    }

    /// The name that a text is.
    pub(super) fn find_name(&self, text: &[u8]) -> Option<u32> {
        self.names.find(text, NAME).map(|number| number - 1)
    }

    fn package(&mut self, name: u32, architecture: u32) -> u32 {
        let id = self.packages.len() as u32;
        let first = &mut self.name_packages[name as usize];
        match *first {
            (NONE, _) => *first = (id, architecture),
            (known, of) if of == architecture => return known,
            (mut at, _) => loop {
                let package = &mut self.packages[at as usize];
                if package.architecture == architecture {
                    return at;
                }
                if package.next == NONE {
                    package.next = id;
                    break;
                }
                at = package.next;
            },
        }
        self.packages.push(Package { name, architecture, first: NONE, last: NONE, next: NONE });
        id
    }

    /// Fails where there is as much as may be.
    fn room_for_another(&self) -> Result<()> {
        if self.versions.len() >= MAX_VERSIONS {
            return Err(Error::new(Kind::Limit, format!("there are more than {MAX_VERSIONS} packages")));
        }
        // One more stanza is a small part of what a number of four bytes may count.
        if [&self.names, &self.texts, &self.groups].iter().any(|texts| texts.bytes() > MAX_TEXTS) {
            return Err(Error::new(Kind::Limit, format!("the packages' relations take more than {MAX_TEXTS} bytes")));
        }
        Ok(())
    }
}

pub(super) const EMPTY: Text = 0;

/// The usual name of a package's file: `name_version_architecture.deb`, without the epoch.
pub(super) fn usual_file(name: &[u8], version: &[u8], architecture: &str) -> Vec<u8> {
    let bare = version.iter().position(|byte| *byte == b':').map_or(version, |colon| &version[colon + 1..]);
    [name, b"_", bare, b"_", architecture.as_bytes(), b".deb"].concat()
}

/// Whether a file has the name that [`usual_file`] gives it.
fn is_usual_file(file: &[u8], name: &[u8], version: &[u8], architecture: &str) -> bool {
    let bare = version.iter().position(|byte| *byte == b':').map_or(version, |colon| &version[colon + 1..]);
    let mut rest = Some(file);
    for part in [name, b"_", bare, b"_", architecture.as_bytes(), b".deb"] {
        rest = rest.and_then(|rest| rest.strip_prefix(part));
    }
    rest == Some(b"")
}

fn rank_of(priority: Option<&[u8]>) -> u32 {
    match priority {
        Some(b"required") => 1,
        Some(b"important") => 2,
        Some(b"standard") => 3,
        Some(b"optional") => 4,
        _ => 5,
    }
}

fn number(value: Option<&[u8]>) -> Result<u64> {
    let Some(value) = value else { return Ok(0) };
    std::str::from_utf8(value)
        .ok()
        .and_then(|value| value.parse().ok())
        .ok_or_else(|| Error::new(Kind::Malformed, format!("{:?} is no size", String::from_utf8_lossy(value))))
}

fn missing(field: &'static str, package: Option<&[u8]>) -> Error {
    let error = Error::new(Kind::Malformed, format!("a package has no {field}")).field(field);
    match package {
        Some(name) => error.path(String::from_utf8_lossy(name).into_owned()),
        None => error,
    }
}
