//! What speaks for a change, as an entry of the log keeps it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::junit::{Counts, LARGEST_REPORT};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::store::Store;

/// What is at most so large is kept in the entry itself, in bytes; what is larger as an object `evidence/<sha256>`.
pub const LARGEST_INLINE: usize = 64 << 10;
/// How much of it one entry has in itself, in bytes.
pub const MOST_INLINE: usize = 256 << 10;
/// How many pieces of evidence one change may have.
pub const MOST_EVIDENCE: usize = 64;
/// The largest file that is kept as evidence, in bytes.
pub const LARGEST_EVIDENCE: u64 = LARGEST_REPORT;

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Evidence {
    /// A report of tests.
    Tests {
        /// The name of the suite, as the policy has it.
        name: String,
        /// The report.
        #[serde(flatten)]
        file: Kept,
        /// What it says.
        #[serde(flatten)]
        counts: Counts,
    },
    /// An approval.
    Approval {
        /// The signed statement.
        #[serde(flatten)]
        file: Kept,
        /// Fingerprint of the primary key of who signed it.
        signer: String,
        /// Who that is, as the certificate says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user_id: Option<String>,
        /// When it was approved.
        date: Timestamp,
        /// As what the approver speaks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<String>,
        /// What the approver says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
    },
    /// Where the snapshot was before.
    Log {
        /// The log: `env/testing`, `mirror/debian`.
        name: String,
        /// The number of its newest entry, when this was looked at.
        seq: u64,
        /// The digest of that entry.
        digest: Digest,
        /// The snapshot that was looked for.
        snapshot: Digest,
        /// Since when it has been there; nothing where it is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
    },
    /// A check of relations.
    Check {
        /// What was asked: `clean`, `none-uninstallable`.
        check: String,
        /// For which architectures.
        architectures: Vec<String>,
        /// How many packages speak against it.
        uninstallable: u64,
        /// Of how many the work allowed did not tell.
        undecided: u64,
    },
    /// Something else that was given; no rule asks for it.
    File {
        /// What the caller calls it.
        name: String,
        /// The file.
        #[serde(flatten)]
        file: Kept,
    },
}

/// A file that is kept: in the entry, or as an object of the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its SHA-256.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// Its text; nothing where it is kept as an object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// A file that somebody gives as evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Given {
    /// A report of the tests of a suite.
    Tests {
        /// The suite.
        name: String,
        /// The report, in JUnit's XML.
        content: Vec<u8>,
    },
    /// An approval, a signed [`Statement`](super::Statement).
    Approval(Vec<u8>),
    /// Anything else.
    File {
        /// What to call it.
        name: String,
        /// The file.
        content: Vec<u8>,
    },
}

impl Given {
    /// Reads `KIND=FILE` or `KIND:NAME=FILE`: `tests=report.xml`, `tests:unit=unit.xml`, `approval=ok.asc`,
    /// `file:ticket=ticket.txt`. A report without a name is called `tests`, as in a policy.
    ///
    /// # Errors
    /// [`Kind::Usage`] for other text, those of reading the file, and [`Kind::Limit`] beyond [`LARGEST_EVIDENCE`].
    pub fn read(text: &str) -> Result<Self> {
        let wrong = || {
            Error::new(Kind::Usage, format!("{text:?} is no evidence"))
                .help("write tests=FILE, tests:NAME=FILE, approval=FILE or file:NAME=FILE")
        };
        let (what, path) = text.split_once('=').ok_or_else(wrong)?;
        let (kind, name) = match what.split_once(':') {
            Some((kind, name)) => (kind, Some(name)),
            None => (what, None),
        };
        let content = || super::read::file(std::path::Path::new(path), LARGEST_EVIDENCE);
        if let Some(name) = name {
            crate::store::refs::check_name(name)?;
        }
        match (kind, name) {
            ("tests", name) => Ok(Given::Tests { name: name.unwrap_or("tests").to_owned(), content: content()? }),
            ("approval", None) => Ok(Given::Approval(content()?)),
            ("file", Some(name)) => Ok(Given::File { name: name.to_owned(), content: content()? }),
            _ => Err(wrong()),
        }
    }
}

/// Keeps files, and counts what goes into the entry.
#[derive(Debug, Default)]
pub(super) struct Keeper {
    inline: usize,
    objects: Vec<(Digest, Vec<u8>)>,
}

impl Keeper {
    /// How `content` is kept.
    pub(super) fn take(&mut self, content: &[u8]) -> Kept {
        let (digest, size) = (Digest::of(content), content.len() as u64);
        let fits = content.len() <= LARGEST_INLINE && self.inline + content.len() <= MOST_INLINE;
        // In JSON a control character takes six bytes; such a file is no text to look at.
        let plain = |text: &&str| !text.contains(|c: char| c.is_control() && !['\n', '\t', '\r'].contains(&c));
        match std::str::from_utf8(content).ok().filter(plain).filter(|_| fits) {
            Some(text) => {
                self.inline += content.len();
                Kept { digest, size, content: Some(text.to_owned()) }
            }
            None => {
                self.objects.push((digest, content.to_vec()));
                Kept { digest, size, content: None }
            }
        }
    }

    /// Writes what does not go into the entry.
    pub(super) async fn write(self, store: &Store) -> Result<()> {
        for (digest, content) in self.objects {
            // Named by its content: whoever was first wrote the same.
            let _ = store.objects().create(&path(digest), content.into()).await?;
        }
        store.objects().barrier().await
    }
}

impl Kept {
    /// The file again.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where the object is gone, [`Kind::Verification`] where it is not what its digest says.
    pub async fn load(&self, store: &Store) -> Result<Vec<u8>> {
        let bytes = match &self.content {
            Some(text) => text.clone().into_bytes(),
            None => store.objects().get_limited(&path(self.digest), LARGEST_EVIDENCE).await?.to_vec(),
        };
        let found = Digest::of(&bytes);
        if found != self.digest {
            return Err(Error::new(Kind::Verification, "the evidence is not what was recorded")
                .rule(super::Rule::Evidence.as_str())
                .mismatch(self.digest.to_string(), found.to_string()));
        }
        Ok(bytes)
    }
}

/// Where evidence lies that is too large for an entry.
fn path(digest: Digest) -> String {
    format!("evidence/{digest}")
}
