//! Stores in buckets wherever a store is named: copies both ways, repairs, and a server with real apt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use reposnap_tests::apt::Apt;
use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::Package;
use reposnap_tests::s3::{Fault, S3};
use reposnap_tests::serve::Served;
use serde_json::Value;

/// A store in a directory, and a bucket.
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
        let world = Self { reposnap: Reposnap::new("".as_ref()), folder, server };
        let reposnap = world.at(&world.path("store"));
        for number in 0..30 {
            world.put(&Package::new(&format!("tool-{number}"), "1.0"));
        }
        let directory = world.path("packages").display().to_string();
        reposnap.ok(["mirror", "add-folder", "inhouse", &directory]);
        reposnap.ok(["mirror", "update", "inhouse"]);
        reposnap.ok(["env", "create", "stable", "inhouse"]);
        Self { reposnap, ..world }
    }

    /// The command over another store.
    fn at(&self, place: &Path) -> Reposnap {
        Reposnap::new(place).with_variables(self.server.variables())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, package: &Package) {
        fs::write(self.path("packages").join(package.file_name()), package.build()).expect("a package");
    }

    /// A further state of the mirror, promoted.
    fn go_on(&self, version: &str) {
        self.put(&Package::new("tool-3", version));
        self.reposnap.ok(["mirror", "update", "inhouse"]);
        self.reposnap.ok(["env", "promote", "stable", "inhouse"]);
    }
}

fn number(document: &Value, field: &str) -> u64 {
    document[field].as_u64().unwrap_or_else(|| panic!("no {field}: {document:#}"))
}

fn assert_clean(reposnap: &Reposnap) {
    let checked = reposnap.json(["store", "check", "--data"]);
    assert_eq!(checked["problems"], Value::Array(Vec::new()), "{checked:#}");
}

#[test]
fn copies_go_both_ways_and_go_on() {
    let world = World::new();
    let bucket = world.server.url("copies/one");
    let first = world.reposnap.json(["store", "copy", &bucket]);
    assert!(number(&first, "objects") > 30, "{first:#}");
    world.server.forget();
    let again = world.reposnap.json(["store", "copy", &bucket]);
    assert_eq!((number(&again, "objects"), number(&again, "bytes")), (0, 0), "{again:#}");
    let requests = world.server.requests();
    assert!(requests.len() <= 40 && !requests.iter().any(|request| request.starts_with("PUT")), "{requests:#?}");
    println!("{} requests of a copy that has nothing to do", requests.len());

    world.go_on("2.0");
    let more = world.reposnap.json(["store", "copy", &bucket]);
    assert!((5..20).contains(&number(&more, "objects")), "{more:#}");
    let there = world.at(bucket.as_ref());
    assert_clean(&there);

    // And back into another directory.
    let back = world.path("back");
    there.ok(["store", "copy", &back.display().to_string()]);
    let back = world.at(&back);
    assert_clean(&back);
    for arguments in [&["env", "log", "stable"][..], &["snapshot", "show", "stable", "--packages"], &["mirror", "list"]]
    {
        assert_eq!(back.json(arguments), world.reposnap.json(arguments), "{arguments:?}");
    }
    // From bucket to bucket, and never into itself.
    there.ok(["store", "copy", &world.server.url("copies/two"), "--env", "stable"]);
    assert_clean(&world.at(world.server.url("copies/two").as_ref()));
    let told = there.fails(2, ["store", "copy", &bucket]);
    assert!(told.contains("into itself"), "{told}");
    let file = format!("file://{}", world.path("store").display());
    assert!(world.reposnap.fails(2, ["store", "copy", &file]).contains("into itself"));
}

