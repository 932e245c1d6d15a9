//! What advisories say of a report's packages, as its findings.

use std::collections::BTreeMap;

use reposnap_image::package::Source;

use super::database::Database;
use super::judge::{Hit, HitStatus, Subject};
use super::model::Concern;
use super::release::Release;
use crate::report::{Finding, Match, Origin, Report, Reported, Rule, Severity, Suppression};
use crate::severity::Urgency;
use crate::vex::Statements;

/// Adds what advisories say of a report's packages to its findings, and to its doubts what they do not tell: that there are
/// none, that they are about other releases, that versions can't be compared. Call [`Report::conclude`] behind it.
///
/// A package is judged by the suite that it came from ([`crate::report::Origin::suite`]); where nobody knows that, by the
/// image's own release. That no advisory is about a package is no doubt where snapshots have exactly it, and of a mirror that
/// `own` names: nobody else looks at what one builds oneself.
pub fn examine(report: &mut Report, database: &Database, statements: &Statements, own: &[String]) {
    if database.is_empty() {
        report.doubts.push("the advisories are empty".to_owned());
        return;
    }
    let mut silent: BTreeMap<String, usize> = BTreeMap::new();
    let mut incomparable = 0;
    let mut findings = Vec::new();
    for (at, package) in report.packages.iter().enumerate() {
        let is_own = package.origin.as_ref().is_some_and(|origin| is_own(origin, own));
        let suite = package.origin.as_ref().and_then(|origin| origin.suite.as_deref());
        let Some(release) = report.os.as_ref().and_then(|os| Release::of_os(os, suite)) else {
            if !is_own {
                *silent.entry("an unknown release".to_owned()).or_default() += 1;
            }
            continue;
        };
        let subject = Subject::from(package);
        if !database.judges(&subject, &release) {
            if !is_own {
                *silent.entry(release.to_string()).or_default() += 1;
            }
            continue;
        }
        let hits = database.of(&subject, &release);
        incomparable += usize::from(hits.iter().any(|hit| hit.status == HitStatus::Incomparable));
        for hit in hits.iter().filter(|hit| hit.kind == Concern::Security) {
            let statement = statements.about(&hit.names, report, package);
            let mut finding = finding(hit, package, at);
            finding.suppressed = statement.filter(|it| it.status.suppresses()).map(Suppression::from);
            findings.push(finding);
        }
    }
    report.findings.append(&mut findings);
    for (release, packages) in silent {
        report.doubts.push(format!("no advisory is about {release}, which {} of", counted(packages)));
    }
    if incomparable > 0 {
        report.doubts.push(format!("versions of {} can't be compared with what advisories say", counted(incomparable)));
    }
}

/// Whether a package is exactly what a mirror of `own` has, or had.
fn is_own(origin: &Origin, own: &[String]) -> bool {
    matches!(origin.matched, Match::Known | Match::Superseded)
        && origin.mirror.as_ref().is_some_and(|mirror| own.contains(mirror))
}

fn counted(packages: usize) -> String {
    match packages {
        1 => "1 package is".to_owned(),
        more => format!("{more} packages are"),
    }
}

impl<'a> From<&'a Reported> for Subject<'a> {
    fn from(package: &'a Reported) -> Self {
        Self {
            family: package.family,
            name: &package.name,
            version: &package.version,
            architecture: &package.architecture,
            source: &package.source.name,
            source_version: &package.source.version,
            built_using: [&package.built_using, &[]],
        }
    }
}

fn finding(hit: &Hit<'_>, package: &Reported, at: usize) -> Finding {
    let severity = match (hit.status, hit.urgency) {
        // Somebody has to look at what can't be told here; what its publisher does not know, nobody can change.
        (HitStatus::Incomparable, _) => Severity::Warning,
        (HitStatus::Undetermined, _) | (_, Urgency::Unimportant) => Severity::Note,
        (_, Urgency::Unknown | Urgency::Low | Urgency::Medium) => Severity::Warning,
        (_, Urgency::High | Urgency::Critical) => Severity::Error,
    };
    let lead = hit.names.first().copied().unwrap_or(hit.id);
    let mut message = match hit.status {
        HitStatus::Affected => format!("{lead} concerns {} {}", hit.source, hit.version),
        HitStatus::Undetermined => format!("nobody knows yet whether {lead} concerns {} {}", hit.source, hit.version),
        HitStatus::Incomparable => {
            format!("{lead} may concern {} {}: the versions can't be compared", hit.source, hit.version)
        }
    };
    if hit.built_in {
        message.push_str(&format!(", which is built into {}", package.name));
    }
    match (hit.status, hit.fixed_in) {
        (HitStatus::Affected, Some(fixed)) => message.push_str(&format!("; {fixed} mends it")),
        (HitStatus::Affected, None) => message.push_str(&format!("; {} has nothing that mends it", hit.release)),
        _ => {}
    }
    if let Some(remark) = hit.remark {
        message.push_str(&format!(" ({remark})"));
    }
    Finding {
        package: Some(at),
        source: Some(Source { name: hit.source.to_string(), version: hit.version.to_string() }),
        fixed_in: hit.fixed_in.map(str::to_owned),
        advisories: hit.names.iter().map(|name| (*name).to_owned()).collect(),
        urgency: Some(hit.urgency),
        score: hit.score,
        vector: hit.vector.map(str::to_owned),
        summary: (!hit.summary.is_empty()).then(|| hit.summary.to_owned()),
        urls: hit.urls.iter().map(|url| (*url).to_owned()).collect(),
        ..Finding::new(Rule::Advisory, severity, message)
    }
}
