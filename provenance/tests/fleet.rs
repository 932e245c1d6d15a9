//! Recorded images: what is written, how an index grows, and what to rebuild.

mod store_support;

use reposnap::progress::Monitor;
use reposnap::store::Store;
use reposnap::store::refs::Note;
use reposnap::{Digest, Kind};
use reposnap_image::Inventory;
use reposnap_image::inventory::Os;
use reposnap_image::package::Family;
use reposnap_provenance::fleet::{self, By, Fix, Fleet, Newer, Reason, Record, log_name};
use store_support::{Indexed, Random, day, image, indexed, installed, promoted, snapshot, suite};

async fn add(store: &Store, inventory: &Inventory) -> fleet::Added {
    fleet::add(store, &inventory.reference, inventory, &Note::new("test", "")).await.unwrap()
}

async fn open(store: &Store) -> Fleet {
    Fleet::open(store, &Monitor::silent()).await.unwrap()
}

fn with_source(package: Indexed, source: &str) -> Indexed {
    package.with(&format!("Source: {source}\n"))
}

#[tokio::test]
async fn an_image_is_recorded_once_and_a_name_moves() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::create(&directory.path().join("store")).await.unwrap();
    assert!(open(&store).await.is_empty());
    let one = image("docker://h/app:1", &["a"], vec![installed(&indexed("p", "1"))]);
    let added = add(&store, &one).await;
    assert!(added.changed && added.before.is_none());
    assert!(!add(&store, &one).await.changed);
    let two = image("docker://h/app:1", &["b"], vec![installed(&indexed("p", "2"))]);
    let moved = add(&store, &two).await;
    assert_eq!((moved.before, moved.changed), (Some(added.image), true));
    assert_eq!(Record::read(&store, added.image).await.unwrap().packages[0].version, "1");

    let fleet = open(&store).await;
    assert_eq!((fleet.len(), fleet.current().len()), (2, 1));
    assert_eq!(fleet.names_of(fleet.number(moved.image).unwrap()), ["docker://h/app:1"]);
    assert!(fleet.affected(&Fix::of(Family::Deb, "p", "2")).unwrap().is_empty());
    assert_eq!(fleet.hits(&Fix::of(Family::Deb, "p", "2")).unwrap().len(), 1);
    // It goes back, and comes to be known no second time.
    assert!(add(&store, &one).await.changed);
    let fleet = open(&store).await;
    assert_eq!((fleet.len(), fleet.affected(&Fix::of(Family::Deb, "p", "2")).unwrap().len()), (2, 1));

    let mut lying = one.clone();
    lying.packages.push(installed(&indexed("q", "1")));
    let error = fleet::add(&store, "other", &lying, &Note::new("test", "")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::AlreadyExists);
    assert_eq!(Record::read(&store, Digest::of(b"none")).await.unwrap_err().kind(), Kind::NotFound);
    // What has no digest is named by what it has.
    let mut host = one.clone();
    host.digest = None;
    host.reference = "host:".into();
    assert_ne!(add(&store, &host).await.image, added.image);
}

#[test]
fn names_of_logs_are_names_and_all_different() {
    let long = "r/".repeat(100);
    let names = [
        "a",
        "host:",
        "/x",
        "0/x",
        "dir:/",
        "docker://h:5000/a/b@sha256:00",
        "",
        ".",
        "..",
        &long,
        &format!("{long}x"),
    ];
    let logs: std::collections::BTreeSet<String> = names.iter().map(|name| log_name(name)).collect();
    assert_eq!(logs.len(), names.len());
    assert!(logs.iter().all(|log| reposnap::store::refs::check_name(log).is_ok()), "{logs:?}");
    let digest = Digest::of(b"x").to_string();
    assert!(reposnap::store::refs::check_name(&log_name(&digest)).is_ok());
}

