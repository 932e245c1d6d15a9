//! The images that a store knows: recorded, found by what they hold, and what to rebuild of them.

use std::collections::BTreeMap;

use reposnap::digest::Digest;
use reposnap::error::{Error, Kind, Result};
use reposnap_image::package::Family;
use reposnap_provenance::audit::Newest;
use reposnap_provenance::fleet::{self as fleets, Added, By, Fix, Fleet, Hit, Plan, Within};
use serde::{Deserialize, Serialize};

use crate::image::image_request;
use crate::operation::{ParameterType, request};
use crate::session::Session;

image_request! {
    /// Records an image in the store, under a name. What is recorded stays.
    "fleet add"(Store) -> "fleet add";
    pub struct Add {
        required {}
        optional {
            /// The name; the image's reference by default.
            name: Option<String>,
            /// Tell what would be recorded, and record nothing.
            dry_run: bool,
        }
    }
}

request! {
    /// Lists the names of the recorded images, and the images that they are now.
    "fleet list"(Store) -> "array of FleetImage";
    pub struct List {
        required {}
        optional {}
    }
}

request! {
    /// Finds the images that have a package in an older version than one that mends it.
    "fleet affected"(Store) -> "array of StaleImage";
    pub struct Affected {
        required {
            /// The binary or source package.
            name: String,
            /// The version that mends it; for a source package, the source's.
            version: String,
        }
        optional {
            /// What the name is the name of: `binary`, `source`, or `any`, which is the default.
            by: Named,
            /// Whose package it is: `deb`, which is the default, or `rpm`.
            family: Kinship,
            /// Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
            system: Option<String>,
        }
    }
}

request! {
    /// Finds the images that have a package in an older version than a snapshot.
    "fleet stale"(Store) -> "array of StaleImage";
    pub struct Stale {
        required {
            /// The snapshot, such as an environment.
            rev: String,
        }
        optional {
            /// A snapshot before it: only what is newer than there counts.
            since: Option<String>,
            /// Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
            system: Option<String>,
        }
    }
}

request! {
    /// Tells what to rebuild, bases first: of a snapshot, of what is new in it, or of a version that mends something.
    "fleet plan"(Store) -> "fleet plan";
    pub struct Rebuild {
        required {}
        optional {
            /// The snapshot, such as an environment.
            rev: Option<String>,
            /// A snapshot before it: only what is newer than there counts. For an environment's last promotion: `stable~1`.
            since: Option<String>,
            /// Instead of a snapshot: the binary or source package that is mended.
            name: Option<String>,
            /// And the version that mends it.
            version: Option<String>,
            /// What the name is the name of: `binary`, `source`, or `any`, which is the default.
            by: Named,
            /// Whose package it is: `deb`, which is the default, or `rpm`.
            family: Kinship,
            /// Only images of this distribution, such as `debian 12`; all by default. `fleet list` tells which there are.
            system: Option<String>,
        }
    }
}

/// What a name is the name of.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Named(pub By);

impl ParameterType for Named {
    const KIND: &'static str = "word: any, binary, source";
}

/// Whose package it is; dpkg's by default.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub struct Kinship(pub Family);

impl Default for Kinship {
    fn default() -> Self {
        Self(Family::Deb)
    }
}

impl ParameterType for Kinship {
    const KIND: &'static str = "word: deb, rpm";
}

/// A name, and the image that it is now.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FleetImage {
    /// The name.
    pub reference: String,
    /// The image.
    pub image: Digest,
    /// Its distribution, such as `debian 12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// How many layers it has.
    pub layers: usize,
    /// The names of the image that it is made on, where that is recorded.
    pub base: Vec<String>,
}

/// An image, and what it should not have any more.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct StaleImage {
    /// The image.
    pub image: Digest,
    /// The names that it has now.
    pub names: Vec<String>,
    /// The packages.
    pub packages: Vec<StalePackage>,
}

/// A package that an image should not have any more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct StalePackage {
    /// The binary package.
    pub name: String,
    /// Its architecture.
    pub architecture: String,
    /// The version that the image has.
    pub version: String,
    /// The version that mends it.
    pub fixed_in: String,
    /// The source package.
    pub source: String,
}

