//! Policies: what is accepted, what is not, and why.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use reposnap::openpgp::{self, Signer as _};
use reposnap::{Digest, Kind};
use reposnap_image::package::{Family, Source};
use reposnap_provenance::attest::bundle::Bundle;
use reposnap_provenance::attest::decide::{Decision, MAX_REASONS};
use reposnap_provenance::attest::packages::{Coverage, Held, Image, ImagePackages, Package, Tool};
use reposnap_provenance::attest::slsa::Provenance;
use reposnap_provenance::attest::{Envelope, Policy, Statement, verify};
use reposnap_provenance::report::{Match, Verdict};
use reposnap_provenance::signing::{Algorithm, OpenPgpSigner, PrivateKey, Trust};

const STRICT: &str = "\
# Only images whose every package comes from stable, at most 14 days old, signed by us.
Signed-By: ci.pub
Environment: stable
Match: known
Max-Age: 14d
";

fn now() -> Timestamp {
    "2026-11-26T06:00:00Z".parse().unwrap()
}

fn days_ago(days: i64) -> Timestamp {
    now().checked_sub(SignedDuration::from_hours(24 * days)).unwrap()
}

fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

fn package(name: &str, matched: Option<Match>, held: Option<(&str, &str)>) -> Package {
    let held = held.map(|(first, last)| Held { first: digest(first).into(), last: digest(last).into() });
    Package {
        family: Family::Deb,
        name: name.into(),
        version: "1.0-1".into(),
        architecture: "amd64".into(),
        source: Source { name: name.into(), version: "1.0-1".into() },
        layer: None,
        digest: None,
        matched,
        mirror: None,
        suite: None,
        component: None,
        snapshots: held,
    }
}

fn known(name: &str) -> Package {
    package(name, Some(Match::Known), Some(("old", "new")))
}

fn said(packages: Vec<Package>) -> ImagePackages {
    ImagePackages {
        image: Image { reference: "docker://r/app:1".into(), digest: digest("image").into() },
        os: None,
        layers: Vec::new(),
        coverage: Coverage::of(&packages),
        packages,
        snapshots: Vec::new(),
        dated: None,
        environment: None,
        verdict: Verdict::Clean,
        doubts: Vec::new(),
        tool: Tool { name: "reposnap".into(), version: "0".into() },
        made_at: days_ago(1),
    }
}

/// A key that is trusted, and an environment that moved 100, 30 and 3 days ago.
struct World {
    key: PrivateKey,
    trust: Trust,
    snapshots: BTreeMap<Digest, Timestamp>,
}

impl World {
    fn new() -> Self {
        let key = PrivateKey::generate(Algorithm::Ed25519).unwrap();
        let snapshots = [("old", 100), ("middle", 30), ("new", 3)].map(|(name, days)| (digest(name), days_ago(days)));
        Self { trust: Trust::new().key(key.public().clone()).unwrap(), key, snapshots: snapshots.into() }
    }

    fn sign<P: serde::Serialize>(&self, statement: &Statement<P>) -> Envelope {
        let mut envelope = statement.to_envelope().unwrap();
        envelope.sign(&self.key).unwrap();
        envelope
    }

    fn decide(&self, policy: &str, said: ImagePackages) -> Decision {
        self.decide_all(policy, &[self.sign(&said.into_statement())])
    }

    fn decide_all(&self, policy: &str, envelopes: &[Envelope]) -> Decision {
        let policy = Policy::parse(policy).unwrap();
        verify(&digest("image"), envelopes, &policy, &self.trust, &self.snapshots, now()).unwrap()
    }
}

fn rules(decision: &Decision) -> Vec<&'static str> {
    assert_eq!(decision.accepted(), decision.reasons().is_empty());
    decision.reasons().iter().map(|reason| reason.rule.as_str()).collect()
}

