//! Where something is published: a directory or a bucket, and the same operations on both.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::bucket::Bucket;
use super::options::{Input, Missing, Options};
use super::prune::{Pruned, plan_prune, prune};
use super::report::Publication;
use super::signed::{plan_signed, publish_signed};
use super::verbatim::{plan_verbatim, publish_verbatim};
use crate::error::Result;
use crate::openpgp::Signer;
use crate::progress::Monitor;
use crate::snapshot::Snapshot;
use crate::store;
use crate::store::bucket::Target;

/// Where something is published.
#[derive(Debug)]
pub enum Place {
    /// A directory.
    Directory(PathBuf),
    /// A part of a bucket.
    Bucket(Bucket),
}

impl Place {
    /// What `place` names: a directory, or the URL of a bucket as [`store`] has them. `options` tell the variables
    /// by which the bucket's server is reached, and whether nobody else publishes there ([`store::Writers`]). Nothing is
    /// asked of a server yet.
    ///
    /// ```
    /// use std::path::Path;
    /// use reposnap::publish::Place;
    /// let place = Place::of(Path::new("/srv/packages"), &Default::default())?;
    /// assert!(matches!(place, Place::Directory(_)));
    /// assert!(Place::of(Path::new("ftp://server/packages"), &Default::default()).is_err());
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a URL or a variable that can't be used.
    pub fn of(place: &Path, options: &store::Options) -> Result<Self> {
        Ok(match Target::of(place, options)? {
            Target::Directory(directory) => Self::Directory(directory),
            Target::Bucket(files) => Self::Bucket(Bucket::new(files)),
        })
    }

    /// [`publish_signed`], or the same in a bucket ([`Bucket::publish_signed`]).
    ///
    /// # Errors
    /// Those of either.
    pub async fn publish_signed(
        &self,
        inputs: &[Input],
        options: &Options,
        signer: &dyn Signer,
        monitor: &Monitor,
    ) -> Result<Publication> {
        match self {
            Self::Directory(directory) => publish_signed(inputs, options, directory, signer, monitor).await,
            Self::Bucket(bucket) => bucket.publish_signed(inputs, options, signer, monitor).await,
        }
    }

    /// [`plan_signed`], or the same in a bucket ([`Bucket::plan_signed`]).
    ///
    /// # Errors
    /// Those of either.
    pub async fn plan_signed(&self, inputs: &[Input], options: &Options, signer: &dyn Signer) -> Result<Publication> {
        match self {
            Self::Directory(directory) => plan_signed(inputs, options, directory, signer).await,
            Self::Bucket(bucket) => bucket.plan_signed(inputs, options, signer).await,
        }
    }

    /// [`publish_verbatim`], or the same in a bucket ([`Bucket::publish_verbatim`]).
    ///
    /// # Errors
    /// Those of either.
    pub async fn publish_verbatim(
        &self,
        snapshot: &Snapshot,
        missing: Missing,
        wait: Duration,
        monitor: &Monitor,
    ) -> Result<Vec<Publication>> {
        match self {
            Self::Directory(directory) => publish_verbatim(snapshot, directory, missing, wait, monitor).await,
            Self::Bucket(bucket) => bucket.publish_verbatim(snapshot, missing, wait, monitor).await,
        }
    }

    /// [`plan_verbatim`], or the same in a bucket ([`Bucket::plan_verbatim`]).
    ///
    /// # Errors
    /// Those of either.
    pub async fn plan_verbatim(&self, snapshot: &Snapshot) -> Result<Vec<Publication>> {
        match self {
            Self::Directory(directory) => plan_verbatim(snapshot, directory).await,
            Self::Bucket(bucket) => bucket.plan_verbatim(snapshot).await,
        }
    }

    /// [`prune`], or the same in a bucket ([`Bucket::prune`]).
    ///
    /// # Errors
    /// Those of either.
    pub async fn prune(&self, wait: Duration, monitor: &Monitor) -> Result<Pruned> {
        match self {
            Self::Directory(directory) => prune(directory, wait, monitor).await,
            Self::Bucket(bucket) => bucket.prune(wait, monitor).await,
        }
    }

    /// [`plan_prune`], or the same in a bucket ([`Bucket::plan_prune`]).
    ///
    /// # Errors
    /// Those of either.
    pub async fn plan_prune(&self, monitor: &Monitor) -> Result<Pruned> {
        match self {
            Self::Directory(directory) => plan_prune(directory, monitor).await,
            Self::Bucket(bucket) => bucket.plan_prune(monitor).await,
        }
    }
}
