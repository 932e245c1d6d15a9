//! The predicate `image-packages/v0.1`: what is in an image, and which snapshots of which repositories had it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reposnap::{Error, Kind, Result};
use reposnap_image::inventory::{Inventory, Os};
use reposnap_image::package::{Family, Source};
use serde::{Deserialize, Serialize};

use super::statement::{Sha256, Statement};
use crate::report::{self, Match, Report, Reported, Verdict};

/// The type of this predicate.
pub const IMAGE_PACKAGES: &str = "https://reposnap.dev/image-packages/v0.1";

/// What is in an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImagePackages {
    /// The image.
    pub image: Image,
    /// The distribution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<Os>,
    /// The layers, the base first.
    pub layers: Vec<Layer>,
    /// The packages, in the order of the inventory.
    pub packages: Vec<Package>,
    /// The snapshots that the packages were matched with, by digest.
    pub snapshots: Vec<Snapshot>,
    /// How many packages came from there.
    pub coverage: Coverage,
    /// The moment that the image is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<Interval>,
    /// The environment that it was held against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// What came of looking at it.
    pub verdict: Verdict,
    /// Why nobody can tell, for an inconclusive verdict.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
    /// What made this.
    pub tool: Tool,
    /// When: the moment that the report counts ages to.
    pub made_at: Timestamp,
}

/// An image, as it was named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// The reference.
    pub reference: String,
    /// The digest of its manifest; the same as the subject's.
    pub digest: Sha256,
}

/// A layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Layer {
    /// The digest of the blob.
    pub digest: Sha256,
    /// The digest of the uncompressed archive.
    pub diff_id: Sha256,
    /// How many packages it brought, changed or removed.
    pub packages: usize,
}

/// A package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Package {
    /// `deb` or `rpm`.
    pub family: Family,
    /// Its name.
    pub name: String,
    /// Its version, with the epoch.
    pub version: String,
    /// Its architecture, in the family's words.
    pub architecture: String,
    /// Its source package.
    pub source: Source,
    /// The layer that brought it, counted from the base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// The digest of the package file, as the repository's index has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Sha256>,
    /// What the snapshots say of it; none where nobody asked.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<Match>,
    /// The mirror.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirror: Option<String>,
    /// The suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// The component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// The first and the last snapshot that had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshots: Option<Held>,
}

/// The first and the last snapshot that had a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The first.
    pub first: Sha256,
    /// The last.
    pub last: Sha256,
}

/// A snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// What names it.
    pub digest: Sha256,
    /// The mirror or the environment that it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
}

/// How many packages came from where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// All of them.
    pub packages: usize,
    /// Those that a snapshot has exactly so, and the newest still has.
    pub known: usize,
    /// Those that the newest does not have any more.
    pub superseded: usize,
    /// Those of which a snapshot has the version with other content.
    pub modified: usize,
    /// Those that no snapshot has.
    pub from_nowhere: usize,
    /// Those that nobody asked about.
    pub unmatched: usize,
}

/// The snapshots that an image is consistent with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// The first of them.
    pub first: Moment,
    /// The last of them.
    pub last: Moment,
    /// How many of the packages they have.
    pub covered: usize,
    /// How many packages there are.
    pub packages: usize,
}

/// A snapshot and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The snapshot.
    pub digest: Sha256,
    /// Its time.
    pub time: Timestamp,
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl ImagePackages {
    /// What a report and the inventory that it is of say. `snapshots` are those that the packages were matched with; any that
    /// the report names besides are added.
    ///
    /// # Errors
    /// [`Kind::Usage`] where there is no image with a digest to speak of, or the two are not of the same one;
    /// [`Kind::Verification`] where there are no packages, for that nothing was found says nothing.
    pub fn of(report: &Report, inventory: &Inventory, snapshots: &[Snapshot]) -> Result<Self> {
        let Some(digest) = report.digest else {
            return Err(Error::new(Kind::Usage, "only an image that has a digest can be attested")
                .path(report.reference.clone())
                .help("name it in a layout, an archive or a registry; a folder and a machine have no digest"));
        };
        if inventory.digest != Some(digest) {
            return Err(Error::new(Kind::Usage, "the report and the inventory are of different images"));
        }
        if report.packages.is_empty() {
            return Err(Error::new(Kind::Verification, "no packages were found, so there is nothing to attest")
                .path(report.reference.clone())
                .rule("coverage"));
        }
        let packages: Vec<Package> = report.packages.iter().map(Package::of).collect();
        let dated = report.dated.as_ref().map(|dated| {
            let moment = |at: report::Moment| Moment { digest: at.snapshot.into(), time: at.time };
            let (first, last) = (moment(dated.first), moment(dated.last));
            Interval { first, last, covered: dated.covered, packages: dated.packages }
        });
        let mut named: BTreeMap<Sha256, Snapshot> = BTreeMap::new();
        let moments = dated.iter().flat_map(|dated| [dated.first, dated.last]);
        for moment in moments {
            named.insert(moment.digest, Snapshot { digest: moment.digest, name: None, time: Some(moment.time) });
        }
        for held in packages.iter().filter_map(|package| package.snapshots) {
            for digest in [held.first, held.last] {
                named.entry(digest).or_insert(Snapshot { digest, name: None, time: None });
            }
        }
        named.extend(snapshots.iter().map(|snapshot| (snapshot.digest, snapshot.clone())));
        Ok(Self {
            image: Image { reference: report.reference.clone(), digest: digest.into() },
            os: report.os.clone(),
            layers: inventory.layers.iter().map(Layer::of).collect(),
            coverage: Coverage::of(&packages),
            packages,
            snapshots: named.into_values().collect(),
            dated,
            environment: report.environment.clone(),
            verdict: report.verdict,
            doubts: report.doubts.clone(),
            tool: Tool { name: "reposnap".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            made_at: report.now,
        })
    }

    /// A statement that says this of the image.
    pub fn into_statement(self) -> Statement<Self> {
        let (name, digest) = (self.image.reference.clone(), self.image.digest.sha256);
        Statement::about(&name, &digest, IMAGE_PACKAGES, self)
    }
}

impl Layer {
    fn of(layer: &reposnap_image::inventory::Layer) -> Self {
        Self { digest: layer.digest.into(), diff_id: layer.diff_id.into(), packages: layer.packages }
    }
}

impl Package {
    fn of(reported: &Reported) -> Self {
        let origin = reported.origin.as_ref();
        Self {
            family: reported.family,
            name: reported.name.clone(),
            version: reported.version.clone(),
            architecture: reported.architecture.clone(),
            source: reported.source.clone(),
            layer: reported.layer,
            digest: origin.and_then(|origin| origin.sha256).map(Sha256::from),
            matched: origin.map(|origin| origin.matched),
            mirror: origin.and_then(|origin| origin.mirror.clone()),
            suite: origin.and_then(|origin| origin.suite.clone()),
            component: origin.and_then(|origin| origin.component.clone()),
            snapshots: origin
                .and_then(|origin| origin.snapshots)
                .map(|span| Held { first: span.first.into(), last: span.last.into() }),
        }
    }
}

impl Coverage {
    /// Counts.
    pub fn of(packages: &[Package]) -> Self {
        let count = |wanted| packages.iter().filter(|package| package.matched == wanted).count();
        Self {
            packages: packages.len(),
            known: count(Some(Match::Known)),
            superseded: count(Some(Match::Superseded)),
            modified: count(Some(Match::Modified)),
            from_nowhere: count(Some(Match::FromNowhere)),
            unmatched: count(None),
        }
    }
}
