//! What is attached to images.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use reposnap::{Digest, Kind};
use reposnap_image::blobs::{Blobs, Descriptor};
use reposnap_image::referrers::{Artifact, MOST_REFERRERS, Referrers};
use reposnap_image::registry::SignatureKind;
use serde_json::{Value, json};

use crate::fake::{Fake, Reply, Request};
use crate::tools::{Images, Server, run};

const OCI: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

fn artifact(kind: &str, payload: &str) -> Artifact {
    Artifact::new(kind, payload.as_bytes().to_vec()).media_type("text/plain").annotation("note", payload)
}

#[tokio::test(flavor = "multi_thread")]
async fn by_the_fallback_tag_in_a_registry_without_lists() {
    let (images, server) = (Images::new(), Server::open());
    server.copy(&images, "both", "app:1", &["--all"]);
    let registry = server.anonymous("app:1");
    let subject = registry.root().await.unwrap().digest;
    assert!(registry.list(&subject, None).await.unwrap().is_empty());
    let first = registry.attach(&subject, &artifact("application/x.first", "1")).await.unwrap();
    let second = registry.attach(&subject, &artifact("application/x.second", "2")).await.unwrap();
    // The same again changes nothing.
    assert_eq!(registry.attach(&subject, &artifact("application/x.first", "1")).await.unwrap(), first);
    assert_eq!(registry.list(&subject, None).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(registry.list(&subject, Some("application/x.second")).await.unwrap(), std::slice::from_ref(&second));
    assert!(registry.list(&images.descriptor("one").digest, None).await.unwrap().is_empty());
    let attached = registry.fetch(&subject, &second).await.unwrap();
    assert_eq!((attached.artifact_type.as_str(), &attached.blobs[0].1[..]), ("application/x.second", &b"2"[..]));
    assert_eq!(attached.annotations["note"], "2");
    assert_eq!(attached.blobs[0].0.media_type, "text/plain");

    // As another client sees it.
    let raw = server.raw(&images, &format!("app@sha256:{}", second.digest));
    assert_eq!((Digest::of(&raw), raw.len() as u64), (second.digest, second.size));
    let raw: Value = serde_json::from_slice(&raw).unwrap();
    assert_eq!(raw["subject"]["digest"], format!("sha256:{subject}"));
    assert_eq!(raw["subject"]["mediaType"], INDEX);
    let index: Value = serde_json::from_slice(&server.raw(&images, &format!("app:sha256-{subject}"))).unwrap();
    assert_eq!(index["manifests"].as_array().unwrap().len(), 2);
    assert_eq!(index["manifests"][1]["artifactType"], "application/x.second");

    // What is attached to one image is not taken for another's.
    let error = registry.fetch(&images.descriptor("one").digest, &second).await.unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("referrer-subject")), "{error}");
    let error = registry.attach(&Digest::of(b""), &artifact("a/b", "1")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound, "{error}");
}

