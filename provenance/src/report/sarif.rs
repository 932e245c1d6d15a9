//! SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>): a run for each image.
//!
//! Every sort of finding is a rule, and every advisory is one too, since what shows SARIF groups and rates by rules
//! (`security-severity`). What is inconclusive is a run that was not successful (3.20.14), and each doubt a notification of
//! the tool. Suppressed findings are results with `suppressions` (3.27.23), which do not count.

use std::collections::BTreeMap;

use reposnap::bom::{json, time};
use reposnap::{Digest, Result};
use reposnap_image::package::Family;
use serde_json::{Map, Value, json};

use super::view::plain;
use super::{Finding, Report, Rule, Severity};
use crate::severity::Urgency;

/// What each sort of finding is, in a sentence.
fn sentence(rule: Rule) -> &'static str {
    match rule {
        Rule::Outdated => "The environment has a newer version.",
        Rule::SecurityUpdate => "The environment has a newer version, from a security suite.",
        Rule::Advisory => "An advisory concerns this version.",
        Rule::FromNowhere => "No snapshot has this package at this version.",
        Rule::Modified => "A snapshot has this version, with other content.",
        Rule::FileChanged => "A file of the package was changed in the image.",
        Rule::Superseded => "A snapshot had this version, and none of today has.",
        Rule::Ahead => "The image has a newer version than the environment.",
        Rule::BadSignature => "The digest or the signature of an rpm does not hold.",
        Rule::FalseLabel => "What the image says of itself does not hold.",
        Rule::HalfInstalled => "dpkg left the package half way.",
    }
}

/// How many identifiers of an advisory are tags of its rule; code scanning takes 20 tags.
const TAGGED: usize = 16;

pub(super) fn write(reports: &[Report]) -> Result<String> {
    let runs: Vec<Value> = reports.iter().map(run).collect();
    json(&json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": runs,
    }))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// The identifier of a finding's rule: the advisory's, or the sort of finding.
fn rule_id(finding: &Finding) -> &str {
    match (finding.rule, finding.advisories.first()) {
        (Rule::Advisory, Some(advisory)) => advisory,
        (rule, _) => rule.as_str(),
    }
}