#[tokio::test]
async fn an_index_that_grew_is_the_one_made_at_once() {
    let mut random = Random(3);
    let store = Store::memory();
    let mut images: Vec<Inventory> = Vec::new();
    for number in 0..120 {
        let packages = (0..20)
            .filter(|_| random.below(2) == 0)
            .collect::<Vec<_>>()
            .into_iter()
            .map(|at| {
                let package = indexed(&format!("p{at}"), &format!("1.{}", random.below(12)));
                let source = format!("s{} ({})", at / 3, random.below(5));
                installed(&with_source(package, &source))
            })
            .collect();
        // Now and then a name moves.
        let name = if random.below(4) == 0 { random.below(number + 1) } else { number };
        let inventory = image(&format!("r/{name}"), &["base", &format!("layer {number}")], packages);
        images.retain(|image| image.reference != inventory.reference);
        add(&store, &inventory).await;
        images.push(inventory);
        if random.below(5) == 0 {
            open(&store).await;
        }
    }
    let grown = open(&store).await;
    let kept = store.objects().names("fleet").await.unwrap();
    assert!(kept.len() > 5);
    for round in 0..3 {
        let fleet = open(&store).await;
        assert_eq!(fleet.len(), grown.len());
        for at in 0..20 {
            for version in 0..13 {
                for (name, by) in [(format!("p{at}"), By::Binary), (format!("s{}", at / 3), By::Source)] {
                    let version = match by {
                        By::Source => version.to_string(),
                        _ => format!("1.{version}"),
                    };
                    let fix = Fix { family: Family::Deb, name: name.clone(), version: version.clone(), by };
                    let older =
                        |text: &str| reposnap::deb::version::compare(text.as_bytes(), version.as_bytes()).is_lt();
                    let is_affected = |image: &&Inventory| {
                        image.packages.iter().any(|package| match by {
                            By::Source => package.source.name == name && older(&package.source.version),
                            _ => package.name == name && older(&package.version),
                        })
                    };
                    let mut expected: Vec<&str> =
                        images.iter().filter(is_affected).map(|image| &*image.reference).collect();
                    expected.sort_unstable();
                    let mut found: Vec<String> = fleet
                        .affected(&fix)
                        .unwrap()
                        .iter()
                        .flat_map(|number| fleet.names_of(number as usize))
                        .collect();
                    found.sort();
                    assert_eq!(found, expected, "{fix:?}");
                    let mut hits = roaring::RoaringBitmap::new();
                    for hit in fleet.hits(&fix).unwrap() {
                        assert_eq!(hit.fixed_in, version);
                        hits |= hit.images;
                    }
                    assert_eq!(hits & fleet.current(), fleet.affected(&fix).unwrap());
                }
            }
        }
        // Without its index, and with a damaged one, it is made anew.
        for name in store.objects().names("fleet").await.unwrap() {
            let path = format!("fleet/{name}");
            match round {
                0 => store.objects().put(&path, "nonsense".into()).await.unwrap(),
                _ => store.objects().delete(&path).await.unwrap(),
            }
        }
    }
}

