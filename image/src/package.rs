//! A package as an image has it: one model for dpkg's and rpm's.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whose package it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Of dpkg: versions as Debian policy 5.6.12 orders them.
    Deb,
    /// Of rpm: epoch, version and release.
    Rpm,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Family::Deb => "deb",
            Family::Rpm => "rpm",
        })
    }
}

/// A source package, and its version.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Its version, with the epoch where it has one.
    pub version: String,
}

/// How far dpkg got with a package, and what it is to become (dpkg-query(1), `db:Status-*`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct State {
    /// `install`, `hold`, `deinstall`, `purge` or `unknown`.
    pub want: String,
    /// `ok` or `reinstreq`.
    pub flag: String,
    /// `installed`, `config-files`, `unpacked`, `half-configured`, `half-installed`, `triggers-awaited`, `triggers-pending`
    /// or `not-installed`.
    pub status: String,
}

impl State {
    /// What a package of rpm is, and one of a distroless image.
    pub fn installed() -> Self {
        Self { want: "install".into(), flag: "ok".into(), status: "installed".into() }
    }

    /// Whether the package's files are there: everything but `not-installed` and `config-files`.
    pub fn has_files(&self) -> bool {
        reposnap::deb::status::has_files(&self.status)
    }
}

/// What the database alone proves of an rpm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Proof {
    /// The header's digest holds, and a key that was given signed the header.
    Signed {
        /// The fingerprint of the certificate, upper case hexadecimal.
        signer: String,
    },
    /// The header's digest holds; its signature is of a key that was not given.
    UnknownSigner {
        /// The key's fingerprint, or its ID where the signature tells no more.
        key: String,
    },
    /// The header's digest holds, and nobody signed it.
    Unsigned,
    /// The digest or a signature does not hold, or the rules refuse it.
    Broken {
        /// What does not hold, in words.
        why: String,
    },
}

/// A package that an image has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Whose it is.
    pub family: Family,
    /// Its name.
    pub name: String,
    /// Its version, with the epoch where it has one: `1:2.3-4`.
    pub version: String,
    /// Its architecture, in the family's words: `amd64`, `x86_64`, `all`, `noarch`.
    pub architecture: String,
    /// The source package that it was built from; for dpkg its own name and version where `Source` does not say otherwise.
    pub source: Source,
    /// The index, from the base upwards, of the layer that brought this version in its present state; none where there are no
    /// layers, and where that layer was not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// How far its installation got.
    pub state: State,
    /// Source packages of which parts were built into it (`Built-Using`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub built_using: Vec<Source>,
    /// Source packages of which libraries were linked into it (`Static-Built-Using`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub static_built_using: Vec<Source>,
    /// When it was installed, where the database tells (rpm).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed_at: Option<Timestamp>,
    /// Who made it: rpm's `Vendor`, dpkg's `Maintainer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// What the database alone proves of it (rpm).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// The file of the image that it was read from, such as `var/lib/dpkg/status`.
    pub place: String,
    /// dpkg's own stanza, byte for byte. Empty for rpm.
    #[serde(skip)]
    pub stanza: Arc<[u8]>,
    /// The content of the package's `.md5sums`: lines of 32 hexadecimal digits, two blanks, and a path without a leading
    /// slash. None where the image has no such file. It shares memory with what it was read from.
    #[serde(skip)]
    pub md5sums: Option<Bytes>,
}
