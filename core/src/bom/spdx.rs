//! The documents of SPDX 2.3 (ISO/IEC 5962), the JSON form: as much of them as is written here.

use jiff::Timestamp;
use serde::Serialize;

use super::time;

/// The identifier of the document itself.
pub const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// What stands where nobody said anything.
pub const NOTHING_SAID: &str = "NOASSERTION";

/// A document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    spdx_version: &'static str,
    data_license: &'static str,
    #[serde(rename = "SPDXID")]
    id: &'static str,
    /// What it is about.
    pub name: String,
    /// A name of the document that no other has: `urn:uuid:` and a UUID.
    pub document_namespace: String,
    creation_info: Creation,
    /// What somebody has to say about the document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
    /// What there is.
    pub packages: Vec<Package>,
    /// How it hangs together.
    pub relationships: Vec<Relationship>,
}

impl Document {
    /// An empty document, made by this library at `created`.
    pub fn new(name: String, document_namespace: String, created: Timestamp) -> Self {
        Self {
            spdx_version: "SPDX-2.3",
            data_license: "CC0-1.0",
            id: DOCUMENT,
            name,
            document_namespace,
            creation_info: Creation { created: time(created), creators: [tool()] },
            annotations: Vec::new(),
            packages: Vec::new(),
            relationships: Vec::new(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Creation {
    created: String,
    creators: [String; 1],
}

/// This library, as a creator: `Tool: reposnap-` and its version.
pub fn tool() -> String {
    format!("Tool: reposnap-{}", env!("CARGO_PKG_VERSION"))
}

/// A package, or what else a document is about.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its identifier: `SPDXRef-` and letters, digits, `.` and `-`.
    #[serde(rename = "SPDXID")]
    pub id: String,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_info: Option<String>,
    /// The name of its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_file_name: Option<String>,
    /// Where its file is.
    pub download_location: String,
    /// Whether its files are listed.
    pub files_analyzed: bool,
    /// Digests of its file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checksums: Vec<Checksum>,
    /// Where it came from, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_info: Option<String>,
    /// Its licence as somebody found it to be.
    pub license_concluded: &'static str,
    /// Its licence as it says.
    pub license_declared: &'static str,
    /// Whose it is.
    pub copyright_text: &'static str,
    /// What others know it by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub external_refs: Vec<ExternalRef>,
    /// `CONTAINER`, `OPERATING-SYSTEM`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_package_purpose: Option<&'static str>,
    /// What somebody has to say about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
}

impl Package {
    /// A package of which no more than its name is said.
    pub fn new(name: impl Into<String>, id: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            id: id.into(),
            version_info: None,
            package_file_name: None,
            download_location: NOTHING_SAID.to_owned(),
            files_analyzed: false,
            checksums: Vec::new(),
            source_info: None,
            license_concluded: NOTHING_SAID,
            license_declared: NOTHING_SAID,
            copyright_text: NOTHING_SAID,
            external_refs: Vec::new(),
            primary_package_purpose: None,
            annotations: Vec::new(),
        }
    }
}

/// A digest.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checksum {
    /// `SHA256`.
    pub algorithm: &'static str,
    /// Hexadecimal digits.
    pub checksum_value: String,
}

/// What others know a package by.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExternalRef {
    /// `PACKAGE-MANAGER`, `SECURITY`.
    pub reference_category: &'static str,
    /// `purl`, `advisory`.
    pub reference_type: &'static str,
    /// It.
    pub reference_locator: String,
    /// More, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl ExternalRef {
    /// The package's URL.
    pub fn purl(purl: String) -> Self {
        Self { reference_category: "PACKAGE-MANAGER", reference_type: "purl", reference_locator: purl, comment: None }
    }
}

/// What somebody has to say about a package or the document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotation {
    /// When.
    pub annotation_date: String,
    annotation_type: &'static str,
    /// Who.
    pub annotator: String,
    /// What.
    pub comment: String,
}

impl Annotation {
    /// What this library says at `date`.
    pub fn new(date: Timestamp, comment: impl Into<String>) -> Self {
        Self { annotation_date: time(date), annotation_type: "OTHER", annotator: tool(), comment: comment.into() }
    }
}

/// How two elements hang together.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Relationship {
    spdx_element_id: String,
    relationship_type: &'static str,
    related_spdx_element: String,
}

impl Relationship {
    /// `of` is in the relation `kind`, such as `DEPENDS_ON`, to `to`.
    pub fn new(of: &str, kind: &'static str, to: &str) -> Self {
        Self { spdx_element_id: of.to_owned(), relationship_type: kind, related_spdx_element: to.to_owned() }
    }
}

/// Text as a part of an identifier, which may have letters, digits, `.` and `-` alone: a full stop begins what stands for
/// anything else, so that no two texts come out alike.
///
/// ```
/// use reposnap::bom::spdx::escaped;
/// assert_eq!(escaped("libstdc++6"), "libstdc.p.p6");
/// assert_eq!(escaped("1:2.0_1~x"), "1.x3a.2.d0.u1.x7e.x");
/// ```
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' => out.push(char),
            '+' => out.push_str(".p"),
            '.' => out.push_str(".d"),
            '_' => out.push_str(".u"),
            other => out.push_str(&format!(".x{:x}.", u32::from(other))),
        }
    }
    out
}
