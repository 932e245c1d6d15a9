//! The real command over a bucket, and real apt over what it publishes.

use std::fs;

use reposnap_tests::apt::Apt;
use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::Package;
use reposnap_tests::nginx::Nginx;
use reposnap_tests::s3::{Fault, S3, SECRET_KEY};

struct World {
    folder: tempfile::TempDir,
    server: S3,
    reposnap: Reposnap,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let server = S3::serve();
        fs::create_dir(folder.path().join("packages")).expect("a folder");
        let mut reposnap = Reposnap::new(server.url("team/store").as_ref());
        for (name, value) in server.variables() {
            reposnap = reposnap.with_variable(&name, &value);
        }
        Self { folder, server, reposnap }
    }

    fn put(&self, package: &Package) {
        fs::write(self.folder.path().join("packages").join(package.file_name()), package.build()).expect("a package");
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

#[test]
fn from_a_folder_to_apt() {
    let world = World::new();
    let (reposnap, packages, public) = (&world.reposnap, world.path("packages"), world.path("public"));
    world.put(&Package::new("greet", "1.0"));
    world.put(&Package::new("extra", "2"));
    // Some answers are lost on the way.
    world.server.fault_every("PUT", "", Fault::ErrorAfter, 4);
    world.server.fault_every("", "", Fault::DropAfter, 9);
    reposnap.ok(["mirror", "add-folder", "inhouse", &packages]);
    reposnap.ok(["mirror", "update", "inhouse"]);
    reposnap.ok(["env", "create", "stable", "inhouse"]);
    let key = world.path("key");
    reposnap.ok(["key", "generate", "Team <team@example.org>", "--output", &key]);
    let publish = ["publish", "stable", "--to", &public, "--suite", "stable", "--key", &key];
    reposnap.ok(publish);
    let nginx = Nginx::serve(public.as_ref());
    let source = format!("deb [trusted=yes] {} stable main", nginx.url());
    let apt = Apt::with_source(&source);
    apt.update();
    assert_eq!(apt.candidate("greet").as_deref(), Some("1.0"));
    assert_eq!(apt.download(&["extra"]).len(), 1);

    world.put(&Package::new("greet", "1.1"));
    reposnap.ok(["mirror", "update", "inhouse"]);
    reposnap.ok(["env", "promote", "stable", "inhouse"]);
    reposnap.ok(publish);
    apt.update();
    assert_eq!(apt.candidate("greet").as_deref(), Some("1.1"));
    let log = reposnap.json(["env", "log", "stable"]);
    assert_eq!(log.as_array().map(Vec::len), Some(2), "{log}");

    world.server.behave();
    let keys = world.server.keys();
    assert!(keys.iter().all(|key| key.starts_with("team/store/")), "{keys:?}");
    assert!(!keys.iter().any(|key| key.starts_with("team/store/probe")), "{keys:?}");
    assert_eq!(world.server.unfinished_uploads(), 0);
}

#[test]
fn what_needs_a_directory_says_so() {
    let world = World::new();
    let told = world.reposnap.fails(2, ["quickstart"]);
    assert!(told.contains("--to"), "{told}");
    assert!(world.server.keys().is_empty());
    let told = world.reposnap.fails(2, ["mirror", "list"]);
    assert!(told.contains("s3://bucket/team/store"), "{told}");

    let wrong = world.reposnap.clone().with_variable("AWS_ACCESS_KEY_ID", "AKIAOTHER");
    let told = wrong.fails(2, ["mirror", "list"]);
    assert!(told.contains("InvalidAccessKeyId") && !told.contains(SECRET_KEY), "{told}");
    let wrong = Reposnap::new("s3://me:hunter2@bucket/x".as_ref());
    assert!(!wrong.fails(2, ["mirror", "list"]).contains("hunter2"));
}
