//! The InRelease files of this machine's own apt, against Debian's keys, with
//! gpgv as the oracle of both the verdict and the signed text.

use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::Timestamp;
use reposnap::openpgp::{self, Keyring, Policy};
use reposnap::source::acceptance::{self, ReleasePolicy, ReleaseRule};

const LISTS: &str = "/var/lib/apt/lists";
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

fn in_releases() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(LISTS)
        .unwrap_or_else(|error| panic!("{LISTS}: {error}"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.contains("debian") && name.ends_with("_InRelease")
        })
        .collect();
    found.sort();
    assert!(!found.is_empty(), "no InRelease of Debian in {LISTS}: run `apt-get update` on a Debian machine first");
    found
}

fn keyring() -> Keyring {
    Keyring::from_files([KEYRING]).unwrap_or_else(|error| panic!("{error}: install debian-archive-keyring"))
}

fn gpgv(file: &Path) -> Option<Vec<u8>> {
    let dir = tempfile::tempdir().expect("a directory");
    let out = dir.path().join("text");
    let status = Command::new("gpgv").args(["--keyring", KEYRING, "--output"]).arg(&out).arg(file).status();
    let accepted = status.unwrap_or_else(|error| panic!("gpgv can't be run: {error}")).success();
    accepted.then(|| std::fs::read(out).expect("gpgv's text"))
}

#[test]
fn debians_own_files() {
    let keyring = keyring();
    for path in in_releases() {
        let message = std::fs::read(&path).expect("InRelease");
        let ours = openpgp::verify_inline(&message, &keyring, &Policy::default(), Timestamp::now())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(Some(ours.value()), gpgv(&path).as_ref(), "{}", path.display());
        assert!(!ours.signers().is_empty());
    }
}

#[test]
fn one_changed_byte_anywhere_in_the_text() {
    let keyring = keyring();
    let path = &in_releases()[0];
    let message = std::fs::read(path).expect("InRelease");
    let end = memchr::memmem::find(&message, b"-----BEGIN PGP SIGNATURE-----").expect("a signature");
    for at in (60..end).step_by(end / 40) {
        let mut changed = message.clone();
        changed[at] ^= 1;
        let text_changed = changed != message;
        let found = openpgp::verify_inline(&changed, &keyring, &Policy::default(), Timestamp::now());
        assert!(text_changed && found.is_err(), "byte {at} of {} may change", path.display());
    }
}

#[test]
fn the_archive_keyring_is_read_in_full() {
    // A home of its own: one that gpg has yet to make is made by one of several at once.
    let home = tempfile::tempdir().expect("a temporary directory");
    let listed = Command::new("gpg")
        .arg("--homedir")
        .arg(home.path())
        .args(["--batch", "--no-options", "--with-colons", "--show-keys", KEYRING])
        .output()
        .expect("gpg can be run");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let fingerprint = |line: &str| line.split(':').nth(9).map(str::to_string);
    let theirs: Vec<String> = listed.lines().filter(|l| l.starts_with("fpr:")).filter_map(fingerprint).collect();
    let keyring = keyring();
    assert_eq!(keyring.skipped(), [""; 0]);
    let mut ours = Vec::new();
    for certificate in keyring.certificates(Timestamp::now()) {
        ours.push(certificate.fingerprint);
        ours.extend(certificate.subkeys.into_iter().map(|subkey| subkey.fingerprint));
    }
    assert_eq!(ours, theirs);
}

#[test]
fn debians_own_files_are_accepted() {
    let keyring = keyring();
    for path in in_releases() {
        let message = std::fs::read(&path).expect("InRelease");
        let text = || {
            openpgp::verify_inline(&message, &keyring, &Policy::default(), Timestamp::now())
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let suite = name.strip_suffix("_InRelease").and_then(|name| name.rsplit('_').next()).expect("a suite");
        // A machine that was off for a week has lists that have expired.
        let policy = ReleasePolicy::default().suite(suite).relax(ReleaseRule::ValidUntil);
        let (release, accepted) = acceptance::accept(text(), &policy, None, Timestamp::now())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(release.value().files().len() > 10);
        acceptance::accept(text(), &policy, Some(&accepted), Timestamp::now()).expect("the same again");
        let other = ReleasePolicy::default().suite("sid").relax(ReleaseRule::ValidUntil);
        let error = acceptance::accept(text(), &other, None, Timestamp::now()).expect_err("not sid");
        assert_eq!(error.broken_rule(), Some("suite-mismatch"));
    }
}
