//! The index of a large, generated fleet: right on a small scale, and with figures on the full one.
//!
//! `cargo test --release -p reposnap-provenance --test fleet_scale -- --ignored --nocapture` prints the figures.

mod store_support;

use std::time::{Duration, Instant};

use reposnap::Digest;
use reposnap::progress::Monitor;
use reposnap::store::Store;
use reposnap_image::package::Family;
use reposnap_provenance::dating::{Dater, Spans};
use reposnap_provenance::fleet::{By, Fix, Fleet, Item, Newer};
use reposnap_provenance::history::{History, Lineage};
use store_support::{Indexed, Random, day, indexed, promoted, snapshot, suite};

/// An archive in which a package gets a new version every so often.
struct Archive {
    snapshots: usize,
    /// Of each package its name, its source, how many snapshots a version lasts, and where in that the first snapshot is.
    packages: Vec<(String, String, usize, usize)>,
    /// Of each package its versions.
    versions: Vec<Vec<String>>,
}

impl Archive {
    fn new(random: &mut Random, packages: usize, snapshots: usize, lasting: usize) -> Self {
        let mut all = Vec::new();
        let mut versions = Vec::new();
        for number in 0..packages {
            let lasts = lasting / 2 + random.below(lasting) + 1;
            let phase = random.below(lasts);
            all.push((format!("package-{number}"), format!("source-{}", number * 2 / 5), lasts, phase));
            let count = (snapshots + phase) / lasts + 1;
            versions.push((0..count).map(|version| format!("1:2.{version}.1-1+deb12u{}", version % 7)).collect());
        }
        Self { snapshots, packages: all, versions }
    }

    /// The number of the version that a package has in a snapshot.
    fn version(&self, package: usize, snapshot: usize) -> usize {
        let (_, _, lasts, phase) = &self.packages[package];
        (snapshot + phase) / lasts
    }

    /// The snapshots that have a version.
    fn span(&self, package: usize, version: usize) -> (u32, u32) {
        let (_, _, lasts, phase) = &self.packages[package];
        let first = (version * lasts).saturating_sub(*phase);
        let last = ((version + 1) * lasts - phase - 1).min(self.snapshots - 1);
        (first as u32, last as u32)
    }

    fn item(&self, package: usize, version: usize) -> Item<'_> {
        let (name, source, ..) = &self.packages[package];
        let version = &*self.versions[package][version];
        Item { family: Family::Deb, name, version, architecture: "amd64", source: (source, version) }
    }

    fn dater(&self) -> Dater {
        let all: Vec<(usize, usize, Spans)> = (0..self.packages.len())
            .flat_map(|package| (0..self.versions[package].len()).map(move |version| (package, version)))
            .map(|(package, version)| {
                let run = self.span(package, version);
                (package, version, Spans { held: vec![run], newest: vec![run] })
            })
            .collect();
        Dater::of(
            self.snapshots,
            all.iter().map(|(package, version, spans)| {
                (&*self.packages[*package].0, "amd64", &*self.versions[*package][*version], spans)
            }),
        )
    }
}

/// An image: the snapshot that it was made from, its packages and versions, and its layers.
struct Made {
    name: String,
    snapshot: usize,
    packages: Vec<(usize, usize)>,
    layers: Vec<Digest>,
}

/// Images of packages of which a third are in all of them, and the others the more often the lower their number; some
/// packages were not upgraded.
fn image(random: &mut Random, archive: &Archive, number: usize, size: usize) -> Made {
    let snapshot = random.below(archive.snapshots);
    let all = archive.packages.len();
    let mut chosen: Vec<usize> = (0..size / 3).collect();
    while chosen.len() < size {
        let place = random.below(1 << 20) as f64 / (1 << 20) as f64;
        chosen.push(size / 3 + ((all - size / 3) as f64 * place * place * place) as usize);
        if chosen.len() == size {
            chosen.sort_unstable();
            chosen.dedup();
        }
    }
    let held = |random: &mut Random| if random.below(50) == 0 { random.below(snapshot + 1) } else { snapshot };
    let packages = chosen.into_iter().map(|package| (package, archive.version(package, held(random)))).collect();
    let layers = vec![Digest::of(&snapshot.to_le_bytes()), Digest::of(&(number as u64).to_le_bytes())];
    Made { name: format!("registry.example.org/team/app-{number}:latest"), snapshot, packages, layers }
}

