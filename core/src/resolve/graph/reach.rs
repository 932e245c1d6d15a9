//! Which packages are reached, and how many: without a graph, and so without its limit.

use super::super::policy::Candidates;
use super::super::universe::Universe;
use super::document::Count;
use super::options::{Direction, Options};
use super::walk::{Root, Step, Walk};
use super::whole;

/// A package that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reached {
    /// The package.
    pub package: u32,
    /// How many relations away; 1 is a direct one.
    pub level: u32,
    /// Whether one of the relations on the last step asks for a package by its own name.
    pub named: bool,
}

/// The packages that `root` reaches, each once, the nearer ones first; within [`Options::depth`], whatever
/// [`Options::max_nodes`] says.
///
/// With [`Direction::Dependents`] and a depth of 1 this is what `apt-cache rdepends --important` lists, with four
/// differences. That list goes by names alone: it has relations whose version the candidate does not meet, it lacks those
/// that are met by what the package provides ([`Options::providers`]), and it lacks those that ask for `name:any`, which
/// apt keeps as a name of its own. And it has relations of versions that are nobody's candidate
/// ([`Options::all_versions`]). Each alternative of a relation counts, as there.
///
/// ```
/// use reposnap::resolve::{Builder, Candidates, Origin, graph};
/// let mut builder = Builder::new("amd64", &[])?;
/// builder.index(Origin::default(), b"Package: a\nVersion: 1\nArchitecture: all\nDepends: b | c\n\n\
///     Package: b\nVersion: 1\nArchitecture: all\nDepends: c\n\nPackage: c\nVersion: 1\nArchitecture: all\n")?;
/// let universe = builder.finish()?;
/// let (candidates, options) = (Candidates::new(&universe), graph::Options::default());
/// let c = graph::find(&universe, &candidates, "c", &options)?;
/// let reached = graph::reach(&universe, &candidates, c, graph::Direction::Dependents, &options);
/// let names: Vec<String> = reached.iter().map(|reached| universe.show_package(reached.package)).collect();
/// assert_eq!(names, ["a", "b"]);
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn reach(
    universe: &Universe,
    candidates: &Candidates,
    root: Root,
    direction: Direction,
    options: &Options,
) -> Vec<Reached> {
    let walk = Walk { universe, candidates, options };
    let mut seen = Seen { place: vec![0; universe.package_count() as usize], found: Vec::new() };
    let mut follow = walk.versions_at(root);
    if let Root::Package(package) = root {
        seen.place[package as usize] = u32::MAX;
    }
    // A package that a conflict leads to is seen but not followed; a dependency may still lead there later.
    let mut followed = vec![false; universe.version_count() as usize];
    follow.iter().for_each(|version| followed[*version as usize] = true);
    if let (Root::Name(_), Direction::Dependencies) = (root, direction) {
        for version in &follow {
            seen.add(universe.package_of(*version), 1, false);
        }
    }
    let mut level = u32::from(matches!((root, direction), (Root::Name(_), Direction::Dependencies)));
    let mut name = match root {
        Root::Name(name) => Some(name),
        Root::Package(_) => None,
    };
    while !follow.is_empty() && options.depth.is_none_or(|depth| level < depth) {
        level += 1;
        let mut next = Vec::new();
        for version in follow {
            let mut each = |step: Step| {
                let other = if direction == Direction::Dependencies { step.to } else { step.from };
                seen.add(universe.package_of(other), level, walk.is_named(&step));
                if !universe.dep_kind(step.dep).is_negative() && !std::mem::replace(&mut followed[other as usize], true)
                {
                    next.push(other);
                }
            };
            match direction {
                Direction::Dependencies => walk.forward(version, options.kinds, &mut each),
                Direction::Dependents => walk.backward(version, name, options.kinds, &mut each),
            }
        }
        name = None;
        follow = next;
    }
    seen.found
}

/// What is reached so far.
struct Seen {
    /// Of each package, its place in `found` from 1; 0 for none, the largest number for the root.
    place: Vec<u32>,
    found: Vec<Reached>,
}

impl Seen {
    fn add(&mut self, package: u32, level: u32, named: bool) {
        let place = &mut self.place[package as usize];
        if *place == 0 {
            self.found.push(Reached { package, level, named });
            *place = self.found.len() as u32;
        } else if let Some(have) = self.found.get_mut(*place as usize - 1) {
            have.named |= named && have.level == level;
        }
    }
}

/// How many packages `root` reaches, directly and in all: "how many packages depend on libssl3". See [`reach`] for what
/// counts.
pub fn count(
    universe: &Universe,
    candidates: &Candidates,
    root: Root,
    direction: Direction,
    options: &Options,
) -> Count {
    let in_all = match (root, direction) {
        (Root::Package(package), Direction::Dependents) => {
            whole::dependents(&Walk { universe, candidates, options }, package)
        }
        _ => None,
    };
    // Who needs levels for the nearest alone goes no further.
    let nearest = Options { depth: Some(1), ..*options };
    let reached = reach(universe, candidates, root, direction, if in_all.is_some() { &nearest } else { options });
    let direct = reached.iter().filter(|reached| reached.level == 1);
    Count {
        name: show(universe, root),
        direct: direct.clone().count() as u64,
        named: direct.filter(|reached| reached.named).count() as u64,
        transitive: in_all.unwrap_or(reached.len() as u64),
    }
}

/// A root in words.
pub(super) fn show(universe: &Universe, root: Root) -> String {
    match root {
        Root::Package(package) => universe.show_package(package),
        Root::Name(name) => universe.name_text(name).to_owned(),
    }
}
