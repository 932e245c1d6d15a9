//! What a snapshot is: a small document whose SHA-256 is the snapshot's name.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

/// The format of manifests that this version writes.
pub const FORMAT: u32 = 1;

const MAX_MANIFEST: usize = 64 << 20;

/// A snapshot's manifest. Its identity is the SHA-256 of [`Manifest::to_bytes`]; no time, place or compression is part
/// of it, so the same content made from the same sources has the same name everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The format, [`FORMAT`].
    pub format: u32,
    /// What made it.
    pub made: Made,
    /// The snapshots it was made from: the one before it for a mirror, the arguments for a merge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<Digest>,
    /// Its content: one part for each upstream suite, one alone for a derived snapshot.
    pub parts: Vec<Part>,
}

/// What made a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Made {
    /// A mirror of upstream suites; each part names its own.
    Mirror {
        /// The mirror's name.
        mirror: String,
        /// The filter that packages had to pass, where there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filter: Option<String>,
    },
    /// A merge of the parents.
    Merge {
        /// The rule: `precedence`, `newest` or `all`.
        rule: String,
    },
    /// The packages of the parent that pass a query.
    Filter {
        /// The query.
        query: String,
    },
    /// The first parent with packages of the second.
    Pull {
        /// Which packages were pulled.
        query: String,
    },
}

/// The lists and files of one upstream suite, or of a derived snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What tells it from the other parts: the suite, with more words where that is not enough; empty when derived.
    pub name: String,
    /// Where it came from, without credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// The suite as it was asked for; ends with `/` for a flat repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// The upstream's signed Release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
    /// Lists of packages.
    pub lists: Vec<List>,
    /// Other index files, byte for byte.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
}

/// The upstream's Release, kept as it was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// `InRelease`, or `Release` with `Release.gpg`, as the upstream sent them.
    pub files: Vec<File>,
    /// Its Date, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Its Valid-Until, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// Its Suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// Its Codename.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codename: Option<String>,
    /// Its Version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its Origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Its Label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The fingerprints of the keys whose signatures counted.
    pub signers: Vec<String>,
}

/// An ordered list of packages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The component; empty in a flat repository.
    pub component: String,
    /// The architecture whose index it is; `source` for Sources.
    pub architecture: String,
    /// The path of the index below the suite, uncompressed, such as `main/binary-amd64/Packages`.
    pub path: String,
    /// The SHA-256 of the digests of its chunks in order: it names the packages and every byte of their stanzas.
    pub root: Digest,
    /// How many packages.
    pub entries: u64,
    /// How many bytes of stanzas.
    pub bytes: u64,
    /// How upstream's order and blank lines differ from ours.
    #[serde(default, skip_serializing_if = "Layout::is_plain")]
    pub layout: Layout,
    /// The SHA-256 of the index as upstream has it, uncompressed; none for a derived list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
}

/// How the upstream's index is made from the entries in key order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// The order of the stanzas.
    #[serde(default)]
    pub order: Order,
    /// Whether a blank line follows the last stanza too, as in Debian's own indexes.
    #[serde(default)]
    pub closed: bool,
    /// The SHA-256 of the blob of an explicit layout, for all that a rule does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explicit: Option<Digest>,
}

impl Layout {
    fn is_plain(&self) -> bool {
        *self == Layout::default()
    }
}

/// An order of stanzas that has a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// By name, architecture, version as bytes: our own.
    #[default]
    Key,
    /// By source package, name, then version as dpkg compares: Debian's archive.
    Source,
    /// As the explicit layout has it.
    Explicit,
}

/// A file kept byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its path below the suite.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: Digest,
}

impl Manifest {
    /// The canonical bytes: JSON with neither blanks nor empty fields, in the order of the fields here.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self)
            .map_err(|error| Error::new(Kind::Internal, "a manifest can't be written").source(error))
    }

    /// Reads [`Manifest::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MAX_MANIFEST {
            return Err(Error::new(Kind::Limit, format!("a manifest is larger than {MAX_MANIFEST} bytes")));
        }
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        let damaged = |error: serde_json::Error| {
            Error::new(Kind::Malformed, format!("a snapshot's manifest is damaged: {error}")).source(error)
        };
        let head: Head = serde_json::from_slice(bytes).map_err(damaged)?;
        if head.format > FORMAT {
            return Err(Error::new(
                Kind::Format,
                format!("the snapshot has format {}, newer than {FORMAT}", head.format),
            )
            .help("use a newer reposnap"));
        }
        serde_json::from_slice(bytes).map_err(damaged)
    }

    /// Every list with the part that it belongs to.
    pub fn lists(&self) -> impl Iterator<Item = (&Part, &List)> {
        self.parts.iter().flat_map(|part| part.lists.iter().map(move |list| (part, list)))
    }
}

impl Part {
    /// Every file that is kept byte for byte, the Release files among them.
    pub fn all_files(&self) -> impl Iterator<Item = &File> {
        self.release.iter().flat_map(|release| &release.files).chain(&self.files)
    }
}
