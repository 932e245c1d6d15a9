//! What packages of one name and several architectures can't stand of each other, without saying so.
//!
//! dpkg has one package of a name at a time, but for `Multi-Arch: same`: such may be there for several architectures, in
//! one version (multiarch specification of dpkg; apt writes it down as relations that no control file has).

use std::collections::HashMap;

use super::{Atom, Builder, Dep, EMPTY, Text};
use crate::deb::version::Op;
use crate::resolve::universe::rows::{DepKind, flag};

/// What a version can't stand of a sibling: all of its versions, or all but one.
type Refused = (u32, Option<Text>);

impl Builder {
    /// Adds to each version what it can't stand of its siblings.
    pub(super) fn part_siblings(&mut self) {
        // Without foreign architectures nobody has siblings.
        if self.architectures.len() <= 2 {
            return;
        }
        let before = std::mem::take(&mut self.version_deps);
        let mut known: HashMap<Refused, u32> = HashMap::new();
        for id in 0..self.versions.len() {
            let version = &self.versions[id];
            let (start, count) = version.deps;
            let but = (version.flags & flag::SAME != 0).then_some(version.text);
            let siblings = self.siblings_of(version.package);
            let fresh = self.version_deps.len() as u32;
            self.version_deps.extend_from_slice(&before[start as usize..(start + count) as usize]);
            for sibling in siblings {
                let dep = match known.get(&(sibling, but)) {
                    Some(dep) => *dep,
                    None => {
                        let dep = self.refusal(sibling, but);
                        known.insert((sibling, but), dep);
                        dep
                    }
                };
                self.version_deps.push(dep);
            }
            self.versions[id].deps = (fresh, self.version_deps.len() as u32 - fresh);
        }
    }

    /// The packages of the same name for other architectures that have versions.
    fn siblings_of(&self, package: u32) -> Vec<u32> {
        let name = self.packages[package as usize].name;
        self.packages_named(name)
            .filter(|other| *other != package && self.versions_of(*other).next().is_some())
            .collect()
    }

    fn refusal(&mut self, sibling: u32, but: Option<Text>) -> u32 {
        let (name, architecture) = {
            let package = &self.packages[sibling as usize];
            (package.name, package.architecture)
        };
        let start = self.dep_atoms.len() as u32;
        let (kind, ops) = match but {
            None => (DepKind::Conflicts, vec![(None, EMPTY)]),
            Some(text) => {
                let text = self.bytes(text).to_vec();
                let text = self.text(&text);
                (DepKind::Breaks, vec![(Some(Op::Earlier), text), (Some(Op::Later), text)])
            }
        };
        for (op, text) in ops {
            let atom = self.atom(Atom { name, architecture, op, text });
            self.dep_atoms.push(atom);
        }
        self.deps.push(Dep { kind, atoms: (start, self.dep_atoms.len() as u32 - start), between_siblings: true });
        self.deps.len() as u32 - 1
    }
}
