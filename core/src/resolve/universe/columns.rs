//! The parts of a universe as they are read: each number that leads somewhere was held against what is there.

use std::ops::Range;

use bytes::Bytes;

use super::build::usual_file;
use super::rows::flag;
use super::tables::{Object, Part, Table, damaged};
use crate::error::Result;

/// Lists of numbers, one behind the other.
#[derive(Default)]
pub(super) struct Runs {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Runs {
    /// The list of a row; empty where there is no such row.
    #[inline]
    pub(super) fn of(&self, row: u32) -> &[u32] {
        self.items.get(range(&self.starts, row)).unwrap_or_default()
    }

    /// Collects pairs as lists of their second by their first, which is below `rows`, in the order of the pairs.
    pub(super) fn collect(rows: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut starts = vec![0_u32; rows + 2];
        // Each start is kept a row further on, so that filling a list moves it to where the next one begins.
        pairs.clone().for_each(|(row, _)| starts[row as usize + 2] += 1);
        for row in 2..starts.len() {
            starts[row] += starts[row - 1];
        }
        let mut items = vec![0; starts[rows + 1] as usize];
        for (row, item) in pairs {
            let next = &mut starts[row as usize + 1];
            items[*next as usize] = item;
            *next += 1;
        }
        starts.pop();
        Self { starts, items }
    }
}

/// The run of a row among starts that have one more than there are rows.
#[inline]
pub(super) fn range(starts: &[u32], row: u32) -> Range<usize> {
    match starts.get(row as usize..(row as usize).saturating_add(2)) {
        Some([start, end]) => *start as usize..*end as usize,
        _ => 0..0,
    }
}

/// Texts, one behind the other.
#[derive(Default)]
pub(super) struct Texts {
    starts: Vec<u32>,
    heap: Bytes,
}

impl Texts {
    pub(super) fn new(starts: Vec<u32>, heap: Bytes) -> Self {
        Self { starts, heap }
    }

    #[inline]
    pub(super) fn bytes(&self, number: u32) -> &[u8] {
        self.heap.get(range(&self.starts, number)).unwrap_or_default()
    }

    pub(super) fn text(&self, number: u32) -> &str {
        std::str::from_utf8(self.bytes(number)).unwrap_or_default()
    }
}

/// What solvers read.
pub(super) struct Relations {
    pub(super) name_count: usize,
    pub(super) name_packages: Runs,
    pub(super) providers: Runs,
    pub(super) package_names: Vec<u32>,
    pub(super) package_architectures: Bytes,
    /// Where the versions of each package begin, and the end of the last one's.
    pub(super) package_versions: Vec<u32>,
    /// `ESSENTIAL` and `IMPORTANT` of any of its versions.
    pub(super) package_flags: Vec<u8>,
    pub(super) version_packages: Vec<u32>,
    pub(super) version_architectures: Bytes,
    pub(super) version_flags: Bytes,
    pub(super) version_priorities: Bytes,
    pub(super) version_sets: Vec<u32>,
    pub(super) version_deps: Runs,
    pub(super) sets: Runs,
    pub(super) dep_kinds: Bytes,
    pub(super) dep_atoms: Runs,
    pub(super) atom_names: Vec<u32>,
    pub(super) atom_architectures: Bytes,
    pub(super) atom_ops: Bytes,
    pub(super) targets: Runs,
}

impl Relations {
    /// Reads what solvers read, of a universe with so many architectures and lists.
    pub(super) fn open(object: &Object, architectures: usize, lists: usize) -> Result<Self> {
        let part = object.part(Part::Relations)?;
        let count = |table| object.count(table);
        let (names, packages) = (count(Table::Sorted), count(Table::PackageNames));
        let (versions, deps, atoms) = (count(Table::VersionFlags), count(Table::DepKinds), count(Table::AtomNames));
        let sets = count(Table::SetCounts);
        let same = |table, rows: usize| match count(table) == rows {
            true => Ok(()),
            false => Err(damaged("a table has another length")),
        };
        let runs = |counts, items, rows, limit| {
            same(counts, rows)?;
            Ok(Runs { starts: part.starts(counts, count(items))?, items: part.below(items, limit)? })
        };
        let architectures_of = |table, rows| {
            let numbers = part.small(table, rows)?;
            match numbers.iter().all(|number| usize::from(*number) < architectures) {
                true => Ok(numbers),
                false => Err(damaged("a number leads to nothing")),
            }
        };
        for (table, rows) in [(Table::PackageVersionCounts, packages), (Table::VersionSets, versions)] {
            same(table, rows)?;
        }
        let package_names = part.below(Table::PackageNames, names)?;
        let package_versions = part.starts(Table::PackageVersionCounts, versions)?;
        let version_flags = part.small(Table::VersionFlags, versions)?;
        let mut version_packages = vec![0; versions];
        let mut package_flags = vec![0; packages];
        for package in 0..packages as u32 {
            let run = range(&package_versions, package);
            version_packages[run.clone()].fill(package);
            let all = version_flags[run].iter().fold(0, |all, flags| all | flags);
            package_flags[package as usize] = all & (flag::ESSENTIAL | flag::IMPORTANT) as u8;
        }
        let by_name = package_names.iter().zip(0..).map(|(name, package)| (*name, package));
        Ok(Self {
            name_packages: Runs::collect(names, by_name),
            name_count: names,
            providers: runs(Table::NameProviderCounts, Table::Providers, names, versions)?,
            package_names,
            package_architectures: architectures_of(Table::PackageArchitectures, packages)?,
            package_versions,
            package_flags,
            version_packages,
            version_architectures: architectures_of(Table::VersionArchitectures, versions)?,
            version_flags,
            version_priorities: part.small(Table::VersionPriorities, versions)?,
            version_sets: part.below(Table::VersionSets, sets)?,
            version_deps: runs(Table::VersionDepCounts, Table::VersionDeps, versions, deps)?,
            sets: runs(Table::SetCounts, Table::SetLists, sets, lists)?,
            dep_kinds: part.small(Table::DepKinds, deps)?,
            dep_atoms: runs(Table::DepAtomCounts, Table::DepAtoms, deps, atoms)?,
            atom_names: part.below(Table::AtomNames, names)?,
            atom_architectures: part.small(Table::AtomArchitectures, atoms)?,
            atom_ops: part.small(Table::AtomOps, atoms)?,
            targets: runs(Table::AtomTargetCounts, Table::Targets, atoms, versions)?,
        })
    }

