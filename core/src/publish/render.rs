//! A publication in memory: the files that a directory would get, for who hands them out without one.

mod outline;
mod packages;

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::progress::Monitor;
use crate::publish::desk::Desk;
use crate::publish::index::Written;
use crate::publish::lists::Named;
use crate::publish::options::{Input, Options};
use crate::publish::pieces::{Earlier, Pieces};
use crate::publish::plan::Plan;
use crate::publish::pool::Present;
use crate::publish::signatures::Signed;
use crate::publish::verbatim::{Forms, places, signed_files};
use crate::snapshot::Snapshot;

pub use outline::{Outline, RenderedFile};
pub use packages::{PackageFile, PackageFiles};

/// The indexes of one suite, not signed yet, and the files that its packages need.
///
/// The same snapshots and options give the same bytes, always and everywhere.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Which files there are, and what is signed of them.
    pub outline: Outline,
    /// The files of the indexes, by their SHA-256.
    pub contents: HashMap<Digest, Bytes>,
    /// The files of the packages.
    pub packages: PackageFiles,
    /// Where the pieces of the indexes lie, for [`Earlier`].
    pub pieces: Pieces,
}

/// What is signed of a suite, and the signatures.
#[derive(Clone, Debug, Default)]
pub struct Signatures {
    /// `InRelease`.
    pub in_release: Option<Bytes>,
    /// `Release`.
    pub release: Option<Bytes>,
    /// `Release.gpg`.
    pub signature: Option<Bytes>,
    /// The certificate by which clients verify; none for an upstream's own signature.
    pub certificate: Option<Bytes>,
}

/// A suite of an upstream.
#[derive(Clone, Debug)]
pub struct RenderedSuite {
    /// Where it lies below the root, such as `dists/stable`; empty for the root itself.
    pub directory: String,
    /// Its files.
    pub rendered: Rendered,
    /// What upstream signed.
    pub signatures: Signatures,
}

impl Rendered {
    fn new(written: Vec<Written>, wanted: Vec<Named>) -> Result<Self> {
        let (mut contents, mut indexes, mut pieces) = (HashMap::new(), Vec::new(), Pieces::default());
        for made in written {
            for file in made.files {
                let bytes = file.file.into_memory().ok_or_else(|| {
                    Error::new(Kind::Internal, "an index that was made in memory is not there").path(&made.index.path)
                })?;
                if let Some((start, groups)) = &file.groups {
                    pieces.add(file.form.sha256, *start, groups);
                }
                contents.insert(file.form.sha256, bytes.into());
            }
            indexes.push(made.index);
        }
        let packages = wanted.into_iter().map(PackageFile::from).collect();
        Ok(Self { outline: Outline::new(indexes), contents, packages, pieces })
    }
}

impl From<Signed> for Signatures {
    fn from(signed: Signed) -> Self {
        Self {
            in_release: signed.in_release.map(Bytes::from),
            release: signed.release.map(Bytes::from),
            signature: signed.signature.map(Bytes::from),
            certificate: signed.certificate.map(Bytes::from),
        }
    }
}

/// Makes the indexes of `inputs` as [`publish_signed`](super::publish_signed) does, in memory. Nothing is said of whether
/// the store has the packages. Pieces that `earlier` has are taken from there; the bytes are the same without it.
///
/// # Errors
/// Those of [`publish_signed`](super::publish_signed) but for missing packages and for what concerns a directory.
pub async fn render_signed(
    inputs: &[Input],
    options: &Options,
    earlier: Option<Arc<Earlier>>,
    monitor: &Monitor,
) -> Result<Rendered> {
    options.check()?;
    let desk = Desk::Memory(earlier);
    let plan = Plan::make(inputs, options)?;
    let present = Arc::new(Present::default());
    let (mut written, mut wanted) = (Vec::new(), Vec::new());
    for list in &plan.lists {
        let made = list.write(&desk, &options.formats, None, &present, monitor).await?;
        wanted.extend(made.wanted);
        written.push(made.written);
    }
    for file in &plan.files {
        monitor.check()?;
        written.push(file.write(&desk, &options.formats, None).await?);
    }
    let mut rendered = Rendered::new(written, wanted)?;
    rendered.outline.of(plan.components, plan.architectures);
    Ok(rendered)
}

/// Puts every upstream suite of `snapshot` back as [`publish_verbatim`](super::publish_verbatim) does, in memory.
///
/// # Errors
/// Those of [`publish_verbatim`](super::publish_verbatim) but for missing packages and for what concerns a directory.
pub async fn render_verbatim(snapshot: &Snapshot, monitor: &Monitor) -> Result<Vec<RenderedSuite>> {
    let mut suites = Vec::new();
    for (part, place) in places(snapshot)? {
        let signed = signed_files(snapshot, part).await?;
        let forms = Forms::new(Desk::Memory(None), part, &signed, Vec::new(), &place.directory);
        let made = forms.write_all(snapshot, part, monitor).await?;
        suites.push(RenderedSuite {
            directory: place.directory,
            rendered: Rendered::new(made.files, made.wanted)?,
            signatures: signed.into(),
        });
    }
    Ok(suites)
}
