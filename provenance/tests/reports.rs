//! Reports in every format, by the validators of others: cyclonedx-python-lib, spdx-tools, SARIF's own schema and multitool,
//! the XML schema of Jenkins and junitparser, html-validate. And what VEX statements make of findings.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use reposnap::{Digest, Kind};
use reposnap_image::inventory::Os;
use reposnap_image::package::{Family, Source};
use reposnap_provenance::advisory::{Builder, Database, examine, read};
use reposnap_provenance::report::{
    Dated, Finding, Format, Match, Moment, Origin, Report, Reported, Rule, Severity, Span, Stated, Verdict, write,
};
use reposnap_provenance::vex::Statements;
use serde_json::Value;
use support::{data, installed, python, run};

fn time(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

fn package(name: &str, version: &str, source: &str, suite: Option<&str>) -> Reported {
    let origin = suite.map(|suite| Origin {
        matched: Match::Known,
        mirror: Some("debian".into()),
        suite: Some(suite.into()),
        component: Some("main".into()),
        snapshots: Some(Span { first: Digest::of(b"first"), last: Digest::of(b"last") }),
        sha256: Some(Digest::of(name.as_bytes())),
    });
    Reported {
        family: Family::Deb,
        name: name.into(),
        version: version.into(),
        architecture: "amd64".into(),
        source: Source { name: source.into(), version: version.into() },
        built_using: Vec::new(),
        layer: Some(0),
        origin,
        candidate: None,
        outdated_since: None,
        held_by: None,
    }
}

fn report(reference: &str, packages: Vec<Reported>) -> Report {
    Report {
        reference: reference.into(),
        digest: Some(Digest::of(reference.as_bytes())),
        os: Some(Os {
            id: "debian".into(),
            version: Some("12".into()),
            codename: Some("bookworm".into()),
            name: Some("Debian GNU/Linux 12 (bookworm)".into()),
            like: Vec::new(),
        }),
        environment: None,
        now: time("2024-08-28T12:00:00Z"),
        dated: None,
        base: None,
        verdict: Verdict::Inconclusive,
        doubts: Vec::new(),
        packages,
        findings: Vec::new(),
        rebuild: Vec::new(),
    }
}

fn tracker() -> Database {
    let mut builder = Builder::new();
    builder.read("tracker.json", &data("tracker.json"), &read::Options::default()).unwrap();
    let osv = br#"{"id": "DEBIAN-CVE-2023-5678", "modified": "2024-06-01T00:00:00Z", "upstream": ["CVE-2023-5678"],
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"}],
        "affected": [{"package": {"ecosystem": "Debian:12", "name": "openssl"}, "ranges": [{"type": "ECOSYSTEM",
        "events": [{"introduced": "0"}, {"fixed": "3.0.13-1~deb12u1"}]}]}]}"#;
    builder.read("osv.json", osv, &read::Options::default()).unwrap();
    builder.finish()
}

/// A document of OpenVEX, of an author, with statements.
fn vex(statements: Value) -> Vec<u8> {
    serde_json::to_vec(&serde_json::json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.org/vex/1",
        "author": "QA <qa@example.org>",
        "timestamp": "2024-07-01T00:00:00Z",
        "version": 1,
        "statements": statements,
    }))
    .unwrap()
}

fn statements(documents: &[Value]) -> Statements {
    let mut all = Statements::new();
    for document in documents {
        all.read("vex.json", &vex(document.clone())).unwrap();
    }
    all
}

