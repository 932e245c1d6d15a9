//! The predicate of SLSA provenance, version 1 (slsa.dev/spec/v1.0/provenance): what an image was built from, and by whom.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reposnap::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::statement::{Sha256, Statement};

/// The type of this predicate.
pub const SLSA_PROVENANCE: &str = "https://slsa.dev/provenance/v1";

/// The type of builds whose packages come from snapshots. Its external parameters are the builder's own; each package that it
/// installs comes from one of the resolved dependencies.
pub const BUILD_TYPE: &str = "https://reposnap.dev/image-build/v0.1";

/// What an image was built from, and by whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// What went in.
    pub build_definition: BuildDefinition,
    /// The run.
    pub run_details: RunDetails,
}

/// What went in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildDefinition {
    /// [`BUILD_TYPE`].
    pub build_type: String,
    /// What whoever asked for the build could choose.
    pub external_parameters: BTreeMap<String, Value>,
    /// What the builder chose.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub internal_parameters: BTreeMap<String, Value>,
    /// The snapshots, and the base image.
    #[serde(default)]
    pub resolved_dependencies: Vec<Dependency>,
}

/// Something that the build took.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dependency {
    /// What it is to the build: `snapshot`, `base`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is.
    pub uri: String,
    /// Its digest.
    pub digest: Sha256,
}

/// The run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunDetails {
    /// Who built.
    pub builder: Builder,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
}

/// Who built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Builder {
    /// A URI that names all that must be trusted to have run the build as it says.
    pub id: String,
    /// Versions of its parts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub version: BTreeMap<String, String>,
}

/// When, and which run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// The run, as the builder names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invocation_id: Option<String>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_on: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_on: Option<Timestamp>,
}

impl Dependency {
    /// A snapshot of a store: `at` is the store's URL, or empty where it has none that others know.
    pub fn snapshot(at: &str, digest: &Digest) -> Self {
        let uri = match at.trim_end_matches('/') {
            "" => format!("reposnap:snapshots/{digest}"),
            at => format!("{at}/snapshots/{digest}"),
        };
        Self { name: Some("snapshot".to_owned()), uri, digest: (*digest).into() }
    }

    /// The image that this one was built upon, as it was named.
    pub fn base(reference: &str, digest: &Digest) -> Self {
        Self { name: Some("base".to_owned()), uri: reference.to_owned(), digest: (*digest).into() }
    }
}

impl Provenance {
    /// A build by `builder` of these dependencies, which are put in order and named once each.
    pub fn new(builder: &str, mut dependencies: Vec<Dependency>, parameters: BTreeMap<String, Value>) -> Self {
        dependencies.sort();
        dependencies.dedup();
        let version = BTreeMap::from([("reposnap".to_owned(), env!("CARGO_PKG_VERSION").to_owned())]);
        Self {
            build_definition: BuildDefinition {
                build_type: BUILD_TYPE.to_owned(),
                external_parameters: parameters,
                internal_parameters: BTreeMap::new(),
                resolved_dependencies: dependencies,
            },
            run_details: RunDetails { builder: Builder { id: builder.to_owned(), version }, metadata: None },
        }
    }

    /// Tells when it ran, and which run it was.
    #[must_use]
    pub fn metadata(mut self, metadata: Metadata) -> Self {
        self.run_details.metadata = Some(metadata);
        self
    }

    /// A statement that says this of an image.
    pub fn into_statement(self, reference: &str, image: &Digest) -> Statement<Self> {
        Statement::about(reference, image, SLSA_PROVENANCE, self)
    }
}