/// What `@sigstore/oci` attaches is listed and read, and it leaves ours alone, as we do its.
#[tokio::test(flavor = "multi_thread")]
async fn beside_another_client_that_attaches() {
    let (images, server) = (Images::new(), Server::open());
    server.copy(&images, "one", "app:1", &[]);
    let registry = server.anonymous("app:1");
    let subject = registry.root().await.unwrap().digest;
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/node"));
    assert!(folder.join("node_modules").is_dir(), "scripts/setup, or npm ci in {}", folder.display());
    let script = folder.join("attach.js");
    let attach = |kind: &str, payload: &str| {
        let arguments = [script.to_str().unwrap(), &server.name("app"), "1", kind, payload];
        String::from_utf8(run(images.home(), "node", &arguments)).unwrap()
    };
    let theirs = attach("application/x.theirs", "1");
    let ours = registry.attach(&subject, &artifact("application/x.ours", "2")).await.unwrap();
    let later = attach("application/x.theirs", "3");
    let listed = registry.list(&subject, None).await.unwrap();
    let digests: Vec<_> = listed.iter().map(|entry| format!("sha256:{}", entry.digest)).collect();
    assert_eq!(digests, [theirs, format!("sha256:{}", ours.digest), later]);
    let found = registry.list(&subject, Some("application/x.theirs")).await.unwrap();
    assert_eq!(found.len(), 2);
    let read = registry.fetch(&subject, &found[1]).await.unwrap();
    assert_eq!((read.artifact_type.as_str(), &read.blobs[0].1[..]), ("application/x.theirs", &b"3"[..]));
    assert_eq!(read.annotations["by"], "another");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_tools_entries_stay_as_they_are() {
    let (images, server) = (Images::new(), Server::open());
    server.copy(&images, "one", "app:1", &[]);
    let registry = server.anonymous("app:1");
    let one = images.descriptor("one");
    let theirs = json!({"mediaType": OCI, "digest": format!("sha256:{}", one.digest), "size": one.size,
        "artifactType": "application/x.theirs", "data": "e30=", "platform": {"os": "linux", "architecture": "amd64", "os.version": "9"}});
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [theirs], "annotations": {"a": "b"}});
    let tag = format!("sha256-{}", one.digest);
    registry.push_manifest(INDEX, serde_json::to_vec(&index).unwrap().into(), Some(&tag)).await.unwrap();
    registry.attach(&one.digest, &artifact("application/x.ours", "1")).await.unwrap();
    let index: Value = serde_json::from_slice(&server.raw(&images, &format!("app:{tag}"))).unwrap();
    assert_eq!(index["manifests"][0], theirs);
    assert_eq!(index["annotations"], json!({"a": "b"}));
    assert_eq!(registry.list(&one.digest, None).await.unwrap().len(), 2);
    // An image under that tag is not written over.
    server.copy(&images, "two", &format!("app:{tag}"), &[]);
    let error = registry.attach(&one.digest, &artifact("application/x.ours", "2")).await.unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("media-type")), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_as_cosign_keeps_them() {
    let (images, server) = (Images::new(), Server::open());
    server.copy(&images, "one", "app:1", &[]);
    let registry = server.anonymous("app:1");
    let subject = registry.root().await.unwrap().digest;
    assert!(registry.signatures(&subject).await.unwrap().is_empty());
    // By the words of cosign's SIGNATURE_SPEC, signed by openssl.
    let payload = json!({"critical": {"identity": {"docker-reference": server.name("app")},
        "image": {"docker-manifest-digest": format!("sha256:{subject}")}, "type": "cosign container image signature"},
        "optional": null})
    .to_string();
    let home = images.home();
    std::fs::write(home.join("payload"), &payload).unwrap();
    run(home, "openssl", &["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "key"]);
    run(home, "openssl", &["pkey", "-in", "key", "-pubout", "-out", "public"]);
    let signature = run(home, "openssl", &["dgst", "-sha256", "-sign", "key", "payload"]);
    let signature = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, signature);
    let key = "dev.cosignproject.cosign/signature";
    for (suffix, kind, payload) in [
        ("sig", "application/vnd.dev.cosign.simplesigning.v1+json", payload.as_str()),
        ("att", "application/vnd.dsse.envelope.v1+json", "{\"payload\":\"\"}"),
    ] {
        let mut layer = registry.push_blob(kind, Bytes::from(payload.to_owned())).await.unwrap();
        layer.annotations.insert(key.to_owned(), signature.clone());
        let config = registry.push_blob("application/vnd.oci.image.config.v1+json", "{}".into()).await.unwrap();
        let manifest = json!({"schemaVersion": 2, "mediaType": OCI, "config": config, "layers": [layer]});
        let tag = format!("sha256-{subject}.{suffix}");
        registry.push_manifest(OCI, manifest.to_string().into(), Some(&tag)).await.unwrap();
    }
    let found = registry.signatures(&subject).await.unwrap();
    let kinds: Vec<_> = found.iter().map(|signature| signature.kind).collect();
    assert_eq!(kinds, SignatureKind::ALL);
    assert_eq!(found[0].payload, payload);
    std::fs::write(home.join("found"), &found[0].payload).unwrap();
    let encoded = &found[0].descriptor.annotations[key];
    let decoded = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, encoded).unwrap();
    std::fs::write(home.join("signature"), decoded).unwrap();
    run(home, "openssl", &["dgst", "-sha256", "-verify", "public", "-signature", "signature", "found"]);
    let tag = format!("app:sha256-{subject}.sig");
    assert_eq!(&found[0].manifest.bytes[..], server.raw(&images, &tag));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_signatures_than_anybody_has() {
    let empty = json!({"mediaType": "text/plain", "digest": format!("sha256:{}", Digest::of(b"")), "size": 0});
    let large = json!({"mediaType": "text/plain", "digest": format!("sha256:{}", Digest::of(b"")), "size": u64::MAX});
    for layers in [vec![empty; 10_000], vec![large; 2]] {
        let manifest = json!({"schemaVersion": 2, "config": {"mediaType": "a/b", "digest": format!("sha256:{}", Digest::of(b"")), "size": 0}, "layers": layers}).to_string();
        let fake = Fake::new(move |_, _| Reply::manifest(OCI, manifest.clone()));
        let error = fake.registry("app:1").signatures(&Digest::of(b"x")).await.unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Limit, Some("attached-limit")), "{error}");
        assert_eq!(fake.requests().len(), 1);
    }
}

