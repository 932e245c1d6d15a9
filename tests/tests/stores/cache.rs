//! What of a bucket is kept on this machine: fewer requests, the same answers, and nothing that the bucket does not have.

use std::fs;
use std::path::{Path, PathBuf};

use reposnap::Kind;
use reposnap::store::{Cache, Options, Store};
use reposnap_api::{Session, call};
use reposnap_tests::cli::Reposnap;
use reposnap_tests::deb::{Package, sha256};
use reposnap_tests::s3::{Fault, S3};
use reposnap_tests::serve::Served;
use serde_json::{Value, json};

use crate::backends::options;

/// A store in a bucket with a snapshot of so many packages, and the command over it with a cache of its own.
struct World {
    folder: tempfile::TempDir,
    server: S3,
    plain: Reposnap,
    cached: Reposnap,
}

impl World {
    fn new(packages: u32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let server = S3::serve();
        let plain = Reposnap::new(server.url("store").as_ref()).with_variables(server.variables());
        let cached = plain.clone().with_variable("REPOSNAP_CACHE", &folder.path().join("cache").display().to_string());
        let world = Self { folder, server, plain, cached };
        fs::create_dir(world.folder.path().join("packages")).expect("a folder");
        for number in 0..packages {
            world.put(&Package::new(&format!("tool-{number}"), "1.0"));
        }
        let directory = world.folder.path().join("packages").display().to_string();
        world.plain.ok(["mirror", "add-folder", "inhouse", &directory]);
        world.plain.ok(["mirror", "update", "inhouse"]);
        world.plain.ok(["env", "create", "stable", "inhouse"]);
        world
    }

    fn put(&self, package: &Package) {
        fs::write(self.folder.path().join("packages").join(package.file_name()), package.build()).expect("a package");
    }

    /// The files that are kept.
    fn kept(&self) -> Vec<PathBuf> {
        let stores = fs::read_dir(self.folder.path().join("cache/stores")).expect("a cache");
        let folders = stores.filter_map(|store| fs::read_dir(store.expect("an entry").path()).ok());
        folders.flatten().map(|file| file.expect("an entry").path()).collect()
    }

    /// What the command prints, and how many requests, and requests for packs, that takes.
    fn run(&self, reposnap: &Reposnap, arguments: &[&str]) -> (Value, usize, usize) {
        self.server.forget();
        let document = reposnap.json(arguments);
        (document, self.server.requests().len(), self.server.count("GET /bucket/store/packs/"))
    }

    /// A store of this process with the cache of the command.
    async fn open(&self) -> Store {
        let cache = Cache::at(&self.folder.path().join("cache"), 1 << 30).expect("a cache");
        let url = self.server.url("store");
        Store::open_at(Path::new(&url), &options(&self.server).cache(Some(cache))).await.expect("a store")
    }
}

const SHOW: [&str; 4] = ["snapshot", "show", "stable", "--packages"];
const SEARCH: [&str; 3] = ["search", "stable", "Name (~ ^tool-1)"];
const RESOLVE: [&str; 3] = ["resolve", "stable", "tool-7"];

#[test]
fn a_second_look_asks_for_no_pack() {
    let world = World::new(60);
    // Makes the universe, which is kept in the bucket.
    world.plain.ok(RESOLVE);
    for arguments in [&SHOW[..], &SEARCH, &RESOLVE] {
        let (plain, requests, _) = world.run(&world.plain, arguments);
        let (first, _, _) = world.run(&world.cached, arguments);
        let (second, fewer, packs) = world.run(&world.cached, arguments);
        println!("{}: {requests} requests, {fewer} with the cache", arguments.join(" "));
        assert!(plain == first && plain == second);
        assert_eq!(packs, 0, "{:?}", world.server.requests());
        assert!(fewer <= requests, "{fewer} of {requests}");
    }
    // Nothing that changes is kept: a promotion is seen at once, and a manifest is shown by the bucket itself.
    world.put(&Package::new("tool-1", "2.0"));
    world.plain.ok(["mirror", "update", "inhouse"]);
    world.plain.ok(["env", "promote", "stable", "inhouse"]);
    let (plain, ..) = world.run(&world.plain, &SHOW);
    assert_eq!(world.run(&world.cached, &SHOW).0, plain);
    world.server.fault("GET", "/snapshots/", Fault::Forbid, usize::MAX);
    world.cached.fails(2, SHOW);
    world.server.behave();
    world.server.fault("GET", "/index/", Fault::Forbid, usize::MAX);
    world.cached.fails(2, SHOW);
}

