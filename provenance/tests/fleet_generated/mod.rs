//! A generated archive of many snapshots, and a fleet of images that were made from them: for a test on a small scale, and for
//! the benchmarks on the full one.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each user takes what it needs; no part of a library")]

use reposnap::Digest;
use reposnap_image::package::Family;
use reposnap_provenance::dating::{Dater, Spans};
use reposnap_provenance::fleet::{Fleet, Item, Newer};

/// Gives pseudo random numbers below a number.
pub type Below<'a> = dyn FnMut(usize) -> usize + 'a;

/// An archive in which a package gets a new version every so often.
pub struct Archive {
    pub snapshots: usize,
    /// Of each package its name, its source, how many snapshots a version lasts, and where in that the first snapshot is.
    pub packages: Vec<(String, String, usize, usize)>,
    /// Of each package its versions.
    pub versions: Vec<Vec<String>>,
}

impl Archive {
    pub fn new(random: &mut Below<'_>, packages: usize, snapshots: usize, lasting: usize) -> Self {
        let mut all = Vec::new();
        let mut versions = Vec::new();
        for number in 0..packages {
            let lasts = lasting / 2 + random(lasting) + 1;
            let phase = random(lasts);
            all.push((format!("package-{number}"), format!("source-{}", number * 2 / 5), lasts, phase));
            let count = (snapshots + phase) / lasts + 1;
            versions.push((0..count).map(|version| format!("1:2.{version}.1-1+deb12u{}", version % 7)).collect());
        }
        Self { snapshots, packages: all, versions }
    }

    /// The number of the version that a package has in a snapshot.
    pub fn version(&self, package: usize, snapshot: usize) -> usize {
        let (_, _, lasts, phase) = &self.packages[package];
        (snapshot + phase) / lasts
    }

    /// The snapshots that have a version.
    pub fn span(&self, package: usize, version: usize) -> (u32, u32) {
        let (_, _, lasts, phase) = &self.packages[package];
        let first = (version * lasts).saturating_sub(*phase);
        let last = ((version + 1) * lasts - phase - 1).min(self.snapshots - 1);
        (first as u32, last as u32)
    }

    pub fn item(&self, package: usize, version: usize) -> Item<'_> {
        let (name, source, ..) = &self.packages[package];
        let version = &*self.versions[package][version];
        Item { family: Family::Deb, name, version, architecture: "amd64", source: (source, version) }
    }

    pub fn dater(&self) -> Dater {
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
pub struct Made {
    pub name: String,
    pub snapshot: usize,
    pub packages: Vec<(usize, usize)>,
    pub layers: Vec<Digest>,
}

/// Images of packages of which a third are in all of them, and the others the more often the lower their number; some
/// packages were not upgraded.
pub fn image(random: &mut Below<'_>, archive: &Archive, number: usize, size: usize) -> Made {
    let snapshot = random(archive.snapshots);
    let all = archive.packages.len();
    let mut chosen: Vec<usize> = (0..size / 3).collect();
    while chosen.len() < size {
        let place = random(1 << 20) as f64 / (1 << 20) as f64;
        chosen.push(size / 3 + ((all - size / 3) as f64 * place * place * place) as usize);
        if chosen.len() == size {
            chosen.sort_unstable();
            chosen.dedup();
        }
    }
    let held = |random: &mut Below<'_>| if random(50) == 0 { random(snapshot + 1) } else { snapshot };
    let packages = chosen.into_iter().map(|package| (package, archive.version(package, held(random)))).collect();
    let layers = vec![Digest::of(&snapshot.to_le_bytes()), Digest::of(&(number as u64).to_le_bytes())];
    Made { name: format!("registry.example.org/team/app-{number}:latest"), snapshot, packages, layers }
}

pub fn fleet(archive: &Archive, images: &[Made]) -> Fleet {
    Fleet::of(images.iter().enumerate().map(|(number, image)| {
        let digest = Digest::of(&(number as u64).to_be_bytes());
        let items = image.packages.iter().map(|(package, version)| archive.item(*package, *version));
        (&*image.name, digest, &*image.layers, items)
    }))
    .expect("a fleet within the limits")
}

/// What changed with a snapshot.
pub fn delta(archive: &Archive, snapshot: usize) -> Vec<(usize, usize)> {
    (0..archive.packages.len())
        .map(|package| (package, archive.version(package, snapshot)))
        .filter(|(package, version)| *version != archive.version(*package, snapshot - 1))
        .collect()
}

pub fn newer(archive: &Archive, delta: &[(usize, usize)]) -> Vec<Newer> {
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
