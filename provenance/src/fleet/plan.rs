//! What to rebuild, bases first.

use std::collections::{BTreeSet, HashMap};

use reposnap::Digest;
use serde::{Deserialize, Serialize};

use super::{Fleet, Hit};

/// What to rebuild.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The images, each behind those that it is made on.
    pub steps: Vec<Step>,
    /// Images that are affected and that no name is any more: nothing to rebuild, and perhaps still running somewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unplanned: Vec<Unplanned>,
}

/// An image to rebuild.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The image as it is.
    pub image: Digest,
    /// The names that it has now.
    pub names: Vec<String>,
    /// Why, and on what.
    pub reason: Reason,
    /// The packages to get rid of.
    pub packages: Vec<PlannedPackage>,
    /// The step to wait for, counted from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<usize>,
}

/// Why an image is rebuilt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Reason {
    /// Its own layers have it, or nobody knows what it is made on.
    Itself,
    /// A new base is enough: all that is affected is the base's.
    NewBase {
        /// The base as it is, or as it is already without what is affected.
        base: Digest,
        /// Its names.
        names: Vec<String>,
        /// Whether the new base is there already; else it is an earlier step.
        is_there: bool,
    },
    /// Both its base and its own layers have it: a new base, and newer packages above it.
    Both {
        /// The base as it is, or as it is already without what is affected.
        base: Digest,
        /// Its names.
        names: Vec<String>,
        /// Whether the new base is there already; else it is an earlier step.
        is_there: bool,
    },
    /// The image that it claims to be made on is not recorded: whether a new one is enough, nobody knows.
    UnknownBase {
        /// What it claims.
        claim: Digest,
    },
}

/// A package that an image is to get rid of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlannedPackage {
    /// The binary package.
    pub name: String,
    /// Its architecture.
    pub architecture: String,
    /// The version that the image has.
    pub version: String,
    /// The version that mends it.
    pub fixed_in: String,
    /// Whether the image that it is made on has it too.
    pub in_base: bool,
}

/// An image that is affected and not rebuilt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unplanned {
    /// The image.
    pub image: Digest,
    /// The packages that it has.
    pub packages: usize,
}

impl Fleet {
    /// What to rebuild to get rid of `hits`, the bases first.
    ///
    /// An image whose affected packages are all in the image that it is made on needs a new base and nothing else. The new
    /// base is what the names of the old one are now; where that is affected itself, it is rebuilt first.
    pub fn plan(&self, hits: &[Hit]) -> Plan {
        let mut affected: HashMap<usize, Vec<usize>> = HashMap::new();
        for (number, hit) in hits.iter().enumerate() {
            for image in &hit.images {
                affected.entry(image as usize).or_default().push(number);
            }
        }
        let mut planner = Planner { fleet: self, hits, affected, plan: Plan::default(), steps: HashMap::new() };
        let mut images: Vec<usize> = planner.affected.keys().copied().collect();
        // By the number of layers, so that bases come first even where nothing else says so.
        images.sort_by_key(|image| (self.image(*image).map_or(0, |image| image.layers), *image));
        for image in images {
            if self.current.contains(image as u32) {
                planner.step(image);
            } else if let Some(known) = self.image(image) {
                let packages = planner.affected[&image].len();
                planner.plan.unplanned.push(Unplanned { image: known.digest, packages });
            }
        }
        planner.plan
    }
}

struct Planner<'a> {
    fleet: &'a Fleet,
    hits: &'a [Hit],
    /// Of each affected image the hits that it has.
    affected: HashMap<usize, Vec<usize>>,
    plan: Plan,
    steps: HashMap<usize, usize>,
}

impl Planner<'_> {
    /// Plans an image that is affected and has a name, and what it waits for before it.
    fn step(&mut self, image: usize) {
        // The images that wait for one another, the last one first to be planned.
        let mut waiting = vec![image];
        let mut seen: BTreeSet<usize> = waiting.iter().copied().collect();
        while let Some(base) = waiting.last().and_then(|image| self.awaited(*image)) {
            // Names may have gone round in a circle; then somebody has to go first.
            if self.steps.contains_key(&base) || !seen.insert(base) {
                break;
            }
            waiting.push(base);
        }
        while let Some(image) = waiting.pop() {
            if !self.steps.contains_key(&image)
                && let Some(step) = self.of(image)
            {
                self.steps.insert(image, self.plan.steps.len());
                self.plan.steps.push(step);
            }
        }
    }

    /// What the base of an image is now: the base itself where it still has a name, or else what one of its names is now.
    fn renewed(&self, image: usize) -> Option<usize> {
        let base = self.fleet.base(image)?;
        if self.fleet.current.contains(base as u32) {
            return Some(base);
        }
        self.fleet.successor(base).filter(|renewed| *renewed != image).or(Some(base))
    }

    /// The base that has to be rebuilt before an image.
    fn awaited(&self, image: usize) -> Option<usize> {
        let base = self.fleet.base(image)?;
        // What is not the base's, a new one does not mend.
        self.affected.get(&base)?;
        let renewed = self.renewed(image)?;
        (self.affected.contains_key(&renewed) && self.fleet.current.contains(renewed as u32)).then_some(renewed)
    }

    fn of(&self, image: usize) -> Option<Step> {
        let known = self.fleet.image(image)?;
        let base = self.fleet.base(image);
        let of_base = base.and_then(|base| self.affected.get(&base)).map(Vec::as_slice).unwrap_or_default();
        let mut packages: Vec<PlannedPackage> = self.affected[&image]
            .iter()
            .map(|number| {
                let hit = &self.hits[*number];
                PlannedPackage {
                    name: hit.name.clone(),
                    architecture: hit.architecture.clone(),
                    version: hit.version.clone(),
                    fixed_in: hit.fixed_in.clone(),
                    in_base: of_base.contains(number),
                }
            })
            .collect();
        packages.sort();
        let renewed = self.renewed(image).filter(|_| !of_base.is_empty());
        let reason = match (renewed.and_then(|renewed| Some((renewed, self.fleet.image(renewed)?))), known.claim) {
            (Some((number, renewed)), _) => {
                let (base, names) = (renewed.digest, self.fleet.names_of(number));
                let is_there = !self.affected.contains_key(&number);
                match packages.iter().all(|package| package.in_base) {
                    true => Reason::NewBase { base, names, is_there },
                    false => Reason::Both { base, names, is_there },
                }
            }
            (None, Some(claim)) if base.is_none() => Reason::UnknownBase { claim },
            (None, _) => Reason::Itself,
        };
        let after = self.awaited(image).and_then(|base| self.steps.get(&base).copied());
        Some(Step { image: known.digest, names: self.fleet.names_of(image), reason, packages, after })
    }
}