/// A registry with lists of referrers, two entries to a page, or with ETags and without lists.
#[derive(Default)]
struct Kept {
    lists: bool,
    /// Says that it lists, whether it does or not, as a registry of a large cloud does.
    boasts: bool,
    manifests: BTreeMap<String, (String, Vec<u8>)>,
    blobs: BTreeMap<String, Vec<u8>>,
    referrers: Vec<Value>,
    /// Somebody else's version of the fall-back index, written just before ours.
    racing: Option<(String, Vec<u8>)>,
}

fn etag(bytes: &[u8]) -> String {
    format!("\"sha256:{}\"", Digest::of(bytes))
}

impl Kept {
    fn answer(&mut self, request: &Request) -> Reply {
        let rest = request.target.strip_prefix("/v2/app/").unwrap();
        let digest = format!("sha256:{}", Digest::of(&request.body));
        match (request.method.as_str(), rest.split_once('/').unwrap()) {
            ("GET", ("manifests", target)) => match self.manifests.get(target) {
                Some((kind, bytes)) => Reply::manifest(kind, bytes.clone()).header("ETag", etag(bytes)),
                None => Reply::new(404, ""),
            },
            ("PUT", ("manifests", target)) => {
                if let Some((tag, bytes)) = self.racing.take_if(|(tag, _)| tag == target) {
                    self.manifests.insert(tag, (INDEX.to_owned(), bytes));
                }
                let kept = self.manifests.get(target).map(|(_, bytes)| etag(bytes));
                if request.header("If-Match").is_some_and(|wanted| Some(wanted) != kept.as_deref()) {
                    return Reply::new(412, "");
                }
                let kind = request.header("Content-Type").unwrap().to_owned();
                let value: Value = serde_json::from_slice(&request.body).unwrap();
                self.manifests.insert(target.to_owned(), (kind.clone(), request.body.clone()));
                let reply = Reply::new(201, "");
                match value["subject"]["digest"].as_str() {
                    Some(subject) if self.boasts => {
                        self.referrers.push(json!({"mediaType": kind, "digest": digest, "size": request.body.len(),
                            "artifactType": value["artifactType"]}));
                        reply.header("OCI-Subject", subject)
                    }
                    _ => reply,
                }
            }
            ("GET", ("referrers", target)) if self.lists => {
                let page = target.split_once("page=").map_or(0, |(_, page)| page.parse::<usize>().unwrap());
                let entries: Vec<_> = self.referrers.iter().skip(2 * page).take(2).collect();
                let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries});
                let reply = Reply::manifest(INDEX, index.to_string());
                let path = request.target.split('?').next().unwrap();
                match self.referrers.len() > 2 * page + 2 {
                    true => reply.header("Link", format!("<{path}?page={}>; rel=\"next\"", page + 1)),
                    false => reply,
                }
            }
            ("POST", ("blobs", "uploads/")) => {
                Reply::new(202, "").header("Location", "/v2/app/blobs/uploads/7?state=x")
            }
            ("PUT", ("blobs", target)) => {
                assert_eq!(target, format!("uploads/7?state=x&digest={digest}"));
                self.blobs.insert(digest, request.body.clone());
                Reply::new(201, "")
            }
            (_, ("blobs", target)) => match self.blobs.get(target) {
                Some(bytes) => Reply::new(200, bytes.clone()),
                None => Reply::new(404, ""),
            },
            _ => Reply::new(404, ""),
        }
    }

    /// With an image, whose digest comes with it.
    fn serve(mut self) -> (Fake, Arc<Mutex<Self>>, Digest) {
        let image = br#"{"schemaVersion":2,"config":{},"layers":[]}"#.to_vec();
        let digest = Digest::of(&image);
        self.manifests.insert(format!("sha256:{digest}"), (OCI.to_owned(), image));
        let kept = Arc::new(Mutex::new(self));
        let served = kept.clone();
        (Fake::new(move |request, _| served.lock().unwrap().answer(request)), kept, digest)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_the_list_of_a_registry_that_has_one() {
    let (fake, kept, subject) = Kept { lists: true, boasts: true, ..Kept::default() }.serve();
    let registry = fake.registry("app:1");
    let mut attached = Vec::new();
    for number in 0..5 {
        let kind = format!("application/x.{}", number % 2);
        attached.push(registry.attach(&subject, &artifact(&kind, &number.to_string())).await.unwrap().digest);
    }
    let digests = |found: Vec<Descriptor>| found.into_iter().map(|entry| entry.digest).collect::<Vec<_>>();
    assert_eq!(digests(registry.list(&subject, None).await.unwrap()), attached);
    // This registry does not filter.
    let odd = registry.list(&subject, Some("application/x.1")).await.unwrap();
    assert!(fake.requests().iter().any(|request| request.target.ends_with("?artifactType=application%2Fx.1")));
    assert_eq!(digests(odd.clone()), [attached[1], attached[3]]);
    assert_eq!(registry.fetch(&subject, &odd[1]).await.unwrap().blobs[0].1, "3");
    assert!(kept.lock().unwrap().manifests.keys().all(|target| !target.starts_with("sha256-")), "no fall-back tag");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_only_claimed() {
    let (fake, _, subject) = Kept { boasts: true, ..Kept::default() }.serve();
    let registry = fake.registry("app:1");
    let attached = registry.attach(&subject, &artifact("application/x.ours", "1")).await.unwrap();
    assert_eq!(registry.list(&subject, None).await.unwrap(), [attached]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_race_for_the_fallback_tag_loses_nobody() {
    let (fake, kept, subject) = Kept::default().serve();
    let registry = fake.registry("app:1");
    let theirs =
        |name: &str| json!({"mediaType": OCI, "digest": format!("sha256:{}", Digest::of(name.as_bytes())), "size": 1});
    let index = |entries: Vec<Value>| {
        json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).to_string().into_bytes()
    };
    let tag = format!("sha256-{subject}");
    kept.lock().unwrap().manifests.insert(tag.clone(), (INDEX.to_owned(), index(vec![theirs("a")])));
    kept.lock().unwrap().racing = Some((tag, index(vec![theirs("a"), theirs("b")])));
    let ours = registry.attach(&subject, &artifact("application/x.ours", "1")).await.unwrap();
    let listed = registry.list(&subject, None).await.unwrap();
    assert_eq!(listed.len(), 3);
    assert_eq!(listed[2], ours);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_that_lie_or_never_end() {
    let subject = Digest::of(b"x");
    let entry = json!({"mediaType": OCI, "digest": format!("sha256:{subject}"), "size": 1});
    let index = |count: usize| json!({"schemaVersion": 2, "manifests": vec![&entry; count]}).to_string();
    let next = "</v2/app/referrers/again>; rel=\"next\"";
    let (one, many) = (index(1), index(MOST_REFERRERS + 1));
    let cases: Vec<(&str, Reply, Kind, &str)> = vec![
        ("pages", Reply::manifest(INDEX, one.clone()).header("Link", next), Kind::Limit, "referrers-limit"),
        ("entries", Reply::manifest(INDEX, many), Kind::Limit, "referrers-limit"),
        ("type", Reply::manifest("application/json", one.clone()), Kind::Verification, "media-type"),
        (
            "elsewhere",
            Reply::manifest(INDEX, one).header("Link", "<http://localhost:1/>; rel=next"),
            Kind::Verification,
            "page-target",
        ),
        ("nonsense", Reply::manifest(INDEX, "[[["), Kind::Malformed, "referrers"),
        ("endless", Reply::manifest(INDEX, vec![b' '; 100_000]).endless(), Kind::Limit, "size-limit"),
    ];
    for (what, reply, kind, rule) in cases {
        let fake = Fake::new(move |_, _| reply.clone());
        let error = fake.registry("app:1").list(&subject, None).await.unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (kind, Some(rule)), "{what}: {error}");
    }
}
