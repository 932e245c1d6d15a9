//! A promotion, judged: the only way past a policy.

use jiff::Timestamp;

use super::approval::{self, Statement};
use super::evidence::{Evidence, Given, Keeper, MOST_EVIDENCE};
use super::judge::{Case, Found};
use super::junit::Report;
use super::record::{Judged, LONGEST_REASON, Record, Requirement};
use super::rule::Rule;
use crate::digest::Digest;
use crate::environment::{Change, Environment, How, InForce};
use crate::error::{Error, Kind, Result};
use crate::store::Store;
use crate::store::refs::{Entry, Note, Position};

/// A change that somebody wants to make, and what speaks for it.
#[derive(Clone, Debug)]
pub struct Proposal {
    change: Change,
    source: Option<Digest>,
    evidence: Vec<Given>,
    reason: Option<String>,
    signed: bool,
    now: Option<Timestamp>,
}

impl Proposal {
    /// A promotion. `source` is the snapshot that it comes from: the same one, or for some of its packages that one.
    pub fn new(change: Change, source: Digest) -> Self {
        Self { change, source: Some(source), evidence: Vec::new(), reason: None, signed: false, now: None }
    }

    /// A rollback, as [`Environment::going_back`] gives it.
    pub fn going_back(change: Change) -> Self {
        Self { change, source: None, evidence: Vec::new(), reason: None, signed: false, now: None }
    }

    /// Adds files that speak for it.
    #[must_use]
    pub fn evidence(mut self, given: Vec<Given>) -> Self {
        self.evidence.extend(given);
        self
    }

    /// Wants it even where something is missing, for a reason.
    #[must_use]
    pub fn overriding(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Says whether the entry is going to be signed. It is only a forecast: the signature itself is verified when it is made.
    #[must_use]
    pub fn signed(mut self, signed: bool) -> Self {
        self.signed = signed;
        self
    }

    /// Takes `now` for the time instead of asking the clock.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        self.now = Some(now);
        self
    }
}

/// A proposal that was judged: by the policy in force, for the head that the environment had.
#[derive(Debug)]
pub struct Judgement {
    environment: Environment,
    expected: Position,
    /// With its record; nothing where the environment is there already.
    change: Option<Change>,
    keeper: Keeper,
    now: Timestamp,
    passes: bool,
}

impl Judgement {
    /// What was asked and found; nothing where there is no policy and nothing was given, or nothing is to be changed.
    pub fn record(&self) -> Option<&Record> {
        self.change.as_ref()?.gate.as_ref()
    }

    /// Whether the change may be made: all holds, or what does not is overridden.
    pub fn passes(&self) -> bool {
        self.passes
    }

    /// The error of a change that may not be made: [`Kind::Verification`] with the rule that is broken first, and all
    /// requirements that don't hold.
    pub fn refusal(&self) -> Option<Error> {
        if self.passes {
            return None;
        }
        let missing: Vec<&Requirement> = self.record()?.requirements.iter().filter(|one| !one.holds).collect();
        let tell = |one: &&Requirement| format!("{} ({})", one.message, one.rule);
        let message = format!(
            "the policy of {} is not fulfilled: {}",
            self.environment.name(),
            missing.iter().map(tell).collect::<Vec<_>>().join("; ")
        );
        let mut helps: Vec<&str> = missing.iter().filter_map(|one| one.help.as_deref()).collect();
        helps.dedup();
        let error = Error::new(Kind::Verification, message);
        let error = match missing.first().and_then(|one| Rule::of_name(&one.rule)) {
            Some(rule) => error.rule(rule.as_str()),
            None => error,
        };
        Some(if helps.is_empty() { error } else { error.help(helps.join("; ")) })
    }

    /// Makes the change; nothing happens where the environment is that snapshot already. What is too large for the entry is
    /// written before it.
    ///
    /// # Errors
    /// [`refusal`](Self::refusal); [`Kind::Conflict`] where somebody moved the environment, or changed its policy, since it
    /// was judged; [`Kind::Verification`] (`gate-signature`) where the policy wants another signature than `note` makes.
    pub async fn append(self, note: &Note<'_>) -> Result<Option<Entry<Change>>> {
        if let Some(refusal) = self.refusal() {
            return Err(refusal);
        }
        let Some(change) = self.change else { return Ok(None) };
        self.keeper.write(&self.environment.store).await?;
        // The age that was judged is the one that a review finds.
        self.environment.append_judged(self.expected, change, &note.at(self.now)).await
    }
}

