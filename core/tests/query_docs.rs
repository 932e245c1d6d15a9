//! Every example of `docs/QUERIES.md` is true.

use std::collections::BTreeSet;

use bytes::Bytes;
use reposnap::snapshot::ingest::Content;
use reposnap::snapshot::{Query, search};
use reposnap::store::Store;

mod query_support;

const PAGE: &str = include_str!("../../docs/QUERIES.md");

/// The blocks of the page with this word behind their fence.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    PAGE.split(fence.as_str()).skip(1).map(|rest| rest.split_once("```").expect("a closed block").0).collect()
}

#[tokio::test]
async fn the_examples_find_what_the_page_says() {
    let store = Store::memory();
    let index = |language: &str| Bytes::from_static(blocks(language)[0].as_bytes());
    let lists = [("amd64", Content::Binary, index("control")), ("source", Content::Source, index("source"))];
    let snapshot = query_support::snapshot(&store, lists).await;

    let (mut examples, mut errors) = (0, 0);
    for line in blocks("query").into_iter().flat_map(str::lines) {
        examples += 1;
        if let Some(text) = line.strip_suffix(" !") {
            assert!(text.parse::<Query>().is_err(), "{text}");
            errors += 1;
            continue;
        }
        let (text, expected) = line.rsplit_once(" # ").unwrap_or_else(|| panic!("{line}"));
        let query: Query = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        let found: BTreeSet<String> = search(&snapshot, &query)
            .await
            .unwrap()
            .iter()
            .map(|found| match found.key.architecture_str() {
                "source" => format!("{} {{source}}", found.key.name_str()),
                _ => found.key.name_str().to_owned(),
            })
            .collect();
        let expected: BTreeSet<String> = expected.split(", ").map(str::to_owned).collect();
        assert_eq!(found, expected, "{text}");
    }
    assert!(examples > 50 && errors > 3, "{examples} examples, {errors} errors");
}

#[test]
fn the_error_that_is_shown_is_the_error_that_comes() {
    let error = "nginx (>= )".parse::<Query>().unwrap_err();
    assert_eq!(blocks("text"), [format!("{error}\n")]);
}

#[test]
fn the_limits_are_those_of_the_code() {
    use reposnap::snapshot::query::{MAX_DEPTH, MAX_LENGTH, MAX_REGEX_SIZE, MAX_REGEXES};
    let sentence = format!(
        "at most {} KiB, nests at most {MAX_DEPTH} deep and has at most {MAX_REGEXES} regular expressions, each of which \
         compiles to at most {} MiB",
        MAX_LENGTH >> 10,
        MAX_REGEX_SIZE >> 20
    );
    assert!(PAGE.contains(&sentence), "{sentence}");
}
