//! Reads indexes of packages into a universe.

mod copy;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, RandomState};

use super::origin::Origin;
use super::rows::{ALL, ANY, DepKind, EVERY, NATIVE, NONE, flag};
use super::{Universe, finish};
use crate::deb::relation::Relations;
use crate::deb::stanza::{Selection, Stanzas};
use crate::deb::version::Op;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

/// The most versions of packages in one universe.
const MAX_VERSIONS: usize = 8 << 20;

/// The most alternatives of one dependency.
const MAX_ALTERNATIVES: usize = 4096;

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

/// Where a text stands in the heap, and how long it is.
pub(super) type Text = (u32, u32);

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
    pub(super) lists: Vec<u32>,
    /// Tells two builds of one version apart, as apt does.
    fingerprint: u64,
}

/// A package: a name and an architecture.
pub(super) struct Package {
    pub(super) name: u32,
    pub(super) architecture: u32,
    pub(super) versions: Vec<u32>,
}

/// A dependency: its kind, and a run of [`Builder::dep_atoms`].
pub(super) struct Dep {
    pub(super) kind: DepKind,
    pub(super) atoms: (u32, u32),
}

/// What a dependency asks for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
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
    pub(super) heap: Vec<u8>,
    texts: HashMap<Box<[u8]>, Text, RandomState>,
    pub(super) architectures: Vec<String>,
    pub(super) names: Vec<Text>,
    names_by_text: HashMap<Box<[u8]>, u32>,
    pub(super) packages: Vec<Package>,
    packages_by_name: HashMap<(u32, u32), u32, BuildHasherDefault<Fold>>,
    pub(super) versions: Vec<Version>,
    pub(super) version_deps: Vec<u32>,
    pub(super) provides: Vec<Provided>,
    pub(super) deps: Vec<Dep>,
    deps_by_text: HashMap<Box<[u8]>, u32>,
    pub(super) dep_atoms: Vec<u32>,
    pub(super) atoms: Vec<Atom>,
    atoms_by_value: HashMap<Atom, u32>,
    pub(super) lists: Vec<Origin>,
    key: Vec<u8>,
}

/// Hashes numbers that this builder gave itself.
#[derive(Default)]
pub(super) struct Fold(u64);

