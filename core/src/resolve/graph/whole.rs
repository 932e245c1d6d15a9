//! How many packages need one in all, where nobody asks how far away each of them is.

use std::mem::take;

use super::walk::Walk;

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
    let mut is_unreached = vec![false; universe.version_count() as usize];
    for package in 0..universe.package_count() {
        if let Some(is_unreached) = is_unreached.get_mut(candidates.candidate_number(package) as usize) {
            *is_unreached = true;
        }
    }
    let mut is_unread = vec![true; universe.dep_count() as usize];
    let mut open = walk.versions_of(package);
    open.iter().for_each(|version| is_unreached[*version as usize] = false);
    let mut count = 0;
    while let Some(version) = open.pop() {
        for atom in universe.atoms_answered_by(version) {
            if !options.providers && universe.atom_name(*atom) != walk.name_of(version) {
                continue;
            }
            for dep in universe.deps_with(*atom) {
                if !options.kinds.has(universe.dep_kind(*dep)) || !take(&mut is_unread[*dep as usize]) {
                    continue;
                }
                for other in universe.versions_with(*dep) {
                    if take(&mut is_unreached[*other as usize]) {
                        open.push(*other);
                        count += 1;
                    }
                }
            }
        }
    }
    Some(count)
}