#[tokio::test]
async fn bases_come_first_and_a_new_base_may_be_enough() {
    let store = Store::memory();
    let (old, own) = (indexed("openssl", "3.0.1"), indexed("own", "1"));
    let packages = |more: &[&Indexed]| more.iter().map(|package| installed(package)).collect::<Vec<_>>();
    let ruby = with_source(indexed("libssl3", "3.0.1"), "openssl");
    // The order of recording is not the order of building.
    let on_both = image("app/both", &["debian", "both"], packages(&[&old, &ruby]));
    let on_middle = image("app/middle", &["debian", "middle", "app"], packages(&[&old, &own]));
    let middle = image("middle:1", &["debian", "middle"], packages(&[&old]));
    let base = image("debian:12", &["debian"], packages(&[&old]));
    let alone = image("app/alone", &["scratch"], packages(&[&old]));
    let fine = image("app/fine", &["other"], packages(&[&indexed("openssl", "3.0.2")]));
    let mut lost = image("app/lost", &["squashed"], packages(&[&old]));
    let claim = Digest::of(b"lost base");
    lost.labels.insert("org.opencontainers.image.base.digest".into(), format!("sha256:{claim}"));
    for inventory in [&on_both, &on_middle, &middle, &base, &alone, &fine, &lost] {
        add(&store, inventory).await;
    }
    let fix = Fix::of(Family::Deb, "openssl", "3.0.2");
    let fleet = open(&store).await;
    assert_eq!(fleet.affected(&fix).unwrap().len(), 6);
    let plan = fleet.plan(&fleet.hits(&fix).unwrap());
    let at = |name: &str| plan.steps.iter().position(|step| step.names == [name]).unwrap();
    assert_eq!(plan.steps.len(), 6);
    assert!(plan.unplanned.is_empty());
    let is_enough = |name: &str| match &plan.steps[at(name)].reason {
        Reason::NewBase { names, is_there, .. } => (names.join(","), *is_there),
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(is_enough("middle:1"), ("debian:12".into(), false));
    assert_eq!(is_enough("app/middle"), ("middle:1".into(), false));
    assert_eq!(plan.steps[at("app/middle")].after, Some(at("middle:1")));
    assert_eq!(plan.steps[at("middle:1")].after, Some(at("debian:12")));
    assert!(at("debian:12") < at("middle:1") && at("middle:1") < at("app/middle"));
    assert!(matches!(plan.steps[at("app/both")].reason, Reason::Both { .. }));
    let in_base: Vec<(&str, bool)> =
        plan.steps[at("app/both")].packages.iter().map(|package| (&*package.name, package.in_base)).collect();
    assert_eq!(in_base, [("libssl3", false), ("openssl", true)]);
    assert_eq!(plan.steps[at("app/alone")].reason, Reason::Itself);
    assert_eq!(plan.steps[at("debian:12")].reason, Reason::Itself);
    assert_eq!(plan.steps[at("app/lost")].reason, Reason::UnknownBase { claim });

    // The base is rebuilt: those on it need it, and the old one needs nothing any more.
    add(&store, &image("debian:12", &["debian again"], packages(&[&indexed("openssl", "3.0.2")]))).await;
    let fleet = open(&store).await;
    let plan = fleet.plan(&fleet.hits(&fix).unwrap());
    let step = plan.steps.iter().find(|step| step.names == ["middle:1"]).unwrap();
    match &step.reason {
        Reason::NewBase { names, is_there, .. } => assert_eq!((names.join(","), *is_there), ("debian:12".into(), true)),
        other => panic!("{other:?}"),
    }
    assert_eq!((plan.steps.len(), plan.unplanned.len(), step.after), (5, 1, None));
}

#[tokio::test]
async fn releases_of_distributions_are_told_apart() {
    let store = Store::memory();
    for (name, version) in [("a", Some("12")), ("b", Some("11")), ("c", None), ("d", Some("12"))] {
        let mut inventory = image(name, &[name], vec![installed(&indexed("openssl", "1"))]);
        inventory.os = Some(Os { id: "debian".into(), version: version.map(str::to_owned), ..Os::default() });
        inventory.os = inventory.os.filter(|_| name != "d");
        add(&store, &inventory).await;
        if name == "b" {
            open(&store).await;
        }
    }
    let fleet = open(&store).await;
    let systems = fleet.systems();
    let names: Vec<&str> = systems.keys().map(String::as_str).collect();
    assert_eq!(names, ["debian", "debian 11", "debian 12"]);
    let fix = Fix::of(Family::Deb, "openssl", "2");
    let mut hits = fleet.hits(&fix).unwrap();
    assert_eq!(hits[0].images.len(), 4);
    let newer =
        [Newer { family: Family::Deb, name: "openssl".into(), architecture: "amd64".into(), version: "2".into() }];
    let snapshot = snapshot(&store, None, &[suite("stable", vec![indexed("openssl", "2")])]).await;
    let newest = reposnap_provenance::audit::Newest::of(&snapshot).await.unwrap();
    let names = |images: &roaring::RoaringBitmap| -> String {
        images.iter().flat_map(|image| fleet.names_of(image as usize)).collect::<Vec<_>>().join(" ")
    };
    for (system, expected, unknown) in [
        (None, "a b c d", ""),
        (Some("debian"), "c", "d"),
        (Some("debian 11"), "b", "d"),
        (Some("debian 12"), "a", "d"),
    ] {
        let within = fleet.within(system).unwrap();
        let sorted = |images: &roaring::RoaringBitmap| {
            let mut names: Vec<String> = names(images).split(' ').map(str::to_owned).collect();
            names.sort();
            names.join(" ")
        };
        assert_eq!(sorted(within.unknown()), unknown);
        assert_eq!(sorted(&within.affected(&fix).unwrap()), expected, "{system:?}");
        assert_eq!(sorted(&within.stale(&newer).unwrap()), expected, "{system:?}");
        for found in [within.hits(&fix).unwrap(), within.hits_of(&newer).unwrap(), within.outdated(&newest).unwrap()] {
            assert_eq!((found.len(), &*sorted(&found[0].images)), (1, expected), "{system:?}");
        }
        // Of all hits as of those within.
        for plan in [within.plan(&hits), within.plan(&within.hits(&fix).unwrap())] {
            let mut steps: Vec<String> = plan.steps.iter().flat_map(|step| step.names.clone()).collect();
            steps.sort();
            assert_eq!(steps.join(" "), expected, "{system:?}");
        }
    }
    for wrong in ["debian 13", "Debian 12", ""] {
        let error = fleet.within(Some(wrong)).unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound);
        assert!(
            error.to_string().contains(wrong) && format!("{error:?}").contains("debian 11, debian 12"),
            "{error:?}"
        );
    }
    assert!(Fleet::default().within(Some("debian 12")).unwrap().affected(&fix).unwrap().is_empty());
    fleet::restrict(&mut hits, &systems["debian"]);
    assert_eq!(hits[0].images.len(), 1);
}

