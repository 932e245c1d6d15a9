//! Databases of real images, CentOS 5 to 8, as the Debian package `golang-github-knqyf263-go-rpmdb-dev` has them; rpm reads
//! them too.

mod rpm_support;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use reposnap::openpgp::{Keyring, Rule};
use reposnap_image::package::Proof;
use reposnap_image::rpm::{self, Files, Trust};
use rpm_support::*;

const FOLDER: &str = "/usr/share/gocode/src/github.com/knqyf263/go-rpmdb/pkg/testdata";

fn database(name: &str) -> (PathBuf, Vec<u8>) {
    let file = PathBuf::from(FOLDER).join(name).join("Packages");
    let bytes = std::fs::read(&file).unwrap_or_else(|error| {
        panic!("{}: {error} (install golang-github-knqyf263-go-rpmdb-dev)", file.display());
    });
    (file, bytes)
}

/// The proofs of a database, by what they say, with how many packages have them.
fn proofs(bytes: &[u8], trust: &Trust<'_>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for package in rpm::read(&Files::new("Packages", bytes), Some(trust)).unwrap().packages {
        let said = match package.proof.unwrap() {
            Proof::Signed { signer } => format!("signed by {signer}"),
            Proof::UnknownSigner { key } => format!("unknown {key}"),
            Proof::Unsigned => "unsigned".to_string(),
            Proof::Broken { why } => why.rsplit_once(" [").map_or(why.clone(), |(_, rule)| format!("[{rule}")),
        };
        *counts.entry(said).or_default() += 1;
    }
    counts
}

fn counts(of: &[(&str, usize)]) -> BTreeMap<String, usize> {
    of.iter().map(|(said, count)| ((*said).to_string(), *count)).collect()
}

#[test]
fn packages_are_those_that_rpm_reads() {
    for name in ["centos5-plain", "centos6-many", "centos7-httpd24", "centos8-modularitylabel"] {
        let (file, bytes) = database(name);
        let ours = our_lines(&Files::new("Packages", &bytes));
        assert!(ours.len() > 100, "{name}");
        assert_eq!(ours, rpm_lines(&mut rpm_with("bdb_ro", file.parent().unwrap())), "{name}");
    }
}

#[test]
fn vendors_signatures_hold_and_are_told_by_the_rule_that_they_break() {
    let now: Timestamp = "2020-06-01T00:00:00Z".parse().unwrap();
    let (_, bytes) = database("centos8-modularitylabel");
    // The key that the image itself has; good enough to see whether the signatures are right.
    let keys = rpm::read(&Files::new("Packages", &bytes), None).unwrap().keys;
    let keyring = Keyring::from_bytes(keys[0].armored.as_ref().unwrap().as_bytes()).unwrap();
    let key = "99DB70FAE1D7CE227FB6488205B555B38483C65D";
    assert_eq!(proofs(&bytes, &Trust::new(None, now)), counts(&[("unknown 05B555B38483C65D", 517)]));
    let strict = Trust::new(Some(&keyring), now);
    assert_eq!(proofs(&bytes, &strict), counts(&[("[signature-version]", 517)]));
    let old = strict.clone().with_old_signatures();
    assert!(old.policy.is_relaxed(Rule::SignatureVersion) && !old.policy.is_relaxed(Rule::WeakDigest));
    assert_eq!(proofs(&bytes, &old), counts(&[(&format!("signed by {key}"), 517)]));

    // Half of CentOS 6 is signed by SHA-1, which no leniency takes.
    let (_, bytes) = database("centos6-many");
    let keys = rpm::read(&Files::new("Packages", &bytes), None).unwrap().keys;
    let keyring = Keyring::from_bytes(keys[0].armored.as_ref().unwrap().as_bytes()).unwrap();
    let old = Trust::new(Some(&keyring), now).with_old_signatures();
    let expected = [("[weak-digest]", 262), ("signed by C1DAC52D1664E8A4386DBA430946FCA2C105B9DE", 63)];
    assert_eq!(proofs(&bytes, &old), counts(&expected));
    // DSA and SHA-1.
    let (_, bytes) = database("centos5-plain");
    assert_eq!(proofs(&bytes, &old), counts(&[("unknown A8A447DCE8562897", 110)]));
}