    /// The way back: from versions to the atoms that they answer, from those to dependencies, from those to versions.
    pub(super) fn reverse(&self) -> Reverse {
        let pairs = |runs: &'_ Runs, rows: usize, to: usize| {
            let pairs = (0..rows as u32).flat_map(|row| runs.of(row).iter().map(move |item| (*item, row)));
            Runs::collect(to, pairs)
        };
        let (versions, deps, atoms) = (self.version_flags.len(), self.dep_kinds.len(), self.atom_names.len());
        Reverse {
            atoms_by_version: pairs(&self.targets, atoms, versions),
            deps_by_atom: pairs(&self.dep_atoms, deps, atoms),
            versions_by_dep: pairs(&self.version_deps, versions, deps),
        }
    }
}

/// The way back. It follows from the way there, so it is made when somebody first asks.
pub(super) struct Reverse {
    pub(super) atoms_by_version: Runs,
    pub(super) deps_by_atom: Runs,
    pub(super) versions_by_dep: Runs,
}

/// What is shown of versions and relations.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) texts: Texts,
    pub(super) versions: Vec<u32>,
    pub(super) sources: Vec<u32>,
    pub(super) source_versions: Vec<u32>,
    /// What each version provides: a run of the three that follow.
    pub(super) version_provides: Vec<u32>,
    pub(super) provide_names: Vec<u32>,
    pub(super) provide_architectures: Bytes,
    pub(super) provide_texts: Vec<u32>,
    pub(super) atoms: Vec<u32>,
}

impl Shown {
    /// Reads what is shown. Numbers that lead to nothing show nothing.
    pub(super) fn open(object: &Object) -> Result<Self> {
        let part = object.part(Part::Texts)?;
        let (heap, provides) = (part.heap(), object.count(Table::ProvideNames));
        Ok(Self {
            texts: Texts { starts: part.starts(Table::TextLengths, heap.len())?, heap },
            versions: part.numbers(Table::VersionTexts)?,
            sources: part.numbers(Table::VersionSources)?,
            source_versions: part.numbers(Table::VersionSourceVersions)?,
            version_provides: part.starts(Table::VersionProvideCounts, provides)?,
            provide_names: part.below(Table::ProvideNames, object.count(Table::Sorted))?,
            provide_architectures: part.small(Table::ProvideArchitectures, provides)?,
            provide_texts: part.numbers(Table::ProvideTexts)?,
            atoms: part.numbers(Table::AtomTexts)?,
        })
    }
}

/// Where files are, and how large.
#[derive(Default)]
pub(super) struct Files {
    texts: Texts,
    directories: Vec<u32>,
    names: Vec<u32>,
    sizes: Vec<u32>,
    sizes_above: Vec<u32>,
    installed: Vec<u32>,
}

impl Files {
    pub(super) fn open(object: &Object) -> Result<Self> {
        let part = object.part(Part::Files)?;
        let heap = part.heap();
        Ok(Self {
            texts: Texts { starts: part.starts(Table::FileTextLengths, heap.len())?, heap },
            directories: part.numbers(Table::Directories)?,
            names: part.numbers(Table::FileNames)?,
            sizes: part.numbers(Table::Sizes)?,
            sizes_above: part.numbers(Table::SizesAbove)?,
            installed: part.numbers(Table::InstalledSizes)?,
        })
    }

    /// The directory and the name of a file; without a name it is the usual one.
    pub(super) fn path(&self, version: u32) -> (&str, &str) {
        (self.texts.text(get(&self.directories, version)), self.texts.text(get(&self.names, version)))
    }

    pub(super) fn size(&self, version: u32) -> u64 {
        u64::from(get(&self.sizes, version)) | u64::from(get(&self.sizes_above, version)) << 32
    }

    pub(super) fn installed(&self, version: u32) -> u64 {
        u64::from(get(&self.installed, version))
    }
}

/// The path of a file, given its directory, its name, or what the usual one is made of.
pub(super) fn path(directory: &str, file: &str, name: &str, version: &str, architecture: &str) -> String {
    if !file.is_empty() {
        return format!("{directory}{file}");
    }
    let usual = usual_file(name.as_bytes(), version.as_bytes(), architecture);
    format!("{directory}{}", String::from_utf8_lossy(&usual))
}

/// A number of a column; 0 where there is none such.
#[inline]
pub(super) fn get<T: Copy + Default>(column: &[T], row: u32) -> T {
    column.get(row as usize).copied().unwrap_or_default()
}
