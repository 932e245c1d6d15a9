//! What the commands on images and fleets take.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use reposnap_api::fleet::{Kinship, Named};
use reposnap_api::image_report::FormatWord;

use super::word;

/// The commands of `image`.
#[derive(Debug, Subcommand)]
pub enum Image {
    /// List the packages of an image, and the layers that brought them; exit code 3 where nobody can tell
    Inspect {
        /// The image
        #[command(flatten)]
        reading: Reading,
    },
    /// Tell which snapshots have had exactly the packages of an image; exit code 1 where some are modified or from nowhere
    Match {
        /// The image
        #[command(flatten)]
        reading: Reading,
    },
    /// Tell from which snapshots an image and each of its layers can be
    Date {
        /// The image
        #[command(flatten)]
        reading: Reading,
    },
    /// Hold an image against an environment; exit code 1 where there are findings, 3 where nobody can tell
    Audit(Audit),
    /// Attest what is in an image and from which snapshots, signed
    Attest(Attest),
    /// Tell whether a policy accepts an image; exit code 1 where it does not
    Verify {
        /// The image
        #[command(flatten)]
        reading: Reading,
        /// The policy
        #[arg(long, value_name = "FILE")]
        policy: PathBuf,
        /// A file with attestations, beside those that are attached to the image; more than once for several
        #[arg(long = "attestation", value_name = "FILE")]
        attestations: Vec<String>,
        /// The moment that ages are counted to; now by default
        #[arg(long, value_name = "TIME")]
        at: Option<Timestamp>,
    },
    /// Verify what others signed of an image: cosign with a key, and simple signing; exit code 1 where no signature holds
    Signatures {
        /// The image
        #[command(flatten)]
        reading: Reading,
        /// A file with trusted public keys or OpenPGP certificates; more than once for several
        #[arg(long = "key", value_name = "FILE", required = true)]
        keys: Vec<String>,
        /// The name that must have been signed: a repository, or one with a tag
        #[arg(long, value_name = "NAME")]
        expected: Option<String>,
        /// A file of simple signing; more than once for several
        #[arg(long = "signature", value_name = "FILE")]
        signatures: Vec<String>,
        /// The moment at which it is judged; now by default
        #[arg(long, value_name = "TIME")]
        at: Option<Timestamp>,
    },
}

/// An image, and how to read it.
#[derive(Debug, Args)]
pub struct Reading {
    /// The image: oci:DIR:TAG, docker-archive:FILE, docker://HOST/NAME:TAG, dir:ROOT for a root folder, or host: for this machine
    pub reference: String,
    /// Which image of an index, such as linux/arm64; this machine's by default
    #[arg(long, value_name = "PLATFORM")]
    pub platform: Option<String>,
    /// Compare every file with what its package says of it; all of the image is hashed then
    #[arg(long)]
    pub files: bool,
    /// A keyring of those who sign the rpms; more than once for several
    #[arg(long = "rpm-key", value_name = "FILE")]
    pub rpm_keys: Vec<String>,
    /// Talk to the registry without TLS where it has none, though others may listen
    #[arg(long)]
    pub plain_http: bool,
    /// Read all layers, also those that were read before
    #[arg(long)]
    pub no_cache: bool,
}

/// What `image audit` takes.
#[derive(Debug, Args)]
pub struct Audit {
    /// The image
    #[command(flatten)]
    pub reading: Reading,
    /// The environment, or any other name of a snapshot
    pub rev: String,
    /// Security advisories, a file or a URL: the Debian security tracker's JSON, OSV, or updateinfo; more than once for several
    #[arg(long, value_name = "FILE")]
    pub advisories: Vec<String>,
    /// An OpenVEX document that states which of them don't concern the image; more than once for several
    #[arg(long, value_name = "FILE")]
    pub vex: Vec<String>,
    /// The release that updateinfo files are of, such as fedora:41
    #[arg(long, value_name = "RELEASE")]
    pub release: Option<String>,
    /// A mirror of one's own packages: that no advisories are about those is no doubt; more than once for several
    #[arg(long = "own-mirror", value_name = "MIRROR")]
    pub own_mirrors: Vec<String>,
    /// How to tell: text, json, sarif, junit, cyclonedx, spdx or html
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = word::<FormatWord>)]
    pub format: FormatWord,
    /// Where to write it; standard output by default
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The moment that ages are counted to; now by default
    #[arg(long, value_name = "TIME")]
    pub at: Option<Timestamp>,
}

