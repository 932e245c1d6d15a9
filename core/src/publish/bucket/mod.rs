//! Publications in buckets.
//!
//! | key below the prefix | what | who caches it |
//! |---|---|---|
//! | `dists/<suite>/InRelease`, `Release`, `Release.gpg` | what is signed; InRelease is replaced last | nobody without asking |
//! | `dists/<suite>/<component>/...` | indexes under their names | nobody without asking |
//! | `.../by-hash/SHA256/<sha256>` | the same by their hashes, those of the publication before too | everybody, for ever |
//! | `pool/` | packages, shared by all suites of the prefix | everybody, for ever; for a day where upstream named them |
//! | `<suite>.asc` | the certificate by which clients verify | nobody without asking |
//! | `.reposnap/published.json` | what is published, and who is at it ([`ledger`]) | nobody |
//! | `.reposnap/pool-<sha256>` | what lies in the pool ([`inventory`]) | nobody |
//!
//! A publication reads what is published, lists the suite, and uploads what is not there: packages and files by hash at once,
//! then the record of what is to come, indexes under their names, Release and Release.gpg, and InRelease last, in the place of
//! the one version that was seen. Nothing is listed or asked for package by package, so a publication costs as many requests
//! as packages and indexes are new, and about a dozen more.

mod claim;
mod commit;
mod headers;
mod inventory;
mod ledger;
mod look;
mod packages;
mod prune;
mod signed;
mod suite;
mod verbatim;

use std::time::Duration;

use crate::publish::report::Uploaded;
use crate::store::bucket::{Bucket as Files, Spent};

/// How long a publisher that is killed keeps others waiting: so long it may say nothing before another takes over.
pub const LEASE: Duration = Duration::from_secs(30);

/// A part of a bucket that is published into.
#[derive(Debug)]
pub struct Bucket {
    files: Files,
    lease: Duration,
}

impl Bucket {
    pub(super) fn new(files: Files) -> Self {
        Self { files, lease: LEASE }
    }

    /// Takes over from publishers that say nothing for this long, in the place of [`LEASE`]. All who publish here have to
    /// agree on it.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// What was asked of the bucket since `before`.
    fn uploaded(&self, before: Spent) -> Uploaded {
        let now = self.files.spent();
        Uploaded { requests: now.requests - before.requests, bytes: now.bytes - before.bytes }
    }
}
