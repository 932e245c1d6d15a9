//! Which snapshots an image is consistent with, as its packages tell.
//!
//! A snapshot **has** a package where one of its lists has exactly this version, and has it as the **newest** where no list
//! that apt takes packages from by itself has a higher one: that is what an installation from it takes. Of the snapshots
//! of a lineage, those are taken that have most of the packages; of these, those that have most of them as the newest; of
//! these, the last one, and all around it that have the same packages, the same ones as the newest. What they don't have is
//! left over, each with the reason.
//!
//! Of several lineages, that one is taken whose snapshots have most of the packages, then most as the newest, then the first
//! of them: mirrors before environments, both by name.
//!
//! A layer is dated by the packages that it brought.

pub mod labels;
mod lookup;
pub mod spans;
mod sweep;

use jiff::Timestamp;
use reposnap_image::inventory::Inventory;
use reposnap_image::package::{Family, Package};
use serde::{Deserialize, Serialize};

pub use lookup::Dater;
pub use spans::{Run, Spans};
pub use sweep::{Cover, Sweep};

use crate::history::{Histories, History, Lineage};
use crate::report::{Dated, Moment};

/// What a set of packages was dated as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dating {
    /// Whose log the snapshots are of.
    pub lineage: Lineage,
    /// The name of the mirror or environment.
    pub name: String,
    /// The snapshots, and how many of the packages they have.
    pub dated: Dated,
    /// How many of the packages are the newest there.
    pub newest: usize,
    /// Whether the newest snapshot of the lineage is one of them: nobody knows yet how long they go on.
    pub is_current: bool,
    /// When the log was last at a snapshot before them, which did not have all of them: the image is not older. None where the
    /// log begins with them, which says nothing of the time before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// The packages that the snapshots don't have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Left>,
}

/// A package that the snapshots which an image is dated as don't have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The package, as an index into those that were dated.
    pub package: usize,
    /// Why.
    pub why: Why,
}

/// Why snapshots don't have a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// No snapshot of the lineage has it.
    FromNowhere,
    /// Only older ones have it: it was held back.
    Older,
    /// Only newer ones have it.
    Newer,
    /// Older and newer ones have it.
    Between,
}

/// What an image and its layers were dated as.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dates {
    /// The whole image; none where no snapshot has any of its packages.
    pub image: Option<Dating>,
    /// Each layer that brought packages.
    pub layers: Vec<LayerDate>,
}

/// What a layer was dated as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerDate {
    /// The layer, counted from the base.
    pub layer: usize,
    /// How many packages it brought that are still there.
    pub packages: usize,
    /// None where no snapshot has any of them.
    pub dating: Option<Dating>,
}

/// Dates an image and its layers. Packages count as [`Inventory::packages`] has them; those whose files are gone don't.
pub fn dates(histories: &Histories, inventory: &Inventory) -> Dates {
    let all: Vec<usize> = (0..inventory.packages.len()).filter(|at| has_files(&inventory.packages[*at])).collect();
    let spans: Vec<Vec<Spans>> = histories.all.iter().map(|history| spans_of(history, &inventory.packages)).collect();
    let mut layers: Vec<LayerDate> = Vec::new();
    for layer in 0..inventory.layers.len() {
        let brought: Vec<usize> =
            all.iter().copied().filter(|at| inventory.packages[*at].layer == Some(layer)).collect();
        if !brought.is_empty() {
            let dating = date_of(histories, &spans, &brought);
            layers.push(LayerDate { layer, packages: brought.len(), dating });
        }
    }
    Dates { image: date_of(histories, &spans, &all), layers }
}

/// Dates a set of packages; none where no snapshot has any of them.
pub fn date(histories: &Histories, packages: &[Package]) -> Option<Dating> {
    let spans: Vec<Vec<Spans>> = histories.all.iter().map(|history| spans_of(history, packages)).collect();
    date_of(histories, &spans, &(0..packages.len()).collect::<Vec<usize>>())
}

fn has_files(package: &Package) -> bool {
    package.state.has_files()
}

fn spans_of(history: &History, packages: &[Package]) -> Vec<Spans> {
    let of = |package: &Package| match package.family {
        Family::Deb => Spans::of(history, &package.name, &package.architecture, &package.version),
        // Snapshots have none.
        Family::Rpm => Spans::default(),
    };
    packages.iter().map(of).collect()
}

fn date_of(histories: &Histories, spans: &[Vec<Spans>], packages: &[usize]) -> Option<Dating> {
    let mut best: Option<(usize, Cover)> = None;
    for (number, (history, spans)) in histories.all.iter().zip(spans).enumerate() {
        let chosen: Vec<&Spans> = packages.iter().map(|package| &spans[*package]).collect();
        let Some(cover) = Sweep::default().best(history.positions().len(), &chosen) else { continue };
        if best.as_ref().is_none_or(|(_, best)| (cover.covered, cover.newest) > (best.covered, best.newest)) {
            best = Some((number, cover));
        }
    }
    let (number, cover) = best?;
    let history = &histories.all[number];
    let left = packages.iter().filter_map(|package| {
        let why = spans[number][*package].why_not(cover.first as u32, cover.last as u32)?;
        Some(Left { package: *package, why })
    });
    let at = |position: usize| {
        let position = history.positions()[position];
        Moment { snapshot: position.snapshot, time: position.time }
    };
    Some(Dating {
        lineage: history.lineage(),
        name: history.name().to_owned(),
        dated: Dated { first: at(cover.first), last: at(cover.last), covered: cover.covered, packages: packages.len() },
        newest: cover.newest,
        not_before: cover.first.checked_sub(1).map(|before| history.positions()[before].time),
        is_current: history.is_newest(cover.last),
        left: left.collect(),
    })
}
