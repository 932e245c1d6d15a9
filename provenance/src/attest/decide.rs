//! Whether an image is accepted by a policy: only what trusted keys signed about it counts, and all of it must hold.

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use reposnap::{Digest, Result};
use serde::{Deserialize, Serialize};

use super::dsse::{self, Attested, Envelope};
use super::packages::{Coverage, IMAGE_PACKAGES, ImagePackages, Package};
use super::policy::{Policy, names};
use super::statement::Statement;
use crate::report::{Match, Verdict};
use crate::signing::{SignerInfo, Trust};

/// The most reasons that a decision tells; more are counted.
pub const MAX_REASONS: usize = 100;

/// The most envelopes that are looked at.
pub const MAX_ENVELOPES: usize = 64;

/// How far in the future a statement may be dated: clocks differ by as much.
const FUTURE: SignedDuration = SignedDuration::from_mins(5);

/// What a policy asks for. The words are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyRule {
    /// Enough of the keys signed a statement.
    Signature,
    /// The statement is about this image.
    Subject,
    /// The statement says what is in the image.
    Predicate,
    /// The statement is not of the future.
    Date,
    /// There are packages, all were looked up, and nobody was in doubt.
    Coverage,
    /// A package is just what a snapshot has.
    Match,
    /// A package had not been replaced.
    Superseded,
    /// A package comes from the environment.
    Environment,
    /// The last snapshot that had a package is not too old.
    MaxAge,
}

impl PolicyRule {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            PolicyRule::Signature => "signature",
            PolicyRule::Subject => "subject",
            PolicyRule::Predicate => "predicate",
            PolicyRule::Date => "date",
            PolicyRule::Coverage => "coverage",
            PolicyRule::Match => "match",
            PolicyRule::Superseded => "superseded",
            PolicyRule::Environment => "environment",
            PolicyRule::MaxAge => "max-age",
        }
    }
}

impl fmt::Display for PolicyRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why an image is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// What does not hold.
    pub rule: PolicyRule,
    /// One sentence without a full stop.
    pub message: String,
    /// The package, as `name:architecture`, where it is one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
}

/// What a policy says of an image. Only [`verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    accepted: bool,
    reasons: Vec<Reason>,
    #[serde(skip_serializing_if = "is_zero")]
    more: usize,
    signers: Vec<SignerInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    made_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Coverage>,
}

impl Decision {
    /// Whether all holds that the policy asks for.
    pub fn accepted(&self) -> bool {
        self.accepted
    }

    /// Why not; empty where it is accepted. At most [`MAX_REASONS`].
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// How many reasons there are beyond those.
    pub fn more(&self) -> usize {
        self.more
    }

    /// Who signed the statement that was decided by.
    pub fn signers(&self) -> &[SignerInfo] {
        &self.signers
    }

    /// When that statement was made.
    pub fn made_at(&self) -> Option<Timestamp> {
        self.made_at
    }

    /// How many packages came from where, as that statement has it.
    pub fn coverage(&self) -> Option<&Coverage> {
        self.coverage.as_ref()
    }

