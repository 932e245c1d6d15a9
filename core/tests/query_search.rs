//! Searching snapshots: what is found, and that no more is read than has to be.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use reposnap::Kind;
use reposnap::snapshot::ingest::Content;
use reposnap::snapshot::{Query, Rule, Snapshot, merge, search, search_entries};
use reposnap::store::Store;

mod query_support;

fn index(packages: impl IntoIterator<Item = (String, &'static str, &'static str)>) -> Bytes {
    let stanza = |(name, version, architecture): (String, &str, &str)| {
        let filler = reposnap::Digest::of(name.as_bytes());
        format!("Package: {name}\nVersion: {version}\nArchitecture: {architecture}\nSHA256: {filler}\n\n")
    };
    packages.into_iter().map(stanza).collect::<String>().into()
}

fn numbered(count: usize) -> Bytes {
    index((0..count).map(|number| (format!("package-{number:05}"), "1.0", "amd64")))
}

fn query(text: &str) -> Query {
    text.parse().unwrap()
}

async fn names(snapshot: &Snapshot, text: &str) -> Vec<String> {
    let found = search(snapshot, &query(text)).await.unwrap();
    found
        .iter()
        .map(|found| {
            let key = &found.key;
            format!("{}_{}_{}", key.name_str(), key.version_str(), key.architecture_str())
        })
        .collect()
}

#[tokio::test]
async fn each_package_comes_once_in_key_order() {
    let store = Store::memory();
    let both = [("b".to_owned(), "1", "all"), ("d".to_owned(), "2", "all")];
    let amd64 = [("a".to_owned(), "1", "amd64"), ("c".to_owned(), "1", "amd64"), ("c".to_owned(), "2", "amd64")];
    let arm64 = [("a".to_owned(), "1", "arm64"), ("c".to_owned(), "1", "arm64")];
    let lists = [
        ("amd64", Content::Binary, index(amd64.into_iter().chain(both.clone()))),
        ("arm64", Content::Binary, index(arm64.into_iter().chain(both))),
        ("source", Content::Source, index([("c".to_owned(), "2", "any")])),
    ];
    let snapshot = query_support::snapshot(&store, lists).await;
    let all = ["a_1_amd64", "a_1_arm64", "b_1_all", "c_1_amd64", "c_2_amd64", "c_1_arm64", "c_2_source", "d_2_all"];
    for text in ["Name", "SHA256", "*", "SHA256, Name"] {
        assert_eq!(names(&snapshot, text).await, all, "{text}");
    }
    assert_eq!(names(&snapshot, "b").await, ["b_1_all"]);
    assert_eq!(names(&snapshot, "d | a {arm64} | nothing").await, ["a_1_arm64", "d_2_all"]);
    assert_eq!(names(&snapshot, "nothing").await, Vec::<String>::new());
    assert_eq!(names(&snapshot, "c, Architecture (any)").await, ["c_2_source"]);

    let found = search(&snapshot, &query("b")).await.unwrap();
    assert_eq!((found[0].part(), found[0].component()), ("test", "main"));
    assert!(!found[0].has_stanza());
    let found = search_entries(&snapshot, &query("b")).await.unwrap();
    assert!(found[0].stanza().unwrap().unwrap().starts_with(b"Package: b\nVersion: 1\n"));
    let found = search(&snapshot, &query("b, SHA256")).await.unwrap();
    assert!(found[0].has_stanza());
}

#[tokio::test]
async fn a_name_is_found_wherever_it_stands() {
    let store = Store::memory();
    let many = query_support::snapshot(&store, [("amd64", Content::Binary, numbered(3000))]).await;
    let few = index((0..3000).step_by(7).map(|number| (format!("package-{number:05}"), "2.0", "amd64")));
    let few = query_support::snapshot(&store, [("amd64", Content::Binary, few)]).await;
    let merged = merge(&store, &[many, few], Rule::All).await.unwrap();
    for number in (0..3000).step_by(13).chain([2999]) {
        let name = format!("package-{number:05}");
        let versions: &[&str] = if number % 7 == 0 { &["1.0", "2.0"] } else { &["1.0"] };
        let expected: Vec<String> = versions.iter().map(|version| format!("{name}_{version}_amd64")).collect();
        assert_eq!(names(&merged, &name).await, expected);
        assert_eq!(names(&merged, &format!("Name (= {name}), SHA256")).await, expected);
    }
    assert_eq!(names(&merged, "package-0001? (>= 2)").await, ["package-00014_2.0_amd64"]);
    assert_eq!(names(&merged, "Name (~ 99[0-9]$), !Version (2.0)").await.len(), 30);
}

/// Damage tells what is read: whoever reads a chunk verifies it.
#[tokio::test]
async fn only_what_may_hold_an_answer_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::create(directory.path()).await.unwrap();
    let snapshot = query_support::snapshot(&store, [("amd64", Content::Binary, numbered(2000))]).await;
    let packs = files(&directory.path().join("packs"));
    let [pack] = packs.as_slice() else { panic!("one pack, not {packs:?}") };
    let intact = std::fs::read(pack).unwrap();
    let mut whole_keys = 0;
    for tenth in 1..10 {
        let mut damaged = intact.clone();
        damaged[intact.len() * tenth / 10..][..8].fill(0xff);
        std::fs::write(pack, damaged).unwrap();

        let error = search(&snapshot, &query("SHA256")).await.unwrap_err();
        assert!(matches!(error.kind(), Kind::Verification | Kind::Malformed), "{error}");
        let mut lost = 0;
        for number in (0..2000).step_by(10) {
            let found = search_entries(&snapshot, &query(&format!("package-{number:05}"))).await;
            lost += usize::from(found.map_or(true, |found| found.len() != 1));
        }
        assert!(lost < 60, "{lost} of 200 names can't be read");
        // A name that is ruled out by its key never has its stanza read.
        whole_keys += usize::from(search(&snapshot, &query("*, !package-*, SHA256")).await.is_ok());
        assert_eq!(search(&snapshot, &query("Name")).await.is_ok(), search(&snapshot, &query("*")).await.is_ok());
    }
    assert!(whole_keys >= 3, "the keys are whole {whole_keys} times of 9");
}

fn files(directory: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
}