/// What `image attest` takes.
#[derive(Debug, Args)]
pub struct Attest {
    /// The image
    #[command(flatten)]
    pub reading: Reading,
    /// The key: a file with a private key in PEM (Ed25519 or P-256), one with an OpenPGP key, or gpg:FINGERPRINT
    #[arg(long, value_name = "KEY")]
    pub key: String,
    /// A file with the OpenPGP key's password
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// The environment that the image is held against
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// Who built the image, as a URI: make SLSA provenance as well
    #[arg(long, value_name = "URI")]
    pub builder: Option<String>,
    /// For SLSA provenance, what the build was given: NAME=VALUE; more than once for several
    #[arg(long = "build-parameter", value_name = "NAME=VALUE", value_parser = name_and_value)]
    pub build_parameters: Vec<(String, String)>,
    /// Where others find the store, as a URL, for the snapshots in SLSA provenance
    #[arg(long, value_name = "URL")]
    pub store_url: Option<String>,
    /// Attach what was attested to the image
    #[arg(long)]
    pub attach: bool,
    /// Write what Sigstore's tools take, or envelopes where OpenPGP signed, into a file: a line for each attestation
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// When it is attested; now by default
    #[arg(long, value_name = "TIME")]
    pub at: Option<Timestamp>,
}

/// The commands of `fleet`.
#[derive(Debug, Subcommand)]
pub enum Fleet {
    /// Record an image in the store
    Add {
        /// The image
        #[command(flatten)]
        reading: Reading,
        /// The name to record it under; its reference by default
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Tell what would be recorded, and record nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List the recorded images
    List,
    /// Find the images that have a package in an older version than one that mends it; exit code 1 where there are some
    Affected {
        /// The binary or source package
        name: String,
        /// The version that mends it; for a source package, the source's
        #[arg(value_name = "VERSION")]
        mended: String,
        /// What else the name is
        #[command(flatten)]
        sort: Sort,
        /// Only images of this distribution, such as `debian 12`; see `fleet list`
        #[arg(long, value_name = "SYSTEM")]
        system: Option<String>,
    },
    /// Find the images that have a package in an older version than a snapshot; exit code 1 where there are some
    Stale {
        /// The snapshot, such as an environment
        rev: String,
        /// A snapshot before it: only what is newer than there counts
        #[arg(long, value_name = "REV")]
        since: Option<String>,
        /// Only images of this distribution, such as `debian 12`; see `fleet list`
        #[arg(long, value_name = "SYSTEM")]
        system: Option<String>,
    },
    /// Tell what to rebuild, bases first; exit code 1 where there is something
    Plan {
        /// The snapshot, such as an environment
        #[arg(required_unless_present = "fix", conflicts_with = "fix")]
        rev: Option<String>,
        /// A snapshot before it: only what is newer than there counts. For an environment's last promotion: stable~1
        #[arg(long, value_name = "REV", requires = "rev")]
        since: Option<String>,
        /// Instead of a snapshot, a package and the version that mends it
        #[arg(long, value_name = "NAME=VERSION", value_parser = name_and_value)]
        fix: Option<(String, String)>,
        /// What else the name is
        #[command(flatten)]
        sort: Sort,
        /// Only images of this distribution, such as `debian 12`; see `fleet list`
        #[arg(long, value_name = "SYSTEM")]
        system: Option<String>,
        /// Wait for promotions of the environment, look every so many seconds, and tell what each asks for
        #[arg(long, value_name = "SECONDS", conflicts_with_all = ["fix", "since"])]
        watch: Option<u64>,
        /// With --watch: end after so many promotions
        #[arg(long, value_name = "COUNT", requires = "watch")]
        promotions: Option<u64>,
    },
}

/// What a package's name is the name of.
#[derive(Debug, Args)]
pub struct Sort {
    /// What the name is the name of: binary, source or any
    #[arg(long, value_name = "SORT", default_value = "any", value_parser = word::<Named>)]
    pub by: Named,
    /// Whose package it is: deb or rpm
    #[arg(long, value_name = "FAMILY", default_value = "deb", value_parser = word::<Kinship>)]
    pub family: Kinship,
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}
