//! What skopeo pushed into a real registry is read back, and what we pushed is read by skopeo.

use bytes::Bytes;
use reposnap::Kind;
use reposnap_image::blobs::Blobs;
use reposnap_image::registry::Registry;
use serde_json::Value;

use crate::tools::{Images, Server, anonymous, certificates, layer, parts, run, try_run};

#[tokio::test(flavor = "multi_thread")]
async fn what_skopeo_pushed_is_what_the_layout_has() {
    let (images, server) = (Images::new(), Server::open());
    server.copy(&images, "one", "team/app:1", &[]);
    let registry = server.anonymous("team/app:1");
    let root = registry.root().await.unwrap();
    let descriptor = images.descriptor("one");
    assert_eq!((root.digest, &root.media_type), (descriptor.digest, &descriptor.media_type));
    assert_eq!(&root.bytes[..], images.blob(descriptor.digest));
    assert_eq!(&root.bytes[..], server.raw(&images, "team/app:1"));
    let inspected = run(
        images.home(),
        "skopeo",
        &["inspect", "--tls-verify=false", &format!("docker://{}", server.name("team/app:1"))],
    );
    let inspected: Value = serde_json::from_slice(&inspected).unwrap();
    assert_eq!(inspected["Digest"], format!("sha256:{}", root.digest));

    let (config, layers) = parts(&root.bytes);
    assert_eq!(registry.document(&config).await.unwrap().bytes, images.blob(config.digest));
    let named: Vec<_> = layers.iter().map(|layer| Value::from(format!("sha256:{}", layer.digest))).collect();
    assert_eq!(inspected["Layers"], Value::from(named));
    assert_eq!(layers.len(), 2);
    assert!(layers[1].size > 1 << 20);
    for descriptor in &layers {
        assert!(layer(&registry, descriptor).await.unwrap() == images.blob(descriptor.digest));
    }

    let by_digest = registry.sibling(registry.name().at(root.digest)).unwrap();
    assert_eq!(by_digest.root().await.unwrap().bytes, root.bytes);
    assert_eq!(registry.document(&descriptor).await.unwrap().bytes, root.bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn docker_s_own_media_types_and_indexes() {
    let (images, server) = (Images::new(), Server::open());
    server.copy(&images, "one", "app:docker", &["--format", "v2s2"]);
    let registry = server.anonymous("app:docker");
    let root = registry.root().await.unwrap();
    assert_eq!(root.media_type, "application/vnd.docker.distribution.manifest.v2+json");
    assert_eq!(&root.bytes[..], server.raw(&images, "app:docker"));
    let (_, layers) = parts(&root.bytes);
    assert_eq!(layer(&registry, &layers[0]).await.unwrap(), images.blob(layers[0].digest));

    server.copy(&images, "both", "app:both", &["--all"]);
    let registry = server.anonymous("app:both");
    let root = registry.root().await.unwrap();
    assert_eq!(root.digest, images.descriptor("both").digest);
    let index: Value = serde_json::from_slice(&root.bytes).unwrap();
    for (entry, tag) in index["manifests"].as_array().unwrap().iter().zip(["one", "two"]) {
        let descriptor = serde_json::from_value(entry.clone()).unwrap();
        let manifest = registry.document(&descriptor).await.unwrap();
        assert_eq!(&manifest.bytes[..], images.blob(images.descriptor(tag).digest));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_found() {
    let (images, server) = (Images::new(), Server::open());
    server.copy(&images, "two", "app:1", &[]);
    for name in ["app:2", "other:1", &format!("app@sha256:{}", reposnap::Digest::of(b"nothing"))] {
        let error = server.anonymous(name).root().await.unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound, "{error}");
    }
    let mut descriptor = images.descriptor("two");
    descriptor.digest = reposnap::Digest::of(b"nothing");
    let error = layer(&server.anonymous("app:1"), &descriptor).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_push_skopeo_copies() {
    let (images, server) = (Images::new(), Server::open());
    let registry = server.anonymous("pushed/by/us:1");
    let manifest = Bytes::from(images.blob(images.descriptor("one").digest));
    let (config, layers) = parts(&manifest);
    for part in layers.iter().chain([&config]) {
        let bytes = Bytes::from(images.blob(part.digest));
        assert_eq!(registry.push_blob(&part.media_type, bytes.clone()).await.unwrap().digest, part.digest);
        // Again: it is there.
        registry.push_blob(&part.media_type, bytes).await.unwrap();
    }
    let kind = images.descriptor("one").media_type;
    registry.push_manifest(&kind, manifest.clone(), Some("1")).await.unwrap();
    assert_eq!(server.raw(&images, "pushed/by/us:1"), manifest);
    let name = format!("docker://{}", server.name("pushed/by/us:1"));
    run(images.home(), "skopeo", &["--insecure-policy", "copy", "-q", "--src-tls-verify=false", &name, "dir:copied"]);
    for part in &layers {
        let copied = std::fs::read(images.home().join("copied").join(part.digest.to_string())).unwrap();
        assert_eq!(copied, images.blob(part.digest));
    }
    // A manifest whose parts are not there is the registry's to refuse.
    let error = server.anonymous("empty:1").push_manifest(&kind, manifest, Some("1")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Network);
    assert!(error.to_string().contains("MANIFEST_BLOB_UNKNOWN"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_by_certificates_of_the_host() {
    let images = Images::new();
    // It wants a certificate of the client, too.
    let tls = "  tls:\n    certificate: DIR/server.crt\n    key: DIR/server.key\n    clientcas: [DIR/ca.crt]\n";
    let server = Server::with(
        |folder| {
            certificates(folder);
            String::new()
        },
        tls,
    );
    let certs = images.home().join("certs.d");
    let of_host = certs.join(format!("127.0.0.1:{}", server.port));
    std::fs::create_dir_all(&of_host).unwrap();
    for file in ["ca.crt", "client.cert", "client.key"] {
        std::fs::copy(server.folder.path().join(file), of_host.join(file)).unwrap();
    }
    let (from, to) = (format!("oci:{}:one", images.layout.display()), format!("docker://{}", server.name("app:1")));
    let directory = of_host.to_str().unwrap();
    run(images.home(), "skopeo", &["--insecure-policy", "copy", "-q", "--dest-cert-dir", directory, &from, &to]);

    let mut options = anonymous();
    options.certificates = Some(vec![certs.clone()]);
    let root = server.registry("app:1", options).root().await.unwrap();
    assert_eq!(root.digest, images.descriptor("one").digest);
    std::fs::remove_file(of_host.join("client.key")).unwrap();
    let mut options = anonymous();
    options.certificates = Some(vec![certs]);
    let error = Registry::new(server.name("app:1").parse().unwrap(), options).unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound, "{error}");
    // Without them, it is found to speak TLS, and not believed.
    let error = server.anonymous("app:1").root().await.unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some("tls-certificate")), "{error}");
    let (success, _, _) = try_run(images.home(), "skopeo", &["inspect", &to]);
    assert!(!success, "skopeo believes it");
}
