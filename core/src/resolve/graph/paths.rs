//! The shortest chains of relations between two packages: why something is there.

use std::collections::HashMap;

use super::super::policy::Candidates;
use super::super::universe::Universe;
use super::collect::graph;
use super::document::{Graph, Paths};
use super::draft::{Draft, Key};
use super::options::{Direction, Options};
use super::reach::show;
use super::walk::{Root, Step, Walk};
use crate::error::{Error, Kind, Result};

/// The shortest chains of relations from one package to another, `max_chains` of them, and how many there are.
///
/// The chains are in [`Graph::paths`], what they pass is the graph. They come in the order in which relations stand in
/// the packages. `Conflicts` and `Breaks` lead nowhere. Each package is looked at once at most, so the time is bounded by
/// the relations of the universe, however many chains there are.
///
/// # Errors
/// [`Kind::NotFound`] where no chain leads from the one to the other within [`Options::depth`]; as
/// [`dependencies`](super::dependencies) else.
///
/// ```
/// use reposnap::resolve::{Builder, Candidates, Origin, graph};
/// let mut builder = Builder::new("amd64", &[])?;
/// builder.index(Origin::default(), b"Package: a\nVersion: 1\nArchitecture: all\nDepends: b, c\n\n\
///     Package: b\nVersion: 1\nArchitecture: all\nDepends: c\n\nPackage: c\nVersion: 1\nArchitecture: all\n")?;
/// let universe = builder.finish()?;
/// let (candidates, options) = (Candidates::new(&universe), graph::Options::default());
/// let find = |name| graph::find(&universe, &candidates, name, &options);
/// let graph = graph::paths(&universe, &candidates, find("a")?, find("c")?, &options, 10)?;
/// assert_eq!(graph.paths.map(|paths| (paths.length, paths.count)), Some((1, 1)));
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn paths(
    universe: &Universe,
    candidates: &Candidates,
    from: Root,
    to: Root,
    options: &Options,
    max_chains: usize,
) -> Result<Graph> {
    let walk = Walk { universe, candidates, options };
    let (starts, ends) = (walk.versions_at(from), walk.versions_at(to));
    for (root, versions) in [(from, &starts), (to, &ends)] {
        if versions.is_empty() {
            let name = show(universe, root);
            return Err(Error::new(Kind::NotFound, format!("no version of {name} can be installed")));
        }
    }
    let found = search(walk, &starts, &ends);
    let Some((length, onward)) = found else {
        let (from, to) = (show(universe, from), show(universe, to));
        let error = Error::new(Kind::NotFound, format!("no chain of relations leads from {from} to {to}"));
        return Err(error.help("other kinds of relations, a larger depth or the other direction may have one"));
    };
    let starts: Vec<u32> = starts.into_iter().filter(|start| onward.contains_key(start)).collect();
    let mut counts = HashMap::new();
    let count = starts.iter().fold(0_u64, |sum, start| sum.saturating_add(count(*start, &onward, &mut counts)));
    let mut draft = Draft::new(walk);
    let mut root_nodes = Vec::new();
    for start in &starts {
        root_nodes.push(draft.node(Key::Version(*start), 0)?);
    }
    let mut chains = Vec::new();
    for chain in first_chains(&starts, &onward, max_chains) {
        let mut nodes = Vec::new();
        for (at, step) in chain.iter().enumerate() {
            let passed = draft.step(step, at as u32 + 1)?;
            nodes.extend(passed.into_iter().skip(usize::from(at > 0)));
        }
        if chain.is_empty() {
            nodes.extend(root_nodes.first());
        }
        chains.push(nodes);
    }
    draft.mark_cycles();
    let paths = Paths { length, count, chains };
    Ok(graph(walk, Direction::Dependencies, root_nodes, &[from], draft, Some(paths)))
}

/// The steps from each version on a shortest chain that stay on one.
type Onward = HashMap<u32, Vec<Step>>;

/// Goes level by level to the first one with an end, and keeps of that what leads there.
fn search(walk: Walk<'_>, starts: &[u32], ends: &[u32]) -> Option<(u32, Onward)> {
    let mut levels: HashMap<u32, u32> = starts.iter().map(|start| (*start, 0)).collect();
    let mut back: HashMap<u32, Vec<Step>> = HashMap::new();
    let mut level = 0;
    let mut follow = starts.to_vec();
    while !follow.iter().any(|version| ends.contains(version)) {
        if follow.is_empty() || walk.options.depth.is_some_and(|depth| level >= depth) {
            return None;
        }
        level += 1;
        let mut next = Vec::new();
        for version in &follow {
            walk.forward(*version, walk.options.kinds.positive(), &mut |step| {
                let known = *levels.entry(step.to).or_insert_with(|| {
                    next.push(step.to);
                    level
                });
                let steps = back.entry(step.to).or_default();
                // Several relations between the same two packages make one chain; the first is shown.
                if known == level && steps.last().is_none_or(|last| last.from != step.from) {
                    steps.push(step);
                }
            });
        }
        follow = next;
    }
    let mut onward = Onward::new();
    let mut open: Vec<u32> = follow.iter().copied().filter(|version| ends.contains(version)).collect();
    open.iter().for_each(|end| drop(onward.insert(*end, Vec::new())));
    while let Some(version) = open.pop() {
        for step in back.get(&version).into_iter().flatten() {
            let steps = onward.entry(step.from).or_insert_with(|| {
                open.push(step.from);
                Vec::new()
            });
            steps.push(*step);
        }
    }
    // As the relations stand in a package, and of those who answer one the preferred first.
    let place = |step: &Step| {
        let dep = walk.universe.deps_of(step.from).iter().position(|dep| *dep == step.dep);
        (dep, step.place, walk.answers(walk.atom_of(step)).position(|to| to == step.to))
    };
    onward.values_mut().for_each(|steps| steps.sort_by_cached_key(place));
    Some((level, onward))
}

/// How many chains lead on from a version; what is known already is not counted again.
fn count(start: u32, onward: &Onward, counts: &mut HashMap<u32, u64>) -> u64 {
    let mut work = vec![start];
    while let Some(version) = work.last().copied() {
        let steps = onward.get(&version).map_or(&[][..], Vec::as_slice);
        let before = work.len();
        work.extend(steps.iter().map(|step| step.to).filter(|to| !counts.contains_key(to)));
        if work.len() == before {
            let sum = steps.iter().fold(0_u64, |sum, step| sum.saturating_add(counts.get(&step.to).map_or(0, |n| *n)));
            counts.insert(version, if steps.is_empty() { 1 } else { sum });
            work.pop();
        }
    }
    counts.get(&start).map_or(0, |count| *count)
}

/// The first chains, each as its steps.
fn first_chains(starts: &[u32], onward: &Onward, most: usize) -> Vec<Vec<Step>> {
    let mut chains = Vec::new();
    for start in starts {
        // The place of the next step from each version of the chain at hand.
        let mut places = vec![0];
        let mut chain: Vec<Step> = Vec::new();
        while let Some(place) = places.last_mut() {
            if chains.len() >= most {
                return chains;
            }
            let version = chain.last().map_or(*start, |step| step.to);
            let steps = onward.get(&version).map_or(&[][..], Vec::as_slice);
            if steps.is_empty() {
                chains.push(chain.clone());
            }
            if let Some(step) = steps.get(*place) {
                *place += 1;
                chain.push(*step);
                places.push(0);
            } else {
                places.pop();
                chain.pop();
            }
        }
    }
    chains
}