impl std::hash::Hasher for Fold {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32(u32::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(number)).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
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
            heap: Vec::new(),
            texts: HashMap::default(),
            architectures,
            names: Vec::new(),
            names_by_text: HashMap::new(),
            packages: Vec::new(),
            packages_by_name: HashMap::default(),
            versions: Vec::new(),
            version_deps: Vec::new(),
            provides: Vec::new(),
            deps: Vec::new(),
            deps_by_text: HashMap::new(),
            dep_atoms: Vec::new(),
            atoms: Vec::new(),
            atoms_by_value: HashMap::new(),
            lists: Vec::new(),
            key: Vec::new(),
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
            for item in Stanzas::new(text).select(&selection) {
                let (stanza, fields) = item?;
                self.stanza(list, &fields, 0).map_err(|error| error.line(stanza.line()))?;
            }
        }
        Ok(())
    }

    /// Begins a list.
    pub(super) fn list(&mut self, origin: Origin) -> u32 {
        self.lists.push(origin);
        self.lists.len() as u32 - 1
    }

    /// The universe of all that was read.
    pub fn finish(self) -> Result<Universe> {
        finish::finish(self)
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
        room_for_another(self.versions.len())?;
        let architecture = architecture as u32;
        let home = if architecture == ALL { NATIVE } else { architecture };
        let name_id = self.name(name);
        let package = self.package(name_id, home);
        let fingerprint = fingerprint(fields);
        let same = |have: &&u32| {
            let have = &self.versions[**have as usize];
            have.fingerprint == fingerprint && self.bytes(have.text) == version
        };
        if let Some(known) = self.packages[package as usize].versions.iter().find(same).copied() {
            // Another list has it as well; what the first says of its file counts, unless it says nothing.
            let fresh = self.file(fields, name, version, architecture);
            let have = &mut self.versions[known as usize];
            have.flags |= more;
            if !have.lists.contains(&list) {
                have.lists.push(list);
            }
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
        let (directory, file, digest, size_of_file) = self.file(fields, name, version, architecture);
        let size = if size_of_file == 0 { number(size).map_err(wrap)? } else { size_of_file };
        let (source, source_version) = self.source(source, name, version);
        let deps = self.relations(fields, home).map_err(wrap)?;
        let provides = self.provided(fields[21], home).map_err(wrap)?;
        let version = Version {
            package,
            architecture,
            text: self.text(version),
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
            lists: vec![list],
            fingerprint,
        };
        let id = self.versions.len() as u32;
        self.versions.push(version);
        self.packages[package as usize].versions.push(id);
        Ok(())
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
        let usual = usual_file(name, version, &self.architectures[architecture as usize]);
        let file = if file == usual.as_slice() { EMPTY } else { self.text(file) };
        let digest = fields[11].and_then(Digest::from_hex);
        (self.text(directory), file, digest, number(fields[8]).unwrap_or(0))
    }

    fn source(&mut self, source: Option<&[u8]>, name: &[u8], version: &[u8]) -> (Text, Text) {
        let Some(source) = source else { return (EMPTY, EMPTY) };
        let (text, rest) = match source.iter().position(|byte| *byte == b' ' || *byte == b'(') {
            Some(blank) => source.split_at(blank),
            None => (source, &source[..0]),
        };
        let rest = rest.trim_ascii();
        let other = rest.strip_prefix(b"(").and_then(|rest| rest.strip_suffix(b")")).unwrap_or_default();
        let text = if text == name { EMPTY } else { self.text(text) };
        let other = if other.is_empty() || other == version { EMPTY } else { self.text(other) };
        (text, other)
    }

    fn relations(&mut self, fields: &[Option<&[u8]>; 22], home: u32) -> Result<(u32, u32)> {
        let start = self.version_deps.len() as u32;
        for (field, value) in fields.iter().enumerate().take(21).skip(RELATIONS) {
            let Some(value) = value else { continue };
            let kind = DepKind::ALL.get(field - RELATIONS).copied();
            self.groups(value, kind, home).map_err(|error| error.field(FIELDS[field]))?;
        }
        Ok((start, self.version_deps.len() as u32 - start))
    }

    /// The dependencies of a field; one without a kind is read for the names in it alone.
    fn groups(&mut self, value: &[u8], kind: Option<DepKind>, home: u32) -> Result<()> {
        let mut rest = value;
        loop {
            let end = memchr::memchr(b',', rest).unwrap_or(rest.len());
            let group = rest[..end].trim_ascii();
            if !group.is_empty() {
                let number = kind.map_or(u8::MAX, |kind| kind as u8);
                self.key.clear();
                self.key.extend_from_slice(group);
                self.key.extend_from_slice(&[0, number, home as u8]);
                let dep = match self.deps_by_text.get(self.key.as_slice()) {
                    Some(dep) => *dep,
                    None => {
                        let key = self.key.clone().into_boxed_slice();
                        let dep = self.dep(group, kind, home)?;
                        self.deps_by_text.insert(key, dep);
                        dep
                    }
                };
                if dep != NONE {
                    self.version_deps.push(dep);
                }
            } else if end < rest.len() {
                return Err(Error::new(Kind::Malformed, "a relation between two commas is empty"));
            }
            if end >= rest.len() {
                return Ok(());
            }
            rest = &rest[end + 1..];
        }
    }

    fn dep(&mut self, group: &[u8], kind: Option<DepKind>, home: u32) -> Result<u32> {
        let start = self.dep_atoms.len() as u32;
        for relation in Relations::new(group) {
            let relation = relation?;
            let name = self.name(relation.name.as_bytes());
            let negative = kind.is_some_and(DepKind::is_negative);
            let architecture = match relation.qualifier {
                None if negative => EVERY,
                None => home,
                Some("any") => ANY,
                Some("native") => NATIVE,
                Some(other) => match self.architectures.iter().position(|known| known == other) {
                    Some(known) if known as u32 != ALL => known as u32,
                    // None of that architecture will ever be there.
                    _ => NONE - 2,
                },
            };
            // apt makes a package of every name that it sees.
            match architecture {
                ANY => {}
                EVERY => {
                    self.package(name, NATIVE);
                }
                known if (known as usize) < self.architectures.len() => {
                    self.package(name, known);
                }
                _ => {}
            }
            if kind.is_none() {
                continue;
            }
            let text = relation.version.map_or(EMPTY, |(_, version)| self.text(version.as_bytes()));
            let atom = Atom { name, architecture, op: relation.version.map(|(op, _)| op), text };
            let next = self.atoms.len() as u32;
            let id = *self.atoms_by_value.entry(atom).or_insert(next);
            if id == next {
                self.atoms.push(atom);
            }
            self.dep_atoms.push(id);
        }
        let Some(kind) = kind else { return Ok(NONE) };
        let count = self.dep_atoms.len() as u32 - start;
        if count as usize > MAX_ALTERNATIVES {
            return Err(Error::new(Kind::Limit, format!("a relation has more than {MAX_ALTERNATIVES} alternatives")));
        }
        self.deps.push(Dep { kind, atoms: (start, count) });
        Ok(self.deps.len() as u32 - 1)
    }

    fn provided(&mut self, value: Option<&[u8]>, home: u32) -> Result<(u32, u32)> {
        let start = self.provides.len() as u32;
        for relation in Relations::new(value.unwrap_or_default()) {
            let relation = relation.map_err(|error| error.field("Provides"))?;
            let architecture = match relation.qualifier {
                Some(other) => match self.architectures.iter().position(|known| known == other) {
                    Some(known) if known as u32 != ALL => known as u32,
                    _ => continue,
                },
                None => home,
            };
            let text = match relation.version {
                Some((Op::Equal, version)) => self.text(version.as_bytes()),
                // Policy 7.5 knows no other operator; apt leaves such a thing out.
                Some(_) => continue,
                None => EMPTY,
            };
            let name = self.name(relation.name.as_bytes());
            self.package(name, architecture);
            self.provides.push(Provided { name, architecture, text });
        }
        Ok((start, self.provides.len() as u32 - start))
    }

    pub(super) fn bytes(&self, text: Text) -> &[u8] {
        &self.heap[text.0 as usize..(text.0 + text.1) as usize]
    }

    pub(super) fn text(&mut self, text: &[u8]) -> Text {
        if text.is_empty() {
            return EMPTY;
        }
        if let Some(known) = self.texts.get(text) {
            return *known;
        }
        let place = (self.heap.len() as u32, text.len() as u32);
        self.heap.extend_from_slice(text);
        self.texts.insert(text.into(), place);
        place
    }

    fn name(&mut self, text: &[u8]) -> u32 {
        if let Some(known) = self.names_by_text.get(text) {
            return *known;
        }
        let place = self.text(text);
        let id = self.names.len() as u32;
        self.names.push(place);
        self.names_by_text.insert(text.into(), id);
        id
    }

    fn package(&mut self, name: u32, architecture: u32) -> u32 {
        let next = self.packages.len() as u32;
        let id = *self.packages_by_name.entry((name, architecture)).or_insert(next);
        if id == next {
            self.packages.push(Package { name, architecture, versions: Vec::new() });
        }
        id
    }
}

