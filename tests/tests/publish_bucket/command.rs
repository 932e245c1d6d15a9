//! The command: URLs, the program that tells a cache, servers by others, and the page of documentation.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use reposnap_tests::apt::Apt;
use reposnap_tests::azurite::Azurite;
use reposnap_tests::cli::{Reposnap, program};
use reposnap_tests::deb::Package;
use reposnap_tests::moto::Moto;
use reposnap_tests::process::capture;
use reposnap_tests::s3::S3;

struct World {
    folder: tempfile::TempDir,
    server: S3,
    reposnap: Reposnap,
    key: String,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let server = S3::serve();
        server.make_public("public/");
        let reposnap = Reposnap::new(&folder.path().join("store")).with_variables(server.variables());
        let key = folder.path().join("key").display().to_string();
        reposnap.ok(["key", "generate", "Team <team@example.org>", "--output", &key]);
        let packages = folder.path().join("packages");
        fs::create_dir(&packages).expect("a folder");
        let world = Self { folder, server, reposnap, key };
        world.put("1");
        world.reposnap.ok(["mirror", "add-folder", "inhouse", &packages.display().to_string()]);
        world.reposnap.ok(["mirror", "update", "inhouse"]);
        world
    }

    /// Has one package, of this version.
    fn put(&self, version: &str) {
        fs::write(self.folder.path().join("packages/greet.deb"), Package::new("greet", version).build())
            .expect("writing");
    }

    /// An executable of this text.
    fn program(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("writing");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("executable");
        path.display().to_string()
    }

    fn publish<'a>(&'a self, to: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        [&["publish", "mirror/inhouse", "--to", to, "--suite", "stable", "--key", &self.key], more].concat()
    }
}

#[test]
fn a_program_is_told_what_changed() {
    let world = World::new();
    let hook = world.program("hook", "cat > \"$0.out\"");
    let out = world.folder.path().join("hook.out");
    let told = || fs::read_to_string(&out).ok();
    let directory = world.folder.path().join("tree").display().to_string();
    for to in [&world.server.url("public"), &directory] {
        let more = ["--invalidate", &hook];
        world.reposnap.ok(world.publish(to, &[&more[..], &["--dry-run"]].concat()));
        assert_eq!(told(), None, "a dry run tells nobody");
        world.reposnap.ok(world.publish(to, &more));
        let signed = "dists/stable/InRelease\ndists/stable/Release\ndists/stable/Release.gpg\n";
        let index = "dists/stable/main/binary-amd64/Packages.gz\n";
        assert_eq!(told(), Some(format!("{signed}{index}stable.asc\n")), "{to}");
        fs::remove_file(&out).expect("its output");
        world.reposnap.ok(world.publish(to, &more));
        assert_eq!(told(), None, "nothing changed");
        world.reposnap.ok(world.publish(to, &[&more[..], &["--resign"]].concat()));
        assert_eq!(told().as_deref(), Some(signed), "{to}");
        fs::remove_file(&out).expect("its output");
        let failing = world.program("failing", "echo no such distribution >&2; exit 3");
        let said = world.reposnap.fails(2, world.publish(to, &["--invalidate", &failing, "--resign"]));
        for word in ["published", "no such distribution", "3", "dists/stable/InRelease", "failing"] {
            assert!(said.contains(word), "{word}: {said}");
        }
        let done = world.reposnap.json(world.publish(to, &[]));
        assert_eq!(done[0]["outcome"], "unchanged", "the publication is in place");
    }
}

#[test]
fn one_tree_in_a_directory_and_in_a_bucket() {
    let world = World::new();
    let directory = world.folder.path().join("tree");
    let url = format!("file://{}", directory.display());
    let (one, two) = (world.reposnap.json(world.publish(&url, &[])), world.server.url("public"));
    assert!(one[0].get("uploaded").is_none(), "{one}");
    let two = world.reposnap.json(world.publish(&two, &[]));
    assert_eq!(two[0]["certificate"], "s3://bucket/public/stable.asc");
    assert!(two[0]["uploaded"]["requests"].as_u64() > Some(5), "{two}");
    for key in ["indexes", "packages", "added", "missing", "changed"] {
        assert_eq!(one[0][key], two[0][key], "{key}");
    }
    let is_same = |key: &&String| key.contains("/pool/") || key.contains("/by-hash/") || key.ends_with("/Packages.gz");
    let mut same = 0;
    for key in world.server.keys().iter().filter(|key| !key.contains("/.reposnap/")).filter(is_same) {
        let ours = fs::read(directory.join(key.trim_start_matches("public/"))).expect("the same in the directory");
        assert!(world.server.object(key) == Some(ours), "{key}");
        same += 1;
    }
    assert_eq!(same, 3);
}

