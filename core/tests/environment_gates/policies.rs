//! Policies in force: origins, ages, freezes, overrides, rollbacks, races.

use reposnap::Kind;
use reposnap::environment::gate::{Evidence, Outcome, Policy, Proposal, judge};
use reposnap::environment::{Change, How, resolve};

use super::*;

#[tokio::test]
async fn an_environment_without_a_policy_moves_freely_and_keeps_evidence() {
    let (store, [one, two, ..]) = store().await;
    let stable = environment(&store, "stable", one).await;
    assert!(stable.policy().await.unwrap().is_none());
    let report = b"<testsuite><testcase/><testcase><failure/></testcase></testsuite>".to_vec();
    let given = vec![
        Given::Tests { name: "unit".into(), content: report.clone() },
        Given::File { name: "ticket".into(), content: b"done".to_vec() },
        Given::File { name: "image".into(), content: vec![0xff; 10] },
    ];
    let judgement = whole(&stable, two, 10, given).await;
    assert!(judgement.passes() && judgement.refusal().is_none());
    let entry = append(judgement).await.unwrap();
    let record = entry.body.gate.clone().unwrap();
    let Evidence::Tests { name, file, counts } = &record.evidence[0] else { panic!("{record:?}") };
    assert_eq!((name.as_str(), counts.tests, counts.failures), ("unit", 2, 1));
    assert_eq!(file.content.as_ref().unwrap().as_bytes(), report);
    let Evidence::File { file, .. } = &record.evidence[2] else { panic!("{record:?}") };
    assert_eq!((file.content.as_ref(), file.load(&store).await.unwrap()), (None, vec![0xff; 10]));
    assert!(holds(&stable).await);
    // Written, read, and the same.
    assert_eq!(stable.head().await.unwrap().body.gate, Some(record));

    let plain = append(whole(&stable, one, 20, Vec::new()).await).await.unwrap();
    assert_eq!(plain.body, Change::promoted(one, "testing"), "nothing more than before");
    let nonsense = vec![Given::Tests { name: "unit".into(), content: b"ok".to_vec() }];
    let proposal = Proposal::new(Change::promoted(two, "x"), two).evidence(nonsense);
    assert_eq!(judge(&stable, proposal, None).await.unwrap_err().kind(), Kind::Malformed);
    let proposal = Proposal::new(Change::promoted(two, "x"), two).evidence(vec![Given::Approval(b"ok".to_vec())]);
    assert_eq!(judge(&stable, proposal, None).await.unwrap_err().kind(), Kind::Usage);
}

#[tokio::test]
async fn a_snapshot_has_to_come_from_somewhere_and_ripen_there() {
    let (store, [one, two, three, four]) = store().await;
    let testing = environment(&store, "testing", one).await;
    let stable = gated(&store, one, "From: testing\nMinimum-Age: 3d\n").await;
    testing.promote(Change::promoted(two, "x"), None, &note(DAY)).await.unwrap().unwrap();

    // Nobody gets around it.
    let error = stable.promote(Change::promoted(two, "testing"), None, &note(9 * DAY)).await.unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("gate-policy")));

    let never = whole(&stable, three, 2 * DAY, Vec::new()).await;
    assert_eq!(missing(&never), ["gate-from", "gate-age"]);
    let young = whole(&stable, two, 4 * DAY - 1, Vec::new()).await;
    assert_eq!(missing(&young), ["gate-age"]);
    let refusal = young.refusal().unwrap();
    assert_eq!((refusal.kind(), refusal.broken_rule()), (Kind::Verification, Some("gate-age")));
    assert_eq!(refusal.advice(), Some("wait until 2026-01-05T00:00:00Z"));
    assert_eq!(append(young).await.unwrap_err().broken_rule(), Some("gate-age"));
    assert_eq!(stable.head().await.unwrap().seq, 2, "a refusal changes nothing");

    // What was there and gave way to something newer has ripened too.
    testing.promote(Change::promoted(three, "x"), None, &note(3 * DAY)).await.unwrap().unwrap();
    let entry = append(whole(&stable, two, 4 * DAY, Vec::new()).await).await.unwrap();
    assert_eq!((entry.seq, entry.time), (3, time(4 * DAY)));
    let record = entry.body.gate.unwrap();
    let rules: Vec<_> = record.requirements.iter().map(|one| (one.rule.as_str(), one.holds)).collect();
    assert_eq!(rules, [("gate-from", true), ("gate-age", true)]);
    assert!(matches!(&record.evidence[..], [Evidence::Log { name, seq: 3, since: Some(since), .. }]
        if name == "env/testing" && *since == time(DAY)));

    // What was rolled back there is as if it never was; returned to, it ripens anew.
    testing.undo(&note(5 * DAY)).await.unwrap();
    assert_eq!(missing(&whole(&stable, three, 20 * DAY, Vec::new()).await), ["gate-from", "gate-age"]);
    let back = resolve(&store, "testing@2026-01-04").await.unwrap();
    assert_eq!(back.digest, three);
    testing.rollback(&back, &note(21 * DAY)).await.unwrap().unwrap();
    assert_eq!(missing(&whole(&stable, three, 22 * DAY, Vec::new()).await), ["gate-age"]);
    assert!(whole(&stable, three, 24 * DAY, Vec::new()).await.passes());
    // What was there before is there still, from its own time.
    assert!(whole(&stable, one, 24 * DAY, Vec::new()).await.passes());
    assert_eq!(missing(&whole(&stable, four, 24 * DAY, Vec::new()).await), ["gate-from", "gate-age"]);
    assert!(holds(&stable).await, "{:?}", told(&stable).await);
}

