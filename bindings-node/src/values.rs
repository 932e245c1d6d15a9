//! Values that are asked thousands of times, without promises: versions, queries, policies.

use bytes::Bytes;
use napi_derive::napi;
use reposnap::deb::version::{self, Version};
use reposnap::snapshot::{Key, Query};
use reposnap::{Digest, Error, Kind, Result};
use serde_json::json;

use crate::outcome;
use crate::text::Text;

/// Compares two versions in dpkg's order: -1, 0 or 1. Total on any text.
#[napi(catch_unwind)]
pub fn version_compare(a: Text, b: Text) -> i32 {
    version::compare(a.as_bytes(), b.as_bytes()) as i32
}

/// The parts of a version, as the outcome of `{epoch, upstream, revision}`.
#[napi]
pub fn version_parse(text: String) -> String {
    outcome::guard(|| {
        let version: Version = text.parse()?;
        outcome::json(&json!({
            "epoch": version.epoch(), "upstream": version.upstream(), "revision": version.revision(),
        }))
    })
}

/// Whether a version stands in a relation to another, as the outcome of a boolean.
#[napi]
pub fn version_satisfies(a: String, operator: String, b: String) -> String {
    outcome::guard(|| {
        let order = version::compare(a.as_bytes(), b.as_bytes());
        outcome::json(&reposnap_api::formats::holds(order, &operator)?)
    })
}

/// A query, once `parse` has read one.
#[napi]
#[derive(Default)]
pub struct NativeQuery(Option<Query>);

#[napi]
impl NativeQuery {
    /// None yet.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the query, as the outcome of `{query, needs_stanza, names}`.
    #[napi]
    pub fn parse(&mut self, text: String) -> String {
        outcome::guard(|| {
            let query: Query = text.parse()?;
            let told = json!({
                "query": query.to_string(), "needs_stanza": query.needs_stanza(), "names": query.exact_names(),
            });
            self.0 = Some(query);
            outcome::json(&told)
        })
    }

    /// Whether a package passes, as the outcome of a boolean.
    #[napi]
    pub fn matches(&self, name: String, version: String, architecture: String, stanza: Option<String>) -> String {
        outcome::guard(|| {
            let stanza = stanza.unwrap_or_default();
            let key = Key {
                name: Bytes::from(name),
                version: Bytes::from(version),
                architecture: Bytes::from(architecture),
                digest: Digest::of(stanza.as_bytes()),
            };
            outcome::json(&self.query()?.matches(&key, stanza.as_bytes()))
        })
    }
}

impl NativeQuery {
    fn query(&self) -> Result<&Query> {
        self.0.as_ref().ok_or_else(|| Error::new(Kind::Internal, "a query that was not read"))
    }
}

/// What a policy of verification comes to, rule by rule, as the outcome of a string.
#[napi]
pub fn policy_text(signers: Vec<String>, threshold: Option<f64>, relax: Vec<String>) -> String {
    outcome::guard(|| {
        let threshold = threshold.map(|number| number as usize);
        let (policy, release) = reposnap_api::verify::policies(&signers, threshold, &relax)?;
        outcome::json(&format!("{policy}{release}"))
    })
}