#[test]
fn every_package_from_stable_of_late_signed_by_us() {
    let world = World::new();
    let decision = world.decide(STRICT, said(vec![known("libc6"), known("bash")]));
    assert!(decision.accepted(), "{decision}");
    assert_eq!(decision.signers()[0].key, world.key.public().id().to_string());
    assert_eq!(decision.to_string(), format!("accepted, signed by {}", world.key.public().id()));
    assert_eq!((decision.made_at(), decision.coverage().unwrap().known), (Some(days_ago(1)), 2));

    for (other, rule, words) in [
        (package("x", Some(Match::FromNowhere), None), "match", "is in no snapshot"),
        (package("x", Some(Match::Modified), Some(("old", "new"))), "match", "has other content"),
        (package("x", Some(Match::Superseded), Some(("old", "middle"))), "superseded", "had been replaced"),
        (package("x", None, Some(("old", "new"))), "coverage", "was not looked up"),
        (package("x", Some(Match::Known), None), "environment", "does not come from the environment stable"),
        (package("x", Some(Match::Known), Some(("other", "another"))), "environment", "does not come from"),
        (
            package("x", Some(Match::Known), Some(("old", "middle"))),
            "max-age",
            "was last seen in the environment stable 30 days ago",
        ),
    ] {
        let decision = world.decide(STRICT, said(vec![known("libc6"), other]));
        assert_eq!(rules(&decision), [rule]);
        let reason = &decision.reasons()[0];
        assert!(reason.message.contains(words), "{}", reason.message);
        assert_eq!(reason.package.as_deref(), Some("x:amd64"));
        let json = serde_json::to_value(&decision).unwrap();
        assert_eq!((&json["accepted"], &json["reasons"][0]["rule"]), (&false.into(), &rule.into()));
    }
}

#[test]
fn what_a_policy_lets_pass() {
    let world = World::new();
    let superseded = || vec![known("libc6"), package("x", Some(Match::Superseded), Some(("old", "middle")))];
    let lenient = format!("{STRICT}Allow-Superseded: yes\n");
    assert_eq!(rules(&world.decide(&lenient, said(superseded()))), ["max-age"]);
    assert!(world.decide(&lenient.replace("14d", "5w"), said(superseded())).accepted());
    assert_eq!(rules(&world.decide(&STRICT.replace("14d", "5w"), said(superseded()))), ["superseded"]);

    let outside = || vec![known("libc6"), package("app", Some(Match::FromNowhere), None), package("conf", None, None)];
    assert_eq!(rules(&world.decide(STRICT, said(outside()))), ["match", "coverage"]);
    let lenient = format!("{STRICT}Allow-Outside: app\n conf\n");
    assert!(world.decide(&lenient, said(outside())).accepted());
    assert_eq!(rules(&world.decide(&format!("{STRICT}Allow-Outside: ap\n"), said(outside()))).len(), 2);

    let named = format!("Signed-By: ci.pub\nSnapshots: {} {}\n", digest("new"), digest("unknown"));
    assert!(world.decide(&named, said(vec![known("libc6")])).accepted());
    let undated = || said(vec![package("x", Some(Match::Known), Some(("unknown", "unknown")))]);
    assert!(world.decide(&named, undated()).accepted());
    assert_eq!(rules(&world.decide(&format!("{named}Max-Age: 1d\n"), undated())), ["max-age"]);
    let middle = || said(vec![package("x", Some(Match::Known), Some(("old", "middle")))]);
    assert_eq!(rules(&world.decide(&named, middle())), ["environment"]);
}

#[test]
fn nothing_is_never_accepted() {
    let world = World::new();
    assert_eq!(rules(&world.decide_all(STRICT, &[])), ["signature"]);
    assert_eq!(rules(&world.decide(STRICT, said(Vec::new()))), ["coverage"]);
    let lenient = format!("{STRICT}Allow-Outside: libc6\n");
    assert_eq!(rules(&world.decide(&lenient, said(Vec::new()))), ["coverage"]);
    let mut doubtful = said(vec![known("libc6")]);
    doubtful.verdict = Verdict::Inconclusive;
    doubtful.doubts = vec!["no snapshot covers it".into()];
    let decision = world.decide(&lenient, doubtful);
    assert_eq!(rules(&decision), ["coverage"]);
    assert!(decision.reasons()[0].message.ends_with("no snapshot covers it"));
    let mut miscounted = said(vec![known("libc6")]);
    miscounted.coverage.known = 2;
    assert_eq!(rules(&world.decide(STRICT, miscounted)), ["coverage"]);
    let policy = Policy::parse(STRICT).unwrap();
    let nobody = verify(&digest("image"), &[], &policy, &Trust::new(), &world.snapshots, now());
    assert_eq!(nobody.unwrap_err().kind(), Kind::Usage);
}

