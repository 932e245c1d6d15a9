//! Reviews: the log judged again, of itself and what it names alone.

use std::collections::BTreeMap;

use serde::Serialize;

use super::evidence::{Evidence, Keeper};
use super::judge::{Case, is_of_data};
use super::policy::{Origin, Policy};
use super::record::{Judged, Outcome, PolicyId, Record};
use super::rule::Rule;
use super::signing::{self, Needed};
use crate::digest::Digest;
use crate::environment::{Change, Environment, How};
use crate::error::{Error, Kind, Result};
use crate::snapshot::Snapshot;
use crate::store::Store;
use crate::store::refs::Entry;

/// An entry of a log, and what became of its claims.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reviewed {
    /// The entry.
    pub entry: Entry<Change>,
    /// The worst of the findings; it holds where there is none.
    pub outcome: Outcome,
    /// What does not hold, or can't be told any more.
    pub findings: Vec<Finding>,
    /// Fingerprints of the primary keys whose signature of the entry was verified.
    pub signers: Vec<String>,
}

/// What a review found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The name of the [`Rule`].
    pub rule: String,
    /// How bad it is: never [`Outcome::Holds`].
    pub outcome: Outcome,
    /// What was found, in words.
    pub message: String,
}

/// Judges the newest `limit` entries again, newest first: the chain between them; that each went through the gate of the
/// policy that was in force, whatever policy there is by now; evidence by its digests, reports and approvals by their
/// content, at the time of the entry; signatures; and checks by doing them again.
///
/// What the oldest of them builds on is taken from the entry before it as it stands, so only a review of the whole log
/// proves that no policy was lost. Whoever can write the whole log anew can make one that holds: compare the digest of its
/// head, or of a policy, with what you know.
///
/// # Errors
/// Those of reading the store, and of entries that can't be read at all.
pub async fn review(environment: &Environment, limit: usize) -> Result<Vec<Reviewed>> {
    let log = environment.log();
    let head = environment.head().await?;
    let first = head.seq.saturating_sub(limit as u64);
    let origin = log.read(1).await?.digest;
    let mut before = match first {
        0 => None,
        seq => Some(log.read(seq).await?),
    };
    let mut in_force = match &before {
        Some(entry) => in_force_at(environment, entry).await,
        None => Ok(None),
    };
    let mut reviewed: Vec<Reviewed> = Vec::new();
    for seq in first + 1..=head.seq {
        let entry = log.read(seq).await?;
        let mut review = Review { environment, origin, entry: &entry, findings: Vec::new(), signers: Vec::new() };
        if let Some(before) = &before {
            review.follow(before);
        }
        if let Some(broken) = review.broken_link(before.as_ref()) {
            // It is the older one that was changed: the newer one still names what it was.
            match reviewed.last_mut() {
                Some(older) => older.add(broken),
                None => review.findings.push(broken),
            }
        }
        let policy = match &in_force {
            Ok(policy) => policy.clone(),
            Err(error) => {
                review.add(Rule::Policy, outcome_of(error), format!("the policy can't be read: {}", error.message()));
                None
            }
        };
        let set = review.policy(before.as_ref(), policy.as_ref());
        review.signature(policy.as_ref().map(|(_, policy)| policy), set.as_ref().and_then(|set| set.as_ref()));
        if let Some((_, policy)) = &policy {
            review.gate(before.as_ref(), policy).await?;
        }
        review.way_back().await?;
        let Review { findings, signers, .. } = review;
        let mut done = Reviewed { entry: entry.clone(), outcome: Outcome::Holds, findings: Vec::new(), signers };
        findings.into_iter().for_each(|finding| done.add(finding));
        reviewed.push(done);
        if let Some(set) = set {
            in_force = Ok(set.map(|policy| (PolicyId { seq, digest: policy.digest() }, policy)));
        }
        before = Some(entry);
    }
    reviewed.reverse();
    Ok(reviewed)
}

/// The policy that is in force behind an entry, as the entry has it.
async fn in_force_at(environment: &Environment, entry: &Entry<Change>) -> Result<Option<(PolicyId, Policy)>> {
    Ok(environment.policy_of(entry).await?.map(|known| (known.id, known.policy)))
}

impl Reviewed {
    fn add(&mut self, finding: Finding) {
        self.outcome = self.outcome.max(finding.outcome);
        self.findings.push(finding);
    }
}

