use super::*;
use crate::error::Kind;
use crate::openpgp::Rule;

const NOW: &str = "2026-07-11T12:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn verified(text: &str) -> Verified<Vec<u8>> {
    Verified::new(text.as_bytes().to_vec(), Vec::new(), Vec::new())
}

fn release(fields: &[(&str, &str)]) -> String {
    let mut all = vec![
        ("Origin", "Debian"),
        ("Label", "Debian"),
        ("Suite", "stable"),
        ("Codename", "bookworm"),
        ("Version", "12.1"),
        ("Date", "Sat, 11 Jul 2026 10:16:37 UTC"),
    ];
    for (name, value) in fields {
        all.retain(|(own, _)| own != name);
        all.push((name, value));
    }
    all.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}: {value}\n")).collect()
}

/// The rule broken by default, or none; relaxed, the same is a note.
fn broken(fields: &[(&str, &str)], policy: ReleasePolicy, previous: Option<&Accepted>) -> Option<&'static str> {
    let text = release(fields);
    match accept(verified(&text), &policy, previous, at(NOW)) {
        Ok((accepted, _)) => {
            assert_eq!(accepted.notes(), [], "{text}");
            None
        }
        Err(error) => {
            assert_eq!(error.kind(), Kind::Verification, "{error}");
            let rule = error.broken_rule().expect("a rule");
            let relaxed = policy.relax(rule.parse().expect("a rule of acceptance"));
            let (accepted, _) = accept(verified(&text), &relaxed, previous, at(NOW)).expect("relaxed");
            assert_eq!(accepted.notes().iter().map(|note| note.rule.as_str()).collect::<Vec<_>>(), [rule]);
            Some(rule)
        }
    }
}

fn default() -> ReleasePolicy {
    ReleasePolicy::default()
}

fn previous(fields: &[(&str, &str)]) -> Accepted {
    accept(verified(&release(fields)), &default(), None, at(NOW)).expect("accepted").1
}

#[test]
fn dates() {
    assert_eq!(broken(&[], default(), None), None);
    assert_eq!(broken(&[("Date", "")], default(), None), Some("date-required"));
    assert_eq!(broken(&[("Date", "Sat, 11 Jul 2026 12:00:10 UTC")], default(), None), None);
    assert_eq!(broken(&[("Date", "Sat, 11 Jul 2026 12:00:11 UTC")], default(), None), Some("future-date"));
    assert_eq!(broken(&[("Date", "Sat, 11 Jul 2026 12:01:00 UTC")], default().future_tolerance(60), None), None);
    assert_eq!(broken(&[("Valid-Until", "Sat, 11 Jul 2026 12:00:00 UTC")], default(), None), None);
    assert_eq!(broken(&[("Valid-Until", "Sat, 11 Jul 2026 11:59:59 UTC")], default(), None), Some("valid-until"));
}

#[test]
fn age_where_upstream_sets_no_limit() {
    let hours = |hours: u64| default().max_age(hours * 3600);
    assert_eq!(broken(&[], hours(2), None), None);
    assert_eq!(broken(&[], hours(1), None), Some("max-age"));
    assert_eq!(broken(&[("Valid-Until", "Sun, 12 Jul 2026 12:00:00 UTC")], hours(1), None), None);
    assert_eq!(broken(&[], default().max_age(u64::MAX), None), None);
}

#[test]
fn the_suite_that_was_asked_for() {
    for asked in ["stable", "bookworm", "./", "anything/", "bookworm/updates"] {
        assert_eq!(broken(&[], default().suite(asked), None), None, "{asked}");
    }
    for asked in ["sid", "Stable", "oldstable", "", "stable-updates", "updates/bookworm"] {
        assert_eq!(broken(&[], default().suite(asked), None), Some("suite-mismatch"), "{asked}");
    }
    let experimental = [("Suite", "experimental"), ("Codename", "rc-buggy")];
    assert_eq!(broken(&experimental, default().suite("../project/experimental"), None), None);
    let nameless = release(&[("Suite", ""), ("Codename", "")]);
    let (nameless, _) = accept(verified(&nameless), &default().suite("stable"), None, at(NOW)).expect("accepted");
    assert_eq!(nameless.notes()[0].rule, "suite-mismatch");
}

#[test]
fn no_way_back() {
    let last = previous(&[]);
    assert_eq!(broken(&[], default(), Some(&last)), None);
    assert_eq!(broken(&[("Date", "Sat, 11 Jul 2026 10:16:36 UTC")], default(), Some(&last)), Some("rollback"));
    assert_eq!(broken(&[("Date", "Sat, 11 Jul 2026 10:16:38 UTC")], default(), Some(&last)), None);
    assert_eq!(broken(&[("Description", "other")], default(), Some(&last)), Some("same-date"));
    let undated = default().relax(ReleaseRule::DateRequired);
    let error = accept(verified(&release(&[("Date", "")])), &undated, Some(&last), at(NOW)).expect_err("no date");
    assert_eq!(error.broken_rule(), Some("rollback"));
}

#[test]
fn another_repository_in_the_same_place() {
    let last = previous(&[("Date", "Fri, 10 Jul 2026 00:00:00 UTC")]);
    assert_eq!(broken(&[("Origin", "Evil")], default(), Some(&last)), Some("origin-changed"));
    assert_eq!(broken(&[("Label", "")], default(), Some(&last)), Some("label-changed"));
    assert_eq!(broken(&[("Codename", "trixie")], default(), Some(&last)), Some("codename-changed"));
    let text = release(&[("Suite", "oldstable"), ("Version", "12.2")]);
    let (moved, now) = accept(verified(&text), &default(), Some(&last), at(NOW)).expect("only a note");
    assert_eq!(moved.notes().iter().map(|note| &*note.rule).collect::<Vec<_>>(), ["suite-changed", "version-changed"]);
    assert_eq!(now.suite.as_deref(), Some("oldstable"));
}

#[test]
fn what_is_remembered_comes_back() {
    let accepted = previous(&[("Version", "")]);
    let json = serde_json::to_string(&accepted).expect("JSON");
    assert!(!json.contains("version"));
    assert_eq!(serde_json::from_str::<Accepted>(&json).expect("own JSON"), accepted);
}

#[test]
fn an_index_needs_a_strong_digest() {
    let weak = format!("{}MD5Sum:\n d41d8cd98f00b204e9800998ecf8427e 0 main/Packages\n", release(&[]));
    let (weak, _) = accept(verified(&weak), &default(), None, at(NOW)).expect("accepted");
    let error = weak.value().file("main/Packages").expect_err("MD5 only");
    assert_eq!(error.broken_rule(), Some("strong-digest-required"));
}

#[test]
fn relaxing_by_name() {
    let names = ReleaseRule::ALL.iter().map(|rule| rule.as_str());
    let firm = Rule::ALL.iter().filter(|rule| rule.is_relaxable()).map(|rule| rule.as_str());
    let (signature, release) = relax(Policy::default(), default(), names.chain(firm)).expect("every name");
    assert!(ReleaseRule::ALL.iter().all(|rule| release.is_relaxed(*rule)));
    assert!(signature.is_relaxed(Rule::ExpiredKey) && !signature.is_relaxed(Rule::NoSignature));
    for wrong in ["", "valid_until", "no-signature"] {
        assert_eq!(relax(Policy::default(), default(), [wrong]).expect_err("refused").kind(), Kind::Usage);
    }
    assert!(ReleaseRule::ALL.iter().all(|rule| rule.as_str().parse::<Rule>().is_err()), "one name, one rule");
    assert!(release.to_string().contains("valid-until: relaxed"));
}
