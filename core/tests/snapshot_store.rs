//! Snapshots in a store: what goes in comes out, states share what they have in common, rules hold.

use std::collections::BTreeMap;

use bytes::Bytes;
use reposnap::snapshot::ingest::{Content, ingest, render};
use reposnap::snapshot::manifest::{FORMAT, List, Made, Manifest, Part};
use reposnap::snapshot::{Change, Query, Rule, Snapshot, SnapshotWriter, Want, diff, filter, merge, pull};
use reposnap::store::Store;

fn index(packages: impl IntoIterator<Item = (String, String)>) -> String {
    packages
        .into_iter()
        .map(|(name, version)| {
            let filler = reposnap::Digest::of(format!("{name} {version}").as_bytes());
            format!("Package: {name}\nVersion: {version}\nArchitecture: amd64\nSHA256: {filler}\n\n")
        })
        .collect()
}

fn numbered(count: usize, version: impl Fn(usize) -> String) -> Vec<(String, String)> {
    (0..count).map(|number| (format!("package-{number:05}"), version(number))).collect()
}

async fn snapshot(store: &Store, text: String, base: Option<&Snapshot>) -> Snapshot {
    let text = Bytes::from(text);
    let ingested = ingest("Packages", &text, Content::Binary).unwrap();
    let bases: Vec<Snapshot> = base.into_iter().cloned().collect();
    let mut writer = SnapshotWriter::new(store, &bases);
    let replaces = base.map(|base| base.manifest().parts[0].lists[0].root);
    let listed = writer.list(ingested.entries, replaces).await.unwrap();
    let list = List {
        component: "main".into(),
        architecture: "amd64".into(),
        path: "main/binary-amd64/Packages".into(),
        root: listed.root,
        entries: listed.entries,
        bytes: listed.bytes,
        layout: ingested.layout,
        sha256: Some(reposnap::Digest::of(&text)),
    };
    let part = Part { name: "test".into(), lists: vec![list], ..Part::default() };
    let made = Made::Mirror { mirror: "test".into(), filter: None };
    let parents = base.map(Snapshot::id).into_iter().collect();
    writer.commit(Manifest { format: FORMAT, made, parents, parts: vec![part] }).await.unwrap()
}

async fn text_of(snapshot: &Snapshot) -> String {
    let (_, list) = snapshot.manifest().lists().next().unwrap();
    let mut reader = snapshot.read(list, Want::Entries).unwrap();
    let mut entries = Vec::new();
    while let Some(batch) = reader.next_batch().await.unwrap() {
        entries.extend(batch.into_iter().flat_map(|chunk| chunk.into_entries()));
    }
    String::from_utf8(render(entries, &list.layout, None).unwrap()).unwrap()
}

async fn listed(snapshot: &Snapshot) -> Vec<String> {
    text_of(snapshot)
        .await
        .split("\n\n")
        .filter_map(|stanza| stanza.strip_prefix("Package: "))
        .map(|stanza| stanza.lines().take(2).collect::<Vec<_>>().join(" ").replace("Version: ", ""))
        .collect()
}

async fn stored_bytes(store: &Store, prefix: &str) -> u64 {
    store.objects().list(prefix).await.unwrap().iter().map(|object| object.size).sum()
}

#[tokio::test]
async fn fifteen_states_come_back_and_share_what_they_can() {
    let store = Store::memory();
    let mut states: Vec<(Snapshot, String)> = Vec::new();
    let mut grown = 0;
    for state in 0..15usize {
        let bumps =
            |number: usize| (1..=state).filter(|bump| (number * 7919 + bump * 104_729).is_multiple_of(100)).count();
        let text = index(numbered(20_000, |number| format!("1.{}", bumps(number))));
        let before = stored_bytes(&store, "").await;
        let snapshot = snapshot(&store, text.clone(), states.last().map(|(snapshot, _)| snapshot)).await;
        if state > 0 {
            grown += stored_bytes(&store, "").await - before;
        }
        states.push((snapshot, text));
    }
    // 200 of 20,000 packages change from state to state, each with 32 bytes that nobody can foresee.
    assert!(grown < 14 * 60_000, "14 states took {grown} bytes");
    for (snapshot, text) in &states {
        let opened = Snapshot::open(&store, snapshot.id()).await.unwrap();
        assert_eq!(opened.manifest(), snapshot.manifest());
        assert_eq!(text_of(&opened).await, *text);
    }
    let (first, last) = (&states[0].0, &states[14].0);
    let forward = diff(first, last).await.unwrap();
    assert!(forward.iter().all(|difference| difference.change == Change::Upgraded));
    let back = diff(last, first).await.unwrap();
    assert_eq!(forward.len(), back.len());
    assert!(back.iter().all(|difference| difference.change == Change::Downgraded));
    assert_eq!(diff(first, first).await.unwrap(), []);
}

#[tokio::test]
async fn a_diff_tells_every_change() {
    let store = Store::memory();
    let stanza = |name: &str, version: &str, more: &str| {
        format!("Package: {name}\nVersion: {version}\nArchitecture: amd64\n{more}\n")
    };
    let before = [
        stanza("a", "1", ""),
        stanza("b", "1", ""),
        stanza("c", "2", ""),
        stanza("d", "1", "X: 1\n"),
        stanza("k", "1", ""),
    ];
    let after = [
        stanza("b", "2", ""),
        stanza("c", "1", ""),
        stanza("d", "1", "X: 2\n"),
        stanza("e", "1", ""),
        stanza("k", "1", ""),
    ];
    let before = snapshot(&store, before.concat(), None).await;
    let after = snapshot(&store, after.concat(), None).await;
    let told: Vec<_> =
        diff(&before, &after).await.unwrap().into_iter().map(|d| (d.name, d.change, d.before, d.after)).collect();
    let some = |version: &str| Some(version.to_owned());
    let expected = [
        ("a", Change::Removed, some("1"), None),
        ("b", Change::Upgraded, some("1"), some("2")),
        ("c", Change::Downgraded, some("2"), some("1")),
        ("d", Change::Changed, some("1"), some("1")),
        ("e", Change::Added, None, some("1")),
    ];
    assert_eq!(told, expected.map(|(name, change, before, after)| (name.to_owned(), change, before, after)));
}

