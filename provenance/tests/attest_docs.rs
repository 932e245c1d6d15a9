//! `docs/ATTESTATIONS.md` names every field, every rule and every type, and its policy is one.

use std::collections::BTreeSet;
use std::path::Path;

use reposnap_provenance::attest::decide::PolicyRule;
use reposnap_provenance::attest::packages::{IMAGE_PACKAGES, ImagePackages};
use reposnap_provenance::attest::policy::FIELDS;
use reposnap_provenance::attest::slsa::{BUILD_TYPE, SLSA_PROVENANCE};
use reposnap_provenance::attest::{Policy, media};
use serde_json::{Value, json};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/ATTESTATIONS.md");
    std::fs::read_to_string(path).unwrap()
}

/// The names of all fields of a document, but those of digests.
fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            found.insert(name.clone());
            names(value, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

#[test]
fn every_field_is_told() {
    let digest = json!({"sha256": "0".repeat(64)});
    let moment = json!({"digest": digest, "time": "2026-01-01T00:00:00Z"});
    let whole = json!({
        "image": {"reference": "r", "digest": digest},
        "os": {"id": "debian", "like": ["x"], "version": "12", "codename": "bookworm", "name": "Debian"},
        "layers": [{"digest": digest, "diffId": digest, "packages": 1}],
        "packages": [{
            "family": "deb", "name": "a", "version": "1", "architecture": "all", "source": {"name": "a", "version": "1"},
            "layer": 0, "digest": digest, "match": "known", "mirror": "m", "suite": "s", "component": "c",
            "snapshots": {"first": digest, "last": digest},
        }],
        "snapshots": [{"digest": digest, "name": "m", "time": "2026-01-01T00:00:00Z"}],
        "coverage": {"packages": 1, "known": 1, "superseded": 0, "modified": 0, "fromNowhere": 0, "unmatched": 0},
        "dated": {"first": moment, "last": moment, "covered": 1, "packages": 1},
        "environment": "stable", "verdict": "inconclusive", "doubts": ["d"],
        "tool": {"name": "reposnap", "version": "0"}, "madeAt": "2026-01-01T00:00:00Z",
    });
    // Nothing of it is unknown, and nothing is missing: it comes back whole.
    let read: ImagePackages = serde_json::from_value(whole.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), whole);
    let (page, mut found) = (page(), BTreeSet::new());
    names(&whole, &mut found);
    assert!(found.len() > 35);
    for name in found.iter().filter(|name| *name != "sha256") {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn every_rule_and_type_is_told() {
    use PolicyRule::*;
    let page = page();
    let rules =
        [Signature, Subject, Predicate, Date, Coverage, Match, Superseded, Environment, MaxAge].map(PolicyRule::as_str);
    let types = [IMAGE_PACKAGES, SLSA_PROVENANCE, BUILD_TYPE, media::BUNDLE, media::IN_TOTO, media::DSSE];
    for word in rules.iter().chain(FIELDS).chain(&types) {
        assert!(page.contains(&format!("`{word}`")), "{word}");
    }
    let policy = page.split("```").nth(1).unwrap();
    let policy = Policy::parse(policy).unwrap();
    assert_eq!((policy.environment.as_deref(), policy.allow_outside.len()), (Some("stable"), 2));
}
