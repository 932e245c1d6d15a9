//! Random small universes full of conflicts, and a checker of sets that knows nothing of how they are searched: it goes
//! by what was written down, relation by relation.
use std::fmt::Write as _;

use reposnap::resolve::{Builder, Origin, Universe};

/// Numbers that look random and are the same for the same seed (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}

/// One relation: `name:any (>= 2)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    pub name: String,
    pub any: bool,
    pub version: Option<(&'static str, u64)>,
}

impl Relation {
    pub fn text(&self) -> String {
        let any = if self.any { ":any" } else { "" };
        match self.version {
            Some((op, version)) => format!("{}{any} ({op} {version})", self.name),
            None => format!("{}{any}", self.name),
        }
    }

    fn accepts(&self, version: u64) -> bool {
        match self.version {
            None => true,
            Some(("<<", than)) => version < than,
            Some(("<=", than)) => version <= than,
            Some(("=", than)) => version == than,
            Some((">=", than)) => version >= than,
            Some((_, than)) => version > than,
        }
    }
}

/// One stanza.
#[derive(Clone, Debug)]
pub struct Package {
    pub name: String,
    pub version: u64,
    /// `amd64`, `i386` or `all`.
    pub architecture: &'static str,
    /// Empty for none.
    pub multi_arch: &'static str,
    pub depends: Vec<Vec<Relation>>,
    pub pre_depends: Vec<Vec<Relation>>,
    pub conflicts: Vec<Relation>,
    pub breaks: Vec<Relation>,
    pub provides: Vec<(String, Option<u64>)>,
}

impl Package {
    /// Where it belongs: what is for all architectures is the machine's own.
    pub fn home(&self) -> &'static str {
        if self.architecture == "all" { "amd64" } else { self.architecture }
    }

    pub fn key(&self) -> (String, String, String) {
        (self.name.clone(), self.version.to_string(), self.architecture.to_owned())
    }

    pub fn stanza(&self) -> String {
        let mut text =
            format!("Package: {}\nVersion: {}\nArchitecture: {}\n", self.name, self.version, self.architecture);
        if !self.multi_arch.is_empty() {
            writeln!(text, "Multi-Arch: {}", self.multi_arch).unwrap();
        }
        let any_of = |group: &Vec<Relation>| group.iter().map(Relation::text).collect::<Vec<_>>().join(" | ");
        let groups = |groups: &[Vec<Relation>]| groups.iter().map(any_of).collect::<Vec<_>>().join(", ");
        let all = |relations: &[Relation]| relations.iter().map(Relation::text).collect::<Vec<_>>().join(", ");
        let provides = self.provides.iter().map(|(name, version)| match version {
            Some(version) => format!("{name} (= {version})"),
            None => name.clone(),
        });
        for (field, value) in [
            ("Pre-Depends", groups(&self.pre_depends)),
            ("Depends", groups(&self.depends)),
            ("Conflicts", all(&self.conflicts)),
            ("Breaks", all(&self.breaks)),
            ("Provides", provides.collect::<Vec<_>>().join(", ")),
        ] {
            if !value.is_empty() {
                writeln!(text, "{field}: {value}").unwrap();
            }
        }
        text
    }

    /// Whether another one is what a relation of this one names.
    pub fn is_named(&self, relation: &Relation, other: &Package, negative: bool) -> bool {
        let reaches = negative || other.home() == self.home() || other.multi_arch == "foreign";
        let itself = other.name == relation.name
            && relation.accepts(other.version)
            && if relation.any { other.multi_arch == "allowed" } else { reaches };
        let provides = other.provides.iter().any(|(name, version)| {
            *name == relation.name
                && (relation.version.is_none() || version.is_some_and(|version| relation.accepts(version)))
        });
        itself || (provides && reaches && !relation.any)
    }
}

/// The texts of a universe of these, as an index.
pub fn index(packages: &[Package]) -> String {
    packages.iter().map(Package::stanza).collect::<Vec<_>>().join("\n")
}

pub fn universe(packages: &[Package]) -> Universe {
    let mut builder = Builder::new("amd64", &["i386"]).unwrap();
    builder.index(Origin::default(), index(packages).as_bytes()).unwrap();
    builder.finish().unwrap()
}

/// Which sets are consistent, by bits: relation by relation, with nothing of the library.
pub struct Sets {
    needs: Vec<Vec<u32>>,
    rivals: Vec<u32>,
}

