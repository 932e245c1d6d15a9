//! Runs every example.

use std::fs;
use std::path::Path;
use std::process::Command;

use reposnap_tests::deb::Package;
use reposnap_tests::gnupg::gpgv;
use reposnap_tests::process::{capture, succeed, succeed_with_input};

#[test]
fn versions_are_sorted_as_dpkg_does() {
    let program = env!("CARGO_BIN_EXE_sort-versions");
    let sorted = succeed_with_input(&mut Command::new(program), b"1.10\n1:0\n1.9\n\n1.10~rc1\n");
    assert_eq!(sorted.text(), "1.9\n1.10~rc1\n1.10\n1:0\n");
    let failed = reposnap_tests::process::capture_with_input(&mut Command::new(program), b"not a version\n");
    assert_eq!(failed.code(), 1, "{}", failed.transcript());
}

#[test]
fn a_folder_is_published_verified_and_compared() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = |name: &str| directory.path().join(name);
    let publish = || {
        let program = env!("CARGO_BIN_EXE_publish-folder");
        succeed(Command::new(program).args([path("packages"), path("store"), path("key"), path("public")])).text()
    };
    add(&path("packages"), &Package::new("hello", "1.0"));
    let first = publish();
    assert!(first.starts_with("key ") && first.contains("\n1 packages, 1 new\n"), "{first}");
    add(&path("packages"), &Package::new("other", "2.0"));
    let second = publish();
    assert!(!second.starts_with("key ") && second.contains("\n2 packages, 1 new\n"), "{second}");

    let in_release = path("public").join("dists/stable/InRelease");
    let certificate = path("public").join("stable.asc");
    let verify = |suite: &str| {
        let program = env!("CARGO_BIN_EXE_verify-inrelease");
        capture(Command::new(program).arg(&in_release).arg(&certificate).arg(suite))
    };
    let verified = verify("stable");
    assert!(verified.status.success() && verified.text().starts_with("suite stable\ndate "), "{verified:?}");
    assert!(verify("testing").stderr.contains("suite-mismatch"));
    // gpgv is of the same mind; it takes binary keyrings alone.
    let keyring = path("keyring.gpg");
    succeed(Command::new("gpg").args(["--yes", "--dearmor", "--output"]).arg(&keyring).arg(&certificate));
    assert!(gpgv(&keyring, &[&in_release]).status.success());

    let program = env!("CARGO_BIN_EXE_diff-snapshots");
    let differences = succeed(Command::new(program).arg(path("store")).args(["packages~1", "mirror/packages"])).text();
    assert_eq!(differences, "added other amd64 - 2.0\n");
    let failed = capture(Command::new(program).arg(path("store")).args(["packages~9", "packages"]));
    assert_eq!(failed.code(), 1, "{}", failed.transcript());
}

fn add(folder: &Path, package: &Package) {
    fs::create_dir_all(folder).expect("making a folder");
    fs::write(folder.join(package.file_name()), package.build()).expect("writing a package");
}