    fn refused(reasons: Vec<Reason>) -> Self {
        Self { accepted: false, reasons, more: 0, signers: Vec::new(), made_at: None, coverage: None }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.accepted {
            true => write!(f, "accepted, signed by {}", names(&self.signers))?,
            false => f.write_str("refused")?,
        }
        for reason in &self.reasons {
            write!(f, "\n{}: {}", reason.rule, reason.message)?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// Decides whether the image of the digest `image` fulfils `policy`.
///
/// `envelopes` is whatever was attached to the image, in any order; what is not of trusted keys counts for nothing. Envelopes
/// with the same payload count together, so that two bundles meet a threshold of two. Of several statements the newest decides.
/// `trust` is what [`Policy::trust`] gives. `snapshots` are the environment's, from its log, with the moments at which it moved
/// to them; for a policy that names snapshots itself, the moments of those.
///
/// # Errors
/// None of what is wrong with the image or its attestations: that is a decision. `Kind::Usage` where nobody is trusted.
pub fn verify(
    image: &Digest,
    envelopes: &[Envelope],
    policy: &Policy,
    trust: &Trust,
    snapshots: &BTreeMap<Digest, Timestamp>,
    now: Timestamp,
) -> Result<Decision> {
    if trust.is_empty() {
        return Err(reposnap::Error::new(reposnap::Kind::Usage, "no key is trusted"));
    }
    let mut reasons = Vec::new();
    if envelopes.is_empty() {
        reasons.push(reason(PolicyRule::Signature, "nothing that was signed is attached to the image"));
    }
    if envelopes.len() > MAX_ENVELOPES {
        let message =
            format!("{} attestations are attached, and at most {MAX_ENVELOPES} are looked at", envelopes.len());
        return Ok(Decision::refused(vec![reason(PolicyRule::Signature, message)]));
    }
    let mut newest: Option<(Attested, Statement<ImagePackages>)> = None;
    for group in by_payload(envelopes) {
        match believed(image, &group, policy, trust, now) {
            Ok((attested, statement)) => {
                let order = |attested: &Attested, statement: &Statement<ImagePackages>| {
                    (statement.predicate.made_at, Digest::of(attested.payload()))
                };
                if newest.as_ref().is_none_or(|(a, s)| order(a, s) < order(&attested, &statement)) {
                    newest = Some((attested, statement));
                }
            }
            Err(refused) => reasons.push(refused),
        }
    }
    let Some((attested, statement)) = newest else {
        reasons.truncate(MAX_REASONS);
        return Ok(Decision::refused(reasons));
    };
    let mut judge = Judge { policy, snapshots, now, reasons: Vec::new(), more: 0 };
    judge.whole(&statement.predicate, image);
    statement.predicate.packages.iter().for_each(|package| judge.package(package));
    Ok(Decision {
        accepted: judge.reasons.is_empty(),
        reasons: judge.reasons,
        more: judge.more,
        signers: attested.signers().to_vec(),
        made_at: Some(statement.predicate.made_at),
        coverage: Some(statement.predicate.coverage),
    })
}

/// Envelopes that hold the same, in the order in which they came.
fn by_payload(envelopes: &[Envelope]) -> Vec<Vec<&Envelope>> {
    let mut groups: BTreeMap<Digest, Vec<&Envelope>> = BTreeMap::new();
    for envelope in envelopes {
        groups.entry(Digest::of(&envelope.pae())).or_default().push(envelope);
    }
    groups.into_values().collect()
}

/// What a group of envelopes says, if it may be believed.
fn believed(
    image: &Digest,
    group: &[&Envelope],
    policy: &Policy,
    trust: &Trust,
    now: Timestamp,
) -> Result<(Attested, Statement<ImagePackages>), Reason> {
    let told = |rule| move |error: reposnap::Error| reason(rule, error.to_string());
    let attested = dsse::verify_together(group, trust, policy.threshold, now).map_err(told(PolicyRule::Signature))?;
    attested.head().map_err(told(PolicyRule::Predicate))?.check_subject(image).map_err(told(PolicyRule::Subject))?;
    let statement: Statement<ImagePackages> =
        attested.statement(IMAGE_PACKAGES).map_err(told(PolicyRule::Predicate))?;
    let made_at = statement.predicate.made_at;
    if made_at.duration_since(now) > FUTURE {
        return Err(reason(PolicyRule::Date, format!("the statement is dated {made_at}, in the future")));
    }
    Ok((attested, statement))
}

struct Judge<'a> {
    policy: &'a Policy,
    snapshots: &'a BTreeMap<Digest, Timestamp>,
    now: Timestamp,
    reasons: Vec<Reason>,
    more: usize,
}

impl Judge<'_> {
    /// The rules that concern the statement as a whole.
    fn whole(&mut self, said: &ImagePackages, image: &Digest) {
        if said.image.digest.sha256 != *image {
            self.refuse(reason(
                PolicyRule::Subject,
                "the statement is about this image, and its predicate about another",
            ));
        }
        if said.packages.is_empty() {
            self.refuse(reason(PolicyRule::Coverage, "the statement lists no package, which says nothing"));
        }
        if said.coverage != Coverage::of(&said.packages) {
            self.refuse(reason(PolicyRule::Coverage, "the statement counts other packages than it lists"));
        }
        if said.verdict == Verdict::Inconclusive {
            let doubts = if said.doubts.is_empty() { String::new() } else { format!(": {}", said.doubts.join("; ")) };
            self.refuse(reason(PolicyRule::Coverage, format!("whoever looked at the image could not tell{doubts}")));
        }
    }

    fn package(&mut self, package: &Package) {
        if self.policy.allow_outside.contains(&package.name) {
            return;
        }
        let (rule, what) = match package.matched {
            Some(Match::Known) => return self.origin(package),
            Some(Match::Superseded) if self.policy.allow_superseded => return self.origin(package),
            Some(Match::Superseded) => (PolicyRule::Superseded, "had been replaced by a newer version"),
            Some(Match::Modified) => (PolicyRule::Match, "has other content than the repository's package"),
            Some(Match::FromNowhere) => (PolicyRule::Match, "is in no snapshot"),
            None => (PolicyRule::Coverage, "was not looked up in any snapshot"),
        };
        self.refuse(of(package, rule, what));
    }

    /// Whether a package that is in snapshots is in the right ones, of late.
    fn origin(&mut self, package: &Package) {
        let whence = match &self.policy.environment {
            Some(name) => format!("the environment {name}"),
            None => "the snapshots that the policy names".to_owned(),
        };
        let counts = |digest: &Digest| match self.policy.snapshots.is_empty() {
            true => self.snapshots.contains_key(digest),
            false => self.policy.snapshots.contains(digest),
        };
        let held = package.snapshots.map_or_else(Vec::new, |held| vec![held.last.sha256, held.first.sha256]);
        let held: Vec<Digest> = held.into_iter().filter(counts).collect();
        if held.is_empty() {
            return self.refuse(of(package, PolicyRule::Environment, &format!("does not come from {whence}")));
        }
        if self.policy.max_age.is_none() {
            return;
        }
        match held.iter().filter_map(|digest| self.snapshots.get(digest)).max() {
            None => self.refuse(of(package, PolicyRule::MaxAge, "comes from a snapshot whose date nobody knows")),
            Some(last) => {
                if let Some(age) = self.policy.too_old(*last, self.now) {
                    let what = format!("was last seen in {whence} {} days ago", age.as_hours() / 24);
                    self.refuse(of(package, PolicyRule::MaxAge, &what));
                }
            }
        }
    }

    fn refuse(&mut self, reason: Reason) {
        match self.reasons.len() < MAX_REASONS {
            true => self.reasons.push(reason),
            false => self.more += 1,
        }
    }
}

fn reason(rule: PolicyRule, message: impl Into<String>) -> Reason {
    Reason { rule, message: message.into(), package: None }
}

fn of(package: &Package, rule: PolicyRule, what: &str) -> Reason {
    let name = format!("{}:{}", package.name, package.architecture);
    Reason { rule, message: format!("{name} {} {what}", package.version), package: Some(name) }
}
