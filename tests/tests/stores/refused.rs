//! Buckets that are not fit for a store, or not reached: each says what to do, and tells no password.

use std::path::Path;

use reposnap::store::{Created, Options, Store, Variables, Writers};
use reposnap::{Error, Kind};
use reposnap_tests::s3::{ACCESS_KEY, Conditions, Fault, S3, SECRET_KEY, TOKEN};

use crate::backends::{options, store_in};

fn told(error: &Error) -> String {
    let told = format!("{error} {} {:?} {error:?}", error.advice().unwrap_or_default(), error.at_path());
    assert!(!told.contains(SECRET_KEY) && !told.contains(TOKEN), "{told}");
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_ignores_conditions_is_refused() {
    ignores_conditions(S3::serve).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_google_s_is_too() {
    ignores_conditions(S3::serve_google).await;
}

async fn ignores_conditions(serve: fn() -> S3) {
    for conditions in
        [Conditions::Ignored, Conditions::LooksThenWrites, Conditions::RefusedAndDone, Conditions::Unknown]
    {
        let server = serve();
        drop(store_in(&server).await);
        server.conditions(conditions);
        let url = server.url("store");
        let place = Path::new(&url);
        let store = Store::open_at(place, &options(&server)).await.expect("reading needs no condition");
        let error = store.objects().put("pool/a", "a".into()).await.expect_err("refused");
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Unsupported, Some("create-only")), "{conditions:?}");
        let told = told(&error);
        assert!(told.contains(&url) && told.contains("REPOSNAP_WRITERS=single"), "{told}");
        assert_eq!(server.keys(), ["store/reposnap.json"], "the probe leaves nothing");
        let created = Store::create_at(Path::new(&server.url("new")), &options(&server)).await;
        assert_eq!(created.expect_err("refused").kind(), Kind::Unsupported);

        let mut variables = server.variables();
        variables.push(("REPOSNAP_WRITERS".to_owned(), "single".to_owned()));
        let by_variable = Options::default().variables(Variables::new(variables));
        let by_name = options(&server).writers(Writers::Single);
        for (name, single) in [("refs/a", by_variable), ("refs/b", by_name)] {
            let objects = Store::open_at(place, &single).await.expect("a store").objects().clone();
            assert_eq!(objects.create(name, "a".into()).await.expect("an answer"), Created::Yes);
            assert_eq!(objects.create(name, "b".into()).await.expect("an answer"), Created::Exists);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn google_s_tokens_and_servers_that_fail() {
    let server = S3::serve_google();
    let store = store_in(&server).await;
    let with = |name: &str, value: &str| {
        let kept = server.variables().into_iter().filter(|(other, _)| name != other);
        Options::default().variables(Variables::new(kept.chain([(name.to_owned(), value.to_owned())])))
    };
    let url = server.url("store");
    let open = async |url: &str, options: &Options| Store::open_at(Path::new(url), options).await.expect_err("refused");
    let error = open(&url, &with("GOOGLE_BEARER_TOKEN", "another-token")).await;
    let said = told(&error);
    assert!(said.contains("AuthenticationRequired") && said.contains("GOOGLE_APPLICATION_CREDENTIALS"), "{said}");
    assert!(!said.contains("another-token"), "{said}");
    assert_ne!(error.kind(), Kind::NotFound);
    let error = open("gs://nobodys-bucket/store", &with("GOOGLE_ALLOW_HTTP", "true")).await;
    assert!(told(&error).contains("no such bucket"), "{error:?}");
    let error = open(&url, &with("GOOGLE_ALLOW_HTTP", "false")).await;
    assert_eq!((error.kind(), error.at_field()), (Kind::Usage, Some("GOOGLE_BASE_URL")));
    server.fault("PUT", "", Fault::Forbid, usize::MAX);
    let error = store.objects().put("pool/a", "a".into()).await.expect_err("refused");
    assert_eq!(error.kind(), Kind::ReadOnly, "{error:?}");
    server.behave();
    server.remove_bucket();
    let error = store.objects().create("refs/a", "a".into()).await.expect_err("gone");
    assert!(told(&error).contains("no such bucket"), "{error:?}");
    assert!(store.objects().delete("refs/a").await.is_err(), "nobody knows");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_buckets_and_servers_that_fail() {
    let server = S3::serve();
    drop(store_in(&server).await);
    let url = server.url("store");
    let with = |changed: &[(&str, &str)]| {
        let kept = server.variables().into_iter().filter(|(name, _)| changed.iter().all(|(other, _)| name != other));
        let changed = changed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Options::default().variables(Variables::new(kept.chain(changed)))
    };
    let open = async |url: &str, options: &Options| Store::open_at(Path::new(url), options).await.expect_err("refused");

    let error = open(&url, &with(&[("AWS_ACCESS_KEY_ID", "AKIAOTHER")])).await;
    assert!(told(&error).contains("InvalidAccessKeyId") && told(&error).contains("AWS_SECRET_ACCESS_KEY"), "{error:?}");
    assert_ne!(error.kind(), Kind::NotFound);
    let error = open("s3://nobodys-bucket/store", &with(&[])).await;
    assert!(told(&error).contains("no such bucket"), "{error:?}");
    assert_ne!(error.kind(), Kind::NotFound, "nothing would be made there");
    assert!(Store::open_or_create_at(Path::new("s3://nobodys-bucket/store"), &with(&[])).await.is_err());
    let error = open(&server.url("elsewhere"), &with(&[])).await;
    assert_eq!(error.kind(), Kind::NotFound);
    assert!(told(&error).contains("s3://bucket/elsewhere"), "{error:?}");
    let error = open(&url, &with(&[("AWS_ALLOW_HTTP", "false")])).await;
    assert_eq!((error.kind(), error.at_field()), (Kind::Usage, Some("AWS_ENDPOINT_URL")));
    assert!(told(&error).contains("AWS_ALLOW_HTTP"));
    let error = open(&format!("s3://{ACCESS_KEY}:{SECRET_KEY}@bucket/store"), &with(&[])).await;
    assert!(told(&error).contains("variables"));
    let error = open(&url, &with(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:1")])).await;
    assert_eq!(error.kind(), Kind::Network, "{error:?}");

    // Who may read and not write.
    let store = Store::open_at(Path::new(&url), &with(&[])).await.expect("a store");
    server.fault("PUT", "", Fault::Forbid, usize::MAX);
    let error = store.objects().put("pool/a", "a".into()).await.expect_err("refused");
    assert_eq!(error.kind(), Kind::ReadOnly, "{error:?}");
    assert!(told(&error).contains("AccessDenied"));
    server.behave();
    store.objects().put("pool/a", "a".into()).await.expect("a write");

    server.remove_bucket();
    let error = store.objects().get("pool/a").await.expect_err("gone");
    assert!(told(&error).contains("no such bucket"), "{error:?}");
    assert!(store.objects().list("pool").await.is_err(), "an empty listing would be a lie");
    let error = store.objects().create("refs/a", "a".into()).await.expect_err("gone");
    assert!(told(&error).contains("no such bucket"), "{error:?}");
}
