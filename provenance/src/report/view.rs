//! What the formats share: names, ages, counts, and who is affected by what.

use std::collections::BTreeMap;

use reposnap::bom::{purl, rpm_purl};
use reposnap::{Digest, Error, Kind, Result};
use reposnap_image::package::Family;

use super::{Finding, Match, Report, Reported, Rule, Severity, distro, vendor};
use crate::severity::Urgency;

/// The days of a number of seconds.
const DAY: i64 = 86_400;

impl Reported {
    /// `name:architecture`, which no two packages of dpkg share.
    pub(super) fn label(&self) -> String {
        format!("{}:{}", self.name, self.architecture)
    }

    /// Its purl, in an image of this report.
    pub(super) fn purl(&self, report: &Report) -> String {
        let (vendor, distro) = (vendor(report.os.as_ref(), self.family), distro(report.os.as_ref()));
        let write = match self.family {
            Family::Deb => purl,
            Family::Rpm => rpm_purl,
        };
        write(&vendor, &self.name, &self.version, &self.architecture, distro.as_deref())
    }
}

impl Report {
    /// The package that a finding is about.
    pub(super) fn package(&self, finding: &Finding) -> Option<&Reported> {
        self.packages.get(finding.package?)
    }

    /// What counts, or what does not.
    pub(super) fn findings_that(&self, count: bool) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.counts() == count)
    }

    /// Days since the last snapshot that the image is consistent with.
    pub(super) fn age(&self) -> Option<i64> {
        let dated = self.dated.as_ref()?;
        Some((self.now.as_second() - dated.last.time.as_second()).div_euclid(DAY).max(0))
    }

    /// The distribution's name for people.
    pub(super) fn system(&self) -> String {
        match &self.os {
            Some(os) => match (&os.name, &os.version) {
                (Some(name), _) => name.clone(),
                (None, Some(version)) => format!("{} {version}", os.id),
                (None, None) => os.id.clone(),
            },
            None => "an unknown system".to_owned(),
        }
    }

    /// How many findings that count are this bad.
    pub(super) fn count(&self, severity: Severity) -> usize {
        self.findings_that(true).filter(|finding| finding.severity == severity).count()
    }

    /// How many packages came from where, by what the snapshots say; none for those that nobody asked about.
    pub(super) fn origins(&self) -> BTreeMap<Option<Match>, usize> {
        let mut counts = BTreeMap::new();
        for package in &self.packages {
            *counts.entry(package.origin.as_ref().map(|origin| origin.matched)).or_default() += 1;
        }
        counts
    }

    /// What advisories concern, by source package, the worst first.
    pub(super) fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: BTreeMap<(&str, &str), Group<'_>> = BTreeMap::new();
        let mut others = Vec::new();
        for finding in self.findings_that(true).filter(|finding| finding.rule == Rule::Advisory) {
            let Some(package) = self.package(finding) else {
                others.push(Group { findings: vec![finding], ..Group::default() });
                continue;
            };
            let source = finding.source.as_ref().unwrap_or(&package.source);
            let group = groups.entry((&source.name, &source.version)).or_default();
            (group.source, group.version) = (&source.name, &source.version);
            group.findings.push(finding);
            if !group.packages.iter().any(|known| std::ptr::eq(*known, package)) {
                group.packages.push(package);
            }
        }
        let mut all: Vec<Group<'_>> = groups.into_values().chain(others).collect();
        all.sort_by_key(|group| std::cmp::Reverse((group.severity(), group.urgency())));
        all
    }

    /// A name of all that is said, for documents that need one.
    pub(super) fn digest_of(reports: &[Report]) -> Result<Digest> {
        let text = serde_json::to_vec(reports)
            .map_err(|error| Error::new(Kind::Internal, "a report can't be written").source(error))?;
        Ok(Digest::of(&text))
    }
}

/// What advisories say of the packages of one source package.
#[derive(Default)]
pub(super) struct Group<'a> {
    pub(super) source: &'a str,
    pub(super) version: &'a str,
    pub(super) packages: Vec<&'a Reported>,
    pub(super) findings: Vec<&'a Finding>,
}

impl<'a> Group<'a> {
    pub(super) fn severity(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    pub(super) fn urgency(&self) -> Urgency {
        self.findings.iter().filter_map(|finding| finding.urgency).max().unwrap_or_default()
    }

    /// The best known identifier of each advisory, each once, the worst first, with the finding that has it.
    pub(super) fn advisories(&self) -> Vec<(&'a str, &'a Finding)> {
        let mut all: Vec<(&str, &Finding)> = Vec::new();
        for finding in &self.findings {
            let name = finding.advisories.first().map_or("", String::as_str);
            if !all.iter().any(|(known, _)| *known == name) {
                all.push((name, finding));
            }
        }
        all
    }

    /// The versions that mend something, as written; the last one mends the most, but only who can compare knows which that
    /// is.
    pub(super) fn fixes(&self) -> Vec<&'a str> {
        let mut all: Vec<&str> = self.findings.iter().filter_map(|finding| finding.fixed_in.as_deref()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The version that mends all that can be mended, where the versions can be compared.
    pub(super) fn fix(&self) -> Option<&'a str> {
        let family = self.packages.first()?.family;
        let later = |a: &str, b: &str| crate::order::compare(family, a, b).is_gt();
        let mut best: Option<&str> = None;
        for fix in self.fixes() {
            match best {
                Some(known) if !later(fix, known) => {}
                _ => best = Some(fix),
            }
        }
        best
    }
}

/// `1 package`, `2 packages`.
pub(super) fn counted(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        // Not days.
        many if what.ends_with("ty") || what.ends_with("ry") => format!("{many} {}ies", &what[..what.len() - 1]),
        many => format!("{many} {what}s"),
    }
}

/// Text for a line of a terminal, or of a document that is shown on one: no control characters, which could move the cursor
/// or colour what follows, and none that turn the direction of writing round.
pub(super) fn plain(text: &str) -> String {
    let odd = |char: char| {
        char.is_control() || matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|char| if odd(char) { '\u{fffd}' } else { char }).collect()
}

/// What snapshots say, for people.
pub(super) fn matched(found: Option<Match>) -> &'static str {
    match found {
        Some(Match::Known) => "in a snapshot, and current",
        Some(Match::Superseded) => "in a snapshot, since superseded",
        Some(Match::Modified) => "in a snapshot, with other content",
        Some(Match::FromNowhere) => "in no snapshot",
        None => "not looked up",
    }
}
