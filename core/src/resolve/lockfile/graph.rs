//! Which package of a lock needs which.

use std::collections::BTreeSet;

use super::Lock;
use super::present::{Present, package_of, version_of};
use crate::error::Result;
use crate::resolve::universe::rows::NONE;
use crate::resolve::{Builder, DepKind, Universe};

/// Who needs whom: numbers are those of the lock's packages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The package that needs, the one that it needs, and whether it must be there for the first to work; in order.
    pub(super) edges: BTreeSet<(usize, usize, bool)>,
}

impl Graph {
    /// What the lock itself tells: for each package, what brought it.
    pub fn of_reasons(lock: &Lock) -> Self {
        let native = lock.native();
        let mut edges = BTreeSet::new();
        for (at, package) in lock.packages.iter().enumerate() {
            let Some(reason) = &package.reason else { continue };
            let (name, architecture) = reason.of.split_once(':').unwrap_or((&reason.of, native));
            let of = lock.packages.iter().position(|other| other.name == name && other.home(native) == architecture);
            edges.extend(of.map(|of| (of, at, reason.field.is_hard())));
        }
        Self { edges }
    }

    /// All that the packages say of each other, read from the universes of the lock's snapshots. Of alternatives, each that
    /// is there counts.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit).
    pub fn of(lock: &Lock, universes: &[&Universe]) -> Result<Self> {
        let native = lock.native();
        let foreign: Vec<&str> = lock.head.foreign.iter().map(String::as_str).collect();
        let mut builder = Builder::new(native, &foreign)?;
        for universe in universes {
            let kept: BTreeSet<u32> =
                lock.packages.iter().filter_map(|package| version_of(universe, package, native)).collect();
            builder.universe(universe, |version| kept.contains(&version))?;
        }
        let universe = builder.finish()?;
        let mut present = Present { universe: &universe, versions: vec![NONE; universe.package_count() as usize] };
        let mut numbers = vec![usize::MAX; universe.package_count() as usize];
        for (at, package) in lock.packages.iter().enumerate() {
            let version = version_of(&universe, package, native);
            if let (Some(id), Some(version)) = (package_of(&universe, package, native), version) {
                present.versions[id as usize] = version;
                numbers[id as usize] = at;
            }
        }
        let mut edges = BTreeSet::new();
        for package in present.packages() {
            for dep in universe.deps_of(present.versions[package as usize]) {
                let kind = universe.dep_kind(*dep);
                if !(kind.is_hard() || kind == DepKind::Recommends && lock.head.recommends) {
                    continue;
                }
                let targets =
                    present.answers(*dep).map(|target| universe.package_of(target)).filter(|to| *to != package);
                edges.extend(targets.map(|to| (numbers[package as usize], numbers[to as usize], kind.is_hard())));
            }
        }
        // What must be there need not be wished for.
        let hard: BTreeSet<(usize, usize)> = edges.iter().filter(|edge| edge.2).map(|edge| (edge.0, edge.1)).collect();
        edges.retain(|edge| edge.2 || !hard.contains(&(edge.0, edge.1)));
        Ok(Self { edges })
    }

    /// The packages that nothing in the graph leads to, besides those that were asked for: all that stands on its own.
    pub(super) fn roots(&self, lock: &Lock) -> BTreeSet<usize> {
        let asked = (0..lock.packages.len()).filter(|at| !lock.packages[*at].automatic);
        let mut roots: BTreeSet<usize> = asked.collect();
        let mut reached: BTreeSet<usize> = BTreeSet::new();
        let mut open: Vec<usize> = roots.iter().copied().collect();
        let mut next = 0;
        loop {
            while let Some(at) = open.pop() {
                if reached.insert(at) {
                    open.extend(self.edges.range((at, 0, false)..(at + 1, 0, false)).map(|edge| edge.1));
                }
            }
            // What is left has come for another reason, such as a base that is no part of the lock.
            match (next..lock.packages.len()).find(|at| !reached.contains(at)) {
                Some(at) => {
                    roots.insert(at);
                    open.push(at);
                    next = at + 1;
                }
                None => return roots,
            }
        }
    }
}