/// Records an image.
///
/// # Errors
/// Those of reading the image and writing the store; [`Kind::AlreadyExists`] where it is recorded with other packages.
pub async fn add(session: &Session, request: Add) -> Result<Added> {
    let read = request.reading().read(session).await?;
    if read.inventory.databases.is_empty() {
        return Err(Error::new(
            Kind::NotFound,
            "the image has no package database, so nobody could find it by its packages",
        )
        .path(request.reference));
    }
    let session = session.rehearsing(request.dry_run).await?;
    let name = request.name.as_deref().unwrap_or(&request.reference);
    fleets::add(&session.store().await?, name, &read.inventory, &session.note("")).await
}

/// Lists the recorded images.
///
/// # Errors
/// Those of reading the store.
pub async fn list(session: &Session, _: List) -> Result<Vec<FleetImage>> {
    let fleet = open(session).await?;
    let images = fleet.names().filter_map(|name| {
        let image = fleet.image(name.image)?;
        let base = fleet.base(name.image).map(|base| fleet.names_of(base)).unwrap_or_default();
        let reference = name.reference.clone();
        Some(FleetImage { reference, image: image.digest, system: image.system, layers: image.layers, base })
    });
    Ok(images.collect())
}

/// Finds the images that have a package in an older version.
///
/// # Errors
/// Those of reading the store.
pub async fn affected(session: &Session, request: Affected) -> Result<Vec<StaleImage>> {
    let fleet = open(session).await?;
    let fix = fix(request.family, &request.name, &request.version, request.by)?;
    let hits = fleet.within(request.system.as_deref())?.hits(&fix)?;
    Ok(images(&fleet, &hits))
}

/// Finds the images that have a package in an older version than a snapshot.
///
/// # Errors
/// Those of reading the store.
pub async fn stale(session: &Session, request: Stale) -> Result<Vec<StaleImage>> {
    let fleet = open(session).await?;
    let within = fleet.within(request.system.as_deref())?;
    let hits = hits(session, &within, &request.rev, request.since.as_deref()).await?;
    Ok(images(&fleet, &hits))
}

/// Tells what to rebuild.
///
/// # Errors
/// Those of reading the store; [`Kind::Usage`] where neither a snapshot nor a version is named, or both are.
pub async fn plan(session: &Session, request: Rebuild) -> Result<Plan> {
    let fleet = open(session).await?;
    let within = fleet.within(request.system.as_deref())?;
    let hits = match (&request.rev, &request.name, &request.version) {
        (Some(rev), None, None) => hits(session, &within, rev, request.since.as_deref()).await?,
        (None, Some(name), Some(version)) if request.since.is_none() => {
            within.hits(&fix(request.family, name, version, request.by)?)?
        }
        _ => {
            return Err(Error::new(Kind::Usage, "what to rebuild for is not clear")
                .help("name a snapshot, or a package and the version that mends it"));
        }
    };
    Ok(within.plan(&hits))
}

async fn open(session: &Session) -> Result<Fleet> {
    Fleet::open(&session.store().await?, session.progress()).await
}

async fn hits(session: &Session, fleet: &Within<'_>, rev: &str, since: Option<&str>) -> Result<Vec<Hit>> {
    let after = session.snapshot(rev).await?.1;
    match since {
        Some(since) => {
            let before = session.snapshot(since).await?.1;
            fleet.hits_of(&fleets::newer(&before, &after).await?)
        }
        None => fleet.outdated(&Newest::of(&after).await?),
    }
}

fn fix(family: Kinship, name: &str, version: &str, by: Named) -> Result<Fix> {
    if family.0 == Family::Deb {
        // Says what is wrong with a version that could never be one.
        let _: reposnap::deb::version::Version = version.parse()?;
    }
    let mut fix = Fix::of(family.0, name, version);
    fix.by = by.0;
    Ok(fix)
}

/// The images that a name is now, and what they have of `hits`.
fn images(fleet: &Fleet, hits: &[Hit]) -> Vec<StaleImage> {
    let mut of: BTreeMap<u32, Vec<StalePackage>> = BTreeMap::new();
    for hit in hits {
        for image in &(&hit.images & fleet.current()) {
            of.entry(image).or_default().push(StalePackage {
                name: hit.name.clone(),
                architecture: hit.architecture.clone(),
                version: hit.version.clone(),
                fixed_in: hit.fixed_in.clone(),
                source: hit.source.name.clone(),
            });
        }
    }
    let mut images: Vec<StaleImage> = of
        .into_iter()
        .filter_map(|(image, mut packages)| {
            packages.sort();
            let names = fleet.names_of(image as usize);
            Some(StaleImage { image: fleet.image(image as usize)?.digest, names, packages })
        })
        .collect();
    images.sort_by(|a, b| a.names.cmp(&b.names));
    images
}
