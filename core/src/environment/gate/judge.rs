//! The requirements of a policy, one by one. Promotions and reviews ask the same questions here, of what is given to them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::approval::{self, Wanted};
use super::check;
use super::evidence::{Evidence, Keeper};
use super::junit::Report;
use super::origin::{self, Stay};
use super::policy::{Origin, Policy};
use super::record::{Judged, Outcome};
use super::rule::Rule;
use super::span::Span;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::store::Store;

/// How many reasons an answer gives.
const MOST_REASONS: usize = 5;

/// What is to be judged.
pub(super) struct Case<'a> {
    pub(super) store: &'a Store,
    pub(super) policy: &'a Policy,
    /// The first entry of the environment's log.
    pub(super) log: Digest,
    /// What the environment was.
    pub(super) before: Digest,
    /// What it becomes.
    pub(super) after: Digest,
    /// What that was taken from: itself, or the snapshot whose packages were taken. Nothing for a rollback, whose snapshot
    /// comes from the environment itself.
    pub(super) source: Option<Digest>,
    pub(super) now: Timestamp,
    /// Reports of tests by name; nothing in place of one that is gone.
    pub(super) tests: Vec<(String, Option<Vec<u8>>)>,
    /// Approvals that were given, and those that were found.
    pub(super) approvals: Vec<Option<Vec<u8>>>,
    /// Up to which entry logs are looked at, and what its digest was then; their heads where nothing is said.
    pub(super) upto: Option<BTreeMap<String, (u64, Digest)>>,
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) judged: Vec<Judged>,
    pub(super) evidence: Vec<Evidence>,
}

