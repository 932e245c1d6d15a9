//! An image held against an environment: what is outdated, by how much, who holds it back, and what is from nowhere.
//!
//! [`audit`] fills a [`Report`]: the packages with their origins, the date, the base image, and findings:
//!
//! | rule | severity | when |
//! |---|---|---|
//! | `security-update` | error | the environment has a newer version, and the one in the image is older than one that came from a suite of security updates |
//! | `outdated` | warning | the environment has a newer version |
//! | `modified` | error | a snapshot has this version, and other content |
//! | `from-nowhere` | warning | no snapshot has it |
//! | `bad-signature` | error | an rpm whose digest or signature does not hold |
//! | `file-changed` | warning | a file of a package is other than the package has it |
//! | `half-installed` | warning | dpkg left a package half way |
//! | `false-label` | warning | what the image says of itself does not hold |
//! | `ahead` | note | the image has a newer version than the environment |
//! | `superseded` | note | a snapshot had it, and no snapshot of today has |
//!
//! The verdict is inconclusive where there is no package database or no package, where the store has no snapshots, and where
//! the environment has less than half of the names of packages: then it is another distribution's.

pub mod base;
mod findings;
pub mod newest;

use jiff::Timestamp;
use reposnap::environment::{Environment, Source, resolve};
use reposnap::snapshot::Snapshot;
use reposnap::store::Store;
use reposnap::store::refs::ENVIRONMENT;
use reposnap::{Digest, Result};
use reposnap_image::Inventory;
use reposnap_image::package::Family;

pub use base::Base;
pub use newest::{Newest, Standing};

use crate::dating::{self, Dates};
use crate::fleet::Fleet;
use crate::history::Histories;
use crate::matching::{self, Matched};
use crate::report::Report;

/// The least part of an image's packages whose names the environment has to have, for the audit to say anything.
pub const LEAST_COVERED: f64 = 0.5;

/// What an image is held against.
#[derive(Clone, Debug)]
pub struct Against {
    /// As it was named.
    pub environment: String,
    /// The snapshot.
    pub snapshot: Digest,
    /// The newest version of each package.
    pub newest: Newest,
}

impl Against {
    /// The snapshot that `revision` names: an environment, or any other name of a snapshot.
    ///
    /// # Errors
    /// [`Kind::NotFound`](reposnap::Kind::NotFound) where nothing has this name, and those of reading the store.
    pub async fn open(store: &Store, revision: &str) -> Result<Self> {
        let found = resolve(store, revision).await?;
        // An environment as it is now goes by its own name, however it was asked for.
        let plain = revision.strip_prefix(ENVIRONMENT).and_then(|rest| rest.strip_prefix('/')).unwrap_or(revision);
        let of_now = found.source == Source::Environment && found.name.as_deref() == Some(plain);
        let name = if of_now { plain } else { revision };
        Self::of(name, &Snapshot::open(store, found.digest).await?).await
    }

    /// What the environment `name` is now.
    ///
    /// # Errors
    /// As [`Against::open`].
    pub async fn environment(store: &Store, name: &str) -> Result<Self> {
        let head = Environment::open(store, name)?.head().await?;
        Self::of(name, &Snapshot::open(store, head.body.snapshot).await?).await
    }

    /// A snapshot, as the environment of that name.
    ///
    /// # Errors
    /// Those of reading the store.
    pub async fn of(environment: &str, snapshot: &Snapshot) -> Result<Self> {
        let newest = Newest::of(snapshot).await?;
        Ok(Self { environment: environment.to_owned(), snapshot: snapshot.id(), newest })
    }
}

/// What was found out about an image, beside the report.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The report.
    pub report: Report,
    /// What snapshots say of each package of the report, in the report's order.
    pub matched: Vec<Matched>,
    /// When the image and its layers are of. Packages are those of the report.
    pub dates: Dates,
}

/// Audits an image: matches, dates, holds it against an environment where one is given, and looks for its base among the
/// recorded images where these are given.
///
/// # Errors
/// Those of reading the store.
pub async fn audit(
    store: &Store,
    histories: &Histories,
    inventory: &Inventory,
    against: Option<&Against>,
    fleet: Option<&Fleet>,
    now: Timestamp,
) -> Result<Audit> {
    // The report's packages, and nothing else, from here on.
    let mut inventory = inventory.clone();
    inventory.packages.retain(|package| package.state.has_files());
    let mut report = Report::of(&inventory, now);
    report.environment = against.map(|against| against.environment.clone());

    let matched = matching::matches(store, histories, &inventory.packages).await?;
    for (reported, matched) in report.packages.iter_mut().zip(&matched) {
        // Snapshots have no packages of rpm; to say that one is from nowhere would say something.
        reported.origin = (reported.family == Family::Deb).then(|| matched.origin.clone());
    }
    let dates = dating::dates(histories, &inventory);
    report.dated = dates.image.as_ref().map(|dating| dating.dated.clone());
    let labels = dating::labels::check(store, &inventory, dates.image.as_ref()).await?;
    let base = match fleet {
        Some(fleet) => base::find(fleet, &inventory),
        None => None,
    };
    report.base.clone_from(&base);

    let mut audited = findings::Audited { histories, inventory: &inventory, matched: &matched, report };
    audited.image();
    if let Some(against) = against {
        audited.against(against, base.as_ref());
    }
    audited.report.findings.extend(labels);
    let report = audited.finish(against);
    Ok(Audit { report, matched, dates })
}
