//! What is written down of a tree: its suites as JSON, and behind it the SHA-256 of that.

use std::fs::{self, File};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reposnap::Digest;
use reposnap::error::{Error, Kind, Result};
use reposnap::publish::{Outline, Rendered, RenderedFile, RenderedSuite, Signatures};
use serde::{Deserialize, Serialize};

use crate::limits::RECORD_BYTES;

/// A suite as it is kept.
#[derive(Debug)]
pub struct KeptSuite {
    /// Where it lies below the root; none for a tree of one's own.
    pub directory: Option<String>,
    /// Its files.
    pub outline: Outline,
    /// What upstream signed; none for a tree of one's own.
    pub signatures: Option<Signatures>,
}

/// A suite that was made just now.
#[derive(Debug)]
pub struct MadeSuite {
    /// Where it lies below the root; none for a tree of one's own.
    pub directory: Option<String>,
    /// Its files, with their bytes.
    pub rendered: Rendered,
    /// What upstream signed; none for a tree of one's own.
    pub signatures: Option<Signatures>,
}

/// What is written down of a tree.
#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    suites: Vec<SuiteRecord>,
}

#[derive(Serialize, Deserialize)]
struct SuiteRecord {
    directory: Option<String>,
    outline: Outline,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signed: Option<SignedRecord>,
}

/// What upstream signed, in base64.
#[derive(Serialize, Deserialize)]
struct SignedRecord {
    in_release: Option<String>,
    release: Option<String>,
    signature: Option<String>,
}

impl Record {
    /// That of a tree with these suites.
    pub(super) fn of(suites: &[MadeSuite]) -> Self {
        let suite = |suite: &MadeSuite| SuiteRecord {
            directory: suite.directory.clone(),
            outline: suite.rendered.outline.clone(),
            signed: suite.signatures.as_ref().map(SignedRecord::new),
        };
        Self { suites: suites.iter().map(suite).collect() }
    }

    /// Its bytes.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut text = serde_json::to_vec(self)
            .map_err(|error| Error::new(Kind::Internal, "a tree can't be written").source(error))?;
        let digest = Digest::of(&text);
        text.extend_from_slice(digest.as_bytes());
        Ok(text)
    }

    /// Reads one; none where it is not there, or damaged.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        if file.metadata().ok()?.len() > RECORD_BYTES {
            return None;
        }
        let bytes = fs::read(path).ok()?;
        let (text, digest) = bytes.split_at_checked(bytes.len().checked_sub(32)?)?;
        (Digest::of(text).as_bytes() == digest).then_some(())?;
        serde_json::from_slice(text).ok()
    }

    /// How many suites it has.
    pub(super) fn len(&self) -> usize {
        self.suites.len()
    }

    /// The files of all suites.
    pub(super) fn files(&self) -> impl Iterator<Item = RenderedFile> + '_ {
        self.suites.iter().flat_map(|suite| suite.outline.files())
    }

    /// The suites; none where what is signed is no base64.
    pub(super) fn into_suites(self) -> Option<Vec<KeptSuite>> {
        self.suites.into_iter().map(KeptSuite::read).collect()
    }
}

impl MadeSuite {
    /// The suite of a tree of one's own.
    pub fn own(rendered: Rendered) -> Self {
        Self { directory: None, rendered, signatures: None }
    }
}

impl From<RenderedSuite> for MadeSuite {
    fn from(suite: RenderedSuite) -> Self {
        Self { directory: Some(suite.directory), rendered: suite.rendered, signatures: Some(suite.signatures) }
    }
}

impl KeptSuite {
    fn read(record: SuiteRecord) -> Option<Self> {
        let signatures = record.signed.map(SignedRecord::read).transpose().ok()?;
        Some(Self { directory: record.directory, outline: record.outline, signatures })
    }
}

impl SignedRecord {
    fn new(signatures: &Signatures) -> Self {
        let text = |bytes: &Option<Bytes>| bytes.as_ref().map(|bytes| STANDARD.encode(bytes));
        Self {
            in_release: text(&signatures.in_release),
            release: text(&signatures.release),
            signature: text(&signatures.signature),
        }
    }

    fn read(self) -> std::result::Result<Signatures, base64::DecodeError> {
        let bytes = |text: Option<String>| text.map(|text| STANDARD.decode(text)).transpose();
        Ok(Signatures {
            in_release: bytes(self.in_release)?.map(Bytes::from),
            release: bytes(self.release)?.map(Bytes::from),
            signature: bytes(self.signature)?.map(Bytes::from),
            certificate: None,
        })
    }
}
