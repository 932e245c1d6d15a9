//! The helpers themselves, proven against real apt before anything else relies on them.

use std::fs;

use reposnap_tests::apt::Apt;
use reposnap_tests::deb::{Compression, Package};
use reposnap_tests::flaky::{Fault, Flaky};
use reposnap_tests::gnupg::{GnuPg, gpgv};
use reposnap_tests::nginx::Nginx;
use reposnap_tests::upstream::{Suite, Tampering, Upstream, date, flat};

/// A signed archive with two packages, and an apt that trusts its key.
struct Scene {
    folder: tempfile::TempDir,
    gpg: GnuPg,
    key: String,
}

impl Scene {
    fn new() -> Self {
        let gpg = GnuPg::new();
        let key = gpg.generate("Archive <archive@example.invalid>");
        let folder = tempfile::tempdir().expect("a temporary directory");
        gpg.write_keyring(&key, &folder.path().join("keyring.gpg"));
        fs::create_dir(folder.path().join("www")).expect("making a folder");
        Self { folder, gpg, key }
    }

    fn upstream(&self) -> Upstream<'_> {
        Upstream::new(&self.folder.path().join("www"), &self.gpg, &self.key)
    }

    fn apt(&self, url: &str) -> Apt {
        let keyring = self.folder.path().join("keyring.gpg");
        Apt::with_source(&format!("deb [signed-by={}] {url} testname main\n", keyring.display()))
    }
}

fn packages(version: &str) -> Vec<Package> {
    vec![
        Package::new("hello", version).depends("libhello (>= 1)"),
        Package::new("libhello", "1.0-1").architecture("all").compression(Compression::Zstd),
        Package::new("other", "3"),
    ]
}

#[test]
fn apt_reads_the_upstream_and_follows_its_states() {
    let scene = Scene::new();
    let mut upstream = scene.upstream();
    upstream.publish(&Suite::new(packages("1.0")));
    let server = Nginx::serve(upstream.root());
    let apt = scene.apt(&server.url());
    apt.configure("Acquire::By-Hash \"force\";");
    apt.update();
    assert_eq!(apt.names(), ["hello", "libhello", "other"]);
    assert_eq!(apt.candidate("hello").as_deref(), Some("1.0"));
    assert_eq!(apt.candidate("absent"), None);
    assert_eq!(apt.simulate_install(&["hello"]), ["hello 1.0", "libhello 1.0-1"]);
    let files = apt.download(&["hello"]);
    let names: Vec<_> = files.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    assert_eq!(names, ["hello_1.0_amd64.deb", "libhello_1.0-1_all.deb"]);
    assert!(server.accesses().iter().any(|access| access.path.contains("/by-hash/SHA256/")));

    upstream.publish(&Suite::new(packages("2.0")).date(&date(-30)));
    apt.update();
    assert_eq!(apt.candidate("hello").as_deref(), Some("2.0"));
    server.forget();
    apt.update();
    let statuses: Vec<_> = server.accesses().iter().map(|access| access.status).collect();
    assert_eq!(statuses, [304], "one conditional request when nothing changed");
}

#[test]
fn gpgv_accepts_all_three_release_files() {
    let scene = Scene::new();
    let mut upstream = scene.upstream();
    upstream.publish(&Suite::new(packages("1.0")));
    let keyring = scene.folder.path().join("keyring.gpg");
    let dist = upstream.dist("testname");
    assert_eq!(gpgv(&keyring, &[&dist.join("InRelease")]).code(), 0);
    assert_eq!(gpgv(&keyring, &[&dist.join("Release.gpg"), &dist.join("Release")]).code(), 0);
}

#[test]
fn sources_and_translations_are_offered() {
    let scene = Scene::new();
    let mut upstream = scene.upstream();
    let mut suite = Suite::new(packages("1.0"));
    suite.sources = vec![
        "Package: hello\nFormat: 1.0\nVersion: 1.0\nDirectory: pool/main/h/hello\nFiles:\n \
         d41d8cd98f00b204e9800998ecf8427e 0 hello_1.0.dsc\nChecksums-Sha256:\n \
         e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 hello_1.0.dsc\n"
            .to_owned(),
    ];
    suite.translation = Some(
        "Package: hello\nDescription-md5: d41d8cd98f00b204e9800998ecf8427e\nDescription-en: hello\n a\n".to_owned(),
    );
    upstream.publish(&suite);
    let apt = scene.apt(&format!("file:{}", upstream.root().display()));
    let keyring = scene.folder.path().join("keyring.gpg");
    apt.set_source(&format!(
        "Types: deb deb-src\nURIs: file:{}\nSuites: testname\nComponents: main\nSigned-By: {}\n",
        upstream.root().display(),
        keyring.display()
    ));
    apt.configure("Acquire::Languages { \"en\"; };");
    apt.update();
    let listed = reposnap_tests::process::succeed(apt.command("apt-cache").args(["showsrc", "hello"])).text();
    assert!(listed.contains("hello_1.0.dsc"), "{listed}");
}

#[test]
fn a_flat_repository_is_read() {
    let scene = Scene::new();
    let root = scene.folder.path().join("www");
    flat(&root, &packages("1.0"), &scene.gpg, &scene.key);
    let server = Nginx::serve(&root);
    let apt = Apt::with_source(&format!(
        "deb [signed-by={}] {}/ ./\n",
        scene.folder.path().join("keyring.gpg").display(),
        server.url()
    ));
    apt.update();
    assert_eq!(apt.download(&["hello"]).len(), 2);
}

