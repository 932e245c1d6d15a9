//! CycloneDX 1.6: the image and its packages, the advisories that concern them with what was found out about them (VEX), and
//! all other findings as annotations.

use std::collections::{BTreeMap, HashSet};

use reposnap::Result;
use reposnap::bom::cyclonedx::{
    Affects, Analysis, Annotation, Annotator, Bom, Component, Composition, Dependency, Hash, Metadata, OtherId,
    Property, Rating, Source, Url, Vulnerability,
};
use reposnap::bom::{encoded, json, time, uuid};

use super::{Finding, Report, Reported, Rule, Stated, Verdict};
use crate::severity::Urgency;

pub(super) fn write(reports: &[Report]) -> Result<String> {
    let serial = format!("urn:uuid:{}", uuid(Report::digest_of(reports)?));
    let now = reports.iter().map(|report| report.now).max();
    let images: Vec<Image<'_>> =
        reports.iter().enumerate().map(|(number, report)| Image::of(report, number, reports)).collect();
    let metadata = Metadata {
        timestamp: now.map(time),
        component: match images.as_slice() {
            [image] => image.component(),
            _ => Component {
                r#type: "platform",
                reference: Some("images".to_owned()),
                name: "images".to_owned(),
                ..Component::default()
            },
        },
        properties: vec![property("reposnap:verdict", Verdict::of_all(reports).as_str())],
        ..Metadata::default()
    };
    let mut bom = Bom::new(serial, metadata);
    match images.as_slice() {
        [image] => bom.components = image.packages(),
        images => {
            let root = images.iter().map(|image| image.reference.clone()).collect();
            bom.dependencies.push(Dependency { r#ref: "images".to_owned(), depends_on: root });
            let whole = |image: &Image<'_>| Component { components: image.packages(), ..image.component() };
            bom.components = images.iter().map(whole).collect();
        }
    }
    let mut vulnerabilities = BTreeMap::new();
    for image in &images {
        bom.dependencies.push(Dependency { r#ref: image.reference.clone(), depends_on: image.references.clone() });
        bom.compositions.push(Composition {
            // There may be more in an image than packages.
            aggregate: if image.report.doubts.is_empty() { "incomplete" } else { "unknown" },
            assemblies: vec![image.reference.clone()],
        });
        image.vulnerabilities(&mut vulnerabilities);
        bom.annotations.extend(image.annotations());
    }
    bom.vulnerabilities = vulnerabilities.into_values().collect();
    json(&bom)
}

fn property(name: &'static str, value: impl Into<String>) -> Property {
    Property { name, value: value.into() }
}

/// A report, and what its parts are called in the document.
struct Image<'a> {
    report: &'a Report,
    reference: String,
    references: Vec<String>,
}

impl<'a> Image<'a> {
    fn of(report: &'a Report, number: usize, all: &[Report]) -> Self {
        // Alone, packages are called by their purls, which stay the same from one bill to the next.
        let prefix = if all.len() == 1 { String::new() } else { format!("image-{number}/") };
        let mut known = HashSet::new();
        let references = report.packages.iter().enumerate().map(|(at, package)| {
            let name = format!("{prefix}{}", package.purl(report));
            match known.insert(name.clone()) {
                true => name,
                false => format!("{name}#{at}"),
            }
        });
        let references = references.collect();
        let reference = if all.len() == 1 { "image".to_owned() } else { format!("image-{number}") };
        Self { report, reference, references }
    }

    fn component(&self) -> Component {
        let report = self.report;
        let mut properties = vec![property("reposnap:verdict", report.verdict.as_str())];
        properties.extend(report.doubts.iter().map(|doubt| property("reposnap:doubt", doubt)));
        properties.extend(report.environment.iter().map(|name| property("reposnap:environment", name)));
        if let Some(os) = &report.os {
            properties.push(property("reposnap:os", report.system()));
            properties.push(property("reposnap:os-id", &os.id));
        }
        if let Some(dated) = &report.dated {
            properties.push(property("reposnap:first-snapshot", dated.first.snapshot.to_string()));
            properties.push(property("reposnap:last-snapshot", dated.last.snapshot.to_string()));
        }
        Component {
            r#type: if report.digest.is_some() { "container" } else { "operating-system" },
            reference: Some(self.reference.clone()),
            name: report.reference.clone(),
            version: report.digest.map(|digest| format!("sha256:{digest}")),
            hashes: report
                .digest
                .map(|digest| Hash { alg: "SHA-256", content: digest.to_string() })
                .into_iter()
                .collect(),
            purl: self.purl(),
            properties,
            ..Component::default()
        }
    }

    /// The image's own purl, which needs a registry (the type `oci`).
    fn purl(&self) -> Option<String> {
        let digest = self.report.digest?;
        let rest = self.report.reference.strip_prefix("docker://")?;
        let rest = rest.split_once('@').map_or(rest, |(rest, _)| rest);
        let repository = match rest.rsplit_once(':') {
            Some((rest, tag)) if !tag.contains('/') => rest,
            _ => rest,
        };
        let name = repository.rsplit('/').next()?.to_ascii_lowercase();
        let url = encoded(repository);
        Some(format!("pkg:oci/{}@sha256:{digest}?repository_url={url}", encoded(&name)))
    }

    fn packages(&self) -> Vec<Component> {
        self.report.packages.iter().zip(&self.references).map(|(package, name)| self.package(package, name)).collect()
    }

    fn package(&self, package: &Reported, reference: &str) -> Component {
        let mut properties = vec![
            property("reposnap:source", &package.source.name),
            property("reposnap:source-version", &package.source.version),
        ];
        properties.extend(package.layer.map(|layer| property("reposnap:layer", layer.to_string())));
        if let Some(origin) = &package.origin {
            let word = match origin.matched {
                super::Match::Known => "known",
                super::Match::Superseded => "superseded",
                super::Match::Modified => "modified",
                super::Match::FromNowhere => "from-nowhere",
            };
            properties.push(property("reposnap:match", word));
            let from = [&origin.mirror, &origin.suite, &origin.component].into_iter().flatten().cloned();
            let from: Vec<String> = from.collect();
            if !from.is_empty() {
                properties.push(property("reposnap:from", from.join("/")));
            }
        }
        properties.extend(package.candidate.as_ref().map(|version| property("reposnap:candidate", version)));
        let sha256 = package.origin.as_ref().and_then(|origin| origin.sha256);
        Component {
            r#type: "library",
            reference: Some(reference.to_owned()),
            name: package.name.clone(),
            version: Some(package.version.clone()),
            hashes: sha256.map(|it| Hash { alg: "SHA-256", content: it.to_string() }).into_iter().collect(),
            purl: Some(package.purl(self.report)),
            properties,
            ..Component::default()
        }
    }

    /// One for each advisory and what was found out about it.
    fn vulnerabilities(&self, all: &mut BTreeMap<String, Vulnerability>) {
        for finding in self.report.findings.iter().filter(|finding| finding.rule == Rule::Advisory) {
            let Some(id) = finding.advisories.first() else { continue };
            let reference = match finding.package.and_then(|at| self.references.get(at)) {
                Some(reference) => reference,
                None => &self.reference,
            };
            let analysis = analysis(finding);
            // Statements differ by their author and time as well.
            let key = format!(
                "{id}/{}/{}/{}",
                analysis.state,
                finding.suppressed.as_ref().map_or("", |it| it.author.as_str()),
                analysis.last_updated.as_deref().unwrap_or_default()
            );
            let number = all.len();
            let known = all.entry(key).or_insert_with(|| vulnerability(id, finding, analysis, number));
            if !known.affects.iter().any(|it| it.r#ref == *reference) {
                known.affects.push(Affects { r#ref: reference.clone() });
            }
        }
    }

    fn annotations(&self) -> Vec<Annotation> {
        let others = self.report.findings.iter().filter(|it| it.rule != Rule::Advisory || it.advisories.is_empty());
        others
            .map(|finding| Annotation {
                subjects: vec![
                    finding.package.and_then(|at| self.references.get(at)).unwrap_or(&self.reference).clone(),
                ],
                annotator: Annotator { component: Component::this() },
                timestamp: time(self.report.now),
                text: format!("{}: {}", finding.rule.as_str(), finding.message),
            })
            .collect()
    }
}

fn analysis(finding: &Finding) -> Analysis {
    let Some(suppressed) = &finding.suppressed else {
        return Analysis {
            state: "in_triage",
            justification: None,
            response: finding.fixed_in.iter().map(|_| "update").collect(),
            detail: Some(finding.message.clone()),
            last_updated: None,
        };
    };
    Analysis {
        state: match suppressed.status {
            Stated::Fixed => "resolved",
            _ => "not_affected",
        },
        // Its words are others; each stands for the nearest.
        justification: match suppressed.justification.as_deref() {
            Some("component_not_present" | "vulnerable_code_not_present") => Some("code_not_present"),
            Some("vulnerable_code_not_in_execute_path") => Some("code_not_reachable"),
            Some("vulnerable_code_cannot_be_controlled_by_adversary") => Some("protected_at_perimeter"),
            Some("inline_mitigations_already_exist") => Some("protected_by_mitigating_control"),
            _ => None,
        },
        response: Vec::new(),
        detail: Some(match &suppressed.words {
            Some(words) => format!("{words} ({})", suppressed.author),
            None => suppressed.author.clone(),
        }),
        last_updated: Some(time(suppressed.time)),
    }
}

fn vulnerability(id: &str, finding: &Finding, analysis: Analysis, number: usize) -> Vulnerability {
    let source = |id: &str| Source { url: None, name: Some(id.split('-').next().unwrap_or(id).to_owned()) };
    let others = finding.advisories.iter().skip(1).filter(|other| *other != id);
    Vulnerability {
        reference: format!("vulnerability-{number}/{id}"),
        id: id.to_owned(),
        source: finding.urls.first().map(|url| Source { url: Some(url.clone()), name: None }),
        references: others.map(|id| OtherId { id: id.clone(), source: source(id) }).collect(),
        ratings: rating(finding).into_iter().collect(),
        description: finding.summary.clone(),
        recommendation: finding.fixed_in.as_ref().map(|version| match &finding.source {
            Some(source) => format!("update {} to {version}", source.name),
            None => format!("update to {version}"),
        }),
        advisories: finding.urls.iter().map(|url| Url { url: url.clone() }).collect(),
        analysis: Some(analysis),
        affects: Vec::new(),
    }
}

fn rating(finding: &Finding) -> Option<Rating> {
    if finding.urgency.is_none() && finding.score.is_none() {
        return None;
    }
    let method = match finding.vector.as_deref().and_then(|vector| vector.split('/').next()) {
        Some("CVSS:3.0") => "CVSSv3",
        Some("CVSS:3.1") => "CVSSv31",
        Some("CVSS:4.0") => "CVSSv4",
        _ => "other",
    };
    Some(Rating {
        score: finding.score.map(f64::from),
        severity: match finding.urgency.unwrap_or_default() {
            Urgency::Unknown => "unknown",
            Urgency::Unimportant => "info",
            Urgency::Low => "low",
            Urgency::Medium => "medium",
            Urgency::High => "high",
            Urgency::Critical => "critical",
        },
        method,
        vector: finding.vector.clone(),
    })
}