#[tokio::test]
async fn clocks_that_differ_are_told() {
    let (store, [one, two, ..]) = store().await;
    let testing = environment(&store, "testing", one).await;
    let stable = gated(&store, one, "From: testing\nMinimum-Age: 1h\n").await;
    testing.promote(Change::promoted(two, "x"), None, &note(DAY)).await.unwrap().unwrap();
    // This machine's clock is a day behind that of whoever promoted to testing.
    let early = whole(&stable, two, 60, Vec::new()).await;
    assert_eq!(missing(&early), ["gate-age"]);
    assert!(early.refusal().unwrap().message().contains("the clocks differ"), "{}", early.refusal().unwrap());
    // A clock that is behind the log's is not believed: an entry is never older than the one before.
    let third = append(whole(&stable, two, 2 * DAY, Vec::new()).await).await.unwrap();
    assert_eq!(third.time, time(2 * DAY));
    testing.promote(Change::promoted(one, "x"), None, &note(2 * DAY)).await.unwrap().unwrap();
    let behind = whole(&stable, one, 60, Vec::new()).await;
    assert_eq!(missing(&behind), ["gate-age"]);
    assert!(holds(&stable).await);
}

#[tokio::test]
async fn freezes_and_overrides() {
    let (store, [one, two, three, _]) = store().await;
    let stable = gated(&store, one, "Freeze: yes\n").await;
    let frozen = whole(&stable, two, 10, Vec::new()).await;
    assert_eq!(missing(&frozen), ["gate-frozen"]);
    let asked =
        |reason: &str, second| Proposal::new(Change::promoted(two, "x"), two).overriding(reason).at(time(second));
    let refused = judge(&stable, asked("now", 20), None).await.unwrap();
    assert_eq!(missing(&refused), ["gate-frozen", "gate-override"]);

    let policy = Policy::parse(b"Environment: stable\nFreeze: yes\nOverrides: yes\n").unwrap();
    stable.set_policy(Some(&policy), None, &note(30)).await.unwrap().unwrap();
    assert_eq!(judge(&stable, asked("  ", 40), None).await.unwrap_err().kind(), Kind::Usage);
    let entry = append(judge(&stable, asked("the hotfix can't wait", 50), None).await.unwrap()).await.unwrap();
    let record = entry.body.gate.unwrap();
    assert_eq!(record.overridden.as_deref(), Some("the hotfix can't wait"));
    assert!(!record.requirements[0].holds);
    assert!(holds(&stable).await, "an override that is allowed is no fault");

    // Where nothing is missing, nothing is overridden.
    let policy = Policy::parse(b"Environment: stable\nOverrides: yes\n").unwrap();
    stable.set_policy(Some(&policy), None, &note(60)).await.unwrap().unwrap();
    let proposal = Proposal::new(Change::promoted(three, "x"), three).overriding("just in case").at(time(70));
    let entry = append(judge(&stable, proposal, None).await.unwrap()).await.unwrap();
    assert_eq!(entry.body.gate.unwrap().overridden, None);
}

#[tokio::test]
async fn policies_stand_in_the_log() {
    let (store, [one, two, three, _]) = store().await;
    let stable = gated(&store, one, "From: testing\n").await;
    let known = stable.policy().await.unwrap().unwrap();
    assert_eq!((known.id.seq, known.policy.text()), (2, "Environment: stable\nFrom: testing\n"));
    let second = stable.head().await.unwrap();
    assert_eq!(second.body.change, How::Policy { digest: Some(known.policy.digest()) });
    assert_eq!((second.body.snapshot, second.body.policy), (one, Some(known.id)));
    assert_eq!(stable.set_policy(Some(&known.policy), None, &note(10)).await.unwrap(), None, "it is in force already");
    let other = Policy::parse(b"Environment: testing\n").unwrap();
    assert_eq!(stable.set_policy(Some(&other), None, &note(10)).await.unwrap_err().kind(), Kind::Usage);
    assert_eq!(resolve(&store, "stable~1").await.unwrap().digest, one);

    // A promotion names it; taken away, it is gone; and undoing passes over such entries.
    environment(&store, "testing", two).await;
    let third = append(whole(&stable, two, 20, Vec::new()).await).await.unwrap();
    assert_eq!(third.body.policy, Some(known.id));
    let fourth = stable.set_policy(None, Some(third.position()), &note(30)).await.unwrap().unwrap();
    assert_eq!((fourth.body.policy, fourth.body.snapshot), (None, two));
    stable.promote(Change::promoted(three, "anywhere"), None, &note(40)).await.unwrap().unwrap();
    assert_eq!(stable.undo(&note(50)).await.unwrap().body.snapshot, two);
    stable.set_policy(Some(&known.policy), None, &note(60)).await.unwrap().unwrap();
    let undone = stable.undo(&note(70)).await.unwrap();
    assert_eq!((undone.body.snapshot, undone.body.change), (one, How::RolledBack { from: 7, to: 2 }));
    assert_eq!(stable.undo(&note(80)).await.unwrap_err().kind(), Kind::NotFound);
    assert!(holds(&stable).await, "{:?}", told(&stable).await);

    // Entries before are judged by what was in force for them, so another policy changes nothing of that.
    let strict = Policy::parse(b"Environment: stable\nFrom: nowhere\nFreeze: yes\n").unwrap();
    stable.set_policy(Some(&strict), None, &note(90)).await.unwrap().unwrap();
    assert!(holds(&stable).await);
}