#[test]
fn bad_places_are_named() {
    let world = World::new();
    for (to, word) in [
        ("s3://bucket:9000/x", "AWS_ENDPOINT_URL"),
        ("s3://me:hunter2@bucket/x", "AWS_ACCESS_KEY_ID"),
        ("http://server/bucket", "s3://"),
        ("ftp://server/x", "ftp://"),
        ("s3://ab/x", "bucket"),
    ] {
        for told in [
            world.reposnap.fails(2, world.publish(to, &[])),
            world.reposnap.fails(2, world.publish(to, &["--dry-run"])),
            world.reposnap.fails(2, ["prune", to]),
        ] {
            assert!(told.contains(word) && !told.contains("hunter2"), "{to}: {told}");
        }
    }
    let told = world.reposnap.fails(2, ["prune", &world.server.url("nothing")]);
    assert!(told.contains("nothing was published") && told.contains("s3://bucket/nothing"), "{told}");
    let told = world.reposnap.fails(2, ["quickstart", "--to", &world.server.url("x")]);
    assert!(told.contains("directory"), "{told}");
    let wrong = world.reposnap.clone().with_variable("AWS_ACCESS_KEY_ID", "AKIAOTHER");
    let told = wrong.fails(2, world.publish(&world.server.url("public"), &[]));
    assert!(told.contains("InvalidAccessKeyId"), "{told}");
    assert!(world.server.keys().is_empty());
}

/// Servers by others, which have their own ideas of conditions, parts and the deletion of many; and Google's.
#[test]
fn moto_takes_publications_too() {
    let server = Moto::serve();
    takes_publications(&server.url("public"), server.variables());
}

#[test]
fn azurite_does() {
    let server = Azurite::serve();
    takes_publications(&server.url("public"), server.variables());
}

#[test]
fn google_does() {
    let server = S3::serve_google();
    takes_publications(&server.url("public"), server.variables());
}

fn takes_publications(to: &str, variables: Vec<(String, String)>) {
    let world = World::new();
    let reposnap = Reposnap::new(&world.folder.path().join("store")).with_variables(variables);
    for version in ["1", "2", "3"] {
        world.put(version);
        world.reposnap.ok(["mirror", "update", "inhouse"]);
        let done = reposnap.json(world.publish(to, &[]));
        assert_eq!((&done[0]["outcome"], &done[0]["added"]), (&"published".into(), &1.into()), "{done}");
        assert_eq!(reposnap.json(world.publish(to, &[]))[0]["outcome"], "unchanged");
    }
    let pruned = reposnap.json(["prune", to]);
    assert_eq!((&pruned["kept"], &pruned["removed"]), (&2.into(), &1.into()), "{pruned}");
}

/// The commands of docs/BUCKETS.md, one after another, and apt with the source that it shows.
#[test]
fn the_page_is_right() {
    let world = World::new();
    let page = fs::read_to_string(root().join("docs/BUCKETS.md")).expect("the page");
    let (_, rest) = page.split_once("```text\nexport ").expect("a block of commands");
    let (commands, _) = rest.split_once("\n```").expect("its end");
    let folder = tempfile::tempdir().expect("a temporary directory");
    fs::create_dir(folder.path().join("packages")).expect("a folder");
    fs::write(folder.path().join("packages/greet.deb"), Package::new("greet", "1").build()).expect("a package");
    let hook = "#!/bin/sh\ncat > invalidated\n";
    fs::write(folder.path().join("forget-paths"), hook).expect("writing");
    fs::set_permissions(folder.path().join("forget-paths"), fs::Permissions::from_mode(0o755)).expect("executable");
    // The server of the test, and its one bucket, in the place of Amazon's.
    let mut script = String::from("set -e\n");
    for line in format!("export {commands}").lines() {
        if !line.starts_with("export AWS_") {
            script.push_str(&line.replace("s3://example-packages", "s3://bucket"));
            script.push('\n');
        }
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let programs = tempfile::tempdir().expect("a temporary directory");
    std::os::unix::fs::symlink(program(), programs.path().join("reposnap")).expect("a link");
    let mut bash = Command::new("bash");
    bash.args(["-c", &script]).current_dir(folder.path()).envs(world.server.variables());
    bash.env("PATH", format!("{}:{path}", programs.path().display())).env_remove("REPOSNAP_STORE");
    let finished = capture(&mut bash);
    assert_eq!(finished.code(), 0, "{script}\n{}", finished.transcript());
    let told = fs::read_to_string(folder.path().join("invalidated")).expect("the program was told");
    assert!(told.contains("dists/stable/InRelease\n"), "{told}");
    let certificate = folder.path().join("stable.asc");
    fs::write(&certificate, world.server.object("public/stable.asc").expect("the certificate")).expect("writing");
    let source = format!("deb [signed-by={}] {} stable main", certificate.display(), world.server.public_url("public"));
    let apt = Apt::with_source(&source);
    apt.update();
    assert_eq!(apt.candidate("greet").as_deref(), Some("1"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}
