//! What an audit finds, told.

use jiff::Timestamp;
use reposnap_image::Inventory;
use reposnap_image::inventory::FileChange;
use reposnap_image::package::{Family, Package, Proof};

use super::newest::native;
use super::{Against, Base, LEAST_COVERED, Standing};
use crate::history::{Histories, Lineage};
use crate::matching::Matched;
use crate::order::compare;
use crate::report::{Finding, HeldBy, Match, Report, Rule, Severity};

/// An audit in the making. The packages of the report, of the inventory and of what was matched are the same.
pub(super) struct Audited<'a> {
    pub(super) histories: &'a Histories,
    pub(super) inventory: &'a Inventory,
    pub(super) matched: &'a [Matched],
    pub(super) report: Report,
}

impl Audited<'_> {
    /// What is found whatever the image is held against.
    pub(super) fn image(&mut self) {
        for (number, (package, matched)) in self.inventory.packages.iter().zip(self.matched).enumerate() {
            let what = format!("{} {}", package.name, package.version);
            match matched.origin.matched {
                Match::Known => {}
                Match::Superseded => {
                    let message = format!("no snapshot of today has {what} any more");
                    self.add(Rule::Superseded, Severity::Note, message, Some(number));
                }
                Match::Modified => {
                    let fields: Vec<String> = matched.differs.iter().map(ToString::to_string).collect();
                    let message = format!("{what} is not the one that the snapshots have: {}", fields.join("; "));
                    self.add(Rule::Modified, Severity::Error, message, Some(number));
                }
                Match::FromNowhere if package.family == Family::Deb && !self.histories.all.is_empty() => {
                    let message = format!("no snapshot has {what}");
                    self.add(Rule::FromNowhere, Severity::Warning, message, Some(number));
                }
                Match::FromNowhere => {}
            }
            if let Some(Proof::Broken { why }) = &package.proof {
                let message = format!("the header of {what} does not hold: {why}");
                self.add(Rule::BadSignature, Severity::Error, message, Some(number));
            }
            let is_half = package.state.flag != "ok"
                || matches!(&*package.state.status, "half-installed" | "unpacked" | "half-configured");
            if package.family == Family::Deb && is_half {
                let message = format!("{what} is {}", package.state.status);
                self.add(Rule::HalfInstalled, Severity::Warning, message, Some(number));
            }
        }
        for file in self.inventory.files.iter().flatten() {
            let number = self
                .inventory
                .packages
                .iter()
                .position(|package| file.package == format!("{}:{}", package.name, package.architecture));
            let change = match file.change {
                FileChange::Modified => "was changed",
                FileChange::Missing => "is gone",
            };
            let message = format!("{} of {} {change}", file.path, file.package);
            self.add(Rule::FileChanged, Severity::Warning, message, number);
            if let Some(finding) = self.report.findings.last_mut() {
                finding.path = Some(file.path.clone());
            }
        }
    }

    /// What is found against an environment.
    pub(super) fn against(&mut self, against: &Against, base: Option<&Base>) {
        let native = native(&self.inventory.packages);
        for (number, package) in self.inventory.packages.iter().enumerate() {
            let standing = against.newest.standing(package, native);
            let what = format!("{} {}", package.name, package.version);
            match standing {
                Standing::Current | Standing::Gone => {
                    if standing == Standing::Current {
                        self.report.packages[number].candidate = Some(package.version.clone());
                    }
                }
                Standing::Ahead { candidate } => {
                    let message = format!("{what} is newer than {candidate} of {}", against.environment);
                    self.report.packages[number].candidate = Some(candidate);
                    self.add(Rule::Ahead, Severity::Note, message, Some(number));
                }
                Standing::Outdated { candidate } => {
                    let since = self.since(against, package);
                    let held_by = base.and_then(|base| {
                        let layer = package.layer?;
                        Some(if layer < base.layers { HeldBy::Base } else { HeldBy::Image })
                    });
                    let mut message = format!("{} has {candidate} of {what}", against.environment);
                    if let Some(since) = since {
                        let days = days(since, self.report.now);
                        message.push_str(&format!(", for {days} day{}", if days == 1 { "" } else { "s" }));
                    }
                    if held_by == Some(HeldBy::Base) {
                        message.push_str("; the base image holds it back");
                    }
                    let is_security = self.is_security(package, &candidate);
                    let (rule, severity) = match is_security {
                        true => (Rule::SecurityUpdate, Severity::Error),
                        false => (Rule::Outdated, Severity::Warning),
                    };
                    self.add(rule, severity, message, Some(number));
                    if let Some(finding) = self.report.findings.last_mut() {
                        finding.fixed_in = Some(candidate.clone());
                    }
                    let reported = &mut self.report.packages[number];
                    reported.candidate = Some(candidate);
                    reported.outdated_since = since;
                    reported.held_by = held_by;
                }
            }
        }
    }

    /// Since when there has been a newer version than a package's: in the environment, where it is one with a history,
    /// else in any mirror.
    fn since(&self, against: &Against, package: &Package) -> Option<Timestamp> {
        let own = self.histories.find(Lineage::Environment, &against.environment);
        let histories = match own {
            Some(own) => std::slice::from_ref(own),
            None => &self.histories.all[..],
        };
        let first = |history: &crate::history::History| {
            let rows = history.rows(&package.name, &package.architecture).into_iter();
            let newer = rows.filter(|row| {
                let is_asked_for = history.lists().get(row.list).is_some_and(|list| list.not_automatic);
                !is_asked_for && compare(package.family, &row.version, &package.version).is_gt()
            });
            newer.map(|row| row.first).min().and_then(|first| history.positions().get(first)).map(|at| at.time)
        };
        histories.iter().filter_map(first).min()
    }

    /// Whether a suite of security updates had a version that is newer than the package's, and not newer than `candidate`.
    fn is_security(&self, package: &Package, candidate: &str) -> bool {
        self.histories.all.iter().any(|history| {
            history.rows(&package.name, &package.architecture).into_iter().any(|row| {
                history.lists().get(row.list).is_some_and(|list| list.is_security())
                    && compare(package.family, &row.version, &package.version).is_gt()
                    && compare(package.family, &row.version, candidate).is_le()
            })
        })
    }

    fn add(&mut self, rule: Rule, severity: Severity, message: String, package: Option<usize>) {
        let mut finding = Finding::new(rule, severity, message);
        finding.package = package;
        self.report.findings.push(finding);
    }

    /// Sorts the findings, and comes to a verdict.
    pub(super) fn finish(mut self, against: Option<&Against>) -> Report {
        let report = &mut self.report;
        if self.histories.all.is_empty() {
            report.doubts.push("the store has no snapshots of a mirror or an environment".to_owned());
        }
        let all = self.inventory.packages.len();
        if let Some(against) = against.filter(|_| all > 0) {
            let has = |package: &&Package| package.family == Family::Deb && against.newest.has(&package.name);
            let known = self.inventory.packages.iter().filter(has).count();
            if (known as f64) < LEAST_COVERED * all as f64 {
                report.doubts.push(format!(
                    "{} has packages of the names of {known} of {all} only: the image is of another distribution",
                    against.environment
                ));
            }
        } else if all > 0 && !self.histories.all.is_empty() {
            let is_known = |matched: &&Matched| matched.origin.matched != Match::FromNowhere;
            let known = self.matched.iter().filter(is_known).count();
            if (known as f64) < LEAST_COVERED * all as f64 {
                report
                    .doubts
                    .push(format!("the snapshots have {known} of {all} packages only: they don't cover the image"));
            }
        }
        report.conclude();
        // A new base helps where all that is outdated is the base's; else the image itself has to be made anew.
        let outdated: Vec<_> = report.packages.iter().filter(|package| package.held_by.is_some()).collect();
        let is_outdated =
            report.findings.iter().any(|finding| matches!(finding.rule, Rule::Outdated | Rule::SecurityUpdate));
        if is_outdated {
            if outdated.iter().any(|package| package.held_by == Some(HeldBy::Base))
                && let Some(base) = &report.base
            {
                report.rebuild.push(base.names.first().cloned().unwrap_or_else(|| format!("sha256:{}", base.digest)));
            }
            report.rebuild.push(report.reference.clone());
        }
        self.report
    }
}

/// Whole days between two moments; 0 where the second is earlier.
fn days(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_second() - from.as_second()).max(0) / (24 * 3600)
}