fn run(report: &Report) -> Value {
    let mut rules: Vec<Value> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        known.entry(rule_id(finding)).or_insert_with(|| {
            rules.push(rule(finding));
            rules.len() - 1
        });
    }
    let results: Vec<Value> =
        report.findings.iter().map(|finding| result(report, finding, known[rule_id(finding)])).collect();
    let doubts: Vec<Value> = report
        .doubts
        .iter()
        .map(|doubt| json!({"descriptor": {"id": "inconclusive"}, "level": "error", "message": {"text": sentence_of(doubt)}}))
        .collect();
    let mut properties = Map::from_iter([
        ("reposnap/verdict".to_owned(), json!(report.verdict)),
        ("reposnap/reference".to_owned(), json!(report.reference)),
        ("reposnap/packages".to_owned(), json!(report.packages.len())),
    ]);
    if let Some(digest) = report.digest {
        properties.insert("reposnap/digest".to_owned(), json!(format!("sha256:{digest}")));
    }
    if let Some(environment) = &report.environment {
        properties.insert("reposnap/environment".to_owned(), json!(environment));
    }
    json!({
        "tool": {"driver": {
            "name": "reposnap",
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules,
            "notifications": [{
                "id": "inconclusive",
                "name": "Inconclusive",
                "shortDescription": {"text": "Nobody can tell."},
                "fullDescription": {"text": "Something that had to be looked at is missing or does not cover the image."},
                "defaultConfiguration": {"level": "error"},
            }],
        }},
        "automationDetails": {"id": format!("reposnap/{}", plain(&report.reference))},
        "invocations": [{
            "executionSuccessful": report.doubts.is_empty(),
            "exitCode": report.verdict.exit_status(),
            "endTimeUtc": time(report.now),
            "toolExecutionNotifications": doubts,
        }],
        "originalUriBaseIds": {"ROOT": {"description": {"text": "The root folder of the image."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": properties,
    })
}

/// A message ends with a full stop there.
fn sentence_of(text: &str) -> String {
    let text = plain(text);
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}

fn rule(finding: &Finding) -> Value {
    let advisory = finding.rule == Rule::Advisory && !finding.advisories.is_empty();
    let short = match (advisory, &finding.summary) {
        (true, Some(summary)) => plain(summary),
        _ => sentence(finding.rule).to_owned(),
    };
    // Words with capitals in front, as the format wants names.
    let name: String = finding.rule.as_str().split('-').map(|word| sentence_of(word).replace('.', "")).collect();
    let mut rule = Map::from_iter([
        ("id".to_owned(), json!(rule_id(finding))),
        ("name".to_owned(), json!(name)),
        ("shortDescription".to_owned(), json!({"text": short})),
        ("fullDescription".to_owned(), json!({"text": sentence(finding.rule)})),
        ("defaultConfiguration".to_owned(), json!({"level": level(finding.severity)})),
    ]);
    let mut properties = Map::new();
    if advisory {
        let help = finding.urls.first().map_or_else(|| "See the advisory.".to_owned(), |url| format!("See {url}."));
        rule.insert("help".to_owned(), json!({"text": help}));
        if let Some(url) = finding.urls.first() {
            rule.insert("helpUri".to_owned(), json!(url));
        }
        if let Some(score) = security_severity(finding) {
            properties.insert("security-severity".to_owned(), json!(score));
        }
        let mut tags = vec!["security".to_owned(), "vulnerability".to_owned()];
        for name in finding.advisories.iter().take(TAGGED).map(|name| plain(name)) {
            if !tags.contains(&name) {
                tags.push(name);
            }
        }
        properties.insert("tags".to_owned(), json!(tags));
    }
    rule.insert("properties".to_owned(), Value::Object(properties));
    Value::Object(rule)
}

/// A number as text, by which code scanning sorts: the score, or the middle of the range that the word stands for.
fn security_severity(finding: &Finding) -> Option<String> {
    if let Some(score) = finding.score {
        return Some(score.to_string());
    }
    let number = match finding.urgency? {
        Urgency::Unknown => return None,
        Urgency::Unimportant => "0.0",
        Urgency::Low => "2.0",
        Urgency::Medium => "5.5",
        Urgency::High => "8.0",
        Urgency::Critical => "9.5",
    };
    Some(number.to_owned())
}

fn result(report: &Report, finding: &Finding, at: usize) -> Value {
    let package = report.package(finding);
    let place = match (&finding.path, package.map(|package| package.family)) {
        (Some(path), _) => path.trim_start_matches('/'),
        (None, Some(Family::Deb)) => "var/lib/dpkg/status",
        (None, Some(Family::Rpm)) => "var/lib/rpm",
        (None, None) => "etc/os-release",
    };
    let mut location = json!({
        "physicalLocation": {"artifactLocation": {"uri": encoded(place), "uriBaseId": "ROOT"}},
    });
    if let Some(package) = package {
        location["logicalLocations"] = json!([{
            "name": package.name,
            "fullyQualifiedName": package.purl(report),
            "kind": "package",
        }]);
    }
    let mut properties = Map::from_iter([("reposnap/rule".to_owned(), json!(finding.rule.as_str()))]);
    if let Some(package) = package {
        properties.insert("reposnap/version".to_owned(), json!(package.version));
    }
    if let Some(fixed) = &finding.fixed_in {
        properties.insert("reposnap/fixed-in".to_owned(), json!(fixed));
    }
    let mut result = Map::from_iter([
        ("ruleId".to_owned(), json!(rule_id(finding))),
        ("ruleIndex".to_owned(), json!(at)),
        ("level".to_owned(), json!(level(finding.severity))),
        ("message".to_owned(), json!({"text": sentence_of(&finding.message)})),
        ("locations".to_owned(), json!([location])),
        ("partialFingerprints".to_owned(), json!({"reposnap/v1": fingerprint(report, finding)})),
        ("properties".to_owned(), Value::Object(properties)),
    ]);
    if let Some(suppressed) = &finding.suppressed {
        let reason = [suppressed.justification.as_deref(), suppressed.words.as_deref()];
        let reason: Vec<&str> = reason.into_iter().flatten().collect();
        let reason = match reason.as_slice() {
            [] => suppressed.status.as_str().to_owned(),
            reasons => format!("{}: {}", suppressed.status.as_str(), reasons.join(": ")),
        };
        let when = time(suppressed.time);
        result.insert(
            "suppressions".to_owned(),
            json!([{
                "kind": "external",
                "status": "accepted",
                "justification": plain(&format!("{reason} ({}, {when})", suppressed.author)),
                "properties": {
                    "reposnap/author": suppressed.author,
                    "reposnap/time": when,
                    "reposnap/document": suppressed.document,
                },
            }]),
        );
    }
    Value::Object(result)
}

/// What stays the same from one version of an image and of a package to the next.
fn fingerprint(report: &Report, finding: &Finding) -> String {
    let package = report.package(finding).map(super::Reported::label).unwrap_or_default();
    let path = finding.path.as_deref().unwrap_or_default();
    let text = [finding.rule.as_str(), rule_id(finding), &package, path].join("\0");
    Digest::of(text.as_bytes()).to_string()[..32].to_owned()
}

/// A path as a relative reference (RFC 3986): no scheme can be read into it.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
