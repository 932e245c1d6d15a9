//! Where the packages of an image came from, when it is of, and how it stands beside an environment.

use jiff::Timestamp;
use reposnap::digest::Digest;
use reposnap::error::{Error, Kind, Result};
use reposnap_image::Inventory;
use reposnap_image::package::{Family, Source};
use reposnap_provenance::audit::{self, Against, Audit as Audited};
use reposnap_provenance::dating::{self, Dating, Left, Why};
use reposnap_provenance::fleet::Fleet;
use reposnap_provenance::history::{Histories, Lineage};
use reposnap_provenance::matching::{self, Differs, Matched};
use reposnap_provenance::report::{self, Finding, Report, Reported, Rule, Verdict};
use serde::Serialize;

use super::advice::Advice;
use super::reading::image_request;
use crate::session::Session;

image_request! {
    /// Tells of every package of an image which snapshots have had exactly it, and which are from nowhere.
    "image match"(Store) -> "image match";
    pub struct Match {
        required {}
        optional {}
    }
}

image_request! {
    /// Tells from which snapshots an image and each of its layers can be, by their packages.
    "image date"(Store) -> "image date";
    pub struct Date {
        required {}
        optional {}
    }
}

image_request! {
    /// Holds an image against an environment: what is outdated and since when, what is from nowhere, and who holds it back.
    "image audit"(Store) -> "Report";
    pub struct Audit {
        required {
            /// The environment, or any other name of a snapshot.
            rev: String,
        }
        optional {
            /// Security advisories, by path or URL: the Debian security tracker's JSON, OSV, or updateinfo files.
            advisories: Vec<String>,
            /// OpenVEX documents that state which of them don't concern the image, by path or URL.
            vex: Vec<String>,
            /// The release that updateinfo files are of, such as `fedora:41`.
            release: Option<String>,
            /// The mirrors of one's own packages: that no advisories are about those is no doubt.
            own_mirrors: Vec<String>,
            /// The moment that ages are counted to; now by default.
            at: Option<Timestamp>,
        }
    }
}

/// What snapshots say of an image's packages.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Traces {
    /// The image, as it was named.
    pub reference: String,
    /// The digest of its manifest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// `findings` where a package is modified or from nowhere, or half installed.
    pub verdict: Verdict,
    /// Why nobody can tell, for an inconclusive verdict.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
    /// The packages whose files are there.
    pub packages: Vec<Trace>,
}

/// What snapshots say of a package.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Trace {
    /// Whose it is.
    pub family: Family,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture.
    pub architecture: String,
    /// Its source package.
    pub source: Source,
    /// The layer that brought it, counted from the base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// What snapshots say of it.
    pub matched: report::Match,
    /// The SHA-256 of the package's file, as an index has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
    /// The lists that have had it; of a modified one, its version.
    pub places: Vec<Held>,
    /// For a modified one, what differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differs: Vec<Differs>,
    /// Whether the store has the package's file, and its list of files was compared too.
    pub has_file: bool,
}

/// A list that has had a package.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Held {
    /// Whose log its snapshots are of.
    pub lineage: Lineage,
    /// The name of the mirror or environment.
    pub name: String,
    /// The suite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// The component.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Whether it is a suite of security updates.
    pub is_security: bool,
    /// The first snapshot that had it.
    pub first: Digest,
    /// The last one.
    pub last: Digest,
    /// Whether the newest snapshot has it.
    pub is_newest: bool,
}

/// When an image is of.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Dates {
    /// The image, as it was named.
    pub reference: String,
    /// The digest of its manifest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The snapshots that the image as a whole can be of; none where no snapshot has any of its packages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dated: Option<Interval>,
    /// The same for each layer that brought packages.
    pub layers: Vec<LayerInterval>,
    /// What the image says of itself and does not hold.
    pub false_labels: Vec<Finding>,
}

/// A layer, and when it is of.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct LayerInterval {
    /// The layer, counted from the base.
    pub layer: usize,
    /// The digest of its blob.
    pub digest: Digest,
    /// How many packages it brought that are still there.
    pub packages: usize,
    /// The snapshots that it can be of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dated: Option<Interval>,
}

/// Snapshots of one log that packages can be from.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Interval {
    /// Whose log.
    pub lineage: Lineage,
    /// The name of the mirror or environment.
    pub name: String,
    /// The first of the snapshots.
    pub first: Digest,
    /// Since when the log was at it.
    pub first_time: Timestamp,
    /// The last of them.
    pub last: Digest,
    /// Since when the log was at it.
    pub last_time: Timestamp,
    /// How many packages they have.
    pub covered: usize,
    /// How many packages there are.
    pub packages: usize,
    /// How many of the packages are the newest there.
    pub newest: usize,
    /// Whether the last of them is the newest snapshot of the log: nobody knows yet how long they go on.
    pub is_current: bool,
    /// The packages that they don't have.
    pub left: Vec<Leftover>,
}