#[test]
fn a_copy_survives_faults_and_kills() {
    let world = World::new();
    world.go_on("2.0");
    let bucket = world.server.url("copy");
    world.server.fault_every("PUT", "", Fault::ErrorAfter, 3);
    world.server.fault_every("", "", Fault::DropAfter, 7);
    world.server.fault_every("GET", "", Fault::Cut, 11);
    let mut killed = 0;
    for wait in [60, 120, 200, 300] {
        let mut command = world.reposnap.command(["--quiet", "store", "copy", &bucket]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the command");
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().expect("a kill");
        killed += u32::from(!child.wait().expect("its end").success());
        // Whatever is there is whole.
        if world.server.keys().iter().any(|key| key == "copy/reposnap.json") {
            assert_clean(&world.at(bucket.as_ref()));
        }
    }
    assert!(killed > 0, "each of them was done before it was killed");
    world.reposnap.ok(["store", "copy", &bucket]);
    world.server.behave();
    let there = world.at(bucket.as_ref());
    assert_clean(&there);
    let log = ["env", "log", "stable"];
    assert_eq!(there.json(log), world.reposnap.json(log));
}

#[test]
fn repairs_from_and_of_a_bucket() {
    let world = World::new();
    let bucket = world.server.url("copy");
    world.reposnap.ok(["store", "copy", &bucket]);
    // A directory from a bucket.
    fs::remove_dir_all(world.path("store/packs")).expect("damage");
    fs::remove_dir_all(world.path("store/refs/env")).expect("damage");
    let entry = fs::read_dir(world.path("store/refs/mirror/inhouse")).expect("a log").next().expect("an entry");
    fs::write(entry.expect("an entry").path(), "{}").expect("damage");
    let mut names = Vec::new();
    for folder in fs::read_dir(world.path("store/pool")).expect("a pool").take(3) {
        for file in fs::read_dir(folder.expect("a folder").path()).expect("a folder") {
            let path = file.expect("a file").path();
            fs::write(&path, "altered").expect("damage");
            names.push(path);
        }
    }
    let told = world.reposnap.run(["store", "check", "--data"]);
    assert_eq!(told.code(), 1, "{}", told.transcript());
    let repaired = world.reposnap.json(["store", "check", "--data", "--repair-from", &bucket]);
    let problems = repaired["problems"].as_array().expect("problems");
    assert!(problems.len() > names.len() && problems.iter().all(|problem| problem["repaired"] == true), "{repaired:#}");
    assert_clean(&world.reposnap);

    // A bucket from a directory.
    let packs: Vec<String> = world.server.keys().into_iter().filter(|key| key.starts_with("copy/packs/")).collect();
    for pack in &packs {
        world.server.place(pack, b"short");
    }
    let there = world.at(bucket.as_ref());
    let own = world.path("store").display().to_string();
    let repaired = there.json(["store", "check", "--repair-from", &own]);
    assert!(!repaired["problems"].as_array().expect("problems").is_empty());
    assert_clean(&there);
    let told = there.fails(2, ["store", "check", "--repair-from", &world.server.url("nothing")]);
    assert!(told.contains("s3://bucket/nothing"), "{told}");
}

#[test]
fn a_server_over_a_bucket_and_real_apt() {
    let world = World::new();
    let bucket = world.server.url("copy");
    world.reposnap.ok(["store", "copy", &bucket]);
    let there = world.at(bucket.as_ref());
    let there = there.with_variable("REPOSNAP_CACHE", &world.path("cache").display().to_string());
    let key = world.path("key").display().to_string();
    there.ok(["key", "generate", "Team <team@example.org>", "--output", &key]);
    let served = Served::start(&there, ["--key", &key]);
    let (status, _, certificate) = served.get("/stable/stable.asc");
    assert_eq!(status, 200);
    fs::write(world.path("team.asc"), certificate).expect("a file");
    let source = format!("deb [signed-by={}] {}/stable stable main\n", world.path("team.asc").display(), served.url());
    let apt = Apt::with_source(&source);
    apt.update();
    assert_eq!(apt.candidate("tool-3").as_deref(), Some("1.0"));
    assert_eq!(apt.download(&["tool-3", "tool-5"]).len(), 2);
    // What somebody else promotes in the bucket is served, through faults.
    world.go_on("2.0");
    world.reposnap.ok(["store", "copy", &bucket]);
    world.server.fault_every("GET", "", Fault::DropAfter, 5);
    world.server.fault_every("GET", "", Fault::ErrorBefore, 7);
    // A server looks into a bucket every five seconds.
    let begun = Instant::now();
    loop {
        apt.update();
        match apt.candidate("tool-3").as_deref() {
            Some("2.0") => break,
            found => assert!(begun.elapsed() < Duration::from_secs(60), "apt still sees {found:?}"),
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    // Beside the two from before.
    assert_eq!(apt.download(&["tool-3"]).len(), 3);
    let (status, ..) = served.get("/api/v1/openapi.json");
    assert_eq!(status, 200);
}
