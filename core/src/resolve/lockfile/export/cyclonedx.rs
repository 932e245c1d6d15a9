//! CycloneDX 1.6 (ECMA-424), the JSON form.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Lock, Locked, Options, json, time, uuid};
use crate::error::Result;

/// The reference to what the bill is about.
const ROOT: &str = "environment";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bom {
    #[serde(rename = "$schema")]
    schema: &'static str,
    bom_format: &'static str,
    spec_version: &'static str,
    serial_number: String,
    version: u32,
    metadata: Metadata,
    components: Vec<Component>,
    dependencies: Vec<Dependency>,
}

#[derive(Serialize)]
struct Metadata {
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
    tools: Tools,
    component: Component,
}

#[derive(Serialize)]
struct Tools {
    components: [Component; 1],
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    r#type: &'static str,
    #[serde(rename = "bom-ref", skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_references: Vec<Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<Property>,
}

#[derive(Serialize)]
struct Hash {
    alg: &'static str,
    content: String,
}

#[derive(Serialize)]
struct Reference {
    r#type: &'static str,
    url: String,
}

#[derive(Serialize)]
struct Property {
    name: &'static str,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dependency {
    r#ref: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<String>,
}

pub(super) fn write(lock: &Lock, options: &Options) -> Result<String> {
    let references: Vec<String> = lock.packages().iter().map(|package| options.purl(package)).collect();
    let graph = options.graph(lock);
    let mut needs: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (from, to, _) in &graph.edges {
        needs.entry(*from).or_default().push(references[*to].clone());
    }
    let roots = graph.roots(lock).into_iter().map(|at| references[at].clone()).collect();
    let mut dependencies = vec![Dependency { r#ref: ROOT.to_owned(), depends_on: sorted(roots) }];
    dependencies.extend(references.iter().enumerate().map(|(at, reference)| Dependency {
        r#ref: reference.clone(),
        depends_on: sorted(needs.remove(&at).unwrap_or_default()),
    }));
    let tool = Component {
        r#type: "application",
        name: "reposnap".to_owned(),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        ..Component::default()
    };
    let about = Component {
        r#type: "operating-system",
        reference: Some(ROOT.to_owned()),
        name: options.name.clone(),
        properties: vec![
            Property { name: "reposnap:lock", value: lock.digest().to_string() },
            Property { name: "reposnap:snapshot", value: lock.head().snapshot.to_string() },
        ],
        ..Component::default()
    };
    json(&Bom {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        bom_format: "CycloneDX",
        spec_version: "1.6",
        serial_number: format!("urn:uuid:{}", uuid(lock.digest())),
        version: 1,
        metadata: Metadata {
            timestamp: options.created.map(time),
            tools: Tools { components: [tool] },
            component: about,
        },
        components: lock.packages().iter().zip(&references).map(|(it, purl)| component(it, purl, options)).collect(),
        dependencies,
    })
}

fn component(package: &Locked, purl: &str, options: &Options) -> Component {
    let mut properties = vec![
        Property { name: "reposnap:source", value: package.source.clone() },
        Property { name: "reposnap:source-version", value: package.source_version.clone() },
    ];
    properties.extend(package.from.clone().map(|from| Property { name: "reposnap:from", value: from }));
    let url = options.url(package);
    Component {
        r#type: "library",
        reference: Some(purl.to_owned()),
        name: package.name.clone(),
        version: Some(package.version.clone()),
        hashes: vec![Hash { alg: "SHA-256", content: package.sha256.to_string() }],
        purl: Some(purl.to_owned()),
        external_references: url.into_iter().map(|url| Reference { r#type: "distribution", url }).collect(),
        properties,
    }
}

fn sorted(mut references: Vec<String>) -> Vec<String> {
    references.sort_unstable();
    references.dedup();
    references
}
