//! Whether a verified Release may become the newest state of a mirror.
//!
//! A good signature says who made a Release, not that it is the one that was asked for, nor that it is current: an
//! attacker on the way can serve another suite of the same owner, or an old state with known holes. These rules close
//! that. Facts: apt-secure(8), `Acquire::Check-Valid-Until` and its neighbours in apt.conf(5).

mod rule;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::deb::release::{Release, format_date};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::openpgp::{Note, Policy, Verified};

pub use rule::{PackageRule, ReleaseRule};

/// Judges a verified Release file, and says what is to be remembered of it as `previous` of the next.
///
/// `now` is the moment to judge at; for a state of the past, that moment.
///
/// # Errors
/// [`Kind::Verification`](crate::Kind::Verification) with the name of a [`ReleaseRule`] or of a rule of
/// [`Release`]'s form, [`Kind::Malformed`](crate::Kind::Malformed) for what is no Release file.
///
/// ```
/// use reposnap::openpgp::{self, Keyring, Policy, Signer as _};
/// use reposnap::source::acceptance::{ReleasePolicy, accept};
///
/// let now = "2026-07-11T12:00:00Z".parse().unwrap();
/// let key = openpgp::generate("Archive <archive@example.org>", now, None)?.at(now);
/// let message = key.clearsign(b"Suite: stable\nDate: Sat, 11 Jul 2026 10:16:37 UTC\n")?;
/// let keyring = Keyring::from_bytes(&key.certificate()?)?;
/// let text = openpgp::verify_inline(&message, &keyring, &Policy::default(), now)?;
///
/// let (release, accepted) = accept(text, &ReleasePolicy::default().suite("stable"), None, now)?;
/// assert_eq!(release.value().suite(), Some("stable"));
/// assert_eq!(accepted.date, release.value().date());
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn accept(
    text: Verified<Vec<u8>>,
    policy: &ReleasePolicy,
    previous: Option<&Accepted>,
    now: Timestamp,
) -> Result<(Verified<Release>, Accepted)> {
    let digest = Digest::of(text.value());
    let mut release = text.try_map(|bytes| Release::parse(&bytes))?;
    let accepted = Accepted::of(release.value(), digest);
    let mut judge = Judge { policy, notes: Vec::new() };
    judge.date(release.value(), now)?;
    judge.suite(release.value())?;
    if let Some(previous) = previous {
        judge.rollback(&accepted, previous)?;
        judge.identity(&accepted, previous)?;
    }
    judge.notes.into_iter().for_each(|note| release.note(note));
    Ok((release, accepted))
}

/// What is remembered of an accepted Release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// When upstream made it; none only where the rule `date-required` is relaxed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Timestamp>,
    /// SHA-256 of the Release text, without its signature.
    pub digest: Digest,
    /// Its Suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// Its Codename.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codename: Option<String>,
    /// Its Origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Its Label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its Version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl Accepted {
    fn of(release: &Release, digest: Digest) -> Self {
        let own = |value: Option<&str>| value.map(str::to_owned);
        Self {
            date: release.date(),
            digest,
            suite: own(release.suite()),
            codename: own(release.codename()),
            origin: own(release.origin()),
            label: own(release.label()),
            version: own(release.version()),
        }
    }
}

/// What a Release must fulfil beyond its signature. The default enforces every [`ReleaseRule`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasePolicy {
    suite: Option<String>,
    max_age: Option<u64>,
    future_tolerance: u32,
    relaxed: BTreeSet<ReleaseRule>,
}

/// How many seconds in the future a Date may be, as apt's `Acquire::Max-FutureTime`.
const FUTURE_TOLERANCE: u32 = 10;

impl Default for ReleasePolicy {
    fn default() -> Self {
        Self { suite: None, max_age: None, future_tolerance: FUTURE_TOLERANCE, relaxed: BTreeSet::new() }
    }
}