fn fleet(archive: &Archive, images: &[Made]) -> Fleet {
    Fleet::of(images.iter().enumerate().map(|(number, image)| {
        let digest = Digest::of(&(number as u64).to_be_bytes());
        let items = image.packages.iter().map(|(package, version)| archive.item(*package, *version));
        (&*image.name, digest, &*image.layers, items)
    }))
    .unwrap()
}

/// How long this thread has been computing, as Linux counts it (proc(5), `schedstat`); zero where it does not.
fn computed() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default())
}

/// What changed with a snapshot.
fn delta(archive: &Archive, snapshot: usize) -> Vec<(usize, usize)> {
    (0..archive.packages.len())
        .map(|package| (package, archive.version(package, snapshot)))
        .filter(|(package, version)| *version != archive.version(*package, snapshot - 1))
        .collect()
}

fn newer(archive: &Archive, delta: &[(usize, usize)]) -> Vec<Newer> {
    let of = |(package, version): &(usize, usize)| {
        let item = archive.item(*package, *version);
        Newer {
            family: Family::Deb,
            name: item.name.into(),
            architecture: "amd64".into(),
            version: item.version.into(),
        }
    };
    delta.iter().map(of).collect()
}

#[test]
fn a_small_fleet_as_looking_at_every_image() {
    let mut random = Random(5);
    let archive = Archive::new(&mut random, 300, 80, 12);
    let images: Vec<Made> = (0..400).map(|number| image(&mut random, &archive, number, 40)).collect();
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

#[test]
#[ignore = "takes a minute and gigabytes of memory; prints figures"]
fn figures_of_a_fleet_of_100000_images() {
    let (images, packages, snapshots) = (100_000, 500, 5_000);
    let mut random = Random(9);
    let archive = Archive::new(&mut random, 20_000, snapshots, 100);
    let images: Vec<Made> = (0..images).map(|number| image(&mut random, &archive, number, packages)).collect();
    let pairs: usize = images.iter().map(|image| image.packages.len()).sum();
    let (start, before) = (Instant::now(), computed());
    let fleet = fleet(&archive, &images);
    let (wall, computing) = (start.elapsed(), computed() - before);
    println!("{pairs} packages: built in {wall:?}, {computing:?} of it computing, {} bytes", fleet.bytes());

    let measure = |what: &str, runs: usize, run: &mut dyn FnMut(usize) -> u64| {
        let mut times: Vec<_> = (0..runs)
            .map(|number| {
                let start = Instant::now();
                let found = run(number);
                (start.elapsed(), found)
            })
            .collect();
        times.sort();
        let (first, middle, last) = (times[0], times[runs / 2], times[runs - 1]);
        println!(
            "{what}: best {:?} ({} found), median {:?} ({} found), worst {:?} ({} found)",
            first.0, first.1, middle.0, middle.1, last.0, last.1
        );
    };
    for (what, by) in [("affected, by binary package", By::Binary), ("affected, by source package", By::Source)] {
        measure(what, 100, &mut |number| {
            let versions = &archive.versions[number];
            let (name, source, ..) = &archive.packages[number];
            let name = if by == By::Source { source } else { name }.clone();
            let version = versions[versions.len() - 1].clone();
            fleet.affected(&Fix { family: Family::Deb, name, version, by }).unwrap().len()
        });
    }
    let deltas: Vec<Vec<Newer>> = (0..50).map(|number| newer(&archive, &delta(&archive, 1 + number * 99))).collect();
    println!("{} packages change with a snapshot", deltas.iter().map(Vec::len).sum::<usize>() / deltas.len());
    measure("stale", 50, &mut |number| fleet.stale(&deltas[number]).unwrap().len());
    let mut dater = archive.dater();
    println!("{} versions to date by", dater.len());
    // Images as they come from their records: with texts of their own.
    let records: Vec<Vec<[String; 3]>> = images
        .iter()
        .step_by(50)
        .map(|image| {
            let items = image.packages.iter().map(|(package, version)| archive.item(*package, *version));
            items.map(|item| [item.name, item.architecture, item.version].map(str::to_owned)).collect()
        })
        .collect();
    measure("dated", records.len(), &mut |number| {
        let texts = records[number].iter().map(|[name, architecture, version]| (&**name, &**architecture, &**version));
        dater.date(texts).unwrap().covered as u64
    });
    let fix = Fix::of(Family::Deb, archive.packages[7].0.clone(), "9:9");
    measure("planned", 3, &mut |_| fleet.plan(&fleet.hits(&fix).unwrap()).steps.len() as u64);
}

#[tokio::test]
#[ignore = "takes minutes; prints figures"]
async fn figures_of_a_history() {
    let number =
        |name: &str, default: usize| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
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