#[tokio::test]
async fn merges_follow_their_rule_and_nothing_else() {
    let store = Store::memory();
    let pairs = |list: &[(&str, &str)]| index(list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    let a = snapshot(&store, pairs(&[("only-a", "1"), ("x", "1.9"), ("x", "1.10")]), None).await;
    let b = snapshot(&store, pairs(&[("only-b", "1"), ("x", "1.10"), ("x", "2")]), None).await;
    for (rule, order, expected) in [
        (Rule::Precedence, [&a, &b], vec!["only-a 1", "only-b 1", "x 1.10", "x 1.9"]),
        (Rule::Precedence, [&b, &a], vec!["only-a 1", "only-b 1", "x 1.10", "x 2"]),
        (Rule::Newest, [&a, &b], vec!["only-a 1", "only-b 1", "x 2"]),
        (Rule::Newest, [&b, &a], vec!["only-a 1", "only-b 1", "x 2"]),
        (Rule::All, [&a, &b], vec!["only-a 1", "only-b 1", "x 1.10", "x 1.9", "x 2"]),
        (Rule::All, [&b, &a], vec!["only-a 1", "only-b 1", "x 1.10", "x 1.9", "x 2"]),
    ] {
        let merged = merge(&store, &order.map(Clone::clone), rule).await.unwrap();
        assert_eq!(listed(&merged).await, expected, "{rule:?}");
    }
}

#[tokio::test]
async fn a_derived_list_is_cut_like_a_fresh_one() {
    let store = Store::memory();
    let even = numbered(4000, |_| "1".into()).into_iter().step_by(2);
    let odd = numbered(4000, |_| "1".into()).into_iter().skip(1).step_by(2);
    let (even, odd) = (snapshot(&store, index(even), None).await, snapshot(&store, index(odd), None).await);
    let merged = merge(&store, &[even, odd], Rule::All).await.unwrap();
    let fresh = snapshot(&store, index(numbered(4000, |_| "1".into())), None).await;
    let root = |snapshot: &Snapshot| snapshot.manifest().parts[0].lists[0].root;
    assert_eq!(root(&merged), root(&fresh));
}

#[tokio::test]
async fn a_pull_is_cut_like_a_fresh_list_wherever_it_lands() {
    let store = Store::memory();
    let present = numbered(3000, |_| "1".to_owned());
    let into = snapshot(&store, index(present.clone()), None).await;
    let begins = |name: &String| reposnap::snapshot::chunk::begins_chunk(name.as_bytes(), b"amd64");
    let first_of_chunk = present.iter().map(|(name, _)| name).filter(|name| begins(name)).nth(10).unwrap();
    let new_first_of_chunk = (0..).map(|number| format!("package-01234-{number}")).find(begins).unwrap();
    for names in [
        vec!["package-01500"],
        vec!["package-00000"],
        vec!["package-02999", "package-00001", "package-00002"],
        vec!["a", "package-00000-new", "zzz"],
        vec![first_of_chunk, &format!("{first_of_chunk}-new"), "aa"],
        vec![&new_first_of_chunk, "package-01235"],
        present.iter().map(|(name, _)| name.as_str()).step_by(40).collect(),
    ] {
        let others = names.iter().map(|name| ((*name).to_owned(), "2".to_owned()));
        let from = snapshot(&store, index(others.clone()), None).await;
        let query: Query = names.join(" | ").parse().unwrap();
        let pulled = pull(&into, &from, &query).await.unwrap();

        let expected: BTreeMap<String, String> = present.iter().cloned().chain(others).collect();
        let expected = snapshot(&store, index(expected), None).await;
        let root = |snapshot: &Snapshot| snapshot.manifest().parts[0].lists[0].root;
        assert_eq!(root(&pulled), root(&expected), "{names:?}");
        assert_eq!(listed(&pulled).await, listed(&expected).await, "{names:?}");
        let kept = filter(&pulled, &query).await.unwrap();
        assert_eq!(root(&kept), root(&from), "{names:?}");
    }
}

#[tokio::test]
async fn an_altered_pack_is_noticed() {
    let store = Store::memory();
    let text = index(numbered(500, |_| "1".into()));
    let snapshot = snapshot(&store, text, None).await;
    let packs = store.objects().list("packs").await.unwrap();
    assert_eq!(packs.len(), 1);
    let bytes = store.objects().get(&packs[0].path).await.unwrap();
    for at in (5..bytes.len()).step_by(bytes.len() / 40) {
        let mut altered = bytes.to_vec();
        altered[at] ^= 0x10;
        store.objects().put(&packs[0].path, altered.into()).await.unwrap();
        let (_, list) = snapshot.manifest().lists().next().unwrap();
        let mut reader = snapshot.read(list, Want::Entries).unwrap();
        let error = loop {
            match reader.next_batch().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("an altered byte at {at} went unnoticed"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.at_path(), Some(&*packs[0].path), "{error}");
    }
}