struct Review<'a> {
    environment: &'a Environment,
    /// The digest of the first entry.
    origin: Digest,
    entry: &'a Entry<Change>,
    findings: Vec<Finding>,
    signers: Vec<String>,
}

impl Review<'_> {
    fn add(&mut self, rule: Rule, outcome: Outcome, message: impl Into<String>) {
        self.findings.push(Finding { rule: rule.as_str().to_owned(), outcome, message: message.into() });
    }

    fn fails(&mut self, rule: Rule, message: impl Into<String>) {
        self.add(rule, Outcome::DoesNotHold, message);
    }

    fn follow(&mut self, before: &Entry<Change>) {
        if self.entry.time < before.time {
            self.fails(Rule::Chain, format!("it is of {}, before the entry that it follows", self.entry.time));
        }
        if matches!(self.entry.body.change, How::Created) {
            self.fails(Rule::Policy, "an environment is created once");
        }
    }

    /// What is wrong with the entry before, by what this one names.
    fn broken_link(&self, before: Option<&Entry<Change>>) -> Option<Finding> {
        let before = before?;
        let named = self.entry.previous.filter(|named| *named != before.digest)?;
        let message = format!(
            "it was altered after it was written: it is {:.12}, and entry {} follows {named:.12}",
            before.digest, self.entry.seq
        );
        Some(Finding { rule: Rule::Chain.as_str().to_owned(), outcome: Outcome::DoesNotHold, message })
    }

    /// Whether the entry names the policy that is in force; what it sets, where it sets one or takes it away.
    fn policy(&mut self, before: Option<&Entry<Change>>, known: Option<&(PolicyId, Policy)>) -> Option<Option<Policy>> {
        let body = &self.entry.body;
        let How::Policy { digest } = body.change else {
            let id = known.map(|(id, _)| *id);
            if body.policy != id && (known.is_some() || before.is_none_or(|before| before.body.policy.is_none())) {
                let name =
                    |id: Option<PolicyId>| id.map_or("none".to_owned(), |id| format!("that of entry {}", id.seq));
                let message =
                    format!("it names another policy than was in force: {} instead of {}", name(body.policy), name(id));
                self.fails(Rule::Policy, message);
            }
            return None;
        };
        if before.is_some_and(|before| before.body.snapshot != body.snapshot) {
            self.fails(Rule::Policy, "it sets a policy and moves the environment as well");
        }
        let set = match (&body.rules, digest) {
            (None, None) => None,
            (Some(rules), Some(digest)) if Digest::of(rules.as_bytes()) == digest => {
                match Policy::parse(rules.as_bytes()) {
                    Ok(policy) if policy.environment() == self.environment.name() => Some(policy),
                    Ok(policy) => {
                        self.fails(Rule::Policy, format!("the policy is for environment {:?}", policy.environment()));
                        Some(policy)
                    }
                    Err(error) => {
                        self.fails(Rule::Policy, format!("the policy can't be read: {error}"));
                        None
                    }
                }
            }
            _ => {
                self.fails(Rule::Policy, "the policy is not what its digest says");
                None
            }
        };
        if body.policy != digest.map(|digest| PolicyId { seq: self.entry.seq, digest }) {
            self.fails(Rule::Policy, "it does not name itself as the policy in force");
        }
        Some(set)
    }

    fn signature(&mut self, known: Option<&Policy>, set: Option<&Policy>) {
        let Some(needed) = Needed::of(&self.entry.body.change, known, set) else { return };
        match signing::of_entry(self.entry, &needed) {
            Ok(signers) => self.signers = signers.into_iter().map(|signer| signer.primary).collect(),
            Err(error) => self.fails(Rule::Signature, error.message()),
        }
    }

    /// Judges the change again.
    async fn gate(&mut self, before: Option<&Entry<Change>>, policy: &Policy) -> Result<()> {
        let body = &self.entry.body;
        if !policy.gates(&body.change) {
            return Ok(());
        }
        let Some(before) = before else { return Ok(()) };
        let Some(record) = &body.gate else {
            self.fails(Rule::Policy, "it did not go through the gate: it has no record of a judgement");
            return Ok(());
        };
        let store = &self.environment.store;
        let source = match &body.change {
            How::RolledBack { .. } => None,
            How::Partial { .. } => self.parts(record, before).await?,
            _ => Some(body.snapshot),
        };
        let mut case = Case {
            store,
            policy,
            log: self.origin,
            before: before.body.snapshot,
            after: body.snapshot,
            source,
            now: self.entry.time,
            tests: Vec::new(),
            approvals: Vec::new(),
            upto: Some(BTreeMap::new()),
        };
        for evidence in &record.evidence {
            self.load(evidence, store, &mut case).await?;
        }
        let found = case.judge(&mut Keeper::default()).await?;
        let is_open = |one: &Judged| one.outcome != Outcome::Holds;
        if record.overridden.is_some() && !policy.overrides {
            self.fails(Rule::Override, "it was overridden, and the policy allows no overrides");
        }
        // What is wrong with evidence was not known when it was overridden.
        let excused = |one: &Judged| record.overridden.is_some() && one.rule != Rule::Evidence;
        for one in found.judged.into_iter().filter(|one| is_open(one) && !excused(one)) {
            self.add(one.rule, one.outcome, one.message);
        }
        Ok(())
    }

    /// The snapshot whose packages were taken, as the record and the snapshot itself say.
    async fn parts(&mut self, record: &Record, before: &Entry<Change>) -> Result<Option<Digest>> {
        let named = record.evidence.iter().find_map(|evidence| match evidence {
            Evidence::Log { snapshot, .. } => Some(*snapshot),
            _ => None,
        });
        match Snapshot::open(&self.environment.store, self.entry.body.snapshot).await {
            Ok(snapshot) => {
                let parents = &snapshot.manifest().parents;
                if parents.first() != Some(&before.body.snapshot) {
                    self.fails(Rule::From, "the snapshot was not made of what the environment was before");
                }
                let source = parents.get(1).copied();
                if named.is_some() && named != source {
                    self.fails(Rule::From, "the packages are of another snapshot than was judged");
                }
                // A snapshot with other parents comes from nowhere, and is looked for itself.
                Ok(Some(source.unwrap_or(self.entry.body.snapshot)))
            }
            Err(error) if is_of_data(&error) => {
                let message = format!("where its packages come from can't be told: {}", error.message());
                self.add(Rule::From, outcome_of(&error), message);
                Ok(named)
            }
            Err(error) => Err(error),
        }
    }

    /// Reads a piece of evidence for the judgement.
    async fn load(&mut self, evidence: &Evidence, store: &Store, case: &mut Case<'_>) -> Result<()> {
        let file = match evidence {
            Evidence::Log { name, seq, digest, .. } => {
                if let Ok(origin) = Origin::parse(name)
                    && let Some(upto) = &mut case.upto
                {
                    upto.insert(format!("{}/{}", origin.kind, origin.name), (*seq, *digest));
                }
                return Ok(());
            }
            Evidence::Tests { file, .. } | Evidence::Approval { file, .. } | Evidence::File { file, .. } => file,
            Evidence::Check { .. } => return Ok(()),
        };
        let content = match file.load(store).await {
            Ok(content) => Some(content),
            Err(error) if is_of_data(&error) => {
                self.add(Rule::Evidence, outcome_of(&error), format!("{:.12}: {}", file.digest, error.message()));
                None
            }
            Err(error) => return Err(error),
        };
        match evidence {
            Evidence::Tests { name, .. } => case.tests.push((name.clone(), content)),
            Evidence::Approval { .. } => case.approvals.push(content),
            _ => {}
        }
        Ok(())
    }

    /// A rollback has to lead to what was there.
    async fn way_back(&mut self) -> Result<()> {
        let How::RolledBack { to, .. } = self.entry.body.change else { return Ok(()) };
        if !(1..self.entry.seq).contains(&to) {
            self.fails(Rule::From, format!("it went back to entry {to}, which is not before it"));
            return Ok(());
        }
        let there = self.environment.log().read(to).await?.body.snapshot;
        if there != self.entry.body.snapshot {
            self.fails(Rule::From, format!("it went back to entry {to}, which had another snapshot, {there:.12}"));
        }
        Ok(())
    }
}

fn outcome_of(error: &Error) -> Outcome {
    if error.kind() == Kind::NotFound { Outcome::CannotTell } else { Outcome::DoesNotHold }
}
