//! Mirrors of honest APT repositories: all comes back byte for byte, and work follows the change.

#![allow(clippy::unwrap_used)]

mod mirror_support;

use mirror_support::{Scene, assert_equal, assert_pool, assert_whole, fetcher, names, note, packages, rendered};
use reposnap::progress::Monitor;
use reposnap::snapshot::{Change, Query, diff};
use reposnap::source::apt::fetch_packages;
use reposnap::source::mirror::{AptConfig, Config, Extras, Mirror, Packages};
use reposnap::{Digest, Kind};
use reposnap_tests::deb::{Compression, Package, sha256};
use reposnap_tests::nginx::Nginx;
use reposnap_tests::upstream::{Suite, Tampering, date, flat};

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_follows_its_upstream() {
    let scene = Scene::new().await;
    let mut upstream = scene.upstream();
    let first = Suite::new(packages("1.0")).date(&date(-600));
    upstream.publish(&first);
    let server = Nginx::serve(&scene.www());
    scene.mirror(&server.url()).await;

    let one = scene.update().await.snapshot().await.unwrap().unwrap();
    assert_equal(&one, 0, &first).await;
    assert_pool(&one).await;
    assert_whole(&one).await;
    assert_eq!((one.manifest().parents.len(), one.entries()), (0, 3));
    let release = one.manifest().parts[0].release.as_ref().unwrap();
    assert_eq!((release.suite.as_deref(), release.origin.as_deref()), (Some("stable"), Some("Test")));
    assert_eq!(release.signers, std::slice::from_ref(&scene.key));
    let signed = std::fs::read(upstream.dist("testname").join("InRelease")).unwrap();
    assert_eq!(one.file(&release.files[0]).await.unwrap(), signed);

    server.forget();
    let log = scene.log().await;
    assert_eq!(scene.update().await.snapshot_id(), Some(one.id()));
    let requests: Vec<_> = server.accesses().into_iter().map(|access| (access.path, access.status)).collect();
    assert_eq!(requests, [("/dists/testname/InRelease".to_owned(), 304)]);
    assert_eq!(scene.log().await, log);

    let second = Suite::new(packages("2.0")).date(&date(-300));
    upstream.publish(&second);
    server.forget();
    let two = scene.update().await.snapshot().await.unwrap().unwrap();
    assert_equal(&two, 0, &second).await;
    assert_pool(&two).await;
    assert_eq!(two.manifest().parents, [one.id()]);
    let paths: Vec<_> = server.accesses().into_iter().map(|access| access.path).collect();
    assert_eq!(paths.len(), 3, "InRelease, one index, one package: {paths:?}");
    assert!(paths[1].contains("/by-hash/SHA256/") && paths[2] == "/pool/main/h/hello/hello_2.0_amd64.deb", "{paths:?}");
    let changes = diff(&one, &two).await.unwrap();
    let [only] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!((only.name.as_str(), only.change), ("hello", Change::Upgraded));
    assert_equal(&one, 0, &first).await;

    // A new Release over the same indexes is a new state, but costs one request.
    upstream.publish(&second.clone().date(&date(-100)));
    server.forget();
    let three = scene.update().await.snapshot().await.unwrap().unwrap();
    assert_eq!(server.accesses().len(), 1);
    assert_eq!(three.manifest().parts[0].lists, two.manifest().parts[0].lists);
    assert_ne!(three.id(), two.id());
    assert_whole(&three).await;
}

fn rich() -> Suite {
    let mut list = packages("1.0");
    list.push(Package::new("hello", "1.0").architecture("arm64"));
    list.push(Package::new("odd+name", "1.0~rc1+b2").component("extra"));
    list.push(Package::new("everywhere", "5").architecture("all").component("extra"));
    let mut suite = Suite::new(list);
    suite.architectures = ["amd64", "arm64", "all"].map(str::to_owned).to_vec();
    suite.components = ["main", "extra"].map(str::to_owned).to_vec();
    let dsc = "Format: 1.0\n";
    suite.sources = vec![format!(
        "Package: hello\nFormat: 1.0\nVersion: 1.0\nDirectory: pool/main/h/hello\nFiles:\n d41d8cd98f00b204e9800998ecf8427e \
         {0} hello_1.0.dsc\nChecksums-Sha256:\n {1} {0} hello_1.0.dsc\n",
        dsc.len(),
        sha256(dsc.as_bytes())
    )];
    suite.translation = Some("Package: hello\nDescription-md5: 0\nDescription-en: hello\n a\n".to_owned());
    suite
}

const CONTENTS: &str = "usr/bin/hello   misc/hello\nusr/bin/other   misc/other\n";