#[test]
fn what_is_damaged_is_thrown_away() {
    let world = World::new(20);
    let (expected, ..) = world.run(&world.cached, &SHOW);
    for damage in [b"".as_slice(), b"RSCE", &[7; 5000]] {
        for file in world.kept() {
            fs::write(file, damage).expect("damage");
        }
        let (found, _, packs) = world.run(&world.cached, &SHOW);
        assert!(found == expected && packs > 0, "{packs}");
        assert_eq!(world.run(&world.cached, &SHOW).2, 0, "it is kept again");
    }
    let files = world.kept();
    for file in &files {
        let mut bytes = fs::read(file).expect("a file");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        fs::write(file, bytes).expect("damage");
    }
    assert_eq!(world.run(&world.cached, &SHOW).0, expected);
    // One that is of another object is not taken for it.
    for (file, other) in files.iter().zip(files.iter().skip(1)) {
        fs::copy(other, file).expect("a copy");
    }
    assert_eq!(world.run(&world.cached, &SHOW).0, expected);
}

#[test]
fn an_answer_that_was_corrupt_is_not_believed_twice() {
    let world = World::new(20);
    // With all texts, wherever the byte is.
    let all = ["search", "stable", "Name (~ tool)", "--stanzas"];
    let (expected, ..) = world.run(&world.plain, &all);
    for part in ["/packs/", "/index/"] {
        world.server.fault("GET", part, Fault::Corrupt, usize::MAX);
        world.cached.fails(2, all);
        world.server.behave();
        assert_eq!(world.run(&world.cached, &all).0, expected, "{part}");
        fs::remove_dir_all(world.folder.path().join("cache")).expect("a cache");
    }
}

#[test]
fn where_nothing_can_be_kept_all_works() {
    let world = World::new(5);
    let (expected, ..) = world.run(&world.plain, &SHOW);
    let file = world.folder.path().join("file");
    fs::write(&file, "").expect("a file");
    let in_file = file.join("cache").display().to_string();
    let without = world.plain.clone().with_variable("REPOSNAP_CACHE", &in_file);
    assert_eq!(world.run(&without, &SHOW).0, expected);
    // A disk that is full.
    let full = world.plain.clone().with_variable("REPOSNAP_CACHE", "/dev/full/cache");
    assert_eq!(world.run(&full, &SHOW).0, expected);
    // No room for anything.
    let small = world.cached.clone().with_variable("REPOSNAP_CACHE_SIZE", "1");
    assert_eq!(world.run(&small, &SHOW).0, expected);
    assert!(!world.folder.path().join("cache").exists());
    for (name, value) in [("REPOSNAP_CACHE", "relative/path"), ("REPOSNAP_CACHE_SIZE", "much")] {
        let told = world.cached.clone().with_variable(name, value).fails(2, SHOW);
        assert!(told.contains(name), "{told}");
    }
    use std::os::unix::fs::PermissionsExt;
    let open = world.folder.path().join("open");
    fs::create_dir(&open).expect("a folder");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).expect("permissions");
    let told = world.cached.clone().with_variable("REPOSNAP_CACHE", &open.display().to_string()).fails(2, SHOW);
    assert!(told.contains("others may write"), "{told}");
}

