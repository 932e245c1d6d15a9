//! The index of a generated fleet, right on a small scale; the race `images` of the benchmarks takes figures on the full one.
//!
//! `cargo test --release -p reposnap-provenance --test fleet_scale -- --ignored --nocapture` prints figures of a fleet and of a
//! history.

mod fleet_generated;
mod store_support;

use std::time::Instant;

use fleet_generated::{Archive, Made, delta, fleet, image, newer};
use reposnap::progress::Monitor;
use reposnap::store::Store;
use reposnap_image::package::Family;
use reposnap_provenance::dating::Spans;
use reposnap_provenance::fleet::{By, Fix};
use reposnap_provenance::history::{History, Lineage};
use store_support::{Indexed, Random, day, indexed, promoted, snapshot, suite};

#[test]
fn a_small_fleet_as_looking_at_every_image() {
    let mut random = Random(5);
    let archive = Archive::new(&mut |below| random.below(below), 300, 80, 12);
    let images: Vec<Made> =
        (0..400).map(|number| image(&mut |below| random.below(below), &archive, number, 40)).collect();
    let fleet = fleet(&archive, &images);
    let mut dater = archive.dater();
    for round in 0..200 {
        let package = random.below(60);
        let version = random.below(archive.versions[package].len());
        let text = archive.versions[package][version].clone();
        let fix =
            Fix { family: Family::Deb, name: archive.packages[package].0.clone(), version: text.clone(), by: By::Any };
        let has =
            |image: &Made, is_it: &dyn Fn(usize, usize) -> bool| image.packages.iter().any(|(p, v)| is_it(*p, *v));
        let expected: Vec<u32> =
            (0..400).filter(|at| has(&images[*at as usize], &|p, v| p == package && v < version)).collect();
        assert!(fleet.affected(&fix).unwrap().iter().eq(expected), "{fix:?}");

        let source = archive.packages[package].1.clone();
        let fix = Fix { family: Family::Deb, name: source.clone(), version: text.clone(), by: By::Source };
        let older = |p: usize, v: usize| {
            archive.packages[p].1 == source
                && reposnap::deb::version::compare(archive.versions[p][v].as_bytes(), text.as_bytes()).is_lt()
        };
        let expected: Vec<u32> = (0..400).filter(|at| has(&images[*at as usize], &older)).collect();
        assert!(fleet.affected(&fix).unwrap().iter().eq(expected), "{fix:?}");

        let changed = delta(&archive, 1 + round % 79);
        let expected: Vec<u32> = (0..400)
            .filter(|at| has(&images[*at as usize], &|p, v| changed.iter().any(|(q, newer)| p == *q && v < *newer)))
            .collect();
        assert!(fleet.stale(&newer(&archive, &changed)).unwrap().iter().eq(expected));

        // Dated as counting what each snapshot has.
        let image = &images[round];
        let count = |at: usize| image.packages.iter().filter(|(p, v)| archive.version(*p, at) == *v).count();
        let best = (0..archive.snapshots).map(count).max().unwrap();
        let last = (0..archive.snapshots).rev().find(|at| count(*at) == best).unwrap();
        let items = image.packages.iter().map(|(package, version)| archive.item(*package, *version));
        let cover = dater.date(items.map(|item| (item.name, item.architecture, item.version))).unwrap();
        assert_eq!((cover.covered, cover.newest, cover.last), (best, best, last));
        assert!(cover.first <= image.snapshot || best > 38, "{cover:?}");
    }
}

/// A number that the environment may set.
fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
#[ignore = "takes minutes; prints figures"]
fn figures_of_a_fleet() {
    let (images, packages) = (number("IMAGES", 100_000), number("PACKAGES", 65_000));
    let mut random = Random(5);
    // A version lasts a hundred snapshots or so: one in a hundred packages changes with each.
    let archive = Archive::new(&mut |below| random.below(below), packages, number("SNAPSHOTS", 5_000), 100);
    let images: Vec<Made> =
        (0..images).map(|number| image(&mut |below| random.below(below), &archive, number, 500)).collect();
    let start = Instant::now();
    let fleet = fleet(&archive, &images);
    println!("{} images: made in {:?}, {} bytes", fleet.len(), start.elapsed(), fleet.bytes());
    let median = |run: &mut dyn FnMut(usize)| {
        let mut times: Vec<_> = (0..51).map(|at| (Instant::now(), run(at)).0.elapsed()).collect();
        times.sort_unstable();
        (times[25], times[50])
    };
    let deltas: Vec<_> =
        (0..51).map(|at| newer(&archive, &delta(&archive, 1 + at * (archive.snapshots / 51)))).collect();
    println!("{} packages are newer", deltas[0].len());
    let (half, most) = median(&mut |at| drop(fleet.stale(&deltas[at]).unwrap()));
    println!("stale: {half:?}, at most {most:?}");
    let fix = |at: usize| {
        let versions = &archive.versions[at];
        Fix::of(Family::Deb, &*archive.packages[at].0, &*versions[versions.len() - 1])
    };
    let (half, most) = median(&mut |at| drop(fleet.affected(&fix(at)).unwrap()));
    println!("affected: {half:?}, at most {most:?}");
}

#[tokio::test]
#[ignore = "takes minutes; prints figures"]
async fn figures_of_a_history() {
    let (packages, snapshots) = (number("PACKAGES", 65_000), number("SNAPSHOTS", 5_000));
    let mut random = Random(1);
    let store = Store::memory();
    let mut all: Vec<Indexed> =
        (0..packages).map(|number| indexed(&format!("package-{number}"), "1:2.0.1-1")).collect();
    let mut base = None;
    for at in 0..snapshots {
        for _ in 0..packages / 100 {
            let package = random.below(packages);
            all[package].version = format!("1:2.{at}.1-1+deb12u{}", random.below(7));
        }
        let next = snapshot(&store, base.as_ref(), &[suite("", all.clone())]).await;
        promoted(&store, "all", next.id(), day(at as i64)).await;
        base = Some(next);
    }
    let start = Instant::now();
    let history = History::open(&store, Lineage::Environment, "all", &Monitor::silent()).await.unwrap();
    println!("{} snapshots: made in {:?}", history.positions().len(), start.elapsed());
    for object in store.objects().list("history").await.unwrap() {
        println!("{} bytes", object.size);
    }
    let start = Instant::now();
    let history = History::open(&store, Lineage::Environment, "all", &Monitor::silent()).await.unwrap();
    println!("opened again in {:?}", start.elapsed());
    let start = Instant::now();
    for package in all.iter().take(1_000) {
        assert!(!Spans::of(&history, &package.name, "amd64", &package.version).held.is_empty());
    }
    println!("runs of a version: {:?}", start.elapsed() / 1_000);
}
