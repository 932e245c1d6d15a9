//! How packages came with layers: the database after each layer that touched it, and what that layer changed.

use std::collections::HashMap;

use crate::package::{Family, Package};

/// The packages as they stood after a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerState {
    /// The layer, counted from the base; none for a root folder and a machine.
    pub layer: Option<usize>,
    /// Its packages, those of the layers below with it, in the order of [`crate::Inventory::packages`].
    pub packages: Vec<Package>,
}

/// What a layer did to the packages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    /// How many it brought, changed or removed.
    pub(crate) count: usize,
    /// Those that are gone, or of which no more than configuration is left, as `name:architecture`.
    pub(crate) removed: Vec<String>,
}

/// Tells by what was there `before` which of the packages of `now` came with `layer`, and notes it in them.
pub(crate) fn attribute(before: &[Package], now: &mut [Package], layer: Option<usize>) -> Change {
    type Key<'a> = (Family, &'a str, &'a str);
    fn key(package: &Package) -> Key<'_> {
        (package.family, &package.name, &package.architecture)
    }
    // Several versions of one package may be installed: rpm does so with kernels and keys.
    let mut known: HashMap<Key<'_>, Vec<&Package>> = HashMap::with_capacity(before.len());
    for package in before {
        known.entry(key(package)).or_default().push(package);
    }
    let mut change = Change::default();
    for package in now.iter_mut() {
        let same = known.get(&key(package)).and_then(|packages| {
            packages.iter().find(|known| known.version == package.version && known.state == package.state)
        });
        match same {
            Some(same) => package.layer = same.layer,
            None => {
                package.layer = layer;
                change.count += 1;
            }
        }
    }
    let mut there: HashMap<Key<'_>, bool> = HashMap::with_capacity(now.len());
    for package in now.iter() {
        *there.entry(key(package)).or_default() |= package.state.has_files();
    }
    for (key, packages) in &known {
        let had_files = packages.iter().any(|package| package.state.has_files());
        let gone = match there.get(key) {
            None => {
                change.count += 1;
                true
            }
            // It is counted already: its state is another one.
            Some(has_files) => had_files && !has_files,
        };
        if gone {
            change.removed.push(format!("{}:{}", key.1, key.2));
        }
    }
    change.removed.sort();
    change
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::package::{Source, State};

    fn package(name: &str, version: &str, status: &str, layer: Option<usize>) -> Package {
        Package {
            family: Family::Rpm,
            name: name.into(),
            version: version.into(),
            architecture: "x".into(),
            source: Source { name: name.into(), version: version.into() },
            layer,
            state: State { status: status.into(), ..State::installed() },
            built_using: Vec::new(),
            static_built_using: Vec::new(),
            installed_at: None,
            vendor: None,
            proof: None,
            place: String::new(),
            stanza: Arc::default(),
            md5sums: None,
        }
    }

    #[test]
    fn who_brought_what() {
        let before = [
            package("kept", "1", "installed", Some(0)),
            package("upgraded", "1", "installed", Some(0)),
            package("removed", "1", "installed", Some(0)),
            package("purged", "1", "config-files", Some(1)),
            package("gone", "1", "installed", Some(1)),
            package("kernel", "1", "installed", Some(0)),
        ];
        let mut now = [
            package("kept", "1", "installed", None),
            package("upgraded", "2", "installed", None),
            package("removed", "1", "config-files", None),
            package("kernel", "1", "installed", None),
            package("kernel", "2", "installed", None),
            package("new", "1", "installed", None),
        ];
        let change = attribute(&before, &mut now, Some(2));
        let layers: Vec<_> = now.iter().map(|package| package.layer.unwrap()).collect();
        assert_eq!(layers, [0, 2, 2, 0, 2, 2]);
        assert_eq!(change.count, 6);
        assert_eq!(change.removed, ["gone:x", "purged:x", "removed:x"]);
    }
}
