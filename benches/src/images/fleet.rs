//! The index of a generated fleet: which images a fix or a new snapshot makes stale, and from which snapshot one was made.

use std::time::Instant;

use reposnap_image::package::Family;
use reposnap_provenance::fleet::{By, Fix, Newer};

use crate::measure::user_time;

#[path = "../../../provenance/tests/fleet_generated/mod.rs"]
mod generated;

use generated::{Archive, Made, delta, fleet, image, newer};

/// Packages of an image, packages of the archive, its snapshots, and how many of them a version lasts.
const PACKAGES: usize = 500;
const ARCHIVE: usize = 20_000;
const SNAPSHOTS: usize = 5_000;
const LASTING: usize = 100;
/// How many fixes are asked about, and how many new snapshots; of how many images one is dated.
const FIXES: usize = 100;
const DELTAS: usize = 50;
const DATED: usize = 50;

/// The fleet in words.
pub(super) fn describe(images: usize) -> String {
    format!(
        "{images} images of {PACKAGES} packages each, made from any of {SNAPSHOTS} snapshots of an archive of {ARCHIVE}\n\
         packages, of which a version lasts {LASTING} snapshots or so; a third of the packages is in all images"
    )
}

/// Makes a fleet, asks it, and prints what that took.
pub(super) fn work(images: usize) {
    let mut state = 9_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize) % below.max(1)
    };
    let archive = Archive::new(&mut random, ARCHIVE, SNAPSHOTS, LASTING);
    let images: Vec<Made> = (0..images).map(|number| image(&mut random, &archive, number, PACKAGES)).collect();
    let (begin, before) = (Instant::now(), user_time());
    let fleet = fleet(&archive, &images);
    println!("build {}", begin.elapsed().as_secs_f64());
    println!("build-user {}", user_time() - before);
    println!("index {}", fleet.bytes());

    for (word, by) in [("affected", By::Binary), ("affected-source", By::Source)] {
        let fixes: Vec<Fix> = (0..FIXES)
            .map(|number| {
                let versions = &archive.versions[number];
                let (name, source, ..) = &archive.packages[number];
                let name = if by == By::Source { source } else { name }.clone();
                Fix { family: Family::Deb, name, version: versions[versions.len() - 1].clone(), by }
            })
            .collect();
        each(word, FIXES, |number| fleet.affected(&fixes[number]).expect("versions of Debian").len());
    }
    let deltas: Vec<Vec<Newer>> =
        (0..DELTAS).map(|number| newer(&archive, &delta(&archive, 1 + number * (SNAPSHOTS / DELTAS)))).collect();
    println!("newer {}", deltas.iter().map(Vec::len).sum::<usize>() / DELTAS);
    each("stale", DELTAS, |number| fleet.stale(&deltas[number]).expect("versions of Debian").len());

    let mut dater = archive.dater();
    println!("dated-versions {}", dater.len());
    // Images as they come from their records: with texts of their own.
    let records: Vec<Vec<[String; 3]>> = images
        .iter()
        .step_by(DATED)
        .map(|image| {
            let items = image.packages.iter().map(|(package, version)| archive.item(*package, *version));
            items.map(|item| [item.name, item.architecture, item.version].map(str::to_owned)).collect()
        })
        .collect();
    each("dated", records.len(), |number| {
        let texts = records[number].iter().map(|[name, architecture, version]| (&**name, &**architecture, &**version));
        dater.date(texts).expect("an image of the archive").covered as u64
    });
}

/// Prints the median and the longest of the seconds that each of several takes, and the median of what was found.
fn each(word: &str, count: usize, mut run: impl FnMut(usize) -> u64) {
    let mut times = Vec::with_capacity(count);
    let mut found = Vec::with_capacity(count);
    for number in 0..count {
        let begin = Instant::now();
        let answer = run(number);
        times.push(begin.elapsed().as_secs_f64());
        found.push(answer);
    }
    times.sort_by(f64::total_cmp);
    found.sort_unstable();
    println!("{word} {}", times[count / 2]);
    println!("{word}-most {}", times[count - 1]);
    println!("{word}-found {}", found[count / 2]);
}
