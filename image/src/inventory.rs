//! What an image was found to hold.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reposnap::Digest;
use serde::{Deserialize, Serialize};

use crate::package::{Family, Package};

/// What an image, a root folder or a machine was found to hold.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inventory {
    /// What was looked at, as it was named: `oci:DIR:TAG`, `docker://HOST/NAME:TAG`.
    pub reference: String,
    /// The digest of the image's manifest; none for a root folder and a machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// What it runs on; none for a root folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// When it was made, as its configuration claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// The labels of its configuration, and the annotations of its manifest that no label hides: claims, all of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The distribution, where `etc/os-release` or `usr/lib/os-release` is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<Os>,
    /// The layers, the base first.
    pub layers: Vec<Layer>,
    /// The package databases that were found. Empty: nobody can tell what is in there, which is not the same as nothing.
    pub databases: Vec<Database>,
    /// The packages, by family, name, architecture and version; those whose files are gone (`config-files`), too.
    pub packages: Vec<Package>,
    /// What else tells of where packages came from.
    #[serde(default)]
    pub evidence: Evidence,
    /// Files that are other than their package has them, where files were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<ChangedFile>>,
}

/// What an image runs on (OCI image index specification).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    /// `linux`.
    pub os: String,
    /// As Go names it: `amd64`, `arm64`.
    pub architecture: String,
    /// `v7`, `v8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// What `os-release` says (os-release(5)).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Os {
    /// `ID`: `debian`, `fedora`. `linux` where it is not given.
    pub id: String,
    /// `ID_LIKE`, as words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub like: Vec<String>,
    /// `VERSION_ID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// `VERSION_CODENAME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codename: Option<String>,
    /// `PRETTY_NAME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// The digest of the blob as it lies in the registry.
    pub digest: Digest,
    /// The digest of the uncompressed tar archive.
    pub diff_id: Digest,
    /// The blob's size in bytes.
    pub size: u64,
    /// Who made it, as the image's history claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// When, as the history claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// How many packages it brought, changed or removed.
    pub packages: usize,
    /// Packages that were there in the layer below and are not in this one any more, or only their configuration is, as
    /// `name:architecture`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
}

/// A package database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// Whose it is.
    pub family: Family,
    /// Where it is: `var/lib/dpkg/status`, `var/lib/dpkg/status.d`, `usr/lib/sysimage/rpm/rpmdb.sqlite`.
    pub path: String,
    /// `status`, `status.d`, `sqlite`, `ndb` or `bdb`.
    pub format: String,
    /// How many packages it has.
    pub packages: usize,
}

/// What tells, beside the package list, where packages came from and when. None of it is signed but the Release files, and
/// those only count once somebody verified them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// apt's sources, as `.list` and `.sources` files have them: the file, and its text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourcesFile>,
    /// Release files that `apt update` left in `var/lib/apt/lists`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub releases: Vec<LeftRelease>,
    /// Indexes that `apt update` left there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<String>,
    /// The last times that `dpkg.log` tells of what was installed, by `name:architecture version`; UTC is assumed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub installed: BTreeMap<String, String>,
    /// Command lines of apt's `history.log`, each with its date: first the command line, then `2026-07-11 10:16:37`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<AptCommand>,
    /// The newest modification time of a file of the package database: the image is no older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_changed: Option<Timestamp>,
}

/// A file of apt's sources (sources.list(5)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcesFile {
    /// Its path, without a leading slash.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// A command of apt's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AptCommand {
    /// When it began, as the history has it.
    pub date: String,
    /// The command line.
    pub command: String,
}

/// A Release or InRelease file that was left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftRelease {
    /// Its name in `var/lib/apt/lists`.
    pub file: String,
    /// The SHA-256 of the file.
    pub sha256: Digest,
    /// `Origin`, as it claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// `Suite`, as it claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// `Codename`, as it claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codename: Option<String>,
    /// `Date`, as it claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Timestamp>,
}

/// A file that is other than its package has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedFile {
    /// Its path, without a leading slash.
    pub path: String,
    /// The package that it is of, as `name:architecture`.
    pub package: String,
    /// What is other.
    pub change: FileChange,
    /// Whether it is configuration, which is changed by right.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conffile: bool,
    /// The layer that has the file as it is, or that removed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
}

/// What is other about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileChange {
    /// Its content.
    Modified,
    /// It is gone.
    Missing,
}