impl ReleasePolicy {
    /// The suite that was asked for, as in sources.list(5): a suite or a codename, or a path that ends with `/` for a
    /// flat repository, which has no suite to compare.
    #[must_use]
    pub fn suite(mut self, asked: impl Into<String>) -> Self {
        self.suite = Some(asked.into());
        self
    }

    /// The greatest age in seconds of a Release that has no Valid-Until.
    #[must_use]
    pub fn max_age(mut self, seconds: u64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// How many seconds in the future a Date may be.
    #[must_use]
    pub fn future_tolerance(mut self, seconds: u32) -> Self {
        self.future_tolerance = seconds;
        self
    }

    /// Gives up `rule`. What breaks it is then told as a note.
    #[must_use]
    pub fn relax(mut self, rule: ReleaseRule) -> Self {
        self.relaxed.insert(rule);
        self
    }

    /// Whether `rule` is given up.
    pub fn is_relaxed(&self, rule: ReleaseRule) -> bool {
        self.relaxed.contains(&rule)
    }
}

impl fmt::Display for ReleasePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "suite: {}", self.suite.as_deref().unwrap_or("any"))?;
        match self.max_age {
            Some(seconds) => writeln!(f, "age without Valid-Until: at most {seconds} s")?,
            None => writeln!(f, "age without Valid-Until: any")?,
        }
        writeln!(f, "tolerated future: {} s", self.future_tolerance)?;
        for rule in ReleaseRule::ALL {
            writeln!(f, "{rule}: {}", if self.is_relaxed(*rule) { "relaxed" } else { "enforced" })?;
        }
        Ok(())
    }
}

/// Relaxes rules by their names, each in the policy that knows it.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for a name that neither knows, or a rule that can't be relaxed.
///
/// ```
/// use reposnap::openpgp::{Policy, Rule};
/// use reposnap::source::acceptance::{ReleasePolicy, ReleaseRule, relax};
/// let (policy, release) = relax(Policy::default(), ReleasePolicy::default(), ["expired-key", "valid-until"])?;
/// assert!(policy.is_relaxed(Rule::ExpiredKey) && release.is_relaxed(ReleaseRule::ValidUntil));
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn relax(
    mut policy: Policy,
    mut release: ReleasePolicy,
    names: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<(Policy, ReleasePolicy)> {
    for name in names {
        let name = name.as_ref();
        match name.parse::<ReleaseRule>() {
            Ok(rule) => release = release.relax(rule),
            Err(unknown) => match name.parse() {
                Ok(rule) => policy = policy.relax(rule)?,
                Err(_) => return Err(unknown),
            },
        }
    }
    Ok((policy, release))
}

struct Judge<'a> {
    policy: &'a ReleasePolicy,
    notes: Vec<Note>,
}

