//! Upstreams and servers that lie, stall or change: each is told by file and rule, and the mirror stays as it was.

#![allow(clippy::unwrap_used)]

mod mirror_support;

use std::time::Duration;

use jiff::Timestamp;
use mirror_support::{Scene, assert_equal, assert_whole, names, packages, relink, rendered};
use reposnap::openpgp;
use reposnap::progress::Monitor;
use reposnap::publish::{Input, Options, publish_signed};
use reposnap::source::mirror::{AptConfig, Mirror};
use reposnap::{Error, Kind};
use reposnap_tests::apt::Apt;
use reposnap_tests::deb::Compression;
use reposnap_tests::flaky::{Fault, Flaky};
use reposnap_tests::process::succeed;
use reposnap_tests::upstream::{Suite, Tampering, Upstream, date};

/// What is done to bytes before they are served.
type Change = fn(&mut Vec<u8>);

/// A mirror that has one good state, of which `serve` makes a bad second one.
async fn second_state<'a>(scene: &'a Scene, change: impl FnOnce(&mut AptConfig)) -> (Upstream<'a>, Flaky) {
    let mut upstream = scene.upstream();
    upstream.publish(&first());
    let server = Flaky::serve(&scene.www());
    let mut config = scene.config(&server.url()).await;
    change(&mut config);
    scene.add(config).await;
    scene.update().await;
    (upstream, server)
}

fn first() -> Suite {
    Suite::new(packages("1.0")).date(&date(-3600))
}

fn second() -> Suite {
    Suite::new(packages("2.0")).date(&date(-60))
}

/// Publishes `suite` tampered with, over a good state; the update must fail.
async fn refused(suite: &Suite, tampering: Tampering<'_>) -> Error {
    let scene = Scene::new().await;
    let (mut upstream, _server) = second_state(&scene, |_| {}).await;
    upstream.publish_with(suite, &tampering);
    scene.refused().await
}

fn published<'a>(change: impl Fn(&str, &mut Vec<u8>) + 'a) -> Tampering<'a> {
    Tampering {
        published: Some(Box::new(move |files| files.iter_mut().for_each(|(path, bytes)| change(path, bytes)))),
        ..Tampering::default()
    }
}

fn indexes<'a>(change: impl Fn(String) -> String + 'a) -> Tampering<'a> {
    Tampering {
        indexes: Some(Box::new(move |indexes| {
            for bytes in indexes.values_mut() {
                *bytes = change(String::from_utf8(bytes.clone()).unwrap()).into_bytes();
            }
        })),
        ..Tampering::default()
    }
}

fn release<'a>(from: &'a str, to: &'a str) -> Tampering<'a> {
    Tampering {
        release: Some(Box::new(move |release| {
            assert!(release.contains(from), "{from}: {release}");
            *release = release.replace(from, to);
        })),
        ..Tampering::default()
    }
}