#[test]
fn of_this_image_by_those_keys() {
    let world = World::new();
    let good = || said(vec![known("libc6")]);
    let stranger = World::new();
    assert_eq!(rules(&world.decide_all(STRICT, &[stranger.sign(&good().into_statement())])), ["signature"]);

    let mut other = good();
    other.image.digest = digest("other").into();
    assert_eq!(rules(&world.decide(STRICT, other.clone())), ["subject"]);
    let mut crossed = other.into_statement();
    crossed.subject[0].digest.insert("sha256".into(), digest("image").to_string());
    assert_eq!(rules(&world.decide_all(STRICT, &[world.sign(&crossed)])), ["subject"]);

    let mut future = good();
    future.made_at = days_ago(-1);
    assert_eq!(rules(&world.decide(STRICT, future)), ["date"]);

    let provenance = Provenance::new("https://ci.example.org", Vec::new(), BTreeMap::new());
    let provenance = world.sign(&provenance.into_statement("app", &digest("image")));
    assert_eq!(rules(&world.decide_all(STRICT, std::slice::from_ref(&provenance))), ["predicate"]);
    // Among others that say nothing of packages, and strangers', ours is found.
    let among = [provenance, stranger.sign(&good().into_statement()), world.sign(&good().into_statement())];
    assert!(world.decide_all(STRICT, &among).accepted());
    let many = vec![among[2].clone(); 65];
    assert_eq!(rules(&world.decide_all(STRICT, &many)), ["signature"]);
}

#[test]
fn the_newest_statement_decides() {
    let world = World::new();
    let good = said(vec![known("libc6")]);
    let mut bad = said(vec![package("libc6", Some(Match::Modified), None)]);
    for (days, accepted) in [(2, true), (0, false)] {
        bad.made_at = days_ago(days);
        let both = [world.sign(&good.clone().into_statement()), world.sign(&bad.clone().into_statement())];
        assert_eq!(world.decide_all(STRICT, &both).accepted(), accepted);
        assert_eq!(world.decide_all(STRICT, &[both[1].clone(), both[0].clone()]).accepted(), accepted);
    }
}

#[test]
fn two_keys_in_two_bundles() {
    let mut world = World::new();
    let qa = openpgp::generate("QA <qa@example.org>", days_ago(9), None).unwrap();
    let other = PrivateKey::generate(Algorithm::EcdsaP256).unwrap();
    world.trust = world.trust.key(other.public().clone()).unwrap().file(&qa.certificate().unwrap()).unwrap();
    let policy = format!("{STRICT}Threshold: 2\n");
    let statement = said(vec![known("libc6")]).into_statement();
    let one = world.sign(&statement);
    assert_eq!(rules(&world.decide_all(&policy, std::slice::from_ref(&one))), ["signature"]);
    assert_eq!(rules(&world.decide_all(&policy, &[one.clone(), one.clone()])), ["signature"]);
    let mut two = statement.to_envelope().unwrap();
    two.sign(&other).unwrap();
    let bundle = Bundle::of(&two, other.public()).unwrap().into_envelope();
    let decision = world.decide_all(&policy, &[bundle, one.clone()]);
    assert!(decision.accepted() && decision.signers().len() == 2, "{decision}");

    let mut by_qa = statement.to_envelope().unwrap();
    by_qa.sign(&OpenPgpSigner::new(&qa.at(days_ago(1)))).unwrap();
    let decision = world.decide_all(&policy, &[by_qa, one]);
    assert!(decision.to_string().contains("QA <qa@example.org>"), "{decision}");
}

#[test]
fn many_reasons_are_counted() {
    let world = World::new();
    let packages = (0..MAX_REASONS + 7).map(|number| package(&format!("p{number}"), Some(Match::FromNowhere), None));
    let decision = world.decide(STRICT, said(packages.collect()));
    assert_eq!((decision.accepted(), decision.reasons().len(), decision.more()), (false, MAX_REASONS, 7));
    assert!(decision.to_string().ends_with("and 7 more"));
}

