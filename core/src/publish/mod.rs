//! Snapshots into trees that apt reads.
//!
//! [`publish_signed`] makes a repository of its own out of any snapshots: stanzas verbatim but for where the packages
//! lie, a Release of its own, the caller's signature. [`publish_verbatim`] puts an upstream's own bytes back, its
//! signature intact. [`render_signed`] and [`render_verbatim`] make the same files in memory. The others work on a directory
//! that any web server can serve ([`Place`] does the same in a directory or a bucket, [`invalidate`] tells a cache):
//!
//! | path | what |
//! |---|---|
//! | `dists/<suite>/InRelease`, `Release`, `Release.gpg` | what is signed; InRelease is replaced last |
//! | `dists/<suite>/<component>/...` | indexes, and under `by-hash` those of the publication before too |
//! | `pool/` | packages, shared by all suites of the directory |
//! | `<suite>.asc` | the certificate by which clients verify |
//! | `.reposnap/` | a lock, temporary files, and what was published; no client reads it |
//!
//! # What a client sees
//! Packages are on disk before the indexes that name them, indexes before the InRelease that names them, and indexes
//! that an earlier InRelease names stay until the second publication after it. So a client that began with the old
//! InRelease finishes with the old indexes by their hashes, and killing the publisher at any point leaves the old
//! state or the new one.

mod again;
mod bucket;
mod commit;
mod desk;
mod files;
mod format;
mod groups;
mod index;
mod indexes;
mod invalidate;
mod lists;
mod options;
mod pieces;
mod place;
mod plan;
mod pool;
mod prune;
mod release;
mod render;
mod report;
mod signatures;
mod signed;
mod stanza;
mod state;
mod tree;
mod verbatim;
mod xz;

pub use bucket::{Bucket, LEASE};
pub use format::IndexFormat;
pub use invalidate::{INVALIDATE_TIME, invalidate};
pub use options::{Input, Missing, Options, Resign, Suite, Upgrades};
pub use pieces::{Earlier, Pieces};
pub use place::Place;
pub use prune::{Pruned, plan_prune, prune};
pub use render::{
    Outline, PackageFile, PackageFiles, Rendered, RenderedFile, RenderedSuite, Signatures, render_signed,
    render_verbatim,
};
pub use report::{Made, Outcome, Publication, PublishedIndex, Uploaded};
pub use signed::{plan_signed, publish_signed};
pub use verbatim::{plan_verbatim, publish_verbatim};
