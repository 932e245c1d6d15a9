//! SPDX 2.3 (ISO/IEC 5962), the JSON form.

use serde::Serialize;

use super::{Lock, Locked, Options, json, time, uuid};
use crate::error::{Error, Kind, Result};

const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// What the bill is about.
const ROOT: &str = "SPDXRef-Environment";

const NOTHING_SAID: &str = "NOASSERTION";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    spdx_version: &'static str,
    data_license: &'static str,
    #[serde(rename = "SPDXID")]
    id: &'static str,
    name: String,
    document_namespace: String,
    creation_info: Creation,
    packages: Vec<Package>,
    relationships: Vec<Relationship>,
}

#[derive(Serialize)]
struct Creation {
    created: String,
    creators: [String; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    name: String,
    #[serde(rename = "SPDXID")]
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_info: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package_file_name: Option<String>,
    download_location: String,
    files_analyzed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checksums: Vec<Checksum>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_info: Option<String>,
    license_concluded: &'static str,
    license_declared: &'static str,
    copyright_text: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_refs: Vec<ExternalRef>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checksum {
    algorithm: &'static str,
    checksum_value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExternalRef {
    reference_category: &'static str,
    reference_type: &'static str,
    reference_locator: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    spdx_element_id: String,
    relationship_type: &'static str,
    related_spdx_element: String,
}

impl Relationship {
    fn new(of: &str, kind: &'static str, to: &str) -> Self {
        Self { spdx_element_id: of.to_owned(), relationship_type: kind, related_spdx_element: to.to_owned() }
    }
}

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
    json(&Document {
        spdx_version: "SPDX-2.3",
        data_license: "CC0-1.0",
        id: DOCUMENT,
        name: options.name.clone(),
        document_namespace: format!("urn:uuid:{}", uuid(lock.digest())),
        creation_info: Creation {
            created: time(created),
            creators: [format!("Tool: reposnap-{}", env!("CARGO_PKG_VERSION"))],
        },
        packages,
        relationships,
    })
}

/// What the bill is about: the environment, which is no package.
fn root(lock: &Lock, options: &Options) -> Package {
    Package {
        name: options.name.clone(),
        id: ROOT.to_owned(),
        version_info: Some(lock.digest().to_string()),
        package_file_name: None,
        download_location: NOTHING_SAID.to_owned(),
        files_analyzed: false,
        checksums: Vec::new(),
        source_info: Some(format!("locked from the snapshot {}", lock.head().snapshot)),
        license_concluded: NOTHING_SAID,
        license_declared: NOTHING_SAID,
        copyright_text: NOTHING_SAID,
        external_refs: Vec::new(),
    }
}

fn package(locked: &Locked, id: String, options: &Options) -> Package {
    Package {
        name: locked.name.clone(),
        id,
        version_info: Some(locked.version.clone()),
        package_file_name: locked.file.rsplit('/').next().map(str::to_owned),
        download_location: options.url(locked).unwrap_or_else(|| NOTHING_SAID.to_owned()),
        files_analyzed: false,
        checksums: vec![Checksum { algorithm: "SHA256", checksum_value: locked.sha256.to_string() }],
        source_info: Some(format!("built from the source package {} {}", locked.source, locked.source_version)),
        license_concluded: NOTHING_SAID,
        license_declared: NOTHING_SAID,
        copyright_text: NOTHING_SAID,
        external_refs: vec![ExternalRef {
            reference_category: "PACKAGE-MANAGER",
            reference_type: "purl",
            reference_locator: options.purl(locked),
        }],
    }
}

/// An identifier may have letters, digits, `.` and `-` alone: a full stop begins what stands for the others, and two stand
/// between name and architecture.
fn id(package: &Locked, native: &str) -> String {
    let mut id = "SPDXRef-Package-".to_owned();
    for char in package.name.chars() {
        match char {
            '+' => id.push_str(".p"),
            '.' => id.push_str(".d"),
            '_' => id.push_str(".u"),
            other => id.push(other),
        }
    }
    id + ".." + package.home(native)
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
