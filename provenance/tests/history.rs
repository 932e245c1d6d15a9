//! Histories against looking into every snapshot.

mod store_support;

use std::collections::{BTreeMap, BTreeSet};

use reposnap::progress::Monitor;
use reposnap::snapshot::Snapshot;
use reposnap::store::Store;
use reposnap_provenance::dating::{Dater, Spans};
use reposnap_provenance::history::{Fingerprint, Histories, History, Lineage};
use store_support::{Indexed, Random, Suite, day, indexed, mirrored, promoted, snapshot, suite};

/// Of each list and stanza the positions that have it.
type Held = BTreeMap<(String, Indexed), BTreeSet<usize>>;

fn naive(world: &[Vec<(&'static str, Vec<Indexed>)>]) -> Held {
    let mut held = Held::new();
    for (position, suites) in world.iter().enumerate() {
        for (suite, packages) in suites {
            for package in packages {
                held.entry(((*suite).to_owned(), package.clone())).or_default().insert(position);
            }
        }
    }
    held
}

fn check(history: &History, world: &[Vec<(&'static str, Vec<Indexed>)>]) {
    assert_eq!(history.positions().len(), world.len());
    let expected = naive(world);
    let mut rows = 0;
    let mut found = Held::new();
    let stanzas: BTreeMap<Fingerprint, &Indexed> =
        expected.keys().map(|(_, package)| (Fingerprint::of(&package.entry().key.digest), package)).collect();
    history.visit(|name, architecture, all| {
        assert_eq!(history.rows(name, architecture), all);
        for row in all {
            rows += 1;
            let package = stanzas[&row.fingerprint];
            assert_eq!(
                (&*package.name, &*package.architecture, &*package.version),
                (name, architecture, &*row.version)
            );
            let list = &history.lists()[row.list];
            let positions = found.entry((list.part.clone(), package.clone())).or_default();
            for position in row.first..=row.last {
                assert!(positions.insert(position), "{row:?} overlaps");
            }
        }
    });
    assert_eq!(found, expected);
    // Each run is one row.
    let runs: usize = expected
        .values()
        .map(|positions| positions.iter().filter(|at| **at == 0 || !positions.contains(&(*at - 1))).count())
        .sum();
    assert_eq!(rows, runs);
    check_spans(history, world);
}

/// The runs of each version against looking into every snapshot.
fn check_spans(history: &History, world: &[Vec<(&'static str, Vec<Indexed>)>]) {
    let mut dater = Dater::new(history, |_, _| true);
    let versions: BTreeSet<(&str, &str, &str)> = world
        .iter()
        .flatten()
        .flat_map(|(_, packages)| packages)
        .map(|package| (&*package.name, &*package.architecture, &*package.version))
        .collect();
    for (name, architecture, version) in versions {
        let spans = Spans::of(history, name, architecture, version);
        let has = |suites: &[(&str, Vec<Indexed>)], automatic: bool, is_it: &dyn Fn(&str) -> bool| {
            suites.iter().filter(|(suite, _)| !automatic || *suite != "backports").any(|(_, packages)| {
                packages.iter().any(|package| {
                    package.name == name && package.architecture == architecture && is_it(&package.version)
                })
            })
        };
        let ever_automatic = world.iter().any(|suites| has(suites, true, &|other| other == version));
        let newer = |other: &str| reposnap::deb::version::compare(other.as_bytes(), version.as_bytes()).is_gt();
        for (position, suites) in world.iter().enumerate() {
            let covers = |runs: &[(u32, u32)]| runs.iter().any(|run| (run.0..=run.1).contains(&(position as u32)));
            let held = has(suites, false, &|other| other == version);
            assert_eq!(covers(&spans.held), held, "{name} {version} {position}");
            let newest = held && !has(suites, ever_automatic, &newer);
            assert_eq!(covers(&spans.newest), newest, "{name} {version} {position} {spans:?}");
        }
        // The table of all has the same.
        let cover = dater.date([(name, architecture, version)]).unwrap();
        let refs = [&spans];
        assert_eq!(Some(cover), reposnap_provenance::dating::Sweep::default().best(world.len(), &refs));
    }
    assert_eq!(dater.date([("nothing", "amd64", "1")]), None);
    assert_eq!(dater.date([]), None);
}

#[tokio::test]
async fn as_looking_into_every_snapshot() {
    let mut random = Random(11);
    let store = Store::memory();
    let mut world: Vec<Vec<(&'static str, Vec<Indexed>)>> = Vec::new();
    let mut now: Vec<(&'static str, Vec<Indexed>)> =
        vec![("stable", (0..200).map(|number| indexed(&format!("p{number}"), "1")).collect())];
    let mut base: Option<Snapshot> = None;
    for round in 0..60 {
        for (_, packages) in &mut now {
            for _ in 0..random.below(8) {
                let at = random.below(packages.len());
                match random.below(6) {
                    0 => drop(packages.remove(at)),
                    1 => packages.push(indexed(&format!("q{}", random.below(9)), &format!("{}", random.below(3)))),
                    2 => packages[at].more = format!("Section: s{}\n", random.below(3)),
                    3 => packages.push(packages[at].clone().of("all")),
                    _ => packages[at].version = format!("{}", 1 + random.below(12)),
                }
            }
            packages.sort();
            packages.dedup();
        }
        match round {
            10 => now.push(("stable-security", vec![indexed("p3", "1.1")])),
            20 => now.push(("backports", vec![indexed("p4", "99"), indexed("p5", "98")])),
            35 => drop(now.remove(1)),
            40 => now.push(("stable-security", vec![indexed("p3", "1.1")])),
            _ => {}
        }
        let release = |name: &str| if name == "backports" { "NotAutomatic: yes\n" } else { "" };
        let suites: Vec<Suite> = now
            .iter()
            .map(|(name, packages)| Suite { name, release: release(name), packages: packages.clone() })
            .collect();
        let next = snapshot(&store, base.as_ref(), &suites).await;
        if base.as_ref().is_none_or(|base| base.id() != next.id()) {
            world.push(now.clone());
            mirrored(&store, "debian", next.id(), day(round)).await;
        }
        base = Some(next);
        // Opened now and then, so that segments come to be and are joined.
        if random.below(3) > 0 {
            let history = History::open(&store, Lineage::Mirror, "debian", &Monitor::silent()).await.unwrap();
            check(&history, &world);
        }
    }
    let kept = store.objects().names("history").await.unwrap();
    assert!(kept.len() > 5, "{kept:?}");
    // Opened again, it is the same; and made anew where segments are lost or damaged.
    for round in 0..4 {
        let history = History::open(&store, Lineage::Mirror, "debian", &Monitor::silent()).await.unwrap();
        check(&history, &world);
        for (number, name) in kept.iter().enumerate() {
            let path = format!("history/{name}");
            match round {
                0 if number % 2 == 0 => store.objects().delete(&path).await.unwrap(),
                1 => store.objects().put(&path, "RSHYnonsense".into()).await.unwrap(),
                2 => store.objects().delete(&path).await.unwrap(),
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn an_environment_goes_back_and_has_its_own_history() {
    let store = Store::memory();
    let one = snapshot(&store, None, &[suite("", vec![indexed("a", "1"), indexed("b", "1")])]).await;
    let two = snapshot(&store, Some(&one), &[suite("", vec![indexed("a", "2"), indexed("b", "1")])]).await;
    for (at, snapshot) in [&one, &two, &one].into_iter().enumerate() {
        promoted(&store, "stable", snapshot.id(), day(at as i64)).await;
    }
    mirrored(&store, "zero", one.id(), day(0)).await;
    let histories = Histories::of(&store, &Monitor::silent()).await.unwrap();
    let lineages: Vec<_> = histories.all.iter().map(|history| (history.lineage(), history.name())).collect();
    assert_eq!(lineages, [(Lineage::Mirror, "zero"), (Lineage::Environment, "stable")]);
    let history = histories.find(Lineage::Environment, "stable").unwrap();
    let runs = |name: &str| -> Vec<(String, usize, usize)> {
        history.rows(name, "amd64").into_iter().map(|row| (row.version, row.first, row.last)).collect()
    };
    assert_eq!(runs("a"), [("1".into(), 0, 0), ("1".into(), 2, 2), ("2".into(), 1, 1)]);
    assert_eq!(runs("b"), [("1".into(), 0, 2)]);
    assert_eq!(history.positions()[1].time, day(1));
    let spans = Spans::of(history, "a", "amd64", "1");
    assert_eq!((spans.held, spans.newest), (vec![(0, 0), (2, 2)], vec![(0, 0), (2, 2)]));

    let error = History::open(&store, Lineage::Mirror, "none", &Monitor::silent()).await.unwrap_err();
    assert_eq!(error.kind(), reposnap::Kind::NotFound);
    // A snapshot that is lost is left out.
    store.objects().delete(&reposnap::store::layout::snapshot(two.id())).await.unwrap();
    for name in store.objects().names("history").await.unwrap() {
        store.objects().delete(&format!("history/{name}")).await.unwrap();
    }
    let history = History::open(&store, Lineage::Environment, "stable", &Monitor::silent()).await.unwrap();
    assert_eq!(history.positions().len(), 1);
}

#[tokio::test]
async fn a_history_that_lies_never_ends_in_a_panic() {
    let store = Store::memory();
    let mut base = None;
    for at in 0..6 {
        let packages =
            (0..6).map(|number| indexed(&format!("p{number}"), &format!("1.{}", at / (number + 1)))).collect();
        let next = snapshot(&store, base.as_ref(), &[suite("stable", packages)]).await;
        promoted(&store, "stable", next.id(), day(at)).await;
        base = Some(next);
        if at == 3 {
            History::open(&store, Lineage::Environment, "stable", &Monitor::silent()).await.unwrap();
        }
    }
    History::open(&store, Lineage::Environment, "stable", &Monitor::silent()).await.unwrap();
    let mut answered = 0;
    for name in store.objects().names("history").await.unwrap() {
        let path = format!("history/{name}");
        let object = store.objects().get(&path).await.unwrap();
        for at in 24..object.len() {
            let mut altered = object.to_vec();
            altered[at] ^= 0xa5;
            let sum = twox_hash::XxHash3_128::oneshot(&altered[24..]);
            altered[8..24].copy_from_slice(&sum.to_le_bytes());
            let rehearsal = store.rehearsal();
            rehearsal.objects().put(&path, altered.into()).await.unwrap();
            let history = History::open(&rehearsal, Lineage::Environment, "stable", &Monitor::silent()).await;
            let Ok(history) = history else { continue };
            let _ = Dater::new(&history, |_, _| true).date([("p1", "amd64", "1.2")]);
            for number in 0..6 {
                for row in history.rows(&format!("p{number}"), "amd64") {
                    assert!(row.first < history.positions().len() && row.last < history.positions().len());
                    answered += 1;
                }
            }
        }
    }
    assert!(answered > 1_000, "{answered}");
}
