//! CycloneDX 1.6 (ECMA-424), the JSON form.

use std::collections::BTreeMap;

use super::{Lock, Locked, Options};
use crate::bom::cyclonedx::{Bom, Component, Dependency, Hash, Metadata, Property, Reference};
use crate::bom::{json, time, uuid};
use crate::error::Result;

/// The reference to what the bill is about.
const ROOT: &str = "environment";

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
    let metadata = Metadata { timestamp: options.created.map(time), component: about, ..Metadata::default() };
    let mut bom = Bom::new(format!("urn:uuid:{}", uuid(lock.digest())), metadata);
    bom.components = lock.packages().iter().zip(&references).map(|(it, purl)| component(it, purl, options)).collect();
    bom.dependencies = dependencies;
    json(&bom)
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
        components: Vec::new(),
    }
}

fn sorted(mut references: Vec<String>) -> Vec<String> {
    references.sort_unstable();
    references.dedup();
    references
}