/// An image with findings of many sorts.
fn found() -> Report {
    let mut linux = package("linux-image-6.1.0-17-amd64", "6.1.69-1", "linux-signed-amd64", Some("bookworm-security"));
    linux.built_using = vec![Source { name: "linux".into(), version: "6.1.69-1".into() }];
    let mut hello = package("hello", "2.10-3", "hello", None);
    hello.origin = Some(Origin {
        matched: Match::FromNowhere,
        mirror: None,
        suite: None,
        component: None,
        snapshots: None,
        sha256: None,
    });
    let mut report = report(
        "docker://registry.example.org/team/app:1",
        vec![
            package("libssl3", "3.0.11-1~deb12u2", "openssl", Some("bookworm")),
            package("openssl", "3.0.11-1~deb12u2", "openssl", Some("bookworm")),
            package("libstdc++6", "12.2.0-14", "gcc-12", Some("bookworm")),
            package("zlib1g", "1:1.2.13.dfsg-1", "zlib", Some("bookworm")),
            linux,
            hello,
        ],
    );
    report.environment = Some("stable".into());
    report.dated = Some(Dated {
        first: Moment { snapshot: Digest::of(b"first"), time: time("2023-12-10T00:00:00Z") },
        last: Moment { snapshot: Digest::of(b"last"), time: time("2024-01-20T06:00:00Z") },
        covered: 5,
        packages: 6,
    });
    report.rebuild = vec!["docker://registry.example.org/base:1".into(), report.reference.clone()];
    report.packages[1].candidate = Some("3.0.14-1~deb12u1".into());
    report.findings.push(Finding {
        package: Some(1),
        fixed_in: Some("3.0.14-1~deb12u1".into()),
        ..Finding::new(
            Rule::SecurityUpdate,
            Severity::Error,
            "stable has openssl 3.0.14-1~deb12u1, from a security suite",
        )
    });
    report.findings.push(Finding {
        package: Some(5),
        ..Finding::new(Rule::FromNowhere, Severity::Warning, "no snapshot has hello 2.10-3")
    });
    report.findings.push(Finding {
        package: Some(2),
        path: Some("usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30 <odd>".into()),
        ..Finding::new(Rule::FileChanged, Severity::Warning, "a file of libstdc++6 was changed")
    });
    report.findings.push(Finding::new(Rule::FalseLabel, Severity::Note, "the label says 2021"));
    let said = statements(&[serde_json::json!([{
        "vulnerability": {"name": "CVE-2023-45853"},
        "products": [{"@id": "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1"}],
        "status": "not_affected", "justification": "vulnerable_code_not_present", "impact_statement": "minizip is not built",
    }])]);
    examine(&mut report, &tracker(), &said, &[]);
    report.conclude();
    report
}

/// Text that wants to be markup, a command of a terminal, or a field of its own.
const HOSTILE: &str = "</td><script>alert(1)</script>\"'&]]>\u{1b}[31m\u{0}\u{202e}%s\n<!--";

fn hostile() -> Report {
    let mut report = report(HOSTILE, vec![package(HOSTILE, HOSTILE, HOSTILE, Some(HOSTILE))]);
    report.environment = Some(HOSTILE.into());
    report.os = Some(Os {
        id: HOSTILE.into(),
        version: Some(HOSTILE.into()),
        codename: Some(HOSTILE.into()),
        name: Some(HOSTILE.into()),
        like: Vec::new(),
    });
    report.doubts.push(HOSTILE.into());
    report.rebuild.push(HOSTILE.into());
    for rule in Rule::ALL {
        report.findings.push(Finding {
            package: Some(0),
            fixed_in: Some(HOSTILE.into()),
            path: (*rule == Rule::FileChanged).then(|| HOSTILE.into()),
            summary: Some(HOSTILE.into()),
            ..Finding::new(*rule, Severity::Error, HOSTILE)
        });
        report.findings.push(Finding {
            package: Some(7_000),
            advisories: vec![HOSTILE.into(), HOSTILE.into()],
            urls: vec!["javascript:alert(1)".into()],
            ..Finding::new(*rule, Severity::Note, HOSTILE)
        });
    }
    report.conclude();
    report
}

fn clean() -> Report {
    let mut report = report("oci:dir:clean", vec![package("libstdc++6", "12.2.0-14", "gcc-12", Some("bookworm"))]);
    examine(&mut report, &tracker(), &Statements::new(), &[]);
    report.conclude();
    report
}

