//! The documents of CycloneDX 1.6 (ECMA-424), the JSON form: as much of them as is written here.

use serde::Serialize;

/// A bill of materials.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bom {
    #[serde(rename = "$schema")]
    schema: &'static str,
    bom_format: &'static str,
    spec_version: &'static str,
    /// `urn:uuid:` and a UUID.
    pub serial_number: String,
    version: u32,
    /// What the bill is about, and who made it.
    pub metadata: Metadata,
    /// What there is.
    pub components: Vec<Component>,
    /// Who needs whom.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// What is known to be wrong with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vulnerabilities: Vec<Vulnerability>,
    /// Whether what is said is all there is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub compositions: Vec<Composition>,
    /// What somebody has to say about parts of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
}

impl Bom {
    /// An empty bill of the first version.
    pub fn new(serial_number: String, metadata: Metadata) -> Self {
        Self {
            schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
            bom_format: "CycloneDX",
            spec_version: "1.6",
            serial_number,
            version: 1,
            metadata,
            ..Self::default()
        }
    }
}

/// What a bill is about, and who made it.
#[derive(Debug, Default, Serialize)]
pub struct Metadata {
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// What made it.
    pub tools: Tools,
    /// What it is about.
    pub component: Component,
    /// More.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<Property>,
}

/// What made a bill.
#[derive(Debug, Serialize)]
pub struct Tools {
    components: [Component; 1],
}

impl Default for Tools {
    /// This library, at its version.
    fn default() -> Self {
        Self { components: [Component::this()] }
    }
}

/// A component: a package, an image, a program.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    /// `library`, `application`, `container`, `operating-system`.
    pub r#type: &'static str,
    /// What others name it by in this document.
    #[serde(rename = "bom-ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Its name.
    pub name: String,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Digests of its file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<Hash>,
    /// Its package URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
    /// Where more is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub external_references: Vec<Reference>,
    /// More.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<Property>,
    /// What it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
}

impl Component {
    /// This library, at its version.
    pub fn this() -> Self {
        Self {
            r#type: "application",
            name: "reposnap".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            ..Self::default()
        }
    }
}

/// A digest.
#[derive(Clone, Debug, Serialize)]
pub struct Hash {
    /// `SHA-256`.
    pub alg: &'static str,
    /// Hexadecimal digits.
    pub content: String,
}

/// Where more is.
#[derive(Clone, Debug, Serialize)]
pub struct Reference {
    /// What is there: `distribution`.
    pub r#type: &'static str,
    /// Where.
    pub url: String,
}

/// Something that the format has no field for.
#[derive(Clone, Debug, Serialize)]
pub struct Property {
    /// Its name: `reposnap:` and a word.
    pub name: &'static str,
    /// Its value.
    pub value: String,
}

/// What one component needs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dependency {
    /// Who needs.
    pub r#ref: String,
    /// What is needed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
}

/// A vulnerability, and what it concerns.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Vulnerability {
    /// What others name it by in this document.
    #[serde(rename = "bom-ref")]
    pub reference: String,
    /// Its identifier: `CVE-2024-0001`.
    pub id: String,
    /// Who says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Its other identifiers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<OtherId>,
    /// How bad it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ratings: Vec<Rating>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<String>,
    /// Where more is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub advisories: Vec<Url>,
    /// What was found out about it here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analysis: Option<Analysis>,
    /// What it concerns.
    pub affects: Vec<Affects>,
}

/// Who says something.
#[derive(Clone, Debug, Serialize)]
pub struct Source {
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Another identifier of a vulnerability, and whose it is.
#[derive(Clone, Debug, Serialize)]
pub struct OtherId {
    /// The identifier.
    pub id: String,
    /// Whose it is.
    pub source: Source,
}

/// How bad a vulnerability is.
#[derive(Clone, Debug, Serialize)]
pub struct Rating {
    /// The score, 0 to 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// `critical`, `high`, `medium`, `low`, `info`, `none` or `unknown`.
    pub severity: &'static str,
    /// `CVSSv31`, `CVSSv4`, `other`.
    pub method: &'static str,
    /// The vector.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector: Option<String>,
}

/// A place in the web.
#[derive(Clone, Debug, Serialize)]
pub struct Url {
    /// It.
    pub url: String,
}

/// What was found out about a vulnerability here.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Analysis {
    /// `exploitable`, `in_triage`, `not_affected`, `resolved`, `false_positive`.
    pub state: &'static str,
    /// Why it does not concern: `code_not_reachable` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub justification: Option<&'static str>,
    /// What is to be done: `update`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub response: Vec<&'static str>,
    /// More, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// When that was said last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_updated: Option<String>,
}

/// A component that a vulnerability concerns.
#[derive(Clone, Debug, Serialize)]
pub struct Affects {
    /// Its reference.
    pub r#ref: String,
}

/// Whether what is said is all there is.
#[derive(Debug, Serialize)]
pub struct Composition {
    /// `complete`, `incomplete` or `unknown`.
    pub aggregate: &'static str,
    /// What it is said of.
    pub assemblies: Vec<String>,
}

/// What somebody has to say about parts of a bill.
#[derive(Debug, Serialize)]
pub struct Annotation {
    /// What it is about.
    pub subjects: Vec<String>,
    /// Who says it.
    pub annotator: Annotator,
    /// When.
    pub timestamp: String,
    /// What.
    pub text: String,
}

/// Who says something about a bill.
#[derive(Debug, Serialize)]
pub struct Annotator {
    /// A program.
    pub component: Component,
}