impl Sets {
    pub fn new(packages: &[Package]) -> Self {
        assert!(packages.len() <= 32);
        let mask = |is_in: &dyn Fn(&Package) -> bool| {
            packages.iter().enumerate().filter(|(_, other)| is_in(other)).fold(0, |mask, (at, _)| mask | 1 << at)
        };
        let needs = packages.iter().map(|one| {
            let groups = one.depends.iter().chain(&one.pre_depends);
            groups
                .map(|group| mask(&|other| group.iter().any(|relation| one.is_named(relation, other, false))))
                .collect()
        });
        let rivals = packages.iter().map(|one| {
            let negative = || one.conflicts.iter().chain(&one.breaks);
            mask(&|other| {
                if one.name == other.name {
                    let pair = one.home() != other.home()
                        && one.multi_arch == "same"
                        && other.multi_arch == "same"
                        && one.version == other.version;
                    return !std::ptr::eq(one, other) && !pair;
                }
                negative().any(|relation| one.is_named(relation, other, true))
            })
        });
        Self { needs: needs.collect(), rivals: rivals.collect() }
    }

    pub fn is_consistent(&self, set: u32) -> bool {
        (0..self.needs.len())
            .filter(|at| set & 1 << at != 0)
            .all(|at| set & self.rivals[at] == 0 && self.needs[at].iter().all(|group| set & group != 0))
    }

    /// Whether a consistent set has all of these.
    pub fn can_have(&self, all: u32) -> bool {
        (0..1_u32 << self.needs.len()).any(|set| set & all == all && self.is_consistent(set))
    }

    /// What is in any consistent set.
    pub fn installable(&self) -> u32 {
        let sets = (0..1_u32 << self.needs.len()).filter(|set| self.is_consistent(*set));
        sets.fold(0, |all, set| all | set)
    }
}

/// How a random universe looks.
#[derive(Clone, Copy)]
pub struct Shape {
    pub names: u64,
    pub versions: u64,
    /// Of a hundred relations, how many are there.
    pub needs: u64,
    pub conflicts: u64,
    pub multi_arch: bool,
    /// Nothing asks for `:any`, and all versions of a name provide the same, without a version. There dose-debcheck takes
    /// what provides of one version for all versions of an architecture that is not the machine's own, and `:any` for any.
    pub plain: bool,
}

/// A random universe, whose names begin with `prefix`.
pub fn random(random: &mut Random, shape: Shape, prefix: &str) -> Vec<Package> {
    let mut packages = Vec::new();
    for name in 0..shape.names {
        let provides = provided(random, prefix);
        for version in 1..=shape.versions {
            for architecture in ["amd64", "i386"] {
                if (architecture == "i386" && !shape.multi_arch)
                    || random.percent(if shape.versions == 1 { 5 } else { 30 })
                {
                    continue;
                }
                let mut package = package(random, shape, prefix, name, version, architecture);
                if shape.plain {
                    package.provides = provides.iter().map(|(name, _)| (name.clone(), None)).collect();
                }
                packages.push(package);
            }
        }
    }
    random.shuffle(&mut packages);
    packages
}

fn package(
    random: &mut Random,
    shape: Shape,
    prefix: &str,
    name: u64,
    version: u64,
    architecture: &'static str,
) -> Package {
    let mut relations = |chance: u64, alternatives: u64| {
        let mut groups = Vec::new();
        while groups.len() < 4 && random.percent(chance) {
            groups.push((0..=random.below(alternatives)).map(|_| relation(random, shape, prefix)).collect::<Vec<_>>());
        }
        groups
    };
    let (depends, pre_depends) = (relations(shape.needs, 3), relations(shape.needs / 5, 2));
    let (conflicts, breaks) = (relations(shape.conflicts, 1).concat(), relations(shape.conflicts / 2, 1).concat());
    let multi_arch = if shape.multi_arch { ["", "same", "foreign", "allowed"][random.below(4) as usize] } else { "" };
    // What is for all architectures can't be `Multi-Arch: same` in several of them.
    let is_all = architecture == "amd64" && multi_arch != "same" && random.percent(30);
    Package {
        name: format!("{prefix}p{name}"),
        version,
        architecture: if is_all { "all" } else { architecture },
        multi_arch,
        depends,
        pre_depends,
        conflicts,
        breaks,
        provides: provided(random, prefix),
    }
}

fn provided(random: &mut Random, prefix: &str) -> Vec<(String, Option<u64>)> {
    let mut provides = Vec::new();
    for virtual_name in 0..2 {
        if random.percent(20) {
            let version = random.percent(40).then(|| 1 + random.below(3));
            provides.push((format!("{prefix}v{virtual_name}"), version));
        }
    }
    provides
}

fn relation(random: &mut Random, shape: Shape, prefix: &str) -> Relation {
    let is_virtual = random.percent(20);
    let name = if is_virtual {
        format!("{prefix}v{}", random.below(2))
    } else {
        // One name more than there is: it is missing.
        format!("{prefix}p{}", random.below(shape.names * 20 + 1) / 20)
    };
    let has_version = random.percent(40) && !(shape.plain && is_virtual);
    let version = has_version
        .then(|| (["<<", "<=", "=", ">=", ">>"][random.below(5) as usize], 1 + random.below(shape.versions + 1)));
    let any = shape.multi_arch && !shape.plain && !is_virtual && random.percent(10);
    Relation { name, any, version }
}