fn with_contents() -> Tampering<'static> {
    Tampering {
        indexes: Some(Box::new(|indexes| {
            indexes.insert("main/Contents-amd64".to_owned(), CONTENTS.into());
        })),
        ..Tampering::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn suites_components_architectures_sources_and_the_rest() {
    let scene = Scene::new().await;
    let mut upstream = scene.upstream();
    let suite = rich();
    upstream.publish_with(&suite, &with_contents());
    let mut updates = Suite::new(vec![Package::new("hello", "1.1")]);
    (updates.suite, updates.codename) = ("stable-updates".to_owned(), "testname-updates".to_owned());
    updates.architectures.push("arm64".to_owned());
    upstream.publish(&updates);
    std::fs::write(scene.www().join("pool/main/h/hello/hello_1.0.dsc"), "Format: 1.0\n").unwrap();
    let server = Nginx::serve(&scene.www());
    let config = AptConfig {
        suites: ["testname", "testname-updates"].map(str::to_owned).to_vec(),
        architectures: ["amd64", "arm64"].map(str::to_owned).to_vec(),
        extras: Extras { sources: false, translations: vec!["en".to_owned(), "eo".to_owned()], contents: true },
        ..scene.config(&server.url()).await
    };
    let full = AptConfig { suites: config.suites[..1].to_vec(), ..config.clone() };
    scene.add(config).await;
    let one = scene.update().await.snapshot().await.unwrap().unwrap();
    assert_equal(&one, 0, &suite).await;
    assert_equal(&one, 1, &updates).await;
    assert_pool(&one).await;
    let lists: Vec<_> = one.manifest().lists().map(|(part, list)| format!("{} {}", part.name, list.path)).collect();
    assert_eq!(
        lists,
        [
            "testname main/binary-amd64/Packages",
            "testname main/binary-arm64/Packages",
            "testname main/binary-all/Packages",
            "testname extra/binary-amd64/Packages",
            "testname extra/binary-arm64/Packages",
            "testname extra/binary-all/Packages",
            "testname-updates main/binary-amd64/Packages",
            "testname-updates main/binary-arm64/Packages",
        ]
    );
    let files = &one.manifest().parts[0].files;
    let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["main/i18n/Translation-en", "main/Contents-amd64"]);
    assert_eq!(one.file(&files[1]).await.unwrap(), CONTENTS);

    // One suite of two changes: the other one is taken over as it is, files and all.
    updates.packages = vec![Package::new("hello", "1.2")];
    upstream.publish(&updates.clone().date(&date(-5)));
    server.forget();
    let two = scene.update().await.snapshot().await.unwrap().unwrap();
    assert_eq!(two.manifest().parts[0], one.manifest().parts[0]);
    assert_equal(&two, 1, &updates).await;
    assert_whole(&two).await;
    let statuses: Vec<_> = server.accesses().iter().map(|access| access.status).collect();
    assert_eq!(statuses, [304, 200, 200, 200], "two Releases, an index, a package");

    // The same name with other settings, sources among them, begins anew.
    let full = AptConfig { extras: Extras { sources: true, ..full.extras }, ..full };
    Mirror::configure(&scene.store, mirror_support::NAME, Config::Apt(full.into()), &note()).await.unwrap();
    let three = scene.update().await.snapshot().await.unwrap().unwrap();
    assert_equal(&three, 0, &suite).await;
    assert_pool(&three).await;
    assert!(three.manifest().lists().any(|(_, list)| list.architecture == "source"));
    assert!(three.manifest().parents.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn file_urls_need_no_server() {
    let scene = Scene::new().await;
    let mut upstream = scene.upstream();
    let suite = Suite::new(packages("1.0")).date(&date(-50));
    upstream.publish(&suite);
    scene.mirror(&format!("file:{}", scene.www().display())).await;
    let one = scene.update().await.snapshot().await.unwrap().unwrap();
    assert_equal(&one, 0, &suite).await;
    assert_pool(&one).await;
    let log = scene.log().await;
    scene.update().await;
    assert_eq!(scene.log().await, log);
}

#[tokio::test(flavor = "multi_thread")]
async fn flat_repositories() {
    for (suite, folder) in [("./", ""), ("dir/", "dir")] {
        let scene = Scene::new().await;
        flat(&scene.www().join(folder), &packages("1.0"), &scene.gpg, &scene.key);
        if !folder.is_empty() {
            // The files of a folder `dir/` are named from the base on.
            for entry in std::fs::read_dir(scene.www().join(folder)).unwrap().flatten() {
                std::fs::copy(entry.path(), scene.www().join(entry.file_name())).unwrap();
            }
        }
        let server = Nginx::serve(&scene.www());
        let config = AptConfig { suites: vec![suite.to_owned()], ..scene.config(&server.url()).await };
        scene.add(config).await;
        let one = scene.update().await.snapshot().await.unwrap().unwrap();
        let list = &one.manifest().parts[0].lists[0];
        assert_eq!((list.path.as_str(), list.component.as_str()), ("Packages", ""));
        let upstream = std::fs::read(scene.www().join(folder).join("Packages")).unwrap();
        assert_eq!(rendered(&one, list).await, upstream);
        assert_pool(&one).await;
        server.forget();
        scene.update().await;
        assert_eq!(server.accesses().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_older_form_of_a_signed_release() {
    let scene = Scene::new().await;
    let mut upstream = scene.upstream();
    let suite = Suite::new(packages("1.0"));
    let without =
        Tampering { published: Some(Box::new(|files| drop(files.remove("InRelease")))), ..Tampering::default() };
    upstream.publish_with(&suite, &without);
    let server = Nginx::serve(&scene.www());
    scene.mirror(&server.url()).await;
    let one = scene.update().await.snapshot().await.unwrap().unwrap();
    assert_equal(&one, 0, &suite).await;
    let files = &one.manifest().parts[0].release.as_ref().unwrap().files;
    assert_eq!(files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["Release", "Release.gpg"]);
    let log = scene.log().await;
    scene.update().await;
    assert_eq!(scene.log().await, log);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_names_compressed_indexes_alone() {
    let scene = Scene::new().await;
    let mut upstream = scene.upstream();
    let mut suite = Suite::new(packages("1.0")).date(&date(-50));
    suite.compressions = vec![Compression::Gzip];
    let gz_only = || Tampering {
        release: Some(Box::new(|release| {
            let kept = |line: &&str| !line.ends_with("/Packages");
            *release = release.lines().filter(kept).map(|line| format!("{line}\n")).collect();
        })),
        ..Tampering::default()
    };
    upstream.publish_with(&suite, &gz_only());
    let server = Nginx::serve(&scene.www());
    scene.mirror(&server.url()).await;
    let one = scene.update().await.snapshot().await.unwrap().unwrap();
    assert_equal(&one, 0, &suite).await;
    let file = &one.manifest().parts[0].files[0];
    assert_eq!(file.path, "main/binary-amd64/Packages.gz");
    let upstream_form = std::fs::read(upstream.dist("testname").join(&file.path)).unwrap();
    assert_eq!(one.file(file).await.unwrap(), upstream_form);
    upstream.publish_with(&suite.clone().date(&date(-5)), &gz_only());
    server.forget();
    let two = scene.update().await.snapshot().await.unwrap().unwrap();
    assert_eq!(server.accesses().len(), 1, "the index is the same");
    assert_eq!(two.manifest().parts[0].files, one.manifest().parts[0].files);
    assert_whole(&two).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn debian_names_indexes_that_it_does_not_have() {
    let scene = Scene::new().await;
    let mut upstream = scene.upstream();
    // Only xz is there; the Release names the plain index too, and the second component is empty.
    let mut suite = Suite::new(packages("1.0")).date(&date(-60));
    suite.components.push("empty".to_owned());
    suite.compressions = vec![Compression::Xz];
    upstream.publish(&suite);
    let server = Nginx::serve(&scene.www());
    scene.mirror(&server.url()).await;
    let one = scene.update().await.snapshot().await.unwrap().unwrap();
    assert_equal(&one, 0, &suite).await;
    assert_eq!(one.manifest().parts[0].lists[1].entries, 0);
    assert!(server.accesses().iter().all(|access| access.status == 200), "{:?}", server.accesses());

    // The best form is named but missing: the next one does.
    suite.compressions = vec![Compression::Gzip, Compression::Xz];
    let without_xz = Tampering {
        published: Some(Box::new(|files| files.retain(|path, _| !path.ends_with(".xz")))),
        ..Tampering::default()
    };
    (suite.packages, suite.by_hash, suite.date) = (packages("2.0"), false, Some(date(-30)));
    upstream.publish_with(&suite, &without_xz);
    let two = scene.update().await.snapshot().await.unwrap().unwrap();
    assert_equal(&two, 0, &suite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_keeps_what_matches() {
    let scene = Scene::new().await;
    let mut upstream = scene.upstream();
    upstream.publish(&Suite::new(packages("1.0")));
    let server = Nginx::serve(&scene.www());
    let filter = Some("hello | libhello".to_owned());
    scene.add(AptConfig { filter, ..scene.config(&server.url()).await }).await;
    let one = scene.update().await.snapshot().await.unwrap().unwrap();
    assert_eq!(names(&one).await, ["hello 1.0", "libhello 1.0-1"]);
    assert_eq!(one.manifest().parts[0].lists[0].sha256, None);
    assert_pool(&one).await;
    assert!(!server.accesses().iter().any(|access| access.path.contains("other_3")));
    server.forget();
    scene.update().await;
    assert_eq!(server.accesses().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_later_or_never() {
    for when in [Packages::OnDemand, Packages::None] {
        let scene = Scene::new().await;
        let mut upstream = scene.upstream();
        upstream.publish(&Suite::new(packages("1.0")));
        let server = Nginx::serve(&scene.www());
        scene.add(AptConfig { packages: when, ..scene.config(&server.url()).await }).await;
        let one = scene.update().await.snapshot().await.unwrap().unwrap();
        assert!(!server.accesses().iter().any(|access| access.path.starts_with("/pool/")));
        let query: Query = "hello".parse().unwrap();
        let fetched = fetch_packages(&fetcher(), &one, Some(&query), &Monitor::silent()).await.unwrap();
        assert_eq!(fetched.items, 1);
        let fetched = fetch_packages(&fetcher(), &one, None, &Monitor::silent()).await.unwrap();
        assert_eq!(fetched.items, 2);
        assert_pool(&one).await;
        let fetched = fetch_packages(&fetcher(), &one, None, &Monitor::silent()).await.unwrap();
        assert_eq!(fetched.items, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_order_and_blank_lines_come_back() {
    let scene = Scene::new().await;
    let mut upstream = scene.upstream();
    let suite = Suite::new(packages("1.0"));
    let odd = Tampering {
        indexes: Some(Box::new(|indexes| {
            for bytes in indexes.values_mut() {
                let text = String::from_utf8(bytes.clone()).unwrap();
                let mut stanzas: Vec<_> = text.trim_end().split("\n\n").collect();
                stanzas.reverse();
                // One stanza twice, and one again with another version of itself.
                let other = stanzas[0].replace("Priority: optional", "Priority: extra");
                *bytes = format!("\n{}\n\n\n{}\n\n{other}\n\n{}", stanzas.join("\n\n"), stanzas[1], stanzas[2]).into();
            }
        })),
        ..Tampering::default()
    };
    upstream.publish_with(&suite, &odd);
    let server = Nginx::serve(&scene.www());
    scene.mirror(&server.url()).await;
    let one = scene.update().await.snapshot().await.unwrap().unwrap();
    let index = std::fs::read(upstream.dist("testname").join("main/binary-amd64/Packages")).unwrap();
    assert_eq!(rendered(&one, &one.manifest().parts[0].lists[0]).await, index);
    assert_eq!(one.entries(), 6);
    assert_pool(&one).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_can_not_work_are_refused() {
    let scene = Scene::new().await;
    let good = scene.config("http://deb.example.invalid").await;
    for (bad, field) in [
        (AptConfig { suites: Vec::new(), ..good.clone() }, Some("suites")),
        (AptConfig { suites: vec!["a".to_owned(); 2], ..good.clone() }, Some("suites")),
        (AptConfig { architectures: Vec::new(), ..good.clone() }, Some("architectures")),
        (AptConfig { threshold: 0, ..good.clone() }, Some("threshold")),
        (AptConfig { filter: Some("hello (".to_owned()), ..good.clone() }, Some("filter")),
        (AptConfig { signers: vec!["short".to_owned()], ..good.clone() }, None),
        (AptConfig { relax: vec!["no-such-rule".to_owned()], ..good.clone() }, None),
        (AptConfig { uri: "no url".to_owned(), ..good.clone() }, None),
    ] {
        let error = Mirror::add(&scene.store, "x", Config::Apt(bad.clone().into()), &note()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Usage, "{bad:?} {error}");
        if field.is_some() {
            assert_eq!(error.at_field(), field, "{error}");
        }
    }
    assert!(Mirror::list(&scene.store).await.unwrap().is_empty());
    scene.add(good.clone()).await;
    scene.add(good.clone()).await;
    let other = AptConfig { keyring: Digest::of(b"another"), ..good };
    let error = Mirror::add(&scene.store, mirror_support::NAME, Config::Apt(other.into()), &note()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::AlreadyExists);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_suite_has_not_is_told() {
    let scene = Scene::new().await;
    let mut upstream = scene.upstream();
    upstream.publish(&Suite::new(packages("1.0")));
    let server = Nginx::serve(&scene.www());
    let good = scene.config(&server.url()).await;
    for (bad, say) in [
        (AptConfig { suites: vec!["absent".to_owned()], ..good.clone() }, "absent"),
        (AptConfig { components: vec!["absent".to_owned()], ..good.clone() }, "it has main"),
        (AptConfig { architectures: vec!["riscv64".to_owned()], ..good.clone() }, "its architectures are amd64"),
        (AptConfig { architectures: vec!["all".to_owned()], ..good.clone() }, "its architectures are amd64"),
    ] {
        Mirror::configure(&scene.store, mirror_support::NAME, Config::Apt(bad.into()), &note()).await.unwrap();
        let error = scene.refused().await;
        assert_eq!(error.kind(), Kind::NotFound, "{error}");
        assert!(error.to_string().contains(say), "{error}");
    }
}