/// Judges a proposal by the policy that is in force. With `expected`, the entry that the caller has seen, it is about that
/// one or fails with [`Kind::Conflict`].
///
/// # Errors
/// [`Kind::NotFound`] where there is no such environment or snapshot; [`Kind::Usage`] for evidence that can't be any; those
/// of reading snapshots. What is merely not fulfilled is no error here: see [`Judgement::passes`].
pub async fn judge(environment: &Environment, proposal: Proposal, expected: Option<Position>) -> Result<Judgement> {
    let head = environment.head().await?;
    if expected.is_some_and(|expected| expected != head.position()) {
        return Err(environment.moved_first());
    }
    let store = &environment.store;
    let in_force = environment.policy_of(&head).await?;
    let Proposal { mut change, source, evidence, reason, signed, now } = proposal;
    environment.require_snapshot(change.snapshot).await?;
    let millisecond = |time: Timestamp| Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time);
    // The entry is never older than the one that it follows.
    let now = now.unwrap_or_else(|| millisecond(Timestamp::now())).max(head.time);
    let mut judgement = Judgement {
        environment: environment.clone(),
        expected: head.position(),
        change: None,
        keeper: Keeper::default(),
        now,
        passes: true,
    };
    if change.snapshot == head.body.snapshot {
        return Ok(judgement);
    }
    let record = match &in_force {
        Some(in_force) => {
            let gated = in_force.policy.gates(&change.change);
            let mut given = sort(evidence, Some(in_force).filter(|_| gated))?;
            let found = match gated {
                true => {
                    let case = Case {
                        store,
                        policy: &in_force.policy,
                        log: environment.log().read(1).await?.digest,
                        before: head.body.snapshot,
                        after: change.snapshot,
                        source,
                        now,
                        approvals: given.approvals(store, change.snapshot, in_force).await?,
                        tests: std::mem::take(&mut given.tests),
                        upto: None,
                    };
                    case.judge(&mut judgement.keeper).await?
                }
                false => Found { evidence: reports(&mut given, &mut judgement.keeper)?, ..Found::default() },
            };
            let signature = in_force.policy.signed_entries.then(|| {
                let message =
                    if signed { "the entry is going to be signed" } else { "the entry is not going to be signed" };
                Judged::of(Rule::Signature, signed, message)
                    .help(|| "sign with the key of a promoter: `--key KEY`".to_owned())
            });
            weigh(found, given.files, signature, reason, in_force, &mut judgement.keeper)?
        }
        None => {
            if reason.is_some() {
                return Err(Error::new(Kind::Usage, format!("{} has no policy to override", environment.name())));
            }
            free(sort(evidence, None)?, &mut judgement.keeper)?
        }
    };
    judgement.passes = record.overridden.is_some() || record.requirements.iter().all(|one| one.holds);
    let says_something = in_force.is_some() || record != Record::default();
    change.gate = says_something.then_some(record);
    judgement.change = Some(change);
    Ok(judgement)
}

/// The statement by which `snapshot` is approved for an environment.
///
/// # Errors
/// [`Kind::NotFound`] where there is no such environment.
pub async fn statement(environment: &Environment, snapshot: Digest, date: Timestamp) -> Result<Statement> {
    environment.require_snapshot(snapshot).await?;
    // So that the error is the usual one.
    environment.head().await?;
    let log = environment.log().read(1).await?.digest;
    let environment = environment.name().to_owned();
    Ok(Statement { environment, log, snapshot, date, role: None, comment: None })
}

/// Evidence by what it is.
struct Sorted {
    tests: Vec<(String, Option<Vec<u8>>)>,
    approvals: Vec<Vec<u8>>,
    files: Vec<(String, Vec<u8>)>,
}

impl Sorted {
    /// The approvals that were given, and those that are kept in the store.
    async fn approvals(&self, store: &Store, snapshot: Digest, in_force: &InForce) -> Result<Vec<Option<Vec<u8>>>> {
        if in_force.policy.approvals == 0 {
            return Ok(Vec::new());
        }
        let kept = approval::kept(store, snapshot).await?;
        Ok(self.approvals.iter().cloned().chain(kept).map(Some).collect())
    }
}