fn nothing() -> Report {
    let mut report = report("dir:/srv/empty", Vec::new());
    report.digest = None;
    report.os = None;
    report.conclude();
    report
}

fn names(report: &Report, suppressed: bool) -> Vec<String> {
    let advisories =
        report.findings.iter().filter(|it| it.rule == Rule::Advisory && it.suppressed.is_some() == suppressed);
    let mut names: Vec<String> = advisories
        .map(|finding| format!("{} {}", report.packages[finding.package.unwrap()].name, finding.advisories[0]))
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn verdicts() {
    let report = found();
    assert_eq!(report.verdict, Verdict::Findings);
    assert_eq!(
        names(&report, false),
        [
            "libssl3 CVE-2023-5678",
            "libssl3 CVE-2024-5535",
            "linux-image-6.1.0-17-amd64 CVE-2019-0000",
            "linux-image-6.1.0-17-amd64 CVE-2024-1086",
            "openssl CVE-2023-5678",
            "openssl CVE-2024-5535",
        ]
    );
    assert_eq!(names(&report, true), ["zlib1g CVE-2023-45853"]);
    assert_eq!(report.findings[0].severity, Severity::Error);
    assert_eq!((clean().verdict, nothing().verdict), (Verdict::Clean, Verdict::Inconclusive));
    assert_eq!(Verdict::of_all(&[]), Verdict::Inconclusive);
    assert_eq!(Verdict::of_all(&[found(), nothing(), clean()]), Verdict::Inconclusive);
    // Whoever has doubts is not clean, findings or not, and neither is an empty database.
    let mut unsure = clean();
    examine(&mut unsure, &Builder::new().finish(), &Statements::new(), &[]);
    assert_eq!(
        (unsure.conclude(), unsure.doubts.as_slice()),
        (Verdict::Inconclusive, &["the advisories are empty".to_owned()][..])
    );
    let mut foreign = clean();
    foreign.packages[0].origin = None;
    foreign.os.as_mut().unwrap().id = "ubuntu".into();
    foreign.doubts.clear();
    examine(&mut foreign, &tracker(), &Statements::new(), &[]);
    assert_eq!(foreign.conclude(), Verdict::Inconclusive);
    assert_eq!(foreign.doubts, ["no advisory is about ubuntu:12, which 1 package is of"]);
    // What one builds oneself is no doubt where somebody says so, as long as it is what the mirror has.
    let own = |mirror: &str, matched: Match| {
        let mut report = clean();
        let origin = report.packages[0].origin.as_mut().unwrap();
        (origin.suite, origin.mirror, origin.matched) = (Some("inhouse".into()), Some("inhouse".into()), matched);
        report.doubts.clear();
        examine(&mut report, &tracker(), &Statements::new(), &[mirror.to_owned()]);
        report.conclude()
    };
    assert_eq!(own("inhouse", Match::Known), Verdict::Clean);
    assert_eq!(own("other", Match::Known), Verdict::Inconclusive);
    assert_eq!(own("inhouse", Match::Modified), Verdict::Inconclusive);
    // A note alone finds nothing, and what is suppressed does not either.
    let mut noted = clean();
    noted.findings.push(Finding::new(Rule::Ahead, Severity::Note, "x"));
    assert_eq!(noted.conclude(), Verdict::Clean);
    assert_eq!(write(&[], Format::Html).unwrap_err().kind(), Kind::Usage);
}

#[test]
fn vex_says_what_does_not_count() {
    let of = |documents: &[Value]| {
        let mut report = report(
            "docker://registry.example.org/team/app:1",
            vec![package("zlib1g", "1:1.2.13.dfsg-1", "zlib", Some("bookworm"))],
        );
        examine(&mut report, &tracker(), &statements(documents), &[]);
        report.conclude();
        (report.verdict, report.findings[0].suppressed.clone().map(|it| (it.status, it.time.to_string())))
    };
    let digest = Digest::of(b"docker://registry.example.org/team/app:1");
    let say = |product: Value, status: &str, time: Option<&str>| {
        let mut statement = serde_json::json!({
            "vulnerability": {"name": "CVE-2023-45853"}, "products": [product], "status": status,
            "justification": "component_not_present",
        });
        if let Some(time) = time {
            statement["timestamp"] = time.into();
        }
        serde_json::json!([statement])
    };
    let id = |id: &str| serde_json::json!({"@id": id});
    let part = |image: &str, part: &str| serde_json::json!({"@id": image, "subcomponents": [{"@id": part}]});
    let zlib = "pkg:deb/debian/zlib1g";
    let image = format!("pkg:oci/app@sha256%3A{digest}?repository_url=registry.example.org/team/app");
    let not_affected = (Verdict::Clean, Some((Stated::NotAffected, "2024-07-01T00:00:00Z".to_owned())));
    for product in [
        id(zlib),
        id("pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=bookworm"),
        id("pkg:deb/debian/zlib1g@1%3A1.2.13.dfsg-1?distro=debian-12"),
        id("pkg:deb/debian/zlib@1:1.2.13.dfsg-1?arch=source"),
        id(&image),
        id("pkg:oci/app"),
        id("pkg:oci/app?repository_url=registry.example.org/team/app"),
        id("docker://registry.example.org/team/app:1"),
        part(&image, zlib),
        serde_json::json!({"@id": "x", "hashes": {"sha-256": digest.to_string()}}),
        serde_json::json!({"@id": "x", "identifiers": {"purl": zlib}}),
    ] {
        assert_eq!(of(&[say(product.clone(), "not_affected", None)]), not_affected, "{product}");
    }
    for product in [
        id("pkg:deb/ubuntu/zlib1g"),
        id("pkg:rpm/debian/zlib1g"),
        id("pkg:deb/debian/zlib1g@1:1.2.13.dfsg-2"),
        id("pkg:deb/debian/zlib1g@1.2.13.dfsg-1"),
        id("pkg:deb/debian/zlib1g?arch=arm64"),
        id("pkg:deb/debian/zlib1g?distro=trixie"),
        id("pkg:deb/debian/zlib1g?flavour=odd"),
        id("pkg:deb/debian/zlib"),
        id(&format!("pkg:oci/app@sha256:{}", Digest::of(b"other"))),
        id("pkg:oci/app?repository_url=registry.example.org/other/app"),
        part(&format!("pkg:oci/app@sha256:{}", Digest::of(b"other")), zlib),
        part(&image, "pkg:deb/debian/openssl"),
        serde_json::json!({"@id": zlib, "hashes": {"sha-256": Digest::of(b"other").to_string()}}),
    ] {
        assert_eq!(of(&[say(product.clone(), "not_affected", None)]), (Verdict::Findings, None), "{product}");
    }
    // The latest counts, whichever was read first.
    let early = say(id(zlib), "affected", Some("2024-06-01T00:00:00Z"));
    let late = say(id(&image), "under_investigation", Some("2024-08-01T00:00:00Z"));
    let fixed = say(id(zlib), "fixed", None);
    assert_eq!(of(&[fixed.clone(), early.clone()]).0, Verdict::Clean);
    assert_eq!(of(&[late.clone(), fixed.clone(), early.clone()]), (Verdict::Findings, None));
    let later = say(id(zlib), "affected", None);
    assert_eq!(of(&[fixed.clone(), later.clone()]).0, Verdict::Findings);
    assert_eq!(of(&[later, fixed]).0, Verdict::Clean);
    // Of version 0.0.1.
    let old = serde_json::json!([{"vulnerability": "CVE-2023-45853", "products": ["pkg:oci/app"], "subcomponents": [zlib],
        "status": "not_affected", "impact_statement": "no"}]);
    assert_eq!(of(&[old]), not_affected);
    // By another name of it, and by none of its names.
    let alias = |name: &str, alias: &str| serde_json::json!([{"vulnerability": {"name": name, "aliases": [alias]}, "products": [{"@id": zlib}], "status": "fixed"}]);
    assert_eq!(of(&[alias("GHSA-1", "CVE-2023-45853")]).0, Verdict::Clean);
    assert_eq!(of(&[alias("GHSA-1", "CVE-2023-45854")]).0, Verdict::Findings);
}

const WRITTEN: &str = r#"
import json
from lib4vex.openvex.openvex_generator import OpenVEXGenerator
vex = OpenVEXGenerator(author="QA <qa@example.org>")
vex.generate_openvex([
    {"id": "CVE-2023-45853", "purl": "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1", "status": "not_affected",
     "justification": "vulnerable_code_not_present", "comment": "minizip is not built"},
    {"id": "CVE-2023-5678", "purl": "pkg:deb/debian/libssl3", "status": "affected", "comment": "update"},
    {"id": "CVE-2024-5535", "purl": "pkg:deb/debian/libssl3", "status": "fixed"},
], {"supplier": "QA <qa@example.org>"})
print(json.dumps(vex.get_document()))
"#;

#[test]
fn vex_as_lib4vex_writes_it() {
    let document = run(Command::new(python()).args(["-c", WRITTEN]));
    let mut said = Statements::new();
    said.read("vex.json", document.as_bytes()).unwrap();
    let packages =
        [("zlib1g", "1:1.2.13.dfsg-1", "zlib"), ("libssl3", "3.0.11-1", "openssl"), ("openssl", "3.0.11-1", "openssl")];
    let packages = packages.map(|(name, version, source)| package(name, version, source, Some("bookworm")));
    let mut report = report("oci:a:b", packages.into());
    examine(&mut report, &tracker(), &said, &[]);
    report.conclude();
    assert_eq!(names(&report, true), ["libssl3 CVE-2024-5535", "zlib1g CVE-2023-45853"]);
    assert_eq!(names(&report, false), ["libssl3 CVE-2023-5678", "openssl CVE-2023-5678", "openssl CVE-2024-5535"]);
    let zlib =
        report.findings.iter().find_map(|it| it.suppressed.as_ref().filter(|it| it.justification.is_some())).unwrap();
    assert_eq!((zlib.author.as_str(), zlib.words.as_deref()), ("QA <qa@example.org>", Some("minizip is not built")));
}

#[test]
fn an_advisory_of_several_faults_needs_a_word_on_each() {
    let osv = br#"{"id": "DSA-1-1", "modified": "2024-06-01T00:00:00Z", "upstream": ["CVE-2024-0001", "CVE-2024-0002"],
        "affected": [{"package": {"ecosystem": "Debian:12", "name": "foo"}, "ranges": [{"type": "ECOSYSTEM",
        "events": [{"introduced": "0"}, {"fixed": "2-1"}]}]}]}"#;
    let mut builder = Builder::new();
    builder.read("osv.json", osv, &read::Options::default()).unwrap();
    let database = builder.finish();
    let say = |names: &[&str]| {
        let all: Vec<Value> = names
            .iter()
            .map(|name| {
                serde_json::json!({"vulnerability": {"name": name}, "products": [{"@id": "pkg:deb/debian/foo"}], "status": "fixed"})
            })
            .collect();
        let mut report = report("oci:a:b", vec![package("foo", "1-1", "foo", None)]);
        examine(&mut report, &database, &statements(&[all.into()]), &[]);
        report.conclude()
    };
    assert_eq!(say(&["CVE-2024-0001"]), Verdict::Findings);
    assert_eq!(say(&["CVE-2024-0001", "CVE-2024-0002"]), Verdict::Clean);
    assert_eq!(say(&["DSA-1-1"]), Verdict::Clean);
}