#[test]
fn apt_refuses_what_was_tampered_with() {
    let scene = Scene::new();
    let mut upstream = scene.upstream();
    let server = Nginx::serve(upstream.root());
    let apt = scene.apt(&server.url());
    let flip_index = Tampering {
        published: Some(Box::new(|files| {
            for (path, bytes) in files.iter_mut().filter(|(path, _)| !path.contains("Release")) {
                assert!(path.contains("main/"), "{path}");
                bytes.push(b'\n');
            }
        })),
        ..Tampering::default()
    };
    upstream.publish_with(&Suite::new(packages("1.0")), &flip_index);
    assert_ne!(apt.try_update().code(), 0, "indexes that do not match");
    let expired = Tampering {
        release: Some(Box::new(|release| release.insert_str(0, &format!("Valid-Until: {}\n", date(-3600))))),
        ..Tampering::default()
    };
    upstream.publish_with(&Suite::new(packages("1.0")), &expired);
    assert_ne!(apt.try_update().code(), 0, "an expired Release");
    let without_version = Tampering {
        indexes: Some(Box::new(|indexes| {
            for bytes in indexes.values_mut() {
                *bytes = String::from_utf8_lossy(bytes).replace("Version: 1.0\n", "").into_bytes();
            }
        })),
        ..Tampering::default()
    };
    upstream.publish_with(&Suite::new(packages("1.0")), &without_version);
    apt.try_update();
    assert_eq!(apt.candidate("hello"), None, "a stanza without a version is no candidate");
    upstream.publish(&Suite::new(packages("1.0")));
    apt.update();
    assert_eq!(apt.candidate("hello").as_deref(), Some("1.0"));
}

#[test]
fn apt_works_with_the_flaky_server_while_it_behaves() {
    let scene = Scene::new();
    let mut upstream = scene.upstream();
    upstream.publish(&Suite::new(packages("1.0")));
    let server = Flaky::serve(upstream.root());
    let apt = scene.apt(&server.url());
    apt.update();
    assert_eq!(apt.download(&["hello"]).len(), 2);
    server.forget();
    apt.update();
    let seen = server.requests();
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert!(seen[0].header("if-modified-since").is_some(), "{seen:?}");
}

#[test]
fn each_fault_reaches_apt() {
    let scene = Scene::new();
    let mut upstream = scene.upstream();
    upstream.publish(&Suite::new(packages("1.0")));
    let server = Flaky::serve(upstream.root());
    for fault in [
        Fault::Stall(0),
        Fault::Stall(20),
        Fault::CloseAfter(20),
        Fault::Hangup,
        Fault::Status(500),
        Fault::Html,
        Fault::Body(b"nothing of the kind".to_vec()),
        Fault::Corrupt(100),
        Fault::Redirect("http://127.0.0.1:1/".to_owned()),
    ] {
        let apt = scene.apt(&server.url());
        apt.configure("Acquire::http::Timeout \"1\";");
        server.behave();
        // Often enough that no second try and no other file gets through.
        server.fault("", fault.clone(), 100);
        assert_ne!(apt.try_update().code(), 0, "{fault:?}");
        server.behave();
        // Another apt: the first keeps damaged parts and would go on from them.
        let apt = scene.apt(&server.url());
        apt.update();
        assert_eq!(apt.candidate("hello").as_deref(), Some("1.0"), "after {fault:?}");
    }
}

#[test]
fn an_endless_body_ends_with_its_reader() {
    use std::io::{Read, Write};
    let folder = tempfile::tempdir().expect("a temporary directory");
    fs::write(folder.path().join("file"), "begin").expect("writing");
    let server = Flaky::serve(folder.path());
    server.fault("/file", Fault::Endless, 1);
    let address = server.url().replace("http://", "");
    let mut socket = std::net::TcpStream::connect(&address).expect("connecting");
    socket.write_all(b"GET /file HTTP/1.1\r\n\r\n").expect("asking");
    let mut bytes = vec![0; 100_000];
    socket.read_exact(&mut bytes).expect("more than the file holds");
    drop(socket);
    // Once only: the next request is answered well, and in part when a part is asked for.
    let mut socket = std::net::TcpStream::connect(&address).expect("connecting");
    socket.write_all(b"GET /file HTTP/1.1\r\nRange: bytes=2-\r\n\r\n").expect("asking");
    let mut answer = [0; 400];
    let count = socket.read(&mut answer).expect("an answer");
    let text = String::from_utf8_lossy(&answer[..count]).into_owned();
    assert!(text.starts_with("HTTP/1.1 206") && text.contains("Content-Range: bytes 2-4/5"), "{text}");
}

#[test]
fn the_upstream_can_change_between_two_requests() {
    let scene = Scene::new();
    let mut upstream = scene.upstream();
    upstream.publish(&Suite::new(packages("1.0")));
    let old = upstream.dist("testname");
    let fresh_state = fs::read_link(&old).expect("a link").with_file_name("2");
    upstream.publish(&Suite::new(packages("2.0")));
    // Back to the first state; the hook moves on just before the first index is asked for.
    relink(&old, &fresh_state.with_file_name("1"));
    let server = Flaky::serve(upstream.root());
    server.before("/InRelease", {
        let old = old.clone();
        move || relink(&old, &fresh_state)
    });
    let apt = scene.apt(&server.url());
    apt.update();
    assert_eq!(apt.candidate("hello").as_deref(), Some("2.0"));
}

fn relink(link: &std::path::Path, target: &std::path::Path) {
    fs::remove_file(link).expect("removing a link");
    std::os::unix::fs::symlink(target, link).expect("linking");
}

#[test]
fn the_command_is_built_and_found() {
    assert!(reposnap_tests::cli::program().is_file());
}
