//! How many packages need one in all, where nobody asks how far away each of them is.

use super::walk::Walk;

/// A set of small numbers.
struct Bits(Vec<u64>);

impl Bits {
    fn new(length: u32) -> Self {
        Self(vec![0; length as usize / 64 + 1])
    }

    fn add(&mut self, number: u32) {
        self.0[number as usize / 64] |= 1 << (number % 64);
    }

    /// Takes a number out, and tells whether it was in.
    #[inline]
    fn take(&mut self, number: u32) -> bool {
        let (word, bit) = (&mut self.0[number as usize / 64], 1 << (number % 64));
        let was_in = *word & bit != 0;
        *word &= !bit;
        was_in
    }

    /// Puts a number in, and tells whether it was not.
    #[inline]
    fn put(&mut self, number: u32) -> bool {
        let (word, bit) = (&mut self.0[number as usize / 64], 1 << (number % 64));
        let was_out = *word & bit == 0;
        *word |= bit;
        was_out
    }
}

/// How many packages need `package` by relations that are followed, directly or through others; none where versions that are
/// nobody's candidate count, too.
///
/// Without levels and names, a relation has to be looked at once only, whatever meets it and whoever has it.
pub(super) fn dependents(walk: &Walk<'_>, package: u32) -> Option<u64> {
    let Walk { universe, candidates, options } = *walk;
    let is_followed = options.kinds == options.kinds.positive() && options.depth.is_none();
    if options.all_versions || !is_followed {
        return None;
    }
    // One version of each package counts, so versions are as good as packages.
    let mut unreached = Bits::new(universe.version_count());
    let versions = (0..universe.package_count()).map(|package| candidates.candidate_number(package));
    versions.filter(|version| *version < universe.version_count()).for_each(|version| unreached.add(version));
    let (mut deps, mut atoms) = (Bits::new(universe.dep_count()), Bits::new(universe.atom_count()));
    let mut open = walk.versions_of(package);
    open.iter().for_each(|version| drop(unreached.take(*version)));
    let mut count = 0;
    while let Some(version) = open.pop() {
        let own = walk.name_of(version);
        for atom in universe.atoms_answered_by(version) {
            if !options.providers && universe.atom_name(*atom) != own || !atoms.put(*atom) {
                continue;
            }
            for dep in universe.deps_with(*atom) {
                if !options.kinds.has(universe.dep_kind(*dep)) || !deps.put(*dep) {
                    continue;
                }
                for other in universe.versions_with(*dep) {
                    if unreached.take(*other) {
                        open.push(*other);
                        count += 1;
                    }
                }
            }
        }
    }
    Some(count)
}
