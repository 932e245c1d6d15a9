//! What a rendered suite is, without the bytes of its files.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Signatures;
use crate::digest::Digest;
use crate::error::Result;
use crate::openpgp::Signer;
use crate::publish::options::Options;
use crate::publish::release::Content;
use crate::publish::signed::sign_content;
use crate::publish::state::Index;

/// Which files a rendered suite has, and all that is needed to sign it. Small, and fit to be kept beside the files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    components: BTreeSet<String>,
    architectures: BTreeSet<String>,
    indexes: Vec<Index>,
}

/// A file of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedFile {
    /// Its path below the suite, such as `main/binary-amd64/Packages.gz`.
    pub path: String,
    /// Its SHA-256.
    pub sha256: Digest,
    /// Its size, in bytes.
    pub size: u64,
    /// The SHA-256 of the index, uncompressed.
    pub plain: Digest,
    /// The size of the index, uncompressed, in bytes.
    pub plain_size: u64,
}

impl Outline {
    pub(super) fn new(indexes: Vec<Index>) -> Self {
        Self { components: BTreeSet::new(), architectures: BTreeSet::new(), indexes }
    }

    /// Says of which components and architectures the Release tells.
    pub(super) fn of(&mut self, components: BTreeSet<String>, architectures: BTreeSet<String>) {
        self.components = components;
        self.architectures = architectures;
    }

    /// Signs the suite as `options` say, which name its date.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for options that can't be meant; those of the signer.
    pub fn sign(&self, options: &Options, signer: &dyn Signer) -> Result<Signatures> {
        options.check()?;
        let content =
            Content { components: &self.components, architectures: &self.architectures, indexes: &self.indexes };
        sign_content(&content, options, signer).map(Signatures::from)
    }

    /// The files, each index in each of its compressions.
    pub fn files(&self) -> impl Iterator<Item = RenderedFile> {
        self.indexes.iter().flat_map(|index| {
            index.forms.iter().map(|form| RenderedFile {
                path: index.form_path(form),
                sha256: form.sha256,
                size: form.size,
                plain: index.sha256,
                plain_size: index.size,
            })
        })
    }
}