#[tokio::test]
async fn rollbacks_are_free_or_gated() {
    let (store, [one, two, ..]) = store().await;
    let testing = environment(&store, "testing", two).await;
    let stable = gated(&store, one, "From: testing\nFreeze: no\n").await;
    append(whole(&stable, two, 10, Vec::new()).await).await.unwrap();
    stable.undo(&note(20)).await.unwrap();
    testing.promote(Change::promoted(one, "x"), None, &note(30)).await.unwrap().unwrap();
    append(whole(&stable, two, 40, Vec::new()).await).await.unwrap();

    let policy = Policy::parse(b"Environment: stable\nFrom: testing\nFreeze: yes\nRollback: gated\n").unwrap();
    stable.set_policy(Some(&policy), None, &note(50)).await.unwrap().unwrap();
    assert_eq!(stable.undo(&note(60)).await.unwrap_err().broken_rule(), Some("gate-policy"));
    let to = resolve(&store, "stable@2026-01-01T00:00:00Z").await.unwrap();
    assert_eq!(stable.rollback(&to, &note(60)).await.unwrap_err().broken_rule(), Some("gate-policy"));
    let (head, change) = stable.going_back(Some(&to)).await.unwrap();
    let judgement = judge(&stable, Proposal::going_back(change).at(time(60)), Some(head)).await.unwrap();
    assert_eq!(missing(&judgement), ["gate-frozen"], "where it comes from is no question: from here");

    let policy = Policy::parse(b"Environment: stable\nFrom: testing\nMinimum-Age: 9d\nRollback: gated\n").unwrap();
    stable.set_policy(Some(&policy), None, &note(70)).await.unwrap().unwrap();
    let (head, change) = stable.going_back(None).await.unwrap();
    let proposal = Proposal::going_back(change).at(time(80));
    assert_eq!(append(judge(&stable, proposal, Some(head)).await.unwrap()).await.unwrap().body.snapshot, one);
    assert!(holds(&stable).await, "{:?}", told(&stable).await);
}

#[tokio::test]
async fn of_two_at_once_one_wins() {
    let (store, [one, two, three, _]) = store().await;
    let testing = environment(&store, "testing", two).await;
    testing.promote(Change::promoted(three, "x"), None, &note(5)).await.unwrap().unwrap();
    let stable = gated(&store, one, "From: testing\n").await;
    let (first, second) = (whole(&stable, two, 10, Vec::new()).await, whole(&stable, three, 10, Vec::new()).await);
    let late = whole(&stable, three, 10, Vec::new()).await;
    let (first, second) = tokio::join!(append(first), append(second));
    let lost: Vec<Kind> = [first, second].into_iter().filter_map(Result::err).map(|error| error.kind()).collect();
    assert_eq!(lost, [Kind::Conflict]);
    assert_eq!(stable.head().await.unwrap().seq, 3);
    // A policy that comes between the judgement and the entry wins as well.
    assert_eq!(append(late).await.unwrap_err().kind(), Kind::Conflict);
    let rest = if stable.head().await.unwrap().body.snapshot == two { three } else { two };
    let judged = whole(&stable, rest, 20, Vec::new()).await;
    assert!(judged.passes());
    let strict = Policy::parse(b"Environment: stable\nFreeze: yes\n").unwrap();
    stable.set_policy(Some(&strict), None, &note(30)).await.unwrap().unwrap();
    assert_eq!(append(judged).await.unwrap_err().kind(), Kind::Conflict);
    // And of what the caller has seen.
    let stale = resolve(&store, "stable").await.unwrap().seq;
    assert_eq!(stale, Some(4));
    let before = stable.log().read(3).await.unwrap().position();
    let error = judge(&stable, Proposal::new(Change::promoted(rest, "x"), rest), Some(before)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(told(&stable).await.iter().all(|(_, outcome, _)| *outcome == Outcome::Holds));
}
