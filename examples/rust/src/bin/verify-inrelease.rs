//! Verifies an InRelease file and says what it is and who signed it.
//!
//! `cargo run -p reposnap-examples --bin verify-inrelease InRelease KEYRING [SUITE]`

use std::path::PathBuf;

use jiff::Timestamp;
use reposnap::openpgp::{Keyring, Policy, verify_inline};
use reposnap::source::acceptance::{ReleasePolicy, accept};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, keyring, suite @ ..] = &arguments[..] else {
        return Err("usage: verify-inrelease INRELEASE KEYRING [SUITE]".into());
    };
    let keyring = Keyring::from_files(&[PathBuf::from(keyring)])?;
    let now = Timestamp::now();

    // The text comes out of the verification, never out of the file.
    let text = verify_inline(&std::fs::read(file)?, &keyring, &Policy::default(), now)?;
    let mut policy = ReleasePolicy::default();
    if let [suite, ..] = suite {
        policy = policy.suite(suite);
    }
    let (release, _) = accept(text, &policy, None, now)?;

    println!("suite {}", release.value().suite().unwrap_or("unknown"));
    if let Some(date) = release.value().date() {
        println!("date {date}");
    }
    for signer in release.signers() {
        println!("signed by {} on {}", signer.primary, signer.created);
    }
    for note in release.notes() {
        println!("note: {}", note.message);
    }
    Ok(())
}
