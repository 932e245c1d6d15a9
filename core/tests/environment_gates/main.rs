//! Gates: what is let through, what is not, and what a review says of it later.
#![allow(clippy::unwrap_used)]

mod approvals;
mod checks;
mod policies;
mod reports;
mod reviews;

use bytes::Bytes;
use jiff::Timestamp;
use reposnap::environment::gate::{Given, Judgement, Outcome, Policy, Proposal, Reviewed, judge, review};
use reposnap::environment::{Change, Environment};
use reposnap::openpgp::{self, KeyFile, Signer as _};
use reposnap::store::Store;
use reposnap::store::refs::{Entry, Note};
use reposnap::{Digest, Result};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A store in memory in which anything can be promoted: snapshots that are there by name alone.
async fn store() -> (Store, [Digest; 4]) {
    let store = Store::memory();
    let digests = [b"one", b"two", b"tri", b"for"].map(|bytes| Digest::of(bytes));
    for digest in digests {
        store.objects().put(&format!("snapshots/{digest}"), Bytes::new()).await.unwrap();
    }
    (store, digests)
}

/// An environment that begins at the second 0 of this test's time.
async fn environment(store: &Store, name: &str, snapshot: Digest) -> Environment {
    let environment = Environment::open(store, name).unwrap();
    environment.create(Change::created(snapshot), &note(0)).await.unwrap();
    environment
}

/// An environment with a policy.
async fn gated(store: &Store, snapshot: Digest, fields: &str) -> Environment {
    let stable = environment(store, "stable", snapshot).await;
    let policy = Policy::parse(format!("Environment: stable\n{fields}").as_bytes()).unwrap();
    stable.set_policy(Some(&policy), None, &note(0)).await.unwrap().unwrap();
    stable
}

/// The time of tests, in seconds since 2026-01-01.
fn time(second: i64) -> Timestamp {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    Timestamp::from_second(start.as_second() + second).unwrap()
}

fn note(second: i64) -> Note<'static> {
    Note::new("ana", "because").at(time(second))
}

/// A key that was made before the time of tests, and its signatures at a second of it.
fn key(name: &str) -> KeyFile {
    openpgp::generate(name, time(-DAY), None).unwrap()
}

/// A certificate as a field of a policy.
fn keyring(keys: &[&KeyFile]) -> String {
    let mut field = "Keyring:\n".to_owned();
    let parts: Vec<Vec<u8>> = keys.iter().map(|key| key.certificate().unwrap()).collect();
    let all = openpgp::Keyring::from_parts(parts.iter().map(Vec::as_slice)).unwrap().to_armored().unwrap();
    for line in String::from_utf8(all).unwrap().lines() {
        field.push_str(&format!(" {}\n", if line.is_empty() { "." } else { line }));
    }
    field
}

/// Judges a promotion of a whole snapshot.
async fn whole(environment: &Environment, snapshot: Digest, second: i64, given: Vec<Given>) -> Judgement {
    let change = Change::promoted(snapshot, "testing");
    judge(environment, Proposal::new(change, snapshot).evidence(given).at(time(second)), None).await.unwrap()
}

/// What is missing, by rule.
fn missing(judgement: &Judgement) -> Vec<&str> {
    let requirements = judgement.record().unwrap().requirements.iter();
    requirements.filter(|one| !one.holds).map(|one| one.rule.as_str()).collect()
}

async fn append(judgement: Judgement) -> Result<Entry<Change>> {
    Ok(judgement.append(&note(0)).await?.unwrap())
}

/// The findings of a review of all, newest first: the number of the entry, the outcome, and the rules.
async fn told(environment: &Environment) -> Vec<(u64, Outcome, Vec<String>)> {
    let of =
        |one: Reviewed| (one.entry.seq, one.outcome, one.findings.into_iter().map(|finding| finding.rule).collect());
    review(environment, 100).await.unwrap().into_iter().map(of).collect()
}

/// Whether a review finds nothing.
async fn holds(environment: &Environment) -> bool {
    told(environment).await.iter().all(|(_, outcome, _)| *outcome == Outcome::Holds)
}