#[test]
fn what_is_no_openvex_is_refused_whole() {
    let good = serde_json::json!({"vulnerability": {"name": "CVE-1"}, "products": [{"@id": "pkg:deb/debian/a"}], "status": "fixed"});
    for (key, value) in [
        ("status", serde_json::json!("harmless")),
        ("status", serde_json::json!("not_affected")),
        ("vulnerability", serde_json::json!({})),
        ("vulnerability", serde_json::json!({"name": ""})),
        ("products", serde_json::json!([{}])),
        ("products", serde_json::json!([{"@id": "pkg:deb/debian/a", "subcomponents": [{}]}])),
        ("justification", serde_json::json!("because")),
        ("timestamp", serde_json::json!("yesterday")),
    ] {
        let mut bad = good.clone();
        bad[key] = value.clone();
        let mut all = Statements::new();
        let error = all.read("vex.json", &vex(serde_json::json!([good, bad]))).unwrap_err();
        assert_eq!((error.kind(), error.at_path()), (Kind::Malformed, Some("vex.json")), "{key} {value}");
        assert!(all.is_empty());
    }
    for text in
        ["", "{}", "[]", r#"{"@context": "https://example.org", "author": "x", "timestamp": "2024-01-01T00:00:00Z"}"#]
    {
        assert_eq!(Statements::new().read("x", text.as_bytes()).unwrap_err().kind(), Kind::Malformed, "{text}");
    }
}

/// Writes a few sets of reports in a format into a folder.
fn written(folder: &Path, format: Format, extension: &str) -> Vec<std::path::PathBuf> {
    let sets = [
        ("found", vec![found()]),
        ("clean", vec![clean()]),
        ("nothing", vec![nothing()]),
        ("hostile", vec![hostile()]),
        ("several", vec![found(), nothing(), clean(), hostile(), found()]),
    ];
    let each = sets.into_iter().map(|(name, reports)| {
        let text = write(&reports, format).unwrap();
        assert_eq!(text, write(&reports, format).unwrap());
        let path = folder.join(format!("{name}{extension}"));
        fs::write(&path, text).unwrap();
        path
    });
    each.collect()
}

#[test]
fn text_begins_with_the_verdict_and_moves_no_cursor() {
    let text = write(&[found()], Format::Text).unwrap();
    let wanted = "findings: docker://registry.example.org/team/app:1\n";
    assert!(text.starts_with(wanted), "{text}");
    for part in [
        "221 days old (5 of 6 packages tell)",
        "  - Rebuild docker://registry.example.org/base:1, then docker://registry.example.org/team/app:1.",
        "openssl 3.0.11-1~deb12u2",
        "-> 3.0.13-1~deb12u1",
        "linux 6.1.69-1",
        "  - Update 3 packages: that mends 2 vulnerabilities.",
        "  - Decide about 1 vulnerability, which no update mends yet.",
        "CVE-2023-5678, CVE-2024-5535 (stays)",
        "-> 6.1.76-1",
        "Suppressed (1):",
        "not_affected (vulnerable_code_not_present), QA <qa@example.org>, 2024-07-01",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let several = write(&[found(), nothing(), hostile()], Format::Text).unwrap();
    assert!(several.starts_with("inconclusive: 3 images (0 clean, 1 with findings, 2 inconclusive)\n"), "{several}");
    assert!(!several.chars().any(|char| (char.is_control() && char != '\n') || char == '\u{202e}'));
    assert!(several.contains("Nobody can tell, since:\n  - no package was found\n"));
}

#[test]
fn json_comes_back() {
    for report in [found(), clean(), nothing(), hostile()] {
        let text = write(std::slice::from_ref(&report), Format::Json).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["verdict"], report.verdict.as_str());
        let back: Report = serde_json::from_value(value["reports"][0].clone()).unwrap();
        assert_eq!(serde_json::to_value(&back).unwrap(), serde_json::to_value(&report).unwrap());
    }
}

const BILLS: &str = r#"
import json, pathlib, sys
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    if path.name.endswith(".cdx.json"):
        text = path.read_text()
        fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
        assert fault is None, (path, fault)
        def components(of):
            for one in of:
                yield one
                yield from components(one.get("components", []))
        document = json.loads(text)
        if "hostile" not in path.name and "several" not in path.name:
            Bom.from_json(document).validate()
            for one in components(document["components"]):
                assert PackageURL.from_string(one["purl"]).to_string() == one["purl"], one
        refs = [one["bom-ref"] for one in components([document["metadata"]["component"], *document["components"]])]
        refs += [one["bom-ref"] for one in document.get("vulnerabilities", [])]
        assert len(refs) == len(set(refs)), path
        for one in document.get("vulnerabilities", []):
            assert one["affects"] and all(it["ref"] in refs for it in one["affects"])
    else:
        document = parse_file(str(path))
        faults = validate_full_spdx_document(document)
        assert faults == [], (path, [str(fault) for fault in faults])
print("valid")
"#;

#[test]
fn bills_of_materials_are_valid() {
    let folder = tempfile::tempdir().unwrap();
    let cyclonedx = written(folder.path(), Format::CycloneDx, ".cdx.json");
    written(folder.path(), Format::Spdx, ".spdx.json");
    assert_eq!(run(Command::new(python()).args(["-c", BILLS]).arg(folder.path())), "valid\n");
    let bom: Value = serde_json::from_slice(&fs::read(&cyclonedx[0]).unwrap()).unwrap();
    let states: Vec<String> = bom["vulnerabilities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let affects: Vec<&str> =
                it["affects"].as_array().unwrap().iter().map(|it| it["ref"].as_str().unwrap()).collect();
            let names: Vec<&str> = affects.iter().map(|it| it.split(['/', '@']).nth(2).unwrap()).collect();
            format!("{} {} {}", it["id"].as_str().unwrap(), it["analysis"]["state"].as_str().unwrap(), names.join(","))
        })
        .collect();
    assert_eq!(
        states,
        [
            "CVE-2019-0000 in_triage linux-image-6.1.0-17-amd64",
            "CVE-2023-45853 not_affected zlib1g",
            "CVE-2023-5678 in_triage libssl3,openssl",
            "CVE-2024-1086 in_triage linux-image-6.1.0-17-amd64",
            "CVE-2024-5535 in_triage libssl3,openssl",
        ]
    );
    assert_eq!(bom["vulnerabilities"][2]["ratings"][0]["score"], 5.3);
    assert_eq!(bom["vulnerabilities"][1]["analysis"]["justification"], "code_not_present");
    let empty: Value = serde_json::from_slice(&fs::read(&cyclonedx[2]).unwrap()).unwrap();
    assert_eq!(empty["compositions"][0]["aggregate"], "unknown");
    assert_eq!(empty["metadata"]["properties"][0]["value"], "inconclusive");
}

