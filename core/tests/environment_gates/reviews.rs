//! Reviews: what a log says that somebody wrote to without the gate, or changed afterwards.

use reposnap::environment::How;
use reposnap::environment::gate::{PolicyId, Record, review};
use reposnap::store::refs::{ENVIRONMENT, Log};
use serde_json::{Value, json};

use super::*;

/// A note that is signed by a key.
macro_rules! signed {
    ($key:expr, $second:expr, $sign:ident) => {
        let dated = $key.to_armored_secret().unwrap();
        let dated = KeyFile::from_bytes(&dated, None).unwrap().at(time($second));
        let $sign = move |bytes: &[u8]| Ok(String::from_utf8(dated.detach_sign(bytes)?).unwrap());
    };
}

/// Writes an entry as somebody would who does not use this library's gate.
async fn bypass(store: &Store, body: Value, second: i64) {
    let log = Log::<Value>::open(store.objects(), ENVIRONMENT, "stable").unwrap();
    let head = log.head().await.unwrap();
    log.append(Some(head.position()), body, &note(second)).await.unwrap();
}

#[tokio::test]
async fn entries_that_went_around_the_gate_are_named() {
    let (store, [one, two, three, _]) = store().await;
    environment(&store, "testing", two).await;
    let stable = gated(&store, one, "From: testing\n").await;
    let id = serde_json::to_value(stable.head().await.unwrap().body.policy).unwrap();
    let promoted = json!({"kind": "promoted", "from": "x"});
    // Without a record, with one that lies, and without a policy altogether.
    bypass(&store, json!({"snapshot": three, "change": promoted, "policy": id}), 10).await;
    let lie = json!({"requirements": [{"rule": "gate-from", "holds": true, "message": "yes"}]});
    bypass(&store, json!({"snapshot": one, "change": promoted, "policy": id, "gate": lie}), 20).await;
    bypass(&store, json!({"snapshot": three, "change": promoted}), 30).await;
    // From here on the library thinks that there is none; the review does not.
    stable.promote(Change::promoted(one, "x"), None, &note(40)).await.unwrap().unwrap();
    let back = json!({"kind": "rolled-back", "from": 6, "to": 2});
    bypass(&store, json!({"snapshot": three, "change": back, "policy": id}), 50).await;
    bypass(&store, json!({"snapshot": two, "change": {"kind": "created"}, "policy": id}), 60).await;
    let worst = Outcome::DoesNotHold;
    let rules = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        told(&stable).await,
        [
            (8, worst, rules(&["gate-policy"])),
            (7, worst, rules(&["gate-from"])),
            (6, worst, rules(&["gate-policy", "gate-policy"])),
            (5, worst, rules(&["gate-policy", "gate-policy"])),
            (4, worst, rules(&["gate-from"])),
            (3, worst, rules(&["gate-policy"])),
            (2, Outcome::Holds, vec![]),
            (1, Outcome::Holds, vec![]),
        ]
    );
    assert_eq!(review(&stable, 2).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_altered_entry_is_told() {
    let (store, [one, two, three, _]) = store().await;
    let testing = environment(&store, "testing", two).await;
    testing.promote(Change::promoted(three, "x"), None, &note(5)).await.unwrap().unwrap();
    let stable = gated(&store, one, "From: testing\n").await;
    append(whole(&stable, two, 10, Vec::new()).await).await.unwrap();
    append(whole(&stable, three, 20, Vec::new()).await).await.unwrap();
    assert!(holds(&stable).await);
    let alter = async |environment: &str, seq: u64, from: &str, to: &str| {
        let path = format!("refs/env/{environment}/{:020}", u64::MAX - seq);
        let bytes = store.objects().get(&path).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(text.contains(from), "{text}");
        store.objects().delete(&path).await.unwrap();
        store.objects().put(&path, Bytes::from(text.replace(from, to))).await.unwrap();
    };
    // The second entry is the policy: made laxer, neither its digest nor the chain fits, nor does the one after name it.
    alter("stable", 2, "From: testing", "From: elsewhere").await;
    assert_eq!(stable.policy().await.unwrap_err().broken_rule(), Some("gate-policy"));
    let found = told(&stable).await;
    let second = found.iter().find(|(seq, ..)| *seq == 2).unwrap();
    assert_eq!(second.1, Outcome::DoesNotHold);
    assert!(second.2.contains(&"log-chain".to_owned()) && second.2.contains(&"gate-policy".to_owned()), "{second:?}");
    alter("stable", 2, "From: elsewhere", "From: testing").await;
    assert!(holds(&stable).await);

    alter("stable", 3, "\"actor\":\"ana\"", "\"actor\":\"bob\"").await;
    let found = told(&stable).await;
    assert_eq!(found[1], (3, Outcome::DoesNotHold, vec!["log-chain".to_owned()]));
    assert_eq!(found[0].1, Outcome::Holds, "it is the older one that was altered");
    alter("stable", 3, "\"actor\":\"bob\"", "\"actor\":\"ana\"").await;

    // The log that it came from, altered at the very entry that was the head then.
    alter("testing", 2, "\"actor\":\"ana\"", "\"actor\":\"eve\"").await;
    let found = told(&stable).await;
    assert_eq!(found[0].2, ["gate-evidence"]);
    // And lost.
    store.objects().delete(&format!("refs/env/testing/{:020}", u64::MAX - 2)).await.unwrap();
    assert_eq!(told(&stable).await[0].1, Outcome::CannotTell);
}

#[tokio::test]
async fn entries_are_signed_by_those_who_may() {
    let (boss, owner, stranger) = (key("Boss"), key("Owner"), key("Stranger"));
    let (store, [one, two, three, _]) = store().await;
    environment(&store, "testing", two).await;
    let stable = environment(&store, "stable", one).await;
    let text = format!(
        "Environment: stable\nSigned-Entries: yes\nPromoters: {}\nOwners: {}\nOverrides: yes\nFrom: testing\n{}",
        boss.fingerprint(),
        owner.fingerprint(),
        keyring(&[&boss, &owner])
    );
    let policy = Policy::parse(text.as_bytes()).unwrap();
    signed!(boss, 10, by_boss);
    signed!(owner, 10, by_owner);
    signed!(stranger, 10, by_stranger);
    // Whoever sets a policy that wants signatures shows that they can be made.
    let rule = |error: reposnap::Error| error.broken_rule();
    assert_eq!(rule(stable.set_policy(Some(&policy), None, &note(10)).await.unwrap_err()), Some("gate-signature"));
    let wrong = note(10).signed(&by_boss);
    assert_eq!(rule(stable.set_policy(Some(&policy), None, &wrong).await.unwrap_err()), Some("gate-signature"));
    stable.set_policy(Some(&policy), None, &note(10).signed(&by_owner)).await.unwrap().unwrap();

    let proposal = |snapshot: Digest| Proposal::new(Change::promoted(snapshot, "testing"), snapshot).at(time(20));
    let unsigned = judge(&stable, proposal(two), None).await.unwrap();
    assert_eq!(missing(&unsigned), ["gate-signature"]);
    for note in [note(20), note(20).signed(&by_stranger), note(20).signed(&by_owner)] {
        let judgement = judge(&stable, proposal(two).signed(true), None).await.unwrap();
        assert_eq!(judgement.append(&note).await.unwrap_err().broken_rule(), Some("gate-signature"));
    }
    let judgement = judge(&stable, proposal(two).signed(true), None).await.unwrap();
    let entry = judgement.append(&note(20).signed(&by_boss)).await.unwrap().unwrap();
    assert!(entry.signature.is_some());
    // A signature is not overridden; a rollback needs one too.
    let reason = judge(&stable, proposal(three).overriding("now"), None).await.unwrap();
    assert_eq!(missing(&reason), ["gate-from", "gate-signature"]);
    assert!(!reason.passes());
    assert_eq!(rule(stable.undo(&note(30)).await.unwrap_err()), Some("gate-signature"));
    stable.undo(&note(30).signed(&by_boss)).await.unwrap();
    let all = review(&stable, 10).await.unwrap();
    assert!(all.iter().all(|one| one.outcome == Outcome::Holds), "{all:?}");
    let signers: Vec<_> = all.iter().map(|one| one.signers.first().cloned()).collect();
    let (boss_name, owner_name) = (boss.fingerprint(), owner.fingerprint());
    assert_eq!(signers, [Some(boss_name.clone()), Some(boss_name), Some(owner_name), None]);

    // Nobody but the owners makes the policy laxer; who does it by hand is named, and so is the head without a signature.
    assert_eq!(rule(stable.set_policy(None, None, &note(40)).await.unwrap_err()), Some("gate-signature"));
    bypass(&store, json!({"snapshot": one, "change": {"kind": "policy"}}), 50).await;
    assert_eq!(told(&stable).await[0], (5, Outcome::DoesNotHold, vec!["gate-signature".to_owned()]));
}

#[tokio::test]
async fn a_signed_head_that_was_altered_is_told() {
    let boss = key("Boss");
    let (store, [one, two, ..]) = store().await;
    let stable = environment(&store, "stable", one).await;
    let text =
        format!("Environment: stable\nSigned-Entries: yes\nPromoters: {}\n{}", boss.fingerprint(), keyring(&[&boss]));
    let policy = Policy::parse(text.as_bytes()).unwrap();
    signed!(boss, 10, sign);
    stable.set_policy(Some(&policy), None, &note(10).signed(&sign)).await.unwrap().unwrap();
    let proposal = Proposal::new(Change::promoted(two, "testing"), two).signed(true).at(time(20));
    judge(&stable, proposal, None).await.unwrap().append(&note(0).signed(&sign)).await.unwrap().unwrap();
    let path = format!("refs/env/stable/{:020}", u64::MAX - 3);
    let text = String::from_utf8(store.objects().get(&path).await.unwrap().to_vec()).unwrap();
    store.objects().delete(&path).await.unwrap();
    store.objects().put(&path, Bytes::from(text.replace("because", "becomes"))).await.unwrap();
    let found = review(&stable, 1).await.unwrap();
    assert_eq!(found[0].outcome, Outcome::DoesNotHold);
    assert_eq!(found[0].findings[0].rule, "gate-signature");
}

#[test]
fn entries_are_read_as_they_were_written() {
    let old = json!({"snapshot": Digest::of(b""), "change": {"kind": "created"}, "evidence": {"free": "form"}});
    let change: Change = serde_json::from_value(old).unwrap();
    assert_eq!(change, Change::created(Digest::of(b"")));
    let policy = json!({"kind": "policy", "digest": Digest::of(b"")});
    assert_eq!(serde_json::to_value(How::Policy { digest: Some(Digest::of(b"")) }).unwrap(), policy);
    let id = PolicyId { seq: 2, digest: Digest::of(b"") };
    assert_eq!(serde_json::to_value(id).unwrap(), json!({"seq": 2, "digest": Digest::of(b"")}));
    assert_eq!(serde_json::to_value(Record::default()).unwrap(), json!({}));
}
