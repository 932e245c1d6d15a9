//! SPDX 2.3: images that contain packages. Advisories are external references of packages (annex F.3, category `SECURITY`),
//! all that was found is in annotations, and so are the verdict and the doubts.

use std::collections::HashSet;

use reposnap::Result;
use reposnap::bom::spdx::{Annotation, Checksum, DOCUMENT, Document, ExternalRef, Package, Relationship, escaped};
use reposnap::bom::{json, uuid};

use super::{Finding, Report, Rule, Verdict};

/// The most advisories that one package refers to; SPDX is no place for all of a kernel's.
const MAX_REFS: usize = 256;

pub(super) fn write(reports: &[Report]) -> Result<String> {
    let name = match reports {
        [report] => report.reference.clone(),
        reports => format!("{} images", reports.len()),
    };
    let now = reports.iter().map(|report| report.now).max().unwrap_or_default();
    let namespace = format!("urn:uuid:{}", uuid(Report::digest_of(reports)?));
    let mut document = Document::new(name, namespace, now);
    let verdict = Verdict::of_all(reports).as_str();
    document.annotations.push(Annotation::new(now, format!("verdict: {verdict}")));
    for (number, report) in reports.iter().enumerate() {
        add(&mut document, report, number);
    }
    json(&document)
}

fn add(document: &mut Document, report: &Report, number: usize) {
    let root = format!("SPDXRef-Image-{number}");
    document.relationships.push(Relationship::new(DOCUMENT, "DESCRIBES", &root));
    document.packages.push(image(report, &root));
    let mut by_package: Vec<Vec<&Finding>> = vec![Vec::new(); report.packages.len()];
    for finding in &report.findings {
        if let Some(findings) = finding.package.and_then(|at| by_package.get_mut(at)) {
            findings.push(finding);
        }
    }
    let mut known = HashSet::new();
    for ((at, package), findings) in report.packages.iter().enumerate().zip(by_package) {
        let parts = [&package.name, &package.architecture, &package.version].map(|text| escaped(text));
        let mut id = format!("SPDXRef-Package-{number}-{}", parts.join(".."));
        if !known.insert(id.clone()) {
            id = format!("{id}...{at}");
        }
        document.relationships.push(Relationship::new(&root, "CONTAINS", &id));
        let sha256 = package.origin.as_ref().and_then(|origin| origin.sha256);
        let mut external_refs = vec![ExternalRef::purl(package.purl(report))];
        external_refs.extend(findings.iter().filter_map(|finding| reference(finding)).take(MAX_REFS));
        document.packages.push(Package {
            version_info: Some(package.version.clone()),
            checksums: sha256
                .map(|it| Checksum { algorithm: "SHA256", checksum_value: it.to_string() })
                .into_iter()
                .collect(),
            source_info: Some(format!(
                "built from the source package {} {}",
                package.source.name, package.source.version
            )),
            external_refs,
            annotations: findings.iter().map(|finding| annotation(report, finding)).collect(),
            ..Package::new(&package.name, id)
        });
    }
}

fn image(report: &Report, id: &str) -> Package {
    let mut annotations = vec![Annotation::new(report.now, format!("verdict: {}", report.verdict.as_str()))];
    annotations.extend(report.doubts.iter().map(|doubt| Annotation::new(report.now, format!("doubt: {doubt}"))));
    let of_image = report.findings.iter().filter(|finding| report.package(finding).is_none());
    annotations.extend(of_image.map(|finding| annotation(report, finding)));
    Package {
        version_info: report.digest.map(|digest| format!("sha256:{digest}")),
        checksums: report
            .digest
            .map(|digest| Checksum { algorithm: "SHA256", checksum_value: digest.to_string() })
            .into_iter()
            .collect(),
        source_info: Some(report.system()),
        primary_package_purpose: Some(if report.digest.is_some() { "CONTAINER" } else { "OPERATING-SYSTEM" }),
        annotations,
        ..Package::new(&report.reference, id)
    }
}

/// An advisory that counts, as a place in the web.
fn reference(finding: &Finding) -> Option<ExternalRef> {
    if finding.rule != Rule::Advisory || finding.suppressed.is_some() {
        return None;
    }
    Some(ExternalRef {
        reference_category: "SECURITY",
        reference_type: "advisory",
        reference_locator: finding.urls.first()?.clone(),
        comment: finding.advisories.first().cloned(),
    })
}

fn annotation(report: &Report, finding: &Finding) -> Annotation {
    let suppressed = match &finding.suppressed {
        Some(it) => format!(" [suppressed: {}, {}]", it.status.as_str(), it.author),
        None => String::new(),
    };
    Annotation::new(report.now, format!("{}: {}{suppressed}", finding.rule.as_str(), finding.message))
}