const SCHEMA: &str = r#"
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
validator = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
for path in sys.argv[2:]:
    for fault in validator.iter_errors(json.load(open(path))):
        raise SystemExit(f"{path}: {fault.json_path}: {fault.message}")
print("valid")
"#;

#[test]
fn sarif_is_valid_and_tells_what_is_inconclusive() {
    let folder = tempfile::tempdir().unwrap();
    let paths = written(folder.path(), Format::Sarif, ".sarif");
    let tool = "tests/dev/node_modules/@microsoft/sarif-multitool-linux";
    let schema = installed(&format!("{tool}/sarif-2.1.0.json"));
    assert_eq!(run(Command::new(python()).args(["-c", SCHEMA]).arg(schema).args(&paths)), "valid\n");
    // What breaks a rule is an error; what could be nicer is a warning.
    let said = run(Command::new(installed(&format!("{tool}/Sarif.Multitool")))
        .env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")
        .args(["validate", "--level", "Error", "--kind", "Fail", "--log", "ForceOverwrite", "--output"])
        .arg(folder.path().join("said.json"))
        .args(&paths));
    assert!(!said.contains(": error "), "{said}");
    let runs = |at: usize| -> Value {
        serde_json::from_slice::<Value>(&fs::read(&paths[at]).unwrap()).unwrap()["runs"].clone()
    };
    let found = &runs(0)[0];
    assert_eq!(found["invocations"][0]["executionSuccessful"], true);
    assert_eq!(found["invocations"][0]["exitCode"], 1);
    let results = found["results"].as_array().unwrap();
    let suppressed: Vec<&Value> = results.iter().filter(|it| !it["suppressions"].is_null()).collect();
    assert_eq!((results.len(), suppressed.len()), (11, 1));
    assert_eq!(suppressed[0]["ruleId"], "CVE-2023-45853");
    for result in results {
        let rule = &found["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    let nothing = &runs(2)[0];
    assert_eq!(nothing["invocations"][0]["executionSuccessful"], false);
    assert_eq!(nothing["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"], "No package was found.");
    assert_eq!(runs(4).as_array().unwrap().len(), 5);
}

const JUNIT: &str = r#"
import sys
from junitparser import Error, Failure, JUnitXml, Skipped
for path in sys.argv[1:]:
    xml = JUnitXml.fromfile(path)
    for suite in xml:
        counts = [0, 0, 0, 0]
        for case in suite:
            counts[0] += 1
            for at, kind in enumerate([Failure, Error, Skipped]):
                counts[at + 1] += any(isinstance(it, kind) for it in case.result)
        assert counts == [suite.tests, suite.failures, suite.errors, suite.skipped], (path, counts)
        print(path.rsplit("/", 1)[1], *counts)
"#;

#[test]
fn junit_is_valid_and_counts_right() {
    let folder = tempfile::tempdir().unwrap();
    let paths = written(folder.path(), Format::Junit, ".xml");
    let schema = installed("target/sbom-venv/junit-10.xsd");
    run(Command::new("xmllint").args(["--noout", "--nonet", "--schema"]).arg(schema).args(&paths));
    let said = run(Command::new(python()).args(["-c", JUNIT]).args(&paths));
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[..3], ["found.xml 8 5 0 1", "clean.xml 3 0 0 0", "nothing.xml 2 0 1 0"]);
}

const HTML_RULES: &str = r#"{"root": true, "extends": ["html-validate:recommended", "html-validate:a11y", "html-validate:document"],
    "rules": {"long-title": "off", "require-sri": "off", "no-trailing-whitespace": "error"}}"#;