/// A package that the snapshots which an image is dated as don't have.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Leftover {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture.
    pub architecture: String,
    /// Why.
    pub why: Why,
}

/// Tells of every package of an image which snapshots have had exactly it.
///
/// # Errors
/// Those of reading the image and the store.
pub async fn match_(session: &Session, request: Match) -> Result<Traces> {
    let inventory = request.reading().read(session).await?.inventory;
    let histories = Histories::of(&session.store().await?, session.progress()).await?;
    let Audited { mut report, matched, .. } = audited(session, &histories, &inventory, None, Timestamp::now()).await?;
    // Labels are for `image date` to tell of.
    report.findings.retain(|finding| finding.rule != Rule::FalseLabel);
    report.conclude();
    let packages = report.packages.into_iter().zip(matched).map(|(package, matched)| trace(package, matched)).collect();
    Ok(Traces {
        reference: report.reference,
        digest: report.digest,
        verdict: report.verdict,
        doubts: report.doubts,
        packages,
    })
}

/// Tells from which snapshots an image and each of its layers can be.
///
/// # Errors
/// Those of reading the image and the store.
pub async fn date(session: &Session, request: Date) -> Result<Dates> {
    let (store, inventory) = (session.store().await?, request.reading().read(session).await?.inventory);
    let histories = Histories::of(&store, session.progress()).await?;
    let dates = dating::dates(&histories, &inventory);
    let false_labels = dating::labels::check(&store, &inventory, dates.image.as_ref()).await?;
    let interval = |dating: Dating| interval(&inventory, dating);
    let layers = dates.layers.into_iter().map(|date| LayerInterval {
        layer: date.layer,
        digest: inventory.layers[date.layer].digest,
        packages: date.packages,
        dated: date.dating.map(interval),
    });
    let layers = layers.collect();
    Ok(Dates {
        dated: dates.image.map(interval),
        layers,
        false_labels,
        reference: inventory.reference.clone(),
        digest: inventory.digest,
    })
}

/// Holds an image against an environment.
///
/// # Errors
/// Those of reading the image and the store.
pub async fn audit(session: &Session, request: Audit) -> Result<Report> {
    let now = request.at.unwrap_or_else(Timestamp::now);
    let inventory = request.reading().read(session).await?.inventory;
    let histories = Histories::of(&session.store().await?, session.progress()).await?;
    let mut report = audited(session, &histories, &inventory, Some(&request.rev), now).await?.report;
    if let Some(name) = request.own_mirrors.iter().find(|name| histories.find(Lineage::Mirror, name).is_none()) {
        return Err(Error::new(Kind::NotFound, format!("the store has no snapshots of a mirror {name}")));
    }
    let advice = Advice {
        advisories: &request.advisories,
        vex: &request.vex,
        release: request.release.as_deref(),
        own: &request.own_mirrors,
    };
    advice.examine(session, &mut report).await?;
    Ok(report)
}

/// What is found out about an image, held against an environment where one is named.
pub(super) async fn audited(
    session: &Session,
    histories: &Histories,
    inventory: &Inventory,
    rev: Option<&str>,
    now: Timestamp,
) -> Result<Audited> {
    let store = session.store().await?;
    let against = match rev {
        Some(rev) => Some(Against::open(&store, rev).await?),
        None => None,
    };
    let fleet = Fleet::open(&store, session.progress()).await?;
    audit::audit(&store, histories, inventory, against.as_ref(), Some(&fleet), now).await
}

fn trace(package: Reported, matched: Matched) -> Trace {
    let places = matched.places.into_iter().map(held).collect();
    Trace {
        family: package.family,
        name: package.name,
        version: package.version,
        architecture: package.architecture,
        source: package.source,
        layer: package.layer,
        matched: matched.origin.matched,
        sha256: matched.origin.sha256,
        places,
        differs: matched.differs,
        has_file: matched.has_file,
    }
}

fn held(place: matching::Place) -> Held {
    let reposnap_provenance::report::Span { first, last } = place.snapshots;
    Held {
        lineage: place.lineage,
        name: place.name,
        suite: place.suite,
        component: place.component,
        is_security: place.is_security,
        first,
        last,
        is_newest: place.is_newest,
    }
}

fn interval(inventory: &Inventory, dating: Dating) -> Interval {
    let left = |left: &Left| {
        let package = &inventory.packages[left.package];
        Leftover {
            name: package.name.clone(),
            version: package.version.clone(),
            architecture: package.architecture.clone(),
            why: left.why,
        }
    };
    let (first, last) = (dating.dated.first, dating.dated.last);
    Interval {
        lineage: dating.lineage,
        first: first.snapshot,
        first_time: first.time,
        last: last.snapshot,
        last_time: last.time,
        covered: dating.dated.covered,
        packages: dating.dated.packages,
        newest: dating.newest,
        is_current: dating.is_current,
        left: dating.left.iter().map(left).collect(),
        name: dating.name,
    }
}
