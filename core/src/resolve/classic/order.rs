//! The order in which apt walks over all packages: that of a table of hashes of their names.

use super::super::universe::Universe;

/// How many slots the table has (`APT::Cache-HashTableSize`).
const SLOTS: u32 = 196_613;

/// Sorts packages as apt walks over them.
pub(super) fn order(universe: &Universe, packages: &mut [u32]) {
    packages.sort_by_cached_key(|package| (slot_of(universe, *package), *package));
}

/// Where a package is in the table.
pub(super) fn slot_of(universe: &Universe, package: u32) -> u32 {
    slot(universe.name_text(universe.package_name(package)))
}

fn slot(name: &str) -> u32 {
    let hash = |hash: u32, byte: u8| hash.wrapping_mul(33).wrapping_add(u32::from(byte.to_ascii_lowercase()));
    name.bytes().fold(5381, hash) % SLOTS
}