#[test]
fn the_page_is_valid_and_accessible_and_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let paths = written(folder.path(), Format::Html, ".html");
    let rules = folder.path().join("rules.json");
    fs::write(&rules, HTML_RULES).unwrap();
    run(Command::new("node")
        .arg(installed("tests/dev/node_modules/html-validate/bin/html-validate.mjs"))
        .arg("--config")
        .arg(&rules)
        .args(["--max-warnings", "0"])
        .args(&paths));
    for path in paths {
        let page = fs::read_to_string(path).unwrap();
        assert!(!page.contains("<script") && !page.contains("javascript:") && !page.contains("<!--"));
        assert!(!page.contains("src=") && !page.contains("@import") && !page.contains("url("));
        assert!(page.contains("default-src 'none'"));
    }
    let page = write(&[found(), nothing()], Format::Html).unwrap();
    for part in [
        "Something was found in 1 of 2 images; of 1, nobody can tell yet. 1 has to be rebuilt. The oldest is 221 days old.",
        "<h3>Nobody can tell</h3>",
        "<li>no package was found</li>",
        "<ol>\n<li>docker://registry.example.org/base:1</li>\n<li>docker://registry.example.org/team/app:1</li>\n</ol>",
        "<caption>1 newer version, 1 for security</caption>",
        "https://security-tracker.debian.org/tracker/CVE-2024-5535",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
}