fn sort(evidence: Vec<Given>, in_force: Option<&InForce>) -> Result<Sorted> {
    if evidence.len() > MOST_EVIDENCE {
        return Err(Error::new(Kind::Limit, "there is too much evidence")
            .mismatch(format!("at most {MOST_EVIDENCE} files"), evidence.len().to_string()));
    }
    let mut sorted = Sorted { tests: Vec::new(), approvals: Vec::new(), files: Vec::new() };
    for given in evidence {
        match given {
            Given::Tests { name, content } => {
                if sorted.tests.iter().any(|(known, _)| *known == name) {
                    return Err(Error::new(Kind::Usage, format!("there are two reports of the tests {name:?}"))
                        .help("give each suite a name: `--evidence tests:NAME=FILE`"));
                }
                if in_force.is_none_or(|in_force| !in_force.policy.tests.contains(&name)) {
                    // Nobody asks for it, but what is recorded as a report has to be one.
                    Report::parse(&content).map_err(|error| error.path(format!("tests:{name}")))?;
                }
                sorted.tests.push((name, Some(content)));
            }
            Given::Approval(message) => {
                if in_force.is_none_or(|in_force| in_force.policy.approvals == 0) {
                    return Err(Error::new(Kind::Usage, "the policy asks for no approval, so it can't be verified")
                        .help("give it as a file instead: `--evidence file:NAME=FILE`"));
                }
                sorted.approvals.push(message);
            }
            Given::File { name, content } => sorted.files.push((name, content)),
        }
    }
    Ok(sorted)
}

/// The record of a change that a policy is about.
fn weigh(
    found: Found,
    files: Vec<(String, Vec<u8>)>,
    signature: Option<Judged>,
    reason: Option<String>,
    in_force: &InForce,
    keeper: &mut Keeper,
) -> Result<Record> {
    let mut record = Record { evidence: found.evidence, ..Record::default() };
    let fulfilled = found.judged.iter().all(|one| one.outcome == super::Outcome::Holds);
    record.requirements.extend(found.judged.into_iter().map(Requirement::from));
    let signed = signature.as_ref().is_none_or(|signature| signature.outcome == super::Outcome::Holds);
    record.requirements.extend(signature.map(Requirement::from));
    if let Some(reason) = reason.filter(|_| !fulfilled) {
        if reason.trim().is_empty() || reason.len() > LONGEST_REASON {
            return Err(Error::new(Kind::Usage, "an override needs a reason")
                .mismatch(format!("1 to {LONGEST_REASON} bytes"), format!("{} bytes", reason.len())));
        }
        if !in_force.policy.overrides {
            let judged = Judged::of(Rule::Override, false, "the policy allows no overrides");
            record.requirements.push(judged.into());
        } else if signed {
            record.overridden = Some(reason);
        }
    }
    record
        .evidence
        .extend(files.into_iter().map(|(name, content)| Evidence::File { name, file: keeper.take(&content) }));
    Ok(record)
}

/// The record of a change that no policy is about: what was given.
fn free(mut given: Sorted, keeper: &mut Keeper) -> Result<Record> {
    let mut record = Record { evidence: reports(&mut given, keeper)?, ..Record::default() };
    let files = given.files.into_iter();
    record.evidence.extend(files.map(|(name, content)| Evidence::File { name, file: keeper.take(&content) }));
    Ok(record)
}

/// Reports that nobody asks for.
fn reports(given: &mut Sorted, keeper: &mut Keeper) -> Result<Vec<Evidence>> {
    let tests = std::mem::take(&mut given.tests).into_iter();
    tests
        .map(|(name, content)| {
            let content = content.unwrap_or_default();
            let counts = Report::parse(&content)?.counts;
            Ok(Evidence::Tests { name, file: keeper.take(&content), counts })
        })
        .collect()
}

impl super::Policy {
    /// Whether a change of this sort has to be judged.
    pub(in crate::environment) fn gates(&self, how: &How) -> bool {
        match how {
            How::Promoted { .. } | How::Partial { .. } => true,
            How::RolledBack { .. } => self.gated_rollback,
            How::Created | How::Policy { .. } => false,
        }
    }
}