impl Judge<'_> {
    /// Rejects, or notes what a relaxed rule would have rejected.
    fn broken(&mut self, rule: ReleaseRule, error: Error) -> Result<()> {
        if !self.policy.is_relaxed(rule) {
            return Err(error.rule(rule.as_str()));
        }
        self.tell(rule.as_str(), &error);
        Ok(())
    }

    fn tell(&mut self, rule: &str, error: &Error) {
        self.notes.push(Note { rule: rule.to_owned(), message: error.to_string() });
    }

    fn date(&mut self, release: &Release, now: Timestamp) -> Result<()> {
        let date = release.date();
        match date {
            None => {
                let message = "the Release has no Date, so that an old one could be played back";
                self.broken(ReleaseRule::DateRequired, rejected(message).field("Date"))?;
            }
            Some(date) if later(now, self.policy.future_tolerance.into()) < date => {
                let error = rejected("the Release is dated in the future")
                    .field("Date")
                    .mismatch(format!("at most {}", format_date(now)), format_date(date))
                    .help("check this machine's clock");
                self.broken(ReleaseRule::FutureDate, error)?;
            }
            Some(_) => {}
        }
        match (release.valid_until(), date, self.policy.max_age) {
            (Some(until), _, _) if until < now => {
                let error = rejected("the Release has expired")
                    .field("Valid-Until")
                    .mismatch(format!("{} or later", format_date(now)), format_date(until))
                    .help("the mirror is out of date, or someone plays an old state back");
                self.broken(ReleaseRule::ValidUntil, error)
            }
            (None, Some(date), Some(max_age)) if later(date, max_age) < now => {
                let error = rejected("the Release is older than the source allows")
                    .field("Date")
                    .mismatch(format!("at most {max_age} s before {}", format_date(now)), format_date(date));
                self.broken(ReleaseRule::MaxAge, error)
            }
            _ => Ok(()),
        }
    }

    fn suite(&mut self, release: &Release) -> Result<()> {
        let Some(asked) = self.policy.suite.as_deref().filter(|asked| !asked.ends_with('/')) else { return Ok(()) };
        // As apt does: `buster/updates` has the codename `buster`; Debian's experimental is asked for by a path.
        let name = match asked.strip_prefix("../project/") {
            Some(name) => name,
            None => asked.rsplit_once('/').map_or(asked, |(name, _)| name),
        };
        let names: Vec<&str> = [release.suite(), release.codename()].into_iter().flatten().collect();
        if names.is_empty() {
            let message = format!("the Release names no suite, so that it may be meant for another than {asked}");
            self.tell(ReleaseRule::SuiteMismatch.as_str(), &rejected(message));
            return Ok(());
        }
        if names.iter().any(|own| *own == asked || *own == name) {
            return Ok(());
        }
        let error = rejected("the Release is of another suite than was asked for")
            .field(if release.suite().is_some() { "Suite" } else { "Codename" })
            .mismatch(asked, names.join(" or "));
        self.broken(ReleaseRule::SuiteMismatch, error)
    }

    fn rollback(&mut self, new: &Accepted, previous: &Accepted) -> Result<()> {
        let Some(last) = previous.date else { return Ok(()) };
        let found = new.date.map_or_else(|| "none".to_owned(), format_date);
        if new.date.is_none_or(|date| date < last) {
            let error = rejected("the Release is older than the one accepted last")
                .field("Date")
                .mismatch(format!("{} or later", format_date(last)), found)
                .help("another mirror may be behind, or someone plays an old state back");
            return self.broken(ReleaseRule::Rollback, error);
        }
        if new.date == Some(last) && new.digest != previous.digest {
            let error = rejected("the Release has the date of the one accepted last, but another content")
                .field("Date")
                .mismatch(previous.digest.to_string(), new.digest.to_string());
            return self.broken(ReleaseRule::SameDate, error);
        }
        Ok(())
    }

    /// As apt does for its users, who have to confirm such changes; a Suite or Version moves with each release.
    fn identity(&mut self, new: &Accepted, previous: &Accepted) -> Result<()> {
        let changed = |field: &str, old: &Option<String>, new: &Option<String>| {
            (old != new).then(|| {
                let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
                rejected(format!("the {field} has changed")).field(field).mismatch(shown(old), shown(new))
            })
        };
        if let Some(error) = changed("Origin", &previous.origin, &new.origin) {
            self.broken(ReleaseRule::OriginChanged, error)?;
        }
        if let Some(error) = changed("Label", &previous.label, &new.label) {
            self.broken(ReleaseRule::LabelChanged, error)?;
        }
        if let Some(error) = changed("Codename", &previous.codename, &new.codename) {
            self.broken(ReleaseRule::CodenameChanged, error)?;
        }
        if let Some(note) = changed("Suite", &previous.suite, &new.suite) {
            self.tell("suite-changed", &note);
        }
        if let Some(note) = changed("Version", &previous.version, &new.version) {
            self.tell("version-changed", &note);
        }
        Ok(())
    }
}

fn rejected(message: impl Into<String>) -> Error {
    Error::new(crate::error::Kind::Verification, message)
}

/// Saturating: a source may allow any age.
fn later(moment: Timestamp, seconds: u64) -> Timestamp {
    let seconds = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    moment.saturating_add(seconds).unwrap_or(Timestamp::MAX)
}
