//! Where the packages of an image came from: each held against the stanzas that snapshots have of its version.
//!
//! A package is **known** where a snapshot has a stanza of its name, architecture and version that agrees with what the
//! image's package database has, field by field ([`compare`]), and, where the store has the package's file and the image the
//! package's `.md5sums`, where these agree too ([`sums`]). It is **superseded** where no newest snapshot of any lineage has
//! that stanza any more, **modified** where there are stanzas of this version and none agrees, and **from nowhere** where
//! there is none.
//!
//! Of several lists that agree, the origin is, in this order: one that still has the package before one that had it; a
//! mirror before an environment; mirrors and environments by name; the list whose run ends last; the list that the history
//! saw first. All of them are in [`Matched::places`].

pub mod compare;
mod stanzas;
pub mod sums;

use std::collections::HashMap;

use reposnap::deb::stanza::Stanza;
use reposnap::store::Store;
use reposnap::{Digest, Result};
use reposnap_image::Package;
use reposnap_image::package::Family;
use serde::{Deserialize, Serialize};

pub use compare::Differs;

use crate::history::{Fingerprint, Histories, Lineage};
use crate::report::{Match, Origin, Span};
use stanzas::Stanzas;

/// A list of a lineage that had a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Whose log.
    pub lineage: Lineage,
    /// The name of the mirror or environment.
    pub name: String,
    /// The suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// The component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Whether it is a suite of security updates.
    #[serde(default)]
    pub is_security: bool,
    /// The first and the last snapshot that had it.
    pub snapshots: Span,
    /// Whether the newest snapshot has it.
    pub is_newest: bool,
}

/// What snapshots say of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// The verdict, and where it came from; for a modified one, where the one that is most like it came from.
    pub origin: Origin,
    /// All lists that have had it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
    /// For a modified one, what differs from the stanza that is most like it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differs: Vec<Differs>,
    /// Whether the package's file was there to compare with.
    #[serde(default)]
    pub has_file: bool,
}

impl Matched {
    /// Of a package that no snapshot has.
    fn nowhere() -> Self {
        let origin = Origin {
            matched: Match::FromNowhere,
            mirror: None,
            suite: None,
            component: None,
            snapshots: None,
            sha256: None,
        };
        Self { origin, places: Vec::new(), differs: Vec::new(), has_file: false }
    }

    /// Whether a suite of security updates had it.
    pub fn is_security(&self) -> bool {
        self.places.iter().any(|place| place.is_security)
    }
}

/// A run of a list that may be where a package came from.
struct Candidate {
    fingerprint: Fingerprint,
    /// The position of its history among all of them, and of its list.
    order: (usize, usize),
    last: usize,
    place: Place,
}

/// What snapshots say of each of `packages`, in their order.
///
/// # Errors
/// Those of reading the store. A package whose own stanza can't be read is modified.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use reposnap::{progress::Monitor, store::Store};
/// use reposnap_provenance::{history::Histories, matching};
/// let store = Store::memory();
/// let histories = Histories::of(&store, &Monitor::silent()).await?;
/// assert!(matching::matches(&store, &histories, &[]).await?.is_empty());
/// # Ok::<(), reposnap::Error>(()) }).unwrap();
/// ```
pub async fn matches(store: &Store, histories: &Histories, packages: &[Package]) -> Result<Vec<Matched>> {
    let candidates: Vec<Vec<Candidate>> = packages.iter().map(|package| candidates(histories, package)).collect();
    let mut wanted = Stanzas::default();
    for (package, candidates) in packages.iter().zip(&candidates) {
        for candidate in candidates {
            wanted.want(&package.name, candidate.fingerprint, candidate.place.snapshots.last);
        }
    }
    let stanzas = wanted.read(store).await?;
    let mut matched = Vec::with_capacity(packages.len());
    for (package, candidates) in packages.iter().zip(candidates) {
        matched.push(judge(store, package, candidates, &stanzas).await?);
    }
    Ok(matched)
}

