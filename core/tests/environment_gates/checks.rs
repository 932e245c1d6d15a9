//! `Check`: real packages, real relations.

use std::collections::BTreeMap;

use reposnap::environment::gate::Evidence;
use reposnap::snapshot::ingest::{Content, ingest};
use reposnap::snapshot::manifest::{FORMAT, List, Made, Manifest, Part};
use reposnap::snapshot::{Query, Snapshot, SnapshotWriter, pull};

use super::*;

/// A snapshot of packages for amd64: name, version, dependencies.
async fn packages(store: &Store, packages: &[(&str, &str, &str)]) -> Snapshot {
    let stanza = |(name, version, depends): &(&str, &str, &str)| {
        let depends = if depends.is_empty() { String::new() } else { format!("Depends: {depends}\n") };
        format!(
            "Package: {name}\nVersion: {version}\nArchitecture: amd64\n{depends}Size: 1\nSHA256: {}\n\n",
            Digest::of(b"")
        )
    };
    let text = Bytes::from(packages.iter().map(stanza).collect::<String>());
    let mut writer = SnapshotWriter::new(store, &[]);
    let ingested = ingest("amd64", &text, Content::Binary).unwrap();
    let listed = writer.list(ingested.entries, None).await.unwrap();
    let list = List {
        component: "main".to_owned(),
        architecture: "amd64".to_owned(),
        path: "main/amd64".to_owned(),
        root: listed.root,
        entries: listed.entries,
        bytes: listed.bytes,
        layout: Default::default(),
        sha256: Some(Digest::of(&text)),
    };
    let part = Part { name: "test".to_owned(), lists: vec![list], ..Part::default() };
    let made = Made::Mirror { mirror: "test".to_owned(), filter: None };
    writer.commit(Manifest { format: FORMAT, made, parents: Vec::new(), parts: vec![part] }).await.unwrap()
}

#[tokio::test]
async fn nothing_may_break() {
    let store = Store::memory();
    let old = packages(&store, &[("app", "1", "lib (<< 2)"), ("lib", "1", ""), ("odd", "1", "nowhere")]).await;
    let bad = packages(&store, &[("app", "1", "lib (<< 2)"), ("lib", "2", ""), ("odd", "1", "nowhere")]).await;
    let good = packages(&store, &[("app", "2", "lib (>= 2)"), ("lib", "2", ""), ("odd", "1", "nowhere")]).await;
    let stable = gated(&store, old.id(), "Check: clean\n").await;
    let judgement = whole(&stable, bad.id(), 10, Vec::new()).await;
    assert_eq!(missing(&judgement), ["gate-check"]);
    let refusal = judgement.refusal().unwrap();
    let words =
        "1 packages could be installed before and can't now (amd64): lib (<< 2) is needed, and there is only lib 2";
    assert!(refusal.message().contains(words), "{refusal}");
    let entry = append(whole(&stable, good.id(), 20, Vec::new()).await).await.unwrap();
    assert_eq!(
        entry.body.gate.unwrap().evidence,
        [Evidence::Check {
            check: "clean".into(),
            architectures: vec!["amd64".into()],
            uninstallable: 0,
            undecided: 0
        }]
    );
    assert!(holds(&stable).await, "{:?}", told(&stable).await);

    // The stricter form looks at all there is.
    let policy = Policy::parse(b"Environment: stable\nCheck: none-uninstallable\n").unwrap();
    stable.set_policy(Some(&policy), None, &note(30)).await.unwrap().unwrap();
    assert_eq!(missing(&whole(&stable, old.id(), 40, Vec::new()).await), ["gate-check"]);
    let whole_one = packages(&store, &[("app", "2", "lib"), ("lib", "2", "")]).await;
    append(whole(&stable, whole_one.id(), 50, Vec::new()).await).await.unwrap();
    // No such machine, nothing to install on it: that is no clean check of anything.
    assert!(holds(&stable).await);

    // What it was done with is gone: nobody can tell any more.
    store.objects().delete(&format!("snapshots/{}", old.id())).await.unwrap();
    let outcomes: BTreeMap<u64, (Outcome, Vec<String>)> =
        told(&stable).await.into_iter().map(|(seq, outcome, rules)| (seq, (outcome, rules))).collect();
    assert_eq!(outcomes[&3], (Outcome::CannotTell, vec!["gate-check".to_owned()]));
    assert_eq!(outcomes[&5].0, Outcome::Holds);
}

#[tokio::test]
async fn of_a_part_the_source_ripens_and_the_result_is_checked() {
    let store = Store::memory();
    let old = packages(&store, &[("app", "1", "lib (<< 2)"), ("lib", "1", "")]).await;
    let new = packages(&store, &[("app", "2", "lib (>= 2)"), ("lib", "2", "")]).await;
    let stranger = packages(&store, &[("app", "3", "lib"), ("lib", "3", "")]).await;
    environment(&store, "testing", new.id()).await;
    let stable = gated(&store, old.id(), "From: testing\nMinimum-Age: 1d\nCheck: clean\nTests: junit\n").await;
    let taken = async |query: &str, from: &Snapshot| {
        let query = Query::any_of(&[query.to_owned()]).unwrap();
        pull(&old, from, &query).await.unwrap()
    };
    let report = |snapshot: Digest| {
        let property = format!(r#"<property name="reposnap.snapshot" value="{snapshot}"/>"#);
        let content = format!("<testsuite><properties>{property}</properties><testcase/></testsuite>").into_bytes();
        vec![Given::Tests { name: "tests".into(), content }]
    };
    let part = async |snapshot: &Snapshot, from: &Snapshot, given: Vec<Given>| {
        let change = Change::partial(snapshot.id(), "testing", vec!["app".to_owned()]);
        let proposal = Proposal::new(change, from.id()).evidence(given).at(time(2 * DAY));
        judge(&stable, proposal, None).await.unwrap()
    };
    let app = taken("app", &new).await;
    // Tests of the source are none of the result.
    assert_eq!(missing(&part(&app, &new, report(new.id())).await), ["gate-check", "gate-tests"]);
    let both = taken("app | lib", &new).await;
    assert_eq!(missing(&part(&both, &stranger, report(both.id())).await), ["gate-from", "gate-age"]);
    // A judgement of another source than the packages are of passes here, and no review.
    append(part(&both, &new, report(both.id())).await).await.unwrap();
    assert!(holds(&stable).await, "{:?}", told(&stable).await);

    let store_of_lies = gated_again(&store, old.id()).await;
    let foreign = taken("app | lib", &stranger).await;
    let change = Change::partial(foreign.id(), "testing", vec!["app".to_owned()]);
    let lie = judge(&store_of_lies, Proposal::new(change, new.id()).at(time(2 * DAY)), None).await.unwrap();
    append(lie).await.unwrap();
    let told = told(&store_of_lies).await;
    assert_eq!(told[0].1, Outcome::DoesNotHold);
    assert!(told[0].2.contains(&"gate-from".to_owned()), "{told:?}");
}

async fn gated_again(store: &Store, snapshot: Digest) -> Environment {
    let other = environment(store, "other", snapshot).await;
    let policy = Policy::parse(b"Environment: other\nFrom: testing\n").unwrap();
    other.set_policy(Some(&policy), None, &note(0)).await.unwrap().unwrap();
    other
}