fn is_index(path: &str) -> bool {
    !path.contains("Release")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_inrelease_is_not_replaced_by_a_good_release_gpg() {
    let bad: [(&str, Change); 4] = [
        ("altered", |bytes| {
            let at = bytes.windows(6).position(|window| window == b"Suite:").unwrap();
            bytes[at + 7] ^= 1;
        }),
        ("cut", |bytes| bytes.truncate(bytes.len() / 2)),
        ("empty", Vec::clear),
        ("unsigned", |bytes| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let body = text.split_once("\n\n").unwrap().1.split_once("-----BEGIN PGP SIGNATURE").unwrap().0;
            *bytes = body.as_bytes().to_vec();
        }),
    ];
    for (name, spoil) in bad {
        let scene = Scene::new().await;
        let (mut upstream, server) = second_state(&scene, |_| {}).await;
        upstream.publish_with(
            &second(),
            &published(|path, bytes| {
                if path == "InRelease" {
                    spoil(bytes);
                }
            }),
        );
        server.forget();
        let error = scene.refused().await;
        assert_eq!(error.kind(), Kind::Verification, "{name}: {error}");
        assert!(error.to_string().contains("InRelease") && error.broken_rule().is_some(), "{name}: {error}");
        assert!(server.requests().iter().all(|request| !request.path.contains("Release.gpg")), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_and_a_missing_signature() {
    let scene = Scene::new().await;
    let (_, _server) = second_state(&scene, |_| {}).await;
    let other = scene.gpg.generate("Other <other@example.invalid>");
    Upstream::new(&scene.www().join("other"), &scene.gpg, &other).publish(&second());
    let dists = scene.www().join("dists");
    std::fs::remove_file(dists.join("testname")).unwrap();
    std::os::unix::fs::symlink(scene.www().join("other/dists/testname"), dists.join("testname")).unwrap();
    let error = scene.refused().await;
    assert_eq!(error.kind(), Kind::Verification, "{error}");
    let folder = scene.www().join("other/states/1");
    std::fs::remove_file(folder.join("InRelease")).unwrap();
    std::fs::remove_file(folder.join("Release.gpg")).unwrap();
    let error = scene.refused().await;
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("unsigned")), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn old_states_and_other_suites() {
    let future = date(3600);
    let past = date(-60);
    for (suite, tampering, rule) in [
        (second().date(&date(-7200)), Tampering::default(), "rollback"),
        (second().field("Valid-Until", &past), Tampering::default(), "valid-until"),
        (second().date(&future), Tampering::default(), "future-date"),
        (second().field("Origin", "Else"), Tampering::default(), "origin-changed"),
        (second().field("Label", "Else"), Tampering::default(), "label-changed"),
        (second(), release("Codename: testname\n", "Codename: othername\n"), "suite-mismatch"),
        (second(), release("SHA256:\n", "MD5Sum:\n"), "strong-digest-required"),
    ] {
        let error = refused(&suite, tampering).await;
        assert_eq!(error.kind(), Kind::Verification, "{error}");
        assert_eq!(error.broken_rule(), Some(rule), "{error}");
        assert!(rule.starts_with("strong") || error.to_string().contains("dists/testname/InRelease"), "{error}");
    }
    let scene = Scene::new().await;
    let (mut upstream, _server) = second_state(&scene, |_| {}).await;
    let same = std::fs::read_to_string(upstream.dist("testname").join("Release")).unwrap();
    let same = same.lines().find_map(|line| line.strip_prefix("Date: ")).unwrap();
    upstream.publish(&second().date(same));
    assert_eq!(scene.refused().await.broken_rule(), Some("same-date"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_has_gone_stale_is_not_kept_alive_by_the_server() {
    let scene = Scene::new().await;
    let mut upstream = scene.upstream();
    upstream.publish(&first().field("Valid-Until", &date(3600)));
    let server = Flaky::serve(&scene.www());
    scene.mirror(&server.url()).await;
    scene.update().await;
    scene.update().await;
    let later = Timestamp::now() + Duration::from_secs(7200);
    let error = scene.refused_at(later).await;
    assert_eq!(error.broken_rule(), Some("valid-until"), "{error}");

    let scene = Scene::new().await;
    let (_, _server) = second_state(&scene, |config| config.max_age = Some(7200)).await;
    scene.update().await;
    assert_eq!(scene.refused_at(later).await.broken_rule(), Some("max-age"));
}

#[tokio::test(flavor = "multi_thread")]
async fn new_settings_do_not_open_the_way_back() {
    let scene = Scene::new().await;
    let (mut upstream, server) = second_state(&scene, |_| {}).await;
    let mut config = scene.config(&server.url()).await;
    config.components = vec!["main".to_owned()];
    let config = reposnap::source::mirror::Config::Apt(config.into());
    Mirror::configure(&scene.store, mirror_support::NAME, config, &mirror_support::note()).await.unwrap();
    upstream.publish(&second().date(&date(-7200)));
    assert_eq!(scene.refused().await.broken_rule(), Some("rollback"));
    // What was accepted before may come again.
    relink(&scene.www(), 1);
    assert_eq!(names(&scene.update().await.snapshot().await.unwrap().unwrap()).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn indexes_that_are_not_the_signed_ones() {
    let changes: [(&str, Change); 4] = [
        ("cut", |bytes| bytes.truncate(bytes.len() / 2)),
        ("longer", |bytes| bytes.push(b'\n')),
        ("other", |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }),
        ("bomb", |bytes| *bytes = Compression::Xz.compress(&vec![0; 64 << 20])),
    ];
    let tries = changes.map(|(name, change)| async move {
        let spoil = published(move |path, bytes| {
            if is_index(path) {
                change(bytes)
            }
        });
        let error = refused(&second(), spoil).await;
        assert_eq!(error.kind(), Kind::Verification, "{name}: {error}");
        assert!(["hash-mismatch", "size-mismatch"].contains(&error.broken_rule().unwrap()), "{name}: {error}");
        assert!(error.to_string().contains("main/binary-amd64/"), "{name}: {error}");
    });
    futures::future::join_all(tries).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_bomb() {
    // The Release vouches for the compressed form, and lies of what comes out of it.
    let scene = Scene::new().await;
    let (mut upstream, _server) = second_state(&scene, |_| {}).await;
    let bomb = Compression::Xz.compress(&vec![b'\n'; 64 << 20]);
    let (digest, size) = (reposnap_tests::deb::sha256(&bomb), bomb.len());
    let suite = Suite { compressions: vec![Compression::Xz], by_hash: false, ..second() };
    upstream.publish_with(
        &suite,
        &Tampering {
            release: Some(Box::new(|release| {
                let change = |line: &str| match line.ends_with("Packages.xz") {
                    true => format!(" {digest} {size} main/binary-amd64/Packages.xz\n"),
                    false => format!("{line}\n"),
                };
                *release = release.lines().map(change).collect();
            })),
            published: Some(Box::new(|files| {
                files.insert("main/binary-amd64/Packages.xz".to_owned(), bomb.clone());
            })),
            ..Tampering::default()
        },
    );
    let error = scene.refused().await;
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("size-mismatch")), "{error}");
    assert_eq!(error.at_path(), Some("main/binary-amd64/Packages.xz"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stanzas_that_no_package_has() {
    let bad: [(&str, &str, Option<&str>, Kind); 9] = [
        ("Package: hello\n", "", Some("Package"), Kind::Malformed),
        ("Version: 2.0\n", "", Some("Version"), Kind::Malformed),
        ("Package: hello\n", "Package: ../hello\n", Some("Package"), Kind::Malformed),
        ("Filename: pool/main/h/hello/", "Filename: ../../", None, Kind::Malformed),
        ("Filename: pool/main/h/hello/", "Filename: /etc/", None, Kind::Malformed),
        ("Filename: pool/main/h/hello/", "Filename: http://127.0.0.1:1/", None, Kind::Malformed),
        ("Size: ", "Size: -", Some("Size"), Kind::Malformed),
        ("SHA256: ", "SHA256: x", Some("SHA256"), Kind::Malformed),
        ("SHA256: ", "MD5sum: ", None, Kind::Verification),
    ];
    for (from, to, field, kind) in bad {
        let error = refused(&second(), indexes(|text| text.replacen(from, to, 1))).await;
        assert_eq!(error.kind(), kind, "{to:?} {error}");
        if field.is_some() {
            assert_eq!(error.at_field(), field, "{error}");
        }
        let text = error.to_string();
        assert!(["Packages", "hello"].iter().any(|name| text.contains(name)), "{to:?} {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicate_stanzas_are_kept_and_published_once() {
    let scene = Scene::new().await;
    let (mut upstream, _server) = second_state(&scene, |_| {}).await;
    // One package stands there twice, another once more with another section.
    let repeat = |text: String| {
        let stanzas: Vec<&str> = text.trim_end().split("\n\n").collect();
        let [hello, .., other] = stanzas[..] else { panic!("{text}") };
        format!("{text}{hello}\n\n{}\n\n", other.replace("Section: misc", "Section: net"))
    };
    upstream.publish_with(&second(), &indexes(repeat));
    let snapshot = scene.update().await.snapshot().await.unwrap().unwrap();
    assert_whole(&snapshot).await;
    let list = &snapshot.manifest().parts[0].lists[0];
    let text = rendered(&snapshot, list).await;
    assert_eq!(text, std::fs::read(upstream.dist("testname").join(&list.path)).unwrap());
    assert_eq!(names(&snapshot).await, ["hello 2.0", "hello 2.0", "libhello 1.0-1", "other 3", "other 3"]);

    let date = Timestamp::now();
    let key = openpgp::generate("Own <own@example.org>", date, None).unwrap();
    let tree = scene.folder.path().join("tree");
    let options = Options::new("stable".parse().unwrap(), date);
    let published =
        publish_signed(&[Input::keep(snapshot)], &options, &tree, &key.at(date), &Monitor::silent()).await.unwrap();
    assert_eq!(published.indexes.iter().map(|index| index.packages).sum::<u64>(), 3, "each once");
    let apt = Apt::with_source(&format!("deb [signed-by={0}/stable.asc] file:{0} stable main\n", tree.display()));
    apt.update();
    let shown = succeed(apt.command("apt-cache").args(["show", "other"])).text();
    assert_eq!((shown.matches("Package: other").count(), shown.contains("Section: misc")), (1, true), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_that_are_not_the_signed_ones() {
    for fault in [Fault::Corrupt(100), Fault::Body(b"short".to_vec()), Fault::Status(404), Fault::CloseAfter(10)] {
        let scene = Scene::new().await;
        let (mut upstream, server) = second_state(&scene, |_| {}).await;
        upstream.publish(&second());
        server.fault("hello_2.0_amd64.deb", fault.clone(), 100);
        let error = scene.refused().await;
        assert!(error.to_string().contains("hello_2.0_amd64.deb"), "{fault:?}: {error}");
        server.behave();
        let two = scene.update().await.snapshot().await.unwrap().unwrap();
        assert_equal(&two, 0, &second()).await;
        mirror_support::assert_pool(&two).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_fail() {
    for (place, fault) in [
        ("InRelease", Fault::Stall(0)),
        ("InRelease", Fault::Stall(100)),
        ("InRelease", Fault::CloseAfter(100)),
        ("InRelease", Fault::Hangup),
        ("InRelease", Fault::Status(500)),
        ("InRelease", Fault::Status(403)),
        ("InRelease", Fault::Html),
        ("InRelease", Fault::Endless),
        ("InRelease", Fault::Redirect("file:///etc/passwd".to_owned())),
        ("InRelease", Fault::Redirect("http://127.0.0.1:1/".to_owned())),
        ("", Fault::Redirect("/dists/testname/InRelease".to_owned())),
        ("Release", Fault::Status(404)),
    ] {
        let scene = Scene::new().await;
        let (mut upstream, server) = second_state(&scene, |_| {}).await;
        upstream.publish(&second());
        server.fault(place, fault.clone(), 100);
        let error = scene.refused().await;
        let expected = match &fault {
            Fault::Endless => Kind::Limit,
            Fault::Status(404) => Kind::NotFound,
            _ => Kind::Network,
        };
        assert_eq!(error.kind(), expected, "{fault:?}: {error}");
        assert!(error.at_path().is_some_and(|path| path.starts_with("http://127.0.0.1")), "{fault:?}: {error}");
        server.behave();
        assert_equal(&scene.update().await.snapshot().await.unwrap().unwrap(), 0, &second()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn indexes_from_servers_that_fail() {
    let faults = [Fault::Stall(20), Fault::Html, Fault::Status(404), Fault::Status(500), Fault::Endless];
    let tries = faults.map(|fault| async move {
        let scene = Scene::new().await;
        let (mut upstream, server) = second_state(&scene, |_| {}).await;
        upstream.publish(&Suite { compressions: vec![Compression::Xz], by_hash: false, ..second() });
        server.fault("Packages.xz", fault.clone(), 100);
        let error = scene.refused().await;
        assert!(error.to_string().contains("Packages"), "{fault:?}: {error}");
        server.behave();
        assert_whole(&scene.update().await.snapshot().await.unwrap().unwrap()).await;
    });
    futures::future::join_all(tries).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_to_the_same_file_is_followed() {
    let scene = Scene::new().await;
    let (mut upstream, server) = second_state(&scene, |_| {}).await;
    upstream.publish(&second());
    std::os::unix::fs::symlink("testname", scene.www().join("dists/alias")).unwrap();
    server.fault("testname/InRelease", Fault::Redirect("/dists/alias/InRelease".to_owned()), 1);
    assert_equal(&scene.update().await.snapshot().await.unwrap().unwrap(), 0, &second()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_changes_meanwhile_is_never_mixed() {
    for by_hash in [true, false] {
        let scene = Scene::new().await;
        let (mut upstream, server) = second_state(&scene, |_| {}).await;
        let dates = [date(-60), date(-30)];
        let state = |version: &str, which: usize| Suite {
            by_hash,
            compressions: vec![Compression::Xz],
            ..Suite::new(packages(version)).date(&dates[which])
        };
        upstream.publish(&state("2.0", 0));
        upstream.publish(&state("3.0", 1));
        relink(&scene.www(), 2);
        // The Release of the second state is read, then comes the third.
        let www = scene.www();
        server.before(if by_hash { "" } else { "Packages.xz" }, move || relink(&www, if by_hash { 2 } else { 3 }));
        if by_hash {
            let www = scene.www();
            let xz = std::fs::read(scene.www().join("states/2/main/binary-amd64/Packages.xz")).unwrap();
            server.before(&reposnap_tests::deb::sha256(&xz), move || relink(&www, 3));
        }
        let two = scene.update().await.snapshot().await.unwrap().unwrap();
        assert_equal(&two, 0, &state("3.0", 1)).await;
        assert_eq!(scene.log().await.len(), 3, "added, first, third");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_can_be_cancelled() {
    use reposnap::progress::{Cancel, Event, Monitor, Progress};
    struct Nobody;
    impl Progress for Nobody {
        fn event(&self, _: Event<'_>) {}
    }
    let scene = Scene::new().await;
    let (mut upstream, server) = second_state(&scene, |_| {}).await;
    upstream.publish(&second());
    server.fault("InRelease", Fault::Stall(0), 100);
    let cancel = Cancel::new();
    let monitor = Monitor::new(std::sync::Arc::new(Nobody), cancel.clone());
    let mirror = Mirror::open(&scene.store, mirror_support::NAME).await.unwrap();
    let (note, fetcher) = (mirror_support::note(), mirror_support::fetcher());
    let update = reposnap::source::apt::update(mirror, &fetcher, Timestamp::now(), &note, &monitor);
    let later = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        cancel.cancel();
    };
    let (result, ()) = futures::future::join(update, later).await;
    assert_eq!(result.unwrap_err().kind(), Kind::Cancelled);
}
