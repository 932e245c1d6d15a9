//! The real command over a bucket, and real apt over what it publishes.

use std::fs;

use reposnap_tests::apt::Apt;
use reposnap_tests::azurite::Azurite;
use reposnap_tests::ceph::Ceph;
use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::Package;
use reposnap_tests::nginx::Nginx;
use reposnap_tests::s3::{Fault, S3, SECRET_KEY};

/// A folder of packages, and the command over a store somewhere.
struct World {
    folder: tempfile::TempDir,
    reposnap: Reposnap,
}

impl World {
    fn new(url: &str, variables: Vec<(String, String)>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir(folder.path().join("packages")).expect("a folder");
        Self { folder, reposnap: Reposnap::new(url.as_ref()).with_variables(variables) }
    }

    fn put(&self, package: &Package) {
        fs::write(self.folder.path().join("packages").join(package.file_name()), package.build()).expect("a package");
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Mirrors, promotes and publishes, twice, and apt has what it should each time. Then collects what is not needed any more.
    fn goes_from_a_folder_to_apt(&self) {
        let (reposnap, packages, public) = (&self.reposnap, self.path("packages"), self.path("public"));
        self.put(&Package::new("greet", "1.0"));
        self.put(&Package::new("extra", "2"));
        reposnap.ok(["mirror", "add-folder", "inhouse", &packages]);
        reposnap.ok(["mirror", "update", "inhouse"]);
        reposnap.ok(["env", "create", "stable", "inhouse"]);
        let key = self.path("key");
        reposnap.ok(["key", "generate", "Team <team@example.org>", "--output", &key]);
        let publish = ["publish", "stable", "--to", &public, "--suite", "stable", "--key", &key];
        reposnap.ok(publish);
        let nginx = Nginx::serve(public.as_ref());
        let source = format!("deb [trusted=yes] {} stable main", nginx.url());
        let apt = Apt::with_source(&source);
        apt.update();
        assert_eq!(apt.candidate("greet").as_deref(), Some("1.0"));
        assert_eq!(apt.download(&["extra"]).len(), 1);

        self.put(&Package::new("greet", "1.1"));
        reposnap.ok(["mirror", "update", "inhouse"]);
        reposnap.ok(["env", "promote", "stable", "inhouse"]);
        reposnap.ok(publish);
        apt.update();
        assert_eq!(apt.candidate("greet").as_deref(), Some("1.1"));
        let log = reposnap.json(["env", "log", "stable"]);
        assert_eq!(log.as_array().map(Vec::len), Some(2), "{log}");

        let report = reposnap.json(["store", "gc", "--keep-last", "1", "--grace", "0s"]);
        assert!(report["swept"][0]["objects"].as_u64().is_some_and(|objects| objects > 0), "{report:#}");
        let checked = reposnap.json(["store", "check", "--data"]);
        assert_eq!(checked["problems"].as_array().map(Vec::len), Some(0), "{checked:#}");
    }
}

#[test]
fn from_a_folder_to_apt_by_way_of_amazon() {
    through_faults(S3::serve());
}

#[test]
fn from_a_folder_to_apt_by_way_of_google() {
    through_faults(S3::serve_google());
}

/// Some answers are lost on the way.
fn through_faults(server: S3) {
    server.fault_every("PUT", "", Fault::ErrorAfter, 4);
    server.fault_every("", "", Fault::DropAfter, 9);
    World::new(&server.url("team/store"), server.variables()).goes_from_a_folder_to_apt();
    server.behave();
    let keys = server.keys();
    assert!(keys.iter().all(|key| key.starts_with("team/store/")), "{keys:?}");
    assert!(!keys.iter().any(|key| key.starts_with("team/store/probe")), "{keys:?}");
    assert_eq!(server.unfinished_uploads(), 0);
}

#[test]
fn from_a_folder_to_apt_by_way_of_azure() {
    let server = Azurite::serve();
    World::new(&server.url("team/store"), server.variables()).goes_from_a_folder_to_apt();
}

/// `scripts/setup-ceph` unpacks it.
#[test]
#[ignore = "its server is large"]
fn from_a_folder_to_apt_by_way_of_ceph() {
    let server = Ceph::serve();
    World::new(&server.url("team/store"), server.variables()).goes_from_a_folder_to_apt();
}

#[test]
fn what_needs_a_directory_says_so() {
    let server = S3::serve();
    let world = World::new(&server.url("team/store"), server.variables());
    let told = world.reposnap.fails(2, ["quickstart"]);
    assert!(told.contains("--to"), "{told}");
    assert!(server.keys().is_empty());
    let told = world.reposnap.fails(2, ["mirror", "list"]);
    assert!(told.contains("s3://bucket/team/store"), "{told}");

    let wrong = world.reposnap.clone().with_variable("AWS_ACCESS_KEY_ID", "AKIAOTHER");
    let told = wrong.fails(2, ["mirror", "list"]);
    assert!(told.contains("InvalidAccessKeyId") && !told.contains(SECRET_KEY), "{told}");
    let wrong = Reposnap::new("s3://me:hunter2@bucket/x".as_ref());
    assert!(!wrong.fails(2, ["mirror", "list"]).contains("hunter2"));
}
