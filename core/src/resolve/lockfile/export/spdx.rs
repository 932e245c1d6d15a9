//! SPDX 2.3 (ISO/IEC 5962), the JSON form.

use super::{Lock, Locked, Options};
use crate::bom::spdx::{Checksum, DOCUMENT, Document, ExternalRef, NOTHING_SAID, Package, Relationship, escaped};
use crate::bom::{json, uuid};
use crate::error::{Error, Kind, Result};

/// What the bill is about.
const ROOT: &str = "SPDXRef-Environment";

pub(super) fn write(lock: &Lock, options: &Options) -> Result<String> {
    let created = options
        .created
        .ok_or_else(|| Error::new(Kind::Usage, "SPDX wants to know when the document was made").field("created"))?;
    let ids: Vec<String> = lock.packages().iter().map(|package| id(package, lock.native())).collect();
    let graph = options.graph(lock);
    let mut relationships = vec![Relationship::new(DOCUMENT, "DESCRIBES", ROOT)];
    relationships.extend(graph.roots(lock).into_iter().map(|at| Relationship::new(ROOT, "DEPENDS_ON", &ids[at])));
    relationships.extend(graph.edges.iter().map(|(from, to, hard)| match hard {
        true => Relationship::new(&ids[*from], "DEPENDS_ON", &ids[*to]),
        false => Relationship::new(&ids[*to], "OPTIONAL_DEPENDENCY_OF", &ids[*from]),
    }));
    let mut packages = vec![root(lock, options)];
    packages.extend(lock.packages().iter().zip(ids).map(|(locked, id)| package(locked, id, options)));
    let namespace = format!("urn:uuid:{}", uuid(lock.digest()));
    let mut document = Document::new(options.name.clone(), namespace, created);
    (document.packages, document.relationships) = (packages, relationships);
    json(&document)
}

/// What the bill is about: the environment, which is no package.
fn root(lock: &Lock, options: &Options) -> Package {
    Package {
        version_info: Some(lock.digest().to_string()),
        source_info: Some(format!("locked from the snapshot {}", lock.head().snapshot)),
        ..Package::new(&options.name, ROOT)
    }
}

fn package(locked: &Locked, id: String, options: &Options) -> Package {
    Package {
        version_info: Some(locked.version.clone()),
        package_file_name: locked.file.rsplit('/').next().map(str::to_owned),
        download_location: options.url(locked).unwrap_or_else(|| NOTHING_SAID.to_owned()),
        checksums: vec![Checksum { algorithm: "SHA256", checksum_value: locked.sha256.to_string() }],
        source_info: Some(format!("built from the source package {} {}", locked.source, locked.source_version)),
        external_refs: vec![ExternalRef::purl(options.purl(locked))],
        ..Package::new(&locked.name, id)
    }
}

/// Two full stops stand between name and architecture.
fn id(package: &Locked, native: &str) -> String {
    format!("SPDXRef-Package-{}..{}", escaped(&package.name), package.home(native))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    #[test]
    fn identifiers_differ() {
        let id = |name: &str, architecture: &str| {
            super::id(&Locked::new(name, "1", architecture, 1, Digest::of(b""), "a.deb"), "amd64")
        };
        assert_eq!(id("libstdc++6", "amd64"), "SPDXRef-Package-libstdc.p.p6..amd64");
        assert_eq!(id("python3.11", "all"), "SPDXRef-Package-python3.d11..amd64");
        assert_ne!(id("a+", "amd64"), id("a.p", "amd64"));
        assert_ne!(id("a", "i386"), id("a", "amd64"));
    }
}