/// The runs of lists that had the version of a package, the preferred first.
fn candidates(histories: &Histories, package: &Package) -> Vec<Candidate> {
    let mut all = Vec::new();
    if package.family != Family::Deb {
        return all;
    }
    for (number, history) in histories.all.iter().enumerate() {
        for row in history.rows(&package.name, &package.architecture) {
            if compare::canonical(&row.version) != compare::canonical(&package.version) {
                continue;
            }
            let Some(list) = history.lists().get(row.list) else { continue };
            let positions = history.positions();
            let place = Place {
                lineage: history.lineage(),
                name: history.name().to_owned(),
                suite: list.suite_name().map(str::to_owned),
                component: Some(list.component.clone()).filter(|component| !component.is_empty()),
                is_security: list.is_security(),
                snapshots: Span { first: positions[row.first].snapshot, last: positions[row.last].snapshot },
                is_newest: history.is_newest(row.last),
            };
            let last = row.last;
            all.push(Candidate { fingerprint: row.fingerprint, order: (number, row.list), last, place });
        }
    }
    all.sort_by_key(|candidate| {
        let (history, list) = candidate.order;
        (!candidate.place.is_newest, history, std::cmp::Reverse(candidate.last), list)
    });
    all
}

async fn judge(
    store: &Store,
    package: &Package,
    candidates: Vec<Candidate>,
    stanzas: &HashMap<Fingerprint, Vec<u8>>,
) -> Result<Matched> {
    // The preferred run of each stanza, in the order of preference.
    let mut tried: Vec<Fingerprint> = Vec::new();
    let mut agreeing: Vec<Fingerprint> = Vec::new();
    let mut best: Option<(usize, Vec<Differs>, bool)> = None;
    let mut has_file = false;
    for (number, candidate) in candidates.iter().enumerate() {
        if tried.contains(&candidate.fingerprint) {
            continue;
        }
        tried.push(candidate.fingerprint);
        let Some(stanza) = stanzas.get(&candidate.fingerprint) else { continue };
        let mut differs = compare::differences(stanza, &package.stanza);
        let mut looked = false;
        if differs.is_empty()
            && let Some(own) = &package.md5sums
            && let Some(sha256) = sha256_of(stanza)
            && let Some(theirs) = sums::of_pool(store, sha256).await?
        {
            looked = true;
            differs.extend(sums::differ(&theirs, own));
        }
        if differs.is_empty() {
            agreeing.push(candidate.fingerprint);
            has_file |= looked;
        }
        if best.as_ref().is_none_or(|(_, least, _)| differs.len() < least.len()) {
            best = Some((number, differs, looked));
        }
    }
    let Some((number, differs, looked)) = best else { return Ok(Matched::nowhere()) };
    let is_exact = !agreeing.is_empty();
    let best = &candidates[number];
    let sha256 = stanzas.get(&best.fingerprint).and_then(|stanza| sha256_of(stanza));
    let matched = match (is_exact, best.place.is_newest) {
        (true, true) => Match::Known,
        (true, false) => Match::Superseded,
        (false, _) => Match::Modified,
    };
    let origin = Origin {
        matched,
        mirror: Some(best.place.name.clone()),
        suite: best.place.suite.clone(),
        component: best.place.component.clone(),
        snapshots: Some(best.place.snapshots),
        sha256,
    };
    let is_place = |candidate: &Candidate| !is_exact || agreeing.contains(&candidate.fingerprint);
    let places = candidates.into_iter().filter(is_place).map(|candidate| candidate.place).collect();
    Ok(Matched { origin, places, differs, has_file: if is_exact { has_file } else { looked } })
}

/// The SHA-256 of the package's file, as its stanza in an index has it.
fn sha256_of(stanza: &[u8]) -> Option<Digest> {
    Digest::from_hex(Stanza::parse(stanza).ok()?.get("SHA256")?)
}
