//! What is attached to images of OCI layouts.

use reposnap::{Digest, Kind};
use reposnap_image::layout_referrers::LayoutReferrers;
use reposnap_image::referrers::{Artifact, Referrers};

use crate::tools::{Images, Server, run};

fn artifact(kind: &str, payload: &str) -> Artifact {
    Artifact::new(kind, payload.as_bytes().to_vec()).annotation("note", payload)
}

#[tokio::test(flavor = "multi_thread")]
async fn attached_listed_and_left_alone_by_others() {
    let images = Images::new();
    let layout = LayoutReferrers::new(&images.layout).unwrap();
    let subject = images.descriptor("both").digest;
    let first = layout.attach(&subject, &artifact("application/x.first", "1")).await.unwrap();
    let second = layout.attach(&subject, &artifact("application/x.second", "2")).await.unwrap();
    assert_eq!(layout.attach(&subject, &artifact("application/x.first", "1")).await.unwrap(), first);
    assert_eq!(layout.list(&subject, None).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(layout.list(&subject, Some("application/x.second")).await.unwrap(), std::slice::from_ref(&second));
    assert!(layout.list(&images.descriptor("one").digest, None).await.unwrap().is_empty());
    let names: Vec<_> = std::fs::read_dir(&images.layout).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "{names:?}");

    // Others still find their images there, and what nothing refers to any more is all that goes.
    let path = images.layout.to_str().unwrap();
    let tags = String::from_utf8(run(images.home(), "umoci", &["ls", "--layout", path])).unwrap();
    assert!(["one", "two", "both"].iter().all(|tag| tags.lines().any(|line| line == *tag)), "{tags}");
    run(images.home(), "umoci", &["gc", "--layout", path]);
    let raw = run(images.home(), "skopeo", &["inspect", "--raw", &format!("oci:{path}:both")]);
    assert_eq!(Digest::of(&raw), subject);
    let attached = layout.fetch(&subject, &second).await.unwrap();
    assert_eq!((attached.artifact_type.as_str(), &attached.blobs[0].1[..]), ("application/x.second", &b"2"[..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_manifest_as_in_a_registry() {
    let (images, server) = (Images::new(), Server::open());
    server.copy(&images, "one", "app:1", &[]);
    let subject = images.descriptor("one").digest;
    let layout = LayoutReferrers::new(&images.layout).unwrap();
    let here = layout.attach(&subject, &artifact("application/x.same", "1")).await.unwrap();
    let there = server.anonymous("app:1").attach(&subject, &artifact("application/x.same", "1")).await.unwrap();
    assert_eq!(here, there);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_lose_nothing() {
    let images = Images::new();
    let subject = images.descriptor("one").digest;
    let attach = |number: u32| {
        let layout = LayoutReferrers::new(&images.layout).unwrap();
        async move { layout.attach(&subject, &artifact("application/x.many", &number.to_string())).await }
    };
    futures::future::try_join_all((0..20).map(attach)).await.unwrap();
    let layout = LayoutReferrers::new(&images.layout).unwrap();
    assert_eq!(layout.list(&subject, None).await.unwrap().len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn layouts_that_lie() {
    let images = Images::new();
    let layout = LayoutReferrers::new(&images.layout).unwrap();
    let subject = images.descriptor("one").digest;
    let attached = layout.attach(&subject, &artifact("application/x.a", "1")).await.unwrap();
    let blob = |digest: &Digest| images.layout.join("blobs/sha256").join(digest.to_string());
    let payload = layout.fetch(&subject, &attached).await.unwrap().blobs[0].0.digest;
    std::fs::write(blob(&payload), "2").unwrap();
    let error = layout.fetch(&subject, &attached).await.unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("digest-mismatch")), "{error}");
    // What is broken is written again.
    layout.attach(&subject, &artifact("application/x.a", "1")).await.unwrap();
    layout.fetch(&subject, &attached).await.unwrap();

    std::fs::write(blob(&attached.digest), vec![b' '; attached.size as usize]).unwrap();
    assert_eq!(layout.list(&subject, None).await.unwrap_err().kind(), Kind::Verification);
    // Gone is something else: a layout need not be whole.
    std::fs::remove_file(blob(&attached.digest)).unwrap();
    assert!(layout.list(&subject, None).await.unwrap().is_empty());
    std::fs::create_dir(blob(&attached.digest)).unwrap();
    assert_eq!(layout.list(&subject, None).await.unwrap_err().kind(), Kind::Malformed);

    let error = layout.attach(&Digest::of(b""), &artifact("a/b", "1")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound, "{error}");
    std::fs::write(images.layout.join("index.json"), "{").unwrap();
    assert_eq!(layout.list(&subject, None).await.unwrap_err().kind(), Kind::Malformed);
    std::fs::write(images.layout.join("oci-layout"), r#"{"imageLayoutVersion":"2.0.0"}"#).unwrap();
    assert_eq!(LayoutReferrers::new(&images.layout).unwrap_err().kind(), Kind::Format);
    assert_eq!(LayoutReferrers::new(images.home()).unwrap_err().kind(), Kind::NotFound);
}