#[test]
fn policies_that_are_refused() {
    let told = |text: &str| Policy::parse(text).unwrap_err().to_string();
    for (text, expected) in [
        ("", "there is no stanza"),
        ("# nothing\n", "there is no stanza"),
        ("Environment: stable\n", "Signed-By: this field is missing"),
        ("Signed-By: a\n", "Environment: this field is missing"),
        ("Signed-By: a\n# why\n\nEnvironment: s\n", "line 4: there is a second stanza"),
        ("# why\nSigned-By: a\n# why\nEnvironment s\n", "line 4: \"Environment s\" is no field"),
        ("Signed-By: a\n# why\nEnvironment: s\nMax-Agee: 3d\n", "line 4: Max-Agee: a policy has no such field"),
        ("Signed-By: a\nEnvironment: s\n# x\nsigned-by: b\n", "line 4: signed-by: a stanza has this field twice"),
        ("Signed-By: a\nEnvironment:\n", "line 2: Environment: the field is empty"),
        ("Signed-By: a\nEnvironment: s t\n", "line 2: Environment: \"s t\" is no name"),
        ("Signed-By: a\nEnvironment: s\nThreshold: 0\n", "line 3: Threshold: \"0\" is no number"),
        ("Signed-By: a\nEnvironment: s\nThreshold: many\n", "line 3: Threshold: \"many\" is no number"),
        ("Signed-By: a\nEnvironment: s\nMatch: any\n", "line 3: Match: \"any\" is no rule"),
        ("Signed-By: a\nEnvironment: s\nAllow-Superseded: maybe\n", "line 3: Allow-Superseded: \"maybe\" is no answer"),
        ("Signed-By: a\nSnapshots: 12\n", "line 2: Snapshots: \"12\" is not a SHA-256 digest"),
    ] {
        assert!(told(text).starts_with(expected), "{text:?}: {}", told(text));
    }
    for age in ["d", "14", "14m", "-1d", "+1d", "1.5d", "99999999999d", "4294967295w", "é", "1é"] {
        let error = told(&format!("Signed-By: a\nEnvironment: s\nMax-Age: {age}\n"));
        assert!(error.starts_with(&format!("line 3: Max-Age: {age:?} is no age")), "{error}");
    }
    let both = format!("Signed-By: a\nEnvironment: s\nSnapshots: {}\n", digest("x"));
    assert!(told(&both).contains("not both"));
    assert_eq!(Policy::parse(&" ".repeat((1 << 20) + 1)).unwrap_err().kind(), Kind::Limit);
    for end in 0..STRICT.len() {
        let _ = Policy::parse(&STRICT[..end]);
    }
}

#[test]
fn keys_are_read_from_where_the_policy_lies() {
    let (a, b) =
        (PrivateKey::generate(Algorithm::Ed25519).unwrap(), PrivateKey::generate(Algorithm::EcdsaP256).unwrap());
    let policy = format!("Signed-By: a.pub b.pub\n {}\nEnvironment: stable\n", b.public().id());
    let policy = Policy::parse(&policy).unwrap();
    assert_eq!((policy.key_files.len(), policy.fingerprints.len()), (2, 1));
    let trust = policy.trust(|file| Ok(if file == "a.pub" { &a } else { &b }.public().to_pem().into_bytes())).unwrap();
    let signature = |key: &PrivateKey| reposnap_provenance::signing::Signer::sign(key, b"x").unwrap();
    assert!(trust.signer_of(b"x", &signature(&b), "", now()).is_ok());
    assert!(trust.signer_of(b"x", &signature(&a), "", now()).is_err());
    let error = policy.trust(|_| Ok(b"nothing".to_vec())).unwrap_err();
    assert_eq!((error.kind(), error.at_path()), (Kind::Malformed, Some("a.pub")));

    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("policy");
    std::fs::write(&file, STRICT).unwrap();
    let missing = Policy::open(&file).unwrap_err();
    assert_eq!(missing.kind(), Kind::NotFound);
    assert!(missing.at_path().unwrap().ends_with("ci.pub"));
    std::fs::write(folder.path().join("ci.pub"), a.public().to_pem()).unwrap();
    let (policy, trust) = Policy::open(&file).unwrap();
    assert_eq!((policy, trust.keys()), (Policy::parse(STRICT).unwrap(), &[a.public().clone()][..]));
    std::fs::write(&file, "Signed-By ci.pub").unwrap();
    let error = Policy::open(&file).unwrap_err();
    assert_eq!((error.at_path(), error.at_line()), (file.to_str(), Some(1)));
}
