//! A publication in memory: the files that a directory would get, for who hands them out without one.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::openpgp::Signer;
use crate::progress::Monitor;
use crate::publish::desk::Desk;
use crate::publish::index::Written;
use crate::publish::lists::Named;
use crate::publish::options::{Input, Options};
use crate::publish::plan::Plan;
use crate::publish::pool::Present;
use crate::publish::release::Content;
use crate::publish::signatures::Signed;
use crate::publish::signed::sign_content;
use crate::publish::stanza::Place;
use crate::publish::state::Index;
use crate::publish::verbatim::{Forms, places, signed_files};
use crate::snapshot::Snapshot;
use crate::store::layout;

/// The indexes of one suite, not signed yet, and the files that its packages need.
///
/// The same snapshots and options give the same bytes, always and everywhere.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The files of the indexes.
    pub files: Vec<RenderedFile>,
    /// The files of the packages, each path once, sorted by path.
    pub packages: Vec<PackageFile>,
    components: BTreeSet<String>,
    architectures: BTreeSet<String>,
    indexes: Vec<Index>,
}

/// A file of an index.
#[derive(Clone, Debug)]
pub struct RenderedFile {
    /// Its path below the suite, such as `main/binary-amd64/Packages.gz`.
    pub path: String,
    /// The SHA-256 of `bytes`.
    pub sha256: Digest,
    /// The SHA-256 of the index, uncompressed.
    pub plain: Digest,
    /// The size of the index, uncompressed.
    pub plain_size: u64,
    /// The file.
    pub bytes: Bytes,
}

/// A file of a package.
#[derive(Clone, Debug)]
pub struct PackageFile {
    place: Option<Box<str>>,
    /// The SHA-256 of the file.
    pub sha256: Digest,
    /// The ending of its name in the pool of a store.
    pub extension: Cow<'static, str>,
    /// Name and version of the package, with a blank between.
    pub package: Box<str>,
}

impl PackageFile {
    /// Its path below the root of the tree.
    pub fn path(&self) -> Cow<'_, str> {
        match &self.place {
            Some(path) => Cow::Borrowed(path),
            None => Cow::Owned(self.object()),
        }
    }

    /// The path of its object in a store.
    pub fn object(&self) -> String {
        layout::pool(self.sha256, &self.extension)
    }
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
    /// Signs the suite as `options` say, which name its date.
    ///
    /// # Errors
    /// [`Kind::Usage`] for options that can't be meant; those of the signer.
    pub fn sign(&self, options: &Options, signer: &dyn Signer) -> Result<Signatures> {
        options.check()?;
        let content =
            Content { components: &self.components, architectures: &self.architectures, indexes: &self.indexes };
        sign_content(&content, options, signer).map(Signatures::from)
    }

    /// The same without the bytes of its files and without its packages: what [`Rendered::sign`] needs.
    #[must_use]
    pub fn unsigned(&self) -> Self {
        let (components, architectures) = (self.components.clone(), self.architectures.clone());
        Self { files: Vec::new(), packages: Vec::new(), components, architectures, indexes: self.indexes.clone() }
    }

    /// The file of a package at `path` below the root of the tree.
    pub fn package(&self, path: &str) -> Option<&PackageFile> {
        let at = self.packages.binary_search_by(|package| (*package.path()).cmp(path)).ok()?;
        self.packages.get(at)
    }

    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> u64 {
        let files: usize = self.files.iter().map(|file| file.bytes.len() + file.path.len() + 128).sum();
        let place = |package: &PackageFile| package.place.as_ref().map_or(0, |place| place.len());
        let packages: usize =
            self.packages.iter().map(|package| size_of::<PackageFile>() + package.package.len() + place(package)).sum();
        (files + packages) as u64
    }

    fn new(written: Vec<Written>, wanted: Vec<Named>) -> Result<Self> {
        let (mut files, mut indexes) = (Vec::new(), Vec::new());
        for made in written {
            for file in made.files {
                let bytes = file.file.into_memory().ok_or_else(|| {
                    Error::new(Kind::Internal, "an index that was made in memory is not there").path(&made.index.path)
                })?;
                files.push(RenderedFile {
                    path: made.index.form_path(&file.form),
                    sha256: file.form.sha256,
                    plain: made.index.sha256,
                    plain_size: made.index.size,
                    bytes: bytes.into(),
                });
            }
            indexes.push(made.index);
        }
        let mut packages: Vec<PackageFile> = wanted.into_iter().map(PackageFile::from).collect();
        packages.sort_by_cached_key(|package| package.path().into_owned());
        packages.dedup_by(|a, b| a.path() == b.path());
        Ok(Self { files, packages, components: BTreeSet::new(), architectures: BTreeSet::new(), indexes })
    }
}

impl From<Named> for PackageFile {
    fn from(named: Named) -> Self {
        let place = match named.wanted.place {
            Place::Digest => None,
            Place::Path(path) => Some(path),
        };
        Self { place, sha256: named.wanted.digest, extension: named.wanted.extension, package: named.package }
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
/// the store has the packages.
///
/// # Errors
/// Those of [`publish_signed`](super::publish_signed) but for missing packages and for what concerns a directory.
pub async fn render_signed(inputs: &[Input], options: &Options, monitor: &Monitor) -> Result<Rendered> {
    options.check()?;
    let plan = Plan::make(inputs, options)?;
    let present = Arc::new(Present::default());
    let (mut written, mut wanted) = (Vec::new(), Vec::new());
    for list in &plan.lists {
        let made = list.write(&Desk::Memory, &options.formats, None, &present, monitor).await?;
        wanted.extend(made.wanted);
        written.push(made.written);
    }
    for file in &plan.files {
        monitor.check()?;
        written.push(file.write(&Desk::Memory, &options.formats, None).await?);
    }
    let rendered = Rendered::new(written, wanted)?;
    Ok(Rendered { components: plan.components, architectures: plan.architectures, ..rendered })
}

/// Puts every upstream suite of `snapshot` back as [`publish_verbatim`](super::publish_verbatim) does, in memory.
///
/// # Errors
/// Those of [`publish_verbatim`](super::publish_verbatim) but for missing packages and for what concerns a directory.
pub async fn render_verbatim(snapshot: &Snapshot, monitor: &Monitor) -> Result<Vec<RenderedSuite>> {
    let mut suites = Vec::new();
    for (part, place) in places(snapshot)? {
        let signed = signed_files(snapshot, part).await?;
        let forms = Forms::new(Desk::Memory, part, &signed, Vec::new(), &place.directory);
        let made = forms.write_all(snapshot, part, monitor).await?;
        suites.push(RenderedSuite {
            directory: place.directory,
            rendered: Rendered::new(made.files, made.wanted)?,
            signatures: signed.into(),
        });
    }
    Ok(suites)
}