/// `serve` sends a package out of what is kept, as long as the bucket says that it still has it.
#[test]
fn a_package_is_served_from_what_is_kept() {
    let world = World::new(0);
    // Over a megabyte, so that it is read in more than one part.
    let fill: Vec<u8> = (0..400_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let package = Package::new("large", "1.0").file("usr/share/large/fill", &fill);
    world.put(&package);
    world.plain.ok(["mirror", "update", "inhouse"]);
    world.plain.ok(["env", "promote", "stable", "inhouse"]);
    let bytes = package.build();
    assert!(bytes.len() > 1 << 20);
    let digest = sha256(&bytes);
    let object = format!("pool/{}/{digest}.deb", &digest[..2]);
    let path = format!("/stable/{object}");
    let in_folder = |name: &str| world.folder.path().join(name).display().to_string();
    let key = in_folder("key.asc");
    world.plain.ok(["key", "generate", "Serve <s@example.org>", "--output", &key]);
    let asked = || world.server.count(&format!("GET /bucket/store/{object}"));
    let serve = |trees: &str| Served::start(&world.cached, ["--key", &key, "--no-fetch", "--trees", &in_folder(trees)]);
    let served = serve("trees");
    world.server.forget();
    assert!(served.get(&path).2 == bytes);
    assert!(asked() > 1, "{} requests", asked());
    // A second time, a part of it, and by a process that begins.
    let before = asked();
    assert!(served.get(&path).2 == bytes);
    let part = served.request("GET", &path, &[("Range", "bytes=1000000-1100000")], b"");
    assert!(part.0 == 206 && part.2 == bytes[1_000_000..=1_100_000]);
    drop(served);
    let served = serve("trees");
    assert!(served.get(&path).2 == bytes);
    assert_eq!(asked(), before);
    // It is not there because it is kept.
    world.server.take(&format!("store/{object}"));
    assert_eq!(served.get(&path).0, 404);
}

/// Another store never gives what only the cache of the first has, though it names the same digests.
#[tokio::test(flavor = "multi_thread")]
async fn stores_do_not_read_one_another() {
    let world = World::new(20);
    world.run(&world.cached, &SHOW);
    // A store of somebody who knows the digests, and has no bytes.
    for key in world.server.keys().iter().filter(|key| !key.contains("/packs/")) {
        let bytes = world.server.object(key).expect("an object");
        world.server.place(&key.replace("store/", "other/"), &bytes);
    }
    let cache = Cache::at(&world.folder.path().join("cache"), 1 << 30).expect("a cache");
    let url = world.server.url("other");
    let options: Options = options(&world.server).cache(Some(cache));
    let session = Session::with_store(Store::open_at(Path::new(&url), &options).await.expect("a store"));
    let error = call(&session, "snapshot show", json!({ "rev": "stable", "packages": true })).await;
    assert_eq!(error.expect_err("it has no packs").kind(), Kind::NotFound);
}

/// What is in the bucket is told by the bucket, whatever is kept here.
#[tokio::test(flavor = "multi_thread")]
async fn care_is_taken_of_the_bucket_itself() {
    let world = World::new(20);
    world.run(&world.cached, &SHOW);
    let session = Session::with_store(world.open().await);
    let copy = world.folder.path().join("copy").display().to_string();
    call(&session, "store copy", json!({ "to": copy })).await.expect("a copy");
    let pack = world.server.keys().into_iter().find(|key| key.contains("/packs/")).expect("a pack");
    let bytes = world.server.object(&pack).expect("its bytes");
    let mut damaged = bytes.clone();
    damaged[bytes.len() / 2] ^= 1;
    world.server.place(&pack, &damaged);
    let checked = call(&session, "store check", json!({ "data": true })).await.expect("a check");
    assert!(!checked["problems"].as_array().expect("problems").is_empty());
    let repaired = call(&session, "store check", json!({ "data": true, "repair_from": copy })).await.expect("a repair");
    assert_eq!(repaired["problems"][0]["repaired"], true, "{repaired:#}");
    assert_eq!(world.server.object(&pack), Some(bytes));
    let (expected, ..) = world.run(&world.plain, &SHOW);
    assert_eq!(world.run(&world.cached, &SHOW).0, expected);
}

/// Many processes at one cache that has room for little.
#[test]
fn processes_share_a_cache() {
    let world = World::new(120);
    let (expected, ..) = world.run(&world.plain, &SHOW);
    let small = world.cached.clone().with_variable("REPOSNAP_CACHE_SIZE", "2MiB");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert_eq!(small.json(SHOW), expected);
                }
            });
        }
    });
    let size: u64 = world.kept().iter().map(|file| fs::metadata(file).map_or(0, |metadata| metadata.len())).sum();
    assert!(size <= 2 << 20, "{size} bytes");
}