#[tokio::test]
async fn names_that_go_round_in_a_circle_end() {
    let store = Store::memory();
    let old = || vec![installed(&indexed("p", "1"))];
    // Each is built on what the other one was before.
    for (name, layers) in [
        ("x", &["a"][..]),
        ("y", &["a", "b"]),
        ("x", &["a", "b", "c"]),
        ("y", &["a", "b", "c", "d"]),
        ("x", &["a", "e"]),
    ] {
        add(&store, &image(name, layers, old())).await;
    }
    let fleet = open(&store).await;
    let plan = fleet.plan(&fleet.hits(&Fix::of(Family::Deb, "p", "2")).unwrap());
    assert_eq!(plan.steps.len(), 2);
    assert!(plan.steps.iter().enumerate().all(|(at, step)| step.after.is_none_or(|after| after < at)));
}

#[tokio::test]
async fn a_promotion_names_what_is_stale() {
    let store = Store::memory();
    let backports = |packages| store_support::Suite { name: "backports", release: "NotAutomatic: yes\n", packages };
    let before = vec![indexed("a", "1"), indexed("b", "1"), indexed("c", "1").of("all")];
    let mut after = before.clone();
    after[0].version = "2".into();
    after[2] = indexed("c", "2");
    after.push(indexed("new", "1"));
    let one = snapshot(&store, None, &[suite("stable", before), backports(vec![])]).await;
    promoted(&store, "production", one.id(), day(0)).await;
    assert!(fleet::promoted(&store, "production").await.unwrap().is_empty());
    let two = snapshot(&store, Some(&one), &[suite("stable", after), backports(vec![indexed("b", "9")])]).await;
    promoted(&store, "production", two.id(), day(1)).await;
    let newer = fleet::promoted(&store, "production").await.unwrap();
    let told: Vec<(&str, &str, &str)> =
        newer.iter().map(|newer| (&*newer.name, &*newer.architecture, &*newer.version)).collect();
    assert_eq!(told, [("a", "amd64", "2"), ("c", "amd64", "2"), ("new", "amd64", "1")]);

    for (name, package) in [
        ("old-a", indexed("a", "1")),
        ("new-a", indexed("a", "2")),
        ("b", indexed("b", "1")),
        ("c", indexed("c", "1").of("all")),
        ("other", indexed("a", "1").of("arm64")),
    ] {
        add(&store, &image(name, &[name], vec![installed(&package)])).await;
    }
    let fleet = open(&store).await;
    let names = |images: roaring::RoaringBitmap| {
        let mut names: Vec<String> = images.iter().flat_map(|image| fleet.names_of(image as usize)).collect();
        names.sort();
        names
    };
    assert_eq!(names(fleet.stale(&newer).unwrap()), ["c", "old-a"]);
    let newest = reposnap_provenance::audit::Newest::of(&two).await.unwrap();
    let hits = fleet.outdated(&newest).unwrap();
    let all: Vec<&str> = hits.iter().map(|hit| &*hit.name).collect();
    assert_eq!(all, ["a", "c"]);
    assert!(fleet.stale(&[Newer { family: Family::Rpm, ..newer[0].clone() }]).unwrap().is_empty());
}

/// The object with one byte altered, and a sum that is right all the same.
fn altered(object: &[u8], at: usize) -> bytes::Bytes {
    let mut altered = object.to_vec();
    altered[at] ^= 0xa5;
    let sum = twox_hash::XxHash3_128::oneshot(&altered[24..]);
    altered[8..24].copy_from_slice(&sum.to_le_bytes());
    altered.into()
}

#[tokio::test]
async fn an_index_that_lies_never_ends_in_a_panic() {
    let store = Store::memory();
    for number in 0..40 {
        let packages = vec![
            installed(&with_source(indexed("p", &format!("1.{number}")), "s (3)")),
            installed(&indexed("q", &(number % 3).to_string())),
        ];
        add(&store, &image(&format!("r/{}", number % 30), &["base", &number.to_string()], packages)).await;
    }
    let fix = |name: &str| Fix::of(Family::Deb, name, "9");
    open(&store).await;
    let name = store.objects().names("fleet").await.unwrap().remove(0);
    let path = format!("fleet/{name}");
    let object = store.objects().get(&path).await.unwrap();
    let mut answered = 0;
    for at in 24..object.len() {
        let rehearsal = store.rehearsal();
        rehearsal.objects().put(&path, altered(&object, at)).await.unwrap();
        let Ok(fleet) = Fleet::open(&rehearsal, &Monitor::silent()).await else { continue };
        for name in ["p", "q", "s"] {
            let _ = fleet.affected(&fix(name));
            if let Ok(hits) = fleet.hits(&fix(name)) {
                let _ = fleet.plan(&hits);
                answered += 1;
            }
        }
    }
    assert!(answered > 1_000, "{answered}");
}