impl Case<'_> {
    /// Asks all that the policy asks but for signatures of entries. What has to be kept goes to `keeper`.
    pub(super) async fn judge(&self, keeper: &mut Keeper) -> Result<Found> {
        let mut found = Found::default();
        if self.policy.frozen {
            let message = format!("{} is frozen", self.policy.environment());
            let help = || "set a policy without `Freeze: yes` when it may move again".to_owned();
            found.judged.push(Judged::of(Rule::Frozen, false, message).help(help));
        }
        if let Some(source) = self.source.filter(|_| !self.policy.from.is_empty()) {
            self.origin(source, &mut found).await?;
        }
        if let Some(check) = self.policy.check {
            match check::run(self.store, check, &self.policy.architectures, self.before, self.after).await {
                Ok(checked) => {
                    let help = || "look with `check AFTER --against BEFORE` at what it breaks, and why".to_owned();
                    found.judged.push(Judged::of(Rule::Check, checked.holds(), checked.words.clone()).help(help));
                    found.evidence.push(checked.evidence(check));
                }
                Err(error) if self.excuses(&error) => {
                    let message = format!("the check can't be done: {}", error.message());
                    found.judged.push(Judged::new(Rule::Check, Outcome::CannotTell, message));
                }
                Err(error) => return Err(error),
            }
        }
        self.reports(keeper, &mut found);
        if self.policy.approvals > 0 {
            self.approvals(keeper, &mut found);
        }
        Ok(found)
    }

    /// Whether a failure is a finding: a review goes on where what it needs is gone or damaged.
    fn excuses(&self, error: &Error) -> bool {
        self.upto.is_some() && is_of_data(error)
    }

    /// `From` and `Minimum-Age`.
    async fn origin(&self, source: Digest, found: &mut Found) -> Result<()> {
        let mut best: Option<(&Origin, Stay)> = None;
        for origin in &self.policy.from {
            let name = format!("{}/{}", origin.kind, origin.name);
            let upto = match &self.upto {
                None => None,
                Some(known) => match known.get(&name) {
                    Some(known) => Some(*known),
                    None => continue,
                },
            };
            let stay = match origin::stay(self.store, origin, source, upto.map(|(seq, _)| seq)).await {
                Ok(Some(stay)) => stay,
                Ok(None) => continue,
                Err(error) if self.excuses(&error) => {
                    let outcome = match error.kind() {
                        Kind::NotFound => Outcome::CannotTell,
                        _ => Outcome::DoesNotHold,
                    };
                    let message = format!("the log of {origin} can't be read: {}", error.message());
                    found.judged.push(Judged::new(Rule::From, outcome, message));
                    return Ok(());
                }
                Err(error) => return Err(error),
            };
            if let Some((_, digest)) = upto.filter(|(_, digest)| *digest != stay.digest) {
                let message = format!("entry {} of {origin} is {}, and was {digest} then", stay.seq, stay.digest);
                found.judged.push(Judged::of(Rule::Evidence, false, message));
            }
            let older = |known: &(&Origin, Stay)| match (stay.since, known.1.since) {
                (Some(new), Some(old)) => new < old,
                (new, old) => new.is_some() && old.is_none(),
            };
            if best.as_ref().is_none_or(older) {
                best = Some((origin, stay));
            }
        }
        let names = || self.policy.from.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
        if let Some((origin, stay)) = &best {
            let name = format!("{}/{}", origin.kind, origin.name);
            let Stay { seq, digest, since } = *stay;
            found.evidence.push(Evidence::Log { name, seq, digest, snapshot: source, since });
        }
        let Some((origin, since)) = best.and_then(|(origin, stay)| Some((origin, stay.since?))) else {
            let message = format!("{source:.12} is not in {}, or was taken back there", names());
            let help = || format!("promote it to {} first", names());
            found.judged.push(Judged::of(Rule::From, false, message).help(help));
            if self.policy.minimum_age.is_some() {
                found.judged.push(Judged::of(
                    Rule::Age,
                    false,
                    format!("it has no age without having been in {}", names()),
                ));
            }
            return Ok(());
        };
        found.judged.push(Judged::of(Rule::From, true, format!("in {origin} since {since}")));
        if let Some(least) = self.policy.minimum_age {
            let ripe = least.after(since);
            let message = match since > self.now {
                true => format!("{origin} has it since {since}, and here it is {}: the clocks differ", self.now),
                false => format!("{} in {origin}, of {least}", Span::between(since, self.now)),
            };
            found.judged.push(Judged::of(Rule::Age, ripe <= self.now, message).help(|| format!("wait until {ripe}")));
        }
        Ok(())
    }

    /// `Tests`, and reports that nobody asks for.
    fn reports(&self, keeper: &mut Keeper, found: &mut Found) {
        let mut parsed: BTreeMap<&str, Option<Result<Report>>> = BTreeMap::new();
        for (name, content) in &self.tests {
            let report = content.as_ref().map(|content| Report::parse(content));
            if let (Some(Ok(report)), Some(content)) = (&report, content) {
                let counts = report.counts.clone();
                found.evidence.push(Evidence::Tests { name: name.clone(), file: keeper.take(content), counts });
            }
            if parsed.insert(name, report).is_some() {
                found.judged.push(Judged::of(
                    Rule::Tests,
                    false,
                    format!("there are two reports of the tests {name:?}"),
                ));
            }
        }
        for name in &self.policy.tests {
            let judged = match parsed.get(name.as_str()) {
                None => {
                    Judged::of(Rule::Tests, false, format!("there is no report of the tests {name:?}")).help(|| {
                        match name.as_str() {
                            "tests" => "give it with `--evidence tests=FILE`".to_owned(),
                            name => format!("give it with `--evidence tests:{name}=FILE`"),
                        }
                    })
                }
                Some(None) => Judged::new(Rule::Tests, Outcome::CannotTell, format!("the report of {name:?} is gone")),
                Some(Some(Err(error))) => {
                    let line = error.at_line().map(|line| format!(", line {line}")).unwrap_or_default();
                    Judged::of(
                        Rule::Tests,
                        false,
                        format!("the report of {name:?} can't be read{line}: {}", error.message()),
                    )
                    .help(|| "give a report in JUnit's XML".to_owned())
                }
                Some(Some(Ok(report))) => self.report(name, report),
            };
            found.judged.push(judged);
        }
    }

    fn report(&self, name: &str, report: &Report) -> Judged {
        if let Some(fault) = report.fault() {
            let help = || "mend what fails and test again".to_owned();
            return Judged::of(Rule::Tests, false, format!("the report of {name:?} does not pass: {fault}")).help(help);
        }
        let after = self.after.to_string();
        if let Some(other) = report.snapshots.iter().find(|named| **named != after) {
            let message = format!("the report of {name:?} is about snapshot {other:.12}, not {after:.12}");
            return Judged::of(Rule::Tests, false, message).help(|| "test this snapshot".to_owned());
        }
        if self.policy.tests_bound && report.snapshots.is_empty() {
            let message = format!("the report of {name:?} does not say which snapshot was tested");
            let help = || format!("have the tests write the property reposnap.snapshot with the value {after}");
            return Judged::of(Rule::Tests, false, message).help(help);
        }
        let counts = &report.counts;
        let message =
            format!("{name}: {} tests passed, {} were skipped", counts.tests - counts.skipped, counts.skipped);
        Judged::of(Rule::Tests, true, message)
    }

    /// `Approvals`.
    fn approvals(&self, keeper: &mut Keeper, found: &mut Found) {
        let wanted = Wanted { policy: self.policy, log: self.log, snapshot: self.after, now: self.now };
        let (mut approvers, mut names) = (BTreeSet::new(), Vec::new());
        let (mut reasons, mut known, mut gone) = (Vec::new(), BTreeSet::new(), 0);
        for message in &self.approvals {
            let Some(message) = message else {
                gone += 1;
                continue;
            };
            if !known.insert(Digest::of(message)) {
                continue;
            }
            let approval = match approval::verify(message, &wanted) {
                Ok(approval) => approval,
                Err(error) => {
                    reasons.push(reason(&error));
                    continue;
                }
            };
            for signer in approval.signers {
                if !approvers.insert(signer.primary.clone()) {
                    continue;
                }
                names.push(signer.user_id.clone().unwrap_or_else(|| signer.primary.clone()));
                found.evidence.push(Evidence::Approval {
                    file: keeper.take(message),
                    signer: signer.primary,
                    user_id: signer.user_id,
                    date: approval.statement.date,
                    role: approval.statement.role.clone(),
                    comment: approval.statement.comment.clone(),
                });
            }
        }
        let needed = self.policy.approvals;
        let mut message = format!("{} of {needed} approvals of {:.12}", approvers.len(), self.after);
        if !names.is_empty() {
            message.push_str(&format!(": {}", names.join(", ")));
        }
        let outcome = match approvers.len() >= needed {
            true => Outcome::Holds,
            false if approvers.len() + gone >= needed => Outcome::CannotTell,
            false => Outcome::DoesNotHold,
        };
        if outcome != Outcome::Holds && !reasons.is_empty() {
            reasons.truncate(MOST_REASONS);
            message.push_str(&format!("; not counted: {}", reasons.join("; ")));
        }
        let help =
            || format!("have it approved with `env approve {} {} --key KEY`", self.policy.environment(), self.after);
        found.judged.push(Judged::new(Rule::Approval, outcome, message).help(help));
    }
}

/// Whether an error is about what is stored, and not about reaching it.
pub(super) fn is_of_data(error: &Error) -> bool {
    use Kind::{Format, Limit, Malformed, NotFound, Unsupported, Usage, Verification};
    matches!(error.kind(), NotFound | Malformed | Verification | Limit | Format | Unsupported | Usage)
}

/// Why an approval does not count, in one line.
fn reason(error: &Error) -> String {
    match (error.expected(), error.found()) {
        (Some(expected), Some(found)) => format!("{} ({found} instead of {expected})", error.message()),
        _ => error.message().to_owned(),
    }
}
