//! Layers over connections that break, and from servers that lie.

use std::sync::Arc;

use reposnap::{Digest, Kind};
use reposnap_image::blobs::{Blobs, Descriptor};

use crate::fake::{Fake, Reply, Request, quick};
use crate::tools::layer;

/// Some layer.
fn content() -> Arc<Vec<u8>> {
    Arc::new((0..2_000_000u32).map(|number| (number % 251) as u8).collect())
}

fn descriptor(content: &[u8]) -> Descriptor {
    Descriptor {
        media_type: "application/vnd.oci.image.layer.v1.tar+gzip".to_owned(),
        digest: Digest::of(content),
        size: content.len() as u64,
        platform: None,
        artifact_type: None,
        annotations: Default::default(),
    }
}

fn start(request: &Request) -> usize {
    let range = request.header("Range").map(|range| range.strip_prefix("bytes=").unwrap().trim_end_matches('-'));
    range.map_or(0, |first| first.parse().unwrap())
}

/// Answers as a server with ranges does.
fn part(content: &[u8], first: usize) -> Reply {
    let reply = if first == 0 {
        Reply::new(200, content)
    } else {
        let range = format!("bytes {first}-{}/{}", content.len() - 1, content.len());
        Reply::new(206, &content[first..]).header("Content-Range", range)
    };
    reply.header("ETag", "\"strong\"")
}

/// Answers by the content, the first byte that is wanted, and the requests before.
type Lie = Box<dyn Fn(&[u8], usize, usize) -> Reply + Send + Sync>;

/// Reads the layer; whether it is right. (A test that fails shall not print megabytes.)
async fn read(fake: &Fake, content: &[u8]) -> reposnap::Result<bool> {
    layer(&fake.registry("app:1"), &descriptor(content)).await.map(|read| read == content)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_connection_is_gone_on_with() {
    let all = content();
    let served = all.clone();
    let fake = Fake::new(move |request, before| {
        let reply = part(&served, start(request));
        if before < 3 { reply.cut(400_000) } else { reply }
    });
    assert!(read(&fake, &all).await.unwrap());
    let requests = fake.requests();
    assert_eq!(requests.len(), 4);
    let mut reached = 0;
    for request in &requests[1..] {
        assert_eq!(request.header("If-Range"), Some("\"strong\""));
        assert!(start(request) > reached, "{requests:?}");
        reached = start(request);
    }
    assert_eq!(reached, 1_200_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_ranges_sends_all_again() {
    let all = content();
    let served = all.clone();
    let fake = Fake::new(move |_, before| {
        let reply = Reply::new(200, &served[..]).header("ETag", "W/\"weak\"");
        if before == 0 { reply.cut(300_001) } else { reply }
    });
    assert!(read(&fake, &all).await.unwrap());
    // A weak name is no condition for a range.
    assert_eq!(fake.requests()[1].header("If-Range"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_gets_there_is_given_up() {
    let all = content();
    let served = all.clone();
    let fake =
        Fake::new(move |request, _| part(&served, start(request)).cut(if start(request) == 0 { 1000 } else { 0 }));
    let error = read(&fake, &all).await.unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Network, Some("connection-broken")), "{error}");
    assert_eq!(fake.requests().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn lies_about_layers_are_told() {
    let all = content();
    let n = all.len();
    let lies: [(&str, &str, Lie); 6] = [
        ("longer", "size-mismatch", Box::new(|all, _, _| Reply::new(200, [all, b"x"].concat()))),
        ("shorter", "size-mismatch", Box::new(|all, _, _| Reply::new(200, &all[1..]))),
        ("endless", "size-mismatch", Box::new(|all, _, _| Reply::new(200, &all[..100_000]).endless())),
        (
            "digest",
            "digest-mismatch",
            Box::new(|all, _, _| {
                Reply::new(200, all).header("Docker-Content-Digest", format!("sha256:{}", Digest::of(b"")))
            }),
        ),
        (
            "range",
            "range-answer",
            Box::new(move |all, first, before| {
                if before == 0 {
                    return part(all, 0).cut(1000);
                }
                let range = format!("bytes {}-{}/{n}", first + 1, n - 1);
                Reply::new(206, &all[first + 1..]).header("Content-Range", range)
            }),
        ),
        (
            "another size in the range",
            "range-answer",
            Box::new(move |all, first, before| {
                if before == 0 {
                    return part(all, 0).cut(1000);
                }
                Reply::new(206, &all[first..]).header("Content-Range", format!("bytes {first}-{n}/{}", n + 1))
            }),
        ),
    ];
    for (name, rule, lie) in lies {
        let served = all.clone();
        let fake = Fake::new(move |request, before| lie(&served, start(request), before));
        let error = read(&fake, &all).await.expect_err(name);
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some(rule)), "{name}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stops_reading_stops_the_download() {
    let all = content();
    let served = all.clone();
    // Longer than all that is read ahead.
    let fake = Fake::new(move |_, _| Reply::new(200, served.repeat(50)));
    let mut descriptor = descriptor(&all);
    descriptor.size *= 50;
    let registry = fake.registry("app:1");
    let mut reader = registry.open(&descriptor).await.unwrap();
    let first = tokio::task::spawn_blocking(move || {
        let mut first = [0; 3];
        std::io::Read::read_exact(&mut reader, &mut first).unwrap();
        first
    });
    assert_eq!(first.await.unwrap(), [0, 1, 2]);
}

#[test]
fn a_runtime_that_ends_ends_the_reader() {
    let all = content();
    let served = all.clone();
    let fake = Fake::new(move |_, _| Reply::new(200, served.repeat(50)));
    let mut descriptor = descriptor(&all);
    descriptor.size *= 50;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let registry = fake.registry("app:1");
    let mut reader = runtime.block_on(registry.open(&descriptor)).unwrap();
    drop(runtime);
    let error = std::io::copy(&mut reader, &mut std::io::sink()).unwrap_err();
    assert_eq!(reposnap_image::registry::error_of(error).kind(), Kind::Network);
}

#[tokio::test]
async fn a_reader_in_the_way_of_its_own_download_is_told() {
    let all = content();
    let served = all.clone();
    let fake = Fake::new(move |_, _| Reply::new(200, &served[..]));
    let mut options = quick();
    options.fetch.retries = 0;
    options.fetch.redirects = 0;
    options.fetch.connect_timeout = std::time::Duration::from_millis(1);
    options.fetch.longest_wait = std::time::Duration::from_millis(1);
    options.fetch.idle_timeout = std::time::Duration::from_millis(100);
    let mut reader = fake.registry_with("app:1", options).open(&descriptor(&all)).await.unwrap();
    // The runtime has this thread alone.
    let error = std::io::copy(&mut reader, &mut std::io::sink()).unwrap_err();
    assert_eq!(reposnap_image::registry::error_of(error).kind(), Kind::Internal);
}
