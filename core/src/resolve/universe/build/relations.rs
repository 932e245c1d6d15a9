//! Reads what packages say of others: groups of alternatives, each of which is taken apart once, however many have it.

use super::{Atom, Builder, Dep, EMPTY, FIELDS, Provided, RELATIONS};
use crate::deb::relation::Relations;
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
    /// What [`plain`] makes of the text, a number that needs no place of its own kind.
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
                let fresh = Known { dep: self.dep(text, kind, home)?, plain: plain(text).to_le_bytes() };
                self.known_groups.resize(self.known_groups.len().max(known + 1), Known { dep: UNREAD, plain: [0; 8] });
                self.known_groups[known] = fresh;
                Ok(fresh)
            }
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
        let Some(kind) = kind else { return Ok(NONE) };
        let count = self.dep_atoms.len() as u32 - start;
        if count as usize > MAX_ALTERNATIVES {
            return Err(Error::new(Kind::Limit, format!("a relation has more than {MAX_ALTERNATIVES} alternatives")));
        }
        self.deps.push(Dep { kind, atoms: (start, count), between_siblings: false });
        Ok(self.deps.len() as u32 - 1)
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

/// Tells two builds of one version apart: two stanzas are one build where these fields agree, as apt has it. The index of
/// an archive and the status of dpkg show little more in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fingerprint(u64);

impl Fingerprint {
    /// The fields that count besides relations: the architecture, `Multi-Arch` and the installed size.
    const HEAD: [usize; 3] = [2, 5, 9];

    /// The fields of relations that count.
    const RELATIONS: [usize; 5] = [13, 14, 15, 16, 19];

    /// That of a stanza.
    pub(super) fn of(fields: &[Option<&[u8]>; 22]) -> Self {
        let (mut all, mut groups) = (Self::of_head(fields), Vec::new());
        for field in Self::RELATIONS {
            let value = fields[field].unwrap_or_default();
            groups.clear();
            split(field, value, &mut groups);
            for group in &groups {
                all.add_group(field, plain(value.get(group.range.clone()).unwrap_or_default()));
            }
        }
        all
    }

    /// That of a stanza before its relations were added.
    fn of_head(fields: &[Option<&[u8]>; 22]) -> Self {
        let mut all = Self::default();
        for field in Self::HEAD {
            all.add(field as u64 ^ plain(fields[field].unwrap_or_default()));
        }
        all
    }

    /// Adds a group of a field, of which [`plain`] made a number.
    fn add_group(&mut self, field: usize, plain: u64) {
        if Self::RELATIONS.contains(&field) {
            self.add(field as u64 ^ plain);
        }
    }

    fn add(&mut self, word: u64) {
        self.0 = mix(self.0, word);
    }
}

fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// A number that a text shares with those that differ from it in white space and the case of letters alone.
fn plain(text: &[u8]) -> u64 {
    // Eight bytes at a time, those that count.
    let (mut hash, mut word, mut filled) = (0, 0_u64, 0_u64);
    for byte in text.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        word = word << 8 | u64::from(byte.to_ascii_lowercase());
        filled += 1;
        if filled % 8 == 0 {
            (hash, word) = (mix(hash, word), 0);
        }
    }
    mix(mix(hash, word), filled)
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
