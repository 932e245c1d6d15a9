//! What the commands on signatures, keys and keyrings take.

use std::path::PathBuf;

use clap::Subcommand;
use jiff::Timestamp;
use reposnap::openpgp::Rule;
use reposnap::source::acceptance::{PackageRule, ReleaseRule};

/// The commands of `verify`.
#[derive(Debug, Subcommand)]
pub enum Verify {
    /// Verify an InRelease file, or a Release with its Release.gpg; exit code 1 where it is rejected
    Release {
        /// The file
        file: PathBuf,
        /// The keyring
        #[arg(long, value_name = "FILE", required = true)]
        keyring: Vec<PathBuf>,
        /// The signature, where it stands apart
        #[arg(long, value_name = "FILE")]
        signature: Option<PathBuf>,
        /// The time to verify at, instead of now
        #[arg(long, value_name = "TIME")]
        at: Option<Timestamp>,
        /// A fingerprint that counts; all of the keyring's by default
        #[arg(long = "signer", value_name = "FINGERPRINT")]
        signers: Vec<String>,
        /// Relax a rule of verification, by its name
        #[arg(long = "relax", value_name = "RULE", long_help = relax_release_help())]
        relax: Vec<String>,
    },
    /// Verify a signed text, and print what the signature covers; exit code 1 where it is rejected
    Message {
        /// The file: a cleartext message, or any text with --signature
        file: PathBuf,
        /// The keyring
        #[arg(long, value_name = "FILE", required = true)]
        keyring: Vec<PathBuf>,
        /// The signature, where it stands apart
        #[arg(long, value_name = "FILE")]
        signature: Option<PathBuf>,
        /// The time to verify at, instead of now
        #[arg(long, value_name = "TIME")]
        at: Option<Timestamp>,
        /// A fingerprint that counts; all of the keyring's by default
        #[arg(long = "signer", value_name = "FINGERPRINT")]
        signers: Vec<String>,
        /// Relax a rule of verification, by its name
        #[arg(long = "relax", value_name = "RULE", long_help = relax_help())]
        relax: Vec<String>,
    },
}

/// The commands of `key`.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Generate an Ed25519 signing key
    Generate {
        /// Whose key, such as `Example archive <archive@example.org>`
        user_id: String,
        /// The file to write; it must not exist
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
    },
    /// Sign a file, as a cleartext message or apart from it
    Sign {
        /// The file
        file: PathBuf,
        /// The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent
        #[arg(long, value_name = "FILE|gpg:FPR")]
        key: String,
        /// The file with the password of the key file
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        /// Make a signature that stands apart
        #[arg(long)]
        detached: bool,
    },
}

/// The commands of `keyring`.
#[derive(Debug, Subcommand)]
pub enum Keyring {
    /// Show the certificates of a keyring
    Show {
        /// The keyring files
        #[arg(required = true)]
        keyring: Vec<PathBuf>,
        /// The time to judge them at, instead of now
        #[arg(long, value_name = "TIME")]
        at: Option<Timestamp>,
    },
}

/// The names of all rules that can be relaxed.
pub(super) fn relax_help() -> String {
    let packages = PackageRule::ALL.iter().map(|rule| rule.as_str()).collect::<Vec<_>>().join(", ");
    format!("{}\n\nOf packages: {packages}.", relax_release_help())
}

/// Those of them that judge a Release.
fn relax_release_help() -> String {
    let signatures = Rule::ALL.iter().filter(|rule| rule.is_relaxable()).map(|rule| rule.as_str());
    let releases = ReleaseRule::ALL.iter().map(|rule| rule.as_str());
    let words = |words: Vec<&str>| words.join(", ");
    format!(
        "Relax a rule of verification, by its name; what breaks it is then told as a note.\n\n\
         Of signatures: {}.\n\nOf Release files: {}.",
        words(signatures.collect()),
        words(releases.collect())
    )
}
