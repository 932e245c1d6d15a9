//! Reads what packages say of others: groups of alternatives, each of which is taken apart once, however many have it.

use super::{Atom, Builder, Dep, EMPTY, FIELDS, Provided, RELATIONS};
use crate::deb::relation::{Relation, Relations};
use crate::deb::version::Op;
use crate::error::{Error, Kind, Result};
use crate::resolve::universe::rows::{ALL, ANY, DepKind, EVERY, NATIVE, NONE, UNKNOWN};

/// The most alternatives of one dependency.
const MAX_ALTERNATIVES: usize = 4096;

/// The dependency of a group that nobody could read.
const UNREAD: u32 = NONE - 1;

/// A group of alternatives of the package that is being read: where it stands.
pub(super) struct Group {
    field: usize,
    range: std::ops::Range<usize>,
    hash: u64,
}

/// What a group of alternatives is.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// The dependency; `NONE` for a group of a field that makes none.
    dep: u32,
    /// The number that [`Builder::plain`] makes of its relations; as bytes it leaves no gap behind `dep`.
    plain: [u8; 8],
}

impl Builder {
    /// The dependencies of a package, a run of [`Builder::version_deps`], and what tells its build from another.
    pub(super) fn relations(&mut self, fields: &[Option<&[u8]>; 22], home: u32) -> Result<((u32, u32), Fingerprint)> {
        let start = self.version_deps.len() as u32;
        let mut fingerprint = Fingerprint::of_head(fields);
        let mut groups = std::mem::take(&mut self.open_groups);
        groups.clear();
        for (field, value) in fields.iter().enumerate().take(21).skip(RELATIONS) {
            split(field, value.unwrap_or_default(), &mut groups);
        }
        let value =
            |group: &Group| fields[group.field].unwrap_or_default().get(group.range.clone()).unwrap_or_default();
        groups.iter_mut().for_each(|group| group.hash = self.groups.hash(value(group)));
        self.groups.touch(groups.iter().map(|group| group.hash), &mut self.guesses);
        let read = groups.iter().try_for_each(|group| {
            let known = self.group(value(group), group, home).map_err(|error| error.field(FIELDS[group.field]))?;
            if known.dep != NONE {
                self.version_deps.push(known.dep);
            }
            fingerprint.add_group(group.field, u64::from_le_bytes(known.plain));
            Ok(())
        });
        self.open_groups = groups;
        read.map(|()| ((start, self.version_deps.len() as u32 - start), fingerprint))
    }

    /// What a group of alternatives is; one without a kind is read for the names in it alone.
    fn group(&mut self, text: &[u8], group: &Group, home: u32) -> Result<Known> {
        if text.is_empty() {
            return Err(Error::new(Kind::Malformed, "a relation between two commas is empty"));
        }
        let kind = DepKind::ALL.get(group.field - RELATIONS).copied();
        let mark = 1 + home * 8 + kind.map_or(7, |kind| kind as u32);
        let known = self.groups.number_of_hashed(text, mark, group.hash) as usize;
        match self.known_groups.get(known) {
            Some(known) if known.dep != UNREAD => Ok(*known),
            _ => {
                let fresh = self.dep(text, kind, home)?;
                self.known_groups.resize(self.known_groups.len().max(known + 1), Known { dep: UNREAD, plain: [0; 8] });
                self.known_groups[known] = fresh;
                Ok(fresh)
            }
        }
    }

