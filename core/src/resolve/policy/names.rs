//! The packages that a `Package` line names.

use std::collections::HashMap;

use super::glob;
use super::pattern::{MAX_LENGTH, Pattern};
use super::posix::Fault;
use crate::resolve::universe::Universe;
use crate::resolve::universe::rows::NATIVE;

/// One word of a `Package` line.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// `src:`: packages by the name of their source.
    source: bool,
    name: Name,
    architecture: Architecture,
}

#[derive(Clone, Debug)]
enum Name {
    /// Compared byte for byte.
    Exact(String),
    Pattern(Pattern),
}

#[derive(Clone, Debug)]
enum Architecture {
    Native,
    Any,
    /// A name or a pattern of one.
    Named(String),
}

impl Names {
    pub(super) fn parse(word: &str) -> Result<Self, Fault> {
        if word.len() > MAX_LENGTH {
            return Err(Fault::Unsupported("it is longer than 1024 bytes"));
        }
        let (source, word) = word.strip_prefix("src:").map_or((false, word), |word| (true, word));
        // The last colon counts, even one within a pattern.
        let (name, architecture) = word.rsplit_once(':').unwrap_or((word, ""));
        let architecture = match architecture {
            "" => Architecture::Native,
            "any" => Architecture::Any,
            other => Architecture::Named(other.to_owned()),
        };
        let is_pattern = name.starts_with('/') || name.contains(['*', '?', '[']);
        let name = if is_pattern { Name::Pattern(Pattern::parse(name)?) } else { Name::Exact(name.to_owned()) };
        Ok(Self { source, name, architecture })
    }

    /// Whether finding what it names takes a look at every package.
    pub(super) fn is_slow(&self) -> bool {
        self.source || matches!(self.name, Name::Pattern(_))
    }

    /// Shows `visit` each version that it names.
    pub(super) fn each_version(&self, universe: &Universe, mut visit: impl FnMut(u32)) {
        let architectures: Vec<bool> =
            (0..).zip(universe.architectures()).map(|(id, name)| self.architecture.is(id, name)).collect();
        let takes = |package: u32| architectures[universe.package_architecture(package) as usize];
        if self.source {
            let mut known = HashMap::new();
            for version in 0..universe.version_count() {
                if !takes(universe.package_of(version)) {
                    continue;
                }
                let fits = match &self.name {
                    Name::Exact(name) => universe.source_of(version).0 == name,
                    // Equal names stand in one place.
                    Name::Pattern(pattern) => *known
                        .entry(universe.source_key(version).0)
                        .or_insert_with(|| pattern.matches(universe.source_of(version).0)),
                };
                if fits {
                    visit(version);
                }
            }
            return;
        }
        let mut all_of = |name: u32| {
            for package in universe.packages_of(name).iter().filter(|package| takes(**package)) {
                universe.versions_of(*package).for_each(&mut visit);
            }
        };
        match &self.name {
            Name::Exact(name) => universe.find_name(name).into_iter().for_each(&mut all_of),
            Name::Pattern(pattern) => (0..universe.name_count())
                .filter(|name| pattern.matches(universe.name_text(*name)))
                .for_each(&mut all_of),
        }
    }
}

impl Architecture {
    fn is(&self, id: u32, name: &str) -> bool {
        match self {
            Self::Native => id == NATIVE,
            Self::Any => true,
            Self::Named(text) => {
                glob::matches(text.as_bytes(), name.as_bytes(), false)
                    || glob::matches(wildcard(text).as_bytes(), tuple(name).as_bytes(), false)
            }
        }
    }
}

/// An architecture in full: library, kernel, processor.
fn tuple(name: &str) -> String {
    match name.bytes().filter(|byte| *byte == b'-').count() {
        0 => format!("gnu-linux-{name}"),
        1 => format!("gnu-{name}"),
        _ => name.to_owned(),
    }
}

/// A wildcard of architectures in full (Debian policy 11.1): `linux-any` is `*-linux-*`.
fn wildcard(text: &str) -> String {
    let parts: Vec<&str> = text.split('-').map(|part| if part == "any" { "*" } else { part }).collect();
    match parts.as_slice() {
        [processor] => format!("gnu-linux-{processor}"),
        [kernel, processor] => format!("*-{kernel}-{processor}"),
        _ => parts.join("-"),
    }
}