/// Fails where there are as many versions as may be.
fn room_for_another(versions: usize) -> Result<()> {
    match versions < MAX_VERSIONS {
        true => Ok(()),
        false => Err(Error::new(Kind::Limit, format!("there are more than {MAX_VERSIONS} packages"))),
    }
}

const EMPTY: Text = (0, 0);

/// The usual name of a package's file: `name_version_architecture.deb`, without the epoch.
pub(super) fn usual_file(name: &[u8], version: &[u8], architecture: &str) -> Vec<u8> {
    let bare = version.iter().position(|byte| *byte == b':').map_or(version, |colon| &version[colon + 1..]);
    [name, b"_", bare, b"_", architecture.as_bytes(), b".deb"].concat()
}

/// Two stanzas of one version are one build where these fields agree, as apt has it: the index of an archive and the
/// status of dpkg show little more in common.
fn fingerprint(fields: &[Option<&[u8]>; 22]) -> u64 {
    use std::hash::Hasher as _;
    let mut hash = Fold::default();
    for field in [2, 5, 9, 13, 14, 15, 16, 19] {
        hash.write_u32(field as u32);
        for byte in fields[field].unwrap_or_default().iter().filter(|byte| !byte.is_ascii_whitespace()) {
            hash.write_u32(u32::from(byte.to_ascii_lowercase()));
        }
    }
    hash.finish()
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