    fn dep(&mut self, group: &[u8], kind: Option<DepKind>, home: u32) -> Result<Known> {
        let mut all = 0;
        let start = self.dep_atoms.len() as u32;
        for relation in Relations::new(group) {
            let relation = relation?;
            let hash = self.names.hash(relation.name.as_bytes());
            all = mix(all, self.plain(&relation, hash));
            let name = self.name_of_hashed(relation.name.as_bytes(), hash);
            let negative = kind.is_some_and(DepKind::is_negative);
            let architecture = match relation.qualifier {
                None if negative => EVERY,
                None => home,
                Some("any") => ANY,
                Some("native") => NATIVE,
                Some(other) => match self.architectures.iter().position(|known| known == other) {
                    Some(known) if known as u32 != ALL => known as u32,
                    // None of that architecture will ever be there.
                    _ => UNKNOWN,
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
            let text = relation.version.map_or(EMPTY, |(_, version)| self.text_asked(version.as_bytes()));
            let atom = Atom { name, architecture, op: relation.version.map(|(op, _)| op), text };
            let id = self.atom(atom);
            self.dep_atoms.push(id);
        }
        let plain = all.to_le_bytes();
        let Some(kind) = kind else { return Ok(Known { dep: NONE, plain }) };
        let count = self.dep_atoms.len() as u32 - start;
        if count as usize > MAX_ALTERNATIVES {
            return Err(Error::new(Kind::Limit, format!("a relation has more than {MAX_ALTERNATIVES} alternatives")));
        }
        self.deps.push(Dep { kind, atoms: (start, count), between_siblings: false });
        Ok(Known { dep: self.deps.len() as u32 - 1, plain })
    }

    /// The fingerprint of a stanza that is not taken in; nothing where its relations can't be read.
    pub(super) fn fingerprint(&self, fields: &[Option<&[u8]>; 22]) -> Option<Fingerprint> {
        let (mut fingerprint, mut groups) = (Fingerprint::of_head(fields), Vec::new());
        for field in Fingerprint::RELATIONS {
            split(field, fields[field].unwrap_or_default(), &mut groups);
        }
        for group in &groups {
            let mut all = 0;
            for relation in Relations::new(fields[group.field]?.get(group.range.clone())?) {
                let relation = relation.ok()?;
                all = mix(all, self.plain(&relation, self.names.hash(relation.name.as_bytes())));
            }
            fingerprint.add_group(group.field, all);
        }
        Some(fingerprint)
    }

    /// A number for what a relation says, however it is written; `hash` is that of the name.
    fn plain(&self, relation: &Relation<'_>, hash: u64) -> u64 {
        let qualifier = relation.qualifier.map_or(0, |qualifier| self.names.hash(qualifier.as_bytes()));
        let version =
            relation.version.map_or(0, |(op, text)| self.names.hash(text.as_bytes()).wrapping_add(op as u64 + 1));
        mix(mix(hash, qualifier), version)
    }

    pub(super) fn atom(&mut self, atom: Atom) -> u32 {
        let next = self.atoms.len() as u32;
        let op = atom.op.map_or(0, |op| op as u32 + 1);
        let hash = self.names.hash_pair(pair(atom.name, atom.text), pair(atom.architecture, op));
        let id = self.atoms_by_value.find_or(hash, next, |id| self.atoms[id as usize] == atom);
        if id == next {
            self.atoms.push(atom);
        }
        id
    }

    pub(super) fn provided(&mut self, value: Option<&[u8]>, home: u32) -> Result<(u32, u32)> {
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
}

/// Tells two builds of one version apart: two stanzas are one build where these fields say the same, as apt has it. The
/// index of an archive and the status of dpkg show little more in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fingerprint(u64);

impl Fingerprint {
    /// The fields that count besides relations: the architecture, `Multi-Arch` and the installed size.
    const HEAD: [usize; 3] = [2, 5, 9];

    /// The fields of relations that count.
    const RELATIONS: [usize; 5] = [13, 14, 15, 16, 19];

    /// That of a stanza before its relations were added.
    fn of_head(fields: &[Option<&[u8]>; 22]) -> Self {
        let mut all = Self::default();
        for field in Self::HEAD {
            all.0 = mix(all.0, field as u64 ^ folded(fields[field].unwrap_or_default()));
        }
        all
    }

    /// Adds a group of a field, of which [`Builder::plain`] made a number.
    fn add_group(&mut self, field: usize, plain: u64) {
        if Self::RELATIONS.contains(&field) {
            self.0 = mix(self.0, field as u64 ^ plain);
        }
    }
}

fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// A number that a text shares with those that differ from it in the case of letters alone.
fn folded(text: &[u8]) -> u64 {
    text.iter().fold(text.len() as u64, |hash, byte| mix(hash, u64::from(byte.to_ascii_lowercase())))
}

/// Two numbers in one.
fn pair(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// Cuts a field into groups. An empty one between two commas is a group as well, for its turn to be refused.
fn split(field: usize, value: &[u8], groups: &mut Vec<Group>) {
    let mut start = 0;
    for end in memchr::memchr_iter(b',', value).chain([value.len()]) {
        let text = &value[start..end];
        let trimmed = text.trim_ascii_start();
        let from = start + text.len() - trimmed.len();
        let length = trimmed.trim_ascii_end().len();
        if length > 0 || end < value.len() {
            groups.push(Group { field, range: from..from + length, hash: 0 });
        }
        start = end + 1;
    }
}
